"""What lies in the folders and is new: copied, so that nobody changes it while it is read (SPEC §5, §6)."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from converter.exchange.archive import Archive
from converter.exchange.far import FarFolders, ids
from converter.exchange.report import Report
from converter.folder.durable import temporary_in
from converter.folder.failures import failing
from converter.folder.inbox import Copied, Found, Why, look, take_copy
from converter.folder.names import is_message
from converter.problems import Problem, Rejected, Stopped
from converter.problems import catalogue as say
from converter.settings import Link
from converter.state.bases import OTHER, SIDES, Base, Bases
from converter.state.files import Files, Seen
from converter.state.opening import State


class Input(NamedTuple):
    """A file of a base that was copied and is to be judged.

    ``digest`` is of its bytes as they lie there. ``since`` tells when this stamp was first seen;
    ``overdue``: it has not changed for so long that waiting for more of it is over. ``refusal``: it
    was not even copied.
    """

    side: str
    name: str
    stamp: str
    digest: str
    copy: Path
    since: datetime
    overdue: bool
    refusal: Problem | None = None


class Gathered(NamedTuple):
    """What was found: files to judge, and the sides whose folder cannot be used now."""

    inputs: list[Input]
    away: frozenset[str]


@contextmanager
def scratch() -> Iterator[dict[str, Path]]:
    """Where a plan makes its copies: it touches no folder of the exchange."""
    with tempfile.TemporaryDirectory() as folder:
        yield dict.fromkeys(SIDES, Path(folder))


class Gathering:
    """A look into both folders of a link, and the copies that it has made.

    They are made beside the archive, so that keeping one is a rename, unless ``where`` names other
    folders.
    """

    def __init__(
        self,
        link: Link,
        archive: Archive,
        now: datetime,
        report: Report,
        where: Mapping[str, Path] = MappingProxyType({}),
    ) -> None:
        self.inputs: list[Input] = []
        self._link = link
        self._archive = archive
        self._now = now
        self._report = report
        self._where = where

    def gather(self, state: State, far: FarFolders) -> Gathered:
        """Copy what is new or changed. A base in alarm is not looked at.

        A folder on a server is fetched first; where it cannot be, what is here of it is not looked at.
        """
        link, away = self._link, set()
        with state.read() as connection:
            bases = {side: Bases(connection, link.name).base(side) for side in SIDES}
            seen = {side: Files(connection, link.name, side).all() for side in SIDES}
        for side in SIDES:
            if bases[side].alarm is not None:
                continue
            try:
                far.refresh(side, bases, self._now, self._report)
                files = _find(link, side, bases, self._report)
            except Stopped as stopped:
                away.add(side)
                self._report.away.append((side, stopped.problem))
                continue
            for found in files:
                made = self._input(side, found, seen[side].get(found.path.name))
                self.inputs += [] if made is None else [made]
        return Gathered(self.inputs, frozenset(away))

    def _input(self, side: str, found: Found, before: Seen | None) -> Input | None:
        """A file to be judged; None where it was, or where it is still being written."""
        name, stamp, since = found.path.name, str(found.stamp), self._now
        settle = timedelta(seconds=self._link.settle)
        if before is not None and before.stamp == stamp:
            if before.verdict != "unfinished":
                return None
            if before.since <= self._now:  # else the clock was set back, and the wait begins anew
                since = before.since
                if self._now - since < settle:
                    self._report.waiting.append((side, name))
                    return None
        folder = self._where.get(side) or self._archive.prepare(side)
        overdue = self._now - since >= settle
        return self._copied(
            found, Input(side, name, stamp, "", temporary_in(folder), since, overdue)
        )

    def _copied(self, found: Found, made: Input) -> Input | None:
        """A file with its copy, or why it has none; None where it is to be waited for."""
        try:
            copied = _copy(found, made.copy)
        except Rejected as rejected:
            digest = sha256(f"{made.side} {made.name} {made.stamp}".encode()).hexdigest()
            return made._replace(digest=digest, refusal=rejected.problem)
        if copied.digest is not None:
            return made._replace(digest=copied.digest)
        made.copy.unlink(missing_ok=True)
        if copied.why is Why.DENIED:
            problem = say.FOLDER_DENIED(folder=str(found.path)).at(file=made.name)
            self._report.away.append((made.side, problem))
        elif copied.why is not Why.GONE:
            self._report.waiting.append((made.side, made.name))
        return None


def _find(link: Link, side: str, bases: dict[str, Base], report: Report) -> list[Found]:
    senders, receivers = ids(link, side, bases), ids(link, OTHER[side], bases)
    base = bases[side]
    begun = base.received or base.sent or base.greeted
    found = look(
        link.of(side).folder,
        lambda name: is_message(name, senders, receivers),
        marker="archive" if begun and link.archive is None else "",
    )
    for path in found.strange:
        report.tell(say.FILE_STRANGE().at(file=str(path)))
    return found.files


def _copy(found: Found, target: Path) -> Copied:
    """A private copy, durable: it becomes the one in the archive."""
    with failing(target.parent), target.open("xb") as file:
        copied = take_copy(found, file)
        file.flush()
        os.fsync(file.fileno())
    return copied
