"""BP's payments and shipments as the CRM's trade operations, in every version (MAPPING §3)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from converter.formats import CRM as CRM_DIALECT
from converter.formats import bp
from converter.formats.schemas import schema
from converter.mapping.links import Links, find_links
from converter.mapping.operation import BY_ELEMENT, TRADE_OPERATION
from converter.mapping.reading import reader
from converter.mapping.rows import too_long
from converter.mapping.trade import trade_operation, whole_sum
from converter.mapping.writing import writer
from converter.objects import (
    BookOperation,
    Contract,
    Currency,
    DocKey,
    Item,
    Organisation,
    Party,
    Person,
    Row,
    Share,
    TradeOperation,
    Unit,
)
from converter.problems import Problem
from converter.problems import catalogue as say
from tests.mapping.book import (
    BANK_IN,
    BANK_OUT,
    BUYER,
    CARD,
    CASH_IN,
    CASH_OUT,
    CONTRACT,
    CRM,
    INVOICE,
    KINDS,
    OPERATION,
    OTHER_OPERATION,
    PAYMENTS,
    RETURN,
    SELLER,
    SHIPMENT,
    TABLE,
    USER,
    VERSIONS,
    Book,
    element,
    guid,
    invoice_key,
    key,
    official_faults,
)
from tests.mapping.known import INVOICE_KEY, Known, facts

CONTRACT_READ = Contract(CONTRACT, "Поставка", "17-М", datetime(2025, 11, 20))
BUYER_READ = Party(
    BUYER, "Пример-Строй ООО", "ООО «Пример-Строй»", "9988002026", "998801002", "ЮридическоеЛицо"
)
BOOK = Book("1.19")
BEFORE_1_4, UNTIL_1_12 = "1.3", VERSIONS[: VERSIONS.index("1.15")]


def parse(book: Book, text: str) -> BookOperation:
    """A document of BP's, valid by the official schema, as a record."""
    assert official_faults(book.version, text) == []
    parsed = book.element(text)
    name = text[1 : text.index(">")]
    read = reader(BY_ELEMENT[name].table, bp(book.version))(parsed)
    assert isinstance(read, BookOperation)
    return read


def convert(
    book: Book, text: str, known: Known | None = None
) -> tuple[TradeOperation | None, list[Problem]]:
    """The trade operation that comes out of a document, and the problems on the way."""
    kind = BY_ELEMENT[text[1 : text.index(">")]]
    operation = parse(book, text)
    links = find_links(operation, kind, known or Known([facts()]))
    made, problems = trade_operation(operation, kind, links)
    if made is not None:
        written = element(CRM, writer(TRADE_OPERATION, CRM_DIALECT)(made))
        assert schema(CRM_DIALECT).validate(written)
        assert reader(TRADE_OPERATION, CRM_DIALECT)(written) == replace(
            made,
            goods=tuple(replace(row, order=None) for row in made.goods),
            services=tuple(replace(row, order=None) for row in made.services),
        )
    return made, problems


def passed(book: Book, text: str, known: Known | None = None) -> TradeOperation:
    """The trade operation of a document that nothing is wrong with."""
    made, problems = convert(book, text, known)
    assert problems == []
    assert made is not None
    return made


def full(book: Book, name: str) -> str:
    """A document of a kind with every field that the CRM gets."""
    said: dict[str, Any] = {"comment": "Комментарий", "responsible": "Бухгалтер"}
    contract = book.contract()
    goods = book.goods_row() + book.goods_row(
        2, quantity="1", price="50.5", sum="50.50", vat=None, vat_sum=None
    )
    if name == SHIPMENT:
        services = book.service_row(item=book.item(guid(33), "Доставка", None, None))
        return book.shipment(
            total="750.50",
            order=invoice_key(),
            goods=goods,
            services=services,
            contract=contract,
            **said,
        )
    if name == RETURN:
        return book.give_back(
            total="250.50",
            order=invoice_key(),
            goods=goods,
            incoming=("ВХ-7", "2026-02-10"),
            contract=contract,
            **said,
        )
    settlement = book.settlement(contract, book.currency(name="ВалютаВзаиморасчетов"), "1", "1")
    row = book.payment_row("150.25", invoice_key(), "150.25", "25.04", settlement)
    if name == CARD:
        return book.card(row, total="150.25", **said)
    return book.payment(
        name,
        row,
        total="150.25",
        incoming=("ВХ-7", "2026-02-10"),
        order=("П-9", "2026-02-09T11:00:00"),
        purpose="За мебель",
        basis="По счету",
        **said,
    )


def expected(version: str, name: str) -> TradeOperation:
    """What the CRM gets of `full`, literally."""
    unit = Unit("796", None if version == BEFORE_1_4 else "шт")
    item = Item(TABLE, "Стол", "00-0000120", "СТ-1")
    rows = (
        Row(
            1,
            item,
            None,
            None,
            unit,
            Decimal(2),
            Decimal(100),
            Decimal(200),
            "НДС20",
            Decimal("33.33"),
        ),
        Row(2, item, None, None, unit, Decimal(1), Decimal("50.5"), Decimal("50.5")),
    )
    service = Row(
        1,
        Item(guid(33), "Доставка", None, None),
        None,
        "Доставка",
        None,
        Decimal(1),
        Decimal(500),
        Decimal(500),
        "БезНДС",
    )
    total = {SHIPMENT: "750.5", RETURN: "250.5"}.get(name, "150.25")
    vat = "33.33" if name in (SHIPMENT, RETURN) else "25.04"
    number, date = {
        RETURN: ("ВХ-7", datetime(2026, 2, 10)),
        BANK_IN: ("ВХ-7", datetime(2026, 2, 10)),
        BANK_OUT: ("ВХ-7", datetime(2026, 2, 10))
        if version in UNTIL_1_12
        else ("П-9", datetime(2026, 2, 9, 11)),
    }.get(name, (None, None))
    return TradeOperation(
        key=DocKey(
            OPERATION,
            datetime(2026, 2, 12, 12),
            "БП-1",
            Organisation(
                SELLER, "Выдуманная мебель ООО", "9988001015", "998801001", "ЮридическоеЛицо"
            ),
        ),
        kind=KINDS[name],
        party=BUYER_READ,
        contract=CONTRACT_READ,
        currency=Currency("643", "руб."),
        total=Decimal(total),
        statement_date=datetime(2026, 2, 13) if name in (BANK_IN, BANK_OUT) else None,
        incoming_number=number,
        incoming_date=date,
        purpose={
            BANK_IN: "За мебель",
            BANK_OUT: "За мебель",
            CASH_IN: "По счету",
            CASH_OUT: "За мебель",
        }.get(name),
        responsible=Person(USER, "Бухгалтер"),
        comment="Комментарий",
        shares=(Share(INVOICE_KEY, None, Decimal(total), Decimal(vat)),),
        goods=rows if name in (SHIPMENT, RETURN) else (),
        services=(service,) if name == SHIPMENT else (),
    )


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("version", VERSIONS)
def test_every_field_of_an_operation_comes_out(version: str, name: str) -> None:
    book = Book(version)
    assert passed(book, full(book, name)) == expected(version, name)


# -- places that differ -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", PAYMENTS)
def test_in_1_11_the_common_properties_win_over_the_old_place(name: str) -> None:
    text = Book("1.11").payment(
        name, comment="новый", responsible="Новый", own_comment="старый", own_responsible="Старый"
    )
    made = passed(Book("1.11"), text)
    assert (made.comment, made.responsible) == ("новый", Person(USER, "Новый"))


@pytest.mark.parametrize("name", PAYMENTS)
def test_in_1_11_the_old_place_stands_where_the_common_properties_say_nothing(name: str) -> None:
    text = Book("1.11").payment(name, own_comment="старый", own_responsible="Старый")
    made = passed(Book("1.11"), text)
    assert (made.comment, made.responsible) == ("старый", Person(USER, "Старый"))


@pytest.mark.parametrize("name", [SHIPMENT, RETURN, CASH_IN, CASH_OUT, CARD])
def test_these_kinds_have_no_statement_date(name: str) -> None:
    assert passed(Book("1.19"), full(Book("1.19"), name)).statement_date is None


@pytest.mark.parametrize("empty", ["0001-01-01", "0001-01-01T00:00:00"])
def test_1cs_empty_date_is_none(empty: str) -> None:
    text = BOOK.payment(BANK_IN, incoming=("7", "2026-02-12")).replace(
        "<ДатаВыписки>2026-02-13<", f"<ДатаВыписки>{empty[:10]}<"
    )
    dated = "<ДатаВходящегоДокумента>2026-02-12<"
    assert dated in text
    made = passed(BOOK, text.replace(dated, f"<ДатаВходящегоДокумента>{empty[:10]}<"))
    assert (made.statement_date, made.incoming_number, made.incoming_date) == (None, "7", None)
    refund = BOOK.payment(BANK_OUT, order=("П-9", empty if "T" in empty else f"{empty}T00:00:00"))
    assert passed(BOOK, refund).incoming_date is None
    contract = BOOK.contract().replace("<Дата>2025-11-20<", f"<Дата>{empty[:10]}<")
    sold = passed(BOOK, BOOK.shipment(order=invoice_key(), contract=contract))
    assert sold.contract == replace(CONTRACT_READ, date=None)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_refunds_incoming_number_is_that_of_its_payment_order_where_it_has_no_other(
    version: str,
) -> None:
    text = Book(version).payment(BANK_OUT, order=("П-9", "2026-02-09T11:00:00"))
    made = passed(Book(version), text)
    assert (made.incoming_number, made.incoming_date) == ("П-9", datetime(2026, 2, 9, 11))


@pytest.mark.parametrize(
    ("purpose", "basis", "said"),
    [
        ("за", "по", "за"),
        (None, "по", "по"),
        ("за", None, "за"),
        (None, None, None),
        ("", "по", "по"),
    ],
)
def test_a_cash_refund_says_its_purpose_else_its_basis(
    purpose: str | None, basis: str | None, said: str | None
) -> None:
    text = Book("1.8").payment(CASH_OUT, purpose=purpose, basis=basis)
    assert passed(Book("1.8"), text).purpose == said


@pytest.mark.parametrize("version", VERSIONS)
def test_a_document_says_its_state_since_1_15(version: str) -> None:
    book = Book(version)
    for name in KINDS:
        text = book.operation(name, invoice_key())
        tail = book.common(state="Черновик")
        operation = parse(book, text.replace(f"</{name}>", f"{tail}</{name}>"))
        assert operation.state == ("Черновик" if book.since("1.15") else None)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_card_operation_says_its_kind_in_every_version(version: str) -> None:
    """In the document in 1.3, in its key since 1.4: a refund must not count as paid."""
    kind = "ВозвратОплатыКлиентуНаПлатежнуюКарту"
    assert parse(Book(version), Book(version).card(kind=kind)).card_kind == kind


# -- what the CRM needs and EnterpriseData may lack ---------------------------------------------------


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", [SHIPMENT, RETURN])
def test_rows_are_completed_by_number_price_and_sum(version: str, name: str) -> None:
    book = Book(version)
    goods = (
        book.goods_row(None, quantity="3", price=None, sum="100", vat_sum=None)
        + book.goods_row(None, quantity="1.5", price="33.33", sum=None, vat_sum=None)
        + book.goods_row(7, quantity="0", price=None, sum="5", vat=None, vat_sum=None)
    )
    build = book.shipment if name == SHIPMENT else book.give_back
    made = passed(book, build(total="155", order=invoice_key(), goods=goods))
    assert [(row.line, row.quantity, row.price, row.sum) for row in made.goods] == [
        (1, Decimal(3), Decimal("33.33"), Decimal(100)),
        (2, Decimal("1.5"), Decimal("33.33"), Decimal("50.00")),  # 49.995, half up
        (7, Decimal(0), None, Decimal(5)),
    ]


@pytest.mark.parametrize("version", VERSIONS)
def test_a_service_without_an_item_is_called_by_its_content(version: str) -> None:
    book = Book(version)
    text = book.shipment(order=invoice_key(), services=book.service_row(content="Сборка"))
    made = passed(book, text)
    assert [(row.item, row.content) for row in made.services] == [
        (Item(None, "Сборка", None, None), "Сборка")
    ]


@pytest.mark.parametrize("version", [v for v in VERSIONS if v != "1.3"])
def test_a_unit_without_a_code_gets_the_one_of_its_name(version: str) -> None:
    book = Book(version)
    goods = book.goods_row(unit=book.unit(None, "кг"))
    made = passed(book, book.shipment(order=invoice_key(), goods=goods))
    assert made.goods[0].unit == Unit("166", "кг")


@pytest.mark.parametrize("version", [v for v in VERSIONS if v != "1.3"])
def test_a_unit_of_an_unknown_name_has_it_as_its_code(version: str) -> None:
    book = Book(version)
    goods = book.goods_row(unit=book.unit(None, "ящик"))
    made, problems = convert(book, book.shipment(order=invoice_key(), goods=goods))
    assert made is not None
    assert made.goods[0].unit == Unit("ящик", "ящик")
    assert [(p.kind.id, p.where.field) for p in problems] == [
        ("UNIT_BY_NAME", "Товары/Строка[1]/ЕдиницаИзмерения")
    ]


@pytest.mark.parametrize("version", VERSIONS)
def test_a_bank_receipt_without_a_counterparty_has_the_invoices(version: str) -> None:
    made = passed(Book(version), Book(version).payment(BANK_IN, buyer=""))
    assert made.party == BUYER_READ


def test_an_operation_without_any_counterparty_is_held() -> None:
    known = Known([facts(party=None)])
    made, problems = convert(Book("1.19"), Book("1.19").payment(BANK_IN, buyer=""), known)
    assert made is None
    assert [(p.kind.id, p.holds) for p in problems] == [("PARTY_UNKNOWN", True)]


@pytest.mark.parametrize("name", KINDS)
def test_an_operation_without_a_reference_is_held(name: str) -> None:
    book = Book("1.19")
    made, problems = convert(book, book.operation(name, invoice_key(), ref=None))
    assert made is None
    assert [(p.kind.id, p.where.field) for p in problems] == [
        ("FIELD_MISSING", "КлючевыеСвойства/Ссылка")
    ]


@pytest.mark.parametrize("version", ["1.7", "1.19", "1.22"])
@pytest.mark.parametrize(
    ("title", "code"), [("руб.", "643"), ("USD", "840"), ("EUR", "978"), ("CNY", "156")]
)
def test_a_currency_without_a_code_gets_the_one_of_its_name(
    version: str, title: str, code: str
) -> None:
    book = Book(version)
    text = book.shipment(
        order=invoice_key(), goods=book.goods_row(), currency=book.currency(None, title)
    )
    known = Known([facts(currency=code)])
    assert passed(book, text, known).currency == Currency(code, title)


def test_a_currency_of_an_unknown_name_holds_the_operation() -> None:
    book = Book("1.19")
    text = book.shipment(
        order=invoice_key(), goods=book.goods_row(), currency=book.currency(None, "кредит")
    )
    made, problems = convert(book, text)
    assert made is None
    assert [(p.kind.id, p.holds) for p in problems] == [("CURRENCY_UNKNOWN", True)]


@pytest.mark.parametrize("version", ["1.7", "1.22"])
def test_a_payment_in_a_currency_known_by_name_counts_in_the_invoices(version: str) -> None:
    """MAPPING §3: Код absent (1.7+) → by Наименование from the table."""
    book = Book(version)
    made = passed(book, book.payment(currency=book.currency(None, "руб.")))
    assert (made.currency, made.shares[0].sum) == (Currency("643", "руб."), Decimal(150))


@pytest.mark.parametrize("included", ["true", "false", None])
@pytest.mark.parametrize("version", VERSIONS)
def test_an_absent_sum_is_that_of_the_rows(version: str, included: str | None) -> None:
    book = Book(version)
    text = book.shipment(
        total=None,
        included=included,
        order=invoice_key(),
        goods=book.goods_row(),
        services=book.service_row(vat="НДС20", vat_sum="83.33"),
    )
    made = passed(book, text)
    assert made.total == (Decimal(700) if included == "true" else Decimal("816.66"))
    assert made.shares[0].sum == made.total


@pytest.mark.parametrize("name", [SHIPMENT, RETURN])
def test_a_row_whose_sum_is_absent_counts_by_price_and_quantity(name: str) -> None:
    """MAPPING §3: Сумма absent → Цена × Количество; the document's, absent → Σ rows' Сумма."""
    book = Book("1.19")
    goods = book.goods_row(sum=None)
    build = book.shipment if name == SHIPMENT else book.give_back
    made = passed(book, build(total=None, order=invoice_key(), goods=goods))
    assert made.goods[0].sum == Decimal(200)
    assert (made.total, made.shares[0].sum) == (Decimal(200), Decimal(200))


def test_the_documents_own_sum_stands_although_its_rows_say_more() -> None:
    book = Book("1.19")
    made = passed(book, book.shipment(total="180", order=invoice_key(), goods=book.goods_row()))
    assert (made.total, made.shares[0].sum) == (Decimal(180), Decimal(180))


def test_a_rate_that_the_crm_cannot_say_is_left_out_with_a_warning() -> None:
    book = Book("1.16")
    made, problems = convert(
        book, book.shipment(order=invoice_key(), goods=book.goods_row(vat="НДС4"))
    )
    assert made is not None
    assert (made.goods[0].vat, made.goods[0].vat_sum) == (None, Decimal("33.33"))
    assert [(p.kind.id, p.where.field) for p in problems] == [
        ("VAT_UNKNOWN", "Товары/Строка[1]/СтавкаНДС")
    ]


def test_the_contract_of_a_payment_is_that_of_the_first_row_that_counts() -> None:
    """MAPPING §3: payments: of the first row that counts."""
    book = Book("1.19")
    foreign = book.settlement(book.contract(guid(70), "чужой"))
    ours = book.settlement(book.contract())
    rows = book.payment_row("50", key(guid(71), "БП-9"), settlement=foreign)
    rows += book.payment_row("100", invoice_key(), settlement=ours)
    made = passed(book, book.payment(rows=rows, total="150"))
    assert made.contract == CONTRACT_READ


def test_a_contract_that_says_nothing_is_left_out() -> None:
    book = Book("1.19")
    empty = book.contract(None, None).replace("<Наименование>Поставка</Наименование>", "")
    row = book.payment_row("150", invoice_key(), settlement=book.settlement(empty))
    assert passed(book, book.payment(rows=row)).contract is None


@pytest.mark.parametrize("name", ["", " ", "<Не указан>"])
def test_a_user_that_bp_does_not_name_is_none(name: str) -> None:
    """SPEC §2: only what the mapping needs and does not find holds an object."""
    assert passed(BOOK, BOOK.payment(responsible=name)).responsible is None


def test_every_problem_of_an_operation_is_told_whole_and_holds_it() -> None:
    kind = BY_ELEMENT[SHIPMENT]
    operation = BookOperation(
        DocKey(None, datetime(2026, 2, 12), "БП-1", INVOICE_KEY.organisation),
        Currency(None, "кредит"),
    )
    item, one = Item(None, "Гвозди", None, None), Decimal(1)
    goods = (Row(4, item, unit=Unit(None, "ящик"), quantity=one),)
    service = Row(None, item, quantity=one, vat="НДС4")
    links = Links((), (facts(party=None),), goods, (service,))
    expected = [
        say.FIELD_MISSING("КлючевыеСвойства/Ссылка"),
        say.CURRENCY_UNKNOWN("Валюта", value="кредит"),
        say.PARTY_UNKNOWN("Контрагент"),
        say.UNIT_BY_NAME("Товары/Строка[4]/ЕдиницаИзмерения", value="ящик"),
        say.VAT_UNKNOWN("Услуги/Строка[1]/СтавкаНДС", value="НДС4"),
    ]
    assert trade_operation(operation, kind, links) == (None, expected)
    said = replace(operation, key=INVOICE_KEY, currency=Currency("643", None), party=BUYER_READ)
    made, problems = trade_operation(said, kind, links)
    assert made is not None and problems == expected[3:]
    stopped = replace(links, problem=say.CURRENCY_DIFFERS("Валюта", settled="643", owed="840"))
    assert trade_operation(said, kind, stopped) == (None, [stopped.problem, *expected[3:]])
    bare = replace(links, services=(Row(None, vat="НДС4"),))
    lacking = [
        say.FIELD_MISSING(f"Услуги/Строка[1]/{name}") for name in ("Номенклатура", "Количество")
    ]
    assert trade_operation(said, kind, bare) == (None, [*expected[3:], *lacking])


@pytest.mark.parametrize(
    ("value", "step", "expected"),
    [
        (None, "0.01", None),
        ("0.01", "0.01", None),
        ("-0.010", "0.01", None),
        ("0.001", "0.01", "15,2"),
        ("-33.333", "0.01", "15,2"),
        ("0.001", "0.001", None),
        ("0.0001", "0.001", "15,3"),
        ("9999999999999.99", "0.01", None),
        ("10000000000000.01", "0.01", "15,2"),
        ("999999999999999", "0.01", None),
        ("1000000000000000", "0.01", "15,2"),
        ("999999999999.999", "0.001", None),
        ("-1000000000000.001", "0.001", "15,3"),
    ],
)
def test_numbers_that_the_crm_has_no_room_for(
    value: str | None, step: str, expected: str | None
) -> None:
    number = None if value is None else Decimal(value)
    told = [say.DIGITS_TOO_MANY("Сумма", value=number, expected=expected)] if expected else []
    assert list(too_long(number, "Сумма", Decimal(step))) == told


def test_an_operation_of_which_nothing_is_said_but_its_invoice() -> None:
    """Whom it is with is known from the first invoice that says so; its sum is nothing."""
    other = replace(BUYER_READ, ref=guid(62))
    known = (facts(party=None), facts(party=BUYER_READ), facts(party=other))
    share = Share(INVOICE_KEY, None, Decimal(5), None)
    contract = Contract(guid(63), None, None, None)
    links = Links((share,), known, (), (), contract=contract)
    operation = BookOperation(INVOICE_KEY, Currency(None, "USD"), contract=CONTRACT_READ)
    made, problems = trade_operation(operation, BY_ELEMENT[CASH_IN], links)
    assert problems == []
    assert made == TradeOperation(
        INVOICE_KEY, "ПриходныйКассовыйОрдер", BUYER_READ, contract, Currency("840", "USD"),
        Decimal(0), None, None, None, None, None, None, (share,), (), (),
    )  # fmt: skip


def test_rows_add_up_by_what_they_say() -> None:
    """VAT stands on top unless it is said to be inside."""
    rows = (
        Row(1, sum=Decimal(100), vat="НДС20"),
        Row(2, quantity=Decimal(2), price=Decimal(5), vat="НДС10", vat_sum=Decimal(3)),
        Row(3, vat="НДС20"),
    )
    operation = BookOperation(INVOICE_KEY, Currency("643", None), goods=rows[:1], services=rows[1:])
    for included, total in ((True, "110"), (False, "133"), (None, "133")):
        assert whole_sum(replace(operation, vat_included=included)) == Decimal(total)
    assert whole_sum(replace(operation, total=Decimal(7))) == Decimal(7)


# -- which fields belong to which kind -----------------------------------------------------------------


@pytest.mark.parametrize("version", ["1.18", "1.19", "1.22"])
def test_rows_of_goods_name_their_invoice_since_1_18(version: str) -> None:
    book = Book(version)
    goods = book.goods_row(after=f"<Заказ>{invoice_key()}</Заказ>")
    made = passed(book, book.shipment(goods=goods))
    assert [share.invoice.ref for share in made.shares] == [INVOICE]


@pytest.mark.parametrize("version", ["1.19", "1.20", "1.21", "1.22"])
def test_rows_of_services_name_their_invoice_since_1_19(version: str) -> None:
    book = Book(version)
    services = book.service_row(after=f"<Заказ>{invoice_key()}</Заказ>")
    made = passed(book, book.shipment(total="500", services=services))
    assert [(share.invoice.ref, share.sum) for share in made.shares] == [(INVOICE, Decimal(500))]


@pytest.mark.parametrize("version", VERSIONS)
def test_an_invoice_is_named_by_the_bill_too(version: str) -> None:
    book = Book(version)
    made = passed(book, book.shipment(bill=invoice_key(), goods=book.goods_row()))
    assert [share.invoice.ref for share in made.shares] == [INVOICE]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", PAYMENTS)
def test_a_payment_names_its_invoice_or_a_document_in_what_it_settles(
    version: str, name: str
) -> None:
    book = Book(version)
    operations = (
        "РеализацияТоваровУслуг",
        "ВозвратТоваровОтПокупателя",
        "ПБДСРасчетыСКонтрагентами",
        "СБДСРасчетыСКонтрагентами",
        "ПКОРасчетыСКонтрагентами",
        "РКОРасчетыСКонтрагентами",
    )
    known = Known([facts()], {OTHER_OPERATION: (facts(),)})
    settled = [f"<ЗаказКлиентаСсылка>{invoice_key()}</ЗаказКлиентаСсылка>"]
    settled += [f"<{o}Ссылка>{key(OTHER_OPERATION, 'Б-2')}</{o}Ссылка>" for o in operations]
    for inner in settled:
        rows = [book.payment_row(document=inner)]
        if book.since("1.18"):
            rows.append(book.payment_row(object=inner))
        for row in rows:
            made = passed(book, book.payment(name, row), known)
            assert [(s.invoice.ref, s.sum) for s in made.shares] == [(INVOICE, Decimal(150))]
