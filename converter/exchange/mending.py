"""What `converter doctor` looks at, and what it can mend (SPEC §7)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from converter.exchange.archive import Archive
from converter.folder.probe import probe
from converter.problems import Problem, Stopped
from converter.settings import Link
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
