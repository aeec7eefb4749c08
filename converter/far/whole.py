"""Whole files or none, over any server: what `converter.folder` promises of folders here.

Nobody on the other side ever sees a part of a file under a final name, whatever the server says of
a transfer: only sizes that agree count.
"""

from __future__ import annotations

from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from converter.far.transport import Entry, FarFailed, Transport, Why
from converter.folder.durable import TEMPORARY_PREFIX, TEMPORARY_SUFFIX
from converter.problems import Said

REJECTED = "rejected"
_CUT = Said("файл передан не целиком", "the file did not come over whole")
_UNSEEN = Said(
    "сервер принял файл, но его там не видно", "the server took the file, and does not show it"
)


def temporary(name: str) -> str:
    """The name under which a file is uploaded: beside its target, always the same for it.

    So what a cut left is written over the next time, and nothing gathers.
    """
    folder, slash, last = name.rpartition("/")
    short = sha256(last.encode()).hexdigest()[:16]
    return f"{folder}{slash}{TEMPORARY_PREFIX}{short}{TEMPORARY_SUFFIX}"


def fetch(transport: Transport, entry: Entry, into: BinaryIO) -> bool:
    """Append a file to a local one; returns whether it came whole and stayed as it was listed.

    Raises `FarFailed`; that a file is open elsewhere, gone, or another by now is no failure of the
    server.
    """
    before = into.tell()
    try:
        transport.read(entry.name, into)
    except FarFailed as failed:
        if failed.why is Why.BUSY:
            return False
        if failed.why is Why.AWAY or transport.size(entry.name) == entry.size:
            raise
        return False
    return into.tell() - before == entry.size == transport.size(entry.name)


def deliver(transport: Transport, path: Path, name: str) -> None:
    """Upload a file, over one that may be there; may be repeated after a cut at any moment.

    Where the server does not rename over a file, that one is removed first: for a moment none
    lies there. Raises `FarFailed`, and the `OSError` of reading the file here.
    """
    beside = temporary(name)
    with path.open("rb") as source:
        _write(transport, beside, source)
        size = source.tell()
    there = transport.size(beside)
    if there != size:
        _drop(transport, beside)
        raise FarFailed(Why.OTHER, _UNSEEN) if there is None else FarFailed(Why.AWAY, _CUT)
    try:
        transport.rename(beside, name)
    except FarFailed as failed:
        if failed.why is Why.AWAY or transport.size(name) is None:
            raise
        transport.remove(name)
        transport.rename(beside, name)
    if transport.size(name) != size:
        raise FarFailed(Why.AWAY, _CUT)


def _write(transport: Transport, beside: str, source: BinaryIO) -> None:
    """Write a file whose name is ours alone: what a cut left there goes first, where the server lets
    nothing be written over. A part that it takes and no more takes no room there afterwards."""
    try:
        _write_over(transport, beside, source)
    except FarFailed as failed:
        begun = source.tell() > 0
        if failed.why is Why.FULL or (failed.why is not Why.AWAY and begun):
            _drop(transport, beside)
        if failed.why is Why.OTHER and begun and isinstance(failed.reason, str):
            raise _no_more_taken(failed.reason) from failed
        raise


def _no_more_taken(said: str) -> FarFailed:
    """Why a server takes a part of a file and then no more: it is its disk nearly always, and only a
    few say so (SFTP has no number for it)."""
    words = said.lower()
    if "no space" in words or "quota" in words:
        return FarFailed(Why.FULL, said)
    return FarFailed(
        Why.OTHER,
        Said(
            f"сервер не смог записать файл ({said}): чаще всего там кончилось место или исчерпана"
            " квота",
            f"the server could not write the file ({said}): most often there is no space left, or"
            " the quota is used up",
        ),
    )


def _write_over(transport: Transport, beside: str, source: BinaryIO) -> None:
    try:
        transport.write(beside, source)
    except FarFailed as failed:
        begun = failed.why in (Why.AWAY, Why.FULL) or source.tell()
        if begun or transport.size(beside) is None:
            raise
        transport.remove(beside)
        transport.write(beside, source)


def _drop(transport: Transport, beside: str) -> None:
    with suppress(FarFailed):
        transport.remove(beside)


def set_aside(transport: Transport, entry: Entry, name: str, report: Path) -> None:
    """Move a file into ``rejected``, its report first; may be repeated after a cut.

    What was put in its place since it was listed goes back, where its place is free.
    """
    target = f"{REJECTED}/{name}"
    transport.make_folder(REJECTED)
    deliver(transport, report, f"{target}.txt")
    transport.rename(entry.name, target)
    if transport.size(target) != entry.size and transport.size(entry.name) is None:
        transport.rename(target, entry.name)
