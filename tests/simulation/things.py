"""The small objects that the simulated bases write about; everybody named here is made up.

A *marker* (``c12``, ``b7``) is the name of one edit. It stands where both formats carry it, at the
beginning of the comment; the interest, which only the CRM knows, carries one of its own.
"""

from __future__ import annotations

import re
import uuid
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from converter.mapping.vat import vat_of
from converter.objects import (
    Account,
    Client,
    Contract,
    Counterparty,
    Currency,
    DocKey,
    Interest,
    Invoice,
    Item,
    Party,
    Row,
    Unit,
)
from tests.mapping.book import BUYER, DELIVERY, LAMP, TABLE
from tests.mapping.known import ORGANISATION

INVOICE = "Документ.СчетНаОплату"
OPERATION = "Документ.ТорговаяОперация"
PARTY = "Справочник.Контрагенты"
CONTRACT = "Справочник.Договоры"
ITEM = "Справочник.Номенклатура"
SELLER = "Справочник.Организации"
STATE = "СостояниеСчета"
#: BP's own word on an invoice
BOOK_PAID = "Справочник.СостояниеОплатыЗаказа"
BOOK_SHIPPED = "Справочник.СостояниеОтгрузкиЗаказа"

#: both sides know the buyer by the same fields, so that a key never differs by itself
BUYER_KEY = Party(
    BUYER, "Пример-Строй ООО", "ООО «Пример-Строй»", "9988002026", "998801002", "ЮридическоеЛицо"
)
ITEMS = (
    Item(TABLE, "Стол", None, "СТ-1"),
    Item(LAMP, "Лампа", None, "Л-2"),
    Item(DELIVERY, "Полка", None, "П-3"),
)
ACCOUNT = Account("40702810800000004101", "049999871", "АО «Пример-Банк»")
_FIRST_DAY = datetime(2026, 2, 11, 10)
_UNIT = Unit("796", "шт")
_MARKER = re.compile(r"[a-z]\d+")


class Key(NamedTuple):
    """What an object is called in both bases: the CRM format's type, and a GUID."""

    type: str
    ref: str


def guid(number: int) -> str:
    """A GUID of its own for every number."""
    return str(uuid.UUID(int=(0x51 << 120) | number))


#: the contract of the CRM's invoices that have one
DEAL = Contract(guid(71), "Поставка", "17-М", _FIRST_DAY)


def row(line: int, item: int, quantity: int, price: int) -> Row:
    """A row of goods whose sum and VAT are right."""
    total = Decimal(quantity * price)
    return Row(
        line=line,
        item=ITEMS[item],
        unit=_UNIT,
        quantity=Decimal(quantity),
        price=Decimal(price),
        sum=total,
        vat="НДС20",
        vat_sum=vat_of(total, "НДС20", included=True),
    )


def rows_sum(rows: tuple[Row, ...]) -> Decimal:
    """What rows with their VAT inside add up to."""
    return sum((each.sum or Decimal(0) for each in rows), Decimal(0))


def document_key(number: int, prefix: str = "С") -> DocKey:
    """The key of a document; number and date are its own."""
    date = _FIRST_DAY + timedelta(minutes=number)
    return DocKey(guid(number), date, f"{prefix}-{number}", ORGANISATION)


def invoice(number: int, rows: tuple[Row, ...], marker: str, private: str | None) -> Invoice:
    """A good invoice; ``private`` is the marker of what only the CRM knows."""
    interest = None
    if private is not None:
        interest = Interest(guid(number + (1 << 32)), f"И-{number}", None, private)
    return Invoice(
        key=document_key(number),
        party=BUYER_KEY,
        currency=Currency("643", "руб."),
        total=rows_sum(rows),
        interest=interest,
        client=None if private is None else Client(guid(1 << 33), "Пример"),
        vat_included=True,
        may_ship=None if private is None else number % 2 == 0,
        account=ACCOUNT if number % 3 else None,
        pay_by=_FIRST_DAY if number % 2 else None,
        comment=marker,
        goods=rows,
    )


def buyer_card(marker: str) -> Counterparty:
    """The buyer as the CRM's catalogue has it."""
    return Counterparty(key=BUYER_KEY, phone="+7 000 000-00-00", comment=marker)


def marker_in(text: str | None) -> str | None:
    """The marker at the beginning of a comment or a subject."""
    found = _MARKER.match(text or "")
    return found[0] if found else None


def markers_in(text: str) -> set[str]:
    """Every marker in a text, whole words only."""
    return set(re.findall(r"(?<![\w-])[a-z]\d+(?![\w-])", text))
