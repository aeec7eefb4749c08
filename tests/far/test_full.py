"""Disks of servers that are full (RELIABILITY F21): real ones, limits, and what FTP servers say of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.far.conftest import Make
from tests.far.cuts import names, passing
from tests.far.ftpd import ftp
from tests.far.sftpd import openssh
from tests.far.smbd import smb
from tests.far.world import FarWorld, Server
from tests.mapping.book import crm_invoice, guid


class Filling(NamedTuple):
    """A server whose disk can be made full, and have room again."""

    server: Server
    fill: Callable[[], None]
    free: Callable[[], None]


@contextmanager
def _limited(root: Path) -> Iterator[Filling]:
    """OpenSSH whose files may not grow: it needs no rights, and it answers as to a full disk."""
    full = root.parent / "full"
    limit = f"""test -e '{full}' && ulimit -f 4; trap "" XFSZ"""
    with openssh(root, before=limit) as server:
        yield Filling(server, full.touch, full.unlink)


@contextmanager
def _with_disk(server: Server) -> Iterator[Filling]:
    """A server over a disk of its own, which something else takes up but for a page."""
    filler = server.root / "filler"

    def fill() -> None:
        with filler.open("wb", buffering=0) as file:
            try:
                while True:
                    file.write(bytes(4096))
            except OSError:
                file.truncate(file.tell() - 4096)

    yield Filling(server, fill, filler.unlink)


@contextmanager
def _openssh(root: Path) -> Iterator[Filling]:
    with openssh(root, small=True) as server, _with_disk(server) as found:
        yield found


@contextmanager
def _smb(root: Path) -> Iterator[Filling]:
    with smb(root, small=True) as server, _with_disk(server) as found:
        yield found


@contextmanager
def _ftp(root: Path, answer: str) -> Iterator[Filling]:
    with ftp(root) as running:
        script = running.script
        yield Filling(running.offered, lambda: setattr(script, "full", answer), script.reset)


#: as ProFTPD, IIS, vsftpd and Pure-FTPd say it
KINDS = {
    "552": lambda root: _ftp(root, "552 Transfer aborted. Disk quota exceeded"),
    "452": lambda root: _ftp(root, "452 Кончилось место"),
    "451": lambda root: _ftp(root, "451 Failure writing to local file."),
    "451-named": lambda root: _ftp(root, "451 a.tmp: No space left on device"),
    "sftp-limit": _limited,
    "sftp-disk": _openssh,
    "smb-disk": _smb,
}


@pytest.fixture(params=list(KINDS))
def filling(request: pytest.FixtureRequest, root: Path) -> Iterator[Filling]:
    """One of every kind in turn."""
    with KINDS[request.param](root) as found:
        yield found


def _sent(world: FarWorld, number: int) -> None:
    world.crm.send(crm_invoice(guid(number), f"СЧ-{number}"))


def test_a_full_disk_is_told_and_the_message_comes_when_there_is_room(
    filling: Filling, make: Make
) -> None:
    world = make(filling.server, sides=("bp",))
    _sent(world, 1)
    passing(world)
    _sent(world, 2)
    filling.fill()
    for _ in range(2):
        ((side, problem),) = world.run().away
        assert side == "bp"
        assert problem.kind.id in ("FOLDER_FULL", "FOLDER_FAILED")
        for lang, word in (("ru", "мест"), ("en", "space")):
            assert word in problem.what(lang)
        assert world.bp.read().number == 1, "the one before stays, whole"
        assert names(world.bp.folder) == {"Message_CRM_BP.xml"}, "and a part takes no room"
    filling.free()
    passing(world)
    assert world.bp.read().number == 2
    assert names(world.bp.folder) == {"Message_CRM_BP.xml"}
