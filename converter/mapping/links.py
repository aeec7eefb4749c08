"""How an operation's invoices are found, and how much of it belongs to each (SPEC §2).

Pure: what is known of invoices and of other operations comes in as a `LinkLedger`.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from typing import Protocol

from msgspec import Struct

from converter.mapping.invoice import identified, row_vat
from converter.mapping.operation import CUSTOMER, Kind
from converter.mapping.rows import code_of, sum_of
from converter.mapping.vat import KOPECK
from converter.objects import (
    BookOperation,
    Contract,
    DocKey,
    Interest,
    Organisation,
    Party,
    PaymentRow,
    Row,
    Share,
)
from converter.problems import Problem
from converter.problems import catalogue as say
from converter.values import ZERO

CURRENT = "Актуальный"
REFUNDS_TO_CARD = frozenset(
    {"ВозвратОплатыКлиентуНаПлатежнуюКарту", "ВозвратОтКлиентаЧерезПлатежнуюСистему"}
)


class InvoiceFacts(Struct, frozen=True, gc=False):
    """What is known of an invoice that operations may point at. None: not known."""

    key: DocKey
    currency: str | None = None
    party: Party | None = None
    interest: Interest | None = None


class Invoiced(Struct, frozen=True):
    """The invoices of a known operation; ``elsewhere``: some of it is known to be on another one,
    of BP's own or gone, or on a document that has none."""

    facts: tuple[InvoiceFacts, ...]
    elsewhere: bool = False

    @property
    def only(self) -> InvoiceFacts | None:
        """The invoice, where all that is known of the operation is on that one."""
        return self.facts[0] if len(self.facts) == 1 and not self.elsewhere else None


class LinkLedger(Protocol):
    """What a conversion or an exchange knows of invoices and operations."""

    @property
    def open(self) -> bool:
        """Whether invoices may still come to light; links that hang on one then wait."""

    def invoice(self, pointer: DocKey, party: Party | None) -> InvoiceFacts | None:
        """The CRM's invoice that a pointer means; ``party`` is whom the operation is with."""

    def operation(self, pointer: DocKey) -> Invoiced | None:
        """The invoices of an operation; None where that operation is not known (yet)."""


class Links(Struct, frozen=True):
    """What was found: shares per invoice, the rows shown, and whether more may come to light.

    ``waits_for`` names operations that were pointed at and are not known yet, and holds an empty
    name where the rest of the message must be read first. ``problem`` holds the operation.
    ``owners`` are the invoices of the rows that belong to one: ``payments``, or goods and services.
    ``elsewhere``: beside them it has what is known not to be the CRM's, see `Invoiced`.
    """

    shares: tuple[Share, ...]
    facts: tuple[InvoiceFacts, ...]
    goods: tuple[Row, ...]
    services: tuple[Row, ...]
    waits_for: frozenset[str] = frozenset()
    problem: Problem | None = None
    contract: Contract | None = None
    payments: tuple[PaymentRow, ...] = ()
    owners: tuple[InvoiceFacts, ...] = ()
    elsewhere: bool = False


_NOTHING = Links((), (), (), ())


def is_current(state: str | None) -> bool:
    """Whether a document counts: any state of its own but Актуальный means it is absent (SPEC §2)."""
    return state is None or state == CURRENT


def find_links(operation: BookOperation, kind: Kind, ledger: LinkLedger) -> Links:
    """The invoices of an operation with their sums, by the first way that gives one."""
    if not kind.is_payment:
        return _shipped(operation, ledger)
    if operation.settlement != CUSTOMER and kind.name != "ОплатаПлатежнойКартой":
        return _NOTHING
    return _paid(operation, ledger)


# -- payments ------------------------------------------------------------------------------------


def _paid(operation: BookOperation, ledger: LinkLedger) -> Links:
    shares = _Shares()
    search = _Search(ledger, operation.party, set())
    contract = None
    elsewhere = False
    kept: list[PaymentRow] = []
    owners: list[InvoiceFacts] = []
    for index, row in enumerate(operation.payments, 1):
        pointers = (row.settled_object, row.settled_document)
        facts = search.find(row.order, pointers)
        if facts is None:
            elsewhere = elsewhere or search.knows(row.order, pointers)
            continue
        if facts.currency is None and ledger.open:
            search.waits.add("")  # what it is owed in, and by whom, may still be read
            continue
        amount = _amount(row, operation, facts)
        if isinstance(amount, Problem):
            problem = amount.under(f"РасшифровкаПлатежа/Строка[{index}]")
            return Links((), (), (), (), problem=problem)
        shares.add(facts, *amount)
        contract = contract or identified(row.contract)
        kept.append(row)
        owners.append(facts)
    return Links(
        *shares.result(),
        (),
        (),
        frozenset(search.waits),
        contract=contract,
        payments=tuple(kept),
        owners=tuple(owners),
        elsewhere=elsewhere,
    )


class _Search(Struct, frozen=True):
    """Looks for the invoices of one operation, which is with ``party``. Operations that are pointed
    at and not known are added to ``waits``."""

    ledger: LinkLedger
    party: Party | None
    waits: set[str]

    def find(
        self, order: DocKey | None, pointers: tuple[DocKey | None, ...] = ()
    ) -> InvoiceFacts | None:
        """The invoice pointed at, else the only invoice of an operation pointed at.

        A pointer to an invoice of BP's own ends the search: its money is not the CRM's.
        """
        if order is not None:
            facts = self.ledger.invoice(order, self.party)
            if facts is None and order.ref is None and self.ledger.open:
                self.waits.add("")
            return facts
        for pointer in pointers:
            if pointer is None or pointer.ref is None:
                continue
            found = self.ledger.operation(pointer)
            if found is None:
                self.waits.add(pointer.ref.lower())
            elif found.only is not None:
                return found.only
        return None

    def knows(self, order: DocKey | None, pointers: tuple[DocKey | None, ...]) -> bool:
        """Whether that for which nothing was found points at something which is known."""
        keys = (key for key in pointers if key is not None and key.ref is not None)
        return order is not None or any(self.ledger.operation(key) is not None for key in keys)


def _amount(
    row: PaymentRow, operation: BookOperation, facts: InvoiceFacts
) -> tuple[Decimal, Decimal | None] | Problem:
    """A row's sum and VAT in the invoice's currency (SPEC §2, "Sums per invoice").

    A СуммаВзаиморасчетов of nothing beside a Сумма is a field that nobody filled in: 1C does not
    tell the two apart.
    """
    paid, settled = code_of(operation.currency), code_of(row.currency)
    owed = facts.currency or settled or paid
    if paid == owed:
        return row.sum, row.vat_sum
    if settled is not None and settled != owed:
        return say.CURRENCY_DIFFERS("ДанныеВзаиморасчетов", settled=settled, owed=owed)
    if row.settled_sum or (row.settled_sum is not None and not row.sum):
        return row.settled_sum, None
    if row.rate:
        multiplicity = row.multiplicity or 1
        return (row.sum * multiplicity / row.rate).quantize(KOPECK, ROUND_HALF_UP), None
    if paid is None:
        return say.CURRENCY_UNKNOWN("ОбщиеДанные/Валюта", value=operation.currency.name or "")
    return say.SUM_UNKNOWN("СуммаВзаиморасчетов", paid=paid, owed=owed)


# -- shipments and returns -----------------------------------------------------------------------


def _shipped(operation: BookOperation, ledger: LinkLedger) -> Links:
    search = _Search(ledger, operation.party, set())
    default = search.find(operation.order, (operation.shipment,))
    shares = _Shares()
    kept: tuple[list[Row], list[Row]] = ([], [])
    owners = {}
    found: list[InvoiceFacts] = []
    elsewhere = False
    for part, rows in zip(kept, (operation.goods, operation.services), strict=True):
        for row in rows:
            facts = default
            if row.order is not None:
                facts = search.find(row.order)
            owners[None if facts is None else facts.key.ref] = facts
            if facts is not None:
                shares.add(facts, *_row_amount(row, operation))
                part.append(row)
                found.append(facts)
            elif not elsewhere:
                elsewhere = search.knows(row.order or operation.order, (operation.shipment,))
    if not operation.goods and not operation.services and default is not None:
        owners[default.key.ref] = default
        found.append(default)
        shares.add(default, operation.total or ZERO, None)
    elif len(owners) == 1 and operation.total is not None:
        shares.stands(operation.total)
    for facts in owners.values():
        if facts is not None and facts.currency is None and ledger.open:
            search.waits.add("")  # what it was invoiced in may still be read
        elif facts is not None and (problem := _other_currency(operation, facts)) is not None:
            return Links((), (), (), (), problem=problem)
    return Links(
        *shares.result(),
        tuple(kept[0]),
        tuple(kept[1]),
        frozenset(search.waits),
        owners=tuple(found),
        elsewhere=elsewhere,
    )


def _row_amount(row: Row, operation: BookOperation) -> tuple[Decimal, Decimal | None]:
    """A row's sum with VAT, and its VAT, which stands on top unless it is said to be inside."""
    amount = sum_of(row) or ZERO
    if operation.vat_included is not True:
        amount += row_vat(row, included=False) or ZERO
    return amount, row.vat_sum


def _other_currency(operation: BookOperation, facts: InvoiceFacts) -> Problem | None:
    """A shipment says no sum in another currency than its own."""
    shipped = code_of(operation.currency)
    if shipped is None or facts.currency is None or shipped == facts.currency:
        return None
    return say.SHIPPED_IN_OTHER("Валюта", shipped=shipped, owed=facts.currency)


class _Shares:
    """Sums per invoice, in the order in which invoices were met."""

    def __init__(self) -> None:
        self._facts: dict[str, InvoiceFacts] = {}
        self._sums: dict[str, Decimal] = {}
        self._vats: dict[str, Decimal | None] = {}

    def add(self, facts: InvoiceFacts, amount: Decimal, vat: Decimal | None) -> None:
        ref = facts.key.ref or ""
        if ref not in self._facts:
            self._facts[ref], self._sums[ref], self._vats[ref] = facts, amount, vat
            return
        self._sums[ref] += amount
        if vat is not None:
            self._vats[ref] = (self._vats[ref] or ZERO) + vat

    def stands(self, total: Decimal) -> None:
        """The whole document has one invoice: its own sum stands, a discount included."""
        for ref in self._sums:
            self._sums[ref] = total

    def result(self) -> tuple[tuple[Share, ...], tuple[InvoiceFacts, ...]]:
        shares = tuple(
            Share(facts.key, facts.interest, self._sums[ref], self._vats[ref])
            for ref, facts in self._facts.items()
        )
        return shares, tuple(self._facts.values())


# -- recognising an invoice ----------------------------------------------------------------------


def same_reference(one: str | None, other: str | None) -> bool:
    """Whether two GUIDs are the same, or one is not given."""
    return one is None or other is None or one.lower() == other.lower()


def same_organisation(one: Organisation, other: Organisation) -> bool:
    """By ИНН, and КПП where both name one; by name where neither has an ИНН."""
    if one.inn or other.inn:
        return one.inn == other.inn and (not one.kpp or not other.kpp or one.kpp == other.kpp)
    return one.name == other.name


def same_party(one: Party, other: Party) -> bool:
    """By GUID, else by ИНН and КПП, else by name."""
    if one.ref and other.ref and one.ref.lower() == other.ref.lower():
        return True
    if one.inn or other.inn:
        return one.inn == other.inn and (not one.kpp or not other.kpp or one.kpp == other.kpp)
    return one.name == other.name


def recognise(
    pointer: DocKey,
    party: Party | None,
    by_ref: Callable[[str], InvoiceFacts | None],
    by_number: Callable[[DocKey], list[InvoiceFacts]],
) -> InvoiceFacts | None:
    """The CRM's invoice that a key means (SPEC §2).

    By ``Ссылка``; without one by number, date and organisation, exactly one; a foreign ``Ссылка``
    also needs the counterparty to agree, and is then an alias.
    """
    if pointer.ref is not None:
        facts = by_ref(pointer.ref.lower())
        if facts is not None:
            return facts
    found = [
        facts
        for facts in by_number(pointer)
        if same_organisation(facts.key.organisation, pointer.organisation)
    ]
    if pointer.ref is not None:
        found = [
            facts
            for facts in found
            if party is not None and facts.party is not None and same_party(facts.party, party)
        ]
    return found[0] if len(found) == 1 else None
