"""Power lost at every call of a pass: ``python -m tests.faults.outage [--loss OLD]``.

Prints how many moments were tried for each kind of loss; ends at the first that came out wrong.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.faults import scene
from tests.faults.power import Drill, Loss, RecordingLauncher
from tests.faults.trial import Scene


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults.outage")
    parser.add_argument("--loss", choices=[each.name for each in Loss], action="append")
    parser.add_argument("--scene", choices=["rich", "to_zip"], default="rich")
    given = parser.parse_args()
    launcher = RecordingLauncher()
    with TemporaryDirectory() as folder:
        drill = Drill(Scene(Path(folder), getattr(scene, given.scene), launcher), Path(folder))
        moments = drill.recording.moments
        print(f"{len(moments)} moments in a pass", flush=True)
        for loss in Loss:
            if given.loss and loss.name not in given.loss:
                continue
            began = time.monotonic()
            for at, moment in enumerate(moments):
                where = Path(folder) / "try"
                try:
                    drill.loses(where, at, loss)
                except AssertionError as wrong:
                    print(f"{loss.name}: WRONG {at} {moment.event}\n{wrong}", flush=True)
                    return 1
                shutil.rmtree(where)
            print(
                f"{loss.name}: {len(moments)} tries, 0 wrong, {time.monotonic() - began:.0f} s",
                flush=True,
            )
    launcher.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
