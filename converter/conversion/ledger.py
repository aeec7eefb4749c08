"""What a one-off conversion knows of invoices, operations and counterparties."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from converter.conversion.companions import party_keys
from converter.conversion.scratch import Scratch
from converter.mapping.links import Invoiced, InvoiceFacts, recognise
from converter.objects import BookOperation, DocKey, Invoice, Party, ref_of

_TABLES = """
CREATE TABLE invoice (ref TEXT PRIMARY KEY, number TEXT, date TEXT, facts BLOB, last BLOB) WITHOUT ROWID;
CREATE INDEX invoice_number ON invoice (number, date);
CREATE TABLE operation (ref TEXT PRIMARY KEY, facts BLOB) WITHOUT ROWID;
CREATE TABLE party (key TEXT PRIMARY KEY, ref TEXT, party BLOB) WITHOUT ROWID;
CREATE TABLE waiting (target TEXT, id INTEGER);
CREATE INDEX waiting_target ON waiting (target);
CREATE INDEX waiting_id ON waiting (id);
CREATE TABLE postponed (id INTEGER PRIMARY KEY, ref TEXT, operation BLOB);
CREATE INDEX postponed_ref ON postponed (ref);
"""

_encode = msgspec.msgpack.Encoder().encode
_facts = msgspec.msgpack.Decoder(InvoiceFacts).decode
_invoiced = msgspec.msgpack.Decoder(Invoiced).decode
_invoice = msgspec.msgpack.Decoder(Invoice).decode
_party = msgspec.msgpack.Decoder(Party).decode


class Postponed(msgspec.Struct, frozen=True, gc=False):
    """An operation that waits for the rest of the message, with its place in the file."""

    element: str
    line: int
    operation: BookOperation


_postponed = msgspec.msgpack.Decoder(Postponed).decode


class MessageLedger(Scratch):
    """Invoices, operations and parties met so far.

    With ``known`` set only the invoices learnt as the CRM's exist; without it any invoice that
    an operation points at is taken for one (SPEC §7, `convert`).
    """

    def __init__(self, known: bool) -> None:
        self.known = known
        self.open = not known
        super().__init__(_TABLES)
        self._waiting = 0

    # -- invoices --------------------------------------------------------------------------------

    def learn_invoice(self, invoice: Invoice, last: bool) -> None:
        """Remember an invoice; with ``last`` whole, as the CRM's last version of it."""
        facts = InvoiceFacts(invoice.key, invoice.currency.code, invoice.party, invoice.interest)
        key = invoice.key
        if key.ref is not None:
            self.execute(
                "INSERT OR REPLACE INTO invoice VALUES (?, ?, ?, ?, ?)",
                (
                    key.ref.lower(),
                    key.number.strip(),
                    key.date.isoformat(),
                    _encode(facts),
                    _encode(invoice) if last else None,
                ),
            )

    def last_version(self, pointer: DocKey, party: Party | None) -> Invoice | None:
        """The CRM's last version of the invoice that a key means; None where it has none."""
        facts = recognise(pointer, party, self._by_ref, self._by_number)
        if facts is None or facts.key.ref is None:
            return None
        row = self.execute(
            "SELECT last FROM invoice WHERE ref = ?", (facts.key.ref.lower(),)
        ).fetchone()
        return _invoice(row[0]) if row and row[0] is not None else None

    def invoice(self, pointer: DocKey, party: Party | None) -> InvoiceFacts | None:
        """See `converter.mapping.links.LinkLedger`."""
        if self.known or pointer.ref is None:
            return recognise(pointer, party, self._by_ref, self._by_number)
        return self._by_ref(pointer.ref.lower()) or InvoiceFacts(pointer)

    def touches(self, ref: str) -> bool:
        """Whether a GUID is that of a known invoice, or of an operation that has one."""
        facts = self.execute("SELECT facts FROM operation WHERE ref = ?", (ref.lower(),)).fetchone()
        return self.has_invoice(ref) or bool(facts and _invoiced(facts[0]).facts)

    def has_invoice(self, ref: str) -> bool:
        """Whether an invoice of this GUID is known."""
        return self._by_ref(ref.lower()) is not None

    def _by_ref(self, ref: str) -> InvoiceFacts | None:
        row = self.execute("SELECT facts FROM invoice WHERE ref = ?", (ref,)).fetchone()
        return _facts(row[0]) if row else None

    def _by_number(self, key: DocKey) -> list[InvoiceFacts]:
        rows = self.execute(
            "SELECT facts FROM invoice WHERE number = ? AND date = ?",
            (key.number.strip(), key.date.isoformat()),
        )
        return [_facts(row[0]) for row in rows]

    # -- operations ------------------------------------------------------------------------------

    def learn_operation(self, key: DocKey, found: Invoiced) -> None:
        """Remember the invoices of an operation; none is worth knowing too."""
        if key.ref is not None:
            self.execute(
                "INSERT OR REPLACE INTO operation VALUES (?, ?)", (key.ref.lower(), _encode(found))
            )

    def operation(self, pointer: DocKey) -> Invoiced | None:
        """See `converter.mapping.links.LinkLedger`."""
        if pointer.ref is None:
            return None
        row = self.execute(
            "SELECT facts FROM operation WHERE ref = ?", (pointer.ref.lower(),)
        ).fetchone()
        return _invoiced(row[0]) if row else None

    def postpone(self, waiting: Postponed, targets: frozenset[str]) -> None:
        """Keep an operation until one of the operations it waits for is known, or to the end."""
        ref = ref_of(waiting.operation.key)
        cursor = self.execute(
            "INSERT INTO postponed (ref, operation) VALUES (?, ?)", (ref, _encode(waiting))
        )
        for target in targets:
            self.execute("INSERT INTO waiting VALUES (?, ?)", (target, cursor.lastrowid))
        self._waiting += 1

    def forget_postponed(self, ref: str | None) -> None:
        """A later version or a deletion of an operation has come: the kept one is void."""
        if self._waiting and ref:
            rows = self.execute("SELECT id FROM postponed WHERE ref = ?", (ref.lower(),)).fetchall()
            for (number,) in rows:
                self._take(number)

    def is_postponed(self, ref: str) -> bool:
        """Whether an operation of this GUID is being kept."""
        found = self.execute("SELECT 1 FROM postponed WHERE ref = ? AND ref <> ''", (ref,))
        return found.fetchone() is not None

    def woken(self, ref: str | None) -> list[Postponed]:
        """The operations that waited for this one; they are no longer kept."""
        if not self._waiting or ref is None:
            return []
        rows = self.execute(
            "SELECT DISTINCT id FROM waiting WHERE target = ? ORDER BY id", (ref.lower(),)
        ).fetchall()
        return [each for (number,) in rows if (each := self._take(number)) is not None]

    def ready(self) -> Iterator[Postponed]:
        """The kept operations that wait for none that is kept itself; they are no longer kept."""
        rows = self.execute(
            "SELECT id FROM postponed WHERE id NOT IN"
            " (SELECT waiting.id FROM waiting JOIN postponed ON postponed.ref = waiting.target"
            " WHERE waiting.target <> '') ORDER BY id"
        ).fetchall()
        for (number,) in rows:
            each = self._take(number)
            if each is not None:
                yield each

    def remaining(self) -> Iterator[Postponed]:
        """The kept operations one by one, in the order in which they came."""
        while self._waiting:
            each = self._take(self.execute("SELECT min(id) FROM postponed").fetchone()[0])
            if each is not None:
                yield each

    def _take(self, number: int) -> Postponed | None:
        row = self.execute("SELECT operation FROM postponed WHERE id = ?", (number,)).fetchone()
        if row is None:
            return None
        self.execute("DELETE FROM postponed WHERE id = ?", (number,))
        self.execute("DELETE FROM waiting WHERE id = ?", (number,))
        self._waiting -= 1
        return _postponed(row[0])

    # -- counterparties --------------------------------------------------------------------------

    def learn_party(self, party: Party) -> None:
        """Remember a counterparty of the CRM's, by every key that BP may name it by.

        Two that share a key without a GUID are told apart by GUID only.
        """
        data = _encode(party)
        for key in party_keys(party):
            self.execute(
                "INSERT INTO party VALUES (?1, ?2, ?3) ON CONFLICT (key) DO UPDATE SET"
                " party = CASE WHEN ref IS excluded.ref THEN excluded.party END",
                (key, (party.ref or "").lower(), data),
            )

    def known_party(self, party: Party) -> Party | None:
        """The CRM's counterparty that BP means: by GUID, else by ИНН and КПП, else by name."""
        for key in party_keys(party):
            row = self.execute("SELECT party FROM party WHERE key = ?", (key,)).fetchone()
            if row is not None and row[0] is not None:
                return _party(row[0])
        return None

    def has_party(self, ref: str) -> bool:
        """Whether a counterparty of this GUID is known."""
        return bool(self.execute("SELECT 1 FROM party WHERE key = ?", (ref.lower(),)).fetchone())
