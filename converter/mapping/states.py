"""What is paid and shipped of an invoice: counted from its operations, and BP's own word (SPEC §2, §3)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal

from msgspec import Struct

from converter.mapping.items import Items
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


class Counted(Struct, frozen=True):
    """What one operation counts for one invoice: its share, and the rows that are this invoice's."""

    kind: Kind
    sum: Decimal
    date: datetime
    rows: Sequence[Row]


class BookWord(Struct, frozen=True):
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
    if not shipments:
        return "НеОтгружен"
    if all(each.rows for each in shipments):
        items = Items(invoice.rows)
        moved: _Quantities = {}
        for each in shipments:
            _add(moved, items, each.rows, each.kind.sign)
        wanted: _Quantities = {}
        _add(wanted, items, invoice.rows, 1)
        whole = all(_covers(moved.get(item, {}), contents) for item, contents in wanted.items())
        some = any(sum(contents.values()) > ZERO for contents in moved.values())
    else:
        whole, some = shipped >= total, shipped > ZERO
    if shipped < ZERO or not some:
        return "НеОтгружен"
    return "Отгружен" if whole else "ОтгруженЧастично"


#: how much, by item and then by content; an empty content says nothing
_Quantities = dict[str, dict[str, Decimal]]


def _add(found: _Quantities, items: Items, rows: Iterable[Row], sign: int) -> None:
    """Add the quantities of rows; a content that repeats the item says nothing, and one without an
    item is all that there is of it."""
    for row in rows:
        item = row.item
        content = (row.content or "").strip()
        if item is None:
            name, content = content.lower(), ""
        else:
            name = items.alike(row) or (item.ref or item.name).lower()
            if content == item.name.strip():
                content = ""
        contents = found.setdefault(name, {})
        contents[content] = contents.get(content, ZERO) + sign * (row.quantity or ZERO)


def _covers(moved: dict[str, Decimal], wanted: dict[str, Decimal]) -> bool:
    """Whether what was moved of one item is all that the invoice has of it.

    The content tells only between rows of one invoice: accountants write acts in words of their
    own, goods and returns say none at all, and BP itself asks for the item alone. So what has no
    content, or one that the invoice does not name, may be any of its rows; it takes back what is
    over of the others first.
    """
    free, lacking, over = ZERO, wanted.get("", ZERO), ZERO
    for content, quantity in moved.items():
        if not content or content not in wanted:
            free += quantity
    for content, quantity in wanted.items():
        if content:
            rest = quantity - moved.get(content, ZERO)
            if rest > ZERO:
                lacking += rest
            else:
                over -= rest
    if free < ZERO:
        free = min(free + over, ZERO)
    return lacking <= free


def _sum(operations: list[Counted]) -> Decimal:
    return sum((each.kind.sign * each.sum for each in operations), ZERO)


def _latest(operations: list[Counted]) -> datetime | None:
    return max((each.date for each in operations), default=None)
