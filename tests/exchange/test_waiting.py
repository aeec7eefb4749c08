"""Files that are waited for, set aside and swept, to the second and to the byte (SPEC §5, §6)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from converter.exchange.report import SetAside, Taken
from converter.problems import Problem
from converter.state.files import Files, Rejections, Seen
from tests.exchange.conftest import Make
from tests.exchange.test_files import Death, die_at
from tests.exchange.world import BOOK, World, listing, state_of
from tests.mapping.book import crm_invoice
from tests.messages import guid


def seen(world: World, side: str = "crm") -> dict[str, Seen]:
    """What is known of the files of a side."""
    with world.state().read() as connection:
        return Files(connection, "main", side).all()


def left(world: World) -> list[str]:
    """Temporary files and marks that lie anywhere."""
    names = (".converter-*", ".reading-*")
    return [each.name for name in names for each in world.root.rglob(name)]


def said(problem: Problem, lang: str) -> list[str]:
    """What is wrong and what to do, as it stands in a report."""
    return [problem.what(lang), f"→ {problem.cure(lang)}", ""]


def test_a_half_written_file_is_waited_for_to_the_second(world: World) -> None:
    data = world.crm.compose(crm_invoice())
    world.crm.put(data[:500])
    report = world.run()
    first = world.now
    waiting = [("crm", world.crm.name)]
    assert (report.waiting, report.aside, report.taken) == (waiting, [], [])
    file = seen(world)[world.crm.name]
    assert (file.verdict, file.since, file.report, file.aside) == ("unfinished", first, None, None)
    world.now = first + timedelta(seconds=58)
    assert world.run().waiting == waiting
    assert seen(world)[world.crm.name].since == first
    report = world.run()  # the sixtieth
    assert (report.waiting, [each.file for each in report.aside]) == ([], [world.crm.name])
    assert left(world) == []


@pytest.mark.parametrize(
    "data", [b"<?xml version='1.0'?>", b"<?xml version='1.0'?>\n<!-- -->\n", b" "]
)
def test_one_that_has_no_root_yet_is_waited_for_too(world: World, data: bytes) -> None:
    world.crm.put(data)
    assert world.run().waiting == [("crm", world.crm.name)]
    world.tick(60)
    assert [each.file for each in world.run().aside] == [world.crm.name]


def test_a_clock_that_is_set_back_begins_the_wait_anew(world: World) -> None:
    world.crm.put(world.crm.compose(crm_invoice())[:500])
    world.run()
    world.now -= timedelta(hours=1)
    world.run()
    again = world.now
    assert seen(world)[world.crm.name].since == again
    world.now = again + timedelta(seconds=58)
    assert world.run().aside == []
    assert len(world.run().aside) == 1


def test_a_file_that_grows_is_waited_for_from_its_last_change(world: World) -> None:
    data = world.crm.compose(crm_invoice())
    for size in (300, 500, 700):
        world.crm.put(data[:size])
        world.tick(59)
        assert world.run().aside == []
        assert seen(world)[world.crm.name].since == world.now
    world.tick(58)
    assert world.run().aside == []
    assert len(world.run().aside) == 1


def test_the_report_beside_a_file_in_full(make: Make) -> None:
    world = make(settle=0)
    data = world.crm.compose(crm_invoice()).replace(b"</Body>", b"</Bady>")
    world.crm.put(data)
    (aside,) = world.run().aside
    (text,) = world.crm.reports()
    moment = f"{world.now:%Y-%m-%d %H:%M:%S} UTC"
    problem = aside.problem
    assert problem.where.line == 5
    place = f"{world.crm.name}:5"
    assert text.splitlines() == [
        moment, place, "[XML_BROKEN]", "", *said(problem, "ru"), *said(problem, "en")[:2],
    ]  # fmt: skip
    (kept,) = (world.crm.folder / "rejected").glob("*.xml")
    assert kept.name == f"{world.now:%Y%m%d-%H%M%S} {world.crm.name}"
    assert kept.read_bytes() == data
    world.crm.send(sender="УТ")
    (aside,) = world.run().aside
    text = world.crm.reports()[-1]
    assert text.splitlines()[1:3] == [world.crm.name, "[SENDER_WRONG]"]
    assert aside == SetAside("crm", world.crm.name, aside.problem)


def rejections(world: World) -> dict[str, tuple[datetime, str, str]]:
    """What was rejected last of each side, and nothing has come since."""
    with world.state().read() as connection:
        found = Rejections(connection, "main").all()
    assert all(each.side == side for side, each in found.items())
    return {side: (each.at, each.file, each.reason.kind.id) for side, each in found.items()}


def test_what_was_rejected_last_is_known_until_a_message_is_taken(world: World) -> None:
    for base in (world.crm, world.bp):
        base.send(sender="УТ")
    world.run()
    first = world.now
    assert rejections(world) == {
        "crm": (first, world.crm.name, "SENDER_WRONG"), "bp": (first, world.bp.name, "SENDER_WRONG"),
    }  # fmt: skip
    world.crm.put(b"<?xml version='1.0'?><html/>")
    world.bp.send()
    world.run()
    assert rejections(world) == {"crm": (world.now, world.crm.name, "NOT_A_MESSAGE")}
    world.crm.send()
    world.run()
    world.crm.send(received_no=99)  # an alarm is told by the base itself
    world.run()
    assert rejections(world) == {}


def test_two_of_one_name_in_one_second_are_both_kept(world: World) -> None:
    for number in (1, 2, 3):
        world.crm.send(sender="УТ", message_no=number)
        world.run()
        world.now -= timedelta(seconds=2)  # that of the message, and that of the pass
    stamp = f"{world.now + timedelta(seconds=2):%Y%m%d-%H%M%S}"
    names = sorted(each.name for each in (world.crm.folder / "rejected").glob("*.xml"))
    assert names == [
        f"{stamp} {world.crm.name}",
        *(f"{stamp}-{n} {world.crm.name}" for n in (2, 3)),
    ]


@pytest.mark.parametrize("place", ["committed", "archived"])
def test_a_newer_file_that_comes_meanwhile_stays(world: World, place: str) -> None:
    """The copy that was judged is set aside, the newer one is taken by the next pass."""
    old = world.crm.send(sender="УТ")

    def replaced(name: str) -> None:
        if name == place:
            world.crm.send(crm_invoice())

    report = world.run(replaced)
    assert [each.file for each in report.aside] == [world.crm.name]
    (kept,) = (world.crm.folder / "rejected").glob("*.xml")
    assert kept.read_bytes() == old
    report = world.run()
    assert report.taken == [Taken("crm", 2, 1, world.crm.name)]
    assert len(world.crm.rejected()) == 2


def test_one_that_its_sender_took_back_leaves_its_report_alone(world: World) -> None:
    world.crm.send(sender="УТ")

    def taken_back(name: str) -> None:
        if name == "committed":
            (world.crm.folder / world.crm.name).unlink()

    world.run(taken_back)
    assert world.crm.rejected() == [world.crm.name, f"{world.crm.name}.txt"]
    assert seen(world) == {}
    assert not world.run().did_something


@pytest.mark.parametrize("place", ["decided", "kept", "archived"])
def test_an_interrupted_pass_sweeps_behind_itself(world: World, place: str) -> None:
    world.crm.send(crm_invoice())
    world.bp.send()

    def interrupted(name: str) -> None:
        if name == place:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        world.run(interrupted)
    assert left(world) == []
    world.run()
    assert (world.row("crm").received, world.row("bp").received) == (1, 1)
    assert left(world) == []


def test_a_pass_after_a_death_sweeps_all_that_lies_about(world: World) -> None:
    world.crm.send(crm_invoice())
    world.run()
    world.crm.send(crm_invoice(guid(5), "СЧ-5"))
    with pytest.raises(Death):
        world.run(die_at("decided"))
    world.close()
    (world.crm.folder / "rejected").mkdir()
    places = (
        world.crm.folder, world.bp.folder, world.crm.folder / "rejected",
        world.crm.folder / "archive", world.bp.folder / "archive" / "passes" / "000000",
    )  # fmt: skip
    for place in places:
        (place / ".converter-0123456789abcdef.tmp").write_text("left by a dead process")
    assert left(world)
    world.run()
    assert left(world) == []


def test_an_unfinished_message_of_bp_does_not_keep_the_crm_waiting(world: World) -> None:
    world.bp.put(world.bp.compose()[:300])
    world.crm.send(crm_invoice())
    report = world.run()
    assert (report.waiting, [each.side for each in report.taken]) == (
        [("bp", world.bp.name)], ["crm"],
    )  # fmt: skip
    assert {side: set(seen(world, side)) for side in ("crm", "bp")} == {
        "crm": {world.crm.name}, "bp": {world.bp.name},
    }  # fmt: skip
    assert seen(world)[world.crm.name].verdict == "taken"


def test_a_message_that_breaks_late_tells_nothing_of_its_objects(make: Make) -> None:
    world = make(settle=0)
    world.crm.send(crm_invoice())
    world.run()
    objects = crm_invoice(total="1"), crm_invoice(guid(5), "СЧ-5", after="<Новое>1</Новое>")
    data = world.crm.compose(*objects)
    world.crm.put(data.replace(b"</Body></Message>", b"<x></Body></Message>"))
    world.bp.send(BOOK.payment())
    report = world.run()
    assert [each.kind.id for each in report.problems] == ["XML_BROKEN"]
    assert (report.held, report.events, [each.side for each in report.taken]) == (0, [], ["bp"])
    assert (world.held(), world.warnings()) == ([], [])
    assert state_of(world.crm.read())["Оплачено"] == "150"
    world.crm.put(data)
    report = world.run()
    assert (report.held, world.warnings()) == (1, ["ELEMENT_UNKNOWN"])
    assert [each.kind.id for each in report.problems] == ["SUM_NOT_ROWS", "ELEMENT_UNKNOWN"]


def test_what_has_the_name_of_a_message_and_is_no_file_is_told(world: World) -> None:
    path = world.crm.folder / world.crm.name
    path.mkdir()
    world.bp.send()
    report = world.run()
    assert [(each.kind.id, each.where.file) for each in report.problems] == [
        ("FILE_STRANGE", str(path))
    ]
    assert [each.side for each in report.taken] == ["bp"]


def test_what_was_delivered_before_a_death_is_known_again(world: World) -> None:
    world.crm.send(crm_invoice())
    with pytest.raises(Death):
        world.run(die_at("delivered"))
    world.close()
    before = listing(world.crm.ours())
    report = world.run()
    assert listing(world.crm.ours()) == before
    assert [(each.side, each.again) for each in report.written] == [("crm", False), ("bp", False)]
    assert world.journal("put_back") == []
