"""What people call an object: programs know it by its GUID (SPEC §7)."""

from __future__ import annotations

from typing import Any

from converter.objects import Counterparty, Invoice
from converter.problems import Said


def called(*records: Any) -> Said | None:
    """An invoice by number and date, a counterparty by its name: by the first record that is one."""
    for record in records:
        if isinstance(record, Invoice):
            number, date = record.key.number.strip(), record.key.date.date()
            return Said(f"счёт {number} от {date}", f"invoice {number} of {date}")
        if isinstance(record, Counterparty):
            name = record.key.name or record.key.inn or ""
            return Said(f"контрагент {name}", f"counterparty {name}") if name else None
    return None


def label(kind: str, ref: str, record: Any) -> str:
    """An object as a problem names it for people: a document by its number."""
    number = getattr(getattr(record, "key", None), "number", None)
    return f"{kind} № {number}" if number else f"{kind} {ref}"
