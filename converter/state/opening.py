"""Opening the state: durable, whole, of a layout that we know (RELIABILITY §0, SPEC §5)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, inspect, make_url
from sqlalchemy.exc import DatabaseError

from converter.folder.lock import Holder
from converter.problems import Stopped
from converter.problems import catalogue as say
from converter.state import tables
from converter.state.database import Database, Lease, Own
from converter.state.memory import memory_of
from converter.state.migrations import MIGRATIONS, Migration
from converter.state.postgresql import Postgresql
from converter.state.sqlite import Sqlite


class State:
    """An open state. `begin` gives a connection in a transaction that writes, `read` one that does not."""

    def __init__(self, database: Database, lease: Lease | None = None) -> None:
        self._database = database
        self._lease: Lease = lease or Own()
        self._ours = lease is not None
        self._kept: Connection | None = None
        self.name = database.name
        #: whether several processes may work on it, each on another link
        self.shared = database.shared

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """One transaction: everything in the block, or nothing of it."""
        with self._connected(writes=True) as connection:
            self._lease.enter(connection)
            yield connection
            memory_of(connection).commit()
            connection.commit()

    def try_writing(self) -> None:
        """Write, and keep nothing of it. Raises `Stopped` where nothing can be kept."""
        with self._connected(writes=True) as connection:
            self._lease.enter(connection)
            connection.execute(tables.layout.insert(), {"version": 0})
            connection.rollback()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A view of the state that no other process disturbs."""
        with self._connected(writes=False) as connection:
            yield connection
            memory_of(connection).abandon()

    @contextmanager
    def _connected(self, writes: bool) -> Iterator[Connection]:
        try:
            with self._connection() as connection:
                self._set(connection, writes)
                connection.begin()  # prepared statements do not begin one by themselves
                yield connection
        except DatabaseError as error:
            self._lease.check()  # that it was taken over says more than how that showed
            raise self._database.failed(error) from error

    def _set(self, connection: Connection, writes: bool) -> None:
        """The options of its transaction, unless it has them: the driver is told of each."""
        options = self._database.options(writes, self._ours)
        if options.items() - connection.get_execution_options().items():
            connection.execution_options(**options)

    @contextmanager
    def _connection(self) -> Iterator[Connection]:
        """A connection for one transaction; for all of them, one by one, while a link is ours."""
        if not self._ours:
            with self._database.engine.connect() as connection:
                yield connection
            return
        if self._kept is None:
            self._kept = self._database.engine.connect()
        try:
            yield self._kept
        except BaseException:
            memory_of(self._kept).roll_back()
            with suppress(DatabaseError):
                self._kept.rollback()
            raise
        self._kept.rollback()  # what was committed stays

    def hold(self, link: str, who: Holder, patience: float) -> AbstractContextManager[Lease]:
        """Have a link to ourselves for the block. Raises `Stopped` (LOCKED) where another has it
        for longer than ``patience`` seconds."""
        return self._database.hold(link, who, patience)

    @contextmanager
    def under(self, lease: Lease) -> Iterator[State]:
        """The same state, changed only while a link is ours; of that link alone.

        Nobody else changes the link meanwhile, so what one transaction has read, the next one knows.
        """
        state = State(self._database, lease)
        try:
            yield state
        finally:
            if state._kept is not None:
                state._kept.close()

    def passed(self, link: str) -> bool:
        """Whether another process has taken a link since this one began, and left nothing in it to
        be looked at again; no where that is not known."""
        return self._database.passed(link)

    def lost(self) -> bool:
        """Whether it was removed since it was opened; no where that is not known."""
        return self._database.lost()

    def finish(self) -> None:
        """The link that is ours needs no other look, see `Lease.finish`."""
        self._lease.finish()

    def check(self) -> None:
        """Before a file takes its final name. Raises `Stopped` (LINK_TAKEN), see `Lease.check`."""
        self._lease.check()

    def close(self) -> None:
        """Let go of the database."""
        self._database.close()

    def copy(self, link: str) -> State:
        """A private copy to try things on, of one link at least."""
        return State(self._database.copy(link))


def open_state(
    url: str,
    traces: Callable[[], Sequence[Path]],
    now: datetime,
    migrations: Sequence[Migration] = MIGRATIONS,
    rebuild: bool = False,
    plan: bool = False,
    password: bytes | None = None,
    thorough: bool = False,
) -> State:
    """Open the state, or begin a new one where none ever was.

    ``traces`` are files that only a state can have left; where there are some and the state is
    missing or empty, numbering must not begin again (unless ``rebuild``, which also puts a damaged
    state aside). With ``plan`` a state that never was is made in memory only. ``password`` is for a
    server. ``thorough``: the whole of it is looked at, however lately that was done. Raises
    `Stopped`: STATE_LOST, STATE_DAMAGED, STATE_NEWER, STATE_FAILED, STATE_UNREACHABLE, STATE_UNFIT,
    STATE_DRIVER.
    """
    database = database_of(url, password)
    try:
        fresh = database.fresh()
        if fresh and not rebuild and (left := traces()):
            name = database.name
            raise Stopped(say.STATE_LOST(state=name, trace=str(left[0])).at(file=name))
        database.prepare()
        if fresh and plan:
            database = database.in_memory()
        try:
            database.check(now, thorough or rebuild, touches=not plan)
        except Stopped as stopped:
            if not rebuild or stopped.problem.kind.id != say.STATE_DAMAGED.id:
                raise
            database.put_aside(now)
        state = State(database)
        _bring_up(state, database, migrations, now)
    except Stopped:
        database.close()
        raise
    return state


def database_of(url: str, password: bytes | None = None) -> Database:
    """The database of an address. Raises `Stopped`: STATE_DRIVER, STATE_UNFIT."""
    kind = make_url(url).get_backend_name()
    if kind == "sqlite":
        return Sqlite(url)
    if kind == "postgresql":
        return Postgresql(url, password)
    raise Stopped(say.STATE_UNFIT(state=kind, reason=f"{kind}: sqlite, postgresql"))


def _bring_up(
    state: State, database: Database, migrations: Sequence[Migration], now: datetime
) -> None:
    """Make the tables of a new state; bring an older one to the present layout, after a backup."""
    target = tables.VERSION if migrations is MIGRATIONS else 1 + len(migrations)
    with state.read() as connection:
        version = _layout(connection)
    if version is None:
        with state.begin() as connection:
            database.lock_layout(connection)
            if _layout(connection) is None:  # or another process has just made it
                tables.METADATA.create_all(connection)
                connection.execute(tables.layout.insert(), {"version": target})
        return
    if version > target:
        raise Stopped(say.STATE_NEWER(state=state.name, version=version, known=target))
    if version == target:
        return
    database.back_up(version, now)
    with state.begin() as connection:
        database.lock_layout(connection)
        found = _layout(connection)
        if found != version:  # another process has just done it
            return
        for migration in migrations[version - 1 :]:
            migration(connection)
        connection.execute(tables.layout.update().values(version=target))


def _layout(connection: Connection) -> int | None:
    if not inspect(connection).has_table("layout"):
        return None
    version = connection.execute(tables.layout.select()).scalar()
    return None if version is None else int(version)
