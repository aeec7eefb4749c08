"""Invoices with what is paid and shipped, and the operations that did it (SPEC §7)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import Connection, RowMapping, and_, select

from converter.mapping.states import BookWord, invoice_state
from converter.objects import Invoice, InvoiceState, TradeOperation
from converter.state import codec, tables
from converter.values import ZERO

#: so many rows are fetched at a time
PIECE = 500
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
    """An invoice of the CRM's and its state. ``acknowledged``: BP is known to hold this version."""

    link: str
    invoice: Invoice
    state: InvoiceState
    acknowledged: bool
    operations: list[OperationView]

    @property
    def client(self) -> str | None:
        """The client, as the CRM calls it."""
        return self.invoice.client.name if self.invoice.client is not None else None

    @property
    def interest(self) -> str | None:
        """The interest by number and subject; by its GUID where it has neither."""
        interest = self.invoice.interest
        if interest is None:
            return None
        words = " ".join(part for part in (interest.number, interest.subject) if part)
        return words or interest.ref

    @property
    def currency(self) -> str:
        """The code of the currency."""
        return self.invoice.currency.code or self.invoice.currency.name or ""


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


def invoices(connection: Connection, link: str, wanted: Wanted) -> Iterator[InvoiceView]:
    """The invoices of a link that are not deleted, by date and number, one at a time."""
    for row in _rows(connection, link):
        invoice: Invoice = codec.decode(codec.INVOICE, row["record"])
        if not wanted.names(invoice):
            continue
        state = _state(invoice, row["state"])
        if not wanted.finds(state):
            continue
        yield InvoiceView(
            link=link,
            invoice=invoice,
            state=state,
            acknowledged=row["known"] is not None and row["due"] is None,
            operations=_operations(connection, link, row["ref"]),
        )


def _rows(connection: Connection, link: str) -> Iterator[RowMapping]:
    """Each invoice with its state, with what BP holds of it, and whether it is due to BP."""
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
        .outerjoin(
            holding,
            and_(*_same(holding, invoice), _of_bp(holding), holding.c.number == 0),
        )
        .outerjoin(queue, and_(*_same(queue, invoice), _of_bp(queue)))
        .where(
            invoice.c.link == link,
            invoice.c.kind == codec.INVOICE,
            invoice.c.record.is_not(None),
        )
        .order_by(invoice.c.date, invoice.c.number, invoice.c.ref)
    )
    yield from connection.execute(statement.execution_options(yield_per=PIECE)).mappings()


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


def _operations(connection: Connection, link: str, invoice: str) -> list[OperationView]:
    share, given = tables.share, tables.object_
    statement = (
        select(share.c.operation, share.c.sum, given.c.record)
        .join(
            given,
            and_(
                given.c.link == share.c.link,
                given.c.kind == codec.OPERATION,
                given.c.ref == share.c.operation,
            ),
        )
        .where(share.c.link == link, share.c.invoice == invoice, given.c.record.is_not(None))
    )
    found = []
    for ref, amount, record in connection.execute(statement):
        given_now: TradeOperation = codec.decode(codec.OPERATION, record)
        key = given_now.key
        found.append(
            OperationView(key.ref or ref, given_now.kind, key.number, key.date, Decimal(amount))
        )
    return sorted(found, key=lambda each: (each.date, each.number, each.ref))


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
            self.sum + view.state.total,
            self.paid + view.state.paid,
            self.shipped + view.state.shipped,
        )


class Totals:
    """Sums by currency, in the order in which currencies were met."""

    def __init__(self) -> None:
        self.by_currency: dict[str, Sums] = {}

    def add(self, view: InvoiceView) -> None:
        """Count an invoice."""
        before = self.by_currency.get(view.currency, Sums())
        self.by_currency[view.currency] = before.and_also(view)
