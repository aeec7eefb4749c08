"""What `converter doctor` looks at, and what it can mend (SPEC §7)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import make_url

from converter.exchange.archive import Archive
from converter.exchange.traces import traces_of
from converter.folder.probe import probe
from converter.problems import Problem, Stopped
from converter.problems import catalogue as say
from converter.settings import Link, Settings
from converter.state.bases import SIDES, Bases
from converter.state.opening import State


class Finding(NamedTuple):
    """One thing that was looked at; ``problem`` None: it is well. ``mended`` was mended now."""

    subject: str
    problem: Problem | None = None
    mended: bool = False


def folders(link: Link) -> Iterator[Finding]:
    """Write, rename and read a probe in both folders."""
    for side in SIDES:
        folder = link.of(side).folder
        problems = probe(folder)
        if not problems:
            yield Finding(str(folder))
        for problem in problems:
            yield Finding(str(folder), problem)


def unmakeable(link: Link) -> Problem | None:
    """Why the archive is not enough to make the state of a link again; None where it may be, or
    where there never was one."""
    archive = Archive(link)
    if archive.has(1):
        return None
    place = str(archive.records[0])
    if archive.last():
        return say.ARCHIVE_GAP(archive=place, missing=1)
    trace = next(traces_of(link), None)
    return None if trace is None else say.ARCHIVE_EMPTY(archive=place, trace=str(trace))


def discard(settings: Settings) -> None:
    """Remove the file of a state that could not be made again, closed before: none is better than
    one that knows nothing. A database on a server is left; its links are refused one by one."""
    url = make_url(settings.state)
    if url.get_backend_name() == "sqlite" and url.database:
        Path(url.database).unlink(missing_ok=True)


def counters(link: Link, state: State) -> Iterator[Finding]:
    """Whether each base may be worked with, and the archive follows the state without a gap."""
    with state.read() as connection:
        bases = Bases(connection, link.name)
        row = bases.link()
        if row is None:
            return
        for side in SIDES:
            yield Finding(f"{link.name}: {side}", bases.base(side).reason)
    archive = Archive(link)
    try:
        list(archive.above(row.passes))
        yield Finding(str(archive.records[0]))
    except Stopped as stopped:
        yield Finding(str(archive.records[0]), stopped.problem)
