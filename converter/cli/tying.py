"""What ``link`` and ``unlink`` share: the operation's link, its command, what is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click
from sqlalchemy import Connection

from converter.cli.console import Manner, print_json
from converter.cli.passes import report_json, tell
from converter.cli.state_options import chosen, utc_now
from converter.cli.stopping import Leave, finishing
from converter.cli.working import exchange_of, working
from converter.exchange.locking import locked
from converter.exchange.report import Report
from converter.problems import Said, Stopped
from converter.problems import catalogue as problems
from converter.settings import Link
from converter.views.ties import Refusal, Refused

Found = TypeVar("Found")

_WORDS = {
    Refusal.OPERATION_SEVERAL: Said(
        "операций с этим номером несколько, назовите GUID: {found}",
        "several operations have this number, give the GUID: {found}",
    ),
    Refusal.NOT_UNLINKED: Said(
        "эту операцию не привязать: её счёт называет БП, или она не проведена, или задержана",
        "this operation cannot be tied: BP names its invoice, or it is not posted, or it is held",
    ),
    Refusal.NOT_TIED: Said(
        "эта операция вручную не привязана", "this operation is not tied by hand"
    ),
    Refusal.INVOICE_UNKNOWN: Said(
        "такого счёта нет; назовите номер или GUID из converter invoices",
        "there is no such invoice; give a number or a GUID of converter invoices",
    ),
    Refusal.INVOICE_SEVERAL: Said(
        "счетов с этим номером несколько, назовите GUID: {found}",
        "several invoices have this number, give the GUID: {found}",
    ),
    Refusal.OTHER_ORGANISATION: Said(
        "операция и счёт разных организаций", "operation and invoice are of two organisations"
    ),
    Refusal.OTHER_CURRENCY: Said(
        "операция и счёт в разных валютах; выберите счёт в БП",
        "operation and invoice are in two currencies; choose the invoice in BP",
    ),
    Refusal.NOTHING_DUE: Said(
        "по этому счёту больше ничего не причитается; если это переплата, назовите --sum",
        "nothing more is due on this invoice; for an overpayment give --sum",
    ),
    Refusal.TOO_MUCH: Said(
        "от операции осталось {found}; назовите не больше",
        "{found} is left of the operation; give no more",
    ),
}


def tie(
    path: str,
    name: str | None,
    operation: str,
    look: Callable[[Connection, Link], Found],
    command: Callable[[Found], dict[str, Any]],
) -> tuple[Found, Report]:
    """Look up in each link under its lock; where something is found, do the command and a pass.

    Raises `Stopped` with what was refused: OPERATION_UNKNOWN, TIE_REFUSED.
    """
    with working(path) as (settings, state), finishing(Leave()):
        for link in chosen(settings, name):
            exchange = exchange_of(link, state)
            with locked(exchange, utc_now()):
                exchange.recover()
                try:
                    with state.read() as connection:
                        found = look(connection, link)
                except Refused as each:
                    if each.reason is not Refusal.OPERATION_UNKNOWN:
                        raise _stopped(each) from None
                    continue
                report = exchange.command(**command(found))
                report.include(exchange.run())
                return found, report
    raise Stopped(problems.OPERATION_UNKNOWN(key=operation))


def ended(report: Report, manner: Manner, said: str, told: dict[str, Any]) -> None:
    """Say how it ended: ``said`` to people, ``told`` to programs; the exit status is the pass's."""
    if manner.as_json:
        print_json({"links": [report_json(report)], **told})
    else:
        tell(report, manner)
        if not manner.quiet:
            click.echo(said, err=True)
    if report.status:
        raise click.exceptions.Exit(report.status)


def _stopped(refused: Refused) -> Stopped:
    found = ", ".join(refused.found)
    reason = Said(*(words.format(found=found) for words in _WORDS[refused.reason]))
    return Stopped(problems.TIE_REFUSED(reason=reason))
