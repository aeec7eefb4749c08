"""The archive: every message taken and written, and every command, under one number (PROTOCOL R9).

A pass is archived before it is committed: first the messages, then one small record of the pass
that names them. A record that the state does not know of is a pass that was not committed, or was
lost with a state that was restored; replaying it makes up for it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from converter.folder.durable import sync_folder, write_whole
from converter.problems import Stopped
from converter.problems import catalogue as say
from converter.settings import Link

SHARD = 1000


class Kept(msgspec.Struct, frozen=True):
    """A message in the archive. ``file`` is relative to the archive of its side."""

    side: str
    number: int
    file: str
    digest: str
    name: str


class Record(msgspec.Struct, frozen=True):
    """What one pass, or one command, did: enough to do it again.

    ``command`` is the name of the command with its arguments; None for a pass of the exchange.
    ``facts`` are what was made once and cannot be computed: the GUIDs of the link's beginning.
    """

    number: int
    at: datetime
    conflicts: str
    version: str
    taken: tuple[Kept, ...] = ()
    written: tuple[Kept, ...] = ()
    aside: tuple[dict[str, Any], ...] = ()
    command: dict[str, Any] | None = None
    facts: dict[str, str] = {}


class Place(NamedTuple):
    """Where a message goes in the archive, and how its record names it."""

    path: Path
    name: str


class Archive:
    """The archive of one link."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self.passes = self.of("crm") / "passes"

    def of(self, side: str) -> Path:
        """The folder in which a side's messages are kept."""
        if self._link.archive is not None:
            return self._link.archive / side
        folder = self._link.crm.folder if side == "crm" else self._link.bp.folder
        return folder / "archive"

    def prepare(self, side: str) -> Path:
        """A side's archive folder, made where it is not there yet."""
        folder = self.of(side)
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def place(
        self, side: str, way: str, number: int, message: int, at: datetime, suffix: str
    ) -> Place:
        """Where a message of a pass is kept; ``way`` is ``in`` or ``out``."""
        folder = self.prepare(side) / f"{at:%Y-%m-%d}"
        folder.mkdir(exist_ok=True)
        name = f"{number:06}-{way}-{message:06}{suffix}"
        return Place(folder / name, f"{folder.name}/{name}")

    def path(self, kept: Kept) -> Path:
        """Where a message of a record lies. Raises `Stopped` (ARCHIVE_DAMAGED) where it is gone."""
        path = self.of(kept.side) / kept.file
        if not path.is_file():
            raise Stopped(say.ARCHIVE_DAMAGED(entry=str(path), reason="—"))
        return path

    # -- records ---------------------------------------------------------------------------------

    def write(self, record: Record) -> None:
        """Make a record durable; the messages that it names must be so already."""
        path = self._record(record.number)
        path.parent.mkdir(parents=True, exist_ok=True)
        for kept in (*record.taken, *record.written):
            folder = self.path(kept).parent
            sync_folder(folder)
            sync_folder(folder.parent)
        write_whole(path, [json.dumps(msgspec.to_builtins(record), ensure_ascii=False).encode()])

    def has(self, number: int) -> bool:
        """Whether there is a record of that number."""
        return self._record(number).is_file()

    def read(self, number: int) -> Record:
        """The record of that number. Raises `Stopped`: ARCHIVE_DAMAGED."""
        path = self._record(number)
        try:
            return msgspec.json.decode(path.read_bytes(), type=Record)
        except (OSError, msgspec.DecodeError) as error:
            raise Stopped(say.ARCHIVE_DAMAGED(entry=str(path), reason=str(error))) from None

    def above(self, number: int, whole: bool = True) -> Iterator[Record]:
        """The records that follow a number. With ``whole`` the folder is searched for later ones:
        raises `Stopped` (ARCHIVE_GAP) where one is missing between."""
        while self.has(number + 1):
            number += 1
            yield self.read(number)
        if not whole:
            return
        last = self.last()
        if last > number:
            missing = number + 1
            raise Stopped(say.ARCHIVE_GAP(archive=str(self.passes), missing=missing))

    def last(self) -> int:
        """The highest number of a record; 0 where there is none."""
        if not self.passes.is_dir():
            return 0
        shards = sorted((each for each in self.passes.iterdir() if each.is_dir()), reverse=True)
        for shard in shards:
            numbers = [int(each.stem) for each in shard.glob("*.json") if each.stem.isdigit()]
            if numbers:
                return max(numbers)
        return 0

    def _record(self, number: int) -> Path:
        return self.passes / f"{number // SHARD:06}" / f"{number:09}.json"
