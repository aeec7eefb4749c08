"""The greeting with which a connection of 1C begins, and the versions it names (SPEC §2, §4)."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from converter.folder.inbox import stamp_of
from tests.exchange.conftest import Make
from tests.exchange.world import BOOK, Letter, World, text
from tests.mapping.book import crm_invoice
from tests.messages import CRM_FORMAT, ED_FORMAT, guid

PEER = guid(900)
TYPES = (
    "<msg:AvailableObjectTypes><msg:ObjectType><msg:Name>Документ.ЗаказКлиента</msg:Name>"
    "<msg:Sending>*</msg:Sending><msg:Receiving>*</msg:Receiving></msg:ObjectType>"
    "</msg:AvailableObjectTypes><msg:Prefix>БП</msg:Prefix>"
)


def is_greeting(letter: Letter | None, format: str = ED_FORMAT) -> bool:
    """Whether it is one of ours, complete."""
    return (
        letter is not None
        and letter.header.format == format
        and not letter.body
        and bool(letter.header.versions)
        and letter.header.new_from is not None
        and bool(letter.header.object_types)
    )


@pytest.mark.parametrize("number", [0, None, 5])
def test_a_greeting_is_answered_at_once(world: World, number: int | None) -> None:
    world.bp.greet(number, PEER, types=TYPES)
    report = world.run()
    assert report.status == 0
    letter = world.bp.look()
    assert letter is not None
    assert is_greeting(letter)
    assert letter.header.new_from == world.row("bp").guid
    assert {"1.8", "1.19"} <= set(letter.header.versions)
    assert letter.data.startswith(b"\xef\xbb\xbf")
    assert world.row("bp").received == 0
    assert world.row("bp").acknowledged == 0
    assert world.row("bp").peer == PEER
    assert world.row("bp").prefix == "БП"
    assert (world.row("bp").formats, world.row("bp").types is not None) == (("1.8", "1.19"), True)


def test_it_is_answered_once(world: World) -> None:
    world.bp.greet(guid=PEER)
    world.run()
    mtime = world.bp.ours().stat().st_mtime_ns
    for _ in range(3):
        report = world.run()
        assert (report.status, report.written, report.events) == (0, [], [])
    assert world.bp.ours().stat().st_mtime_ns == mtime


def test_the_same_bytes_written_once_more_are_answered_once(world: World) -> None:
    data = world.bp.greet(guid=PEER)
    world.run()
    world.bp.put(data)
    report = world.run()
    assert report.events == []


def test_new_bytes_are_answered_again_under_the_same_guid(world: World) -> None:
    world.bp.greet(guid=PEER)
    world.run()
    first = world.bp.look()
    world.bp.greet(guid=PEER)
    report = world.run()
    assert report.events == [("greeted", "bp")]
    again = world.bp.look()
    assert first is not None
    assert again is not None
    assert again.data != first.data
    assert again.header.new_from == first.header.new_from
    world.close()
    world.bp.greet(guid=PEER)
    world.run()
    third = world.bp.look()
    assert third is not None
    assert third.header.new_from == first.header.new_from


def test_the_same_bytes_are_new_when_another_file_stood_there_since(world: World) -> None:
    data = world.bp.greet(guid=PEER)
    world.run()
    world.bp.put(b"<Message>")  # half of something
    world.run()
    world.bp.put(data)
    assert world.run().events == [("greeted", "bp")]


def test_a_missing_answer_is_put_back(world: World) -> None:
    world.bp.greet(guid=PEER)
    world.run()
    data = world.bp.ours().read_bytes()
    world.bp.ours().unlink()
    world.run()
    assert world.bp.ours().read_bytes() == data


def test_the_crm_is_greeted_too(world: World) -> None:
    world.crm.greet(guid=PEER)
    world.run()
    assert is_greeting(world.crm.look(), CRM_FORMAT)
    assert world.crm.look().header.new_from == world.row("crm").guid  # type: ignore[union-attr]


def test_the_answer_stays_until_the_base_writes(world: World) -> None:
    world.bp.greet(guid=PEER)
    world.run()
    world.crm.send(crm_invoice())
    world.run()
    assert is_greeting(world.bp.look())
    world.bp.send()
    world.run()
    letter = world.bp.read()
    assert (letter.number, "Документ.ЗаказКлиента" in letter.names) == (1, True)


def test_the_answer_gives_way_to_data_that_waited(world: World) -> None:
    world.bp.greet(guid=PEER)
    world.run()
    world.crm.send(crm_invoice())
    world.run()
    world.tick(30)
    world.run()
    assert is_greeting(world.bp.look())
    world.tick(31)
    world.run()
    assert world.bp.read().number == 1


def _replaced(world: World) -> bytes:
    """Our unacknowledged message lay there; then a greeting came and was answered."""
    world.crm.send(crm_invoice())
    world.run()
    data = world.bp.ours().read_bytes()
    world.bp.greet(guid=PEER)
    world.run()
    assert is_greeting(world.bp.look())
    return data


def test_a_message_that_a_greeting_replaced_comes_back_with_the_next_of_the_base(
    world: World,
) -> None:
    data = _replaced(world)
    world.bp.send()
    world.run()
    assert world.bp.ours().read_bytes() == data


def test_a_message_that_a_greeting_replaced_comes_back_after_settle(world: World) -> None:
    data = _replaced(world)
    before = world.row("bp")
    assert before.behind == world.now
    world.run()
    assert world.row("bp") == before
    world.tick(61)
    world.run()
    assert world.bp.ours().read_bytes() == data
    stamp = str(stamp_of(world.bp.ours()))
    assert world.row("bp") == replace(before, shown="message", behind=None, stamp=stamp)


def test_a_greeting_older_than_what_was_taken_is_not_answered(world: World) -> None:
    world.bp.greet(guid=PEER)
    old = (world.bp.folder / world.bp.name).read_bytes()
    world.bp.send()
    world.run()
    world.bp.put(old)
    assert world.run().events == []


@pytest.mark.parametrize("side", ["crm", "bp"])
def test_without_settle_an_answer_is_seen_for_one_pass(make: Make, side: str) -> None:
    world = make(settle=0)
    world.crm.send(crm_invoice())
    world.run()
    world.calm(1)
    base = world.crm if side == "crm" else world.bp
    base.greet(guid=PEER)
    other = world.bp if side == "crm" else world.crm
    other.send(BOOK.payment() if side == "crm" else crm_invoice(guid(5), "СЧ-5"))
    world.run()
    answer = base.look()
    assert answer is not None
    assert (answer.number, answer.body) == (0, False)
    world.run()
    assert base.read().number == world.row(side).sent == 2


# -- GUIDs ---------------------------------------------------------------------------------------


def test_guids_in_from_and_to_and_in_file_names(world: World) -> None:
    world.bp.greet(guid=PEER.upper())
    world.run()
    ours = world.row("bp").guid
    world.bp.send(sender=PEER, to=ours.upper())
    assert world.run().status == 0
    assert world.row("bp").received == 1
    (world.bp.folder / world.bp.name).unlink()
    world.crm.send(crm_invoice())
    world.run()
    world.bp.send(BOOK.payment(), sender=PEER, to=ours, name=f"Message_{PEER}_{ours}.xml")
    assert world.run().status == 0
    assert world.row("bp").received == 2
    assert world.bp.look().name == "Message_CRM_BP.xml"  # type: ignore[union-attr]


def test_another_guid_is_another_sender(world: World) -> None:
    world.bp.greet(guid=PEER)
    world.run()
    other = guid(901)
    world.bp.send(sender=other, after=f"<msg:NewFrom>{other}</msg:NewFrom>")
    assert world.run().status == 1
    assert world.row("bp").received == 0


@pytest.mark.parametrize("number", [0, None])
def test_only_a_greeting_may_come_from_a_new_guid(world: World, number: int | None) -> None:
    other = guid(901)
    after = f"<msg:NewFrom>{other}</msg:NewFrom>"
    world.bp.send(sender=other, message_no=number, after=after)
    (aside,) = world.run().aside
    assert aside.problem.kind.id == "SENDER_WRONG"
    world.bp.send(sender=other, message_no=number, after=after, body=False)
    assert world.run().events == [("greeted", "bp")]
    assert world.row("bp").peer == other


# -- versions ------------------------------------------------------------------------------------


@pytest.fixture
def auto(make: Make) -> World:
    """`version = "auto"`."""
    return make(version="auto")


def test_auto_writes_nothing_but_a_greeting_before_bp_spoke(auto: World) -> None:
    auto.crm.send(crm_invoice())
    report = auto.run()
    assert report.status == 0
    assert is_greeting(auto.bp.look())
    assert auto.row("bp").sent == 0
    auto.tick(600)
    auto.run()
    assert is_greeting(auto.bp.look())


def test_auto_takes_the_highest_common_version(auto: World) -> None:
    auto.crm.send(crm_invoice())
    auto.run()
    auto.bp.send(versions=("1.3", "1.8", "1.11", "1.99"))
    auto.run()
    letter = auto.bp.read()
    assert letter.header.format == f"{ED_FORMAT}/1.11"
    assert "Документ.ЗаказКлиента" in letter.names


def test_auto_compares_versions_as_numbers(auto: World) -> None:
    auto.crm.send(crm_invoice())
    auto.bp.send(versions=("1.22", "1.8", "1.3", "1.10"))
    auto.run()
    assert auto.bp.read().header.format == f"{ED_FORMAT}/1.22"


def test_auto_hears_versions_in_a_greeting(auto: World) -> None:
    auto.crm.send(crm_invoice())
    auto.bp.greet(guid=PEER, versions=("1.8",))
    auto.run()
    auto.tick(61)
    auto.run()
    auto.tick(61)
    auto.run()
    assert auto.bp.read().header.format == f"{ED_FORMAT}/1.8"


@pytest.mark.parametrize(
    "body",
    [
        True,
        False,
    ],
)
def test_auto_hears_versions_in_an_empty_message(auto: World, body: bool) -> None:
    auto.crm.send(crm_invoice())
    auto.bp.send(body=body, versions=("1.8",))
    auto.run()
    assert auto.bp.read().header.format == f"{ED_FORMAT}/1.8"


def test_data_for_the_crm_wait_for_no_version_of_bps(auto: World) -> None:
    auto.crm.send(crm_invoice())
    auto.run()
    auto.crm.greet(guid=PEER)
    auto.bp.send(BOOK.payment(), versions=())
    for seconds in (0, 58):
        auto.tick(seconds)
        auto.run()
        assert is_greeting(auto.crm.look(), CRM_FORMAT)
    auto.run()  # the sixtieth second
    assert auto.crm.read().all("Документ.ТорговаяОперация")


def test_what_waits_for_a_version_is_told_once(auto: World) -> None:
    auto.crm.send(crm_invoice())
    report = auto.run()
    (problem,) = report.problems
    assert (problem.kind.id, dict(problem.details)) == ("VERSION_UNKNOWN", {"waiting": 2})
    (line,) = auto.journal("warning")
    assert (line["side"], line["details"]["problem"]["details"]) == ("bp", [["waiting", "2"]])
    auto.crm.send(crm_invoice(guid(5), "СЧ-5"))
    assert auto.run().problems == []
    assert is_greeting(auto.bp.look())


def test_without_a_common_version_nothing_is_written(auto: World) -> None:
    auto.crm.send(crm_invoice())
    auto.bp.send(versions=("1.0", "1.99"))
    report = auto.run()
    assert report.status == 1
    (problem,) = report.problems
    assert (problem.kind.id, dict(problem.details)) == ("VERSION_NONE", {"theirs": "1.0, 1.99"})
    assert auto.bp.look() is None
    assert auto.row("bp").sent == 0
    auto.bp.send(versions=("1.99", "1.20"))
    assert auto.run().status == 0
    assert auto.bp.read().header.format == f"{ED_FORMAT}/1.20"


def test_a_fixed_version_writes_at_once(make: Make) -> None:
    world = make(version="1.8")
    world.crm.send(crm_invoice())
    world.run()
    letter = world.bp.read()
    assert letter.header.format == f"{ED_FORMAT}/1.8"
    assert text(letter.one("Документ.ЗаказКлиента"), "Сумма") == "200"
