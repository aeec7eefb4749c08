"""``converter validate``: what is wrong in a message, where, and why."""

from __future__ import annotations

from typing import Any

import click

from converter.cli.console import Manner, Teller, counts_text, print_json, source
from converter.cli.options import common, files
from converter.cli.usage import Command
from converter.cli.words import say
from converter.conversion.check import check_bp, check_crm
from converter.conversion.intake import open_message
from converter.conversion.tally import Tally
from converter.formats import Dialect, bp, enterprise_data
from converter.problems import Rejected


@click.command(
    "validate",
    cls=Command,
    help=say(
        "Проверяет сообщения CRM и БП всех версий. У сообщений БП проверяется та часть формата,"
        " которой пользуется конвертер.\n\n"
        "\b\nПример: converter validate счета.xml --bp-version 1.8",
        "Checks messages of the CRM and of BP in every version. Of BP's messages it checks the"
        " part of the format that the converter uses.\n\n"
        "\b\nExample: converter validate invoices.xml --bp-version 1.8",
    ),
)
@files
@click.option(
    "--bp-version",
    type=click.Choice(list(enterprise_data().versions)),
    metavar="1.3–1.22",
    help=say(
        "проверить ещё, выразимо ли сообщение CRM в этой версии",
        "check as well whether a CRM's message can be said in that version",
    ),
)
@common
def command(
    files: tuple[str, ...], bp_version: str | None, as_json: bool, quiet: bool, verbose: bool
) -> None:
    manner = Manner(as_json, quiet, verbose)
    reports = [_validate(name, bp_version, manner) for name in files]
    if as_json:
        print_json({"files": reports})
    if any(report["rejected"] or report["held"] for report in reports):
        raise click.exceptions.Exit(1)


def _all_is_well(dialect: Dialect) -> str:
    if dialect.side == "crm":
        return say("всё в порядке", "all is well")
    return say("известное конвертеру в порядке", "what the converter knows of it is well")


def _validate(name: str, bp_version: str | None, manner: Manner) -> dict[str, Any]:
    tell = Teller(name, manner)
    tally = Tally()
    format_name = None
    try:
        with source(name) as stream:
            message, dialect = open_message(stream)
            format_name = str(dialect)
            if dialect.side == "crm":
                tally = check_crm(message, bp(bp_version) if bp_version else None, tell)
            else:
                tally = check_bp(message, dialect, tell)
    except Rejected as refusal:
        format_name = None
        tell(refusal.problem)
    tell.finish()
    if format_name is not None and not manner.as_json and not manner.quiet:
        verdict = (
            _all_is_well(dialect)
            if not tell.total
            else say(
                f"с ошибками {tally.held}, предупреждений {tell.warnings}",
                f"{tally.held} with errors, {tell.warnings} warnings",
            )
        )
        checked = counts_text(tally.written) or "—"
        line = f"{name} ({format_name}): {checked}: {verdict}"
        if tally.skipped:
            line += say("; не проверялось: ", "; not checked: ") + counts_text(tally.skipped)
        click.echo(line)
    return {
        "file": name,
        "format": format_name,
        "rejected": format_name is None,
        "checked": dict(tally.written),
        "skipped": dict(tally.skipped),
        "held": tally.held,
        "warnings": tell.warnings,
        "problems": tell.kept,
    }
