"""Looking into a message of any format: objects by type, and sums where documents have them."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from lxml import etree

from converter.envelope.reader import Reader
from converter.values import Unreadable, number


class Kind(NamedTuple):
    """Objects of one type: how many, and the sums of their documents by currency."""

    name: str
    objects: int
    sums: dict[str, Decimal]


def look(message: Reader) -> list[Kind]:
    """Count the objects of a message by type, in the order in which the types come."""
    counts: dict[str, int] = {}
    sums: dict[str, dict[str, Decimal]] = {}
    for element in message:
        name = etree.QName(element).localname
        counts[name] = counts.get(name, 0) + 1
        found = _sum(element)
        if found is not None:
            currency, amount = found
            by_currency = sums.setdefault(name, {})
            by_currency[currency] = by_currency.get(currency, Decimal(0)) + amount
    return [Kind(name, count, sums.get(name, {})) for name, count in counts.items()]


def _sum(element: etree._Element) -> tuple[str, Decimal] | None:
    """A document's own sum and currency: in it, or in its ОбщиеДанные."""
    amount = _find(element, "Сумма")
    currency = _find(element, "Валюта")
    if amount is None:
        common = _find(element, "ОбщиеДанные")
        if common is None:
            return None
        amount, currency = _find(common, "Сумма"), _find(common, "Валюта")
    try:
        value = None if amount is None else number(amount)
    except Unreadable:
        return None
    return None if value is None else (_currency(currency), value)


def _currency(element: etree._Element | None) -> str:
    if element is None:
        return ""
    for name in ("Код", "Наименование"):
        for child in element.iter():
            if etree.QName(child).localname == name and child.text:
                return child.text.strip()
    return ""


def _find(element: etree._Element, name: str) -> etree._Element | None:
    return next((child for child in element if etree.QName(child).localname == name), None)
