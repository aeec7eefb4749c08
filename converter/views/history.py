"""Two versions of an object out of the journal and the held objects, to be compared (SPEC §7)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, NamedTuple

from lxml import etree
from sqlalchemy import Connection, select

from converter.formats import Dialect, dialect_of
from converter.mapping.catalogues import account_from_bp, counterparty_from_bp, item_from_bp
from converter.mapping.content import with_private
from converter.mapping.invoice import from_bp
from converter.mapping.reading import reader
from converter.objects import AccountCard, Counterparty, Invoice, ItemCard
from converter.state import codec, tables
from converter.state.held import Held, HeldObjects
from converter.state.versions import Versions
from converter.values import Absent, Unreadable
from converter.views.difference import (
    TABLES,
    Difference,
    Fields,
    differences,
    fields_of,
    fields_of_element,
    fields_of_values,
    record_of_kept,
)

_DELETION = "УдалениеОбъекта"
_KINDS = (*codec.RECORDS, _DELETION)
_COMPARED = ("conflict", "dropped")


class Name(NamedTuple):
    """An object of a link."""

    link: str
    kind: str
    ref: str


class Comparison(NamedTuple):
    """Two versions of an object. ``event`` is ``conflict``, ``held`` or ``dropped``.

    A conflict has the CRM's version and BP's, ``winner`` the side whose version stayed; the others
    have the refused version from ``side`` and the one that stands. ``gone`` names a version that is
    a deletion, ``first`` says that no version ever stood. Where ``differences`` is None the refused
    version cannot be laid beside the other: then ``raw`` is all there is.
    """

    name: Name
    event: str
    at: datetime
    side: str
    winner: str | None
    columns: tuple[str, str]
    differences: list[Difference] | None
    gone: frozenset[str] = frozenset()
    first: bool = False
    raw: str = ""

    @property
    def key(self) -> str:
        """What people and programs call the object: type and GUID."""
        return f"{self.name.kind} {self.name.ref}"

    @property
    def says_something(self) -> bool:
        """Whether there is a version to show: of what cannot be written there is none."""
        return self.differences is not None or bool(self.raw)


def find_objects(connection: Connection, links: Iterable[str], key: str) -> list[Name]:
    """The objects that a key means: ``type GUID``, a GUID, an invoice's number, or ``type № number``."""
    kind, _, rest = key.strip().partition(" ")
    kinds, ref = ((kind,), rest.strip()) if kind in _KINDS and rest else (_KINDS, key.strip())
    number = ref.removeprefix("№").strip()
    return [
        name
        for link in links
        for name in dict.fromkeys(
            [
                *_by_ref(connection, link, kinds, ref.lower()),
                *_by_number(connection, link, kinds, number),
            ]
        )
    ]


def newest(connection: Connection, names: Iterable[Name]) -> Comparison | None:
    """The newest conflict, or refused version, of any of these objects; None where none had one."""
    found = [each for name in names for each in _comparisons(connection, name)]
    return max(found, key=lambda each: (each.says_something, each.at), default=None)


# -- which object --------------------------------------------------------------------------------


def _by_ref(connection: Connection, link: str, kinds: tuple[str, ...], ref: str) -> Iterator[Name]:
    for table in (tables.object_, tables.held, tables.journal):
        statement = (
            select(table.c.kind)
            .where(table.c.link == link, table.c.kind.in_(kinds), table.c.ref == ref)
            .distinct()
        )
        for (kind,) in connection.execute(statement):
            yield Name(link, kind, ref)


def _by_number(
    connection: Connection, link: str, kinds: tuple[str, ...], number: str
) -> Iterator[Name]:
    table = tables.numbered
    statement = select(table.c.refs).where(table.c.link == link, table.c.number == number)
    if codec.INVOICE in kinds:
        for (refs,) in connection.execute(statement):
            yield from (Name(link, codec.INVOICE, ref) for ref in refs.split(" "))
    yield from _deleted_by_number(connection, link, kinds, number)
    for held in HeldObjects(connection, link).all():
        named = {problem.where.object for problem in held.reasons()}
        if held.kind in kinds and f"{held.kind} № {number}" in named:
            yield Name(link, held.kind, held.ref)


def _deleted_by_number(
    connection: Connection, link: str, kinds: tuple[str, ...], number: str
) -> Iterator[Name]:
    """Invoices that are deleted keep no number; one that was fought over is in the journal."""
    table = tables.journal
    if codec.INVOICE not in kinds:
        return
    statement = select(table.c.ref, table.c.details).where(
        table.c.link == link,
        table.c.kind == codec.INVOICE,
        table.c.event == "conflict",
        table.c.details.contains(json.dumps(number, ensure_ascii=False), autoescape=True),
    )
    for ref, details in connection.execute(statement):
        for version in json.loads(details)["versions"].values():
            key = {} if version is None else version.get("key", {})
            if key.get("number", "").strip() == number:
                yield Name(link, codec.INVOICE, ref)


# -- its versions --------------------------------------------------------------------------------


def _comparisons(connection: Connection, name: Name) -> Iterator[Comparison]:
    table = tables.journal
    statement = (
        select(table)
        .where(
            table.c.link == name.link,
            table.c.kind == name.kind,
            table.c.ref == name.ref,
            table.c.event.in_(_COMPARED),
        )
        .order_by(table.c.id.desc())
        .limit(1)
    )
    for side in ("crm", "bp"):
        held = HeldObjects(connection, name.link).get(side, name.kind, name.ref)
        if held is not None:
            yield _of_held(connection, name, held)
    row = connection.execute(statement).mappings().first()
    if row is None:
        return
    details = json.loads(row["details"])
    if row["event"] == "conflict":
        yield _of_conflict(name, row["at"], row["side"], details)
    else:
        raw = details.get("raw", "")
        yield _refused(connection, name, "dropped", row["at"], row["side"], raw)


def _of_conflict(name: Name, at: datetime, side: str, details: dict[str, Any]) -> Comparison:
    versions = {each: details["versions"].get(each) for each in ("crm", "bp")}
    records = {each: record_of_kept(name.kind, values) for each, values in versions.items()}
    if records["crm"] is not None and records["bp"] is not None:
        records["bp"] = with_private(records["bp"], records["crm"])
    readable = all(records[each] is not None or versions[each] is None for each in versions)
    crm, bp = (
        fields_of(name.kind, records[each]) if readable else fields_of_values(versions[each])
        for each in versions
    )
    return Comparison(
        name=name,
        event="conflict",
        at=at,
        side=side,
        winner=details["winner"],
        columns=("crm", "bp"),
        differences=differences(crm, bp),
        gone=frozenset(each for each, values in versions.items() if values is None),
    )


def _of_held(connection: Connection, name: Name, held: Held) -> Comparison:
    raw = held.raw.decode("utf-8", "replace")
    return _refused(connection, name, "held", held.since, held.side, raw)


def _refused(
    connection: Connection, name: Name, event: str, at: datetime, side: str, raw: str
) -> Comparison:
    """A refused version beside the one that stands now."""
    current = Versions(connection, name.link).current(name.kind, name.ref)
    record = None if current is None else current.record
    element = _parsed(raw)
    fields = None if element is None else _fields(name.kind, element, record)
    gone = set()
    if current is not None and current.deleted:
        gone.add("current")
    if element is not None and fields == {}:
        gone.add("held")
    return Comparison(
        name=name,
        event=event,
        at=at,
        side=side,
        winner=None,
        columns=("held", "current"),
        differences=None if fields is None else differences(fields, fields_of(name.kind, record)),
        gone=frozenset(gone),
        first=current is None,
        raw="" if element is None else raw,
    )


def _parsed(raw: str) -> etree._Element | None:
    """The element that was refused; None where none was kept."""
    parser = etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True)
    try:
        return etree.fromstring(raw, parser)
    except etree.XMLSyntaxError:
        return None


def _fields(kind: str, element: etree._Element, current: Any) -> Fields | None:
    """A refused element in the names of the CRM format; None where it cannot be said in them."""
    name = etree.QName(element)
    dialect = dialect_of(name.namespace or "")
    if name.localname == _DELETION:
        return {}
    if dialect is None or kind not in TABLES:
        return None
    table = TABLES[kind]
    if table.name(dialect.side) == name.localname:
        try:
            return fields_of(kind, _record(reader(table, dialect)(element), dialect, current))
        except (Absent, Unreadable):
            pass
    return fields_of_element(element) if dialect.side == "crm" else None


def _record(sent: Any, dialect: Dialect, current: Any) -> Any:
    """A version of BP's as the CRM would see it, what BP leaves out taken from the other version."""
    if dialect.side == "crm":
        return sent
    if isinstance(sent, Invoice):
        return from_bp(sent, current)[0]
    if isinstance(sent, Counterparty):
        return counterparty_from_bp(sent, last=current)
    if isinstance(sent, AccountCard):
        return account_from_bp(sent)
    if isinstance(sent, ItemCard):
        return item_from_bp(sent)[0]
    return sent
