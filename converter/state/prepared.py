"""What is asked and changed thousands of times a pass: compiled once, then put to the driver itself.

SQLAlchemy's own way costs ten times what SQLite needs to find a row by its key. Its statements, its
types and its errors stay; only what it does anew at every call is done once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Dialect, Executable, Table, bindparam, select
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import TypeEngine

Value = Callable[[Any], Any]
Row = dict[str, Any]


class _Prepared:
    """A statement for one dialect, whose parameters have the names ``given``."""

    def __init__(self, statement: Executable, given: Sequence[str], dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect, column_keys=list(given))  # type: ignore[attr-defined]
        self._text = str(compiled)
        self._dialect = dialect
        self._writers = [
            (place, write)
            for place, name in enumerate(given)
            if (write := _writer(compiled.binds[name].type, dialect)) is not None
        ]
        self._names = None if compiled.positional else tuple(given)
        order = compiled.positiontup or ()
        places = [given.index(name) for name in order]
        self._places = None if places == list(range(len(given))) else places
        self._alters = bool(self._writers or self._names or self._places)

    def _given(self, values: Sequence[Any]) -> Any:
        """Values in the order of the columns as the driver wants them."""
        if not self._alters:
            return values
        written = list(values)
        for place, write in self._writers:
            written[place] = write(written[place])
        if self._names is not None:
            return dict(zip(self._names, written, strict=True))
        return written if self._places is None else [written[place] for place in self._places]

    def _execute(self, connection: Connection, values: Sequence[Any]) -> list[Any]:
        """The rows that it returns, as the driver gives them; none where it returns nothing."""
        cursor = connection.connection.cursor()
        try:
            cursor.execute(self._text, self._given(values))
            return list(cursor.fetchall()) if cursor.description else []
        except self._errors() as error:
            raise self._failed(error) from error
        finally:
            cursor.close()

    def _failed(self, error: Exception) -> Exception:
        """An error of the driver's as SQLAlchemy itself would raise it."""
        errors = self._errors()
        return DBAPIError.instance(self._text, None, error, errors, dialect=self._dialect)

    def _errors(self) -> type[Exception]:
        found: type[Exception] = self._dialect.loaded_dbapi.Error
        return found


class Question(_Prepared):
    """The rows of a table that have given values in the columns ``names``.

    With ``among`` so many more values follow, of which the column of that name has one.
    """

    def __init__(
        self,
        table: Table,
        names: Sequence[str],
        dialect: Dialect,
        among: tuple[str, int] | None = None,
    ) -> None:
        given = [_hidden(name) for name in names]
        statement = select(table).where(*_conditions(table, names))
        if among is not None:
            column, count = among
            others = [_hidden(f"{column}_{number}") for number in range(count)]
            statement = statement.where(table.c[column].in_([bindparam(each) for each in others]))
            given += others
        super().__init__(statement, given, dialect)
        self._columns = [column.name for column in table.c]
        self._readers = [
            (column.name, read)
            for column in table.c
            if (read := _reader(column, dialect)) is not None
        ]

    def ask(self, connection: Connection, values: Sequence[Any]) -> list[Row]:
        """Every row, by column."""
        return [self._row(row) for row in self._execute(connection, values)]

    def _row(self, values: Sequence[Any]) -> Row:
        row = dict(zip(self._columns, values, strict=True))
        for name, read in self._readers:
            if (value := row[name]) is not None:
                row[name] = read(value)
        return row


class Change(_Prepared):
    """A change of one row, made for many at a time."""

    def make(self, connection: Connection, many: Sequence[Sequence[Any]]) -> None:
        """Make it for each tuple of values, which stand in the order of its columns."""
        if len(many) == 1:
            self._execute(connection, many[0])
            return
        cursor = connection.connection.cursor()
        try:
            cursor.executemany(self._text, [self._given(values) for values in many])
        except self._errors() as error:
            raise self._failed(error) from error
        finally:
            cursor.close()


class Statement(_Prepared):
    """Any statement. What it returns needs nothing done to it: texts, numbers, bytes."""

    def run(self, connection: Connection, *values: Any) -> list[Any]:
        """Its rows, where it returns some."""
        return self._execute(connection, values)


@lru_cache(maxsize=64)
def prepared(statement: Executable, names: tuple[str, ...], dialect: Dialect) -> Statement:
    """A statement that is made once, whose parameters have these names."""
    return Statement(statement, names, dialect)


@lru_cache(maxsize=256)
def question(table: Table, names: tuple[str, ...], dialect: Dialect) -> Question:
    """The rows with given values in the columns ``names``."""
    return Question(table, names, dialect)


@lru_cache(maxsize=64)
def question_among(
    table: Table, names: tuple[str, ...], column: str, count: int, dialect: Dialect
) -> Question:
    """The rows that have, beside given values in the columns ``names``, one of many in another."""
    return Question(table, names, dialect, (column, count))


@lru_cache(maxsize=256)
def deletion(table: Table, names: tuple[str, ...], dialect: Dialect) -> Change:
    """The rows with given values in the columns ``names`` go."""
    statement = table.delete().where(*_conditions(table, names))
    return Change(statement, [_hidden(name) for name in names], dialect)


@lru_cache(maxsize=16)
def addition(table: Table, names: tuple[str, ...], dialect: Dialect) -> Change:
    """A new row, with values in the columns ``names``."""
    return Change(table.insert(), names, dialect)


@lru_cache(maxsize=64)
def upsert(table: Table, dialect: Dialect) -> Change:
    """A row stands, whether or not its key did; the values are those of all its columns."""
    keys = [column.name for column in table.primary_key]
    # Both databases have the same words for it; SQLAlchemy has them in two places.
    insert: Any
    if dialect.name == "postgresql":
        from sqlalchemy.dialects import postgresql  # slow to load, with every driver that it has

        insert = postgresql.insert(table)
    else:
        insert = sqlite.insert(table)
    others = {c.name: insert.excluded[c.name] for c in table.c if c.name not in keys}
    if others:
        insert = insert.on_conflict_do_update(index_elements=keys, set_=others)
    else:
        insert = insert.on_conflict_do_nothing(index_elements=keys)
    return Change(insert, [column.name for column in table.c], dialect)


def _conditions(table: Table, names: Sequence[str]) -> Iterator[Any]:
    for name in names:
        yield table.c[name] == bindparam(_hidden(name))


def _hidden(name: str) -> str:
    """A parameter's name that no column has."""
    return f"_{name}"


def _reader(column: Any, dialect: Dialect) -> Value | None:
    found: Value | None = column.type.dialect_impl(dialect).result_processor(dialect, None)
    return found


def _writer(kind: TypeEngine[Any], dialect: Dialect) -> Value | None:
    found: Value | None = kind.dialect_impl(dialect).bind_processor(dialect)
    return found
