"""Under which number and moment the invoices of a link are found (SPEC §2)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from converter.objects import Invoice
from converter.state import tables
from converter.state.rows import Rows

#: an invoice's number, without blanks around it, and its moment
Numbered = tuple[str, datetime]


class Numbers:
    """The refs of the invoices of each number; of those that are deleted too."""

    def __init__(self, connection: Connection, link: str) -> None:
        self._rows = Rows(connection, tables.numbered, link=link)

    def refs(self, number: str, date: datetime) -> list[str]:
        """The invoices that had this number when they were last there."""
        row = self._rows.get(number=number, date=date)
        return [] if row is None else str(row["refs"]).split(" ")

    def prefetch(self, numbers: Iterable[Numbered]) -> None:
        """The invoices of many numbers will be asked for."""
        self._rows.load_keys(numbers)

    def follow(self, ref: str, before: Any, after: Any) -> None:
        """An object has another record; one without, that of a deleted invoice, can still be found."""
        old, new = numbered(before), numbered(after)
        if old == new or new is None:
            return
        if old is not None:
            self._put(old, [each for each in self.refs(*old) if each != ref])
        self._put(new, [*(each for each in self.refs(*new) if each != ref), ref])

    def _put(self, key: Numbered, refs: list[str]) -> None:
        number, date = key
        if refs:
            self._rows.put(number=number, date=date, refs=" ".join(refs))
        else:
            self._rows.drop(number=number, date=date)


def numbered(record: Any) -> Numbered | None:
    """Under which number and moment an invoice is found; None of what is none."""
    return (record.key.number.strip(), record.key.date) if isinstance(record, Invoice) else None
