"""A plan says beforehand what the pass will do, and touches nothing (SPEC §7, ``sync --dry-run``)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from converter.exchange.report import Report
from tests.exchange.conftest import Make
from tests.exchange.test_files import packed
from tests.exchange.test_greetings import PEER
from tests.exchange.test_invoices import edited, ours
from tests.exchange.world import BOOK, World, listing
from tests.mapping.book import crm_invoice, guid


def values(report: Report) -> dict[str, Any]:
    """All that a report says."""
    return dict(vars(report))


def began(world: World) -> None:
    """An invoice that both know, and a payment that the CRM has not read."""
    world.crm.send(crm_invoice())
    world.run()
    world.calm(1)
    world.bp.send(BOOK.payment())
    world.run()


def first(world: World) -> None:
    world.crm.send(crm_invoice(), crm_invoice(guid(5), "СЧ-5", total="1"))


def both(world: World) -> None:
    began(world)
    world.bp.send(edited("400"))
    world.crm.send(ours("600"))


def idle(world: World) -> None:
    began(world)
    world.calm(1)


def greeted(world: World) -> None:
    world.bp.greet(guid=PEER)


def behind_a_greeting(world: World) -> None:
    greeted(world)
    world.run()
    world.crm.send(crm_invoice())


def greeting_gone(world: World) -> None:
    began(world)
    greeted(world)
    world.run()
    world.bp.ours().unlink()


def gone(world: World) -> None:
    began(world)
    world.crm.ours().unlink()


def spoilt(world: World) -> None:
    began(world)
    world.crm.ours().write_bytes(b"other")


def rewritten(world: World) -> None:
    """Somebody has written the same bytes once more."""
    began(world)
    data = world.crm.ours().read_bytes()
    world.crm.ours().unlink()
    (world.crm.folder / "Message_BP_CRM.xml").write_bytes(data + b" ")
    (world.crm.folder / "Message_BP_CRM.xml").write_bytes(data)


def answers_gone(world: World) -> None:
    """Acknowledgements alone, put back once already; then both are gone."""
    began(world)
    world.bp.ours().unlink()
    world.run()
    world.bp.ours().unlink()
    world.crm.ours().unlink()


def half_written(world: World) -> None:
    world.crm.put(world.crm.compose(crm_invoice())[:500])


def still_half_written(world: World) -> None:
    half_written(world)
    world.run()
    world.tick(61)


def of_another(world: World) -> None:
    world.crm.send(crm_invoice(), sender="УТ")


def alarming(world: World) -> None:
    began(world)
    world.crm.send(received_no=99)


def in_alarm(world: World) -> None:
    alarming(world)
    world.run()
    world.crm.ours().unlink()
    world.crm.send(crm_invoice(guid(5), "СЧ-5"))
    world.bp.send(edited("400"))


def late(world: World) -> None:
    world.crm.send(message_no=3)
    world.run()
    world.crm.send(message_no=2, created="2026-02-10T08:00:00")


def zipped(world: World) -> None:
    world.crm.put(packed(world.crm.compose(crm_invoice())), "Message_CRM_BP.zip")


def away(world: World) -> None:
    began(world)
    world.bp.folder.rename(world.root / "away")
    world.crm.send(ours("600"))


def crm_away(world: World) -> None:
    began(world)
    world.crm.folder.rename(world.root / "away")
    world.bp.send(edited("400"))


SCENES = (
    first, both, idle, greeted, behind_a_greeting, greeting_gone, gone, spoilt, rewritten, answers_gone,
    half_written, still_half_written, of_another, alarming, in_alarm, late, zipped, away,
    crm_away,
)  # fmt: skip


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.__name__)
def test_a_plan_is_what_the_pass_then_does(make: Make, scene: Callable[[World], None]) -> None:
    world = make()
    scene(world)
    planned = twice(world)
    told = values(world.run())
    assert planned == told


def twice(world: World) -> dict[str, Any]:
    """What two plans say, the second like the first: neither has touched anything."""
    world.state()
    before = listing(world.root)
    now = world.now
    world.tick()
    one, two = (values(world.exchange().run(dry=True)) for _ in range(2))
    assert one == two
    assert listing(world.root) == before
    world.now = now
    return one
