"""Several things done at a time, none of which may take longer than it is given."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from typing import TypeVar

from converter.alerts.failures import Undelivered, late
from converter.problems import Said

T = TypeVar("T")


def within(seconds: float, jobs: Mapping[str, Callable[[], T]]) -> dict[str, T | Undelivered]:
    """What each job gave, or why it was not done; one that is late is left to itself.

    A server that sends a byte now and then would never run into the timeout of its connection.
    """
    done: dict[str, T | Undelivered] = {}

    def work(name: str, job: Callable[[], T]) -> None:
        try:
            done[name] = job()
        except Undelivered as undelivered:
            done[name] = undelivered
        except Exception as error:  # noqa: BLE001 - a channel that fails stops nothing
            plain = type(error).__name__
            done[name] = Undelivered(Said(plain, plain))

    end = time.monotonic() + seconds
    threads = {
        name: threading.Thread(target=work, args=(name, job), daemon=True)
        for name, job in jobs.items()
    }
    for thread in threads.values():
        thread.start()
    for thread in threads.values():
        thread.join(max(0.0, end - time.monotonic()))
    return {name: done[name] if name in done else Undelivered(late(seconds)) for name in jobs}
