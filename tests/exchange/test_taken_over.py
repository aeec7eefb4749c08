"""A link that another process takes over in the middle: no file takes its name after that (R9, R11)."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Connection

from converter.exchange.report import Report
from converter.problems import Stopped
from converter.problems import catalogue as say
from converter.state.trips import Door, trips_of
from converter.state.wire import Call
from tests.exchange.test_files import Death, die_at
from tests.exchange.world import World
from tests.mapping.book import crm_invoice


class Lease:
    """A link that is another's from a place of the pass on."""

    def __init__(self, place: str, taken_over: bool = False) -> None:
        self.place = place
        self.lost = not place
        self.taken_over = taken_over

    def reached(self, name: str) -> None:
        """A checkpoint."""
        self.lost = self.lost or name == self.place

    def enter(self, connection: Connection) -> None:
        """What is written counts: only names are looked at here."""
        if connection.dialect.name == "postgresql":  # where it is the lease that begins
            trips_of(connection).close(Door([Call("BEGIN", {})], lambda rows: None))

    def check(self) -> None:
        if self.lost:
            raise Stopped(say.LINK_TAKEN(link="main"))

    def finish(self) -> None:
        """Nobody asks who passed the link."""


def run(world: World, lease: Lease) -> Report:
    """A pass under a lease."""
    world.tick()
    exchange = world.exchange(lease.reached)
    with exchange.holding(lease):
        return exchange.run()


def stopped(world: World, place: str) -> None:
    """A pass that stops as soon as the link is another's."""
    with pytest.raises(Stopped) as caught:
        run(world, Lease(place))
    assert caught.value.problem.kind.id == "LINK_TAKEN"


def names(world: World) -> list[str]:
    """What lies in the archive of the CRM, messages and records."""
    archive = world.crm.folder / "archive"
    return sorted(each.name for each in archive.rglob("[0-9]*.*"))


@pytest.fixture
def world(world: World) -> World:
    """An exchange that has begun, and a message of the CRM."""
    world.run()
    world.crm.send(crm_invoice())
    return world


def test_nothing_is_archived_after_that(world: World) -> None:
    stopped(world, "decided")
    assert names(world) == ["000000001.json"]


def test_no_record_is_written_after_that(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = []

    class Third(Lease):
        def reached(self, name: str) -> None:
            kept.append(name)
            self.lost = self.lost or kept.count("kept") == 3

    with pytest.raises(Stopped):
        run(world, Third("kept"))
    whole = ["000000001.json", "000002-in-000001.xml", "000002-out-000001.xml"]
    assert names(world) == whole


def test_a_file_that_was_swept_meanwhile_is_not_missed(world: World) -> None:
    """It is gone because the link is another's, and that is said."""

    class Swept(Lease):
        def reached(self, name: str) -> None:
            if name == "kept":
                self.lost = True
                for each in world.root.rglob(".converter-*"):
                    each.unlink()

    with pytest.raises(Stopped) as caught:
        run(world, Swept("kept"))
    assert caught.value.problem.kind.id == "LINK_TAKEN"


def test_nothing_is_delivered_after_that(world: World) -> None:
    report = run(world, Lease("moved"))
    assert [(side, each.kind.id) for side, each in report.away] == [
        ("crm", "LINK_TAKEN"), ("bp", "LINK_TAKEN"),
    ]  # fmt: skip
    assert (world.crm.look(), world.bp.look()) == (None, None)


def test_nothing_is_set_aside_after_that(world: World) -> None:
    world.crm.send(sender="УТ")
    report = run(world, Lease("committed"))
    assert ("crm", "LINK_TAKEN") in [(side, each.kind.id) for side, each in report.away]
    assert (world.crm.folder / world.crm.name).exists()
    assert world.crm.rejected() == []


def test_what_lies_in_the_archive_without_a_record_stays(world: World) -> None:
    with pytest.raises(Death):
        world.run(die_at("kept"))
    world.close()
    stopped(world, "")
    (path,) = Path(world.crm.folder / "archive").rglob("000002-in-*.xml")
    assert path.name == "000002-in-000001.xml"


def test_whoever_takes_over_sweeps_first(world: World) -> None:
    """Also what it has looked at already: another was at work since."""
    exchange = world.exchange()
    exchange.run()
    archive = world.crm.folder / "archive"
    temporary = world.crm.folder / ".converter-0123456789abcdef.tmp"
    unnamed = archive / "2026-02-11" / f"{exchange.archive.last() + 1:06}-in-000009.xml"
    mark = archive / f".reading-{'a' * 32}-1"
    for taken_over in (False, True):
        for each in (temporary, unnamed, mark):
            each.touch()
        with exchange.holding(Lease("never", taken_over)):
            assert temporary.exists() is not taken_over
            exchange.run()
        assert unnamed.exists() is mark.exists() is not taken_over
