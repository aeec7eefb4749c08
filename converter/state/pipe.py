"""Statements to a PostgreSQL server that leave together, in one packet where they fit into it.

The driver's own pipeline sends each of them by itself. That wakes the server once for each, and the
system takes a processor from somebody for it.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Sequence
from functools import lru_cache
from itertools import count
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from psycopg import Connection, errors
from psycopg.abc import Buffer
from psycopg.adapt import PyFormat, Transformer
from psycopg.pq import ConnStatus, DiagnosticField, ExecStatus, Format
from psycopg.pq.abc import PGconn, PGresult
from psycopg.waiting import Ready, Wait

from converter.state.wire import Call

Rows = list[tuple[Any, ...]]
#: a statement that is prepared: its text, and the types of its values
_Kind = tuple[bytes, tuple[int, ...]]
#: so many are prepared on a connection; what comes later is not
_MOST = 300
#: the server takes it where a statement before had failed, too, and says then that it rolled back
_COMMIT = b"COMMIT"
_PLACE = re.compile(r"%(?:\((\w+)\)s|%)")


class _Message(NamedTuple):
    """A statement as the server wants it."""

    text: bytes
    values: Sequence[Buffer | None]
    types: tuple[int, ...]
    formats: Sequence[Format]


class Pipe:
    """A connection's way to the server, and what was prepared there."""

    def __init__(self) -> None:
        self._names: dict[_Kind, bytes] = {}

    def ask(self, driver: Connection[Any], calls: Sequence[Call]) -> list[Rows]:
        """The rows that each of them returns, in one trip; no transaction is begun for them.

        Raises the driver's errors: that of the first which fails, and what stands behind it is not
        done. A connection that breaks, or is left in the middle of this, is closed.
        """
        # all before the first is sent: nothing is where one of them is refused
        messages = [_written(driver, call) for call in calls]
        if not messages:
            return []
        server = driver.pgconn
        expected: list[_Kind | None] = []
        results: list[PGresult] = []
        server.enter_pipeline_mode()
        try:
            for message in messages:
                self._send(server, message, expected)
            server.pipeline_sync()
            driver.wait(_exchange(server, results))
            server.exit_pipeline_mode()
        except errors.Error:
            driver.close()
            _check(results)  # a server that goes says why before
            raise
        except BaseException:
            driver.close()
            raise
        found = list(zip(expected, results, strict=True))
        for kind, result in found:
            if kind is not None and result.status != ExecStatus.COMMAND_OK:
                del self._names[kind]
        _check(results)
        if messages[-1].text == _COMMIT and results[-1].command_status != _COMMIT:
            raise errors.InFailedSqlTransaction("the server undid what was to be committed")
        return [_rows(driver, result) for kind, result in found if kind is None]

    def _send(self, server: PGconn, message: _Message, expected: list[_Kind | None]) -> None:
        """Let it go with the others; ``expected`` says what each result will be of: of a statement
        that is prepared, or of one that is done."""
        kind = message.text, message.types
        name = self._names.get(kind)
        if name is None and len(self._names) < _MOST:
            name = self._names[kind] = b"converter_%d" % next(_numbers)
            server.send_prepare(name, message.text, message.types)
            expected.append(kind)
        if name is None:
            server.send_query_params(*message)
        else:
            server.send_query_prepared(name, message.values, message.formats)
        expected.append(None)


#: no name stands for two statements, whatever became of the first
_numbers = count()
_pipes: WeakKeyDictionary[Connection[Any], Pipe] = WeakKeyDictionary()


def pipe_of(driver: Connection[Any]) -> Pipe:
    """The pipe of a connection; it lives as long."""
    return _pipes.setdefault(driver, Pipe())


@lru_cache(maxsize=512)
def _numbered(text: str) -> tuple[bytes, tuple[str, ...]]:
    """A statement whose values have numbers instead of names, and the names in their order."""
    numbers: dict[str, int] = {}

    def number(place: re.Match[str]) -> str:
        name = place[1]
        return "%" if name is None else f"${numbers.setdefault(name, len(numbers) + 1)}"

    return _PLACE.sub(number, text).encode(), tuple(numbers)


def _written(driver: Connection[Any], call: Call) -> _Message:
    text, names = _numbered(call.text)
    adapted = Transformer(driver)
    values = [call.values[name] for name in names]
    written = adapted.dump_sequence(values, [PyFormat.AUTO] * len(names))
    return _Message(text, written, adapted.types or (), adapted.formats or [])


def _exchange(server: PGconn, results: list[PGresult]) -> Generator[Wait, Ready | int, None]:
    """Send what waits, then take the results to the end of the trip; yields what is waited for."""
    while server.flush():
        if (yield Wait.RW) & Ready.R:  # it may have to be read before it reads on
            server.consume_input()
    while True:
        while server.is_busy():
            if (yield Wait.R):
                server.consume_input()
        result = server.get_result()
        if result is None:  # between two statements
            if server.status == ConnStatus.BAD:
                raise errors.OperationalError(server.get_error_message())
        elif result.status == ExecStatus.PIPELINE_SYNC:
            return
        else:
            results.append(result)


def _check(results: Sequence[PGresult]) -> None:
    """Raise what the first one says that failed."""
    for result in results:
        if result.status == ExecStatus.FATAL_ERROR:
            raise _kind_of(result)(result.get_error_message(), info=result)


def _kind_of(result: PGresult) -> type[errors.Error]:
    state = (result.error_field(DiagnosticField.SQLSTATE) or b"").decode()
    try:
        return errors.lookup(state)
    except KeyError:  # newer than the driver
        return errors.DatabaseError


def _rows(driver: Connection[Any], result: PGresult) -> Rows:
    if result.status != ExecStatus.TUPLES_OK:
        return []
    adapted = Transformer(driver)
    adapted.set_pgresult(result)
    return adapted.load_rows(0, result.ntuples, tuple)
