"""Versions of objects: the current one, what each side holds or was told, and what is due (R2)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection

from converter.mapping.content import private
from converter.objects import Invoice
from converter.state import departures, tables
from converter.state.bases import SIDES
from converter.state.codec import CONTRACT, COUNTERPARTY, INVOICE, decode, encode
from converter.state.memory import REMEMBERED, memory_of
from converter.state.numbers import Numbered, Numbers, numbered
from converter.state.rows import Rows

#: the mark of what is deleted
DELETED = "-"


class Version(NamedTuple):
    """A version of an object. ``mark`` names what both sides share, ``full`` all that BP is told.

    ``record`` is None where the object is deleted, or where a side made it up and its contents do
    not matter. ``number`` is that of the message which said it, 0 for what a side holds.
    """

    mark: str
    full: str
    record: Any | None
    number: int = 0

    @property
    def deleted(self) -> bool:
        return self.mark == DELETED

    @property
    def doubted(self) -> bool:
        """Whether a restored base has not said yet which version it holds."""
        return self.mark == UNKNOWN


GONE = Version(DELETED, DELETED, None)
#: the mark of what a restored base holds, until it says so; of what BP holds not all for certain,
#: the `Version.full`
UNKNOWN = "?"
#: what is made from invoices that name it, where the CRM does not send it
_CARDS = (COUNTERPARTY, CONTRACT)
#: of more it pays to ask whether they are the whole queue
_FEW = 50


class Turns(NamedTuple):
    """How an object has gone back and forth: its mark before this one, and how often."""

    before: str | None
    times: int


class Due(NamedTuple):
    """An object in a side's queue; ``number`` 0: its version never left."""

    kind: str
    ref: str
    number: int
    deleted: bool


class _Said(NamedTuple):
    """What a side holds or was told of an object. ``stands``: its record is that of the version that
    stands, and is kept only there."""

    version: Version
    stands: bool


class Versions:
    """The versions of one link's objects."""

    def __init__(self, connection: Connection, link: str) -> None:
        self._memory = memory_of(connection)
        self._link = link
        self._said: dict[tuple[str, str, str], dict[int, _Said]] = {}
        self._objects = Rows(connection, tables.object_, link=link)
        self._numbers = Numbers(connection, link)
        #: versions that stand, and what never stood (None); nobody else changes those meanwhile
        self._standing: dict[tuple[str, str], Version | None] = {}
        self._former = Rows(connection, tables.former, link=link)
        self._holdings = Rows(connection, tables.holding, link=link)
        self._queue = Rows(connection, tables.queue, link=link)

    # -- the current version ---------------------------------------------------------------------

    def current(self, kind: str, ref: str) -> Version | None:
        """The version that stands; None for an object never heard of."""
        key = kind, ref
        if key not in self._standing:
            row = self._objects.get(kind=kind, ref=ref)
            self._remember(key, None if row is None else _version(kind, row))
        return self._standing[key]

    def prefetch(self, kind: str, refs: Iterable[str]) -> None:
        """The current versions of many objects will be asked for."""
        standing = self._standing
        self._objects.load([ref for ref in refs if (kind, ref) not in standing], kind=kind)

    def _remember(self, key: tuple[str, str], version: Version | None) -> None:
        if len(self._standing) >= REMEMBERED:
            self._standing.clear()
        self._standing[key] = version

    def turns(self, kind: str, ref: str) -> Turns:
        """How often an object has gone back and forth between two versions."""
        row = self._objects.get(kind=kind, ref=ref)
        return Turns(None, 0) if row is None else Turns(row["before"], row["turns"])

    def set_current(
        self,
        kind: str,
        ref: str,
        version: Version,
        turns: Turns = Turns(None, 0),  # noqa: B008 - a value
    ) -> None:
        """Another version stands from now on."""
        before = self.current(kind, ref)
        if before is None:
            self._told_nobody(kind, ref)
        elif before.record is not None:
            self._keep_apart(kind, ref)
        self._objects.put(
            kind=kind,
            ref=ref,
            **_columns(version),
            before=turns.before,
            turns=turns.times,
            named=self.named(kind, ref) if kind in _CARDS and before is not None else None,
        )
        self._remember((kind, ref), version)
        self._numbers.follow(ref, None if before is None else before.record, version.record)

    def named(self, kind: str, ref: str) -> str | None:
        """Of a card that was made from the CRM's invoices, the mark of what they said of it last."""
        row = self._objects.get(kind=kind, ref=ref)
        named: str | None = None if row is None else row["named"]
        return named

    def name(self, kind: str, ref: str, named: str | None) -> None:
        """The CRM's invoices say this of a card that stands; None: the CRM sent it itself."""
        row = self._objects.get(kind=kind, ref=ref)
        assert row is not None
        if row["named"] != named:
            self._objects.put(**{**row, "named": named})

    # -- invoices by number ----------------------------------------------------------------------

    def by_number(self, number: str, date: datetime) -> list[tuple[str, Invoice]]:
        """The invoices of that number and moment which are not deleted, by ref."""
        found = []
        for ref in self._numbers.refs(number, date):
            current = self.current(INVOICE, ref)
            record = None if current is None else current.record
            if isinstance(record, Invoice) and numbered(record) == (number, date):
                found.append((ref, record))
        return found

    def prefetch_numbers(self, numbers: Iterable[Numbered]) -> None:
        """The invoices of many numbers and moments will be asked for."""
        self._numbers.prefetch(numbers)

    def gone_by_number(self, number: str, date: datetime) -> list[tuple[str, Invoice]]:
        """The deleted invoices of that number and moment, as they stood last, by ref."""
        found = []
        for ref in self._numbers.refs(number, date):
            current = self.current(INVOICE, ref)
            if current is None or not current.deleted:
                continue
            former = (each.record for each in self.former(INVOICE, ref))
            last = next((each for each in former if isinstance(each, Invoice)), None)
            if last is not None:
                found.append((ref, last))
        return found

    # -- former versions -------------------------------------------------------------------------

    def supersede(self, kind: str, ref: str, version: Version, until: datetime) -> None:
        """A shared object had this version, and has another now."""
        self._former.put(
            kind=kind,
            ref=ref,
            **_columns(version),
            until=until,
        )

    def former(self, kind: str, ref: str) -> list[Version]:
        """The versions that a shared object had before the one that stands, newest first."""
        rows = sorted(
            self._former.all(kind=kind, ref=ref), key=lambda row: row["until"], reverse=True
        )
        return [_version(kind, row) for row in rows]

    # -- what a side holds -----------------------------------------------------------------------

    def known(self, side: str, kind: str, ref: str) -> Version | None:
        """The version that a side sent last or is known to have read."""
        said = self._of(side, kind, ref).get(0)
        return None if said is None else said.version

    def told(self, side: str, kind: str, ref: str) -> Version | None:
        """The version that a side was told last, on the way still or known."""
        said = self._of(side, kind, ref)
        return said[max(said)].version if said else None

    def _of(self, side: str, kind: str, ref: str) -> dict[int, _Said]:
        """What a side was told of an object, by message number."""
        said = self._said.get((side, kind, ref))
        if said is None:
            current = self.current(kind, ref)
            if current is None:
                self._told_nobody(kind, ref)
                return self._said[side, kind, ref]
            rows = self._holdings.all(side=side, kind=kind, ref=ref)
            said = {row["number"]: _said(kind, row, current) for row in rows}
            self._make_room()
            self._said[side, kind, ref] = said
        return said

    def _told_nobody(self, kind: str, ref: str) -> None:
        """An object that never stood is held by no side, but for what was just said of it."""
        keys = [(side, kind, ref) for side in SIDES]
        if not any(key in self._said for key in keys):
            self._make_room()
        for key in keys:
            self._said.setdefault(key, {})

    def _make_room(self) -> None:
        if len(self._said) >= REMEMBERED:
            self._said.clear()

    def hold(self, side: str, kind: str, ref: str, version: Version, number: int = 0) -> None:
        """A side holds a version, or is told it by a message."""
        current = self.current(kind, ref)
        stands = current is not None and _same_record(version, current)
        self._say(side, kind, ref, _Said(version._replace(number=number), stands))

    def _say(self, side: str, kind: str, ref: str, said: _Said) -> None:
        version, stands = said
        self._of(side, kind, ref)[version.number] = said
        columns = _columns(version._replace(record=None) if stands else version)
        self._holdings.put(
            side=side, kind=kind, ref=ref, number=version.number, **columns, stands=stands
        )

    def _keep_apart(self, kind: str, ref: str) -> None:
        """Another version is to stand: whoever holds the one before keeps it for itself."""
        for side in SIDES:
            for said in list(self._of(side, kind, ref).values()):
                if said.stands:
                    self._say(side, kind, ref, said._replace(stands=False))

    def forget(self, kind: str, ref: str) -> None:
        """An object of which no side holds anything any more, nor is to."""
        for side in SIDES:
            for number in list(self._of(side, kind, ref)):
                self._holdings.drop(side=side, kind=kind, ref=ref, number=number)
            self._said.pop((side, kind, ref), None)
            self._queue.drop(side=side, kind=kind, ref=ref)
        self._objects.drop(kind=kind, ref=ref)
        self._standing.pop((kind, ref), None)

    def doubt_side(self, side: str) -> None:
        """Of what a side holds it is not known any more which version that is (R8)."""
        self._memory.do(departures.DOUBTED, _link=self._link, _side=side, unknown=UNKNOWN)
        self._queue.drop(side=side)
        self._said.clear()

    def names(self) -> list[tuple[str, str]]:
        """Every object, by kind and ref."""
        return [(kind, ref) for kind, ref in self._memory.run(departures.NAMES, link=self._link)]

    # -- the queue -------------------------------------------------------------------------------

    def refresh(self, side: str, kind: str, ref: str) -> None:
        """Put an object into a side's queue, or take it out: it is due while the side is not known
        to hold the current version, unless it never heard of an object that is deleted."""
        current = self.current(kind, ref)
        told = self.told(side, kind, ref)
        if current is None or (current.deleted and told is None):
            self._queue.drop(side=side, kind=kind, ref=ref)
            return
        same = told is not None and _says(told, current, side)
        if told is not None and same and told.number == 0:
            self._queue.drop(side=side, kind=kind, ref=ref)
            return
        number = told.number if told is not None and same else 0
        self._queue.put(side=side, kind=kind, ref=ref, number=number)

    def unqueue(self, side: str, kind: str, ref: str) -> None:
        """A side does not want an object: it is not due to it."""
        self._queue.drop(side=side, kind=kind, ref=ref)

    def due(self, side: str) -> list[Due]:
        """A side's queue."""
        found = self._memory.run(departures.DUE, link=self._link, side=side)
        return [Due(kind, ref, number, mark == DELETED) for kind, ref, number, mark in found]

    def left(self, side: str, objects: Iterable[tuple[str, str]], number: int) -> None:
        """These objects of the queue leave under a number, as they stand now."""
        objects = list(objects)
        if len(objects) > _FEW and self._are_all(side, len(objects)):
            self._memory.do(departures.ALL_LEAVE, _link=self._link, _side=side, now=number)
        else:
            for kind, ref in objects:
                self._queue.put(side=side, kind=kind, ref=ref, number=number)
        self._memory.do(departures.LEFT, link=self._link, side=side, number=number)
        self._said.clear()

    def _are_all(self, side: str, count: int) -> bool:
        """Whether a side's queue is so long, and all of it leaves."""
        [(queued,)] = self._memory.run(departures.QUEUED, link=self._link, side=side)
        return bool(queued == count)

    def settle(self, side: str, number: int) -> None:
        """A side has read everything up to a number (R2): it holds what the last of it said."""
        for change in (departures.REPLACED, departures.READ, departures.ARRIVED):
            self._memory.do(change, _link=self._link, _side=side, until=number)
        self._said.clear()


def _says(told: Version, current: Version, side: str) -> bool:
    """Whether what a side was told is all that it gets of a version: the CRM all, BP not quite."""
    if side == "bp":
        return told.full == current.full
    return told.mark == current.mark and private(told.record) == private(current.record)


def _columns(version: Version) -> dict[str, Any]:
    """A version as every table keeps it; `_version` is the way back."""
    data = None if version.record is None else encode(version.record)
    return {"mark": version.mark, "full": version.full, "record": data}


def _version(kind: str, row: Any) -> Version:
    data = row["record"]
    return Version(row["mark"], row["full"], None if data is None else decode(kind, data))


def _said(kind: str, row: Any, current: Version) -> _Said:
    """What a row of what a side holds says, where ``current`` stands."""
    stands = row["stands"]
    version = _version(kind, row)
    record = current.record if stands else version.record
    return _Said(version._replace(record=record, number=row["number"]), stands)


def _same_record(one: Version, other: Version) -> bool:
    if one.record is None or one.full != other.full:
        return False
    return one.record is other.record or bool(one.record == other.record)
