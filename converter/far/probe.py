"""Whether a folder on a server really can be used: for ``converter doctor`` (SPEC §7)."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from converter.far import whole
from converter.far.transport import Entry, FarFailed, Transport, Why
from converter.folder.durable import temporary_in
from converter.folder.probe import FIRST, OTHERWISE, SECOND


def probe_server(connect: Callable[[], Transport]) -> None:
    """Do everything once that an exchange does there; nothing is left behind.

    The folder is listed; a file is delivered, replaced, read, moved to ``rejected`` and removed.
    Raises `FarFailed`, and what ``connect`` raises.
    """
    name = temporary_in(Path()).name
    server = connect()
    try:
        server.entries(lambda each: False)
        with tempfile.TemporaryDirectory() as folder:
            _try(server, name, Path(folder))
    finally:
        for left in (name, whole.temporary(name)):
            with suppress(FarFailed):
                server.remove(left)
        server.close()


def _try(server: Transport, name: str, here: Path) -> None:
    for data in (FIRST, SECOND):
        (here / "sent").write_bytes(data)
        whole.deliver(server, here / "sent", name)
    with (here / "got").open("wb") as file:
        same = whole.fetch(server, Entry(name, len(SECOND), None), file)
    if not same or (here / "got").read_bytes() != SECOND:
        raise FarFailed(Why.OTHER, OTHERWISE)
    aside = f"{whole.REJECTED}/{name}"
    server.make_folder(whole.REJECTED)
    try:
        server.rename(name, aside)
        server.remove(aside)
    finally:
        server.remove_folder(whole.REJECTED)
