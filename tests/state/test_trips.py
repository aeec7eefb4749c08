"""Many statements in one trip to a server, and a transaction that begins with its first change."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import Connection, insert, select, text
from sqlalchemy.exc import DatabaseError

from converter.folder.lock import Holder
from converter.problems import Stopped
from converter.state import tables
from converter.state.memory import memory_of
from converter.state.opening import State, open_state
from converter.state.rows import Rows
from converter.state.trips import array, trips_of
from converter.state.wire import Call
from tests.servers import Server

NOW = datetime(2026, 3, 2, 9)
WHO = Holder(7, "one.example", "converter", "converter watch", "2026-03-02 09:00:00")


@pytest.fixture
def state(postgresql: Server) -> Iterator[State]:
    """A state whose link is ours."""
    opened = open_state(postgresql.database(), list, NOW)
    with opened.hold("main", WHO, 0.0) as lease, opened.under(lease) as ours:
        yield ours
    opened.close()


def aliases(connection: Connection) -> Rows:
    return Rows(connection, tables.alias, link="main")


def begun(connection: Connection) -> bool:
    """Whether the server is in a transaction of the connection's."""
    driver: Any = connection.connection.driver_connection
    return bool(driver.info.transaction_status)


def kept(state: State) -> list[str]:
    with state.read() as connection:
        memory_of(connection).forget()
        return sorted(row["ref"] for row in aliases(connection).all())


def test_a_transaction_begins_with_its_first_change(state: State) -> None:
    with state.begin() as connection:
        assert aliases(connection).all() == []
        assert not begun(connection)
        aliases(connection).put(ref="a", invoice="b")
        memory_of(connection).flush()
        assert not begun(connection), "it waits for a question"
        assert aliases(connection).among("ref", ["a"])
        assert begun(connection)
    assert kept(state) == ["a"]


def test_what_was_put_is_undone_with_the_transaction(state: State) -> None:
    def fail() -> None:
        with state.begin() as connection:
            aliases(connection).put(ref="a", invoice="b")
            memory_of(connection).flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with state.begin() as connection:
        aliases(connection).put(ref="c", invoice="d")
    assert kept(state) == ["c"]


def test_an_error_comes_with_the_next_question_and_nothing_is_kept(state: State) -> None:
    def fail(ask: bool) -> None:
        with state.begin() as connection:
            aliases(connection).put(ref="a", invoice="b")
            memory_of(connection).flush()
            trips_of(connection).put(Call("INSERT INTO nowhere VALUES (1)", {}))
            if ask:
                aliases(connection).among("ref", ["a"])
                pytest.fail("the question was answered")

    for ask in (True, False):
        with pytest.raises(Stopped) as stopped:
            fail(ask)
        assert stopped.value.problem.kind.id == "STATE_FAILED"
        assert "nowhere" in stopped.value.problem.what("en")
        assert kept(state) == []


def test_statements_of_sqlalchemys_own_come_after_what_was_put(state: State) -> None:
    with state.begin() as connection:
        aliases(connection).put(ref="a", invoice="b")
        memory_of(connection).flush()
        assert connection.execute(select(tables.alias.c.ref)).scalars().all() == ["a"]


def test_a_change_of_sqlalchemys_own_is_behind_the_door_too(state: State) -> None:
    with state.begin() as connection:
        connection.execute(insert(tables.alias), {"link": "main", "ref": "a", "invoice": "b"})
        assert begun(connection)
    assert kept(state) == ["a"]


def test_a_change_without_the_link_is_refused_before_it_is_kept(
    state: State, postgresql: Server
) -> None:
    with state._database.engine.begin() as other:
        other.execute(text("UPDATE fence SET token = token + 1"))

    def write() -> None:
        with state.begin() as connection:
            aliases(connection).put(ref="a", invoice="b")

    with pytest.raises(Stopped) as stopped:
        write()
    assert stopped.value.problem.kind.id == "LINK_TAKEN"
    assert kept(state) == []


def test_who_passes_over_a_refusal_commits_nothing(state: State) -> None:
    """The first change failed, and with it the answer whether the link is ours did not come."""

    def write() -> None:
        with state.begin() as connection:
            with pytest.raises(DatabaseError), memory_of(connection).attempt():
                trips_of(connection).put(Call("INSERT INTO nowhere VALUES (1)", {}))
                trips_of(connection).arrive()
            aliases(connection).put(ref="a", invoice="b")

    with pytest.raises(Stopped) as stopped:
        write()
    assert stopped.value.problem.kind.id == "STATE_FAILED"
    assert kept(state) == []


@pytest.mark.parametrize("later", [True, False])
def test_who_passes_over_an_attempt_does_not_pass_over_what_failed_before_it(
    state: State, later: bool
) -> None:
    """It waited, and was first heard of when the attempt was undone."""

    def write() -> None:
        with state.begin() as connection:
            rows, memory = aliases(connection), memory_of(connection)
            rows.put(ref="before", invoice="x")
            memory.flush()
            trips_of(connection).arrive()
            rows.put(ref="refused", invoice="\0")  # by the driver, which the server never hears of
            with pytest.raises(ZeroDivisionError), memory.attempt():
                raise ZeroDivisionError
            if later:
                rows.put(ref="later", invoice="x")

    with pytest.raises(Stopped) as stopped:
        write()
    assert stopped.value.problem.kind.id == "STATE_FAILED"
    assert kept(state) == []


def test_an_attempt_within_another_is_undone_alone(state: State) -> None:
    with state.begin() as connection:
        memory, rows = memory_of(connection), aliases(connection)
        with memory.attempt():
            rows.put(ref="outer", invoice="x")
            with pytest.raises(ZeroDivisionError), memory.attempt():
                rows.put(ref="inner", invoice="x")
                memory.flush()
                raise ZeroDivisionError
            rows.put(ref="later", invoice="x")
    assert kept(state) == ["later", "outer"]


def test_an_attempt_around_another_is_undone_with_it(state: State) -> None:
    with state.begin() as connection:
        memory, rows = memory_of(connection), aliases(connection)
        rows.put(ref="before", invoice="x")
        memory.flush()
        trips_of(connection).arrive()
        with pytest.raises(ZeroDivisionError), memory.attempt():
            rows.put(ref="outer", invoice="x")
            with pytest.raises(DatabaseError), memory.attempt():
                trips_of(connection).put(Call("INSERT INTO nowhere VALUES (1)", {}))
                trips_of(connection).arrive()
            with memory.attempt():
                rows.put(ref="inner", invoice="x")
            raise ZeroDivisionError
    assert kept(state) == ["before"]


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("text", ["", "NULL", "null", "a,b", "{}", '"', "\\", "\\\\x41", " a ", "'", "Счёт", None]),
        ("integer", [0, -1, 2**31 - 1, None]),
        ("boolean", [True, False, None]),
        ("bytea", [b"", b"\x00\xff\\", None]),
        ("timestamp", [NOW, NOW.replace(microsecond=250000), None]),
    ],
)
def test_values_given_as_one_come_back_as_they_were(
    state: State, kind: str, values: list[Any]
) -> None:
    with state.read() as connection:
        asked = Call(f"SELECT unnest(CAST(%(many)s AS {kind}[]))", {"many": array(values)})
        [rows] = trips_of(connection).ask(asked)
    assert [value for (value,) in rows] == values
