"""What hangs on an invoice: operations that point at it are judged again when it changes (SPEC §2).

Which those are is asked, and what points where is kept, for many objects at once.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from msgspec.structs import replace

from converter.exchange.session import MANY, Session
from converter.mapping.rows import code_of
from converter.objects import Invoice


def invoice_changed(session: Session, ref: str, *records: Any) -> None:
    """An invoice came, changed or went: what waits for it or hangs on it, and its state, follow.

    ``records`` are its versions before and after, to be found by number.
    """
    session.count_again(ref)
    names = session.waking.setdefault(ref, {ref: None})
    names.update(dict.fromkeys(session.book.aliases_of(ref)))
    invoices = [each for each in records if isinstance(each, Invoice)]
    for invoice in invoices:
        names[number_target(invoice.key.number, invoice.key.date)] = None
    if len({code_of(invoice.currency) for invoice in invoices}) > 1:
        _forget_shares(session, ref)
    if len(session.waking) >= MANY:
        wake(session)


def _forget_shares(session: Session, ref: str) -> None:
    """What was counted of an invoice is in a currency that it has no more. What of it can be said in
    the other one is counted when the operations are judged; what cannot, is held and counts for
    nothing."""
    for each in session.book.shares_in(ref):
        operation = session.book.operation(each)
        if operation is not None:
            shares = {key: sum for key, sum in operation.shares.items() if key != ref}
            session.book.set_shares(operation, shares)
            session.book.set_operation(replace(operation, shares=shares))


def operation_points(session: Session, ref: str, before: set[str], now: set[str]) -> None:
    """What an operation pointed at before, and does now."""
    if ref in session.pointing or len(session.pointing) >= MANY:
        _settle(session)
    session.pointing[ref] = (before, now)


def number_target(number: str, date: datetime) -> str:
    """What an operation points at that names an invoice by number and date."""
    return f"№{number.strip()} {date.isoformat()}"


def wake(session: Session) -> None:
    """All operations that hang on an invoice which changed are to be judged."""
    _settle(session)
    waking = dict(session.waking)
    session.waking.clear()
    session.book.prefetch_pointers([name for names in waking.values() for name in names])
    session.book.prefetch_shares(waking)
    for ref, names in waking.items():
        session.judge_again(*session.book.shares_in(ref))
        for name in names:
            session.judge_again(*session.book.pointing_at(name))


def _settle(session: Session) -> None:
    """Keep what points where."""
    pointing = dict(session.pointing)
    session.pointing.clear()
    session.book.prefetch_pointers(
        {each for pair in pointing.values() for each in pair[0] ^ pair[1]}
    )
    for ref, (before, now) in pointing.items():
        session.book.set_pointers(ref, before, now)
