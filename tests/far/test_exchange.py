"""The exchange over servers of every kind: whole, idle, and cut off (RELIABILITY F21, F22)."""

from __future__ import annotations

import pytest

from tests.exchange.world import listing
from tests.far.conftest import Make
from tests.far.cuts import at_every_step, names, passing, while_set_aside
from tests.far.world import Server, story


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
    before, steps = listing(server.root, world.root / "work"), world.cut.steps
    assert not world.run().did_something
    looked, after = world.cut.steps - steps, listing(server.root, world.root / "work")
    if tells_times(server):
        assert looked == 4, "for each side a connection and a listing"
        assert after == before
    else:
        assert looked == 8, "and each message is read again, and its size asked for"
        assert files(after) == files(before)


def files(found: dict[str, tuple[int, bytes | None]]) -> dict[str, tuple[int, bytes | None]]:
    """The files of a listing alone."""
    return {path: each for path, each in found.items() if each[1] is not None}


def tells_times(server: Server) -> bool:
    """Whether it says when a file was changed."""
    opened = server.open("bp")
    entries = opened.entries(lambda name: True)
    opened.close()
    return all(each.modified is not None for each in entries)


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_cut_off_at_every_step(after: bool, quick: Server, make: Make) -> None:
    at_every_step(make(quick), after)


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_cut_off_while_a_file_is_set_aside(after: bool, quick: Server, make: Make) -> None:
    while_set_aside(make(quick), after)
