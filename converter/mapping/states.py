"""What is paid and shipped of an invoice: counted from its operations, and BP's own word (SPEC §2, §3)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from converter.mapping.operation import Kind
from converter.mapping.parts import CLIENT, CURRENCY, DOCUMENT, INTEREST, PARTY, TRIMMED
from converter.mapping.table import Table, line
from converter.objects import BookState, Invoice, InvoiceState, Row
from converter.values import ZERO

# fmt: off
BOOK_PAYMENT_STATE = Table(
    BookState,
    line("invoice", None, "КлючевыеСвойства/Заказ", DOCUMENT),
    line("state",   None, "СостояниеОплаты", TRIMMED),
    bp="Справочник.СостояниеОплатыЗаказа",
)

BOOK_SHIPMENT_STATE = Table(
    BookState,
    line("invoice", None, "КлючевыеСвойства/Заказ", DOCUMENT),
    line("state",   None, "СостояниеОтгрузки", TRIMMED),
    bp="Справочник.СостояниеОтгрузкиЗаказа",
)

INVOICE_STATE = Table(
    InvoiceState,
    line("invoice",             "Счет",                None, DOCUMENT),
    line("interest",            "Интерес",             None, INTEREST),
    line("client",              "Клиент",              None, CLIENT),
    line("party",               "Контрагент",          None, PARTY),
    line("currency",            "Валюта",              None, CURRENCY),
    line("total",               "СуммаСчета",          None),
    line("paid",                "Оплачено",            None),
    line("payment_state",       "СостояниеОплаты",     None),
    line("paid_on",             "ДатаОплаты",          None),
    line("shipped",             "Отгружено",           None),
    line("shipment_state",      "СостояниеОтгрузки",   None),
    line("shipped_on",          "ДатаОтгрузки",        None),
    line("book_payment_state",  "СостояниеОплатыБП",   None),
    line("book_shipment_state", "СостояниеОтгрузкиБП", None),
    line("withdrawn",           "ОтозванВБП",          None),
    crm="СостояниеСчета",
)
# fmt: on


class Counted(NamedTuple):
    """What one operation counts for one invoice: its share, and the rows that are this invoice's."""

    kind: Kind
    sum: Decimal
    date: datetime
    rows: Sequence[Row]


class BookWord(NamedTuple):
    """What BP itself says of an invoice. ``withdrawn``: it was unposted or deleted there."""

    payment_state: str | None = None
    shipment_state: str | None = None
    withdrawn: bool = False


def invoice_state(invoice: Invoice, operations: Iterable[Counted], book: BookWord) -> InvoiceState:
    """The state of an invoice as the CRM gets it."""
    counted = list(operations)
    payments = [each for each in counted if each.kind.is_payment]
    shipments = [each for each in counted if not each.kind.is_payment]
    total = invoice.total if invoice.total is not None else ZERO
    paid, shipped = _sum(payments), _sum(shipments)
    return InvoiceState(
        invoice=invoice.key,
        interest=invoice.interest,
        client=invoice.client,
        party=invoice.party,
        currency=invoice.currency,
        total=total,
        paid=paid,
        payment_state=payment_state(paid, total),
        paid_on=_latest(payments),
        shipped=shipped,
        shipment_state=_shipment_state(invoice, shipments, shipped, total),
        shipped_on=_latest(shipments),
        book_payment_state=book.payment_state,
        book_shipment_state=book.shipment_state,
        withdrawn=book.withdrawn or None,
    )


def payment_state(paid: Decimal, total: Decimal) -> str:
    """By sums alone; nothing, or less than nothing, is НеОплачен."""
    if paid <= ZERO:
        return "НеОплачен"
    if paid < total:
        return "ОплаченЧастично"
    return "Оплачен" if paid == total else "Переплата"


def _shipment_state(
    invoice: Invoice, shipments: list[Counted], shipped: Decimal, total: Decimal
) -> str:
    """By quantities of every row; by sums where an operation has no rows."""
    if all(each.rows for each in shipments):
        moved: Counter[tuple[str, str]] = Counter()
        for each in shipments:
            for key, quantity in _quantities(each.rows).items():
                moved[key] += each.kind.sign * quantity  # type: ignore[assignment]
        wanted = _quantities(invoice.rows)
        whole = bool(shipments) and all(moved[key] >= wanted[key] for key in wanted)
        some = any(quantity > ZERO for quantity in moved.values())
    else:
        whole, some = shipped >= total, shipped > ZERO
    if shipped < ZERO or not some:
        return "НеОтгружен"
    return "Отгружен" if whole else "ОтгруженЧастично"


def _quantities(rows: Iterable[Row]) -> dict[tuple[str, str], Decimal]:
    """How much of each item, by item and content; a content that repeats the item says nothing."""
    found: dict[tuple[str, str], Decimal] = {}
    for row in rows:
        item = row.item
        name = "" if item is None else (item.ref or item.name).lower()
        content = (row.content or "").strip()
        if item is not None and content == item.name.strip():
            content = ""
        key = (name, content)
        found[key] = found.get(key, ZERO) + (row.quantity or ZERO)
    return found


def _sum(operations: list[Counted]) -> Decimal:
    return sum((each.kind.sign * each.sum for each in operations), ZERO)


def _latest(operations: list[Counted]) -> datetime | None:
    return max((each.date for each in operations), default=None)
