"""What is paid and shipped of an invoice, told to the CRM after every change (SPEC §1, §3)."""

from __future__ import annotations

from collections.abc import Iterator

from converter.exchange.books import InvoiceBook
from converter.exchange.holding import drop_held
from converter.exchange.session import Session, many, version_of
from converter.mapping.operation import BY_NAME
from converter.mapping.states import BookWord, Counted, invoice_state
from converter.objects import BookOperation, Invoice, Row, TradeOperation
from converter.state import codec


def count_all(session: Session) -> None:
    """Count every invoice anew of which something changed."""
    for refs in many(session.invoices):
        session.versions.prefetch(codec.STATE, refs)
        session.book.prefetch_words(refs)
        session.book.prefetch_shares(refs)
        operations = {each for ref in refs for each in session.book.shares_in(ref)}
        session.versions.prefetch(codec.OPERATION, operations)
        told_of = [ref for ref in refs if _is_told_of(session, ref)]
        session.versions.prefetch(codec.INVOICE, told_of)
        for ref in told_of:
            _count(session, ref)
    session.invoices.clear()


def _is_told_of(session: Session, ref: str) -> bool:
    """Whether an invoice has a state, or is to get one: BP knows an operation or a word of it."""
    return (
        bool(session.book.shares_in(ref))
        or session.book.word(ref).mentioned
        or session.versions.current(codec.STATE, ref) is not None
    )


def _count(session: Session, ref: str) -> None:
    current = session.versions.current(codec.INVOICE, ref)
    if current is None or not isinstance(current.record, Invoice):
        forget(session, ref)
        return
    operations = list(counted(session, ref))
    word = session.book.word(ref)
    before = session.versions.current(codec.STATE, ref)
    if not operations and not word.mentioned and before is None:
        return  # no operation and no word of BP's yet
    book = BookWord(word.payment_state, word.shipment_state, word.withdrawn)
    version = version_of(invoice_state(current.record, operations, book))
    if before is None or before.mark != version.mark:
        drop_held(session, "bp", codec.STATE, ref, "replaced")
        session.versions.set_current(codec.STATE, ref, version)
        session.change(codec.STATE, ref)


def forget(session: Session, ref: str) -> None:
    """The CRM deleted an invoice, and with it what it knew of its state."""
    drop_held(session, "bp", codec.STATE, ref, "replaced")
    if session.versions.current(codec.STATE, ref) is not None:
        session.versions.forget(codec.STATE, ref)
        session.changed = True


def counted(session: Session, invoice: str) -> Iterator[Counted]:
    """What counts for an invoice: of each operation its share, and the rows that are its own."""
    book = InvoiceBook(session)
    for ref, amount in session.book.shares_in(invoice).items():
        current = session.versions.current(codec.OPERATION, ref)
        if current is None or not isinstance(current.record, TradeOperation):
            continue
        given = current.record
        rows: tuple[Row, ...] = (*given.goods, *given.services)
        if len(given.shares) > 1:
            operation = session.book.operation(ref)
            if operation is None:
                continue
            rows = tuple(_own_rows(rows, invoice, operation.record, book))
        date = given.statement_date or given.key.date
        yield Counted(BY_NAME[given.kind], amount, date, rows)


def _own_rows(
    rows: tuple[Row, ...], invoice: str, record: BookOperation, book: InvoiceBook
) -> Iterator[Row]:
    """The rows of an operation with several invoices that belong to one of them."""
    for row in rows:
        pointer = row.order or record.order
        if pointer is not None and book.recognise(pointer, record.party) == invoice:
            yield row
