"""The process that `tests.command` keeps: it loads what commands need, and forks for each of them."""

from __future__ import annotations

import gc
import importlib
import json
import os
import signal
import socket
import sys
import time
from typing import Any

#: what is slow to load and takes nothing from arguments or environment while it is loaded
_LOADED = (
    "click",
    "sqlalchemy.dialects.sqlite",
    "converter.alerts.desk",
    "converter.conversion.check",
    "converter.conversion.to_bp",
    "converter.conversion.to_crm",
    "converter.exchange.run",
    "converter.formats.explain",
    "converter.problems.catalogue",
    "converter.problems.steps",
    "converter.report.facts",
    "converter.settings.model",
    "converter.views.invoices",
    "converter.views.unlinked",
)


def _serve(line: socket.socket) -> None:
    """Fork for each command that is asked for; returns in the fork, and ends when nobody asks."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # who waits for a command ends by itself
    while True:
        _, files, _, _ = socket.recv_fds(line, 1, 5)
        if not files:
            os._exit(0)
        if os.fork() == 0:
            line.close()
            _keep(files)
            return
        for each in files:
            os.close(each)


def _keep(files: list[int]) -> None:
    """Fork once more: the elder tells how the younger ended, which is the command."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    note, *streams, answer = files
    number = os.fork()
    if number:
        os.write(answer, f"{number}\n".encode())
        _, status = os.waitpid(number, 0)
        os.write(answer, f"{os.waitstatus_to_exitcode(status)}\n".encode())
        os._exit(0)
    os.close(answer)
    with os.fdopen(note, "rb") as file:
        _become(json.load(file), streams)


def _become(asked: dict[str, Any], streams: list[int]) -> None:
    """Take over the streams, the folder, the environment with its time zone, and the arguments."""
    for target, stream in enumerate(streams):
        os.dup2(stream, target)
    for stream in streams:
        os.close(stream)
    os.chdir(asked["cwd"])
    os.environ.clear()
    os.environ.update(asked["environment"])
    time.tzset()
    sys.argv[1:] = asked["arguments"]


if __name__ == "__main__":
    for name in _LOADED:
        importlib.import_module(name)
    gc.freeze()  # what is loaded is not looked through, and so not copied, by every fork
    _serve(socket.socket(fileno=int(sys.argv[1])))
    from converter.cli import main

    main()
