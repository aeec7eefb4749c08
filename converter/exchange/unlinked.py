"""Operations without an invoice: kept, tied by a person, untied again (SPEC §2 "Unlinked", §7)."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from decimal import Decimal

from msgspec.structs import replace

from converter.conversion.intake import document_place
from converter.exchange.books import InvoiceBook
from converter.exchange.debtors import keys_of
from converter.exchange.session import Session
from converter.mapping.invoice import identified
from converter.mapping.links import REFUNDS_TO_CARD, InvoiceFacts, Links
from converter.mapping.operation import BY_ELEMENT, CARD_PAYMENT, CUSTOMER
from converter.mapping.rows import code_of
from converter.mapping.trade import whole_sum
from converter.objects import Share
from converter.problems import catalogue as say
from converter.state import codec
from converter.state.book import Operation
from converter.values import ZERO

SIDE = "bp"


# -- what has no invoice -------------------------------------------------------------------------


def keep(session: Session, before: Operation, judged: Operation, open: bool) -> None:
    """An operation was judged: without an invoice it is kept as unlinked, ``open`` where it counts.

    Whether the CRM knows its counterparty is not asked here: it may come to know it later.
    """
    party = judged.record.party
    lacks = open and judged.facts == () and not judged.elsewhere
    if lacks and party is not None and _may_have_one(judged):
        session.unlinked.put(judged.ref, keys_of(party))
    elif before.facts == ():
        session.unlinked.drop(judged.ref)


def _may_have_one(operation: Operation) -> bool:
    """Whether an operation is one with a customer, on whose invoice it could be."""
    kind, record = BY_ELEMENT[operation.element], operation.record
    if record.card_kind in REFUNDS_TO_CARD:
        return False
    says = kind.is_payment and kind.table is not CARD_PAYMENT
    return not says or record.settlement == CUSTOMER


# -- what a person ties --------------------------------------------------------------------------


def link(session: Session, operation: str, invoice: str, amount: Decimal) -> None:
    """Tie so much of an operation to an invoice, whose currency ``amount`` is in."""
    if operation not in session.book.pointing_at(invoice):
        session.book.set_pointers(operation, set(), {invoice})
    session.unlinked.tie(operation, invoice, amount)
    session.journal.write(
        "linked", "", codec.OPERATION, operation, invoice=invoice, sum=format(amount, "f")
    )
    session.judge_again(operation)


def unlink(session: Session, operation: str) -> None:
    """Untie an operation; what was found through it is looked for anew."""
    ties = _untie(session, operation)
    _forget_ways(session, operation, ties.keys())
    session.journal.write("unlinked", "", codec.OPERATION, operation, invoices=list(ties))
    session.judge_again(operation)


def _forget_ways(session: Session, operation: str, invoices: Collection[str]) -> None:
    """Operations that found these invoices through this one, or through those, found nothing: a
    link stays when its operation goes (SPEC §2), but not when a person says that it was wrong."""
    queue = [operation]
    while queue:
        ref = queue.pop()
        for other in session.book.pointing_at(ref):
            kept = session.book.operation(other)
            if kept is not None and kept.via.get(ref) in invoices:
                via = {way: found for way, found in kept.via.items() if way != ref}
                session.book.set_operation(replace(kept, via=via))
                queue.append(other)


def _untie(session: Session, operation: str) -> dict[str, Decimal]:
    ties = session.unlinked.untie(operation)
    session.book.set_pointers(operation, set(ties), set())
    return ties


def tied(
    session: Session, book: InvoiceBook, operation: Operation, links: Links, named: bool
) -> Links:
    """The links of an operation: those that BP gives, else those that a person tied.

    Where BP comes to name an invoice, the CRM's or (``named``) its own, that stands, and the ties
    are over.
    """
    ties = session.unlinked.ties(operation.ref)
    if not ties or links.problem is not None:
        return links
    if links.facts or named:
        _overrule(session, operation)
        return links
    shares = tuple(_shares(book, operation, ties))
    if not shares:
        return links
    record = operation.record
    return Links(
        tuple(share for share, _ in shares),
        tuple(facts for _, facts in shares),
        record.goods,
        record.services,
        contract=next(
            (each for row in record.payments if (each := identified(row.contract))), None
        ),
    )


def _shares(
    book: InvoiceBook, operation: Operation, ties: dict[str, Decimal]
) -> Iterator[tuple[Share, InvoiceFacts]]:
    """What is tied, as far as the invoices stand and there is enough of the operation."""
    left = whole_sum(operation.record)
    for ref, amount in ties.items():
        facts = book.facts(ref)
        share = min(amount, left)
        if facts is None or share <= ZERO or facts.currency != code_of(operation.record.currency):
            continue
        left -= share
        yield Share(facts.key, facts.interest, share, None), facts


def _overrule(session: Session, operation: Operation) -> None:
    ties = _untie(session, operation.ref)
    place = document_place(operation.element, operation.record.key, operation.line)
    numbers = (session.versions.current(codec.INVOICE, ref) for ref in ties)
    names = [each.record.key.number for each in numbers if each and each.record is not None]
    problem = say.LINK_OVERRULED(invoices=", ".join(names) or ", ".join(ties))
    session.tell(place.of(problem), SIDE, codec.OPERATION, operation.ref)
