"""``converter doctor --test-alert``: a test by each channel of alerts, and what became of it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from converter.alerts.deadline import within
from converter.alerts.desk import DEADLINE, channels_of, pulse_of
from converter.alerts.failures import Undelivered
from converter.alerts.letters import Letter, Place
from converter.cli.alerting import around
from converter.cli.log import Log
from converter.cli.words import say
from converter.exchange.mending import Finding
from converter.problems import Problem, Stopped
from converter.problems import catalogue as problems
from converter.settings import Settings


def tried(settings: Settings) -> list[Finding]:
    """Send a test by each channel. Raises `Stopped` (ALERT_NONE) where there is none.

    The state is neither read nor changed: nothing of what is wrong counts as told by a test.
    """
    alerts = settings.alerts
    surroundings = around(Log())
    channels = {} if alerts is None else channels_of(alerts, surroundings)
    pulse = None if alerts is None else pulse_of(alerts, surroundings)
    if alerts is None or (not channels and pulse is None):
        raise Stopped(problems.ALERT_NONE().at(file=str(settings.path)))
    place = Place(str(settings.path), surroundings.host, surroundings.zone)
    letter = Letter(alerts.language, place, surroundings.clock(), None)
    jobs: dict[str, Callable[[], Problem | None]] = {
        name: partial(channel.send, letter) for name, channel in channels.items()
    }
    ways = dict(channels)
    if pulse is not None:
        jobs[pulse.name] = partial(pulse.beat, True)
    answers = within(DEADLINE, jobs)
    findings = []
    for name, answer in answers.items():
        way = ways.get(name) or pulse
        assert way is not None
        if isinstance(answer, Undelivered):
            findings.append(Finding(name, way.failed(answer.reason)))
        elif answer is not None:
            findings.append(Finding(name, answer))
        else:
            done = say(f"проба отправлена ({way.target})", f"a test was sent ({way.target})")
            findings.append(Finding(name, done=done))
    return findings
