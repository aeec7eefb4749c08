"""Operations without an invoice, with the invoices that are proposed for them."""

from __future__ import annotations

from collections.abc import Iterator

from converter.report.facts import Facts
from converter.report.hands import command
from converter.report.ledger import InvoiceLedger, proposal_id
from converter.report.markup import Html, closing, element, joined, opening
from converter.report.tables import folded
from converter.report.words import Words, sentence
from converter.views.unlinked import ProposalView, UnlinkedView
from converter.views.words import CERTAINTIES, KINDS, REASONS

#: so many without a proposal stand in sight
FEW = 5


def unlinked(facts: Facts, ledger: InvoiceLedger, words: Words) -> Iterator[Html]:
    """Those with proposals first, then the others, folded where there are many."""
    found = [each for link in facts.links for each in link.view.unlinked]
    proposed = [each for each in found if each.proposals]
    bare = [each for each in found if not each.proposals]
    if not found:
        calm = words.say("Таких нет.", "There are none.")
        yield element("p", calm, class_="calm")
    if proposed or 0 < len(bare) <= FEW:
        shown = proposed + (bare if len(bare) <= FEW else [])
        yield from _list(shown, ledger, words)
    if len(bare) > FEW:
        title = words.say(f"Без предложений: {len(bare)}", f"Without a proposal: {len(bare)}")
        yield from folded(title, _list(bare, ledger, words), class_="more")


def _list(found: list[UnlinkedView], ledger: InvoiceLedger, words: Words) -> Iterator[Html]:
    yield opening("ul", class_="payments")
    for each in found:
        yield _operation(each, ledger, words)
    yield closing("ul")


def _operation(view: UnlinkedView, ledger: InvoiceLedger, words: Words) -> Html:
    date, kind = words.date(view.date), words.word(KINDS, view.kind)
    about = words.say(f"{kind} № {view.number} от {date}", f"{kind} no. {view.number} of {date}")
    none = words.say("подходящего счёта не нашлось", "no invoice fits")
    return element(
        "li",
        element(
            "p",
            element("b", view.counterparty),
            element("b", words.price(view.sum, view.currency), class_="n"),
            class_="head",
        ),
        element("p", sentence(about), class_="note"),
        element("p", f"«{' '.join(view.purpose.split())}»") if view.purpose else None,
        joined([_proposal(view, each, ledger, words) for each in view.proposals])
        or element("p", none, class_="note"),
        id=proposal_id(view),
    )


def _proposal(view: UnlinkedView, each: ProposalView, ledger: InvoiceLedger, words: Words) -> Html:
    anchor = ledger.anchor(view.link, each.invoice)
    number: Html | str = each.number
    if anchor is not None:
        number = element("a", each.number, href=f"#{anchor}")
    date, amount = words.date(each.date), words.price(each.sum, view.currency)
    why = ", ".join(words.word(REASONS, reason) for reason in each.reasons)
    return joined(
        [
            element(
                "p",
                element("span", words.word(CERTAINTIES, each.certainty), class_="badge"),
                words.say(" счёт ", " invoice "),
                number,
                words.say(f" от {date}, {amount}: {why}", f" of {date}, {amount}: {why}"),
            ),
            element("pre", element("code", command(view, each))),
        ]
    )
