"""Passes that were cut off: marks, alarms, what lies in the archive (docs/recovery.md)."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from converter.exchange.archive import Archive
from converter.exchange.readings import ATTEMPTS, Readings
from converter.problems import Said
from tests.exchange.test_files import Death, die_at
from tests.exchange.world import World
from tests.mapping.book import crm_invoice

DIGEST = "1" * 64


def alarming(world: World) -> None:
    """The CRM has written another message under a number that was taken."""
    world.crm.send(crm_invoice())
    world.run()
    world.crm.send(crm_invoice(total="400"), message_no=1)


def cut_off(world: World, place: str) -> None:
    """A pass dies at a place."""
    with pytest.raises(Death):
        world.run(die_at(place))
    world.close()


def rejected(world: World) -> int:
    """How many files were rejected so far."""
    with world.state().read() as connection:
        from converter.state.bases import Bases

        link = Bases(connection, world.link.name).link()
    assert link is not None
    return link.rejected


def test_an_alarm_whose_pass_was_not_committed_is_done_again_as_a_whole(world: World) -> None:
    alarming(world)
    cut_off(world, "archived")
    report = world.run()
    assert report.status == 1
    assert [each.problem.kind.id for each in report.aside] == ["NUMBER_REUSED"]
    assert world.crm.rejected() == [world.crm.name, f"{world.crm.name}.txt"]
    assert not (world.crm.folder / world.crm.name).exists()
    assert len(world.journal("alarm")) == rejected(world) == 1
    assert not world.run().did_something


def test_an_alarm_done_again_leaves_a_newer_file_alone(world: World) -> None:
    alarming(world)
    cut_off(world, "archived")
    newer = world.crm.send(crm_invoice(total="500"))
    assert world.run().status == 1
    assert (world.crm.folder / world.crm.name).read_bytes() == newer
    assert world.crm.rejected() == []
    assert world.row("crm").alarm is not None


@pytest.mark.parametrize("place", ["archived", "committed"])
def test_what_was_refused_is_moved_when_its_folder_is_back(world: World, place: str) -> None:
    alarming(world)
    cut_off(world, place)
    world.crm.folder.rename(world.root / "away")
    world.run()
    (world.root / "away").rename(world.crm.folder)
    world.run()
    assert world.crm.rejected() == [world.crm.name, f"{world.crm.name}.txt"]
    assert not (world.crm.folder / world.crm.name).exists()
    assert len(world.journal("alarm")) == rejected(world) == 1


def test_alarms_of_several_passes_that_are_done_again_are_all_told(world: World) -> None:
    world.crm.send(crm_invoice())
    world.run()
    world.close()
    backup = world.database.read_bytes()
    for base in (world.crm, world.bp):
        base.send(received_no=99)
        assert world.run().status == 1
    world.close()
    world.database.write_bytes(backup)
    exchange = world.exchange()
    report = exchange.run()
    assert [(each.side, each.problem.kind.id) for each in report.aside] == [
        ("crm", "ACK_UNKNOWN"), ("bp", "ACK_UNKNOWN"),
    ]  # fmt: skip
    assert [each.kind.id for each in report.problems] == ["ACK_UNKNOWN"] * 2
    assert not exchange.run().did_something


def test_an_alarm_that_was_ended_since_is_not_told_again(world: World) -> None:
    world.crm.send(crm_invoice())
    world.run()
    world.close()
    backup = world.database.read_bytes()
    world.crm.send(crm_invoice(total="400"), message_no=1)
    assert world.run().status == 1
    world.exchange().command("restored", side="crm", sent=1, received=0, agreed=True)
    world.run()
    world.close()
    world.database.write_bytes(backup)
    assert world.run().status == 0
    assert world.row("crm").alarm is None
    assert len(world.crm.rejected()) == 2


@pytest.mark.parametrize("midnight", [False, True])
def test_no_message_stays_in_the_archive_that_no_record_names(world: World, midnight: bool) -> None:
    world.crm.send(crm_invoice())
    cut_off(world, "kept")
    assert _archived(world.crm.folder)
    world.tick(24 * 3600 if midnight else 1)
    world.run()
    assert _archived(world.crm.folder) == ["000002-in-000001.xml", "000002-out-000001.xml"]


def test_what_a_record_in_a_place_that_is_away_may_name_stays(world: World) -> None:
    world.crm.send(crm_invoice())
    cut_off(world, "kept")
    world.tick(24 * 3600)
    world.bp.folder.rename(world.root / "away")
    world.run()
    assert _archived(world.crm.folder).count("000002-in-000001.xml") == 2


def _archived(folder: Path) -> list[str]:
    return sorted(each.name for each in (folder / "archive").rglob("*.xml"))


@pytest.mark.parametrize("side", ["crm", "bp"])
def test_a_record_that_went_to_one_place_is_told_calmly(world: World, side: str) -> None:
    world.run()
    folder = getattr(world, side).folder / "archive" / "passes"
    folder.rename(folder.with_name("moved"))
    folder.write_text("no folder")
    world.crm.send(crm_invoice())
    report = world.run()
    assert report.status == 0
    (problem,) = report.problems
    details = dict(problem.details)
    reason = details["reason"]
    assert (problem.kind.id, details["folder"]) == ("RECORD_ONCE", folder)
    assert isinstance(reason, Said)
    assert "папк" in reason.ru and "folder" in reason.en and str(folder) in reason.en


def test_a_folder_that_is_away_is_told_once(world: World) -> None:
    world.run()
    world.bp.folder.rename(world.root / "away")
    world.crm.send(crm_invoice())
    report = world.run()
    assert report.status == 3
    assert report.problems == []


@pytest.mark.parametrize("side", ["crm", "bp"])
def test_of_two_records_of_a_number_the_later_one_stands(world: World, side: str) -> None:
    world.crm.send(crm_invoice())
    world.run()
    archive = Archive(world.link)
    committed = archive.read(2)
    (path,) = (getattr(world, side).folder / "archive" / "passes").rglob("*2.json")
    cut = replace(committed, at=committed.at - timedelta(hours=1), taken=(), written=())
    path.write_bytes(msgspec.json.encode(cut))
    assert archive.read(2) == committed


def test_marks_of_what_is_not_read_now_go(tmp_path: Path) -> None:
    readings = Readings(tmp_path)
    for digest in (DIGEST, "2" * 64):
        for _ in range(ATTEMPTS):
            readings.begin(digest)
    readings.end_others({DIGEST})
    assert [readings.count(each) for each in (DIGEST, "2" * 64)] == [ATTEMPTS, 0]
    assert len(list(tmp_path.iterdir())) == ATTEMPTS


def test_removing_marks_may_be_cut_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    readings = Readings(tmp_path)
    for _ in range(ATTEMPTS):
        readings.begin(DIGEST)
    unlink = Path.unlink

    def dying(path: Path, missing_ok: bool = False) -> None:
        unlink(path, missing_ok)
        raise Death

    monkeypatch.setattr(Path, "unlink", dying)
    with pytest.raises(Death):
        readings.end(DIGEST)
    assert readings.count(DIGEST) == ATTEMPTS - 1
