"""Numbers, repeats, acknowledgements, quietness, what is put back (SPEC §4; PROTOCOL R1, R2, R11)."""

from __future__ import annotations

from typing import Any

import pytest

from converter.state.outbox import Outbox
from tests.exchange.world import BOOK, World, text
from tests.mapping.book import BUYER, crm_counterparty, crm_invoice
from tests.messages import PLAN, guid

INVOICE = "Документ.СчетНаОплату"


def invoice(number: int, **fields: str) -> str:
    """An invoice with a number of its own."""
    return crm_invoice(guid(number), f"СЧ-{number}", **fields)


def test_first_message_is_answered_on_both_sides(world: World) -> None:
    world.crm.send(crm_invoice())
    report = world.run()
    assert report.status == 0
    to_bp, to_crm = world.bp.read(), world.crm.read()
    assert (to_bp.number, to_bp.received) == (1, 0)
    assert to_bp.names == ["Справочник.Контрагенты", "Документ.ЗаказКлиента"]
    assert (to_crm.number, to_crm.received, to_crm.names) == (1, 1, [])
    assert (to_bp.header.sender, to_bp.header.to) == ("CRM", "BP")
    assert (to_crm.header.sender, to_crm.header.to) == ("BP", "CRM")


def test_the_same_bytes_again_are_quiet(world: World) -> None:
    data = world.crm.send(crm_invoice())
    world.run()
    before = world.bp.ours().read_bytes(), world.crm.ours().read_bytes()
    world.crm.put(data)  # another file, the same bytes
    report = world.run()
    assert (report.status, report.taken, report.written, report.aside) == (0, [], [], [])
    assert (world.bp.ours().read_bytes(), world.crm.ours().read_bytes()) == before
    assert world.crm.rejected() == []
    assert (world.crm.folder / world.crm.name).is_file()


def test_gaps_are_normal(world: World) -> None:
    world.crm.send(crm_invoice(), message_no=41)
    world.run()
    assert world.row("crm").received == 41
    world.crm.send(crm_invoice(total="400", goods=_rows("4", "400")), message_no=77)
    world.run()
    assert world.row("crm").received == 77
    assert text(world.bp.read().one("Документ.ЗаказКлиента"), "Сумма") == "400"


def _rows(quantity: str, total: str) -> str:
    from tests.mapping.book import crm_row

    return crm_row(quantity=quantity, sum=total, vat_sum=None)


def test_a_lost_message_of_ours_is_said_again_with_the_next(world: World) -> None:
    world.crm.send(invoice(1))
    world.run()  # BP does not read
    world.crm.send(invoice(2))
    world.run()
    letter = world.bp.read()
    assert letter.number == 2
    assert len(letter.all("Документ.ЗаказКлиента")) == 2
    world.bp.send(received_no=2)
    world.run()
    world.crm.send(invoice(3))
    world.run()
    assert len(world.bp.read().all("Документ.ЗаказКлиента")) == 1


def test_late_acknowledgement_settles_only_what_left_by_then(world: World) -> None:
    world.crm.send(crm_invoice())
    world.run()
    world.crm.send(crm_invoice(total="400", goods=_rows("4", "400")))
    world.run()
    world.bp.send(received_no=1)  # BP had read only the first
    world.run()
    letter = world.bp.look()
    assert letter is not None
    assert letter.number == 2
    assert text(letter.one("Документ.ЗаказКлиента"), "Сумма") == "400"
    world.bp.ours().unlink()
    world.run()  # not acknowledged: it comes back
    assert world.bp.read().number == 2
    world.bp.send()
    world.run()
    assert world.row("bp").acknowledged == 2


def test_an_edit_between_sending_and_acknowledgement_leaves_again(world: World) -> None:
    world.crm.send(crm_invoice())
    world.run()
    first = world.bp.read()
    world.crm.send(crm_invoice(total="400", goods=_rows("4", "400")))
    world.bp.send()
    world.run()
    second = world.bp.read()
    assert second.number > first.number
    assert text(second.one("Документ.ЗаказКлиента"), "Сумма") == "400"


def test_an_empty_message_is_owed_nothing(world: World) -> None:
    for _ in range(5):
        world.crm.send()
        world.bp.send()
        report = world.run()
        assert [each.side for each in report.taken] == ["crm", "bp"]
        assert report.written == []
    assert (world.row("crm").received, world.row("bp").received) == (5, 5)
    assert world.crm.look() is None
    assert world.bp.look() is None


def test_an_idle_exchange_is_quiet(world: World) -> None:
    world.crm.send(crm_invoice())
    world.run()
    world.calm()
    assert [world.run().did_something for _ in range(5)] == [False] * 5
    numbers = world.row("crm").sent, world.row("bp").sent
    world.calm(3)
    assert (world.row("crm").sent, world.row("bp").sent) == numbers


def test_our_file_is_put_back_with_the_same_bytes(world: World) -> None:
    world.crm.send(crm_invoice())
    world.run()
    path = world.bp.ours()
    data = path.read_bytes()
    for spoil in (path.unlink, lambda: path.write_bytes(b"other"), lambda: path.write_bytes(b"")):
        spoil()
        report = world.run()
        assert path.read_bytes() == data
        assert [(each.side, each.number, each.again) for each in report.written] == [
            ("bp", 1, True)
        ]
        assert report.status == 0
    for _ in range(5):  # as often as it is needed
        path.unlink()
        world.run()
        assert path.read_bytes() == data
    world.bp.read()
    world.bp.send()
    world.run()
    path.unlink()
    world.run()
    assert world.bp.look() is None or world.bp.ours().read_bytes() != data


def test_an_acknowledgement_alone_is_put_back_three_times(world: World) -> None:
    world.crm.send(crm_invoice())
    world.run()
    path = world.crm.ours()
    data = path.read_bytes()
    for _ in range(3):
        path.unlink()
        world.run()
        assert path.read_bytes() == data
    path.unlink()
    world.run()
    assert not path.exists()


def test_new_contents_have_a_new_number(world: World) -> None:
    seen: dict[int, bytes] = {}
    for total in range(1, 6):
        world.crm.send(invoice(1, total=f"{total}00", goods=_rows(str(total), f"{total}00")))
        world.run()
        letter = world.bp.look()
        assert letter is not None
        assert seen.setdefault(letter.number, letter.data) == letter.data
    assert sorted(seen) == [1, 2, 3, 4, 5]


def test_a_late_message_below_the_counter_is_quiet(world: World) -> None:
    late = world.crm.compose(invoice(1))
    world.crm.send(invoice(2))
    world.run()
    world.crm.put(late)
    report = world.run()
    assert (report.status, report.taken, report.aside) == (0, [], [])
    assert world.warnings() == ["MESSAGE_LATE"]
    assert world.row("crm").alarm is None


# -- what the header says -------------------------------------------------------------------------


def test_a_message_with_a_body_and_no_number_is_set_aside(world: World) -> None:
    world.crm.send(crm_invoice(), message_no=None)
    report = world.run()
    assert report.status == 1
    assert [each.problem.kind.id for each in report.aside] == ["NUMBER_MISSING"]
    assert world.crm.rejected() == [world.crm.name, f"{world.crm.name}.txt"]
    assert not (world.crm.folder / world.crm.name).exists()
    assert world.row("crm").received == 0


def test_number_zero_with_a_body_is_not_taken(world: World) -> None:
    world.crm.send(crm_invoice(), message_no=0)
    report = world.run()
    assert report.status == 1
    assert len(report.aside) == 1
    assert world.bp.look() is None


@pytest.mark.parametrize("head", [{"sender": "УТ"}, {"to": "ERP"}, {"sender": None}])
def test_another_sender_is_set_aside(world: World, head: dict[str, str | None]) -> None:
    world.crm.send(crm_invoice(), **head)
    report = world.run()
    assert report.status == 1
    assert world.crm.rejected() == [world.crm.name, f"{world.crm.name}.txt"]
    assert world.row("crm").received == 0
    assert world.row("crm").alarm is None
    assert world.bp.look() is None


@pytest.mark.parametrize("head", [{"to": None}, {"plan": None}, {"to": None, "plan": None}])
def test_to_and_plan_may_be_absent(world: World, head: dict[str, None]) -> None:
    world.crm.send(crm_invoice(), **head)
    assert world.run().status == 0
    assert world.row("crm").received == 1
    assert world.warnings() == []


def test_another_plan_is_accepted_and_journalled(world: World) -> None:
    world.crm.send(crm_invoice(), plan="ОбменУправлениеТорговлей")
    assert world.run().status == 0
    assert world.row("crm").received == 1
    assert world.warnings() == ["PLAN_OTHER"]


def test_another_plan_is_journalled_also_when_it_changes_later(world: World) -> None:
    world.crm.send(crm_invoice())
    world.run()
    world.crm.send(plan="ОбменУправлениеТорговлей")
    assert world.run().status == 0
    assert world.warnings() == ["PLAN_OTHER"]


def test_codes_in_other_case_and_blanks_around_numbers(world: World) -> None:
    world.crm.send(crm_invoice(), sender=" CRM ", to=" BP\n", message_no=" 7 ", received_no=" 0 ")
    assert world.run().status == 0
    assert world.row("crm").received == 7


@pytest.mark.parametrize("number", ["-1", "1.5", "один", "9" * 40])
def test_a_number_that_is_none_is_set_aside(world: World, number: str) -> None:
    world.crm.send(crm_invoice(), message_no=number)
    assert world.run().status == 1
    assert world.crm.rejected() == [world.crm.name, f"{world.crm.name}.txt"]
    world.crm.send(crm_invoice(), message_no=1)
    assert world.run().status == 0


def test_a_message_of_ours_names_versions_and_types(world: World) -> None:
    world.crm.send(crm_invoice())
    world.run()
    to_bp, to_crm = world.bp.read(), world.crm.read()
    assert {"1.3", "1.8", "1.19", "1.22"} <= set(to_bp.header.versions)
    types = {each.name: (each.sending, each.receiving) for each in to_bp.header.object_types}
    assert types["Документ.ЗаказКлиента"] == ("*", "*")
    assert types["Документ.ПБДСРасчетыСКонтрагентами"] == ("", "*")
    assert to_crm.header.versions == ("1.0",)
    assert to_crm.header.object_types


def test_a_counterparty_alone_is_a_message(world: World) -> None:
    world.crm.send(crm_counterparty())
    world.run()
    card = world.bp.read().one("Справочник.Контрагенты")
    assert text(card, "КлючевыеСвойства/Ссылка") == BUYER
    assert BOOK.version == "1.19"


def test_another_plan_is_told_once_with_both_names(world: World) -> None:
    for plan in ("Иной", "Иной", None, PLAN, "Иной", "Третий"):
        world.bp.send(plan=plan)
        assert world.run().status == 0
    told = [(each["side"], each["details"]["problem"]) for each in world.journal("warning")]
    assert [(side, problem["id"], problem["details"]) for side, problem in told] == [
        ("bp", "PLAN_OTHER", [["expected", PLAN], ["plan", plan]])
        for plan in ("Иной", "Иной", "Третий")
    ]


@pytest.mark.parametrize("side", ["crm", "bp"])
@pytest.mark.parametrize(
    ("head", "shown"),
    [
        ({"confirmation": False, "body": False}, {"sender": "—", "to": "—"}),
        ({"sender": "УТ", "to": None}, {"sender": "УТ", "to": "—"}),
        ({"to": "ERP"}, {"to": "ERP"}),
    ],
)
def test_a_wrong_address_is_told_with_both_codes(
    world: World, side: str, head: dict[str, Any], shown: dict[str, str]
) -> None:
    base = world.crm if side == "crm" else world.bp
    base.send(**head)
    (aside,) = world.run().aside
    codes = {"expected": base.own, "own": base.other, "sender": base.own, "to": base.other}
    assert (aside.side, aside.problem.kind.id) == (side, "SENDER_WRONG")
    assert dict(aside.problem.details) == codes | shown


def test_our_guids_and_those_that_a_base_said_are_addresses_too(world: World) -> None:
    peer = guid(0xABC)
    world.bp.greet(guid=peer)
    world.run()
    ours = [world.row(side).guid for side in ("crm", "bp")]
    for sender, to in ((peer, ours[0]), (peer.upper(), ours[1].upper()), ("bp", "crm")):
        world.bp.send(sender=sender, to=to)
        assert [each.side for each in world.run().taken] == ["bp"]
    newer = guid(0xDEF).upper()
    world.bp.greet(guid=newer)
    data = (world.bp.folder / world.bp.name).read_bytes()
    world.bp.put(data.replace(b"From>BP<", f"From>{newer}<".encode()))
    assert world.run().events == [("greeted", "bp")]
    assert world.row("bp").peer == newer.lower()


def test_what_was_read_is_not_kept_but_for_the_last_message(world: World) -> None:
    def kept(number: int) -> bool:
        with world.state().read() as connection:
            return any(Outbox(connection, "main", "bp").pieces(number))

    for number in (1, 2):
        world.crm.send(invoice(number))
        world.run()
    assert [kept(1), kept(2)] == [True, True]
    world.bp.send(received_no=None)
    world.run()
    assert [kept(1), world.row("bp").acknowledged] == [True, 0]
    world.bp.send(received_no=1)
    world.run()
    assert [kept(1), kept(2), world.row("bp").acknowledged] == [False, True, 1]
    world.bp.send(received_no=2)
    world.run()
    assert [kept(2), world.row("bp").acknowledged] == [True, 2]
    world.bp.send(received_no=1)  # of a message that BP wrote before it read the last one
    world.run()
    assert world.row("bp").acknowledged == 2
