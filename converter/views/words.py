"""The words for what the views tell by stable names, in both languages."""

from __future__ import annotations

from converter.problems import HAPPENED, Said, Severity

#: how far an invoice is paid or shipped, as the CRM format says it
STATES = {
    "НеОплачен": Said("не оплачен", "unpaid"),
    "ОплаченЧастично": Said("частично", "partly"),
    "Оплачен": Said("оплачен", "paid"),
    "Переплата": Said("переплата", "overpaid"),
    "НеОтгружен": Said("не отгружен", "not shipped"),
    "ОтгруженЧастично": Said("частично", "partly"),
    "Отгружен": Said("отгружен", "shipped"),
    "Отменен": Said("отменен", "cancelled"),
}
#: the kinds of operations
KINDS = {
    "РеализацияТоваровУслуг": Said("реализация", "shipment"),
    "ВозвратТоваровОтПокупателя": Said("возврат от покупателя", "return"),
    "ПоступлениеБезналичныхДС": Said("поступление на счёт", "bank receipt"),
    "СписаниеБезналичныхДС": Said("списание со счёта", "bank refund"),
    "ПриходныйКассовыйОрдер": Said("приходный ордер", "cash receipt"),
    "РасходныйКассовыйОрдер": Said("расходный ордер", "cash refund"),
    "ОплатаПлатежнойКартой": Said("оплата картой", "card payment"),
}
#: why an invoice is proposed for an operation
REASONS = {
    "number-and-date": Said("назван номер и дата", "number and date are named"),
    "number": Said("назван номер", "the number is named"),
    "number-other-date": Said("назван номер, дата другая", "the number is named, another date"),
    "date": Said("названа дата", "the date is named"),
    "goods": Said("подходят товары", "the goods fit"),
    "sum": Said("сумма равна остатку", "the sum is just the rest"),
    "only-open": Said("единственный открытый", "the only open one"),
}
#: how sure a proposal is
CERTAINTIES = {
    "certain": Said("наверняка", "certain"),
    "proposed": Said("возможно", "proposed"),
}
#: the two bases by their sides
SIDES = {"crm": Said("CRM", "CRM"), "bp": Said("БП", "BP")}
#: what people call the kinds of objects
OBJECTS = {
    "Документ.СчетНаОплату": Said("счёт на оплату", "invoice"),
    "Документ.ЗаказКлиента": Said("счёт на оплату", "invoice"),
    "Документ.ТорговаяОперация": Said("операция", "operation"),
    "Справочник.Контрагенты": Said("контрагент", "counterparty"),
    "Справочник.Договоры": Said("договор", "contract"),
    "Справочник.Номенклатура": Said("номенклатура", "item"),
    "Справочник.Организации": Said("организация", "organisation"),
}
#: what the journal calls that something was refused
REFUSALS = {
    "rejected": HAPPENED[Severity.REJECT],
    "alarm": HAPPENED[Severity.ALARM],
    "held": HAPPENED[Severity.HOLD],
}
