"""BP's objects as text, in every version of EnterpriseData, and messages of both sides.

A `Book` writes in one version what BP would send. The order of elements and the companions are
written out by hand, so that the tests do not lean on the product's own tables; that they are right
is judged by the official schemas (see `test_book`). Everybody named here is made up.
"""

from __future__ import annotations

import uuid
from functools import cache
from pathlib import Path
from xml.sax.saxutils import escape

from lxml import etree

VERSIONS = (
    "1.3",
    "1.4",
    "1.5",
    "1.6",
    "1.7",
    "1.8",
    "1.10",
    "1.11",
    "1.12",
    "1.15",
    "1.16",
    "1.17",
    "1.18",
    "1.19",
    "1.20",
    "1.21",
    "1.22",
)
CRM = "urn:enterprisedata-converter:crm:1.0"
_OFFICIAL = Path(__file__).parents[3] / "shared" / "enterprisedata" / "xsd"


def guid(number: int) -> str:
    """A GUID of its own for every number."""
    return str(uuid.UUID(int=(0xB0 << 120) | number))


INVOICE, OTHER_INVOICE, FOREIGN_INVOICE = guid(1), guid(2), guid(3)
OPERATION, OTHER_OPERATION = guid(11), guid(12)
SELLER, BUYER, CONTRACT, USER = guid(21), guid(22), guid(23), guid(24)
TABLE, LAMP, DELIVERY = guid(31), guid(32), guid(33)

#: element names of the seven kinds of operation
SHIPMENT = "Документ.РеализацияТоваровУслуг"
RETURN = "Документ.ВозвратТоваровОтПокупателя"
BANK_IN = "Документ.ПБДСРасчетыСКонтрагентами"
BANK_OUT = "Документ.СБДСРасчетыСКонтрагентами"
CASH_IN = "Документ.ПКОРасчетыСКонтрагентами"
CASH_OUT = "Документ.РКОРасчетыСКонтрагентами"
CARD = "Документ.ОперацияПоПлатежнойКарте"
KINDS = {
    SHIPMENT: "РеализацияТоваровУслуг",
    RETURN: "ВозвратТоваровОтПокупателя",
    BANK_IN: "ПоступлениеБезналичныхДС",
    BANK_OUT: "СписаниеБезналичныхДС",
    CASH_IN: "ПриходныйКассовыйОрдер",
    CASH_OUT: "РасходныйКассовыйОрдер",
    CARD: "ОплатаПлатежнойКартой",
}
PAYMENTS = (BANK_IN, BANK_OUT, CASH_IN, CASH_OUT)

#: Ставка, РасчетнаяСтавка, НеОблагается, ВидСтавки of 1.17 and later (MAPPING §5)
VAT_KEYS = {
    "НДС22": ("22", "false", "false", "Общая"),
    "НДС20": ("20", "false", "false", "Общая"),
    "НДС18": ("18", "false", "false", "Общая"),
    "НДС10": ("10", "false", "false", "Пониженная"),
    "НДС7": ("7", "false", "false", "Пониженная"),
    "НДС5": ("5", "false", "false", "Пониженная"),
    "НДС0": ("0", "false", "false", "Нулевая"),
    "БезНДС": ("0", "false", "true", "БезНДС"),
    "НДС22_122": ("22", "true", "false", "ОбщаяРасчетная"),
    "НДС20_120": ("20", "true", "false", "ОбщаяРасчетная"),
    "НДС18_118": ("18", "true", "false", "ОбщаяРасчетная"),
    "НДС10_110": ("10", "true", "false", "ПониженнаяРасчетная"),
    "НДС7_107": ("7", "true", "false", "ПониженнаяРасчетная"),
    "НДС5_105": ("5", "true", "false", "ПониженнаяРасчетная"),
}


def since(version: str, first: str) -> bool:
    """Whether a version is that one or a later one."""
    return VERSIONS.index(version) >= VERSIONS.index(first)


# -- text ----------------------------------------------------------------------------------------


def val(name: str, value: object | None) -> str:
    """One element with a text; nothing for None."""
    return "" if value is None else f"<{name}>{escape(str(value))}</{name}>"


def el(name: str, *inner: str) -> str:
    """One element with others inside."""
    return f"<{name}>{''.join(inner)}</{name}>"


def opt(name: str, *inner: str) -> str:
    """Like `el`, but nothing where nothing stands inside."""
    return el(name, *inner) if any(inner) else ""


# -- messages ------------------------------------------------------------------------------------


def namespace(version: str) -> str:
    """The namespace of EnterpriseData in a version."""
    return f"http://v8.1c.ru/edi/edi_stnd/EnterpriseData/{version}"


def message(space: str, *objects: str) -> bytes:
    """A whole message of the format with that namespace."""
    version = space.rpartition(":" if space == CRM else "/")[2]
    return (
        '<Message xmlns:msg="http://www.1c.ru/SSL/Exchange/Message"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><msg:Header>'
        f"<msg:Format>{space}</msg:Format><msg:CreationDate>2026-02-11T08:15:07</msg:CreationDate>"
        "<msg:Confirmation><msg:From>ONE</msg:From><msg:MessageNo>1</msg:MessageNo>"
        f"</msg:Confirmation><msg:AvailableVersion>{version}</msg:AvailableVersion></msg:Header>"
        f'<Body xmlns="{space}">\n' + "\n".join(objects) + "\n</Body></Message>"
    ).encode()


def element(space: str, text: str) -> etree._Element:
    """One object, parsed as it stands in a message."""
    return etree.fromstring(f'<Body xmlns="{space}">{text}</Body>'.encode())[0]


@cache
def _official(version: str) -> etree.XMLSchema | None:
    path = _OFFICIAL / version / "Message.xsd"
    return etree.XMLSchema(etree.parse(str(path))) if path.is_file() else None


def has_official() -> bool:
    """Whether the official schemas lie beside the checkout."""
    return _OFFICIAL.is_dir()


def official_faults(version: str, *objects: str) -> list[str]:
    """What the official schema has against these objects; nothing where it is not at hand."""
    schema = _official(version)
    if schema is None or schema.validate(etree.fromstring(message(namespace(version), *objects))):
        return []
    return [str(error.message) for error in schema.error_log]


# -- BP ------------------------------------------------------------------------------------------


def organisation(ref: str | None = SELLER, inn: str | None = "9988001015") -> str:
    """The fields of an organisation."""
    return (
        val("Ссылка", ref)
        + val("Наименование", "Выдуманная мебель ООО")
        + val("ИНН", inn)
        + val("КПП", "998801001")
        + val("ЮридическоеФизическоеЛицо", "ЮридическоеЛицо")
    )


def party(
    ref: str | None = BUYER, name: str = "Пример-Строй ООО", inn: str | None = "9988002026"
) -> str:
    """The fields of a counterparty."""
    return (
        val("Ссылка", ref)
        + val("Наименование", name)
        + val("НаименованиеПолное", "ООО «Пример-Строй»")
        + val("ИНН", inn)
        + val("КПП", "998801002")
        + val("ЮридическоеФизическоеЛицо", "ЮридическоеЛицо")
    )


def key(
    ref: str | None, number: str, date: str = "2026-02-12T12:00:00", inn: str | None = "9988001015"
) -> str:
    """The fields of a document's key."""
    return (
        val("Ссылка", ref)
        + val("Дата", date)
        + val("Номер", number)
        + el("Организация", organisation(inn=inn))
    )


def invoice_key(
    ref: str | None = INVOICE, number: str = "СЧ-1", date: str = "2026-02-11T10:00:00"
) -> str:
    """The key of the invoice that most operations here point at."""
    return key(ref, number, date)


class Book:
    """What BP writes in one version."""

    def __init__(self, version: str) -> None:
        self.version = version
        self.namespace = namespace(version)

    def since(self, first: str) -> bool:
        """Whether this version is that one or a later one."""
        return since(self.version, first)

    def element(self, text: str) -> etree._Element:
        """One object of this version, parsed."""
        return element(self.namespace, text)

    # -- parts ------------------------------------------------------------------------------------

    def classified(self, name: str, code: str | None, title: str | None) -> str:
        """A currency or a unit; its title falls away where 1.3 has no place for a unit's."""
        inner = val("Код", code) + val("Наименование", title)
        if self.since("1.7"):
            inner = el("ДанныеКлассификатора", inner)
        return el(name, inner)

    def currency(
        self, code: str | None = "643", title: str | None = "руб.", name: str = "Валюта"
    ) -> str:
        """A currency under an element name."""
        return self.classified(name, code, title)

    def unit(self, code: str | None = "796 ", title: str | None = "шт") -> str:
        """A unit, by default with the trailing blank that BP leaves."""
        return self.classified("ЕдиницаИзмерения", code, title if self.since("1.4") else None)

    def vat(self, rate: str | None) -> str:
        """СтавкаНДС."""
        if rate is None or not self.since("1.17"):
            return val("СтавкаНДС", rate)
        names = ("Ставка", "РасчетнаяСтавка", "НеОблагается", "ВидСтавки")
        return el("СтавкаНДС", *map(val, names, VAT_KEYS[rate]))

    def item(
        self,
        ref: str | None = TABLE,
        title: str = "Стол",
        code: str | None = "00-0000120 ",
        article: str | None = "СТ-1",
    ) -> str:
        """The fields of an item's key."""
        return (
            val("Ссылка", ref)
            + val("КодВПрограмме", code)
            + val("Артикул", article)
            + val("Наименование", title)
        )

    def account(self, owner: str = "", bank: str = "Банк", bic: str = "049999871") -> str:
        """The fields of a bank account of the seller's."""
        names = ("БИК", bic), ("Наименование", bank)
        if self.since("1.7"):
            inner = el("ДанныеКлассификатораБанков", *(val(*each) for each in reversed(names)))
        else:
            inner = "".join(val(*each) for each in names)
        return (
            val("НомерСчета", "40702810800000004101")
            + el("Банк", inner)
            + el("Владелец", owner or el("ОрганизацииСсылка", organisation()))
        )

    def contract(self, ref: str | None = CONTRACT, number: str | None = "17-М") -> str:
        """The fields of a contract's key."""
        return (
            val("Ссылка", ref)
            + val("ВидДоговора", "СПокупателем")
            + el("Организация", organisation())
            + el("Контрагент", party())
            + val("Наименование", "Поставка")
            + val("Дата", "2025-11-20")
            + val("Номер", number)
        )

    def settlement(
        self,
        contract: str = "",
        currency: str = "",
        rate: str | None = None,
        multiplicity: str | None = None,
    ) -> str:
        """ДанныеВзаиморасчетов."""
        return el(
            "ДанныеВзаиморасчетов",
            opt("Договор", contract),
            currency,
            val("КурсВзаиморасчетов", rate),
            val("КратностьВзаиморасчетов", multiplicity),
        )

    def responsible(self, name: str | None) -> str:
        """Ответственный with that name."""
        return (
            ""
            if name is None
            else el("Ответственный", val("Ссылка", USER), val("Наименование", name))
        )

    def common(
        self, comment: str | None = None, responsible: str | None = None, state: str | None = None
    ) -> str:
        """ОбщиеСвойстваОбъектовФормата, where the version has it and something stands in it."""
        said, who = val("Комментарий", comment), self.responsible(responsible)
        if not self.since("1.11"):
            return ""
        if self.since("1.15"):
            return opt("ОбщиеСвойстваОбъектовФормата", said, who, val("СостояниеОбъекта", state))
        return opt("ОбщиеСвойстваОбъектовФормата", who, said)

    def goods_row(
        self,
        line: int | None = 1,
        item: str = "",
        unit: str = "",
        quantity: str = "2",
        price: str | None = "100",
        sum: str | None = "200",
        vat: str | None = "НДС20",
        vat_sum: str | None = "33.33",
        after: str = "",
    ) -> str:
        """A row of Товары; ``after`` takes what stands last."""
        return el(
            "Строка",
            val("НомерСтрокиДокумента", line),
            el("ДанныеНоменклатуры", el("Номенклатура", item or self.item())),
            unit or self.unit(),
            val("Количество", quantity),
            val("Сумма", sum),
            val("Цена", price),
            self.vat(vat),
            val("СуммаНДС", vat_sum),
            after,
        )

    def service_row(
        self,
        line: int | None = 1,
        item: str = "",
        quantity: str = "1",
        price: str = "500",
        sum: str = "500",
        vat: str | None = "БезНДС",
        vat_sum: str | None = None,
        content: str | None = "Доставка",
        after: str = "",
    ) -> str:
        """A row of Услуги of a shipment; without ``item`` it has none."""
        return el(
            "Строка",
            val("НомерСтрокиДокумента", line),
            opt("Номенклатура", item),
            val("Количество", quantity),
            val("Сумма", sum),
            val("Цена", price),
            self.vat(vat),
            val("СуммаНДС", vat_sum),
            val("Содержание", content),
            after,
        )

    def payment_row(
        self,
        sum: str = "150",
        order: str | None = None,
        settled_sum: str | None = None,
        vat_sum: str | None = None,
        settlement: str = "",
        document: str = "",
        object: str = "",
    ) -> str:
        """A row of РасшифровкаПлатежа; ``document`` and ``object`` are whole elements inside."""
        return el(
            "Строка",
            "" if order is None else el("Заказ", el("ЗаказКлиента", order)),
            val("Сумма", sum),
            val("СуммаВзаиморасчетов", settled_sum),
            val("СуммаНДС", vat_sum),
            settlement or self.settlement("", self.currency(name="ВалютаВзаиморасчетов")),
            opt("ДокументРасчетов", document),
            opt("ОбъектРасчетов", object),
        )

    # -- documents --------------------------------------------------------------------------------

    def shipment(
        self,
        ref: str | None = OPERATION,
        total: str | None = "200",
        included: str | None = "true",
        order: str | None = None,
        bill: str | None = None,
        goods: str = "",
        services: str = "",
        contract: str = "",
        comment: str | None = None,
        responsible: str | None = None,
        state: str | None = None,
        currency: str = "",
        number: str = "БП-1",
    ) -> str:
        """Документ.РеализацияТоваровУслуг."""
        old = not self.since("1.11")
        return el(
            SHIPMENT,
            el("КлючевыеСвойства", key(ref, number)),
            self.responsible(responsible) if old else "",
            val("ВидОперации", "РеализацияКлиенту"),
            currency or self.currency(),
            val("Сумма", total),
            val("СуммаВключаетНДС", included),
            el("Контрагент", party()),
            self.settlement(contract),
            opt("Заказ", order or ""),
            opt("СчетПокупателю", bill or ""),
            val("Комментарий", comment) if old else "",
            opt("Товары", goods),
            opt("Услуги", services),
            self.common(comment, responsible, state),
        )

    def give_back(
        self,
        ref: str | None = OPERATION,
        total: str | None = "200",
        included: str | None = "true",
        order: str | None = None,
        shipment: str | None = None,
        goods: str = "",
        incoming: tuple[str, str] | None = None,
        contract: str = "",
        comment: str | None = None,
        responsible: str | None = None,
        state: str | None = None,
        number: str = "БП-1",
    ) -> str:
        """Документ.ВозвратТоваровОтПокупателя; ``incoming`` is number and date."""
        old = not self.since("1.11")
        activity = self.since("1.6") and not self.since("1.18")
        rows = goods or self.goods_row()
        if activity:
            mark = val("ВозвратПодДеятельность", "ОблагаетсяНДС")
            rows = rows.replace("</Строка>", f"{mark}</Строка>")
        source = "РеализацияТоваровУслугСсылка"
        return el(
            RETURN,
            el("КлючевыеСвойства", key(ref, number)),
            ""
            if incoming is None
            else el(
                "ДанныеВходящегоДокумента",
                val("НомерВходящегоДокумента", incoming[0]),
                val("ДатаВходящегоДокумента", incoming[1]),
            ),
            self.responsible(responsible) if old else "",
            val("ВидОперации", "ВозвратОтКлиента"),
            self.currency(),
            val("Сумма", total),
            val("СуммаВключаетНДС", included),
            el("Контрагент", party()),
            self.settlement(contract),
            "" if shipment is None else el("ДокументРеализации", el(source, shipment)),
            val("Комментарий", comment) if old else "",
            opt("Заказ", order or ""),
            el("Товары", rows),
            self.common(comment, responsible, state),
        )

    def payment(
        self,
        element: str = BANK_IN,
        rows: str = "",
        ref: str | None = OPERATION,
        total: str = "150",
        kind: str = "СПокупателем",
        currency: str = "",
        buyer: str | None = None,
        responsible: str | None = None,
        comment: str | None = None,
        own_responsible: str | None = None,
        own_comment: str | None = None,
        state: str | None = None,
        incoming: tuple[str, str] | None = None,
        order: tuple[str, str] | None = None,
        purpose: str | None = None,
        basis: str | None = None,
        number: str = "БП-1",
    ) -> str:
        """One of the four payment documents.

        ``responsible`` and ``comment`` stand where the version has them, in ОбщиеДанные only where
        there is no other place; ``own_responsible`` and ``own_comment`` always in ОбщиеДанные.
        ``incoming`` is the number and date of the incoming document, ``order`` those of the
        payment order of a refund.
        """
        bank = element in (BANK_IN, BANK_OUT)
        old = not self.since("1.11")
        who = self.responsible(own_responsible or (responsible if old else None))
        said = val("Комментарий", own_comment or (comment if old else None))
        papers = ""
        if incoming and bank and (element == BANK_IN or not self.since("1.15")):
            papers = val("ДатаВходящегоДокумента", incoming[1])
            papers += val("НомерВходящегоДокумента", incoming[0])
        tail = ""
        if element == BANK_IN:
            tail = val("НазначениеПлатежа", purpose)
        elif element == BANK_OUT:
            if order is not None:
                tail = el("ПлатежноеПоручение", key(None, *order))
            tail += opt("РеквизитыПлатежа", val("НазначениеПлатежа", purpose))
        elif element == CASH_OUT:
            tail = val("НазначениеПлатежа", purpose) + val("Основание", basis)
        else:
            tail = val("Основание", basis)
        whom = el("Контрагент", buyer if buyer is not None else party()) if buyer != "" else ""
        settles = val("ВидРасчетов", kind)
        return el(
            element,
            el("КлючевыеСвойства", key(ref, number)),
            el(
                "ОбщиеДанные",
                val("ДатаВыписки", "2026-02-13") if bank else "",
                who,
                papers,
                currency or self.currency(),
                val("Сумма", total),
                said,
                el("БанковскийСчетОрганизации", self.account()) if bank else "",
                tail,
            ),
            settles + whom if element == BANK_IN else whom + settles,
            el("РасшифровкаПлатежа", rows or self.payment_row(total, invoice_key())),
            self.common(comment, responsible, state),
        )

    def card(
        self,
        rows: str = "",
        ref: str | None = OPERATION,
        total: str = "150",
        kind: str = "ОплатаОтКлиентаПлатежнойКартой",
        responsible: str | None = None,
        comment: str | None = None,
        state: str | None = None,
        number: str = "БП-1",
    ) -> str:
        """Документ.ОперацияПоПлатежнойКарте; its kind stands in its key since 1.4."""
        old = not self.since("1.11")
        said = val("ВидОперации", kind)
        keyed = self.since("1.4")
        return el(
            CARD,
            el("КлючевыеСвойства", key(ref, number), said if keyed else ""),
            "" if keyed else said,
            self.currency(),
            el("Контрагент", party()),
            val("Сумма", total),
            self.responsible(responsible) if old else "",
            val("Комментарий", comment) if old else "",
            el("РасшифровкаПлатежа", rows or self.payment_row(total, invoice_key())),
            self.common(comment, responsible, state),
        )

    def operation(self, element: str, order: str | None, ref: str | None = OPERATION) -> str:
        """The smallest operation of a kind that points at an invoice."""
        if element == SHIPMENT:
            return self.shipment(ref, order=order, goods=self.goods_row())
        if element == RETURN:
            return self.give_back(ref, order=order)
        row = self.payment_row(order=order)
        return self.card(row, ref) if element == CARD else self.payment(element, row, ref)

    def invoice(
        self,
        ref: str | None = INVOICE,
        total: str | None = "200",
        included: str | None = "true",
        goods: str = "",
        services: str = "",
        state: str | None = None,
        currency: str = "",
        number: str = "СЧ-1",
        buyer: str = "",
    ) -> str:
        """Документ.ЗаказКлиента."""
        return el(
            "Документ.ЗаказКлиента",
            el("КлючевыеСвойства", invoice_key(ref, number)),
            currency or self.currency(),
            val("Сумма", total),
            el("Контрагент", buyer or party()),
            self.settlement(),
            val("СуммаВключаетНДС", included),
            el("Товары", goods or self.goods_row()) if goods or not services else "",
            opt("Услуги", services),
            self.common(state=state),
        )

    def deletion(self, name: str, ref: str) -> str:
        """УдалениеОбъекта of what an element of СсылкаНаОбъект names."""
        return el("УдалениеОбъекта", el("СсылкаНаОбъект", el("СсылкаНаОбъект", val(name, ref))))


# -- the CRM -------------------------------------------------------------------------------------


def crm_row(
    line: int = 1,
    item: str = "",
    unit: str = "<ЕдиницаИзмерения><Код>796</Код></ЕдиницаИзмерения>",
    quantity: str = "2",
    price: str = "100",
    sum: str = "200",
    vat: str | None = "НДС20",
    vat_sum: str | None = "33.33",
    content: str | None = None,
) -> str:
    """A row of an invoice; a service where ``unit`` is empty."""
    return el(
        "Строка",
        val("НомерСтроки", line),
        el("Номенклатура", item or val("Ссылка", TABLE) + val("Наименование", "Стол")),
        unit,
        val("Содержание", content),
        val("Количество", quantity),
        val("Цена", price),
        val("Сумма", sum),
        val("СтавкаНДС", vat),
        val("СуммаНДС", vat_sum),
    )


def crm_invoice(
    ref: str | None = INVOICE,
    number: str = "СЧ-1",
    date: str = "2026-02-11T10:00:00",
    total: str = "200",
    included: str | None = "true",
    buyer: str = "",
    contract: str = "",
    currency: str = "643",
    goods: str = "",
    services: str = "",
    before: str = "",
    after: str = "",
    seller: str = "",
) -> str:
    """Документ.СчетНаОплату; ``before`` takes Интерес and Клиент, ``after`` what follows the VAT."""
    rows = goods or (crm_row() if not services else "")
    return el(
        "Документ.СчетНаОплату",
        el(
            "КлючевыеСвойства",
            val("Ссылка", ref),
            val("Дата", date),
            val("Номер", number),
            el("Организация", seller or organisation()),
        ),
        before,
        el("Контрагент", buyer or party()),
        opt("Договор", contract),
        el("Валюта", val("Код", currency)),
        val("Сумма", total),
        val("СуммаВключаетНДС", included),
        after,
        opt("Товары", rows),
        opt("Услуги", services),
    )


def crm_counterparty(ref: str = BUYER, after: str = "", **fields: str | None) -> str:
    """Справочник.Контрагенты; ``after`` stands behind the key."""
    inner = party(ref, **fields)  # type: ignore[arg-type]
    return el("Справочник.Контрагенты", el("КлючевыеСвойства", inner), after)


def crm_deletion(kind: str, ref: str) -> str:
    """УдалениеОбъекта of the CRM."""
    return el("УдалениеОбъекта", val("ВидОбъекта", kind), val("Ссылка", ref))
