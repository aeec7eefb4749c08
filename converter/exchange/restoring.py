"""The steps that bring a link back to equality after one of its bases was restored (PROTOCOL R8).

What a pass takes apart from that stands in `converter.exchange.restored`; here is in which order
locks are taken, passes are made and a person is asked.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from converter.exchange.locking import locked
from converter.exchange.report import Report
from converter.exchange.run import Exchange
from converter.exchange.unnamed import unnamed
from converter.problems import Stopped
from converter.state.bases import Bases

#: makes a pass of the exchange under its lock
Pass = Callable[[], Report | Stopped]
#: shows a person the keys of what a base did not name, and asks whether it goes at the other side
Ask = Callable[[list[str]], bool]


class Refused(Exception):
    """The person who was asked did not agree; nothing of what the base did not name has gone."""


class Node(NamedTuple):
    """A base that was restored, and what its node says of itself where somebody has read it."""

    side: str
    sent: int | None = None
    received: int | None = None


def bring_back(
    exchange: Exchange, node: Node, agreed: bool, make_pass: Pass, ask: Ask
) -> Report | Stopped:
    """Await a restored base's complete contents; where they are awaited already and lack something,
    go on with what a person agrees to. Returns what the last pass did.

    ``agreed``: whatever the base does not name may go; it is shown to ``ask`` all the same, whose
    answer is that then. Raises `Refused`, `Stopped`.
    """
    with locked(exchange, exchange.clock()):
        exchange.recover()
    before = is_awaited(exchange, node.side)
    done = make_pass()  # what lies there is taken: of the old life, or what is awaited
    if not before:
        _command(exchange, "restored", **node._asdict(), agreed=agreed)
    elif _agreed(exchange, node.side, agreed, make_pass, ask):
        _command(exchange, "agreed", side=node.side)
    else:
        return done
    return make_pass()


def is_awaited(exchange: Exchange, side: str) -> bool:
    """Whether a base's complete contents are awaited."""
    with exchange.state.read() as connection:
        return Bases(connection, exchange.link.name).base(side).restored is not None


def _command(exchange: Exchange, name: str, **arguments: str | int | bool | None) -> None:
    with locked(exchange, exchange.clock()):
        exchange.command(name, **arguments)


def _agreed(exchange: Exchange, side: str, agreed: bool, make_pass: Pass, ask: Ask) -> bool:
    """Ask: a forgotten registration would withdraw payments.

    While nothing is known to lack there is nothing to agree to. What came while a person thought is
    taken, and where that lacks anything else they are asked anew.
    """
    shown: list[str] = []
    while (missing := _missing(exchange, side)) and missing != shown:
        if not ask(missing):
            raise Refused
        if agreed:
            break
        shown = missing
        make_pass()
    return bool(missing) or (agreed and is_awaited(exchange, side))


def _missing(exchange: Exchange, side: str) -> list[str]:
    with exchange.state.read() as connection:
        base = Bases(connection, exchange.link.name).base(side)
        return unnamed(connection, exchange.link.name, base)
