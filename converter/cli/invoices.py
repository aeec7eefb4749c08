"""``converter invoices``: what is paid and shipped of each invoice, by client and by interest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import click
from sqlalchemy import Connection

from converter.cli.console import print_json
from converter.cli.invoice_rows import COLUMNS, money, rows, sums_text
from converter.cli.options import common
from converter.cli.showing import print_json_list
from converter.cli.state_options import chosen, config, link_option, opened, settings_of
from converter.cli.tables import print_table
from converter.cli.unlinked_rows import proposed_json
from converter.cli.usage import Command
from converter.cli.words import say
from converter.settings import Link
from converter.views.invoices import (
    InvoiceView,
    OperationView,
    Totals,
    Wanted,
    invoices,
    with_proposals,
)
from converter.views.unlinked import unlinked


@click.command(
    "invoices",
    cls=Command,
    help=say(
        "Показывает счета: что оплачено и отгружено, по каким операциям (-v), что думает об этом БП."
        " С -v и --json видны и операции без счёта, которые для него предложены.\n\n"
        "\b\nПример: converter invoices --client Пример-Строй --unpaid -v\n"
        "\b\nИтоги по интересам: converter invoices --by interest",
        "Shows invoices: what is paid and shipped, by which operations (-v), what BP says of it."
        " -v and --json also show operations without an invoice that are proposed for it.\n\n"
        "\b\nExample: converter invoices --client Пример-Строй --unpaid -v\n"
        "\b\nTotals by interest: converter invoices --by interest",
    ),
)
@config
@link_option
@click.option(
    "--client",
    metavar=say("КТО", "WHO"),
    help=say(
        "клиент или контрагент: часть имени, ИНН или GUID",
        "client or counterparty: part of the name, ИНН or GUID",
    ),
)
@click.option(
    "--interest",
    metavar=say("ЧТО", "WHAT"),
    help=say("интерес: номер, часть темы или GUID", "interest: number, part of the subject, GUID"),
)
@click.option(
    "--unpaid", is_flag=True, help=say("только не оплаченные целиком", "only those not fully paid")
)
@click.option(
    "--unshipped",
    is_flag=True,
    help=say("только не отгруженные целиком", "only those not fully shipped"),
)
@click.option(
    "--by",
    type=click.Choice(["client", "interest"]),
    help=say("сгруппировать, с итогами", "in groups, with totals"),
)
@common
def command(
    path: str,
    link: str | None,
    client: str | None,
    interest: str | None,
    unpaid: bool,
    unshipped: bool,
    by: str | None,
    as_json: bool,
    quiet: bool,
    verbose: bool,
) -> None:
    settings = settings_of(path)
    links = chosen(settings, link)
    wanted = Wanted(client, interest, unpaid, unshipped)
    with opened(settings, plan=True) as state, state.read() as connection:
        found = _found(connection, links, wanted, proposals=as_json or verbose)
        if by is not None:
            groups = _grouped(found, by)
            if as_json:
                print_json([_group_json(group, by) for group in groups])
            else:
                _print_groups(groups, verbose, quiet)
        elif as_json:
            print_json_list(_json(view) for view in found)
        else:
            _print_all(found, verbose, quiet)


def _found(
    connection: Connection, links: list[Link], wanted: Wanted, proposals: bool
) -> Iterator[InvoiceView]:
    """The invoices asked for, with what is proposed for them where that is shown."""
    for link in links:
        views = invoices(connection, link.name, wanted)
        yield from with_proposals(views, unlinked(connection, link)) if proposals else views


# -- all of them ---------------------------------------------------------------------------------


def _print_all(found: Iterable[InvoiceView], verbose: bool, quiet: bool) -> None:
    totals = Totals()

    def counted() -> Iterator[Any]:
        for view in found:
            totals.add(view)
            yield from rows(view, verbose)

    print_table(COLUMNS, counted())
    _print_totals(totals, say("Всего", "All"), quiet)


def _print_totals(totals: Totals, name: str, quiet: bool) -> None:
    if not totals.by_currency:
        if not quiet:
            click.echo(say("таких счетов нет", "there are no such invoices"), err=True)
        return
    if not quiet:
        for code, sums in totals.by_currency.items():
            click.echo(f"{name}, {sums_text(code, sums)}")


# -- in groups -----------------------------------------------------------------------------------


class _Group:
    """The invoices of one client or of one interest; ``name`` None: of none."""

    def __init__(self, name: str | None) -> None:
        self.name = name
        self.views: list[InvoiceView] = []
        self.totals = Totals()


def _grouped(found: Iterable[InvoiceView], by: str) -> list[_Group]:
    """Groups by name; invoices of nothing last."""
    groups: dict[str | None, _Group] = {}
    key: str | None
    name: str | None
    for view in found:
        if by == "client":
            key, name = view.customer, view.client or view.counterparty
        else:
            key, name = view.deal, view.interest
        group = groups.setdefault(key, _Group(name))
        group.views.append(view)
        group.totals.add(view)
    return sorted(groups.values(), key=lambda group: (group.name is None, group.name or ""))


def _print_groups(groups: list[_Group], verbose: bool, quiet: bool) -> None:
    everything = Totals()
    for group in groups:
        name = group.name or say("без интереса", "no interest")
        click.echo(name)
        print_table(COLUMNS, (row for view in group.views for row in rows(view, verbose)))
        _print_totals(group.totals, name, quiet=False)
        click.echo()
        for view in group.views:
            everything.add(view)
    _print_totals(everything, say("Всего", "All"), quiet)


# -- for programs --------------------------------------------------------------------------------


def _json(view: InvoiceView) -> dict[str, Any]:
    return {
        "link": view.link,
        "ref": view.ref,
        "number": view.number,
        "date": view.date.isoformat(),
        "counterparty": view.counterparty,
        "client": view.client,
        "interest": view.interest,
        "currency": view.currency,
        "sum": money(view.sum),
        "paid": money(view.paid),
        "payment_state": view.payment_state,
        "shipped": money(view.shipped),
        "shipment_state": view.shipment_state,
        "bp_payment_state": view.bp_payment_state,
        "bp_shipment_state": view.bp_shipment_state,
        "withdrawn": view.withdrawn,
        "acknowledged_by_bp": view.acknowledged_by_bp,
        "operations": [_operation_json(operation) for operation in view.operations],
        "proposals": proposed_json(view.proposed),
    }


def _operation_json(operation: OperationView) -> dict[str, Any]:
    return {
        "ref": operation.ref,
        "kind": operation.kind,
        "number": operation.number,
        "date": operation.date.isoformat(),
        "sum": money(operation.sum),
    }


def _group_json(group: _Group, by: str) -> dict[str, Any]:
    return {
        by: group.name,
        "totals": [
            {
                "currency": code,
                "invoices": sums.invoices,
                "sum": money(sums.sum),
                "paid": money(sums.paid),
                "shipped": money(sums.shipped),
            }
            for code, sums in group.totals.by_currency.items()
        ],
        "invoices": [_json(view) for view in group.views],
    }
