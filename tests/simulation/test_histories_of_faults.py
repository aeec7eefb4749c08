"""The short histories of PROTOCOL.md: each breaks where the rule named is left out (R7 to R12)."""

from __future__ import annotations

import os
from collections.abc import Callable
from decimal import Decimal

import pytest
from msgspec.structs import replace

from tests.mapping.book import BUYER
from tests.simulation.operations import Operation
from tests.simulation.teller import Teller
from tests.simulation.things import OPERATION, PARTY, Key

Tell = Callable[..., Teller]


# -- R7: the alarm -------------------------------------------------------------------------------


def test_r7_a_restored_crm_is_left_alone_and_bp_goes_on(tell: Tell) -> None:
    t = tell()
    one = t.new()
    t.x("crm", "bp", "crm")
    kept = t.crm.backup()
    t.edit("crm", one)
    t.x("crm")
    t.crm.restore(kept)
    t.edit("crm", one, 170)
    t.x("crm")
    assert t.alarm("crm") is not None
    number = t.number("crm")
    t.pay(one)
    t.x("bp", "crm", "crm")
    assert t.number("crm") == number
    assert t.alarm("bp") is None
    t.world.doctor("crm")
    t.crm.register_all()
    t.crm.sync()
    t.settle()


def test_r7_a_gap_in_the_numbers_hides_no_restore(tell: Tell) -> None:
    t = tell()
    one, two = t.new(), t.new()
    t.x("crm", "bp", "crm", "crm")
    kept = t.crm.backup()
    t.edit("crm", two)
    t.crm.send()  # never seen: the next one replaces it
    t.edit("crm", two, 170)
    t.crm.send()
    t.world.converter_pass()
    t.crm.restore(kept)
    t.delete(one)
    t.crm.send()  # the number that was never seen
    t.world.converter_pass()
    assert t.alarm("crm") is not None


def test_r7_a_number_with_other_bytes_is_an_alarm(tell: Tell) -> None:
    t = tell()
    t.new()
    t.x("crm")
    kept = t.crm.backup()
    t.crm.restore(kept._replace(sent=0))
    t.crm.send()  # the same body under the same number, made later
    t.world.converter_pass()
    assert t.alarm("crm") is not None


def test_r7_a_message_that_comes_late_is_no_alarm(tell: Tell) -> None:
    t = tell()
    one = t.new()
    t.crm.send()
    late = t.crm.archive[-1].data
    t.edit("crm", one)
    t.crm.send()
    t.world.converter_pass()
    t.crm.write([late])
    t.world.converter_pass()
    assert t.alarm("crm") is None
    t.settle()


# -- R8: doctor --restored -----------------------------------------------------------------------


@pytest.mark.parametrize("side", ["crm", "bp"])
def test_r8_a_deleted_invoice_stays_deleted(tell: Tell, side: str) -> None:
    t = tell()
    one = t.new()
    t.x("crm", "bp")
    t.world.backups[side] = t.world.base(side).backup()
    t.delete(one)
    t.x("crm", "bp")
    t.world.restore(side)
    t.world.converter_pass()
    t.settle()
    assert t.both(one) == (None, None)


@pytest.mark.parametrize("side", ["crm", "bp"])
def test_r8_what_a_restored_base_lost_comes_back(tell: Tell, side: str) -> None:
    t = tell()
    one = t.new()
    t.x("crm", "bp", "crm")
    t.world.backups[side] = t.world.base(side).backup()
    two = t.new()
    edit = t.edit("crm", one)
    t.x("crm", "bp", "crm", "bp")
    t.world.restore(side)
    t.world.converter_pass()
    t.settle()
    assert t.both(one) == (edit, edit)
    assert two in t.crm.objects
    assert two in t.bp.objects


def test_r8_a_payment_of_the_lost_period_is_withdrawn(tell: Tell) -> None:
    t = tell()
    one = t.new()
    t.x("crm", "bp", "crm")
    t.world.backups["bp"] = t.bp.backup()
    payment = t.pay(one)
    t.x("bp", "crm", "bp")
    assert payment in t.crm.objects
    t.world.restore("bp")
    t.world.converter_pass()
    t.settle()
    assert payment not in t.crm.objects


def test_r8_private_fields_of_the_lost_period_come_back(tell: Tell) -> None:
    t = tell()
    one = t.new()
    t.x("crm", "bp", "crm")
    t.world.backups["crm"] = t.crm.backup()
    private = t.private(one)
    t.x("crm", "bp", "crm")
    t.world.restore("crm")
    t.world.converter_pass()
    t.settle()
    assert t.crm.private(one) == private


def test_r8_private_fields_sent_again_do_not_beat_those_of_the_lost_period(tell: Tell) -> None:
    t = tell()
    one = t.new()
    t.x("crm", "bp", "crm")
    t.world.backups["crm"] = t.crm.backup()
    private = t.private(one)
    t.x("crm", "bp", "crm")
    t.world.restore("crm")
    t.world.converter_pass()
    t.crm.send()  # the same again, since our answer is not read yet
    t.world.converter_pass()
    t.settle()
    assert t.crm.private(one) == private


def test_r8_private_fields_that_nobody_saw_leave_the_others_in_the_journal(tell: Tell) -> None:
    t = tell()
    one = t.new()
    unseen = t.crm.private(one)
    t.world.backups["crm"] = t.crm.backup()
    lost = t.private(one)
    t.x("crm")
    t.world.restore("crm")
    t.world.converter_pass()
    t.settle()
    assert t.crm.private(one) == unseen
    assert lost in t.journal()
    entries = [each for each in t.world.bridge.journal() if each["event"] == "conflict"]
    assert [each["details"]["winner"] for each in entries] == ["crm"]


def test_r8_a_payment_that_was_deleted_in_the_lost_period_goes_again(tell: Tell) -> None:
    t = tell()
    one = t.new()
    t.x("crm", "bp")
    payment = t.pay(one)
    t.x("bp", "crm")
    t.world.backups["crm"] = t.crm.backup()
    t.bp.drop(payment)
    t.x("bp", "crm", "crm")
    t.world.restore("crm")
    assert payment in t.crm.objects
    t.world.converter_pass()
    t.settle()
    assert payment not in t.crm.objects


def test_r8_a_number_of_a_deleted_invoice_may_be_taken_again(tell: Tell) -> None:
    t = tell()
    one = t.new()
    t.x("crm", "bp", "crm")
    t.world.backups["crm"] = t.crm.backup()
    key = t.crm.objects[one].key
    t.delete(one)
    two = t.new()
    made = t.crm.objects[two]
    named = replace(made.key, number=key.number, date=key.date)
    t.crm.put(two, replace(made, key=named))
    t.x("crm", "bp", "crm")
    t.world.restore("crm")
    t.world.converter_pass()
    assert t.held() == []
    t.settle()
    assert t.crm.invoices() == [two]


@pytest.mark.parametrize("conflicts", ["crm", "bp"])
def test_r8_a_version_that_said_less_is_no_edit(tell: Tell, conflicts: str) -> None:
    t = tell(conflicts=conflicts)
    one = t.new()
    t.x("crm", "bp", "crm")
    t.world.backups["bp"] = t.bp.backup()  # no address yet
    edit = t.edit("crm", one)
    t.crm.put(one, replace(t.crm.objects[one], address="г. Пример, ул. Образцовая, 1"))
    t.x("crm", "bp", "crm")
    t.world.restore("bp")
    t.world.converter_pass()
    t.settle()
    assert t.both(one) == (edit, edit)
    assert "conflict" not in t.events()


@pytest.mark.parametrize("conflicts", ["crm", "bp"])
def test_r8_what_the_lost_period_filled_comes_back(tell: Tell, conflicts: str) -> None:
    t = tell(conflicts=conflicts)
    t.new()
    t.x("crm", "bp", "crm")
    t.world.backups["bp"] = t.bp.backup()  # the buyer's card has no comment yet
    marker = t.world.watch.edit(t.crm, Key(PARTY, BUYER), None)
    key = t.crm.edit_party(marker)
    t.x("crm", "bp", "crm")
    t.world.restore("bp")
    t.world.converter_pass()
    t.settle()
    assert t.both(key) == (marker, marker)


def test_r8_an_edit_on_what_lost_to_the_other_base_shares_its_lot(tell: Tell) -> None:
    """BP has not heard yet that its restored version lost; both are told as conflicts."""
    t = tell()
    one = t.new()
    t.x("crm", "bp")
    stands = t.crm.marker(one)
    t.bp.restore(t.bp.backup())
    t.world.bring_back("bp")
    edits = [t.edit("bp", one)]
    t.x("bp")
    edits.append(t.edit("bp", one, 170))
    t.bp.send()
    t.world.converter_pass()
    t.settle()
    assert t.both(one) == (stands, stands)
    assert set(edits) <= t.journal()


# -- R9 to R12: our own state, our files, theirs -------------------------------------------------


def test_r9_a_restored_state_replays_the_archive(tell: Tell) -> None:
    t = tell()
    t.x("crm", "bp")
    t.world.backup_state()
    one = t.new()
    t.x("crm", "crm")
    t.world.restore_state()
    t.settle()
    assert one in t.bp.objects


@pytest.mark.parametrize("crash", range(1, 9))
def test_r9_a_message_is_taken_or_comes_again_where_the_pass_died_and_its_file_went(
    tell: Tell, crash: int
) -> None:
    t = tell()
    one = t.new()
    t.x("crm", "bp")
    t.delete(one)
    t.crm.send()
    t.world.converter_pass(crash=crash)
    t.crm.out_path.unlink()
    t.world.converter_pass()
    t.settle()
    assert one not in t.bp.objects


def test_r10_a_lost_file_is_written_again_as_it_was(tell: Tell) -> None:
    t = tell()
    one = t.new()
    t.x("crm")
    path = t.bp.folder / "Message_CRM_BP.xml"
    data = path.read_bytes()
    t.bp.sync()
    t.edit("crm", one)
    path.unlink()
    t.world.converter_pass()  # BP's answer is taken: the next number, if any
    t.settle()
    assert t.world.watch.published["bp", 1] == data


def test_r11_a_lost_file_is_put_back(tell: Tell) -> None:
    t = tell()
    one = t.new()
    t.x("crm")
    path = t.bp.folder / "Message_CRM_BP.xml"
    data = path.read_bytes()
    path.unlink()
    t.world.converter_pass()
    assert path.read_bytes() == data
    t.settle()
    assert one in t.bp.objects


def test_r11_a_greeting_is_answered(tell: Tell) -> None:
    t = tell(version="auto")
    one = t.new()
    t.x("crm")
    path = t.bp.folder / "Message_CRM_BP.xml"
    assert not path.exists() or b"<Body" not in path.read_bytes()
    t.bp.greet()
    t.world.converter_pass()
    assert b"NewFrom" in path.read_bytes()
    t.settle()
    assert one in t.bp.objects


def test_r11_a_greeting_is_answered_before_the_next_message(tell: Tell) -> None:
    t = tell()
    one = t.new()
    t.x("crm")
    path = t.bp.folder / "Message_CRM_BP.xml"
    t.bp.greet()
    t.world.converter_pass()
    assert b"NewFrom" in path.read_bytes()
    t.settle()
    assert one in t.bp.objects


def test_r12_each_file_is_judged_by_its_own_number(tell: Tell) -> None:
    t = tell()
    one = t.new()
    t.x("crm", "bp", "crm")
    old = t.bp.out_path
    t.bp.suffix = ".zip"
    edit = t.edit("bp", one)
    t.bp.send()
    later = old.stat().st_mtime + 3600
    os.utime(old, (later, later))
    t.world.converter_pass()
    t.crm.receive()
    assert t.crm.marker(one) == edit
    t.settle()


# -- SPEC §4 and §5 beside the rules -------------------------------------------------------------


def test_a_withdrawn_invoice_is_marked_and_comes_back(tell: Tell) -> None:
    t = tell()
    one = t.new()
    t.x("crm", "bp", "crm")
    t.bp.unpost(one)
    t.x("bp", "crm")
    assert one in t.crm.objects
    assert t.crm.states()[one.ref].withdrawn
    t.bp.post(one)
    t.x("bp", "crm")
    assert not t.crm.states()[one.ref].withdrawn
    t.settle()


def test_a_torn_message_waits_until_it_is_whole(tell: Tell) -> None:
    t = tell()
    one = t.new()
    t.crm.begin_send()
    t.world.converter_pass()
    assert t.number("bp") == 0
    t.crm.finish()
    t.world.converter_pass()
    t.bp.receive()
    assert one in t.bp.objects
    t.settle()


def test_a_held_operation_waits_for_the_next_version(tell: Tell) -> None:
    t = tell()
    one = t.new()
    t.x("crm", "bp")
    payment = t.pay(one)
    good: Operation = t.bp.objects[payment]
    t.bp.put(payment, good._replace(bad=True))
    t.x("bp", "crm")
    assert len(t.held()) == 1
    assert Key(OPERATION, payment.ref) not in t.crm.objects
    t.bp.put(payment, good)
    t.x("bp", "crm")
    assert t.held() == []
    assert t.crm.states()[one.ref].paid == Decimal(100)
    t.settle()
