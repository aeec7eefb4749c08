"""Making a message: the whole queue of a side, under the next number (PROTOCOL R1, R2, R10)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256
from itertools import groupby
from typing import IO, Any, NamedTuple

from msgspec.structs import replace

from converter.conversion.gate import Gate, Made
from converter.conversion.tally import Tally
from converter.envelope.header import Header, ObjectType
from converter.envelope.writer import closing, opening
from converter.exchange.holding import Given, Refusal, hold
from converter.exchange.naming import label
from converter.exchange.session import Session, many
from converter.formats import CRM, CRM_VERSION, ENTERPRISE_DATA, Dialect, enterprise_data
from converter.mapping.catalogues import (
    ACCOUNT_CARD,
    CONTRACT_CARD,
    COUNTERPARTY,
    CURRENCY_CARD,
    ITEM_CARD,
    ORGANISATION_CARD,
    UNIT_CARD,
    contract_towards_bp,
    counterparty_towards_bp,
)
from converter.mapping.crm import DELETED
from converter.mapping.deletion import write_bp_deletion
from converter.mapping.invoice import INVOICE, towards_bp
from converter.mapping.operation import TRADE_OPERATION
from converter.mapping.rules import rates_sayable
from converter.mapping.states import INVOICE_STATE
from converter.mapping.table import Table
from converter.mapping.traffic import types_towards_bp
from converter.mapping.writing import writer
from converter.objects import Counterparty, Deletion, Invoice
from converter.problems import Problem
from converter.state import codec
from converter.state.bases import OTHER, Base
from converter.state.held import WRITE
from converter.state.outbox import PIECE, Outgoing
from converter.state.versions import Due, Version

#: the tables by kind, in the order in which objects stand in a message; deletions come last
_TABLES: dict[str, Table] = {
    "Справочник.Валюты": CURRENCY_CARD,
    "Справочник.ЕдиницыИзмерения": UNIT_CARD,
    "Справочник.Организации": ORGANISATION_CARD,
    "Справочник.БанковскиеСчета": ACCOUNT_CARD,
    "Справочник.Номенклатура": ITEM_CARD,
    codec.COUNTERPARTY: COUNTERPARTY,
    codec.CONTRACT: CONTRACT_CARD,
    codec.INVOICE: INVOICE,
    codec.OPERATION: TRADE_OPERATION,
    codec.STATE: INVOICE_STATE,
}
_RANK = {kind: rank for rank, kind in enumerate(_TABLES)}


class Letter(NamedTuple):
    """A message that was made: what the outbox keeps of it, and how many objects it holds."""

    message: Outgoing
    received: int


class Item(NamedTuple):
    """An object to be written; ``version`` None: as it stands, else as it was said before."""

    due: Due
    version: Version | None


def items(session: Session, side: str) -> list[Item]:
    """What a message to a side would hold: its whole queue (R2).

    Nothing new goes to a side of an object that is held from it, and what BP's version cannot say
    waits; of these, what is on the way is said again as it was.
    """
    blocked = {(held.kind, held.ref) for held in session.held.all() if held.blocks(side)}
    found = []
    for each in session.versions.due(side):
        if (each.kind, each.ref) not in blocked or each.number:
            found.append(Item(each, None))
            continue
        told = session.versions.told(side, each.kind, each.ref)
        if told is not None and told.number:
            found.append(Item(each, told))
    return found


def is_due(base: Base, queue: list[Item]) -> bool:
    """Whether a message is to be written: something never left, or an answer is owed (R1)."""
    return base.owed or any(each.due.number == 0 and each.version is None for each in queue)


def make(
    session: Session,
    side: str,
    dialect: Dialect,
    queue: list[Item],
    out: IO[bytes],
    created: datetime,
) -> Letter:
    """Write a side's queue into a file, and remember what it says; returns the message.

    What the schema of the other side refuses after all is held, and left out.
    """
    base = session.base(side)
    number = base.sent + 1
    header = _header(session, base, dialect, number, created)
    sink = _Hashing(out)
    sink.write(opening(header, dialect.namespace, bom=dialect.side == "bp").encode())
    written = _write_objects(session, side, dialect, queue, sink)
    sink.write(closing().encode())
    session.versions.left(
        side, [(each.due.kind, each.due.ref) for each in written if each.version is None], number
    )
    for each in written:
        if each.version is not None:
            session.versions.hold(side, each.due.kind, each.due.ref, each.version, number)
    message = Outgoing(number, sink.digest, created, len(written))
    session.set_base(
        replace(
            base,
            sent=number,
            owed=False,
            version=dialect.version,
            shown="message",
            behind=None,
            stamp=None,
            again=0,
        )
    )
    out.seek(0)
    session.outbox(side).add(message, pieces(out))
    return Letter(message, base.received)


def pieces(file: IO[bytes]) -> Iterator[bytes]:
    """A file from where it stands, piece by piece."""
    while piece := file.read(PIECE):
        yield piece


def greeting(session: Session, base: Base, created: datetime) -> bytes:
    """Our greeting: who we are for this base, what we can, and no Body (SPEC §4, "Greeting")."""
    plain = base.side == "crm" and not session.crm.enterprise
    header = replace(
        _header(session, base, CRM, 0, created),
        format=CRM.namespace if plain else ENTERPRISE_DATA,
        versions=(CRM_VERSION,) if plain else enterprise_data().versions,
        new_from=base.guid,
        received_no=0,
    )
    text = opening(header, "", bom=not plain)
    return (text[: text.index("\t<Body")] + "</Message>\n").encode()


def _header(
    session: Session, base: Base, dialect: Dialect, number: int, created: datetime
) -> Header:
    return Header(
        format=dialect.namespace,
        created=created,
        confirmed=True,
        plan=session.link.plan,
        to=session.code(base.side),
        sender=session.code(OTHER[base.side]),
        message_no=number,
        received_no=base.received,
        versions=(CRM_VERSION,) if dialect.side == "crm" else enterprise_data().versions,
        object_types=_traffic(session, base.side),
    )


def _traffic(session: Session, side: str) -> tuple[ObjectType, ...]:
    """What we send to, and receive from, a side; towards each we stand for the other."""
    if side == "bp":
        return types_towards_bp(session.crm.enterprise)
    if session.crm.enterprise:
        return session.crm.types
    both = {codec.INVOICE, codec.COUNTERPARTY}
    return tuple(
        ObjectType(kind, "*", "*" if kind in both else "")
        for kind in _TABLES
        if kind != codec.CONTRACT
    )


class _Hashing:
    """Writes on, and keeps the hash of all that was written."""

    def __init__(self, out: IO[bytes]) -> None:
        self._out = out
        self._hash = sha256()

    def write(self, data: bytes, /) -> None:
        self._hash.update(data)
        self._out.write(data)

    @property
    def digest(self) -> str:
        return self._hash.hexdigest()


def _write_objects(
    session: Session, side: str, dialect: Dialect, queue: list[Item], sink: _Hashing
) -> list[Item]:
    """The objects of a queue in their order; returns those that were written."""
    written: dict[str, Item] = {}
    problems: list[Problem] = []
    refused: dict[str, Problem] = {}
    gate = Gate(sink, dialect, Tally(), problems.append)
    for item, version in _standing(session, queue):
        due = item.due
        key = f"{due.kind} {due.ref}"
        text, found = _text(session, side, due, version, dialect)
        called = label(due.kind, due.ref, version.record)
        written[key] = item
        holding = next((problem for problem in found if problem.holds), None)
        if holding is not None:
            refused[key] = holding.at(object=called, key=key)
            continue
        for problem in found if due.number == 0 else ():
            session.tell(problem.at(object=called, key=key), side, due.kind, due.ref)
        if text is not None:  # else the warning says what is not passed, and it is settled so
            gate.add(Made(text, due.kind, None, called, key))
    gate.flush()
    refused.update({problem.where.key: problem for problem in problems})
    for key, problem in refused.items():
        due = written.pop(key).due
        hold(session, Refusal(OTHER[side], due.kind, due.ref, WRITE, [problem], Given(bytes)))
    return list(written.values())


def _standing(session: Session, queue: list[Item]) -> Iterator[tuple[Item, Version]]:
    """A queue in its order, each object with the version to be written."""
    for items in many(sorted(queue, key=_order)):
        for kind, some in groupby(items, key=lambda item: item.due.kind):
            session.versions.prefetch(kind, [each.due.ref for each in some])
        for item in items:
            version = item.version or session.versions.current(item.due.kind, item.due.ref)
            if version is not None:
                yield item, version


def _order(item: Item) -> tuple[bool, int, str]:
    """By kind, so that what is pointed at stands before what points; deletions last."""
    return item.due.deleted, _RANK.get(item.due.kind, len(_RANK)), item.due.ref


def _text(
    session: Session, side: str, due: Due, version: Version, dialect: Dialect
) -> tuple[str | None, list[Problem]]:
    """An object as its side is to get it; None where the version cannot say it."""
    if version.deleted:
        ref = _reference(session, side, due)
        if side == "bp":
            return write_bp_deletion(Deletion(due.kind, ref), dialect), []
        told = session.versions.told(side, due.kind, due.ref)
        deletion = session.crm.deletion(due.kind, ref, told and told.record)
        return session.crm.write(DELETED, deletion)
    record: Any = version.record
    if side == "crm":
        return session.crm.write(due.kind, record)
    problems: list[Problem] = []
    if isinstance(record, Invoice):
        problems = list(rates_sayable(record, dialect))
        if problems:
            return None, problems
        record, problems = towards_bp(record, dialect)
    elif isinstance(record, Counterparty):
        record = counterparty_towards_bp(record, dialect)
    else:
        record = contract_towards_bp(record, dialect)
    return writer(_TABLES[due.kind], dialect)(record), problems


def _reference(session: Session, side: str, due: Due) -> str:
    """The GUID of a deleted object, letter by letter as its side was told it."""
    told = session.versions.told(side, due.kind, due.ref)
    record: Any = None if told is None else told.record
    key = getattr(record, "key", record)
    return str(getattr(key, "ref", None) or due.ref)
