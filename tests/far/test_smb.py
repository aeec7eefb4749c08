"""SMB by Samba: logins, refusals, files that others keep open."""

from __future__ import annotations

import io
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import smbclient
from msgspec.structs import replace

from converter.far import smb as module
from converter.far.opening import Credentials
from converter.far.transport import FarFailed, Why
from tests.far.conftest import Make
from tests.far.relay import Relay
from tests.far.smbd import PASSWORD, VARIABLE, smb
from tests.far.world import Server, replaces_in_one_step
from tests.mapping.book import crm_invoice

SECRET = PASSWORD.encode()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The folder that a server shows."""
    made = tmp_path / "server"
    (made / "bp").mkdir(parents=True)
    return made


@pytest.fixture
def server(root: Path) -> Iterator[Server]:
    """A server that may be written to."""
    with smb(root) as found:
        yield found


def test_a_wrong_password_is_told(server: Server, make: Make) -> None:
    world = make(server, sides=("bp",))
    world.run()
    world.environment[VARIABLE] = "another"
    world.crm.send(crm_invoice())
    report = world.run()
    assert [(side, each.kind.id) for side, each in report.away] == [("bp", "FOLDER_LOGIN")]
    assert [each.number for each in report.taken] == [1]


def test_an_account_that_is_disabled_is_told(server: Server, root: Path) -> None:
    """And tried seldom, as one with a wrong password."""
    config, user = root.parent / "smbd" / "smb.conf", server.address("bp").user or ""
    subprocess.run(["smbpasswd", "-c", config, "-d", user], check=True, capture_output=True)
    with pytest.raises(FarFailed) as failed:
        server.open("bp")
    assert failed.value.why is Why.LOGIN
    assert "disabled" in str(failed.value.reason)


@pytest.mark.parametrize("path", ["nowhere/bp", "exchange/nowhere"])
def test_a_share_or_a_folder_that_is_not_there(path: str, server: Server) -> None:
    with pytest.raises(FarFailed) as failed:
        module.connect(replace(server.address("bp"), path=path), Credentials(SECRET))
    assert failed.value.why is Why.MISSING


def test_a_read_only_share_is_told_and_still_read(root: Path, make: Make) -> None:
    with smb(root, "read only = yes") as server:
        (root / "bp").rmdir()
        world = make(server)
        world.crm.send(crm_invoice())
        report = world.run()
        assert [each.number for each in report.taken] == [1]
        assert {each.kind.id for _, each in report.away} == {"FOLDER_REFUSED"}


@contextmanager
def used_by_another(
    server: Server, folder: str, name: str, mode: str, shared: str
) -> Iterator[Any]:
    """A file that another program has open, by a connection of its own; ``shared``: what others may
    do meanwhile."""
    address = server.address(folder)
    cache: dict[str, object] = {}
    try:
        with smbclient.open_file(
            rf"\\{address.host}\exchange\{folder}\{name}",
            mode,
            share_access=shared,
            connection_cache=cache,
            username=address.user,
            password=PASSWORD,
            port=address.port,
        ) as file:
            yield file
    finally:
        smbclient.reset_connection_cache(connection_cache=cache)


def test_a_file_that_another_keeps_open_stays(server: Server) -> None:
    """As 1C does for a moment while it reads."""
    opened = server.open("bp")
    opened.write("a.xml", io.BytesIO(b"first"))
    steps: tuple[Callable[[], object], ...] = (
        lambda: opened.remove("a.xml"),
        lambda: opened.write("a.xml", io.BytesIO(b"second")),
        lambda: opened.rename("a.xml", "b.xml"),
    )
    with used_by_another(server, "bp", "a.xml", "rb", shared="r"):
        for step in steps:
            with pytest.raises(FarFailed) as failed:
                step()
            assert failed.value.why is Why.BUSY
            assert "another program" in getattr(failed.value.reason, "en", "")
        assert opened.size("a.xml") == 5
    opened.remove("a.xml")
    assert opened.size("a.xml") is None
    opened.close()


def test_a_message_that_the_base_keeps_open_is_waited_for(server: Server, make: Make) -> None:
    """As 1C does while it writes; nothing else stops for that."""
    world = make(server)
    world.crm.send(crm_invoice())
    with used_by_another(server, "crm", world.crm.name, "r+b", shared=""):
        report = world.run()
        assert (report.away, report.taken) == ([], [])
        assert report.waiting == [("crm", world.crm.name)]
    assert [each.number for each in world.run().taken] == [1]


def test_others_may_use_a_file_while_we_read_it(server: Server) -> None:
    opened = server.open("bp")
    opened.write("a.xml", io.BytesIO(b"first"))
    looked: list[bytes] = []

    class Meanwhile(io.BytesIO):
        def write(self, data: Any) -> int:
            with used_by_another(server, "bp", "a.xml", "r+b", shared="rwd") as file:
                looked.append(file.read())
            return super().write(data)

    opened.read("a.xml", Meanwhile())
    opened.close()
    assert looked == [b"first"]


def test_folders_are_no_messages(server: Server, root: Path) -> None:
    (root / "bp" / "a.xml").mkdir()
    opened = server.open("bp")
    assert opened.entries(lambda name: True) == []
    opened.close()


def test_names_differ_not_by_case(server: Server) -> None:
    opened = server.open("bp")
    opened.write("Message_A_B.xml", io.BytesIO(b"1"))
    opened.write("message_a_b.XML", io.BytesIO(b"22"))
    (found,) = opened.entries(lambda name: True)
    assert found.size == 2
    opened.close()


def test_a_server_that_is_silent_is_left(server: Server) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = replace(server.address("bp"), port=silent.getsockname()[1])
        with pytest.raises(FarFailed) as failed:
            module.connect(address, Credentials(SECRET), timeout=1)
        assert failed.value.why is Why.AWAY


def test_a_server_that_falls_silent_is_left(server: Server) -> None:
    relay = Relay(server.address("bp").port)
    address = replace(server.address("bp"), port=relay.port)
    opened = module.connect(address, Credentials(SECRET), timeout=2)
    relay.mute = True
    with pytest.raises(FarFailed) as failed:
        opened.size("a.xml")
    relay.mute = False
    opened.close()
    relay.close()
    assert failed.value.why is Why.AWAY


def test_samba_replaces_in_one_step(server: Server) -> None:
    opened = server.open("bp")
    replaces_in_one_step(opened)
    opened.close()


def test_nobody_answers(server: Server) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(FarFailed) as failed:
        module.connect(replace(server.address("bp"), port=port), Credentials(SECRET), timeout=1)
    assert failed.value.why is Why.AWAY
