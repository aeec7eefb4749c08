"""What a person wants to know first, in six figures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from converter.report.facts import Facts
from converter.report.figures import Money, late, owed, summed, unshipped
from converter.report.hands import needs
from converter.report.markup import Html, element, joined
from converter.report.waits import waits
from converter.report.words import Words
from converter.views.invoices import InvoiceView
from converter.views.words import SIDES


def summary(facts: Facts, words: Words) -> Html:
    """The figures, each leading to its section."""
    return element("ul", joined(_figures(facts, words)), class_="figures")


def _figures(facts: Facts, words: Words) -> Iterator[Html]:
    say = words.say
    today = words.local(facts.now).date()
    views = [view for link in facts.links for view in link.invoices]
    yield _money(
        words, "#clients", say("Нам должны", "Owed to us"), summed(views, owed),
        _count(words, (view for view in views if owed(view))),
    )  # fmt: skip
    yield _late(words, [view for view in views if late(view, today)], today)
    yield _money(
        words, "#clients", say("Не отгружено", "Not shipped"), summed(views, unshipped),
        _count(words, (view for view in views if unshipped(view))),
    )  # fmt: skip
    yield _unlinked(facts, words)
    yield _waiting(facts, words)
    yield _hands(facts, words)


def _count(words: Words, views: Iterable[InvoiceView]) -> str:
    count = sum(1 for _ in views)
    named = words.counted(count, ("счёту", "счетам", "счетам"), ("invoice", "invoices"))
    return words.say(f"по {named}", f"on {named}") if count else ""


def _late(words: Words, views: list[InvoiceView], today: date) -> Html:
    note = _count(words, views)
    if views:
        first = min(view.pay_by for view in views if view.pay_by is not None)
        note += words.say(f", с {words.date(first)}", f", since {words.date(first)}")
    title = words.say("Просрочено", "Overdue")
    return _money(words, "#overdue", title, summed(views, owed), note, class_="bad")


def _unlinked(facts: Facts, words: Words) -> Html:
    found = [each for link in facts.links for each in link.view.unlinked]
    proposed = sum(1 for each in found if each.proposals)
    note = words.say(f"с предложением: {proposed}", f"with a proposal: {proposed}")
    return _figure(
        "#unlinked",
        words.say("Операции без счёта", "Operations without an invoice"),
        words.number(len(found)),
        note if found else words.say("у каждой есть счёт", "each has one"),
        "" if found else "calm",
    )


def _waiting(facts: Facts, words: Words) -> Html:
    found = [each for link in facts.links for each in waits(link.view, words)]
    title = words.say("Ждут", "Waiting")
    if not found:
        nothing = words.say("никто не ждёт", "nobody waits")
        return _figure("#exchange", title, words.say("никого", "none"), nothing, "calm")
    count = sum(each.objects for each in found)
    timed = [(each.since, each.side) for each in found if each.since is not None]
    since, side = min(timed, default=(None, found[0].side))
    whom = words.word(SIDES, side)
    note = words.say(f"ждём {whom}", f"{whom} is awaited")
    if since is not None:
        long = words.lasting(facts.now - since)
        note += words.say(f" уже {long}", f" for {long}")
    return _figure("#exchange", title, words.objects(count), note)


def _hands(facts: Facts, words: Words) -> Html:
    count = sum(1 for link in facts.links for _ in needs(link.view, words))
    title = words.say("Требует внимания", "Needs attention")
    if not count:
        nothing = words.say("всё идёт само", "all goes on by itself")
        return _figure("#hands", title, "0", nothing, "calm")
    note = words.say("что сделать, сказано ниже", "what to do is said below")
    return _figure("#hands", title, words.number(count), note, "bad")


def _money(words: Words, target: str, title: str, sums: Money, note: str, class_: str = "") -> Html:
    if not sums:
        return _figure(target, title, "0", words.say("ничего", "nothing"), "calm")
    value = joined([words.price(amount, code) for code, amount in sums.items()], " + ")
    return _figure(target, title, value, note, class_)


def _figure(target: str, title: str, value: str, note: str, class_: str = "") -> Html:
    return element(
        "li",
        element(
            "a",
            element("span", title, class_="title"),
            element("strong", value),
            element("span", note, class_="note"),
            href=target,
        ),
        class_=class_ or None,
    )
