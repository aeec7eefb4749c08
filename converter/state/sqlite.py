"""A state in a file of SQLite's: for one host, behind a lock on a file beside it (RELIABILITY §0)."""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DatabaseError
from sqlalchemy.pool import StaticPool

from converter.folder.lock import Holder, Lock
from converter.problems import Said, Stopped
from converter.problems import catalogue as say
from converter.state.database import Lease, Own, Private
from converter.state.wholeness import Wholeness

PRAGMAS = (
    "journal_mode = DELETE",  # the write-ahead log of older SQLites can lose a commit
    "synchronous = EXTRA",
    "busy_timeout = 10000",
    "cache_size = -16384",
)
#: a file of one byte is an empty database to SQLite too
_EMPTY = 1
#: what SQLite says of a file that is damaged, or is none of its own
_DAMAGED = {
    sqlite3.SQLITE_CORRUPT: Said("его содержимое испорчено", "its contents are spoilt"),
    sqlite3.SQLITE_NOTADB: Said("это не база SQLite", "it is no database of SQLite"),
}
#: what it says of a file that may not be written to
_READONLY = Said("записывать в этот файл или в его папку нельзя", "it, or its folder, is read-only")
#: the same of a file that is not the one any more that it opened
_REASONS = {
    sqlite3.SQLITE_READONLY: _READONLY,
    sqlite3.SQLITE_READONLY_DIRECTORY: _READONLY,
    sqlite3.SQLITE_READONLY_DBMOVED: Said(
        "пока программа работала, файл убрали или подменили; запустите её заново",
        "the file was removed or replaced while the program ran; start it again",
    ),
}


class Sqlite:
    """A file of SQLite's."""

    shared = False

    def __init__(self, url: str) -> None:
        self._url = url
        self.engine = create_engine(make_url(url))
        self._path = Path(self.engine.url.database or "")
        self.name = str(self._path)
        self._wholeness = Wholeness(self._path)
        _under_our_own_begin(self.engine, PRAGMAS)

    def fresh(self) -> bool:
        """Whether there is no such file, or an empty one."""
        return not self._path.exists() or self._path.stat().st_size <= _EMPTY

    def prepare(self) -> None:
        """SQLite makes the file, but no folder for it."""
        folder = self._path.parent
        if not folder.is_dir():
            away = Said(f"нет папки {folder}", f"there is no folder {folder}")
            raise Stopped(say.STATE_FAILED(state=self.name, reason=away).at(file=self.name))

    def in_memory(self) -> Private:
        """A state in memory."""
        return in_memory(self.name)

    def check(self, now: datetime, thorough: bool, touches: bool) -> None:
        """SQLite's own look at the whole file; not again where it is as we left it, if need be."""
        if not thorough and self._wholeness.is_known(now):
            return
        if touches:
            self._wholeness.doubt()
        try:
            with self.engine.connect() as connection:
                found = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()
        except DatabaseError as error:
            how = _DAMAGED.get(getattr(error.orig, "sqlite_errorcode", 0) & 0xFF)
            kind = say.STATE_FAILED if how is None else say.STATE_DAMAGED
            problem = kind(state=self.name, reason=how or str(error.orig))
            raise Stopped(problem.at(file=self.name)) from error
        if found != "ok":
            problem = say.STATE_DAMAGED(state=self.name, reason=str(found))
            raise Stopped(problem.at(file=self.name))
        if touches:
            self._wholeness.looked(now)

    def put_aside(self, now: datetime) -> None:
        """The file gets another name."""
        self.engine.dispose()
        self._path.replace(self._beside(f"damaged.{now:%Y%m%d-%H%M%S}"))

    def lock_layout(self, connection: Connection) -> None:
        """One transaction writes at a time in any case."""

    def back_up(self, version: int, now: datetime) -> None:
        """A copy beside the file."""
        copied = sqlite3.connect(self._beside(f"layout-{version}.{now:%Y%m%d-%H%M%S}"))
        with closing(copied):
            _copy(self._path, copied)

    def options(self, writes: bool, ours: bool) -> dict[str, Any]:
        """Which BEGIN is meant."""
        return {"writes": writes}

    def failed(self, error: DatabaseError) -> Stopped:
        """SQLite's words."""
        self._wholeness.doubt()
        code = getattr(error.orig, "sqlite_errorcode", 0)
        reason = _REASONS.get(code, str(error.orig))
        return Stopped(say.STATE_FAILED(state=self.name, reason=reason))

    def lost(self) -> bool:
        """Whether the file went: what is open of it still answers, and nothing can be kept."""
        return self.fresh()

    def copy(self, link: str) -> Private:
        """The whole file, in a file that SQLite deletes itself."""
        copied = sqlite3.connect("", check_same_thread=False)
        _copy(self._path, copied)
        engine = create_engine("sqlite://", creator=lambda: copied, poolclass=StaticPool)
        _under_our_own_begin(engine, ())
        return Private(engine, self.name)

    def lock_path(self, link: str) -> Path:
        """Where the lock of a link lies."""
        short = re.sub(r"[^\w-]+", "_", link.strip())[:30] or "watch"
        unique = sha256(f"{self._url} {link}".encode()).hexdigest()[:8]
        return self._beside(f"{short}-{unique}.lock")

    @contextmanager
    def hold(self, link: str, who: Holder, patience: float) -> Iterator[Lease]:
        """The lock on a file, which goes with the process."""
        lock = Lock(self.lock_path(link))
        with lock.acquire(patience, time.sleep, time.monotonic, who):
            yield Own()

    def passed(self, link: str) -> bool:
        """Of the passes of others nothing is known here."""
        return False

    def close(self) -> None:
        """Let go of the file."""
        self.engine.dispose()
        self._wholeness.leave()

    def _beside(self, ending: str) -> Path:
        return self._path.with_name(f"{self._path.name}.{ending}")


def in_memory(name: str) -> Private:
    """A state that leaves nothing behind; ``name`` is that of the one it stands for."""
    engine = create_engine("sqlite://", poolclass=StaticPool)
    _under_our_own_begin(engine, ())
    return Private(engine, name)


def _copy(path: Path, target: sqlite3.Connection) -> None:
    with closing(sqlite3.connect(path)) as original:
        original.backup(target)


def _under_our_own_begin(engine: Engine, pragmas: Sequence[str]) -> None:
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
