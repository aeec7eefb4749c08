"""What differs between the databases that can hold a state, in one place for each (RELIABILITY §0)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DatabaseError

from converter.folder.lock import Holder
from converter.problems import Stopped
from converter.problems import catalogue as say


class Lease(Protocol):
    """A link in the hands of this process, for as long as nobody took it over."""

    @property
    def taken_over(self) -> bool:
        """Whether the one before did not give it back: files of its may lie half-done."""

    def enter(self, connection: Connection) -> None:
        """In a transaction that may write, first of all: from its first change to its end no other
        process writes to the link. Where it is another's by now, that change or what follows it
        raises `Stopped` (LINK_TAKEN), and nothing is kept."""

    def check(self) -> None:
        """Before a file takes its final name: whoever takes the link over after this removes our
        temporary files first. Raises `Stopped` (LINK_TAKEN)."""

    def finish(self) -> None:
        """A pass ended with nothing wrong, and left nothing to be looked at again: who began before
        it need not look as well."""


class Own:
    """A link that no other process can take over; most of all one behind a lock on a file."""

    taken_over = False

    def enter(self, connection: Connection) -> None:
        """Nobody else writes."""

    def check(self) -> None:
        """It is ours."""

    def finish(self) -> None:
        """Nobody else looks."""


class Database(Protocol):
    """A database that holds a state, or is to hold one. All but `lost`, `passed` and `close` raise `Stopped`."""

    @property
    def name(self) -> str:
        """For people; a password is not in it."""

    @property
    def engine(self) -> Engine:
        """SQLAlchemy's."""

    @property
    def shared(self) -> bool:
        """Whether processes, on any number of hosts, may work side by side, each on another link."""

    def fresh(self) -> bool:
        """Whether no state was ever made here."""

    def prepare(self) -> None:
        """Make a state possible here."""

    def in_memory(self) -> Database:
        """In place of a state that never was: one that leaves nothing behind."""

    def check(self, now: datetime, thorough: bool, touches: bool) -> None:
        """What is here is whole: STATE_DAMAGED, STATE_FAILED. Unless ``thorough``, a look at all of
        it that was taken lately may do; who ``touches`` nothing keeps no note of it."""

    def put_aside(self, now: datetime) -> None:
        """A damaged state makes room for a new one."""

    def lock_layout(self, connection: Connection) -> None:
        """In a transaction: nobody else makes or changes tables, and nobody writes."""

    def back_up(self, version: int, now: datetime) -> None:
        """Keep the state as it is, before its layout is changed."""

    def options(self, writes: bool, ours: bool) -> dict[str, Any]:
        """Of a connection for one transaction, which writes or sees one view of all. ``ours``: only
        a link that nobody else changes meanwhile is looked at."""

    def failed(self, error: DatabaseError) -> Stopped:
        """What an error of the driver's means, to be raised."""

    def copy(self, link: str) -> Database:
        """A private copy to try things on, of one link at least."""

    def hold(self, link: str, who: Holder, patience: float) -> AbstractContextManager[Lease]:
        """Have a link to ourselves. Raises `Stopped` (LOCKED) where another has it for longer."""

    def lost(self) -> bool:
        """Whether what is open is no more where it was; no where that is not known."""

    def passed(self, link: str) -> bool:
        """Whether another process has taken a link since this one began, and finished with it
        (`Lease.finish`); no where that is not known."""

    def close(self) -> None:
        """Let go of it."""


class Private:
    """A state that only this process has: a copy, or one in memory."""

    shared = False

    def __init__(self, engine: Engine, name: str) -> None:
        self.engine = engine
        self.name = name

    def fresh(self) -> bool:
        """It was just made."""
        return False

    def prepare(self) -> None:
        """It is there."""

    def in_memory(self) -> Private:
        """It leaves nothing behind."""
        return self

    def check(self, now: datetime, thorough: bool, touches: bool) -> None:
        """It was just made."""

    def put_aside(self, now: datetime) -> None:
        """It is not damaged."""

    def lock_layout(self, connection: Connection) -> None:
        """Nobody else has it."""

    def back_up(self, version: int, now: datetime) -> None:
        """There is nothing to keep."""

    def options(self, writes: bool, ours: bool) -> dict[str, Any]:
        """Nobody else sees it."""
        return {}

    def failed(self, error: DatabaseError) -> Stopped:
        """The driver's words."""
        return Stopped(say.STATE_FAILED(state=self.name, reason=str(error.orig)))

    def copy(self, link: str) -> Private:
        """Nobody minds what is tried on it."""
        return self

    @contextmanager
    def hold(self, link: str, who: Holder, patience: float) -> Iterator[Lease]:
        """Nobody else has it."""
        yield Own()

    def lost(self) -> bool:
        """Nobody can remove it."""
        return False

    def passed(self, link: str) -> bool:
        """Nobody else has it."""
        return False

    def close(self) -> None:
        """Let go of it."""
        self.engine.dispose()
