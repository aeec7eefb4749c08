"""Operations that are judged again: held, released, refused, tied, moved (SPEC §2; PROTOCOL R5)."""

from __future__ import annotations

import pytest

from tests.exchange.conftest import Make
from tests.exchange.test_operations import TRADE, deleted, paid, paying
from tests.exchange.test_told import warned
from tests.exchange.test_unlinked import views
from tests.exchange.world import BOOK, World, text
from tests.mapping.book import (
    BANK_OUT,
    BUYER,
    CARD,
    FOREIGN_INVOICE,
    INVOICE,
    OPERATION,
    OTHER_INVOICE,
    OTHER_OPERATION,
    crm_invoice,
    crm_row,
    el,
    guid,
    invoice_key,
    key,
    party,
)

EURO = BOOK.payment(
    currency=BOOK.currency("978", "EUR"),
    rows=BOOK.payment_row("10", invoice_key(), settlement=BOOK.settlement()),
)


def began(world: World) -> None:
    world.crm.send(crm_invoice(), crm_invoice(OTHER_INVOICE, "СЧ-2"))
    world.run()
    world.calm(1)


def happened(world: World) -> list[tuple[str, str, str]]:
    """What became of the held operation: the events of its kind, and why."""
    return [
        (each["event"], each["ref"], each["details"].get("why", ""))
        for each in world.journal()
        if each["kind"] == TRADE and each["event"] in ("held", "dropped", "released")
    ]


def test_an_unclear_sum_is_released_by_the_invoice_and_held_by_it_again(world: World) -> None:
    began(world)
    world.bp.send(EURO)
    report = world.run()
    assert (report.status, report.held) == (1, 1)
    assert happened(world) == [("held", OPERATION, "")]
    world.crm.send(crm_invoice(currency="978"))
    report = world.run()
    assert (report.status, report.held, report.released, world.held()) == (0, 0, 1, [])
    assert happened(world)[1:] == [("released", OPERATION, "released")]
    letter = world.crm.read()
    assert text(letter.one(TRADE), "Счета/Строка/Сумма") == "10"
    world.crm.send(crm_invoice())
    assert world.run().status == 1
    assert world.errors() == ["SUM_UNKNOWN"]
    assert deleted(world.crm.read()) == []  # the last good version stands
    world.x("bp", BOOK.payment(rows=BOOK.payment_row("10")))
    assert happened(world)[2:] == [("held", OPERATION, ""), ("dropped", OPERATION, "replaced")]
    assert deleted(world.crm.read()) == [(TRADE, OPERATION)]


def test_a_refund_to_a_card_is_told_and_takes_back_what_was_given(world: World) -> None:
    began(world)
    row = BOOK.payment_row("10", invoice_key())
    world.x("bp", BOOK.card(row))
    assert paid(world.crm.read()) == {"СЧ-1": "10"}
    world.x("bp", BOOK.card(row, kind="ВозвратОплатыКлиентуНаПлатежнуюКарту"))
    letter = world.crm.read()
    assert (deleted(letter), paid(letter)) == ([(TRADE, OPERATION)], {"СЧ-1": "0"})
    place = ["", 4, f"{CARD} № БП-1", "КлючевыеСвойства/ВидОперации", f"{CARD} {OPERATION}"]
    assert warned(world) == [("bp", TRADE, OPERATION, "CARD_REFUND", place, {})]
    assert views(world) == []


def test_an_operation_is_given_under_the_counterparty_of_the_crm(world: World) -> None:
    began(world)
    world.x("bp", BOOK.payment(buyer=party(guid(62))))
    given = world.crm.read().one(TRADE)
    assert text(given, "Контрагент/Ссылка") == BUYER
    another = ("Другой ООО", "9988003037")
    world.x("bp", BOOK.payment(buyer=party(guid(63), *another)))
    assert text(world.crm.read().one(TRADE), "Контрагент/Ссылка") == guid(63)
    world.x("crm", crm_invoice(guid(5), "СЧ-5", buyer=party(guid(64), *another)))
    world.x("bp", BOOK.payment(buyer=party(guid(63), *another), total="160"))
    assert text(world.crm.read().one(TRADE), "Контрагент/Ссылка") == guid(64)


def test_a_share_that_alone_changes_is_counted_anew(world: World) -> None:
    began(world)

    def split(one: str, two: str) -> str:
        rows = BOOK.payment_row(one, invoice_key())
        rows += BOOK.payment_row(two, invoice_key(OTHER_INVOICE, "СЧ-2"))
        return BOOK.payment(rows=rows, total="100")

    world.x("bp", split("60", "40"))
    assert paid(world.crm.read()) == {"СЧ-1": "60", "СЧ-2": "40"}
    world.x("bp", split("30", "70"))
    assert paid(world.crm.read()) == {"СЧ-1": "30", "СЧ-2": "70"}


@pytest.mark.parametrize("place", ["goods", "services"])
def test_goods_and_services_name_their_invoice(world: World, place: str) -> None:
    began(world)
    order = el("Заказ", invoice_key(OTHER_INVOICE, "СЧ-2"))
    if place == "goods":
        world.x("bp", BOOK.shipment(goods=BOOK.goods_row(after=order)))
    else:
        world.x("bp", BOOK.shipment(total="500", services=BOOK.service_row(after=order)))
    given = world.crm.read().one(TRADE)
    assert text(given, "Счета/Строка/Счет/Номер") == "СЧ-2"


def test_what_waits_for_an_invoice_is_judged_when_it_comes(world: World) -> None:
    """By GUID, by number, through the document that it settles, and in a row of its own."""
    later = invoice_key(guid(5), "СЧ-5")
    shipped = el("РеализацияТоваровУслугСсылка", key(OTHER_OPERATION, "БП-1"))
    world.bp.send(
        paying(later, "10"), paying(invoice_key(None, "СЧ-5"), "20", ref=guid(71)),
        BOOK.payment(rows=BOOK.payment_row("30", document=shipped), total="30", ref=guid(72)),
        BOOK.payment(rows=BOOK.payment_row("40", object=shipped), total="40", ref=guid(73)),
        BOOK.shipment(OTHER_OPERATION, goods=BOOK.goods_row(after=el("Заказ", later))),
    )  # fmt: skip
    world.run()
    assert world.crm.look() is None
    world.crm.send(crm_invoice(guid(5), "СЧ-5"))
    world.run()
    letter = world.crm.read()
    assert paid(letter) == {"СЧ-5": "100"}
    assert len(letter.all(TRADE)) == 5


def test_an_unposted_operation_without_an_invoice_is_nobodys(world: World) -> None:
    began(world)
    world.x("bp", BOOK.payment(rows=BOOK.payment_row("10")))
    assert [each.ref for each in views(world)] == [OPERATION]
    world.x("bp", BOOK.payment(rows=BOOK.payment_row("10"), state="Черновик"))
    assert views(world) == []
    world.x("bp", BOOK.payment(rows=BOOK.payment_row("10")))
    assert len(views(world)) == 1
    world.x("bp", paying(invoice_key(FOREIGN_INVOICE, "БП-7"), "10"))
    assert views(world) == []


def test_a_payment_back_is_told_apart(world: World) -> None:
    began(world)
    refund = BOOK.payment(BANK_OUT, BOOK.payment_row("30", invoice_key()), ref=guid(71), total="30")
    world.x("bp", BOOK.payment(), refund)
    letter = world.crm.read()
    kinds = {text(each, "ВидОперации"): text(each, "Сумма") for each in letter.all(TRADE)}
    assert kinds == {"ПоступлениеБезналичныхДС": "150", "СписаниеБезналичныхДС": "30"}
    assert paid(letter) == {"СЧ-1": "120"}


def test_of_a_crms_edit_only_its_own_operations_are_given_again(world: World) -> None:
    began(world)
    world.x("bp", BOOK.payment(), paying(invoice_key(OTHER_INVOICE, "СЧ-2"), "5", ref=guid(71)))
    world.calm(1)
    row = crm_row(quantity="4", sum="400", vat_sum=None)
    world.x("crm", crm_invoice(total="400", goods=row))
    letter = world.crm.read()
    assert letter.names == ["СостояниеСчета"]
    assert text(letter.objects[0], "Счет/Ссылка") == INVOICE


def test_a_restored_bp_brings_back_what_was_held_of_an_operation(make: Make) -> None:
    world = make()
    began(world)
    world.bp.send(EURO)
    world.run()
    world.exchange().command("restored", side="bp", sent=9, received=1, agreed=True)
    assert world.held() == []
    world.run()
    world.bp.sent = 9
    world.bp.read()
    world.bp.send(EURO, BOOK.invoice(), BOOK.invoice(OTHER_INVOICE, number="СЧ-2"))
    world.run()
    assert world.errors() == ["SUM_UNKNOWN"]


def test_a_restored_bp_that_names_an_operation_unreadably_keeps_it(world: World) -> None:
    began(world)
    world.x("bp", BOOK.invoice(), BOOK.payment())
    world.calm(1)
    world.restored("bp", received=1)
    world.bp.read()
    world.bp.send(BOOK.invoice(), BOOK.payment(total="много"))
    world.run()
    assert [each.key for each in world.held()] == [f"{TRADE} {OPERATION}"]
    assert world.journal("withdrawn") == []
    assert world.run().status == 0
