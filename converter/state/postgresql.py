"""A state on a PostgreSQL server: for several processes and hosts at once (docs/hosts.md)."""

from __future__ import annotations

import logging
import time
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Dialect, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import DatabaseError, DisconnectionError, NoSuchModuleError
from sqlalchemy.pool import NullPool, StaticPool

from converter.folder.lock import Holder
from converter.problems import Stopped
from converter.problems import catalogue as say
from converter.state import tables
from converter.state.database import Lease, Private
from converter.state.leases import Leases
from converter.state.sqlite import in_memory
from converter.state.trips import Trips, trips_of

#: the first version in which the server ends a session that says nothing
OLDEST = 14
#: how long a server or a network that is gone is waited for; what the address says goes before
_PATIENCE = {
    "connect_timeout": "10",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "20000",
}
#: so long a connection is taken to be alive after it was used, in seconds
_FRESH = 1.0
#: the driver prepares nothing, and so never has the server forget what `Pipe` prepared
_NAME = {"application_name": "converter", "client_encoding": "utf8", "prepare_threshold": None}


class Postgresql:
    """A database of a PostgreSQL server, or the schema in it that the address chooses."""

    shared = True

    def __init__(self, url: str, password: bytes | None = None) -> None:
        self._url = make_url(url).set(drivername="postgresql+psycopg")
        self._password = password
        self.name = self._url.render_as_string(hide_password=True)
        self.engine = self._engine(
            isolation_level="READ COMMITTED",
            pool_size=0,  # as many as there are links at work
        )
        self._doubted = 0.0
        self._try_before_use()
        apart = self._engine(poolclass=NullPool, isolation_level="AUTOCOMMIT")
        self._leases = Leases(apart, self.name, self.failed)

    def _engine(self, **pool: Any) -> Engine:
        try:
            engine = create_engine(
                self._url, use_native_hstore=False, execution_options={"wire": Trips}, **pool
            )
        except (ModuleNotFoundError, NoSuchModuleError):
            raise Stopped(say.STATE_DRIVER(state=self.name)) from None

        @event.listens_for(engine, "do_connect")
        def connect(dialect: Dialect, record: object, given: Any, named: dict[str, Any]) -> Any:
            try:
                return dialect.connect(*given, **self._named(named))
            except dialect.loaded_dbapi.Error as error:
                reason = self._words(error)
            raise Stopped(say.STATE_UNREACHABLE(state=self.name, reason=reason))

        @event.listens_for(engine, "before_cursor_execute")
        def execute(connection: Connection, *given: Any) -> None:
            trips_of(connection).overtaken()

        return engine

    def _try_before_use(self) -> None:
        """Have a connection answer first that was not used for a while, or since an error: one that
        is dead is replaced."""

        @event.listens_for(self.engine, "checkin")
        def checkin(connection: object, record: Any) -> None:
            record.info["used"] = time.monotonic()

        @event.listens_for(self.engine, "checkout")
        def checkout(connection: Any, record: Any, proxy: object) -> None:
            used = record.info.get("used")
            if used is None or used > max(self._doubted, time.monotonic() - _FRESH):
                return
            try:
                self.engine.dialect.do_ping(connection)
            except self.engine.dialect.loaded_dbapi.Error as error:
                raise DisconnectionError from error

    def _named(self, given: dict[str, Any]) -> dict[str, Any]:
        """What the driver is told: what the address says, and what it leaves open."""
        password = {} if self._password is None else {"password": self._password.decode("utf-8")}
        return {**_PATIENCE, **_NAME, **given, **password}

    def _words(self, error: BaseException | None) -> str:
        """What the driver says, in one line and without the password."""
        said = " ".join(str(error).split())
        return said.replace(self._password.decode("utf-8"), "…") if self._password else said

    # -- opening ---------------------------------------------------------------------------------

    def fresh(self) -> bool:
        """Whether the tables are missing; the first time that the server is spoken to."""
        try:
            with self.engine.connect() as connection:
                self._fits(connection)
                return not inspect(connection).has_table("layout")
        except DatabaseError as error:
            raise self.failed(error) from error

    def _fits(self, connection: Connection) -> None:
        version = connection.exec_driver_sql("SHOW server_version_num").scalar_one()
        encoding = connection.exec_driver_sql("SHOW server_encoding").scalar_one()
        if int(version) // 10_000 < OLDEST:
            reason = f"PostgreSQL {int(version) // 10_000} < {OLDEST}"
            raise Stopped(say.STATE_UNFIT(state=self.name, reason=reason))
        if encoding != "UTF8":
            raise Stopped(say.STATE_UNFIT(state=self.name, reason=f"encoding {encoding}"))

    def prepare(self) -> None:
        """There is nothing to prepare: the account makes its tables."""

    def in_memory(self) -> Private:
        """A state in memory: nothing is made on the server."""
        return in_memory(self.name)

    def check(self, now: datetime, thorough: bool, touches: bool) -> None:
        """The server looks after itself."""

    def put_aside(self, now: datetime) -> None:
        """What is damaged is the server's to mend."""

    def lock_layout(self, connection: Connection) -> None:
        """Passes that began before are waited for, later ones wait (`Leases`)."""
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(%s)", (_LAYOUT,))
        if inspect(connection).has_table("layout"):
            connection.exec_driver_sql("LOCK TABLE layout IN ACCESS EXCLUSIVE MODE")

    def back_up(self, version: int, now: datetime) -> None:
        """A change of the layout is one transaction; copies are the server's (docs/hosts.md)."""

    # -- working ---------------------------------------------------------------------------------

    def options(self, writes: bool, ours: bool) -> dict[str, Any]:
        """A link of ours nobody else changes: it is read without a transaction, and one begins with
        the first change (`Lease.enter`). Of the rest a reader needs one view."""
        if ours:
            return {"isolation_level": "AUTOCOMMIT"}
        if writes:
            return {"isolation_level": "READ COMMITTED"}
        return {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}

    def failed(self, error: DatabaseError) -> Stopped:
        """What the server refuses, or that it was lost."""
        self._doubted = time.monotonic()
        return Stopped(say.STATE_FAILED(state=self.name, reason=self._words(error.orig)))

    def copy(self, link: str) -> Private:
        """The rows of one link in temporary tables of one connection."""
        engine = self._engine(poolclass=StaticPool)
        try:
            with engine.begin() as connection:
                connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
                for table in tables.METADATA.sorted_tables:
                    _copy(connection, table.name, link if "link" in table.c else None)
        except DatabaseError as error:
            engine.dispose()
            raise self.failed(error) from None
        return Private(engine, self.name)

    def hold(self, link: str, who: Holder, patience: float) -> AbstractContextManager[Lease]:
        """A lock on the server, which goes with a session that nothing else uses."""
        return self._leases.hold(link, who, patience)

    def lost(self) -> bool:
        """Whoever asks it next is told."""
        return False

    def passed(self, link: str) -> bool:
        """By the token of the link, which every process raises that takes it."""
        return self._leases.passed(link)

    def close(self) -> None:
        """Let go of the server."""
        self._leases.close()
        self.engine.dispose()


#: what follows from an error that is raised anyway, the driver would say on stderr
logging.getLogger("psycopg").addHandler(logging.NullHandler())

#: one number for the making of tables; links have numbers of their own (`Leases`)
_LAYOUT = 0x65646C61


def _copy(connection: Connection, table: str, link: str | None) -> None:
    connection.exec_driver_sql(f'CREATE TEMPORARY TABLE "_{table}" (LIKE "{table}" INCLUDING ALL)')
    rows = f'INSERT INTO "_{table}" SELECT * FROM "{table}"'
    if link is None:
        connection.exec_driver_sql(rows)
    else:
        connection.execute(text(f"{rows} WHERE link = :link"), {"link": link})
    connection.exec_driver_sql(f'ALTER TABLE "_{table}" RENAME TO "{table}"')
