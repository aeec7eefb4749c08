"""Who works on which link of a shared state: a lock of the server's, and a number that only grows.

The lock belongs to a session that nothing else uses, so it goes with the process that held it; the
server ends the session as well where nothing is heard from it for `LEASE` seconds. A process that
was only asleep does not know that it lost the lock. So every taking of it raises the link's token in
``fence``, and each transaction that writes makes sure first that the token is still its own. It does
so behind a second lock, of its transaction, which the raising takes too: an open transaction of the
one before is ended by that, never overtaken (docs/hosts.md).
"""

from __future__ import annotations

import json
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Engine,
    MetaData,
    String,
    Table,
    Text,
    TextClause,
    text,
)
from sqlalchemy.exc import DatabaseError

from converter.folder.lock import Holder, locked_by
from converter.problems import Stopped
from converter.problems import catalogue as say
from converter.state import tables
from converter.state.prepared import prepared
from converter.state.trips import Door, trips_of
from converter.state.wire import Call

#: so long the server waits for a word of a session that has locks, in seconds
LEASE = 20.0
#: so often there is one
WORD = 4.0
#: how often a lock is tried for
_PAUSE = 0.05
#: so long the end of the former holder's transaction is waited for
_ENDING = 20.0

_METADATA = MetaData()
#: ``token`` grows with every taking; ``hold`` is that taking's own name, since a database that was
#: restored counts anew; ``working`` stays where a link was never given back; ``passed`` is the last
#: token under which there was a pass that left nothing to be looked at again
fence = Table(
    "fence",
    _METADATA,
    Column("link", String, primary_key=True),
    Column("token", BigInteger, nullable=False),
    Column("hold", String, nullable=False),
    Column("working", Boolean, nullable=False),
    Column("who", Text, nullable=False),
    Column("passed", BigInteger),
)

_WORD = text("SELECT 1")
_TRY = text("SELECT pg_try_advisory_lock(:key)")
#: raises the token, unless a transaction of the one before is still open; says whether that one
#: gave the link back
_RAISE = text(
    "WITH before AS (SELECT working FROM fence WHERE link = :link)"
    " INSERT INTO fence (link, token, hold, working, who)"
    " SELECT :link, 1, :hold, true, :who WHERE pg_try_advisory_xact_lock(:writing)"
    " ON CONFLICT (link) DO UPDATE"
    " SET token = fence.token + 1, hold = :hold, working = true, who = :who"
    " RETURNING token, coalesce((SELECT working FROM before), false)"
)
#: ends the sessions whose transaction is open
_END = text(
    "SELECT pg_terminate_backend(pid) FROM pg_locks"
    " WHERE locktype = 'advisory' AND objsubid = 1 AND granted AND pid <> pg_backend_pid()"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    " AND classid::bigint = :high AND objid::bigint = :low"
)
#: who takes the link before this is committed, or after a server that failed before it was on its
#: disk, sees a link that was not given back, and sweeps: for nothing, and no harm
_GIVE_BACK = text(
    "WITH given AS"
    " (UPDATE fence SET working = false, passed = CASE WHEN :passed THEN token ELSE passed END"
    " WHERE link = :link AND hold = :hold RETURNING link)"
    " SELECT pg_advisory_unlock(:key), set_config('synchronous_commit', 'off', true)"
    " FROM (SELECT count(*) FROM given) AS done"
)
_WHO = text("SELECT who FROM fence WHERE link = :link AND working")
_TOKENS = text("SELECT link, token FROM fence")
_PASSED = text("SELECT coalesce(passed, 0) FROM fence WHERE link = :link")
#: a table that was made before there was its last column is completed
_MADE = text(
    "SELECT EXISTS (SELECT FROM pg_attribute"
    " WHERE attrelid = to_regclass('fence') AND attname = 'passed')"
)
_COMPLETE = text("ALTER TABLE fence ADD COLUMN IF NOT EXISTS passed BIGINT")
#: that is tried for a moment at a time: whoever wants the table meanwhile waits behind us, and the
#: pass whose end we wait for may wait for one of them, a thread of its own process
_BRIEFLY = text("SET LOCAL lock_timeout = '500ms'")
_NOT_LOCKED = "55P03"
_BEGIN = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"
_ENTER = text("SELECT pg_advisory_xact_lock(:writing)")
_OURS = text(
    "SELECT (SELECT version FROM layout),"
    " EXISTS (SELECT FROM fence WHERE link = :link AND token = :token AND hold = :hold)"
)


class _Lease:
    """A link that was taken under a token."""

    def __init__(self, leases: Leases, link: str, schema: str) -> None:
        self._leases = leases
        self._state = leases.state
        self.link = link
        self.lock = _key(schema, link, "lock")
        self.writing = _key(schema, link, "writing")
        self.hold = uuid.uuid4().hex
        self.token = 0
        self.taken_over = False
        self.passed = False

    def enter(self, connection: Connection) -> None:
        """Before the first change: lock the link's writing, then see whether the token is still
        ours, in this order. One that was raised meanwhile is seen, and none can be raised until the
        transaction has ended. So what was read before it under this lease was ours alone, too."""
        given = {"link": self.link, "token": self.token, "hold": self.hold}
        calls = (
            Call(_BEGIN, {}),
            _call(connection, _ENTER, writing=self.writing),
            _call(connection, _OURS, **given),
        )
        trips_of(connection).close(Door(calls, self._judge))

    def _judge(self, found: list[Any]) -> None:
        [(version, ours)] = found
        if not ours:
            raise self.lost()
        if version > tables.VERSION:
            raise Stopped(say.STATE_NEWER(state=self._state, version=version, known=tables.VERSION))

    def finish(self) -> None:
        """Whoever gets to know of it can tell by the token whether that was after it began."""
        self.passed = True

    def check(self) -> None:
        """While our session answers, nobody has taken the link over."""
        if not self._leases.holds(self):
            raise self.lost()

    def lost(self) -> Stopped:
        """That it is no longer ours."""
        return Stopped(say.LINK_TAKEN(link=self.link))


class Leases:
    """The links that this process holds, all by one session. Made for several threads."""

    def __init__(
        self, engine: Engine, state: str, failed: Callable[[DatabaseError], Stopped]
    ) -> None:
        self._engine = engine
        self._failed = failed
        self._mutex = threading.RLock()
        self._connection: Connection | None = None
        self._schema = ""
        self._held: dict[str, _Lease] = {}
        self._seen: dict[str, int] = {}
        self._closing = threading.Event()
        self.state = state

    @contextmanager
    def hold(self, link: str, who: Holder, patience: float) -> Iterator[_Lease]:
        """Have a link for the block. Raises `Stopped`: LOCKED, STATE_FAILED, STATE_UNREACHABLE."""
        lease = self._take(link, who, patience)
        try:
            yield lease
        finally:
            self._give_back(lease)

    def holds(self, lease: _Lease) -> bool:
        """Whether the session that holds it is alive, at this moment."""
        with self._mutex:
            return self._held.get(lease.link) is lease and self._said()

    def passed(self, link: str) -> bool:
        """Whether another process has taken the link since our session began, and finished it.

        Where nobody can be asked it is not known: a pass of our own says why.
        """
        with self._mutex:
            try:
                found = self._execute(self._open(), _PASSED, link=link)
            except Stopped:
                return False
            return bool(found) and found[0][0] > self._seen.get(link, 0)

    def close(self) -> None:
        """End the session, and with it all that is held."""
        self._closing.set()
        with self._mutex:
            self._drop()
        self._engine.dispose()

    # -- taking ----------------------------------------------------------------------------------

    def _take(self, link: str, who: Holder, patience: float) -> _Lease:
        until = time.monotonic() + patience
        while (lease := self._try(link)) is None:
            if time.monotonic() >= until:
                raise Stopped(locked_by(self._who(link)))
            time.sleep(_PAUSE)
        try:
            self._raise_token(lease, json.dumps(who._asdict(), ensure_ascii=False))
        except BaseException:
            self._give_back(lease)
            raise
        return lease

    def _try(self, link: str) -> _Lease | None:
        with self._mutex:
            if link in self._held:  # the server would let this session have it twice
                return None
            connection = self._open()
            lease = _Lease(self, link, self._schema)
            [(locked,)] = self._execute(connection, _TRY, key=lease.lock)
            if not locked:
                return None
            self._held[link] = lease
            return lease

    def _raise_token(self, lease: _Lease, who: str) -> None:
        given = {"link": lease.link, "hold": lease.hold, "who": who, "writing": lease.writing}
        high, low = divmod(lease.writing & (1 << 64) - 1, 1 << 32)
        until = time.monotonic() + _ENDING
        while True:
            with self._mutex:
                connection = self._of(lease)
                if raised := self._execute(connection, _RAISE, **given):
                    [(lease.token, lease.taken_over)] = raised
                    return
                self._execute(connection, _END, high=high, low=low)
            if time.monotonic() >= until:
                raise Stopped(locked_by(self._who(lease.link)))
            time.sleep(_PAUSE)

    def _give_back(self, lease: _Lease) -> None:
        with self._mutex:
            if self._held.get(lease.link) is not lease:
                return
            del self._held[lease.link]
            with suppress(Stopped):  # then the server has it back, with the session
                connection = self._open()
                given = {"link": lease.link, "hold": lease.hold, "passed": lease.passed}
                self._execute(connection, _GIVE_BACK, key=lease.lock, **given)

    def _who(self, link: str) -> Holder:
        with self._mutex:
            told = self._execute(self._open(), _WHO, link=link)
        return Holder(**json.loads(told[0][0])) if told else Holder(0, "", "", "", "")

    # -- the session -----------------------------------------------------------------------------

    def _open(self) -> Connection:
        """The session; a new one holds nothing."""
        if self._connection is None:
            try:
                _make_fence(self._engine)
                connection = self._engine.connect()
                milliseconds = int(LEASE * 1000)
                connection.exec_driver_sql(f"SET idle_session_timeout = {milliseconds}")
                self._schema = _schema(connection)
                self._seen = dict(_run(connection, _TOKENS))
            except DatabaseError as error:
                raise self._failed(error) from error
            self._connection = connection
            keeper = threading.Thread(target=self._keep, args=(connection,), daemon=True)
            keeper.start()
        return self._connection

    def _of(self, lease: _Lease) -> Connection:
        if self._connection is None or self._held.get(lease.link) is not lease:
            raise lease.lost()
        return self._connection

    def _execute(self, connection: Connection, statement: TextClause, **given: object) -> list[Any]:
        try:
            return _run(connection, statement, **given)
        except DatabaseError as error:
            self._drop()
            raise self._failed(error) from error

    def _said(self) -> bool:
        """Say a word; whether it was answered."""
        if self._connection is None:
            return False
        try:
            _run(self._connection, _WORD)
        except DatabaseError:
            self._drop()
            return False
        return True

    def _keep(self, connection: Connection) -> None:
        """Say a word now and then, for as long as this session lasts."""
        while not self._closing.wait(WORD):
            with self._mutex:
                if self._connection is not connection or not self._said():
                    return

    def _drop(self) -> None:
        """The session is over; what it held is the server's to give."""
        connection, self._connection = self._connection, None
        self._held.clear()
        if connection is not None:
            with suppress(DatabaseError):
                connection.invalidate()
            connection.close()


def _run(connection: Connection, statement: TextClause, **given: object) -> list[Any]:
    [answer] = trips_of(connection).ask(_call(connection, statement, **given))
    return answer


def _call(connection: Connection, statement: TextClause, **given: object) -> Call:
    return prepared(statement, tuple(given), connection.dialect).call(tuple(given.values()))


def _make_fence(engine: Engine) -> None:
    """Make the table, where it is not there yet; it belongs to no layout of the state.

    One that an older program made is completed between the passes of that, if there is still one.
    """
    until = time.monotonic() + _ENDING
    while True:
        try:
            with engine.execution_options(isolation_level="READ COMMITTED").begin() as connection:
                if not connection.execute(_MADE).scalar_one():
                    connection.execute(_BRIEFLY)
                    key = _key(_schema(connection), "", "fence")
                    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": key})
                    _METADATA.create_all(connection)
                    connection.execute(_COMPLETE)
            return
        except DatabaseError as error:
            busy = getattr(error.orig, "sqlstate", None) == _NOT_LOCKED
            if not busy or time.monotonic() >= until:
                raise
        time.sleep(_PAUSE)


def _schema(connection: Connection) -> str:
    return str(connection.exec_driver_sql("SELECT current_schema()").scalar_one())


def _key(schema: str, link: str, what: str) -> int:
    """The number of a lock: two states in one database have different ones."""
    digest = sha256("\0".join((schema, link, what)).encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)
