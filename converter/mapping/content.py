"""The content of an object as a short mark: equal marks, equal content (PROTOCOL R3).

Scale, defaults, VAT that follows from its rate and the order of rows make no difference, nor does
which of Товары and Услуги a row stands in. What only the CRM knows of an invoice is told apart from what both sides share.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from hashlib import blake2b
from typing import Any

import msgspec
from msgspec.structs import replace

from converter.mapping.invoice import row_vat
from converter.objects import Counterparty, Invoice, Row

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
    private = _encode([_plain(record.interest), record.may_ship])
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
    if isinstance(record, Counterparty):
        record = replace(record, client=None, contacts=())
    return _plain(record)


def _invoice(invoice: Invoice) -> Any:
    vat_included = invoice.vat_included is not False
    rows = sorted(_encode(_plain(_row(row, vat_included))) for row in invoice.rows)
    rest = replace(
        invoice,
        interest=None,
        client=None,
        may_ship=None,
        vat_included=vat_included,
        rate=None if invoice.rate == _ONE else invoice.rate,
        multiplicity=None if invoice.multiplicity == 1 else invoice.multiplicity,
        goods=(),
        services=(),
        properties=(),
        state=None,
    )
    return [_plain(rest), rows]


def _row(row: Row, vat_included: bool) -> Row:
    """A row without its place, and with the VAT that its rate gives it where it does not say so."""
    return replace(row, line=None, stock=None, vat_sum=row_vat(row, vat_included))


def _plain(value: Any) -> Any:
    """A record as nested lists of texts; a number without its scale, a GUID in small letters."""
    plain = _PLAIN.get(type(value))
    if plain is not None:
        return plain(value)
    fields = type(value).__struct_fields__
    return [
        _guid(getattr(value, name)) if name == "ref" else _plain(getattr(value, name))
        for name in fields
    ]


def _guid(value: str | None) -> str | None:
    return None if value is None else value.lower()


def _number(value: Decimal) -> str:
    return format(value.normalize(), "f") if value else "0"


_PLAIN: dict[type, Callable[[Any], Any]] = {
    type(None): lambda value: None,
    bool: lambda value: value,
    int: lambda value: value,
    str: lambda value: value.strip() or None,
    Decimal: _number,
    datetime: datetime.isoformat,
    tuple: lambda value: [_plain(each) for each in value],
}
