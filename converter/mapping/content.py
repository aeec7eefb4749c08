"""The content of an object as a short mark: equal marks, equal content (PROTOCOL R3).

Scale, defaults, VAT that follows from its rate and the order of rows make no difference, nor does
which of Товары and Услуги a row stands in. What only the CRM knows of an invoice is told apart from what both sides share.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from functools import cache
from hashlib import blake2b
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

import msgspec
from msgspec.structs import replace

from converter.mapping.invoice import row_vat
from converter.objects import Counterparty, Interest, Invoice, Row

#: the mark of an object that is deleted
DELETED = "-"
_encode = msgspec.msgpack.Encoder().encode
_ONE = Decimal(1)


def mark(record: Any) -> str:
    """The mark of what both sides share of a record."""
    return marks(record)[0]


def marks(record: Any) -> tuple[str, str]:
    """The mark of what both sides share of a record, and the mark of all that BP is told: beside
    that, what of the CRM's own travels with it."""
    shared = _encode(_shared(record))
    if not isinstance(record, Invoice):
        name = _hash(shared)
        return name, name
    interest = record.interest and _lister(Interest)(record.interest)
    private = _encode([interest, record.may_ship])
    return _hash(shared), _hash(shared + private)


def private(record: Any) -> tuple[Any, ...]:
    """The fields of a record that are the CRM's alone (PROTOCOL R4)."""
    if isinstance(record, Invoice):
        return record.interest, record.client, record.may_ship
    return (record.client,) if isinstance(record, Counterparty) else ()


def with_private(record: Any, owner: Any) -> Any:
    """A record with the fields that are the CRM's alone as ``owner`` has them (PROTOCOL R4)."""
    if isinstance(record, Invoice) and isinstance(owner, Invoice):
        return replace(
            record, interest=owner.interest, client=owner.client, may_ship=owner.may_ship
        )
    if isinstance(record, Counterparty) and isinstance(owner, Counterparty):
        return replace(record, client=owner.client)
    return record


def _hash(data: bytes) -> str:
    return blake2b(data, digest_size=12).hexdigest()


def _shared(record: Any) -> Any:
    if isinstance(record, Invoice):
        return _invoice(record)
    kind: type = type(record)
    return _lister(kind, _APART.get(kind, ()))(record)


def _invoice(invoice: Invoice) -> Any:
    vat_included = invoice.vat_included is not False
    row = _lister(Row, _APART[Row])
    rows = sorted(
        _encode([*row(each), _number(row_vat(each, vat_included))])
        for each in (*invoice.goods, *invoice.services)
    )
    rest = _lister(Invoice, _APART[Invoice])(invoice)
    rate = None if invoice.rate == _ONE else _number(invoice.rate)
    multiplicity = None if invoice.multiplicity == 1 else invoice.multiplicity
    return [rest, vat_included, rate, multiplicity, rows]


#: the fields that both sides do not share, or that are looked at in another way
_APART: dict[type, tuple[str, ...]] = {
    Invoice: (
        *("interest", "client", "may_ship"),
        *("vat_included", "rate", "multiplicity", "goods", "services"),
        *("properties", "state"),
    ),
    Row: ("line", "stock", "vat_sum"),
    Counterparty: ("client", "contacts"),
}


@cache
def _lister(kind: type, apart: tuple[str, ...] = ()) -> Callable[[Any], list[Any]]:
    """What makes nested lists of plain values of a record, compiled once for each kind of record.

    A number loses its scale, a text the blanks around it, a GUID its capitals.
    """
    parts: list[str] = []
    names: dict[str, Any] = {"number": _number}
    for name, hint in get_type_hints(kind).items():
        if name not in apart:
            parts.append(_part(f"r.{name}", name, hint, names))
    source = f"lambda r: [{', '.join(parts)}]"
    made: Callable[[Any], list[Any]] = eval(source, names)
    return made


def _part(value: str, name: str, hint: Any, names: dict[str, Any]) -> str:
    """The expression that makes one value plain; what it calls goes into ``names``."""
    if isinstance(hint, UnionType):
        (hint,) = (each for each in get_args(hint) if each is not NoneType)
    if hint is Decimal:
        return f"number({value})"
    if hint in (bool, int, datetime):  # a moment is encoded as it is written
        return value
    if hint is str:
        return f"{value} and {value}" + (".lower()" if name == "ref" else ".strip() or None")
    if get_origin(hint) is tuple:
        inner = _part("each", name, get_args(hint)[0], names)
        return f"[{inner} for each in {value}]"
    names[hint.__name__] = _lister(hint)
    return f"{value} and {hint.__name__}({value})"


def _number(value: Decimal | None) -> str | None:
    """A number without exponent and without zeros at its end."""
    if value is None:
        return None
    if not value:
        return "0"
    text = str(value)
    if "E" in text:
        text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
