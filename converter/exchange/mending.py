"""What `converter doctor` looks at, and what it can mend (SPEC §7)."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import make_url

from converter.exchange.archive import Archive
from converter.exchange.far import FarFolders
from converter.exchange.traces import traces_of
from converter.far.address import Address
from converter.far.failures import far_problem
from converter.far.opening import Connect, connect
from converter.far.probe import probe_server
from converter.far.transport import FarFailed
from converter.folder.probe import probe
from converter.problems import Problem, Stopped
from converter.problems import catalogue as say
from converter.settings import Link, Settings
from converter.settings.passwords import password_of
from converter.state.bases import SIDES, Bases
from converter.state.opening import State
from converter.state.wholeness import note_beside


class Finding(NamedTuple):
    """One thing that was looked at; ``problem`` None: it is well. ``mended`` was mended now, and
    ``done`` says in words what was done."""

    subject: str
    problem: Problem | None = None
    mended: bool = False
    done: str = ""


def folders(
    link: Link, environment: Mapping[str, str] = os.environ, connect: Connect = connect
) -> Iterator[Finding]:
    """Write, rename and read a probe in both folders; on a server really there, and in the working
    folder where there is one already."""
    far = FarFolders(link, environment, connect)
    for side in SIDES:
        base = link.of(side)
        if base.far is not None:
            yield from _findings(str(base.far), _probe_server(far, side, base.far))
        if base.far is None or _there(base.folder):
            yield from _findings(str(base.folder), probe(base.folder))


def _there(folder: Path) -> bool:
    """Whether a working folder is there; one that nobody lets us look at is tried, which tells why."""
    try:
        return folder.is_dir()
    except OSError:
        return True


def _probe_server(far: FarFolders, side: str, address: Address) -> list[Problem]:
    try:
        probe_server(partial(far.open, side))
    except FarFailed as failed:
        return [far_problem(address, failed)]
    except Stopped as stopped:  # the password cannot be had
        return [stopped.problem]
    return []


def zip_passwords(link: Link, environment: Mapping[str, str] = os.environ) -> Iterator[Finding]:
    """Whether the passwords of the zips can be had that the settings name: no pass begins without."""
    for side in SIDES:
        subject = f"{link.name}: {side}: password"
        try:
            if password_of(link, side, environment) is not None:
                yield Finding(subject)
        except Stopped as stopped:
            yield Finding(subject, stopped.problem)


def writable(state: State) -> Finding:
    """Whether the state can be written to: where nothing is due, a pass only reads it."""
    try:
        state.try_writing()
    except Stopped as stopped:
        return Finding(state.name, stopped.problem)
    return Finding(state.name)


def _findings(subject: str, problems: list[Problem]) -> Iterator[Finding]:
    if not problems:
        yield Finding(subject)
    for problem in problems:
        yield Finding(subject, problem)


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
        path = Path(url.database)
        for each in (path, note_beside(path)):
            each.unlink(missing_ok=True)


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
