"""What a person asks to tie, looked up and judged before anything is changed (SPEC §7, `link`)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import NamedTuple

from sqlalchemy import Connection, select

from converter.exchange.matching import candidate, direction_of
from converter.exchange.report import Report
from converter.exchange.session import Session
from converter.mapping.links import same_organisation
from converter.mapping.operation import BY_ELEMENT
from converter.mapping.rows import code_of
from converter.mapping.trade import whole_sum
from converter.matching.rules import limit
from converter.settings import Link
from converter.state import tables
from converter.state.book import Operation
from converter.state.unlinked import Unlinked
from converter.values import ZERO


class Refusal(Enum):
    """Why an operation cannot be tied, or untied."""

    OPERATION_UNKNOWN = "operation unknown"
    OPERATION_SEVERAL = "several operations"
    NOT_UNLINKED = "not unlinked"
    NOT_TIED = "not tied"
    INVOICE_UNKNOWN = "invoice unknown"
    INVOICE_SEVERAL = "several invoices"
    OTHER_ORGANISATION = "other organisation"
    OTHER_CURRENCY = "other currency"
    NOTHING_DUE = "the invoice takes nothing more"
    TOO_MUCH = "more than is left of the operation"


class Refused(Exception):
    """What was asked cannot be done; ``found`` are the GUIDs, or the sum, that the reason is about."""

    def __init__(self, reason: Refusal, *found: str) -> None:
        super().__init__(reason.value)
        self.reason = reason
        self.found = found


class Tie(NamedTuple):
    """A tie that may be made: so much of an operation, of ``whole``, to an invoice."""

    operation: str
    invoice: str
    number: str
    date: datetime
    sum: Decimal
    whole: Decimal


def find_operation(connection: Connection, link: Link, text: str) -> Operation:
    """The operation of a GUID, or the only unlinked or tied one of a number.

    Raises `Refused`: OPERATION_UNKNOWN, OPERATION_SEVERAL.
    """
    book = _session(connection, link).book
    found = book.operation(text.strip().lower())
    if found is not None:
        return found
    named = [
        each
        for ref in _open(connection, link.name)
        if (each := book.operation(ref)) and each.record.key.number.strip() == text.strip()
    ]
    if not named:
        raise Refused(Refusal.OPERATION_UNKNOWN)
    if len(named) > 1:
        raise Refused(Refusal.OPERATION_SEVERAL, *(each.ref for each in named))
    return named[0]


def find_tied(connection: Connection, link: Link, text: str) -> Operation:
    """The operation that is to be untied. Raises `Refused`: NOT_TIED too."""
    operation = find_operation(connection, link, text)
    if not Unlinked(connection, link.name).ties(operation.ref):
        raise Refused(Refusal.NOT_TIED)
    return operation


def wanted_tie(
    connection: Connection, link: Link, operation: Operation, text: str, amount: Decimal | None
) -> Tie:
    """What is to be tied; without an ``amount`` as much as is left and the invoice can take.

    Raises `Refused`.
    """
    session = _session(connection, link)
    record = operation.record
    ties = session.unlinked.ties(operation.ref)
    if not ties and operation.ref not in _open(connection, link.name):
        raise Refused(Refusal.NOT_UNLINKED)
    invoice = candidate(session, _invoice(session, text))
    if invoice is None:
        raise Refused(Refusal.INVOICE_UNKNOWN)
    if not same_organisation(invoice.organisation, record.key.organisation):
        raise Refused(Refusal.OTHER_ORGANISATION)
    if invoice.currency != code_of(record.currency):
        raise Refused(Refusal.OTHER_CURRENCY)
    before = ties.pop(invoice.ref, ZERO)
    whole = whole_sum(record)
    left = whole - sum(ties.values(), ZERO)
    due = limit(invoice, direction_of(BY_ELEMENT[operation.element])) + before
    share = min(left, due) if amount is None else amount
    if share > left or left <= ZERO:
        raise Refused(Refusal.TOO_MUCH, f"{max(left, ZERO):.2f}")
    if share <= ZERO:
        raise Refused(Refusal.NOTHING_DUE)
    return Tie(operation.ref, invoice.ref, invoice.number, invoice.date, share, whole)


def _invoice(session: Session, text: str) -> str:
    """The ref of an invoice: its GUID, one that BP knows it by, or its number alone."""
    ref = text.strip().lower()
    ref = session.book.alias(ref) or ref
    table = tables.numbered
    statement = select(table.c.refs).where(
        table.c.link == session.link.name, table.c.number == text.strip()
    )
    found = [
        ref for refs in session.connection.execute(statement).scalars() for ref in refs.split(" ")
    ]
    if len(found) > 1:
        raise Refused(Refusal.INVOICE_SEVERAL, *found)
    return found[0] if found else ref


def _open(connection: Connection, link: str) -> set[str]:
    """What is unlinked, and what is tied."""
    found: set[str] = set()
    for table in (tables.unlinked, tables.tie):
        statement = select(table.c.operation).where(table.c.link == link)
        found.update(connection.execute(statement).scalars())
    return found


def _session(connection: Connection, link: Link) -> Session:
    return Session(connection, link, datetime.min, 0, Report(link.name))
