"""CRM → BP: invoices, counterparties, contracts, deletions of a CRM's message (SPEC §3)."""

from __future__ import annotations

from datetime import datetime

from lxml import etree

from converter.conversion.companions import Companions, contract_key, party_key, party_keys
from converter.conversion.gate import Gate, Made
from converter.conversion.intake import (
    Place,
    card_place,
    document_place,
    place_of,
    reading_problem,
    schema_accepts,
    tell_all,
)
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
from converter.mapping.rules import judge_counterparty
from converter.mapping.traffic import types_towards_bp
from converter.mapping.writing import writer
from converter.objects import Invoice
from converter.problems import Problem
from converter.problems import catalogue as say
from converter.values import Absent, Unreadable

_PARTY_RANK, _CONTRACT_RANK = 0, 1


def header_towards_bp(
    header: Header, dialect: Dialect, now: datetime, whole: bool = False
) -> Header:
    """The header that BP gets: numbers and codes as they were, format and time our own."""
    return header._replace(
        format=dialect.namespace,
        created=now,
        versions=enterprise_data().versions,
        new_from=None,
        object_types=types_towards_bp(whole),
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
    header = header_towards_bp(message.header, dialect, now, crm.whole)
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
        takers = {
            INVOICE_TYPE: self._invoice,
            COUNTERPARTY_TYPE: self._counterparty,
            CONTRACT_TYPE: self._contract,
            DELETED: self._deletion,
        }
        self.takers = {
            f"{{{crm.dialect.namespace}}}{name}": takers[kind] for name, kind in crm.own.items()
        }
        self.write_invoice = writer(INVOICE, dialect)
        self.write_counterparty = writer(COUNTERPARTY, dialect)
        self.write_contract = writer(CONTRACT_CARD, dialect)

    def take(self, element: etree._Element) -> None:
        """One object of the message."""
        taker = self.takers.get(str(element.tag))
        if taker is None:
            self._skip(element)
        elif schema_accepts(element, self.crm.dialect, self.tell):
            try:
                taker(element)
            except (Absent, Unreadable) as error:
                self.tally.held += 1
                self.tell(reading_problem(error, element))
        else:
            self.tally.held += 1

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

    def _invoice(self, element: etree._Element) -> None:
        invoice, found = self.crm.read(INVOICE_TYPE, element, judged=True)
        if invoice is None:
            self.tally.absent += 1
            return
        place = document_place(INVOICE_TYPE, invoice.key, element.sourceline)
        if not any(problem.holds for problem in found):
            found = found + self.companions.judge(invoice, self.dialect)
        if self._held(found, place):
            return
        made, problems = towards_bp(invoice, self.dialect)
        self._held(problems, place)
        self._make(made, element.sourceline or 0)
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

    def _counterparty(self, element: etree._Element) -> None:
        card, _ = self.crm.read(COUNTERPARTY_TYPE, element, judged=True)
        place = card_place(COUNTERPARTY_TYPE, card.key.ref, element.sourceline)
        if self._held(judge_counterparty(card), place):
            return
        for key in party_keys(card.key):
            self.companions.mark_sent(key)
        text = self.write_counterparty(counterparty_towards_bp(card, self.dialect))
        self.cards.add(Made(text, COUNTERPARTY_TYPE, *place))

    def _contract(self, element: etree._Element) -> None:
        card, _ = self.crm.read(CONTRACT_TYPE, element, judged=True)
        if card is None:
            self.tally.skipped[CONTRACT_TYPE] += 1
            return
        place = card_place(CONTRACT_TYPE, card.key.ref, element.sourceline)
        if card.key.ref is None:
            self._held([say.FIELD_MISSING("КлючевыеСвойства/Ссылка")], place)
            return
        self.companions.mark_sent(card.key.ref.lower())
        text = self.write_contract(contract_towards_bp(card, self.dialect))
        self.cards.add(Made(text, CONTRACT_TYPE, *place))

    def _deletion(self, element: etree._Element) -> None:
        deletion, _ = self.crm.read(DELETED, element, judged=True)
        if deletion is None:
            self.tally.skipped[DELETED] += 1
            return
        if deletion.type not in self.crm.own.values():
            self._refuse(f"УдалениеОбъекта {deletion.type}", element, say.NOT_FROM_CRM())
            return
        text = write_bp_deletion(deletion, self.dialect)
        self.documents.add(Made(text, DELETED, *place_of(element)))

    def _skip(self, element: etree._Element) -> None:
        name, dialect = etree.QName(element), self.crm.dialect
        if name.namespace == dialect.namespace and name.localname in dialect.view.objects:
            self._refuse(name.localname, element, say.NOT_FROM_CRM())
        elif self.crm.whole:
            self.tally.skipped[name.localname] += 1  # of EnterpriseData only a part is used here
        else:
            self._refuse(name.localname, element, say.OBJECT_UNKNOWN())

    def _refuse(self, name: str, element: etree._Element, problem: Problem) -> None:
        self.tally.skipped[name] += 1
        self.refused.setdefault(name, problem.at(line=element.sourceline))

    def _held(self, problems: list[Problem], place: Place) -> bool:
        return tell_all(problems, place, self.tally, self.tell)
