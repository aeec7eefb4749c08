"""One table of the state within one link: rows by key, remembered and written many at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from itertools import islice
from operator import itemgetter
from typing import Any, TypeVar
from weakref import WeakKeyDictionary, proxy

from msgspec import Struct
from sqlalchemy import Connection, Executable, Table

from converter.state.prepared import (
    Row,
    addition,
    deletion,
    prepared,
    question,
    question_among,
    upsert,
)
from converter.state.tables import kept_whole

Key = tuple[Any, ...]
Struct_ = TypeVar("Struct_", bound=Struct)

#: so many rows of a table are remembered; more are written and forgotten
REMEMBERED = 2000
#: how many rows are asked for at once: the least of these that is enough, else as often as it takes
AT_ONCE = (5, 50)


class Memory:
    """The rows that a connection has read, and those that its transaction has changed, before the
    database hears of the changes.

    A row read twice is asked for once, and changes go out many at a time. Whoever asks the database
    by anything but a whole key calls `flush` first; whoever changes it so calls `forget` after.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection: Connection = proxy(connection)  # else neither would ever go
        self._rows: dict[Table, dict[Key, Row | None]] = {}
        self._dirty: dict[Table, dict[Key, None]] = {}
        self._added: dict[Table, list[Row]] = {}

    def get(self, table: Table, key: Key) -> Row | None:
        """The row of a whole key, None where there is none."""
        rows = self._rows.setdefault(table, {})
        if key in rows:
            return rows[key]
        found = self.ask(table, _keys(table), key)
        row = found[0] if found else None
        self._remember(table, key, row)
        return row

    def ask(self, table: Table, names: tuple[str, ...], values: Key) -> list[Row]:
        """The rows that stand in the database with these values; flush what matters before."""
        dialect = self._connection.dialect
        return question(table, names, dialect).ask(self._connection, values)

    def load(self, table: Table, keys: Iterable[Key], same: int) -> None:
        """Ask for the rows of many keys at once, the first columns of which are the same: so many.

        More than may be remembered are not all asked for.
        """
        rows = self._rows.setdefault(table, {})
        new = (key for key in keys if key not in rows and kept_whole(key))
        missing = dict.fromkeys(islice(new, REMEMBERED))
        if not missing:
            return
        self._make_room(table, len(missing))
        rows.update(missing)
        names, key_of = _keys(table), _keyer(table)
        first = next(iter(missing))[:same]
        values = list(dict.fromkeys(key[same] for key in missing))
        for row in self.ask_among(table, names[:same], first, names[same], values):
            if (key := key_of(row)) in missing:
                rows[key] = row

    def ask_among(
        self, table: Table, names: tuple[str, ...], same: Key, column: str, values: Sequence[Any]
    ) -> Iterator[Row]:
        """The rows that have the ``same`` values in the columns ``names``, and in another column one
        of many; flush what matters before."""
        connection, dialect = self._connection, self._connection.dialect
        most = AT_ONCE[-1]
        for start in range(0, len(values), most):
            some = [*values[start : start + most]]
            count = next(count for count in AT_ONCE if count >= len(some))
            some += some[-1:] * (count - len(some))
            those = question_among(table, names, column, count, dialect)
            yield from those.ask(connection, (*same, *some))

    def run(self, statement: Executable, **values: Any) -> list[Any]:
        """Put a statement that is made once to the database; flush what matters before."""
        dialect = self._connection.dialect
        return prepared(statement, tuple(values), dialect).run(self._connection, *values.values())

    def add(self, table: Table, row: Row) -> None:
        """A new row of a table whose keys the database makes."""
        added = self._added.setdefault(table, [])
        added.append(row)
        if len(added) >= REMEMBERED:
            self._flush_added(table)

    def put(self, table: Table, row: Row | None, key: Key) -> None:
        """Another row stands under a key; None: none does."""
        self._remember(table, key, row)
        self._dirty.setdefault(table, {})[key] = None

    def _remember(self, table: Table, key: Key, row: Row | None) -> None:
        rows = self._rows.setdefault(table, {})
        if len(rows) >= REMEMBERED:
            self._make_room(table, 1)
        rows[key] = row

    def _make_room(self, table: Table, count: int) -> None:
        """Forget the rows that were asked for first, where so many more are too many."""
        rows = self._rows[table]
        if len(rows) + count > REMEMBERED:
            self.flush(table)
            for key in list(islice(rows, max(count, REMEMBERED // 2))):
                del rows[key]

    def flush(self, *tables: Table) -> None:
        """Tell the database what changed, in these tables or in all."""
        for table in tables or tuple(self._added):
            self._flush_added(table)
        for table in tables or tuple(self._dirty):
            dirty = self._dirty.pop(table, None)
            if not dirty:
                continue
            rows = self._rows[table]
            values_of = _valuer(table)
            gone, stand = [], []
            for key in dirty:
                row = rows[key]
                if row is None:
                    gone.append(key)
                else:
                    stand.append(values_of(row))
            connection, dialect = self._connection, self._connection.dialect
            if gone:
                deletion(table, _keys(table), dialect).make(connection, gone)
            if stand:
                upsert(table, dialect).make(connection, stand)

    def _flush_added(self, table: Table) -> None:
        added = self._added.pop(table, None)
        if added:
            connection, names = self._connection, tuple(added[0])
            rows = [tuple(row.values()) for row in added]
            addition(table, names, connection.dialect).make(connection, rows)

    def forget(self, *tables: Table) -> None:
        """The database was changed behind our back, in these tables or anywhere."""
        for table in tables or tuple(self._rows.keys() | self._added.keys()):
            self._rows.pop(table, None)
            self._dirty.pop(table, None)
            self._added.pop(table, None)

    def abandon(self) -> None:
        """What was changed is not to be told to the database."""
        if self._dirty or self._added:
            self.forget()


_memories: WeakKeyDictionary[Connection, Memory] = WeakKeyDictionary()


def memory_of(connection: Connection) -> Memory:
    """The memory of a connection."""
    memory = _memories.get(connection)
    if memory is None:
        memory = _memories[connection] = Memory(connection)
    return memory


class Rows:
    """The rows of a table that have the ``fixed`` values, most of all the link's name."""

    def __init__(self, connection: Connection, table: Table, **fixed: Any) -> None:
        self._connection = connection
        self._memory = memory_of(connection)
        self._table = table
        self._fixed = fixed
        self._first = tuple(fixed.values())
        self._names = _keys(table)
        self._key = _keyer(table)

    def get(self, **key: Any) -> Row | None:
        """The row of a whole key, whose columns are given in their order, or None."""
        return self._memory.get(self._table, (*self._first, *key.values()))

    def load(self, last: Iterable[Any], **key: Any) -> None:
        """Many rows at once, of keys that differ in their ``last`` column."""
        first = (*self._first, *key.values())
        self._memory.load(self._table, [(*first, each) for each in last], len(first))

    def load_keys(self, keys: Iterable[Key]) -> None:
        """Many rows at once, of keys that have no more than the ``fixed`` values in common."""
        first = self._first
        self._memory.load(self._table, [(*first, *key) for key in keys], len(first))

    def among(self, column: str, values: Sequence[Any]) -> list[Row]:
        """Every row that has one of many values in a column."""
        self._memory.flush(self._table)
        fixed = tuple(self._fixed)
        return list(self._memory.ask_among(self._table, fixed, self._first, column, values))

    def all(self, **where: Any) -> list[Row]:
        """Every row with these values."""
        self._memory.flush(self._table)
        given = {**self._fixed, **where}
        return self._memory.ask(self._table, tuple(given), tuple(given.values()))

    def put(self, **values: Any) -> None:
        """Insert a whole row, or overwrite the one of its key."""
        row = {**self._fixed, **values}
        self._memory.put(self._table, row, self._key(row))

    def drop(self, **key: Any) -> None:
        """Delete the row of a whole key, or all rows with these values."""
        where = {**self._fixed, **key}
        if len(where) == len(self._names):
            self._memory.put(self._table, None, self._key(where))
            return
        self._memory.flush(self._table)
        going = deletion(self._table, tuple(where), self._connection.dialect)
        going.make(self._connection, [tuple(where.values())])
        self._memory.forget(self._table)


def as_struct(kind: type[Struct_], row: Row) -> Struct_:
    """A row as a struct whose fields are called like its columns; `asdict` is the way back."""
    return kind(**{name: row[name] for name in kind.__struct_fields__})


@cache
def _keys(table: Table) -> tuple[str, ...]:
    return tuple(column.name for column in table.primary_key)


@cache
def _keyer(table: Table) -> Callable[[Row], Key]:
    """What takes the key out of a row."""
    names = _keys(table)
    if len(names) == 1:
        return lambda row: (row[names[0]],)
    return itemgetter(*names)


@cache
def _valuer(table: Table) -> Callable[[Row], tuple[Any, ...]]:
    """What takes the values of all columns out of a row, in their order."""
    return itemgetter(*(column.name for column in table.c))
