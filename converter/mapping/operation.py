"""Trade operations: six documents and the payment by card of BP, one document of the CRM (MAPPING §3)."""

from __future__ import annotations

from msgspec import Struct

from converter.mapping.parts import (
    BOOK_ITEM,
    CONTRACT,
    CURRENCY,
    DOCUMENT,
    INTEREST,
    ORGANISATION,
    PARTY,
    PERSON,
    ROW_VALUES,
    TRIMMED,
    UNIT,
)
from converter.mapping.table import Line, Table, also, fixed, line
from converter.objects import BookOperation, PaymentRow, Row, Share, TradeOperation

_OPERATION_REFS = (
    "РеализацияТоваровУслугСсылка",
    "ВозвратТоваровОтПокупателяСсылка",
    "ПБДСРасчетыСКонтрагентамиСсылка",
    "СБДСРасчетыСКонтрагентамиСсылка",
    "ПКОРасчетыСКонтрагентамиСсылка",
    "РКОРасчетыСКонтрагентамиСсылка",
    "ОперацияПоПлатежнойКартеСсылка",
)


def _any_operation(parent: str) -> str:
    return " | ".join(f"{parent}/{reference}" for reference in _OPERATION_REFS)


_COMMON = "ОбщиеСвойстваОбъектовФормата"
#: ВидРасчетов and ВидДоговора of what is owed by a customer
CUSTOMER = "СПокупателем"

# fmt: off
BOOK_GOODS = Table(
    Row,
    *ROW_VALUES,
    line("item",     "Номенклатура",     "ДанныеНоменклатуры/Номенклатура", BOOK_ITEM),
    line("characteristic", "Характеристика", "ДанныеНоменклатуры/Характеристика/НаименованиеПолное"),
    also("ДанныеНоменклатуры/Характеристика/Номенклатура"
         " | ДанныеНоменклатуры/Характеристика/ВладелецХарактеристики/Номенклатура", "item", BOOK_ITEM),
    line("unit",     "ЕдиницаИзмерения", "ЕдиницаИзмерения", UNIT),
    line("order",    None,               "Заказ", DOCUMENT),
)

BOOK_SERVICES = Table(
    Row,
    *ROW_VALUES,
    line("item",     "Номенклатура",     "Номенклатура", BOOK_ITEM),
    line("content",  "Содержание",       "Содержание"),
    line("order",    None,               "Заказ", DOCUMENT),
)

PAYMENT_ROW = Table(
    PaymentRow,
    line("order",            None, "Заказ/ЗаказКлиента | ОбъектРасчетов/ЗаказКлиентаСсылка"
                                   " | ДокументРасчетов/ЗаказКлиентаСсылка", DOCUMENT),
    line("settled_object",   None, _any_operation("ОбъектРасчетов"), DOCUMENT),
    line("settled_document", None, _any_operation("ДокументРасчетов"), DOCUMENT),
    line("sum",              None, "Сумма"),
    line("settled_sum",      None, "СуммаВзаиморасчетов"),
    line("vat_sum",          None, "СуммаНДС"),
    line("contract",         None, "ДанныеВзаиморасчетов/Договор", CONTRACT),
    fixed("ДанныеВзаиморасчетов/Договор/ВидДоговора", CUSTOMER),
    also("ДанныеВзаиморасчетов/Договор/Организация", "seller", ORGANISATION),
    also("ДанныеВзаиморасчетов/Договор/Контрагент", "buyer", PARTY),
    line("currency",         None, "ДанныеВзаиморасчетов/ВалютаВзаиморасчетов", CURRENCY),
    line("rate",             None, "ДанныеВзаиморасчетов/КурсВзаиморасчетов"),
    line("multiplicity",     None, "ДанныеВзаиморасчетов/КратностьВзаиморасчетов"),
)

_DOCUMENT = (
    line("key",         None, "КлючевыеСвойства", DOCUMENT),
    line("party",       None, "Контрагент", PARTY),
    line("state",       None, f"{_COMMON}/СостояниеОбъекта", TRIMMED),
)

_GOODS_DOCUMENT = (
    *_DOCUMENT,
    line("contract",    None, "ДанныеВзаиморасчетов/Договор", CONTRACT),
    line("currency",    None, "Валюта", CURRENCY),
    line("total",       None, "Сумма"),
    line("vat_included", None, "СуммаВключаетНДС"),
    line("responsible", None, f"{_COMMON}/Ответственный | Ответственный", PERSON),
    line("comment",     None, f"{_COMMON}/Комментарий | Комментарий"),
    line("goods",       None, "Товары/Строка", BOOK_GOODS),
)

_PAYMENT = (
    *_DOCUMENT,
    line("settlement",  None, "ВидРасчетов", TRIMMED),
    line("currency",    None, "ОбщиеДанные/Валюта", CURRENCY),
    line("total",       None, "ОбщиеДанные/Сумма"),
    line("responsible", None, f"{_COMMON}/Ответственный | ОбщиеДанные/Ответственный", PERSON),
    line("comment",     None, f"{_COMMON}/Комментарий | ОбщиеДанные/Комментарий"),
    line("payments",    None, "РасшифровкаПлатежа/Строка", PAYMENT_ROW),
)


def _book(element: str, *lines: Line) -> Table:
    return Table(BookOperation, *lines, bp=element)


SHIPMENT = _book(
    "Документ.РеализацияТоваровУслуг",
    *_GOODS_DOCUMENT,
    line("order",           None, "Заказ | СчетПокупателю", DOCUMENT),
    line("services",        None, "Услуги/Строка", BOOK_SERVICES),
)

RETURN = _book(
    "Документ.ВозвратТоваровОтПокупателя",
    *_GOODS_DOCUMENT,
    line("order",           None, "Заказ", DOCUMENT),
    line("shipment",        None, "ДокументРеализации/РеализацияТоваровУслугСсылка", DOCUMENT),
    line("incoming_number", None, "ДанныеВходящегоДокумента/НомерВходящегоДокумента"),
    line("incoming_date",   None, "ДанныеВходящегоДокумента/ДатаВходящегоДокумента"),
)

BANK_RECEIPT = _book(
    "Документ.ПБДСРасчетыСКонтрагентами",
    *_PAYMENT,
    line("statement_date",  None, "ОбщиеДанные/ДатаВыписки"),
    line("incoming_number", None, "ОбщиеДанные/НомерВходящегоДокумента"),
    line("incoming_date",   None, "ОбщиеДанные/ДатаВходящегоДокумента"),
    line("purpose",         None, "ОбщиеДанные/НазначениеПлатежа"),
)

BANK_REFUND = _book(
    "Документ.СБДСРасчетыСКонтрагентами",
    *_PAYMENT,
    line("statement_date",  None, "ОбщиеДанные/ДатаВыписки"),
    line("incoming_number", None, "ОбщиеДанные/НомерВходящегоДокумента | ОбщиеДанные/ПлатежноеПоручение/Номер"),
    line("incoming_date",   None, "ОбщиеДанные/ДатаВходящегоДокумента | ОбщиеДанные/ПлатежноеПоручение/Дата"),
    line("purpose",         None, "ОбщиеДанные/РеквизитыПлатежа/НазначениеПлатежа"),
)

CASH_RECEIPT = _book(
    "Документ.ПКОРасчетыСКонтрагентами",
    *_PAYMENT,
    line("purpose",         None, "ОбщиеДанные/Основание"),
)

CASH_REFUND = _book(
    "Документ.РКОРасчетыСКонтрагентами",
    *_PAYMENT,
    line("purpose",         None, "ОбщиеДанные/НазначениеПлатежа | ОбщиеДанные/Основание"),
)

CARD_PAYMENT = _book(
    "Документ.ОперацияПоПлатежнойКарте",
    *_DOCUMENT,
    line("card_kind",       None, "КлючевыеСвойства/ВидОперации | ВидОперации", TRIMMED),
    line("currency",        None, "Валюта", CURRENCY),
    line("total",           None, "Сумма"),
    line("responsible",     None, f"{_COMMON}/Ответственный | Ответственный", PERSON),
    line("comment",         None, f"{_COMMON}/Комментарий | Комментарий"),
    line("payments",        None, "РасшифровкаПлатежа/Строка", PAYMENT_ROW),
)

SHARE = Table(
    Share,
    line("invoice",  "Счет",     None, DOCUMENT),
    line("interest", "Интерес",  None, INTEREST),
    line("sum",      "Сумма",    None),
    line("vat_sum",  "СуммаНДС", None),
)

TRADE_OPERATION = Table(
    TradeOperation,
    line("key",             "КлючевыеСвойства",        None, DOCUMENT),
    line("kind",            "ВидОперации",             None),
    line("party",           "Контрагент",              None, PARTY),
    line("contract",        "Договор",                 None, CONTRACT),
    line("currency",        "Валюта",                  None, CURRENCY),
    line("total",           "Сумма",                   None),
    line("statement_date",  "ДатаВыписки",             None),
    line("incoming_number", "НомерВходящегоДокумента", None),
    line("incoming_date",   "ДатаВходящегоДокумента",  None),
    line("purpose",         "НазначениеПлатежа",       None),
    line("responsible",     "Ответственный",           None, PERSON),
    line("comment",         "Комментарий",             None),
    line("shares",          "Счета/Строка",            None, SHARE),
    line("goods",           "Товары/Строка",           None, BOOK_GOODS),
    line("services",        "Услуги/Строка",           None, BOOK_SERVICES),
    crm="Документ.ТорговаяОперация",
)
# fmt: on


class Kind(Struct, frozen=True):
    """A kind of trade operation: its name in the CRM, its table in BP, what it counts as."""

    name: str
    table: Table
    is_payment: bool
    sign: int


KINDS = (
    Kind("РеализацияТоваровУслуг", SHIPMENT, False, 1),
    Kind("ВозвратТоваровОтПокупателя", RETURN, False, -1),
    Kind("ПоступлениеБезналичныхДС", BANK_RECEIPT, True, 1),
    Kind("СписаниеБезналичныхДС", BANK_REFUND, True, -1),
    Kind("ПриходныйКассовыйОрдер", CASH_RECEIPT, True, 1),
    Kind("РасходныйКассовыйОрдер", CASH_REFUND, True, -1),
    Kind("ОплатаПлатежнойКартой", CARD_PAYMENT, True, 1),
)

#: documents of BP's that change what is owed and have no word in the CRM format (SPEC §2)
CORRECTIONS = frozenset(
    {
        "Документ.КорректировкаРеализацииТоваров",
        "Документ.КорректировкаДолга",
        "Документ.ЧекККМ",
    }
)

#: by the element in BP's message
BY_ELEMENT = {kind.table.bp or "": kind for kind in KINDS}

#: by the name that the CRM has for it
BY_NAME = {kind.name: kind for kind in KINDS}
