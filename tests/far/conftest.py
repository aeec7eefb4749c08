"""A server of each kind, and worlds whose folders lie on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

import pytest

from converter.far.address import Address
from tests.far.certificates import self_signed
from tests.far.directory import Directory
from tests.far.ftp_daemons import proftpd, pure_ftpd, vsftpd
from tests.far.ftpd import Running, ftp
from tests.far.sftpd import openssh, sftp
from tests.far.smbd import smb
from tests.far.world import FarWorld, Server

Make = Callable[..., FarWorld]


def _directory(root: Path, replaces: bool = True) -> AbstractContextManager[Server]:
    def opened(address: Address, credentials: object) -> Directory:
        return Directory(root / address.path.strip("/"), replaces)

    return nullcontext(
        Server(root, lambda name: Address("ftp", "files.example", 21, name), connect=opened)
    )


@contextmanager
def _ftp(root: Path, **options: Any) -> Iterator[Server]:
    with ftp(root, **options) as running:
        yield running.offered


@contextmanager
def _ftps(root: Path, **options: Any) -> Iterator[Server]:
    with _ftp(root, certificate=self_signed(root.parent), **options) as found:
        yield found


#: what starts a server that shows a folder, by its kind; each may skip where it cannot be started
KINDS: dict[str, Callable[[Path], AbstractContextManager[Server]]] = {
    "directory": _directory,
    "directory-refusing": lambda root: _directory(root, replaces=False),
    "ftp": _ftp,
    "ftp-iis": lambda root: _ftp(root, iis=True),
    "ftp-old": lambda root: _ftp(root, mlsd=False, replaces=False, encoding="cp1251"),
    "ftp-sizeless": lambda root: _ftp(root, mlsd=False, sizes=False),
    "ftp-active": lambda root: _ftp(root, passive=False),
    "ftps": _ftps,
    "ftps-active": lambda root: _ftps(root, passive=False),
    "vsftpd": vsftpd,
    "proftpd": proftpd,
    "pure-ftpd": pure_ftpd,
    "sftp": sftp,
    "openssh": openssh,
    "smb": smb,
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The folder that a server shows, empty; whoever wants more in it makes another."""
    made = tmp_path / "server"
    made.mkdir()
    return made


@pytest.fixture
def running(root: Path) -> Iterator[Running]:
    """An FTP server that is as good as they come."""
    with ftp(root) as found:
        yield found


@pytest.fixture(params=list(KINDS))
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Server]:
    """A running server of every kind in turn."""
    root = tmp_path / "server"
    root.mkdir()
    with KINDS[request.param](root) as found:
        yield found


@pytest.fixture(params=["directory", "directory-refusing", "ftp"])
def quick(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Server]:
    """Those that are quick enough for hundreds of passes; tests/faults has all."""
    root = tmp_path / "server"
    root.mkdir()
    with KINDS[request.param](root) as found:
        yield found


@pytest.fixture
def directory(tmp_path: Path) -> Iterator[Server]:
    """The simplest one, where it is not the server that is tested."""
    root = tmp_path / "server"
    root.mkdir()
    with _directory(root) as found:
        yield found


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    """Make one world in a folder of its own; its folders lie on the server."""
    made: list[FarWorld] = []

    def new(server: Server, sides: tuple[str, ...] = ("crm", "bp"), **settings: object) -> FarWorld:
        root = tmp_path / f"world{len(made)}"
        root.mkdir()
        world = FarWorld(root, server, sides, **settings)
        made.append(world)
        return world

    yield new
    for world in made:
        world.close()
