"""Payments and shipments: which invoices they belong to, judged again when that may change (SPEC §2)."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from decimal import Decimal
from itertools import islice

from msgspec.structs import replace

from converter.conversion.intake import Place, document_place
from converter.exchange import unlinked
from converter.exchange.books import InvoiceBook, pointer_targets
from converter.exchange.holding import Given, Refusal, drop_held, hold
from converter.exchange.session import MANY, Session, version_of
from converter.exchange.waking import wake
from converter.mapping.links import REFUNDS_TO_CARD, Links, find_links
from converter.mapping.operation import BY_ELEMENT
from converter.mapping.trade import trade_operation
from converter.objects import BookOperation, DocKey, TradeOperation, ref_of
from converter.problems import Problem
from converter.problems import catalogue as say
from converter.state import codec
from converter.state.book import Operation
from converter.state.held import JUDGE
from converter.state.versions import GONE

SIDE = "bp"


def targets(record: BookOperation) -> set[str]:
    """Everything that an operation points at."""
    return {target for key in _pointers(record) for target in pointer_targets(key)}


def _pointers(record: BookOperation) -> Iterator[DocKey]:
    yield from _orders(record)
    yield from _through(record)


def _through(record: BookOperation) -> Iterator[DocKey]:
    """The operations that it returns or settles."""
    if record.shipment is not None:
        yield record.shipment
    for row in record.payments:
        for key in (row.settled_object, row.settled_document):
            if key is not None:
                yield key


def _settled(record: BookOperation) -> set[str]:
    return {ref_of(key) for key in _through(record)}


def _orders(record: BookOperation) -> Iterator[DocKey]:
    """What an operation names as its invoices."""
    for key in (
        record.order,
        *(row.order for row in record.goods),
        *(row.order for row in record.services),
        *(row.order for row in record.payments),
    ):
        if key is not None:
            yield key


def judge_all(session: Session) -> None:
    """Judge what came or waits, and whatever hangs on it, until nothing changes any more."""
    wake(session)
    book = InvoiceBook(session)
    queue = deque(session.operations)
    waiting = set(queue)
    session.operations.clear()
    prefetched = 0
    gone: set[str] = set()
    put_off: set[str] = set()
    while queue:
        if not prefetched:
            prefetched = _prefetch(session, list(islice(queue, MANY)))
        prefetched -= 1
        ref = queue.popleft()
        if ref not in waiting:
            continue  # it was judged before its turn
        operation = session.book.operation(ref)
        if operation is not None and ref not in put_off:
            before = waiting.intersection(_settled(operation.record)) - put_off
            if before:  # what it is settled through may have moved: that is to be known first
                put_off.add(ref)
                queue.extendleft((ref, *before))
                continue
        waiting.discard(ref)
        if operation is None:
            continue
        changed = _judge(session, book, operation)
        if changed or not (operation.live or ref in gone):
            # what was found through one that is gone stays: its invoice may have come back
            session.judge_again(*session.book.pointing_at(ref))
        if not operation.live:
            gone.add(ref)
        for each in session.operations:
            if each not in waiting:
                waiting.add(each)
                queue.append(each)
        session.operations.clear()


def _prefetch(session: Session, refs: list[str]) -> int:
    """Ask for operations, and for the invoices that they point at; returns how many."""
    session.book.prefetch_operations(refs)
    session.book.prefetch_pointers(refs)
    session.versions.prefetch(codec.OPERATION, refs)
    found = (session.book.operation(ref) for ref in refs)
    pointers = (key.ref for each in found if each for key in _pointers(each.record))
    session.versions.prefetch(codec.INVOICE, {ref.lower() for ref in pointers if ref})
    return len(refs)


def _judge(session: Session, book: InvoiceBook, operation: Operation) -> bool:
    """One operation; returns whether its invoices changed, so that others must be judged too."""
    if not operation.live:
        unlinked.keep(session, operation, operation, open=False)
        _give(session, operation, None, {})
        _keep(session, operation, operation, {})
        return False
    kind = BY_ELEMENT[operation.element]
    book.judging(operation.via)
    links = find_links(operation.record, kind, book)
    links = unlinked.tied(session, book, operation, links, _names_an_invoice(operation))
    judged = operation
    if links.problem is None:  # else its last good version stands, and what hangs on it
        facts = tuple(dict.fromkeys(ref_of(each.key) for each in links.facts))
        elsewhere = links.elsewhere if facts else _is_elsewhere(session, operation)
        judged = replace(operation, facts=facts, via=book.via, elsewhere=elsewhere)
    unlinked.keep(session, operation, judged, open=links.problem is None)
    shares = _pass_on(session, book, judged, links)
    _keep(session, operation, judged, shares)
    return judged.facts != operation.facts or judged.elsewhere != operation.elsewhere


def _is_elsewhere(session: Session, operation: Operation) -> bool:
    """Whether an operation that has no invoice of the CRM's is known to have another: BP names it,
    or what it is settled through has it, or has several."""
    if _names_an_invoice(operation):
        return True
    through = (session.book.operation(ref) for ref in _settled(operation.record) - {operation.ref})
    return any(each is not None and bool(each.facts or each.elsewhere) for each in through)


def _keep(
    session: Session, before: Operation, judged: Operation, shares: dict[str, Decimal]
) -> None:
    """What was found of an operation, and how much of it belongs to which invoice."""
    if shares != before.shares:
        session.book.set_shares(before, shares)
        judged = replace(judged, shares=shares)
    if judged != before:
        session.book.set_operation(judged)
        session.changed = True


def _names_an_invoice(operation: Operation) -> bool:
    """Whether BP names an invoice in it, the CRM's or its own."""
    return any(True for _ in _orders(operation.record))


def _pass_on(
    session: Session, book: InvoiceBook, operation: Operation, links: Links
) -> dict[str, Decimal]:
    """Give an operation to the CRM, or hold it; returns how much of it belongs to which invoice."""
    record, kind = operation.record, BY_ELEMENT[operation.element]
    place = document_place(operation.element, record.key, operation.line)
    if not links.shares and links.problem is None:
        _give(session, operation, None, {})
        return {}
    if record.card_kind in REFUNDS_TO_CARD:
        problem = say.CARD_REFUND("КлючевыеСвойства/ВидОперации")
        session.tell(place.of(problem), SIDE, codec.OPERATION, operation.ref)
        _give(session, operation, None, {})
        return {}
    made, problems = trade_operation(record, kind, links, session.crm.enterprise)
    if made is not None:
        invoices = links.facts[0].party if links.facts else None
        made = replace(made, party=book.party_of_crm(made.party, invoices))
    if made is None or any(problem.holds for problem in problems):
        _hold(session, operation, place, problems)
        return operation.shares
    held = session.held.get(SIDE, codec.OPERATION, operation.ref)
    if held is not None and held.stage == JUDGE:
        drop_held(session, SIDE, codec.OPERATION, operation.ref, "released")
    shares = {ref_of(share.invoice): share.sum for share in made.shares}
    if _give(session, operation, made, shares):
        session.tell_at(problems, place, SIDE, (codec.OPERATION, operation.ref))
    return shares


def _hold(session: Session, operation: Operation, place: Place, problems: list[Problem]) -> None:
    """Its sums are not clear: what the CRM was given last stands until they are (R5)."""
    told = [place.of(problem) for problem in problems]
    given = Given(operation.digest.encode)
    hold(session, Refusal(SIDE, codec.OPERATION, operation.ref, JUDGE, told, given))


def _give(
    session: Session,
    operation: Operation,
    made: TradeOperation | None,
    shares: dict[str, Decimal],
) -> bool:
    """What the CRM is to hold of an operation from now on; returns whether that is new."""
    ref = operation.ref
    before = operation.shares
    if made is None:
        drop_held(session, SIDE, codec.OPERATION, ref, "replaced")
    current = session.versions.current(codec.OPERATION, ref)
    version = GONE if made is None else version_of(made)
    if current is None and made is None:
        return False
    fresh = current is None or current.mark != version.mark
    if fresh:
        drop_held(session, SIDE, codec.OPERATION, ref, "replaced")
        session.versions.set_current(codec.OPERATION, ref, version)
        session.change(codec.OPERATION, ref)
    if fresh or before != shares:
        session.count_again(*before, *shares)
    return fresh
