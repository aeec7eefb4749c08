"""A base is silent for too long by the days on which its silence counts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from converter.alerts.silence import silent

DAY = timedelta(hours=26)
MOSCOW = timezone(timedelta(hours=3))
FRIDAY = datetime(2026, 3, 6, 15)  # 18:00 in Moscow
HOURS = st.integers(0, 24 * 30).map(lambda hours: timedelta(hours=hours))


@pytest.mark.parametrize(("hours", "late"), [(0, False), (26, False), (27, True), (500, True)])
def test_every_day_counts(hours: int, late: bool) -> None:
    assert silent(FRIDAY, FRIDAY + timedelta(hours=hours), DAY, "all", MOSCOW) is late


@pytest.mark.parametrize(
    ("days", "until"),
    [
        # six hours of Friday are left, so twenty of the next day that counts
        ("mon-fri", datetime(2026, 3, 9, 20)),
        ("mon-sat", datetime(2026, 3, 7, 20)),
    ],
)
def test_the_time_of_other_days_does_not_count(days: str, until: datetime) -> None:
    there = until.replace(tzinfo=MOSCOW).astimezone(UTC).replace(tzinfo=None)
    assert not silent(FRIDAY, there, DAY, days, MOSCOW)
    assert silent(FRIDAY, there + timedelta(minutes=1), DAY, days, MOSCOW)


def test_days_begin_at_midnight_of_the_zone() -> None:
    sunday = datetime(2026, 3, 8, 21)  # midnight in Moscow
    assert silent(sunday, sunday + timedelta(hours=2), timedelta(hours=1), "mon-fri", MOSCOW)
    assert not silent(sunday, sunday + timedelta(hours=2), timedelta(hours=1), "mon-fri", UTC)


def test_a_day_of_25_hours_has_25() -> None:
    """Where clocks are set back on a Sunday, its silence is an hour longer."""
    berlin = ZoneInfo("Europe/Berlin")
    start = datetime(2026, 10, 24, 22)  # midnight before the day
    limit = timedelta(hours=24, minutes=30)
    assert silent(start, datetime(2026, 10, 25, 23), limit, "all", berlin)
    assert not silent(start, datetime(2026, 10, 25, 23), limit, "mon-sat", berlin)


def test_a_clock_that_was_set_back_makes_nobody_silent() -> None:
    assert not silent(FRIDAY, FRIDAY - timedelta(days=400), DAY, "mon-fri", MOSCOW)


@given(HOURS, HOURS, st.sampled_from(["all", "mon-fri", "mon-sat"]))
def test_fewer_days_are_never_stricter(gone: timedelta, limit: timedelta, days: str) -> None:
    if silent(FRIDAY, FRIDAY + gone, limit, days, MOSCOW):
        assert silent(FRIDAY, FRIDAY + gone, limit, "all", MOSCOW)
        later = FRIDAY + gone + timedelta(hours=1)
        assert silent(FRIDAY, later, limit, days, MOSCOW)
