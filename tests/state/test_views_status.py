"""How a link stands: what waits and why (SPEC §7)."""

from __future__ import annotations

from pathlib import Path

import pytest

from converter.views.status import LinkView, link_view
from tests.messages import (
    ED_FORMAT,
    bp_invoice,
    bp_payment,
    crm_invoice,
    crm_row,
    guid,
    header,
    message,
)
from tests.state.links import Linked


@pytest.fixture
def linked(tmp_path: Path) -> Linked:
    return Linked(tmp_path)


def view(linked: Linked) -> LinkView:
    state = linked.state()
    try:
        with state.read() as connection:
            return link_view(connection, linked.link)
    finally:
        state.close()


def test_a_link_that_never_ran_has_not_begun(linked: Linked) -> None:
    found = view(linked)
    assert found.begun is None
    assert (found.crm.sent, found.bp.sent, found.crm.received, found.rejected) == (0, 0, 0, 0)


def test_what_left_waits_until_it_is_acknowledged(linked: Linked) -> None:
    linked.crm(crm_invoice())
    written = linked.now
    found = view(linked).bp
    assert (found.waiting, found.unsent, found.since) == (2, 0, written)  # with its counterparty
    assert not view(linked).well
    linked.bp()
    found = view(linked).bp
    assert (found.waiting, found.since, found.acknowledged) == (0, None, 1)
    assert view(linked).well


def test_since_is_the_first_message_that_nobody_acknowledged(linked: Linked) -> None:
    linked.crm(crm_invoice())
    first = linked.now
    linked.crm(crm_invoice(ref=guid(20), number="СЧ-2"))
    assert (view(linked).bp.sent, view(linked).bp.since) == (2, first)


def test_since_forgets_what_was_acknowledged(linked: Linked) -> None:
    linked.crm(crm_invoice())
    linked.crm(crm_invoice(ref=guid(20), number="СЧ-2"))
    second = linked.now
    linked.crm(crm_invoice(ref=guid(21), number="СЧ-3"))
    linked.bp(received=1)
    assert (view(linked).bp.sent, view(linked).bp.since) == (3, second)


def test_without_bps_versions_everything_waits(tmp_path: Path) -> None:
    linked = Linked(tmp_path, version="auto")
    linked.crm(crm_invoice())
    found = view(linked).bp
    assert found.obstacle is not None
    assert (found.obstacle.kind.id, found.waiting, found.unsent) == ("VERSION_UNKNOWN", 2, 2)
    assert found.version is None
    linked.bp()
    assert (view(linked).bp.obstacle, view(linked).bp.version) == (None, "1.19")


def test_nothing_stands_in_the_way_where_nothing_waits(tmp_path: Path) -> None:
    linked = Linked(tmp_path, version="auto")
    linked.crm()
    assert view(linked).well


def test_no_common_version_is_said_even_where_nothing_waits(tmp_path: Path) -> None:
    linked = Linked(tmp_path, version="auto")
    head = header(ED_FORMAT, message_no=0, sender="BP", to="CRM", versions=("1.98", "1.99"))
    linked.put("bp", message(None, head))
    linked.sync()
    obstacle = view(linked).bp.obstacle
    assert obstacle is not None
    assert obstacle.kind.id == "VERSION_NONE"
    assert "1.98, 1.99" in obstacle.what("ru")


def test_an_alarm_says_why(linked: Linked) -> None:
    linked.crm(crm_invoice())
    linked.bp()
    linked.sent["bp"] = 0
    linked.bp(bp_payment())
    found = view(linked)
    assert found.bp.alarm is not None
    assert (found.bp.alarm.kind.id, found.rejected) == ("NUMBER_REUSED", 1)
    assert found.crm.alarm is None
    assert not found.well


def test_after_a_restore_the_complete_contents_are_awaited(linked: Linked) -> None:
    linked.crm(crm_invoice())
    linked.bp()
    linked.command("restored", side="bp", sent=1, received=1, agreed=False)
    found = view(linked)
    assert found.bp.restored == linked.now
    assert not found.well


def test_complete_contents_that_lack_something_ask_for_consent(linked: Linked) -> None:
    linked.crm(crm_invoice())
    linked.bp(bp_payment())
    linked.command("restored", side="bp", sent=1, received=1, agreed=False)
    assert view(linked).bp.asked is None
    linked.bp(bp_invoice())  # without the payment
    asked = view(linked).bp.asked
    assert asked is not None
    assert (asked.kind.id, dict(asked.details)["count"]) == ("RESTORED_ASK", 1)
    linked.command("agreed", side="bp")
    linked.sync()
    assert (view(linked).bp.asked, view(linked).bp.restored) == (None, None)


def test_what_is_held_stays_in_the_queue_and_is_told_apart(tmp_path: Path) -> None:
    linked = Linked(tmp_path, version="auto")
    new_rate = crm_invoice(rows=[crm_row(vat="НДС22", vat_sum="36.07")])
    linked.crm(new_rate, crm_invoice(ref=guid(20), number="СЧ-2"))
    linked.bp(version="1.8")
    found = view(linked)
    assert [each.ref for each in found.held] == [guid(1)]
    assert (found.bp.waiting, found.bp.unsent, found.bp.blocked) == (3, 1, 1)
    assert (found.crm.blocked, found.bp.obstacle) == (0, None)


def test_the_last_messages_and_their_times(linked: Linked) -> None:
    linked.crm(crm_invoice(), crm_invoice(ref=guid(20), number="СЧ-2"))
    first = linked.now
    linked.bp(bp_payment())
    second = linked.now
    found = view(linked)
    assert found.crm.taken == (1, first, 2)
    assert found.crm.written is not None
    assert (found.crm.written.number, found.crm.written.at) == (2, second)
    assert found.bp.taken == (1, second, 1)


def test_a_file_that_is_still_being_written_is_named(linked: Linked) -> None:
    linked.crm(crm_invoice())
    linked.set_up(settle=600)
    linked.put("bp", "<Message")
    linked.sync()
    (unfinished,) = view(linked).bp.unfinished
    assert (unfinished.name, unfinished.since) == ("Message_BP_CRM.xml", linked.now)
