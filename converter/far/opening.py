"""A connection to the folder of an address, by the library of its scheme, which is loaded only then."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

from converter.far.address import Address
from converter.far.transport import FarFailed, Transport, Why

_MODULES = {"ftp": "ftp", "ftps": "ftp", "sftp": "sftp", "smb": "smb"}


class Credentials(NamedTuple):
    """What a server is shown, and what it must show. Paths are absolute; None: not named."""

    password: bytes | None = None
    key: Path | None = None
    known_hosts: Path | None = None
    certificate: Path | None = None
    passive: bool = True


Connect = Callable[[Address, Credentials], Transport]


def connect(address: Address, credentials: Credentials) -> Transport:
    """Log in, and open the folder. Raises `FarFailed`; EXTRA where its library is not installed."""
    name = _MODULES[address.scheme]
    try:
        module = import_module(f"converter.far.{name}")
    except ModuleNotFoundError:
        raise FarFailed(Why.EXTRA, name) from None
    opened: Transport = module.connect(address, credentials)
    return opened
