"""What is paid and shipped of an invoice, whole; and what the matching is told of it (SPEC §2, §3)."""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal

import pytest
from msgspec.structs import replace

from converter.exchange.matching import candidate, unlinked_of
from converter.exchange.report import Report
from converter.exchange.session import Session
from converter.mapping.operation import BY_ELEMENT
from converter.mapping.states import BookWord, Counted, invoice_state
from converter.matching.values import Candidate, Direction, Goods, Unlinked
from converter.objects import (
    Client,
    Contract,
    Currency,
    DocKey,
    Interest,
    Invoice,
    InvoiceState,
    Item,
    Organisation,
    Party,
    Row,
)
from converter.state.held import JUDGE
from tests.exchange.conftest import Make
from tests.exchange.test_invoices import DEAL, began, edited
from tests.exchange.test_operations import OTHER_KEY
from tests.exchange.test_unlinked import link
from tests.exchange.world import BOOK, World, state_of, text
from tests.mapping.book import (
    BANK_IN,
    BANK_OUT,
    BUYER,
    CARD,
    CASH_IN,
    CONTRACT,
    INVOICE,
    LAMP,
    OPERATION,
    OTHER_INVOICE,
    OTHER_OPERATION,
    RETURN,
    SELLER,
    SHIPMENT,
    TABLE,
    crm_deletion,
    crm_invoice,
    crm_row,
    el,
    guid,
    invoice_key,
    val,
)

US = Organisation(SELLER, "Выдуманная мебель ООО", "9988001015", "998801001", "ЮридическоеЛицо")
THEM = Party(BUYER, "Пример-Строй ООО", "ООО «Пример-Строй»", "9988002026", "998801002", "ЮридическоеЛицо")  # fmt: skip
AT = datetime(2026, 2, 11, 10)
DESK = Item(TABLE, "Стол", None, None)
LIGHT = Item(None, " Лампа ", None, None)
BILL = Invoice(
    DocKey(INVOICE, AT, "СЧ-1", US), THEM, Currency("643", None), Decimal(500),
    Interest(guid(40), None, None, "Мебель"), Client(None, "Пример"),
    goods=(Row(1, DESK, quantity=Decimal(2)), Row(2, LIGHT, content=" Лампа", quantity=Decimal(1)),
           Row(3, DESK, quantity=Decimal(1))),
    services=(Row(1, content="Сборка", quantity=None),),
)  # fmt: skip


def counted(element: str, amount: str, day: int = 1, *rows: Row) -> Counted:
    """What an operation counts, on a day of March."""
    return Counted(BY_ELEMENT[element], Decimal(amount), datetime(2026, 3, day), rows)


def rows(*quantities: tuple[Item | None, str | None]) -> tuple[Row, ...]:
    """Rows of items, each with its quantity."""
    return tuple(
        Row(number, item, quantity=None if amount is None else Decimal(amount))
        for number, (item, amount) in enumerate(quantities, 1)
    )


def test_a_state_tells_the_invoice_and_what_was_counted() -> None:
    paid = counted(BANK_IN, "300.50", 5), counted(BANK_OUT, "100", 9), counted(CARD, "20", 2)
    sent = (
        counted(SHIPMENT, "200", 3, *rows((DESK, "2"))),
        counted(RETURN, "50", 4, *rows((DESK, "1"))),
    )
    state = invoice_state(BILL, (*paid, *sent), BookWord("Оплачен", "Отгружен", True))
    assert state == InvoiceState(
        BILL.key, BILL.interest, BILL.client, BILL.party, BILL.currency,
        total=Decimal(500), paid=Decimal("220.50"), payment_state="ОплаченЧастично",
        paid_on=datetime(2026, 3, 9), shipped=Decimal(150), shipment_state="ОтгруженЧастично",
        shipped_on=datetime(2026, 3, 4), book_payment_state="Оплачен",
        book_shipment_state="Отгружен", withdrawn=True,
    )  # fmt: skip


def test_a_state_of_nothing() -> None:
    state = invoice_state(replace(BILL, total=None), (), BookWord())
    assert state == InvoiceState(
        BILL.key, BILL.interest, BILL.client, BILL.party, BILL.currency,
        total=Decimal(0), paid=Decimal(0), payment_state="НеОплачен", paid_on=None,
        shipped=Decimal(0), shipment_state="НеОтгружен", shipped_on=None,
        book_payment_state=None, book_shipment_state=None, withdrawn=None,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("shipments", "expected"),
    [
        ([("500", rows((DESK, "3")))], "ОтгруженЧастично"),
        ([("1", rows((DESK, "3"), (Item(None, " Лампа ", None, None), "1")))], "Отгружен"),
        ([("1", rows((DESK, "5"))), ("1", rows((LIGHT, "2")))], "Отгружен"),
        ([("500", rows((DESK, "2.99"), (LIGHT, "1")))], "ОтгруженЧастично"),
        # BP has GUIDs of its own: for what the CRM has by name, or after its node was made anew
        ([("500", rows((DESK, "3"), (Item(guid(99), "Лампа", None, None), "1")))], "Отгружен"),
        ([("500", rows((Item(guid(98), "стол", None, None), "3"), (LIGHT, "1")))], "Отгружен"),
        ([("500", rows((Item(None, "Стол", None, None), "3"), (LIGHT, "1")))], "Отгружен"),
        ([("500", rows((Item(TABLE, "Стол новый", None, None), "3"), (LIGHT, "1")))], "Отгружен"),
        ([("500", rows((DESK, "3"), (Item(guid(99), "Торшер", None, None), "1")))], "ОтгруженЧастично"),
        ([("500", rows((DESK, None)))], "НеОтгружен"),
        ([("-1", rows((DESK, "3"), (LIGHT, "1")))], "НеОтгружен"),
        # where one has no rows, the sums alone tell
        ([("499.99", ()), ("0", rows((DESK, "3"), (LIGHT, "1")))], "ОтгруженЧастично"),
        ([("500", ())], "Отгружен"),
        ([("400", ()), ("100", rows((DESK, "1")))], "Отгружен"),
        ([("0", ())], "НеОтгружен"),
    ],
)  # fmt: skip
def test_shipped_by_quantities_or_by_sums(
    shipments: list[tuple[str, tuple[Row, ...]]], expected: str
) -> None:
    operations = [counted(SHIPMENT, amount, 1, *found) for amount, found in shipments]
    invoice = replace(BILL, services=())
    assert invoice_state(invoice, operations, BookWord()).shipment_state == expected


def test_a_name_that_two_items_have_tells_nothing() -> None:
    red, blue = (Item(guid(number), "Стул", None, None) for number in (96, 97))
    invoice = replace(BILL, goods=rows((red, "1"), (blue, "1")), services=())

    def state(*shipped: Item) -> str | None:
        operations = [counted(SHIPMENT, "1", 1, *rows(*((item, "1") for item in shipped)))]
        return invoice_state(invoice, operations, BookWord()).shipment_state

    assert state(red, blue) == "Отгружен"
    assert state(red, red) == state(red, replace(red, ref=guid(98))) == "ОтгруженЧастично"


def test_a_content_tells_rows_apart_unless_it_repeats_the_item() -> None:
    green = Row(1, DESK, content="зелёный", quantity=Decimal(1))
    plain = Row(2, DESK, content=" Стол ", quantity=Decimal(1))
    invoice = replace(BILL, goods=(green, plain), services=())

    def state(*found: Row) -> str | None:
        operations = [counted(SHIPMENT, "1", 1, *found)]
        return invoice_state(invoice, operations, BookWord()).shipment_state

    assert state(green, plain) == "Отгружен"
    assert state(green, replace(plain, content=None)) == "Отгружен"
    assert state(green, green) == "ОтгруженЧастично"
    assert state(green) == state(plain) == "ОтгруженЧастично"
    assert state(replace(plain, quantity=Decimal(2))) == "Отгружен"


def served(*contents: tuple[str | None, str]) -> tuple[Row, ...]:
    """Rows of one item, each with its content and quantity."""
    return tuple(
        Row(number, DESK, content=content, quantity=Decimal(amount))
        for number, (content, amount) in enumerate(contents, 1)
    )


MONTHS = served(("Январь", "1"), ("Февраль", "2"))
ONE = served(("По договору", "3"))


@pytest.mark.parametrize(
    ("wanted", "shipped", "returned", "expected"),
    [
        # the words of an act are the accountant's, and goods have none
        (ONE, served(("По договору за февраль", "3")), (), "Отгружен"),
        (ONE, served(("По договору за февраль", "2.999")), (), "ОтгруженЧастично"),
        (ONE, served((None, "3")), (), "Отгружен"),
        (ONE, served((None, "1"), ("По договору", "1"), ("Иное", "1")), (), "Отгружен"),
        (served((None, "3")), served(("За февраль", "3")), (), "Отгружен"),
        # of several contents each must be there
        (MONTHS, MONTHS, (), "Отгружен"),
        (MONTHS, MONTHS[:1], (), "ОтгруженЧастично"),
        (MONTHS, MONTHS[1:], (), "ОтгруженЧастично"),
        (MONTHS, served(("Январь", "3")), (), "ОтгруженЧастично"),
        (MONTHS, served(("Январь", "1"), ("Январь", "2")), (), "ОтгруженЧастично"),
        (MONTHS, served((None, "3")), (), "Отгружен"),
        (MONTHS, served((None, "2.9")), (), "ОтгруженЧастично"),
        (MONTHS, served(("Январь", "1"), (None, "2")), (), "Отгружен"),
        (MONTHS, served(("Январь", "1"), ("За февраль", "2")), (), "Отгружен"),
        (MONTHS, served(("Январь", "2"), (None, "1")), (), "ОтгруженЧастично"),
        # a return has no content: it takes what is over first
        (MONTHS, MONTHS, served((None, "0.5")), "ОтгруженЧастично"),
        (MONTHS, MONTHS, served((None, "3")), "НеОтгружен"),
        (MONTHS, served(("Январь", "2"), ("Февраль", "2")), served((None, "1")), "Отгружен"),
        (MONTHS, served(("Январь", "2"), ("Февраль", "2")), served((None, "2")), "ОтгруженЧастично"),
        (MONTHS, served(("Январь", "3"), (None, "1")), served((None, "1")), "ОтгруженЧастично"),
        (ONE, served(("По договору", "4")), served((None, "1")), "Отгружен"),
        # a row without an item is known by its content
        ((Row(1, content="Сборка", quantity=Decimal(1)),),
         (Row(1, Item(None, "сборка", None, None), content="сборка", quantity=Decimal(1)),), (), "Отгружен"),
        ((Row(1, content="Сборка", quantity=Decimal(1)),),
         (Row(1, content="Вынос", quantity=Decimal(1)),), (), "ОтгруженЧастично"),
    ],
)  # fmt: skip
def test_contents_tell_between_rows_of_one_item_and_no_more(
    wanted: tuple[Row, ...],
    shipped: tuple[Row, ...],
    returned: tuple[Row, ...],
    expected: str,
) -> None:
    invoice = replace(BILL, goods=(), services=wanted)
    operations = [counted(SHIPMENT, "500", 1, *shipped)]
    if returned:
        operations.append(counted(RETURN, "1", 2, *returned))
    assert invoice_state(invoice, operations, BookWord()).shipment_state == expected


def test_a_return_takes_back_what_was_shipped() -> None:
    invoice = replace(BILL, services=())
    whole = counted(SHIPMENT, "500", 1, *rows((DESK, "3"), (LIGHT, "1")))
    for back, expected in (
        (rows((DESK, "1")), "ОтгруженЧастично"),
        (rows((DESK, "3"), (LIGHT, "1")), "НеОтгружен"),
    ):
        state = invoice_state(invoice, [whole, counted(RETURN, "1", 1, *back)], BookWord())
        assert state.shipment_state == expected


@pytest.mark.parametrize(
    ("amount", "expected"),
    [("-0.01", "НеОплачен"), ("0", "НеОплачен"), ("0.01", "ОплаченЧастично"),
     ("499.99", "ОплаченЧастично"), ("500.00", "Оплачен"), ("500.01", "Переплата")],
)  # fmt: skip
def test_paid_by_its_sum(amount: str, expected: str) -> None:
    state = invoice_state(BILL, [counted(CASH_IN, amount)], BookWord())
    assert (state.paid, state.payment_state) == (Decimal(amount), expected)


# -- through the exchange ------------------------------------------------------------------------


def test_rows_of_an_operation_on_two_invoices_count_for_their_own(world: World) -> None:
    lamp = BOOK.item(LAMP, "Лампа")
    light = crm_row(1, val("Ссылка", LAMP) + val("Наименование", "Лампа"), quantity="1", price="50", sum="50", vat_sum=None)  # fmt: skip
    world.crm.send(crm_invoice(), crm_invoice(OTHER_INVOICE, "СЧ-2", total="50", goods=light))
    world.run()
    world.calm(1)
    of_other = f"<Заказ>{OTHER_KEY}</Заказ>"
    world.x("bp", BOOK.shipment(
        total="250", order=invoice_key(),
        goods=BOOK.goods_row(vat_sum=None)
        + BOOK.goods_row(2, lamp, quantity="1", price="50", sum="50", vat_sum=None, after=of_other),
    ))  # fmt: skip
    letter = world.crm.read()
    found = {
        text(each, "Счет/Номер"): (text(each, "Отгружено"), text(each, "СостояниеОтгрузки"))
        for each in letter.all("СостояниеСчета")
    }
    assert found == {"СЧ-1": ("200", "Отгружен"), "СЧ-2": ("50", "Отгружен")}
    assert text(letter.all("СостояниеСчета")[0], "ДатаОтгрузки") == "2026-02-12T12:00:00"


def test_the_state_tells_what_the_invoice_is_of(world: World) -> None:
    world.crm.send(crm_invoice())
    world.run()
    world.calm(1)
    world.x("bp", BOOK.payment())
    assert state_of(world.crm.read()) == {
        "СуммаСчета": "200", "Оплачено": "150", "СостояниеОплаты": "ОплаченЧастично",
        "ДатаОплаты": "2026-02-13T00:00:00", "Отгружено": "0", "СостояниеОтгрузки": "НеОтгружен",
    }  # fmt: skip


def test_a_state_follows_an_operation_whose_share_stays(world: World) -> None:
    world.crm.send(crm_invoice())
    world.run()
    world.calm(1)
    payment = BOOK.payment()
    world.x("bp", payment)
    assert state_of(world.crm.read())["ДатаОплаты"] == "2026-02-13T00:00:00"
    world.x("bp", payment.replace("2026-02-13", "2026-02-14"))
    assert state_of(world.crm.read())["ДатаОплаты"] == "2026-02-14T00:00:00"


def test_an_empty_day_of_the_statement_is_none_and_the_documents_own_counts(world: World) -> None:
    world.crm.send(crm_invoice())
    world.run()
    world.calm(1)
    world.x("bp", BOOK.payment().replace("2026-02-13", "0001-01-01"))
    letter = world.crm.read()
    assert text(letter.one("Документ.ТорговаяОперация"), "ДатаВыписки") is None
    assert state_of(letter)["ДатаОплаты"] == "2026-02-12T12:00:00"


def word(name: str, field: str, value: str) -> str:
    """BP's own word on an invoice."""
    return el(name, el("КлючевыеСвойства", el("Заказ", invoice_key())), val(field, value))


def test_bps_own_words_stand_beside_what_is_counted(world: World) -> None:
    world.crm.send(crm_invoice())
    world.run()
    world.calm(1)
    sent = word("Справочник.СостояниеОтгрузкиЗаказа", "СостояниеОтгрузки", "Отгружен")
    paid = word("Справочник.СостояниеОплатыЗаказа", "СостояниеОплаты", "ОплаченЧастично")
    world.x("bp", sent)
    counted = {
        "СуммаСчета": "200", "Оплачено": "0", "СостояниеОплаты": "НеОплачен",
        "Отгружено": "0", "СостояниеОтгрузки": "НеОтгружен", "СостояниеОтгрузкиБП": "Отгружен",
    }  # fmt: skip
    assert state_of(world.crm.read()) == counted
    world.calm(1)
    world.x("bp", sent, paid)
    counted["СостояниеОплатыБП"] = "ОплаченЧастично"
    assert state_of(world.crm.read()) == counted
    world.calm(1)
    number = world.row("crm").sent
    world.x("bp", sent, paid, paid.replace(INVOICE, guid(99)).replace("СЧ-1", "СЧ-99"))
    assert world.row("crm").sent == number


def test_bps_word_on_a_deleted_invoice_stands_when_it_comes_back(world: World) -> None:
    world.crm.send(crm_invoice())
    world.run()
    world.calm(1)
    world.x("crm", crm_deletion("Документ.СчетНаОплату", INVOICE))
    world.x("bp", word("Справочник.СостояниеОплатыЗаказа", "СостояниеОплаты", "Оплачен"))
    world.x("crm", crm_invoice())
    assert state_of(world.crm.read())["СостояниеОплатыБП"] == "Оплачен"


@pytest.mark.parametrize("back", [False, True])
def test_what_bp_has_once_spoken_of_has_a_state_again_when_it_comes_back(
    world: World, back: bool
) -> None:
    """An edit of BP's, or an invoice that it withdrew and brought back."""
    world.crm.send(crm_invoice())
    world.run()
    world.calm(1)
    if back:
        world.x("bp", BOOK.deletion("ЗаказКлиентаСсылка", INVOICE))
        assert state_of(world.crm.read())["ОтозванВБП"] == "true"
    world.x("bp", edited("400"))
    state = state_of(world.crm.read())
    assert (state["СуммаСчета"], state.get("ОтозванВБП")) == ("400", None)
    world.x("crm", crm_deletion("Документ.СчетНаОплату", INVOICE))
    world.calm(1)
    world.x("crm", crm_invoice())
    assert state_of(world.crm.read())["СуммаСчета"] == "200"


# -- what the matching is told -------------------------------------------------------------------


def told(world: World, ref: str = INVOICE) -> Candidate | None:
    """An invoice as the matching sees it."""
    with world.state().read() as connection:
        session = Session(connection, world.link, world.now, 0, Report("main"))
        return candidate(session, ref)


def sums(invoice: Candidate) -> list[Decimal]:
    """What is paid and unpaid, shipped and not."""
    return [invoice.paid, invoice.unpaid, invoice.shipped_sum, invoice.unshipped_sum]


def unlinked(world: World, ref: str = OPERATION) -> Unlinked | None:
    """An operation as the matching sees it."""
    with world.state().read() as connection:
        session = Session(connection, world.link, world.now, 0, Report("main"))
        operation = session.book.operation(ref)
        assert operation is not None
        return unlinked_of(operation)


def test_a_candidate_is_what_is_left_and_what_was_moved(world: World) -> None:
    lamp = val("Наименование", " Лампа ")
    goods = crm_row() + crm_row(2, lamp, quantity="3", price="10", sum="30", vat_sum=None)
    goods += crm_row(3, quantity="1", sum="100", vat_sum=None)
    world.crm.send(crm_invoice(total="330", goods=goods, contract=DEAL))
    world.run()
    world.calm(1)
    contract = Contract(CONTRACT, "Поставка", "17-М", datetime(2025, 11, 20))
    fresh = told(world)
    desks, lamps = Goods(TABLE, Decimal(3)), Goods("лампа", Decimal(3))
    assert fresh == Candidate(
        INVOICE, US, THEM, "643", "СЧ-1", AT, contract, unpaid=Decimal(330),
        unshipped_sum=Decimal(330), unshipped=(desks, lamps),
    )  # fmt: skip
    sold = BOOK.goods_row(sum="200", vat_sum=None)
    sold += BOOK.goods_row(
        2, BOOK.item(None, "Лампа"), quantity="3", price="10", sum="30", vat_sum=None
    )
    world.x(
        "bp", BOOK.payment(),
        BOOK.payment(BANK_OUT, BOOK.payment_row("30", invoice_key()), ref=guid(71), total="30"),
        BOOK.shipment(OTHER_OPERATION, total="230", order=invoice_key(), goods=sold),
        BOOK.give_back(guid(72), "100", order=invoice_key(), number="БП-2",
                       goods=BOOK.goods_row(quantity="1", sum="100", vat_sum=None)),
    )  # fmt: skip
    assert told(world) == Candidate(
        INVOICE, US, THEM, "643", "СЧ-1", AT, contract, unpaid=Decimal(210), paid=Decimal(120),
        unshipped_sum=Decimal(200), shipped_sum=Decimal(130),
        unshipped=(Goods(TABLE, Decimal(2)),),
        shipped=(Goods(TABLE, Decimal(1)), Goods("лампа", Decimal(3))),
    )  # fmt: skip


def test_a_candidate_is_never_below_nothing(world: World) -> None:
    world.crm.send(crm_invoice())
    world.run()
    world.calm(1)
    world.x("bp", BOOK.payment(BANK_OUT, BOOK.payment_row("30", invoice_key()), total="30"),
            BOOK.give_back(guid(72), "50", order=invoice_key(), number="БП-2"))  # fmt: skip
    below = told(world)
    assert below is not None
    assert sums(below) == [0, 230, 0, 250]
    assert (below.unshipped, below.shipped) == ((Goods(TABLE, Decimal(4)),), ())
    world.x("bp", BOOK.payment(total="900", ref=guid(71)),
            BOOK.shipment(guid(73), total="900", order=invoice_key(), goods=BOOK.goods_row(quantity="9", sum="900")))  # fmt: skip
    above = told(world)
    assert above is not None
    assert sums(above) == [870, 0, 850, 0]
    assert (above.unshipped, above.shipped) == ((), (Goods(TABLE, Decimal(7)),))
    assert told(world, guid(99)) is None


def test_an_unlinked_operation_is_told_with_all_that_it_says(world: World) -> None:
    world.crm.send(crm_invoice())
    world.run()
    settled = BOOK.settlement(BOOK.contract(), BOOK.currency(name="ВалютаВзаиморасчетов"))
    world.bp.send(
        BOOK.payment(rows=BOOK.payment_row("100") + BOOK.payment_row("50", settlement=settled), purpose="за мебель"),
        BOOK.shipment(OTHER_OPERATION, contract=BOOK.contract(), goods=BOOK.goods_row() + BOOK.goods_row(2, quantity="1"),
                      services=BOOK.service_row()),
        BOOK.give_back(guid(71), number="БП-2"),
        BOOK.payment(BANK_OUT, BOOK.payment_row("5"), ref=guid(72), total="5"),
    )  # fmt: skip
    world.run()
    contract = Contract(CONTRACT, "Поставка", "17-М", datetime(2025, 11, 20))
    paid = unlinked(world)
    assert paid == Unlinked(
        Direction.PAYMENT, US, THEM, "643", datetime(2026, 2, 13), Decimal(150), contract, "за мебель",
    )  # fmt: skip
    assert unlinked(world, OTHER_OPERATION) == Unlinked(
        Direction.SHIPMENT, US, THEM, "643", datetime(2026, 2, 12, 12), Decimal(200), contract,
        goods=(Goods(TABLE, Decimal(3)), Goods("доставка", Decimal(1))),
    )  # fmt: skip
    directions = [unlinked(world, guid(number)) for number in (71, 72)]
    assert [each and each.direction for each in directions] == [Direction.RETURN, Direction.REFUND]


def test_a_tie_counts_for_its_invoice_alone(world: World) -> None:
    world.crm.send(crm_invoice(), crm_invoice(OTHER_INVOICE, "СЧ-2"))
    world.run()
    world.calm(1)
    world.x("bp", BOOK.payment(rows=BOOK.payment_row("150"), total="150"))
    link(world, amount="90")
    one, two = told(world), told(world, OTHER_INVOICE)
    assert one is not None
    assert two is not None
    assert sums(one)[:2] == [90, 110]
    assert sums(two)[:2] == [0, 200]


@pytest.mark.parametrize("again", [False, True])
def test_a_deletion_of_the_crms_that_did_not_stand_has_the_state_told_again(
    make: Make, again: bool
) -> None:
    """With its invoice the CRM lost what it knew of it; in one pass BP's edit beats the deletion, or
    the CRM itself takes it back."""
    world = make(conflicts="bp")
    began(world)
    world.x("bp", BOOK.payment())
    told = state_of(world.crm.read())
    world.calm(1)
    back = (crm_invoice(),) if again else ()
    world.crm.send(crm_deletion("Документ.СчетНаОплату", INVOICE), *back)
    if not again:
        row = BOOK.goods_row(quantity="1", price="200", sum="200", vat_sum=None)
        world.bp.send(BOOK.invoice(goods=row))
    world.run()
    assert state_of(world.crm.read()) == told
    world.calm(1)


PAID = BOOK.payment(rows=BOOK.payment_row(order=invoice_key()))
SHIPPED = BOOK.shipment(goods=BOOK.goods_row(), order=invoice_key())


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        (BOOK.payment(total="10.005", rows=BOOK.payment_row("10.005", invoice_key())), PAID),
        (SHIPPED.replace("<Цена>100<", "<Цена>33.333<"), SHIPPED),
        (SHIPPED.replace("<Количество>2<", "<Количество>2.0001<"), SHIPPED),
        (SHIPPED.replace("<СуммаНДС>33.33<", "<СуммаНДС>33.333<"), SHIPPED),
        (re.sub("<ДанныеНоменклатуры>.*?</ДанныеНоменклатуры>", "", SHIPPED), SHIPPED),
    ],
)
def test_what_the_crm_cannot_be_given_counts_for_nothing(
    world: World, wrong: str, right: str
) -> None:
    """It is held, and no state tells of money that the CRM does not see."""
    began(world)
    assert wrong != right
    world.bp.send(wrong)
    assert world.run().status == 1
    (held,) = world.held()
    assert held.stage == JUDGE
    assert world.crm.read().names == []
    world.x("bp", right)
    assert world.held() == []
    assert world.crm.read().names == ["Документ.ТорговаяОперация", "СостояниеСчета"]


def test_a_state_that_could_not_be_said_is_told_as_soon_as_it_can(world: World) -> None:
    began(world)
    most = "9999999999999.99"
    one = BOOK.payment(total=most, rows=BOOK.payment_row(most, invoice_key()))
    world.bp.send(one, one.replace(OPERATION, OTHER_OPERATION))
    assert world.run().status == 1
    assert [each.kind for each in world.held()] == ["СостояниеСчета"]
    world.x("bp", BOOK.deletion("ПБДСРасчетыСКонтрагентамиСсылка", OTHER_OPERATION))
    assert world.held() == []
    assert state_of(world.crm.read())["Оплачено"] == most


def test_a_held_state_goes_with_its_invoice(world: World) -> None:
    began(world)
    most = "9999999999999.99"
    one = BOOK.payment(total=most, rows=BOOK.payment_row(most, invoice_key()))
    world.x("bp", one, one.replace(OPERATION, OTHER_OPERATION))
    assert [each.kind for each in world.held()] == ["СостояниеСчета"]
    world.x("crm", crm_deletion("Документ.СчетНаОплату", INVOICE))
    assert world.held() == []
