"""FTP over TLS: who is trusted, and the session that data connections go on with."""

from __future__ import annotations

import io
import socket
import ssl
from pathlib import Path

import pytest
from msgspec.structs import replace

from converter.far.ftp import connect
from converter.far.ftp_tls import IMPLICIT
from converter.far.opening import Credentials
from converter.far.transport import FarFailed, Why
from converter.problems import Said
from converter.settings.model import Login
from tests.far.certificates import self_signed
from tests.far.ftpd import VARIABLE, ftp
from tests.far.strict import Strict

_TLS12, _TLS13 = ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3


def test_a_certificate_that_is_not_known_is_refused(root: Path, tmp_path: Path) -> None:
    with ftp(root, certificate=self_signed(tmp_path)) as running:
        offered = running.offered._replace(login=Login(password_env=VARIABLE))
        with pytest.raises(FarFailed) as failed:
            offered.open("")
    assert failed.value.why is Why.UNTRUSTED
    assert not [each for each in running.script.seen if each in ("USER", "PASS")]


@pytest.mark.parametrize(
    ("host", "days", "cure"),
    [
        ("elsewhere.example", 0, ("имя из сертификата", "must have the certificate's")),
        ("localhost", -30, ("администратор сервера", "administrator must renew it")),
        ("localhost", 30, ("часы этого компьютера", "clock of this computer")),
    ],
    ids=["another-host", "expired", "not-yet"],
)
def test_a_certificate_that_is_known_and_not_good_is_refused_with_its_own_cure(
    host: str, days: int, cure: tuple[str, str], root: Path, tmp_path: Path
) -> None:
    """To put the certificate into the file of known ones, as else, would not help."""
    made = self_signed(tmp_path, host, days)
    with ftp(root, certificate=made) as running, pytest.raises(FarFailed) as failed:
        running.offered.open("")
    assert failed.value.why is Why.UNTRUSTED
    assert isinstance(failed.value.reason, Said)
    for words, part in zip(failed.value.reason, cure, strict=True):
        assert part in words
    assert "PASS" not in running.script.seen


def test_a_server_without_tls_gets_no_password(root: Path) -> None:
    with ftp(root) as running:
        address = replace(running.offered.address(""), scheme="ftps")
        with pytest.raises(FarFailed) as failed:
            connect(address, Credentials(b"p"))
    assert failed.value.why is Why.UNTRUSTED
    assert "PASS" not in running.script.seen


@pytest.mark.parametrize(
    ("oldest", "newest"),
    [(_TLS12, _TLS13), (_TLS12, _TLS12), (_TLS13, _TLS13)],
    ids=["both", "1.2", "1.3"],
)
@pytest.mark.parametrize("farewell", [True, False], ids=["", "no-close-notify"])
def test_data_connections_go_on_with_the_session(
    oldest: ssl.TLSVersion, newest: ssl.TLSVersion, farewell: bool, tmp_path: Path
) -> None:
    """As vsftpd, ProFTPD and FileZilla demand."""
    made = self_signed(tmp_path)
    server = Strict(made, oldest, newest, farewell)
    with server.running():
        opened = connect(server.address, Credentials(b"secret", certificate=made.file), timeout=5)
        try:
            for data in (b"", b"first", b"x" * 300_000):
                opened.write("a.xml", io.BytesIO(data))
                assert [(each.name, each.size) for each in opened.entries(lambda name: True)] == [
                    ("a.xml", len(data))
                ]
                got = io.BytesIO()
                opened.read("a.xml", got)
                assert got.getvalue() == data
        finally:
            opened.close()
    assert server.reused == [True] * 9


def test_implicit_tls(root: Path, tmp_path: Path) -> None:
    try:
        socket.create_server(("127.0.0.1", IMPLICIT)).close()
    except OSError as error:
        pytest.skip(f"the port of implicit TLS cannot be had here: {error}")
    (root / "a.xml").write_bytes(b"12")
    with ftp(root, certificate=self_signed(tmp_path), port=IMPLICIT) as running:
        opened = running.offered.open("")
        assert [each.name for each in opened.entries(lambda name: True)] == ["a.xml"]
        opened.close()
