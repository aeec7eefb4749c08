"""Small valid messages of both sides as text, with the parts that tests vary as arguments.

Everybody and everything named here is made up; ИНН and VAT are arithmetically right.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable

MSG = "http://www.1c.ru/SSL/Exchange/Message"
CRM_FORMAT = "urn:enterprisedata-converter:crm:1.0"
ED_FORMAT = "http://v8.1c.ru/edi/edi_stnd/EnterpriseData"
PLAN = "СинхронизацияДанныхЧерезУниверсальныйФормат"
BP_VERSION = "1.19"


def guid(number: int) -> str:
    """A GUID of its own for every number, the same in every run."""
    return str(uuid.UUID(int=(0xC0DE << 112) | number))


INVOICE = guid(1)
PARTY = guid(2)
ORGANISATION = guid(3)
ITEM = guid(4)
UNIT = guid(5)
CURRENCY = guid(6)
PAYMENT = guid(7)
SHIPMENT = guid(8)


# -- the envelope --------------------------------------------------------------------------------


def header(
    format: str = CRM_FORMAT,
    created: str = "2026-02-11T08:15:07",
    message_no: int | str | None = 1,
    received_no: int | str | None = 0,
    sender: str | None = "CRM",
    to: str | None = "BP",
    plan: str | None = PLAN,
    versions: Iterable[str] = ("1.0",),
    confirmation: bool = True,
    after: str = "",
) -> str:
    """``msg:Header``; None leaves a field out, ``after`` stands behind AvailableVersion."""
    inner = "".join(
        field(f"msg:{name}", value)
        for name, value in (
            ("ExchangePlan", plan),
            ("To", to),
            ("From", sender),
            ("MessageNo", message_no),
            ("ReceivedNo", received_no),
        )
    )
    return (
        f"<msg:Header>{field('msg:Format', format)}{field('msg:CreationDate', created)}"
        + (f"<msg:Confirmation>{inner}</msg:Confirmation>" if confirmation else "")
        + "".join(field("msg:AvailableVersion", version) for version in versions)
        + f"{after}</msg:Header>"
    )


def message(body: str | None, head: str | None = None, namespace: str = CRM_FORMAT) -> str:
    """A whole message without an XML declaration; ``body`` None leaves Body out."""
    inner = "" if body is None else f'<Body xmlns="{namespace}">\n{body}\n</Body>'
    return (
        f'<Message xmlns:msg="{MSG}" xmlns:xs="http://www.w3.org/2001/XMLSchema"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">\n'
        f"{header() if head is None else head}\n{inner}</Message>"
    )


def crm_message(*objects: str, head: str | None = None) -> str:
    """A message of the CRM with these objects."""
    return message("\n".join(objects), head)


def bp_format(version: str = BP_VERSION) -> str:
    """The namespace of EnterpriseData in a version."""
    return f"{ED_FORMAT}/{version}"


def bp_message(*objects: str, version: str = BP_VERSION, head: str | None = None) -> str:
    """A message of BP with these objects."""
    if head is None:
        head = header(bp_format(version), sender="BP", to="CRM", versions=(version,))
    return message("\n".join(objects), head, bp_format(version))


def greeting() -> str:
    """The message with which a connection of 1C begins: a bare format and no Body."""
    after = (
        f"<msg:NewFrom>{guid(90)}</msg:NewFrom><msg:AvailableObjectTypes><msg:ObjectType>"
        "<msg:Name>Документ.ЗаказКлиента</msg:Name><msg:Sending>*</msg:Sending>"
        "<msg:Receiving>*</msg:Receiving></msg:ObjectType></msg:AvailableObjectTypes>"
        "<msg:Prefix>БП</msg:Prefix>"
    )
    head = header(
        ED_FORMAT, message_no=0, sender="BP", to="CRM", versions=("1.8", "1.19"), after=after
    )
    return message(None, head)


def field(name: str, value: object | None) -> str:
    """One element with a text; nothing for None."""
    return "" if value is None else f"<{name}>{value}</{name}>"


# -- the CRM's objects ---------------------------------------------------------------------------


def crm_organisation() -> str:
    """The fields of Организация."""
    return (
        f"<Ссылка>{ORGANISATION}</Ссылка><Наименование>Выдуманная мебель ООО</Наименование>"
        "<ИНН>9988001015</ИНН><КПП>998801001</КПП>"
        "<ЮридическоеФизическоеЛицо>ЮридическоеЛицо</ЮридическоеФизическоеЛицо>"
    )


def crm_party(
    ref: str | None = PARTY,
    name: str = "Пример-Строй ООО",
    inn: str | None = "9988002026",
    kpp: str | None = "998801002",
) -> str:
    """The fields of Контрагент."""
    return (
        field("Ссылка", ref)
        + field("Наименование", name)
        + field("ИНН", inn)
        + field("КПП", kpp)
        + field("ЮридическоеФизическоеЛицо", "ЮридическоеЛицо")
    )


def crm_counterparty(ref: str | None = PARTY, after: str = "", **party: str | None) -> str:
    """Справочник.Контрагенты; ``after`` stands behind the key."""
    return (
        f"<Справочник.Контрагенты><КлючевыеСвойства>{crm_party(ref, **party)}"  # type: ignore[arg-type]
        f"</КлючевыеСвойства>{after}</Справочник.Контрагенты>"
    )


def crm_row(
    line: int = 1,
    quantity: str | None = "2",
    price: str | None = "100",
    sum: str | None = "200",
    vat: str | None = "НДС20",
    vat_sum: str | None = "33.33",
    item: str = ITEM,
) -> str:
    """A row of Товары."""
    return (
        f"<Строка><НомерСтроки>{line}</НомерСтроки><Номенклатура><Ссылка>{item}</Ссылка>"
        "<Наименование>Стол</Наименование></Номенклатура>"
        "<ЕдиницаИзмерения><Код>796</Код></ЕдиницаИзмерения>"
        + field("Количество", quantity)
        + field("Цена", price)
        + field("Сумма", sum)
        + field("СтавкаНДС", vat)
        + field("СуммаНДС", vat_sum)
        + "</Строка>"
    )


def crm_invoice(
    ref: str | None = INVOICE,
    number: str | None = "СЧ-1",
    date: str | None = "2026-02-11T10:00:00",
    total: str | None = "200",
    vat_included: str | None = "true",
    party: str | None = None,
    currency: str = "643",
    rows: Iterable[str] | None = None,
    before_party: str = "",
    after_vat: str = "",
) -> str:
    """Документ.СчетНаОплату with one row of goods, unless told otherwise.

    ``before_party`` takes Интерес and Клиент, ``after_vat`` what stands between СуммаВключаетНДС
    and Товары.
    """
    goods = "".join([crm_row()] if rows is None else rows)
    return (
        "<Документ.СчетНаОплату><КлючевыеСвойства>"
        + field("Ссылка", ref)
        + field("Дата", date)
        + field("Номер", number)
        + f"<Организация>{crm_organisation()}</Организация></КлючевыеСвойства>{before_party}"
        + field("Контрагент", crm_party() if party is None else party)
        + f"<Валюта><Код>{currency}</Код></Валюта>"
        + field("Сумма", total)
        + field("СуммаВключаетНДС", vat_included)
        + after_vat
        + (f"<Товары>{goods}</Товары>" if goods else "")
        + "</Документ.СчетНаОплату>"
    )


def crm_deletion(ref: str = INVOICE, kind: str = "Документ.СчетНаОплату") -> str:
    """УдалениеОбъекта."""
    return (
        f"<УдалениеОбъекта><ВидОбъекта>{kind}</ВидОбъекта><Ссылка>{ref}</Ссылка></УдалениеОбъекта>"
    )


# -- BP's objects (EnterpriseData 1.7 and later) -------------------------------------------------


def bp_key(ref: str | None, number: str, date: str = "2026-02-12T12:00:00") -> str:
    """The fields of a document's key."""
    return (
        field("Ссылка", ref)
        + field("Дата", date)
        + field("Номер", number)
        + field("Организация", crm_organisation())
    )


def bp_invoice_key(ref: str | None = INVOICE) -> str:
    """The key of the invoice that `crm_invoice` makes, as BP points at it."""
    return bp_key(ref, "СЧ-1", "2026-02-11T10:00:00")


def bp_currency(name: str = "Валюта") -> str:
    """A currency under an element name."""
    return (
        f"<{name}><Ссылка>{CURRENCY}</Ссылка><ДанныеКлассификатора><Код>643</Код>"
        f"<Наименование>руб.</Наименование></ДанныеКлассификатора></{name}>"
    )


def bp_row(quantity: str = "2", price: str = "100", sum: str = "200", after: str = "") -> str:
    """A row of Товары without a VAT rate, which reads the same in every version."""
    return (
        "<Строка><НомерСтрокиДокумента>1</НомерСтрокиДокумента><ДанныеНоменклатуры><Номенклатура>"
        f"<Ссылка>{ITEM}</Ссылка><Наименование>Стол</Наименование></Номенклатура>"
        f"</ДанныеНоменклатуры><ЕдиницаИзмерения><Ссылка>{UNIT}</Ссылка><ДанныеКлассификатора>"
        "<Код>796</Код><Наименование>шт</Наименование></ДанныеКлассификатора></ЕдиницаИзмерения>"
        f"<Количество>{quantity}</Количество><Сумма>{sum}</Сумма><Цена>{price}</Цена>"
        f"{after}</Строка>"
    )


def bp_invoice(ref: str | None = INVOICE, total: str = "200", rows: str | None = None) -> str:
    """Документ.ЗаказКлиента: the invoice of `crm_invoice` as BP sends it back."""
    return (
        f"<Документ.ЗаказКлиента><КлючевыеСвойства>{bp_invoice_key(ref)}</КлючевыеСвойства>"
        f"{bp_currency()}<Сумма>{total}</Сумма><Контрагент>{crm_party()}</Контрагент>"
        "<СуммаВключаетНДС>true</СуммаВключаетНДС>"
        f"<Товары>{bp_row() if rows is None else rows}</Товары></Документ.ЗаказКлиента>"
    )


def bp_payment(
    ref: str = PAYMENT,
    number: str = "БП-1",
    sum: str = "150",
    order: str | None = None,
    settles: str = "",
    kind: str = "СПокупателем",
) -> str:
    """Документ.ПБДСРасчетыСКонтрагентами.

    ``order`` is the key of the invoice paid (that of `bp_invoice_key` unless given, empty for
    none); ``settles`` is what stands in ДокументРасчетов.
    """
    order = bp_invoice_key() if order is None else order
    paid = f"<Заказ><ЗаказКлиента>{order}</ЗаказКлиента></Заказ>" if order else ""
    return (
        f"<Документ.ПБДСРасчетыСКонтрагентами><КлючевыеСвойства>{bp_key(ref, number)}"
        "</КлючевыеСвойства><ОбщиеДанные>"
        "<ДатаВыписки>2026-02-12</ДатаВыписки>"
        f"{bp_currency()}<Сумма>{sum}</Сумма><БанковскийСчетОрганизации>"
        "<НомерСчета>40702810800000004101</НомерСчета><Банк><ДанныеКлассификатораБанков>"
        "<Наименование>АО «Пример-Банк»</Наименование><БИК>049999871</БИК>"
        "</ДанныеКлассификатораБанков></Банк><Владелец><ОрганизацииСсылка>"
        f"{crm_organisation()}</ОрганизацииСсылка></Владелец></БанковскийСчетОрганизации>"
        f"</ОбщиеДанные><ВидРасчетов>{kind}</ВидРасчетов><Контрагент>{crm_party()}</Контрагент>"
        f"<РасшифровкаПлатежа><Строка>{paid}<Сумма>{sum}</Сумма>"
        f"<ДанныеВзаиморасчетов>{bp_currency('ВалютаВзаиморасчетов')}</ДанныеВзаиморасчетов>"
        "<СпособПогашенияЗадолженности>Автоматически</СпособПогашенияЗадолженности>"
        f"{settles}</Строка></РасшифровкаПлатежа></Документ.ПБДСРасчетыСКонтрагентами>"
    )


def bp_shipment(ref: str = SHIPMENT, number: str = "БП-2", order: str | None = None) -> str:
    """Документ.РеализацияТоваровУслуг of the goods of `bp_invoice`."""
    order = bp_invoice_key() if order is None else order
    return (
        f"<Документ.РеализацияТоваровУслуг><КлючевыеСвойства>{bp_key(ref, number)}"
        "</КлючевыеСвойства><ВидОперации>РеализацияКлиенту</ВидОперации>"
        f"{bp_currency()}<Сумма>200</Сумма><СуммаВключаетНДС>true</СуммаВключаетНДС>"
        f"<Контрагент>{crm_party()}</Контрагент>"
        f"<ДанныеВзаиморасчетов>{bp_currency('ВалютаВзаиморасчетов')}</ДанныеВзаиморасчетов>"
        + (f"<Заказ>{order}</Заказ>" if order else "")
        + f"<Товары>{bp_row()}</Товары></Документ.РеализацияТоваровУслуг>"
    )


def bp_settles(kind: str, ref: str, number: str) -> str:
    """ДокументРасчетов that points at a document, such as a ``РеализацияТоваровУслуг``."""
    name = f"{kind}Ссылка"
    return f"<ДокументРасчетов><{name}>{bp_key(ref, number)}</{name}></ДокументРасчетов>"


def bp_deletion(ref: str = INVOICE, kind: str = "ЗаказКлиента") -> str:
    """УдалениеОбъекта as BP writes it."""
    name = f"{kind}Ссылка"
    return (
        "<УдалениеОбъекта><СсылкаНаОбъект><СсылкаНаОбъект>"
        f"<{name}>{ref}</{name}></СсылкаНаОбъект></СсылкаНаОбъект></УдалениеОбъекта>"
    )
