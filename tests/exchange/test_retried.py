"""What an earlier version of the converter refused, and this one understands, is released (SPEC §5)."""

from __future__ import annotations

import pytest
from lxml import etree

from converter.problems import catalogue as say
from converter.problems.keeping import as_texts
from converter.state.held import TAKE, Held, HeldObjects
from converter.state.versions import Versions
from tests.exchange.conftest import Make
from tests.exchange.test_cards import card
from tests.exchange.test_enterprise_crm import spoken
from tests.exchange.test_invoices import BILL, CARDS, ORDER, PARTY, edited, ours
from tests.exchange.test_told import SELLERS, TRADE
from tests.exchange.world import BOOK, World
from tests.mapping.book import (
    BUYER,
    CONTRACT,
    INVOICE,
    OPERATION,
    SELLER,
    crm_counterparty,
    crm_deletion,
    crm_invoice,
    element,
    val,
)
from tests.mapping.orders import contract
from tests.mapping.orders import crm_invoice as order

GONE = "УдалениеОбъекта"
CONTRACTS = "Справочник.Договоры"


def refused(world: World, side: str, kind: str, ref: str, text: str) -> Held:
    """An object that is held, though nothing is wrong with it."""
    base = getattr(world, side)
    raw = etree.tostring(element(base.space, text), encoding="utf-8")
    version = "1.0" if base.plain else base.version
    problems = as_texts([say.NUMBER_MISSING().at(object="?", line=7)])
    with world.state().begin() as connection:
        known = Versions(connection, world.link.name).known(side, kind, ref)
        base = None if known is None else known.mark
        held = Held(side, kind, ref, TAKE, raw, "?", base, version, problems, world.now)
        HeldObjects(connection, world.link.name).put(held)
    return held


@pytest.mark.parametrize(
    ("side", "kind", "ref", "text", "given"),
    [
        ("crm", BILL, INVOICE, ours("600"), ORDER),
        ("crm", BILL, "№ СЧ-1", ours("600"), ORDER),
        ("crm", PARTY, BUYER, crm_counterparty(after=val("Комментарий", "-")), PARTY),
        ("crm", GONE, "?", crm_deletion(BILL, INVOICE), GONE),
        ("bp", BILL, INVOICE, edited(), BILL),
        ("bp", PARTY, BUYER, card(BUYER), PARTY),
        ("bp", SELLERS, SELLER, CARDS[0], SELLERS),
        ("bp", TRADE, OPERATION, BOOK.payment(), TRADE),
    ],
)
def test_what_is_understood_by_now_is_released(
    world: World, side: str, kind: str, ref: str, text: str, given: str
) -> None:
    world.crm.send(crm_invoice())
    world.run()
    world.calm(2)
    held = refused(world, side, kind, ref, text)
    done = world.exchange().command("retry", keys=[held.key])
    (line,) = [each for each in world.journal() if each["event"] in ("dropped", "released")]
    assert (line["side"], line["kind"], line["ref"]) == (side, kind, ref)
    assert line["details"]["raw"] == held.raw.decode()
    # an operation goes on to be judged, as if it had come once more
    event, why = ("dropped", "replaced") if kind == TRADE else ("released", "released")
    assert (line["event"], line["details"]["why"]) == (event, why)
    assert (done.released, done.held, done.problems) == (int(kind != TRADE), 0, [])
    assert world.held() == []
    world.run()
    other = world.bp if side == "crm" else world.crm
    assert given in other.read().names


@pytest.mark.parametrize("side", ["crm", "bp"])
def test_a_contract_too(make: Make, side: str) -> None:
    world = spoken(make)
    world.crm.send(order("1.3"), contract("1.3"))
    world.run()
    world.calm(2)
    version = getattr(world, side).version
    refused(world, side, CONTRACTS, CONTRACT, contract(version).replace("17-М", "18-М"))
    assert world.exchange().command("retry", keys=[]).released == 1
    assert world.held() == []
    world.run()
    other = world.bp if side == "crm" else world.crm
    assert CONTRACTS in other.read().names


def test_only_what_is_named_is_tried_again(world: World) -> None:
    world.crm.send(crm_invoice())
    world.run()
    world.calm(1)
    one = refused(world, "crm", BILL, INVOICE, ours("600"))
    two = refused(world, "bp", SELLERS, SELLER, CARDS[0])
    assert world.exchange().command("retry", keys=["?", two.key]).released == 1
    assert world.held() == [one]
