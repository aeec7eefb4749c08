"""Corrections and cash receipts that touch an invoice of the CRM's: told, not counted (SPEC §2).

What they correct may stand in the same message, even behind them, and whose that is is known only
once its links are judged: so they are noted while a message is read, and looked at afterwards.
"""

from __future__ import annotations

from itertools import islice

from converter.conversion.said_by_bp import Correction
from converter.exchange.books import InvoiceBook
from converter.exchange.session import MANY, Noted, Session
from converter.problems import catalogue as say
from converter.state import codec

SIDE = "bp"


def note(session: Session, name: str, said: Correction) -> None:
    """A message brought one."""
    problem = said.place.of(say.NOT_COUNTED())
    session.corrections.append(Noted(session.report.reading, name, problem, said.refs))


def tell(session: Session) -> None:
    """All links are judged: tell of those that touch an invoice of the CRM's."""
    books, noted = InvoiceBook(session), iter(session.corrections)
    while some := list(islice(noted, MANY)):
        refs = {ref for each in some for ref in each.refs}
        session.versions.prefetch(codec.INVOICE, refs)
        session.book.prefetch_operations(refs)
        for each in some:
            if any(books.touches(ref) for ref in each.refs):
                session.report.reading = each.file
                session.tell(each.problem, SIDE, each.name)
    session.report.reading = ""
    session.corrections.clear()
