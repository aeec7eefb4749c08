"""``converter retry``: held objects again."""

from __future__ import annotations

import click

from converter.cli.console import Manner, print_json
from converter.cli.options import common, config
from converter.cli.passes import report_json, tell
from converter.cli.state_options import utc_now
from converter.cli.stopping import Leave, finishing
from converter.cli.usage import Command
from converter.cli.words import say
from converter.cli.working import exchange_of, working
from converter.exchange.locking import locked
from converter.problems import Stopped
from converter.problems import catalogue as problems
from converter.settings import Settings
from converter.state.held import HeldObjects
from converter.state.opening import State


@click.command(
    "retry",
    cls=Command,
    help=say(
        "Пробует задержанные объекты снова: все или названные (ключи показывает status).\n\n"
        '\b\nПример: converter retry "Документ.СчетНаОплату 5b0c8a52-…"',
        "Tries held objects again: all, or those named (status shows the keys).\n\n"
        '\b\nExample: converter retry "Документ.СчетНаОплату 5b0c8a52-…"',
    ),
)
@click.argument("keys", nargs=-1, metavar=say("[КЛЮЧ…]", "[KEY…]"))
@config
@common
def command(keys: tuple[str, ...], path: str, as_json: bool, quiet: bool, verbose: bool) -> None:
    reports = []
    status = 0
    left = 0
    leave = Leave()
    with working(path) as (settings, state), finishing(leave):
        _check(keys, _held(settings, state))
        for link in settings.link:
            if leave.asked:
                break
            exchange = exchange_of(link, state)
            with locked(exchange, utc_now()):
                exchange.recover()
                with state.read() as connection:
                    held = [each.key for each in HeldObjects(connection, link.name).all()]
                if not [each for each in held if not keys or each in keys]:
                    continue
                report = exchange.command("retry", keys=list(keys))
                report.include(exchange.run())
            with state.read() as connection:
                still = HeldObjects(connection, link.name).all()
            left += len([each for each in still if not keys or each.key in keys])
            reports.append(report_json(report))
            status = max(status, report.status)
            if not as_json:
                tell(report, Manner(as_json, quiet, verbose))
    if as_json:
        print_json({"links": reports, "held": left})
    elif not quiet:
        click.echo(
            say(f"осталось задержанных: {left}", f"still held: {left}")
            if left or reports
            else say("задержанных объектов нет", "nothing is held"),
            err=True,
        )
    if left or status:
        raise click.exceptions.Exit(max(status, 1 if left else 0))


def _held(settings: Settings, state: State) -> list[str]:
    """The keys of everything that is held."""
    with state.read() as connection:
        return [
            each.key for link in settings.link for each in HeldObjects(connection, link.name).all()
        ]


def _check(keys: tuple[str, ...], held: list[str]) -> None:
    for key in keys:
        if key not in held:
            raise Stopped(problems.KEY_UNKNOWN(key=key))
