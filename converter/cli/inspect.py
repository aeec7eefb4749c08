"""``converter inspect``: header, numbers, objects by type, sums."""

from __future__ import annotations

from typing import Any

import click

from converter.cli.console import Manner, Teller, print_json, source
from converter.cli.options import FILE, common
from converter.cli.usage import Command
from converter.cli.words import say
from converter.conversion.look import Kind, look
from converter.envelope.header import Header
from converter.envelope.reader import Reader
from converter.problems import Rejected


@click.command(
    "inspect",
    cls=Command,
    help=say(
        "Показывает заголовок сообщения, номера, объекты по видам и суммы документов.\n\n"
        "\b\nПример: converter inspect Message_BP_CRM.xml",
        "Shows a message's header, its numbers, its objects by type and the documents' sums.\n\n"
        "\b\nExample: converter inspect Message_BP_CRM.xml",
    ),
)
@click.argument("file", type=FILE, metavar=say("ФАЙЛ", "FILE"))
@common
def command(file: str, as_json: bool, quiet: bool, verbose: bool) -> None:
    tell = Teller(file, Manner(as_json, quiet, verbose))
    try:
        with source(file) as stream:
            message = Reader(stream)
            kinds = look(message)
    except Rejected as refusal:
        tell(refusal.problem)
        if as_json:
            print_json({"file": file, "rejected": True, "problems": tell.kept})
        raise click.exceptions.Exit(1) from None
    if as_json:
        print_json(_report(file, message.header, kinds))
        return
    for name, value in _header_lines(message):
        click.echo(f"{name:<16}{value}")
    width = max((len(kind.name) for kind in kinds), default=0)
    for kind in kinds:
        sums = ", ".join(f"{amount:.2f} {currency}" for currency, amount in kind.sums.items())
        click.echo(f"  {kind.name:<{width}} {kind.objects:>7}  {sums}".rstrip())


def _header_lines(message: Reader) -> list[tuple[str, str]]:
    header = message.header
    lines = [
        (say("Формат", "Format"), header.format),
        (say("Создано (UTC)", "Created (UTC)"), header.created.isoformat(" ")),
    ]
    if header.confirmed:
        lines.append((say("От кого → кому", "From → to"), f"{header.sender} → {header.to or '—'}"))
        lines.append((say("План обмена", "Exchange plan"), header.plan or "—"))
        lines.append((say("Номер", "Number"), _number(header.message_no)))
        lines.append((say("Принято", "Received"), _number(header.received_no)))
    lines.append((say("Версии", "Versions"), " ".join(header.versions)))
    if message.namespace is None:
        lines.append((say("Тело", "Body"), say("нет (только настройки)", "none (settings only)")))
    return lines


def _number(value: int | None) -> str:
    return "—" if value is None else str(value)


def _report(file: str, header: Header, kinds: list[Kind]) -> dict[str, Any]:
    return {
        "file": file,
        "rejected": False,
        "format": header.format,
        "created": header.created.isoformat(),
        "plan": header.plan,
        "from": header.sender,
        "to": header.to,
        "message_no": header.message_no,
        "received_no": header.received_no,
        "versions": list(header.versions),
        "objects": [
            {
                "type": kind.name,
                "count": kind.objects,
                "sums": {currency: f"{amount:.2f}" for currency, amount in kind.sums.items()},
            }
            for kind in kinds
        ],
    }
