"""The exchange over servers of every kind: whole, cut off at every step, refused (RELIABILITY F21, F22)."""

from __future__ import annotations

from itertools import count
from pathlib import Path

import pytest

from tests.exchange.world import BOOK, World, listing
from tests.far.conftest import Make
from tests.far.directory import Cut
from tests.far.world import FarWorld, Server, story
from tests.mapping.book import crm_invoice, guid


def passing(world: World) -> None:
    """A pass that goes well."""
    report = world.run()
    assert (report.status, report.away) == (0, [])


def names(folder: Path) -> set[str]:
    """What lies in a folder on the server."""
    return {each.name for each in folder.iterdir()}


def test_the_story(server: Server, make: Make) -> None:
    world = make(server)
    story(world, lambda: passing(world))
    for base in (world.crm, world.bp):
        assert names(base.folder) == {"Message_CRM_BP.xml", "Message_BP_CRM.xml"}


@pytest.mark.parametrize("side", ["crm", "bp"])
def test_one_folder_on_a_server_and_one_here(side: str, server: Server, make: Make) -> None:
    world = make(server, sides=(side,))
    story(world, lambda: passing(world))


def test_an_idle_pass_only_looks(server: Server, make: Make) -> None:
    world = make(server)
    story(world, lambda: passing(world))
    world.tick(60)
    passing(world)  # what came within a second of being read is read once more
    before, steps = listing(server.root), world.cut.steps
    assert not world.run().did_something
    assert world.cut.steps - steps == 4, "for each side a connection and a listing"
    assert listing(server.root) == before


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_cut_off_at_every_step(after: bool, server: Server, make: Make) -> None:
    world = make(server)
    story(world, lambda: passing(world))
    for step in count():
        world.crm.send(crm_invoice(guid(1000 + step), f"СЧ-{1000 + step}"))
        world.bp.send(BOOK.payment(ref=guid(5000 + step), number=f"БП-{step}"))
        world.cut = Cut(step, after)
        world.run()
        broken = world.cut.broken
        world.cut = Cut()
        torn_nowhere(world)
        passing(world)
        all_came(world)
        if not broken:
            assert step > 15
            return


def torn_nowhere(world: FarWorld) -> None:
    """What lies under final names can be read, whatever was cut off."""
    for base in (world.crm, world.bp):
        base.look()


def all_came(world: FarWorld) -> None:
    """Each message was taken once, ours are there whole, and nothing else is left on the server."""
    for base in (world.crm, world.bp):
        assert world.row(base.side).received == base.sent
        numbers = [
            each["details"]["number"]
            for each in world.journal("taken")
            if each["side"] == base.side
        ]
        assert numbers == sorted(set(numbers))
        letter = base.read()
        assert letter.number == world.row(base.side).sent
        assert letter.received == base.sent
        assert names(base.folder) == {"Message_CRM_BP.xml", "Message_BP_CRM.xml"}
        assert base.rejected() == []


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_cut_off_while_a_file_is_set_aside(after: bool, server: Server, make: Make) -> None:
    world = make(server)
    world.run()
    for step in count():
        world.tick()
        refused = world.bp.put(b"<x>%d</x>" % step)
        world.cut = Cut(step, after)
        world.run()
        broken = world.cut.broken
        world.cut = Cut()
        world.run()
        aside = sorted((world.bp.folder / "rejected").glob("*.xml"))
        assert [each.read_bytes() for each in aside] == [
            b"<x>%d</x>" % each for each in range(step + 1)
        ]
        assert len(world.bp.reports()) == step + 1
        assert not refused.exists()
        assert len(world.journal("rejected")) == step + 1
        if not broken:
            assert step > 6
            return
