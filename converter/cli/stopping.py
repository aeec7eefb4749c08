"""A command that is asked to leave finishes the pass that it has begun (SPEC §7).

A service that is stopped, or Ctrl+C, is no fault of the message that is being read: were the pass
cut off, the message would count as one that ends the program, and be set aside at last. Whoever
presses Ctrl+C once more, since the pass hangs, cuts it off all the same.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NoReturn

from converter.cli.words import say

_SIGNALS = (signal.SIGTERM, signal.SIGINT)
#: what a shell says of a program that Ctrl+C ended
_INTERRUPTED = 130


class Leave:
    """Whether this process was asked to leave; calling it asks. Safe in a signal handler."""

    def __init__(self) -> None:
        self.asked = False
        self._stop: Callable[[], object] | None = None

    def __call__(self) -> None:
        self.asked = True
        if self._stop is not None:
            self._stop()

    def by(self, stop: Callable[[], object]) -> None:
        """From now on this is called too, at once where it was asked before."""
        self._stop = stop
        if self.asked:
            stop()


@contextmanager
def finishing(leave: Callable[[], object]) -> Iterator[None]:
    """In the block, SIGTERM and Ctrl+C only call ``leave``; Ctrl+C after either ends the process at
    once. For the main thread."""
    asked = Leave()

    def handle(number: int, _: object) -> None:
        if asked.asked and number == signal.SIGINT:
            _cut()
        asked()
        leave()

    before = {number: signal.signal(number, handle) for number in _SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _cut() -> NoReturn:
    """Nothing is waited for, no thread and no folder that hangs; locks go with the process."""
    words = say(
        "проход оборван; ничего не потеряно, следующий проход закончит начатое\n",
        "the pass was cut off; nothing is lost, the next pass finishes it\n",
    )
    os.write(2, words.encode())
    os._exit(_INTERRUPTED)
