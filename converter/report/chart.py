"""Messages over time: the bars of a chart, and the same as numbers for a table. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import NamedTuple

from converter.report.markup import Html, element, joined
from converter.report.words import Words
from converter.views.traffic import Passed

#: no more bars than a phone can show
BARS = 62
#: the height of the half of a chart above its middle line, in its own units
HALF = 48


class Period(NamedTuple):
    """A day, a week or a month: its first day, and how many messages each way."""

    first: date
    taken: int
    written: int


class Scale(NamedTuple):
    """How long a period is: ``day``, ``week`` or ``month``."""

    name: str

    def first(self, day: date) -> date:
        """The first day of the period that a day belongs to."""
        if self.name == "week":
            return day - timedelta(days=day.weekday())
        return day.replace(day=1) if self.name == "month" else day

    def next(self, first: date) -> date:
        """The first day of the period after one."""
        if self.name == "month":
            return (first + timedelta(days=31)).replace(day=1)
        return first + timedelta(days=7 if self.name == "week" else 1)


def scale_for(since: date, until: date) -> Scale:
    """The shortest periods that make no more than `BARS` bars; months, however many."""
    days = (until - since).days + 1
    if days <= BARS:
        return Scale("day")
    return Scale("week") if days <= BARS * 7 else Scale("month")


def periods(
    passed: Iterable[Passed], since: datetime, until: datetime, words: Words, scale: Scale
) -> list[Period]:
    """Messages by period of the reader's calendar, empty periods too."""
    counts = Counter((scale.first(words.local(each.at).date()), each.taken) for each in passed)
    last = words.local(until).date()
    return [
        Period(first, counts[first, True], counts[first, False])
        for first in _firsts(scale, words.local(since).date(), last)
    ]


def _firsts(scale: Scale, since: date, until: date) -> Iterator[date]:
    first = scale.first(since)
    while first <= until:
        yield first
        first = scale.next(first)


def bars(found: list[Period], label: str, words: Words) -> Html:
    """The drawing: what was taken above the line, what was written below it.

    It is as wide as there is room, so it holds no text but what shows under the pointer.
    """
    most = max((max(each.taken, each.written) for each in found), default=0) or 1
    width = len(found)
    drawn = [_bar(index, each, most, words) for index, each in enumerate(found)]
    return element(
        "svg",
        joined(drawn),
        element("line", x1=0, y1=HALF, x2=width, y2=HALF),
        viewBox=f"0 0 {width} {2 * HALF}",
        preserveAspectRatio="none",
        role="img",
        aria_label=label,
    )


def _bar(index: int, period: Period, most: int, words: Words) -> Html:
    up, down = (count * (HALF - 2) / most for count in (period.taken, period.written))
    day = words.date(datetime.combine(period.first, datetime.min.time()))
    told = words.say(
        f"{day}: от неё {period.taken}, для неё {period.written}",
        f"{day}: from it {period.taken}, for it {period.written}",
    )
    return element(
        "g",
        element("title", told),
        _rect(index, HALF - up, up, "taken"),
        _rect(index, HALF, down, "written"),
    )


def _rect(x: int, y: float, height: float, kind: str) -> Html:
    box = {"x": f"{x + 0.14:.2f}", "y": f"{y:.2f}", "width": "0.72", "height": f"{height:.2f}"}
    return element("rect", class_=kind, **box)
