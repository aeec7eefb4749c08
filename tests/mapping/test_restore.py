"""What BP left out comes from the CRM's last version, what BP said stands (SPEC §3)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest
from msgspec.structs import replace

from converter.mapping.invoice import from_bp
from converter.mapping.remark import marked, unmarked
from converter.mapping.restore import (
    restore,
    restore_counterparty,
    same_contract,
    same_currency,
    same_day,
)
from converter.objects import (
    Account,
    Client,
    Contract,
    Counterparty,
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

SELLER = Organisation(None, "Выдуманная мебель", "9988001015", None, "ЮридическоеЛицо")
BUYER = Party("b1", "Пример", None, None, None, "ЮридическоеЛицо")
TABLE = Item("a1", "Стол", "00-1", "СТ-1")
DEAL = Interest("c1", "17", None, "Мебель [офис]")


def row(
    line: int, quantity: int, price: int = 10, item: Item = TABLE, colour: str | None = None
) -> Row:
    amount = Decimal(quantity * price)
    return Row(line, item, colour, None, None, Decimal(quantity), Decimal(price), amount, "НДС20")


def invoice(*rows: Row, comment: str | None = None, manager: Person | None = None) -> Invoice:
    key = DocKey("d1", datetime(2026, 2, 11, 10), "СЧ-1", SELLER)
    currency = Currency("643", None)
    return Invoice(
        key, BUYER, currency, goods=rows, comment=comment, manager=manager, vat_included=True
    )


def colours(edited: Invoice, last: Invoice) -> list[tuple[int | None, str | None]]:
    return [(each.line, each.characteristic) for each in restore(edited, last).goods]


def test_rows_of_one_item_are_paired_by_number_when_none_came_or_went() -> None:
    last = invoice(row(1, 2, colour="красный"), row(2, 5, colour="синий"))
    assert colours(invoice(row(1, 5), row(2, 3)), last) == [(1, "красный"), (2, "синий")]


def test_a_row_that_moved_up_when_another_was_deleted_keeps_its_own() -> None:
    last = invoice(row(1, 2, colour="красный"), row(2, 5, colour="синий"))
    assert colours(invoice(row(1, 5)), last) == [(1, "синий")]


def test_a_new_row_of_another_item_gets_nothing() -> None:
    other = Item("a2", "Стул", None, None)
    last = invoice(row(1, 2, colour="красный"))
    assert colours(invoice(row(1, 2), row(2, 1, item=other)), last) == [(1, "красный"), (2, None)]


def test_the_items_name_is_bps_and_its_code_the_crms() -> None:
    renamed = Item("a1", "Стол дубовый", "БП-7", None)
    made = restore(invoice(row(1, 2, item=renamed)), invoice(row(1, 2))).goods[0].item
    assert made == Item("a1", "Стол дубовый", "00-1", "СТ-1")


def test_an_item_that_the_crm_had_no_guid_for_gets_bps() -> None:
    nameless = Item(None, "Стол", None, None)
    made = restore(invoice(row(1, 2)), invoice(row(1, 2, item=nameless))).goods[0].item
    assert made is not None
    assert made.ref == "a1"


def test_nobody_is_not_a_manager() -> None:
    nobody = invoice(row(1, 2), manager=Person(None, "<Не указан>"))
    last = invoice(row(1, 2), manager=Person("e1", "Иванов"))
    assert from_bp(nobody, last)[0].manager == Person("e1", "Иванов")
    assert from_bp(nobody)[0].manager is None


def test_a_comment_that_was_cleared_stays_cleared() -> None:
    last = replace(invoice(row(1, 2), comment="Срочно"), may_ship=True)
    only_the_mark = invoice(row(1, 2), comment="[CRM: отгрузка разрешена]")
    assert from_bp(only_the_mark, last)[0].comment is None


def test_a_comment_that_did_not_come_is_the_crms() -> None:
    last = invoice(row(1, 2), comment="Срочно")
    assert from_bp(invoice(row(1, 2)), last)[0].comment == "Срочно"


def test_texts_that_bp_emptied_are_emptied() -> None:
    emptied = replace(
        WHOLE,
        address="",
        comment="",
        services=(replace(WHOLE.services[0], content=""),),
    )
    made = from_bp(emptied, WHOLE)[0]
    assert (made.address, made.comment, made.services[0].content) == (None, None, None)
    alone = from_bp(emptied)[0]
    assert (alone.address, alone.comment, alone.services[0].content) == (None, None, None)


def test_what_the_accountant_wrote_around_the_mark_stays() -> None:
    said = "Срочно\n[CRM: отгрузка разрешена]. Клиент просит перенести оплату"
    assert unmarked(said) == "Срочно. Клиент просит перенести оплату"
    assert unmarked("Срочно [CRM: отгрузка разрешена]") == "Срочно"


def test_a_bracket_in_the_interest_does_not_end_the_mark() -> None:
    told = marked(replace(invoice(comment="Срочно"), interest=DEAL))
    assert told == "Срочно\n[CRM: интерес: 17 Мебель [офис)]"
    assert unmarked(told) == "Срочно"


def test_thousands_of_rows_in_reverse_order_are_paired() -> None:
    items = [Item(f"f{number}", f"Товар {number}", None, None) for number in range(20_000)]
    last = invoice(*(row(i, 1, item=item, colour=item.name) for i, item in enumerate(items)))
    edited = invoice(*(row(i, 1, item=item) for i, item in enumerate(reversed(items))))
    assert all(
        each.characteristic == each.item.name for each in restore(edited, last).goods if each.item
    )


# -- field by field --------------------------------------------------------------------------------

ITEM, DELIVERY = Item("a1", "Стол", "00-1", "СТ-1"), Item("a3", "Доставка", None, None)
WHOLE = Invoice(
    DocKey("d1", datetime(2026, 2, 11, 10), "СЧ-1", SELLER),
    Party("b1", "Пример", "ООО «Пример»", "9988002026", "998801002", "ЮридическоеЛицо"),
    Currency("643", "руб."),
    Decimal(701),
    DEAL,
    Client("f1", "Иван"),
    Contract("c1", "Поставка", "17", datetime(2025, 11, 20, 16, 45)),
    Person("e1", "Иванов"),
    Decimal(1),
    1,
    True,
    datetime(2026, 3, 1, 18, 30),
    True,
    Account("1", "049999871", "Банк"),
    "Склад 2",
    "Срочно",
    (
        Row(1, ITEM, "белый", None, Unit("796", "шт"), Decimal(2), Decimal("100.5"), Decimal(201),
            "НДС20", Decimal("33.50")),
    ),
    (
        Row(1, DELIVERY, None, "До двери", None, Decimal(1), Decimal(500), Decimal(500), "БезНДС",
            Decimal(0)),
    ),
)  # fmt: skip
#: what BP sends at the least, of an invoice that said everything
BARE = replace(
    WHOLE,
    key=replace(WHOLE.key, ref="d2"),
    party=Party(None, "Пример", None, None, None, "ЮридическоеЛицо"),
    interest=None,
    client=None,
    contract=None,
    manager=None,
    rate=None,
    multiplicity=None,
    pay_by=datetime(2026, 3, 1),
    may_ship=None,
    account=None,
    address=None,
    comment=None,
    goods=(Row(1, ITEM, sum=Decimal(201)),),
    services=(Row(1, DELIVERY, sum=Decimal(500)),),
)


def test_everything_that_was_left_out_comes_back() -> None:
    assert restore(BARE, WHOLE) == WHOLE


def test_everything_that_was_said_stands() -> None:
    edited = replace(
        WHOLE,
        interest=None,
        client=None,
        may_ship=None,
        party=Party("b2", "Иной", "ООО «Иной»", "9988003037", "998801003", "ЮридическоеЛицо"),
        contract=Contract("c9", "Иной", "18", datetime(2026, 1, 1)),
        manager=Person("e2", "Петров"),
        currency=Currency("840", "USD"),
        rate=Decimal(90),
        multiplicity=100,
        pay_by=datetime(2026, 3, 2),
        account=Account("2", "044525225", "Иной"),
        address="Склад 3",
        comment="",
        goods=(
            replace(
                WHOLE.goods[0],
                item=Item("a1", "Стол", "00-1", "СТ-2"),
                characteristic="чёрный",
                unit=Unit("778", "упак"),
                quantity=Decimal(3),
                price=Decimal(5),
                sum=Decimal(15),
                vat="НДС10",
                vat_sum=Decimal(1),
            ),
        ),
        services=(replace(WHOLE.services[0], content="До подъезда"),),
    )
    expected = replace(
        edited, interest=WHOLE.interest, client=WHOLE.client, may_ship=WHOLE.may_ship
    )
    assert restore(edited, WHOLE) == expected


def test_figures_that_are_nothing_are_said_all_the_same() -> None:
    zero = replace(
        WHOLE.goods[0], quantity=Decimal(0), price=Decimal(0), sum=Decimal(0), vat_sum=Decimal(0)
    )
    edited = replace(WHOLE, rate=Decimal(0), multiplicity=0, goods=(zero,))
    assert restore(edited, WHOLE) == edited


def test_vat_of_another_sum_does_not_come_back() -> None:
    last = WHOLE.goods[0]
    for sum, vat in ((Decimal(201), last.vat_sum), (Decimal(402), None)):
        edited = replace(WHOLE, goods=(replace(last, sum=sum, vat_sum=None),))
        assert restore(edited, WHOLE).goods[0].vat_sum == vat


def test_vat_of_another_rate_or_of_another_base_does_not_come_back() -> None:
    last = WHOLE.goods[0]
    bare = replace(last, vat_sum=None)
    assert last.vat_sum is not None and last.vat == "НДС20"
    for row, vat in ((replace(bare, vat=None), last.vat_sum), (replace(bare, vat="НДС10"), None)):
        assert restore(replace(WHOLE, goods=(row,)), WHOLE).goods[0].vat_sum == vat
    for before, now, vat in (
        (True, False, None),
        (False, True, None),
        (None, True, last.vat_sum),
        (None, False, None),
        (False, False, last.vat_sum),
    ):
        edited = replace(WHOLE, goods=(bare,), vat_included=now)
        row = restore(edited, replace(WHOLE, vat_included=before)).goods[0]
        assert row.vat_sum == vat, (before, now)


@pytest.mark.parametrize(
    ("quantity", "sum", "price"),
    [
        ("2", "200", "100"),
        (None, None, "100"),
        ("3", None, "100"),
        ("3", "300", "100"),
        ("3", "310", None),
        ("2", "250", None),
        (None, "250", None),
    ],
)
def test_a_price_that_bp_left_out_does_not_contradict_what_it_said(
    quantity: str | None, sum: str | None, price: str | None
) -> None:
    """1C leaves a price of nothing out where the accountant typed in a sum."""
    last = replace(WHOLE.goods[0], quantity=Decimal(2), price=Decimal(100), sum=Decimal(200))
    row = replace(
        last, price=None, quantity=quantity and Decimal(quantity), sum=sum and Decimal(sum)
    )
    made = restore(replace(WHOLE, goods=(row,)), replace(WHOLE, goods=(last,))).goods[0]
    assert made.price == (None if price is None else Decimal(price))


PARTY = WHOLE.party


@pytest.mark.parametrize(
    ("edited", "made"),
    [
        (Party("B1", "Новый", None, None, None, "ФизическоеЛицо"),
         Party("B1", "Новый", "ООО «Пример»", "9988002026", "998801002", "ФизическоеЛицо")),
        (Party("b2", "Пример", None, None, None, "ЮридическоеЛицо"),
         Party("b2", "Пример", None, None, None, "ЮридическоеЛицо")),
    ],
)  # fmt: skip
def test_a_party_of_another_guid_is_another_party(edited: Party, made: Party) -> None:
    assert restore(replace(WHOLE, party=edited), WHOLE).party == made
    guidless = replace(WHOLE, party=replace(PARTY, ref=None))
    assert restore(replace(WHOLE, party=edited), guidless).party == replace(
        made, full_name="ООО «Пример»", inn="9988002026", kpp="998801002"
    )


TIME = datetime(2025, 11, 20, 16, 45)
TERMS = Contract("c1", "Поставка", "17", TIME)


@pytest.mark.parametrize(
    ("edited", "last", "made"),
    [
        (None, TERMS, TERMS),
        (TERMS, None, TERMS),
        (None, None, None),
        (Contract("C1", None, None, None), TERMS, Contract("C1", "Поставка", "17", TIME)),
        (Contract(None, "Иной", "18", None), TERMS, Contract("c1", "Иной", "18", TIME)),
        (Contract("c2", None, None, None), TERMS, Contract("c2", None, None, None)),
        (Contract("c2", None, "18", None), replace(TERMS, ref=None),
         Contract("c2", "Поставка", "18", TIME)),
        (Contract("c1", None, None, datetime(2025, 11, 21)), TERMS,
         Contract("c1", "Поставка", "17", datetime(2025, 11, 21))),
    ],
)  # fmt: skip
def test_a_contract(edited: Contract | None, last: Contract | None, made: Contract | None) -> None:
    assert same_contract(edited, last) == made


@pytest.mark.parametrize(
    ("edited", "last", "made"),
    [
        (Account("1", None, None), Account("1", "044", "Банк"), Account("1", "044", "Банк")),
        (Account(None, "045", "Иной"), Account("1", "044", "Банк"), Account("1", "045", "Иной")),
        (Account("2", None, None), Account("1", "044", "Банк"), Account("2", None, None)),
        (Account("2", None, None), Account(None, "044", "Банк"), Account("2", "044", "Банк")),
        (None, Account("1", None, None), Account("1", None, None)),
        (Account("1", None, None), None, Account("1", None, None)),
    ],
)
def test_an_account(edited: Account | None, last: Account | None, made: Account) -> None:
    assert restore(replace(WHOLE, account=edited), replace(WHOLE, account=last)).account == made


@pytest.mark.parametrize(
    ("edited", "same"),
    [
        (("643", "рубль"), True),
        (("643", None), True),
        ((None, None), True),
        ((None, "руб."), True),
        ((None, "USD"), False),
        (("840", "руб."), False),
    ],
)
def test_currencies_and_units_are_the_same_by_code_else_by_name(
    edited: tuple[str | None, str | None], same: bool
) -> None:
    last, given = Currency("643", "руб."), Currency(*edited)
    assert same_currency(given, last) == (last if same else given)
    unit, other = Unit("643", "руб."), Unit(*edited)
    before = replace(WHOLE, goods=(replace(WHOLE.goods[0], unit=unit),))
    after = replace(WHOLE, goods=(replace(WHOLE.goods[0], unit=other),))
    assert restore(after, before).goods[0].unit == (unit if same else other)


def test_what_has_neither_code_nor_name_is_known_by_none() -> None:
    bare = Currency(None, None)
    assert same_currency(bare, Currency(None, "руб.")) == Currency(None, "руб.")
    assert same_currency(Currency(None, "руб."), bare) == bare  # by their code: neither has one


@pytest.mark.parametrize(
    ("edited", "last", "made"),
    [
        (None, TIME, TIME),
        (TIME, None, TIME),
        (datetime(2025, 11, 20), TIME, TIME),
        (datetime(2025, 11, 20, 9), TIME, TIME),
        (datetime(2025, 11, 21), TIME, datetime(2025, 11, 21)),
    ],
)
def test_a_day(edited: datetime | None, last: datetime | None, made: datetime) -> None:
    assert same_day(edited, last) == made


@pytest.mark.parametrize(
    ("edited", "last", "made"),
    [
        ("а" * 250, "а" * 300, "а" * 300),
        ("а" * 249, "а" * 300, "а" * 249),
        (None, "а", "а"),
        ("а", None, "а"),
        ("", "а", ""),
        (None, None, None),
    ],
)
def test_an_address(edited: str | None, last: str | None, made: str | None) -> None:
    assert restore(replace(WHOLE, address=edited), replace(WHOLE, address=last)).address == made


def test_a_counterparty_is_completed_field_by_field() -> None:
    last = Counterparty(
        PARTY, Client("f1", "Иван"), "1", "2", "3", "4", Account("5", "044", "Банк"), "6"
    )
    bare = Counterparty(Party(None, "Пример", None, None, None, "ЮридическоеЛицо"))
    assert restore_counterparty(bare, last) == last
    edited = Counterparty(
        replace(PARTY, name="Иной"), None, "а", "б", "в", "г", Account("7", None, None), ""
    )
    assert restore_counterparty(edited, last) == replace(edited, client=last.client)
    assert restore_counterparty(edited, replace(last, client=None)) == edited


# -- which row is which ----------------------------------------------------------------------------

CHAIR = Item("a2", "Стул", None, None)


def test_rows_are_paired_by_everything_before_their_number() -> None:
    last = invoice(row(1, 2, colour="красный"), row(2, 5, colour="синий"), row(3, 7, colour="а"))
    edited = invoice(row(2, 2), row(1, 5), row(3, 7))
    assert colours(edited, last) == [(2, "синий"), (1, "красный"), (3, "а")]


def test_where_rows_came_quantity_and_price_tell_before_the_number() -> None:
    last = invoice(row(1, 2, colour="красный"), row(2, 5, colour="синий"))
    edited = invoice(row(1, 5), row(2, 9), row(3, 2))
    assert colours(edited, last) == [(1, "синий"), (2, None), (3, "красный")]
    renumbered = invoice(row(4, 9), row(2, 8), row(3, 7))
    assert colours(renumbered, last) == [(4, "красный"), (2, "синий"), (3, None)]


def test_rows_of_several_items_are_paired_each_within_its_item() -> None:
    last = invoice(row(1, 2, colour="а"), row(2, 2, item=CHAIR, colour="б"), row(3, 4, colour="в"))
    edited = invoice(row(1, 2, item=CHAIR), row(2, 4), row(3, 2))
    assert colours(edited, last) == [(1, "б"), (2, "а"), (3, "в")]


def test_items_are_told_by_guid_before_their_name() -> None:
    """The name of an item may change; one without a GUID has nothing else."""
    last = invoice(row(1, 2, colour="а"), row(2, 2, item=CHAIR, colour="б"))
    swapped = invoice(
        row(1, 2, item=Item("A2", "Стол", None, None)),
        row(2, 2, item=Item("a1", "Стул", None, None)),
    )
    assert colours(swapped, last) == [(1, "б"), (2, "а")]
    named = invoice(row(1, 2, item=Item(None, "Стул", None, None)))
    assert colours(named, last) == [(1, "б")]
    other = invoice(row(1, 2, item=Item("a9", "Стул", None, None)))
    assert colours(other, last) == [(1, None)]


def test_an_item_without_a_guid_is_told_by_its_name() -> None:
    last = invoice(row(1, 2, item=Item(None, "Стул", "К", None), colour="а"))
    assert colours(invoice(row(1, 2, item=CHAIR)), last) == [(1, "а")]
    assert colours(invoice(row(1, 2, item=Item(None, "Стул", None, None))), last) == [(1, "а")]
    assert colours(invoice(row(1, 2, item=Item(None, "Шкаф", None, None))), last) == [(1, None)]


def test_rows_without_an_item_are_nobodys() -> None:
    last = invoice(replace(row(1, 2, colour="а"), item=None), row(2, 2, colour="б"))
    edited = invoice(replace(row(1, 2), item=None), row(2, 2))
    assert colours(edited, last) == [(1, None), (2, "б")]


def test_rows_go_back_to_the_part_that_they_stood_in() -> None:
    """With numbers of their own again where two have one, and with the texts of that part."""
    table, lamp = WHOLE.goods[0], WHOLE.services[0]
    swapped = replace(
        WHOLE,
        goods=(replace(lamp, line=1, content=None),),
        services=(replace(table, line=1, content="Стол"),),
    )
    assert restore(swapped, WHOLE) == WHOLE
    new = Row(1, CHAIR, sum=Decimal(5))
    added = replace(swapped, goods=(replace(lamp, line=2, content=None), new))
    assert [each.line for each in restore(added, WHOLE).goods] == [1, 2]
    assert [each.item for each in restore(added, WHOLE).goods] == [CHAIR, ITEM]
    apart = replace(added, goods=(replace(lamp, line=2, content=None), replace(new, line=7)))
    assert [each.line for each in restore(apart, WHOLE).goods] == [1, 7]


def test_a_row_that_stood_in_the_other_part_is_no_edit() -> None:
    """BP gives goods the unit and a service the text that its own part has; that is not content."""
    table, lamp = WHOLE.goods[0], WHOLE.services[0]
    as_goods = replace(
        lamp, line=2, content=None, unit=Unit("796", "шт"), characteristic="как у товара"
    )
    beside = replace(WHOLE, goods=(table, as_goods), services=())
    assert restore(beside, WHOLE) == WHOLE
    as_service = replace(table, line=5, content="Стол", unit=None, characteristic=None)
    assert restore(replace(WHOLE, goods=(), services=(as_service, lamp)), WHOLE) == WHOLE


def test_an_edit_of_a_row_that_moved_stands() -> None:
    lamp = WHOLE.services[0]
    as_goods = replace(lamp, unit=Unit("796", "шт"), content=None, price=Decimal(7))
    edited = replace(WHOLE, goods=(*WHOLE.goods, as_goods), services=())
    assert restore(edited, WHOLE).services == (replace(lamp, price=Decimal(7)),)


def test_rows_that_moved_back_stand_by_their_numbers() -> None:
    first, second = WHOLE.services[0], replace(WHOLE.services[0], line=2, content="До подъезда")
    last = replace(WHOLE, services=(first, replace(second, price=Decimal(7))))
    as_goods = replace(second, line=2, content=None, price=Decimal(7))
    edited = replace(WHOLE, goods=(*WHOLE.goods, as_goods), services=(first,))
    assert restore(edited, last) == last
    other = replace(
        WHOLE, goods=(*WHOLE.goods, replace(first, content=None)), services=(last.services[1],)
    )
    assert restore(other, last) == last
