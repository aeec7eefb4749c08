"""What the passes of this process came to, counted for monitoring."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import NamedTuple

from converter.exchange.report import Report
from converter.problems import Stopped

#: upper bounds, in seconds, of the classes in which passes are counted by their time
BOUNDS = (0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 30.0, 120.0)
#: how a pass may end: all well, something refused, a folder away, stopped before it began, or by
#: an error that nobody expected
OUTCOMES = ("done", "refused", "away", "stopped", "failed")
_BY_STATUS = {0: "done", 1: "refused", 3: "away"}

Clock = Callable[[], float]


class Passed(NamedTuple):
    """The passes of a link so far: how many ended how, and how many took no longer than each bound.

    ``away`` are the sides whose folder could not be used in the last one. ``ended`` is when that
    ended, on the clock of these counts; None where there was none yet.
    """

    outcomes: dict[str, int]
    within: tuple[int, ...]
    seconds: float
    away: frozenset[str]
    ended: float | None

    @property
    def total(self) -> int:
        """How many there were."""
        return sum(self.outcomes.values())


class Passes:
    """Counts passes, from whichever threads they run in."""

    def __init__(self, clock: Clock = time.monotonic) -> None:
        self.clock = clock
        self.began = clock()
        self._lock = threading.Lock()
        self._outcomes: dict[str, Counter[str]] = {}
        self._within: dict[str, list[int]] = {}
        self._seconds: dict[str, float] = {}
        self._away: dict[str, frozenset[str]] = {}
        self._ended: dict[str, float] = {}

    def timed(self, link: str, work: Callable[[], Report | Stopped]) -> Report | Stopped:
        """Do the work of a pass, and count it. What ``work`` raises is raised."""
        began = self.clock()
        try:
            done = work()
        except Exception:
            self._count(link, began, "failed", frozenset())
            raise
        if isinstance(done, Stopped):
            self._count(link, began, "stopped", frozenset())
        else:
            away = frozenset(side for side, _ in done.away)
            self._count(link, began, _BY_STATUS[done.status], away)
        return done

    def of(self, link: str) -> Passed:
        """The counts of a link as they stand."""
        with self._lock:
            outcomes = self._outcomes.get(link, Counter())
            return Passed(
                {name: outcomes[name] for name in OUTCOMES},
                tuple(self._within.get(link, [0] * len(BOUNDS))),
                self._seconds.get(link, 0.0),
                self._away.get(link, frozenset()),
                self._ended.get(link),
            )

    def _count(self, link: str, began: float, outcome: str, away: frozenset[str]) -> None:
        ended = self.clock()
        with self._lock:
            self._outcomes.setdefault(link, Counter())[outcome] += 1
            within = self._within.setdefault(link, [0] * len(BOUNDS))
            for index, bound in enumerate(BOUNDS):
                within[index] += ended - began <= bound
            self._seconds[link] = self._seconds.get(link, 0.0) + ended - began
            self._away[link] = away
            self._ended[link] = ended
