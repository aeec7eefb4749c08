"""Objects that both sides change: a version comes in, and one stands (PROTOCOL R3-R5)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from converter.exchange.debtors import whose
from converter.exchange.holding import Given, Refusal, drop_held, hold
from converter.exchange.merge import Merged, Outcome, merge, merge_restored
from converter.exchange.naming import called, label
from converter.exchange.restored import is_doubted
from converter.exchange.session import Session, version_of
from converter.exchange.waking import invoice_changed
from converter.mapping.content import private, with_private
from converter.problems import Said
from converter.problems import catalogue as say
from converter.state.bases import OTHER
from converter.state.codec import INVOICE, as_values
from converter.state.held import TAKE, WRITE
from converter.state.versions import DELETED, GONE, UNKNOWN, Turns, Version

#: so often an object may go back and forth between two versions before a person must look
BRAKE = 6


class Sent(NamedTuple):
    """A version of a shared object as a side sent it, ready to be taken.

    ``record`` is None for a deletion. ``certain``: its side has all of it, see
    `converter.exchange.completing`.
    """

    side: str
    kind: str
    ref: str
    record: Any
    given: Given
    certain: bool = True


class _Case(NamedTuple):
    """A version that came in, what its side is known to hold, and what stands."""

    sent: Sent
    version: Version
    known: Version | None
    current: Version | None


def accept(session: Session, sent: Sent) -> Outcome | None:
    """Take a version; both queues follow. None: it goes back and forth, and was held."""
    side, kind, ref = sent.side, sent.kind, sent.ref
    versions = session.versions
    version = GONE if sent.record is None else version_of(sent.record)
    case = _Case(sent, version, versions.known(side, kind, ref), versions.current(kind, ref))
    merged, owner = _decided(session, case)
    turns = _turns(session, case, merged)
    if turns.times >= BRAKE and not sent.given.retried:
        problem = say.BOUNCING(count=turns.times // 2).at(
            object=label(kind, ref, sent.record), key=f"{kind} {ref}"
        )
        hold(session, Refusal(side, kind, ref, TAKE, [problem], sent.given))
        return None
    if not sent.given.retried:
        drop_held(session, side, kind, ref, "replaced")
    _stand(session, case, merged, owner, turns)
    if merged.outcome is not Outcome.REPEAT or side == "crm":
        whole = sent.certain or version.deleted  # else it is told what stands, too (R4)
        versions.hold(side, kind, ref, version if whole else version._replace(full=UNKNOWN))
    if merged.stands:
        other = session.held.get(OTHER[side], kind, ref)
        if other is not None and (session.link.conflicts == side or other.stage == WRITE):
            drop_held(session, OTHER[side], kind, ref, "beaten")
    session.change(kind, ref)
    return merged.outcome


def _decided(session: Session, case: _Case) -> tuple[Merged, Any]:
    """Which version stands, and the record whose private fields do."""
    sent, version, known, current = case
    favoured = session.link.conflicts == sent.side
    restored = is_doubted(session, sent.side, known)
    deleted = current is not None and current.deleted
    had = [] if current is None else [current]
    if restored or deleted:
        had += session.versions.former(sent.kind, sent.ref)
    if not restored:
        base = sent.given.base if sent.given.retried else known and known.mark
        if sent.side == "bp" and base == DELETED and sent.record is not None:
            base = None  # BP may never have found what it read the deletion of
        return merge(version, base, current, favoured), _owner(sent, had, [known])
    merged = merge_restored(version, had, favoured)
    owner = _owner(sent, had, had)
    if merged.outcome is Outcome.SAME and owner is sent.record and not deleted:
        merged = merged._replace(loser=current)  # its private fields beat those of the lost period
    return merged, owner


def _owner(sent: Sent, had: list[Version], known: Iterable[Version | None]) -> Any:
    """The record whose private fields stand from now on: the CRM's newest (R4).

    The object ``had`` these versions, newest first. Private fields that the CRM is ``known`` to have
    sent or read are not new when it sends them.
    """
    newest = next((each.record for each in had if each.record is not None), None)
    if sent.side != "crm":
        return newest
    fields = private(sent.record)
    old = any(private(each.record) == fields for each in known if each is not None and each.record)
    return newest if old else sent.record


def _turns(session: Session, case: _Case, merged: Merged) -> Turns:
    sent, version, _, current = case
    turns = session.versions.turns(sent.kind, sent.ref)
    if not merged.stands or current is None:
        return turns
    again = turns.before == version.mark
    return Turns(current.mark, turns.times + 1 if again else 0)


def _stand(session: Session, case: _Case, merged: Merged, owner: Any, turns: Turns) -> None:
    """Let the right version stand, with the CRM's newest private fields (R4)."""
    sent, version, _, current = case
    kind, ref = sent.kind, sent.ref
    if merged.loser is not None:
        assert current is not None
        wins = merged.loser is not version
        journal_conflict(session, sent.side, kind, ref, version, current, wins)
    stands = version if merged.stands else current
    if stands is None or stands.record is None:
        if merged.stands:
            _set(session, kind, ref, version, turns)
        return
    if owner is not None and owner is not stands.record:
        record = with_private(stands.record, owner)
        if record != stands.record:
            _set(session, kind, ref, version_of(record), turns)
            return
    if merged.stands:
        _set(session, kind, ref, stands, turns)


def _set(session: Session, kind: str, ref: str, version: Version, turns: Turns) -> None:
    before = session.versions.current(kind, ref)
    session.versions.set_current(kind, ref, version, turns)
    if before is not None:
        session.versions.supersede(kind, ref, before, session.now)
    if kind == INVOICE:
        invoice_changed(session, ref, version.record, None if before is None else before.record)
        whose(session, ref, None if before is None else before.record, version.record)


def name_of(session: Session, kind: str, ref: str) -> Said | None:
    """What people call an object that stands."""
    current = session.versions.current(kind, ref)
    return None if current is None else called(current.record)


def journal_conflict(
    session: Session, side: str, kind: str, ref: str, version: Version, current: Version, wins: bool
) -> None:
    """Two versions of which neither was made on the other, kept whole; ``wins``: the one of the side."""
    winner = side if wins else OTHER[side]
    theirs = {side: as_values(version.record), OTHER[side]: as_values(current.record)}
    session.journal.write("conflict", side, kind, ref, winner=winner, versions=theirs)
    session.report.happened("conflict", f"{kind} {ref}", called(version.record, current.record))
