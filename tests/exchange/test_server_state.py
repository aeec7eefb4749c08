"""The exchange with its state on a server: a story, and connections that are lost at a COMMIT."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from converter.problems import Stopped
from converter.state.opening import State, open_state
from tests.exchange.proxy import Proxy
from tests.exchange.test_files import Death, die_at
from tests.exchange.world import BOOK, World, state_of
from tests.mapping.book import crm_invoice, crm_row
from tests.servers import Server, name_of

#: the table of leases, the beginning, the pass, and that the files of both sides lie there
COMMITS = 4
#: so many trips does a pass take with nothing to do, and with an invoice that was changed
IDLE, BUSY = 10, 26


@pytest.fixture
def proxy(postgresql: Server) -> Iterator[Proxy]:
    made = Proxy(postgresql.socket)
    yield made
    made.close()


@pytest.fixture
def world(postgresql: Server, tmp_path: Path) -> Iterator[World]:
    """An exchange whose state lies on a server."""
    made = World(tmp_path, url=postgresql.database())
    yield made
    made.close()


def through(proxy: Proxy, server: Server, root: Path) -> World:
    """An exchange that reaches its server through a network that can be cut."""
    address = f"127.0.0.1:{proxy.port}/{name_of(server.database())}"
    return World(root, url=f"postgresql+psycopg://{server.user}@{address}")


def test_a_story(world: World) -> None:
    world.crm.send(crm_invoice())
    world.bp.send(BOOK.payment())
    world.run()
    assert world.bp.read().number == 1
    assert state_of(world.crm.read())["Оплачено"] == "150"
    world.calm()
    world.x("crm", crm_invoice(total="400", goods=crm_row(quantity="4", sum="400", vat_sum=None)))
    assert world.bp.read().number == 2
    world.calm()
    assert not world.run().did_something


def test_a_plan_changes_nothing(world: World) -> None:
    world.crm.send(crm_invoice())
    world.run()
    world.calm(1)
    before = world.row("crm"), world.row("bp"), world.journal()
    world.bp.send(BOOK.payment())
    report = world.exchange().run(dry=True)
    assert report.taken and report.written
    assert (world.row("crm"), world.row("bp"), world.journal()) == before
    world.run()
    assert state_of(world.crm.read())["Оплачено"] == "150"


def test_a_lost_state_is_made_again_from_the_archive(world: World, postgresql: Server) -> None:
    world.crm.send(crm_invoice())
    world.run()
    world.calm(1)
    world.x("bp", BOOK.payment())
    before = world.row("crm"), world.row("bp")
    world.close()
    postgresql.run("DROP SCHEMA public CASCADE; CREATE SCHEMA public", name_of(world.url))
    assert world.exchange().recover(rebuild=True) > 0
    for side, old in zip(("crm", "bp"), before, strict=True):
        new = world.row(side)
        assert (new.sent, new.received, new.guid) == (old.sent, old.received, old.guid)


def test_a_copy_of_the_database_catches_up(world: World, postgresql: Server) -> None:
    world.crm.send(crm_invoice())
    world.run()
    world.close()
    copy = postgresql.database(template=name_of(world.url))
    world.calm(1)
    world.x("bp", BOOK.payment())
    sent = world.row("crm").sent
    world.close()
    postgresql.replace(world.url, copy)
    assert not world.run().aside
    assert world.row("crm").sent == sent


@pytest.mark.parametrize("heard", [False, True], ids=["lost", "done"])
@pytest.mark.parametrize("commit", range(1, COMMITS + 2))
def test_a_connection_lost_at_a_commit(
    proxy: Proxy, postgresql: Server, tmp_path: Path, commit: int, heard: bool
) -> None:
    """Whether the server has done it is not known: the next pass sees it."""
    world = through(proxy, postgresql, tmp_path)
    world.state()
    world.crm.send(crm_invoice())
    world.bp.send(BOOK.payment())
    proxy.cut_at(commit, heard)
    try:
        world.run()
    except Stopped as stopped:
        assert stopped.problem.kind.id == "STATE_FAILED"
    assert proxy.cut == (commit <= COMMITS)
    proxy.cut_at(0, False)  # never again
    world.run()
    assert world.bp.read().number == 1
    letter = world.crm.read()
    assert letter.number == 1
    assert state_of(letter)["Оплачено"] == "150"
    assert len(world.journal("taken")) == 2
    world.calm()
    assert not world.run().did_something
    world.close()


@pytest.mark.parametrize("heard", [False, True], ids=["lost", "done"])
def test_a_connection_lost_while_a_pass_is_done_again(
    proxy: Proxy, postgresql: Server, tmp_path: Path, heard: bool
) -> None:
    world = through(proxy, postgresql, tmp_path)
    world.crm.send(crm_invoice())
    world.run()
    world.bp.send(BOOK.payment())
    with pytest.raises(Death):
        world.run(die_at("archived"))
    proxy.cut_at(1, heard)
    with pytest.raises(Stopped):
        world.run()
    assert proxy.cut
    world.run()
    assert state_of(world.crm.read())["Оплачено"] == "150"
    assert len(world.journal("taken")) == 2
    world.close()


def test_a_server_that_went_away_is_used_again_when_it_is_back(
    world: World, postgresql: Server
) -> None:
    world.crm.send(crm_invoice())
    world.run()
    everybody = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    postgresql.run(f"{everybody} WHERE datname = '{name_of(world.url)}'")
    world.bp.send(BOOK.payment())
    try:
        world.run()
    except Stopped as stopped:  # the session of the leases is found dead at its first use
        assert stopped.problem.kind.id == "STATE_FAILED"
        world.run()
    assert state_of(world.crm.read())["Оплачено"] == "150"


@contextmanager
def beside(world: World) -> Iterator[State]:
    """The state as another process has it that begins now."""
    with closing(open_state(world.url, list, world.now)) as state:
        assert not state.passed("main")
        yield state


def test_a_pass_after_which_all_is_well_is_another_one_s_as_well(world: World) -> None:
    world.run()
    world.crm.send(crm_invoice())
    with beside(world) as other:
        world.run()
        assert other.passed("main")


def broken(world: World) -> None:
    """A file of the CRM is not whole yet."""
    world.crm.put(world.crm.compose(crm_invoice())[:500])


def away(world: World) -> None:
    """The CRM's folder is a share that is away."""
    world.crm.folder.rename(world.root / "elsewhere")


def held(world: World) -> None:
    """An invoice is wrong."""
    world.crm.send(crm_invoice(total="1"))


def no_version(world: World) -> None:
    """BP knows no version that we do, and something waits: every pass says so."""
    world.crm.send(crm_invoice())
    world.bp.send(versions=("1.0",))
    assert world.run().status == 1


@pytest.mark.parametrize("wrong", [broken, away, held, no_version])
def test_a_pass_that_has_something_to_say_is_not_another_one_s(
    wrong: Callable[[World], None], postgresql: Server, tmp_path: Path
) -> None:
    """Its exit status is its own."""
    world = World(tmp_path, url=postgresql.database(), version="auto")
    world.run()
    wrong(world)
    with beside(world) as other:
        report = world.run()
        assert report.status or report.waiting
        assert not other.passed("main")
    world.close()


def test_a_pass_takes_few_trips_to_the_server(
    proxy: Proxy, postgresql: Server, tmp_path: Path
) -> None:
    """They are what a pass costs where the server is on another host."""
    world = through(proxy, postgresql, tmp_path)
    world.crm.send(crm_invoice())
    world.run()
    before = proxy.trips
    world.run()
    idle, before = proxy.trips - before, proxy.trips
    world.x("crm", crm_invoice(total="400", goods=crm_row(quantity="4", sum="400", vat_sum=None)))
    busy = proxy.trips - before
    world.close()
    assert idle <= IDLE
    assert busy <= BUSY
