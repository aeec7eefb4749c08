"""How the exchange goes: counters, who waits for whom, messages over time, what was refused."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time

from converter.report.chart import Period, Scale, bars, periods, scale_for
from converter.report.facts import Facts, LinkFacts
from converter.report.markup import Child, Html, closing, element, joined, opening
from converter.report.tables import Column, folded, row, table, two
from converter.report.waits import waits
from converter.report.words import Words, sentence
from converter.views.status import BaseView, Last
from converter.views.troubles import Refusal
from converter.views.words import REFUSALS, SIDES


def exchange(facts: Facts, words: Words) -> Iterator[Html]:
    """Every link: its counters, who waits, and its messages."""
    for link in facts.links:
        if len(facts.links) > 1:
            yield element("h3", link.view.name)
        if link.view.begun is None:
            yield element(
                "p",
                words.say(
                    "Ещё не начинался: первый проход делает converter sync.",
                    "Not begun: converter sync makes the first pass.",
                ),
            )
            continue
        yield from _waits(facts, link, words)
        yield from _counters(link, words)
        yield from _traffic(facts, link, words)


def _waits(facts: Facts, link: LinkFacts, words: Words) -> Iterator[Html]:
    found = waits(link.view, words)
    if not found:
        yield element(
            "p", words.say("Никто никого не ждёт.", "Nobody waits for anybody."), class_="calm"
        )
        return
    columns = (
        Column(words.say("База", "Base")),
        Column(words.say("Чего ждём", "What is awaited")),
        Column(words.say("С какого времени", "Since when")),
    )
    rows = []
    for each in found:
        since = None
        if each.since is not None:
            since = two(words.moment(each.since), words.lasting(facts.now - each.since))
        cells: tuple[Child, ...] = (words.word(SIDES, each.side), each.what, since)
        rows.append(row(columns, cells))
    caption = words.say("Кто кого ждёт", "Who waits for whom")
    yield from table(caption, columns, rows)


def _counters(link: LinkFacts, words: Words) -> Iterator[Html]:
    say = words.say
    columns = (
        Column(say("База", "Base")),
        Column(say("Принято от неё", "Received from it"), number=True),
        Column(say("Отправлено ей", "Sent to it"), number=True),
        Column(say("Она подтвердила", "It acknowledged"), number=True),
        Column(say("Версия формата", "Version"), number=True),
    )
    rows = (_base(columns, base, words) for base in (link.view.crm, link.view.bp))
    yield from table(say("Номера сообщений", "Message numbers"), columns, rows)
    if link.view.rejected:
        count = words.number(link.view.rejected)
        yield element(
            "p",
            say(f"Отвергнуто файлов за всё время: {count}.", f"Files rejected so far: {count}."),
            class_="note",
        )


def _base(columns: tuple[Column, ...], base: BaseView, words: Words) -> Html:
    def last(number: int, message: Last | None) -> Html:
        return two(words.number(number), None if message is None else words.moment(message.at))

    cells = (
        words.word(SIDES, base.side),
        last(base.received, base.taken),
        last(base.sent, base.written),
        words.number(base.acknowledged),
        base.version or "—",
    )
    return row(columns, cells)


# -- messages over time --------------------------------------------------------------------------


def _traffic(facts: Facts, link: LinkFacts, words: Words) -> Iterator[Html]:
    since, until = words.local(facts.lately).date(), words.local(facts.now).date()
    scale = scale_for(since, until)
    by_side: dict[str, list[Period]] = {}
    for side in ("crm", "bp"):
        mine = (each for each in link.passed if each.side == side)
        by_side[side] = periods(mine, facts.lately, facts.now, words, scale)
    yield opening("div", class_="charts")
    for side, found in by_side.items():
        yield _figure(side, found, scale, words)
    yield closing("div")
    title = words.say("То же числами", "The same in numbers")
    yield from folded(title, _numbers(by_side, scale, words), class_="more")


def _scale_name(scale: Scale, words: Words) -> str:
    names = {
        "day": ("по дням", "by day"),
        "week": ("по неделям", "by week"),
        "month": ("по месяцам", "by month"),
    }
    return words.say(*names[scale.name])


def _figure(side: str, found: list[Period], scale: Scale, words: Words) -> Html:
    name, how = words.word(SIDES, side), _scale_name(scale, words)
    taken, written = sum(each.taken for each in found), sum(each.written for each in found)
    title = words.say(f"Сообщения и {name}, {how}", f"Messages and {name}, {how}")
    label = words.say(
        f"{title}: от неё {taken}, для неё {written}", f"{title}: from it {taken}, for it {written}"
    )
    most = max((max(each.taken, each.written) for each in found), default=0)
    first, last = (_day(each, words) for each in (found[0], found[-1]))
    return element(
        "figure",
        element("figcaption", title),
        element(
            "p",
            element("span", words.say(f"▲ от неё {taken}", f"▲ from it {taken}"), class_="taken"),
            element(
                "span", words.say(f"▼ для неё {written}", f"▼ for it {written}"), class_="written"
            ),
            element("span", words.say(f"шкала до {most}", f"scale up to {most}")),
            class_="axis",
        ),
        bars(found, label, words),
        element("p", element("span", first), element("span", last), class_="axis ends"),
    )


def _day(period: Period, words: Words) -> str:
    return words.date(datetime.combine(period.first, time.min))


def _numbers(by_side: dict[str, list[Period]], scale: Scale, words: Words) -> Iterator[Html]:
    """The chart's figures as a table, newest first, without periods in which nothing went."""
    say = words.say
    first = {
        "day": say("День", "Day"),
        "week": say("Неделя с", "Week from"),
        "month": say("Месяц с", "Month from"),
    }[scale.name]
    columns = (
        Column(first),
        Column(say("от CRM", "from CRM"), number=True),
        Column(say("для CRM", "for CRM"), number=True),
        Column(say("от БП", "from BP"), number=True),
        Column(say("для БП", "for BP"), number=True),
    )
    rows = []
    for crm, bp in zip(reversed(by_side["crm"]), reversed(by_side["bp"]), strict=True):
        counts = (crm.taken, crm.written, bp.taken, bp.written)
        if any(counts):
            rows.append(row(columns, (_day(crm, words), *(words.number(each) for each in counts))))
    caption = say("Сообщения", "Messages") + f" {_scale_name(scale, words)}"
    return table(caption, columns, rows)


# -- what was refused ----------------------------------------------------------------------------


def troubles(facts: Facts, words: Words) -> Iterator[Html]:
    """The last files and objects that were refused, each with its cure, newest first."""
    several = len(facts.links) > 1
    found = [(link.view.name, each) for link in facts.links for each in link.troubles]
    found.sort(key=lambda pair: pair[1].at, reverse=True)
    if not found:
        yield element("p", words.say("Ничего.", "Nothing."), class_="calm")
        return
    columns = (
        Column(words.say("Когда", "When")),
        Column(words.say("Что", "What")),
        Column(words.say("Почему и что делать", "Why, and what to do")),
    )
    rows = (_trouble(columns, name if several else "", each, words) for name, each in found)
    caption = words.say("Отвергнуто и задержано, новое сверху", "Rejected and held, newest first")
    yield from table(caption, columns, rows)
    more = sum(link.trouble_count - len(link.troubles) for link in facts.links)
    if more:
        text = words.say(f"И ещё {more}: converter journal", f"And {more} more: converter journal")
        yield element("p", text, class_="note")


def _trouble(columns: tuple[Column, ...], link: str, trouble: Refusal, words: Words) -> Html:
    about = (words.word(SIDES, trouble.side), words.word(REFUSALS, trouble.event), link)
    reasons = dict.fromkeys(
        (sentence(f"{words.what(each)} [{each.kind.id}]"), f"→ {words.cure(each)}")
        for each in trouble.problems
    )
    parts = [part for what, cure in reasons for part in (element("p", what), element("p", cure))]
    cells = (
        words.moment(trouble.at),
        two(sentence(words.object(trouble.subject)), " · ".join(part for part in about if part)),
        joined(parts),
    )
    return row(columns, cells)
