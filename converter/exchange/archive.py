"""The archive: every message taken and written, and every command, under one number (PROTOCOL R9).

A pass is archived before it is committed: first the messages, then one small record of the pass
that names them. A record that the state does not know of is a pass that was not committed, or was
lost with a state that was restored; replaying it makes up for it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from converter.folder.durable import (
    Sure,
    always,
    replace_unless_swept,
    sync_folder,
    temporary_in,
    write_whole,
)
from converter.folder.failures import failing
from converter.problems import Problem, Said, Stopped
from converter.problems import catalogue as say
from converter.settings import Link
from converter.state.bases import SIDES

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

    def __init__(self, link: Link, sure: Sure = always) -> None:
        self._link = link
        self._sure = sure  # asked before a file takes its name, see `durable.whole`
        #: where records lie: one place, or one with each base, since either may be away
        self.records = (
            [self.of(side) / "passes" for side in SIDES]
            if link.archive is None
            else [link.archive / "passes"]
        )

    def of(self, side: str) -> Path:
        """The folder in which a side's messages are kept."""
        if self._link.archive is not None:
            return self._link.archive / side
        return self._root(side) / "archive"

    def _root(self, side: str) -> Path:
        """What must be there: a share that is away is not made anew in the bare mount point."""
        if self._link.archive is not None:
            return self._link.archive
        return self._link.of(side).folder

    def prepare(self, side: str) -> Path:
        """A side's archive folder, made where it is not there yet. Raises `Stopped`."""
        folder = self.of(side)
        with failing(self._root(side)):
            if not folder.is_dir():
                folder.mkdir()
                sync_folder(folder.parent)
        return folder

    def place(
        self, side: str, way: str, number: int, message: int, at: datetime, suffix: str
    ) -> Place:
        """Where a message of a pass is kept; ``way`` is ``in`` or ``out``."""
        folder = self.prepare(side) / f"{at:%Y-%m-%d}"
        with failing(self.of(side)):
            folder.mkdir(exist_ok=True)
        name = f"{number:06}-{way}-{message:06}{suffix}"
        return Place(folder / name, f"{folder.name}/{name}")

    def path(self, kept: Kept) -> Path:
        """Where a message of a record lies. Raises `Stopped` (ARCHIVE_DAMAGED) where it is gone."""
        path = self.of(kept.side) / kept.file
        if not path.is_file():
            raise Stopped(
                say.ARCHIVE_DAMAGED(entry=str(path), reason=Said("файла нет", "it is not there"))
            )
        return path

    # -- records ---------------------------------------------------------------------------------

    def keep(self, moves: Sequence[tuple[Path, Path]], kept: Callable[[], object]) -> None:
        """Bring messages that are durable to their places, over what a cut-off pass left there.

        The state must be sure of the link since all messages of the pass are durable. ``kept`` is
        called as each has its name; all of them are durable at the end.
        """
        for source, target in moves:
            with failing(target.parent):
                replace_unless_swept(source, target, self._sure)
            kept()
        days = dict.fromkeys(target.parent for _, target in moves)
        # once each, since it takes time
        for folder in (*days, *dict.fromkeys(day.parent for day in days)):
            with failing(folder):
                sync_folder(folder)

    def remove(self, path: Path) -> None:
        """Remove a message that no record names; one that is another's by now is put back."""
        hidden = temporary_in(path.parent.parent)
        path.replace(hidden)
        try:
            self._sure()
        except Stopped:
            hidden.replace(path)
            raise
        hidden.unlink()

    def write(self, record: Record) -> list[tuple[Path, Problem]]:
        """Make a record durable; the messages that it names must be so already.

        One place of the two is enough: returns the other, where that could not be written, and why.
        Raises `Stopped` where neither can be.
        """
        data = json.dumps(msgspec.to_builtins(record), ensure_ascii=False).encode()
        failures = []
        for folder in self.records:
            try:
                self._write(folder, record.number, data)
            except Stopped as stopped:
                failures.append((folder, stopped.problem))
        if len(failures) == len(self.records):
            raise Stopped(failures[0][1])
        return failures

    def _write(self, folder: Path, number: int, data: bytes) -> None:
        path = _record(folder, number)
        with failing(folder):
            for each in (folder.parent, folder, path.parent):
                if not each.is_dir():
                    each.mkdir()
                    sync_folder(each.parent)
            write_whole(path, [data], sure=self._sure)

    def has(self, number: int) -> bool:
        """Whether there is a record of that number."""
        return any(_record(folder, number).is_file() for folder in self.records)

    def read(self, number: int) -> Record:
        """The record of that number. Raises `Stopped`: ARCHIVE_DAMAGED.

        Its two places differ where a pass was cut off between them, and the one with the record was
        away afterwards: then the later one was committed.
        """
        paths = [_record(folder, number) for folder in self.records]
        found = [each for each in paths if each.is_file()] or paths[:1]
        return max((_read(each) for each in found), key=lambda record: record.at)

    def above(self, number: int, whole: bool = True) -> Iterator[Record]:
        """The records that follow a number. With ``whole`` the folder is searched for later ones:
        raises `Stopped` (ARCHIVE_GAP) where one is missing between."""
        while self.has(number + 1):
            number += 1
            yield self.read(number)
        if not whole:
            return
        if self.last() > number:
            archive = str(self.records[0])
            raise Stopped(say.ARCHIVE_GAP(archive=archive, missing=number + 1))

    def last(self) -> int:
        """The highest number of a record; 0 where there is none."""
        return max(_last(folder) for folder in self.records)

    def folders(self) -> Iterator[Path]:
        """Where a pass that was cut off may have left temporary files."""
        for side in SIDES:
            yield self.of(side)
        for folder in self.records:
            yield from sorted(_shards(folder))[-1:]

    def unnamed(self, number: int) -> Iterator[Path]:
        """Messages of a pass that was cut off before its record.

        The pass that comes instead has the same number and writes over them, unless its day is
        another: it is the last day that may hold such. None while a place of records is away, which
        may have the record.
        """
        if not all(folder.is_dir() for folder in self.records):
            return
        for side in SIDES:
            for day in sorted(self.of(side).glob("[0-9]*-*-*"))[-1:]:
                yield from day.glob(f"{number:06}-*")


def _record(folder: Path, number: int) -> Path:
    return folder / f"{number // SHARD:06}" / f"{number:09}.json"


def _read(path: Path) -> Record:
    try:
        return msgspec.json.decode(path.read_bytes(), type=Record)
    except (OSError, msgspec.DecodeError) as error:
        raise Stopped(say.ARCHIVE_DAMAGED(entry=str(path), reason=str(error))) from None


def _shards(folder: Path) -> list[Path]:
    return [each for each in folder.iterdir() if each.is_dir()] if folder.is_dir() else []


def _last(folder: Path) -> int:
    for shard in sorted(_shards(folder), reverse=True):
        numbers = [int(each.stem) for each in shard.glob("*.json") if each.stem.isdigit()]
        if numbers:
            return max(numbers)
    return 0
