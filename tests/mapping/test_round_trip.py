"""A CRM's records written and read back: nothing is lost but what a version has no place for."""

from __future__ import annotations

from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from lxml import etree
from msgspec.structs import replace

from converter.formats import CRM as CRM_DIALECT
from converter.formats import bp
from converter.formats.schemas import schema, schema_path
from converter.mapping.catalogues import (
    COUNTERPARTY,
    counterparty_from_bp,
    counterparty_towards_bp,
)
from converter.mapping.invoice import INVOICE, from_bp, towards_bp
from converter.mapping.reading import reader
from converter.mapping.writing import writer
from converter.objects import (
    Account,
    Contract,
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
from tests.mapping import strategies as some
from tests.mapping.book import CRM, VERSIONS, element, message, namespace, official_faults, since

#: percent of the sum, and of what: the VAT inside a sum, or on top of it
PERCENT = {
    "НДС22": 22,
    "НДС20": 20,
    "НДС18": 18,
    "НДС10": 10,
    "НДС7": 7,
    "НДС5": 5,
    "НДС0": 0,
    "БезНДС": 0,
    "НДС22_122": 22,
    "НДС20_120": 20,
    "НДС18_118": 18,
    "НДС10_110": 10,
    "НДС7_107": 7,
    "НДС5_105": 5,
}
DEFAULT_NAMES = {"643": "руб.", "840": "USD", "978": "EUR", "156": "CNY"}
MANY = settings(
    max_examples=50,
    phases=[Phase.generate, Phase.shrink],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
FEW = settings(MANY, max_examples=30)


def rates(version: str) -> tuple[str, ...]:
    return some.OLD_RATES + some.NEW_RATES if since(version, "1.17") else some.OLD_RATES


def round_trip(invoice: Invoice, version: str) -> Invoice:
    """The invoice as BP's message of that version holds it, checked by both schemas on the way."""
    made, cut = towards_bp(invoice, bp(version))
    assert cut == []
    text = writer(INVOICE, bp(version))(made)
    assert official_faults(version, text) == []
    parsed = element(namespace(version), text)
    assert schema(bp(version)).validate(parsed)
    sent = reader(INVOICE, bp(version))(parsed)
    assert isinstance(sent, Invoice)
    assert reader(INVOICE, bp(version), judged=True)(parsed) == sent
    return sent


def with_vat(row: Row, included: bool) -> Row:
    """The row with the VAT that BP is told: the CRM's own, else by the rate, half up."""
    if row.vat_sum is not None or row.vat is None or row.sum is None:
        return row
    percent = PERCENT[row.vat]
    base = 100 + percent if included else 100
    exact = row.sum * percent / base
    return replace(row, vat_sum=exact.quantize(Decimal("0.01"), ROUND_HALF_UP))


def told(invoice: Invoice) -> Invoice:
    """The CRM's invoice with what is made explicit towards BP: VAT included or not, and how much."""
    included = invoice.vat_included is not False
    return replace(
        invoice,
        vat_included=included,
        goods=tuple(with_vat(row, included) for row in invoice.goods),
        services=tuple(with_vat(row, included) for row in invoice.services),
    )


def held_by(version: str, invoice: Invoice) -> Invoice:
    """What EnterpriseData of a version has a place for (MAPPING §1)."""
    made = told(invoice)
    contract, account, currency = made.contract, made.account, made.currency
    if contract and not (contract.ref or contract.number or contract.name):
        contract = None
    if contract and contract.date and contract.date.year == 1:  # 1C's empty date
        contract = replace(contract, date=None)
    if account and account.bic is None and not since(version, "1.6"):
        account = replace(account, bank=None)
    if currency.name is None and not since(version, "1.7"):
        code = str(currency.code)
        currency = replace(currency, name=DEFAULT_NAMES.get(code, code))
    day = made.pay_by and made.pay_by.replace(hour=0, minute=0, second=0)
    if day and day.year == 1:
        day = None
    manager = made.manager
    if manager and manager.name.strip() in ("", "<Не указан>"):  # how BP says that there is none
        manager = None
    return replace(
        made,
        interest=None,
        client=None,
        contract=contract,
        manager=manager,
        account=account,
        currency=currency,
        pay_by=day if since(version, "1.7") else None,
        comment=made.comment if since(version, "1.6") else None,
        goods=tuple(_held_row(version, row) for row in made.goods),
        services=tuple(_held_row(version, row) for row in made.services),
    )


def _held_row(version: str, row: Row) -> Row:
    unit = row.unit
    if unit is not None and version == "1.3":
        unit = replace(unit, name=None)
    return replace(row, item=row.item and replace(row.item, code=None), unit=unit)


@pytest.mark.parametrize("version", VERSIONS)
def test_an_invoice_comes_back_as_far_as_the_version_holds_it(version: str) -> None:
    @MANY
    @given(some.invoices(rates(version)))
    def check(invoice: Invoice) -> None:
        back, _ = from_bp(round_trip(invoice, version))
        assert back == held_by(version, invoice)

    check()


@pytest.mark.parametrize("version", VERSIONS)
def test_with_the_last_version_a_round_trip_loses_nothing(version: str) -> None:
    @FEW
    @given(some.invoices(rates(version)))
    def check(invoice: Invoice) -> None:
        back, _ = from_bp(round_trip(invoice, version), invoice)
        assert back == told(invoice)

    check()


@pytest.mark.parametrize("version", VERSIONS)
def test_a_counterparty_comes_back_as_far_as_the_version_holds_it(version: str) -> None:
    @FEW
    @given(some.counterparties)
    def check(card: Counterparty) -> None:
        text = writer(COUNTERPARTY, bp(version))(counterparty_towards_bp(card, bp(version)))
        assert official_faults(version, text) == []
        parsed = element(namespace(version), text)
        assert schema(bp(version)).validate(parsed)
        back = counterparty_from_bp(reader(COUNTERPARTY, bp(version))(parsed))
        account = card.account
        if account and account.bic is None and not since(version, "1.6"):
            account = replace(account, bank=None)
        assert back == replace(card, client=None, account=account)

    check()


@pytest.fixture(scope="module")
def crm_schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(str(schema_path(CRM_DIALECT, "Message.xsd"))))


@settings(MANY, max_examples=60)
@given(invoice=some.invoices(some.OLD_RATES + some.NEW_RATES))
def test_the_crm_format_holds_every_invoice_whole(
    crm_schema: etree.XMLSchema, invoice: Invoice
) -> None:
    text = writer(INVOICE, CRM_DIALECT)(invoice)
    assert crm_schema.validate(etree.fromstring(message(CRM, text)))
    assert reader(INVOICE, CRM_DIALECT)(element(CRM, text)) == invoice
    assert reader(INVOICE, CRM_DIALECT, judged=True)(element(CRM, text)) == invoice


@settings(MANY, max_examples=60)
@given(card=some.counterparties)
def test_the_crm_format_holds_every_counterparty_whole(
    crm_schema: etree.XMLSchema, card: Counterparty
) -> None:
    text = writer(COUNTERPARTY, CRM_DIALECT)(card)
    assert crm_schema.validate(etree.fromstring(message(CRM, text)))
    assert reader(COUNTERPARTY, CRM_DIALECT)(element(CRM, text)) == card
    assert reader(COUNTERPARTY, CRM_DIALECT, judged=True)(element(CRM, text)) == card


# -- what comes back through BP's hands ------------------------------------------------------------

KEY = DocKey(
    "b0000000-0000-0000-0000-000000000001",
    datetime(2026, 2, 11, 10),
    "СЧ-1",
    Organisation(None, "Продавец", "9988001015", None, "ЮридическоеЛицо"),
)
BUYER = Party(None, "Покупатель", None, "9988002026", None, "ЮридическоеЛицо")
TABLE = Item("b0000000-0000-0000-0000-000000000031", "Стол", "00-120", "СТ-1")
LAMP = Item("b0000000-0000-0000-0000-000000000032", "Лампа", None, None)
PIECES = Unit("796", "шт")


def goods(line: int, item: Item, quantity: str, price: str, **more: str) -> Row:
    count, each = Decimal(quantity), Decimal(price)
    return Row(
        line,
        item,
        unit=PIECES,
        quantity=count,
        price=each,
        sum=count * each,
        vat="НДС20",
        **more,  # type: ignore[arg-type]
    )


def invoice(*rows: Row, services: tuple[Row, ...] = (), **fields: object) -> Invoice:
    total = sum((row.sum or Decimal(0) for row in (*rows, *services)), Decimal(0))
    return Invoice(
        KEY,
        BUYER,
        Currency("643", "руб."),
        total,
        goods=rows,
        services=services,
        **fields,  # type: ignore[arg-type]
    )


LAST = invoice(
    goods(1, TABLE, "2", "100", characteristic="белый"),
    goods(2, LAMP, "1", "50", characteristic="чёрная"),
    pay_by=datetime(2026, 3, 1, 18, 30),
    may_ship=True,
    address="Склад 2",
    comment="Позвонить",
    vat_included=True,
)


def test_what_bp_leaves_out_comes_from_the_last_version() -> None:
    """BP sends no ЭтапыОплаты, no Характеристика and no marks (MAPPING §4)."""
    sent = replace(
        LAST,
        pay_by=None,
        may_ship=None,
        address=None,
        goods=tuple(replace(row, characteristic=None) for row in LAST.goods),
    )
    back, problems = from_bp(sent, LAST)
    assert (back, problems) == (LAST, [])


def test_what_bp_changed_stands() -> None:
    sent = replace(
        LAST,
        comment="Не звонить",
        address="Склад 3",
        total=Decimal("300.00"),
        goods=(goods(1, TABLE, "2", "125"), goods(2, LAMP, "1", "50")),
    )
    back, problems = from_bp(sent, LAST)
    assert (back.comment, back.address, back.total) == ("Не звонить", "Склад 3", Decimal(300))
    assert [row.price for row in back.goods] == [Decimal(125), Decimal(50)]
    assert problems == []


def test_another_day_of_payment_stands_and_the_same_day_keeps_its_time() -> None:
    other = datetime(2026, 3, 5)
    assert from_bp(replace(LAST, pay_by=other), LAST)[0].pay_by == other
    same = datetime(2026, 3, 1)
    assert from_bp(replace(LAST, pay_by=same), LAST)[0].pay_by == datetime(2026, 3, 1, 18, 30)


def test_the_day_of_a_contract_keeps_its_time_too() -> None:
    """EnterpriseData holds a day; SPEC §3: with the last version a round trip loses nothing."""
    contract = Contract(None, "Поставка", "17-М", datetime(2025, 11, 20, 16, 45))
    last = replace(LAST, contract=contract)
    back, _ = from_bp(round_trip(last, "1.19"), last)
    assert back.contract == contract


def test_a_text_that_was_cut_towards_bp_comes_back_whole() -> None:
    """SPEC §3: АдресДоставки and Содержание are cut; with the last version nothing is lost."""
    service = Row(
        1,
        LAMP,
        content="с" * 1001,
        quantity=Decimal(1),
        price=Decimal(5),
        sum=Decimal(5),
        vat="БезНДС",
    )
    last = replace(invoice(services=(service,)), address="а" * 251, vat_included=True)
    made, _ = towards_bp(last, bp("1.19"))
    parsed = element(namespace("1.19"), writer(INVOICE, bp("1.19"))(made))
    back, _ = from_bp(reader(INVOICE, bp("1.19"))(parsed), last)
    assert (back.address, back.services[0].content) == ("а" * 251, "с" * 1001)


def test_rows_are_matched_by_item_when_bp_put_them_in_another_order() -> None:
    first, second = LAST.goods
    sent = replace(
        LAST,
        goods=(
            replace(second, line=1, characteristic=None),
            replace(first, line=2, characteristic=None),
        ),
    )
    back, _ = from_bp(sent, LAST)
    assert [(row.item, row.characteristic) for row in back.goods] == [
        (LAMP, "чёрная"),
        (TABLE, "белый"),
    ]


def test_rows_of_one_item_are_matched_by_number() -> None:
    last = invoice(
        goods(1, TABLE, "2", "100", characteristic="белый"),
        goods(2, TABLE, "2", "100", characteristic="чёрный"),
        vat_included=True,
    )
    sent = replace(last, goods=tuple(replace(row, characteristic=None) for row in last.goods[::-1]))
    back, _ = from_bp(sent, last)
    assert {row.line: row.characteristic for row in back.goods} == {1: "белый", 2: "чёрный"}


def test_a_row_that_bp_moved_to_services_goes_back_to_the_goods() -> None:
    """BP regroups rows by the item's own flag (BP.md); the CRM's places stand."""
    last = invoice(goods(1, TABLE, "2", "100"), goods(2, LAMP, "1", "50"), vat_included=True)
    moved = replace(last.goods[1], line=1, unit=None)
    back, _ = from_bp(replace(last, goods=last.goods[:1], services=(moved,)), last)
    assert back.services == ()
    assert [(row.item, row.unit, row.sum) for row in back.goods] == [
        (TABLE, PIECES, Decimal(200)),
        (LAMP, PIECES, Decimal(50)),
    ]
    assert len({row.line for row in back.goods}) == 2


def test_a_row_that_bp_added_stands_as_it_is() -> None:
    new = goods(3, Item(None, "Стул", None, None), "4", "10")
    sent = replace(LAST, goods=(*LAST.goods, new), total=Decimal(290))
    back, problems = from_bp(sent, LAST)
    assert (back.goods[2], problems) == (new, [])


def test_a_second_row_of_an_item_does_not_take_what_belongs_to_the_first() -> None:
    bare = replace(LAST.goods[0], characteristic=None)
    sent = replace(LAST, goods=(bare, replace(bare, line=3), LAST.goods[1]))
    back, _ = from_bp(sent, LAST)
    assert [row.characteristic for row in back.goods] == ["белый", None, "чёрная"]


def test_the_unit_of_the_item_stands_where_bp_sent_it() -> None:
    sent = replace(LAST, goods=(replace(LAST.goods[0], unit=Unit("778", "упак")), LAST.goods[1]))
    assert from_bp(sent, LAST)[0].goods[0].unit == Unit("778", "упак")


def test_the_crms_own_reference_and_item_codes_are_kept() -> None:
    key = replace(KEY, ref="b0000000-0000-0000-0000-0000000000ff")
    sent = replace(LAST, key=key, goods=(replace(LAST.goods[0], item=replace(TABLE, code=None)),))
    back, _ = from_bp(sent, LAST)
    assert (back.key.ref, back.goods[0].item) == (KEY.ref, TABLE)


def test_returnable_tare_is_left_out_and_outside_the_sum() -> None:
    tare = replace(goods(3, Item(None, "Поддон", None, None), "2", "500"), stock="ВозвратнаяТара")
    back, problems = from_bp(replace(LAST, goods=(*LAST.goods, tare)), LAST)
    assert (len(back.goods), back.total, problems) == (2, Decimal(250), [])


def test_an_absent_sum_is_that_of_the_rows_with_vat_on_top() -> None:
    sent = invoice(goods(1, TABLE, "2", "100"), goods(2, LAMP, "1", "50"), vat_included=False)
    back, _ = from_bp(replace(sent, total=None))
    assert back.total == Decimal("300.00")  # 250 and 20 % of it


def test_vat_that_is_not_said_to_be_included_is_not() -> None:
    """Absent reads as false in 1C (MAPPING §1)."""
    assert from_bp(replace(LAST, vat_included=None, total=None))[0].total == Decimal("300.00")


def test_another_sum_than_that_of_the_rows_is_a_discount_and_only_warns() -> None:
    back, problems = from_bp(replace(LAST, total=Decimal(240)), LAST)
    assert back.total == Decimal(240)
    assert [(problem.kind.id, problem.holds) for problem in problems] == [("DISCOUNT", False)]


def test_an_invoice_with_a_permission_keeps_it_without_a_last_version() -> None:
    for permission in (True, False):
        back, _ = from_bp(round_trip(replace(LAST, may_ship=permission), "1.8"))
        assert (back.may_ship, back.comment) == (permission, "Позвонить")


@pytest.mark.parametrize(
    ("sent", "comment"),
    [
        ("Позвонить\n[CRM: отгрузка разрешена]", "Позвонить"),
        ("Позвонить [CRM: отгрузка разрешена]", "Позвонить"),  # 1C made a blank of the line break
        ("Позвонить\n[CRM: отгрузка разрешена]\nПозвонил", "Позвонить\nПозвонил"),
        ("Позвонить\n[CRM: отгрузка разрешена] и ещё", "Позвонить и ещё"),
        ("Не звонить", "Не звонить"),
        ("[CRM: отгрузка разрешена]", None),  # the accountant cleared it
    ],
)
def test_the_mark_is_taken_off_and_what_the_accountant_wrote_around_it_stands(
    sent: str, comment: str | None
) -> None:
    assert from_bp(replace(LAST, comment=sent), LAST)[0].comment == comment


@given(st.sampled_from(VERSIONS), st.sampled_from(["643", "840", "398"]))
def test_a_currency_without_a_name_keeps_none(version: str, code: str) -> None:
    last = replace(LAST, currency=Currency(code, None))
    assert from_bp(round_trip(last, version), last)[0].currency == Currency(code, None)


def test_a_bank_without_bic_is_not_lost_in_the_versions_that_cannot_hold_it() -> None:
    account = Account("40702810800000004101", None, "Банк")
    last = replace(LAST, account=account)
    for version in ("1.3", "1.5", "1.6", "1.22"):
        assert from_bp(round_trip(last, version), last)[0].account == account
