"""A naive model of what the CRM must hold, computed from BP's books alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, NamedTuple

from converter.objects import Invoice, Row
from tests.simulation.bp import BpBase
from tests.simulation.crm import CrmBase
from tests.simulation.operations import SIGNS, Operation
from tests.simulation.things import INVOICE, Key
from tests.simulation.watch import Watch

ZERO = Decimal(0)


class Expected(NamedTuple):
    """What BP's books say of one invoice of the CRM's."""

    paid: Decimal
    payment: str
    shipped: Decimal
    shipment: str


def shares(operation: Operation, watch: Watch, live: set[str]) -> dict[str, Decimal]:
    """An operation's sums by live invoices of the CRM's: as BP names them, else as a person tied.

    What is found through another operation is on the one invoice that this had when it was last seen.
    """
    found: dict[str, Decimal] = {}
    links = watch.links
    if all(part.order is None and part.settles is None for part in operation.parts):
        return _tied(operation.total, watch.ties.get(operation.ref, {}), live)
    for part in operation.parts:
        ref: str | None = None
        if part.order is not None:
            ref = part.order.ref
        elif part.settles is not None:
            ref = links.get(part.settles.ref)
        if ref in live:
            assert ref is not None
            found[ref] = found.get(ref, ZERO) + part.sum
    return found


def _tied(whole: Decimal, ties: dict[str, Decimal], live: set[str]) -> dict[str, Decimal]:
    """Never more than there is of the operation, in the order of the invoices."""
    found: dict[str, Decimal] = {}
    for ref, amount in sorted(ties.items()):
        share = min(amount, whole - sum(found.values(), ZERO))
        if ref in live and share > ZERO:
            found[ref] = share
    return found


def operations(crm: CrmBase, bp: BpBase, watch: Watch) -> dict[str, dict[str, Decimal]]:
    """Which operations the CRM must hold, each with its sums per invoice."""
    live = {key.ref for key in crm.invoices()}
    found = {
        key.ref: shares(bp.objects[key], watch, live)
        for key in bp.operations()
        if bp.is_posted(key)
    }
    return {ref: sums for ref, sums in found.items() if sums}


def state(key: Key, invoice: Invoice, crm: CrmBase, bp: BpBase, watch: Watch) -> Expected:
    """Sums and states of one invoice."""
    paid = shipped = ZERO
    moved: Counter[str] = Counter()
    shipments = 0
    live = {each.ref for each in crm.invoices()}
    for each in bp.operations():
        operation: Operation = bp.objects[each]
        sign = SIGNS[operation.element]
        amount = shares(operation, watch, live).get(key.ref)
        if amount is None or not bp.is_posted(each):
            continue
        if operation.is_payment:
            paid += sign * amount
            continue
        shipped += sign * amount
        shipments += 1
        for ref, quantity in _quantities(operation.goods).items():
            moved[ref] += sign * int(quantity)
    wanted = _quantities(invoice.rows)
    whole = shipments > 0 and all(moved[ref] >= count for ref, count in wanted.items())
    some = any(count > 0 for count in moved.values())
    shipment = "Отгружен" if whole else "ОтгруженЧастично"
    if shipped < ZERO or not some:
        shipment = "НеОтгружен"
    return Expected(paid, _payment(paid, invoice.total or ZERO), shipped, shipment)


def _payment(paid: Decimal, total: Decimal) -> str:
    if paid <= ZERO:
        return "НеОплачен"
    if paid < total:
        return "ОплаченЧастично"
    return "Оплачен" if paid == total else "Переплата"


def _quantities(rows: Iterable[Row]) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for row in rows:
        ref = (row.item.ref or "") if row.item is not None else ""
        found[ref] = found.get(ref, ZERO) + (row.quantity or ZERO)
    return found


def essence(invoice: Invoice) -> Any:
    """What both bases hold of an invoice, in a form that can be compared; BP's services lose units."""
    comment = (invoice.comment or "").partition("\n")[0]
    if comment.startswith("[CRM"):
        comment = ""
    rows = sorted(
        (
            row.item.ref if row.item is not None else None,
            row.quantity,
            row.price,
            row.sum,
            row.vat,
            row.vat_sum,
        )
        for row in invoice.rows
    )
    account = invoice.account
    return {
        "number": invoice.key.number,
        "date": invoice.key.date,
        "seller": invoice.key.organisation.inn,
        "buyer": invoice.party.ref,
        "currency": invoice.currency.code,
        "total": invoice.total,
        "included": invoice.vat_included is not False,
        "comment": comment,
        "account": None if account is None else account.number,
        "contract": None if invoice.contract is None else invoice.contract.ref,
        "rows": rows,
    }


def live_invoices(crm: CrmBase) -> dict[Key, Invoice]:
    """The CRM's invoices that are not deleted."""
    return {key: crm.objects[key] for key in crm.objects if key.type == INVOICE}
