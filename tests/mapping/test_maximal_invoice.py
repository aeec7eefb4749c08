"""An invoice with every field there is, written in every version: each path, each companion."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest
from lxml import etree
from msgspec.structs import replace

from converter.formats import bp
from converter.mapping.invoice import INVOICE, towards_bp
from converter.mapping.writing import writer
from converter.objects import (
    Account,
    Client,
    Contract,
    Currency,
    DocKey,
    Interest,
    Invoice,
    Item,
    Organisation,
    Party,
    Person,
    Row,
    Unit,
)
from tests.mapping.book import (
    VAT_KEYS,
    VERSIONS,
    element,
    namespace,
    official_faults,
    since,
)
from tests.mapping.strategies import NEW_RATES

MAXIMAL = Invoice(
    key=DocKey(
        "11111111-0000-0000-0000-000000000001",
        datetime(2026, 2, 11, 10, 15, 30),
        "СЧ-00000001",
        Organisation(
            "11111111-0000-0000-0000-000000000002",
            "Продавец",
            "9988001015",
            "998801001",
            "ЮридическоеЛицо",
        ),
    ),
    party=Party(
        "11111111-0000-0000-0000-000000000003",
        "Покупатель",
        "ИП Покупатель",
        "998800202604",
        None,
        "ФизическоеЛицо",
    ),
    currency=Currency("840", None),
    total=Decimal("1320.50"),
    interest=Interest(
        "11111111-0000-0000-0000-000000000004", "ИНТ-1", datetime(2026, 1, 1), "Мебель\nв офис"
    ),
    client=Client("11111111-0000-0000-0000-000000000005", "Холдинг"),
    contract=Contract(
        "11111111-0000-0000-0000-000000000006", "Поставка", "17-М", datetime(2025, 11, 20)
    ),
    manager=Person("11111111-0000-0000-0000-000000000007", "Менеджер"),
    rate=Decimal("90.1234"),
    multiplicity=1,
    vat_included=None,
    pay_by=datetime(2026, 3, 1, 18),
    may_ship=False,
    account=Account("40702810800000004101", "049999871", "Банк"),
    address="Склад & 2",
    comment="Позвонить",
    goods=(
        Row(
            7,
            Item("11111111-0000-0000-0000-000000000008", "Стол", "00-120", "СТ-1"),
            "белый",
            None,
            Unit("796", "шт"),
            Decimal("2.5"),
            Decimal("328.2"),
            Decimal("820.50"),
            "НДС20",
            None,
        ),
    ),
    services=(
        Row(
            8,
            Item("11111111-0000-0000-0000-000000000009", "Доставка", "00-121", "ДС-1"),
            None,
            "Доставка до склада",
            None,
            Decimal(1),
            Decimal(500),
            Decimal(500),
            "БезНДС",
            Decimal(0),
        ),
    ),
)

KEY, COMMON = "КлючевыеСвойства", "ОбщиеСвойстваОбъектовФормата"
ORGANISATION = (
    ("Ссылка", "11111111-0000-0000-0000-000000000002"),
    ("Наименование", "Продавец"),
    ("ИНН", "9988001015"),
    ("КПП", "998801001"),
    ("ЮридическоеФизическоеЛицо", "ЮридическоеЛицо"),
)
PARTY = (
    ("Ссылка", "11111111-0000-0000-0000-000000000003"),
    ("Наименование", "Покупатель"),
    ("НаименованиеПолное", "ИП Покупатель"),
    ("ИНН", "998800202604"),
    ("ЮридическоеФизическоеЛицо", "ФизическоеЛицо"),
)
TABLE = (
    ("Ссылка", "11111111-0000-0000-0000-000000000008"),
    ("Артикул", "СТ-1"),
    ("Наименование", "Стол"),
)
DELIVERY = (
    ("Ссылка", "11111111-0000-0000-0000-000000000009"),
    ("Артикул", "ДС-1"),
    ("Наименование", "Доставка"),
)
MARK = "[CRM: отгрузка не разрешена; интерес: ИНТ-1 Мебель в офис]"


def under(path: str, fields: tuple[tuple[str, str], ...]) -> list[tuple[str, str]]:
    return [(f"{path}/{name}", value) for name, value in fields]


def expected(version: str) -> list[tuple[str, str]]:
    """Every leaf of the maximal invoice in a version (MAPPING §1, §6)."""
    old = not since(version, "1.7")
    paths = under(KEY, (("Ссылка", "11111111-0000-0000-0000-000000000001"),))
    paths += under(KEY, (("Дата", "2026-02-11T10:15:30"), ("Номер", "СЧ-00000001")))
    paths += under(f"{KEY}/Организация", ORGANISATION)
    paths += under("Контрагент", PARTY)
    paths += [("Сумма", "1320.50"), ("СуммаВключаетНДС", "true"), ("АдресДоставки", "Склад & 2")]

    # the currency: its name only where 1.3-1.6 demand one
    settled = "ДанныеВзаиморасчетов"
    for place in (
        "Валюта",
        f"{settled}/ВалютаВзаиморасчетов",
        f"{settled}/Договор/ВалютаВзаиморасчетов",
    ):
        if old:
            paths += [(f"{place}/Код", "840"), (f"{place}/Наименование", "USD")]
        else:
            paths += [(f"{place}/ДанныеКлассификатора/Код", "840")]
    paths += [
        (f"{settled}/КурсВзаиморасчетов", "90.1234"),
        (f"{settled}/КратностьВзаиморасчетов", "1"),
    ]

    # the contract with what it cannot be without
    contract = f"{settled}/Договор"
    paths += [
        (f"{contract}/Ссылка", "11111111-0000-0000-0000-000000000006"),
        (f"{contract}/ВидДоговора", "СПокупателем"),
        (f"{contract}/Наименование", "Поставка"),
        (f"{contract}/Дата", "2025-11-20"),
        (f"{contract}/Номер", "17-М"),
    ]
    paths += under(f"{contract}/Организация", ORGANISATION) + under(f"{contract}/Контрагент", PARTY)

    account = "БанковскийСчетОрганизации"
    bank = f"{account}/Банк" if old else f"{account}/Банк/ДанныеКлассификатораБанков"
    paths += [
        (f"{account}/НомерСчета", "40702810800000004101"),
        (f"{bank}/БИК", "049999871"),
        (f"{bank}/Наименование", "Банк"),
    ]
    paths += under(f"{account}/Владелец/ОрганизацииСсылка", ORGANISATION)

    # what the accountant sees of the CRM
    place = f"{COMMON}/" if since(version, "1.11") else ""
    paths += [
        (f"{place}Ответственный/Ссылка", "11111111-0000-0000-0000-000000000007"),
        (f"{place}Ответственный/Наименование", "Менеджер"),
    ]
    if since(version, "1.6"):
        paths += [(f"{place}Комментарий", f"Позвонить\n{MARK}")]
    extra = f"{place}ДополнительныеРеквизиты/Строка"
    paths += [
        (f"{extra}/ЗначениеСвойства/Строка", "ИНТ-1 Мебель в офис"),
        (f"{extra}/Свойство/Наименование", "CRM_Интерес"),
        (f"{extra}/Свойство/ЭтоДополнительноеСведение", "true"),
        (f"{extra}/ЗначениеСвойства/Булево", "false"),
        (f"{extra}/Свойство/Наименование", "CRM_ОтгрузкаРазрешена"),
        (f"{extra}/Свойство/ЭтоДополнительноеСведение", "true"),
    ]
    if not old:
        stage = "ЭтапыОплаты/Строка"
        paths += [
            (f"{stage}/НомерСтрокиДокумента", "1"),
            (f"{stage}/ВариантОплаты", "Предоплата"),
            (f"{stage}/ФормаОплаты", "Безналичная"),
            (f"{stage}/ДатаПлатежа", "2026-03-01"),
            (f"{stage}/ПроцентПлатежа", "100"),
            (f"{stage}/СуммаПлатежа", "1320.50"),
        ]
    return sorted(paths + _goods(version) + _services(version))


def _goods(version: str) -> list[tuple[str, str]]:
    row, old = "Товары/Строка", not since(version, "1.7")
    paths = under(f"{row}/ДанныеНоменклатуры/Номенклатура", TABLE)
    feature = f"{row}/ДанныеНоменклатуры/Характеристика"
    paths += [(f"{feature}/НаименованиеПолное", "белый")]
    if version == "1.6":
        paths += under(f"{feature}/Номенклатура", TABLE)
    elif not old:
        paths += under(f"{feature}/ВладелецХарактеристики/Номенклатура", TABLE)
    unit = f"{row}/ЕдиницаИзмерения" if old else f"{row}/ЕдиницаИзмерения/ДанныеКлассификатора"
    paths += [(f"{unit}/Код", "796")]
    if version != "1.3":
        paths += [(f"{unit}/Наименование", "шт")]
    return [
        *paths,
        (f"{row}/НомерСтрокиДокумента", "7"),
        (f"{row}/Количество", "2.5"),
        (f"{row}/Сумма", "820.50"),
        (f"{row}/Цена", "328.2"),
        (f"{row}/СуммаНДС", "136.75"),
        *_rate(version, row, "НДС20", "20", "false", "Общая"),
    ]


def _services(version: str) -> list[tuple[str, str]]:
    row = "Услуги/Строка"
    item = f"{row}/Номенклатура"
    if version == "1.18":
        item = f"{row}/ДанныеНоменклатуры"
    elif since(version, "1.7") and not since(version, "1.19"):
        item = f"{row}/ДанныеНоменклатуры/Номенклатура"
    return [
        *under(item, DELIVERY),
        (f"{row}/НомерСтрокиДокумента", "8"),
        (f"{row}/Количество", "1"),
        (f"{row}/Сумма", "500"),
        (f"{row}/Цена", "500"),
        (f"{row}/СуммаНДС", "0"),
        (f"{row}/Содержание", "Доставка до склада"),
        *_rate(version, row, "БезНДС", "0", "true", "БезНДС"),
    ]


def _rate(
    version: str, row: str, word: str, percent: str, free: str, kind: str
) -> list[tuple[str, str]]:
    rate = f"{row}/СтавкаНДС"
    if not since(version, "1.17"):
        return [(rate, word)]
    return [
        (f"{rate}/Ставка", percent),
        (f"{rate}/РасчетнаяСтавка", "false"),
        (f"{rate}/НеОблагается", free),
        (f"{rate}/ВидСтавки", kind),
    ]


def written(invoice: Invoice, version: str) -> etree._Element:
    made, problems = towards_bp(invoice, bp(version))
    assert problems == []
    text = writer(INVOICE, bp(version))(made)
    assert official_faults(version, text) == []
    return element(namespace(version), text)


def leaves(root: etree._Element) -> list[tuple[str, str]]:
    """Path and text of every element without children, below an object."""
    found = []
    for node in root.iter():
        if len(node) == 0:
            steps = [etree.QName(node).localname]
            steps += [
                etree.QName(parent).localname
                for parent in node.iterancestors()
                if parent is not root
            ]
            found.append(("/".join(reversed(steps[:-1])), node.text or ""))
    return found


def names(root: etree._Element, path: str) -> list[str]:
    """The names of the children at a path."""
    node: etree._Element | None = root
    for step in path.split("/") if path else ():
        assert node is not None
        node = node.find(f"{{*}}{step}")
    assert node is not None
    return [etree.QName(child).localname for child in node]


@pytest.mark.parametrize("version", VERSIONS)
def test_every_field_goes_where_the_mapping_says(version: str) -> None:
    assert sorted(leaves(written(MAXIMAL, version))) == expected(version)


@pytest.mark.parametrize("version", VERSIONS)
def test_children_stand_in_the_order_of_the_version(version: str) -> None:
    root = written(MAXIMAL, version)
    if since(version, "1.15"):
        assert names(root, COMMON) == ["Комментарий", "Ответственный", "ДополнительныеРеквизиты"]
    elif since(version, "1.11"):
        assert names(root, COMMON) == ["Ответственный", "ДополнительныеРеквизиты", "Комментарий"]
    numbers = [
        name for name in names(root, "Товары/Строка") if name in ("Количество", "Сумма", "Цена")
    ]
    assert numbers == ["Количество", "Сумма", "Цена"]
    bank = "БанковскийСчетОрганизации/Банк"
    if since(version, "1.7"):
        assert names(root, f"{bank}/ДанныеКлассификатораБанков") == ["Наименование", "БИК"]
    else:
        assert names(root, bank) == ["БИК", "Наименование"]
    item = "Товары/Строка/ДанныеНоменклатуры/Номенклатура"
    assert names(root, item) == ["Ссылка", "Артикул", "Наименование"]
    extra = f"{COMMON}/" if since(version, "1.11") else ""
    assert names(root, f"{extra}ДополнительныеРеквизиты/Строка") == ["ЗначениеСвойства", "Свойство"]


@pytest.mark.parametrize(
    ("version", "rate"),
    [(v, r) for v in VERSIONS for r in VAT_KEYS if since(v, "1.17") or r not in NEW_RATES],
)
def test_every_vat_rate_is_written_as_the_version_says_it(version: str, rate: str) -> None:
    late = since(version, "1.17")
    row = replace(MAXIMAL.goods[0], vat=rate, vat_sum=Decimal(1))
    root = written(replace(MAXIMAL, goods=(row,), services=()), version)
    found = root.find("{*}Товары/{*}Строка/{*}СтавкаНДС")
    assert found is not None
    assert [node.text for node in found] == (list(VAT_KEYS[rate]) if late else [])
    assert late or found.text == rate


@pytest.mark.parametrize("version", VERSIONS)
def test_the_smallest_invoice_has_nothing_that_nobody_said(version: str) -> None:
    smallest = Invoice(
        key=replace(
            MAXIMAL.key, organisation=Organisation(None, "Продавец", None, None, "ЮридическоеЛицо")
        ),
        party=Party(None, "Покупатель", None, None, None, "ЮридическоеЛицо"),
        currency=Currency("643", None),
        total=Decimal(10),
    )
    old = not since(version, "1.7")
    money = (
        [("Код", "643"), ("Наименование", "руб.")] if old else [("ДанныеКлассификатора/Код", "643")]
    )
    assert sorted(leaves(written(smallest, version))) == sorted(
        [
            (f"{KEY}/Ссылка", "11111111-0000-0000-0000-000000000001"),
            (f"{KEY}/Дата", "2026-02-11T10:15:30"),
            (f"{KEY}/Номер", "СЧ-00000001"),
            (f"{KEY}/Организация/Наименование", "Продавец"),
            (f"{KEY}/Организация/ЮридическоеФизическоеЛицо", "ЮридическоеЛицо"),
            ("Контрагент/Наименование", "Покупатель"),
            ("Контрагент/ЮридическоеФизическоеЛицо", "ЮридическоеЛицо"),
            ("Сумма", "10"),
            ("СуммаВключаетНДС", "true"),
            *((f"Валюта/{name}", value) for name, value in money),
            *(
                (f"ДанныеВзаиморасчетов/ВалютаВзаиморасчетов/{name}", value)
                for name, value in money
            ),
        ]
    )


@pytest.mark.parametrize(
    ("code", "name"),
    [("643", "руб."), ("840", "USD"), ("978", "EUR"), ("156", "CNY"), ("398", "398")],
)
def test_a_currency_gets_the_name_that_old_versions_demand(code: str, name: str) -> None:
    root = written(replace(MAXIMAL, currency=Currency(code, None)), "1.6")
    assert root.findtext("{*}Валюта/{*}Наименование") == name


@pytest.mark.parametrize("version", VERSIONS)
def test_a_currencys_own_name_is_kept(version: str) -> None:
    root = written(replace(MAXIMAL, currency=Currency("643", "рубль")), version)
    assert [text for path, text in leaves(root) if path.startswith("Валюта/")] == ["643", "рубль"]


@pytest.mark.parametrize("version", ["1.3", "1.4", "1.5"])
def test_a_bank_without_bic_is_left_out_where_the_version_demands_one(version: str) -> None:
    root = written(replace(MAXIMAL, account=Account("407", None, "Банк")), version)
    assert names(root, "БанковскийСчетОрганизации") == ["НомерСчета", "Владелец"]


@pytest.mark.parametrize("version", ["1.6", "1.7", "1.22"])
def test_a_bank_without_bic_is_kept_by_its_name_elsewhere(version: str) -> None:
    root = written(replace(MAXIMAL, account=Account("407", None, "Банк")), version)
    found = [(path, text) for path, text in leaves(root) if "/Банк/" in path]
    assert [text for _, text in found] == ["Банк"]


@pytest.mark.parametrize(
    ("contract", "stands"),
    [
        (Contract(None, None, None, datetime(2026, 1, 1)), False),
        (Contract("11111111-0000-0000-0000-000000000006", None, None, None), True),
        (Contract(None, "Поставка", None, None), True),
        (Contract(None, None, "17-М", None), True),
        (None, False),
    ],
)
def test_a_contract_that_bp_could_not_find_is_left_out(
    contract: Contract | None, stands: bool
) -> None:
    root = written(replace(MAXIMAL, contract=contract), "1.19")
    assert ("Договор" in names(root, "ДанныеВзаиморасчетов")) is stands


def test_sums_that_do_not_include_vat_say_so() -> None:
    root = written(replace(MAXIMAL, vat_included=False), "1.19")
    assert root.findtext("{*}СуммаВключаетНДС") == "false"
    assert root.findtext("{*}Товары/{*}Строка/{*}СуммаНДС") == "164.10"


@pytest.mark.parametrize(
    ("interest", "text"),
    [
        (Interest("11111111-0000-0000-0000-000000000004", "ИНТ-1", None, None), "ИНТ-1"),
        (Interest("11111111-0000-0000-0000-000000000004", None, None, "Мебель"), "Мебель"),
        (
            Interest("11111111-0000-0000-0000-000000000004", None, None, None),
            "11111111-0000-0000-0000-000000000004",
        ),
    ],
)
def test_an_interest_is_said_by_number_and_subject_else_by_reference(
    interest: Interest, text: str
) -> None:
    root = written(replace(MAXIMAL, interest=interest, may_ship=None, comment=None), "1.10")
    assert root.findtext("{*}Комментарий") == f"[CRM: интерес: {text}]"
    values = root.findall("{*}ДополнительныеРеквизиты/{*}Строка")
    assert [row.findtext("{*}ЗначениеСвойства/{*}Строка") for row in values] == [text]


def test_a_long_address_and_a_long_content_are_cut_with_a_warning() -> None:
    service = replace(MAXIMAL.services[0], content="с" * 1001)
    made, problems = towards_bp(
        replace(MAXIMAL, address="а" * 251, services=(service,)), bp("1.19")
    )
    assert (made.address, made.services[0].content) == ("а" * 250, "с" * 1000)
    assert [(p.kind.id, p.where.field, p.holds) for p in problems] == [
        ("TEXT_CUT", "АдресДоставки", False),
        ("TEXT_CUT", "Услуги/Строка/Содержание", False),
    ]


def test_texts_at_the_limit_are_not_cut() -> None:
    service = replace(MAXIMAL.services[0], content="с" * 1000)
    invoice = replace(MAXIMAL, address="а" * 250, services=(service,))
    assert towards_bp(invoice, bp("1.19"))[1] == []
