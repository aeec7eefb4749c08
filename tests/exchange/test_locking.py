"""Who works on a link is told to whoever comes second (SPEC §7)."""

from __future__ import annotations

import getpass
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest

from converter.exchange.locking import PATIENCE, alone, locked, telling
from converter.folder.lock import Holder
from converter.problems import Stopped
from converter.problems import catalogue as say
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


class Noting:
    """A state, and an exchange on it, that only notes how it is held."""

    def __init__(self, shared: bool = False, taken_over: bool = False) -> None:
        self.shared = shared
        self.taken_over = taken_over
        self.held: list[tuple[str, Holder, float]] = []
        self.state = self
        self.link = self
        self.name = "main"

    @contextmanager
    def hold(self, name: str, holder: Holder, patience: float) -> Iterator[Noting]:
        self.held.append((name, holder, patience))
        yield self

    @contextmanager
    def holding(self, lease: Noting) -> Iterator[None]:
        assert lease is self
        yield

    def check(self) -> None:
        if self.taken_over:
            raise Stopped(say.LINK_TAKEN(link="main"))


@pytest.mark.parametrize(
    ("hold", "name", "patience", "shared"),
    [(locked, "main", PATIENCE, 1), (alone, "", 0.0, 0), (telling, " alerts", 0.0, 1)],
)
def test_by_which_name_and_how_long(
    world: World, hold: Any, name: str, patience: float, shared: int
) -> None:
    command = " ".join(["converter", *sys.argv[1:2]])
    who = Holder(os.getpid(), socket.gethostname(), getpass.getuser(), command, str(world.now))
    for state, times in ((Noting(), 1), (Noting(shared=True), shared)):
        within: AbstractContextManager[None] = hold(state, world.now)
        with within:
            assert state.held == [(name, who, patience)] * times


def test_a_user_without_a_name_holds_too(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for error in (KeyError, OSError):

        def nameless(error: type[Exception] = error) -> str:
            raise error

        monkeypatch.setattr(getpass, "getuser", nameless)
        state: Any = Noting()
        with alone(state, world.now):
            pass
        assert state.held[0][1].user == "—"


@pytest.mark.parametrize("taken_over", [True, False])
def test_a_file_that_is_gone_may_have_been_swept_by_whoever_took_over(
    world: World, taken_over: bool
) -> None:
    exchange: Any = Noting(taken_over=taken_over)
    with pytest.raises(Stopped if taken_over else FileNotFoundError), locked(exchange, world.now):
        raise FileNotFoundError
