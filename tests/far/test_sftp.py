"""SFTP servers: keys, passwords, refusals; the same exchange over all servers is in test_exchange."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import paramiko
import pytest
from msgspec.structs import replace

from converter.far.opening import Credentials
from converter.far.sftp import connect
from converter.far.transport import FarFailed, Why
from converter.problems import Said
from tests.far.conftest import Make
from tests.far.relay import Relay
from tests.far.sftpd import PASSWORD, known_hosts, openssh, sftp
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
    """A server that knows a password."""
    with sftp(root) as found:
        yield found


def refused(server: Server, credentials: Credentials, folder: str = "bp") -> FarFailed:
    """Why a connection is not opened."""
    with pytest.raises(FarFailed) as failed:
        connect(server.address(folder), credentials)
    return failed.value


def test_a_server_whose_key_is_not_known_gets_no_password(server: Server, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.write_text("")
    failed = refused(server, Credentials(b"another", known_hosts=empty))
    assert failed.why is Why.UNTRUSTED, "and not LOGIN: the password was not said"
    assert isinstance(failed.reason, Said)
    assert "SHA256:" in failed.reason.en


def test_a_server_with_another_key_than_before_is_refused(server: Server, tmp_path: Path) -> None:
    port = server.address("bp").port
    (tmp_path / "other").mkdir()
    wrong = known_hosts(tmp_path / "other", port, paramiko.ECDSAKey.generate())
    right = server.login.known_hosts
    assert right is not None
    for lines in (wrong.read_text(), wrong.read_text() + right.read_text()):
        wrong.write_text(lines)
        failed = refused(server, Credentials(b"another", known_hosts=wrong))
        assert failed.why is Why.UNTRUSTED
        assert "must be replaced" in str(failed.reason), "a line beside the old one does not help"
    connect(server.address("bp"), Credentials(SECRET, known_hosts=right)).close()


def test_a_file_of_keys_that_is_not_there_is_told(server: Server, tmp_path: Path) -> None:
    failed = refused(server, Credentials(SECRET, known_hosts=tmp_path / "nowhere"))
    assert failed.why is Why.UNTRUSTED
    assert "nowhere" in str(failed.reason)


def test_a_wrong_password_is_told_without_it(server: Server) -> None:
    failed = refused(server, Credentials(b"qwerty", known_hosts=server.login.known_hosts))
    assert failed.why is Why.LOGIN
    assert "qwerty" not in str(failed)


def test_a_folder_that_is_not_there_is_told(server: Server) -> None:
    credentials = Credentials(SECRET, known_hosts=server.login.known_hosts)
    assert refused(server, credentials, "nowhere").why is Why.MISSING


@pytest.mark.parametrize("passphrase", [None, "пароль ключа"])
def test_a_key_lets_in(passphrase: str | None, root: Path, tmp_path: Path) -> None:
    key = paramiko.ECDSAKey.generate()
    key.write_private_key_file(str(tmp_path / "id"), passphrase)
    with sftp(root, key) as server:
        known = server.login.known_hosts
        secret = None if passphrase is None else passphrase.encode()
        connect(server.address("bp"), Credentials(secret, tmp_path / "id", known)).close()
        if passphrase is not None:
            for wrong in (None, b"another"):
                failed = refused(server, Credentials(wrong, tmp_path / "id", known))
                assert failed.why is Why.LOGIN
        (tmp_path / "none").write_text("no key")
        assert refused(server, Credentials(None, tmp_path / "none", known)).why is Why.LOGIN


def test_a_server_that_is_silent_is_left(server: Server) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = replace(server.address("bp"), port=silent.getsockname()[1])
        with pytest.raises(FarFailed) as failed:
            connect(address, Credentials(SECRET), timeout=0.2)
        assert failed.value.why is Why.AWAY


def _opened(server: Server, timeout: float = 30) -> FarFailed:
    """Why SFTP does not begin on a server whose login goes well."""
    login = server.login
    shown = Credentials(None, login.key, login.known_hosts)
    with pytest.raises(FarFailed) as failed:
        connect(server.address("bp"), shown, timeout)
    return failed.value


def test_a_login_that_prints_something(root: Path) -> None:
    """As a .bashrc does that greets; it came as an error of the library's, and ended the command."""
    with openssh(root, before="echo Добро пожаловать") as server:
        failed = _opened(server)
    assert failed.why is Why.OTHER
    assert ".bashrc" in str(failed.reason)


def test_a_server_where_this_user_has_no_sftp(root: Path) -> None:
    with openssh(root, before="exit 1") as server:
        failed = _opened(server)
    assert failed.why is Why.OTHER
    assert "SFTP does not begin" in str(failed.reason)


def test_a_server_that_falls_silent_between_login_and_sftp_is_left(root: Path) -> None:
    """The library waits there for ever."""
    with openssh(root, before="exec sleep 30") as server:
        failed = _opened(server, timeout=1)
    assert failed.why is Why.AWAY
    assert "it does not answer" in str(failed.reason)


def test_nobody_answers(server: Server) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(FarFailed) as failed:
        connect(replace(server.address("bp"), port=port), Credentials(SECRET))
    assert failed.value.why is Why.AWAY


def test_openssh_replaces_in_one_step(root: Path) -> None:
    with openssh(root) as server:
        opened = server.open("bp")
        replaces_in_one_step(opened)
        opened.close()


def test_a_read_only_folder_is_told_and_still_read(root: Path, make: Make) -> None:
    with sftp(root, read_only=True) as server:
        world = make(server)
        world.crm.send(crm_invoice())
        report = world.run()
        assert [each.number for each in report.taken] == [1]
        assert {each.kind.id for _, each in report.away} == {"FOLDER_REFUSED"}


def test_a_server_that_falls_silent_is_left(server: Server, tmp_path: Path) -> None:
    relay, port = Relay(server.address("bp").port), server.address("bp").port
    known = tmp_path / "known"
    assert server.login.known_hosts is not None
    known.write_text(server.login.known_hosts.read_text().replace(f":{port} ", f":{relay.port} "))
    address = replace(server.address("bp"), port=relay.port)
    opened = connect(address, Credentials(SECRET, known_hosts=known), timeout=2)
    relay.mute = True
    with pytest.raises(FarFailed) as failed:
        opened.size("a.xml")
    opened.close()
    relay.close()
    assert failed.value.why is Why.AWAY


def test_folders_are_no_messages(server: Server, root: Path) -> None:
    (root / "bp" / "a.xml").mkdir()
    opened = server.open("bp")
    assert opened.entries(lambda name: True) == []
    opened.close()
