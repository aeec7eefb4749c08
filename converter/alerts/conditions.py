"""What is wrong with a link now, as a set of conditions. Pure: what is known in, conditions out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, tzinfo
from typing import NamedTuple

from converter.alerts.silence import silent
from converter.problems import Problem
from converter.problems import catalogue as say
from converter.settings import Link
from converter.settings.durations import duration, spoken
from converter.state.files import Rejection
from converter.state.troubles import Trouble
from converter.views.status import BaseView, LinkView
from converter.views.words import SIDES

#: the kinds that only a pass can tell: the first words of their keys
OF_A_PASS = ("stopped", "away")


class Condition(NamedTuple):
    """Something that is wrong now.

    ``key`` is stable as long as it lasts: its kind, and what tells it from others of the kind.
    ``object`` is what people call what it is about; ``since`` None: nobody knows, so from now on.
    """

    link: str
    key: str
    side: str
    object: str
    since: datetime | None
    problems: tuple[Problem, ...]


class Outcome(NamedTuple):
    """How the last pass of a link ended: what stopped it as a whole, and which folders were away."""

    stopped: Problem | None = None
    away: tuple[tuple[str, Problem], ...] = ()


class Moment(NamedTuple):
    """When it is: the time in UTC, and the zone in which days begin and people read times."""

    now: datetime
    zone: tzinfo


def conditions(
    link: Link,
    view: LinkView,
    rejections: Mapping[str, Rejection],
    outcome: Outcome | None,
    known: Iterable[Trouble],
    moment: Moment,
) -> list[Condition]:
    """Everything that is wrong with a link.

    ``outcome`` None: no pass of this process has ended yet, so what ``known`` troubles say of
    passes still holds.
    """
    found = list(_of_a_pass(link.name, outcome, known))
    away = {each.side for each in found if each.key.startswith("away/")}
    for held in view.held:
        reasons = tuple(held.reasons())
        label = reasons[0].where.object if reasons and reasons[0].where.object else held.key
        key = f"held/{held.side}/{held.key}"
        found.append(Condition(link.name, key, held.side, label, held.since, reasons))
    for side, rejected in rejections.items():
        key = f"rejected/{side}"
        problems = (rejected.reason,)
        found.append(Condition(link.name, key, side, rejected.file, rejected.at, problems))
    for base in (view.crm, view.bp):
        found += _of_a_base(link.name, base)
        if view.begun is not None and base.side not in away:
            last = _last_sign(base, view.begun, rejections.get(base.side))
            found += _silence(link, base, last, moment)
    return found


def _of_a_pass(link: str, outcome: Outcome | None, known: Iterable[Trouble]) -> Iterator[Condition]:
    """What stands in no state: a folder that is away, a pass that could not be made."""
    if outcome is None:
        for each in known:
            if each.link == link and each.kind in OF_A_PASS and each.gone is None:
                yield Condition(
                    link, each.key, each.side, each.object, each.since, tuple(each.reasons)
                )
        return
    if outcome.stopped is not None:
        yield Condition(link, "stopped", "", "", None, (outcome.stopped,))
    for side, problem in dict(reversed(outcome.away)).items():  # the first of each side
        yield Condition(link, f"away/{side}", side, "", None, (problem,))


def _of_a_base(link: str, base: BaseView) -> Iterator[Condition]:
    """What needs a person at a base: it was stopped, or waits for a word."""
    for kind, problem in (
        ("alarm", base.alarm),
        ("asked", base.asked),
        ("version", base.obstacle),
    ):
        if problem is not None:
            yield Condition(link, f"{kind}/{base.side}", base.side, "", None, (problem,))


def _last_sign(base: BaseView, begun: datetime, rejected: Rejection | None) -> datetime:
    """When a base last gave a sign of life; a file that was rejected is one."""
    taken = None if base.taken is None else base.taken.at
    signs = (begun, taken, base.greeted, base.restored, None if rejected is None else rejected.at)
    return max(each for each in signs if each is not None)


def _silence(link: Link, base: BaseView, last: datetime, moment: Moment) -> Iterator[Condition]:
    """A base in alarm is not listened to."""
    settings = link.of(base.side)
    if settings.silence is None or base.alarm is not None:
        return
    limit = duration(settings.silence)
    if not silent(last, moment.now, limit, settings.silence_days, moment.zone):
        return
    since = f"{last.replace(tzinfo=UTC).astimezone(moment.zone):%Y-%m-%d %H:%M}"
    problem = say.SIDE_SILENT(base=SIDES[base.side], since=since, silence=spoken(settings.silence))
    yield Condition(link.name, f"silent/{base.side}", base.side, "", last, (problem,))
