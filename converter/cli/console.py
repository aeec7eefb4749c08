"""What people and programs see: problems in words or as JSON, progress on a terminal."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import click
from msgspec import Struct

from converter.cli.words import LANG, say
from converter.envelope.reader import ByteStream
from converter.problems import Problem, Severity
from converter.problems.happened import happened
from converter.problems.visible import visible

SHOWN_PER_KIND = 20
KEPT_FOR_JSON = 1000
LONG_WORK = 8 << 20


class Manner(Struct, frozen=True):
    """How a command speaks: for programs, only of what failed, or of everything."""

    as_json: bool = False
    quiet: bool = False
    verbose: bool = False


class Teller:
    """Takes problems as they are met: says them on stderr at once, or keeps them for JSON.

    Of each kind the first `SHOWN_PER_KIND` are said, the rest counted; so output stays readable
    and memory bounded whatever a file holds.
    """

    def __init__(self, file: str, manner: Manner) -> None:
        self._file = file
        self._as_json = manner.as_json
        self._quiet = manner.quiet
        self._shown = sys.maxsize if manner.verbose else SHOWN_PER_KIND
        self._seen: Counter[str] = Counter()
        self.kept: list[dict[str, Any]] = []
        self.warnings = 0

    def __call__(self, problem: Problem) -> None:
        problem = problem.alone().at(file=self._file)
        kind = problem.kind
        self._seen[kind.id] += 1
        if kind.severity is Severity.WARN:
            self.warnings += 1
        if self._as_json:
            if len(self.kept) < KEPT_FOR_JSON:
                self.kept.append(problem_json(problem))
        elif self._seen[kind.id] <= self._shown and not (self._quiet and not problem.holds):
            click.echo(problem_text(problem), err=True)

    def finish(self) -> None:
        """Say how many more there were of the kinds that were met often."""
        for kind, count in self._seen.items():
            if count > self._shown and not self._as_json:
                more = count - self._shown
                click.echo(say(f"… и ещё {more}: {kind}", f"… and {more} more: {kind}"), err=True)

    @property
    def total(self) -> int:
        return sum(self._seen.values())


def problem_text(problem: Problem, link: str = "") -> str:
    """A problem in three lines: where, what with its id, and what to do.

    ``link`` is that of the exchange in which it was met.
    """
    where = problem.where
    place = f"{where.file}:{where.line}" if where.file and where.line is not None else where.file
    named = " · ".join(visible(each) for each in (link, place, where.object, where.field) if each)
    verb = happened(problem.kind).to(LANG)
    lines = [f"  {verb}: {problem.what(LANG)} [{problem.kind.id}]", f"  → {problem.cure(LANG)}"]
    return "\n".join([named, *lines] if named else lines)


def problem_json(problem: Problem) -> dict[str, Any]:
    """A problem with stable names, for programs."""
    where = problem.where
    return {
        "id": problem.kind.id,
        "severity": problem.kind.severity.value,
        "file": where.file,
        "line": where.line,
        "object": where.object,
        "key": where.key,
        "field": where.field,
        "what": problem.what(LANG),
        "cure": problem.cure(LANG),
    }


def print_json(value: Any) -> None:
    """One JSON document on stdout."""
    import json  # most commands speak in words

    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def counts_text(counts: dict[str, int]) -> str:
    """``СчетНаОплату 3, УдалениеОбъекта 1``: types without Документ and Справочник, for people."""
    return ", ".join(f"{name.rpartition('.')[2]} {count}" for name, count in counts.items())


@contextmanager
def source(name: str) -> Iterator[ByteStream]:
    """A file, or standard input for ``-``; long files show their progress on a terminal."""
    if name == "-":
        yield sys.stdin.buffer
        return
    path = Path(name)
    with path.open("rb") as file:
        size = path.stat().st_size
        if size < LONG_WORK or not sys.stderr.isatty():
            yield file
            return
        with _progress(file, size, path.name) as shown:
            yield shown


@contextmanager
def _progress(file: IO[bytes], size: int, name: str) -> Iterator[ByteStream]:
    from rich.console import Console  # slow to load, and only for long work
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(name, total=size)

        class Watched:
            def read(self, count: int, /) -> bytes:
                data = file.read(count)
                progress.update(task, advance=len(data))
                return data

        yield Watched()
