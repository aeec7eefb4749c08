"""``converter link``: a person ties an operation that names no invoice to one."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import click
from sqlalchemy import Connection

from converter.cli.console import Manner
from converter.cli.invoice_rows import money
from converter.cli.options import common, config
from converter.cli.state_options import link_option
from converter.cli.tying import ended, tie
from converter.cli.usage import Command
from converter.cli.words import say
from converter.settings import Link
from converter.views.ties import Tie, find_operation, wanted_tie


class Money(click.ParamType[Any]):
    """A sum above zero with up to two digits after the point, or the comma."""

    name = "sum"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        text = str(value).replace(",", ".")
        if not re.fullmatch(r"\d{1,13}(\.\d{1,2})?", text) or not Decimal(text):
            self.fail(say(f"«{value}» не сумма", f"“{value}” is no sum"), param, ctx)
        return Decimal(text)


@click.command(
    "link",
    cls=Command,
    help=say(
        "Привязывает операцию, в которой БП не назвала счёт, к счёту. И операцию, и счёт называют"
        " номером или GUID; что предложено, показывает status. Без --sum привязывается столько, сколько по счёту"
        " осталось. CRM узнает об этом в следующем сообщении; если БП позже сама назовёт счёт, верно"
        " будет то, что скажет она.\n\n"
        "\b\nПример: converter link 5b0c8a52-… СЧ-00000042 --sum 1500.00",
        "Ties an operation in which BP named no invoice to one. Give numbers or GUIDs; status shows"
        " what is proposed. Without --sum as much is tied as is left of the invoice. The CRM hears"
        " of it in the next message; where BP itself names an invoice later, what it says stands.\n\n"
        "\b\nExample: converter link 5b0c8a52-… СЧ-00000042 --sum 1500.00",
    ),
)
@click.argument("operation", metavar=say("ОПЕРАЦИЯ", "OPERATION"))
@click.argument("invoice", metavar=say("СЧЁТ", "INVOICE"))
@click.option(
    "--sum",
    "amount",
    type=Money(),
    metavar=say("СУММА", "SUM"),
    help=say(
        "сколько, если не всё: одна операция может быть на несколько счетов",
        "how much, where not all: an operation may be for several invoices",
    ),
)
@config
@link_option
@common
def command(
    operation: str,
    invoice: str,
    amount: Decimal | None,
    path: str,
    link: str | None,
    as_json: bool,
    quiet: bool,
    verbose: bool,
) -> None:
    def look(connection: Connection, where: Link) -> Tie:
        found = find_operation(connection, where, operation)
        return wanted_tie(connection, where, found, invoice, amount)

    tied, report = tie(path, link, operation, look, _command)
    ended(report, Manner(as_json, quiet, verbose), _said(tied), {"linked": _json(tied)})


def _command(tied: Tie) -> dict[str, Any]:
    return {
        "name": "link",
        "operation": tied.operation,
        "invoice": tied.invoice,
        "sum": format(tied.sum, "f"),
    }


def _json(tied: Tie) -> dict[str, Any]:
    return {
        "operation": tied.operation,
        "invoice": tied.invoice,
        "sum": money(tied.sum),
        "of": money(tied.whole),
    }


def _said(tied: Tie) -> str:
    date = tied.date.date().isoformat()
    amount, whole = money(tied.sum), money(tied.whole)
    return say(
        f"привязано {amount} из {whole} к счёту {tied.number} от {date}",
        f"{amount} of {whole} tied to invoice {tied.number} of {date}",
    )
