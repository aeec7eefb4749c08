"""``converter status``: counters, what waits and why, what is held, the last messages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from converter.cli.alert_rows import (
    channel_lines,
    channels,
    channels_json,
    silence_lines,
    silences,
    silences_json,
)
from converter.cli.console import print_json, problem_json
from converter.cli.options import common
from converter.cli.showing import SIDES, local, utc
from converter.cli.state_options import chosen, config, link_option, opened, settings_of
from converter.cli.unlinked_rows import lines as unlinked_lines
from converter.cli.unlinked_rows import unlinked_json
from converter.cli.usage import Command
from converter.cli.words import LANG, say
from converter.problems import Problem
from converter.problems.catalogue import VERSION_NONE
from converter.state.held import Held
from converter.views.status import BaseView, Last, LinkView, link_view


@click.command(
    "status",
    cls=Command,
    help=say(
        "Показывает по каждой связке: счётчики обеих баз, что ждёт и почему, что задержано и что с"
        " этим делать, последние сообщения. Ничего не меняет.\n\n"
        "\b\nПример: converter status -c exchange.toml",
        "Shows for each link: the counters of both bases, what waits and why, what is held and what"
        " to do about it, the last messages. Changes nothing.\n\n"
        "\b\nExample: converter status -c exchange.toml",
    ),
)
@config
@link_option
@common
def command(path: str, link: str | None, as_json: bool, quiet: bool, verbose: bool) -> None:
    settings = settings_of(path)
    links = chosen(settings, link)
    with opened(settings, plan=True) as state, state.read() as connection:
        views = [link_view(connection, each) for each in links]
        silent, told_by = silences(connection), channels(connection)
    if as_json:
        shown = [{**_json(view), "silent": silences_json(view.name, silent)} for view in views]
        print_json({"links": shown, "alerts": channels_json(told_by)})
        return
    for view in views:
        lines = _shown(view, list(silence_lines(view.name, silent)), quiet, verbose)
        if lines:
            click.echo("\n".join(lines))
    for line in channel_lines(told_by):
        click.echo(line)


# -- for people ----------------------------------------------------------------------------------


def _shown(view: LinkView, silent: list[str], quiet: bool, verbose: bool) -> list[str]:
    """The lines of a link; with ``quiet`` none where nothing needs a person."""
    if view.well and view.begun is not None and not verbose and not silent:
        return [] if quiet else [_all_is_well(view), *_unlinked(view, verbose)]
    if quiet and not view.calls and not silent:
        return []
    unlinked = () if quiet else _unlinked(view, verbose)
    return [view.name, *_lines(view, quiet), *silent, *unlinked]


def _all_is_well(view: LinkView) -> str:
    """The one line of a link with which all is well."""
    times = [last.at for base in (view.crm, view.bp) for last in (base.taken, base.written) if last]
    parts = [
        say("всё в порядке", "all is well"),
        *(
            f"{SIDES[base.side]} → №{base.received}, ← №{base.sent}"
            for base in (view.crm, view.bp)
        ),
        *([say("последнее сообщение ", "last message ") + local(max(times))] if times else []),
        *_rejected(view),
    ]  # fmt: skip
    return f"{view.name}: {'; '.join(parts)}"


def _lines(view: LinkView, quiet: bool) -> Iterator[str]:
    """With ``quiet`` only what needs a person."""
    if view.behind is not None:
        yield f"  {_what(view.behind)}"
        yield f"  {_cure(view.behind)}"
    if view.begun is None:
        if view.behind is not None:
            return
        yield "  " + say(
            "ещё не начиналась: счётчики 0; первый проход делает converter sync",
            "not begun: all counters 0; converter sync makes the first pass",
        )
        for base in (view.crm, view.bp):
            yield from (f"  {SIDES[base.side]}: {line}" for line in _away(base))
        return
    for base in (view.crm, view.bp):
        if not quiet or base.calls:
            yield from _base_lines(base, quiet)
    if view.held:
        yield "  " + say(f"Задержано объектов: {len(view.held)}", f"Held objects: {len(view.held)}")
        for held in view.held:
            yield from _held_lines(held)
    for line in _rejected(view) if not quiet else ():
        yield f"  {line[0].upper()}{line[1:]}"


def _unlinked(view: LinkView, verbose: bool) -> Iterator[str]:
    """Operations without an invoice, where there is something to confirm, somebody tied a part, or
    all is asked for."""
    if verbose or any(each.proposals or each.tied for each in view.unlinked):
        yield from (f"  {line}" for line in unlinked_lines(view.unlinked, verbose))


def _rejected(view: LinkView) -> list[str]:
    if not view.rejected:
        return []
    return [
        say(
            f"отвергнуто файлов за всё время: {view.rejected} (rejected/)",
            f"files rejected so far: {view.rejected} (rejected/)",
        )
    ]


def _base_lines(base: BaseView, quiet: bool) -> Iterator[str]:
    """The counters of a base, then what waits for it and why."""
    name = f"{SIDES[base.side]:<4}"
    taken = say("принято ", "received ") + f"{base.received}{_when(base.taken)}"
    sent = say("отправлено ", "sent ") + f"{base.sent}{_when(base.written)}"
    known = say("подтверждено ", "acknowledged ") + str(base.acknowledged)
    yield f"  {name}{taken}; {sent}; {known}"
    for line in _troubles(base):
        yield f"      {line}"
    for line in _waiting(base) if not quiet else ():
        yield f"      {line}"


def _when(last: Last | None) -> str:
    return "" if last is None else f" ({local(last.at)})"


def _troubles(base: BaseView) -> Iterator[str]:
    """What needs a person."""
    yield from _away(base)
    if base.alarm is not None:
        yield say("остановлена: ", "stopped: ") + _what(base.alarm)
        yield _cure(base.alarm)
    if base.asked is not None:
        yield _what(base.asked)
        yield _cure(base.asked)
    elif base.restored is not None:
        since = local(base.restored)
        yield say(
            f"ждём полную выгрузку базы после восстановления, с {since}",
            f"awaiting its complete contents after a restore, since {since}",
        )
        yield say(
            "→ зарегистрируйте в базе все объекты этого узла и выполните обмен",
            "→ register all objects of this node in the base, then run an exchange there",
        )
    if base.obstacle is not None:
        yield _what(base.obstacle)
        yield _cure(base.obstacle)


def _away(base: BaseView) -> Iterator[str]:
    """The server of its folder fails: why, since when, and when it is tried again."""
    if base.away is None:
        return
    since, again = local(base.away.since), base.away.again
    yield _what(base.away.why)
    if again is None:
        yield say(
            f"с {since}; пробуем снова с каждым проходом", f"since {since}; tried with every pass"
        )
    else:
        when = local(again)
        yield say(
            f"с {since}; watch попробует снова {when}, converter sync — сразу",
            f"since {since}; watch tries again at {when}, converter sync at once",
        )
    yield _cure(base.away.why)


def _waiting(base: BaseView) -> Iterator[str]:
    """What goes on by itself."""
    if base.unsent and (base.obstacle is None or base.obstacle.kind.id == VERSION_NONE.id):
        yield _unsent(base)  # the words of VERSION_UNKNOWN say how many wait
    if base.since is not None:
        on_the_way, since = base.waiting - base.unsent, local(base.since)
        yield say(
            f"ждут подтверждения: {on_the_way}, с {since}",
            f"waiting for acknowledgement: {on_the_way}, since {since}",
        )
    for file in base.unfinished:
        yield say(
            f"{file.name} ещё записывается, с {local(file.since)}",
            f"{file.name} is still being written, since {local(file.since)}",
        )


def _unsent(base: BaseView) -> str:
    text = say(f"ждут отправки: {base.unsent}", f"waiting to be sent: {base.unsent}")
    if base.blocked:
        text += say(f", из них задержано {base.blocked}", f", of these held {base.blocked}")
    if base.greeting:
        text += say(
            "; пока в папке лежит наше приветствие", "; our greeting lies in the folder for now"
        )
    return text


def _held_lines(held: Held) -> Iterator[str]:
    reasons = held.reasons()
    label = reasons[0].where.object if reasons else held.key
    since = local(held.since)
    side = SIDES[held.side]
    yield "    " + say(f"{label} — от {side}, с {since}", f"{label} — from {side}, since {since}")
    for problem in reasons:
        field = f"{problem.where.field}: " if problem.where.field else ""
        yield f"      {field}{_what(problem)}"
        yield f"      {_cure(problem)}"
    yield "      " + say("попробовать снова: ", "to try again: ") + f'converter retry "{held.key}"'


def _what(problem: Problem) -> str:
    return f"{problem.what(LANG)} [{problem.kind.id}]"


def _cure(problem: Problem) -> str:
    return f"→ {problem.cure(LANG)}"


# -- for programs --------------------------------------------------------------------------------


def _json(view: LinkView) -> dict[str, Any]:
    return {
        "name": view.name,
        "begun": utc(view.begun),
        "crm": _base_json(view.crm),
        "bp": _base_json(view.bp),
        "held": [_held_json(each) for each in view.held],
        "unlinked": [unlinked_json(each) for each in view.unlinked],
        "rejected": view.rejected,
        "behind": None if view.behind is None else problem_json(view.behind),
    }


def _base_json(base: BaseView) -> dict[str, Any]:
    stopped = [problem for problem in (base.alarm, base.asked, base.obstacle) if problem]
    return {
        "sent": base.sent,
        "received": base.received,
        "acknowledged": base.acknowledged,
        "waiting": base.waiting,
        "alarm": None if base.alarm is None else base.alarm.what(LANG),
        "problems": [problem_json(problem) for problem in stopped],
        "unsent": base.unsent,
        "unacknowledged_since": utc(base.since),
        "restored": utc(base.restored),
        "version": base.version,
        "greeted": utc(base.greeted),
        "last": _last_json(base.taken),
        "last_written": _last_json(base.written),
        "unfinished": [
            {"file": file.name, "since": utc(file.since)} for file in base.unfinished
        ],
        "away": _away_json(base),
    }  # fmt: skip


def _away_json(base: BaseView) -> dict[str, Any] | None:
    if base.away is None:
        return None
    when = {"since": utc(base.away.since), "again": utc(base.away.again)}
    return {**when, **problem_json(base.away.why)}


def _last_json(last: Last | None) -> dict[str, Any] | None:
    if last is None:
        return None
    return {"number": last.number, "at": utc(last.at), "objects": last.objects}


def _held_json(held: Held) -> dict[str, Any]:
    reasons = held.reasons()
    return {
        "key": held.key,
        "type": held.kind,
        "error": "; ".join(problem.what(LANG) for problem in reasons),
        "cure": "; ".join(dict.fromkeys(problem.cure(LANG) for problem in reasons)),
        "side": held.side,
        "since": utc(held.since),
        "problems": [problem_json(problem) for problem in reasons],
    }
