"""What the matching is told of operations and invoices, out of the state (SPEC §2, "Unlinked")."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from decimal import Decimal

from converter.exchange.session import Session
from converter.exchange.states import counted
from converter.mapping.invoice import identified
from converter.mapping.operation import BY_ELEMENT, Kind
from converter.mapping.rows import code_of
from converter.mapping.trade import whole_sum
from converter.matching.values import Candidate, Direction, Goods, Unlinked
from converter.objects import Invoice, Row
from converter.state import codec
from converter.state.book import Operation
from converter.values import ZERO

_DIRECTIONS = {
    (True, 1): Direction.PAYMENT,
    (True, -1): Direction.REFUND,
    (False, 1): Direction.SHIPMENT,
    (False, -1): Direction.RETURN,
}


def unlinked_of(operation: Operation) -> Unlinked | None:
    """An operation as the matching sees it; None where counterparty or currency is not said."""
    record, kind = operation.record, BY_ELEMENT[operation.element]
    currency = code_of(record.currency)
    if record.party is None or currency is None:
        return None
    contracts = (each for row in record.payments if (each := identified(row.contract)))
    return Unlinked(
        direction=direction_of(kind),
        organisation=record.key.organisation,
        party=record.party,
        currency=currency,
        date=record.statement_date or record.key.date,
        sum=whole_sum(record),
        contract=identified(record.contract) or next(contracts, None),
        purpose=record.purpose,
        goods=_goods((*record.goods, *record.services)),
    )


def direction_of(kind: Kind) -> Direction:
    """What a kind of operation does to an invoice."""
    return _DIRECTIONS[kind.is_payment, kind.sign]


def candidate(session: Session, ref: str) -> Candidate | None:
    """An invoice as it stands: what is paid and shipped of it; None where it is no more."""
    current = session.versions.current(codec.INVOICE, ref)
    if current is None or not isinstance(current.record, Invoice):
        return None
    invoice = current.record
    total = invoice.total or ZERO
    paid = shipped = ZERO
    moved: Counter[str] = Counter()
    for each in counted(session, ref):
        amount = each.kind.sign * each.sum
        if each.kind.is_payment:
            paid += amount
            continue
        shipped += amount
        for row in each.rows:
            moved[item_of(row)] += each.kind.sign * (row.quantity or ZERO)  # type: ignore[assignment]
    ordered = _goods(invoice.rows)
    return Candidate(
        ref=ref,
        organisation=invoice.key.organisation,
        party=invoice.party,
        currency=code_of(invoice.currency) or "",
        number=invoice.key.number,
        date=invoice.key.date,
        contract=identified(invoice.contract),
        unpaid=max(ZERO, total - paid),
        paid=max(ZERO, paid),
        unshipped_sum=max(ZERO, total - shipped),
        shipped_sum=max(ZERO, shipped),
        unshipped=tuple(_left(ordered, moved)),
        shipped=tuple(Goods(item, Decimal(count)) for item, count in moved.items() if count > 0),
    )


def item_of(row: Row) -> str:
    """What a row is of: GUID or name of the item, else its text; BP may move it between parts."""
    item = row.item
    return ((item.ref or item.name) if item is not None else row.content or "").strip().lower()


def _goods(rows: Iterable[Row]) -> tuple[Goods, ...]:
    sums: dict[str, Decimal] = {}
    for row in rows:
        item = item_of(row)
        sums[item] = sums.get(item, ZERO) + (row.quantity or ZERO)
    return tuple(Goods(item, quantity) for item, quantity in sums.items())


def _left(ordered: tuple[Goods, ...], moved: Counter[str]) -> Iterable[Goods]:
    for each in ordered:
        left = each.quantity - moved[each.item]
        if left > ZERO:
            yield Goods(each.item, left)
