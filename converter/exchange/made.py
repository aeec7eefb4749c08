"""Cards that are made from the CRM's invoices, and follow what those say (SPEC §3).

A CRM may name its counterparties and contracts in invoices alone. What it says of one there is told
apart from the card that stands, which BP may have corrected: only what is new in the CRM's words
changes that. A card that the CRM sent itself is left as it is, whatever its invoices say.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from msgspec.structs import replace

from converter.conversion.companions import contract_key, party_key
from converter.exchange.merge import Outcome
from converter.exchange.restored import is_doubted
from converter.exchange.session import Session, version_of
from converter.exchange.shared import journal_conflict
from converter.mapping.catalogues import contract_card, counterparty_of
from converter.mapping.content import mark
from converter.objects import ContractCard, Counterparty, Invoice
from converter.state import codec
from converter.state.versions import Version

SIDE = "crm"
Card = Counterparty | ContractCard

#: outcomes of an invoice that is news: of the others nobody knows how old they are
_NEWS = (Outcome.NEXT, Outcome.WINS, Outcome.LOSES)


class Saying(NamedTuple):
    """An invoice that the CRM ``sent`` and that was accepted: what stood ``before`` it, what became of
    it. One that was held and is ``retried`` may be older than what other invoices said meanwhile."""

    ref: str
    sent: Invoice
    before: Invoice | None
    outcome: Outcome
    retried: bool


class _Named(NamedTuple):
    """A card as an invoice has it, under its key."""

    kind: str
    ref: str
    card: Card


def named_by(session: Session, saying: Saying) -> None:
    """The counterparty and the contract that an invoice needs before it stand, as it says them."""
    current = session.versions.current(codec.INVOICE, saying.ref)
    if current is None or not isinstance(current.record, Invoice):
        return
    for named in _cards(current.record):
        _make(session, named)
    if saying.outcome not in _NEWS or saying.retried:
        return
    before = {each.kind: each.card.key for each in _cards(saying.before)}
    for named in _cards(saying.sent):
        if before.get(named.kind) != named.card.key:
            _say(session, named)


def _cards(invoice: Invoice | None) -> list[_Named]:
    if invoice is None:
        return []
    found = [_Named(codec.COUNTERPARTY, party_key(invoice.party), counterparty_of(invoice))]
    card = contract_card(invoice)
    if card is not None:
        found.append(_Named(codec.CONTRACT, contract_key(invoice, card.key), card))
    return found


def _make(session: Session, named: _Named) -> None:
    """Make a card where there is none."""
    kind, ref, card = named
    versions = session.versions
    if versions.current(kind, ref) is not None:
        return
    made = version_of(card)
    versions.set_current(kind, ref, made)
    versions.hold(SIDE, kind, ref, made)
    versions.name(kind, ref, mark(card.key))
    session.change(kind, ref)


def _say(session: Session, named: _Named) -> None:
    """A card that was made takes what is new of it; nothing that BP wrote beside is lost."""
    kind, ref, card = named
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
    versions.set_current(kind, ref, version)
    versions.supersede(kind, ref, current, session.now)
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
