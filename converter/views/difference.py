"""Two versions of an object, field by field, in the names of the CRM format."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

import msgspec
from lxml import etree

from converter.mapping.catalogues import (
    ACCOUNT_CARD,
    COUNTERPARTY,
    CURRENCY_CARD,
    ITEM_CARD,
    ORGANISATION_CARD,
    UNIT_CARD,
)
from converter.mapping.invoice import INVOICE
from converter.mapping.operation import TRADE_OPERATION
from converter.mapping.states import INVOICE_STATE
from converter.mapping.table import Table
from converter.state import codec

#: the tables of the CRM format, by kind
TABLES: dict[str, Table] = {
    str(table.crm): table
    for table in (
        INVOICE,
        COUNTERPARTY,
        TRADE_OPERATION,
        INVOICE_STATE,
        ORGANISATION_CARD,
        ITEM_CARD,
        ACCOUNT_CARD,
        CURRENCY_CARD,
        UNIT_CARD,
    )
}
_LINE = "НомерСтроки"
#: what an invoice means by not saying it (SPEC §3)
_DEFAULTS = {"СуммаВключаетНДС": True, "Курс": Decimal(1), "Кратность": 1}

#: a version as values by path, such as ``Товары/Строка[2]/Цена``
Fields = dict[str, Any]


class Difference(NamedTuple):
    """A field that differs; None where a version does not say it."""

    field: str
    left: str | None
    right: str | None


def differences(left: Fields, right: Fields) -> list[Difference]:
    """The fields that differ, those of the left version first."""
    if left and right:  # neither is a deletion
        left, right = {**left, **_unsaid(left)}, {**right, **_unsaid(right)}
    paths = dict.fromkeys([*left, *right])
    return [
        Difference(path, _text(left.get(path)), _text(right.get(path)))
        for path in paths
        if not _equal(path, left.get(path), right.get(path))
    ]


def fields_of(kind: str, record: Any) -> Fields:
    """A record's fields under their names in the CRM format; of a deleted object, None, none."""
    table = TABLES.get(kind)
    if record is None:
        return {}
    if table is None:
        return fields_of_values(codec.as_values(record))
    return dict(_lines(table, record, ""))


def record_of_kept(kind: str, values: Any) -> Any:
    """The record of a version as the journal keeps it (`codec.as_values`).

    None of a deleted one, and where another version of the program kept it in another shape.
    """
    record = codec.RECORDS.get(kind)
    if values is None or record is None:
        return None
    try:
        return msgspec.convert(values, record)
    except msgspec.ValidationError:
        return None


def fields_of_element(element: etree._Element) -> Fields:
    """The fields of a CRM's element that no record could be made of, as they stand there."""
    return dict(_children(element, ""))


def fields_of_values(values: Any) -> Fields:
    """Values of any shape by path."""
    return dict(_inside(values, ""))


def _unsaid(fields: Fields) -> Fields:
    """What a version means by not saying it; what no version of this kind has is equal anyway."""
    return {name: value for name, value in _DEFAULTS.items() if name not in fields}


# -- records -------------------------------------------------------------------------------------


def _lines(table: Table, record: Any, before: str) -> Iterator[tuple[str, Any]]:
    for line in table.lines:
        if line.crm is None or line.written_only:
            continue
        value = getattr(record, line.value)
        path = f"{before}{line.crm}"
        if not isinstance(line.part, Table):
            if value is not None:
                yield path, value
        elif isinstance(value, tuple):
            numbers = _numbers([getattr(row, "line", None) for row in value])
            for number, row in zip(numbers, value, strict=True):
                yield from _lines(line.part, row, f"{path}[{number}]/")
        elif value is not None:
            yield from _lines(line.part, value, f"{path}/")


def _numbers(said: list[Any]) -> list[Any]:
    """What rows are told apart by: their own numbers where these are good for it, else positions."""
    if None in said or len(set(said)) < len(said):
        return list(range(1, len(said) + 1))
    return said


# -- elements and other values -------------------------------------------------------------------


def _children(element: etree._Element, before: str) -> Iterator[tuple[str, Any]]:
    children = [child for child in element if isinstance(child.tag, str)]
    if not children:
        text = (element.text or "").strip()
        if before and text:
            yield before[:-1], text
        return
    names = [etree.QName(child).localname for child in children]
    rows = _numbers([_own_number(child) for child in children])
    for name, child, number in zip(names, children, rows, strict=True):
        step = f"{name}[{number}]" if name == "Строка" or names.count(name) > 1 else name
        yield from _children(child, f"{before}{step}/")


def _own_number(row: etree._Element) -> int | None:
    text = row.findtext(f"{{*}}{_LINE}") or ""
    return int(text) if text.strip().isdecimal() else None


def _inside(values: Any, before: str) -> Iterator[tuple[str, Any]]:
    if isinstance(values, dict):
        for name, value in values.items():
            yield from _inside(value, f"{before}{name}/")
    elif isinstance(values, list | tuple):
        for number, value in enumerate(values, 1):
            yield from _inside(value, f"{before[:-1]}[{number}]/")
    elif values is not None and before:
        yield before[:-1], values


# -- single values -------------------------------------------------------------------------------


def _equal(path: str, left: Any, right: Any) -> bool:
    if isinstance(left, str) and not isinstance(right, str):
        left, right = right, left
    if isinstance(right, str) and left is not None:
        right = _as(left, right.strip())
    if isinstance(left, str):
        left = left.strip()
        if path.endswith("Ссылка") and isinstance(right, str):
            return bool(left.lower() == right.lower())
    return bool(left == right)


def _as(example: Any, text: str) -> Any:
    """A text as a value like another one, where it can be read as such."""
    with suppress(ValueError, InvalidOperation):
        if isinstance(example, bool):
            return {"true": True, "1": True, "false": False, "0": False}.get(text, text)
        if isinstance(example, int):
            return int(text)
        if isinstance(example, Decimal):
            return Decimal(text)
        if isinstance(example, datetime):
            return datetime.fromisoformat(text)
    return text


def _text(value: Any) -> str | None:
    """A value as the format writes it."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value)
