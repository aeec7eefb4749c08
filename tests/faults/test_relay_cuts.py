"""SFTP and SMB over a wire that is cut after so many bytes, whatever was said by then (F21, F22)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from msgspec.structs import replace

from converter.far.address import Address
from tests.far.conftest import Make, make
from tests.far.cuts import later_and_later
from tests.far.relay import Relay
from tests.far.sftpd import sftp
from tests.far.smbd import smb
from tests.far.world import Server

__all__ = ["make"]

#: so many bytes further each time: a prime, so that it meets other places of each message
STRIDE = 1999
KINDS: dict[str, Callable[[Path], AbstractContextManager[Server]]] = {"sftp": sftp, "smb": smb}


@pytest.fixture(params=list(KINDS))
def relayed(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Server, Relay]]:
    """A server behind a relay."""
    root = tmp_path / "server"
    root.mkdir()
    with KINDS[request.param](root) as server:
        relay = Relay(server.address("").port)

        def address(folder: str) -> Address:
            return replace(server.address(folder), port=relay.port)

        login = server.login
        if login.known_hosts is not None:
            known = login.known_hosts.read_text().replace(
                str(server.address("").port), str(relay.port)
            )
            login.known_hosts.write_text(known)
        yield server._replace(address=address), relay
        relay.close()


# where the wire is dead, the library cannot close its file and warns when it is collected
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_the_wire_is_cut_after_so_many_bytes(relayed: tuple[Server, Relay], make: Make) -> None:
    server, relay = relayed

    def mend() -> bool:
        broken = relay.broken
        relay.reset()
        return broken

    later_and_later(make(server), lambda step: relay.reset(step * STRIDE), mend, 5)
