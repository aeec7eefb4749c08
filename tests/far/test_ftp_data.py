"""Data connections of FTP: to the server and from it, and what bars their way."""

from __future__ import annotations

import io
import socket
from pathlib import Path
from typing import Any

import pytest

from converter.far.ftp import Ftp, connect
from converter.far.opening import Credentials
from converter.far.transport import FarFailed, Why
from converter.problems import Said
from tests.far.ftpd import PASSWORD, Running, ftp


def opened(running: Running, passive: bool, timeout: float = 5) -> Ftp:
    """A connection to it."""
    address = running.offered.address("")
    return connect(address, Credentials(PASSWORD.encode(), passive=passive), timeout)


def barred(running: Running, passive: bool, timeout: float = 5) -> Said:
    """What is said of a server to which, or from which, no data come."""
    ftp = opened(running, passive, timeout)
    with pytest.raises(FarFailed) as failed:
        ftp.write("a.xml", io.BytesIO(b"12"))
    ftp.close()
    assert failed.value.why is Why.AWAY
    assert isinstance(failed.value.reason, Said)
    return failed.value.reason


@pytest.mark.parametrize("passive", [True, False], ids=["passive", "active"])
def test_who_opens_them(passive: bool, root: Path) -> None:
    with ftp(root) as running:
        ftp_ = opened(running, passive)
        ftp_.write("a.xml", io.BytesIO(b"12"))
        assert [each.size for each in ftp_.entries(lambda name: True)] == [2]
        ftp_.close()
    seen = set(running.script.seen)
    assert seen & {"PASV", "PORT"} == {"PASV" if passive else "PORT"}


@pytest.mark.parametrize(
    "answer",
    [
        "425 Can't open data connection.",
        "500 Illegal PORT command.",
        "501 Rejected data connection to foreign address 10.0.0.7:40000.",
    ],
)
def test_a_server_that_may_not_come_to_us_says_so(answer: str, root: Path) -> None:
    with ftp(root) as running:
        running.script.answers["PORT"] = answer
        reason = barred(running, passive=False)
    assert answer in reason.en
    for words in reason:
        assert "passive = false" in words


@pytest.mark.parametrize("answer", ["", "425 Failed to establish connection.", "150 Opening"])
def test_a_server_that_does_not_reach_us(answer: str, root: Path) -> None:
    """Behind NAT or a firewall: it is silent, gives up, or has begun and does not come."""
    with ftp(root) as running:
        running.script.answers |= {"PORT": "200 PORT command successful.", "STOR": answer}
        reason = barred(running, passive=False, timeout=0.3)
    for words in reason:
        assert "passive = false" in words


@pytest.mark.parametrize("passive", [True, False], ids=["passive", "active"])
def test_a_data_connection_that_is_silent_is_left(passive: bool, root: Path) -> None:
    with ftp(root, ftp_RETR=lambda handler, file: handler.respond("150 at once")) as running:
        ftp_ = opened(running, passive, timeout=0.3)
        with pytest.raises(FarFailed) as failed:
            ftp_.read("a.xml", io.BytesIO())
        ftp_.close()
    assert failed.value.why is Why.AWAY


def test_ports_that_are_closed(root: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with ftp(root) as running:
        running.script.answers["PASV"] = (
            f"227 Entering Passive Mode (127,0,0,1,{port >> 8},{port & 255})."
        )
        reason = barred(running, passive=True)
    for words in reason:
        assert str(port) in words
    assert "it takes no connections" in reason.en


def test_an_inner_address_is_not_gone_to(root: Path) -> None:
    """A server behind NAT says where it is at home."""
    with ftp(root, masquerade_address="10.11.12.13") as running:
        ftp_ = opened(running, passive=True)
        assert ftp_.entries(lambda name: True) == []
        ftp_.close()


@pytest.mark.parametrize("passive", [True, False], ids=["passive", "active"])
def test_what_the_server_says_of_a_file_is_no_matter_of_firewalls(
    passive: bool, root: Path
) -> None:
    with ftp(root) as running:
        ftp_ = opened(running, passive)
        with pytest.raises(FarFailed) as failed:
            ftp_.read("nowhere.xml", io.BytesIO())
        ftp_.close()
    assert failed.value.why is Why.DENIED
    assert "passive" not in str(failed.value.reason)


def test_a_server_without_ipv4_names_a_port_alone(root: Path) -> None:
    """EPSV; one that refuses it has no other way."""
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError as error:
        pytest.skip(f"there is no IPv6 here: {error}")
    with ftp(root, host="::1") as running:
        ftp_ = opened(running, passive=True)
        ftp_.write("a.xml", io.BytesIO(b"12"))
        assert ftp_.size("a.xml") == 2
        running.script.answers["EPSV"] = "500 EPSV not understood"
        with pytest.raises(FarFailed) as failed:
            ftp_.read("a.xml", io.BytesIO())
        ftp_.close()
    assert "EPSV" in str(failed.value.reason)


def test_the_system_asks_whether_the_server_is_there_while_only_data_flow(root: Path) -> None:
    with ftp(root) as running:
        ftp_ = opened(running, passive=True)
        commands: Any = ftp_._ftp.sock
        assert commands.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
        ftp_.close()
