"""What does not go on by itself: why, what to do about it, and what to type."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from converter.problems import Problem
from converter.report.facts import Facts
from converter.report.markup import Html, closing, element, joined, opening
from converter.report.tables import folded
from converter.report.words import Words, sentence
from converter.state.held import Held
from converter.views.status import BaseView, LinkView
from converter.views.unlinked import ProposalView, UnlinkedView
from converter.views.words import KINDS, REASONS, SIDES

#: so many stand open; the others are folded
SHOWN = 12


class Need(NamedTuple):
    """One thing for a person: what kind, of what, why and what to do; ``type`` is a command."""

    kind: str
    badge: str
    title: str
    reasons: tuple[tuple[str, str], ...]
    type: str = ""
    since: datetime | None = None


def hands(facts: Facts, words: Words) -> Iterator[Html]:
    """The list of what needs a person, the gravest first."""
    several = len(facts.links) > 1
    found = [
        _item(each, link.view.name if several else "", facts, words)
        for link in facts.links
        for each in needs(link.view, words)
    ]
    if not found:
        calm = words.say(
            "Ничего: обе базы обмениваются, задержанного нет.",
            "Nothing: both bases exchange, and nothing is held.",
        )
        yield element("p", calm, class_="calm")
        return
    yield from _list(found[:SHOWN])
    if more := found[SHOWN:]:
        title = words.say(f"Ещё {len(more)}", f"{len(more)} more")
        yield from folded(title, _list(more), class_="more")


def needs(view: LinkView, words: Words) -> Iterator[Need]:
    """What of a link needs a person."""
    if view.behind is not None:
        badge = words.say("состояние отстало", "state is behind")
        yield _problem("stop", badge, words.say("Состояние", "The state"), view.behind, words)
    for base in (view.crm, view.bp):
        yield from _of_base(base, words)
    yield from (_held(each, words) for each in view.held)
    for operation in view.unlinked:
        if sure := [each for each in operation.proposals if each.certainty == "certain"]:
            yield _certain(operation, sure, words)


def _of_base(base: BaseView, words: Words) -> Iterator[Need]:
    say, name = words.say, words.word(SIDES, base.side)
    if base.alarm is not None:
        yield _problem("stop", say("остановлена", "stopped"), name, base.alarm, words)
    if base.asked is not None:
        yield _problem("stop", say("ждёт согласия", "asks for consent"), name, base.asked, words)
    elif base.restored is not None:
        what = say(
            "базу восстановили из копии, ждём её полную выгрузку",
            "it was restored from a backup, its complete contents are awaited",
        )
        cure = say(
            "зарегистрируйте в базе все объекты этого узла и выполните обмен",
            "register all objects of this node in the base, then run an exchange there",
        )
        badge = say("восстановлена", "restored")
        yield Need("stop", badge, name, ((what, cure),), since=base.restored)
    if base.away is not None:
        what, cure = _reason(base.away.why, words)
        if base.away.again is not None:
            again = words.moment(base.away.again)
            cure += say(f"; следующая попытка {again}", f"; tried again {again}")
        badge = say("сервер недоступен", "server away")
        yield Need("stop", badge, name, ((what, cure),), since=base.away.since)
    if base.obstacle is not None:
        yield _problem(
            "stop", say("нельзя писать", "cannot be written to"), name, base.obstacle, words
        )


def _problem(kind: str, badge: str, title: str, problem: Problem, words: Words) -> Need:
    return Need(kind, badge, title, (_reason(problem, words),))


def _reason(problem: Problem, words: Words) -> tuple[str, str]:
    field = f"{problem.where.field}: " if problem.where.field else ""
    return sentence(f"{field}{words.what(problem)} [{problem.kind.id}]"), words.cure(problem)


def _held(held: Held, words: Words) -> Need:
    problems = held.reasons()
    name = words.object((problems[0].where.object if problems else "") or held.key)
    side = words.word(SIDES, held.side)
    return Need(
        "hold",
        words.say("задержан", "held"),
        words.say(f"{name}, от {side}", f"{name}, from {side}"),
        tuple(dict.fromkeys(_reason(each, words) for each in problems)),
        f'converter retry "{held.key}"',
        held.since,
    )


def _certain(operation: UnlinkedView, sure: list[ProposalView], words: Words) -> Need:
    kind, date = words.word(KINDS, operation.kind), words.date(operation.date)
    amount = words.price(operation.sum, operation.currency)
    numbers = ", ".join(each.number for each in sure)
    why = ", ".join(dict.fromkeys(words.word(REASONS, r) for each in sure for r in each.reasons))
    what = words.say(
        f"Счёт в БП не выбран; наверняка {numbers}: {why}",
        f"No invoice is chosen in BP; certainly {numbers}: {why}",
    )
    cure = words.say(
        "выберите счёт в БП, это лучше всего, или привяжите здесь:",
        "choose the invoice in BP, which is best, or tie it here:",
    )
    return Need(
        "tie",
        words.say("подтвердить", "to confirm"),
        words.say(
            f"{kind} № {operation.number} от {date}, {operation.counterparty}, {amount}",
            f"{kind} no. {operation.number} of {date}, {operation.counterparty}, {amount}",
        ),
        ((what, cure),),
        "\n".join(command(operation, each) for each in sure),
    )


def command(operation: UnlinkedView, proposal: ProposalView) -> str:
    """What to type to tie an operation as it is proposed."""
    several = f" --sum {proposal.sum:.2f}" if len(operation.proposals) > 1 else ""
    return f"converter link {operation.ref} {proposal.invoice}{several}"


def _list(found: list[Html]) -> Iterator[Html]:
    yield opening("ol", class_="hands")
    yield from found
    yield closing("ol")


def _item(need: Need, link: str, facts: Facts, words: Words) -> Html:
    since = ""
    if need.since is not None:
        when, long = words.moment(need.since), words.lasting(facts.now - need.since)
        since = words.say(f"с {when}, уже {long}", f"since {when}, for {long}")
    about = " · ".join(part for part in (link, since) if part)
    reasons = (
        joined([element("p", what), element("p", f"→ {cure}", class_="cure")])
        for what, cure in need.reasons
    )
    return element(
        "li",
        element("h3", element("span", need.badge, class_="badge"), " ", sentence(need.title)),
        element("p", about, class_="note") if about else None,
        joined(reasons),
        element("pre", element("code", need.type)) if need.type else None,
        class_=need.kind,
    )
