"""One process at a time works on a link; another waits a while, then says who holds it (SPEC §7)."""

from __future__ import annotations

import getpass
import os
import re
import socket
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from sqlalchemy import make_url

from converter.folder.lock import Holder, Lock
from converter.settings import Settings

#: how long a command waits for another to finish its pass
PATIENCE = 30.0
#: the lock that `converter watch` holds as long as it runs; no link can have this name
WATCH = ""


def lock_path(settings: Settings, name: str) -> Path:
    """Where the lock of a link, or of `WATCH`, lies: beside a SQLite state, else among the temporary
    files."""
    url = make_url(settings.state)
    short = re.sub(r"[^\w-]+", "_", name)[:30] or "watch"
    unique = sha256(f"{settings.state} {name}".encode()).hexdigest()[:8]
    if url.get_backend_name() == "sqlite" and url.database:
        path = Path(url.database)
        return path.with_name(f"{path.name}.{short}-{unique}.lock")
    return Path(tempfile.gettempdir()) / f"converter.{short}-{unique}.lock"


@contextmanager
def locked(
    settings: Settings, name: str, now: datetime, patience: float = PATIENCE
) -> Iterator[None]:
    """Hold a lock for the block. Raises `Stopped` (LOCKED) where another holds it for too long."""
    lock = Lock(lock_path(settings, name))
    lock.acquire(patience, time.sleep, time.monotonic, _who(now))
    try:
        yield
    finally:
        lock.release()


def _who(now: datetime) -> Holder:
    command = " ".join(["converter", *sys.argv[1:2]])
    return Holder(os.getpid(), socket.gethostname(), _user(), command, f"{now:%Y-%m-%d %H:%M:%S}")


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "—"
