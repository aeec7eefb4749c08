"""``converter journal``: what happened, newest first; two versions of an object field by field."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

import click
from sqlalchemy import Connection

from converter.cli.console import print_json
from converter.cli.events import WRONG, Entry, event_json, event_text, key_of, problems_of
from converter.cli.options import common
from converter.cli.showing import SIDES, local, print_json_list, utc
from converter.cli.state_options import chosen, config, link_option, opened, settings_of
from converter.cli.tables import Column, print_table
from converter.cli.usage import Command, Number
from converter.cli.words import say
from converter.problems import Stopped
from converter.problems import catalogue as problems
from converter.state.codec import INVOICE, OPERATION
from converter.state.journal import entries
from converter.state.versions import Versions
from converter.views.history import Comparison, find_objects, newest

#: so many lines for people, unless told otherwise
SHOWN = 50

_COLUMNS = {
    "crm": "CRM",
    "bp": SIDES["bp"],
    "held": say("задержанная версия", "version held"),
    "current": say("действующая", "version that stands"),
}


@click.command(
    "journal",
    cls=Command,
    help=say(
        "Показывает, что происходило, новое сверху: сообщения, конфликты, задержанное, отвергнутое."
        "\n\n"
        "\b\nПример: converter journal -n 20\n"
        "\b\nДве версии объекта по полям: converter journal --diff СЧ-00000042",
        "Shows what happened, newest first: messages, conflicts, what was held and rejected.\n\n"
        "\b\nExample: converter journal -n 20\n"
        "\b\nTwo versions of an object, field by field: converter journal --diff СЧ-00000042",
    ),
)
@config
@link_option
@click.option(
    "--diff",
    "key",
    metavar=say("КЛЮЧ", "KEY"),
    help=say(
        "сравнить версии объекта; КЛЮЧ: «вид GUID», GUID или номер счёта",
        "compare an object's versions; KEY: “type GUID”, a GUID, or an invoice's number",
    ),
)
@click.option(
    "-n",
    "--lines",
    "count",
    type=Number(1),
    metavar="N",
    help=say(
        f"сколько строк (без --json по умолчанию {SHOWN})",
        f"how many lines (without --json {SHOWN} unless told)",
    ),
)
@common
def command(
    path: str,
    link: str | None,
    key: str | None,
    count: int | None,
    as_json: bool,
    quiet: bool,
    verbose: bool,
) -> None:
    settings = settings_of(path)
    links = [each.name for each in chosen(settings, link)]
    with opened(settings, plan=True) as state, state.read() as connection:
        if key is not None:
            _compare(connection, links, key, as_json)
            return
        asked = links[0] if link is not None else None
        lines = (e for e in entries(connection, asked) if not quiet or e["event"] in WRONG)
        if as_json:
            print_json_list(event_json(entry) for entry in islice(lines, count))
        else:
            _print(connection, islice(lines, count or SHOWN), verbose)


def _print(connection: Connection, lines: Iterable[Entry], verbose: bool) -> None:
    empty = True
    for entry in lines:
        click.echo(event_text(entry, _label(connection, entry), verbose))
        empty = False
    if empty:
        click.echo(say("журнал пуст", "the journal is empty"), err=True)


def _label(connection: Connection, entry: Entry) -> str:
    """What people call the object of a line: type and number, where it has one."""
    for problem in problems_of(entry["details"]):
        if problem.where.object:
            return problem.where.object
    kind, ref = entry["kind"], entry["ref"]
    if not ref or kind not in (INVOICE, OPERATION):
        return key_of(entry)
    current = Versions(connection, entry["link"]).current(kind, ref)
    if current is None or current.record is None:
        return key_of(entry)
    return f"{kind} № {current.record.key.number}"


# -- two versions --------------------------------------------------------------------------------


def _compare(connection: Connection, links: list[str], key: str, as_json: bool) -> None:
    names = find_objects(connection, links, key)
    if not names:
        raise Stopped(problems.DIFF_UNKNOWN(key=key))
    found = newest(connection, names)
    if as_json:
        key = f"{names[0].kind} {names[0].ref}"
        print_json({"key": key, "winner": None, "fields": []} if found is None else _json(found))
    elif found is None:
        click.echo(
            say(
                "у этого объекта не было ни конфликтов, ни задержанных версий",
                "this object never had a conflict, nor a version that was held",
            ),
            err=True,
        )
    else:
        for line in _heading(found):
            click.echo(line)
        if found.differences is None:
            click.echo(found.raw)
            return
        columns = [
            Column(say("Поле", "Field"), limit=80),
            *(Column(_COLUMNS[each], limit=60) for each in found.columns),
        ]
        print_table(columns, ((d.field, d.left or "—", d.right or "—") for d in found.differences))


def _heading(found: Comparison) -> Iterator[str]:
    """What is compared, and what became of it."""
    yield found.key
    side, when = SIDES[found.side], local(found.at)
    if found.event == "conflict":
        winner = SIDES[found.winner or found.side]
        yield say(
            f"{when}: изменён с обеих сторон, осталась версия {winner}",
            f"{when}: changed on both sides, {winner}'s version stays",
        )
    elif found.event == "held":
        yield say(f"с {when} задержана версия от {side}", f"held since {when}: {side}'s version")
    else:
        yield say(
            f"{when}: задержанная версия от {side} снята",
            f"{when}: {side}'s version, which was held, was dropped",
        )
    for each in found.columns:
        if each in found.gone:
            name = _COLUMNS[each]
            yield say(f"{name}: удаление", f"{name}: a deletion")
    if found.first:
        yield say("принятой версии ещё не было", "no version was accepted yet")
    if found.differences is None:
        yield (
            say("по полям не сравнить, вот она целиком:", "not comparable by fields; all of it:")
            if found.raw
            else say("сравнивать нечего: причина в status", "nothing to compare; status says why")
        )
    elif not found.differences:
        yield say("различий нет", "no differences")


def _json(found: Comparison) -> dict[str, Any]:
    left, right = found.columns
    result: dict[str, Any] = {
        "key": found.key,
        "link": found.name.link,
        "event": found.event,
        "at": utc(found.at),
        "side": found.side,
        "winner": found.winner,
        "fields": [
            {"field": each.field, left: each.left, right: each.right}
            for each in found.differences or ()
        ],
    }
    if found.differences is None and found.raw:
        result["raw"] = found.raw
    return result
