"""What lies in the folders and is new: copied, so that nobody changes it while it is read (SPEC §5, §6)."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from converter.exchange.archive import Archive
from converter.exchange.report import Report
from converter.folder.durable import temporary_in
from converter.folder.inbox import Found, look, take_copy
from converter.folder.names import is_message
from converter.problems import Stopped
from converter.settings import Link
from converter.state.bases import SIDES, Base, Bases
from converter.state.files import Files, Seen
from converter.state.opening import State


class Input(NamedTuple):
    """A file of a base that was copied and is to be judged.

    ``digest`` is of its bytes as they lie there. ``since`` tells when this stamp was first seen;
    ``overdue``: it has not changed for so long that waiting for more of it is over.
    """

    side: str
    name: str
    stamp: str
    digest: str
    copy: Path
    since: datetime
    overdue: bool


class Gathered(NamedTuple):
    """What was found: files to judge, and the sides whose folder cannot be used now."""

    inputs: list[Input]
    away: frozenset[str]
    unmoved: list[tuple[str, Seen]]


@contextmanager
def copies(archive: Archive, dry: bool) -> Iterator[dict[str, Path]]:
    """Where copies are made: beside the archive, so that keeping one is a rename; for a plan
    somewhere else, since a plan touches nothing."""
    if dry:
        with tempfile.TemporaryDirectory() as folder:
            yield dict.fromkeys(SIDES, Path(folder))
        return
    yield {}


def gather(
    link: Link,
    state: State,
    archive: Archive,
    now: datetime,
    report: Report,
    where: dict[str, Path],
) -> Gathered:
    """Look into both folders and copy what is new or changed. A base in alarm is not looked at."""
    inputs: list[Input] = []
    unmoved: list[tuple[str, Seen]] = []
    away = set()
    with state.read() as connection:
        bases = {side: Bases(connection, link.name).base(side) for side in SIDES}
        seen = {side: Files(connection, link.name, side).all() for side in SIDES}
    for side in SIDES:
        unmoved += [(side, each) for each in seen[side].values() if each.report is not None]
        if bases[side].alarm is not None:
            continue
        try:
            for found in _find(link, side, bases):
                made = _input(link, side, found, seen[side], archive, now, report, where)
                if made is not None:
                    inputs.append(made)
        except Stopped as stopped:
            away.add(side)
            report.away.append((side, stopped.problem))
    return Gathered(inputs, frozenset(away), unmoved)


def folder_of(link: Link, side: str) -> Path:
    """The folder of a base."""
    return link.crm.folder if side == "crm" else link.bp.folder


def ids(link: Link, side: str, bases: dict[str, Base]) -> list[str]:
    """By which names a base goes in file names: its code, or its GUID (SPEC §4)."""
    other = "bp" if side == "crm" else "crm"
    code = link.crm.code if side == "crm" else link.bp.code
    return [code, *(each for each in (bases[side].peer, bases[other].guid) if each)]


def _find(link: Link, side: str, bases: dict[str, Base]) -> list[Found]:
    other = "bp" if side == "crm" else "crm"
    senders, receivers = ids(link, side, bases), ids(link, other, bases)
    return look(folder_of(link, side), lambda name: is_message(name, senders, receivers)).files


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
        since = min(before.since, now)
        if now - since < timedelta(seconds=link.settle):
            report.waiting.append((side, found.path.name))
            return None
    folder = where.get(side) or archive.prepare(side)
    copy = temporary_in(folder)
    with copy.open("xb") as file:
        copied = take_copy(found, file)
        file.flush()
        os.fsync(file.fileno())
    if copied.digest is None:
        copy.unlink()
        report.waiting.append((side, found.path.name))
        return None
    overdue = now - since >= timedelta(seconds=link.settle)
    return Input(side, found.path.name, stamp, copied.digest, copy, since, overdue)
