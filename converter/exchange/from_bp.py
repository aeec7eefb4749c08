"""What BP's messages say: invoices, operations, catalogues, states, deletions (SPEC §1, §2)."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from lxml import etree
from msgspec.structs import replace

from converter.conversion.intake import (
    Place,
    card_place,
    document_place,
    place_of,
    reading_problem,
    references,
)
from converter.exchange import corrections, operations
from converter.exchange.ahead import Ahead
from converter.exchange.books import InvoiceBook
from converter.exchange.completing import made_on
from converter.exchange.holding import Given, Refusal, drop_held, hold, raw_of
from converter.exchange.merge import Outcome
from converter.exchange.session import Session, version_of
from converter.exchange.shared import Sent, accept, name_of
from converter.exchange.waking import operation_points
from converter.formats import Dialect
from converter.mapping.catalogues import (
    BOOK_CARDS,
    CONTRACT_CARD,
    COUNTERPARTY,
    card_from_bp,
    card_reference,
    counterparty_from_bp,
    unpassable,
)
from converter.mapping.deletion import read_bp_deletion
from converter.mapping.documents import document_table
from converter.mapping.invoice import INVOICE, from_bp
from converter.mapping.links import is_current, same_reference
from converter.mapping.operation import BY_ELEMENT, CORRECTIONS
from converter.mapping.reading import reader
from converter.mapping.restore import same_contract
from converter.mapping.states import BOOK_PAYMENT_STATE, BOOK_SHIPMENT_STATE
from converter.mapping.table import Table
from converter.objects import (
    AccountCard,
    BookOperation,
    BookState,
    ContractCard,
    Counterparty,
    Invoice,
    ref_of,
)
from converter.problems import Problem
from converter.problems import catalogue as say
from converter.state import codec
from converter.state.book import Operation
from converter.state.held import TAKE
from converter.state.versions import GONE
from converter.values import Absent, Unreadable

SIDE = "bp"
_STATES = {table.bp: table for table in (BOOK_PAYMENT_STATE, BOOK_SHIPMENT_STATE)}
#: what is asked for before its turn
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
        tag = etree.QName(element)
        name = tag.localname
        if tag.namespace != self.dialect.namespace:
            return True
        self.ahead.look(element)
        try:
            return self._take(name, element, base, retried)
        except (Absent, Unreadable) as error:
            self._hold(name, element, [reading_problem(error, element)], retried)
            return False

    def _take(self, name: str, element: etree._Element, base: str | None, retried: bool) -> bool:
        if name == INVOICE.bp:
            return self._invoice(element, base, retried)
        if name == COUNTERPARTY.bp:
            return self._counterparty(element, base, retried)
        if name == CONTRACT_CARD.bp:
            return self._contract(element, base, retried)
        if name in BY_ELEMENT:
            self._operation(name, element)
        elif name in BOOK_CARDS:
            return self._card(BOOK_CARDS[name], element, retried)
        elif name in _STATES:
            self._state(_STATES[name], element)
        elif name == "УдалениеОбъекта":
            self._deletion(element)
        elif name in CORRECTIONS:
            corrections.note(self.session, name, element, self.dialect)
        return True

    def finish(self) -> None:
        """The message is read; links are judged by the pass, after all messages."""

    def _read(self, table: Table, element: etree._Element) -> Any:
        return reader(table, self.dialect)(element)

    def _hold(
        self, name: str, element: etree._Element, problems: list[Problem], retried: bool
    ) -> None:
        """Refuse an object of BP's, under the name that the CRM has for it."""
        place = place_of(element)
        kind = codec.INVOICE if name == INVOICE.bp else name
        kind = codec.OPERATION if name in BY_ELEMENT else kind
        ref = place.key.partition(" ")[2].lower() or place.label
        if kind in (codec.INVOICE, codec.COUNTERPARTY) and not self._is_of_crm(element):
            return  # BP's own: nothing of it goes anywhere
        self.session.named.add(ref)
        self._hold_known(kind, ref, element, place, problems, retried)

    def _is_of_crm(self, element: etree._Element) -> bool:
        first = next(references(element, self.dialect), "").lower()
        book = self.session.book
        return self.books.by_ref(first) is not None or book.party(first) is not None

    # -- invoices --------------------------------------------------------------------------------

    def _invoice(self, element: etree._Element, base: str | None, retried: bool) -> bool:
        sent: Invoice = self._read(INVOICE, element)
        ref = self.books.recognise(sent.key, sent.party, deleted=True)
        if ref is None:
            return True  # BP's own
        place = document_place(codec.INVOICE, sent.key, element.sourceline)
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
            self._hold_known(codec.INVOICE, ref, element, place, problems, retried)
            return False
        outcome = self._accept(codec.INVOICE, ref, invoice, certain, element, base, retried)
        if outcome is None:
            return False
        if outcome is not Outcome.REPEAT:
            self.session.tell_at(problems, place, SIDE, (codec.INVOICE, ref))
        self._is_back(ref, edited=outcome is not Outcome.REPEAT)
        return True

    def _accept(
        self,
        kind: str,
        ref: str,
        record: Any,
        certain: bool,
        element: etree._Element,
        base: str | None,
        retried: bool,
    ) -> Outcome | None:
        """BP's version, completed; ``certain``: BP has all of it."""
        given = Given(raw_of(element), self.dialect.version, base, retried)
        return accept(self.session, Sent(SIDE, kind, ref, record, given, certain))

    def _hold_known(
        self,
        kind: str,
        ref: str,
        element: etree._Element,
        place: Place,
        problems: list[Problem],
        retried: bool,
    ) -> None:
        told = [place.of(problem) for problem in problems]
        given = Given(raw_of(element), self.dialect.version, retried=retried)
        hold(self.session, Refusal(SIDE, kind, ref, TAKE, told, given))

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

    def _state(self, table: Table, element: etree._Element) -> None:
        """BP's own word on what is paid or shipped; it stands beside what is counted."""
        state: BookState = self._read(table, element)
        ref = self.books.recognise(state.invoice, None, deleted=True)
        if ref is None:
            return
        word = self.session.book.word(ref)
        field = "payment_state" if table is BOOK_PAYMENT_STATE else "shipment_state"
        if getattr(word, field) == state.state:
            return
        word = replace(word, **{field: state.state}, mentioned=True)
        self.session.book.set_word(word)
        self.session.count_again(ref)

    # -- operations ------------------------------------------------------------------------------

    def _operation(self, name: str, element: etree._Element) -> None:
        kind = BY_ELEMENT[name]
        whole = self.session.crm.whole
        record: BookOperation = self._read(document_table(kind) if whole else kind.table, element)
        if record.key.ref is None:
            raise Absent(element, "КлючевыеСвойства/Ссылка")
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
            return
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

    # -- catalogues ------------------------------------------------------------------------------

    def _counterparty(self, element: etree._Element, base: str | None, retried: bool) -> bool:
        sent: Counterparty = self._read(COUNTERPARTY, element)
        own = self.books.party(sent.key)
        if own is None:
            return True
        ref, party = own
        guid = party.ref or sent.key.ref
        place = card_place(codec.COUNTERPARTY, guid, element.sourceline)
        if guid is None:
            problem = say.FIELD_MISSING("КлючевыеСвойства/Ссылка")
            self._hold_known(codec.COUNTERPARTY, ref, element, place, [problem], retried)
            return False
        whole = self.session.crm.whole

        def completed(last: Counterparty | None) -> Counterparty:
            card = counterparty_from_bp(sent, whole, last)
            return replace(card, key=replace(card.key, ref=guid))

        last, certain = made_on(self.session, codec.COUNTERPARTY, ref, completed)
        card = completed(last)
        if party.ref is None and sent.key.ref is not None:
            self.session.book.learn_party(sent.key.ref.lower(), ref, party, exact=True)
        outcome = self._accept(codec.COUNTERPARTY, ref, card, certain, element, base, retried)
        return outcome is not None

    def _contract(self, element: etree._Element, base: str | None, retried: bool) -> bool:
        """A contract that the CRM said itself; whose it is, is told as the CRM tells it."""
        if not self.session.crm.whole:
            return True
        sent: ContractCard = self._read(CONTRACT_CARD, element)
        ref = ref_of(sent.key)

        def completed(last: ContractCard) -> ContractCard:
            return replace(last, key=same_contract(sent.key, last.key) or sent.key)

        last, certain = made_on(self.session, codec.CONTRACT, ref, completed)
        if not isinstance(last, ContractCard):
            return True
        card = completed(last)
        outcome = self._accept(codec.CONTRACT, ref, card, certain, element, base, retried)
        return outcome is not None

    def _card(self, table: Table, element: etree._Element, retried: bool) -> bool:
        card = self._read(table, element)
        kind = str(table.crm)
        if isinstance(card, AccountCard) and card.organisation is None:
            return True
        guid = card_reference(card)
        place = card_place(kind, guid, element.sourceline)
        reason = unpassable(card)
        card, problems = card_from_bp(card)
        ref = (guid or place.label).lower()
        if reason is None and any(problem.holds for problem in problems):
            self._hold_known(kind, ref, element, place, problems, retried)
            return False
        drop_held(self.session, SIDE, kind, ref, "released" if retried else "replaced")
        version = version_of(card)
        current = self.session.versions.current(kind, ref)
        if current is not None and current.mark == version.mark:
            return True
        if reason is not None:
            self.session.tell(place.of(reason), SIDE, kind, ref)
            return True
        self.session.tell_at(problems, place, SIDE, (kind, ref))
        self.session.versions.set_current(kind, ref, version)
        self.session.change(kind, ref)
        return True

    # -- deletions -------------------------------------------------------------------------------

    def _deletion(self, element: etree._Element) -> None:
        deletion = read_bp_deletion(element, self.session.crm.whole)
        if deletion is None:
            return
        kind, ref = deletion.type, deletion.ref.lower()
        if kind == codec.CONTRACT:
            if self.session.versions.current(kind, ref) is not None:
                accept(self.session, Sent(SIDE, kind, ref, None, Given(raw_of(element))))
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
                accept(self.session, Sent(SIDE, kind, party[0], None, Given(raw_of(element))))
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
