"""An invoice as rows of a table, in the words of the user's language."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from converter.cli.tables import Column, Row
from converter.cli.words import say, word
from converter.mapping.classifiers import CURRENCY_NAMES
from converter.mapping.operation import KINDS
from converter.views.invoices import InvoiceView, OperationView, Sums
from converter.views.words import KINDS as KIND_WORDS
from converter.views.words import STATES

COLUMNS = (
    Column(say("Счёт", "Invoice"), limit=24),
    Column(say("Кому, по какому интересу", "To whom, for which interest"), limit=80),
    Column(say("Сумма", "Sum"), number=True),
    Column(say("Оплата", "Payment"), number=True),
    Column(say("Отгрузка", "Shipment"), number=True),
)

_BY_NAME = {kind.name: kind for kind in KINDS}


def rows(view: InvoiceView, with_operations: bool) -> Iterator[Row]:
    """The row of an invoice, then those of its operations, and of those proposed for it."""
    party, client = view.counterparty, view.client
    whom = f"{party} ({client})" if client is not None and client != party else party
    yield (
        f"{view.number}\n{view.date.date().isoformat()}",
        "\n".join([whom, *([view.interest] if view.interest else []), *_notes(view)]),
        f"{money(view.sum)} {currency(view.currency)}",
        f"{money(view.paid)}\n{_both(view.payment_state, view.bp_payment_state)}",
        f"{money(view.shipped)}\n{_both(view.shipment_state, view.bp_shipment_state)}",
    )
    if not with_operations:
        return
    for operation in view.operations:
        yield _operation(operation)
    for each, proposal in view.proposed:
        name = say("предложено: ", "proposed: ")
        given = OperationView(each.ref, each.kind, each.number, each.date, proposal.sum)
        yield _operation(given, name)


def kind_name(kind: str) -> str:
    """A kind of operation in words."""
    return word(KIND_WORDS, kind)


def _operation(operation: OperationView, mark: str = "") -> Row:
    kind = _BY_NAME.get(operation.kind)
    name = mark + kind_name(operation.kind)
    share = f"{'+' if kind is None or kind.sign > 0 else '−'}{money(operation.sum)}"
    paid, shipped = (share, "") if kind is None or kind.is_payment else ("", share)
    date = operation.date.date().isoformat()
    return (f"  {operation.number}", f"  {name}, {date}", "", paid, shipped)


def _both(counted: str, of_bp: str | None) -> str:
    """The state that was counted, and BP's own where it says otherwise (SPEC §3)."""
    text = word(STATES, counted)
    same = {counted, "Оплачен"} if counted == "Переплата" else {counted}
    if of_bp is None or of_bp in same:
        return text
    return f"{text} ({say('БП', 'BP')}: {word(STATES, of_bp)})"


def _notes(view: InvoiceView) -> Iterator[str]:
    if view.withdrawn:
        yield say("[отозван в БП]", "[withdrawn in BP]")
    if not view.acknowledged_by_bp:
        yield say("[БП ещё не подтвердила]", "[not acknowledged by BP yet]")


def sums_text(code: str, sums: Sums) -> str:
    """What invoices come to, on one line."""
    name, count = currency(code), sums.invoices
    total, paid, shipped = money(sums.sum), money(sums.paid), money(sums.shipped)
    return say(
        f"{name}: счетов {count}, сумма {total}, оплачено {paid}, отгружено {shipped}",
        f"{name}: invoices {count}, sum {total}, paid {paid}, shipped {shipped}",
    )


def money(amount: Decimal) -> str:
    """Money with two digits."""
    return f"{amount:.2f}"


def currency(code: str) -> str:
    """A currency by its short name, where that is known."""
    return CURRENCY_NAMES.get(code, code)
