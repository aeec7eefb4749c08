"""What is asked and changed thousands of times a pass: compiled once, then put to the driver itself.

SQLAlchemy's own way costs ten times what SQLite needs to find a row by its key. Its statements, its
types and its errors stay; only what it does anew at every call is done once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Dialect, Executable, Table, bindparam, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError

Value = Callable[[Any], Any]
Row = dict[str, Any]


class _Prepared:
    """A statement for one dialect, whose parameters are the values of some columns."""

    def __init__(
        self, statement: Executable, table: Table, given: dict[str, str], dialect: Dialect
    ) -> None:
        compiled = statement.compile(dialect=dialect, column_keys=list(given))  # type: ignore[attr-defined]
        self._text = str(compiled)
        self._dialect = dialect
        self._writers = [_writer(table.c[column], dialect) for column in given.values()]
        self._names = tuple(given)
        order = compiled.positiontup if compiled.positional else None
        self._places = None if order is None else [self._names.index(name) for name in order]

    def _given(self, values: Sequence[Any]) -> Any:
        """Values in the order of the columns as the driver wants them."""
        written = [
            value if write is None else write(value)
            for write, value in zip(self._writers, values, strict=True)
        ]
        if self._places is None:
            return dict(zip(self._names, written, strict=True))
        return [written[place] for place in self._places]

    @contextmanager
    def _cursor(self, connection: Connection) -> Iterator[Any]:
        """A cursor of the driver's; its errors as SQLAlchemy itself would raise them."""
        errors = self._dialect.loaded_dbapi.Error
        cursor = connection.connection.cursor()
        try:
            yield cursor
        except errors as error:
            raise DBAPIError.instance(
                self._text, None, error, errors, dialect=self._dialect
            ) from error
        finally:
            cursor.close()


class Question(_Prepared):
    """The rows of a table that have given values in the columns ``names``."""

    def __init__(self, table: Table, names: Sequence[str], dialect: Dialect) -> None:
        statement = select(table).where(*_conditions(table, names))
        super().__init__(statement, table, {_hidden(name): name for name in names}, dialect)
        self._columns = [column.name for column in table.c]
        self._readers = [_reader(column, dialect) for column in table.c]

    def ask(self, connection: Connection, values: Sequence[Any]) -> list[Row]:
        """Every row, by column."""
        with self._cursor(connection) as cursor:
            cursor.execute(self._text, self._given(values))
            found = cursor.fetchall()
        return [
            {
                name: value if read is None or value is None else read(value)
                for name, read, value in zip(self._columns, self._readers, row, strict=True)
            }
            for row in found
        ]


class Change(_Prepared):
    """A change of one row, made for many at a time."""

    def make(self, connection: Connection, many: Sequence[Sequence[Any]]) -> None:
        """Make it for each tuple of values, which stand in the order of its columns."""
        with self._cursor(connection) as cursor:
            cursor.executemany(self._text, [self._given(values) for values in many])


@lru_cache(maxsize=256)
def question(table: Table, names: tuple[str, ...], dialect: Dialect) -> Question:
    """The rows with given values in the columns ``names``."""
    return Question(table, names, dialect)


@lru_cache(maxsize=256)
def deletion(table: Table, names: tuple[str, ...], dialect: Dialect) -> Change:
    """The rows with given values in the columns ``names`` go."""
    statement = table.delete().where(*_conditions(table, names))
    return Change(statement, table, {_hidden(name): name for name in names}, dialect)


@lru_cache(maxsize=64)
def upsert(table: Table, dialect: Dialect) -> Change:
    """A row stands, whether or not its key did; the values are those of all its columns."""
    keys = [column.name for column in table.primary_key]
    # Both databases have the same words for it; SQLAlchemy has them in two places.
    made = postgresql.insert if dialect.name == "postgresql" else sqlite.insert
    insert: Any = made(table)
    others = {c.name: insert.excluded[c.name] for c in table.c if c.name not in keys}
    if others:
        insert = insert.on_conflict_do_update(index_elements=keys, set_=others)
    else:
        insert = insert.on_conflict_do_nothing(index_elements=keys)
    return Change(insert, table, {column.name: column.name for column in table.c}, dialect)


def _conditions(table: Table, names: Sequence[str]) -> Iterator[Any]:
    for name in names:
        yield table.c[name] == bindparam(_hidden(name))


def _hidden(name: str) -> str:
    """A parameter's name that no column has."""
    return f"_{name}"


def _reader(column: Any, dialect: Dialect) -> Value | None:
    found: Value | None = column.type.dialect_impl(dialect).result_processor(dialect, None)
    return found


def _writer(column: Any, dialect: Dialect) -> Value | None:
    found: Value | None = column.type.dialect_impl(dialect).bind_processor(dialect)
    return found
