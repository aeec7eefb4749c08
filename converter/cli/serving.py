"""`watch --serve`: the option, and the server for as long as the watch lasts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from converter.cli.log import Log
from converter.cli.state_options import utc_now
from converter.cli.words import LANG, say
from converter.problems import catalogue as problems
from converter.serving.address import Address, address_of
from converter.serving.passes import Passes

if TYPE_CHECKING:
    from converter.settings import Settings
    from converter.state.opening import State


class AddressType(click.ParamType[Address]):
    """``HOST:PORT``."""

    name = "address"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Address:
        found = value if isinstance(value, Address) else address_of(value)
        if found is None:
            text = say(
                f"«{value}» не адрес; нужен такой: 127.0.0.1:8080",
                f"“{value}” is no address; one like this is needed: 127.0.0.1:8080",
            )
            raise click.BadParameter(text, ctx, param)
        return found


def serve_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """``--serve``: where to show the report and the figures for monitoring."""
    return click.option(
        "--serve",
        type=AddressType(),
        metavar=say("АДРЕС:ПОРТ", "HOST:PORT"),
        help=say(
            "показывать по этому адресу страницу (converter report), /metrics для Prometheus и"
            " /health; например 127.0.0.1:8080",
            "show the page (converter report) at this address, /metrics for Prometheus, and"
            " /health; 127.0.0.1:8080, say",
        ),
    )(command)


@contextmanager
def served(
    address: Address | None,
    settings: Settings,
    state: State,
    interval: float,
    log: Log,
    quiet: bool,
) -> Iterator[Passes]:
    """Serve in the block, where an address is given; gives what counts the passes.

    Raises `Stopped`: ADDRESS_BUSY, ADDRESS_FAILED.
    """
    passes = Passes()
    if address is None:
        yield passes
        return
    from converter.report.words import Words
    from converter.serving.pages import Pages
    from converter.serving.server import serving

    pages = Pages(settings, state, passes, Words(LANG), utc_now, interval)
    with serving(address, pages.answer) as got:
        if not got.loopback:
            log.problem(problems.SERVED_OPENLY(address=got.url))
        if not quiet:
            log.event("serving", say(f"страница: {got.url}", f"page: {got.url}"), address=got.url)
        yield passes
