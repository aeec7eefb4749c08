"""What lies in the folders and is new: copied, so that nobody changes it while it is read (SPEC §5, §6)."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
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


def gather(
    link: Link,
    state: State,
    archive: Archive,
    far: FarFolders,
    now: datetime,
    report: Report,
    where: dict[str, Path],
    inputs: list[Input],
) -> Gathered:
    """Look into both folders and copy what is new or changed. A base in alarm is not looked at.

    A folder on a server is fetched first; where it cannot be, what is here of it is not looked at.

    Copies are made beside the archive, so that keeping one is a rename, unless ``where`` names
    other folders. ``inputs`` is filled as they are made.
    """
    away = set()
    with state.read() as connection:
        bases = {side: Bases(connection, link.name).base(side) for side in SIDES}
        seen = {side: Files(connection, link.name, side).all() for side in SIDES}
    for side in SIDES:
        if bases[side].alarm is not None:
            continue
        try:
            far.refresh(side, bases, now, report)
            files = _find(link, side, bases, report)
        except Stopped as stopped:
            away.add(side)
            report.away.append((side, stopped.problem))
            continue
        for found in files:
            made = _input(link, side, found, seen[side], archive, now, report, where)
            if made is not None:
                inputs.append(made)
    return Gathered(inputs, frozenset(away))


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


def _input(
    link: Link,
    side: str,
    found: Found,
    seen: dict[str, Seen],
    archive: Archive,
    now: datetime,
    report: Report,
    where: dict[str, Path],
) -> Input | None:
    """A file to be judged; None where it was, or where it is still being written."""
    before = seen.get(found.path.name)
    stamp = str(found.stamp)
    since = now
    if before is not None and before.stamp == stamp:
        if before.verdict != "unfinished":
            return None
        if before.since <= now:  # else the clock was set back, and the wait begins anew
            since = before.since
            if now - since < timedelta(seconds=link.settle):
                report.waiting.append((side, found.path.name))
                return None
    folder = where.get(side) or archive.prepare(side)
    overdue = now - since >= timedelta(seconds=link.settle)
    made = Input(side, found.path.name, stamp, "", temporary_in(folder), since, overdue)
    try:
        copied = _copy(found, made.copy)
    except Rejected as rejected:
        digest = sha256(f"{side} {found.path.name} {stamp}".encode()).hexdigest()
        return made._replace(digest=digest, refusal=rejected.problem)
    if copied.digest is not None:
        return made._replace(digest=copied.digest)
    made.copy.unlink(missing_ok=True)
    if copied.why is Why.DENIED:
        problem = say.FOLDER_DENIED(folder=str(found.path)).at(file=found.path.name)
        report.away.append((side, problem))
    elif copied.why is not Why.GONE:
        report.waiting.append((side, found.path.name))
    return None


def _copy(found: Found, target: Path) -> Copied:
    """A private copy, durable: it becomes the one in the archive."""
    with failing(target.parent), target.open("xb") as file:
        copied = take_copy(found, file)
        file.flush()
        os.fsync(file.fileno())
    return copied
