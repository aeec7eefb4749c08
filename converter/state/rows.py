"""One table of the state within one link: rows by key, or by some of their values."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from msgspec import Struct
from sqlalchemy import Connection, Table

from converter.state.memory import Key, keyer_of, keys_of, memory_of
from converter.state.prepared import Row

Struct_ = TypeVar("Struct_", bound=Struct)


class Rows:
    """The rows of a table that have the ``fixed`` values, most of all the link's name."""

    def __init__(self, connection: Connection, table: Table, **fixed: Any) -> None:
        self._memory = memory_of(connection)
        self._table = table
        self._fixed = fixed
        self._first = tuple(fixed.values())
        self._names = keys_of(table)
        self._key = keyer_of(table)

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
        return self._memory.among(self._table, tuple(self._fixed), self._first, column, values)

    def all(self, **where: Any) -> list[Row]:
        """Every row with these values."""
        given = {**self._fixed, **where}
        return self._memory.all(self._table, tuple(given), tuple(given.values()))

    def few(self) -> list[Row]:
        """Every row, by key, of a table that has few of them."""
        return self._memory.few(self._table, tuple(self._fixed), self._first)

    def load_few(self) -> None:
        """`few` will be asked for."""
        self._memory.load_few(self._table, tuple(self._fixed), self._first)

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
        self._memory.delete(self._table, tuple(where), tuple(where.values()))


def as_struct(kind: type[Struct_], row: Row) -> Struct_:
    """A row as a struct whose fields are called like its columns; `asdict` is the way back."""
    return kind(**{name: row[name] for name in kind.__struct_fields__})
