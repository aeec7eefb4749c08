"""What a server must be able to do for a folder on it, and how it fails.

The steps are few and small, so that each kind of server is a small module; what is promised of
them together (whole files only) stands in `converter.far.whole`, once for all kinds.
"""

from __future__ import annotations

from enum import Enum
from typing import BinaryIO, NamedTuple, Protocol

from converter.problems import Said

#: how long a server may be silent, in seconds
TIMEOUT = 30.0
#: a folder with more entries is no exchange folder
MOST = 100_000


class Why(Enum):
    """What a failure means, whatever the server calls it."""

    AWAY = "away"
    LOGIN = "login"
    UNTRUSTED = "untrusted"
    MISSING = "missing"
    DENIED = "denied"
    FULL = "full"
    BUSY = "busy"
    EXTRA = "extra"
    OTHER = "other"


class FarFailed(Exception):
    """A step failed; ``reason`` is for people, in the server's words where there are no better."""

    def __init__(self, why: Why, reason: Said | str = "") -> None:
        super().__init__(why.value, str(reason))
        self.why = why
        self.reason = reason


class Entry(NamedTuple):
    """A file as the server lists it. ``modified`` is in seconds since 1970, UTC; None: not told."""

    name: str
    size: int
    modified: float | None


class Wanted(Protocol):
    """Tells the names that matter: of others a server need not be asked for size and time."""

    def __call__(self, name: str, /) -> bool: ...


class Transport(Protocol):
    """An open connection to one folder.

    Names are those of files in it, or ``rejected/name``. Every method raises `FarFailed`. ``tick``
    is the precision of the server's times in seconds: two writings within it look like one.
    """

    tick: float

    def entries(self, wanted: Wanted) -> list[Entry]:
        """The files with wanted names, as they are now; folders and links are left out."""
        ...

    def size(self, name: str) -> int | None:
        """The size of a file; None where there is none."""
        ...

    def read(self, name: str, into: BinaryIO) -> None:
        """Append what a file holds to a local one. It may have been cut off without a word."""
        ...

    def write(self, name: str, source: BinaryIO) -> None:
        """Make a file of what is left to read in a local one, over one that may be there.

        It may have been cut off without a word.
        """
        ...

    def rename(self, old: str, new: str) -> None:
        """Give a file another name. Where the new one is taken the server may replace or refuse."""
        ...

    def remove(self, name: str) -> None:
        """Remove a file; one that is not there is no failure."""
        ...

    def make_folder(self, name: str) -> None:
        """Make a folder; one that is there is no failure."""
        ...

    def remove_folder(self, name: str) -> None:
        """Remove a folder that is empty; what cannot be removed stays, and is no failure."""
        ...

    def close(self) -> None:
        """Let go of the connection; never raises."""
        ...
