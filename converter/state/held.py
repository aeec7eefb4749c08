"""Versions that were refused, each kept whole until it is released or replaced (PROTOCOL R5)."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct
from msgspec.structs import asdict
from sqlalchemy import Connection

from converter.problems import Problem
from converter.problems.keeping import from_texts
from converter.state import tables
from converter.state.rows import Rows, as_struct

#: refused when it was taken; its content cannot be written towards BP; its invoices are not clear
TAKE, WRITE, JUDGE = "take", "write", "judge"


class Held(Struct, frozen=True):
    """A refused version. ``base`` is the mark of what it was made on."""

    side: str
    kind: str
    ref: str
    stage: str
    raw: bytes
    digest: str
    base: str | None
    version: str
    problems: str
    since: datetime

    @property
    def key(self) -> str:
        """What people and programs call it: type and GUID."""
        return f"{self.kind} {self.ref}"

    def blocks(self, side: str) -> bool:
        """Whether nothing new of the object goes to a side: to the one that sent it; where it cannot
        be written, to the other."""
        return (self.side == side) != (self.stage == WRITE)

    def reasons(self) -> list[Problem]:
        """Why it is held."""
        return from_texts(self.problems)


class HeldObjects:
    """The held objects of a link."""

    def __init__(self, connection: Connection, link: str) -> None:
        self._rows = Rows(connection, tables.held, link=link)
        self._keys: set[tuple[str, str, str]] | None = None

    def get(self, side: str, kind: str, ref: str) -> Held | None:
        """What is held of an object from a side."""
        if self._keys is None:  # few are; most questions need no asking
            self._keys = {(row["side"], row["kind"], row["ref"]) for row in self._rows.few()}
        if (side, kind, ref) not in self._keys:
            return None
        row = self._rows.get(side=side, kind=kind, ref=ref)
        return None if row is None else as_struct(Held, row)

    def all(self) -> list[Held]:
        """Everything that is held, oldest first."""
        return sorted(
            (as_struct(Held, row) for row in self._rows.few()), key=lambda each: each.since
        )

    def put(self, held: Held) -> None:
        """Hold a version; one that was held before is replaced."""
        if self._keys is not None:
            self._keys.add((held.side, held.kind, held.ref))
        self._rows.put(**asdict(held))

    def drop(self, side: str, kind: str, ref: str) -> None:
        """No longer held."""
        self._rows.drop(side=side, kind=kind, ref=ref)
