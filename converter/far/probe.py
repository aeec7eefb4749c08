"""Whether a folder on a server really can be used: for ``converter doctor`` (SPEC §7)."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from converter.far import whole
from converter.far.transport import Entry, FarFailed, Transport, Why
from converter.folder.durable import TEMPORARY_PREFIX, TEMPORARY_SUFFIX
from converter.problems import Said

_FIRST, _SECOND = b"converter: a probe\n", b"converter: a probe, replaced\n"
_OTHERWISE = Said("записанное читается иначе", "what was written reads otherwise")


def probe_server(connect: Callable[[], Transport]) -> None:
    """Do everything once that an exchange does there; nothing is left behind.

    The folder is listed; a file is delivered, replaced, read, moved to ``rejected`` and removed.
    Raises `FarFailed`, and what ``connect`` raises.
    """
    name = f"{TEMPORARY_PREFIX}{os.urandom(8).hex()}{TEMPORARY_SUFFIX}"
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
    for data in (_FIRST, _SECOND):
        (here / "sent").write_bytes(data)
        whole.deliver(server, here / "sent", name)
    with (here / "got").open("wb") as file:
        same = whole.fetch(server, Entry(name, len(_SECOND), None), file)
    if not same or (here / "got").read_bytes() != _SECOND:
        raise FarFailed(Why.OTHER, _OTHERWISE)
    aside = f"{whole.REJECTED}/{name}"
    server.make_folder(whole.REJECTED)
    try:
        server.rename(name, aside)
        server.remove(aside)
    finally:
        server.remove_folder(whole.REJECTED)
