"""The short histories of PROTOCOL.md: each breaks where the rule named is left out (R1 to R6)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from msgspec.structs import replace

from converter.objects import TradeOperation
from tests.simulation.teller import Teller
from tests.simulation.things import INVOICE, guid

Tell = Callable[..., Teller]


# -- R1: what is owed ----------------------------------------------------------------------------


def test_r1_acknowledgements_are_not_acknowledged(tell: Tell) -> None:
    t = tell()
    t.new()
    for _ in range(4):
        t.x("crm", "bp")
    numbers = t.number("crm"), t.number("bp")
    for _ in range(4):
        t.x("crm", "bp")
    assert (t.number("crm"), t.number("bp")) == numbers


def test_r1_nothing_is_written_anew_while_bp_is_away(tell: Tell) -> None:
    t = tell()
    t.new()
    t.x("crm")
    number = t.number("bp")
    assert number == 1
    for _ in range(5):
        t.x("crm")
    assert t.number("bp") == number
    assert t.number("crm") == 1
    t.settle()


def test_r1_a_repeated_message_with_objects_is_answered_once(tell: Tell) -> None:
    t = tell()
    t.new()
    t.crm.send()
    t.world.converter_pass()
    number = t.number("crm")
    t.world.converter_pass()
    t.world.converter_pass()
    assert t.number("crm") == number == 1


# -- R2: what left -------------------------------------------------------------------------------


def test_r2_what_left(tell: Tell) -> None:
    t = tell()
    one = t.new()
    t.x("crm")
    t.bp.receive()
    edit = t.edit("bp", one)
    t.new()
    t.x("crm")  # message 2 repeats the first version
    t.bp.send()
    t.bp.receive()
    t.world.converter_pass()
    t.settle()
    assert t.both(one) == (edit, edit)


def test_r2_a_changed_object_takes_the_number_under_which_it_leaves(tell: Tell) -> None:
    t = tell()
    one = t.new()
    t.x("crm")  # 1 says the first version
    edit = t.edit("crm", one)
    t.bp.sync()  # reads and acknowledges 1
    t.crm.send()
    t.world.converter_pass()
    t.bp.receive()
    assert t.bp.marker(one) == edit
    t.settle()


def test_r2_an_acknowledgement_is_only_of_what_was_read(tell: Tell) -> None:
    t = tell()
    t.new()
    t.x("crm")  # 1 says the first invoice
    t.bp.receive()
    two = t.new()
    t.x("crm")  # 2 says the second, and is never read
    t.bp.send()  # acknowledges 1
    t.world.converter_pass()
    t.new()
    t.x("crm")  # 3 must say the second again
    t.settle()
    assert two in t.bp.objects


# -- R3: repeats, echoes, conflicts --------------------------------------------------------------


def test_r3_a_version_sent_again_does_not_beat_its_successor(tell: Tell) -> None:
    t = tell()
    one = t.new()
    t.x("crm")
    t.bp.sync()
    edit = t.edit("bp", one)
    t.bp.send()
    t.crm.send()
    t.world.converter_pass()
    t.settle()
    assert t.both(one) == (edit, edit)
    assert "conflict" not in t.events()


@pytest.mark.parametrize("side", ["crm", "bp"])
def test_r3_an_echo_is_no_edit(tell: Tell, side: str) -> None:
    t = tell(**{f"{side}_echoes": True})
    one = t.new()
    t.settle()
    t.edit("bp", one)
    t.edit("crm", one)
    t.settle()


def test_r3_a_deletion_is_a_version(tell: Tell) -> None:
    t = tell(conflicts="crm")
    one = t.new()
    t.x("crm", "bp", "crm")
    edit = t.edit("bp", one)
    t.delete(one)
    t.crm.send()
    t.bp.send()
    t.world.converter_pass()
    t.settle()
    assert t.both(one) == (None, None)
    assert edit in t.journal()


def test_r3_bps_edit_wins_over_a_deletion_where_bp_wins(tell: Tell) -> None:
    t = tell(conflicts="bp")
    one = t.new()
    t.x("crm", "bp", "crm")
    edit = t.edit("bp", one)
    t.delete(one)
    t.crm.send()
    t.bp.send()
    t.world.converter_pass()
    t.settle()
    assert t.both(one) == (edit, edit)


def test_r3_bp_that_obeyed_a_deletion_taken_back_since_withdrew_nothing(tell: Tell) -> None:
    t = tell(conflicts="bp")
    one = t.new()
    t.x("crm", "bp")
    t.delete(one)
    t.x("crm")
    deletion = {path: path.read_bytes() for path in t.bp.folder.glob("Message_CRM_BP.*")}
    edit = t.edit("bp", one)
    t.bp.send()
    t.world.converter_pass()
    for path, data in deletion.items():  # what should have replaced it has not come through
        path.write_bytes(data)
    t.x("bp")
    t.settle()
    assert t.both(one) == (edit, edit)
    assert "withdrawn" not in t.events()


def test_r3_an_edit_under_bps_own_guid_meets_the_crms_deletion(tell: Tell) -> None:
    t = tell(twins=True, anew=True)
    one = t.new()
    t.x("bp", "crm")
    t.twin(one)
    t.x("bp")
    edit = t.edit("bp", one)
    t.x("crm")
    t.delete(one)
    t.crm.send()
    t.world.make_anew()  # BP calls it by its own GUID now, and only the number tells which it is
    t.settle()
    assert edit in t.journal()


def test_r3_what_bp_did_not_find_to_delete_and_edits_is_a_conflict(tell: Tell) -> None:
    t = tell(twins=True, anew=True)
    one = t.new()
    t.x("bp", "crm")
    t.twin(one)
    t.x("bp")
    t.delete(one)
    t.world.make_anew()
    t.x("crm", "bp", "bp")
    edit = t.edit("bp", one)
    t.settle()
    assert edit in t.journal()
    assert one not in t.crm.objects


# -- R4: the winner ------------------------------------------------------------------------------


def test_r4_the_winner_goes_also_to_the_side_that_made_it(tell: Tell) -> None:
    t = tell(conflicts="bp")
    one = t.new()
    t.x("crm", "bp", "crm")
    lost = t.edit("crm", one)
    t.x("crm")  # lies unread in BP's folder
    edit = t.edit("bp", one, 170)
    t.bp.send()
    t.bp.receive()  # BP loads the loser over its own edit
    assert t.bp.marker(one) == lost
    t.world.converter_pass()
    t.settle()
    assert t.both(one) == (edit, edit)
    assert lost in t.journal()


@pytest.mark.parametrize("conflicts", ["crm", "bp"])
def test_r4_private_fields_are_no_conflict(tell: Tell, conflicts: str) -> None:
    t = tell(conflicts=conflicts)
    one = t.new()
    t.x("crm", "bp", "crm")
    edit = t.edit("bp", one)
    private = t.private(one)
    t.crm.send()
    t.bp.send()
    t.world.converter_pass()
    t.settle()
    assert t.both(one) == (edit, edit)
    assert t.crm.private(one) == private


def test_r4_private_fields_stay_from_a_losing_version(tell: Tell) -> None:
    t = tell(conflicts="bp")
    one = t.new()
    t.x("crm", "bp", "crm")
    edit = t.edit("bp", one)
    private = t.private(one)
    lost = t.edit("crm", one, 170)
    t.crm.send()
    t.bp.send()
    t.world.converter_pass()
    t.settle()
    assert t.both(one) == (edit, edit)
    assert t.crm.private(one) == private
    assert lost in t.journal()


def test_r4_private_fields_of_an_invoice_that_comes_back_are_the_newest(tell: Tell) -> None:
    t = tell(conflicts="bp")
    one = t.new()
    t.x("crm", "bp", "crm")
    private = t.private(one)
    t.x("crm")  # lies unread in BP's folder
    t.delete(one)
    edit = t.edit("bp", one)
    t.crm.send()
    t.bp.send()
    t.world.converter_pass()
    t.settle()
    assert t.both(one) == (edit, edit)
    assert t.crm.private(one) == private


def test_r4_private_fields_are_not_beaten_by_what_is_on_the_way(tell: Tell) -> None:
    t = tell()
    one = t.new()
    t.x("crm", "bp", "crm")
    edit = t.edit("bp", one)
    t.x("bp")  # lies unread in the CRM's folder, with the old interest
    private = t.private(one)
    t.crm.send()
    t.crm.receive()
    t.world.converter_pass()
    t.settle()
    assert t.both(one) == (edit, edit)
    assert t.crm.private(one) == private


# -- R5: held ------------------------------------------------------------------------------------


def test_r5_bps_edit_meets_a_held_version(tell: Tell) -> None:
    t = tell(conflicts="crm")
    one = t.new()
    t.x("crm", "bp", "crm")
    bad = t.bad(one)
    t.x("crm")
    assert t.held() == [f"{INVOICE} {one.ref}"]
    edit = t.edit("bp", one)
    t.x("bp", "crm")
    assert t.crm.marker(one) == bad  # nothing new about it goes to the side that is held
    good = t.good(one)
    t.x("crm")
    t.settle()
    assert t.both(one) == (good, good)
    assert edit in t.journal()


def test_r5_the_winning_side_drops_the_held_version(tell: Tell) -> None:
    t = tell(conflicts="bp")
    one = t.new()
    t.x("crm", "bp", "crm")
    bad = t.bad(one)
    t.x("crm")
    edit = t.edit("bp", one)
    t.x("bp")
    assert t.held() == []
    assert bad in t.journal()
    t.x("crm")
    assert t.crm.marker(one) == edit
    t.settle()


def test_r5_a_newer_version_stands_whatever_is_retried(tell: Tell) -> None:
    t = tell()
    one = t.new()
    t.x("crm", "bp", "crm")
    t.bad(one)
    t.x("crm")
    good = t.good(one)
    t.x("crm")
    t.world.retry()
    assert t.held() == []
    t.settle()
    assert t.both(one) == (good, good)


def test_r5_a_held_first_version_that_is_deleted_sends_nothing(tell: Tell) -> None:
    t = tell()
    one = t.new()
    t.bad(one)
    t.x("crm")
    t.delete(one)
    t.x("crm")
    assert t.held() == []
    assert t.number("bp") == 0
    t.settle()


# -- R6: the filter ------------------------------------------------------------------------------


def test_r6_an_operation_waits_for_its_invoice(tell: Tell) -> None:
    t = tell()
    one = t.new()
    payment = t.pay(t.pointer(one))
    t.x("bp")
    assert (t.number("crm"), t.number("bp")) == (0, 1)  # an acknowledgement and nothing else
    t.x("crm", "bp", "crm")
    assert payment in t.crm.objects
    t.settle()


def test_r6_an_operation_that_is_moved_away_goes(tell: Tell) -> None:
    t = tell()
    one = t.new()
    t.x("crm", "bp")
    payment = t.pay(one)
    t.x("bp", "crm")
    assert t.crm.states()[one.ref].paid == Decimal(100)
    t.bp.move(payment, t.world.watch.marker("o"), t.bp.pointer(t.own()))
    t.x("bp", "crm")
    assert payment not in t.crm.objects
    assert t.crm.states()[one.ref].paid == Decimal(0)
    t.settle()


def test_r6_bps_own_invoice_never_goes_to_the_crm(tell: Tell) -> None:
    t = tell()
    own = t.own()
    t.pay(own)
    t.settle()
    assert own not in t.crm.objects
    assert t.crm.operations() == {}


def test_r6_an_operation_goes_with_its_invoice(tell: Tell) -> None:
    t = tell()
    one = t.new()
    t.x("crm", "bp")
    payment = t.pay(one)
    t.x("bp", "crm")
    t.delete(one)
    t.x("crm", "bp", "crm")
    assert payment not in t.crm.objects
    t.settle()


def test_r6_an_operation_that_the_crm_invented_is_deleted(tell: Tell) -> None:
    t = tell()
    one = t.new()
    t.x("crm", "bp")
    payment = t.pay(one)
    t.x("bp", "crm")
    real: TradeOperation = t.crm.objects[payment]
    t.crm.meddle(payment)
    number = t.world.watch.number()
    invented = t.crm.invent(replace(real, key=replace(real.key, ref=guid(number), number="Х-1")))
    t.x("crm", "crm")
    assert invented not in t.crm.objects
    assert t.crm.objects[payment].total == real.total
    t.settle()


def test_r6_what_is_only_unposted_in_bp_goes_with_the_crms_deletion(tell: Tell) -> None:
    t = tell()
    one = t.new()
    t.x("crm", "bp", "crm", "bp")
    t.bp.unpost(one)
    t.bp.send()
    t.delete(one)
    t.x("crm")
    t.bp.post(one)
    t.settle()
    assert t.both(one) == (None, None)


def test_r6_unposted_and_posted_again(tell: Tell) -> None:
    t = tell()
    one = t.new()
    t.x("crm", "bp")
    payment = t.pay(one)
    t.x("bp", "crm")
    t.bp.unpost(payment)
    t.x("bp", "crm")
    assert payment not in t.crm.objects
    t.bp.post(payment)
    t.x("bp", "crm")
    assert payment in t.crm.objects
    t.settle()
