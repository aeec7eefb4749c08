"""``converter unlink``: a person's ties of an operation are undone."""

from __future__ import annotations

import click
from sqlalchemy import Connection

from converter.cli.console import Manner
from converter.cli.options import common, config
from converter.cli.state_options import link_option
from converter.cli.tying import ended, tie
from converter.cli.usage import Command
from converter.cli.words import say
from converter.settings import Link
from converter.views.ties import find_tied


@click.command(
    "unlink",
    cls=Command,
    help=say(
        "Снимает то, что привязано командой link: операция снова без счёта. Что называет сама БП,"
        " не снимается.\n\n\b\nПример: converter unlink 5b0c8a52-…",
        "Undoes what link tied: the operation is without an invoice again. What BP itself names is"
        " not undone.\n\n\b\nExample: converter unlink 5b0c8a52-…",
    ),
)
@click.argument("operation", metavar=say("ОПЕРАЦИЯ", "OPERATION"))
@config
@link_option
@common
def command(
    operation: str, path: str, link: str | None, as_json: bool, quiet: bool, verbose: bool
) -> None:
    def look(connection: Connection, where: Link) -> str:
        return find_tied(connection, where, operation).ref

    ref, report = tie(path, link, operation, look, lambda ref: {"name": "unlink", "operation": ref})
    said = say("операция снова без счёта", "the operation has no invoice again")
    ended(report, Manner(as_json, quiet, verbose), said, {"unlinked": ref})
