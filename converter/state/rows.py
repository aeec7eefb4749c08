"""One table of the state within one link: rows by key, with the statements made once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from sqlalchemy import Connection, Delete, Insert, RowMapping, Select, Table, bindparam, select
from sqlalchemy.dialects import postgresql, sqlite

Values = Mapping[str, Any]


class Rows:
    """The rows of a table that have the ``fixed`` values, most of all the link's name."""

    def __init__(self, connection: Connection, table: Table, **fixed: Any) -> None:
        self._connection = connection
        self._table = table
        self._fixed = fixed

    def get(self, **key: Any) -> RowMapping | None:
        """The row of a key, or None."""
        where = {**self._fixed, **key}
        found = self._connection.execute(_select(self._table, tuple(where)), _given(where))
        return found.mappings().first()

    def all(self, **where: Any) -> list[RowMapping]:
        """Every row with these values."""
        given = {**self._fixed, **where}
        found = self._connection.execute(_select(self._table, tuple(given)), _given(given))
        return list(found.mappings())

    def each(self, statement: Select[Any]) -> Iterator[RowMapping]:
        """The rows of a statement of the caller's, as they come."""
        yield from self._connection.execute(statement).mappings()

    def put(self, **values: Any) -> None:
        """Insert a whole row, or overwrite the one of its key."""
        self._connection.execute(
            _upsert(self._table, self._connection.dialect.name), {**self._fixed, **values}
        )

    def put_all(self, rows: list[dict[str, Any]]) -> None:
        """Insert or overwrite many whole rows."""
        if rows:
            statement = _upsert(self._table, self._connection.dialect.name)
            self._connection.execute(statement, [{**self._fixed, **row} for row in rows])

    def drop(self, **key: Any) -> None:
        """Delete the rows with these values."""
        where = {**self._fixed, **key}
        self._connection.execute(_delete(self._table, tuple(where)), _given(where))


def _given(values: Values) -> dict[str, Any]:
    """Values under names that no column has, as SQLAlchemy wants them in conditions."""
    return {f"_{name}": value for name, value in values.items()}


@cache
def _select(table: Table, names: tuple[str, ...]) -> Select[Any]:
    statement = select(table)
    for name in names:
        statement = statement.where(table.c[name] == bindparam(f"_{name}"))
    return statement


@cache
def _delete(table: Table, names: tuple[str, ...]) -> Delete:
    statement = table.delete()
    for name in names:
        statement = statement.where(table.c[name] == bindparam(f"_{name}"))
    return statement


@cache
def _upsert(table: Table, dialect: str) -> Insert:
    """Both databases have the same words for it; SQLAlchemy has them in two places."""
    insert = postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)
    keys = [column.name for column in table.primary_key]
    others = {c.name: insert.excluded[c.name] for c in table.c if c.name not in keys}
    if not others:
        return insert.on_conflict_do_nothing(index_elements=keys)
    return insert.on_conflict_do_update(index_elements=keys, set_=others)
