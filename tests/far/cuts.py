"""Passes that are cut off, each later than the one before, until one comes to its end."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from pathlib import Path

from tests.exchange.world import BOOK, World
from tests.far.directory import Cut
from tests.far.world import FarWorld, story
from tests.mapping.book import crm_invoice, guid


def passing(world: World) -> None:
    """A pass that goes well."""
    report = world.run()
    assert (report.status, report.away) == (0, [])


def names(folder: Path) -> set[str]:
    """What lies in a folder on the server."""
    return {each.name for each in folder.iterdir()}


def later_and_later(
    world: FarWorld, cut: Callable[[int], None], mend: Callable[[], bool], least: int
) -> None:
    """Passes with news from both bases, cut off by ``cut``; ``mend`` ends that, and tells whether
    anything was. After each, nothing torn shows, and the next pass makes up for all.

    There must be more than ``least`` places to cut at.
    """
    story(world, lambda: passing(world))
    for step in count():
        world.crm.send(crm_invoice(guid(1000 + step), f"СЧ-{1000 + step}"))
        world.bp.send(BOOK.payment(ref=guid(5000 + step), number=f"БП-{step}"))
        cut(step)
        world.run()
        broken = mend()
        for base in (world.crm, world.bp):
            base.look()  # what lies under final names can be read, whatever was cut off
        passing(world)
        _all_came(world)
        if not broken:
            assert step > least
            return


def _all_came(world: FarWorld) -> None:
    """Each message was taken once, ours are there whole, and nothing else is left on the server."""
    for base in (world.crm, world.bp):
        assert world.row(base.side).received == base.sent
        taken = [each for each in world.journal("taken") if each["side"] == base.side]
        numbers = [each["details"]["number"] for each in taken]
        assert numbers == sorted(set(numbers))
        letter = base.read()
        assert letter.number == world.row(base.side).sent
        assert letter.received == base.sent
        assert names(base.folder) == {"Message_CRM_BP.xml", "Message_BP_CRM.xml"}


def at_every_step(world: FarWorld, after: bool) -> None:
    """Cut before each step of the connections, or after it, its answer lost."""

    def cut(step: int) -> None:
        world.cut = Cut(step, after)

    def mend() -> bool:
        broken, world.cut = world.cut.broken, Cut()
        return broken

    later_and_later(world, cut, mend, 15)


def while_set_aside(world: FarWorld, after: bool) -> None:
    """The same while a refused file goes to ``rejected`` on the server."""
    world.run()
    for step in count():
        world.tick()
        refused = world.bp.put(b"<x>%d</x>" % step)
        world.cut = Cut(step, after)
        world.run()
        broken, world.cut = world.cut.broken, Cut()
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
