"""What is served: each answer is made anew when it is asked for, but not more often than needed."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Generic, NamedTuple, TypeVar

from converter.problems import Stopped
from converter.report.facts import collect
from converter.report.page import page, policy, style
from converter.report.words import Words
from converter.serving.metrics import CONTENT_TYPE, exposition
from converter.serving.passes import Passes
from converter.settings import Settings
from converter.state.opening import State
from converter.views.status import LinkView, link_view

#: so many seconds an answer is good for: reloading a page does not load the state
FRESH = 5.0
#: a link counts as stuck so many seconds after its last pass, or after so many times the interval
STUCK, INTERVALS = 900.0, 3

Value = TypeVar("Value")


class Answer(NamedTuple):
    """What is sent: the status, the kind of content, its bytes, and the policy for browsers."""

    status: int
    kind: str
    body: bytes
    policy: str = "default-src 'none'"


class Pages:
    """The report, the figures and the health of the links of one `watch`.

    ``now`` gives the time in UTC; ``interval`` is that between passes, in seconds. Nothing here
    writes.
    """

    def __init__(
        self,
        settings: Settings,
        state: State,
        passes: Passes,
        words: Words,
        now: Callable[[], datetime],
        interval: float,
    ) -> None:
        self._links = settings.link
        self._state = state
        self._passes = passes
        self._words = words
        self._now = now
        self._stuck = max(STUCK, INTERVALS * interval)
        self._policy = policy(style(words))
        self._report = _Fresh(self._make_report, passes.clock)
        self._views = _Fresh(self._make_views, passes.clock)

    def answer(self, path: str) -> Answer | None:
        """What lies under a path; None where there is nothing."""
        made = {"/": self.report, "/metrics": self.metrics, "/health": self.health}.get(path)
        return None if made is None else made()

    def report(self) -> Answer:
        """The report, or why there is none just now."""
        try:
            return Answer(200, "text/html; charset=utf-8", self._report.get(), self._policy)
        except Stopped as stopped:
            problem = stopped.problem
            said = (
                f"{self._words.what(problem)} [{problem.kind.id}]\n→ {self._words.cure(problem)}\n"
            )
            return _plain(503, said)

    def metrics(self) -> Answer:
        """The figures; without those of the state where it cannot be read."""
        views: Sequence[LinkView] | None
        try:
            views = self._views.get()
        except Stopped:
            views = None
        passed = {link.name: self._passes.of(link.name) for link in self._links}
        text = exposition(views, passed, self._now(), self._passes.clock())
        return Answer(200, CONTENT_TYPE, text.encode())

    def health(self) -> Answer:
        """Whether the passes of every link go on; asks neither the state nor a folder."""
        clock, began = self._passes.clock(), self._passes.began
        stuck = [
            link.name
            for link in self._links
            if clock - (self._passes.of(link.name).ended or began) > self._stuck
        ]
        if not stuck:
            return _plain(200, "ok\n")
        return _plain(503, f"no pass for {self._stuck:.0f} s: {', '.join(stuck)}\n")

    def _make_report(self) -> bytes:
        with self._state.read() as connection:
            facts = collect(connection, self._links, self._now())
        return b"".join(page(facts, self._words, live=True))

    def _make_views(self) -> list[LinkView]:
        with self._state.read() as connection:
            return [link_view(connection, link) for link in self._links]


class _Fresh(Generic[Value]):
    """A value that is made when it is asked for and is too old; never twice at a time."""

    def __init__(
        self, make: Callable[[], Value], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._make = make
        self._clock = clock
        self._lock = threading.Lock()
        self._made: tuple[float, Value] | None = None

    def get(self) -> Value:
        with self._lock:
            if self._made is None or self._clock() - self._made[0] >= FRESH:
                self._made = None
                self._made = self._clock(), self._make()
            return self._made[1]


def _plain(status: int, text: str) -> Answer:
    return Answer(status, "text/plain; charset=utf-8", text.encode())
