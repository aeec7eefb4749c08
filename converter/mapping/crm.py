"""How a CRM speaks: the CRM format, or EnterpriseData of some version (SPEC §3).

Either way the same values come in and go out; a CRM that speaks EnterpriseData is a second reading
and a second writing of them, by the same tables as BP's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from lxml import etree
from msgspec.structs import replace

from converter.envelope.header import ObjectType
from converter.formats import CRM, Dialect, bp
from converter.mapping import deletion as kinds
from converter.mapping.cards import fit_card
from converter.mapping.catalogues import (
    BOOK_CARDS,
    CONTRACT_CARD,
    COUNTERPARTY,
    contract_towards_bp,
    counterparty_from_bp,
    counterparty_towards_bp,
)
from converter.mapping.deletion import DELETION, read_bp_deletion, write_bp_deletion
from converter.mapping.documents import document_table, fit_document
from converter.mapping.invoice import BILL, INVOICE, TARE, from_bp, identified, row_vat
from converter.mapping.links import is_current
from converter.mapping.operation import BY_ELEMENT, CUSTOMER, KINDS, TRADE_OPERATION
from converter.mapping.reading import Read, reader
from converter.mapping.remember import remember
from converter.mapping.rows import default_currency_name, fit_account
from converter.mapping.rules import rates_sayable
from converter.mapping.states import BOOK_PAYMENT_STATE, BOOK_SHIPMENT_STATE, INVOICE_STATE
from converter.mapping.table import Table
from converter.mapping.traffic import types_towards_crm
from converter.mapping.vat import RATES
from converter.mapping.writing import writer
from converter.objects import (
    BookState,
    Counterparty,
    Deletion,
    Invoice,
    InvoiceState,
    Row,
    TradeOperation,
)
from converter.problems import Problem
from converter.problems import catalogue as say

DELETED = "УдалениеОбъекта"
#: what an invoice is called in EnterpriseData, and the table of each
INVOICES = {"ЗаказКлиента": INVOICE, "СчетПокупателю": BILL}
DEFAULT_VERSION, DEFAULT_INVOICE = "1.3", "ЗаказКлиента"

Taken = tuple[Any, list[Problem]]
Text = tuple[str | None, list[Problem]]


class CrmFormat(Protocol):
    """What a conversion and an exchange ask of the CRM's side.

    ``enterprise``: it speaks EnterpriseData, and is told operations as documents. ``own``: what it
    may change, by the element in its messages; ``books``: what only BP may. A kind is the element's
    name in the CRM format. ``types``: what the head of a one-off message to it lists.
    """

    dialect: Dialect
    enterprise: bool
    own: Mapping[str, str]
    books: Mapping[str, str]
    types: tuple[ObjectType, ...]

    def at(self, version: str) -> CrmFormat:
        """The same in another version; a KeyError where it is not ours."""

    def read(self, kind: str, element: etree._Element, judged: bool = False) -> Taken:
        """An object of the CRM's, and what is wrong with it; None where it counts as absent.

        ``judged``: its own schema has accepted it.
        Raises `values.Unreadable` and `values.Absent`.
        """

    def write(self, kind: str, record: Any) -> Text:
        """The text of an object for the CRM; None where it goes without, or a problem holds it."""

    def names(self, kind: str, record: Any) -> tuple[str, ...]:
        """The elements that an object goes as; none where the version has no place for it, or the
        CRM does not want it."""

    def remember(self, record: Any, last: Any) -> Any:
        """What the CRM's version could not say of an object comes from the last that stood."""

    def deletion(self, kind: str, ref: str, last: Any) -> Deletion:
        """The deletion of an object that the CRM was told of as ``last``."""


class PlainCrm:
    """A CRM that speaks the CRM format."""

    dialect = CRM
    enterprise = False
    types: tuple[ObjectType, ...] = ()
    own: Mapping[str, str] = {kind: kind for kind in (kinds.INVOICE, kinds.COUNTERPARTY, DELETED)}
    books: Mapping[str, str] = {kind: kind for kind in (kinds.OPERATION, kinds.STATE)}
    _tables: Mapping[str, Table] = {
        str(table.crm): table
        for table in (
            INVOICE,
            COUNTERPARTY,
            DELETION,
            TRADE_OPERATION,
            INVOICE_STATE,
            *BOOK_CARDS.values(),
        )
    }

    def at(self, version: str) -> CrmFormat:
        if version != self.dialect.version:
            raise KeyError(version)
        return self

    def read(self, kind: str, element: etree._Element, judged: bool = False) -> Taken:
        return reader(self._tables[kind], CRM, judged)(element), []

    def write(self, kind: str, record: Any) -> Text:
        return writer(self._tables[kind], CRM)(record), []

    def names(self, kind: str, record: Any) -> tuple[str, ...]:
        return (kind,) if kind in self._tables else ()

    def remember(self, record: Any, last: Any) -> Any:
        return record

    def deletion(self, kind: str, ref: str, last: Any) -> Deletion:
        return Deletion(kind, ref)


class EnterpriseCrm:
    """A CRM that speaks EnterpriseData: 1C:CRM, УТ and what is built on it.

    ``invoice`` is what carries its invoice: ЗаказКлиента or СчетПокупателю. ``wanted`` are the
    elements that it said it receives, None while it said nothing. A KeyError where the version is
    not ours.
    """

    enterprise = True

    def __init__(
        self,
        version: str,
        invoice: str = DEFAULT_INVOICE,
        wanted: frozenset[str] | None = None,
    ) -> None:
        self.dialect = bp(version)
        self.invoice = invoice
        self.wanted = wanted
        self._invoice = INVOICES[invoice]
        self.types = types_towards_crm(str(self._invoice.bp))
        self._pointer = "Заказ" if invoice == DEFAULT_INVOICE else invoice
        self._deleted = None if invoice == DEFAULT_INVOICE else kinds.BILL
        self.own: Mapping[str, str] = {
            str(self._invoice.bp): kinds.INVOICE,
            str(COUNTERPARTY.bp): kinds.COUNTERPARTY,
            str(CONTRACT_CARD.bp): kinds.CONTRACT,
            DELETED: DELETED,
        }
        self.books: Mapping[str, str] = {
            **dict.fromkeys(BY_ELEMENT, kinds.OPERATION),
            str(BOOK_PAYMENT_STATE.bp): kinds.STATE,
            str(BOOK_SHIPMENT_STATE.bp): kinds.STATE,
        }
        self._readers: Mapping[str, Callable[[etree._Element], Taken]] = {
            kinds.INVOICE: self._read_invoice,
            kinds.COUNTERPARTY: self._read_counterparty,
            kinds.CONTRACT: self._read_contract,
            DELETED: self._read_deletion,
        }
        self._writers: Mapping[str, Callable[[Any], Text]] = {
            kinds.INVOICE: self._write_invoice,
            kinds.COUNTERPARTY: self._write_counterparty,
            kinds.CONTRACT: self._write_contract,
            kinds.OPERATION: self._write_operation,
            kinds.STATE: self._write_state,
            DELETED: self._write_deletion,
        }

    def at(self, version: str) -> CrmFormat:
        return (
            self
            if version == self.dialect.version
            else EnterpriseCrm(version, self.invoice, self.wanted)
        )

    def read(self, kind: str, element: etree._Element, judged: bool = False) -> Taken:
        return self._readers[kind](element)

    def write(self, kind: str, record: Any) -> Text:
        write = self._writers.get(kind)
        return self._write_card(kind, record) if write is None else write(record)

    def names(self, kind: str, record: Any) -> tuple[str, ...]:
        named: tuple[str, ...] = (kind,)
        if kind in (kinds.OPERATION, kinds.STATE) and record is None:
            named = ()  # nobody knows as what the CRM has it
        elif kind == kinds.OPERATION:
            named = (_element(record),)
        elif kind == kinds.INVOICE:
            named = (str(self._invoice.bp),)
        elif kind == kinds.STATE:
            named = (str(BOOK_PAYMENT_STATE.bp), str(BOOK_SHIPMENT_STATE.bp))
        return tuple(name for name in named if self._takes(name))

    def _takes(self, name: str) -> bool:
        if name not in self.dialect.view.objects:
            return False
        return self.wanted is None or name in self.wanted or name == DELETED

    def remember(self, record: Any, last: Any) -> Any:
        return remember(record, last, self._invoice, self.dialect)

    def deletion(self, kind: str, ref: str, last: Any) -> Deletion:
        if kind != kinds.OPERATION:
            return Deletion(kind, ref)
        return Deletion(kind, ref, f"{_element(last).removeprefix('Документ.')}Ссылка")

    # -- reading ---------------------------------------------------------------------------------

    def _reader(self, table: Table) -> Read:
        return reader(table, self.dialect)

    def _read_invoice(self, element: etree._Element) -> Taken:
        sent: Invoice = self._reader(self._invoice)(element)
        if not is_current(sent.state):
            return None, []
        invoice, found = from_bp(sent)
        # The CRM's own words are judged more strictly than BP's: its sum and its rates are refused.
        problems = [each for each in found if each.kind not in (say.DISCOUNT, say.VAT_UNKNOWN)]
        for part, rows in (("Товары", sent.goods), ("Услуги", sent.services)):
            for row in rows:
                if row.vat is not None and row.vat not in RATES and row.stock != TARE:
                    field = f"{part}/Строка[{row.line}]/СтавкаНДС"
                    words = ", ".join(RATES)
                    problems.append(say.VALUE_NOT_LISTED(field, value=row.vat, expected=words))
        return invoice, problems

    def _read_counterparty(self, element: etree._Element) -> Taken:
        card: Counterparty = self._reader(COUNTERPARTY)(element)
        return counterparty_from_bp(card, enterprise=True), []

    def _read_contract(self, element: etree._Element) -> Taken:
        """A contract with a customer; those with others are no business of invoices."""
        card = self._reader(CONTRACT_CARD)(element)
        return (replace(card, kind=None) if card.kind == CUSTOMER else None), []

    def _read_deletion(self, element: etree._Element) -> Taken:
        found = read_bp_deletion(element, enterprise=True)
        if found is None or found.type != kinds.INVOICE:
            return found, []
        own = (found.element == kinds.BILL) == (self._deleted == kinds.BILL)
        return (replace(found, element=None) if own else None), []

    # -- writing ---------------------------------------------------------------------------------

    def _text(self, table: Table, record: Any) -> str:
        return writer(table, self.dialect)(record)

    def _write_invoice(self, invoice: Invoice) -> Text:
        problems = list(rates_sayable(invoice, self.dialect, "crm"))
        if problems:
            return None, problems
        included = invoice.vat_included is not False
        made = replace(
            invoice,
            contract=identified(invoice.contract),
            currency=default_currency_name(invoice.currency, self.dialect),
            account=fit_account(invoice.account, self.dialect),
            vat_included=included,
            goods=_with_vat(invoice.goods, included),
            services=_with_vat(invoice.services, included),
        )
        return self._text(self._invoice, made), []

    def _write_counterparty(self, card: Counterparty) -> Text:
        return self._text(COUNTERPARTY, counterparty_towards_bp(card, self.dialect)), []

    def _write_contract(self, card: Any) -> Text:
        return self._text(CONTRACT_CARD, contract_towards_bp(card, self.dialect)), []

    def _write_card(self, kind: str, card: Any) -> Text:
        made, problems = fit_card(card, self.dialect)
        return (None if made is None else self._text(BOOK_CARDS[kind], made)), problems

    def _write_operation(self, operation: TradeOperation) -> Text:
        if operation.document is None:
            if len(operation.shares) > 1:
                return None, [say.INVOICES_NOT_IN_VERSION(version=self.dialect.version)]
            return None, [say.DOCUMENT_UNKNOWN()]
        kind = next(each for each in KINDS if each.name == operation.kind)
        table = document_table(kind, self._pointer)
        document, problems = fit_document(operation.document, table, self.dialect)
        return (None if document is None else self._text(table, document)), problems

    def _write_state(self, state: InvoiceState) -> Text:
        """Both states by their words; the format has no sums and no dates for them."""
        paid = "Оплачен" if state.payment_state == "Переплата" else state.payment_state
        said = ((BOOK_PAYMENT_STATE, paid), (BOOK_SHIPMENT_STATE, state.shipment_state))
        texts = [
            self._text(table, BookState(state.invoice, word))
            for table, word in said
            if self._takes(str(table.bp))
        ]
        return "".join(texts) or None, []

    def _write_deletion(self, deletion: Deletion) -> Text:
        if deletion.type == kinds.INVOICE:
            deletion = replace(deletion, element=self._deleted)
        return write_bp_deletion(deletion, self.dialect), []


def _element(operation: TradeOperation) -> str:
    """The document of EnterpriseData that an operation is."""
    return next(str(each.table.bp) for each in KINDS if each.name == operation.kind)


def _with_vat(rows: tuple[Row, ...], included: bool) -> tuple[Row, ...]:
    return tuple(replace(row, vat_sum=row_vat(row, included)) for row in rows)


PLAIN = PlainCrm()
