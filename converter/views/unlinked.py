"""Operations of the CRM's counterparties that have no invoice, and what is proposed (SPEC §2, §7).

Proposals are made when they are asked for, out of what stands now: what is paid in the meantime is
not proposed any more. Nothing is changed here.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from msgspec.structs import replace
from sqlalchemy import Connection, and_, or_, select

from converter.exchange.debtors import keys_of
from converter.exchange.matching import candidate, unlinked_of
from converter.exchange.report import Report
from converter.exchange.session import Session
from converter.mapping.operation import BY_ELEMENT
from converter.mapping.rows import code_of
from converter.mapping.trade import whole_sum
from converter.matching.rules import match
from converter.matching.values import Candidate, Proposal
from converter.settings import Link
from converter.state import tables
from converter.state.bases import Bases
from converter.state.book import Operation
from converter.state.unlinked import Keys
from converter.values import ZERO


class ProposalView(NamedTuple):
    """An invoice proposed for an operation: how much of it, how sure, and why.

    ``certainty`` is ``certain`` or ``proposed``; ``reasons`` are stable names.
    """

    invoice: str
    number: str
    date: datetime
    sum: Decimal
    certainty: str
    reasons: tuple[str, ...]


class UnlinkedView(NamedTuple):
    """An operation without an invoice, in the names of ``status --json``.

    ``tied`` of it a person tied to invoices; ``sum`` is what is left.
    """

    link: str
    ref: str
    kind: str
    number: str
    date: datetime
    counterparty: str
    currency: str
    sum: Decimal
    purpose: str | None
    proposals: tuple[ProposalView, ...]
    tied: Decimal = ZERO


def unlinked(connection: Connection, link: Link) -> list[UnlinkedView]:
    """The unlinked operations of a link, and those tied in part, oldest first."""
    if Bases(connection, link.name).link() is None:
        return []
    session = Session(connection, link, datetime.min, 0, Report(link.name))
    known = _Debtors(session)
    whole = dict(_operations(connection, link.name))
    found = [_view(session, known, ref, keys) for ref, keys in whole.items()]
    parts = (ref for ref in _tied(connection, link.name) if ref not in whole)
    found += [_rest(session, known, ref) for ref in parts]
    return sorted((each for each in found if each), key=lambda each: (each.date, each.number))


def _operations(connection: Connection, link: str) -> Iterator[tuple[str, Keys]]:
    """Operations without an invoice whose counterparty the CRM knows."""
    table, party = tables.unlinked, tables.party
    named = or_(party.c.key == table.c.key, party.c.key == table.c.other)
    whose = and_(party.c.link == table.c.link, party.c.ref.is_not(None), named)
    statement = (
        select(table.c.operation, table.c.key, table.c.other)
        .where(table.c.link == link, select(party.c.key).where(whose).exists())
        .order_by(table.c.operation)
    )
    for operation, key, other in list(connection.execute(statement)):
        yield operation, (key, other)


def _tied(connection: Connection, link: str) -> list[str]:
    """Operations that a person tied, in whole or in part."""
    table = tables.tie
    statement = select(table.c.operation).where(table.c.link == link).distinct()
    return sorted(connection.execute(statement).scalars())


class _Debtors:
    """The invoices of counterparties, each looked up once."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._candidates: dict[str, Candidate | None] = {}
        self._by_keys: dict[Keys, list[Candidate]] = {}

    def of(self, keys: Keys) -> list[Candidate]:
        """The invoices of the counterparty that has one of these keys, by date and number."""
        if keys not in self._by_keys:
            found = [each for ref in self._refs(keys) if (each := self._candidate(ref))]
            self._by_keys[keys] = sorted(found, key=lambda each: (each.date, each.number))
        return self._by_keys[keys]

    def _refs(self, keys: Keys) -> list[str]:
        table, link = tables.debtor, self._session.link.name
        statement = (
            select(table.c.invoice)
            .where(table.c.link == link, table.c.key.in_(sorted(set(keys))))
            .distinct()
        )
        return list(self._session.connection.execute(statement).scalars())

    def _candidate(self, ref: str) -> Candidate | None:
        if ref not in self._candidates:
            self._candidates[ref] = candidate(self._session, ref)
        return self._candidates[ref]


def _view(session: Session, known: _Debtors, ref: str, keys: Keys) -> UnlinkedView | None:
    operation = session.book.operation(ref)
    return None if operation is None else _shown(session, known, operation, keys, ZERO)


def _rest(session: Session, known: _Debtors, ref: str) -> UnlinkedView | None:
    """What a person left of an operation; None where that is nothing."""
    operation = session.book.operation(ref)
    if operation is None or not operation.live or operation.record.party is None:
        return None
    tied = sum(operation.shares.values(), ZERO)
    if not operation.shares or tied >= whole_sum(operation.record):
        return None
    return _shown(session, known, operation, keys_of(operation.record.party), tied)


def _shown(
    session: Session, known: _Debtors, operation: Operation, keys: Keys, tied: Decimal
) -> UnlinkedView:
    record = operation.record
    left = whole_sum(record) - tied
    asked = unlinked_of(operation)
    by_ref = {each.ref: each for each in known.of(keys) if each.ref not in operation.shares}
    proposals = () if asked is None else match(replace(asked, sum=left), list(by_ref.values()))
    return UnlinkedView(
        link=session.link.name,
        ref=record.key.ref or operation.ref,
        kind=BY_ELEMENT[operation.element].name,
        number=record.key.number,
        date=record.key.date,
        counterparty="" if record.party is None else record.party.name,
        currency=code_of(record.currency) or "",
        sum=left,
        purpose=record.purpose,
        proposals=tuple(_proposal(each, by_ref[each.invoice]) for each in proposals),
        tied=tied,
    )


def _proposal(proposal: Proposal, invoice: Candidate) -> ProposalView:
    return ProposalView(
        invoice=invoice.ref,
        number=invoice.number,
        date=invoice.date,
        sum=proposal.sum,
        certainty=proposal.confidence.value,
        reasons=tuple(each.value for each in proposal.reasons),
    )
