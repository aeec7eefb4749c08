"""What passes came to, counted."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from converter.exchange.report import Report
from converter.problems import Stopped
from converter.problems import catalogue as say
from converter.serving.passes import BOUNDS, Passes


class Clock:
    """Time that passes when it is told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def report(away: bool = False, held: int = 0) -> Report:
    made = Report("main")
    made.held = held
    if away:
        made.away = [("bp", say.FOLDER_MISSING(folder="x"))]
    return made


def test_every_end_is_counted_as_what_it_is() -> None:
    passes = Passes(Clock())
    stopped = Stopped(say.STATE_FAILED(state="x", reason="y"))
    for done in (report(), report(), report(held=1), report(away=True), stopped):
        assert passes.timed("main", lambda done=done: done) is done  # type: ignore[misc]
    with pytest.raises(ZeroDivisionError):
        passes.timed("main", lambda: 1 // 0)  # type: ignore[arg-type, return-value]
    found = passes.of("main")
    assert found.outcomes == {"done": 2, "refused": 1, "away": 1, "stopped": 1, "failed": 1}
    assert found.total == 6


def test_a_folder_is_away_until_a_pass_finds_it() -> None:
    passes = Passes(Clock())
    passes.timed("main", lambda: report(away=True))
    assert passes.of("main").away == {"bp"}
    passes.timed("main", report)
    assert passes.of("main").away == frozenset()


def test_a_pass_counts_in_every_class_that_it_fits() -> None:
    clock = Clock()
    passes = Passes(clock)

    def slow() -> Report:
        clock.now += 0.75
        return report()

    passes.timed("main", slow)
    passes.timed("main", report)
    found = passes.of("main")
    assert dict(zip(BOUNDS, found.within, strict=True))[0.5] == 1
    assert dict(zip(BOUNDS, found.within, strict=True))[1.0] == 2
    assert list(found.within) == sorted(found.within)
    assert found.seconds == pytest.approx(0.75)
    assert found.ended == clock.now


def test_a_link_that_had_none_has_zeros() -> None:
    found = Passes(Clock()).of("other")
    assert (found.total, found.seconds, found.ended, set(found.within)) == (0, 0.0, None, {0})


def test_none_is_lost_between_threads() -> None:
    passes = Passes()
    with ThreadPoolExecutor(8) as pool:
        for number in range(400):
            pool.submit(passes.timed, f"link {number % 2}", report)
    assert [passes.of(f"link {number}").total for number in range(2)] == [200, 200]
