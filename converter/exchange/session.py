"""One transaction on a link: what is known, what time it is, and what is found out on the way."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import islice
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import Connection

from converter.conversion.intake import Place
from converter.envelope.header import ObjectType
from converter.exchange.report import Report
from converter.formats import Dialect, bp, enterprise_data
from converter.mapping.content import marks
from converter.mapping.crm import PLAIN, CrmFormat, EnterpriseCrm
from converter.problems import Problem, Severity
from converter.settings import Crm, Link
from converter.state import codec
from converter.state.bases import Base, Bases
from converter.state.book import Book
from converter.state.files import Rejections
from converter.state.held import HeldObjects
from converter.state.journal import Journal
from converter.state.memory import memory_of
from converter.state.outbox import Outbox
from converter.state.unlinked import Unlinked
from converter.state.versions import Version, Versions

#: so many objects are asked for at once: with what hangs on them no more than is remembered
MANY = 200
Thing = TypeVar("Thing")


class Noted(NamedTuple):
    """A document that is told and not counted: what would be told of it, and every GUID that it names."""

    file: str
    name: str
    problem: Problem
    refs: tuple[str, ...]


class Session:
    """What a pass of one link works with. Everything it changes belongs to one transaction.

    ``operations`` and ``invoices`` are the refs of what must be judged, and counted, again;
    ``waking`` are invoices that changed, each with the names by which operations may point at it,
    and ``pointing`` what operations point at now and did before: see `converter.exchange.waking`;
    ``corrections`` are those whose links must be judged first: see `converter.exchange.corrections`;
    ``named`` are the operations that the message being taken names; ``greeted`` are the sides that
    get a greeting of ours in this pass, which must be seen before data take its place.
    """

    def __init__(
        self, connection: Connection, link: Link, now: datetime, number: int, report: Report
    ) -> None:
        self.connection = connection
        self.link = link
        self.now = now
        self.number = number
        self.report = report
        self.bases = Bases(connection, link.name)
        self.versions = Versions(connection, link.name)
        self.book = Book(connection, link.name)
        self.held = HeldObjects(connection, link.name)
        self.unlinked = Unlinked(connection, link.name)
        self.journal = Journal(connection, link.name, now, number)
        self.rejections = Rejections(connection, link.name)
        self.operations: dict[str, None] = {}
        self.invoices: dict[str, None] = {}
        self.waking: dict[str, dict[str, None]] = {}
        self.pointing: dict[str, tuple[set[str], set[str]]] = {}
        self.corrections: list[Noted] = []
        self.named: set[str] = set()
        self.greeted: set[str] = set()
        self.changed = False
        self._crm: tuple[str | None, CrmFormat] | None = None

    def base(self, side: str) -> Base:
        """A base's row."""
        return self.bases.base(side)

    def set_base(self, base: Base) -> None:
        """Keep a base's row."""
        self.bases.set_base(base)
        self.changed = True

    def outbox(self, side: str) -> Outbox:
        """The messages written to a side."""
        return Outbox(self.connection, self.link.name, side)

    def code(self, side: str) -> str:
        """A side's node code."""
        return self.link.of(side).code

    # -- telling ---------------------------------------------------------------------------------

    def tell(self, problem: Problem, side: str, kind: str = "", ref: str = "") -> None:
        """A problem of this pass, for people now and in the journal for later."""
        self.report.tell(problem)
        if problem.kind.severity is Severity.WARN:
            self.journal.problem("warning", problem, side, kind, ref)

    def tell_at(
        self, problems: list[Problem], place: Place, side: str, key: tuple[str, str]
    ) -> None:
        """Problems of one object."""
        for problem in problems:
            self.tell(place.of(problem), side, *key)

    # -- versions --------------------------------------------------------------------------------

    def dialect_of(self, side: str) -> Dialect | None:
        """What a side is written to in; None while there is no version for BP (SPEC §2)."""
        return self.crm.dialect if side == "crm" else self.dialect()

    @property
    def crm(self) -> CrmFormat:
        """How the CRM speaks, and what it said it wants."""
        if self.link.crm.format == "crm":
            return PLAIN
        types = self.base("crm").types
        if self._crm is None or self._crm[0] != types:
            self._crm = (types, crm_format(self.link.crm, types))
        return self._crm[1]

    def dialect(self) -> Dialect | None:
        """The version in which BP is written to; None while there is none (SPEC §2)."""
        return dialect_towards_bp(self.link.bp.version, self.base("bp"))

    def change(self, kind: str, ref: str) -> None:
        """An object stands anew: the queues of those that are given it follow."""
        self.changed = True
        for side in receivers(kind, self.crm.enterprise):
            self.queue(side, kind, ref)

    def queue(self, side: str, kind: str, ref: str) -> None:
        """A side's queue follows an object; nothing goes to a CRM that it does not want."""
        if (
            side == "crm"
            and self.crm.enterprise
            and not self.crm.names(kind, self._record(kind, ref))
        ):
            self.versions.unqueue(side, kind, ref)
        else:
            self.versions.refresh(side, kind, ref)

    def _record(self, kind: str, ref: str) -> Any:
        """An object as it stands, or, where it is deleted, as the CRM knows it."""
        current = self.versions.current(kind, ref)
        if current is None or current.record is None:
            current = self.versions.told("crm", kind, ref)
        return None if current is None else current.record

    def judge_again(self, *operations: str) -> None:
        """Something changed for these operations: links and what the CRM is given follow."""
        self.changed = True
        self.operations.update(dict.fromkeys(operations))

    def count_again(self, *invoices: str) -> None:
        """Something changed for these invoices: their states follow."""
        self.changed = True
        self.invoices.update(dict.fromkeys(invoices))

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """A part that is undone as a whole where it raises."""
        told, operations, invoices = self.report.mark(), dict(self.operations), dict(self.invoices)
        waking = {ref: dict(names) for ref, names in self.waking.items()}
        pointing, noted = dict(self.pointing), len(self.corrections)
        try:
            with memory_of(self.connection).attempt():
                yield
        except BaseException:
            self.versions = Versions(self.connection, self.link.name)
            self.book = Book(self.connection, self.link.name)
            self.held = HeldObjects(self.connection, self.link.name)
            self.unlinked = Unlinked(self.connection, self.link.name)
            self.report.back_to(told)
            self.operations, self.invoices = operations, invoices
            self.waking, self.pointing = waking, pointing
            del self.corrections[noted:]
            raise


def crm_format(settings: Crm, types: str | None = None) -> CrmFormat:
    """How a CRM speaks by the settings; ``types`` is what it said of object types, as JSON."""
    if settings.format == "crm":
        return PLAIN
    wanted = None
    if types is not None:
        said = (ObjectType(*each) for each in json.loads(types))
        wanted = frozenset(each.name for each in said if _received(each, settings.version))
    return EnterpriseCrm(settings.version, settings.invoice, wanted)


def _received(each: ObjectType, version: str) -> bool:
    named = [name.strip() for name in each.receiving.split(",")]
    return "*" in named or version in named


def receivers(kind: str, enterprise: bool = False) -> tuple[str, ...]:
    """Which sides are given objects of a kind (SPEC §1); contracts only a CRM that has them."""
    if kind in (codec.INVOICE, codec.COUNTERPARTY) or (enterprise and kind == codec.CONTRACT):
        return ("crm", "bp")
    return ("bp",) if kind == codec.CONTRACT else ("crm",)


def many(things: Iterable[Thing]) -> Iterator[list[Thing]]:
    """Things in lists of a length that is asked for at once."""
    left = iter(things)
    while some := list(islice(left, MANY)):
        yield some


def version_of(record: Any) -> Version:
    """A record as a version."""
    return Version(*marks(record), record)


def foreign(digest: str) -> Version:
    """A version that a side made up: it is only known to differ."""
    return Version(f"?{digest[:22]}", f"?{digest[:22]}", None)


def dialect_towards_bp(setting: str, base: Base) -> Dialect | None:
    """The fixed version, or the highest that both sides have said they know."""
    if setting != "auto":
        return bp(setting)
    common = [version for version in enterprise_data().versions if version in base.formats]
    return bp(common[-1]) if common else None
