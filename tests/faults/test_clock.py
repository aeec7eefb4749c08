"""The clock of the computer jumps: numbers and acknowledgements do not depend on it (F17)."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tests.exchange.world import SETTLE, World
from tests.mapping.book import crm_invoice
from tests.messages import guid

YEAR = timedelta(days=365)


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A link that has begun."""
    made = World(tmp_path)
    made.crm.send(crm_invoice())
    made.run()
    made.calm(2)
    return made


@pytest.mark.parametrize("jump", [YEAR, -YEAR, timedelta(hours=1), -timedelta(hours=1)])
def test_messages_are_taken_whatever_the_clock_says(world: World, jump: timedelta) -> None:
    """Also those that a base, whose clock jumped, dates before the last one."""
    sent = world.row("bp").sent
    for number in (2, 3):
        world.now += jump
        assert world.x("crm", crm_invoice(guid(number), f"СЧ-{number}")) is not None
        assert world.row("crm").received == world.crm.sent
        assert world.bp.read().number == (sent := sent + 1)
    world.calm()
    assert not world.run().did_something
    assert world.row("crm").alarm is None and world.row("bp").alarm is None
    world.close()


def test_a_clock_set_back_does_not_keep_a_broken_file_for_ever(world: World) -> None:
    world.crm.put(world.crm.compose(crm_invoice(guid(2), "СЧ-2"))[:-20])
    assert world.run().status == 0
    world.now -= YEAR
    assert world.run().status == 0
    world.tick(SETTLE + 1)
    assert [each.problem.kind.id for each in world.run().aside] == ["XML_CUT"]
    world.close()


def test_a_clock_set_forward_applies_nothing_of_a_file_that_is_being_written(world: World) -> None:
    """Waiting is over too soon; the file is set aside, its number stays free, and it may come again."""
    data = world.crm.compose(crm_invoice(guid(2), "СЧ-2"))
    world.crm.put(data[:-20])
    assert world.run().status == 0
    world.now += YEAR
    assert world.run().status == 1
    assert world.row("crm").received == world.crm.sent - 1
    world.crm.put(data)
    assert [each.number for each in world.run().taken] == [world.crm.sent]
    world.close()
