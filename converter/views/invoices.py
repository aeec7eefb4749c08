"""Invoices with what is paid and shipped, and the operations that did it (SPEC §7)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import Connection, RowMapping, and_, select

from converter.mapping.states import BookWord, invoice_state
from converter.objects import Interest, Invoice, InvoiceState, TradeOperation
from converter.state import codec, tables
from converter.values import ZERO
from converter.views.unlinked import ProposalView, UnlinkedView

#: so many rows are fetched at a time
PIECE = 500
_CANCELLED = "Отменен"
_UNPAID = frozenset({"НеОплачен", "ОплаченЧастично"})
_UNSHIPPED = frozenset({"НеОтгружен", "ОтгруженЧастично"})


class OperationView(NamedTuple):
    """An operation on an invoice; ``sum`` is this invoice's share, and never negative by itself:
    the kind tells whether it adds."""

    ref: str
    kind: str
    number: str
    date: datetime
    sum: Decimal


class InvoiceView(NamedTuple):
    """An invoice of the CRM's with its state, in the names of ``invoices --json`` (SPEC §7).

    ``name`` is its ref in the state. ``customer`` and ``deal`` tell clients and interests apart:
    of an invoice without a client the counterparty is the customer. ``pay_by`` is the day by which
    it is to be paid. ``proposed`` are operations without an invoice that may belong to it, where
    they were asked for.
    """

    link: str
    name: str
    ref: str
    number: str
    date: datetime
    counterparty: str
    client: str | None
    customer: str
    interest: str | None
    deal: str | None
    currency: str
    sum: Decimal
    paid: Decimal
    payment_state: str
    shipped: Decimal
    shipment_state: str
    bp_payment_state: str | None
    bp_shipment_state: str | None
    withdrawn: bool
    acknowledged_by_bp: bool
    pay_by: datetime | None = None
    operations: Sequence[OperationView] = ()
    proposed: Sequence[tuple[UnlinkedView, ProposalView]] = ()

    @property
    def unpaid(self) -> bool:
        """Whether something is still to be paid."""
        return self.payment_state in _UNPAID

    @property
    def unshipped(self) -> bool:
        """Whether something is still to be shipped."""
        return self.shipment_state in _UNSHIPPED

    @property
    def void(self) -> bool:
        """Whether it counts no more: withdrawn in BP, or cancelled there."""
        return self.withdrawn or self.bp_payment_state == _CANCELLED

    @property
    def open(self) -> bool:
        """Whether something is still to be paid or shipped."""
        return (self.unpaid or self.unshipped) and not self.void


class Wanted(NamedTuple):
    """Which invoices are asked for; what is empty asks nothing."""

    client: str | None = None
    interest: str | None = None
    unpaid: bool = False
    unshipped: bool = False

    def names(self, invoice: Invoice) -> bool:
        """Whether the client and the interest are those asked for."""
        return (self.client is None or _is_client(invoice, self.client)) and (
            self.interest is None or _is_interest(invoice, self.interest)
        )

    def finds(self, state: InvoiceState) -> bool:
        """Whether the invoice is open in the way asked for."""
        return not (self.unpaid and state.payment_state not in _UNPAID) and not (
            self.unshipped and state.shipment_state not in _UNSHIPPED
        )


def invoices(
    connection: Connection, link: str, wanted: Wanted, settled: bool = True
) -> Iterator[InvoiceView]:
    """The invoices of a link that are not deleted, by date and number, one at a time.

    Without ``settled`` the operations of those that are paid and shipped are not looked up.
    """
    refs = _refs(connection, link)
    while piece := list(islice(refs, PIECE)):
        rows = _rows(connection, link, piece)
        found = [view for row in rows if (view := _view(link, row, wanted)) is not None]
        asked = [view.name for view in found if settled or view.open]
        operations = _operations(connection, link, asked)
        for view in found:
            yield view._replace(operations=operations.get(view.name, []))


def _refs(connection: Connection, link: str) -> Iterator[str]:
    """Every invoice that is not deleted, by date and number."""
    table = tables.numbered
    statement = (
        select(table.c.refs).where(table.c.link == link).order_by(table.c.date, table.c.number)
    )
    for (refs,) in connection.execute(statement.execution_options(yield_per=PIECE)):
        yield from refs.split(" ")


def _view(link: str, row: RowMapping, wanted: Wanted) -> InvoiceView | None:
    """A row as an invoice; None where it is not asked for."""
    invoice: Invoice = codec.decode(codec.INVOICE, row["record"])
    if not wanted.names(invoice):
        return None
    state = _state(invoice, row["state"])
    if not wanted.finds(state):
        return None
    key, party, client, interest = invoice.key, invoice.party, invoice.client, invoice.interest
    customer = client or party
    return InvoiceView(
        link=link,
        name=row["ref"],
        ref=key.ref or row["ref"],
        number=key.number,
        date=key.date,
        counterparty=party.name,
        client=None if client is None else client.name,
        customer=(customer.ref or customer.name).casefold(),
        interest=None if interest is None else _interest(interest),
        deal=None if interest is None else interest.ref.casefold(),
        currency=invoice.currency.code or invoice.currency.name or "",
        sum=state.total,
        paid=state.paid,
        payment_state=state.payment_state,
        shipped=state.shipped,
        shipment_state=state.shipment_state,
        bp_payment_state=state.book_payment_state,
        bp_shipment_state=state.book_shipment_state,
        withdrawn=bool(state.withdrawn),
        acknowledged_by_bp=row["known"] is not None and row["due"] is None,
        pay_by=invoice.pay_by,
    )


def _interest(interest: Interest) -> str:
    """An interest by number and subject; by its GUID where it has neither."""
    words = " ".join(part for part in (interest.number, interest.subject) if part)
    return words or interest.ref


def _rows(connection: Connection, link: str, refs: list[str]) -> list[RowMapping]:
    """Invoices with their states, with what BP holds of them, and whether they are due to BP."""
    invoice, state = tables.object_, tables.object_.alias("state")
    holding, queue = tables.holding, tables.queue
    statement = (
        select(
            invoice.c.ref,
            invoice.c.record,
            state.c.record.label("state"),
            holding.c.mark.label("known"),
            queue.c.number.label("due"),
        )
        .select_from(invoice)
        .outerjoin(state, and_(*_same(state, invoice), state.c.kind == codec.STATE))
        .outerjoin(holding, and_(*_same(holding, invoice), _of_bp(holding), holding.c.number == 0))
        .outerjoin(queue, and_(*_same(queue, invoice), _of_bp(queue)))
        .where(
            invoice.c.link == link,
            invoice.c.kind == codec.INVOICE,
            invoice.c.ref.in_(refs),
            invoice.c.record.is_not(None),
        )
    )
    rows = {row["ref"]: row for row in connection.execute(statement).mappings()}
    return [rows[ref] for ref in refs if ref in rows]


def _same(table: Any, invoice: Any) -> tuple[Any, Any]:
    return table.c.link == invoice.c.link, table.c.ref == invoice.c.ref


def _of_bp(table: Any) -> Any:
    return and_(table.c.side == "bp", table.c.kind == codec.INVOICE)


def _state(invoice: Invoice, kept: bytes | None) -> InvoiceState:
    """The state as the CRM was given it; an invoice that nobody spoke of has nothing yet."""
    if kept is None:
        return invoice_state(invoice, (), BookWord())
    state: InvoiceState = codec.decode(codec.STATE, kept)
    return state


def _operations(
    connection: Connection, link: str, invoices: list[str]
) -> dict[str, list[OperationView]]:
    """The operations of these invoices, oldest first."""
    share, given = tables.share, tables.object_
    same = and_(
        given.c.link == share.c.link,
        given.c.kind == codec.OPERATION,
        given.c.ref == share.c.operation,
    )
    statement = (
        select(share.c.invoice, share.c.operation, share.c.sum, given.c.record)
        .join(given, same)
        .where(share.c.link == link, share.c.invoice.in_(invoices), given.c.record.is_not(None))
    )
    found: dict[str, list[OperationView]] = {}
    for invoice, ref, amount, data in connection.execute(statement) if invoices else ():
        record: TradeOperation = codec.decode(codec.OPERATION, data)
        key = record.key
        view = OperationView(key.ref or ref, record.kind, key.number, key.date, Decimal(amount))
        found.setdefault(invoice, []).append(view)
    for each in found.values():
        each.sort(key=lambda view: (view.date, view.number, view.ref))
    return found


def _is_client(invoice: Invoice, text: str) -> bool:
    text = text.strip().casefold()
    client, party = invoice.client, invoice.party
    refs = [party.ref, client.ref if client is not None else None]
    names = [party.name, party.full_name, client.name if client is not None else None]
    return (
        any(ref is not None and ref.casefold() == text for ref in refs)
        or any(name is not None and text in name.casefold() for name in names)
        or (party.inn is not None and text in party.inn)
    )


def _is_interest(invoice: Invoice, text: str) -> bool:
    interest = invoice.interest
    if interest is None:
        return False
    text = text.strip().casefold()
    return (
        text in (interest.ref.casefold(), (interest.number or "").strip().casefold())
        or text in (interest.subject or "").casefold()
    )


# -- sums ----------------------------------------------------------------------------------------


class Sums(NamedTuple):
    """What invoices of one currency come to."""

    invoices: int = 0
    sum: Decimal = ZERO
    paid: Decimal = ZERO
    shipped: Decimal = ZERO

    def and_also(self, view: InvoiceView) -> Sums:
        """With one more invoice."""
        return Sums(
            self.invoices + 1,
            self.sum + view.sum,
            self.paid + view.paid,
            self.shipped + view.shipped,
        )


class Totals:
    """Sums by currency, in the order in which currencies were met."""

    def __init__(self) -> None:
        self.by_currency: dict[str, Sums] = {}

    def add(self, view: InvoiceView) -> None:
        """Count an invoice."""
        before = self.by_currency.get(view.currency, Sums())
        self.by_currency[view.currency] = before.and_also(view)


# -- what may belong to them ---------------------------------------------------------------------


def with_proposals(
    views: Iterable[InvoiceView], unlinked: Iterable[UnlinkedView]
) -> Iterator[InvoiceView]:
    """Invoices, each with the operations that are proposed for it."""
    proposed: dict[str, list[tuple[UnlinkedView, ProposalView]]] = {}
    for operation in unlinked:
        for each in operation.proposals:
            proposed.setdefault(each.invoice, []).append((operation, each))
    for view in views:
        yield view._replace(proposed=proposed.get(view.name, []))
