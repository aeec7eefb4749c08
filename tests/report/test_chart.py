"""Messages over time: every one is counted once, in the reader's days."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from lxml import etree

from converter.report.chart import HALF, Period, Scale, bars, periods, scale_for
from converter.report.words import Words
from converter.views.traffic import Passed

EN = Words("en", UTC)
DAY = datetime(2026, 11, 28, 12)


@pytest.mark.parametrize(
    ("days", "name"), [(1, "day"), (61, "day"), (62, "week"), (433, "week"), (434, "month")]
)
def test_periods_grow_with_the_time(days: int, name: str) -> None:
    assert scale_for(DAY.date() - timedelta(days=days), DAY.date()).name == name


def test_empty_days_have_their_place() -> None:
    passed = [Passed("crm", True, DAY), Passed("crm", False, DAY - timedelta(days=2))]
    assert periods(passed, DAY - timedelta(days=3), DAY, EN, Scale("day")) == [
        Period(date(2026, 11, 25), 0, 0),
        Period(date(2026, 11, 26), 0, 1),
        Period(date(2026, 11, 27), 0, 0),
        Period(date(2026, 11, 28), 1, 0),
    ]


def test_a_day_is_that_of_the_readers_calendar() -> None:
    late = Passed("crm", True, datetime(2026, 11, 27, 22))
    moscow = Words("ru", timezone(timedelta(hours=3)))
    found = periods([late], DAY - timedelta(days=1), DAY, moscow, Scale("day"))
    assert [each.taken for each in found] == [0, 1]


@pytest.mark.parametrize("name", ["day", "week", "month"])
def test_no_message_is_lost(name: str) -> None:
    passed = [Passed("bp", each % 3 > 0, DAY - timedelta(hours=7 * each)) for each in range(400)]
    found = periods(passed, DAY - timedelta(days=120), DAY, EN, Scale(name))
    assert sum(each.taken + each.written for each in found) == len(passed)
    assert len({each.first for each in found}) == len(found)


def test_the_tallest_bar_fills_its_half_and_none_leaves_it() -> None:
    drawn = etree.fromstring(bars([Period(DAY.date(), 4, 2), Period(DAY.date(), 0, 0)], "x", EN))
    boxes = [(float(r.get("y") or 0), float(r.get("height") or 0)) for r in drawn.iter("rect")]
    assert boxes[0] == (2, HALF - 2)
    assert boxes[1] == (HALF, (HALF - 2) / 2)
    assert all(y >= 0 and y + height <= 2 * HALF for y, height in boxes)
    assert drawn.get("role") == "img"
    assert drawn.get("aria-label") == "x"


def test_nothing_at_all_is_drawn_as_nothing() -> None:
    drawn = etree.fromstring(bars([Period(DAY.date(), 0, 0)], "x", EN))
    assert {rect.get("height") for rect in drawn.iter("rect")} == {"0.00"}
