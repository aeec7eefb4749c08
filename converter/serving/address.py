"""Where to serve: a host and a port, and whether others than this computer can come there."""

from __future__ import annotations

import ipaddress
import re
from typing import NamedTuple

_ADDRESS = re.compile(r"(?:\[([0-9a-fA-F:.%]+)\]|([A-Za-z0-9._-]+)):([0-9]{1,5})")
_PORTS = range(1 << 16)
#: the names under which a browser of this computer may ask for a loopback address
_OWN_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})


class Address(NamedTuple):
    """A host, without the brackets of IPv6, and a port; 0 lets the system choose one."""

    host: str
    port: int

    @property
    def loopback(self) -> bool:
        """Whether only this computer can come there."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host.lower() == "localhost"

    @property
    def url(self) -> str:
        """What to open in a browser."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}/"

    def answers_to(self, asked: str | None) -> bool:
        """Whether a request's header Host is one of ours.

        A page from elsewhere whose name is made to lead to this computer (DNS rebinding) asks with
        its own name. An address that others reach may have any.
        """
        if not self.loopback:
            return True
        found = _ADDRESS.fullmatch(asked or "") or _ADDRESS.fullmatch(f"{asked}:80")
        if found is None:
            return False
        return (found[1] or found[2]).lower() in _OWN_NAMES | {self.host.lower()}


def address_of(text: str) -> Address | None:
    """``127.0.0.1:8080``, ``[::1]:8080`` or ``name:8080``; None where it is nothing of these."""
    found = _ADDRESS.fullmatch(text.strip())
    if found is None or int(found[3]) not in _PORTS:
        return None
    return Address(found[1] or found[2], int(found[3]))
