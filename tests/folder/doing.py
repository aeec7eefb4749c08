"""One action on a folder in a process of its own, under faults that only a process can be given.

``python -m tests.folder.doing ACTION FOLDER`` prints one line of JSON: the id of the problem, or
null, and what lies in the folder afterwards.
"""

from __future__ import annotations

import io
import json
import os
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from converter.folder import aside, delivery, durable, inbox, probe
from converter.folder.lock import Holder, Lock
from converter.problems import Stopped

NAME = "Message_CRM_BP.xml"
OLD = b"<old/>"
NEW = b"<new>" + b"\xd0\xb8" * 100_000 + b"</new>"
WHEN = datetime(2026, 11, 25, 9, 45, 1, tzinfo=UTC)


def deliver(folder: Path) -> None:
    """Put a message over one that may lie there."""
    delivery.deliver(folder, NAME, [NEW[:1000], NEW[1000:]], None, WHEN)


def remove(folder: Path) -> None:
    """Take our message away."""
    delivery.remove_ours(folder / NAME)


def look(folder: Path) -> list[str]:
    """List what lies there."""
    return [each.path.name for each in inbox.look(folder, lambda name: True).files]


def take(folder: Path) -> str | None:
    """Copy the message."""
    status = (folder / NAME).stat()
    found = inbox.Found(folder / NAME, inbox.Stamp.of(status))
    why = inbox.take_copy(found, io.BytesIO()).why
    return None if why is None else why.name


def reject(folder: Path) -> None:
    """Set the message aside."""
    aside.set_aside(folder / NAME, folder / "rejected", "1 a.xml", "wrong")


def check(folder: Path) -> list[str]:
    """Probe the folder."""
    return [each.kind.id for each in probe.probe(folder)]


def lock(folder: Path) -> None:
    """Take the lock and let it go."""
    who = Holder(os.getpid(), "host", "user", "doing", "now")
    Lock(folder / "lock").acquire(0, time.sleep, time.monotonic, who).release()


def hold(folder: Path) -> None:
    """Take the lock, say so, and keep it until standard input ends."""
    who = Holder(os.getpid(), "сервер", "user", "converter watch", "2026-11-25 09:45:01")
    with Lock(folder / "lock").acquire(0, time.sleep, time.monotonic, who):
        print("held", flush=True)
        sys.stdin.read()


def sweep(folder: Path) -> int:
    """Sweep."""
    return durable.sweep(folder)


ACTIONS: dict[str, Callable[[Path], Any]] = {
    each.__name__: each for each in (deliver, remove, look, take, reject, check, lock, hold, sweep)
}


def main() -> None:
    """Do one action and print what came of it."""
    action, folder = ACTIONS[sys.argv[1]], Path(sys.argv[2])
    problem, result = None, None
    try:
        result = action(folder)
    except Stopped as stopped:
        problem = stopped.problem.kind.id
    print(json.dumps({"id": problem, "result": result, "left": listing(folder)}))


def listing(folder: Path) -> dict[str, str]:
    """What lies in a folder, and what our message is: the old one, the new one, or neither."""
    left = {}
    for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
        try:
            data = path.read_bytes()
        except OSError:
            data = b""
        known = {OLD: "old", NEW: "new"}
        left[path.relative_to(folder).as_posix()] = known.get(data, "other")
    return left


if __name__ == "__main__":
    main()
