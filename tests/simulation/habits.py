"""What BP makes of an invoice, and its own word on what is paid and shipped (BP.md)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from decimal import Decimal

from msgspec.structs import replace

from converter.objects import Invoice, Row
from tests.mapping.book import LAMP, SHIPMENT, Book, el, key, val
from tests.simulation.operations import SIGNS, Operation
from tests.simulation.things import BOOK_PAID, BOOK_SHIPPED, Key

#: items that BP's catalogue has as services; the CRM sells them as goods
_SERVICES = frozenset({LAMP})
_NAMES = {BOOK_PAID: "СостояниеОплаты", BOOK_SHIPPED: "СостояниеОтгрузки"}


def regrouped(invoice: Invoice) -> Invoice:
    """The rows of an edited invoice: by the item's "Услуга" flag, without their numbers and units."""
    goods = (row for row in invoice.rows if not _is_service(row))
    services = (row for row in invoice.rows if _is_service(row))
    return replace(
        invoice,
        goods=tuple(replace(row, line=line) for line, row in enumerate(goods, 1)),
        services=tuple(_service(row, line) for line, row in enumerate(services, 1)),
    )


def _is_service(row: Row) -> bool:
    return row.item is not None and row.item.ref in _SERVICES


def _service(row: Row, line: int) -> Row:
    assert row.item is not None
    return replace(row, line=line, unit=None, content=row.content or row.item.name)


def fails_the_check(invoice: Invoice) -> bool:
    """Whether BP does not post it: a row has no VAT rate."""
    return any(row.vat is None for row in invoice.rows)


def words(
    invoice: Invoice, of: Key, operations: Iterable[Operation], before: dict[Key, str]
) -> dict[Key, str]:
    """BP's word on an invoice: paid does not fall back, shipped ignores returns."""
    paid = Decimal(0)
    moved: Counter[str] = Counter()
    for each in operations:
        if each.is_payment:
            amounts = (part.sum for part in each.parts if part.order and part.order.ref == of.ref)
            paid += SIGNS[each.element] * sum(amounts, Decimal(0))
        elif each.element == SHIPMENT and (order := each.parts[0].order) and order.ref == of.ref:
            moved.update(_quantities(each.goods))
    wanted = _quantities(invoice.rows)
    whole = all(moved[item] >= count for item, count in wanted.items())
    is_paid = paid >= (invoice.total or 0) or before.get(Key(BOOK_PAID, of.ref)) == "Оплачен"
    some = "ОплаченЧастично" if paid > 0 else "НеОплачен"
    part = "ОтгруженЧастично" if any(moved.values()) else "НеОтгружен"
    return {
        Key(BOOK_PAID, of.ref): "Оплачен" if is_paid else some,
        Key(BOOK_SHIPPED, of.ref): "Отгружен" if whole else part,
    }


def _quantities(rows: Iterable[Row]) -> Counter[str]:
    found: Counter[str] = Counter()
    for row in rows:
        found[(row.item.ref or "") if row.item is not None else ""] += int(row.quantity or 0)
    return found


def printed_word(book: Book, word: Key, state: str, invoice: Invoice) -> str:
    """Справочник.СостояниеОплатыЗаказа or its twin: the invoice's key, and the state."""
    document = invoice.key
    order = key(document.ref, document.number, document.date.isoformat())
    return el(
        word.type,
        el("КлючевыеСвойства", el("Заказ", order)),
        val(_NAMES[word.type], state),
    )
