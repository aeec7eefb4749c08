"""Who works on which link of a state on a server, and that nobody else writes to it then."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime

import pytest
from sqlalchemy import text

from converter.folder.lock import Holder
from converter.problems import Stopped
from converter.state import leases, tables
from converter.state.bases import Bases, Link
from converter.state.database import Lease
from converter.state.memory import memory_of
from converter.state.opening import State, open_state
from converter.state.trips import trips_of
from tests.faults.watching import until
from tests.servers import Server, name_of

NOW = datetime(2026, 3, 2, 9)
WHO = Holder(7, "one.example", "converter", "converter watch", "2026-03-02 09:00:00")
Open = Callable[[], State]


@pytest.fixture
def url(postgresql: Server) -> str:
    return postgresql.database()


@pytest.fixture
def opened(url: str) -> Iterator[Open]:
    """Opens the state, each time as another process would."""
    with ExitStack() as stack:

        def open_() -> State:
            state = open_state(url, list, NOW)
            stack.callback(state.close)
            return state

        yield open_


def refusal(action: Callable[[], object]) -> str:
    """The id of the problem that stops it."""
    with pytest.raises(Stopped) as stopped:
        action()
    return stopped.value.problem.kind.id


def write(state: State, lease: Lease, passes: int = 1) -> None:
    """A transaction of a pass."""
    with state.under(lease) as ours, ours.begin() as connection:
        Bases(connection, "main").set_link(Link(passes, 0, NOW))


def passes(state: State) -> int | None:
    """What stands in the state."""
    with state.read() as connection:
        link = Bases(connection, "main").link()
    return None if link is None else link.passes


def lose(server: Server, url: str, state: State) -> None:
    """The server ends the session that holds the leases of a state, as when it hears nothing."""
    session = state._database._leases._connection  # type: ignore[attr-defined]
    pid = session.connection.driver_connection.info.backend_pid
    server.run(f"SELECT pg_terminate_backend({pid})", name_of(url))
    while server.run(f"SELECT 1 FROM pg_stat_activity WHERE pid = {pid}", name_of(url)):
        pass


@contextmanager
def asleep(server: Server, url: str, state: State) -> Iterator[Lease]:
    """A process that holds the link, and is still sure of it when the server has given it up."""
    with state.hold("main", WHO, 0.0) as lease:
        lose(server, url, state)
        yield lease


def hold(state: State, link: str = "main") -> None:
    """Have a link for a moment."""
    with state.hold(link, WHO, 0.0):
        pass


def test_a_link_is_held_by_one_who_is_named(opened: Open) -> None:
    one, other = opened(), opened()
    with one.hold("main", WHO, 0.0):
        with pytest.raises(Stopped) as stopped:
            hold(other)
        assert stopped.value.problem.kind.id == "LOCKED"
        told = stopped.value.problem.what("en")
        assert "converter watch" in told and "one.example" in told and "no. 7" in told
        hold(other, "second")
    hold(other)


def test_a_process_holds_a_link_once(opened: Open) -> None:
    state = opened()
    with state.hold("main", WHO, 0.0):
        assert refusal(lambda: hold(state)) == "LOCKED"
        hold(state, "second")
        write(state, Held(state))
    hold(state)


class Held:
    """The lease of a link that a state holds at this moment."""

    taken_over = False

    def __init__(self, state: State) -> None:
        held = state._database._leases._held["main"]  # type: ignore[attr-defined]
        self.enter, self.check, self.finish = held.enter, held.check, held.finish


def test_who_waits_gets_the_link_when_it_is_given_back(opened: Open) -> None:
    one, other = opened(), opened()
    with ExitStack() as stack:
        stack.enter_context(one.hold("main", WHO, 0.0))
        got = threading.Event()

        def wait() -> None:
            with other.hold("main", WHO, 60.0):
                got.set()

        waiting = threading.Thread(target=wait)
        waiting.start()
        assert not got.is_set()
        stack.close()
        waiting.join(60)
    assert got.is_set()


def test_a_link_that_was_given_back_is_not_taken_over(opened: Open) -> None:
    one, other = opened(), opened()
    hold(one)
    with other.hold("main", WHO, 0.0) as lease:
        assert not lease.taken_over


def test_a_link_of_a_session_that_ended_is_taken_over(
    opened: Open, postgresql: Server, url: str
) -> None:
    one, other = opened(), opened()
    with asleep(postgresql, url, one), other.hold("main", WHO, 0.0) as lease:
        assert lease.taken_over
    with other.hold("main", WHO, 0.0) as lease:
        assert not lease.taken_over


def test_who_was_asleep_writes_nothing_more(opened: Open, postgresql: Server, url: str) -> None:
    one, other = opened(), opened()
    with asleep(postgresql, url, one) as old:
        with other.hold("main", WHO, 0.0) as new:
            write(other, new, 5)
            assert refusal(lambda: write(one, old, 2)) == "LINK_TAKEN"
            assert refusal(old.check) == "LINK_TAKEN"
            new.check()
        assert refusal(lambda: write(one, old, 2)) == "LINK_TAKEN"
        assert passes(other) == 5


def test_a_transaction_left_open_is_ended_by_who_takes_over(
    opened: Open, postgresql: Server, url: str
) -> None:
    one, other = opened(), opened()
    with asleep(postgresql, url, one) as old:

        def sleeps() -> None:
            with one.under(old) as ours, ours.begin() as connection:
                Bases(connection, "main").set_link(Link(2, 0, NOW))
                with other.hold("main", WHO, 0.0) as new:
                    assert new.taken_over
                    assert passes(other) is None
                    write(other, new, 5)

        assert refusal(sleeps) == "LINK_TAKEN"
        assert passes(other) == 5


def test_a_database_that_was_restored_counts_anew_and_lets_no_sleeper_in(
    opened: Open, postgresql: Server, url: str
) -> None:
    one, other = opened(), opened()
    with asleep(postgresql, url, one) as old:
        postgresql.run("UPDATE fence SET token = token - 1", name_of(url))
        with other.hold("main", WHO, 0.0):
            pass
        [(token,)] = postgresql.run("SELECT token FROM fence", name_of(url))
        assert token == old.token  # type: ignore[attr-defined]
        assert refusal(lambda: write(one, old)) == "LINK_TAKEN"


def test_the_server_ends_a_session_that_says_nothing(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As that of a host that was switched off, or is asleep."""
    monkeypatch.setattr(leases, "LEASE", 0.3)
    monkeypatch.setattr(leases, "WORD", 60.0)
    one, other = opened(), opened()
    with one.hold("main", WHO, 0.0) as old:
        with other.hold("main", WHO, 30.0) as new:
            assert new.taken_over
        assert refusal(old.check) == "LINK_TAKEN"


def test_a_session_that_says_a_word_now_and_then_stays(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leases, "LEASE", 0.6)
    monkeypatch.setattr(leases, "WORD", 0.1)
    one, other = opened(), opened()
    with one.hold("main", WHO, 0.0) as lease:

        def wait() -> None:
            with other.hold("main", WHO, 1.5):
                pass

        assert refusal(wait) == "LOCKED"
        lease.check()


def test_two_states_in_one_database_do_not_meet(opened: Open, postgresql: Server, url: str) -> None:
    postgresql.run("CREATE SCHEMA second", name_of(url))
    state = opened()
    second = open_state(f"{url}&options=-csearch_path%3Dsecond", list, NOW)
    with state.hold("main", WHO, 0.0), second.hold("main", WHO, 0.0) as lease:
        write(second, lease, 9)
    assert passes(state) is None
    second.close()


def test_a_layout_that_was_raised_meanwhile_stops_who_does_not_know_it(
    opened: Open, postgresql: Server, url: str
) -> None:
    state = opened()
    with state.hold("main", WHO, 0.0) as lease:
        write(state, lease)
        postgresql.run(f"UPDATE layout SET version = {tables.VERSION + 1}", name_of(url))
        assert refusal(lambda: write(state, lease)) == "STATE_NEWER"


def test_every_statement_that_ends_a_session_names_only_this_link(
    opened: Open, postgresql: Server, url: str
) -> None:
    """Another link's open transaction lives on while one is taken over."""
    one, other = opened(), opened()
    with (
        other.hold("second", WHO, 0.0) as second,
        other.under(second) as ours,
        ours.begin() as connection,
    ):
        connection.execute(text("SELECT 1"))
        with asleep(postgresql, url, one), opened().hold("main", WHO, 0.0) as lease:
            assert lease.taken_over
        Bases(connection, "second").set_link(Link(3, 0, NOW))
    with other.read() as connection:
        assert Bases(connection, "second").link() == Link(3, 0, NOW)


def finish(state: State, link: str = "main") -> None:
    """Have a link, and leave nothing in it to be looked at."""
    with state.hold(link, WHO, 0.0) as lease:
        lease.finish()


def test_who_began_before_a_pass_learns_of_it(opened: Open) -> None:
    one, other = opened(), opened()
    hold(one)
    hold(other, "second")
    finish(one)
    assert other.passed("main")
    assert not other.passed("second")
    assert not other.passed("third")


def test_who_began_after_a_pass_looks_for_itself(opened: Open) -> None:
    one, other = opened(), opened()
    finish(one)
    assert not other.passed("main")
    hold(one)
    assert not other.passed("main"), "it was not finished"
    finish(one)
    assert other.passed("main")


def test_a_link_that_was_lost_is_not_passed(opened: Open, postgresql: Server, url: str) -> None:
    one, other = opened(), opened()
    hold(other)
    with asleep(postgresql, url, one) as lease:
        lease.finish()
    assert not other.passed("main")


def test_a_table_of_an_older_program_is_completed(
    opened: Open, postgresql: Server, url: str
) -> None:
    hold(opened())
    postgresql.run("ALTER TABLE fence DROP COLUMN passed", name_of(url))
    one, other = opened(), opened()
    hold(other)
    finish(one)
    assert other.passed("main")


def test_an_older_program_at_work_is_not_stopped_by_its_table_being_completed(
    opened: Open, postgresql: Server, url: str
) -> None:
    """One of its threads has a transaction open, for which the table is waited for; another thread
    wants the table, behind the one who waits; and the first one waits for the session of both."""
    older, newer = opened(), opened()
    hold(older)
    postgresql.run("ALTER TABLE fence DROP COLUMN passed", name_of(url))
    second = older.hold("second", WHO, 0.0)  # and not given back: ours would name the column
    threads = [
        threading.Thread(target=hold, args=(newer, "other"), daemon=True),
        threading.Thread(target=second.__enter__, daemon=True),
    ]
    waiting = "SELECT count(*) FROM pg_locks WHERE relation = 'fence'::regclass AND NOT granted"
    with (
        older.hold("main", WHO, 0.0) as lease,
        older.under(lease) as ours,
        ours.begin() as connection,
    ):
        Bases(connection, "main").set_link(Link(1, 0, NOW))
        memory_of(connection).flush()
        trips_of(connection).arrive()
        for count, thread in enumerate(threads, start=1):
            thread.start()
            until(lambda c=count: postgresql.run(waiting, name_of(url)) == [(c,)], "waiting")  # type: ignore[misc]
        checked = threading.Thread(target=ours.check, daemon=True)
        checked.start()
        checked.join(30)
        assert not checked.is_alive(), "all wait for each other"
    for thread in threads:
        thread.join(30)
    assert not any(thread.is_alive() for thread in threads)
