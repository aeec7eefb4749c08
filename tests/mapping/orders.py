"""What a CRM that speaks EnterpriseData writes, in every version: hand-written, as `book` is for BP."""

from __future__ import annotations

from tests.mapping.book import (
    INVOICE,
    LAMP,
    USER,
    Book,
    el,
    invoice_key,
    opt,
    organisation,
    party,
    val,
)

ORDER, BILL = "ЗаказКлиента", "СчетПокупателю"
PHONE = (
    '<КонтактнаяИнформация xmlns="http://www.v8.1c.ru/ssl/contactinfo" Представление="+7 900">'
    "<Комментарий>после шести</Комментарий></КонтактнаяИнформация>"
)


def account(book: Book) -> str:
    return book.account(owner=el("ОрганизацииСсылка", organisation()))


def crm_invoice(
    version: str,
    name: str = ORDER,
    goods: str = "",
    services: str = "",
    total: str = "700",
    ref: str = INVOICE,
    number: str = "СЧ-1",
    state: str | None = None,
) -> str:
    """An invoice of a CRM with all that its version has a place for, and things of its own."""
    book = Book(version)
    bill = name == BILL
    said = "Позвонить"
    old = not book.since("1.11")
    manager = el("Ответственный", val("Ссылка", USER), val("Наименование", "Менеджер"))
    stage = el(
        "ЭтапыОплаты",
        el(
            "Строка",
            val("ВариантОплаты", "Предоплата"),
            val("ФормаОплаты", "Безналичная"),
            val("ДатаПлатежа", "2026-03-01"),
            val("СуммаПлатежа", total),
        ),
    )
    stages = stage if book.since("1.18" if bill else "1.7") else ""
    common = ""
    if not old:
        spoken = val("Комментарий", said)
        inner = (
            spoken + manager + val("СостояниеОбъекта", state)
            if book.since("1.15")
            else manager + spoken
        )
        common = el("ОбщиеСвойстваОбъектовФормата", inner)
    comment = val("Комментарий", said) if old and book.since("1.6") and not bill else ""
    tail = common + stages if bill else comment + stages + common
    rows = goods or book.goods_row()
    return el(
        f"Документ.{name}",
        el("КлючевыеСвойства", invoice_key(ref, number)),
        manager if old else "",
        book.currency(),
        val("Сумма", total),
        el("Склад", val("Наименование", "Склад, которого конвертер не знает")),
        el("Контрагент", party()),
        book.settlement(book.contract(), book.currency(name="ВалютаВзаиморасчетов"), "1", "1"),
        val("АдресДоставки", "Склад 2"),
        val("СуммаВключаетНДС", "true"),
        el("БанковскийСчетОрганизации", account(book)),
        el("Товары", rows),
        opt("Услуги", services or service(book, bill)),
        tail,
    )


def service(book: Book, bill: bool = False) -> str:
    item = val("Ссылка", LAMP) + val("Наименование", "Доставка")
    place = el("Номенклатура", item)
    if book.since("1.7") and not book.since("1.18") and not bill:
        place = el("ДанныеНоменклатуры", place)
    elif book.since("1.18") and not book.since("1.19") and not bill:
        place = el("ДанныеНоменклатуры", item)
    return el(
        "Строка",
        val("НомерСтрокиДокумента", 1),
        place,
        val("Количество", "1"),
        val("Сумма", "500"),
        val("Цена", "500"),
        book.vat("БезНДС"),
        val("Содержание", "Доставка до двери"),
    )


def crm_counterparty(version: str, *contacts: str) -> str:
    return el(
        "Справочник.Контрагенты",
        el("КлючевыеСвойства", party()),
        opt("КонтактнаяИнформация", *contacts),
    )


def contact(kind: str, fields: str) -> str:
    return el("Строка", val("ВидКонтактнойИнформации", kind), val("ЗначенияПолей", fields))


def contract(version: str, kind: str = "СПокупателем") -> str:
    inner = Book(version).contract().replace("СПокупателем", kind)
    return el("Справочник.Договоры", el("КлючевыеСвойства", inner))
