"""What is still to be told, and when: conditions against what was told before. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from datetime import datetime, timedelta
from typing import NamedTuple

from msgspec.structs import replace

from converter.alerts.conditions import Condition
from converter.problems.keeping import as_texts
from converter.state.troubles import Channel, Name, Trouble

#: a trouble that came back is told to be over after at most this time without it
LONGEST_CALM = timedelta(hours=4)
#: so long a trouble that is over is remembered: what returns within it counts as flapping
MEMORY = timedelta(days=1)
#: the pauses after attempts that failed: the first, and what it grows to
FIRST_RETRY, LAST_RETRY = timedelta(minutes=1), timedelta(hours=1)


class Changes(NamedTuple):
    """What becomes of the troubles that the state knows."""

    put: list[Trouble]
    drop: list[Name]


class Due(NamedTuple):
    """What a channel is to tell now; ``standing`` is how many troubles there are in all."""

    begun: list[Trouble]
    ended: list[Trouble]
    standing: int


def follow(
    known: Mapping[Name, Trouble],
    found: Iterable[Condition],
    links: Set[str],
    told: Set[Name],
    now: datetime,
) -> Changes:
    """The troubles follow the conditions that were ``found`` at ``links``.

    One that is over stays, with the time of its end, until every channel has told that (``told``
    are those of which some has not) and a return would no longer count as one. A link that the
    settings no longer have takes its troubles with it.
    """
    put: list[Trouble] = []
    there = {(each.link, each.key): each for each in found}
    for name, condition in there.items():
        before = known.get(name)
        after = _begun(condition, before, now)
        if after != before:
            put.append(after)
    drop = []
    for name, trouble in known.items():
        if name in there:
            continue
        if trouble.link not in links:
            drop.append(name)
        elif trouble.gone is None:
            put.append(replace(trouble, gone=now))
        elif name not in told and not _within(trouble.gone, MEMORY, now):
            drop.append(name)
    return Changes(put, drop)


def _begun(condition: Condition, before: Trouble | None, now: datetime) -> Trouble:
    link, key, side, label, since, problems = condition
    words = as_texts(problems)
    if before is None:
        return Trouble(link, key, side, label, since or now, words)
    if before.gone is None:
        return replace(before, problems=words, object=label)
    return replace(
        before,
        problems=words,
        object=label,
        since=since or now,
        gone=None,
        times=before.times + 1,
    )


def due(
    troubles: Mapping[Name, Trouble],
    told: Set[Name],
    channel: Channel,
    pause: timedelta,
    now: datetime,
) -> Due | None:
    """What a channel has still to tell; None where that is nothing, or it is not yet time."""
    if channel.failures:
        if channel.tried is not None and _within(channel.tried, retry_after(channel.failures), now):
            return None
    elif channel.sent is not None and _within(channel.sent, pause, now):
        return None
    standing = [each for each in troubles.values() if each.gone is None]
    begun = [each for each in standing if each.name not in told]
    ended = [
        each
        for each in troubles.values()
        if each.name in told
        and each.gone is not None
        and not _within(each.gone, calm(each.times, pause), now)
    ]
    if not begun and not ended:
        return None
    begun.sort(key=lambda each: (each.since, each.name))
    ended.sort(key=lambda each: (each.since, each.name))
    return Due(begun, ended, len(standing))


def calm(times: int, pause: timedelta) -> timedelta:
    """How long a trouble must be over before that is told: longer, the more often it came back."""
    return max(pause, min(pause * (1 << min(times - 1, 20)), LONGEST_CALM))


def retry_after(failures: int) -> timedelta:
    """How long a channel rests after so many attempts in a row that failed."""
    return min(FIRST_RETRY * (1 << min(failures - 1, 20)), LAST_RETRY)


def _within(moment: datetime, length: timedelta, now: datetime) -> bool:
    """Whether less than that has gone by; a moment that lies ahead says that the clock was set."""
    return timedelta(0) <= now - moment < length
