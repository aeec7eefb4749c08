"""Passes on a disk with a little more room each time: ``python -m tests.faults.small_disk FOLDER``.

Prints how many failed and how many went; fails itself where one did not end as it should.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path

from tests.faults import checks, scene
from tests.faults.checks import Numbers
from tests.faults.killer import Launcher
from tests.faults.trial import Scene

STEP, MOST = 48 << 10, 1200 << 10


def main(folder: Path) -> None:
    launcher = Launcher()
    rich = Scene(folder / "scene", scene.rich, launcher)
    shutil.rmtree(folder / "scene/clean")
    failed = went = 0
    for free in range(0, MOST, STEP):
        where = rich.fresh(folder / "try")
        filler = folder / "filler"
        _fill(folder, filler, free)
        ended = launcher.run(where)
        assert ended.orderly and ended.status in (1, 3), (free, ended.err)
        failed, went = failed + (ended.status == 3), went + (ended.status == 1)
        filler.unlink()
        checks.check_whole(where, rich.inputs)
        rich.check(where, Numbers())
        shutil.rmtree(where)
    launcher.close()
    print(json.dumps({"failed": failed, "went": went}))


def _fill(folder: Path, filler: Path, free: int) -> None:
    room = os.statvfs(folder)
    size = room.f_bavail * room.f_frsize - free
    with filler.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, size)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
