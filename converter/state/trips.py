"""Many statements in one trip to a PostgreSQL server: a trip costs more than most statements do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import nullcontext
from typing import Any, NamedTuple

from sqlalchemy import Connection

from converter.state.wire import Call, as_raised, wire_of

#: so many statements, or so many bytes of their values, wait for the next trip at most
_MOST = 50
_BYTES = 1 << 20
_COMMIT = Call("COMMIT", {})


class Door(NamedTuple):
    """What is done before the first change of a transaction, its beginning above all.

    ``judge`` is told the rows that the last call returns, and raises where nothing may be changed.
    It does so before anything is committed: in a trip with the door there is no COMMIT.
    """

    calls: Sequence[Call]
    judge: Callable[[list[Any]], None]


class Trips:
    """What is put waits for the next question, and goes with it (libpq's pipeline mode).

    An error comes with that question. It is one in a transaction, so nothing of that is kept, unless
    what was put since a savepoint is undone.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        psycopg: Any = connection.dialect.loaded_dbapi
        from converter.state.pipe import pipe_of  # it needs the driver, which not everybody has

        self._pipe_of = pipe_of
        self._pipelines = bool(psycopg.Pipeline.is_supported())
        self._error: type[Exception] = psycopg.Error
        self._door: Door | None = None
        self._opening: Door | None = None
        self._refused: BaseException | None = None
        self._waiting: list[Call] = []
        self._bytes = 0

    def close(self, door: Door) -> None:
        """Changes wait behind a door, so that a transaction which changes nothing is none."""
        self._door = door

    def put(self, call: Call) -> None:
        """With the next trip."""
        self._open()
        self._waiting.append(call)
        self._bytes += _weight(call)
        if len(self._waiting) >= _MOST or self._bytes >= _BYTES:
            self.arrive()

    def _open(self) -> None:
        if self._door is not None:
            self._waiting += self._door.calls
            self._opening, self._door = self._door, None

    def ask(self, *calls: Call) -> list[list[Any]]:
        """Together, behind what was put."""
        return self._trip(calls)

    def arrive(self) -> None:
        """A trip of its own, where something waits."""
        if self._waiting:
            self._trip(())

    def overtaken(self) -> None:
        """A statement of SQLAlchemy's own is about to be done, which may be a change."""
        self._open()
        self.arrive()

    def commit(self) -> None:
        """With the last trip, unless that is the first one too."""
        if self._opening is not None:
            self.arrive()
        if self._refused is not None:  # whoever passed over that is not asked
            raise self._refused
        self._door = None
        if self._waiting:
            self._trip([_COMMIT])

    def drop(self) -> None:
        """Forget it."""
        self._door = self._opening = self._refused = None
        self._take()

    def _take(self) -> list[Call]:
        waiting, self._waiting, self._bytes = self._waiting, [], 0
        return waiting

    def _trip(self, calls: Iterable[Call]) -> list[list[Any]]:
        opening, self._opening = self._opening, None
        waiting = self._take()
        try:
            answers = self._answers([*waiting, *calls])
            if opening is not None:
                opening.judge(answers[len(opening.calls) - 1])
        except BaseException as error:
            if opening is not None:
                self._refused = error
            raise
        return answers[len(waiting) :]

    def _answers(self, calls: Sequence[Call]) -> list[list[Any]]:
        driver: Any = self._connection.connection.driver_connection
        try:
            if self._pipelines and driver.autocommit:  # else it begins a transaction by itself
                return self._pipe_of(driver).ask(driver, calls)
            with driver.pipeline() if self._pipelines else nullcontext():
                cursors = [driver.execute(call.text, call.values) for call in calls]
            return [cursor.fetchall() if cursor.description else [] for cursor in cursors]
        except self._error as error:
            texts = "; ".join(dict.fromkeys(call.text for call in calls))
            raise as_raised(error, texts, self._connection) from error


def trips_of(connection: Connection) -> Trips:
    """The wire of a connection to a PostgreSQL server."""
    wire = wire_of(connection)
    assert isinstance(wire, Trips)
    return wire


def array(values: Iterable[Any], write: Callable[[Any], Any] | None = None) -> str:
    """Many values as one, in the words of the server; each is written as SQLAlchemy has it first.

    The driver has arrays too, and takes ten times as long to look at each value.
    """
    written = values if write is None else map(write, values)
    return "{" + ",".join(map(_element, written)) + "}"


def _element(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bytes):
        return f'"\\\\x{value.hex()}"'
    if isinstance(value, str):
        value = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{value}"'


def _weight(call: Call) -> int:
    values = call.values.values() if isinstance(call.values, dict) else call.values
    return sum(len(each) for each in values if isinstance(each, (str, bytes)))
