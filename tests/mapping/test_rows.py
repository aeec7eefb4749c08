"""What EnterpriseData left out of rows, currencies and units is filled in, or told (MAPPING §3)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from msgspec.structs import replace

from converter.formats import bp
from converter.mapping.classifiers import currency_code, unit_code
from converter.mapping.invoice import from_bp, known_person, row_vat, rows_total, towards_bp
from converter.mapping.rows import (
    code_of,
    complete,
    complete_currency,
    complete_unit,
    default_currency_name,
    fit_account,
    sum_of,
)
from converter.objects import (
    Account,
    Contract,
    Currency,
    Invoice,
    Item,
    Person,
    Property,
    Row,
    Unit,
)
from converter.problems import catalogue as say
from tests.mapping.book import TABLE
from tests.mapping.known import INVOICE_KEY
from tests.mapping.test_content import INVOICE, ROW, SERVICE

ITEM = Item(TABLE, "Стол", None, None)


def number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


@pytest.mark.parametrize(
    ("given", "made"),
    [
        (("2", "100", None), ("2", "100", "200.00")),
        (("1.5", "33.33", None), ("1.5", "33.33", "50.00")),  # 49.995, half up
        (("3", None, "100"), ("3", "33.33", "100")),
        (("8", None, "1"), ("8", "0.13", "1")),  # 0.125, half up
        ((None, "3", "100"), ("33.333", "3", "100")),
        ((None, "16", "1"), ("0.063", "16", "1")),  # 0.0625, half up
        (("0", None, "5"), ("0", None, "5")),
        ((None, "0", "5"), (None, "0", "5")),
        ((None, "3", None), (None, "3", None)),
        (("3", None, None), ("3", None, None)),
        (("2", "100", "190"), ("2", "100", "190")),
        ((None, None, "5"), (None, None, "5")),
    ],
)
def test_quantity_price_and_sum_are_filled_in_from_one_another(
    given: tuple[str | None, ...], made: tuple[str | None, ...]
) -> None:
    quantity, price, sum = map(number, given)
    rows, problems = complete((Row(1, ITEM, quantity=quantity, price=price, sum=sum),), "Товары")
    quantity, price, sum = map(number, made)
    assert rows == (Row(1, ITEM, quantity=quantity, price=price, sum=sum),)
    assert problems == []


def test_a_row_keeps_all_else_but_what_it_is_for_bp() -> None:
    row = replace(ROW, stock="Товар", order=INVOICE_KEY, activity="ОблагаетсяНДС", content="к")
    assert complete((row,), "Товары") == ((replace(row, stock=None),), [])


def test_what_rows_have_no_word_for_is_told_by_their_number_else_by_their_place() -> None:
    rows = (
        Row(7, ITEM, unit=Unit(None, "ящик"), vat="НДС4"),
        Row(None, ITEM, unit=Unit(None, "бочка"), vat="НДС2"),
        Row(None, None, content="Доставка", unit=Unit(None, "Кг.")),
        Row(0, None, unit=Unit(None, None)),
    )
    made, problems = complete(rows, "Услуги")
    assert made == (
        Row(7, ITEM, unit=Unit("ящик", "ящик")),
        Row(2, ITEM, unit=Unit("бочка", "бочка")),
        Row(3, Item(None, "Доставка", None, None), content="Доставка", unit=Unit("166", "Кг.")),
        Row(0),
    )
    assert problems == [
        say.VAT_UNKNOWN("Услуги/Строка[7]/СтавкаНДС", value="НДС4"),
        say.UNIT_BY_NAME("Услуги/Строка[7]/ЕдиницаИзмерения", value="ящик"),
        say.VAT_UNKNOWN("Услуги/Строка[2]/СтавкаНДС", value="НДС2"),
        say.UNIT_BY_NAME("Услуги/Строка[2]/ЕдиницаИзмерения", value="бочка"),
    ]


def test_units_and_currencies_are_known_by_their_names() -> None:
    assert complete_unit(Unit("796", None), "а") == (Unit("796", None), [])
    assert complete_unit(None, "а") == (None, [])
    assert complete_currency(Currency("643", None), "а") == (Currency("643", None), [])
    assert complete_currency(Currency(None, "Евро"), "а") == (Currency("978", "Евро"), [])
    for name, value in (("кредит", "кредит"), (None, "")):
        unknown = Currency(None, name)
        assert complete_currency(unknown, "а") == (
            unknown,
            [say.CURRENCY_UNKNOWN("а", value=value)],
        )
    assert code_of(None) is None
    assert code_of(Currency("840", "руб.")) == "840"
    assert code_of(Currency(None, "руб.")) == "643"


@pytest.mark.parametrize(
    ("name", "code"),
    [("руб", "643"), (" Российский  рубль. ", "643"), ("₽", "643"), ("USD", "840"), ("$", "840"),
     ("€", "978"), ("Китайский юань", "156"), ("Тенге", "398"), ("BYN", "933"), ("кредит", None),
     ("", None), (None, None)],
)  # fmt: skip
def test_currencies_by_every_hand(name: str | None, code: str | None) -> None:
    assert currency_code(name) == code


@pytest.mark.parametrize(
    ("name", "code"),
    [("м", "006"), ("пог. м", "018"), ("кв.м", "055"), ("Литр", "112"), ("м³", "113"),
     ("г", "163"), ("т", "168"), ("час", "356"), ("дн.", "359"), ("мес", "362"), ("ед.", "642"),
     ("пара", "715"), ("рул", "736"), ("упак", "778"), ("штука", "796"), ("Компл.", "839"),
     ("усл. ед", "876"), ("ящик", None), ("", None), (None, None)],
)  # fmt: skip
def test_units_by_every_hand(name: str | None, code: str | None) -> None:
    assert unit_code(name) == code


@pytest.mark.parametrize(
    ("currency", "old", "new"),
    [
        (Currency("643", None), "руб.", None),
        (Currency("840", None), "USD", None),
        (Currency("978", None), "EUR", None),
        (Currency("156", None), "CNY", None),
        (Currency("398", None), "398", None),
        (Currency(None, None), "", None),
        (Currency("643", "рубль"), "рубль", "рубль"),
    ],
)
def test_a_currency_has_a_name_where_one_is_demanded(
    currency: Currency, old: str, new: str | None
) -> None:
    for version, name in (("1.3", old), ("1.6", old), ("1.7", new), ("1.19", new)):
        assert default_currency_name(currency, bp(version)) == replace(currency, name=name)


def test_a_bank_goes_without_bic_only_where_none_is_demanded() -> None:
    bare = Account("1", None, "Банк")
    for version, bank in (("1.3", None), ("1.5", None), ("1.6", "Банк"), ("1.19", "Банк")):
        assert fit_account(bare, bp(version)) == replace(bare, bank=bank)
    whole = replace(bare, bic="049999871")
    assert fit_account(whole, bp("1.3")) is whole
    assert fit_account(None, bp("1.3")) is None


# -- sums and VAT ----------------------------------------------------------------------------------


def test_a_rows_sum_is_what_it_says_else_price_by_quantity() -> None:
    assert sum_of(ROW) == Decimal(201)
    assert sum_of(replace(ROW, sum=None)) == Decimal("201.00")
    assert sum_of(Row(1, quantity=Decimal("1.5"), price=Decimal("33.33"))) == Decimal("50.00")
    assert sum_of(Row(1, price=Decimal(2))) is None
    assert sum_of(Row(1, quantity=Decimal(2))) is None


def test_a_rows_vat_is_what_it_says_else_by_its_rate() -> None:
    bare = replace(ROW, vat_sum=None)
    assert row_vat(replace(ROW, vat_sum=Decimal(1)), True) == Decimal(1)
    assert (row_vat(bare, True), row_vat(bare, False)) == (Decimal("33.50"), Decimal("40.20"))
    assert row_vat(replace(bare, vat=None), True) is None
    assert row_vat(replace(bare, vat="НДС4"), True) is None
    assert row_vat(replace(bare, sum=None, price=None), True) is None
    assert row_vat(replace(bare, sum=None), True) == Decimal("33.50")


def test_the_rows_add_up_with_vat_on_top_only_where_it_is_said_to_be() -> None:
    bare = Row(3, ITEM)
    made = replace(INVOICE, goods=(ROW, bare))
    for included, total in ((True, "701"), (None, "701"), (False, "734.50")):
        assert rows_total(replace(made, vat_included=included)) == Decimal(total)
    assert rows_total(replace(made, goods=(), services=(), vat_included=False)) == Decimal(0)


# -- the invoice as a whole ------------------------------------------------------------------------


def test_an_invoice_towards_bp_has_its_vat_in_figures_its_mark_and_what_is_demanded() -> None:
    sent = replace(
        INVOICE,
        vat_included=None,
        currency=Currency("643", None),
        contract=Contract(None, None, None, None),
        account=Account("1", None, "Банк"),
        goods=(replace(ROW, vat_sum=None), Row(2, ITEM)),
        services=(SERVICE,),
    )
    made = replace(
        sent,
        vat_included=True,
        currency=Currency("643", "руб."),
        contract=None,
        account=Account("1", None, None),
        comment="Позвонить\n[CRM: отгрузка разрешена; интерес: ИНТ-1 Мебель]",
        properties=(
            Property("CRM_Интерес", "ИНТ-1 Мебель", None, True),
            Property("CRM_ОтгрузкаРазрешена", None, True, True),
        ),
        goods=(ROW, Row(2, ITEM)),
        services=(replace(SERVICE, vat_sum=Decimal("0.00")),),
    )
    assert towards_bp(sent, bp("1.3")) == (made, [])
    on_top, _ = towards_bp(replace(sent, vat_included=False), bp("1.3"))
    assert on_top == replace(
        made, vat_included=False, goods=(replace(ROW, vat_sum=Decimal("40.20")), Row(2, ITEM))
    )


def test_what_is_too_long_for_bp_is_cut_and_told() -> None:
    service = replace(SERVICE, content="с" * 1001, vat_sum=Decimal(0))
    fits = replace(SERVICE, line=2, content="с" * 1000, vat_sum=Decimal(0))
    long = replace(INVOICE, address="а" * 251, services=(service, fits))
    made, problems = towards_bp(long, bp("1.19"))
    assert made.address == "а" * 250
    assert [row.content for row in made.services] == ["с" * 1000, "с" * 1000]
    assert problems == [
        say.TEXT_CUT("АдресДоставки", limit=250),
        say.TEXT_CUT("Услуги/Строка/Содержание", limit=1000),
    ]
    short = replace(INVOICE, address="а" * 250, services=(fits,))
    made, problems = towards_bp(short, bp("1.19"))
    assert (made.address, made.services, problems) == ("а" * 250, (fits,), [])


@pytest.mark.parametrize("name", ["", "  ", "<Не указан>", " <Не указан> "])
def test_nobody_is_no_person(name: str) -> None:
    assert known_person(Person("e1", name)) is None
    assert known_person(None) is None
    assert known_person(Person(None, "Иванов")) == Person(None, "Иванов")


def test_an_invoice_of_bps_own_comes_as_it_is_without_what_is_bps() -> None:
    sent = replace(
        INVOICE,
        interest=None,
        client=None,
        may_ship=None,
        manager=Person(None, "<Не указан>"),
        comment="Позвонить\n[CRM: отгрузка не разрешена]",
        properties=(Property("CRM_ОтгрузкаРазрешена", None, False, True),),
        state="Актуальный",
        goods=(ROW, replace(ROW, line=2, stock="ВозвратнаяТара", sum=Decimal(1000))),
    )
    assert from_bp(sent) == (
        replace(sent, manager=None, may_ship=False, comment="Позвонить", properties=(),
                state=None, goods=(ROW,)),
        [],
    )  # fmt: skip


def test_every_problem_of_an_invoice_of_bps_is_told_whole() -> None:
    sent: Invoice = replace(
        INVOICE,
        currency=Currency(None, "кредит"),
        goods=(Row(3, unit=Unit(None, "ящик")), Row(4, vat="НДС4")),
        services=(Row(5),),
    )
    made, problems = from_bp(sent)
    assert made.total == Decimal("701.00")
    assert problems == [
        say.CURRENCY_UNKNOWN("Валюта", value="кредит"),
        say.UNIT_BY_NAME("Товары/Строка[3]/ЕдиницаИзмерения", value="ящик"),
        say.VAT_UNKNOWN("Товары/Строка[4]/СтавкаНДС", value="НДС4"),
        say.FIELD_MISSING("Товары/Строка[3]/Номенклатура"),
        say.FIELD_MISSING("Товары/Строка[3]/Количество"),
        say.FIELD_MISSING("Товары/Строка[3]/Сумма"),
        say.FIELD_MISSING("Товары/Строка[4]/Номенклатура"),
        say.FIELD_MISSING("Товары/Строка[4]/ЕдиницаИзмерения"),
        say.FIELD_MISSING("Товары/Строка[4]/Количество"),
        say.FIELD_MISSING("Товары/Строка[4]/Сумма"),
        say.FIELD_MISSING("Услуги/Строка[5]/Номенклатура"),
        say.FIELD_MISSING("Услуги/Строка[5]/Количество"),
        say.FIELD_MISSING("Услуги/Строка[5]/Сумма"),
        say.DISCOUNT("Сумма", total=Decimal("701.00"), rows=Decimal(0)),
    ]
