"""What goes to BP beside the invoices of a message, and what must not go twice (SPEC §3, §5).

A counterparty or a contract is made from the last invoice that names it, since that says what it
is called now; where the message has it as an object of its own, that one stands and the one that was
made is dropped.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from converter.conversion.scratch import Scratch
from converter.conversion.spool import Spool
from converter.formats import Dialect
from converter.mapping.rules import judge
from converter.objects import Contract, DocKey, Invoice, Party, ref_of
from converter.problems import Problem
from converter.problems import catalogue as say

_TABLES = """
CREATE TABLE sent (key TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE made (key TEXT PRIMARY KEY, said BLOB, rank INTEGER, line INTEGER, start INTEGER, size INTEGER)
  WITHOUT ROWID;
CREATE TABLE number (number TEXT PRIMARY KEY, ref TEXT) WITHOUT ROWID;
CREATE UNIQUE INDEX number_ref ON number (ref);
"""

#: keys remembered without asking the database
REMEMBERED = 4096

_encode = msgspec.msgpack.Encoder().encode


class Companions(Scratch):
    """Remembers what was sent and made. Texts of what was made lie beside the database."""

    def __init__(self) -> None:
        super().__init__(_TABLES)
        self._texts = Spool()
        self._end = 0
        self._known: dict[str, Party | Contract] = {}

    def __exit__(self, *error: object) -> None:
        self._texts.close()
        super().__exit__(*error)

    def mark_sent(self, key: str) -> None:
        """An object stands in the message itself: none is made for it."""
        self.execute("INSERT OR IGNORE INTO sent VALUES (?)", (key,))

    def is_new(self, key: str, said: Party | Contract) -> bool:
        """Whether nothing has been sent under this key, nor made of the same words."""
        if self._known.get(key) == said:
            return False
        found = self.execute(
            "SELECT said FROM made WHERE key = ?1 UNION ALL SELECT NULL FROM sent WHERE key = ?1",
            (key,),
        ).fetchall()
        if len(self._known) >= REMEMBERED:
            self._known.clear()
        self._known[key] = said
        return not found or ((None,) not in found and found != [(_encode(said),)])

    def keep(self, rank: int, key: str, said: Party | Contract, line: int, text: str) -> None:
        """Keep the text of an object that was made, in place of one that was made before; lower ranks
        come out first."""
        data = text.encode()
        values = (key, _encode(said), rank, line, self._end, len(data))
        self.execute("INSERT OR REPLACE INTO made VALUES (?, ?, ?, ?, ?, ?)", values)
        self._texts.write(data)
        self._end += len(data)

    def made(self) -> Iterator[tuple[int, int, str]]:
        """Rank, line and text of what was made and did not come by itself after all."""
        rows = self.execute(
            "SELECT rank, line, start, size FROM made WHERE key NOT IN (SELECT key FROM sent)"
            " ORDER BY rank, start"
        )
        for rank, line, start, size in rows:
            yield rank, line, self._texts.piece(start, size).decode()

    def judge(self, record: Any, towards: Dialect | None) -> list[Problem]:
        """Everything wrong with an object of the message; a good invoice claims its number."""
        problems = judge(record, towards)
        if not isinstance(record, Invoice) or any(problem.holds for problem in problems):
            return problems
        key = record.key
        other = self._claim(key)
        if other is not None:
            date = key.date.isoformat(" ")
            problems.append(
                say.NUMBER_TAKEN(
                    "КлючевыеСвойства/Номер", number=key.number, date=date, other=other
                )
            )
        return problems

    def _claim(self, key: DocKey) -> str | None:
        """Another invoice with the same number and date, which BP would take for this one."""
        number = f"{key.date.isoformat()} {key.number}"
        ref = ref_of(key)
        if self._enter(number, ref):
            return None
        self.execute("DELETE FROM number WHERE ref = ? AND number <> ?", (ref, number))
        if self._enter(number, ref):
            return None
        other = self.execute("SELECT ref FROM number WHERE number = ?", (number,)).fetchone()[0]
        return None if other == ref else str(other)

    def _enter(self, number: str, ref: str) -> bool:
        """Note an invoice's number; not where the number, or the invoice, is there already."""
        entered = self.execute("INSERT OR IGNORE INTO number VALUES (?, ?)", (number, ref))
        return entered.rowcount > 0


def party_key(party: Party) -> str:
    """What tells one counterparty from another: GUID, else ИНН and КПП, else the name."""
    if party.ref:
        return party.ref.lower()
    return f"{party.inn}/{party.kpp or ''}" if party.inn else f"/{party.name}"


def party_keys(party: Party) -> tuple[str, ...]:
    """Every key that an invoice may name a counterparty by."""
    nameless = Party(None, party.name, None, party.inn, party.kpp, party.kind)
    return (party_key(party), party_key(nameless))


def contract_key(invoice: Invoice, contract: Contract) -> str:
    """What tells one contract from another: its GUID, else all that BP searches it by."""
    if contract.ref:
        return contract.ref.lower()
    organisation = invoice.key.organisation
    seller = organisation.ref or f"{organisation.inn}/{organisation.kpp}/{organisation.name}"
    parts = (seller, party_key(invoice.party), invoice.currency.code, contract.number)
    return "|".join(str(part) for part in (*parts, contract.name, contract.date)).lower()
