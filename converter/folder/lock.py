"""One converter at a time: a lock that the system takes back when its holder dies (RELIABILITY F18).

The file also says who holds it, for people. Its text alone means nothing: after a crash it stays
and is no obstacle. The file is never removed, since another process may be waiting at it.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import NamedTuple

from converter.folder.failures import stopped
from converter.problems import Problem, Stopped
from converter.problems import catalogue as say

#: a reader of `holder` holds the lock for a moment, so there is always a second try
_PAUSE = 0.05
_MOST = 4096
_REFUSALS = frozenset({errno.EAGAIN, errno.EACCES, errno.EDEADLK})

if sys.platform == "win32":
    import msvcrt

    #: other processes may read what is not locked, so the lock lies beyond the text
    _PLACE = 1 << 30

    def _lock(handle: int, shared: bool) -> None:
        os.lseek(handle, _PLACE, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)

    def _unlock(handle: int) -> None:
        os.lseek(handle, _PLACE, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _lock(handle: int, shared: bool) -> None:
        fcntl.flock(handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)

    def _unlock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_UN)


class Holder(NamedTuple):
    """Who holds a lock; ``since`` is a moment as text."""

    pid: int
    host: str
    user: str
    command: str
    since: str


class Lock:
    """An exclusive lock on a file; as a block, it is released at the end."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._handle: int | None = None

    def acquire(
        self, wait: float, sleep: Callable[[float], None], clock: Callable[[], float], who: Holder
    ) -> Lock:
        """Take the lock, waiting for it up to ``wait`` seconds of ``clock``.

        Raises `Stopped`: LOCKED, naming the holder, or what is wrong with the file's folder.
        """
        until, chances = clock() + wait, 2
        handle = self._open(os.O_RDWR | os.O_CREAT)
        try:
            while not self._try(handle):
                chances -= clock() >= until
                if not chances:
                    raise Stopped(locked_by(self._read(handle)))
                sleep(_PAUSE)
            self._say(handle, who)
        except BaseException:
            os.close(handle)
            raise
        self._handle = handle
        return self

    def release(self) -> None:
        """Let go of the lock, where it is held."""
        if self._handle is None:
            return
        handle, self._handle = self._handle, None
        with contextlib.suppress(OSError):
            os.ftruncate(handle, 0)
            _unlock(handle)  # Windows takes its time where a file is only closed
        os.close(handle)

    def holder(self) -> Holder | None:
        """Who holds the lock now; None where nobody does. For a holder that says nothing of itself
        the fields are empty."""
        try:
            handle = self._open(os.O_RDONLY)
        except Stopped:
            return None
        try:
            if self._try(handle, shared=True):
                _unlock(handle)
                return None
            return self._read(handle)
        finally:
            os.close(handle)

    def __enter__(self) -> Lock:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()

    def _open(self, flags: int) -> int:
        try:
            return os.open(self._path, flags | getattr(os, "O_NOFOLLOW", 0), 0o666)
        except OSError as error:
            raise stopped(self._path.parent, error, self._path.name) from error

    def _try(self, handle: int, shared: bool = False) -> bool:
        try:
            _lock(handle, shared)
        except OSError as error:
            if error.errno in _REFUSALS:
                return False
            raise stopped(self._path.parent, error, self._path.name) from error
        return True

    def _say(self, handle: int, who: Holder) -> None:
        text = json.dumps(who._asdict(), ensure_ascii=False).encode("utf-8", "replace")
        try:
            os.ftruncate(handle, 0)
            os.lseek(handle, 0, os.SEEK_SET)
            os.write(handle, text)
        except OSError as error:
            raise stopped(self._path.parent, error, self._path.name) from error

    def _read(self, handle: int) -> Holder:
        try:
            os.lseek(handle, 0, os.SEEK_SET)
            told = json.loads(os.read(handle, _MOST))
            return Holder(
                int(told["pid"]),
                *(str(told[each]) for each in ("host", "user", "command", "since")),
            )
        except (OSError, ValueError, KeyError, TypeError):
            return Holder(0, "", "", "", "")


def locked_by(holder: Holder) -> Problem:
    """LOCKED, naming the holder as far as it is known."""
    told = {name: value or "—" for name, value in holder._asdict().items()}
    return say.LOCKED(
        pid=told["pid"],
        host=told["host"],
        user=told["user"],
        command=told["command"],
        since=told["since"],
    )
