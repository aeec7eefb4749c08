"""Where the archive keeps what, and what it says when something of it is gone (PROTOCOL R9)."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from converter.exchange import archive
from converter.exchange.archive import Archive, Kept, Record
from converter.exchange.readings import Readings
from converter.folder import durable
from converter.problems import Said, Stopped
from converter.problems import catalogue as say
from tests.exchange.conftest import Make
from tests.exchange.world import World
from tests.mapping.book import crm_invoice

AT = datetime(2026, 2, 11, 8)
BASE = Record(1, AT, "crm", "1.19")


def stopped(action: Any, *arguments: Any) -> tuple[str, dict[str, object]]:
    """Why something stops."""
    with pytest.raises(Stopped) as caught:
        action(*arguments)
    problem = caught.value.problem
    return problem.kind.id, dict(problem.details)


@pytest.mark.parametrize("apart", [False, True], ids=["with each base", "apart"])
def test_every_folder_that_is_made_is_durable_in_its_own(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, apart: bool
) -> None:
    """Else power that is lost takes along all that lies in it."""
    place = tmp_path / "kept"
    place.mkdir()
    world = make(archive=place) if apart else make()
    before = {path for path in tmp_path.rglob("*") if path.is_dir()}
    made: set[Path] = set()

    def synced(folder: Path) -> None:
        made.update(path for path in folder.iterdir() if path.is_dir())

    for module in (archive, durable):
        monkeypatch.setattr(module, "sync_folder", synced)
    world.crm.send(crm_invoice())
    world.run()
    new = {path for path in tmp_path.rglob("*") if path.is_dir() and path not in before}
    assert len(new) > 5
    assert new <= made


def test_messages_and_records_lie_with_each_base(world: World) -> None:
    world.crm.send(crm_invoice())
    world.run()
    archives = {base.side: base.folder / "archive" for base in (world.crm, world.bp)}
    found = {
        side: sorted(str(each.relative_to(path)) for each in path.rglob("*") if each.is_file())
        for side, path in archives.items()
    }
    records = ["passes/000000/000000001.json", "passes/000000/000000002.json"]
    assert found == {
        "crm": ["2026-02-11/000002-in-000001.xml", "2026-02-11/000002-out-000001.xml", *records],
        "bp": ["2026-02-11/000002-out-000001.xml", *records],
    }
    archive = Archive(world.link)
    record = archive.read(2)
    inside, written = record.taken[0], {each.side: each for each in record.written}
    assert (inside.side, inside.number, inside.file, inside.name) == (
        "crm", 1, "2026-02-11/000002-in-000001.xml", "Message_CRM_BP.xml",
    )  # fmt: skip
    assert archive.path(inside) == archives["crm"] / inside.file
    assert written["bp"].file == "2026-02-11/000002-out-000001.xml"
    assert (written["bp"].name, record.number, record.at, record.conflicts, record.version) == (
        "", 2, world.now, "crm", "1.19",
    )  # fmt: skip
    assert (record.command, record.facts, record.aside) == (None, {}, ())
    begun = archive.read(1)
    assert begun == Record(
        1, world.now, "crm", "1.19", command={"name": "begin"}, facts=begun.facts
    )
    assert begun.facts == {side: world.row(side).guid for side in ("crm", "bp")}


def test_an_archive_of_its_own_holds_both(make: Make, tmp_path: Path) -> None:
    place = tmp_path / "kept"
    place.mkdir()
    world = make(archive=place)
    world.crm.send(crm_invoice())
    world.run()
    assert sorted(str(each.relative_to(place)) for each in place.rglob("*.*")) == [
        "bp/2026-02-11/000002-out-000001.xml",
        "crm/2026-02-11/000002-in-000001.xml",
        "crm/2026-02-11/000002-out-000001.xml",
        "passes/000000/000000001.json",
        "passes/000000/000000002.json",
    ]
    assert not (world.crm.folder / "archive").exists()
    world.close()
    world.database.unlink()
    assert world.exchange().recover(rebuild=True) == 1
    place.rename(tmp_path / "away")
    world.crm.send()
    assert stopped(world.run) == ("FOLDER_MISSING", {"folder": place})


def test_records_go_into_a_new_folder_after_a_thousand(world: World) -> None:
    archive = Archive(world.link)
    world.run()
    for number in (999, 1000, 2345):
        assert archive.write(replace(BASE, number=number)) == []
    passes = world.bp.folder / "archive" / "passes"
    assert sorted(str(each.relative_to(passes)) for each in passes.rglob("*.json")) == [
        "000000/000000001.json", "000000/000000999.json", "000001/000001000.json",
        "000002/000002345.json",
    ]  # fmt: skip
    assert archive.last() == 2345
    assert [archive.has(number) for number in (999, 1000, 1001)] == [True, True, False]
    assert [each.number for each in archive.above(998, whole=False)] == [999, 1000]
    place = str(world.crm.folder / "archive" / "passes")
    assert stopped(list, archive.above(998)) == ("ARCHIVE_GAP", {"archive": place, "missing": 1001})
    assert list(archive.above(2345)) == []
    for name in ("notes.json", "x.txt"):
        (passes / "000002" / name).write_text("x")
    (passes / "000003").mkdir()
    (passes / "9").write_text("no folder")
    assert archive.last() == 2345


def test_what_is_gone_or_broken_is_named(world: World) -> None:
    world.crm.send(crm_invoice())
    world.run()
    archive = Archive(world.link)
    kept = archive.read(2).taken[0]
    path = archive.path(kept)
    path.unlink()
    reason = Said("файла нет", "it is not there")
    gone = ("ARCHIVE_DAMAGED", {"entry": str(path), "reason": reason})
    assert stopped(archive.path, kept) == gone
    records = [each / "000000" / "000000002.json" for each in archive.records]
    records[1].unlink()
    records[0].write_text("{")
    id, details = stopped(archive.read, 2)
    assert (id, details["entry"]) == ("ARCHIVE_DAMAGED", str(records[0]))
    assert "truncated" in str(details["reason"])
    records[0].unlink()
    id, details = stopped(archive.read, 2)
    assert (id, details["entry"]) == ("ARCHIVE_DAMAGED", str(records[0]))
    assert "000000002.json" in str(details["reason"])


def test_one_place_of_the_two_is_enough_for_a_record(world: World) -> None:
    world.run()
    archive = Archive(world.link)
    world.bp.folder.rename(world.root / "away")
    ((folder, problem),) = archive.write(replace(BASE, number=2))
    assert (folder, problem.kind.id) == (archive.records[1], say.FOLDER_MISSING.id)
    assert archive.read(2) == replace(BASE, number=2)
    assert archive.last() == 2
    world.crm.folder.rename(world.root / "away too")
    id, details = stopped(archive.write, replace(BASE, number=3))
    assert (id, details["folder"]) == ("FOLDER_MISSING", archive.records[0])


def test_a_side_whose_folder_is_away_has_no_archive(world: World) -> None:
    archive = Archive(world.link)
    assert archive.prepare("crm") == world.crm.folder / "archive"
    assert archive.prepare("crm").is_dir()
    (archive.prepare("crm") / "2026-02-11").write_text("no folder")
    assert stopped(archive.place, "crm", "in", 1, 1, AT, ".xml")[1]["folder"] == archive.of("crm")
    world.crm.folder.rename(world.root / "away")
    where = {"folder": world.crm.folder}
    assert stopped(archive.prepare, "crm") == ("FOLDER_MISSING", where)
    assert stopped(archive.place, "crm", "in", 1, 1, AT, ".xml") == ("FOLDER_MISSING", where)


def test_a_record_reads_as_it_was_written() -> None:
    kept = Kept("crm", 1, "a", "b", "c")
    record = Record(
        7, AT, "bp", "1.8", (kept,), (kept,), ({"side": "crm"},), {"name": "x"}, {"y": "z"}
    )
    assert msgspec.json.decode(msgspec.json.encode(record), type=Record) == record
    early = msgspec.json.decode(b'{"number":7,"at":"2026-02-11T08:00:00","conflicts":"bp","version":"1.8"}', type=Record)  # fmt: skip
    assert early == Record(7, AT, "bp", "1.8")


# -- how often a reading began -------------------------------------------------------------------

ONE, TWO = "1" * 64, "1" * 31 + "2" * 33


def test_readings_are_counted_by_content(tmp_path: Path) -> None:
    readings = Readings(tmp_path)
    assert [readings.begin(ONE), readings.begin(ONE), readings.begin(TWO)] == [0, 1, 0]
    assert [readings.count(ONE), readings.count(TWO)] == [2, 1]
    with readings.reading(ONE):
        assert readings.count(ONE) == 3
    assert readings.count(ONE) == 2
    assert sorted(each.name for each in tmp_path.iterdir()) == [
        f".reading-{'1' * 32}-1", f".reading-{'1' * 32}-2", f".reading-{'1' * 31}2-1",
    ]  # fmt: skip
    readings.end(ONE)
    assert [readings.count(ONE), readings.count(TWO)] == [0, 1]
    (tmp_path / "other").touch()
    readings.end_others(())
    assert [each.name for each in tmp_path.iterdir()] == ["other"]
    away = Readings(tmp_path / "away")
    away.end_others({ONE})
    assert away.count(ONE) == 0
    assert stopped(away.begin, ONE)[0] == "FOLDER_MISSING"
