"""What the CRM's messages say: invoices, counterparties, deletions (SPEC §1, §3, §5)."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from hashlib import sha256
from typing import Any, NamedTuple

from lxml import etree

from converter.conversion.companions import party_key, party_keys
from converter.conversion.intake import (
    Place,
    card_place,
    document_place,
    place_of,
    reading_problem,
    schema_accepts,
)
from converter.exchange.ahead import Ahead
from converter.exchange.handles import guid_of, nameless_of
from converter.exchange.holding import Raw, drop_held, hold, raw, raw_of
from converter.exchange.made import Saying, named_by
from converter.exchange.merge import Outcome
from converter.exchange.restored import is_doubted
from converter.exchange.session import Session, foreign, version_of
from converter.exchange.shared import Incoming, accept
from converter.mapping.catalogues import CONTRACT_CARD, COUNTERPARTY
from converter.mapping.content import mark
from converter.mapping.crm import DELETED, PLAIN, CrmFormat
from converter.mapping.documents import said_by_crm
from converter.mapping.invoice import INVOICE
from converter.mapping.rules import judge_counterparty, judge_invoice
from converter.mapping.table import Table
from converter.objects import Deletion, Invoice, Party, ref_of
from converter.problems import Problem
from converter.problems import catalogue as say
from converter.state import codec
from converter.state.held import TAKE
from converter.state.versions import GONE
from converter.values import Absent, Unreadable

SIDE = "crm"
#: where the GUID of an operation stands, or of the invoice that a state is of
_OWN = (
    "{*}КлючевыеСвойства/{*}Ссылка",
    "{*}Счет/{*}Ссылка",
    "{*}КлючевыеСвойства/{*}Заказ/{*}Ссылка",
)
_TABLES: dict[str | None, Table] = {
    codec.INVOICE: INVOICE,
    codec.COUNTERPARTY: COUNTERPARTY,
    codec.CONTRACT: CONTRACT_CARD,
}


class FromCrm:
    """One message of the CRM; or an object that was held under the name ``held_as``, and is retried."""

    def __init__(self, session: Session, crm: CrmFormat = PLAIN, held_as: str = "") -> None:
        self.session = session
        self.crm = crm
        self.held_as = held_as
        self.refused: Counter[str] = Counter()
        self.lines: dict[str, tuple[int | None, Problem]] = {}
        self.numbers: dict[str, _Taken] = {}  # invoices whose number another one still has
        self.ahead = Ahead(session, crm.dialect.namespace, crm.own)

    def take(self, element: etree._Element, base: str | None = None, retried: bool = False) -> bool:
        """One object; returns whether it was accepted. ``base``: of a held one that is retried."""
        name = _name(element, self.crm)
        kind = self.crm.own.get(name)
        self.ahead.look(element)
        if kind in _TABLES:
            return self._shared(_TABLES[kind], element, base, retried)
        if kind is not None:
            return self._deletion(element, retried)
        if name in self.crm.books:
            self._book(name, element)
        elif name in self.crm.dialect.view.objects:
            self._refuse(name, element, say.NOT_FROM_CRM())
        elif not self.crm.whole:  # of EnterpriseData only a part is used here
            self._refuse(name, element, say.OBJECT_UNKNOWN())
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
        nameless = nameless_of(element) or self.held_as or f"{element.sourceline}"
        names = (guid_of(element) or nameless, nameless)
        problems: list[Problem] = []
        accepted = schema_accepts(element, self.crm.dialect, problems.append)
        record: Any = None
        try:
            if accepted:
                record, found = self.crm.read(_kind(table), element, judged=True)
                if record is None:
                    return self._absent(_kind(table), names[0], text)
                problems += found
        except (Absent, Unreadable) as error:
            problems.append(reading_problem(error, element))
        if record is None:
            self._hold(table, place_of(element), text(), problems, retried, names[0])
            return False
        if table is INVOICE:
            ref, place = ref_of(record.key), _document(record, element)
            self.numbers.pop(ref, None)
            record = self._remembered(table, ref, record)
            if not any(problem.holds for problem in problems):
                problems += self._judged(ref, record)
        elif table is CONTRACT_CARD:
            ref, place = ref_of(record.key), _card(record, element, codec.CONTRACT)
            record = self._remembered(table, ref, record)
            if not ref:
                problems.append(say.FIELD_MISSING("КлючевыеСвойства/Ссылка"))
        else:
            ref, place = party_key(record.key), _card(record, element)
            record = self._remembered(table, ref, record)
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
            return False
        return self._accept(given)

    def _remembered(self, table: Table, ref: str, record: Any) -> Any:
        """With what the CRM's version has no place for, as it stands (SPEC §3)."""
        current = self.session.versions.current(_kind(table), ref)
        return record if current is None else self.crm.remember(record, current.record)

    def _absent(self, kind: str, ref: str, text: Raw) -> bool:
        """A draft, which does not count: one that did is deleted."""
        current = self.session.versions.current(kind, ref)
        if kind == codec.INVOICE and current is not None and not current.deleted:
            self.numbers.pop(ref, None)
            accept(self.session, Incoming(SIDE, kind, ref, None, text))
        return True

    def _judged(self, ref: str, invoice: Invoice) -> list[Problem]:
        """What is wrong with an invoice; the discount of BP's that it was told is not (SPEC §5)."""
        problems = list(judge_invoice(invoice, self.session.dialect()))
        if any(problem.kind.id == say.SUM_NOT_ROWS.id for problem in problems):
            versions, sent = self.session.versions, mark(invoice)
            had = (versions.current(codec.INVOICE, ref), *versions.former(codec.INVOICE, ref))
            if any(each is not None and each.mark == sent for each in had):
                return [each for each in problems if each.kind.id != say.SUM_NOT_ROWS.id]
        return problems

    def _accept(self, given: _Taken) -> bool:
        kind, ref = _kind(given.table), given.ref
        incoming = Incoming(
            SIDE,
            kind,
            ref,
            given.record,
            given.raw,
            self.crm.dialect.version,
            given.base,
            given.retried,
        )
        before = self.session.versions.current(kind, ref)
        outcome = accept(self.session, incoming)
        if outcome is None:
            return False
        if given.names[1] != self.held_as:  # else `retry` releases it
            drop_held(self.session, SIDE, kind, given.names[1], "replaced")
        if outcome is not Outcome.REPEAT:
            self.session.tell_at(given.problems, given.place, SIDE, (kind, ref))
        if given.table is INVOICE:
            self._learn(given.record.party)
            last = None if before is None else before.record
            named_by(self.session, Saying(ref, given.record, last, outcome, given.retried))
            return True
        self.session.versions.name(kind, ref, None)
        if given.table is COUNTERPARTY:
            self._learn(given.record.key)
        return True

    def _owner(self, given: _Taken) -> str | None:
        """Another invoice of the same number and moment, which BP would take for this one."""
        key = given.record.key
        owners = self.session.versions.by_number(key.number.strip(), key.date)
        return next((ref for ref, _ in owners if ref != given.ref), None)

    def _is_old(self, given: _Taken) -> bool:
        """Whether a restored CRM sends what is no edit, so that its number is nobody's any more (R8)."""
        known = self.session.versions.known(SIDE, codec.INVOICE, given.ref)
        if not is_doubted(self.session, SIDE, known):
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
                self._hold_number(each, owner or self._rival(each))
        self.numbers.clear()

    def _rival(self, given: _Taken) -> str:
        """Another invoice of the message that claims the same number."""
        claims = (ref for ref, each in self.numbers.items() if _number(each) == _number(given))
        return next(ref for ref in claims if ref != given.ref)

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
        kind = _kind(table)
        problems = [place.of(problem) for problem in problems]
        hold(self.session, SIDE, kind, ref, TAKE, text, self.crm.dialect.version, problems, retried)

    def _learn(self, party: Party) -> None:
        """BP may name the counterparty by its GUID, by ИНН and КПП, or by its name (SPEC §2)."""
        ref = party_key(party)
        for index, key in enumerate(party_keys(party)):
            self.session.book.learn_party(key, ref, party, exact=index == 0 and bool(party.ref))

    # -- deletions, and what the CRM may not say -------------------------------------------------

    def _deletion(self, element: etree._Element, retried: bool) -> bool:
        problems: list[Problem] = []
        if not schema_accepts(element, self.crm.dialect, problems.append):
            place = place_of(element)
            told = [place.of(problem) for problem in problems]
            ref = place.key.removeprefix("УдалениеОбъекта").strip() or place.label
            hold(
                self.session,
                SIDE,
                "УдалениеОбъекта",
                ref,
                TAKE,
                raw(element),
                self.crm.dialect.version,
                told,
                retried,
            )
            return False
        deletion: Deletion | None = self.crm.read(DELETED, element, judged=True)[0]
        if deletion is None:
            return True
        ref = deletion.ref.lower()
        if deletion.type in self.crm.own.values():
            self.numbers.pop(ref, None)
            accept(self.session, Incoming(SIDE, deletion.type, ref, None, raw_of(element)))
            return True
        if deletion.type in self.crm.books.values():
            self.session.versions.hold(SIDE, deletion.type, ref, GONE)
            self.session.change(deletion.type, ref)
        name = f"УдалениеОбъекта {deletion.type}"
        self._refuse(name, element, say.NOT_FROM_CRM())
        return True

    def _book(self, name: str, element: etree._Element) -> None:
        """A payment, a shipment or a state of the CRM's: BP's own version goes back (SPEC §1)."""
        self._refuse(name, element, say.NOT_FROM_CRM())
        ref = next((found for path in _OWN if (found := element.findtext(path))), "")
        ref = ref.strip().lower()
        if not ref:
            return
        versions = self.session.versions
        kind = self.crm.books[name]
        given = foreign(sha256(raw(element)).hexdigest())
        try:
            if not self.crm.whole:
                given = version_of(self.crm.read(kind, element)[0])._replace(record=None)
            elif kind == codec.OPERATION:
                given = given._replace(record=said_by_crm(name, element, self.crm.dialect))
        except (Absent, Unreadable):
            pass
        known = versions.known(SIDE, kind, ref)
        if known is not None and known.mark == given.mark:
            return
        versions.hold(SIDE, kind, ref, given)
        if versions.current(kind, ref) is None:
            versions.set_current(kind, ref, GONE)
        self.session.change(kind, ref)

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


def _name(element: etree._Element, crm: CrmFormat) -> str:
    name = etree.QName(element)
    return name.localname if name.namespace == crm.dialect.namespace else f"{name.localname}?"


def _kind(table: Table) -> str:
    return str(table.crm or table.bp)


def _document(record: Any, element: etree._Element) -> Place:
    return document_place(codec.INVOICE, record.key, element.sourceline)


def _card(record: Any, element: etree._Element, kind: str = codec.COUNTERPARTY) -> Place:
    return card_place(kind, record.key.ref, element.sourceline)
