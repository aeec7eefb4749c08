"""Cards that are made from the CRM's invoices, and follow what those say (SPEC §3).

A CRM may name its counterparties and contracts in invoices alone. What it says of one there is told
apart from the card that stands, which BP may have corrected: only what is new in the CRM's words
changes that. A card that the CRM sent itself is left as it is, whatever its invoices say.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from msgspec.structs import replace

from converter.conversion.companions import contract_key, party_key, party_keys
from converter.exchange.merge import Outcome
from converter.exchange.restored import is_doubted
from converter.exchange.session import Session, version_of
from converter.exchange.shared import journal_conflict
from converter.mapping.catalogues import contract_card, counterparty_of
from converter.mapping.content import mark
from converter.objects import ContractCard, Counterparty, Invoice, Party
from converter.state import codec
from converter.state.bases import SIDES
from converter.state.versions import Version

SIDE = "crm"
Card = Counterparty | ContractCard

#: outcomes of an invoice that is news: of the others nobody knows how old they are
_NEWS = (Outcome.NEXT, Outcome.WINS, Outcome.LOSES)
_STANDS = (Outcome.NEXT, Outcome.WINS)


class Saying(NamedTuple):
    """An invoice that the CRM ``sent`` and that was accepted: what stood ``before`` it, what became of
    it. One that was held and is ``retried`` may be older than what other invoices said meanwhile."""

    ref: str
    sent: Invoice
    before: Invoice | None
    outcome: Outcome
    retried: bool


class _Named(NamedTuple):
    """A card as an invoice has it, under its key; ``before``: the key of the one it had before."""

    kind: str
    ref: str
    card: Card
    before: str | None


def named_by(session: Session, saying: Saying) -> None:
    """The counterparty and the contract that an invoice needs before it stand, as it says them."""
    current = session.versions.current(codec.INVOICE, saying.ref)
    if current is None or not isinstance(current.record, Invoice):
        return
    cards = _cards(current.record, saying.before)
    for named in cards:
        _make(session, named, saying)
    if saying.outcome not in _NEWS or saying.retried:
        return
    before = {each.kind: each.card.key for each in _cards(saying.before, None)}
    for named in cards if saying.sent is current.record else _cards(saying.sent, None):
        if before.get(named.kind) != named.card.key:
            _say(session, named)


def given_by_bp(session: Session, ref: str, outcome: Outcome) -> None:
    """The counterparty or the contract that BP itself gave an invoice has its card there: none is
    made of the invoice's few words, and the CRM, which is told of it, hears what becomes of it."""
    current = session.versions.current(codec.INVOICE, ref)
    if outcome not in _STANDS or current is None or not isinstance(current.record, Invoice):
        return
    for named in _cards(current.record, None):
        if session.versions.current(named.kind, named.ref) is not None:
            continue
        version = version_of(named.card)
        _stand(session, named.kind, named.ref, None, version)
        for side in SIDES:
            session.versions.hold(side, named.kind, named.ref, version)
        session.versions.name(named.kind, named.ref, mark(named.card.key))
        if named.kind == codec.COUNTERPARTY:
            learn(session, current.record.party)


def learn(session: Session, party: Party) -> None:
    """BP may name the counterparty by its GUID, by ИНН and КПП, or by its name (SPEC §2)."""
    ref, keys = party_key(party), party_keys(party)
    session.book.prefetch_parties(keys)
    session.versions.prefetch(codec.COUNTERPARTY, [ref])  # its card is looked at next
    for index, key in enumerate(keys):
        session.book.learn_party(key, ref, party, exact=index == 0 and bool(party.ref))


def _cards(invoice: Invoice | None, before: Invoice | None) -> list[_Named]:
    if invoice is None:
        return []
    party = None if before is None else party_key(before.party)
    found = [_Named(codec.COUNTERPARTY, party_key(invoice.party), counterparty_of(invoice), party)]
    card = contract_card(invoice)
    if card is not None:
        contract = None
        if before is not None and before.contract is not None:
            contract = contract_key(before, before.contract)
        found.append(_Named(codec.CONTRACT, contract_key(invoice, card.key), card, contract))
    return found


def _make(session: Session, named: _Named, saying: Saying) -> None:
    """Make a card where there is none; one that was deleted comes back to what needs it."""
    kind, ref, card, _ = named
    versions = session.versions
    current = versions.current(kind, ref)
    if current is not None:
        if not current.deleted or not _is_needed(session, named, saying):
            return
        former = (each.record for each in versions.former(kind, ref))
        last = next((each for each in former if each is not None), card)
        card = replace(last, key=card.key)
    _stand(session, kind, ref, current, version_of(card))
    versions.hold(SIDE, kind, ref, version_of(card))
    versions.name(kind, ref, mark(card.key))
    session.change(kind, ref)


def _is_needed(session: Session, named: _Named, saying: Saying) -> bool:
    """Whether an invoice speaks after a deletion: it names the card for the first time, or the CRM
    itself deleted it before. What BP deleted stays so where an invoice changes that had it anyway."""
    if saying.outcome not in _STANDS:
        return False
    if named.ref != named.before:
        return True
    known = session.versions.known(SIDE, named.kind, named.ref)
    return known is not None and known.deleted


def _say(session: Session, named: _Named) -> None:
    """A card that was made takes what is new of it; nothing that BP wrote beside is lost."""
    kind, ref, card, _ = named
    versions = session.versions
    current, said = versions.current(kind, ref), versions.named(kind, ref)
    says = mark(card.key)
    if current is None or current.record is None or said in (None, says):
        return
    known = versions.known(SIDE, kind, ref)
    if is_doubted(session, SIDE, known) and says in _said_before(versions.former(kind, ref)):
        return
    versions.name(kind, ref, says)
    stood: Any = current.record
    if mark(stood.key) == says:
        return
    version = version_of(replace(stood, key=card.key))
    read = known is not None and known.mark == current.mark
    if not read and (known is None or known.record is None or _differ(known, current)):
        wins = session.link.conflicts == SIDE
        journal_conflict(session, SIDE, kind, ref, version, current, wins)
        if not wins:
            return
    _stand(session, kind, ref, current, version)
    if read:  # else the CRM has yet to hear of what BP wrote
        versions.hold(SIDE, kind, ref, version)
    session.change(kind, ref)


def _said_before(former: list[Version]) -> set[str]:
    records: Iterator[Any] = (each.record for each in former)
    return {mark(each.key) for each in records if each is not None}


def _differ(known: Version, current: Version) -> bool:
    """Whether BP wrote another key, of which the CRM has not heard."""
    one: Any = known.record
    other: Any = current.record
    return mark(one.key) != mark(other.key)


def _stand(
    session: Session, kind: str, ref: str, current: Version | None, version: Version
) -> None:
    session.versions.set_current(kind, ref, version)
    if current is not None:
        session.versions.supersede(kind, ref, current, session.now)
