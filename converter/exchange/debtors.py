"""Whose each invoice is: by which keys its counterparty is named (SPEC §2)."""

from __future__ import annotations

from typing import Any

from converter.conversion.companions import party_keys
from converter.exchange.session import Session
from converter.objects import Invoice, Party
from converter.state.unlinked import Keys


def whose(session: Session, ref: str, before: Any, now: Any) -> None:
    """An invoice came, changed or went: its counterparty's operations may belong to it."""
    session.unlinked.owes(ref, _keys(before), _keys(now))


def keys_of(party: Party) -> Keys:
    """The keys by which a counterparty is known, as `Book.party` has them."""
    first, other = party_keys(party)
    return first, other


def _keys(record: Any) -> Keys | None:
    return keys_of(record.party) if isinstance(record, Invoice) else None
