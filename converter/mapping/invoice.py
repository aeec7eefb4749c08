"""The invoice: Документ.СчетНаОплату of the CRM, Документ.ЗаказКлиента of BP (MAPPING §1, §4)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from msgspec.structs import replace

from converter.formats import Dialect
from converter.mapping import remark
from converter.mapping.parts import (
    ACCOUNT,
    CLIENT,
    CONTRACT,
    CURRENCY,
    DOCUMENT,
    INTEREST,
    ITEM,
    ORGANISATION,
    PARTY,
    PERSON,
    ROW_VALUES,
    TRIMMED,
    UNIT,
)
from converter.mapping.restore import restore
from converter.mapping.rows import (
    ADDRESS_LIMIT,
    CONTENT_LIMIT,
    complete,
    complete_currency,
    default_currency_name,
    fit_account,
    sum_of,
    too_long,
)
from converter.mapping.table import Table, also, always, clearable, fixed, line
from converter.mapping.vat import RATES, vat_of
from converter.objects import Contract, Invoice, Person, Property, Row
from converter.problems import Problem
from converter.problems import catalogue as say
from converter.values import ZERO

TARE = "ВозвратнаяТара"

# fmt: off
GOODS = Table(
    Row,
    *ROW_VALUES,
    line("item",           "Номенклатура",     "ДанныеНоменклатуры/Номенклатура", ITEM),
    line("characteristic", "Характеристика",   "ДанныеНоменклатуры/Характеристика/НаименованиеПолное"),
    also("ДанныеНоменклатуры/Характеристика/Номенклатура"
         " | ДанныеНоменклатуры/Характеристика/ВладелецХарактеристики/Номенклатура", "item", ITEM),
    line("unit",           "ЕдиницаИзмерения", "ЕдиницаИзмерения", UNIT),
    line("stock",          None,               "ТипЗапасов"),
)

SERVICES = Table(
    Row,
    *ROW_VALUES,
    line("item",           "Номенклатура",     "Номенклатура | ДанныеНоменклатуры/Номенклатура | ДанныеНоменклатуры", ITEM),
    clearable("content",   "Содержание",       "Содержание"),
)

PROPERTY = Table(
    Property,
    line("name",           None,               "Свойство/Наименование"),
    line("extra",          None,               "Свойство/ЭтоДополнительноеСведение"),
    line("text",           None,               "ЗначениеСвойства/Строка"),
    line("flag",           None,               "ЗначениеСвойства/Булево"),
)

_LINES = (
    line("key",          "КлючевыеСвойства",   "КлючевыеСвойства", DOCUMENT),
    line("interest",     "Интерес",            None, INTEREST),
    line("client",       "Клиент",             None, CLIENT),
    line("party",        "Контрагент",         "Контрагент", PARTY),
    line("contract",     "Договор",            "ДанныеВзаиморасчетов/Договор", CONTRACT),
    fixed("ДанныеВзаиморасчетов/Договор/ВидДоговора", "СПокупателем"),
    also("ДанныеВзаиморасчетов/Договор/Организация", "key.organisation", ORGANISATION),
    also("ДанныеВзаиморасчетов/Договор/Контрагент", "party", PARTY),
    also("ДанныеВзаиморасчетов/Договор/ВалютаВзаиморасчетов", "currency", CURRENCY),
    line("manager",      "Менеджер",           "ОбщиеСвойстваОбъектовФормата/Ответственный | Ответственный", PERSON),
    line("currency",     "Валюта",             "Валюта", CURRENCY),
    always("ДанныеВзаиморасчетов/ВалютаВзаиморасчетов", "currency", CURRENCY),
    line("rate",         "Курс",               "ДанныеВзаиморасчетов/КурсВзаиморасчетов"),
    line("multiplicity", "Кратность",          "ДанныеВзаиморасчетов/КратностьВзаиморасчетов"),
    line("total",        "Сумма",              "Сумма"),
    line("vat_included", "СуммаВключаетНДС",   "СуммаВключаетНДС"),
    line("pay_by",       "ОплатитьДо",         "ЭтапыОплаты/Строка/ДатаПлатежа"),
    fixed("ЭтапыОплаты/Строка/НомерСтрокиДокумента", "1"),
    fixed("ЭтапыОплаты/Строка/ВариантОплаты", "Предоплата"),
    fixed("ЭтапыОплаты/Строка/ФормаОплаты", "Безналичная"),
    fixed("ЭтапыОплаты/Строка/ПроцентПлатежа", "100"),
    also("ЭтапыОплаты/Строка/СуммаПлатежа", "total"),
    line("may_ship",     "ОтгрузкаРазрешена",  None),
    line("properties",   None,                 "ОбщиеСвойстваОбъектовФормата/ДополнительныеРеквизиты/Строка"
                                               " | ДополнительныеРеквизиты/Строка", PROPERTY),
    line("account",      "БанковскийСчетОрганизации", "БанковскийСчетОрганизации", ACCOUNT),
    also("БанковскийСчетОрганизации/Владелец/ОрганизацииСсылка", "key.organisation", ORGANISATION),
    clearable("address", "АдресДоставки",      "АдресДоставки"),
    clearable("comment", "Комментарий",        "ОбщиеСвойстваОбъектовФормата/Комментарий | Комментарий"),
    line("goods",        "Товары/Строка",      "Товары/Строка", GOODS),
    line("services",     "Услуги/Строка",      "Услуги/Строка", SERVICES),
    line("state",        None,                 "ОбщиеСвойстваОбъектовФормата/СостояниеОбъекта", TRIMMED),
)
# fmt: on

INVOICE = Table(Invoice, *_LINES, crm="Документ.СчетНаОплату", bp="Документ.ЗаказКлиента")

#: the same as УТ and CRMs built on it say it (SPEC §3)
BILL = Table(Invoice, *_LINES, bp="Документ.СчетПокупателю")


def rows_total(invoice: Invoice) -> Decimal:
    """What the rows add up to: with VAT, which stands on top where it is not included."""
    total = ZERO
    on_top = invoice.vat_included is False
    for row in invoice.rows:
        total += row.sum or ZERO
        if on_top:
            total += row_vat(row, included=False) or ZERO
    return total


def row_vat(row: Row, included: bool) -> Decimal | None:
    """A row's VAT: as it says, else by its rate, half up; None where it has neither."""
    amount = sum_of(row)
    if row.vat_sum is not None or row.vat not in RATES or amount is None:
        return row.vat_sum
    return vat_of(amount, row.vat, included)


def identified(contract: Contract | None) -> Contract | None:
    """The contract where BP could find it: it needs a reference, a number or a name (MAPPING §1)."""
    if contract is None or not (contract.ref or contract.number or contract.name):
        return None
    return contract


def known_person(person: Person | None) -> Person | None:
    """A user, unless BP only says that there is none (BP.md)."""
    if person is None or person.name.strip() in ("", "<Не указан>"):
        return None
    return person


def towards_bp(invoice: Invoice, dialect: Dialect) -> tuple[Invoice, list[Problem]]:
    """A CRM invoice as BP is to get it in a version, and what was cut (SPEC §3, "Towards BP")."""
    problems: list[Problem] = []
    included = invoice.vat_included is not False
    made = replace(
        invoice,
        contract=identified(invoice.contract),
        currency=default_currency_name(invoice.currency, dialect),
        vat_included=included,
        account=fit_account(invoice.account, dialect),
        address=_cut(invoice.address, ADDRESS_LIMIT, "АдресДоставки", problems),
        comment=remark.marked(invoice),
        properties=remark.properties(invoice),
        goods=_rows_towards_bp(invoice.goods, included, problems),
        services=_rows_towards_bp(invoice.services, included, problems),
    )
    return made, problems


def _rows_towards_bp(
    rows: tuple[Row, ...], included: bool, problems: list[Problem]
) -> tuple[Row, ...]:
    if all(
        (row.vat_sum is not None or row.vat is None)
        and (row.content is None or len(row.content) <= CONTENT_LIMIT)
        for row in rows
    ):
        return rows
    return tuple(
        replace(
            row,
            vat_sum=row_vat(row, included),
            content=_cut(row.content, CONTENT_LIMIT, "Услуги/Строка/Содержание", problems),
        )
        for row in rows
    )


def _cut(text: str | None, limit: int, field: str, problems: list[Problem]) -> str | None:
    if text is None or len(text) <= limit:
        return text
    problems.append(say.TEXT_CUT(field, limit=limit))
    return text[:limit]


def from_bp(invoice: Invoice, last: Invoice | None = None) -> tuple[Invoice, list[Problem]]:
    """An invoice as BP sent it, completed, and freed of what the CRM does not see (MAPPING §4).

    ``last`` is the CRM's last version of it, from which comes what BP left out.
    """
    plain = replace(
        invoice,
        vat_included=bool(invoice.vat_included),
        may_ship=remark.permission(invoice.properties),
        comment=remark.unmarked(invoice.comment),
        manager=known_person(invoice.manager),
        properties=(),
        goods=tuple(row for row in invoice.goods if row.stock != TARE),
        state=None,
    )
    if last is not None:
        plain = restore(plain, last)
    currency, problems = complete_currency(plain.currency, "Валюта")
    goods, found = complete(plain.goods, "Товары")
    problems += found
    services, found = complete(plain.services, "Услуги")
    problems += found
    made = replace(
        plain,
        address=plain.address or None,
        comment=plain.comment or None,
        currency=currency,
        goods=goods,
        services=services,
    )
    problems += _lacking(made)
    rows = rows_total(made)
    problems += too_long(rows if made.total is None else made.total, "Сумма")
    if made.total is None:
        made = replace(made, total=rows)
    elif made.total != rows:
        problems.append(say.DISCOUNT("Сумма", total=made.total, rows=rows))
    return made, problems


def _lacking(invoice: Invoice) -> Iterator[Problem]:
    """What the CRM's rows cannot be without, and neither BP nor the last version has."""
    for part, rows in (("Товары", invoice.goods), ("Услуги", invoice.services)):
        for row in rows:
            for value, field in (
                (row.item, "Номенклатура"),
                (row.unit or part != "Товары", "ЕдиницаИзмерения"),
                (row.quantity is not None, "Количество"),
                (row.sum is not None, "Сумма"),
            ):
                if not value:
                    yield say.FIELD_MISSING(f"{part}/Строка[{row.line}]/{field}")
