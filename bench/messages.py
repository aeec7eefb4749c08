"""Messages of any size, the same in every run: a CRM's invoices, and BP's operations on them.

No two objects are the same, nothing is refused or warned of, and everybody is made up. Every tenth
invoice brings its counterparty as an object of its own; the contract of those ten is only named.
What BP says beside what the mapping uses (its accounts, articles, full names) is there as in its
own messages.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from itertools import chain
from pathlib import Path
from typing import NamedTuple

CRM_FORMAT = "urn:enterprisedata-converter:crm:1.0"
BP_FORMAT = "http://v8.1c.ru/edi/edi_stnd/EnterpriseData/1.20"
ROWS = 5
PER_PARTY = 10
_KOPECK = Decimal("0.01")
_WEIGHTS = (2, 4, 10, 3, 5, 9, 4, 6, 8)
_GOODS = ("Стол письменный", "Кресло офисное", "Плита мебельная", "Шкаф & полка", "Тумба")


def guid(kind: int, number: int) -> str:
    """A GUID of its own for every number of a kind."""
    return str(uuid.UUID(int=(0xC0DE << 112) | (kind << 64) | number))


def invoices(count: int, path: Path) -> None:
    """Write a CRM's message with that many invoices."""
    objects = (
        chain((counterparty(n // PER_PARTY),), (invoice(n),))
        if n % PER_PARTY == 0
        else (invoice(n),)
        for n in range(count)
    )
    _write(path, CRM_FORMAT, "CRM", "BP", chain.from_iterable(objects))


def operations(count: int, path: Path) -> None:
    """Write BP's message with that many operations: a payment and a shipment for every invoice.

    It acknowledges the first message, since BP names the invoices that it got by that.
    """
    made = (shipment(n // 2) if n % 2 else payment(n // 2) for n in range(count))
    _write(path, BP_FORMAT, "BP", "CRM", made, received=1)


def _write(
    path: Path, namespace: str, sender: str, to: str, objects: Iterator[str], received: int = 0
) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            '<Message xmlns:msg="http://www.1c.ru/SSL/Exchange/Message"'
            ' xmlns:xs="http://www.w3.org/2001/XMLSchema"'
            ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">\n'
            f"\t<msg:Header>\n\t\t<msg:Format>{namespace}</msg:Format>\n"
            "\t\t<msg:CreationDate>2026-02-11T08:15:07</msg:CreationDate>\n\t\t<msg:Confirmation>\n"
            "\t\t\t<msg:ExchangePlan>СинхронизацияДанныхЧерезУниверсальныйФормат"
            f"</msg:ExchangePlan>\n\t\t\t<msg:To>{to}</msg:To>\n\t\t\t<msg:From>{sender}</msg:From>\n"
            f"\t\t\t<msg:MessageNo>1</msg:MessageNo>\n\t\t\t<msg:ReceivedNo>{received}</msg:ReceivedNo>\n"
            "\t\t</msg:Confirmation>\n"
            f"\t\t<msg:AvailableVersion>{namespace.rpartition('/')[2] if sender == 'BP' else '1.0'}"
            f'</msg:AvailableVersion>\n\t</msg:Header>\n\t<Body xmlns="{namespace}">\n'
        )
        file.writelines(objects)
        file.write("\t</Body>\n</Message>\n")


# -- what both sides say the same way ------------------------------------------------------------


class Sale(NamedTuple):
    """A row of goods with its arithmetic done."""

    number: int
    quantity: int
    price: Decimal
    sum: Decimal
    vat: Decimal


@cache
def _inn(number: int) -> str:
    digits = f"99{number % 10**7:07}"
    check = sum(int(d) * w for d, w in zip(digits, _WEIGHTS, strict=True)) % 11 % 10
    return f"{digits}{check}"


def _sales(number: int) -> list[Sale]:
    return [_sale(number * ROWS + row) for row in range(ROWS)]


def _sale(number: int) -> Sale:
    quantity = number % 17 + 1
    price = Decimal(number * 7919 % 2_000_000 + 100) / 100
    total = price * quantity
    return Sale(number, quantity, price, total, (total * 20 / 120).quantize(_KOPECK, ROUND_HALF_UP))


def _date(number: int) -> str:
    return f"2026-{number // 28 % 12 + 1:02}-{number % 28 + 1:02}"


def _tree(depth: int, *lines: str) -> str:
    """Lines at a depth of tabs; a line may bring deeper ones of its own."""
    tabs = "\t" * depth
    return "".join(f"{tabs}{line}\n" for text in lines for line in text.splitlines())


def _group(name: str, *lines: str) -> str:
    return f"<{name}>\n{_tree(1, *lines)}</{name}>"


def _organisation(extra: str = "") -> tuple[str, ...]:
    return (
        f"<Ссылка>{guid(1, 1)}</Ссылка>",
        "<Наименование>Выдуманная мебель ООО</Наименование>",
        *([extra] if extra else []),
        "<ИНН>9988001015</ИНН>",
        "<КПП>998801001</КПП>",
        "<ЮридическоеФизическоеЛицо>ЮридическоеЛицо</ЮридическоеФизическоеЛицо>",
    )


def _party(number: int) -> tuple[str, ...]:
    return (
        f"<Ссылка>{guid(2, number)}</Ссылка>",
        f"<Наименование>Пример-Строй {number} ООО</Наименование>",
        "<НаименованиеПолное>Общество с ограниченной ответственностью"
        f" «Пример-Строй {number}»</НаименованиеПолное>",
        f"<ИНН>{_inn(number)}</ИНН>",
        "<КПП>998801002</КПП>",
        "<ЮридическоеФизическоеЛицо>ЮридическоеЛицо</ЮридическоеФизическоеЛицо>",
    )


def _key(number: int, extra: str = "") -> tuple[str, ...]:
    """The key of an invoice."""
    return (
        f"<Ссылка>{guid(3, number)}</Ссылка>",
        f"<Дата>{_date(number)}T10:{number // 60 % 60:02}:{number % 60:02}</Дата>",
        f"<Номер>СЧ-{number:07}</Номер>",
        _group("Организация", *_organisation(extra)),
    )


def _client(number: int) -> str:
    return _group(
        "Клиент",
        f"<Ссылка>{guid(4, number)}</Ссылка>",
        f"<Наименование>Пример-Строй {number} (строительная группа)</Наименование>",
    )


# -- the CRM -------------------------------------------------------------------------------------


def counterparty(number: int) -> str:
    """Справочник.Контрагенты."""
    return _tree(
        2,
        _group(
            "Справочник.Контрагенты",
            _group("КлючевыеСвойства", *_party(number)),
            _client(number),
            f"<Телефон>+7 (900) 000-{number // 100 % 100:02}-{number % 100:02}</Телефон>",
            f"<ЭлектроннаяПочта>client-{number}@example.com</ЭлектроннаяПочта>",
            f"<ЮридическийАдрес>999999, г. Образцовск, ул. Небывалая, д. {number}</ЮридическийАдрес>",
        ),
    )


def invoice(number: int) -> str:
    """Документ.СчетНаОплату of five rows of goods."""
    party = number // PER_PARTY
    sales = _sales(number)
    return _tree(
        2,
        _group(
            "Документ.СчетНаОплату",
            _group("КлючевыеСвойства", *_key(number)),
            _group(
                "Интерес",
                f"<Ссылка>{guid(5, number)}</Ссылка>",
                f"<Номер>ИНТ-{number:06}</Номер>",
                f"<Дата>{_date(number)}T16:02:00</Дата>",
                "<Тема>Мебель для нового офиса</Тема>",
            ),
            _client(party),
            _group("Контрагент", *_party(party)),
            _group(
                "Договор",
                f"<Ссылка>{guid(6, party)}</Ссылка>",
                f"<Наименование>Договор поставки № {party}-М</Наименование>",
                f"<Номер>{party}-М</Номер>",
                "<Дата>2025-11-20T00:00:00</Дата>",
            ),
            _group(
                "Менеджер",
                f"<Ссылка>{guid(7, number % 40)}</Ссылка>",
                f"<Наименование>Выдумкина Полина {number % 40}</Наименование>",
            ),
            _group("Валюта", "<Код>643</Код>", "<Наименование>руб.</Наименование>"),
            f"<Сумма>{sum(sale.sum for sale in sales)}</Сумма>",
            "<СуммаВключаетНДС>true</СуммаВключаетНДС>",
            f"<ОплатитьДо>{_date(number + 9)}T00:00:00</ОплатитьДо>",
            f"<ОтгрузкаРазрешена>{'true' if number % 3 else 'false'}</ОтгрузкаРазрешена>",
            _group(
                "БанковскийСчетОрганизации",
                "<НомерСчета>40702810800000004101</НомерСчета>",
                "<БИК>049999871</БИК>",
                "<Банк>АО «Пример-Банк»</Банк>",
            ),
            f"<АдресДоставки>999999, г. Образцовск, ул. Примерная, д. {number}</АдресДоставки>",
            "<Комментарий>Позвонить за час &amp; взять пропуск</Комментарий>",
            _group("Товары", *(_crm_row(line, sale) for line, sale in enumerate(sales, 1))),
        ),
    )


def _crm_row(line: int, sale: Sale) -> str:
    item = sale.number % 997
    return _group(
        "Строка",
        f"<НомерСтроки>{line}</НомерСтроки>",
        _group(
            "Номенклатура",
            f"<Ссылка>{guid(8, item)}</Ссылка>",
            f"<Наименование>{_goods(item)}</Наименование>",
            f"<Код>00-{item:08}</Код>",
            f"<Артикул>ОБ-{item}</Артикул>",
        ),
        _group("ЕдиницаИзмерения", "<Код>796</Код>", "<Наименование>шт</Наименование>"),
        f"<Количество>{sale.quantity}</Количество>",
        f"<Цена>{sale.price}</Цена>",
        f"<Сумма>{sale.sum}</Сумма>",
        "<СтавкаНДС>НДС20</СтавкаНДС>",
        f"<СуммаНДС>{sale.vat}</СуммаНДС>",
    )


def _goods(item: int) -> str:
    return f"{_GOODS[item % len(_GOODS)]} {item}".replace("&", "&amp;")


# -- BP ------------------------------------------------------------------------------------------

_FULL = (
    "<НаименованиеПолное>Общество с ограниченной ответственностью «Выдуманная мебель»"
    "</НаименованиеПолное>"
)
_OWNER = ("ОрганизацииСсылка", _organisation(_FULL))
_VAT = _group(
    "СтавкаНДС",
    "<Ставка>20</Ставка>",
    "<РасчетнаяСтавка>false</РасчетнаяСтавка>",
    "<НеОблагается>false</НеОблагается>",
    "<ВидСтавки>Общая</ВидСтавки>",
)
_COMMON = _group(
    "ОбщиеСвойстваОбъектовФормата",
    "<Комментарий>Загружено из банка</Комментарий>",
    _group(
        "Ответственный",
        f"<Ссылка>{guid(9, 1)}</Ссылка>",
        "<Наименование>Примерова Вера Образцовна</Наименование>",
    ),
    "<СостояниеОбъекта>Актуальный</СостояниеОбъекта>",
)


def _currency(name: str = "Валюта") -> str:
    classified = _group(
        "ДанныеКлассификатора", "<Код>643</Код>", "<Наименование>руб.</Наименование>"
    )
    return _group(name, f"<Ссылка>{guid(10, 643)}</Ссылка>", classified)


def _account(name: str, number: str, owner: str, keys: tuple[str, ...]) -> str:
    bank = _group(
        "ДанныеКлассификатораБанков",
        "<Наименование>АО «Пример-Банк»</Наименование>",
        "<БИК>049999871</БИК>",
    )
    return _group(
        name,
        f"<Ссылка>{guid(11, 1)}</Ссылка>",
        f"<НомерСчета>{number}</НомерСчета>",
        _group("Банк", f"<Ссылка>{guid(12, 1)}</Ссылка>", bank),
        _group("Владелец", _group(owner, *keys)),
    )


def _settlements(party: int) -> str:
    """ДанныеВзаиморасчетов."""
    return _group(
        "ДанныеВзаиморасчетов",
        _group(
            "Договор",
            f"<Ссылка>{guid(6, party)}</Ссылка>",
            "<ВидДоговора>СПокупателем</ВидДоговора>",
            _group("Организация", *_organisation(_FULL)),
            _group("Контрагент", *_party(party)),
            _currency("ВалютаВзаиморасчетов"),
            "<РасчетыВУсловныхЕдиницах>false</РасчетыВУсловныхЕдиницах>",
            f"<Наименование>Договор поставки № {party}-М</Наименование>",
            "<Дата>2025-11-20</Дата>",
            f"<Номер>{party}-М</Номер>",
        ),
        _currency("ВалютаВзаиморасчетов"),
        "<КурсВзаиморасчетов>1</КурсВзаиморасчетов>",
        "<КратностьВзаиморасчетов>1</КратностьВзаиморасчетов>",
        "<РасчетыВУсловныхЕдиницах>false</РасчетыВУсловныхЕдиницах>",
    )


def _bp_key(kind: int, number: int) -> str:
    return _group(
        "КлючевыеСвойства",
        f"<Ссылка>{guid(kind, number)}</Ссылка>",
        f"<Дата>{_date(number + 3)}T12:00:00</Дата>",
        f"<Номер>БП{kind}{number:07}</Номер>",
        _group("Организация", *_organisation(_FULL)),
    )


def payment(number: int) -> str:
    """Документ.ПБДСРасчетыСКонтрагентами: an invoice paid by bank, whole."""
    party = number // PER_PARTY
    sales = _sales(number)
    total = sum(sale.sum for sale in sales)
    return _tree(
        2,
        _group(
            "Документ.ПБДСРасчетыСКонтрагентами",
            _bp_key(13, number),
            _group(
                "ОбщиеДанные",
                f"<ДатаВыписки>{_date(number + 3)}</ДатаВыписки>",
                f"<ДатаВходящегоДокумента>{_date(number + 2)}</ДатаВходящегоДокумента>",
                f"<НомерВходящегоДокумента>{number % 1000}</НомерВходящегоДокумента>",
                "<ТипПлатежногоДокумента>ПлатежноеПоручение</ТипПлатежногоДокумента>",
                _currency(),
                f"<Сумма>{total}</Сумма>",
                _account("БанковскийСчетОрганизации", "40702810800000004101", *_OWNER),
                f"<НазначениеПлатежа>Оплата по счету СЧ-{number:07}. В том числе НДС (20%)"
                "</НазначениеПлатежа>",
            ),
            "<ВидРасчетов>СПокупателем</ВидРасчетов>",
            _group("Контрагент", *_party(party)),
            _account(
                "БанковскийСчетКонтрагента",
                "40702810500000007702",
                "КонтрагентыСсылка",
                _party(party),
            ),
            _group(
                "РасшифровкаПлатежа",
                _group(
                    "Строка",
                    _group("Заказ", _group("ЗаказКлиента", *_key(number, _FULL))),
                    _group(
                        "СтатьяДДС",
                        f"<Ссылка>{guid(14, 1)}</Ссылка>",
                        "<КодВПрограмме>00-000001</КодВПрограмме>",
                        "<Наименование>Оплата от покупателей</Наименование>",
                    ),
                    f"<Сумма>{total}</Сумма>",
                    f"<СуммаВзаиморасчетов>{total}</СуммаВзаиморасчетов>",
                    f"<СуммаНДС>{sum(sale.vat for sale in sales)}</СуммаНДС>",
                    _VAT,
                    _settlements(party),
                    "<СпособПогашенияЗадолженности>Автоматически</СпособПогашенияЗадолженности>",
                ),
            ),
            _COMMON,
        ),
    )


def shipment(number: int) -> str:
    """Документ.РеализацияТоваровУслуг: an invoice shipped, whole, five rows of goods."""
    party = number // PER_PARTY
    sales = _sales(number)
    return _tree(
        2,
        _group(
            "Документ.РеализацияТоваровУслуг",
            _bp_key(15, number),
            "<ВидОперации>РеализацияКлиенту</ВидОперации>",
            _currency(),
            f"<Сумма>{sum(sale.sum for sale in sales)}</Сумма>",
            "<СуммаВключаетНДС>true</СуммаВключаетНДС>",
            _group(
                "Склад",
                f"<Ссылка>{guid(16, 1)}</Ссылка>",
                "<Наименование>Основной склад</Наименование>",
                "<ТипСклада>Оптовый</ТипСклада>",
            ),
            _account("БанковскийСчетОрганизации", "40702810800000004101", *_OWNER),
            _group("Контрагент", *_party(party)),
            _settlements(party),
            _group("Заказ", *_key(number, _FULL)),
            "<АдресДоставки>999999, г. Образцовск, ул. Примерная, склад 2</АдресДоставки>",
            "<Налогообложение>ПродажаОблагаетсяНДС</Налогообложение>",
            _group("Товары", *(_bp_row(line, sale) for line, sale in enumerate(sales, 1))),
            "<СпособПогашенияЗадолженности>Автоматически</СпособПогашенияЗадолженности>",
            _COMMON,
        ),
    )


def _bp_row(line: int, sale: Sale) -> str:
    item = sale.number % 997
    return _group(
        "Строка",
        f"<НомерСтрокиДокумента>{line}</НомерСтрокиДокумента>",
        _group(
            "ДанныеНоменклатуры",
            _group(
                "Номенклатура",
                f"<Ссылка>{guid(8, item)}</Ссылка>",
                f"<НаименованиеПолное>{_goods(item)}</НаименованиеПолное>",
                f"<КодВПрограмме>00-{item:08}</КодВПрограмме>",
                f"<Артикул>ОБ-{item}</Артикул>",
                f"<Наименование>{_goods(item)}</Наименование>",
            ),
        ),
        _group(
            "ЕдиницаИзмерения",
            f"<Ссылка>{guid(17, 796)}</Ссылка>",
            _group("ДанныеКлассификатора", "<Код>796</Код>", "<Наименование>шт</Наименование>"),
        ),
        f"<Количество>{sale.quantity}</Количество>",
        f"<Сумма>{sale.sum}</Сумма>",
        f"<Цена>{sale.price}</Цена>",
        _VAT,
        f"<СуммаНДС>{sale.vat}</СуммаНДС>",
        "<СчетУчета>41.01</СчетУчета>",
        "<СчетДоходов>90.01.1</СчетДоходов>",
        "<СчетРасходов>90.02.1</СчетРасходов>",
        "<СчетУчетаНДСПоРеализации>90.03</СчетУчетаНДСПоРеализации>",
    )
