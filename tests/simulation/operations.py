"""Payments and shipments as the simulated BP keeps them, and as it writes them."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from converter.mapping.vat import vat_of
from converter.objects import DocKey, Item, Row
from tests.mapping.book import (
    BANK_IN,
    BANK_OUT,
    CARD,
    CASH_IN,
    CASH_OUT,
    RETURN,
    SHIPMENT,
    Book,
    el,
    key,
    val,
)

#: what an operation of an element counts as
SIGNS = {BANK_IN: 1, BANK_OUT: -1, CASH_IN: 1, CASH_OUT: -1, CARD: 1, SHIPMENT: 1, RETURN: -1}
REFUNDS = frozenset({BANK_OUT, CASH_OUT, RETURN})


class Pointer(NamedTuple):
    """What names another document; ``element`` is its type in BP."""

    element: str
    ref: str
    number: str
    date: str

    def key(self) -> str:
        """The fields of the key."""
        return key(self.ref, self.number, self.date)


class Part(NamedTuple):
    """A row of a payment, or a whole shipment: for which invoice, or for what settled document."""

    sum: Decimal
    order: Pointer | None = None
    settles: Pointer | None = None


class Operation(NamedTuple):
    """An operation in BP's books; shipments and returns have ``goods`` and one part.

    ``bad``: its settlement is in a currency that the invoice is not in, which holds it.
    """

    element: str
    ref: str
    number: str
    marker: str
    parts: tuple[Part, ...]
    goods: tuple[Row, ...] = ()
    bad: bool = False

    @property
    def is_payment(self) -> bool:
        """Whether it counts as paid rather than as shipped."""
        return self.element not in (SHIPMENT, RETURN)

    @property
    def total(self) -> Decimal:
        """The document's sum."""
        return sum((part.sum for part in self.parts), Decimal(0))

    def pointer(self) -> Pointer:
        """The operation as others point at it."""
        return Pointer(self.element, self.ref, self.number, "2026-02-12T12:00:00")


def invoice_pointer(document: DocKey) -> Pointer:
    """An invoice as operations point at it."""
    return Pointer(
        "Документ.ЗаказКлиента", document.ref or "", document.number, document.date.isoformat()
    )


def deletion_name(element: str) -> str:
    """What УдалениеОбъекта calls a document of this element."""
    return f"{element.removeprefix('Документ.')}Ссылка"


def printed(book: Book, operation: Operation) -> str:
    """The operation as BP writes it."""
    if operation.element == SHIPMENT:
        return _shipment(book, operation)
    if operation.element == RETURN:
        return _return(book, operation)
    rows = "".join(_payment_row(book, part, operation.bad) for part in operation.parts)
    total = str(operation.total)
    if operation.element == CARD:
        return book.card(
            rows, operation.ref, total, comment=operation.marker, number=operation.number
        )
    currency = book.currency("978", "EUR") if operation.bad else ""
    return book.payment(
        operation.element,
        rows,
        operation.ref,
        total,
        currency=currency,
        comment=operation.marker,
        number=operation.number,
    )


def _payment_row(book: Book, part: Part, bad: bool) -> str:
    document = ""
    if part.settles is not None:
        document = el(deletion_name(part.settles.element), part.settles.key())
    settlement = ""
    if bad:
        settlement = book.settlement("", book.currency("840", "USD", "ВалютаВзаиморасчетов"))
    return book.payment_row(
        str(part.sum),
        None if part.order is None else part.order.key(),
        settlement=settlement,
        document=document,
    )


def _shipment(book: Book, operation: Operation) -> str:
    order = operation.parts[0].order
    return book.shipment(
        operation.ref,
        str(operation.total),
        order=None if order is None else order.key(),
        goods=_goods(book, operation.goods),
        comment=operation.marker,
        number=operation.number,
        currency=book.currency("840", "USD") if operation.bad else "",
    )


def _return(book: Book, operation: Operation) -> str:
    settles = operation.parts[0].settles
    return book.give_back(
        operation.ref,
        str(operation.total),
        shipment=None if settles is None else settles.key(),
        goods=_goods(book, operation.goods),
        comment=operation.marker,
        number=operation.number,
    )


def _goods(book: Book, rows: tuple[Row, ...]) -> str:
    return "".join(
        book.goods_row(
            row.line,
            item=_item(row.item),
            quantity=str(row.quantity),
            price=str(row.price),
            sum=str(row.sum),
            vat=row.vat,
            vat_sum=str(row.vat_sum),
        )
        for row in rows
    )


def _item(item: Item | None) -> str:
    if item is None:
        return ""
    return val("Ссылка", item.ref) + val("Артикул", item.article) + val("Наименование", item.name)


def part_of(rows: tuple[Row, ...], quantity: int) -> tuple[Row, ...]:
    """The first row of an invoice, that many of it, as a shipment holds it."""
    first = rows[0]
    count = Decimal(quantity)
    total = count * (first.price or Decimal(0))
    return (
        Row(
            line=1,
            item=first.item,
            unit=first.unit,
            quantity=count,
            price=first.price,
            sum=total,
            vat=first.vat,
            vat_sum=vat_of(total, first.vat or "НДС20", included=True),
        ),
    )
