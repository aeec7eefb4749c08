"""What needs a person, and who waits: every way in which a base may stand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from converter.far.ledger import Outage
from converter.problems import catalogue as say
from converter.report.hands import Need, needs
from converter.report.waits import waits
from converter.report.words import NB, Words
from converter.views.status import BaseView, LinkView, Unfinished

EN = Words("en", UTC)
NOW = datetime(2026, 11, 28, 11, 40)


def view(**bp: Any) -> LinkView:
    """A link of which all is well but what is said of BP."""
    return LinkView("main", NOW, BaseView("crm"), BaseView("bp", **bp), [], [], 0)


def only(found: LinkView) -> Need:
    (need,) = needs(found, EN)
    return need


def test_all_is_well() -> None:
    assert list(needs(view(), EN)) == []
    assert waits(view(), EN) == []


@pytest.mark.parametrize(
    ("bp", "badge", "id"),
    [
        ({"alarm": say.NUMBER_REUSED(number=7, side="bp")}, "stopped", "NUMBER_REUSED"),
        ({"asked": say.RESTORED_ASK(count=3, side="bp"), "restored": NOW}, "asks for consent",
         "RESTORED_ASK"),
        ({"obstacle": say.VERSION_UNKNOWN(waiting=4)}, "cannot be written to", "VERSION_UNKNOWN"),
    ],
)  # fmt: skip
def test_what_stops_a_base_is_told_with_its_cure(bp: dict[str, Any], badge: str, id: str) -> None:
    need = only(view(**bp))
    assert (need.kind, need.badge, need.title) == ("stop", badge, "BP")
    ((what, cure),) = need.reasons
    assert what.endswith(f"[{id}]")
    assert cure


def test_a_base_that_was_restored_is_awaited() -> None:
    need = only(view(restored=NOW))
    assert (need.badge, need.since) == ("restored", NOW)
    assert "its complete contents are awaited" in need.reasons[0][0]


def test_a_server_that_is_away_says_since_when_and_when_it_is_tried_again() -> None:
    problem = say.FOLDER_AWAY(folder="sftp://server/bp", reason="timed out")
    trouble = Outage.of(NOW - timedelta(hours=2), problem, NOW + timedelta(minutes=5))
    need = only(view(away=trouble))
    assert (need.badge, need.since) == ("server away", NOW - timedelta(hours=2))
    assert need.reasons[0][0].endswith("[FOLDER_AWAY]")
    assert need.reasons[0][1].endswith(f"tried again 28{NB}Nov{NB}2026{NB}11:45")
    at_once = only(view(away=Outage.of(NOW, problem, None)))
    assert "tried again 28" not in at_once.reasons[0][1]


def test_a_state_that_is_behind_its_archive_stands_first() -> None:
    behind = view(restored=NOW)._replace(behind=say.STATE_BEHIND(known=3, last=9))
    first, second = needs(behind, EN)
    assert (first.badge, second.badge) == ("state is behind", "restored")


@pytest.mark.parametrize(
    ("bp", "expected"),
    [
        ({"waiting": 3, "since": NOW}, "BP has not said yet that it has read 3 objects"),
        ({"waiting": 3, "unsent": 3}, "not sent yet: 3 objects"),
        ({"waiting": 3, "unsent": 3, "blocked": 1}, "not sent yet: 3 objects, of these held 1"),
        ({"waiting": 1, "unsent": 1, "greeting": True},
         "not sent yet: 1 object; our greeting lies in the folder for now"),
        ({"waiting": 1, "unsent": 1, "obstacle": say.VERSION_UNKNOWN(waiting=1)},
         "not sent yet: 1 object; no version of the format is agreed"),
        ({"unfinished": (Unfinished("Message_BP_CRM.xml", NOW),)},
         "the file Message_BP_CRM.xml is still being written"),
    ],
)  # fmt: skip
def test_who_is_awaited_and_with_what(bp: dict[str, Any], expected: str) -> None:
    (wait,) = waits(view(**bp), EN)
    assert (wait.side, wait.what.replace(NB, " ")) == ("bp", expected)


def test_what_left_and_what_did_not_are_two_waits() -> None:
    found = waits(view(waiting=5, unsent=2, since=NOW), EN)
    assert [(each.objects, each.since) for each in found] == [(3, NOW), (2, None)]
