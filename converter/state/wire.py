"""How statements get to a database: each at once, or several in one trip to a server."""

from __future__ import annotations

from typing import Any, NamedTuple, Protocol
from weakref import WeakKeyDictionary, proxy

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError


class Call(NamedTuple):
    """A statement as the driver wants it, with its values; with ``each`` they are many tuples of
    values, and it is done with each of them."""

    text: str
    values: Any = ()
    each: bool = False


class Wire(Protocol):
    """What leads to the database of a connection. All raise SQLAlchemy's errors, `put` and `ask`
    also those of what was put before."""

    def put(self, call: Call) -> None:
        """What returns nothing: done before anything that is asked or committed later."""

    def ask(self, *calls: Call) -> list[list[Any]]:
        """The rows that each of them returns, as the driver gives them."""

    def arrive(self) -> None:
        """All that was put is done."""

    def commit(self) -> None:
        """What was put is done, and the transaction may be over already; SQLAlchemy's end of it
        has to follow."""

    def drop(self) -> None:
        """The transaction is to be undone: what was put and is not done yet will not be."""


class Direct:
    """To a database in this process: each statement at once."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(self, call: Call) -> None:
        """Do it."""
        self._execute(call)

    def ask(self, *calls: Call) -> list[list[Any]]:
        """One after the other."""
        return [self._execute(call) for call in calls]

    def arrive(self) -> None:
        """It is done."""

    def commit(self) -> None:
        """It is SQLAlchemy's."""

    def drop(self) -> None:
        """Nothing is left to be done."""

    def _execute(self, call: Call) -> list[Any]:
        errors = self._connection.dialect.loaded_dbapi.Error
        cursor = self._connection.connection.cursor()
        try:
            if call.each:
                cursor.executemany(call.text, call.values)
                return []
            cursor.execute(call.text, call.values)
            return list(cursor.fetchall()) if cursor.description else []
        except errors as error:
            raise as_raised(error, call.text, self._connection) from error
        finally:
            cursor.close()


def as_raised(error: Exception, text: str, connection: Connection) -> Exception:
    """An error of the driver's as SQLAlchemy itself would raise it."""
    dialect = connection.dialect
    return DBAPIError.instance(text, None, error, dialect.loaded_dbapi.Error, dialect=dialect)


_wires: WeakKeyDictionary[Connection, Wire] = WeakKeyDictionary()


def wire_of(connection: Connection) -> Wire:
    """The wire of a connection: the kind that its engine's option ``wire`` names."""
    wire = _wires.get(connection)
    if wire is None:
        make = connection.get_execution_options().get("wire", Direct)
        wire = _wires[connection] = make(proxy(connection))  # else neither would ever go
    return wire
