"""Alerts beside the passes of `converter watch`: a thread of its own, which nothing waits for."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import timedelta

from converter.alerts.desk import Desk
from converter.exchange.report import Report
from converter.problems import Stopped

#: how long the end of the process waits for a letter that is on its way
PATIENCE = 5.0


class Beside:
    """Looks after each pass that did something, and every ``tick`` seconds in any case.

    As a block: the thread lives as long as it. ``failed`` is called with what a look ran into; the
    next one tries again.
    """

    def __init__(
        self,
        desk: Desk,
        tick: float,
        expected: timedelta,
        failed: Callable[[Exception], None],
    ) -> None:
        self._desk = desk
        self._tick = tick
        self._expected = expected
        self._failed = failed
        self._wake = threading.Event()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="alerts", daemon=True)

    def passed(self, link: str, done: Report | Stopped) -> None:
        """How a pass of a link ended."""
        if self._desk.passed(link, done):
            self._wake.set()

    def __enter__(self) -> Beside:
        if not self._desk.idle:
            self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping = True
        self._wake.set()
        if not self._desk.idle:
            self._thread.join(PATIENCE)

    def _run(self) -> None:
        while not self._stopping:
            began = time.monotonic()
            for work in (self._desk.look, lambda: self._desk.beat(self._expected)):
                try:
                    work()
                except Exception as failure:  # noqa: BLE001 - alerts never stop the exchange
                    self._failed(failure)
            self._wake.wait(max(0.0, self._tick - (time.monotonic() - began)))
            self._wake.clear()
