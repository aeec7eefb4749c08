"""A base that was restored from a backup, brought back to equality (PROTOCOL R8)."""

from __future__ import annotations

from msgspec.structs import replace

from converter.exchange.holding import drop_held
from converter.exchange.session import Session, receivers
from converter.state import codec
from converter.state.files import Files
from converter.state.versions import Version


def begin(
    session: Session, side: str, sent: int | None, received: int | None, agreed: bool
) -> None:
    """From now on the base's complete contents are awaited; what it holds is not known any more, so
    that all is due to it again: what stands, and the deletions of what it was given.

    ``sent`` and ``received`` are what the base's node says of itself: its last message, and the
    last of ours that it took.
    """
    base = session.base(side)
    for held in session.held.all():
        if held.side == side:
            drop_held(session, side, held.kind, held.ref, "restored")
    session.versions.settle(side, base.sent)
    session.versions.doubt_side(side)
    for kind, ref in session.versions.names():
        if side in receivers(kind, session.crm.enterprise):
            session.queue(side, kind, ref)
    last = max(base.sent, received or 0)
    session.set_base(
        replace(
            base,
            life=base.life + 1,
            sent=last,
            received=0,
            acknowledged=last,
            owed=False,
            created=None,
            alarm=None,
            restored=session.now,
            agreed=agreed,
            shown="nothing",
            stamp=None,
        )
    )
    session.journal.write("restored", side, sent=sent, received=received)
    session.report.events.append(("restored", side))


def is_doubted(session: Session, side: str, known: Version | None) -> bool:
    """Whether a version may be any that the object had: of a base that was restored, and that has
    neither said nor read the object since. ``known`` is what it is known to hold.

    Its first message after the restore may be one of its schedule, that names little or nothing.
    """
    return session.base(side).restored is not None or (known is not None and known.doubted)


def agree(session: Session, side: str) -> None:
    """A person has seen what the complete contents do not name, and agrees that it goes."""
    session.set_base(replace(session.base(side), agreed=True))
    Files(session.connection, session.link.name, side).forget()
    session.journal.write("agreed", side)


def missing(session: Session, side: str) -> list[str]:
    """What only BP gives, and did not name among its complete contents: payments and shipments."""
    if side == "crm":
        return []
    live = (each.ref for each in session.book.operations() if each.live)
    return [ref for ref in live if ref not in session.named]


def complete(session: Session, gone: list[str]) -> None:
    """A base's complete contents were read: operations that BP did not name are withdrawn."""
    for ref in gone:
        operation = session.book.operation(ref)
        assert operation is not None
        session.book.set_operation(replace(operation, live=False))
        session.judge_again(ref)
        session.journal.write("withdrawn", "bp", codec.OPERATION, ref)
