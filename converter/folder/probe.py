"""Whether an exchange folder really can be used: for ``converter doctor`` (SPEC §7)."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from converter.folder.durable import temporary_in, write_whole
from converter.folder.failures import failed
from converter.problems import Problem, Said
from converter.problems import catalogue as say

SUBFOLDERS = ("archive", "rejected")
FIRST, SECOND = b"converter: a probe\n", b"converter: a probe, replaced\n"
OTHERWISE = Said("записанное читается иначе", "what was written reads otherwise")


def probe(folder: Path) -> list[Problem]:
    """What is wrong with a folder: everything that an exchange does there is really done once.

    It is listed; a file is written, replaced, read and removed, and so in ``archive`` and
    ``rejected``, which are made and removed where they are not there. Nothing is left behind.
    """
    found = _try(folder)
    if found is not None:
        return [found]
    places = (folder / name for name in SUBFOLDERS)
    return [problem for place in places if (problem := _subfolder(place)) is not None]


def _subfolder(place: Path) -> Problem | None:
    try:
        place.mkdir()
    except FileExistsError:
        return _try(place)
    except OSError as error:
        return failed(place, error)
    try:
        return _try(place)
    finally:
        with suppress(OSError):
            place.rmdir()


def _try(folder: Path) -> Problem | None:
    target = temporary_in(folder)
    try:
        with os.scandir(folder) as entries:
            next(entries, None)
        for data in (FIRST, SECOND):
            write_whole(target, [data])
        same = target.read_bytes() == SECOND
        target.unlink()
    except OSError as error:
        with suppress(OSError):
            target.unlink(missing_ok=True)
        return failed(folder, error)
    return None if same else say.FOLDER_FAILED(folder=folder, reason=OTHERWISE)
