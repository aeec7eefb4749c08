"""Opening the state: durable, whole, of a layout that we know (RELIABILITY §0, SPEC §5)."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, make_url
from sqlalchemy.exc import DatabaseError
from sqlalchemy.pool import StaticPool

from converter.problems import Stopped
from converter.problems import catalogue as say
from converter.state import tables
from converter.state.migrations import MIGRATIONS, Migration
from converter.state.rows import memory_of

_PRAGMAS = (
    "journal_mode = DELETE",  # the write-ahead log of older SQLites can lose a commit
    "synchronous = EXTRA",
    "busy_timeout = 10000",
    "cache_size = -16384",
)


#: a file of one byte is an empty database to SQLite too
_EMPTY = 1
#: what SQLite says of a file that is damaged, or is none of its own
_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})


class State:
    """An open state. `begin` gives a connection in a transaction that writes, `read` one that does not."""

    def __init__(self, engine: Engine, name: str) -> None:
        self._engine = engine
        self.name = name

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """One transaction: everything in the block, or nothing of it."""
        with self._connected(writes=True) as connection:
            yield connection
            memory_of(connection).flush()
            connection.commit()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A view of the state that no other process disturbs."""
        with self._connected(writes=False) as connection:
            yield connection

    @contextmanager
    def _connected(self, writes: bool) -> Iterator[Connection]:
        try:
            with self._engine.connect().execution_options(writes=writes) as connection:
                yield connection
        except DatabaseError as error:
            raise Stopped(say.STATE_FAILED(state=self.name, reason=str(error.orig))) from error

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    def copy(self) -> State:
        """A private copy to try things on; of another database than SQLite, the state itself.

        A transaction on the latter must be rolled back by whoever tries.
        """
        path = sqlite_path(self._engine)
        if path is None:
            return self
        copied = sqlite3.connect("", check_same_thread=False)
        with sqlite3.connect(path) as original:
            original.backup(copied)
        original.close()
        engine = create_engine("sqlite://", creator=lambda: copied, poolclass=None)
        _prepare(engine, ())
        return State(engine, self.name)


def open_state(
    url: str,
    traces: Callable[[], Sequence[Path]],
    now: datetime,
    migrations: Sequence[Migration] = MIGRATIONS,
    rebuild: bool = False,
    plan: bool = False,
) -> State:
    """Open the state, or begin a new one where none ever was.

    ``traces`` are files that only a state can have left; where there are some and the state is
    missing or empty, numbering must not begin again (unless ``rebuild``, which also puts a damaged
    state aside). With ``plan`` a state that never was is made in memory only. Raises `Stopped`:
    STATE_LOST, STATE_DAMAGED, STATE_NEWER, STATE_FAILED.
    """
    engine = create_engine(make_url(url))
    path = sqlite_path(engine)
    name = str(path or make_url(url).render_as_string(hide_password=True))
    if path is not None:
        fresh = not path.exists() or path.stat().st_size <= _EMPTY
        if fresh and not rebuild and (left := traces()):
            raise Stopped(say.STATE_LOST(state=name, trace=str(left[0])).at(file=name))
        if not path.parent.is_dir():
            raise Stopped(say.STATE_FAILED(state=name, reason=f"{path.parent}").at(file=name))
        if fresh and plan:
            engine, path = create_engine("sqlite://", poolclass=StaticPool), None
        _prepare(engine, _PRAGMAS)
    state = State(engine, name)
    try:
        try:
            _check(state, engine, path)
        except Stopped as stopped:
            if not rebuild or path is None or stopped.problem.kind.id != say.STATE_DAMAGED.id:
                raise
            engine.dispose()
            path.replace(path.with_name(f"{path.name}.damaged.{now:%Y%m%d-%H%M%S}"))
        _bring_up(state, engine, path, migrations, now)
    except Stopped:
        engine.dispose()
        raise
    return state


def sqlite_path(engine: Engine) -> Path | None:
    """The file of a SQLite state; None for other databases and for a private copy."""
    if engine.dialect.name != "sqlite" or not engine.url.database:
        return None
    return Path(engine.url.database)


def _prepare(engine: Engine, pragmas: Sequence[str]) -> None:
    """SQLite under our own BEGIN, so that a pass is one transaction, savepoints and all."""

    @event.listens_for(engine, "connect")
    def connect(connection: Any, record: object) -> None:
        connection.isolation_level = None
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _check(state: State, engine: Engine, path: Path | None) -> None:
    if path is None:
        return
    try:
        with engine.connect() as connection:
            found = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()
    except DatabaseError as error:
        damaged = getattr(error.orig, "sqlite_errorcode", 0) & 0xFF in _DAMAGED
        kind = say.STATE_DAMAGED if damaged else say.STATE_FAILED
        raise Stopped(kind(state=state.name, reason=str(error.orig))) from error
    if found != "ok":
        raise Stopped(say.STATE_DAMAGED(state=state.name, reason=str(found)))


def _bring_up(
    state: State,
    engine: Engine,
    path: Path | None,
    migrations: Sequence[Migration],
    now: datetime,
) -> None:
    """Make the tables of a new state; bring an older one to the present layout, after a backup."""
    target = tables.VERSION if migrations is MIGRATIONS else 1 + len(migrations)
    with state.read() as connection:
        version = _layout(connection)
    if version is None:
        with state.begin() as connection:
            if _layout(connection) is None:  # or another process has just made it
                tables.METADATA.create_all(connection)
                connection.execute(tables.layout.insert(), {"version": target})
        return
    if version > target:
        raise Stopped(say.STATE_NEWER(state=state.name, version=version, known=target))
    if version == target:
        return
    if path is not None:
        _backup(path, path.with_name(f"{path.name}.layout-{version}.{now:%Y%m%d-%H%M%S}"))
    with state.begin() as connection:
        for migration in migrations[version - 1 :]:
            migration(connection)
        connection.execute(tables.layout.update().values(version=target))


def _layout(connection: Connection) -> int | None:
    if not inspect(connection).has_table("layout"):
        return None
    version = connection.execute(tables.layout.select()).scalar()
    return None if version is None else int(version)


def _backup(path: Path, target: Path) -> None:
    original, copied = sqlite3.connect(path), sqlite3.connect(target)
    try:
        original.backup(copied)
    finally:
        copied.close()
        original.close()
