"""``rejected/``: files that were not taken, each with its report, under dated names (SPEC §5, §6)."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path, PurePath

from converter.folder.durable import Sleep, Sure, always, move_durably, sync_folder, write_whole
from converter.folder.failures import stopped

#: with ``.txt`` behind it a name has no more than a hundred characters
_LONGEST = 96
#: and fits into what file systems can store, which count bytes
_BYTES = 240
_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f\ud800-\udfff]')


def set_aside(
    source: Path,
    rejected: Path,
    name: str,
    report: str,
    *,
    sleep: Sleep = time.sleep,
    sure: Sure = always,
) -> Path:
    """Move a file into ``rejected`` under a name of its own, beside ``<name>.txt``, the report.

    The folder is made where its parent is there. The report comes first: no file is ever there
    without one. May be repeated after a crash; what lies under the source's name once the file
    has been moved is a newer one and stays. Where its sender took the file away, the report stays
    alone. ``sure`` is asked before each of the two. Raises `Stopped` where the folder fails.
    """
    target = rejected / name
    try:
        if not rejected.is_dir():
            rejected.mkdir(exist_ok=True)
            sync_folder(rejected.parent)
        text = report.replace("\r\n", "\n").replace("\n", "\r\n")
        data = text.encode("utf-8-sig", "replace")  # so that any editor of Windows reads it
        write_whole(rejected / f"{name}.txt", [data], sleep=sleep, sure=sure)
        sure()
        with suppress(FileExistsError):
            _move(source, target, sleep)
    except OSError as error:
        raise stopped(rejected, error, name) from error
    return target


def moment_name(at: datetime, name: str, taken: Callable[[str], bool]) -> str:
    """A dated name for a file: ``20261125-094501 Message_CRM_BP.xml``, for any file system.

    ``taken`` tells which names are there already; a counter then makes this one another.
    """
    plain = PurePath(_FORBIDDEN.sub("_", name)).name.strip(" .")
    suffix = PurePath(plain).suffix[:8]
    stem = plain.removesuffix(suffix) if suffix else plain
    count = 1
    while True:
        again = f"-{count}" if count > 1 else ""
        made = _fitting(f"{at:%Y%m%d-%H%M%S}{again} ", stem, suffix)
        if not taken(made):
            return made
        count += 1


def taken_in(folder: Path) -> Callable[[str], bool]:
    """Which names a folder has already, for files that lie there with a report."""

    def taken(name: str) -> bool:
        return any((folder / each).exists() for each in (name, f"{name}.txt"))

    return taken


def _move(source: Path, target: Path, sleep: Sleep) -> None:
    try:
        move_durably(source, target, sleep=sleep)
    except FileNotFoundError:
        if not target.parent.is_dir():
            raise


def _fitting(start: str, stem: str, suffix: str) -> str:
    while stem and (
        len(start + stem + suffix) > _LONGEST or len((start + stem + suffix).encode()) > _BYTES
    ):
        stem = stem[:-1]
    return f"{start}{stem}{suffix}".rstrip(" .")
