"""The two bases of a link: their counters and what they said of themselves (SPEC §4)."""

from __future__ import annotations

import json
from datetime import datetime

from msgspec import Struct
from msgspec.structs import asdict, replace
from sqlalchemy import Connection

from converter.problems import Problem
from converter.problems.keeping import as_text, from_text
from converter.state import tables
from converter.state.prepared import Row
from converter.state.rows import Rows, as_struct

SIDES = ("crm", "bp")
OTHER = {"crm": "bp", "bp": "crm"}


class Base(Struct, frozen=True):
    """One base of a link as the state knows it; the fields are the columns of `tables.base`."""

    side: str
    guid: str
    sent: int = 0
    received: int = 0
    acknowledged: int = 0
    owed: bool = False
    created: datetime | None = None
    alarm: str | None = None
    versions: str | None = None
    types: str | None = None
    peer: str | None = None
    prefix: str | None = None
    plan: str | None = None
    version: str | None = None
    form: str | None = None
    inner: str | None = None
    greeted: datetime | None = None
    greeting: str | None = None
    behind: datetime | None = None
    shown: str | None = None
    name: str | None = None
    stamp: str | None = None
    again: int = 0
    life: int = 0
    restored: datetime | None = None
    agreed: bool = False

    @property
    def reason(self) -> Problem | None:
        """Why the base is left alone, where it is."""
        return None if self.alarm is None else from_text(self.alarm)

    @property
    def formats(self) -> tuple[str, ...]:
        """The versions that the base said it has."""
        return tuple(json.loads(self.versions)) if self.versions else ()


def in_alarm(base: Base, problem: Problem) -> Base:
    """The base with an alarm."""
    return replace(base, alarm=as_text(problem))


class Link(Struct, frozen=True):
    """A link as the state knows it: the running number of its archive, and what was rejected."""

    passes: int
    rejected: int
    begun: datetime


class TakenMessage(Struct, frozen=True):
    """A message that was taken."""

    number: int
    digest: str
    created: datetime
    taken: datetime
    objects: int


class Bases:
    """The rows of one link and its two bases, and the messages taken."""

    def __init__(self, connection: Connection, link: str) -> None:
        self._links = Rows(connection, tables.link, link=link)
        self._bases = Rows(connection, tables.base, link=link)
        self._known: dict[str, tuple[Row, Base]] = {}  # each made of just that row
        self._incoming = Rows(connection, tables.incoming, link=link)

    def link(self) -> Link | None:
        """The link; None where the state has never heard of it."""
        row = self._links.get()
        return None if row is None else as_struct(Link, row)

    def set_link(self, link: Link) -> None:
        """Keep the link's row."""
        self._links.put(**asdict(link))

    def advance(self, number: int) -> None:
        """The archive has come to this number."""
        link = self.link()
        assert link is not None
        self.set_link(replace(link, passes=number))

    def base(self, side: str) -> Base:
        """One base. It must be there: `set_base` makes it when the link begins."""
        row = self._bases.get(side=side)
        assert row is not None, "a link begins with both bases"
        known = self._known.get(side)
        if known is None or known[0] is not row:
            known = self._known[side] = (row, as_struct(Base, row))
        return known[1]

    def set_base(self, base: Base) -> None:
        """Keep a base's row."""
        self._bases.put(**asdict(base))

    def incoming(self, base: Base, number: int) -> TakenMessage | None:
        """The message of that number that was taken from a base in its present life."""
        row = self._incoming.get(side=base.side, life=base.life, number=number)
        return None if row is None else as_struct(TakenMessage, row)

    def add_incoming(self, base: Base, message: TakenMessage) -> None:
        """A message has been taken."""
        self._incoming.put(side=base.side, life=base.life, **asdict(message))
