"""CRM → BP: invoices, counterparties, contracts, deletions of a CRM's message (SPEC §3)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from lxml import etree
from msgspec.structs import replace

from converter.conversion.companions import Companions, contract_key, party_key, party_keys
from converter.conversion.gate import Gate, Made
from converter.conversion.intake import Place, tell_all
from converter.conversion.said_by_crm import Nothing, NotOfCrm, Read, Unread, crm_says
from converter.conversion.spool import Sink, Spool
from converter.conversion.tally import Tally, Tell
from converter.envelope.header import Header
from converter.envelope.reader import Reader
from converter.envelope.writer import closing, opening
from converter.formats import Dialect, enterprise_data
from converter.mapping.catalogues import (
    CONTRACT_CARD,
    COUNTERPARTY,
    contract_of,
    contract_towards_bp,
    counterparty_of,
    counterparty_towards_bp,
)
from converter.mapping.crm import DELETED, PLAIN, CrmFormat
from converter.mapping.deletion import CONTRACT as CONTRACT_TYPE
from converter.mapping.deletion import COUNTERPARTY as COUNTERPARTY_TYPE
from converter.mapping.deletion import INVOICE as INVOICE_TYPE
from converter.mapping.deletion import write_bp_deletion
from converter.mapping.invoice import INVOICE, towards_bp
from converter.mapping.traffic import types_towards_bp
from converter.mapping.writing import writer
from converter.objects import ContractCard, Counterparty, Deletion, Invoice, ref_of
from converter.problems import Problem
from converter.problems import catalogue as say

_PARTY_RANK, _CONTRACT_RANK = 0, 1


def header_towards_bp(
    header: Header, dialect: Dialect, now: datetime, enterprise: bool = False
) -> Header:
    """The header that BP gets: numbers and codes as they were, format and time our own."""
    return replace(
        header,
        format=dialect.namespace,
        created=now,
        versions=enterprise_data().versions,
        new_from=None,
        object_types=types_towards_bp(enterprise),
        prefix=None,
    )


def convert_to_bp(
    message: Reader,
    out: Sink,
    dialect: Dialect,
    now: datetime,
    tell: Tell,
    crm: CrmFormat = PLAIN,
) -> Tally:
    """Write a CRM's message as BP is to get it; returns what was done. ``crm`` is how the CRM speaks.

    Catalogues come first, then what was made from invoices, then documents and deletions. Raises
    `Rejected` where the message breaks off or is damaged; what was written by then is worthless.
    """
    tally = Tally()
    header = header_towards_bp(message.header, dialect, now, crm.enterprise)
    out.write(opening(header, dialect.namespace, bom=True).encode())
    with Companions() as companions, Spool() as documents:
        work = _ToBp(crm, dialect, companions, tally, tell, out, documents)
        for element in message:
            tally.read += 1
            work.take(element)
        work.finish()
        documents.pour(out)
    out.write(closing().encode())
    return tally


class _ToBp:
    """One message on its way to BP."""

    def __init__(
        self,
        crm: CrmFormat,
        dialect: Dialect,
        companions: Companions,
        tally: Tally,
        tell: Tell,
        cards: Sink,
        docs: Sink,
    ) -> None:
        self.crm = crm
        self.dialect = dialect
        self.companions = companions
        self.tally = tally
        self.tell = tell
        self.cards = Gate(cards, dialect, tally, tell)
        self.documents = Gate(docs, dialect, tally, tell)
        self.refused: dict[str, Problem] = {}
        self.writers: dict[str, Callable[[Any, Place], None]] = {
            INVOICE_TYPE: self._invoice,
            COUNTERPARTY_TYPE: self._counterparty,
            CONTRACT_TYPE: self._contract,
            DELETED: self._deletion,
        }
        self.write_invoice = writer(INVOICE, dialect)
        self.write_counterparty = writer(COUNTERPARTY, dialect)
        self.write_contract = writer(CONTRACT_CARD, dialect)

    def take(self, element: etree._Element) -> None:
        """One object of the message."""
        match crm_says(element, self.crm):
            case Read(kind, record, place, problems):
                if not any(problem.holds for problem in problems):
                    problems += self.companions.judge(record, self.dialect)
                if not self._held(problems, place):
                    self.writers[kind](record, place)
            case Unread(_, place, problems):
                self._held(problems, place)
            case Nothing(kind, place, warnings):
                self._held(warnings, place)
                if kind == INVOICE_TYPE:
                    self.tally.absent += 1
                else:
                    self.tally.skipped[kind] += 1
            case NotOfCrm(problem):
                self._refuse(etree.QName(element).localname, problem, element.sourceline)

    def finish(self) -> None:
        """Write what was made from invoices and did not come by itself, and tell what was refused."""
        for rank, line, text in self.companions.made():
            kind = COUNTERPARTY_TYPE if rank == _PARTY_RANK else CONTRACT_TYPE
            self.cards.add(Made(text, kind, line, kind, kind))
        self.cards.flush()
        self.documents.flush()
        for name, problem in self.refused.items():
            count = self.tally.skipped[name]
            self.tell(problem.kind(count=count).at(line=problem.where.line, object=name))

    # -- by type ---------------------------------------------------------------------------------

    def _invoice(self, invoice: Invoice, place: Place) -> None:
        made, problems = towards_bp(invoice, self.dialect)
        self._held(problems, place)
        self._make(made, place.line or 0)
        self.documents.add(Made(self.write_invoice(made), INVOICE_TYPE, *place))

    def _make(self, invoice: Invoice, line: int) -> None:
        """The counterparty and the contract that stand before an invoice (SPEC §3)."""
        party = party_key(invoice.party)
        if self.companions.is_new(party, invoice.party):
            text = self.write_counterparty(counterparty_of(invoice))
            self.companions.keep(_PARTY_RANK, party, invoice.party, line, text)
        contract = invoice.contract
        if contract is None:
            return
        key = contract_key(invoice, contract)
        if self.companions.is_new(key, contract):
            text = self.write_contract(contract_of(invoice, self.dialect))
            self.companions.keep(_CONTRACT_RANK, key, contract, line, text)

    def _counterparty(self, card: Counterparty, place: Place) -> None:
        for key in party_keys(card.key):
            self.companions.mark_sent(key)
        text = self.write_counterparty(counterparty_towards_bp(card, self.dialect))
        self.cards.add(Made(text, COUNTERPARTY_TYPE, *place))

    def _contract(self, card: ContractCard, place: Place) -> None:
        self.companions.mark_sent(ref_of(card.key))
        text = self.write_contract(contract_towards_bp(card, self.dialect))
        self.cards.add(Made(text, CONTRACT_TYPE, *place))

    def _deletion(self, deletion: Deletion, place: Place) -> None:
        if deletion.type in self.crm.own.values():
            text = write_bp_deletion(deletion, self.dialect)
            self.documents.add(Made(text, DELETED, *place))
        else:
            self._refuse(f"{DELETED} {deletion.type}", say.NOT_FROM_CRM(), place.line)

    def _refuse(self, name: str, problem: Problem | None, line: int | None) -> None:
        self.tally.skipped[name] += 1
        if problem is not None:
            self.refused.setdefault(name, problem.at(line=line))

    def _held(self, problems: list[Problem], place: Place) -> bool:
        return tell_all(problems, place, self.tally, self.tell)
