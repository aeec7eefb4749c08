"""The pauses between tries of a server that fails."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from converter.far.patience import Patience
from converter.far.transport import Why

NOON = datetime(2026, 11, 29, 12, tzinfo=UTC)


def pauses(patience: Patience, why: Why, count: int) -> list[float]:
    """How long each of so many failures, one after another, makes it wait."""
    found = []
    for _ in range(count):
        patience.failed(NOON, why)
        assert patience.again is not None
        found.append((patience.again - NOON).total_seconds())
    return found


def test_they_double_up_to_ten_minutes() -> None:
    assert pauses(Patience(), Why.AWAY, 9) == [5, 10, 20, 40, 80, 160, 320, 600, 600]


@pytest.mark.parametrize("why", [Why.LOGIN, Why.UNTRUSTED])
def test_those_after_a_refused_login_are_longer(why: Why) -> None:
    assert pauses(Patience(), why, 8) == [60, 120, 240, 480, 960, 1920, 3600, 3600]


def test_one_that_answered_begins_anew() -> None:
    patience = Patience()
    pauses(patience, Why.AWAY, 5)
    patience.well()
    assert (patience.again, patience.waits(NOON)) == (None, False)
    assert pauses(patience, Why.AWAY, 2) == [5, 10]


def test_it_waits_until_then_and_no_longer() -> None:
    patience = Patience()
    patience.failed(NOON, Why.AWAY)
    waits = [patience.waits(NOON + timedelta(seconds=each)) for each in (-1, 0, 4.9, 5)]
    assert waits == [False, True, True, False], "and a clock that was set back ends it"
