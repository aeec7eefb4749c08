"""Alerts at the command line: of ``sync`` at its end, of ``watch`` beside its passes.

What they are made of is loaded where the settings want some: it would be half of a pass's start.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, tzinfo
from functools import partial
from typing import TYPE_CHECKING

from converter.cli.log import Log
from converter.cli.state_options import opened, settings_of, utc_now
from converter.problems import Stopped
from converter.problems import catalogue as problems
from converter.settings import Settings
from converter.settings.alerting import Alerts
from converter.settings.durations import duration
from converter.state.opening import State

if TYPE_CHECKING:
    from converter.alerts.beside import Beside
    from converter.alerts.desk import Around, Desk

#: how often at most `watch` looks for what no pass tells: silence, and what waits to be told
TICK = 30.0


@contextmanager
def working_aloud(path: str, log: Log, plan: bool = False) -> Iterator[tuple[Settings, State]]:
    """The settings and the open state of ``sync`` or ``watch``; where the state cannot be opened,
    nobody can be told but by the address that a heartbeat has for that. Raises `Stopped`."""
    settings = settings_of(path)
    begun = False
    try:
        with opened(settings, plan=plan) as state:
            begun = True
            yield settings, state
    except Stopped:
        if settings.alerts is not None and not begun and not plan:
            _tell_that_nothing_begins(settings.alerts, log)
        raise


def _tell_that_nothing_begins(alerts: Alerts, log: Log) -> None:
    from converter.alerts.deadline import within
    from converter.alerts.desk import DEADLINE, pulse_of

    pulse = pulse_of(alerts, around(log))
    if pulse is not None:
        within(DEADLINE, {"": partial(pulse.beat, False)})


def around(log: Log) -> Around:
    """What alerts need from this process."""
    from converter.alerts.desk import Around

    return Around(utc_now, os.environ, _zone(), socket.gethostname(), log.problem)


def desk_of(settings: Settings, state: State, log: Log) -> Desk | None:
    """The alerts of ``sync``; None where the settings want none."""
    if settings.alerts is None:
        return None
    from converter.alerts.desk import Desk

    return Desk(settings, state, around(log))


def tell_once(desk: Desk, log: Log) -> None:
    """Tell what is to be told, at the end of ``sync``; what goes wrong with that is only said."""
    for work in (desk.look, desk.beat):
        try:
            work()
        except Exception as failure:  # noqa: BLE001 - alerts never change how a pass ended
            failed(failure, log)


def beside(settings: Settings, state: State, log: Log, interval: float) -> Beside:
    """The alerts of ``watch``, which looks into the folders every ``interval`` seconds."""
    from converter.alerts.beside import Beside
    from converter.alerts.desk import Desk

    pause = TICK if settings.alerts is None else duration(settings.alerts.pause).total_seconds()
    expected = timedelta(seconds=interval)
    desk = Desk(settings, state, around(log))
    return Beside(desk, min(TICK, max(1.0, pause / 2)), expected, lambda each: failed(each, log))


def failed(failure: Exception, log: Log) -> None:
    """A look failed: most often the state was busy for long. The next one tries again."""
    if isinstance(failure, Stopped):
        log.problem(failure.problem)
    else:
        log.problem(problems.PASS_FAILED(reason=repr(failure)))


def _zone() -> tzinfo:
    zone = datetime.now().astimezone().tzinfo
    assert zone is not None
    return zone
