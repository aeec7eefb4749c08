"""What FTP servers of several makers do, each in its way; IIS has the whole exchange in test_exchange."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest

from converter.far.transport import FarFailed, Transport, Why
from tests.far.conftest import Make
from tests.far.cuts import names, passing
from tests.far.ftp_daemons import pure_ftpd
from tests.far.ftpd import Running, ftp
from tests.far.world import story
from tests.mapping.book import crm_invoice


def listed(opened: Transport) -> list[tuple[str, int]]:
    """All files, by names and sizes."""
    return [(each.name, each.size) for each in opened.entries(lambda name: True)]


# -- listings ------------------------------------------------------------------------------------------


def test_facts_that_are_told_only_when_asked_for(root: Path) -> None:
    """Their names have no star in FEAT."""
    (root / "a.xml").write_bytes(b"12")
    with ftp(root, _current_facts=["type", "perm"]) as running:
        opened = running.offered.open("")
        (found,) = opened.entries(lambda name: True)
        opened.close()
    assert (found.name, found.size) == ("a.xml", 2)
    assert found.modified == pytest.approx((root / "a.xml").stat().st_mtime, abs=1)


@pytest.mark.parametrize("answer", ["500 MLSD not understood", "502 Not implemented"])
def test_mlsd_that_is_offered_and_then_not_known(answer: str, running: Running) -> None:
    (running.offered.root / "a.xml").write_bytes(b"12")
    running.script.answers["MLSD"] = answer
    opened = running.offered.open("")
    assert listed(opened) == listed(opened) == [("a.xml", 2)]
    opened.close()
    assert running.script.seen.count("MLSD") == 1, "and it is not asked for again"


@pytest.mark.parametrize("answer", ["550 No files found.", "450 No such file or directory"])
@pytest.mark.parametrize("iis", [True, False], ids=["dos", "unix"])
def test_nlst_that_refuses_a_folder_without_files(answer: str, iis: bool, root: Path) -> None:
    (root / "rejected").mkdir()
    with ftp(root, mlsd=False, iis=iis) as running:
        running.script.answers["NLST"] = answer
        opened = running.offered.open("")
        assert listed(opened) == []
        (root / "a.xml").write_bytes(b"12")
        with pytest.raises(FarFailed):
            opened.entries(lambda name: True)
        opened.close()


@pytest.mark.parametrize("before", ["/exchange/bp/", "bp\\", "./"])
def test_nlst_that_shows_paths(before: str, root: Path) -> None:
    (root / "a.xml").write_bytes(b"12")

    def listing(handler: Any, path: str) -> None:
        handler.push_dtp_data(f"{before}a.xml\r\n{before}rejected\r\n".encode(), cmd="NLST")

    with ftp(root, mlsd=False, ftp_NLST=listing) as running:
        opened = running.offered.open("")
        assert listed(opened) == [("a.xml", 2)]
        opened.close()


@pytest.mark.parametrize("mlsd", [True, False], ids=["mlsd", "nlst"])
def test_a_listing_of_a_part_is_not_taken_for_all(mlsd: bool, root: Path, make: Make) -> None:
    """Pure-FTPd stops after 10,000 files and tells it in its last answer alone."""
    with ftp(root, mlsd=mlsd) as running:
        world = make(running.offered)
        story(world, lambda: passing(world))
        running.script.answers["226"] = "226 Output truncated to 10000 matches"
        assert {each.kind.id for _, each in world.run().away} == {"FOLDER_FAILED"}
        running.script.reset()
        assert not world.run().did_something


def test_pure_ftpd_that_shows_a_part(root: Path) -> None:
    with pure_ftpd(root, "-L", "5:1") as server:
        for number in range(9):
            (root / "bp" / f"{number}.xml").write_bytes(b"12")
        opened = server.open("bp")
        with pytest.raises(FarFailed) as failed:
            opened.entries(lambda name: True)
        opened.close()
    assert "truncated to 5" in str(failed.value.reason)


def test_links_are_no_messages(root: Path) -> None:
    """ProFTPD and Pure-FTPd have them as files of a type of their own."""
    lines = (
        b"type=OS.unix=slink:/a b;size=2;modify=20260101000000; link.xml\r\n"
        b"type=OS.unix=symlink;size=2;modify=20260101000000; link2.xml\r\n"
        b"type=cdir;modify=20260101000000; .\r\n"
        b"Type=File;Size=2;Modify=20260101000000; a.xml\r\n"
    )

    def listing(handler: Any, path: str) -> None:
        handler.push_dtp_data(lines, cmd="MLSD")

    with ftp(root, ftp_MLSD=listing) as running:
        opened = running.offered.open("")
        assert listed(opened) == [("a.xml", 2)]
        opened.close()


# -- letters -------------------------------------------------------------------------------------------


def test_iis_hears_of_utf8_before_the_user(root: Path) -> None:
    """Until then it reads a password in the letters of its Windows."""
    (root / "Бухгалтерия").mkdir()
    with ftp(root, iis=True) as running:
        running.offered.open("Бухгалтерия").close()
    assert running.script.seen.index("OPTS") < running.script.seen.index("USER")


def test_a_folder_whose_name_has_the_last_letter(root: Path) -> None:
    """In windows-1251 it is the byte that begins a command of Telnet: servers take it as it is."""
    (root / "Бухгалтерия").mkdir()
    with ftp(root, encoding="cp1251") as running:
        opened = running.offered.open("Бухгалтерия")
        opened.write("Моя.xml", io.BytesIO(b"12"))
        opened.rename("Моя.xml", "Яя.xml")
        assert listed(opened) == [("Яя.xml", 2)]
        opened.close()
    assert names(root / "Бухгалтерия") == {"Яя.xml"}


def test_one_stray_name_does_not_change_the_letters_of_ours(root: Path) -> None:
    """A file in old letters on a server that has UTF-8, where somebody else left it."""
    lines = "type=file;size=2;modify=20260101000000; {}\r\n"

    def listing(handler: Any, path: str) -> None:
        stray = lines.format("Архив.doc").encode("cp1251")
        handler.push_dtp_data(lines.format("Message.xml").encode() + stray, cmd="MLSD")

    with ftp(root, ftp_MLSD=listing) as running:
        opened = running.offered.open("")
        opened.entries(lambda name: name.endswith(".xml"))
        opened.write("Message_НФ_ДЗ.xml", io.BytesIO(b"12"))
        opened.close()
    assert names(root) == {"Message_НФ_ДЗ.xml"}


# -- refusals ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "answer",
    [
        "450 Transfer aborted: file is busy",
        "550 The process cannot access the file because it is being used by another process.",
        "550 Процесс не может получить доступ к файлу, так как этот файл занят другим процессом.",
    ],
)
def test_a_message_that_the_base_keeps_open_is_waited_for(
    answer: str, running: Running, make: Make
) -> None:
    """IIS says so, in the language of its Windows, while 1C writes."""
    world = make(running.offered)
    world.crm.send(crm_invoice())
    running.script.answers["RETR"] = answer
    report = world.run()
    assert (report.away, report.waiting) == ([], [("crm", world.crm.name)])
    running.script.reset()
    assert [each.number for each in world.run().taken] == [1]


def test_size_is_asked_for_in_the_type_of_files_after_every_listing(running: Running) -> None:
    """Servers refuse it in the type of texts: 550 SIZE not allowed in ASCII mode."""
    (running.offered.root / "a.xml").write_bytes(b"12")
    opened = running.offered.open("")
    assert listed(opened) == [("a.xml", 2)]
    assert opened.size("a.xml") == 2
    opened.close()


@pytest.mark.parametrize("command", ["SIZE", "MLSD", "STOR", "RNTO", "TYPE"])
def test_a_connection_that_was_idle_for_too_long(command: str, running: Running) -> None:
    """The server says 421 to whatever comes next."""
    opened = running.offered.open("")
    running.script.answers[command] = "421 No-transfer-time exceeded. Closing control connection."
    step = {
        "SIZE": lambda: opened.size("a.xml"),
        "STOR": lambda: opened.write("a.xml", io.BytesIO(b"12")),
        "RNTO": lambda: opened.rename("a.xml", "b.xml"),
    }.get(command, lambda: opened.entries(lambda name: True))
    (running.offered.root / "a.xml").write_bytes(b"12")
    with pytest.raises(FarFailed) as failed:
        step()
    opened.close()
    assert failed.value.why is Why.AWAY
    assert "No-transfer-time" in str(failed.value.reason)


def test_a_server_with_too_many_guests(running: Running) -> None:
    running.script.answers["USER"] = "421 Too many connections (8) from this IP"
    with pytest.raises(FarFailed) as failed:
        running.offered.open("")
    assert failed.value.why is Why.AWAY
    assert "Too many" in str(failed.value.reason)


def test_a_server_that_wants_tls_says_so(running: Running) -> None:
    """As FileZilla and vsftpd do to whom comes without."""
    running.script.answers["USER"] = "503 Use AUTH first."
    with pytest.raises(FarFailed) as failed:
        running.offered.open("")
    assert "Use AUTH first" in str(failed.value.reason)
    assert "PASS" not in running.script.seen
