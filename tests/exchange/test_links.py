"""Several links on one state (SPEC §8)."""

from __future__ import annotations

from pathlib import Path

from tests.exchange.world import BOOK, World, state_of
from tests.mapping.book import crm_invoice


def second(world: World, root: Path) -> World:
    """Another link on the same state."""
    other = World(root, name="other")
    other._state = world.state()
    return other


def test_two_links_on_one_state_know_nothing_of_each_other(world: World, tmp_path: Path) -> None:
    other = second(world, tmp_path / "second")
    world.crm.send(crm_invoice())
    other.crm.send(crm_invoice(total="1"))
    assert (world.run().status, other.run().status) == (0, 1)
    assert world.bp.read().number == 1
    assert other.bp.look() is None
    world.x("bp", BOOK.payment())
    assert state_of(world.crm.read())["Оплачено"] == "150"
    other.bp.send(BOOK.payment())
    other.run()
    assert "СостояниеСчета" not in other.crm.read().names
    assert (len(world.held()), world.row("crm").guid != other.row("crm").guid) == (0, True)
