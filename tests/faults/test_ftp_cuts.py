"""FTP that is cut off before every command, in place of every reply, after so many bytes (F21, F22)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from tests.exchange.world import BOOK
from tests.far.conftest import Make, make
from tests.far.ftpd import Running, Script, ftp
from tests.far.test_exchange import all_came, passing, torn_nowhere
from tests.far.world import FarWorld, story
from tests.mapping.book import crm_invoice, guid

__all__ = ["make"]

#: the server leaves files open where it is cut off
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


@pytest.fixture(params=["good", "old"])
def either(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Running]:
    """A good one, and one without MLSD that renames over no file."""
    root = tmp_path / "server"
    root.mkdir()
    old = request.param == "old"
    with ftp(root, mlsd=not old, replaces=not old) as found:
        yield found


def cut_off(world: FarWorld, script: Script, at: Callable[[int], None], least: int) -> None:
    """Passes with news from both bases, each cut off later than the one before, until one is whole."""
    story(world, lambda: passing(world))
    for step in count():
        world.crm.send(crm_invoice(guid(1000 + step), f"СЧ-{1000 + step}"))
        world.bp.send(BOOK.payment(ref=guid(5000 + step), number=f"БП-{step}"))
        script.reset()
        at(step)
        world.run()
        broken = script.broken
        script.reset()
        torn_nowhere(world)
        passing(world)
        all_came(world)
        if not broken:
            assert step > least
            return


def test_cut_off_before_every_command(either: Running, make: Make) -> None:
    world = make(either.offered)
    cut_off(world, either.script, lambda step: setattr(either.script, "command", step), 60)


def test_cut_off_in_place_of_every_reply(either: Running, make: Make) -> None:
    world = make(either.offered)
    cut_off(world, either.script, lambda step: setattr(either.script, "reply", step), 60)


@pytest.mark.parametrize("lies", [False, True], ids=["told", "226"])
def test_cut_off_after_so_many_bytes(lies: bool, either: Running, make: Make) -> None:
    """Where the server says 226 for a part, nobody but the size tells."""
    script = either.script

    def at(step: int) -> None:
        script.data, script.lies = step * 331, lies

    cut_off(make(either.offered), script, at, 20)
