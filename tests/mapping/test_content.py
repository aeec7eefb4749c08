"""The marks of contents: what makes two versions of an object different ones (PROTOCOL R3, R4)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest
from msgspec.structs import replace

from converter.mapping.content import mark, marks, private, with_private
from converter.objects import (
    Account,
    Client,
    Contact,
    Contract,
    ContractCard,
    Counterparty,
    Currency,
    Interest,
    Invoice,
    Item,
    Person,
    Property,
    Row,
    Unit,
)
from tests.mapping.book import LAMP, TABLE, USER, guid
from tests.mapping.known import INVOICE_KEY, ORGANISATION, PARTY

ROW = Row(
    1,
    Item(TABLE, "Стол", "00-120", "СТ-1"),
    "белый",
    None,
    Unit("796", "шт"),
    Decimal(2),
    Decimal("100.50"),
    Decimal(201),
    "НДС20",
    Decimal("33.50"),
)
SERVICE = Row(
    1,
    Item(LAMP, "Доставка", None, None),
    content="До двери",
    quantity=Decimal(1),
    price=Decimal(500),
    sum=Decimal(500),
    vat="БезНДС",
)
INVOICE = Invoice(
    INVOICE_KEY,
    PARTY,
    Currency("643", "руб."),
    Decimal("701.00"),
    Interest(guid(80), "ИНТ-1", datetime(2026, 2, 1, 9), "Мебель"),
    Client(guid(81), "Иван Иванович"),
    Contract(guid(82), "Поставка", "17-М", datetime(2025, 11, 20)),
    Person(USER, "Менеджер"),
    Decimal(1),
    1,
    True,
    datetime(2026, 3, 1, 18, 30),
    True,
    Account("40702810800000004101", "049999871", "Банк"),
    "Склад 2",
    "Позвонить",
    (ROW,),
    (SERVICE,),
)
CARD = Counterparty(
    PARTY,
    Client(guid(81), "Иван Иванович"),
    "+7 900",
    "a@example.com",
    "Образцовск, 1",
    "Образцовск, 2",
    Account("40702810800000004101", "049999871", "Банк"),
    "Постоянный",
    (Contact("Факс", "495", None),),
)


def rows(*goods: Row, services: tuple[Row, ...] = (SERVICE,)) -> Invoice:
    return replace(INVOICE, goods=goods, services=services)


def row(**changed: object) -> Invoice:
    return rows(replace(ROW, **changed))


def test_a_mark_is_24_hexadecimal_digits() -> None:
    """Which is what the state keeps, millions of times."""
    assert [len(bytes.fromhex(each)) for each in marks(INVOICE)] == [12, 12]
    assert mark(INVOICE) == marks(INVOICE)[0]


def test_the_marks_that_lie_in_states_already_stay() -> None:
    """Others would make every object of a running exchange look changed."""
    assert marks(INVOICE) == ("0dd8f20e1fe3e46615f67d09", "93ff0c809cfe4e3476f4a50b")
    assert marks(CARD) == ("b95c2ebf155b2c97c3a1d04a", "b95c2ebf155b2c97c3a1d04a")


SAME = {
    "GUID in capitals": replace(INVOICE, key=replace(INVOICE_KEY, ref=guid(1).upper())),
    "blanks around a text": replace(INVOICE, comment=" Позвонить\n"),
    "another scale": replace(INVOICE, total=Decimal(701)),
    "no course": replace(INVOICE, rate=None, multiplicity=None),
    "a course of 1.0000": replace(INVOICE, rate=Decimal("1.0000")),
    "VAT not said to be included": replace(INVOICE, vat_included=None),
    "the rows' numbers": row(line=7),
    "VAT that follows from its rate": row(vat_sum=None),
    "returnable tare or not": row(stock="Товар"),
    "a service among the goods": rows(SERVICE, ROW, services=()),
    "properties and state": replace(
        INVOICE, properties=(Property("Своё", "а", None, True),), state="Актуальный"
    ),
}


@pytest.mark.parametrize("name", SAME)
def test_what_says_the_same_has_the_same_marks(name: str) -> None:
    assert marks(SAME[name]) == marks(INVOICE)


def test_an_empty_text_is_none() -> None:
    assert mark(replace(INVOICE, comment=" ")) == mark(replace(INVOICE, comment=None))


def test_a_number_with_an_exponent_is_what_it_stands_for() -> None:
    exponent, plain = Decimal("1E+3"), Decimal("1000.00")
    assert mark(replace(INVOICE, total=exponent)) == mark(replace(INVOICE, total=plain))
    assert mark(replace(INVOICE, total=exponent)) != mark(replace(INVOICE, total=Decimal(1)))


def test_the_order_of_rows_makes_no_difference_but_their_number_does() -> None:
    other = replace(ROW, quantity=Decimal(3))
    assert mark(rows(ROW, other)) == mark(rows(other, ROW))
    assert mark(rows(ROW, ROW)) != mark(rows(ROW))


OTHER = {
    "ref": replace(INVOICE, key=replace(INVOICE_KEY, ref=guid(2))),
    "date": replace(INVOICE, key=replace(INVOICE_KEY, date=datetime(2026, 2, 11, 10, 0, 1))),
    "number": replace(INVOICE, key=replace(INVOICE_KEY, number="СЧ-2")),
    "seller": replace(
        INVOICE, key=replace(INVOICE_KEY, organisation=replace(ORGANISATION, kpp="998802001"))
    ),
    "party": replace(INVOICE, party=replace(PARTY, full_name="ООО «Иное»")),
    "currency": replace(INVOICE, currency=Currency("840", "руб.")),
    "total": replace(INVOICE, total=Decimal("70.1")),
    "total of nothing": replace(INVOICE, total=Decimal("0.00")),
    "no total": replace(INVOICE, total=None),
    "contract": replace(INVOICE, contract=None),
    "contract's day": replace(
        INVOICE, contract=Contract(guid(82), "Поставка", "17-М", datetime(2025, 11, 21))
    ),
    "manager": replace(INVOICE, manager=Person(USER, "Иной")),
    "rate": replace(INVOICE, rate=Decimal(90)),
    "multiplicity": replace(INVOICE, multiplicity=100),
    "VAT on top": replace(INVOICE, vat_included=False),
    "pay_by": replace(INVOICE, pay_by=datetime(2026, 3, 1)),
    "no day to pay by": replace(INVOICE, pay_by=None),
    "account": replace(INVOICE, account=None),
    "address": replace(INVOICE, address="Склад 3"),
    "comment": replace(INVOICE, comment="Не звонить"),
    "a row's item": row(item=Item(LAMP, "Стол", "00-120", "СТ-1")),
    "a row without an item": row(item=None),
    "a row's characteristic": row(characteristic="чёрный"),
    "a row's unit": row(unit=Unit("778", "шт")),
    "a row's quantity": row(quantity=Decimal(20)),
    "a row's price": row(price=Decimal("100.05")),
    "a row's sum": row(sum=Decimal(210)),
    "a row's rate": row(vat="НДС10"),
    "a row's VAT": row(vat_sum=Decimal("33.51")),
    "a row's invoice": row(order=INVOICE_KEY),
    "a row's activity": row(activity="ОблагаетсяНДС"),
    "a service's content": rows(ROW, services=(replace(SERVICE, content="До подъезда"),)),
    "no goods": rows(),
    "no services": rows(ROW, services=()),
}


def test_what_both_sides_share_makes_marks_of_its_own() -> None:
    """Each differs from the invoice, and from every other one."""
    found = {name: marks(changed) for name, changed in OTHER.items()}
    found["itself"] = marks(INVOICE)
    assert len({shared for shared, _ in found.values()}) == len(found)
    assert len({full for _, full in found.values()}) == len(found)


OWN = {
    "interest": replace(INVOICE, interest=None),
    "interest's subject": replace(
        INVOICE, interest=Interest(guid(80), "ИНТ-1", datetime(2026, 2, 1, 9), "Офис")
    ),
    "permission": replace(INVOICE, may_ship=False),
    "no permission": replace(INVOICE, may_ship=None),
}


def test_what_the_crm_alone_knows_is_only_in_the_mark_of_all_that_bp_is_told() -> None:
    found = {name: marks(changed) for name, changed in OWN.items()}
    found["itself"] = marks(INVOICE)
    assert {shared for shared, _ in found.values()} == {mark(INVOICE)}
    assert len({full for _, full in found.values()}) == len(found)


def test_the_client_is_told_to_nobody() -> None:
    assert marks(replace(INVOICE, client=None)) == marks(INVOICE)
    assert marks(replace(CARD, client=None, contacts=())) == marks(CARD)


def test_each_field_of_a_counterparty_makes_a_mark_of_its_own() -> None:
    changed = [
        CARD,
        replace(CARD, key=replace(PARTY, kpp=None)),
        replace(CARD, phone=None),
        replace(CARD, email=None),
        replace(CARD, legal_address=None),
        replace(CARD, actual_address=None),
        replace(CARD, account=None),
        replace(CARD, comment=None),
    ]
    assert len({mark(each) for each in changed}) == len(changed)
    assert all(len(set(marks(each))) == 1 for each in changed)


def test_other_records_have_one_mark_of_all_their_fields() -> None:
    contract = Contract(guid(82), "Поставка", "17-М", None)
    card = ContractCard(contract, ORGANISATION, PARTY, Currency("643", None), "СПокупателем")
    changed = [
        card,
        replace(card, key=replace(contract, name=None)),
        replace(card, currency=None),
        replace(card, kind=None),
    ]
    assert len({mark(each) for each in changed}) == len(changed)
    assert len(set(marks(card))) == 1


def test_the_fields_that_are_the_crms_alone() -> None:
    assert private(INVOICE) == (INVOICE.interest, INVOICE.client, True)
    assert private(CARD) == (CARD.client,)
    assert private(INVOICE_KEY) == ()


def test_a_record_gets_the_fields_that_are_the_crms_alone_and_no_others() -> None:
    bare = replace(INVOICE, interest=None, client=None, may_ship=None, comment="Из БП")
    assert with_private(bare, INVOICE) == replace(INVOICE, comment="Из БП")
    assert with_private(INVOICE, bare) == replace(bare, comment="Позвонить")
    card = replace(CARD, client=None, phone="8")
    assert with_private(card, CARD) == replace(CARD, phone="8")
    assert with_private(INVOICE, CARD) is INVOICE
    assert with_private(CARD, INVOICE) is CARD
    assert with_private(CARD, None) is CARD
