"""Trade operations and the states of invoices (SPEC §1, §2; PROTOCOL R6)."""

from __future__ import annotations

from itertools import permutations

import pytest

from tests.exchange.world import BOOK, Letter, World, state_of, text
from tests.mapping.book import (
    BANK_OUT,
    CASH_IN,
    FOREIGN_INVOICE,
    INVOICE,
    KINDS,
    OPERATION,
    OTHER_INVOICE,
    OTHER_OPERATION,
    RETURN,
    SHIPMENT,
    crm_deletion,
    crm_invoice,
    el,
    invoice_key,
    key,
    val,
)

TRADE = "Документ.ТорговаяОперация"
OTHER_KEY = invoice_key(OTHER_INVOICE, "СЧ-2")
OWN_KEY = invoice_key(FOREIGN_INVOICE, "БП-77")
OTHER = crm_invoice(OTHER_INVOICE, "СЧ-2")


def began(world: World) -> None:
    """Two invoices that both know."""
    world.crm.send(crm_invoice(), OTHER)
    world.run()
    world.calm(2)


def paid(letter: Letter) -> dict[str | None, str | None]:
    """Оплачено by the number of the invoice."""
    states = letter.all("СостояниеСчета")
    return {text(each, "Счет/Номер"): text(each, "Оплачено") for each in states}


def deleted(letter: Letter) -> list[tuple[str | None, str | None]]:
    """What is deleted."""
    return [
        (text(each, "ВидОбъекта"), text(each, "Ссылка")) for each in letter.all("УдалениеОбъекта")
    ]


def paying(order: str, amount: str = "150", **more: str) -> str:
    """A payment with one row."""
    return BOOK.payment(rows=BOOK.payment_row(amount, order), total=amount, **more)  # type: ignore[arg-type]


def test_bps_own_invoices_never_reach_the_crm(world: World) -> None:
    world.bp.send(BOOK.invoice(FOREIGN_INVOICE, number="БП-77"), paying(OWN_KEY))
    world.run()
    assert world.crm.look() is None
    began(world)
    world.x("bp", BOOK.invoice(FOREIGN_INVOICE, number="БП-77"), paying(OWN_KEY))
    world.calm(2)
    assert not {"Документ.СчетНаОплату", TRADE} & set(world.crm.look().names)  # type: ignore[union-attr]


def test_no_state_before_the_first_operation(world: World) -> None:
    began(world)
    letter = world.crm.look()
    assert letter is None or "СостояниеСчета" not in letter.names


@pytest.mark.parametrize("element", list(KINDS))
def test_every_kind_of_operation_counts(world: World, element: str) -> None:
    began(world)
    world.x("bp", BOOK.payment(ref=OTHER_OPERATION), BOOK.operation(element, invoice_key()))
    letter = world.crm.read()
    kinds = {text(each, "ВидОперации") for each in letter.all(TRADE)}
    assert KINDS[element] in kinds
    state = state_of(letter)
    expected = {
        SHIPMENT: ("150", "200"), RETURN: ("150", "-200"), BANK_OUT: ("0", "0"),
        "Документ.РКОРасчетыСКонтрагентами": ("0", "0"),
    }.get(element, ("300", "0"))  # fmt: skip
    assert (state["Оплачено"], state["Отгружено"]) == expected
    if element == RETURN:
        assert state["СостояниеОтгрузки"] == "НеОтгружен"


SHIP = BOOK.shipment(order=invoice_key(), goods=BOOK.goods_row())
RETURNED = BOOK.give_back(ref=OTHER_OPERATION, shipment=key(OPERATION, "БП-1"), total="100",
                          goods=BOOK.goods_row(quantity="1", sum="100", vat_sum=None), number="БП-2")  # fmt: skip


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_any_order_of_messages(world: World, order: tuple[int, int, int]) -> None:
    sent = {
        0: lambda: world.crm.send(crm_invoice()),
        1: lambda: world.bp.send(SHIP),
        2: lambda: world.bp.send(RETURNED),
    }
    for index in order:
        sent[index]()
        world.run()
    letter = world.crm.read()
    assert len(letter.all(TRADE)) == 2
    state = state_of(letter)
    assert (state["Отгружено"], state["СостояниеОтгрузки"]) == ("100", "ОтгруженЧастично")


@pytest.mark.parametrize("objects", [(SHIP, RETURNED), (RETURNED, SHIP)])
def test_any_order_in_a_message(world: World, objects: tuple[str, str]) -> None:
    world.crm.send(crm_invoice())
    world.bp.send(*objects)
    world.run()
    assert state_of(world.crm.read())["Отгружено"] == "100"


def settles(name: str, ref: str) -> str:
    """ДокументРасчетов or ОбъектРасчетов that points at a document."""
    return el(name, key(ref, "БП-1"))


@pytest.mark.parametrize(
    ("row", "found"),
    [
        ({"order": invoice_key()}, True),
        ({"object": el("ЗаказКлиентаСсылка", invoice_key())}, True),
        ({"document": el("ЗаказКлиентаСсылка", invoice_key())}, True),
        ({"document": settles("РеализацияТоваровУслугСсылка", OTHER_OPERATION)}, True),
        ({"object": settles("РеализацияТоваровУслугСсылка", OTHER_OPERATION)}, True),
        ({}, False),
    ],
)
def test_ways_of_a_payment_to_its_invoice(world: World, row: dict[str, str], found: bool) -> None:
    began(world)
    world.x("bp", BOOK.payment(rows=BOOK.payment_row("150", **row)))
    world.x("bp", BOOK.shipment(OTHER_OPERATION, order=invoice_key(), goods=BOOK.goods_row()))
    assert state_of(world.crm.read())["Оплачено"] == ("150" if found else "0")


def test_a_refund_is_found_through_the_payment(world: World) -> None:
    began(world)
    row = BOOK.payment_row("60", document=settles("ПБДСРасчетыСКонтрагентамиСсылка", OPERATION))
    refund = BOOK.payment(BANK_OUT, row, ref=OTHER_OPERATION, total="60", number="БП-9")
    world.x("bp", refund)
    world.x("bp", BOOK.payment())
    assert state_of(world.crm.read())["Оплачено"] == "90"
    # the payment is deleted in BP: the refund's link stays
    world.x("bp", BOOK.deletion("ПБДСРасчетыСКонтрагентамиСсылка", OPERATION))
    letter = world.crm.read()
    assert deleted(letter) == [(TRADE, OPERATION)]
    state = state_of(letter)
    assert (state["Оплачено"], state["СостояниеОплаты"]) == ("-60", "НеОплачен")


def refunded(amount: str = "60") -> str:
    """A refund of the payment."""
    row = BOOK.payment_row(amount, document=settles("ПБДСРасчетыСКонтрагентамиСсылка", OPERATION))
    return BOOK.payment(BANK_OUT, row, ref=OTHER_OPERATION, total=amount, number="БП-9")


def shared(*orders: str) -> str:
    """The payment with a row of 100 for each."""
    rows = "".join(BOOK.payment_row("100", order) for order in orders)
    return BOOK.payment(rows=rows, total=f"{100 * len(orders)}")


def test_a_refund_through_a_payment_of_several_is_nobodys(world: World) -> None:
    """SPEC §2: one that has exactly one invoice; BP's own is another one."""
    began(world)
    world.x("bp", shared(invoice_key(), OWN_KEY), refunded())
    assert paid(world.crm.read()) == {"СЧ-1": "100"}
    # BP takes its own row out: what is left has one
    world.x("bp", shared(invoice_key()))
    assert paid(world.crm.read()) == {"СЧ-1": "40"}
    # a link once found stays until the payment is moved
    world.x("bp", shared(invoice_key(), OWN_KEY))
    world.calm(3)
    assert paid(world.crm.read()) == {"СЧ-1": "40"}
    world.x("bp", shared(OTHER_KEY, OWN_KEY))
    letter = world.crm.read()
    assert paid(letter) == {"СЧ-1": "0", "СЧ-2": "100"}
    assert deleted(letter) == [(TRADE, OTHER_OPERATION)]


def test_a_refund_through_an_unposted_payment_comes_back_with_its_invoice(world: World) -> None:
    """A link survives the payment's deletion (SPEC §2), and so it does the invoice's, taken back."""
    began(world)
    world.x("bp", BOOK.payment(), refunded())
    world.x("bp", BOOK.deletion("ПБДСРасчетыСКонтрагентамиСсылка", OPERATION))
    assert paid(world.crm.read()) == {"СЧ-1": "-60"}
    world.x("crm", crm_deletion("Документ.СчетНаОплату", INVOICE))
    assert deleted(world.crm.read()) == [(TRADE, OTHER_OPERATION)]
    world.x("crm", crm_invoice())
    assert paid(world.crm.read()) == {"СЧ-1": "-60"}
    world.x("bp", BOOK.payment())
    assert paid(world.crm.read()) == {"СЧ-1": "90"}


def test_what_was_settled_through_each_other_and_is_gone_ends(world: World) -> None:
    began(world)
    row = BOOK.payment_row(
        "60", document=settles("СБДСРасчетыСКонтрагентамиСсылка", OTHER_OPERATION)
    )
    one = BOOK.payment(BANK_OUT, row, total="60")
    world.x(
        "bp",
        BOOK.payment(BANK_OUT),
        refunded().replace("ПБДСРасчетыСКонтрагентамиСсылка", "СБДСРасчетыСКонтрагентамиСсылка"),
    )
    assert paid(world.crm.read()) == {"СЧ-1": "-210"}
    world.x("bp", one)
    gone = [
        BOOK.deletion("СБДСРасчетыСКонтрагентамиСсылка", each)
        for each in (OPERATION, OTHER_OPERATION)
    ]
    world.x("bp", *gone)
    assert paid(world.crm.read()) == {"СЧ-1": "0"}
    for again in (crm_deletion("Документ.СчетНаОплату", INVOICE), crm_invoice()):
        world.x("crm", again)
    world.calm(3)


def test_what_is_left_of_a_payment_of_two_is_not_its_only_invoice(world: World) -> None:
    """The CRM deletes one of two: what was settled through the payment may be of that one."""
    began(world)
    world.x("bp", shared(invoice_key(), OTHER_KEY), refunded())
    assert paid(world.crm.read()) == {"СЧ-1": "100", "СЧ-2": "100"}
    for again in (crm_deletion("Документ.СчетНаОплату", OTHER_INVOICE), OTHER):
        letter = world.x("crm", again)
        assert letter is not None
        told = world.crm.read().all(TRADE)
        assert [text(each, "КлючевыеСвойства/Ссылка") for each in told] == [OPERATION]
    assert paid(world.crm.read()) == {"СЧ-2": "100"}


def test_a_refund_follows_a_payment_that_moves(world: World) -> None:
    began(world)
    row = BOOK.payment_row("60", document=settles("ПБДСРасчетыСКонтрагентамиСсылка", OPERATION))
    refund = BOOK.payment(BANK_OUT, row, ref=OTHER_OPERATION, total="60", number="БП-9")
    world.x("bp", BOOK.payment(), refund)
    world.crm.read()
    world.x("bp", paying(OTHER_KEY))
    assert paid(world.crm.read()) == {"СЧ-1": "0", "СЧ-2": "90"}
    world.x("bp", paying(OWN_KEY))
    letter = world.crm.read()
    assert sorted(deleted(letter)) == sorted([(TRADE, OPERATION), (TRADE, OTHER_OPERATION)])
    assert paid(letter)["СЧ-2"] == "0"


def test_an_operation_moves_between_invoices(world: World) -> None:
    began(world)
    world.x("bp", paying(invoice_key()))
    assert paid(world.crm.read()) == {"СЧ-1": "150"}
    world.x("bp", paying(OTHER_KEY))
    letter = world.crm.read()
    assert paid(letter) == {"СЧ-1": "0", "СЧ-2": "150"}
    assert text(letter.one(TRADE), "Счета/Строка/Счет/Номер") == "СЧ-2"
    world.x("bp", paying(OWN_KEY))
    letter = world.crm.read()
    assert deleted(letter) == [(TRADE, OPERATION)]
    assert paid(letter)["СЧ-2"] == "0"
    world.x("bp", paying(invoice_key()))
    assert paid(world.crm.read())["СЧ-1"] == "150"


def test_unposted_and_posted_again(world: World) -> None:
    began(world)
    for _ in range(2):
        world.x("bp", BOOK.payment())
        letter = world.crm.read()
        assert letter.all(TRADE)
        assert state_of(letter)["СостояниеОплаты"] == "ОплаченЧастично"
        world.x("bp", BOOK.deletion("ПБДСРасчетыСКонтрагентамиСсылка", OPERATION))
        letter = world.crm.read()
        assert deleted(letter) == [(TRADE, OPERATION)]
        assert state_of(letter)["СостояниеОплаты"] == "НеОплачен"
        assert "ДатаОплаты" not in state_of(letter)


def test_a_deletion_and_a_new_version_in_one_message(world: World) -> None:
    began(world)
    world.x("bp", BOOK.payment())
    world.crm.read()
    gone = BOOK.deletion("ПБДСРасчетыСКонтрагентамиСсылка", OPERATION.upper())
    world.x("bp", gone, paying(invoice_key(), "200"))
    assert paid(world.crm.read()) == {"СЧ-1": "200"}
    world.x("bp", paying(invoice_key(), "50"), gone)
    letter = world.crm.read()
    assert deleted(letter) == [(TRADE, OPERATION)]
    assert paid(letter) == {"СЧ-1": "0"}


def test_an_operation_twice_in_one_message(world: World) -> None:
    began(world)
    world.x("bp", paying(invoice_key(), "50"), paying(invoice_key(), "70"))
    letter = world.crm.read()
    assert len(letter.all(TRADE)) == 1
    assert paid(letter) == {"СЧ-1": "70"}


def test_an_operation_with_its_guid_in_another_case_is_the_same(world: World) -> None:
    began(world)
    world.x("bp", paying(invoice_key(), "50"))
    world.crm.read()
    world.x("bp", paying(invoice_key(INVOICE.upper()), "50", ref=OPERATION.upper()))
    letter = world.crm.look()
    assert letter is None or paid(letter) in ({}, {"СЧ-1": "50"})
    world.x("bp", BOOK.deletion("ПБДСРасчетыСКонтрагентамиСсылка", OPERATION.upper()))
    assert paid(world.crm.read()) == {"СЧ-1": "0"}


def test_a_payment_for_several_invoices(world: World) -> None:
    began(world)
    rows = "".join(
        BOOK.payment_row(amount, order)
        for amount, order in (
            ("60", invoice_key()),
            ("40", OTHER_KEY),
            ("5", OWN_KEY),
            ("10", invoice_key()),
        )
    )
    world.x("bp", BOOK.payment(rows=rows, total="115"))
    letter = world.crm.read()
    assert paid(letter) == {"СЧ-1": "70", "СЧ-2": "40"}
    assert text(letter.one(TRADE), "Сумма") == "115"
    shares = letter.one(TRADE).findall("{*}Счета/{*}Строка")
    assert [text(each, "Сумма") for each in shares] == ["70", "40"]


@pytest.mark.parametrize(
    ("amount", "state"),
    [
        ("199.99", "ОплаченЧастично"),
        ("200", "Оплачен"),
        ("200.01", "Переплата"),
        ("0.01", "ОплаченЧастично"),
    ],
)
def test_the_state_by_its_sum(world: World, amount: str, state: str) -> None:
    began(world)
    world.x("bp", paying(invoice_key(), amount))
    assert state_of(world.crm.read())["СостояниеОплаты"] == state


def test_dates_are_those_of_the_latest(world: World) -> None:
    began(world)
    late = BOOK.payment(
        CASH_IN, BOOK.payment_row("50", invoice_key()), ref=OTHER_OPERATION, total="50"
    )
    world.x(
        "bp",
        BOOK.payment(),
        late,
        BOOK.shipment(guid_of(55), order=invoice_key(), goods=BOOK.goods_row()),
    )
    state = state_of(world.crm.read())
    assert state["ДатаОплаты"].startswith("2026-02-13")  # ДатаВыписки of the bank's
    assert state["ДатаОтгрузки"] == "2026-02-12T12:00:00"
    assert state["СостояниеОтгрузки"] == "Отгружен"


def guid_of(number: int) -> str:
    """One more GUID."""
    from tests.mapping.book import guid

    return guid(number)


def test_the_state_follows_an_edit_of_the_invoice(world: World) -> None:
    from tests.mapping.book import crm_row

    began(world)
    world.x("bp", paying(invoice_key(), "200"))
    world.crm.read()
    world.x("crm", crm_invoice(total="400", goods=crm_row(quantity="4", sum="400", vat_sum=None)))
    state = state_of(world.crm.read())
    assert (state["СуммаСчета"], state["СостояниеОплаты"]) == ("400", "ОплаченЧастично")


def test_a_draft_counts_as_absent(world: World) -> None:
    began(world)
    world.x("bp", BOOK.payment(state="Черновик"))
    letter = world.crm.look()
    assert letter is None or TRADE not in letter.names
    world.x("bp", BOOK.payment(state="Актуальный"))
    assert paid(world.crm.read()) == {"СЧ-1": "150"}
    world.x("bp", BOOK.payment(state="Черновик"))
    letter = world.crm.read()
    assert (deleted(letter), paid(letter)) == ([(TRADE, OPERATION)], {"СЧ-1": "0"})


def test_bps_own_states_stand_beside(world: World) -> None:
    began(world)
    own = el(
        "Справочник.СостояниеОплатыЗаказа",
        el("КлючевыеСвойства", el("Заказ", invoice_key())),
        val("СостояниеОплаты", "Оплачен"),
    )
    assert world.x("bp", own) is not None
    state = state_of(world.crm.read())
    assert (state["СостояниеОплаты"], state["СостояниеОплатыБП"]) == ("НеОплачен", "Оплачен")
    assert not set(world.bp.read().names)  # never written towards BP
