"""A command that is asked to leave finishes the pass that it has begun (SPEC §7).

A service that is stopped, or Ctrl+C, is no fault of the message that is being read: were the pass
cut off, the message would count as one that ends the program, and be set aside at last.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_SIGNALS = (signal.SIGTERM, signal.SIGINT)


class Leave:
    """Whether this process was asked to leave; calling it asks. Safe in a signal handler."""

    def __init__(self) -> None:
        self.asked = False

    def __call__(self) -> None:
        self.asked = True


@contextmanager
def finishing(leave: Callable[[], object]) -> Iterator[None]:
    """In the block, SIGTERM and Ctrl+C only call ``leave``. For the main thread."""
    before = {number: signal.signal(number, lambda *_: leave()) for number in _SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
