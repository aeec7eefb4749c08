"""What readers put up with, and what they miss (SPEC §5: strict in writing, tolerant in reading)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from lxml import etree

from converter.formats import CRM as CRM_DIALECT
from converter.formats import Dialect, bp
from converter.mapping.catalogues import CONTRACT_CARD, COUNTERPARTY, ITEM_CARD
from converter.mapping.crm import PLAIN
from converter.mapping.invoice import INVOICE
from converter.mapping.operation import BANK_RECEIPT, SHIPMENT, TRADE_OPERATION
from converter.mapping.reading import reader
from converter.mapping.table import Table
from converter.mapping.writing import writer
from converter.objects import Item, Unit
from converter.values import Absent, Unreadable
from tests.mapping.book import BANK_IN, CRM, Book, crm_invoice, el, element, namespace, val
from tests.mapping.orders import contact, contract, crm_counterparty
from tests.mapping.orders import crm_invoice as order
from tests.mapping.test_content import INVOICE as SENT

NEW = bp("1.19")
BOOK = Book("1.19")


def missed(table: Table, dialect: Dialect, text: str, path: str) -> str:
    """The path of which a reader says that nothing is there, when the element at ``path`` is not."""
    root = element(dialect.namespace, text)
    steps = "/".join(f"{{*}}{step}" for step in path.split("/"))
    found = root.find(steps)
    assert found is not None, path
    parent = found.getparent()
    assert parent is not None
    parent.remove(found)
    with pytest.raises(Absent) as raised:
        reader(table, dialect)(root)
    element_of = etree.QName(raised.value.element).localname
    return f"{element_of}: {raised.value.path}"


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("КлючевыеСвойства", "Документ.СчетНаОплату: КлючевыеСвойства"),
        ("КлючевыеСвойства/Дата", "КлючевыеСвойства: Дата"),
        ("КлючевыеСвойства/Номер", "КлючевыеСвойства: Номер"),
        ("КлючевыеСвойства/Организация", "КлючевыеСвойства: Организация"),
        ("КлючевыеСвойства/Организация/Наименование", "Организация: Наименование"),
        ("Контрагент", "Документ.СчетНаОплату: Контрагент"),
        ("Контрагент/ЮридическоеФизическоеЛицо", "Контрагент: ЮридическоеФизическоеЛицо"),
        ("Валюта", "Документ.СчетНаОплату: Валюта"),
        ("Товары/Строка/Номенклатура/Наименование", "Номенклатура: Наименование"),
    ],
)
def test_what_the_crm_format_must_have(path: str, said: str) -> None:
    assert missed(INVOICE, CRM_DIALECT, crm_invoice(), path) == said


@pytest.mark.parametrize(
    ("table", "text", "path", "said"),
    [
        (INVOICE, BOOK.invoice(), "Валюта", "Документ.ЗаказКлиента: Валюта"),
        (SHIPMENT, BOOK.shipment(), "Валюта", "Документ.РеализацияТоваровУслуг: Валюта"),
        (BANK_RECEIPT, BOOK.payment(BANK_IN), "ОбщиеДанные/Валюта",
         "Документ.ПБДСРасчетыСКонтрагентами: ОбщиеДанные/Валюта"),
        (BANK_RECEIPT, BOOK.payment(BANK_IN), "РасшифровкаПлатежа/Строка/Сумма", "Строка: Сумма"),
        (COUNTERPARTY, crm_counterparty("1.19", contact("Факс", "1")),
         "КонтактнаяИнформация/Строка/ВидКонтактнойИнформации",
         "Строка: ВидКонтактнойИнформации"),
        (CONTRACT_CARD, contract("1.19"), "КлючевыеСвойства",
         "Справочник.Договоры: КлючевыеСвойства"),
        (CONTRACT_CARD, contract("1.19"), "КлючевыеСвойства/Контрагент",
         "Справочник.Договоры: КлючевыеСвойства/Контрагент"),
        (ITEM_CARD, el("Справочник.Номенклатура", el("КлючевыеСвойства", BOOK.item()),
                       val("ТипНоменклатуры", "Товар")),
         "ТипНоменклатуры", "Справочник.Номенклатура: ТипНоменклатуры"),
    ],
)  # fmt: skip
def test_what_enterprise_data_must_have(table: Table, text: str, path: str, said: str) -> None:
    assert missed(table, NEW, text, path) == said


def test_a_group_that_is_empty_is_not_there() -> None:
    text = BOOK.invoice().replace(BOOK.currency(), "<Валюта/>", 1)
    with pytest.raises(Absent) as raised:
        reader(INVOICE, NEW)(BOOK.element(text))
    assert raised.value.path == "Валюта"
    empty = order("1.19").replace(BOOK.responsible("Менеджер"), "<Ответственный/>")
    assert reader(INVOICE, NEW)(BOOK.element(empty)).manager is None


def test_a_text_that_is_empty_is_none_or_an_empty_name() -> None:
    item = val("Наименование", "") + val("Артикул", "") + val("Ссылка", "")
    goods = BOOK.goods_row(item=item, unit=BOOK.unit(None, ""))
    row = reader(INVOICE, NEW)(BOOK.element(BOOK.invoice(goods=goods))).goods[0]
    assert row.item == Item(None, "", None, None)
    assert row.unit == Unit(None, None)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("<Комментарий/>", ""),
        ("<Комментарий></Комментарий>", ""),
        ('<Комментарий xsi:nil="true"/>', None),
        ('<Комментарий xsi:nil="false"></Комментарий>', ""),
        ("", None),
    ],
)
def test_a_text_that_bp_emptied_is_told_from_one_that_it_left_out(
    written: str, read: str | None
) -> None:
    said = val("Комментарий", "Позвонить")
    text = order("1.19")
    assert said in text
    written = written.replace(" xsi", ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi')
    assert reader(INVOICE, NEW)(BOOK.element(text.replace(said, written))).comment == read


def test_of_the_crms_own_an_empty_text_is_none() -> None:
    said = element(CRM, crm_invoice(after="<АдресДоставки/><Комментарий/>"))
    read = reader(INVOICE, CRM_DIALECT)(said)
    assert (read.address, read.comment) == (None, None)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("<Сумма>200<", "<Сумма>сто<", "decimal"),
        ("<НомерСтрокиДокумента>1<", "<НомерСтрокиДокумента>1.5<", "integer"),
        ("<СуммаВключаетНДС>true<", "<СуммаВключаетНДС>да<", "boolean"),
        ("<Дата>2026-02-11T10:00:00<", "<Дата>11.02.2026<", "dateTime"),
    ],
)
def test_a_value_that_is_none_of_its_type_is_told_with_its_element(
    old: str, new: str, expected: str
) -> None:
    text = BOOK.invoice()
    assert old in text
    with pytest.raises(Unreadable) as raised:
        reader(INVOICE, NEW)(BOOK.element(text.replace(old, new, 1)))
    assert raised.value.expected == expected
    name = new[1 : new.index(">")]
    assert etree.QName(raised.value.element).localname == name


def test_1cs_empty_date_is_none_where_a_date_need_not_be_said() -> None:
    """In EnterpriseData; a CRM's own invoice is judged by what it says, and so is any key."""
    empty = "0001-01-01T00:00:00"
    text = order("1.19").replace("<ДатаПлатежа>2026-03-01<", f"<ДатаПлатежа>{empty[:10]}<")
    assert empty[:10] in text
    dated = "<Дата>2026-02-11T10:00:00<"
    assert dated in text
    read = reader(INVOICE, NEW)(BOOK.element(text.replace(dated, f"<Дата>{empty}<")))
    assert (read.key.date.year, read.pay_by) == (1, None)
    said = element(CRM, crm_invoice(after=val("ОплатитьДо", empty)))
    assert reader(INVOICE, CRM_DIALECT)(said).pay_by == datetime(1, 1, 1)


def turned(root: etree._Element) -> etree._Element:
    """The element with everything in it in reverse order, and strangers among it.

    Rows keep their order: it says something.
    """
    if len(root) and etree.QName(root[0]).localname != "Строка":
        root[:] = reversed(root)
    for each in list(root):
        turned(each)
    if len(root):
        stranger = etree.SubElement(root, f"{{{namespace('1.19')}}}Чужое")
        etree.SubElement(stranger, f"{{{namespace('1.19')}}}Сумма").text = "не число"
        etree.SubElement(root, "Сумма").text = "другого пространства имён"
    return root


def test_order_and_strangers_make_no_difference_to_what_bp_says() -> None:
    shipment = BOOK.shipment(
        total="700", goods=BOOK.goods_row() + BOOK.goods_row(2), services=BOOK.service_row(),
        comment="к", responsible="Бухгалтер", contract=BOOK.contract(),
    )  # fmt: skip
    cases: list[tuple[Table, str]] = [
        (INVOICE, order("1.19")),
        (SHIPMENT, shipment),
        (BANK_RECEIPT, BOOK.payment(BANK_IN, purpose="Оплата")),
    ]
    for table, text in cases:
        read = reader(table, NEW)
        expected: Any = read(BOOK.element(text))
        assert read(turned(BOOK.element(text))) == expected


def test_readers_and_writers_are_made_once() -> None:
    """Making one takes longer than reading a thousand objects."""
    assert reader(INVOICE, NEW) is reader(INVOICE, bp("1.19"))
    assert reader(INVOICE, NEW) is not reader(INVOICE, bp("1.18"))
    assert reader(INVOICE, CRM_DIALECT, judged=True) is not reader(INVOICE, CRM_DIALECT)
    assert writer(INVOICE, NEW) is writer(INVOICE, bp("1.19"))


@pytest.mark.parametrize("table", [TRADE_OPERATION, CONTRACT_CARD])
def test_what_a_side_has_no_element_for_is_neither_read_nor_written(table: Table) -> None:
    dialect = NEW if table is TRADE_OPERATION else CRM_DIALECT
    with pytest.raises(AssertionError, match="a table that is read needs an element"):
        reader(table, dialect)
    with pytest.raises(AssertionError, match="a table that is written needs an element"):
        writer(table, dialect)


def test_the_text_of_an_object_is_indented_as_1c_does() -> None:
    text, _ = PLAIN.write("Документ.СчетНаОплату", SENT)
    assert text is not None
    lines = text.split("\n")
    assert lines[0] == "\t\t<Документ.СчетНаОплату>"
    assert lines[1] == "\t\t\t<КлючевыеСвойства>"
    assert lines[2].startswith("\t\t\t\t<Ссылка>")
    assert lines[-2:] == ["\t\t</Документ.СчетНаОплату>", ""]
    body = etree.fromstring(f'<Body xmlns="{CRM}">\n{text}\t</Body>')
    etree.indent(body, "\t", level=1)
    assert etree.tostring(body, encoding="unicode") == f'<Body xmlns="{CRM}">\n{text}\t</Body>'
