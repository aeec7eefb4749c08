"""The CRM's base: invoices are its own, operations and states are what it has been told."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, NamedTuple

from lxml import etree
from msgspec.structs import replace

from converter.envelope.header import Header
from converter.formats import CRM, CRM_VERSION
from converter.mapping.catalogues import (
    ACCOUNT_CARD,
    COUNTERPARTY,
    CURRENCY_CARD,
    ITEM_CARD,
    ORGANISATION_CARD,
    UNIT_CARD,
)
from converter.mapping.deletion import DELETION
from converter.mapping.invoice import INVOICE as INVOICE_TABLE
from converter.mapping.operation import TRADE_OPERATION
from converter.mapping.reading import reader
from converter.mapping.vat import vat_of
from converter.mapping.writing import writer
from converter.objects import Deletion, Invoice, Row, TradeOperation
from tests.simulation.base import Base
from tests.simulation.things import (
    DEAL,
    INVOICE,
    OPERATION,
    PARTY,
    STATE,
    Key,
    buyer_card,
    invoice,
    marker_in,
    row,
    rows_sum,
)

_TABLES = {
    table.crm: table
    for table in (
        INVOICE_TABLE,
        TRADE_OPERATION,
        COUNTERPARTY,
        ORGANISATION_CARD,
        ITEM_CARD,
        ACCOUNT_CARD,
        CURRENCY_CARD,
        UNIT_CARD,
    )
}
_OUT = frozenset({INVOICE, PARTY})


class State(NamedTuple):
    """СостояниеСчета as the CRM holds it."""

    total: Decimal
    paid: Decimal
    payment: str
    shipped: Decimal
    shipment: str
    withdrawn: bool
    book_payment: str | None
    book_shipment: str | None


class CrmBase(Base):
    """1C:CRM with a format of its own (SPEC §3)."""

    side = "crm"

    # -- edits -----------------------------------------------------------------------------------

    def invoices(self) -> list[Key]:
        """The invoices that are not deleted, oldest first."""
        return sorted(key for key in self.objects if key.type == INVOICE)

    def new_invoice(
        self,
        number: int,
        marker: str,
        private: str | None = None,
        quantity: int = 2,
        price: int = 100,
        rows: int = 1,
    ) -> Key:
        """A good invoice with one or two rows of goods."""
        goods = tuple(row(line, line - 1, quantity, price) for line in range(1, rows + 1))
        made = invoice(number, goods, marker, private)
        assert made.key.ref is not None
        key = Key(INVOICE, made.key.ref)
        self.put(key, made)
        return key

    def edit_invoice(self, key: Key, marker: str, quantity: int, price: int) -> None:
        """Another quantity and price of the first row, the sum with them."""
        self.put(key, changed(self.objects[key], marker, quantity, price))

    def set_contract(self, key: Key) -> None:
        """The version just written has a contract."""
        self.put(key, replace(self.objects[key], contract=DEAL))

    def set_vat(self, key: Key, rate: bool) -> None:
        """The first row of the version just written names its VAT rate, or none."""
        old: Invoice = self.objects[key]
        first = old.goods[0]
        new = replace(first, vat="НДС20", vat_sum=vat_of(first.sum or Decimal(0), "НДС20", True))
        self.put(key, replace(old, goods=(new if rate else without_vat(first), *old.goods[1:])))

    def edit_private(self, key: Key, marker: str) -> None:
        """Only what BP never sees: the interest, and with it the permission to ship."""
        old: Invoice = self.objects[key]
        if old.interest is None:
            return
        interest = replace(old.interest, subject=marker)
        self.put(key, replace(old, interest=interest, may_ship=not old.may_ship))

    def spoil_invoice(self, key: Key, marker: str) -> None:
        """A sum that is not that of the rows, which a rule refuses (SPEC §5)."""
        old: Invoice = self.objects[key]
        self.put(key, replace(old, total=rows_sum(old.goods) + 1, comment=marker))

    def is_bad(self, key: Key) -> bool:
        """Whether a rule refuses the invoice as it is; a discount of BP's is no fault."""
        value: Invoice = self.objects[key]
        return not (value.comment or "").startswith("b") and value.total != rows_sum(value.rows)

    def mend_invoice(self, key: Key, marker: str) -> None:
        """The right sum again."""
        old: Invoice = self.objects[key]
        self.put(key, replace(old, total=rows_sum(old.goods), comment=marker))

    def edit_party(self, marker: str) -> Key:
        """The buyer's card, written for the first time or anew."""
        card = buyer_card(marker)
        assert card.key.ref is not None
        key = Key(PARTY, card.key.ref)
        self.put(key, replace(self.objects.get(key, card), comment=marker))
        return key

    def meddle(self, key: Key) -> None:
        """An operation is changed in the CRM, where nothing but BP may change it."""
        old: TradeOperation = self.objects[key]
        self.put(key, replace(old, total=old.total + 1, comment="x1"))

    def invent(self, operation: TradeOperation) -> Key:
        """An operation that BP never had."""
        assert operation.key.ref is not None
        key = Key(OPERATION, operation.key.ref)
        self.put(key, operation)
        return key

    # -- what it holds ---------------------------------------------------------------------------

    def operations(self) -> dict[str, TradeOperation]:
        """The trade operations by GUID."""
        return {key.ref: value for key, value in self.objects.items() if key.type == OPERATION}

    def states(self) -> dict[str, State]:
        """The states by their invoice's GUID."""
        return {key.ref: value for key, value in self.objects.items() if key.type == STATE}

    def marker(self, key: Key) -> str | None:
        """The marker of the version that the base holds, None where it holds none."""
        return marker_in(getattr(self.objects.get(key), "comment", None))

    def private(self, key: Key) -> str | None:
        """The marker of the interest that the base holds."""
        interest = getattr(self.objects.get(key), "interest", None)
        return None if interest is None else marker_in(interest.subject)

    # -- messages --------------------------------------------------------------------------------

    def _header(self) -> Header:
        return Header(CRM.namespace, self.clock.now, versions=(CRM_VERSION,))

    def _knows(self, namespace: str) -> bool:
        return namespace == CRM.namespace

    def _goes_out(self, key: Key) -> bool:
        return key.type in _OUT

    def _said(self, key: Key) -> Any:
        return self.objects.get(key) or self.tombs.get(key)

    def _print(self, key: Key) -> str:
        value = self.objects.get(key)
        if value is None:
            return writer(DELETION, CRM)(Deletion(key.type, key.ref))
        return writer(_TABLES[key.type], CRM)(value)

    def _load(self, element: etree._Element) -> Key | None:
        name = etree.QName(element).localname
        if name == "УдалениеОбъекта":
            deletion = reader(DELETION, CRM)(element)
            key = Key(deletion.type, deletion.ref)
            self.objects.pop(key, None)
            if key.type == INVOICE:
                self.objects.pop(Key(STATE, key.ref), None)
            return key
        if name == STATE:
            key, state = _state(element)
            self.objects[key] = state
            return key
        value = reader(_TABLES[name], CRM)(element)
        ref = value.key.ref if hasattr(value, "key") else value.ref
        self.objects[Key(name, ref)] = value
        return Key(name, ref)


def changed(old: Invoice, marker: str, quantity: int, price: int) -> Invoice:
    """An invoice with another first row, its sum right."""
    first = old.goods[0]
    new: Row = replace(
        row(first.line or 1, 0, quantity, price),
        item=first.item,
        characteristic=first.characteristic,
        unit=first.unit,
    )
    if first.vat is None:
        new = without_vat(new)
    goods = (new, *old.goods[1:])
    return replace(old, goods=goods, total=rows_sum(goods), comment=marker)


def without_vat(row: Row) -> Row:
    """A row that names no VAT rate, which BP does not post."""
    return replace(row, vat=None, vat_sum=None)


def _state(element: etree._Element) -> tuple[Key, State]:
    def text(path: str) -> str | None:
        return element.findtext("/".join(f"{{*}}{step}" for step in path.split("/")))

    def money(path: str) -> Decimal:
        return Decimal(text(path) or "NaN")

    key = Key(STATE, text("Счет/Ссылка") or "")
    return key, State(
        money("СуммаСчета"),
        money("Оплачено"),
        text("СостояниеОплаты") or "",
        money("Отгружено"),
        text("СостояниеОтгрузки") or "",
        text("ОтозванВБП") == "true",
        text("СостояниеОплатыБП"),
        text("СостояниеОтгрузкиБП"),
    )
