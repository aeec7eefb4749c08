"""When a file was last looked at as a whole, and whether it is still as it was left then.

A look at the whole of a large state takes longer than a pass: seconds for each gigabyte. While
nobody but ourselves has written to the file, one a day is enough (RELIABILITY F33).
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
from msgspec import Struct

#: so long a look at the whole is good for
LASTS = timedelta(days=1)
#: the note of one that failed, or is damaged
_DOUBT = b""


class _Note(Struct, frozen=True):
    """What lies beside the file: what it was like when it was left, and when it was looked at."""

    size: int
    changed: int
    looked: datetime


def note_beside(path: Path) -> Path:
    """Where the note of a file lies."""
    return path.parent / f"{path.name}.whole"


class Wholeness:
    """Of one file. Its note is worth nothing where it cannot be read: then the file is looked at."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._note = note_beside(path)
        self._looked: datetime | None = None

    def is_known(self, now: datetime) -> bool:
        """Whether the file is as it was left, and was looked at not long before ``now``, in UTC."""
        try:
            note = msgspec.json.decode(self._note.read_bytes(), type=_Note)
            state = self._path.stat()
        except (OSError, msgspec.DecodeError):
            return False
        same = (state.st_size, state.st_mtime_ns) == (note.size, note.changed)
        if not same or not note.looked <= now < note.looked + LASTS:
            return False
        self._looked = note.looked
        return True

    def looked(self, now: datetime) -> None:
        """It has been looked at, and is whole."""
        self._looked = now
        with suppress(OSError):
            self._note.unlink()

    def doubt(self) -> None:
        """Something is wrong: the next one looks, whoever else leaves it before."""
        self._looked = None
        if self._path.is_file():
            with suppress(OSError):
                self._note.write_bytes(_DOUBT)

    def leave(self) -> None:
        """It is left as it is, to be known again."""
        if self._looked is None or not self._path.is_file():  # it lies in memory
            return
        with suppress(OSError):  # whoever may not write here looks each time
            lies = self._note.read_bytes() if self._note.exists() else None
            state = self._path.stat()
            note = msgspec.json.encode(_Note(state.st_size, state.st_mtime_ns, self._looked))
            if lies not in (note, _DOUBT):
                self._note.write_bytes(note)
