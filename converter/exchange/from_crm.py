"""What the CRM's messages say: invoices, counterparties, deletions (SPEC §1, §3, §5)."""

from __future__ import annotations

from collections import Counter
from hashlib import sha256
from typing import Any

from lxml import etree

from converter.conversion.companions import contract_key, party_key, party_keys
from converter.conversion.intake import (
    Place,
    card_place,
    document_place,
    place_of,
    reading_problem,
    schema_accepts,
)
from converter.exchange.holding import hold
from converter.exchange.merge import Outcome
from converter.exchange.session import Session, foreign, version_of
from converter.exchange.shared import Incoming, accept
from converter.formats import CRM
from converter.mapping.catalogues import COUNTERPARTY, contract_card, counterparty_of
from converter.mapping.deletion import DELETION
from converter.mapping.invoice import INVOICE
from converter.mapping.operation import TRADE_OPERATION
from converter.mapping.reading import reader
from converter.mapping.rules import judge_counterparty, judge_invoice
from converter.mapping.states import INVOICE_STATE
from converter.mapping.table import Table
from converter.objects import Counterparty, Deletion, Invoice, Party
from converter.problems import Problem
from converter.problems import catalogue as say
from converter.state import codec
from converter.state.held import TAKE
from converter.state.versions import GONE
from converter.values import Absent, Unreadable

SIDE = "crm"
#: what only BP may change; the CRM gets BP's own version back
_BOOKS = {codec.OPERATION: TRADE_OPERATION, codec.STATE: INVOICE_STATE}


class FromCrm:
    """One message of the CRM."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.refused: Counter[str] = Counter()
        self.lines: dict[str, tuple[int | None, Problem]] = {}

    def take(self, element: etree._Element, base: str | None = None, retried: bool = False) -> bool:
        """One object; returns whether it was accepted. ``base``: of a held one that is retried."""
        name = _name(element)
        table = {codec.INVOICE: INVOICE, codec.COUNTERPARTY: COUNTERPARTY}.get(name)
        if table is not None:
            return self._shared(table, element, base, retried)
        if name == "УдалениеОбъекта":
            self._deletion(element)
        elif name in _BOOKS:
            self._book(name, element)
        else:
            known = name in CRM.view.objects
            self._refuse(name, element, say.NOT_FROM_CRM() if known else say.OBJECT_UNKNOWN())
        return True

    def finish(self) -> None:
        """The message is read: tell what was refused, by type."""
        for name, (line, problem) in self.lines.items():
            told = problem.kind(count=self.refused[name]).at(line=line, object=name)
            self.session.tell(told, SIDE, name)

    # -- invoices and counterparties -------------------------------------------------------------

    def _shared(
        self, table: Table, element: etree._Element, base: str | None, retried: bool
    ) -> bool:
        raw = _raw(element)
        problems: list[Problem] = []
        accepted = schema_accepts(element, CRM, problems.append)
        record: Any = None
        try:
            record = reader(table, CRM)(element) if accepted else None
        except (Absent, Unreadable) as error:
            problems.append(reading_problem(error, element))
        if record is None:
            self._hold(table, place_of(element), raw, problems, retried)
            return False
        if table is INVOICE:
            ref, place = _ref(record.key), _document(record, element)
            problems += self._judge_invoice(record, ref)
        else:
            ref, place = party_key(record.key), _card(record, element)
            problems += judge_counterparty(record)
        problems = [place.of(problem) for problem in problems]
        if any(problem.holds for problem in problems):
            self._hold(table, place, raw, problems, retried)
            return False
        self.session.named.add((str(table.crm), ref))
        incoming = Incoming(
            SIDE, str(table.crm), ref, record, raw, CRM.version, base=base, retried=retried
        )
        outcome = accept(self.session, incoming)
        if outcome is None:
            return False
        if outcome is not Outcome.REPEAT:
            self.session.tell_at(problems, place, SIDE, (str(table.crm), ref))
        if table is INVOICE:
            self._learn(record.party)
            self._companions(ref)
        else:
            self._learn(record.key)
        return True

    def _judge_invoice(self, invoice: Invoice, ref: str) -> list[Problem]:
        problems = judge_invoice(invoice, self.session.dialect())
        key = invoice.key
        for other, _ in self.session.versions.by_number(key.number.strip(), key.date):
            if other != ref:
                problems.append(
                    say.NUMBER_TAKEN(
                        "КлючевыеСвойства/Номер",
                        number=key.number,
                        date=key.date.isoformat(" "),
                        other=other,
                    )
                )
        return problems

    def _hold(
        self, table: Table, place: Place, raw: bytes, problems: list[Problem], retried: bool
    ) -> None:
        kind = str(table.crm)
        ref = place.key.removeprefix(kind).strip().lower() or place.label
        self.session.named.add((kind, ref))
        base = None
        if retried and (before := self.session.held.get(SIDE, kind, ref)) is not None:
            base = (before.base, before.known)
        problems = [place.of(problem) for problem in problems]
        hold(self.session, SIDE, kind, ref, TAKE, raw, CRM.version, problems, base)

    def _learn(self, party: Party) -> None:
        """BP may name the counterparty by its GUID, by ИНН and КПП, or by its name (SPEC §2)."""
        ref = party_key(party)
        for index, key in enumerate(party_keys(party)):
            self.session.book.learn_party(key, ref, party, exact=index == 0 and bool(party.ref))

    def _companions(self, ref: str) -> None:
        """The counterparty and the contract that an invoice needs before it (SPEC §3)."""
        current = self.session.versions.current(codec.INVOICE, ref)
        if current is None or not isinstance(current.record, Invoice):
            return
        invoice = current.record
        party = party_key(invoice.party)
        known = self.session.versions.current(codec.COUNTERPARTY, party)
        if known is None:
            made = version_of(counterparty_of(invoice))
            self.session.versions.set_current(codec.COUNTERPARTY, party, made)
            self.session.versions.hold(SIDE, codec.COUNTERPARTY, party, made)
            self.session.change(codec.COUNTERPARTY, party)
        if invoice.contract is None:
            return
        card = contract_card(invoice)
        key = contract_key(invoice, invoice.contract)
        if card is not None and self.session.versions.current(codec.CONTRACT, key) is None:
            made = version_of(card)
            self.session.versions.set_current(codec.CONTRACT, key, made)
            self.session.versions.hold(SIDE, codec.CONTRACT, key, made)
            self.session.change(codec.CONTRACT, key)

    # -- deletions, and what the CRM may not say -------------------------------------------------

    def _deletion(self, element: etree._Element) -> None:
        problems: list[Problem] = []
        if not schema_accepts(element, CRM, problems.append):
            place = place_of(element)
            told = [place.of(problem) for problem in problems]
            ref = place.key.removeprefix("УдалениеОбъекта").strip() or place.label
            hold(self.session, SIDE, "УдалениеОбъекта", ref, TAKE, _raw(element), "1.0", told)
            return
        deletion: Deletion = reader(DELETION, CRM)(element)
        ref = deletion.ref.lower()
        if deletion.type in (codec.INVOICE, codec.COUNTERPARTY):
            accept(self.session, Incoming(SIDE, deletion.type, ref, None, _raw(element)))
            return
        if deletion.type in _BOOKS:
            self.session.versions.hold(SIDE, deletion.type, ref, GONE)
            self.session.change(deletion.type, ref)
        name = f"УдалениеОбъекта {deletion.type}"
        self._refuse(name, element, say.NOT_FROM_CRM())

    def _book(self, name: str, element: etree._Element) -> None:
        """A payment, a shipment or a state of the CRM's: BP's own version goes back (SPEC §1)."""
        self._refuse(name, element, say.NOT_FROM_CRM())
        ref = (element.findtext(".//{*}Ссылка") or "").strip().lower()
        if not ref:
            return
        versions = self.session.versions
        try:
            record = reader(_BOOKS[name], CRM)(element)
            given = version_of(record)._replace(record=None)
        except (Absent, Unreadable):
            given = foreign(sha256(_raw(element)).hexdigest())
        known = versions.known(SIDE, name, ref)
        if known is not None and known.mark == given.mark:
            return
        versions.hold(SIDE, name, ref, given)
        if versions.current(name, ref) is None:
            versions.set_current(name, ref, GONE)
        self.session.change(name, ref)

    def _refuse(self, name: str, element: etree._Element, problem: Problem) -> None:
        self.refused[name] += 1
        self.lines.setdefault(name, (element.sourceline, problem))


def _name(element: etree._Element) -> str:
    name = etree.QName(element)
    return name.localname if name.namespace == CRM.namespace else f"{name.localname}?"


def _ref(key: Any) -> str:
    return str(key.ref or "").lower()


def _document(record: Any, element: etree._Element) -> Place:
    return document_place(codec.INVOICE, record.key, element.sourceline)


def _card(record: Counterparty, element: etree._Element) -> Place:
    return card_place(codec.COUNTERPARTY, record.key.ref, element.sourceline)


def _raw(element: etree._Element) -> bytes:
    return etree.tostring(element, encoding="utf-8", with_tail=False)
