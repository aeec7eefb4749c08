"""The desk of alerts: looks what is wrong, and has it told by every channel (docs/alerts.md).

What was told is remembered after it was sent: a process that dies in between tells it once more,
and never not at all.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta, tzinfo
from functools import partial
from typing import NamedTuple

from msgspec.structs import replace

from converter.alerts.channels import Channel, Pulse
from converter.alerts.conditions import Moment, Outcome, conditions
from converter.alerts.deadline import within
from converter.alerts.failures import Undelivered
from converter.alerts.letters import Letter, Place
from converter.alerts.telling import due, follow
from converter.exchange.locking import telling
from converter.exchange.report import Report
from converter.problems import Problem, Stopped
from converter.problems import catalogue as say
from converter.problems.keeping import as_text
from converter.settings import Settings
from converter.settings.alerting import Alerts
from converter.settings.durations import duration
from converter.state.files import Rejections
from converter.state.opening import State
from converter.state.troubles import Channel as Row
from converter.state.troubles import Name, Trouble, Troubles
from converter.views.status import standing

#: of a connection, and of one channel in all
TIMEOUT, DEADLINE = 10.0, 30.0


class Around(NamedTuple):
    """What the desk needs from outside: the time in UTC, the environment, the zone in which people
    read times, the name of the computer, and whom to tell that a channel fails."""

    clock: Callable[[], datetime]
    environment: Mapping[str, str]
    zone: tzinfo
    host: str
    tell: Callable[[Problem], None]
    timeout: float = TIMEOUT
    deadline: float = DEADLINE


class _Sent(NamedTuple):
    """What a channel has told, to be remembered."""

    row: Row
    begun: list[Name]
    ended: list[Name]


class Desk:
    """The alerts of all links of a settings file. Passes report to it from any thread; `look` and
    `beat` are called from one."""

    def __init__(self, settings: Settings, state: State, around: Around) -> None:
        self._settings = settings
        self._state = state
        self._around = around
        self._alerts = settings.alerts or Alerts()
        self._channels = channels_of(self._alerts, around)
        self._pulse = pulse_of(self._alerts, around)
        self._lock = threading.Lock()
        self._outcomes: dict[str, Outcome] = {}
        self._ended: dict[str, datetime] = {}
        self._unmarked: list[_Sent] = []
        self._beaten: tuple[datetime, bool] | None = None

    @property
    def idle(self) -> bool:
        """Whether nobody is to be told anything."""
        return not self._channels and self._pulse is None

    def passed(self, link: str, done: Report | Stopped) -> bool:
        """How a pass of a link ended; whether a look is worth while at once.

        One that waited in vain for another process, or lost the link to it, says nothing of it.
        """
        if isinstance(done, Stopped):
            if done.problem.kind in (say.LOCKED, say.LINK_TAKEN):
                self.left(link)
                return False
            outcome, news = Outcome(done.problem), False
        else:
            outcome, news = Outcome(None, tuple(done.away)), done.did_something
        with self._lock:
            before = self._outcomes.get(link)
            self._outcomes[link] = outcome
            self._ended[link] = self._around.clock()
        return outcome != before or news

    def left(self, link: str) -> None:
        """The link was left to another process: what was known of earlier passes is forgotten, since
        that one knows better now. On a state made for several hosts it is a sign of life all the
        same: somebody works it."""
        with self._lock:
            self._outcomes.pop(link, None)
            if self._state.shared:
                self._ended[link] = self._around.clock()

    # -- telling ---------------------------------------------------------------------------------

    def look(self) -> None:
        """Compare what is wrong with what was told, and tell the difference.

        Another process that is just at it is left to it. Raises `Stopped` where the state fails.
        """
        if not self._channels:
            return
        now = self._now()
        try:
            with telling(self._state, now):
                self._mark(self._unmarked)
                troubles, told, rows = self._follow(now)
                self._tell(troubles, told, rows, now)
        except Stopped as stopped:
            if stopped.problem.kind is not say.LOCKED:
                raise

    def _follow(
        self, now: datetime
    ) -> tuple[dict[Name, Trouble], dict[str, set[Name]], dict[str, Row]]:
        """Bring the troubles of the state up to what is found, and read what was told of them."""
        with self._lock:
            outcomes = dict(self._outcomes)
        with self._state.read() as connection:
            troubles = Troubles(connection)
            known, told, rows = troubles.all(), troubles.told(), troubles.channels()
            found = [
                condition
                for link in self._settings.link
                for condition in conditions(
                    link,
                    standing(connection, link),
                    Rejections(connection, link.name).all(),
                    outcomes.get(link.name),
                    known.values(),
                    Moment(now, self._around.zone),
                )
            ]
        names = {link.name for link in self._settings.link}
        untold = {name for channel in self._channels for name in told.get(channel, ())}
        put, drop = follow(known, found, names, untold, now)
        if put or drop:
            with self._state.begin() as connection:
                troubles = Troubles(connection)
                for each in put:
                    troubles.put(each)
                for name in drop:
                    troubles.drop(name)
        known.update({each.name: each for each in put})
        for name in drop:
            del known[name]
        return known, told, rows

    def _tell(
        self,
        troubles: Mapping[Name, Trouble],
        told: Mapping[str, set[Name]],
        rows: Mapping[str, Row],
        now: datetime,
    ) -> None:
        pause = duration(self._alerts.pause)
        place = Place(str(self._settings.path), self._around.host, self._around.zone)
        letters: dict[str, Letter] = {}
        for name in self._channels:
            news = due(troubles, told.get(name, set()), rows.get(name, Row(name)), pause, now)
            if news is not None:
                letters[name] = Letter(self._alerts.language, place, now, news)
        answers = within(
            self._around.deadline,
            {name: partial(self._channels[name].send, each) for name, each in letters.items()},
        )
        marks = []
        for name, answer in answers.items():
            row = rows.get(name, Row(name))
            news = letters[name].due
            assert news is not None
            if isinstance(answer, Undelivered):
                problem = self._channels[name].failed(answer.reason)
                after = replace(row, tried=now, failures=row.failures + 1, problem=_text(problem))
                self._say(row, after, problem)
                marks.append(_Sent(after, [], []))
            else:
                after = replace(row, sent=now, tried=now, failures=0, problem=_text(answer))
                self._say(row, after, answer)
                begun = [each.name for each in news.begun]
                marks.append(_Sent(after, begun, [each.name for each in news.ended]))
        self._mark(marks)

    def _mark(self, marks: list[_Sent]) -> None:
        """Remember what was told; where the state is busy, the next look does it first."""
        self._unmarked = list(marks)
        if not marks:
            return
        with self._state.begin() as connection:
            troubles = Troubles(connection)
            for each in marks:
                troubles.set_channel(each.row)
                at = each.row.sent or self._now()
                troubles.tell(each.row.channel, each.begun, each.ended, at)
        self._unmarked = []

    # -- the sign of life ------------------------------------------------------------------------

    def beat(self, expected: timedelta | None = None) -> None:
        """Give a sign of life where one is due; ``expected`` is how long a link may go without the
        end of a pass, None: a single call, whose sign is always due."""
        heartbeat = self._alerts.heartbeat
        if self._pulse is None or heartbeat is None:
            return
        now, every = self._now(), duration(heartbeat.every)
        well = self._well(now, None if expected is None else expected + every)
        if well is None or (expected is not None and not self._beat_due(now, well, every)):
            return
        self._beaten = (now, well)
        answer = within(self._around.deadline, {"": partial(self._pulse.beat, well)})[""]
        wrong = isinstance(answer, Undelivered)
        problem = self._pulse.failed(answer.reason) if isinstance(answer, Undelivered) else None
        with self._state.read() as connection:
            row = Troubles(connection).channels().get(self._pulse.name, Row(self._pulse.name))
        after = replace(row, failures=int(wrong), problem=_text(problem))
        if after != row:
            self._say(row, after, problem)
            with self._state.begin() as connection:
                Troubles(connection).set_channel(replace(after, tried=now))

    def _well(self, now: datetime, longest: timedelta | None) -> bool | None:
        """Whether every link can be worked; None where that is not known, or not any more."""
        with self._lock:
            outcomes, ended = dict(self._outcomes), dict(self._ended)
        if any(each.stopped is not None or each.away for each in outcomes.values()):
            return False
        for link in self._settings.link:
            last = ended.get(link.name)
            if last is None or (longest is not None and now - last > longest):
                return None
        return True

    def _beat_due(self, now: datetime, well: bool, every: timedelta) -> bool:
        if self._beaten is None or self._beaten[1] != well:
            return True
        return not timedelta(0) <= now - self._beaten[0] < every

    # -- small things ----------------------------------------------------------------------------

    def _say(self, before: Row, after: Row, problem: Problem | None) -> None:
        """What is wrong with a channel is said when it begins or changes."""
        if problem is not None and after.problem != before.problem:
            self._around.tell(problem)

    def _now(self) -> datetime:
        return self._around.clock().replace(microsecond=0)


def channels_of(alerts: Alerts, around: Around) -> dict[str, Channel]:
    """The channels that tell something, by name."""
    found: list[Channel] = []
    if alerts.mail is not None:
        from converter.alerts.mail import MailChannel  # slow to load, all of them

        found.append(MailChannel(alerts.mail, around.environment, around.timeout))
    if alerts.webhook is not None:
        from converter.alerts.webhook import WebhookChannel

        found.append(WebhookChannel(alerts.webhook, around.environment, around.timeout))
    return {each.name: each for each in found}


def pulse_of(alerts: Alerts, around: Around) -> Pulse | None:
    """The sign of life, where one is wanted."""
    if alerts.heartbeat is None:
        return None
    from converter.alerts.heartbeat import Heartbeats

    return Heartbeats(alerts.heartbeat, around.environment, around.timeout)


def _text(problem: Problem | None) -> str | None:
    return None if problem is None else as_text(problem)
