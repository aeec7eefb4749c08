"""Files: half-written, broken, foreign, zipped, several, poisonous (SPEC §5, §6)."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from functools import partial

import pytest

from converter.exchange import gathering
from converter.folder.inbox import take_copy
from tests.exchange.conftest import Make
from tests.exchange.world import BOOK, World, listing
from tests.mapping.book import crm_invoice
from tests.messages import guid, header, message


def packed(data: bytes, inner: str = "Message_CRM_BP.xml") -> bytes:
    """A message in a zip."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(inner, data)
    return out.getvalue()


def set_aside(world: World, problem: str, side: str = "crm") -> str:
    """What was rejected just now lies there with a report; returns the report."""
    base = getattr(world, side)
    assert base.rejected() == [base.name, f"{base.name}.txt"]
    assert not (base.folder / base.name).exists()
    (report,) = base.reports()
    assert problem in report
    assert "→" in report
    return str(report)


def test_a_half_written_file_is_left_until_it_is_whole(world: World) -> None:
    data = world.crm.compose(crm_invoice())
    path = world.crm.put(data[: len(data) // 2])
    report = world.run()
    assert (report.status, report.taken, report.aside) == (0, [], [])
    world.tick(50)
    assert world.run().status == 0
    path.write_bytes(data[: len(data) * 3 // 4])
    world.tick(50)
    assert world.run().status == 0  # it has changed
    path.write_bytes(data)
    report = world.run()
    assert [each.number for each in report.taken] == [1]
    assert world.crm.rejected() == []


@pytest.mark.parametrize("cut", [1, 40, 300, 900, -3])
def test_one_that_stays_broken_is_rejected_after_settle(world: World, cut: int) -> None:
    data = world.crm.compose(crm_invoice())
    world.crm.put(data[:cut])
    assert world.run().status == 0
    world.tick(58)
    assert world.run().status == 0
    world.tick(3)
    report = world.run()
    assert report.status == 1
    assert world.row("crm").received == 0
    set_aside(world, report.aside[0].problem.kind.id)
    world.crm.put(data)
    assert [each.number for each in world.run().taken] == [1]


def test_settle_zero_rejects_at_once(make: Make) -> None:
    world = make(settle=0)
    world.crm.put(world.crm.compose(crm_invoice())[:-20])
    assert world.run().status == 1
    set_aside(world, "XML_CUT")


def test_the_report_says_where_and_what_to_do(make: Make) -> None:
    world = make(settle=0)
    world.crm.put(world.crm.compose(crm_invoice()).replace(b"</Body>", b"</Bady>"))
    world.run()
    report = set_aside(world, "XML_BROKEN")
    assert "Message_CRM_BP.xml:5" in report
    assert "столб" in report or "позици" in report or "знак" in report


def test_empty_files_are_passed_over(world: World) -> None:
    world.crm.put(b"")
    world.tick(600)
    for _ in range(3):
        assert not world.run().did_something
        world.tick(600)
    assert (world.crm.folder / world.crm.name).is_file()


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"<?xml version='1.0'?><html/>", "NOT_A_MESSAGE"),
        (message("", header("urn:other:1.0"), "urn:other:1.0").encode(), "FORMAT_UNKNOWN"),
        (("<!DOCTYPE Message>" + message("", header())).encode(), "XML_DTD"),
        (message("", header(format="x")).encode(), "FORMAT_"),
    ],
)
def test_what_is_no_message_is_rejected_at_once(world: World, data: bytes, problem: str) -> None:
    world.crm.put(data)
    assert world.run().status == 1
    set_aside(world, problem)
    assert world.row("crm").received == 0


def test_the_other_sides_format_is_rejected(world: World) -> None:
    world.crm.send(BOOK.invoice(), format=BOOK.namespace)
    data = (world.crm.folder / world.crm.name).read_bytes()
    world.crm.put(data.replace(b'<Body xmlns="urn:enterprisedata-converter:crm:1.0">',
                               f'<Body xmlns="{BOOK.namespace}">'.encode()))  # fmt: skip
    assert world.run().status == 1
    set_aside(world, "FORMAT_OF_OTHER_SIDE")


def test_the_other_sides_format_without_a_body_is_rejected_too(world: World) -> None:
    world.crm.send(body=False, format=BOOK.namespace)
    assert world.run().status == 1


def test_nothing_of_a_message_that_breaks_late_is_applied(make: Make) -> None:
    world = make(settle=0)
    data = world.crm.compose(crm_invoice(), crm_invoice(guid(2), "СЧ-2"))
    world.crm.put(data.replace(b"</Body></Message>", b"<x></Body></Message>"))
    assert world.run().status == 1
    assert world.bp.look() is None
    assert world.row("crm").received == 0
    world.crm.put(data)
    world.run()
    assert world.bp.read().number == 1


def test_a_taken_file_stays_and_is_copied_to_the_archive(world: World) -> None:
    data = world.crm.send(crm_invoice())
    path = world.crm.folder / world.crm.name
    before = listing(path)
    world.run()
    assert listing(path) == before
    kept = list((world.crm.folder / "archive").rglob("*.xml"))
    assert data in [each.read_bytes() for each in kept]
    ours = [each.read_bytes() for each in (world.bp.folder / "archive").rglob("*.xml")]
    assert world.bp.ours().read_bytes() in ours
    assert "2026-02-11" in str(kept[0])


# -- zips and names ------------------------------------------------------------------------------


def test_a_zip_is_answered_by_a_zip(world: World) -> None:
    data = world.crm.compose(crm_invoice())
    world.crm.put(packed(data), "Message_CRM_BP.zip")
    world.run()
    letter = world.crm.look()
    assert letter is not None
    assert letter.name == "Message_BP_CRM.zip"
    with zipfile.ZipFile(io.BytesIO(letter.data)) as archive:
        assert archive.namelist() == ["Message_BP_CRM.xml"]
    assert world.bp.ours().name == "Message_CRM_BP.xml"  # BP has written none


def test_from_xml_to_zip_only_one_file_of_ours_is_left(world: World) -> None:
    world.crm.send(crm_invoice())
    world.run()
    (world.crm.folder / world.crm.name).unlink()
    data = world.crm.compose(crm_invoice(guid(2), "СЧ-2"))
    world.crm.put(packed(data), "Message_CRM_BP.zip")
    world.run()
    assert world.crm.ours().name == "Message_BP_CRM.zip"
    data = world.crm.compose(crm_invoice(guid(3), "СЧ-3"))
    world.crm.put(data)
    world.run()
    assert world.crm.ours().name == "Message_BP_CRM.xml"


@pytest.mark.parametrize("files", ["xml", "zip"])
def test_the_setting_says_how_files_are_written(make: Make, files: str) -> None:
    world = make(bp={"files": files}, crm={"files": files})
    world.crm.send(crm_invoice())
    world.run()
    assert world.bp.ours().suffix == world.crm.ours().suffix == f".{files}"
    assert world.bp.read().number == 1


def test_a_large_zip_is_rejected(world: World) -> None:
    data = world.crm.compose(crm_invoice())
    world.crm.put(
        packed(data.replace(b"<Body", b" " * (64 << 20) + b"<Body")), "Message_CRM_BP.zip"
    )
    assert world.run().status == 1
    assert world.crm.rejected() == ["Message_CRM_BP.zip", "Message_CRM_BP.zip.txt"]


def test_a_large_file_is_rejected_unread(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Twice, one after the other: neither is taken for the other."""
    data = world.crm.compose(crm_invoice())
    monkeypatch.setattr(gathering, "take_copy", partial(take_copy, limit=len(data)))
    for number in (1, 2):
        path = world.crm.put(data + b"\n" * number)
        (aside,) = world.run().aside
        assert (aside.file, aside.problem.kind.id) == (world.crm.name, "FILE_TOO_LARGE")
        assert dict(aside.problem.details) == {"size": len(data) + number, "limit": len(data)}
        assert not path.exists()
    world.crm.put(data)
    assert [each.number for each in world.run().taken] == [1]


def test_an_infobase_prefix_may_stand_in_the_name(world: World) -> None:
    world.bp.send(name="MessageЦБ_BP_CRM.xml")
    world.run()
    assert world.row("bp").received == 1


def test_several_files_are_judged_by_number_not_by_time(world: World) -> None:
    first = world.crm.compose(crm_invoice())
    second = world.crm.compose(crm_invoice(guid(2), "СЧ-2"))
    world.crm.put(second, "MessageA_CRM_BP.xml")
    world.crm.put(packed(first), "Message_CRM_BP.zip")
    report = world.run()
    assert [each.number for each in report.taken] == [1, 2]
    assert report.status == 0
    assert len(world.bp.read().all("Документ.ЗаказКлиента")) == 2
    assert not world.run().did_something


@pytest.mark.parametrize(
    ("transliterate", "names"),
    [
        (True, ("Message_DZ_NF.xml", "Message_NF_DZ.xml")),
        (False, ("Message_ДЗ_НФ.xml", "Message_НФ_ДЗ.xml")),
    ],
)
def test_transliteration(make: Make, transliterate: bool, names: tuple[str, str]) -> None:
    world = make(codes=("НФ", "ДЗ"), transliterate=transliterate)
    world.crm.send(crm_invoice(), name="Message_NF_DZ.xml")
    world.run()
    assert (world.crm.folder / names[0]).is_file()
    assert (world.bp.folder / names[1]).is_file()


def test_towards_bp_a_message_begins_with_a_bom(world: World) -> None:
    world.crm.send(crm_invoice())
    world.run()
    assert world.bp.ours().read_bytes().startswith(b"\xef\xbb\xbf<?xml")


def test_a_bom_in_what_a_base_writes(world: World) -> None:
    world.crm.put(b"\xef\xbb\xbf" + world.crm.compose(crm_invoice()))
    assert world.run().status == 0
    assert world.row("crm").received == 1


def test_nothing_but_ours_and_its_subfolders_appears(world: World) -> None:
    world.crm.send(crm_invoice())
    world.run()
    names = {each.name for each in world.crm.folder.iterdir()}
    assert names <= {"Message_CRM_BP.xml", "Message_BP_CRM.xml", "archive", "rejected"}


# -- poison and folders --------------------------------------------------------------------------


class Death(BaseException):
    """The process dies."""


def die_at(place: str):  # type: ignore[no-untyped-def]
    """A checkpoint that dies at a place."""

    def checkpoint(name: str) -> None:
        if name == place:
            raise Death

    return checkpoint


def test_poison_is_set_aside_after_three_attempts(world: World) -> None:
    world.crm.send(crm_invoice())
    for _ in range(3):
        with pytest.raises(Death):
            world.run(die_at("decided"))
        world.close()
        assert world.crm.rejected() == []
    report = world.run()
    assert report.status == 1
    set_aside(world, "POISON")
    world.crm.send(crm_invoice())  # other bytes
    assert world.run().status == 0


def test_an_orderly_end_clears_the_count(world: World) -> None:
    world.crm.send(crm_invoice())
    for _ in range(2):
        with pytest.raises(Death):
            world.run(die_at("decided"))
        world.close()
    with pytest.raises(KeyboardInterrupt):
        world.run(_interrupt)
    for _ in range(2):
        with pytest.raises(Death):
            world.run(die_at("decided"))
        world.close()
    assert [each.number for each in world.run().taken] == [1]


def _interrupt(name: str) -> None:
    if name == "decided":
        raise KeyboardInterrupt


def test_poison_takes_no_innocent_file_with_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from converter.exchange.from_crm import FromCrm

    whole = FromCrm.take

    def take(self: FromCrm, element: object, *rest: object, **more: object) -> bool:
        raise Death

    world.crm.send(crm_invoice())
    world.bp.send()
    monkeypatch.setattr(FromCrm, "take", take)
    for _ in range(3):
        with pytest.raises(Death):
            world.run()
        world.close()
    report = world.run()
    monkeypatch.setattr(FromCrm, "take", whole)
    assert world.crm.rejected() == [world.crm.name, f"{world.crm.name}.txt"]
    assert [each.side for each in report.taken] == ["bp"]
    assert world.bp.rejected() == []


def received(world: World) -> None:
    world.bp.send()


def sent(world: World) -> None:
    world.crm.send(crm_invoice())


def greeted(world: World) -> None:
    world.bp.greet(guid=guid(900))


@pytest.mark.parametrize("begun", [received, sent, greeted, None])
def test_a_folder_without_its_archive_is_a_mount_point_that_is_bare(
    world: World, begun: Callable[[World], None] | None
) -> None:
    """Nothing is looked for in one, once the base has exchanged; nor is anything made there."""
    world.run()
    if begun is not None:
        begun(world)
        world.run()
    world.bp.folder.rename(world.root / "share")
    world.bp.folder.mkdir()
    away = [(side, each.kind.id) for side, each in world.run().away]
    assert away == ([("bp", "FOLDER_BARE")] if begun is not None else [])
    assert list(world.bp.folder.iterdir()) == []


def test_a_missing_folder_of_the_crm_leaves_bp_going(world: World) -> None:
    world.run()
    world.crm.folder.rename(world.root / "away")
    world.bp.send(BOOK.payment())
    report = world.run()
    assert ([side for side, _ in report.away], report.status) == (["crm"], 3)
    assert world.bp.read().received == 1


def test_a_missing_folder_leaves_the_other_side_going(world: World) -> None:
    world.crm.send(crm_invoice())
    world.bp.folder.rename(world.root / "away")
    report = world.run()
    assert report.status == 3
    assert [each.side for each in report.taken] == ["crm"]
    assert not world.bp.folder.exists()
    (world.root / "away").rename(world.bp.folder)
    assert world.run().status == 0
    assert world.bp.read().number == 1
