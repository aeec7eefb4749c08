"""One process at a time works on a link; another waits a while, then says who holds it (SPEC §7).

How a link is held is its state's to know: a file of SQLite's has a lock beside it, a server's state
has leases (`converter.state.leases`).
"""

from __future__ import annotations

import getpass
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from converter.exchange.run import Exchange
from converter.folder.lock import Holder
from converter.state.opening import State

#: how long a command waits for another to finish its pass
PATIENCE = 30.0
#: the lock that `converter watch` holds as long as it runs, and that of whoever tells alerts; no
#: link can have these names
WATCH, ALERTS = "", " alerts"


@contextmanager
def locked(exchange: Exchange, now: datetime, patience: float = PATIENCE) -> Iterator[None]:
    """Hold an exchange's link for the block.

    Raises `Stopped`: LOCKED where another holds it for too long, LINK_TAKEN where another took it
    over in the block.
    """
    with exchange.state.hold(exchange.link.name, _who(now), patience) as lease:
        try:
            with exchange.holding(lease):
                yield
        except OSError:
            lease.check()  # a file that is gone was swept by whoever took over
            raise


@contextmanager
def alone(state: State, now: datetime) -> Iterator[None]:
    """Be the only watch on a state, unless that is made for several. Raises `Stopped` (LOCKED)."""
    if state.shared:
        yield
        return
    with state.hold(WATCH, _who(now), 0.0):
        yield


@contextmanager
def telling(state: State, now: datetime) -> Iterator[None]:
    """Be the only one who tells alerts of a state. Raises `Stopped` (LOCKED)."""
    with state.hold(ALERTS, _who(now), 0.0):
        yield


def _who(now: datetime) -> Holder:
    command = " ".join(["converter", *sys.argv[1:2]])
    return Holder(os.getpid(), socket.gethostname(), _user(), command, f"{now:%Y-%m-%d %H:%M:%S}")


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "—"
