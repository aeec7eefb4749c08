"""A message that was taken lies there half-written again; a file that kills behind a good one."""

from __future__ import annotations

import pytest

from tests.exchange.test_files import Death
from tests.exchange.world import World
from tests.mapping.book import crm_invoice


@pytest.mark.parametrize("cut", [700, -1, -12])
def test_a_taken_message_that_is_copied_once_more_is_no_alarm(world: World, cut: int) -> None:
    data = world.crm.send(crm_invoice())
    world.run()
    world.crm.put(data[:cut])  # the same bytes on their way once more
    report = world.run()
    assert (report.status, report.aside) == (0, [])
    assert world.row("crm").alarm is None
    world.crm.put(data)
    assert world.run().status == 0
    assert world.row("crm").alarm is None


def test_one_that_stays_half_written_is_rejected_without_an_alarm(world: World) -> None:
    data = world.crm.send(crm_invoice())
    world.run()
    world.crm.put(data[:700])
    world.run()
    world.tick(61)
    assert [each.problem.kind.id for each in world.run().aside] == ["XML_CUT"]
    assert world.row("crm").alarm is None


def test_another_message_under_a_taken_number_raises_its_alarm_once_it_is_whole(
    world: World,
) -> None:
    world.crm.send(crm_invoice())
    world.run()
    other = world.crm.compose(crm_invoice(total="400"), message_no=1)
    world.crm.put(other[:-12])
    assert (world.run().status, world.row("crm").alarm) == (0, None)
    world.crm.put(other)
    assert [each.problem.kind.id for each in world.run().aside] == ["NUMBER_REUSED"]
    assert world.row("crm").alarm is not None


def test_numbers_that_cannot_be_are_judged_of_a_whole_message(world: World) -> None:
    data = world.crm.compose(crm_invoice(), received_no=99)
    world.crm.put(data[:-12])
    assert (world.run().status, world.row("crm").alarm) == (0, None)
    world.tick(61)
    assert [each.problem.kind.id for each in world.run().aside] == ["XML_CUT"]
    assert world.row("crm").alarm is None


def test_poison_of_bp_takes_no_message_of_the_crm_with_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from converter.exchange.from_bp import FromBp

    def take(self: FromBp, element: object, *rest: object, **more: object) -> bool:
        raise Death

    from tests.exchange.world import BOOK

    world.crm.send(crm_invoice())
    world.bp.send(BOOK.payment())
    monkeypatch.setattr(FromBp, "take", take)
    for _ in range(3):
        with pytest.raises(Death):
            world.run()
        world.close()
    report = world.run()
    assert world.bp.rejected() == [world.bp.name, f"{world.bp.name}.txt"]
    assert [each.side for each in report.taken] == ["crm"]
    assert world.crm.rejected() == []
