"""What BP's messages say: invoices, operations, catalogues, states, deletions (SPEC §1, §2)."""

from __future__ import annotations

from hashlib import sha256

from lxml import etree
from msgspec.structs import replace

from converter.conversion.intake import Place, card_place, document_place, place_of, references
from converter.conversion.said_by_bp import Card, Correction, Unread, bp_says
from converter.exchange import corrections, operations
from converter.exchange.ahead import Ahead
from converter.exchange.books import InvoiceBook
from converter.exchange.completing import made_on
from converter.exchange.holding import Given, Refusal, drop_held, hold, raw_of
from converter.exchange.made import given_by_bp
from converter.exchange.merge import Outcome
from converter.exchange.session import Session, version_of
from converter.exchange.shared import Sent, accept, name_of
from converter.exchange.waking import operation_points
from converter.formats import Dialect
from converter.mapping.catalogues import counterparty_from_bp
from converter.mapping.invoice import INVOICE, from_bp
from converter.mapping.links import is_current, same_reference
from converter.mapping.operation import BY_ELEMENT
from converter.mapping.restore import same_contract
from converter.mapping.states import BOOK_PAYMENT_STATE, BOOK_SHIPMENT_STATE
from converter.objects import (
    BookOperation,
    BookState,
    ContractCard,
    Counterparty,
    Deletion,
    Invoice,
    ref_of,
)
from converter.problems import Problem
from converter.problems import catalogue as say
from converter.state import codec
from converter.state.book import Operation
from converter.state.held import TAKE
from converter.state.versions import GONE

SIDE = "bp"
_STATES = {BOOK_PAYMENT_STATE.bp: "payment_state", BOOK_SHIPMENT_STATE.bp: "shipment_state"}
#: what the CRM calls otherwise; asked for before its turn
_KINDS = {**dict.fromkeys(BY_ELEMENT, codec.OPERATION), str(INVOICE.bp): codec.INVOICE}


class FromBp:
    """One message of BP's."""

    def __init__(self, session: Session, dialect: Dialect) -> None:
        self.session = session
        self.dialect = dialect
        self.books = InvoiceBook(session)
        self.ahead = Ahead(session, dialect.namespace, _KINDS)

    def take(self, element: etree._Element, base: str | None = None, retried: bool = False) -> bool:
        """One object; returns whether it was accepted. ``base``: of a held one that is retried."""
        self.ahead.look(element)
        name = etree.QName(element).localname
        given = Given(raw_of(element), self.dialect.version, base, retried)
        match bp_says(element, self.dialect, self.session.crm.enterprise, states=True):
            case Invoice() as sent:
                return self._invoice(sent, element.sourceline, given)
            case Counterparty() as sent:
                return self._counterparty(sent, element.sourceline, given)
            case ContractCard() as sent:
                return self._contract(sent, given)
            case Card() as card:
                return self._card(card, given)
            case BookOperation() as record:
                return self._operation(name, record, element, given)
            case BookState() as state:
                self._state(_STATES[name], state)
            case Deletion() as deletion:
                self._deletion(deletion, given)
            case Correction() as correction:
                corrections.note(self.session, name, correction)
            case Unread(problem):
                return self._unread(name, element, problem, given)
        return True

    def finish(self) -> None:
        """The message is read; links are judged by the pass, after all messages."""

    def _unread(self, name: str, element: etree._Element, problem: Problem, given: Given) -> bool:
        """Refuse an object of BP's, under the name that the CRM has for it."""
        place, kind = place_of(element), _KINDS.get(name, name)
        ref = place.key.partition(" ")[2].lower() or place.label
        if kind not in (codec.INVOICE, codec.COUNTERPARTY) or self._is_of_crm(element):
            self.session.named.add(ref)
            self._hold(kind, ref, place, [problem], given)
        return False  # though BP's own is not held: nothing of it goes anywhere

    def _hold(
        self, kind: str, ref: str, place: Place, problems: list[Problem], given: Given
    ) -> None:
        told = [place.of(problem) for problem in problems]
        hold(self.session, Refusal(SIDE, kind, ref, TAKE, told, given))

    def _is_of_crm(self, element: etree._Element) -> bool:
        first = next(references(element, self.dialect), "").lower()
        book = self.session.book
        return self.books.by_ref(first) is not None or book.party(first) is not None

    # -- invoices --------------------------------------------------------------------------------

    def _invoice(self, sent: Invoice, line: int | None, given: Given) -> bool:
        ref = self.books.recognise(sent.key, sent.party, deleted=True)
        if ref is None:
            return True  # BP's own
        place = document_place(codec.INVOICE, sent.key, line)
        if not is_current(sent.state):
            self._withdraw(ref)
            return True

        def completed(last: Invoice) -> tuple[Invoice, list[Problem]]:
            party = self.books.party_of_crm(sent.party, last.party)
            return from_bp(replace(sent, party=party), last)

        last, certain = made_on(self.session, codec.INVOICE, ref, lambda last: completed(last)[0])
        if not isinstance(last, Invoice):
            return True
        problems: list[Problem] = []
        if not same_reference(last.key.ref, sent.key.ref) and self.books.new_alias(sent.key, ref):
            problems.append(say.ALIAS("КлючевыеСвойства/Ссылка", other=sent.key.ref))
        invoice, found = completed(last)
        problems += found
        if any(problem.holds for problem in problems):
            self._hold(codec.INVOICE, ref, place, problems, given)
            return False
        outcome = accept(self.session, Sent(SIDE, codec.INVOICE, ref, invoice, given, certain))
        if outcome is None:
            return False
        if outcome is not Outcome.REPEAT:
            self.session.tell_at(problems, place, SIDE, (codec.INVOICE, ref))
        given_by_bp(self.session, ref, outcome)
        self._is_back(ref, edited=outcome is not Outcome.REPEAT)
        return True

    def _withdraw(self, ref: str) -> None:
        """BP unposted or deleted an invoice: it is not deleted at the CRM, but marked (SPEC §4).

        Not where BP only did what a deletion of ours said, which has been taken back since.
        """
        held = self.session.versions.known(SIDE, codec.INVOICE, ref)
        word = self.session.book.word(ref)
        if word.withdrawn or (held is not None and held.deleted):
            return
        self.session.book.set_word(replace(word, withdrawn=True, mentioned=True))
        self.session.journal.write("withdrawn", SIDE, codec.INVOICE, ref)
        name = name_of(self.session, codec.INVOICE, ref)
        self.session.report.happened("withdrawn", f"{codec.INVOICE} {ref}", name)
        drop_held(self.session, SIDE, codec.INVOICE, ref, "replaced")
        self.session.count_again(ref)

    def _is_back(self, ref: str, edited: bool) -> None:
        word = self.session.book.word(ref)
        if not word.withdrawn and (word.mentioned or not edited):
            return
        if word.withdrawn:
            self.session.journal.write("returned", SIDE, codec.INVOICE, ref)
        self.session.book.set_word(replace(word, withdrawn=False, mentioned=True))
        self.session.count_again(ref)

    def _state(self, field: str, state: BookState) -> None:
        """BP's own word on what is paid or shipped; it stands beside what is counted."""
        ref = self.books.recognise(state.invoice, None, deleted=True)
        if ref is None:
            return
        word = self.session.book.word(ref)
        if getattr(word, field) == state.state:
            return
        word = replace(word, **{field: state.state}, mentioned=True)
        self.session.book.set_word(word)
        self.session.count_again(ref)

    # -- operations ------------------------------------------------------------------------------

    def _operation(
        self, name: str, record: BookOperation, element: etree._Element, given: Given
    ) -> bool:
        if record.key.ref is None:
            problem = say.FIELD_MISSING("КлючевыеСвойства/Ссылка")
            return self._unread(name, element, problem, given)
        ref = record.key.ref.lower()
        self.session.named.add(ref)
        held = self.session.held.get(SIDE, codec.OPERATION, ref)
        if held is not None and held.stage == TAKE:
            drop_held(self.session, SIDE, codec.OPERATION, ref, "replaced")
        digest = sha256(codec.encode(record)).hexdigest()
        live = is_current(record.state)
        before = self.session.book.operation(ref)
        if before is not None and (before.digest, before.live) == (digest, live):
            if self.session.base(SIDE).restored is not None:
                self.session.judge_again(ref)  # what was held of it is dropped: judged anew
            return True
        kept = Operation(ref, name, record, digest, live, element.sourceline or 0)
        if before is not None:
            kept = replace(
                kept,
                facts=before.facts,
                via=before.via,
                elsewhere=before.elsewhere,
                shares=before.shares,
            )
        self.session.book.set_operation(kept)
        pointed = set() if before is None else operations.targets(before.record)
        operation_points(self.session, ref, pointed, operations.targets(record))
        self.session.judge_again(ref)
        return True

    # -- catalogues ------------------------------------------------------------------------------

    def _counterparty(self, sent: Counterparty, line: int | None, given: Given) -> bool:
        own = self.books.party(sent.key)
        if own is None:
            return True
        ref, party = own
        guid = party.ref or sent.key.ref
        place = card_place(codec.COUNTERPARTY, guid, line)
        if guid is None:
            problem = say.FIELD_MISSING("КлючевыеСвойства/Ссылка")
            self._hold(codec.COUNTERPARTY, ref, place, [problem], given)
            return False
        enterprise = self.session.crm.enterprise

        def completed(last: Counterparty | None) -> Counterparty:
            card = counterparty_from_bp(sent, enterprise, last)
            return replace(card, key=replace(card.key, ref=guid))

        last, certain = made_on(self.session, codec.COUNTERPARTY, ref, completed)
        card = completed(last)
        if party.ref is None and sent.key.ref is not None:
            self.session.book.learn_party(sent.key.ref.lower(), ref, party, exact=True)
        offered = Sent(SIDE, codec.COUNTERPARTY, ref, card, given, certain)
        return accept(self.session, offered) is not None

    def _contract(self, sent: ContractCard, given: Given) -> bool:
        """A contract that the CRM said itself; whose it is, is told as the CRM tells it."""
        ref = ref_of(sent.key)

        def completed(last: ContractCard) -> ContractCard:
            return replace(last, key=same_contract(sent.key, last.key) or sent.key)

        last, certain = made_on(self.session, codec.CONTRACT, ref, completed)
        if not isinstance(last, ContractCard):
            return True
        card = completed(last)
        offered = Sent(SIDE, codec.CONTRACT, ref, card, given, certain)
        return accept(self.session, offered) is not None

    def _card(self, card: Card, given: Given) -> bool:
        kind, ref = card.kind, (card.ref or card.place.label).lower()
        if any(problem.holds for problem in card.problems):
            self._hold(kind, ref, card.place, card.problems, given)
            return False
        drop_held(self.session, SIDE, kind, ref, "released" if given.retried else "replaced")
        version = version_of(card.record)
        current = self.session.versions.current(kind, ref)
        if current is not None and current.mark == version.mark:
            return True
        self.session.tell_at(card.problems, card.place, SIDE, (kind, ref))
        if card.passes:
            self.session.versions.set_current(kind, ref, version)
            self.session.change(kind, ref)
        return True

    # -- deletions -------------------------------------------------------------------------------

    def _deletion(self, deletion: Deletion, given: Given) -> None:
        kind, ref = deletion.type, deletion.ref.lower()
        if kind == codec.CONTRACT:
            if self.session.versions.current(kind, ref) is not None:
                accept(self.session, Sent(SIDE, kind, ref, None, Given(given.raw)))
            return
        if kind == codec.INVOICE:
            own = self.books.by_ref(ref)
            current = None if own is None else self.session.versions.current(kind, own)
            if own is not None and current is not None and not current.deleted:
                self._withdraw(own)  # one that the CRM deleted may stand unposted in BP: BP hears
        elif kind == codec.OPERATION:
            self._operation_gone(ref)
        elif kind == codec.COUNTERPARTY:
            party = self.session.book.party(ref)
            if party is not None:
                accept(self.session, Sent(SIDE, kind, party[0], None, Given(given.raw)))
        elif self.session.versions.current(kind, ref) is not None:
            drop_held(self.session, SIDE, kind, ref, "replaced")
            self.session.versions.set_current(kind, ref, GONE)
            self.session.change(kind, ref)

    def _operation_gone(self, ref: str) -> None:
        """Unposted or deleted in BP; a later version brings it back (SPEC §4)."""
        held = self.session.held.get(SIDE, codec.OPERATION, ref)
        if held is not None:
            drop_held(self.session, SIDE, codec.OPERATION, ref, "replaced")
        operation = self.session.book.operation(ref)
        if operation is None or not operation.live:
            return
        self.session.book.set_operation(replace(operation, live=False))
        self.session.judge_again(ref)
