"""What is known of a folder on a server: a small file in the working folder.

It may be lost: then everything is fetched and delivered once more, which changes nothing.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from converter.folder.durable import write_whole
from converter.problems import Problem
from converter.problems.keeping import kept, told

NAME = ".far.json"


class Fetched(Struct, frozen=True):
    """A file of the base's that was copied here.

    ``size`` and ``modified`` are as the server listed it ``since`` then, ``stamp`` is that of the
    copy. ``sure``: it was read late enough for a change to have shown in them.
    """

    size: int
    modified: float | None
    stamp: str
    since: datetime
    sure: bool


class Aside(Struct, frozen=True):
    """A file of the base's that was set aside here and is to be on the server: as it was listed."""

    name: str
    size: int
    modified: float | None


class Delivered(Struct, frozen=True):
    """A file of ours: the ``stamp`` of what is, or is being, delivered, and how the server lists it.

    Without a size it is not known to have arrived.
    """

    stamp: str
    size: int | None = None
    modified: float | None = None


class Outage(Struct, frozen=True):
    """The server fails: since when, why, and when it is tried next; None: with the next pass."""

    since: datetime
    problem: dict[str, Any]
    again: datetime | None = None

    @classmethod
    def of(cls, since: datetime, problem: Problem, again: datetime | None) -> Outage:
        """An outage with its problem as it can be kept."""
        return cls(since, kept(problem), again)

    @property
    def why(self) -> Problem:
        """The problem again."""
        return told(self.problem)


class MirrorLedger(Struct):
    """All of it, by the names on the server; what was set aside by its names in ``rejected``."""

    fetched: dict[str, Fetched] = {}
    aside: dict[str, Aside] = {}
    delivered: dict[str, Delivered] = {}
    trouble: Outage | None = None


def read_ledger(folder: Path) -> MirrorLedger:
    """The ledger of a working folder; an empty one where there is none that can be read."""
    try:
        return msgspec.json.decode((folder / NAME).read_bytes(), type=MirrorLedger)
    except (OSError, msgspec.DecodeError):
        return MirrorLedger()


def write_ledger(folder: Path, ledger: MirrorLedger) -> None:
    """Keep a ledger, durable, unless it is kept as it is. Raises `OSError`."""
    if read_ledger(folder) != ledger:
        write_whole(folder / NAME, [msgspec.json.encode(ledger)])
