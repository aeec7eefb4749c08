"""The rows of the state that a connection has read or changed: asked for once, written many at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from functools import cache
from itertools import islice
from operator import itemgetter
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from sqlalchemy import ClauseElement, Connection, Select, Table, UpdateBase
from sqlalchemy.exc import DatabaseError
from sqlalchemy.sql.visitors import iterate

from converter.state.prepared import (
    Question,
    Row,
    addition,
    deletion,
    prepared,
    question,
    question_among,
    takes_arrays,
    upsert,
)
from converter.state.tables import kept_whole
from converter.state.wire import Call, wire_of

Key = tuple[Any, ...]
#: names of columns, and the values that they have
All = tuple[tuple[str, ...], Key]

#: so many rows of a table are remembered; more are written and forgotten
REMEMBERED = 2000
#: so many rows that have some values in common are remembered as all that there are
FEW = 50
#: how many rows are asked for at once: the least of these that is enough, else as often as it takes
AT_ONCE = (5, 50)
#: fewer are not asked for at once, where that takes one of those
FEWEST = 3


class _Wanted(NamedTuple):
    """Rows to be ``asked`` for, by their ``keys`` or as ``all`` that have some values."""

    table: Table
    asked: list[tuple[Question, Key]]
    keys: dict[Key, None] | None = None
    all: All | None = None


class Memory:
    """The rows that a connection has read, and those that its transaction has changed, before the
    database hears of the changes.

    A row read twice is asked for once, and changes go out many at a time. Before the database is
    asked or changed by anything but a whole key it hears of what changed in the tables concerned,
    and what is remembered of a table that is changed so is forgotten.
    """

    def __init__(self, connection: Connection) -> None:
        self._dialect = connection.dialect
        self._wire = wire_of(connection)
        self._rows: dict[Table, dict[Key, Row | None]] = {}
        self._dirty: dict[Table, dict[Key, None]] = {}
        self._added: dict[Table, list[Row]] = {}
        self._wanted: list[_Wanted] = []
        self._few: dict[Table, set[All]] = {}

    def get(self, table: Table, key: Key) -> Row | None:
        """The row of a whole key, None where there is none."""
        rows = self._rows.setdefault(table, {})
        if key in rows:
            return rows[key]
        if any(each.table is table and key in (each.keys or ()) for each in self._wanted):
            self._ask()
            if key in rows:
                return rows[key]
        whole = kept_whole(key)
        if not whole:  # it may be remembered as the database has its key
            self.flush(table)
        row = next(iter(self._find(table, keys_of(table), key)), None)
        if whole:
            self._remember(table, key, row)
        return row

    def all(self, table: Table, names: tuple[str, ...], values: Key) -> list[Row]:
        """Every row with these values."""
        self.flush(table)
        return self._find(table, names, values)

    def _find(self, table: Table, names: tuple[str, ...], values: Key) -> list[Row]:
        """The rows that stand in the database with these values."""
        [rows] = self._ask((question(table, names, self._dialect), values))
        return rows

    def load(self, table: Table, keys: Iterable[Key], same: int) -> None:
        """The rows of many keys will be asked for, the first columns of which are the same: so many.

        They all are with whatever is asked next. More than may be remembered are left out, and so are
        one or two where a question for many has room for more: asked for alone they cost less.
        """
        rows = self._rows.setdefault(table, {})
        new = (key for key in keys if key not in rows and kept_whole(key))
        missing = dict.fromkeys(islice(new, REMEMBERED))
        if not missing or (len(missing) < FEWEST and not takes_arrays(self._dialect)):
            return
        names = keys_of(table)
        first = next(iter(missing))[:same]
        values = list(dict.fromkeys(key[same] for key in missing))
        asked = [*self._among(table, names[:same], first, names[same], values)]
        self._wanted.append(_Wanted(table, asked, keys=missing))

    def few(self, table: Table, names: tuple[str, ...], values: Key) -> list[Row]:
        """Every row with these values, most often few: then they are asked for once."""
        asked = (names, values)
        if any(each.table is table and each.all == asked for each in self._wanted):
            self._ask()
        if asked not in self._few.get(table, ()):
            found = self.all(table, names, values)
            if not self._learn_few(table, asked, found):
                return sorted(found, key=keyer_of(table))
        rows = self._rows.get(table, {})
        every = (rows[key] for key in sorted(rows))
        return [row for row in every if row is not None and _has(row, names, values)]

    def load_few(self, table: Table, names: tuple[str, ...], values: Key) -> None:
        """`few` rows will be asked for; they are with whatever is asked next."""
        if (names, values) not in self._few.get(table, ()):
            self.flush(table)
            those = question(table, names, self._dialect)
            self._wanted.append(_Wanted(table, [(those, values)], all=(names, values)))

    def _ask(self, *asked: tuple[Question, Key]) -> list[list[Row]]:
        """The rows of each question; what is wanted besides is asked with them, and remembered."""
        wanted, self._wanted = self._wanted, []
        every = [pair for each in wanted for pair in each.asked] + [*asked]
        answers = self._wire.ask(*(those.call(values) for those, values in every))
        found = iter([those.rows(rows) for (those, _), rows in zip(every, answers, strict=True)])
        for each in wanted:
            self._learn(each, [row for _ in each.asked for row in next(found)])
        return list(found)

    def _learn_few(self, table: Table, asked: All, found: list[Row]) -> bool:
        """Whether they are few, and there is room for them: what would have to go for it may be one
        of them, changed since they were asked for."""
        rows, key_of = self._rows.setdefault(table, {}), keyer_of(table)
        if len(found) > FEW or len(rows) + len(found) > REMEMBERED:
            return False
        for row in found:
            rows.setdefault(key_of(row), row)
        self._few.setdefault(table, set()).add(asked)
        return True

    def _learn(self, wanted: _Wanted, found: list[Row]) -> None:
        table, key_of = wanted.table, keyer_of(wanted.table)
        if wanted.all is not None:
            self._learn_few(table, wanted.all, found)
            return
        rows = self._rows.setdefault(table, {})
        new = dict.fromkeys(key for key in wanted.keys or () if key not in rows)
        self._make_room(table, len(new))
        rows.update(new)
        for row in found:
            if (key := key_of(row)) in new:
                rows[key] = row

    def among(
        self, table: Table, names: tuple[str, ...], same: Key, column: str, values: Sequence[Any]
    ) -> list[Row]:
        """The rows that have the ``same`` values in the columns ``names``, and in another column one
        of many."""
        self.flush(table)
        found = self._ask(*self._among(table, names, same, column, values))
        return [row for rows in found for row in rows]

    def _among(
        self, table: Table, names: tuple[str, ...], same: Key, column: str, values: Sequence[Any]
    ) -> Iterator[tuple[Question, Key]]:
        if takes_arrays(self._dialect):
            if values:
                yield question_among(table, names, column, 0, self._dialect), (*same, *values)
            return
        most = AT_ONCE[-1]
        for start in range(0, len(values), most):
            some = [*values[start : start + most]]
            count = next(count for count in AT_ONCE if count >= len(some))
            some += some[-1:] * (count - len(some))
            yield question_among(table, names, column, count, self._dialect), (*same, *some)

    def run(self, select: Select[Any], **values: Any) -> list[Any]:
        """Put a question that is made once to the database."""
        self.flush(*_named(select))
        made = prepared(select, tuple(values), self._dialect)
        [answer] = self._wire.ask(made.call(tuple(values.values())))
        return answer

    def do(self, change: UpdateBase, **values: Any) -> None:
        """Make a change that is made up once."""
        self.flush(*_named(change))
        made = prepared(change, tuple(values), self._dialect)
        self._wire.put(made.call(tuple(values.values())))
        assert isinstance(change.table, Table)
        self.forget(change.table)

    def insert(self, table: Table, row: Row, known: bool) -> None:
        """A new row goes to the database at once; ``known``: it is asked for next, and remembered."""
        call = addition(table, tuple(row), self._dialect).call([tuple(row.values())])
        self._wire.put(call)
        self._few.pop(table, None)
        key = keyer_of(table)(row)
        if known:
            self._remember(table, key, row)
        else:
            self._rows.get(table, {}).pop(key, None)

    def known(self, table: Table, key: Key) -> Row | None:
        """A row that is remembered; the database is not asked."""
        return self._rows.get(table, {}).get(key)

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
        if not kept_whole(key):  # it may be remembered as the database has its key
            self.flush(table)
            self.forget(table)

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
            self._few.pop(table, None)
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
            if gone:
                self._wire.put(deletion(table, keys_of(table), self._dialect).call(gone))
            if stand:
                self._wire.put(upsert(table, self._dialect).call(stand))

    def _flush_added(self, table: Table) -> None:
        added = self._added.pop(table, None)
        if added:
            rows = [tuple(row.values()) for row in added]
            self._wire.put(addition(table, tuple(added[0]), self._dialect).call(rows))

    def forget(self, *tables: Table) -> None:
        """The database was changed behind our back, in these tables or anywhere."""
        for table in tables or tuple(self._rows.keys() | self._added.keys()):
            self._rows.pop(table, None)
            self._dirty.pop(table, None)
            self._added.pop(table, None)
            self._few.pop(table, None)
        if not tables:
            self._wanted.clear()

    def delete(self, table: Table, names: tuple[str, ...], values: Key) -> None:
        """The rows with these values go."""
        self.flush(table)
        self._wire.put(deletion(table, names, self._dialect).call([values]))
        self.forget(table)

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """A part of the transaction that is undone as a whole where it raises."""
        self.flush()
        self._wire.put(Call("SAVEPOINT attempt"))
        try:
            yield
        except BaseException as error:
            self.forget()
            # a full disk has undone everything already; else an error is of what was put before
            with suppress(DatabaseError) if isinstance(error, DatabaseError) else nullcontext():
                self._wire.put(Call("ROLLBACK TO SAVEPOINT attempt"))
                self._wire.put(Call("RELEASE SAVEPOINT attempt"))
                self._wire.arrive()
            raise
        self.flush()
        self._wire.put(Call("RELEASE SAVEPOINT attempt"))

    def commit(self) -> None:
        """Tell the database what changed, for good; SQLAlchemy's commit has to follow."""
        self.flush()
        self._wire.commit()

    def roll_back(self) -> None:
        """What was changed is to be undone; SQLAlchemy's rollback has to follow."""
        self.forget()
        self._wire.drop()

    def abandon(self) -> None:
        """What was changed is not to be told to the database."""
        if self._dirty or self._added:
            self.forget()
        self._wire.drop()


_memories: WeakKeyDictionary[Connection, Memory] = WeakKeyDictionary()


def memory_of(connection: Connection) -> Memory:
    """The memory of a connection."""
    memory = _memories.get(connection)
    if memory is None:
        memory = _memories[connection] = Memory(connection)
    return memory


def _has(row: Row, names: tuple[str, ...], values: Key) -> bool:
    return all(row[name] == value for name, value in zip(names, values, strict=True))


@cache
def _named(statement: ClauseElement) -> tuple[Table, ...]:
    """The tables that a statement names: what is remembered of them matters to it."""
    return tuple({each: None for each in iterate(statement) if isinstance(each, Table)})


@cache
def keys_of(table: Table) -> tuple[str, ...]:
    """The columns of a table's key."""
    return tuple(column.name for column in table.primary_key)


@cache
def keyer_of(table: Table) -> Callable[[Row], Key]:
    """What takes the key out of a row."""
    names = keys_of(table)
    if len(names) == 1:
        return lambda row: (row[names[0]],)
    return itemgetter(*names)


@cache
def _valuer(table: Table) -> Callable[[Row], tuple[Any, ...]]:
    """What takes the values of all columns out of a row, in their order."""
    return itemgetter(*(column.name for column in table.c))
