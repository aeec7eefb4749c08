"""Operations of BP's by their keys, as people know them: kind, number, date, sum, counterparty."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import Connection

from converter.mapping.operation import BY_ELEMENT
from converter.mapping.rows import code_of
from converter.mapping.trade import whole_sum
from converter.state.book import Book


class KnownOperation(NamedTuple):
    """An operation as BP told it last; ``counterparty`` and ``currency`` empty where it named none."""

    kind: str
    number: str
    date: datetime
    counterparty: str
    currency: str
    sum: Decimal


def operations(
    connection: Connection, link: str, keys: Iterable[str]
) -> Iterator[tuple[str, KnownOperation | None]]:
    """Each key, which is a type and a GUID, with its operation; None where there is none of it."""
    book = Book(connection, link)
    for key in keys:
        found = book.operation(key.rpartition(" ")[2])
        if found is None:
            yield key, None
            continue
        record = found.record
        yield (
            key,
            KnownOperation(
                kind=BY_ELEMENT[found.element].name,
                number=record.key.number,
                date=record.key.date,
                counterparty="" if record.party is None else record.party.name,
                currency=code_of(record.currency) or "",
                sum=whole_sum(record),
            ),
        )
