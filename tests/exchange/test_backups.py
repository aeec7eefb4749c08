"""What a base that was restored sends of its backup, kind by kind: none of it is an edit (R8)."""

from __future__ import annotations

from tests.exchange.conftest import Make
from tests.exchange.test_cards import card, with_contract
from tests.exchange.test_enterprise_crm import letter_of
from tests.exchange.world import World, text
from tests.mapping.book import BUYER, crm_counterparty, crm_invoice
from tests.mapping.orders import contract

CARD = "Справочник.Договоры"


def restored(world: World) -> int:
    """BP has read the first message alone; returns how many the CRM was sent so far."""
    world.restored("bp", received=1)
    world.bp.read()
    return world.row("crm").sent


def test_a_contract(make: Make) -> None:
    world = with_contract(make)
    for number in ("18-М", "19-М"):
        world.x("bp", contract("1.19").replace("17-М", number))
        assert CARD not in letter_of(world, "bp").names  # it has all of it
        world.calm(1)
    sent = restored(world)
    world.x("bp", contract("1.19").replace("17-М", "18-М"))
    assert world.journal("conflict") == []
    assert text(world.bp.read().one(CARD), "КлючевыеСвойства/Номер") == "19-М"
    assert world.row("crm").sent == sent  # which hears nothing of it
    world.calm(1)
    assert not world.run().did_something


def test_a_counterparty(world: World) -> None:
    world.crm.send(crm_counterparty(), crm_invoice())
    world.run()
    world.calm(1)
    for comment in ("один", "два"):
        world.x("bp", card(BUYER, comment))
        world.calm(1)
    sent = restored(world)
    world.x("bp", card(BUYER, "один"))
    assert world.journal("conflict") == []
    assert "два" in world.bp.read().data.decode()
    assert world.row("crm").sent == sent
    world.calm(1)
    assert not world.run().did_something


def test_a_contract_that_was_changed_and_changed_back(make: Make) -> None:
    """The backup is of either time; nothing is due to BP."""
    world = with_contract(make)
    for number in ("18-М", "17-М"):
        world.x("bp", contract("1.19").replace("17-М", number))
        world.calm(1)
    restored(world)
    world.x("bp", contract("1.19"))
    assert CARD not in world.bp.read().names
