"""What a CRM's objects are refused for, and what only warns (SPEC §5)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from converter.formats import bp
from converter.mapping.rules import judge_counterparty, judge_invoice
from converter.mapping.vat import vat_of
from converter.objects import (
    Account,
    Counterparty,
    Currency,
    DocKey,
    Invoice,
    Item,
    Organisation,
    Party,
    Row,
    Unit,
)
from converter.problems import Problem, Said
from converter.problems import catalogue as say
from tests.mapping.book import VERSIONS, since

SELLER = Organisation(None, "Продавец", "9988001015", "998801001", "ЮридическоеЛицо")
BUYER = Party(None, "Покупатель", None, "9988002026", "998801002", "ЮридическоеЛицо")


def row(
    sum: str = "200",
    vat: str | None = "НДС20",
    vat_sum: str | None = "33.33",
    quantity: str = "2",
    price: str = "100",
    line: int = 1,
) -> Row:
    return Row(
        line,
        Item(None, "Стол", None, None),
        quantity=Decimal(quantity),
        price=Decimal(price),
        sum=Decimal(sum),
        vat=vat,
        vat_sum=None if vat_sum is None else Decimal(vat_sum),
    )


def invoice(*rows: Row, total: str = "200", **fields: object) -> Invoice:
    return Invoice(
        DocKey("b0000000-0000-0000-0000-000000000001", datetime(2026, 2, 11), "СЧ-1", SELLER),
        BUYER,
        Currency("643", None),
        Decimal(total),
        goods=rows or (row(),),
        **fields,  # type: ignore[arg-type]
    )


def judged(invoice: Invoice, version: str | None = None) -> list[tuple[str, str, bool]]:
    """Id, field and whether it holds, of everything that is wrong."""
    towards = None if version is None else bp(version)
    problems = judge_invoice(invoice, towards)
    return [(problem.kind.id, problem.where.field, problem.holds) for problem in problems]


def test_a_sound_invoice_has_no_problem() -> None:
    assert judged(invoice(), "1.3") == []


# -- codes ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "name", "right"),
    [
        ("RUB", "руб.", "643"),
        ("RUB", None, "643"),
        ("рубли", "RUR", "643"),
        ("810", None, "643"),
        ("974", None, "933"),
        ("EUR", None, "978"),
        ("0643", "руб.", "643"),
        ("٦٤٣", "руб.", "643"),
        ("XAU", "золото", None),
    ],
)
def test_a_currency_without_a_code_of_okv_is_refused(
    code: str, name: str | None, right: str | None
) -> None:
    made = replace(invoice(), currency=Currency(code, name))
    assert judged(made) == [("CURRENCY_CODE", "Валюта/Код", True)]
    (problem,) = judge_invoice(made, None)
    for lang, any_code in (("ru", "три цифры, как 643 у рубля"),
                           ("en", "three digits, such as 643 for the rouble")):  # fmt: skip
        assert problem.what(lang).endswith(f": {right or any_code}")
        assert f"{code}" in problem.what(lang)


@pytest.mark.parametrize("code", ["643", "840", "978", "999", "036"])
def test_any_other_three_digits_may_be_a_currency(code: str) -> None:
    assert judged(replace(invoice(), currency=Currency(code, None))) == []


@pytest.mark.parametrize(
    ("unit", "right"),
    [
        (Unit("шт", None), "796"),
        (Unit("шт", "шт"), "796"),
        (Unit("pcs", "штука"), "796"),
        (Unit("КГ.", None), "166"),
        (Unit("кор", "короб"), None),
        (Unit("кор", None), None),
    ],
)
def test_a_unit_without_a_code_of_okei_warns(unit: Unit, right: str | None) -> None:
    made = invoice(replace(row(line=7), unit=unit))
    assert judged(made) == [("UNIT_CODE", "Товары/Строка[7]/ЕдиницаИзмерения/Код", False)]
    (problem,) = judge_invoice(made, None)
    assert problem.what("ru").endswith(f": {right or 'цифры, как 796 у штуки'}")
    assert problem.what("en").endswith(f": {right or 'digits, such as 796 for a piece'}")


@pytest.mark.parametrize(
    "unit", [Unit("796", None), Unit("0006", "м"), Unit("короб", "короб"), None]
)
def test_a_unit_by_okei_and_one_that_bp_has_no_code_for_do_not_warn(unit: Unit | None) -> None:
    """What came from BP without a code comes back as it was told: the name in its place."""
    assert judged(invoice(replace(row(), unit=unit))) == []


# -- refusals ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("number", "held"), [("Ю" * 11, False), ("Ю" * 12, True)])
def test_a_number_longer_than_11_characters_is_refused(number: str, held: bool) -> None:
    made = invoice()
    made = replace(made, key=replace(made.key, number=number))
    expected = [("NUMBER_TOO_LONG", "КлючевыеСвойства/Номер", True)] if held else []
    assert judged(made) == expected


def test_an_invoice_without_rows_is_refused() -> None:
    empty = replace(invoice(), goods=())
    assert judged(empty) == [("INVOICE_EMPTY", "Товары", True)]


@pytest.mark.parametrize(
    ("total", "included", "sound"),
    [
        ("200", True, True),
        ("200", None, True),
        ("200.01", True, False),
        ("199.99", True, False),
        ("233.33", True, False),
        ("233.33", False, True),
        ("233.34", False, False),
        ("200", False, False),
    ],
)
def test_the_sum_is_that_of_the_rows_to_the_kopeck(
    total: str, included: bool | None, sound: bool
) -> None:
    made = invoice(total=total, vat_included=included)
    ids = [id for id, _, _ in judged(made) if id == "SUM_NOT_ROWS"]
    assert ids == ([] if sound else ["SUM_NOT_ROWS"])


def test_the_sum_takes_in_goods_and_services() -> None:
    service = row("50.50", "БезНДС", "0", "1", "50.5")
    made = invoice(row(), total="250.5", services=(service,))
    assert judged(made) == []


def test_vat_that_the_crm_did_not_say_is_on_top_by_its_rate() -> None:
    made = invoice(row(vat_sum=None), total="240", vat_included=False)
    assert judged(made) == []


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("rate", ["НДС22", "НДС7", "НДС5", "НДС22_122", "НДС7_107", "НДС5_105"])
def test_a_rate_that_came_with_1_17_is_refused_before(version: str, rate: str) -> None:
    made = invoice(row(vat=rate, vat_sum=None))
    field = "Товары/Строка[1]/СтавкаНДС"
    expected = [] if since(version, "1.17") else [("VAT_NOT_IN_VERSION", field, True)]
    assert judged(made, version) == expected
    assert judged(made) == []


@pytest.mark.parametrize("version", VERSIONS)
def test_the_older_rates_are_in_every_version(version: str) -> None:
    rates = ["НДС20", "НДС18", "НДС10", "НДС0", "БезНДС", "НДС20_120", "НДС18_118", "НДС10_110"]
    rows = [row(vat=rate, vat_sum=None, line=line) for line, rate in enumerate(rates, 1)]
    assert judged(invoice(*rows, total="1600"), version) == []


def test_the_refusal_of_a_rate_names_the_rate_and_the_version() -> None:
    made = invoice(row(vat="НДС22", vat_sum=None))
    problem = judge_invoice(made, bp("1.8"))[0]
    for lang in ("ru", "en"):
        assert "НДС22" in problem.what(lang)
        assert "1.8" in problem.what(lang)


# -- warnings ---------------------------------------------------------------------------------------------


def test_a_row_without_a_rate_warns() -> None:
    assert judged(invoice(row(vat=None, vat_sum=None))) == [
        ("VAT_ABSENT", "Товары/Строка[1]/СтавкаНДС", False)
    ]


@pytest.mark.parametrize(("quantity", "price"), [("0", "100"), ("-2", "-100")])
def test_a_row_without_a_quantity_warns(quantity: str, price: str) -> None:
    made = invoice(row(quantity=quantity, price=price))
    assert ("QUANTITY_ZERO", "Товары/Строка[1]/Количество", False) in judged(made)


@pytest.mark.parametrize(
    ("quantity", "price", "sum", "warns"),
    [
        ("3", "33.33", "99.99", False),
        ("3", "33.33", "100", True),
        ("1.5", "33.33", "50.00", False),  # 49.995, half up
        ("1.5", "33.33", "49.99", True),
        ("12.375", "845.2", "10459.35", False),
    ],
)
def test_a_rows_sum_that_is_not_quantity_times_price_warns(
    quantity: str, price: str, sum: str, warns: bool
) -> None:
    made = invoice(row(sum, vat_sum=None, quantity=quantity, price=price, line=4), total=sum)
    expected = [("ROW_SUM", "Товары/Строка[4]/Сумма", False)] if warns else []
    assert judged(made) == expected


@pytest.mark.parametrize(
    ("vat_sum", "included", "warns"),
    [
        ("33.33", True, False),
        ("33.34", True, False),
        ("33.35", True, True),
        ("33.31", True, True),
        ("40", False, False),
        ("40.02", False, True),
    ],
)
def test_vat_further_off_than_a_kopeck_warns(vat_sum: str, included: bool, warns: bool) -> None:
    total = "200" if included else str(200 + Decimal(vat_sum))
    made = invoice(row(vat_sum=vat_sum), total=total, vat_included=included)
    expected = [("ROW_VAT", "Товары/Строка[1]/СуммаНДС", False)] if warns else []
    assert judged(made) == expected


@pytest.mark.parametrize(
    ("date", "warns"),
    [
        (datetime(1, 1, 1), True),
        (datetime(1999, 12, 31), True),
        (datetime(2000, 1, 1), False),
        (datetime(2099, 12, 31), False),
        (datetime(2100, 1, 1), True),
    ],
)
def test_a_date_of_another_century_warns(date: datetime, warns: bool) -> None:
    made = invoice(pay_by=date)
    made = replace(made, key=replace(made.key, date=date))
    fields = [field for id, field, holds in judged(made) if (id, holds) == ("DATE_UNUSUAL", False)]
    assert fields == (["КлючевыеСвойства/Дата", "ОплатитьДо"] if warns else [])


def test_faulty_requisites_of_both_sides_and_of_the_account_only_warn() -> None:
    made = invoice(account=Account("40702810800000004102", "049999871", None))
    made = replace(
        made,
        key=replace(made.key, organisation=replace(SELLER, inn="9988001016", kpp="99880100")),
        party=replace(BUYER, inn="998800202", kpp="9988 1002"),
    )
    assert judged(made) == [
        ("INN_WRONG", "КлючевыеСвойства/Организация/ИНН", False),
        ("KPP_WRONG", "КлючевыеСвойства/Организация/КПП", False),
        ("INN_WRONG", "Контрагент/ИНН", False),
        ("KPP_WRONG", "Контрагент/КПП", False),
        ("ACCOUNT_WRONG", "БанковскийСчетОрганизации/НомерСчета", False),
    ]


REF = "b0000000-0000-0000-0000-000000000022"


def test_a_counterpartys_requisites_only_warn() -> None:
    card = Counterparty(
        replace(BUYER, ref=REF, inn="9988002027", kpp="1"),
        account=Account("40702810500000007702", "049", None),
    )
    problems = judge_counterparty(card)
    assert [(p.kind.id, p.where.field, p.holds) for p in problems] == [
        ("INN_WRONG", "КлючевыеСвойства/ИНН", False),
        ("KPP_WRONG", "КлючевыеСвойства/КПП", False),
        ("BIC_WRONG", "БанковскийСчет/БИК", False),
    ]
    assert judge_counterparty(Counterparty(replace(BUYER, ref=REF))) == []


def test_every_problem_of_an_invoice_says_what_is_wrong_with_what() -> None:
    """Each with its place and the values that its words name."""
    account = Account("40702810800000004102", "049999871", None)
    goods = (
        row("200", "НДС20", "33.40", "2", "100", 1),
        row("100", None, None, "3", "33.333", 2),
        replace(row("0", "НДС20", None, "0", "5", 3), vat_sum=None),
    )
    services = (replace(row("120", "НДС22", None, line=4), quantity=None),)
    made = invoice(*goods, total="1", services=services, account=account, pay_by=datetime(1, 1, 1))
    key = DocKey(None, datetime(1999, 12, 31, 5), "НОМЕР-СЧЕТА-1", replace(SELLER, inn="1"))
    made = replace(made, key=key, party=replace(BUYER, inn="9988002027", kpp="9"))
    length = Said("нужно 10 или 12 цифр", "10 or 12 digits are needed")
    check = Said("не сходится контрольная цифра", "the check digit does not agree")
    assert judge_invoice(made, bp("1.8")) == [
        say.FIELD_MISSING("КлючевыеСвойства/Ссылка"),
        say.NUMBER_TOO_LONG("КлючевыеСвойства/Номер", value="НОМЕР-СЧЕТА-1"),
        say.SUM_NOT_ROWS("Сумма", total=Decimal(1), rows=Decimal(420)),
        say.ROW_VAT(
            "Товары/Строка[1]/СуммаНДС", row=1, value=Decimal("33.40"), rate="НДС20",
            expected=Decimal("33.33"),
        ),
        say.VAT_ABSENT("Товары/Строка[2]/СтавкаНДС", row=2),
        say.QUANTITY_ZERO("Товары/Строка[3]/Количество", row=3, value=Decimal(0)),
        say.DATE_UNUSUAL("КлючевыеСвойства/Дата", value=date(1999, 12, 31)),
        say.DATE_UNUSUAL("ОплатитьДо", value=date(1, 1, 1)),
        say.INN_WRONG("КлючевыеСвойства/Организация/ИНН", value="1", reason=length),
        say.INN_WRONG("Контрагент/ИНН", value="9988002027", reason=check),
        say.KPP_WRONG("Контрагент/КПП", value="9"),
        say.ACCOUNT_WRONG(
            "БанковскийСчетОрганизации/НомерСчета", value="40702810800000004102", bic="049999871"
        ),
        say.VAT_NOT_IN_VERSION("Услуги/Строка[4]/СтавкаНДС", rate="НДС22", version="1.8"),
    ]  # fmt: skip
    off = invoice(row("199", "НДС20", None, "2", "100.004", 5), total="199")
    assert judge_invoice(off, None) == [
        say.ROW_SUM("Товары/Строка[5]/Сумма", row=5, value=Decimal(199), expected=Decimal("200.01"))
    ]


def test_rows_without_figures_are_only_judged_by_what_they_say() -> None:
    bare = Row(1, Item(None, "Стол", None, None), vat="НДС20", vat_sum=Decimal(5))
    made = invoice(bare, total="0")
    assert judge_invoice(made, None) == []
    for changed in ({"price": None}, {"quantity": None}, {"sum": None}):
        told = replace(row(vat_sum=None, quantity="0"), **changed)
        judged = judge_invoice(invoice(told, total=str(told.sum or 0)), None)
        assert judged == []


def test_what_a_person_and_a_company_lack_is_told_apart() -> None:
    company = Said("у юридического лица 10 цифр", "a company has 10 digits")
    person = Said("у физического лица и ИП 12 цифр", "a person has 12 digits")
    for inn, kind, reason in (
        ("500100732259", "ЮридическоеЛицо", company),
        ("7707083893", "ФизическоеЛицо", person),
    ):
        card = Counterparty(replace(BUYER, ref=None, inn=inn, kind=kind))
        assert judge_counterparty(card) == [
            say.INN_WRONG("КлючевыеСвойства/ИНН", value=inn, reason=reason),
            say.FIELD_MISSING("КлючевыеСвойства/Ссылка"),
        ]


@pytest.mark.parametrize(
    ("number", "bic", "problems"),
    [
        ("1", "049", [say.BIC_WRONG("БанковскийСчет/БИК", value="049")]),
        (None, "049999871", []),
        ("40702810800000004102", None, []),
        ("40702810800000004102", "", []),
    ],
)
def test_an_account_is_judged_where_its_bank_is_known(
    number: str | None, bic: str | None, problems: list[Problem]
) -> None:
    card = Counterparty(replace(BUYER, ref=REF), account=Account(number, bic, None))
    assert judge_counterparty(card) == problems


# -- VAT --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sum", "rate", "included", "vat"),
    [
        ("120", "НДС20", True, "20"),
        ("100", "НДС20", False, "20"),
        ("122", "НДС22", True, "22"),
        ("100", "НДС22", False, "22"),
        ("118", "НДС18", True, "18"),
        ("110", "НДС10", True, "10"),
        ("107", "НДС7", True, "7"),
        ("105", "НДС5", True, "5"),
        ("100", "НДС0", True, "0"),
        ("100", "БезНДС", False, "0"),
        ("122", "НДС22_122", True, "22"),
        ("122", "НДС22_122", False, "26.84"),
        ("120", "НДС20_120", False, "24"),
        ("118", "НДС18_118", False, "21.24"),
        ("110", "НДС10_110", False, "11"),
        ("107", "НДС7_107", False, "7.49"),
        ("105", "НДС5_105", False, "5.25"),
        ("0.05", "НДС10", False, "0.01"),  # 0.005
        ("0.15", "НДС10", False, "0.02"),  # 0.015
        ("0.25", "НДС10", False, "0.03"),  # 0.025
        ("0.04", "НДС10", False, "0"),
        ("-0.05", "НДС10", False, "-0.01"),
        ("0.03", "НДС20", True, "0.01"),  # 0.005
        ("9999999999999.99", "НДС20", True, "1666666666666.67"),
    ],
)
def test_vat_is_rounded_half_up(sum: str, rate: str, included: bool, vat: str) -> None:
    assert vat_of(Decimal(sum), rate, included) == Decimal(vat)


@given(
    st.integers(0, 10**15),
    st.sampled_from([(5, "НДС5"), (10, "НДС10"), (22, "НДС22")]),
    st.booleans(),
)
def test_vat_is_the_nearest_kopeck(kopecks: int, rate: tuple[int, str], included: bool) -> None:
    percent, name = rate
    base = 100 + percent if included else 100
    vat = int(vat_of(Decimal(kopecks).scaleb(-2), name, included).scaleb(2))
    # |vat − kopecks · percent / base| ≤ ½, and the upper one where both are as near
    assert -base < 2 * (vat * base - kopecks * percent) <= base
