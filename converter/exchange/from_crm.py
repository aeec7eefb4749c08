"""What the CRM's messages say: invoices, counterparties, deletions (SPEC §1, §3, §5)."""

from __future__ import annotations

import re
from collections import Counter
from datetime import datetime
from hashlib import sha256
from typing import Any, NamedTuple

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
from converter.exchange.holding import Raw, drop_held, hold, raw, raw_of
from converter.exchange.merge import Outcome
from converter.exchange.session import Session, foreign, version_of
from converter.exchange.shared import Incoming, accept
from converter.formats import CRM
from converter.mapping.catalogues import COUNTERPARTY, contract_card, counterparty_of
from converter.mapping.content import mark
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
_GUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
#: what only BP may change; the CRM gets BP's own version back
_BOOKS = {codec.OPERATION: TRADE_OPERATION, codec.STATE: INVOICE_STATE}


class FromCrm:
    """One message of the CRM."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.refused: Counter[str] = Counter()
        self.lines: dict[str, tuple[int | None, Problem]] = {}
        self.numbers: dict[str, _Taken] = {}  # invoices whose number another one still has

    def take(self, element: etree._Element, base: str | None = None, retried: bool = False) -> bool:
        """One object; returns whether it was accepted. ``base``: of a held one that is retried."""
        name = _name(element)
        table = {codec.INVOICE: INVOICE, codec.COUNTERPARTY: COUNTERPARTY}.get(name)
        if table is not None:
            return self._shared(table, element, base, retried)
        if name == "УдалениеОбъекта":
            return self._deletion(element)
        if name in _BOOKS:
            self._book(name, element)
        else:
            known = name in CRM.view.objects
            self._refuse(name, element, say.NOT_FROM_CRM() if known else say.OBJECT_UNKNOWN())
        return True

    def finish(self) -> None:
        """The message is read: whose number is free now, and what was refused, by type."""
        self._free_numbers()
        for name, (line, problem) in self.lines.items():
            told = problem.kind(count=self.refused[name]).at(line=line, object=name)
            self.session.tell(told, SIDE, name)

    # -- invoices and counterparties -------------------------------------------------------------

    def _shared(
        self, table: Table, element: etree._Element, base: str | None, retried: bool
    ) -> bool:
        text = raw_of(element)
        nameless = _nameless(element)
        names = (_guid(element) or nameless, nameless)
        problems: list[Problem] = []
        accepted = schema_accepts(element, CRM, problems.append)
        record: Any = None
        try:
            record = reader(table, CRM)(element) if accepted else None
        except (Absent, Unreadable) as error:
            problems.append(reading_problem(error, element))
        if record is None:
            self._hold(table, place_of(element), text(), problems, retried, names[0])
            return False
        if table is INVOICE:
            ref, place = _ref(record.key), _document(record, element)
            self.numbers.pop(ref, None)
            problems += judge_invoice(record, self.session.dialect())
        else:
            ref, place = party_key(record.key), _card(record, element)
            problems += judge_counterparty(record)
        problems = [place.of(problem) for problem in problems]
        if any(problem.holds for problem in problems):
            self._hold(table, place, text(), problems, retried, names[0])
            return False
        given = _Taken(table, ref, place, record, text, problems, base, retried, names)
        if table is INVOICE and self._owner(given) is not None and not self._is_old(given):
            kept = text()  # its element is gone when the message is read
            self.numbers[ref] = given._replace(raw=lambda: kept)
            if retried:
                self._free_numbers()
            return (
                ref not in self.numbers and self.session.held.get(SIDE, codec.INVOICE, ref) is None
            )
        return self._accept(given)

    def _accept(self, given: _Taken) -> bool:
        kind, ref = str(given.table.crm), given.ref
        self.session.named.add((kind, ref))
        incoming = Incoming(
            SIDE, kind, ref, given.record, given.raw, CRM.version, given.base, given.retried
        )
        outcome = accept(self.session, incoming)
        if outcome is None:
            return False
        drop_held(self.session, SIDE, kind, given.names[1], "replaced")
        if outcome is not Outcome.REPEAT:
            self.session.tell_at(given.problems, given.place, SIDE, (kind, ref))
        if given.table is INVOICE:
            self._learn(given.record.party)
            self._companions(ref)
        else:
            self._learn(given.record.key)
        return True

    def _owner(self, given: _Taken) -> str | None:
        """Another invoice of the same number and moment, which BP would take for this one."""
        key = given.record.key
        owners = self.session.versions.by_number(key.number.strip(), key.date)
        return next((ref for ref, _ in owners if ref != given.ref), None)

    def _is_old(self, given: _Taken) -> bool:
        """Whether a restored CRM sends what is no edit, so that its number is nobody's any more (R8)."""
        if self.session.base(SIDE).restored is None:
            return False
        had = self.session.versions.former(codec.INVOICE, given.ref)
        return any(each.mark == mark(given.record) for each in had)

    def _free_numbers(self) -> None:
        """Accept the invoices whose number has become free, or goes round among them; hold the rest.

        Judged when the message is read, since it may free a number after it takes it.
        """
        going = dict(self.numbers)
        while True:
            claims = Counter(_number(each) for each in going.values())
            stuck = [
                ref
                for ref, each in going.items()
                if claims[_number(each)] > 1
                or ((owner := self._owner(each)) is not None and owner not in going)
            ]
            if not stuck:
                break
            for ref in stuck:
                del going[ref]
        for ref, each in list(self.numbers.items()):
            owner = self._owner(each)
            if ref in going:
                self._accept(each)
            else:
                self._hold_number(each, owner or next(iter(self.numbers)))
        self.numbers.clear()

    def _hold_number(self, given: _Taken, owner: str) -> None:
        key = given.record.key
        problem = say.NUMBER_TAKEN(
            "КлючевыеСвойства/Номер",
            number=key.number,
            date=key.date.isoformat(" "),
            other=owner,
        )
        self._hold(
            given.table, given.place, given.raw(), [*given.problems, given.place.of(problem)],
            given.retried, given.names[0],
        )  # fmt: skip

    def _hold(
        self,
        table: Table,
        place: Place,
        text: bytes,
        problems: list[Problem],
        retried: bool,
        ref: str,
    ) -> None:
        kind = str(table.crm)
        self.session.named.add((kind, ref))
        problems = [place.of(problem) for problem in problems]
        hold(self.session, SIDE, kind, ref, TAKE, text, CRM.version, problems, retried)

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

    def _deletion(self, element: etree._Element) -> bool:
        problems: list[Problem] = []
        if not schema_accepts(element, CRM, problems.append):
            place = place_of(element)
            told = [place.of(problem) for problem in problems]
            ref = place.key.removeprefix("УдалениеОбъекта").strip() or place.label
            hold(self.session, SIDE, "УдалениеОбъекта", ref, TAKE, raw(element), "1.0", told)
            return False
        deletion: Deletion = reader(DELETION, CRM)(element)
        ref = deletion.ref.lower()
        if deletion.type in (codec.INVOICE, codec.COUNTERPARTY):
            self.numbers.pop(ref, None)
            accept(self.session, Incoming(SIDE, deletion.type, ref, None, raw_of(element)))
            return True
        if deletion.type in _BOOKS:
            self.session.versions.hold(SIDE, deletion.type, ref, GONE)
            self.session.change(deletion.type, ref)
        name = f"УдалениеОбъекта {deletion.type}"
        self._refuse(name, element, say.NOT_FROM_CRM())
        return True

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
            given = foreign(sha256(raw(element)).hexdigest())
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


class _Taken(NamedTuple):
    """An object that is well in itself."""

    table: Table
    ref: str
    place: Place
    record: Any
    raw: Raw
    problems: list[Problem]
    base: str | None
    retried: bool
    names: tuple[str, str]  # by which it is held: its GUID where it has one, and without


def _number(given: _Taken) -> tuple[str, datetime]:
    return given.record.key.number.strip(), given.record.key.date


def _guid(element: etree._Element) -> str | None:
    """An object's own GUID; None where it has none that is one."""
    key = element.find("{*}КлючевыеСвойства")
    text = (element if key is None else key).findtext("{*}Ссылка") or ""
    return text.strip().lower() if _GUID.fullmatch(text.strip()) else None


def _nameless(element: etree._Element) -> str:
    """What an object is held by that has no GUID: its number, else its name, else its line."""
    key = element.find("{*}КлючевыеСвойства")
    number = None if key is None else key.findtext("{*}Номер")
    name = None if key is None else key.findtext("{*}Наименование")
    if number and number.strip():
        return f"№ {number.strip()}"
    return (name or "").strip() or f"{element.sourceline}"


def _name(element: etree._Element) -> str:
    name = etree.QName(element)
    return name.localname if name.namespace == CRM.namespace else f"{name.localname}?"


def _ref(key: Any) -> str:
    return str(key.ref or "").lower()


def _document(record: Any, element: etree._Element) -> Place:
    return document_place(codec.INVOICE, record.key, element.sourceline)


def _card(record: Counterparty, element: etree._Element) -> Place:
    return card_place(codec.COUNTERPARTY, record.key.ref, element.sourceline)
