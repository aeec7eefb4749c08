"""``converter report``: one page about everything, for people."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import click

from converter.cli.options import language
from converter.cli.state_options import chosen, config, link_option, opened, settings_of, utc_now
from converter.cli.usage import Command, OneFile
from converter.cli.words import LANG, say
from converter.conversion.output import WholeFile
from converter.report.facts import collect
from converter.report.page import page
from converter.report.words import Words


class Day(click.ParamType[datetime]):
    """A day, as people of either language write it."""

    name = "day"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        if isinstance(value, datetime):
            return value
        for form in ("%Y-%m-%d", "%d.%m.%Y"):
            with suppress(ValueError):
                return datetime.strptime(value, form)
        text = say(
            f"«{value}» не дата; нужна такая: 2026-11-01",
            f"“{value}” is no date; one like this is needed: 2026-11-01",
        )
        raise click.BadParameter(text, ctx, param)


@click.command(
    "report",
    cls=Command,
    help=say(
        "Делает страницу обо всём: что оплачено и отгружено, что просрочено, кто кого ждёт, что"
        " задержано и что с этим делать. Один файл, без интернета; его можно послать и распечатать."
        " Ничего не меняет.\n\n"
        "\b\nПример: converter report -o отчёт.html",
        "Makes a page about everything: what is paid and shipped, what is overdue, who waits for"
        " whom, what is held and what to do about it. One file, which needs no internet; it can be"
        " sent and printed. Changes nothing.\n\n"
        "\b\nExample: converter report -o report.html",
    ),
)
@config
@link_option
@click.option(
    "--since",
    type=Day(),
    metavar=say("ДАТА", "DATE"),
    help=say(
        "закрытые счета, сообщения и ошибки только с этого дня (2026-11-01); иначе счета все,"
        " остальное за 30 дней",
        "closed invoices, messages and errors from this day on only (2026-11-01); else all invoices,"
        " and 30 days of the rest",
    ),
)
@click.option(
    "-o",
    "--output",
    "output",
    required=True,
    type=OneFile(there=False),
    metavar=say("ФАЙЛ", "FILE"),
    help=say("куда записать; - значит stdout", "where to write it; - is stdout"),
)
@language
def command(path: str, link: str | None, since: datetime | None, output: str) -> None:
    settings = settings_of(path)
    links = chosen(settings, link)
    begin = None if since is None else since.astimezone(UTC).replace(tzinfo=None)
    with opened(settings, plan=True) as state, state.read() as connection:
        facts = collect(connection, links, utc_now(), begin)
    with WholeFile(output) as file:
        for piece in page(facts, Words(LANG)):
            file.write(piece)
