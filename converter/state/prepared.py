"""What is asked and changed thousands of times a pass: compiled once, then put to the driver itself.

SQLAlchemy's own way costs ten times what SQLite needs to find a row by its key. Its statements, its
types and its errors stay; only what it does anew at every call is done once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ARRAY,
    Column,
    ColumnElement,
    Dialect,
    Executable,
    LargeBinary,
    String,
    Table,
    any_,
    bindparam,
    cast,
    func,
    select,
    tuple_,
)
from sqlalchemy.dialects import sqlite
from sqlalchemy.types import TypeEngine

from converter.state.trips import array
from converter.state.wire import Call

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

    def call(self, values: Sequence[Any]) -> Call:
        """The statement with these values, in the order of their names."""
        return Call(self._text, self._given(values))


class Question(_Prepared):
    """The rows of a table that have given values in the columns ``names``.

    With ``among`` a column has one of many values more: of so many, or of any number where the
    database takes them as one.
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
        self._as_one = among is not None and takes_arrays(dialect)
        self._same = len(given)
        self._write: Value | None = None
        if among is not None:
            column, count = table.c[among[0]], among[1]
            self._write = _writer_of_many(column.type, dialect)
            if self._as_one:
                others = [_hidden(f"{column.name}_many")]
                statement = statement.where(column == any_(_many_of(column, others[0])))
            else:
                others = [_hidden(f"{column.name}_{number}") for number in range(count)]
                statement = statement.where(column.in_([bindparam(each) for each in others]))
            given += others
        super().__init__(statement, given, dialect)
        self._columns = [column.name for column in table.c]
        self._readers = [
            (column.name, read)
            for column in table.c
            if (read := _reader(column, dialect)) is not None
        ]

    def call(self, values: Sequence[Any]) -> Call:
        """With these values; those of the column that has one of many stand last."""
        if self._as_one:
            many = array(values[self._same :], self._write)
            values = (*values[: self._same], many)
        return super().call(values)

    def rows(self, answer: list[Any]) -> list[Row]:
        """Every row of an answer, by column."""
        return [self._row(row) for row in answer]

    def _row(self, values: Sequence[Any]) -> Row:
        row = dict(zip(self._columns, values, strict=True))
        for name, read in self._readers:
            if (value := row[name]) is not None:
                row[name] = read(value)
        return row


class Change:
    """A change of one row, made for many at a time: once with each, or once with all, where the
    database takes the values of each column as one."""

    def __init__(
        self, one: _Prepared, all_: _Prepared | None = None, writers: Sequence[Value | None] = ()
    ) -> None:
        self._one = one
        self._all = all_
        self._writers = writers

    def call(self, many: Sequence[Sequence[Any]]) -> Call:
        """The change for each tuple of values, which stand in the order of its columns."""
        if len(many) == 1:
            return self._one.call(many[0])
        if self._all is not None:
            columns = zip(zip(*many, strict=True), self._writers, strict=True)
            return self._all.call([array(values, write) for values, write in columns])
        calls = [self._one.call(values) for values in many]
        return Call(calls[0].text, [each.values for each in calls], each=True)


@lru_cache(maxsize=64)
def prepared(statement: Executable, names: tuple[str, ...], dialect: Dialect) -> _Prepared:
    """A statement that is made once, whose parameters have these names."""
    return _Prepared(statement, names, dialect)


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
    given = [_hidden(name) for name in names]
    one = _Prepared(table.delete().where(*_conditions(table, names)), given, dialect)
    if not takes_arrays(dialect):
        return Change(one)
    columns = [table.c[name] for name in names]
    those = select(*(func.unnest(_many_of(c, _hidden(c.name))) for c in columns))
    every = _Prepared(table.delete().where(tuple_(*columns).in_(those)), given, dialect)
    return Change(one, every, [_writer_of_many(column.type, dialect) for column in columns])


@lru_cache(maxsize=16)
def addition(table: Table, names: tuple[str, ...], dialect: Dialect) -> Change:
    """A new row, with values in the columns ``names``."""
    return _insertion(table, names, dialect, lambda insert: insert)


@lru_cache(maxsize=64)
def upsert(table: Table, dialect: Dialect) -> Change:
    """A row stands, whether or not its key did; the values are those of all its columns."""
    keys = [column.name for column in table.primary_key]
    others = [column.name for column in table.c if column.name not in keys]

    def over(insert: Any) -> Executable:
        if others:
            set_ = {name: insert.excluded[name] for name in others}
            changed: Executable = insert.on_conflict_do_update(index_elements=keys, set_=set_)
        else:
            changed = insert.on_conflict_do_nothing(index_elements=keys)
        return changed

    return _insertion(table, tuple(column.name for column in table.c), dialect, over)


def _insertion(
    table: Table, names: tuple[str, ...], dialect: Dialect, altered: Callable[[Any], Executable]
) -> Change:
    # Both databases have the same words for it; SQLAlchemy has them in two places.
    if not takes_arrays(dialect):
        return Change(_Prepared(altered(sqlite.insert(table)), names, dialect))
    from sqlalchemy.dialects import postgresql  # slow to load, with every driver that it has

    insert = postgresql.insert(table)
    many = select(*(func.unnest(_many_of(table.c[name], name)) for name in names))
    return Change(
        _Prepared(altered(insert), names, dialect),
        _Prepared(altered(insert.from_select(names, many)), names, dialect),
        [_writer_of_many(table.c[name].type, dialect) for name in names],
    )


def takes_arrays(dialect: Dialect) -> bool:
    """Whether many values can be given as one."""
    return dialect.name == "postgresql"


def _many_of(column: Column[Any], name: str) -> ColumnElement[Any]:
    """Many values of a column, given under a name as `array` writes them."""
    return cast(bindparam(name, type_=String()), ARRAY(column.type))


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


def _writer_of_many(kind: TypeEngine[Any], dialect: Dialect) -> Value | None:
    """What `array` is to be given: bytes as they are, not as the driver wants them."""
    return None if isinstance(kind, LargeBinary) else _writer(kind, dialect)
