"""Operations as documents of EnterpriseData, for a CRM that speaks it (SPEC §3, last part).

Such a CRM gets BP's own document, with just the rows that belong to its invoices, and each row
says to which: 1C:CRM looks nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from functools import cache

from lxml import etree
from msgspec.structs import replace

from converter.formats import Dialect
from converter.formats.notation import Group, Scalar
from converter.mapping.links import InvoiceFacts, Links
from converter.mapping.operation import (
    BOOK_GOODS,
    BY_ELEMENT,
    CUSTOMER,
    KINDS,
    Kind,
)
from converter.mapping.parts import ACCOUNT, CURRENCY, DOCUMENT, ORGANISATION, PARTY, TRIMMED
from converter.mapping.reading import reader
from converter.mapping.rows import complete_currency, default_currency_name, fit_account
from converter.mapping.table import Line, Table, also, fixed, line
from converter.mapping.vat import sayable
from converter.objects import (
    Account,
    BookOperation,
    Currency,
    DocKey,
    PaymentRow,
    Row,
    TradeOperation,
)
from converter.problems import Problem
from converter.problems import catalogue as say
from converter.values import ZERO

TAXED, UNTAXED = "ОблагаетсяНДС", "НеОблагаетсяНДС"

# fmt: off
_RETURN_GOODS = Table(
    Row,
    *BOOK_GOODS.lines,
    line("activity",     None, "ВозвратПодДеятельность"),
)

# What the format demands of a document beside what the CRM format tells of it.
_GOODS_DOCUMENT = (
    line("work",         None, "ВидОперации", TRIMMED),
    line("settled_in",   None, "ДанныеВзаиморасчетов/ВалютаВзаиморасчетов", CURRENCY),
    line("rate",         None, "ДанныеВзаиморасчетов/КурсВзаиморасчетов"),
    line("multiplicity", None, "ДанныеВзаиморасчетов/КратностьВзаиморасчетов"),
    fixed("ДанныеВзаиморасчетов/Договор/ВидДоговора", CUSTOMER),
    also("ДанныеВзаиморасчетов/Договор/Организация", "key.organisation", ORGANISATION),
    also("ДанныеВзаиморасчетов/Договор/Контрагент", "party", PARTY),
)

_BANK = (
    line("account",      None, "ОбщиеДанные/БанковскийСчетОрганизации", ACCOUNT),
    also("ОбщиеДанные/БанковскийСчетОрганизации/Владелец/ОрганизацииСсылка", "key.organisation", ORGANISATION),
)

_MORE: dict[str, tuple[Line, ...]] = {
    "РеализацияТоваровУслуг": _GOODS_DOCUMENT,
    "ВозвратТоваровОтПокупателя": (*_GOODS_DOCUMENT, line("goods", None, "Товары/Строка", _RETURN_GOODS)),
    "ПоступлениеБезналичныхДС": _BANK,
    "СписаниеБезналичныхДС": (
        *_BANK,
        line("payment_order", None, "ОбщиеДанные/ПлатежноеПоручение", DOCUMENT),
    ),
}
# fmt: on

#: of a word that not every version has, the one that says it in those that lack it
_PLAINLY = {
    "ОплатаОтКлиентаЧерезПлатежнуюСистему": "ОплатаОтКлиентаПлатежнойКартой",
    "ВозвратОтКлиентаЧерезПлатежнуюСистему": "ВозвратОплатыКлиентуНаПлатежнуюКарту",
}


def document_table(kind: Kind, pointer: str = "Заказ") -> Table:
    """The table of a kind's whole document.

    ``pointer`` is the element by which a shipment names its invoice: Заказ, or СчетПокупателю.
    """
    return _tables(pointer)[kind.name]


@cache
def _tables(pointer: str) -> dict[str, Table]:
    return {kind.name: _whole(kind, pointer) for kind in KINDS}


def _whole(kind: Kind, pointer: str) -> Table:
    more = list(_MORE.get(kind.name, ()))
    if kind.name == "РеализацияТоваровУслуг":
        other = "СчетПокупателю" if pointer == "Заказ" else "Заказ"
        more.append(line("order", None, f"{pointer} | {other}", DOCUMENT))
    anew = {each.value for each in more if not each.written_only}
    kept = (each for each in kind.table.lines if each.written_only or each.value not in anew)
    return Table(BookOperation, *kept, *more, bp=kind.table.bp)


# -- from BP -------------------------------------------------------------------------------------


def document_of(
    operation: BookOperation, made: TradeOperation, links: Links
) -> BookOperation | None:
    """BP's document with what is of the CRM's invoices, whatever version it will be written in;
    None where a person tied its goods to several, since no row could say to which.

    Where rows are left out, its sum is that of those which stay. What a payment settles beside
    the invoice is not said: the CRM need not have it, and 1C makes what it is pointed at.
    """
    owners = links.owners or links.facts[:1] * (len(made.goods) + len(made.services) or 1)
    if not links.owners and not operation.payments and len(links.facts) > 1:
        return None
    keys = {each.key.ref: each.key for each in owners}
    several = len(keys) > 1
    order = next(iter(keys.values()), None)
    goods = _pointing(made.goods, owners if several else ())
    services = _pointing(made.services, owners[len(made.goods) :] if several else ())
    payments = tuple(
        _payment(row, facts.key, operation, made)
        for row, facts in zip(links.payments, owners, strict=False)
    ) or tuple(_tied(operation, made))
    whole = len(payments) == len(operation.payments) and len(goods) + len(services) == len(
        operation.goods
    ) + len(operation.services)
    return replace(
        operation,
        party=made.party,
        contract=made.contract,
        currency=made.currency,
        total=made.total if whole and links.owners else _part(made, payments),
        responsible=made.responsible,
        order=None if several else order,
        goods=goods,
        services=services,
        payments=payments,
        settled_in=complete_currency(operation.settled_in or made.currency, "")[0],
        payment_order=operation.payment_order or _payment_order(operation),
    )


def _pointing(rows: tuple[Row, ...], owners: tuple[InvoiceFacts, ...]) -> tuple[Row, ...]:
    """Rows that name their invoices; without owners none, since the document names the only one."""
    keys: list[DocKey | None] = [each.key for each in owners]
    keys = keys or [None] * len(rows)
    return tuple(replace(row, order=key) for row, key in zip(rows, keys, strict=False))


def _payment(
    row: PaymentRow, invoice: DocKey, operation: BookOperation, made: TradeOperation
) -> PaymentRow:
    return replace(
        row,
        order=invoice,
        settled_object=None,
        settled_document=None,
        currency=complete_currency(row.currency or made.currency, "")[0],
        seller=operation.key.organisation,
        buyer=made.party,
    )


def _tied(operation: BookOperation, made: TradeOperation) -> Iterator[PaymentRow]:
    """The rows of a payment that a person tied: the sum for each invoice, in the payment's currency."""
    for share in made.shares if operation.payments else ():
        row = replace(
            operation.payments[0], sum=share.sum, settled_sum=None, vat_sum=None, rate=None,
            multiplicity=None, currency=None,
        )  # fmt: skip
        yield _payment(row, share.invoice, operation, made)


def _part(made: TradeOperation, payments: tuple[PaymentRow, ...]) -> Decimal:
    """What the rows that stay add up to: payments in their own currency, shipments with VAT."""
    if payments:
        return sum((row.sum for row in payments), ZERO)
    return sum((share.sum for share in made.shares), ZERO)


def _payment_order(operation: BookOperation) -> DocKey | None:
    """Where up to 1.12 number and date of a refund's order stood by themselves."""
    number, date = operation.incoming_number, operation.incoming_date
    if number is None or date is None:
        return None
    return DocKey(None, date, number, operation.key.organisation)


# -- towards the CRM -----------------------------------------------------------------------------


def fit_document(
    document: BookOperation, table: Table, dialect: Dialect
) -> tuple[BookOperation | None, list[Problem]]:
    """A document as a version can say it; None where it would say another sum of an invoice.

    A VAT rate without a word is left out with a warning: the sum of VAT stands. A kind of document that
    the version has no word for goes by its plainer word, else by the ordinary one.
    """
    problems: list[Problem] = []
    group = dialect.view.objects[str(table.bp)]
    for part, rows in (("Товары", document.goods), ("Услуги", document.services)):
        if group.find(f"{part}/Строка/Заказ") is None and any(row.order for row in rows):
            problem = say.INVOICES_NOT_IN_VERSION(f"{part}/Строка/Заказ", version=dialect.version)
            return None, [problem]
    made = replace(
        document,
        work=_word(document.work, group, table, "work"),
        card_kind=_word(document.card_kind, group, table, "card_kind"),
        currency=_named(document.currency, dialect),
        settled_in=document.settled_in and _named(document.settled_in, dialect),
        account=_account(document.account, dialect),
        goods=_rows(document.goods, "Товары", dialect, problems),
        services=_rows(document.services, "Услуги", dialect, problems),
        payments=tuple(
            replace(row, currency=row.currency and _named(row.currency, dialect))
            for row in document.payments
        ),
        purpose=_cut(document.purpose, group, problems),
        statement_date=document.statement_date or _statement_date(document, group),
    )
    return made, problems


def _statement_date(document: BookOperation, group: Group) -> datetime | None:
    """The format demands a day of the statement: where BP said none, the document's own counts."""
    return None if group.find("ОбщиеДанные/ДатаВыписки") is None else document.key.date


def _named(currency: Currency, dialect: Dialect) -> Currency:
    return default_currency_name(currency, dialect)


def _account(account: Account | None, dialect: Dialect) -> Account:
    """The format demands an account of a bank document, and up to 1.19 its number."""
    found = fit_account(account, dialect) or Account(None, None, None)
    return found if found.number else replace(found, number="")


def _rows(
    rows: tuple[Row, ...], part: str, dialect: Dialect, problems: list[Problem]
) -> tuple[Row, ...]:
    known = sayable(dialect)
    made = []
    for row in rows:
        activity = row.activity or (UNTAXED if row.vat == "БезНДС" else TAXED)
        row = replace(row, activity=activity)
        if row.vat is not None and row.vat not in known:
            problems.append(say.VAT_UNKNOWN(f"{part}/Строка[{row.line}]/СтавкаНДС", value=row.vat))
            row = replace(row, vat=None)
        made.append(row)
    return tuple(made)


def _word(said: str | None, group: Group, table: Table, value: str) -> str | None:
    """A kind of document as a version says it: the ordinary one stands first among its words."""
    places = (place for each in table.lines if each.value == value for place in each.bp)
    field = next((found for place in places if (found := group.find(place))), None)
    words = field.type.words if field is not None and isinstance(field.type, Scalar) else ()
    return next((word for word in (said, _PLAINLY.get(said or ""), *words) if word in words), said)


def _cut(text: str | None, group: Group, problems: list[Problem]) -> str | None:
    """The purpose of a payment, as far as a version has room for it."""
    field = group.find("ОбщиеДанные/РеквизитыПлатежа/НазначениеПлатежа")
    limit = field.type.max_length if field is not None and isinstance(field.type, Scalar) else None
    if text is None or limit is None or len(text) <= limit:
        return text
    problems.append(say.TEXT_CUT("НазначениеПлатежа", limit=limit))
    return text[:limit]


def said_by_crm(element: str, given: etree._Element, dialect: Dialect) -> TradeOperation | None:
    """An operation that a CRM made up, as far as it must be known to be deleted there.

    Raises `values.Unreadable` and `values.Absent`.
    """
    kind = BY_ELEMENT[element]
    said: BookOperation = reader(kind.table, dialect)(given)
    if said.party is None:
        return None
    return TradeOperation(
        said.key, kind.name, said.party, None, said.currency, said.total or ZERO,
        None, None, None, None, None, None, (), (), (),
    )  # fmt: skip
