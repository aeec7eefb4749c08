"""What is known of BP's operations, and by which names BP knows the CRM's invoices and clients."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import asdict
from sqlalchemy import Connection

from converter.objects import BookOperation, Party
from converter.state import tables
from converter.state.codec import decode_book_operation, decode_party, encode
from converter.state.memory import REMEMBERED
from converter.state.rows import Rows, as_struct

_facts = msgspec.json.Decoder(tuple[str, ...] | None).decode
_texts = msgspec.json.Decoder(dict[str, str]).decode


class Operation(Struct, frozen=True):
    """A payment or a shipment as BP told it last.

    ``facts`` are the invoices found, by ref; ``via`` tells which invoice another operation gave.
    ``elsewhere``: it has, beside them, what is known not to be the CRM's; or names no invoice but
    such. ``shares`` tell how much of it belongs
    to which invoice.
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
    shares: dict[str, Decimal] = {}


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
        self._known_operations: dict[str, Operation | None] = {}
        self._pointed = Rows(connection, tables.pointed, link=link)
        self._shares = Rows(connection, tables.share, link=link)
        self._known_shares: dict[str, dict[str, Decimal]] = {}
        self._invoices = Rows(connection, tables.invoice, link=link)
        self._aliases = Rows(connection, tables.alias, link=link)
        self._known_aliases: dict[str, str] | None = None
        self._parties = Rows(connection, tables.party, link=link)

    # -- operations ------------------------------------------------------------------------------

    def operation(self, ref: str) -> Operation | None:
        """An operation by its GUID, deleted ones too."""
        if ref not in self._known_operations:
            row = self._operations.get(ref=ref)
            self._keep(ref, None if row is None else _operation(row))
        return self._known_operations[ref]

    def _keep(self, ref: str, operation: Operation | None) -> None:
        if len(self._known_operations) >= REMEMBERED:
            self._known_operations.clear()
        self._known_operations[ref] = operation

    def prefetch_operations(self, refs: Iterable[str]) -> None:
        """Many operations will be asked for."""
        self._operations.load(ref for ref in refs if ref not in self._known_operations)

    def prefetch_pointers(self, targets: Iterable[str]) -> None:
        """What points at many things will be asked for."""
        self._pointed.load(targets)

    def operations(self) -> Iterable[Operation]:
        """Every operation."""
        return map(_operation, self._operations.all())

    def set_operation(self, operation: Operation) -> None:
        """Keep an operation."""
        self._keep(operation.ref, operation)
        before = self._operations.get(ref=operation.ref)
        if before is not None and before["digest"] == operation.digest:
            record = before["record"]
        else:
            record = encode(operation.record)
        self._operations.put(
            ref=operation.ref,
            element=operation.element,
            record=record,
            digest=operation.digest,
            live=operation.live,
            line=operation.line,
            facts=_json(operation.facts),
            via=_json(operation.via),
            elsewhere=operation.elsewhere,
            shares=_json({key: format(sum, "f") for key, sum in operation.shares.items()}),
        )

    def set_pointers(self, ref: str, before: set[str], now: set[str]) -> None:
        """What an operation points at, and pointed at before."""
        for target in before - now:
            left = [each for each in self.pointing_at(target) if each != ref]
            if left:
                self._pointed.put(target=target, operations=" ".join(left))
            else:
                self._pointed.drop(target=target)
        for target in now - before:
            found = [*self.pointing_at(target), ref]
            self._pointed.put(target=target, operations=" ".join(found))

    def pointing_at(self, target: str) -> list[str]:
        """The operations that point at something."""
        row = self._pointed.get(target=target)
        return [] if row is None else str(row["operations"]).split(" ")

    # -- shares ----------------------------------------------------------------------------------

    def set_shares(self, operation: Operation, shares: dict[str, Decimal]) -> None:
        """These are the shares of an operation now, in place of those that it has."""
        for invoice in operation.shares.keys() - shares.keys():
            self._shares.drop(invoice=invoice, operation=operation.ref)
            self._known_shares.get(invoice, {}).pop(operation.ref, None)
        for invoice, amount in shares.items():
            self._shares.put(invoice=invoice, operation=operation.ref, sum=format(amount, "f"))
            if invoice in self._known_shares:
                self._known_shares[invoice][operation.ref] = amount

    def shares_in(self, invoice: str) -> dict[str, Decimal]:
        """How much of which operation belongs to an invoice."""
        known = self._known_shares.get(invoice)
        if known is None:
            if len(self._known_shares) >= REMEMBERED:
                self._known_shares.clear()
            found = self._shares.all(invoice=invoice)
            known = {row["operation"]: Decimal(row["sum"]) for row in found}
            self._known_shares[invoice] = known
        return dict(known)

    def prefetch_shares(self, invoices: Iterable[str]) -> None:
        """What belongs to many invoices will be asked for."""
        missing = [each for each in invoices if each not in self._known_shares]
        if len(self._known_shares) + len(missing) > REMEMBERED:
            self._known_shares.clear()
        self._known_shares.update({each: {} for each in missing})
        for row in self._shares.among("invoice", missing):
            self._known_shares[row["invoice"]][row["operation"]] = Decimal(row["sum"])

    # -- invoices --------------------------------------------------------------------------------

    def word(self, ref: str) -> InvoiceWord:
        """What BP said of an invoice."""
        row = self._invoices.get(ref=ref)
        return InvoiceWord(ref) if row is None else as_struct(InvoiceWord, row)

    def prefetch_words(self, refs: Iterable[str]) -> None:
        """What BP said of many invoices will be asked for."""
        self._invoices.load(refs)

    def set_word(self, word: InvoiceWord) -> None:
        """BP said something of an invoice."""
        self._invoices.put(**asdict(word))

    def alias(self, ref: str) -> str | None:
        """The CRM's invoice that BP knows by another GUID."""
        return self._all_aliases().get(ref)

    def set_alias(self, ref: str, invoice: str) -> None:
        """BP knows an invoice of the CRM's by another GUID."""
        self._all_aliases()[ref] = invoice
        self._aliases.put(ref=ref, invoice=invoice)

    def aliases_of(self, invoice: str) -> list[str]:
        """Under which other GUIDs BP knows an invoice."""
        return [ref for ref, own in self._all_aliases().items() if own == invoice]

    def _all_aliases(self) -> dict[str, str]:
        """There are few, and most questions are for one that there is not."""
        if self._known_aliases is None:
            self._known_aliases = {row["ref"]: row["invoice"] for row in self._aliases.few()}
        return self._known_aliases

    # -- counterparties --------------------------------------------------------------------------

    def prefetch_parties(self, keys: Iterable[str]) -> None:
        """Counterparties of several keys will be asked for."""
        self._parties.load(keys)

    def party(self, key: str) -> tuple[str, Party] | None:
        """The CRM's counterparty of a key: its ref in the state, and as the CRM names it."""
        row = self._parties.get(key=key)
        if row is None or row["ref"] is None:
            return None
        return row["ref"], decode_party(row["record"])

    def learn_party(self, key: str, ref: str, party: Party, exact: bool) -> None:
        """BP may name a counterparty by this key; one that two have names nobody."""
        row = self._parties.get(key=key)
        known = None if row is None else (row["ref"], row["record"])
        shared = known is not None and known[0] != ref and not exact
        now = (None, None) if shared else (ref, encode(party))
        if known != now:
            self._parties.put(key=key, ref=now[0], record=now[1])


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def _operation(row: Any) -> Operation:
    return Operation(
        ref=row["ref"],
        element=row["element"],
        record=decode_book_operation(row["record"]),
        digest=row["digest"],
        live=row["live"],
        line=row["line"],
        facts=_facts(row["facts"]),
        via=_texts(row["via"]),
        elsewhere=row["elsewhere"],
        shares={key: Decimal(sum) for key, sum in _texts(row["shares"]).items()},
    )
