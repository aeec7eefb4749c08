"""Statements that leave together: what they return, and what is left when one of them fails."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg import errors

from converter.state.pipe import Pipe, pipe_of
from converter.state.wire import Call
from tests.servers import Server, name_of


class Counted(psycopg.Connection[Any]):
    """A connection that counts how often it was waited for."""

    waits = 0

    def wait(self, *given: Any, **named: Any) -> Any:
        self.waits += 1
        return super().wait(*given, **named)


@pytest.fixture
def driver(postgresql: Server, postgresql_database: str) -> Iterator[Counted]:
    """A connection with a table `seen` that goes with it."""
    name = name_of(postgresql_database)
    with Counted.connect(
        host=str(postgresql.folder),
        dbname=name,
        user=postgresql.user,
        autocommit=True,
        prepare_threshold=None,
    ) as made:
        made.execute("CREATE TEMPORARY TABLE seen (number int, word text)")
        made.waits = 0
        yield made


def put(number: int | None, word: str | None) -> Call:
    text = "INSERT INTO seen VALUES (%(number)s::int, %(word)s)"
    return Call(text, {"number": number, "word": word})


SEEN = Call("SELECT number, word FROM seen ORDER BY number")
BROKEN = Call("SELECT * FROM nowhere")


def seen(driver: Counted) -> list[Any]:
    """What stands in the table."""
    return driver.execute(SEEN.text).fetchall()


def test_many_statements_are_one_trip_and_each_has_its_answer(driver: Counted) -> None:
    calls = [put(number, f"n{number}") for number in range(100)]
    answers = pipe_of(driver).ask(driver, [*calls, SEEN, Call("SELECT 7"), SEEN])
    rows = [(number, f"n{number}") for number in range(100)]
    assert answers == [*([] for _ in calls), rows, [(7,)], rows]
    assert driver.waits == 1


def test_who_asks_nothing_waits_for_nobody(driver: Counted) -> None:
    assert pipe_of(driver).ask(driver, []) == []
    assert driver.waits == 0


def test_the_same_statement_takes_values_of_every_size_and_none(driver: Counted) -> None:
    numbers = [1, 40_000, None, 2**31 - 1, 0, -1]
    for word in ("", None, "50 % ж'\"\\"):
        pipe_of(driver).ask(driver, [put(number, word) for number in numbers])
    rows = driver.execute("SELECT number, word FROM seen").fetchall()
    assert rows == [(number, word) for word in ("", None, "50 % ж'\"\\") for number in numbers]


def test_a_percent_sign_is_told_from_a_value(driver: Counted) -> None:
    asked = Call("SELECT 7 %% 4, %(word)s LIKE 'a%%'", {"word": "abc"})
    assert pipe_of(driver).ask(driver, [asked]) == [[(3, True)]]


@pytest.mark.parametrize("place", [0, 1, 2])
def test_what_fails_is_raised_and_what_stands_behind_it_is_not_done(
    driver: Counted, place: int
) -> None:
    calls = [put(1, "before"), put(2, "behind")]
    calls.insert(place, BROKEN)
    begin, commit = Call("BEGIN"), Call("COMMIT")
    pipe = pipe_of(driver)
    for _ in range(2):  # what was prepared on the way is known, what was not is not
        with pytest.raises(errors.UndefinedTable, match="nowhere"):
            pipe.ask(driver, [begin, *calls, commit])
        assert driver.info.transaction_status == psycopg.pq.TransactionStatus.INERROR
        pipe.ask(driver, [Call("ROLLBACK")])
    assert seen(driver) == []
    pipe.ask(driver, [begin, put(1, "before"), put(2, "behind"), commit])
    assert seen(driver) == [(1, "before"), (2, "behind")]


def test_a_commit_of_what_the_server_undid_is_a_failure(driver: Counted) -> None:
    pipe = pipe_of(driver)
    with pytest.raises(errors.UndefinedTable):
        pipe.ask(driver, [Call("BEGIN"), put(1, "one"), BROKEN])
    with pytest.raises(errors.InFailedSqlTransaction):
        pipe.ask(driver, [Call("COMMIT")])
    assert seen(driver) == []
    pipe.ask(driver, [Call("BEGIN"), put(1, "one"), Call("COMMIT")])
    assert seen(driver) == [(1, "one")]


def test_a_value_that_the_driver_refuses_is_sent_to_nobody(driver: Counted) -> None:
    with pytest.raises(errors.DataError):
        pipe_of(driver).ask(driver, [put(1, "one"), put(2, "\0")])
    assert driver.waits == 0
    assert seen(driver) == []


def test_more_than_a_socket_holds_goes_both_ways(driver: Counted) -> None:
    """The server writes its first answer while we still send: nobody waits for the other for ever."""
    large = "x" * 8_000_000
    asked = Call("SELECT %(large)s || ''", {"large": large})
    assert pipe_of(driver).ask(driver, [asked] * 4) == [[(large,)]] * 4


def test_a_server_that_goes_says_why_and_the_connection_is_closed(
    driver: Counted, postgresql: Server
) -> None:
    end = f"SELECT pg_terminate_backend({driver.info.backend_pid})"
    with pytest.raises(errors.AdminShutdown):
        pipe_of(driver).ask(driver, [put(1, "one"), Call(end), SEEN])
    assert driver.closed
    with pytest.raises(psycopg.OperationalError):
        pipe_of(driver).ask(driver, [SEEN])


def test_a_trip_that_is_interrupted_leaves_no_connection_in_the_middle(driver: Counted) -> None:
    def interrupted(*given: Any, **named: Any) -> Any:
        raise KeyboardInterrupt

    driver.wait = interrupted  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        pipe_of(driver).ask(driver, [SEEN])
    assert driver.closed


def test_no_more_is_prepared_than_so_much(driver: Counted) -> None:
    pipe = Pipe()
    for number in range(400):
        assert pipe.ask(driver, [Call(f"SELECT {number}")]) == [[(number,)]]
    [(prepared,)] = driver.execute("SELECT count(*) FROM pg_prepared_statements").fetchall()
    assert prepared == 300
