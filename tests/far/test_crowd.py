"""A folder with thousands of files, a few of them messages: a look asks for what it must alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.far.ftpd import ftp
from tests.far.sftpd import sftp
from tests.far.smbd import smb
from tests.far.world import Server

MESSAGES = ["Message_A_B.xml", "Message_C_B.xml", "Message_D_B.xml"]
CROWD = 1000


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A server's folder with the crowd in it."""
    made = tmp_path / "server"
    (made / "bp").mkdir(parents=True)
    for name in [*MESSAGES, *(f"Отчёт {number}.pdf" for number in range(CROWD))]:
        (made / "bp" / name).write_bytes(b"12")
    return made


def look(server: Server) -> None:
    """One look into the folder: three messages are seen."""
    opened = server.open("bp")
    found = opened.entries(lambda name: name.startswith("Message_"))
    opened.close()
    assert sorted(each.name for each in found) == MESSAGES


def test_ftp_lists_once(root: Path) -> None:
    with ftp(root) as running:
        look(running.offered)
    seen = running.script.seen
    assert (seen.count("MLSD"), seen.count("SIZE"), seen.count("MDTM")) == (1, 0, 0)
    assert len(seen) < 20


def test_ftp_without_facts_asks_of_messages_alone(root: Path) -> None:
    with ftp(root, mlsd=False) as running:
        look(running.offered)
    seen = running.script.seen
    assert (seen.count("NLST"), seen.count("SIZE"), seen.count("MDTM")) == (1, 3, 3)
    assert "LIST" not in seen


def test_sftp_asks_of_no_file(root: Path) -> None:
    asked: list[str] = []
    with sftp(root, asked=asked) as server:
        look(server)
    assert asked.count("list_folder") == 1
    assert asked.count("stat") <= 2, "of the folder alone"
    assert "open" not in asked


def test_smb_asks_of_no_file(root: Path) -> None:
    with smb(root) as server:
        opened = server.open("bp")
        requests = opened._connection.sequence_window  # type: ignore[attr-defined]
        before = requests["low"]
        found = opened.entries(lambda name: name.startswith("Message_"))
        assert len(found) == 3
        assert requests["low"] - before < CROWD / 50
        opened.close()
