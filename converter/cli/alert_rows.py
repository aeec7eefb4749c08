"""What ``status`` says of alerts: bases that are silent for too long, and channels that fail."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Connection

from converter.cli.console import problem_json
from converter.cli.showing import SIDES, local, utc
from converter.cli.words import LANG, say
from converter.state.troubles import Channel, Trouble, Troubles


def silences(connection: Connection) -> list[Trouble]:
    """The bases that were found silent for longer than the settings say."""
    found = Troubles(connection).all().values()
    return [each for each in found if each.kind == "silent" and each.gone is None]


def channels(connection: Connection) -> list[Channel]:
    """The channels of alerts that were used, by name."""
    return sorted(Troubles(connection).channels().values(), key=lambda each: each.channel)


def silence_lines(link: str, found: Iterable[Trouble]) -> Iterator[str]:
    """The silent bases of a link, each with its cure."""
    for each in found:
        if each.link == link:
            for problem in each.reasons:
                yield f"  {SIDES[each.side]:<4}{problem.what(LANG)} [{problem.kind.id}]"
                yield f"      → {problem.cure(LANG)}"


def channel_lines(found: Iterable[Channel]) -> Iterator[str]:
    """The channels with which something is wrong."""
    for each in found:
        if each.reason is None:
            continue
        yield say(f"оповещения, {each.channel}: ", f"alerts, {each.channel}: ") + (
            f"{each.reason.what(LANG)} [{each.reason.kind.id}]"
        )
        yield f"  → {each.reason.cure(LANG)}"
        if each.failures and each.tried is not None:
            tried = local(each.tried)
            yield "  " + say(
                f"неудачных попыток: {each.failures}, последняя {tried}",
                f"attempts that failed: {each.failures}, the last {tried}",
            )


def silences_json(link: str, found: Iterable[Trouble]) -> list[dict[str, Any]]:
    """The silent bases of a link, for programs."""
    return [{"side": each.side, "since": utc(each.since)} for each in found if each.link == link]


def channels_json(found: Iterable[Channel]) -> list[dict[str, Any]]:
    """The channels, for programs."""
    return [
        {
            "channel": each.channel,
            "sent": utc(each.sent),
            "tried": utc(each.tried),
            "failures": each.failures,
            "problem": None if each.reason is None else problem_json(each.reason),
        }
        for each in found
    ]
