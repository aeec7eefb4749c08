"""Corrections and cash receipts: told where they touch an invoice of the CRM's (SPEC §2)."""

from __future__ import annotations

import pytest

from tests.exchange.test_operations import OWN_KEY, began, guid_of, settles
from tests.exchange.world import BOOK, World
from tests.mapping.book import (
    FOREIGN_INVOICE,
    OPERATION,
    crm_invoice,
    el,
    invoice_key,
    key,
)

OF_SHIPMENT, OF_DEBT = "Документ.КорректировкаРеализацииТоваров", "Документ.КорректировкаДолга"


def of_order(name: str, order: str, ref: str = guid_of(77)) -> str:
    """One that names an invoice."""
    return el(name, el("КлючевыеСвойства", key(ref, "К-1")), el("Заказ", order))


def of_payment(payment: str) -> str:
    """One that names a payment."""
    settled = settles("ПБДСРасчетыСКонтрагентамиСсылка", payment)
    return el(OF_DEBT, el("КлючевыеСвойства", key(guid_of(77), "К-1")), settled)


def of_shipment(ref: str = OPERATION) -> str:
    """One that names a shipment."""
    of_it = el("ДокументРеализации", el("РеализацияТоваровУслугСсылка", key(ref, "БП-1")))
    return el(OF_SHIPMENT, el("КлючевыеСвойства", key(guid_of(77), "К-1")), of_it)


def shipped(order: str) -> str:
    return BOOK.shipment(order=order, goods=BOOK.goods_row())


@pytest.mark.parametrize("name", [OF_DEBT, OF_SHIPMENT, "Документ.ЧекККМ"])
def test_what_names_an_invoice_warns(world: World, name: str) -> None:
    began(world)
    world.x("bp", of_order(name, invoice_key()))
    assert world.warnings() == ["NOT_COUNTED"]
    world.x("bp", of_order(name, OWN_KEY))
    assert world.warnings() == ["NOT_COUNTED"]


def test_what_names_an_operation_on_an_invoice_warns(world: World) -> None:
    began(world)
    own = BOOK.payment(rows=BOOK.payment_row("5", OWN_KEY), ref=guid_of(71))
    world.x("bp", BOOK.payment(), own)
    world.x("bp", of_payment(guid_of(71)), of_payment(guid_of(72)))  # BP's own
    assert world.warnings() == []
    world.x("bp", of_payment(OPERATION.upper()))
    assert world.warnings() == ["NOT_COUNTED"]


@pytest.mark.parametrize("first", [True, False])
def test_what_comes_with_the_shipment_that_it_corrects_warns(world: World, first: bool) -> None:
    """Day-end and full exports: both in one message, in any order."""
    began(world)
    both = [shipped(invoice_key()), of_shipment()]
    world.bp.send(*(both if first else reversed(both)))
    (told,) = world.run().problems
    assert (told.kind.id, told.where.file) == ("NOT_COUNTED", "Message_BP_CRM.xml")
    (entry,) = world.journal("warning")
    assert (entry["side"], entry["kind"]) == ("bp", OF_SHIPMENT)


def test_what_comes_with_bps_own_shipment_is_nobodys(world: World) -> None:
    began(world)
    world.x("bp", shipped(OWN_KEY), of_shipment())
    assert world.warnings() == []


def test_it_is_judged_by_what_the_message_makes_of_the_shipment(world: World) -> None:
    """The shipment is moved to BP's own invoice by the message that corrects it."""
    began(world)
    world.x("bp", shipped(invoice_key()))
    world.x("bp", of_shipment(), shipped(OWN_KEY))
    assert world.warnings() == []


def test_the_invoice_may_come_from_the_crm_in_the_same_pass(world: World) -> None:
    world.crm.send(crm_invoice())
    world.bp.send(shipped(invoice_key()), of_shipment())
    world.run()
    assert "NOT_COUNTED" in world.warnings()


def test_an_invoice_by_the_guid_that_bp_has_for_it_warns(world: World) -> None:
    began(world)
    alias = invoice_key(FOREIGN_INVOICE)
    world.x("bp", shipped(alias))
    before = world.warnings()
    world.x("bp", of_order(OF_DEBT, alias))
    assert world.warnings() == ["NOT_COUNTED", *before]


def test_a_message_that_must_wait_for_a_person_says_nothing_yet(world: World) -> None:
    """A restored base lacks a payment: nothing of its message is applied until somebody agrees."""
    began(world)
    world.x("bp", BOOK.payment())
    world.exchange().command("restored", side="bp", sent=9, received=1, agreed=False)
    world.bp.sent = 9
    world.bp.send(of_order(OF_DEBT, invoice_key()))
    assert [each.kind.id for each in world.run().problems] == ["RESTORED_ASK"]
    assert world.warnings() == []
    world.exchange().command("agreed", side="bp")
    world.run()
    assert world.warnings() == ["NOT_COUNTED"]


def test_many_at_once_are_told_each(world: World) -> None:
    began(world)
    world.x("bp", *(of_order(OF_DEBT, invoice_key(), guid_of(1000 + n)) for n in range(250)))
    assert len(world.warnings()) == 250
