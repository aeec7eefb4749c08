"""What is known of BP's operations, and by which names BP knows the CRM's invoices and clients."""

from __future__ import annotations

import json
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection

from converter.objects import BookOperation, Party
from converter.state import tables
from converter.state.codec import decode_book_operation, decode_party, encode
from converter.state.rows import Rows


class Operation(Struct, frozen=True):
    """A payment or a shipment as BP told it last.

    ``facts`` are the invoices found, by ref; ``via`` tells which invoice another operation gave.
    ``elsewhere``: it names an invoice that is not the CRM's.
    """

    ref: str
    element: str
    record: BookOperation
    digest: str
    live: bool = True
    line: int = 0
    facts: tuple[str, ...] | None = None
    via: dict[str, str] = {}
    elsewhere: bool = False


class InvoiceWord(Struct, frozen=True):
    """What BP said of an invoice of the CRM's; ``mentioned``: it has a state at the CRM."""

    ref: str
    payment_state: str | None = None
    shipment_state: str | None = None
    withdrawn: bool = False
    mentioned: bool = False


class Book:
    """Operations and names of one link."""

    def __init__(self, connection: Connection, link: str) -> None:
        self._operations = Rows(connection, tables.operation, link=link)
        self._pointers = Rows(connection, tables.pointer, link=link)
        self._shares = Rows(connection, tables.share, link=link)
        self._invoices = Rows(connection, tables.invoice, link=link)
        self._aliases = Rows(connection, tables.alias, link=link)
        self._parties = Rows(connection, tables.party, link=link)

    # -- operations ------------------------------------------------------------------------------

    def operation(self, ref: str) -> Operation | None:
        """An operation by its GUID, deleted ones too."""
        row = self._operations.get(ref=ref)
        return None if row is None else _operation(row)

    def operations(self) -> Iterable[Operation]:
        """Every operation."""
        return map(_operation, self._operations.all())

    def set_operation(self, operation: Operation) -> None:
        """Keep an operation."""
        self._operations.put(
            ref=operation.ref,
            element=operation.element,
            record=encode(operation.record),
            digest=operation.digest,
            live=operation.live,
            line=operation.line,
            facts=json.dumps(operation.facts),
            via=json.dumps(operation.via),
            elsewhere=operation.elsewhere,
        )

    def set_pointers(self, ref: str, targets: Iterable[str]) -> None:
        """What an operation points at."""
        self._pointers.drop(operation=ref)
        for target in targets:
            self._pointers.put(operation=ref, target=target)

    def pointing_at(self, target: str) -> list[str]:
        """The operations that point at something."""
        return [row["operation"] for row in self._pointers.all(target=target)]

    # -- shares ----------------------------------------------------------------------------------

    def shares_of(self, operation: str) -> dict[str, Decimal]:
        """How much of an operation belongs to which invoice."""
        rows = self._shares.all(operation=operation)
        return {row["invoice"]: Decimal(row["sum"]) for row in rows}

    def set_shares(self, operation: str, shares: dict[str, Decimal]) -> None:
        """These, and no others, belong to an operation now."""
        self._shares.drop(operation=operation)
        for invoice, amount in shares.items():
            self._shares.put(operation=operation, invoice=invoice, sum=format(amount, "f"))

    def shares_in(self, invoice: str) -> dict[str, Decimal]:
        """How much of which operation belongs to an invoice."""
        return {row["operation"]: Decimal(row["sum"]) for row in self._shares.all(invoice=invoice)}

    # -- invoices --------------------------------------------------------------------------------

    def word(self, ref: str) -> InvoiceWord:
        """What BP said of an invoice."""
        row = self._invoices.get(ref=ref)
        if row is None:
            return InvoiceWord(ref)
        return InvoiceWord(**{name: row[name] for name in InvoiceWord.__struct_fields__})

    def set_word(self, word: InvoiceWord) -> None:
        """BP said something of an invoice."""
        self._invoices.put(**{name: getattr(word, name) for name in word.__struct_fields__})

    def alias(self, ref: str) -> str | None:
        """The CRM's invoice that BP knows by another GUID."""
        row = self._aliases.get(ref=ref)
        return None if row is None else str(row["invoice"])

    def set_alias(self, ref: str, invoice: str) -> None:
        """BP knows an invoice of the CRM's by another GUID."""
        self._aliases.put(ref=ref, invoice=invoice)

    def aliases_of(self, invoice: str) -> list[str]:
        """Under which other GUIDs BP knows an invoice."""
        return [row["ref"] for row in self._aliases.all(invoice=invoice)]

    # -- counterparties --------------------------------------------------------------------------

    def party(self, key: str) -> tuple[str, Party] | None:
        """The CRM's counterparty of a key: its ref in the state, and as the CRM names it."""
        row = self._parties.get(key=key)
        if row is None or row["ref"] is None:
            return None
        return row["ref"], decode_party(row["record"])

    def learn_party(self, key: str, ref: str, party: Party, exact: bool) -> None:
        """BP may name a counterparty by this key; one that two have names nobody."""
        row = None if exact else self._parties.get(key=key)
        if row is not None and row["ref"] != ref:
            self._parties.put(key=key, ref=None, record=None)
        else:
            self._parties.put(key=key, ref=ref, record=encode(party))


def _operation(row: Any) -> Operation:
    facts = json.loads(row["facts"])
    return Operation(
        ref=row["ref"],
        element=row["element"],
        record=decode_book_operation(row["record"]),
        digest=row["digest"],
        live=row["live"],
        line=row["line"],
        facts=None if facts is None else tuple(facts),
        via=json.loads(row["via"]),
        elsewhere=row["elsewhere"],
    )
