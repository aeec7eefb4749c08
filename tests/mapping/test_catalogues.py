"""The catalogues that BP sends so that a manager can fill in an invoice, in every version (§4)."""

from __future__ import annotations

from typing import Any

import pytest

from converter.formats import CRM as CRM_DIALECT
from converter.formats import bp
from converter.formats.schemas import schema
from converter.mapping.catalogues import (
    ACCOUNT_CARD,
    CURRENCY_CARD,
    ITEM_CARD,
    ORGANISATION_CARD,
    UNIT_CARD,
    item_from_bp,
    unpassable,
)
from converter.mapping.reading import reader
from converter.mapping.table import Table
from converter.mapping.writing import writer
from converter.objects import (
    AccountCard,
    Currency,
    CurrencyCard,
    Item,
    ItemCard,
    Organisation,
    OrganisationCard,
    Unit,
    UnitCard,
)
from tests.mapping.book import (
    CRM,
    SELLER,
    TABLE,
    VERSIONS,
    Book,
    el,
    element,
    guid,
    official_faults,
    organisation,
    party,
    val,
)

REF = guid(50)


def read(table: Table, book: Book, *inner: str) -> Any:
    """An object of BP's, valid by the official schema, as a record."""
    assert table.bp is not None
    text = el(table.bp, *inner)
    assert official_faults(book.version, text) == []
    return reader(table, bp(book.version))(book.element(text))


def to_crm(table: Table, record: Any) -> Any:
    """The record as the CRM gets it, valid and read again."""
    parsed = element(CRM, writer(table, CRM_DIALECT)(record))
    assert schema(CRM_DIALECT).validate(parsed)
    return reader(table, CRM_DIALECT)(parsed)


@pytest.mark.parametrize("version", VERSIONS)
def test_an_organisation(version: str) -> None:
    key = organisation().replace("<ИНН>", "<НаименованиеПолное>ООО «В»</НаименованиеПолное><ИНН>")
    card = read(ORGANISATION_CARD, Book(version), el("КлючевыеСвойства", key))
    assert card == OrganisationCard(
        Organisation(SELLER, "Выдуманная мебель ООО", "9988001015", "998801001", "ЮридическоеЛицо"),
        "ООО «В»",
    )
    assert to_crm(ORGANISATION_CARD, card) == card


@pytest.mark.parametrize("version", VERSIONS)
def test_an_item(version: str) -> None:
    book = Book(version)
    card = read(
        ITEM_CARD,
        book,
        el("КлючевыеСвойства", book.item()),
        val("ТипНоменклатуры", "Товар"),
        val("Описание", "Дуб"),
        book.unit(),
        book.vat("НДС10"),
    )
    made, problems = item_from_bp(card)
    title = None if version == "1.3" else "шт"
    assert (made, problems) == (
        ItemCard(
            Item(TABLE, "Стол", "00-0000120", "СТ-1"), "Товар", Unit("796", title), "НДС10", "Дуб"
        ),
        [],
    )
    assert to_crm(ITEM_CARD, made) == made


@pytest.mark.parametrize("version", ["1.18", "1.19", "1.20", "1.21", "1.22"])
def test_an_item_needs_no_unit_since_1_18(version: str) -> None:
    book = Book(version)
    key = el("КлючевыеСвойства", book.item())
    card = read(ITEM_CARD, book, key, val("ТипНоменклатуры", "Набор"))
    made, problems = item_from_bp(card)
    assert (made.type, made.unit, made.vat, problems) == ("Набор", None, None, [])
    assert to_crm(ITEM_CARD, made) == made


@pytest.mark.parametrize("version", VERSIONS)
def test_every_vat_rate_of_the_version_is_read(version: str) -> None:
    book = Book(version)
    rates = ["НДС20", "НДС18", "НДС10", "НДС0", "БезНДС", "НДС20_120", "НДС18_118", "НДС10_110"]
    if book.since("1.17"):
        rates += ["НДС22", "НДС7", "НДС5", "НДС22_122", "НДС7_107", "НДС5_105"]
    for rate in rates:
        card = read(
            ITEM_CARD,
            book,
            el("КлючевыеСвойства", book.item()),
            val("ТипНоменклатуры", "Услуга"),
            book.unit(),
            book.vat(rate),
        )
        assert item_from_bp(card) == (card, [])
        assert to_crm(ITEM_CARD, card).vat == rate


@pytest.mark.parametrize(
    ("percent", "calculated", "free", "kind", "rate"),
    [
        ("20.00", "0", "0", "Общая", "НДС20"),
        ("20", "false", "false", "Пониженная", "НДС20"),
        (None, "false", "false", "Нулевая", "НДС0"),
        (None, "false", "false", "БезНДС", "БезНДС"),
        ("20", "false", "true", "Общая", "БезНДС"),
        ("0", "false", "false", "БезНДС", "НДС0"),
    ],
)
def test_a_rates_kind_counts_only_where_its_number_is_absent(
    percent: str | None, calculated: str, free: str, kind: str, rate: str
) -> None:
    made, problems = item_from_bp(_card_with_rate(percent, calculated, free, kind))
    assert (made.vat, problems) == (rate, [])


@pytest.mark.parametrize(
    ("percent", "calculated"), [("16.67", "false"), ("4", "false"), ("4", "true"), ("0", "true")]
)
def test_a_rate_that_the_crm_cannot_say_is_left_out_with_a_warning(
    percent: str, calculated: str
) -> None:
    made, problems = item_from_bp(_card_with_rate(percent, calculated, "false", "Общая"))
    assert made.vat is None
    assert [(p.kind.id, p.where.field, p.holds) for p in problems] == [
        ("VAT_UNKNOWN", "СтавкаНДС", False)
    ]


def _card_with_rate(percent: str | None, calculated: str, free: str, kind: str) -> ItemCard:
    book = Book("1.19")
    rate = el(
        "СтавкаНДС",
        val("Ставка", percent),
        val("РасчетнаяСтавка", calculated),
        val("НеОблагается", free),
        val("ВидСтавки", kind),
    )
    key = el("КлючевыеСвойства", book.item())
    card = read(ITEM_CARD, book, key, val("ТипНоменклатуры", "Товар"), rate)
    assert isinstance(card, ItemCard)
    return card


@pytest.mark.parametrize(
    "word", ["НДС4", "НДС4_104", "НДС2", "НДС2_102", "НДСИсчисляетсяНалоговымАгентом"]
)
@pytest.mark.parametrize("version", ["1.6", "1.8", "1.16"])
def test_a_word_of_old_versions_that_the_crm_has_not_is_left_out(version: str, word: str) -> None:
    book = Book(version)
    key = el("КлючевыеСвойства", book.item())
    card = read(
        ITEM_CARD, book, key, val("ТипНоменклатуры", "Товар"), book.unit(), val("СтавкаНДС", word)
    )
    made, problems = item_from_bp(card)
    assert (made.vat, [p.kind.id for p in problems]) == (None, ["VAT_UNKNOWN"])


@pytest.mark.parametrize("version", VERSIONS)
def test_an_account_of_an_organisation(version: str) -> None:
    book = Book(version)
    card = read(
        ACCOUNT_CARD,
        book,
        el("КлючевыеСвойства", val("Ссылка", REF), book.account()),
        book.currency(name="ВалютаДенежныхСредств"),
    )
    assert card == AccountCard(
        REF,
        "40702810800000004101",
        "049999871",
        "Банк",
        Currency("643", "руб."),
        Organisation(SELLER, "Выдуманная мебель ООО", "9988001015", "998801001", "ЮридическоеЛицо"),
    )
    assert unpassable(card) is None
    assert to_crm(ACCOUNT_CARD, card) == card


@pytest.mark.parametrize("version", VERSIONS)
def test_an_account_of_somebody_else_has_no_organisation(version: str) -> None:
    book = Book(version)
    owner = el("КонтрагентыСсылка", party())
    card = read(
        ACCOUNT_CARD,
        book,
        el("КлючевыеСвойства", val("Ссылка", REF), book.account(owner)),
        book.currency(name="ВалютаДенежныхСредств"),
    )
    assert card.organisation is None


@pytest.mark.parametrize("version", ["1.20", "1.21", "1.22"])
def test_an_account_without_a_number_is_not_passed(version: str) -> None:
    book = Book(version)
    key = val("Ссылка", REF) + el("Владелец", el("ОрганизацииСсылка", organisation()))
    card = read(
        ACCOUNT_CARD, book, el("КлючевыеСвойства", key), book.currency(name="ВалютаДенежныхСредств")
    )
    problem = unpassable(card)
    assert problem is not None
    assert (problem.kind.id, problem.holds) == ("NOT_PASSED", False)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_currency(version: str) -> None:
    book = Book(version)
    key = book.currency("840 ", "USD", "КлючевыеСвойства")
    key = key.replace("<КлючевыеСвойства>", f"<КлючевыеСвойства><Ссылка>{REF}</Ссылка>")
    if not book.since("1.7"):
        key = key.replace("840 ", "840")  # their codes have three characters at most
    card = read(CURRENCY_CARD, book, key)
    assert (card, unpassable(card)) == (CurrencyCard(REF, "840", "USD"), None)
    assert to_crm(CURRENCY_CARD, card) == card


@pytest.mark.parametrize("version", VERSIONS)
def test_a_unit(version: str) -> None:
    book = Book(version)
    key = book.unit("796 ").replace("ЕдиницаИзмерения", "КлючевыеСвойства")
    key = key.replace("<КлючевыеСвойства>", f"<КлючевыеСвойства><Ссылка>{REF}</Ссылка>")
    card = read(UNIT_CARD, book, key, val("Наименование", "шт") if version == "1.3" else "")
    assert (card, unpassable(card)) == (UnitCard(REF, "796", "шт"), None)
    assert to_crm(UNIT_CARD, card) == card


@pytest.mark.parametrize("version", ["1.7", "1.15", "1.22"])
@pytest.mark.parametrize("table", [CURRENCY_CARD, UNIT_CARD])
def test_what_has_no_code_is_not_passed(version: str, table: Table) -> None:
    inner = val("Ссылка", REF) + el("ДанныеКлассификатора", val("Наименование", "кредит"))
    problem = unpassable(read(table, Book(version), el("КлючевыеСвойства", inner)))
    assert problem is not None
    assert (problem.kind.id, problem.holds) == ("NOT_PASSED", False)


@pytest.mark.parametrize(
    ("name", "code"), [("шт", "796"), ("Шт.", "796"), ("м2", "055"), ("усл. ед.", "876")]
)
def test_a_unit_without_a_code_gets_the_one_of_its_name(name: str, code: str) -> None:
    card = ItemCard(Item(REF, "Стол", None, None), "Товар", Unit(None, name), None, None)
    made, problems = item_from_bp(card)
    assert (made.unit, problems) == (Unit(code, name), [])


def test_a_unit_of_an_unknown_name_has_it_as_its_code_with_a_warning() -> None:
    card = ItemCard(Item(REF, "Стол", None, None), "Товар", Unit(None, "ящик"), None, None)
    made, problems = item_from_bp(card)
    assert made.unit == Unit("ящик", "ящик")
    assert [(p.kind.id, p.holds) for p in problems] == [("UNIT_BY_NAME", False)]
