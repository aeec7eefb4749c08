"""What a pass did, as values: for the line that people read, for JSON, and for the exit status."""

from __future__ import annotations

from typing import NamedTuple

from converter.problems import Problem, Said, Severity


class Taken(NamedTuple):
    """A message that was taken."""

    side: str
    number: int
    objects: int
    file: str


class Written(NamedTuple):
    """A message that was, or in a plan would be, written; ``number`` 0 is a greeting."""

    side: str
    number: int
    objects: int
    received: int
    file: str
    again: bool = False


class SetAside(NamedTuple):
    """A file that was, or would be, moved away, and why."""

    side: str
    file: str
    problem: Problem


class Report:
    """One pass of a link. It grows while the pass goes on; ``reading`` is the file being read."""

    def __init__(self, link: str) -> None:
        self.link = link
        self.taken: list[Taken] = []
        self.written: list[Written] = []
        self.aside: list[SetAside] = []
        self.waiting: list[tuple[str, str]] = []  # side and name of files still being written
        self.away: list[tuple[str, Problem]] = []
        self.problems: list[Problem] = []
        self.events: list[tuple[str, str]] = []  # what else happened: an event and its object
        self.names: dict[str, Said] = {}  # what people call those objects
        self.held = 0
        self.released = 0
        self.reading = ""

    def tell(self, problem: Problem) -> None:
        """A problem of this pass."""
        self.problems.append(problem.at(file=self.reading))

    def happened(self, event: str, key: str, name: Said | None) -> None:
        """An event of an object; ``name`` is what people call that."""
        self.events.append((event, key))
        if name is not None:
            self.names[key] = name

    def mark(self) -> tuple[int, int, int]:
        """Where the report stands now, for `back_to`."""
        return len(self.problems), len(self.events), self.held

    def back_to(self, mark: tuple[int, int, int]) -> None:
        """Forget what was told since."""
        del self.problems[mark[0] :]
        del self.events[mark[1] :]
        self.held = mark[2]

    def include(self, other: Report) -> None:
        """What another pass or a command did belongs to this one."""
        for name in ("taken", "written", "aside", "waiting", "away", "problems", "events"):
            getattr(self, name).extend(getattr(other, name))
        self.names |= other.names
        self.held += other.held
        self.released += other.released

    @property
    def did_something(self) -> bool:
        """Whether there is anything to say."""
        return bool(
            self.taken or self.written or self.aside or self.away or self.events or self.problems
        )

    @property
    def status(self) -> int:
        """The exit status of the pass (SPEC §7)."""
        if self.away:
            return 3
        refused = any(
            problem.kind.severity in (Severity.HOLD, Severity.ALARM, Severity.REJECT)
            for problem in self.problems
        )
        return 1 if refused or self.held or self.aside else 0
