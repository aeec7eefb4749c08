"""Which of the CRM's invoices and counterparties BP means (SPEC §2)."""

from __future__ import annotations

from msgspec.structs import replace

from converter.conversion.companions import party_keys
from converter.exchange.session import Session
from converter.exchange.waking import number_target
from converter.mapping.links import Invoiced, InvoiceFacts, recognise, same_reference
from converter.objects import DocKey, Invoice, Party, ref_of
from converter.state import codec


class InvoiceBook:
    """The CRM's invoices by every name that BP has for them. Implements `mapping.links.LinkLedger`
    for the operation ``judged``."""

    open = False

    def __init__(self, session: Session) -> None:
        self._session = session
        self.via: dict[str, str] = {}
        self._kept: dict[str, str] = {}

    # -- invoices --------------------------------------------------------------------------------

    def by_ref(self, ref: str) -> str | None:
        """The invoice of a GUID or of an alias; one that the CRM deleted too."""
        if self._session.versions.current(codec.INVOICE, ref) is not None:
            return ref
        return self._session.book.alias(ref)

    def recognise(self, key: DocKey, party: Party | None, deleted: bool = False) -> str | None:
        """The ref of the CRM's invoice that a key means; with ``deleted`` also one that is gone."""
        if deleted and key.ref is not None:
            ref = self.by_ref(key.ref.lower())
            if ref is not None:
                return ref
        facts = self.invoice(key, party)
        if facts is None and deleted:
            facts = recognise(key, party, lambda ref: None, self._gone_by_number)
        return None if facts is None or facts.key.ref is None else facts.key.ref.lower()

    def new_alias(self, key: DocKey, ref: str) -> bool:
        """Keep another GUID of an invoice; returns whether it was not known before."""
        if key.ref is None or self._session.book.alias(key.ref.lower()) is not None:
            return False
        alias = key.ref.lower()
        self._session.book.set_alias(alias, ref)
        self._session.journal.write("alias", "bp", codec.INVOICE, ref, other=alias)
        self._session.judge_again(*self._session.book.pointing_at(alias))
        return True

    def touches(self, ref: str) -> bool:
        """Whether a GUID is that of an invoice of the CRM's, or of an operation on one."""
        if self._by_ref(ref) is not None:
            return True
        operation = self._session.book.operation(ref)
        return operation is not None and bool(operation.facts)

    # -- what links are found by -----------------------------------------------------------------

    def judging(self, kept: dict[str, str]) -> None:
        """Another operation is judged; ``kept`` are the links it found through others before."""
        self.via, self._kept = {}, kept

    def invoice(self, pointer: DocKey, party: Party | None) -> InvoiceFacts | None:
        """See `converter.mapping.links.LinkLedger`."""
        facts = recognise(pointer, party, self._by_ref, self._by_number)
        if facts is None or pointer.ref is None or facts.key.ref is None:
            return facts
        if facts.key.ref.lower() != pointer.ref.lower():
            self.new_alias(pointer, facts.key.ref.lower())
        return facts

    def operation(self, pointer: DocKey) -> Invoiced | None:
        """See `converter.mapping.links.LinkLedger`. A link once found stays until that operation is
        moved to another invoice, and survives its deletion (SPEC §2)."""
        ref = ref_of(pointer)
        operation = self._session.book.operation(ref)
        if operation is None or operation.facts is None:
            return None
        found = Invoiced(
            tuple(facts for each in operation.facts if (facts := self.facts(each))),
            operation.elsewhere,
        )
        kept = self._kept.get(ref)
        if found.only is None and kept is not None:
            refs = {ref_of(facts.key) for facts in found.facts}
            before = self.facts(kept)
            gone = not operation.facts and not operation.elsewhere
            if before is not None and (gone or kept in refs):
                found = Invoiced((before,))
        if found.only is not None:
            self.via[ref] = ref_of(found.only.key)
        return found

    def _by_ref(self, ref: str) -> InvoiceFacts | None:
        facts = self.facts(ref)
        if facts is not None:
            return facts
        alias = self._session.book.alias(ref)
        return None if alias is None else self.facts(alias)

    def _by_number(self, key: DocKey) -> list[InvoiceFacts]:
        found = self._session.versions.by_number(key.number.strip(), key.date)
        return [_facts(invoice) for _, invoice in found]

    def _gone_by_number(self, key: DocKey) -> list[InvoiceFacts]:
        found = self._session.versions.gone_by_number(key.number.strip(), key.date)
        return [_facts(invoice) for _, invoice in found]

    def facts(self, ref: str) -> InvoiceFacts | None:
        """What is known of the invoice of a GUID; None where it is not there, or not any more."""
        current = self._session.versions.current(codec.INVOICE, ref)
        if current is None or not isinstance(current.record, Invoice):
            return None
        return _facts(current.record)

    # -- counterparties --------------------------------------------------------------------------

    def party(self, party: Party) -> tuple[str, Party] | None:
        """The CRM's counterparty that BP means: by GUID, else by ИНН and КПП, else by name."""
        for key in party_keys(party):
            found = self._session.book.party(key)
            if found is not None:
                return found
        return None

    def party_of_crm(self, party: Party, invoices: Party | None) -> Party:
        """A counterparty of BP's by the GUID that the CRM knows it by: BP may have found the CRM's
        by ИНН and КПП, and calls it by its own when its node was made anew.

        ``invoices``: that of the invoice, which is meant where several have the same ИНН and КПП.
        """
        if invoices is not None and same_reference(invoices.ref, party.ref):
            return party
        guid, nameless = party_keys(party)
        own = self._session.book.party(guid)
        if own is None and invoices is not None and party_keys(invoices)[1] == nameless:
            return replace(party, ref=invoices.ref)
        own = own or self._session.book.party(nameless)
        return party if own is None or own[1].ref is None else replace(party, ref=own[1].ref)


def _facts(invoice: Invoice) -> InvoiceFacts:
    return InvoiceFacts(invoice.key, invoice.currency.code, invoice.party, invoice.interest)


def pointer_targets(key: DocKey) -> tuple[str, ...]:
    """Under which names an operation waits for what a key means."""
    named = number_target(key.number, key.date)
    return (named,) if key.ref is None else (key.ref.lower(), named)
