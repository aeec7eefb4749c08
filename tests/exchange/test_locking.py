"""Who works on a link is told to whoever comes second (SPEC §7)."""

from __future__ import annotations

import getpass
import os
import socket
import sys

import pytest

from converter.exchange.locking import alone, locked, telling
from converter.problems import Stopped
from tests.exchange.world import World


def test_the_second_is_told_who_is_first(world: World) -> None:
    exchange = world.exchange()
    second = locked(world.exchange(), world.now, 0.0)
    with locked(exchange, world.now), pytest.raises(Stopped) as stopped, second:
        raise AssertionError("two at a time")
    assert stopped.value.problem.kind.id == "LOCKED"
    assert dict(stopped.value.problem.details) == {
        "command": " ".join(["converter", *sys.argv[1:2]]), "pid": os.getpid(),
        "host": socket.gethostname(), "user": getpass.getuser(), "since": str(world.now),
    }  # fmt: skip
    with locked(exchange, world.now, 0.0):
        pass


def test_a_watch_and_whoever_tells_alerts_are_alone_in_what_they_do(world: World) -> None:
    state = world.state()
    if state.shared:
        pytest.skip("of a state in a file")
    for hold in (alone, telling):
        with hold(state, world.now), pytest.raises(Stopped), hold(state, world.now):
            raise AssertionError("two at a time")
    with alone(state, world.now), telling(state, world.now), locked(world.exchange(), world.now):
        pass
