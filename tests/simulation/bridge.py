"""The only place where the simulation calls the converter."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from typing import Any

from converter.exchange.locking import locked
from converter.exchange.run import Exchange, Surroundings
from converter.settings import Link
from converter.state.bases import SIDES, Bases
from converter.state.held import HeldObjects
from converter.state.journal import entries
from converter.state.opening import State, open_state
from converter.views.ties import Refused, Tie, find_operation, find_tied, wanted_tie

Checkpoint = Callable[[str], None]


class Crash(BaseException):
    """The process dies here; no handler of the converter's may catch it."""


def crash_at(count: int) -> Checkpoint:
    """A checkpoint that dies at the n-th call."""
    left = [count]

    def checkpoint(name: str) -> None:
        left[0] -= 1
        if left[0] == 0:
            raise Crash(name)

    return checkpoint


def _go_on(name: str) -> None:
    """Nothing happens."""


class Bridge:
    """The converter's commands on one link.

    The state stays open from one to the next, as in ``watch``; after a crash, or when the file of
    the state is replaced, a new process would open it anew: `restart`.
    """

    def __init__(self, link: Link, url: str, now: Callable[[], datetime]) -> None:
        self.settings = link
        self.url = url
        self.now = now
        self._state: State | None = None

    def restart(self) -> None:
        """Let go of the state; the next call opens it."""
        if self._state is not None:
            self._state.close()
            self._state = None

    def sync(self, checkpoint: Checkpoint | None = None) -> int:
        """One pass; returns the exit status."""
        with self._held(checkpoint) as exchange:
            return exchange.run().status

    def status(self) -> dict[str, Any]:
        """What ``status --json`` says of the link, as far as the simulation asks."""
        with self.state().read() as connection:
            bases = Bases(connection, self.settings.name)
            if bases.link() is None:
                zero = {"sent": 0, "received": 0, "acknowledged": 0, "alarm": None}
                return {"crm": zero, "bp": zero, "held": []}
            found: dict[str, Any] = {"held": []}
            for side in SIDES:
                base = bases.base(side)
                found[side] = {
                    "sent": base.sent,
                    "received": base.received,
                    "acknowledged": base.acknowledged,
                    "alarm": base.alarm,
                }
            for held in HeldObjects(connection, self.settings.name).all():
                found["held"].append({"key": held.key, "side": held.side})
            return found

    def journal(self) -> list[dict[str, Any]]:
        """``journal --json``, newest first."""
        with self.state().read() as connection:
            return list(entries(connection))

    def retry(self) -> None:
        """``converter retry``: held objects again."""
        with self._held() as exchange:
            exchange.command("retry", keys=[])
            exchange.run()

    def link(self, operation: str, invoice: str, amount: str | None) -> Tie | Refused:
        """``converter link``; without an ``amount`` as much as is left and the invoice takes."""
        with self._held() as exchange:
            exchange.recover()
            try:
                with self.state().read() as connection:
                    found = find_operation(connection, self.settings, operation)
                    given = None if amount is None else Decimal(amount)
                    tie = wanted_tie(connection, self.settings, found, invoice, given)
            except Refused as refused:
                return refused
            exchange.command(
                "link", operation=tie.operation, invoice=tie.invoice, sum=format(tie.sum, "f")
            )
            exchange.run()
            return tie

    def unlink(self, operation: str) -> Refused | None:
        """``converter unlink``."""
        with self._held() as exchange:
            exchange.recover()
            try:
                with self.state().read() as connection:
                    found = find_tied(connection, self.settings, operation)
            except Refused as refused:
                return refused
            exchange.command("unlink", operation=found.ref)
            exchange.run()
            return None

    def doctor(self, side: str, sent: int, received: int) -> None:
        """``converter doctor --restored``, with ``--yes`` (PROTOCOL R8)."""
        with self._held() as exchange:
            exchange.run()
            exchange.command("restored", side=side, sent=sent, received=received, agreed=True)
            exchange.run()

    def mend(self) -> None:
        """``converter doctor --fix``, where the state is lost; otherwise the next pass catches up."""
        with self._held() as exchange:
            with self.state().read() as connection:
                known = Bases(connection, self.settings.name).link() is not None
            if not known and exchange.archive.last() > 1:
                exchange.recover(rebuild=True)

    def state(self) -> State:
        """The open state."""
        if self._state is None:
            self._state = open_state(self.url, list, self.now())
        return self._state

    @contextmanager
    def _held(self, checkpoint: Checkpoint | None = None) -> Iterator[Exchange]:
        """The exchange of a command, its link held as on the command line."""
        surroundings = Surroundings(self.now, {}, checkpoint or _go_on)
        exchange = Exchange(self.settings, self.state(), surroundings)
        with locked(exchange, self.now()):
            yield exchange
