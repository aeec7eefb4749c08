"""What the CRM's messages say: invoices, counterparties, deletions (SPEC §1, §3, §5)."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from hashlib import sha256
from typing import Any, NamedTuple

from lxml import etree

from converter.conversion.companions import party_key
from converter.conversion.intake import Place
from converter.conversion.said_by_crm import Nothing, NotOfCrm, Read, Unread, crm_says
from converter.exchange import states
from converter.exchange.ahead import Ahead
from converter.exchange.handles import guid_of, nameless_of
from converter.exchange.holding import Given, Raw, Refusal, drop_held, hold, raw, raw_of
from converter.exchange.made import Saying, learn, named_by
from converter.exchange.merge import Outcome
from converter.exchange.restored import is_doubted
from converter.exchange.session import Session, foreign, version_of
from converter.exchange.shared import Sent, accept
from converter.mapping.content import mark
from converter.mapping.crm import DELETED, PLAIN, CrmFormat
from converter.mapping.documents import said_by_crm
from converter.mapping.rules import judge
from converter.objects import Deletion, ref_of
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
_SHARED = frozenset({codec.INVOICE, codec.COUNTERPARTY, codec.CONTRACT})


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
        self.ahead.look(element)
        given = Given(raw_of(element), self.crm.dialect.version, base, retried)
        handles = self._handles(element)
        match crm_says(element, self.crm):
            case Read(record=Deletion() as deletion):
                self._deletion(deletion, element)
            case Read() as said:
                return self._shared(said, handles, given)
            case Nothing(kind):
                self._absent(kind, handles.own, given)
            case Unread(kind, place, problems):
                ref = handles.own if kind in _SHARED else _deleted(place)
                self._hold(kind, ref, problems, given)
                return False
            case NotOfCrm(problem):
                self._not_of_crm(_name(element, self.crm), element, problem)
        return True

    def finish(self) -> None:
        """The message is read: whose number is free now, and what was refused, by type."""
        self._free_numbers()
        for name, (line, problem) in self.lines.items():
            told = problem.kind(count=self.refused[name]).at(line=line, object=name)
            self.session.tell(told, SIDE, name)

    def _handles(self, element: etree._Element) -> _Handles:
        nameless = nameless_of(element) or self.held_as or f"{element.sourceline}"
        return _Handles(guid_of(element) or nameless, nameless)

    def _hold(self, kind: str, ref: str, problems: list[Problem], given: Given) -> None:
        hold(self.session, Refusal(SIDE, kind, ref, TAKE, problems, given))

    # -- invoices and cards ----------------------------------------------------------------------

    def _shared(self, said: Read, handles: _Handles, given: Given) -> bool:
        """Completed, judged, maybe told to wait for its number, accepted."""
        kind, key = said.kind, said.record.key
        ref = party_key(key) if kind == codec.COUNTERPARTY else ref_of(key)
        if kind == codec.INVOICE:
            self.numbers.pop(ref, None)
        said = self._judged(ref, self._remembered(ref, said))
        taken = _Taken(ref, said, handles, given)
        if any(problem.holds for problem in said.problems):
            self._hold(kind, handles.own, said.problems, given)
            return False
        if kind == codec.INVOICE and self._owner(taken) is not None and not self._is_old(taken):
            self._wait(taken)
            return False
        return self._accept(taken)

    def _remembered(self, ref: str, said: Read) -> Read:
        """With what the CRM's version has no place for, as it stands (SPEC §3)."""
        current = self.session.versions.current(said.kind, ref)
        if current is None:
            return said
        return said._replace(record=self.crm.remember(said.record, current.record))

    def _judged(self, ref: str, said: Read) -> Read:
        """With all that is wrong with it, at its place."""
        problems = said.problems
        if not any(problem.holds for problem in problems):
            problems = problems + self._faults(said.kind, ref, said.record)
        return said._replace(problems=[said.place.of(problem) for problem in problems])

    def _faults(self, kind: str, ref: str, record: Any) -> list[Problem]:
        """What is wrong with an object; the discount of BP's that the CRM was told is not (SPEC §5)."""
        problems = judge(record, self.session.dialect())
        if any(problem.kind.id == say.SUM_NOT_ROWS.id for problem in problems):
            versions, sent = self.session.versions, mark(record)
            had = (versions.current(kind, ref), *versions.former(kind, ref))
            if any(each is not None and each.mark == sent for each in had):
                return [each for each in problems if each.kind.id != say.SUM_NOT_ROWS.id]
        return problems

    def _accept(self, taken: _Taken) -> bool:
        ref, (kind, record, place, problems), handles, given = taken
        before = self.session.versions.current(kind, ref)
        outcome = accept(self.session, Sent(SIDE, kind, ref, record, given))
        if outcome is None:
            return False
        if handles.nameless != self.held_as:  # else `retry` releases it
            drop_held(self.session, SIDE, kind, handles.nameless, "replaced")
        if outcome is not Outcome.REPEAT:
            self.session.tell_at(problems, place, SIDE, (kind, ref))
        if kind == codec.INVOICE:
            learn(self.session, record.party)
            last = None if before is None else before.record
            named_by(self.session, Saying(ref, record, last, outcome, given.retried))
            return True
        self.session.versions.name(kind, ref, None)
        if kind == codec.COUNTERPARTY:
            learn(self.session, record.key)
        return True

    # -- numbers ---------------------------------------------------------------------------------

    def _owner(self, taken: _Taken) -> str | None:
        """Another invoice of the same number and moment, which BP would take for this one."""
        owners = self.session.versions.by_number(*taken.number)
        return next((ref for ref, _ in owners if ref != taken.ref), None)

    def _is_old(self, taken: _Taken) -> bool:
        """Whether a restored CRM sends what is no edit, so that its number is nobody's any more (R8)."""
        known = self.session.versions.known(SIDE, codec.INVOICE, taken.ref)
        if not is_doubted(self.session, SIDE, known):
            return False
        had = self.session.versions.former(codec.INVOICE, taken.ref)
        return any(each.mark == mark(taken.said.record) for each in had)

    def _wait(self, taken: _Taken) -> None:
        raw = taken.given.raw()  # its element is gone when the message is read
        self.numbers[taken.ref] = taken._replace(given=taken.given._replace(raw=lambda: raw))
        if taken.given.retried:
            self._free_numbers()

    def _free_numbers(self) -> None:
        """Accept the invoices whose number has become free, or goes round among them; hold the rest.

        Judged when the message is read, since it may free a number after it takes it.
        """
        going = dict(self.numbers)
        while True:
            claims = Counter(each.number for each in going.values())
            stuck = [
                ref
                for ref, each in going.items()
                if claims[each.number] > 1
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

    def _rival(self, taken: _Taken) -> str:
        """Another invoice of the message that claims the same number."""
        claims = (ref for ref, each in self.numbers.items() if each.number == taken.number)
        return next(ref for ref in claims if ref != taken.ref)

    def _hold_number(self, taken: _Taken, owner: str) -> None:
        said, key = taken.said, taken.said.record.key
        date = key.date.isoformat(" ")
        problem = say.NUMBER_TAKEN(
            "КлючевыеСвойства/Номер", number=key.number, date=date, other=owner
        )
        problems = [*said.problems, said.place.of(problem)]
        self._hold(said.kind, taken.handles.own, problems, taken.given)

    # -- deletions, and what the CRM may not say -------------------------------------------------

    def _absent(self, kind: str, ref: str, given: Given) -> None:
        """A draft, which does not count: one that did is deleted."""
        current = self.session.versions.current(kind, ref) if kind == codec.INVOICE else None
        if current is not None and not current.deleted:
            self._delete(kind, ref, given.raw)

    def _deletion(self, deletion: Deletion, element: etree._Element) -> None:
        kind, ref = deletion.type, deletion.ref.lower()
        if kind in self.crm.own.values():
            self._delete(kind, ref, raw_of(element))
            return
        if kind in self.crm.books.values():
            self.session.versions.hold(SIDE, kind, ref, GONE)
            self.session.change(kind, ref)
        self._refuse(f"{DELETED} {kind}", element, say.NOT_FROM_CRM())

    def _not_of_crm(self, name: str, element: etree._Element, problem: Problem | None) -> None:
        if name in self.crm.books:
            self._book(name, element)
        elif problem is not None:
            self._refuse(name, element, problem)

    def _delete(self, kind: str, ref: str, raw: Raw) -> None:
        """The CRM deleted an object, and with an invoice what it knew of its state: should BP's
        version stand all the same, it is told both again."""
        self.numbers.pop(ref, None)
        outcome = accept(self.session, Sent(SIDE, kind, ref, None, Given(raw)))
        if kind == codec.INVOICE and outcome not in (None, Outcome.REPEAT):
            states.forget(self.session, ref)
            self.session.count_again(ref)

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
            if not self.crm.enterprise:
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


class _Handles(NamedTuple):
    """What an object is held by: its GUID where it has one, and without."""

    own: str
    nameless: str


class _Taken(NamedTuple):
    """An object that is well in itself."""

    ref: str
    said: Read
    handles: _Handles
    given: Given

    @property
    def number(self) -> tuple[str, datetime]:
        """What BP tells one invoice from another by."""
        return self.said.record.key.number.strip(), self.said.record.key.date


def _name(element: etree._Element, crm: CrmFormat) -> str:
    name = etree.QName(element)
    return name.localname if name.namespace == crm.dialect.namespace else f"{name.localname}?"


def _deleted(place: Place) -> str:
    """What a deletion is held by."""
    return place.key.removeprefix(DELETED).strip() or place.label
