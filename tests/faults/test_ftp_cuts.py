"""FTP that is cut off before every command, in place of every reply, after so many bytes (F21, F22)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.far.conftest import Make, make
from tests.far.cuts import later_and_later
from tests.far.ftpd import Running, Script, ftp
from tests.far.world import FarWorld

__all__ = ["make"]

#: the server leaves files open where it is cut off
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


@pytest.fixture(params=["good", "old", "sizeless", "active"])
def either(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Running]:
    """A good one, one without MLSD that renames over no file, one that knows SIZE no more either, and
    one that comes to us with data."""
    root = tmp_path / "server"
    root.mkdir()
    options: dict[str, bool] = {
        "old": {"mlsd": False, "replaces": False},
        "sizeless": {"mlsd": False, "sizes": False},
        "active": {"passive": False},
    }.get(request.param, {})
    with ftp(root, **options) as found:  # type: ignore[arg-type]
        yield found


def cut_off(world: FarWorld, script: Script, at: Callable[[int], None], least: int) -> None:
    """Passes cut off where ``at`` tells the server to."""

    def cut(step: int) -> None:
        script.reset()
        at(step)

    def mend() -> bool:
        broken = script.broken
        script.reset()
        return broken

    later_and_later(world, cut, mend, least)


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
