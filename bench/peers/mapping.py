"""The bench's invoices and counterparties as dictionaries of the CRM, mapped to dictionaries of BP.

As `xmlschema` decodes and encodes them: element names without a prefix, in any order.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from lxml import etree

Fields = dict[str, Any]
CRM = "{urn:enterprisedata-converter:crm:1.0}"
ED = "http://v8.1c.ru/edi/edi_stnd/EnterpriseData/1.19"
_CARD, _CONTRACT = "Справочник.Контрагенты", "Справочник.Договоры"
_INVOICE = "Документ.СчетНаОплату"
_RATE = {"Ставка": 20, "РасчетнаяСтавка": False, "НеОблагается": False, "ВидСтавки": "Общая"}
_CONTACT = (
    '<КонтактнаяИнформация xmlns="http://www.v8.1c.ru/ssl/contactinfo"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" Представление="{0}">'
    "<Состав {1}/></КонтактнаяИнформация>"
)
_CONTACTS = (
    ("Телефон", "Телефон", 'xsi:type="НомерТелефона" Номер="{0}"'),
    ("ЭлектроннаяПочта", "АдресЭлектроннойПочты", 'xsi:type="ЭлектроннаяПочта" Значение="{0}"'),
    ("ЮридическийАдрес", "ЮридическийАдрес", 'xsi:type="Адрес" Страна="РОССИЯ"'),
)


def _given(**fields: Any) -> Fields:
    return {name: value for name, value in fields.items() if value is not None}


def _classified(of: Fields) -> Fields:
    return {"ДанныеКлассификатора": of}


def counterparty(card: Fields) -> Fields:
    """Справочник.Контрагенты."""
    rows = [
        {
            "ВидКонтактнойИнформации": kind,
            "ЗначенияПолей": _CONTACT.format(card[name], part.format(card[name])),
        }
        for name, kind, part in _CONTACTS
        if name in card
    ]
    return {"КлючевыеСвойства": card["КлючевыеСвойства"], "КонтактнаяИнформация": {"Строка": rows}}


def contract(invoice: Fields) -> Fields:
    """КлючевыеСвойстваДоговор."""
    named = invoice["Договор"]
    return _given(
        Ссылка=named.get("Ссылка"),
        ВидДоговора="СПокупателем",
        Организация=invoice["КлючевыеСвойства"]["Организация"],
        Контрагент=invoice["Контрагент"],
        ВалютаВзаиморасчетов=_classified(invoice["Валюта"]),
        Наименование=named.get("Наименование"),
        Дата=named["Дата"][:10],
        Номер=named.get("Номер"),
    )


def invoice(given: Fields) -> Fields:
    """Документ.ЗаказКлиента."""
    account, interest = given["БанковскийСчетОрганизации"], given["Интерес"]
    topic = f"{interest['Номер']} {interest['Тема']}"
    said = "отгрузка разрешена" if given["ОтгрузкаРазрешена"] else "отгрузка не разрешена"
    common = {
        "Комментарий": f"{given['Комментарий']}\n[CRM: {said}; интерес: {topic}]",
        "Ответственный": given["Менеджер"],
        "ДополнительныеРеквизиты": {
            "Строка": [
                _property("CRM_Интерес", "Строка", topic),
                _property("CRM_ОтгрузкаРазрешена", "Булево", given["ОтгрузкаРазрешена"]),
            ]
        },
    }
    stage = {
        "НомерСтрокиДокумента": 1,
        "ВариантОплаты": "Предоплата",
        "ФормаОплаты": "Безналичная",
        "ДатаПлатежа": given["ОплатитьДо"][:10],
        "ПроцентПлатежа": 100,
        "СуммаПлатежа": given["Сумма"],
    }
    return {
        "КлючевыеСвойства": given["КлючевыеСвойства"],
        "Валюта": _classified(given["Валюта"]),
        "Сумма": given["Сумма"],
        "Контрагент": given["Контрагент"],
        "ДанныеВзаиморасчетов": {
            "Договор": contract(given),
            "ВалютаВзаиморасчетов": _classified(given["Валюта"]),
        },
        "АдресДоставки": given["АдресДоставки"],
        "СуммаВключаетНДС": given["СуммаВключаетНДС"],
        "БанковскийСчетОрганизации": {
            "НомерСчета": account["НомерСчета"],
            "Банк": {
                "ДанныеКлассификатораБанков": {
                    "Наименование": account["Банк"],
                    "БИК": account["БИК"],
                }
            },
            "Владелец": {"ОрганизацииСсылка": given["КлючевыеСвойства"]["Организация"]},
        },
        "Товары": {"Строка": [_row(row) for row in given["Товары"]["Строка"]]},
        "ЭтапыОплаты": {"Строка": [stage]},
        "ОбщиеСвойстваОбъектовФормата": common,
    }


def _property(name: str, kind: str, value: object) -> Fields:
    return {
        "ЗначениеСвойства": {kind: value},
        "Свойство": {"Наименование": name, "ЭтоДополнительноеСведение": True},
    }


def _row(row: Fields) -> Fields:
    item = row["Номенклатура"]
    return {
        "НомерСтрокиДокумента": row["НомерСтроки"],
        "ДанныеНоменклатуры": {
            "Номенклатура": {name: item[name] for name in ("Ссылка", "Артикул", "Наименование")}
        },
        "ЕдиницаИзмерения": _classified(row["ЕдиницаИзмерения"]),
        "Количество": row["Количество"],
        "Сумма": row["Сумма"],
        "Цена": row["Цена"],
        "СтавкаНДС": _RATE,
        "СуммаНДС": row["СуммаНДС"],
    }


def convert(
    source: str,
    target: str,
    read: Callable[[str, Any], Any],
    write: Callable[[str, Fields], str],
) -> None:
    """A CRM's message as BP's, object by object; ``read`` and ``write`` are a peer's own.

    Cards come before contracts, each of them once, and documents last.
    """
    names = {f"{CRM}{name}": name for name in (_CARD, _INVOICE)}
    cards, contracts, documents = [], {}, []
    for _, element in etree.iterparse(source, tag=tuple(names)):
        name = names[str(element.tag)]
        given = read(name, element)
        if name == _CARD:
            cards.append(write(_CARD, counterparty(given)))
        else:
            ref = given["Договор"]["Ссылка"]
            if ref not in contracts:
                contracts[ref] = write(_CONTRACT, {"КлючевыеСвойства": contract(given)})
            documents.append(write("Документ.ЗаказКлиента", invoice(given)))
        element.clear()
    body = "".join([*cards, *contracts.values(), *documents])
    text = f'<Message><Body xmlns="{ED}">{body}</Body></Message>'
    Path(target).write_text(text, encoding="utf-8")
