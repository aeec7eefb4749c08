"""BP → CRM: invoices, trade operations, catalogues and deletions of BP's message (SPEC §2)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from lxml import etree
from msgspec.structs import replace

from converter.conversion.gate import Gate, Made
from converter.conversion.intake import Place, card_place, document_place, tell_all
from converter.conversion.ledger import MessageLedger, Postponed
from converter.conversion.said_by_bp import Card, Correction, Unread, bp_says
from converter.conversion.settle import Settler
from converter.conversion.spool import Sink
from converter.conversion.tally import Tally, Tell
from converter.envelope.header import Header
from converter.envelope.reader import Reader
from converter.envelope.writer import closing, opening
from converter.formats import CRM_VERSION, Dialect, enterprise_data
from converter.mapping.catalogues import counterparty_from_bp
from converter.mapping.crm import DELETED, PLAIN, CrmFormat
from converter.mapping.deletion import CONTRACT as CONTRACT_TYPE
from converter.mapping.deletion import COUNTERPARTY as COUNTERPARTY_TYPE
from converter.mapping.deletion import INVOICE as INVOICE_TYPE
from converter.mapping.deletion import OPERATION as OPERATION_TYPE
from converter.mapping.invoice import from_bp
from converter.mapping.links import REFUNDS_TO_CARD, Links, is_current, same_reference
from converter.mapping.operation import BY_ELEMENT, CUSTOMER
from converter.mapping.trade import trade_operation
from converter.objects import (
    BookOperation,
    ContractCard,
    Counterparty,
    Deletion,
    DocKey,
    Invoice,
)
from converter.problems import Problem
from converter.problems import catalogue as say


def header_towards_crm(header: Header, crm: CrmFormat, now: datetime) -> Header:
    """The header that the CRM gets: numbers and codes as they were, format and time our own."""
    return replace(
        header,
        format=crm.dialect.namespace,
        created=now,
        versions=enterprise_data().versions if crm.enterprise else (CRM_VERSION,),
        new_from=None,
        object_types=crm.types,
        prefix=None,
    )


def convert_to_crm(
    message: Reader,
    out: Sink,
    dialect: Dialect,
    ledger: MessageLedger,
    now: datetime,
    tell: Tell,
    crm: CrmFormat = PLAIN,
) -> Tally:
    """Write BP's message as the CRM is to get it; returns what was done.

    ``dialect`` is BP's, ``crm`` how the CRM speaks; ``ledger`` holds what is known from other files. Raises `Rejected` where the message breaks
    off or is damaged; what was written by then is worthless.
    """
    tally = Tally()
    header = header_towards_crm(message.header, crm, now)
    out.write(opening(header, crm.dialect.namespace, bom=crm.enterprise).encode())
    gate = Gate(out, crm.dialect, tally, tell)
    work = _ToCrm(crm, dialect, ledger, tally, tell, gate)
    for element in message:
        tally.read += 1
        work.take(element)
    work.finish()
    out.write(closing().encode())
    return tally


class _ToCrm:
    """One message on its way to the CRM."""

    def __init__(
        self,
        crm: CrmFormat,
        dialect: Dialect,
        ledger: MessageLedger,
        tally: Tally,
        tell: Tell,
        gate: Gate,
    ) -> None:
        self.crm = crm
        self.dialect = dialect
        self.ledger = ledger
        self.tally = tally
        self.tell = tell
        self.gate = gate
        self.settler = Settler(ledger, self._found)
        self.corrections: list[Correction] = []

    def take(self, element: etree._Element) -> None:
        """One object of the message."""
        name, line = etree.QName(element).localname, element.sourceline
        match bp_says(element, self.dialect, self.crm.enterprise):
            case Invoice() as sent:
                self._invoice(sent, line)
            case Counterparty() as card:
                self._counterparty(card, line)
            case ContractCard() as card if card.kind == CUSTOMER:
                self._contract(card, line)
            case Card() as card:
                self._card(card)
            case BookOperation() as operation:
                self._operation(name, operation, line)
            case Deletion() as deletion:
                self._deletion(deletion, line)
            case Unread(problem):
                self.tally.held += 1
                self.tell(problem)
            case Correction() as correction:
                self.tally.skipped[name] += 1
                self.corrections.append(correction)
            case _:
                self.tally.skipped[name] += 1

    def finish(self) -> None:
        """The whole message is read: what still waits is judged by what is known now."""
        self.settler.finish()
        self.gate.flush()
        for place, refs in self.corrections:  # what they correct may have stood behind them
            if any(self.ledger.touches(ref) for ref in refs):
                self.tell(place.of(say.NOT_COUNTED()))

    # -- by type ---------------------------------------------------------------------------------

    def _invoice(self, sent: Invoice, line: int | None) -> None:
        if not is_current(sent.state):
            self.tally.absent += 1
            return
        place = document_place(INVOICE_TYPE, sent.key, line)
        last = self.ledger.last_version(sent.key, sent.party) if self.ledger.known else None
        if self.ledger.known and last is None:
            self.tally.foreign += 1
            return
        problems = []
        if sent.key.ref is None and last is None:
            problems.append(say.FIELD_MISSING("КлючевыеСвойства/Ссылка"))
        if last is not None and not same_reference(last.key.ref, sent.key.ref):
            problems.append(say.ALIAS("КлючевыеСвойства/Ссылка", other=sent.key.ref))
        invoice, found = from_bp(sent, last)
        if self._held(problems + found, place):
            return
        if last is None:
            self.ledger.learn_invoice(invoice, last=False)
        self._write(INVOICE_TYPE, invoice, place)

    def _counterparty(self, card: Counterparty, line: int | None) -> None:
        if self.ledger.known:
            own = self.ledger.known_party(card.key)
            if own is None:
                self.tally.foreign += 1
                return
            card = replace(card, key=replace(card.key, ref=own.ref or card.key.ref))
        place = card_place(COUNTERPARTY_TYPE, card.key.ref, line)
        if card.key.ref is None and self._held(
            [say.FIELD_MISSING("КлючевыеСвойства/Ссылка")], place
        ):
            return
        self._write(COUNTERPARTY_TYPE, counterparty_from_bp(card, self.crm.enterprise), place)

    def _contract(self, card: ContractCard, line: int | None) -> None:
        """A contract with a customer whom the CRM knows."""
        if self.ledger.known:
            own = self.ledger.known_party(card.party)
            if own is None:
                self.tally.foreign += 1
                return
            party = replace(card.party, ref=own.ref or card.party.ref)
            card = replace(card, party=party)
        place = card_place(CONTRACT_TYPE, card.key.ref, line)
        missing = [] if card.key.ref else [say.FIELD_MISSING("КлючевыеСвойства/Ссылка")]
        if not self._held(missing, place):
            self._write(CONTRACT_TYPE, card, place)

    def _card(self, card: Card) -> None:
        if self._held(card.problems, card.place):
            return
        if card.passes:
            self._write(card.kind, card.record, card.place)
        else:
            self.tally.skipped[card.kind] += 1

    def _deletion(self, deletion: Deletion, line: int | None) -> None:
        if self.ledger.known and not self._is_of_crm(deletion):
            self.tally.foreign += 1
            return
        self.ledger.forget_postponed(deletion.ref)
        self._write(DELETED, deletion, card_place(DELETED, deletion.ref, line))

    def _is_of_crm(self, deletion: Deletion) -> bool:
        """Whether the CRM can know what was deleted; of operations only BP could tell."""
        if deletion.type == INVOICE_TYPE:
            return self.ledger.has_invoice(deletion.ref)
        return deletion.type != COUNTERPARTY_TYPE or self.ledger.has_party(deletion.ref)

    def _operation(self, name: str, operation: BookOperation, line: int | None) -> None:
        if not is_current(operation.state):
            self.tally.absent += 1
            return
        self.settler.take(Postponed(name, line or 0, operation))

    def _found(self, each: Postponed, links: Links) -> None:
        """An operation's invoices are certain: it goes to the CRM, or is nobody's there."""
        operation, kind = each.operation, BY_ELEMENT[each.element]
        place = document_place(each.element, operation.key, each.line)
        if not links.shares and links.problem is None:
            self.tally.foreign += 1
            for pointer in _nameless(operation):
                number, date = pointer.number, pointer.date.isoformat(" ")
                self.tell(place.of(say.INVOICE_UNKNOWN(number=number, date=date)))
        elif operation.card_kind in REFUNDS_TO_CARD:
            self.tell(place.of(say.CARD_REFUND("КлючевыеСвойства/ВидОперации")))
        else:
            made, problems = trade_operation(operation, kind, links, self.crm.enterprise)
            if not self._held(problems, place):
                self._write(OPERATION_TYPE, made, place)

    def _write(self, kind: str, record: Any, place: Place) -> None:
        """An object goes to the CRM, unless it holds what the CRM's version cannot say."""
        text, problems = self.crm.write(kind, record)
        name = next(iter(self.crm.names(kind, record)), kind)
        held = self._held(problems, place)
        if text is not None and not held:
            self.gate.add(Made(text, name, *place))
        elif not held:
            self.tally.skipped[name] += 1

    def _held(self, problems: list[Problem], place: Place) -> bool:
        return tell_all(problems, place, self.tally, self.tell)


def _nameless(operation: BookOperation) -> list[DocKey]:
    """The pointers to invoices that give no reference."""
    rows = (*operation.goods, *operation.services)
    pointers = [operation.order]
    pointers += [row.order for row in rows] + [row.order for row in operation.payments]
    return [pointer for pointer in pointers if pointer is not None and pointer.ref is None]
