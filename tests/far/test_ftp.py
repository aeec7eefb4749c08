"""FTP servers of several sorts, and how they refuse; cuts are in tests/faults/test_ftp_cuts.py."""

from __future__ import annotations

import io
import socket
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from converter.far.ftp import connect
from converter.far.opening import Credentials
from converter.far.transport import MOST, FarFailed, Why
from tests.far.conftest import Make
from tests.far.cuts import names, passing
from tests.far.ftpd import VARIABLE, Running, ftp
from tests.far.world import FarWorld, story
from tests.mapping.book import crm_invoice, guid

# -- refusals ------------------------------------------------------------------------------------------


def away(world: FarWorld) -> dict[str, str]:
    """A pass; what it says of each side."""
    return {side: problem.kind.id for side, problem in world.run().away}


def test_a_disk_that_fills_up_while_much_is_sent_is_told(running: Running) -> None:
    """The connection breaks off, and only the last answer says why."""
    running.script.full = "552 Кончилось место"
    opened = running.offered.open("")
    with pytest.raises(FarFailed) as failed:
        opened.write("a.xml", io.BytesIO(b"x" * 20_000_000))
    opened.close()
    assert failed.value.why is Why.FULL


@pytest.mark.parametrize("answer", ["550 Permission denied.", "450 Busy"])
def test_a_file_that_may_not_be_removed_is_told(answer: str, running: Running) -> None:
    (running.offered.root / "a.xml").write_bytes(b"12")
    running.script.answers["DELE"] = answer
    opened = running.offered.open("")
    if answer.startswith("550"):
        opened.remove("nowhere.xml")  # one that is not there is no failure
    with pytest.raises(FarFailed):
        opened.remove("a.xml")
    opened.close()


def test_a_wrong_password_is_told(running: Running, make: Make) -> None:
    world = make(running.offered, sides=("bp",))
    world.run()
    world.environment[VARIABLE] = "another"
    world.crm.send(crm_invoice())
    report = world.run()
    assert [(side, each.kind.id) for side, each in report.away] == [("bp", "FOLDER_LOGIN")]
    assert [each.number for each in report.taken] == [1], "the other side goes on"
    for lang in ("ru", "en"):
        assert "another" not in report.away[0][1].what(lang)
    world.environment[VARIABLE] = running.offered.environment[VARIABLE]
    passing(world)
    assert world.bp.read().number == 1


def test_a_read_only_server_is_told_and_still_read(root: Path, make: Make) -> None:
    with ftp(root, rights="elr") as running:
        world = make(running.offered)
        world.crm.send(crm_invoice())
        report = world.run()
        assert [each.number for each in report.taken] == [1]
        assert {each.kind.id for _, each in report.away} == {"FOLDER_REFUSED"}


def test_a_folder_that_is_not_there_is_told(running: Running, make: Make) -> None:
    world = make(running.offered, sides=("bp",))
    world.run()
    world.bp.folder.rmdir()
    assert away(world) == {"bp": "FOLDER_ABSENT"}
    assert not world.bp.folder.exists()


def test_a_server_that_is_away_and_comes_back(root: Path, make: Make) -> None:
    with ftp(root) as running:
        world = make(running.offered)
        story(world, lambda: passing(world))
    world.crm.send(crm_invoice(guid(7), "СЧ-7"))
    assert away(world) == {"crm": "FOLDER_AWAY", "bp": "FOLDER_AWAY"}
    with ftp(root) as again:
        world.server = world.server._replace(address=again.offered.address)
        for side in ("crm", "bp"):
            one = replace(world.link.of(side), far=again.offered.address(side))
            world.link = replace(world.link, **{side: one})
        passing(world)
        assert world.bp.read().number == world.row("bp").sent
    assert world.row("crm").received == world.crm.sent


def test_a_server_that_is_silent_is_left(running: Running) -> None:
    """It takes the connection and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = replace(running.offered.address(""), port=silent.getsockname()[1])
        with pytest.raises(FarFailed) as failed:
            connect(address, Credentials(b"p"), timeout=0.2)
        assert failed.value.why is Why.AWAY


# -- names ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "options",
    [
        {"encoding": "utf-8"},
        {"encoding": "utf-8", "mlsd": False},
        {"encoding": "cp1251"},
        {"encoding": "cp1251", "mlsd": False},
        {"iis": True},
    ],
    ids=["utf-8", "utf-8-old", "cp1251", "cp1251-old", "iis"],
)
def test_cyrillic_names(options: dict[str, Any], root: Path, make: Make) -> None:
    with ftp(root, **options) as running:
        world = make(running.offered, codes=("НФ", "ДЗ"))
        story(world, lambda: passing(world))
        assert names(world.bp.folder) == {"Message_НФ_ДЗ.xml", "Message_ДЗ_НФ.xml"}


@pytest.mark.parametrize("encoding", ["utf-8", "cp1251"])
def test_a_folder_with_a_cyrillic_name(encoding: str, root: Path) -> None:
    (root / "Обмен").mkdir()
    (root / "Обмен" / "a.xml").write_bytes(b"12")
    with ftp(root, encoding=encoding) as running:
        opened = running.offered.open("Обмен")
        assert [(each.name, each.size) for each in opened.entries(lambda name: True)] == [
            ("a.xml", 2)
        ]
        opened.close()


def test_an_empty_folder_is_one_where_nlst_refuses_it(root: Path) -> None:
    with ftp(root, mlsd=False) as running:
        opened = running.offered.open("")
        assert opened.entries(lambda name: True) == []
        opened.close()


@pytest.mark.parametrize("mlsd", [True, False])
def test_a_listing_without_end_is_given_up(root: Path, mlsd: bool) -> None:
    with ftp(root, crowd=MOST + 1, mlsd=mlsd) as running:
        opened = running.offered.open("")
        with pytest.raises(FarFailed) as failed:
            opened.entries(lambda name: True)
        opened.close()
    assert failed.value.why is Why.OTHER
    assert str(MOST) in getattr(failed.value.reason, "en", "")
