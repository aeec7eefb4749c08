"""What is wrong now, out of a real state and the end of a pass."""

from __future__ import annotations

from datetime import UTC, timedelta
from pathlib import Path

import pytest

from converter.alerts.conditions import Condition, Moment, Outcome, conditions
from converter.problems import catalogue as say
from converter.state.files import Rejections
from converter.state.troubles import Trouble
from converter.views.status import standing
from tests.alerts.news import trouble
from tests.messages import bp_invoice, bp_payment, crm_invoice, guid
from tests.state.links import Linked

AWAY = say.FOLDER_MISSING(folder="x")
WELL = Outcome()


@pytest.fixture
def linked(tmp_path: Path) -> Linked:
    return Linked(tmp_path)


def found(
    linked: Linked, outcome: Outcome | None = WELL, known: tuple[Trouble, ...] = ()
) -> list[Condition]:
    state = linked.state()
    try:
        with state.read() as connection:
            return conditions(
                linked.link,
                standing(connection, linked.link),
                Rejections(connection, "main").all(),
                outcome,
                known,
                Moment(linked.now, UTC),
            )
    finally:
        state.close()


def keys(linked: Linked, outcome: Outcome | None = WELL) -> list[str]:
    return [each.key for each in found(linked, outcome)]


def silence(linked: Linked, side: str, text: str) -> None:
    """Set how long a side may be silent."""
    before = linked.config.read_text("utf-8")
    linked.config.write_text(
        before.replace(f"[link.{side}]\n", f"[link.{side}]\n{text}\n"), "utf-8"
    )
    from converter.settings import load

    linked.settings = load(linked.config)


def test_a_link_that_has_not_begun_and_one_that_is_well(linked: Linked) -> None:
    silence(linked, "bp", 'silence = "1h"')
    assert found(linked) == []
    linked.crm(crm_invoice())
    linked.bp()
    assert found(linked) == []


def test_a_held_object_until_it_is_mended(linked: Linked) -> None:
    linked.crm(crm_invoice(total="300"))
    [held] = found(linked)
    assert held.key == f"held/crm/Документ.СчетНаОплату {guid(1)}"
    assert (held.link, held.side, held.object) == ("main", "crm", "Документ.СчетНаОплату № СЧ-1")
    assert held.since == linked.now
    assert [each.kind.id for each in held.problems] == ["SUM_NOT_ROWS"]
    linked.crm(crm_invoice())
    assert found(linked) == []


def test_a_rejected_file_until_a_later_message_is_taken(linked: Linked) -> None:
    linked.put("bp", "<x/>")
    linked.sync()
    at = linked.now
    [rejected] = found(linked)
    assert (rejected.key, rejected.object) == ("rejected/bp", "Message_BP_CRM.xml")
    assert (rejected.since, rejected.problems[0].kind.id) == (at, "NOT_A_MESSAGE")
    linked.put("bp", "<y/>")
    linked.sync()
    assert [(each.key, each.since) for each in found(linked)] == [("rejected/bp", linked.now)]
    linked.crm(crm_invoice())
    assert keys(linked) == ["rejected/bp"]
    linked.bp()
    assert found(linked) == []


def test_a_base_in_alarm(linked: Linked) -> None:
    linked.crm(crm_invoice())
    linked.bp()
    linked.sent["bp"] = 0
    linked.bp(bp_payment())
    [alarm] = found(linked)
    assert (alarm.key, alarm.side) == ("alarm/bp", "bp")
    assert "doctor --restored bp" in alarm.problems[0].cure("en")


def test_a_base_that_waits_for_a_word(linked: Linked) -> None:
    linked.crm(crm_invoice())
    linked.bp(bp_payment())
    linked.command("restored", side="bp", sent=1, received=1, agreed=False)
    assert found(linked) == []  # whoever ran the command knows what it waits for
    linked.bp(bp_invoice())
    assert [(each.key, each.problems[0].kind.id) for each in found(linked)] == [
        ("asked/bp", "RESTORED_ASK")
    ]


def test_no_version_to_write_in(tmp_path: Path) -> None:
    linked = Linked(tmp_path, version="auto")
    linked.crm(crm_invoice())
    assert keys(linked) == ["version/bp"]
    linked.bp()
    assert keys(linked) == []


# -- what only a pass can tell -------------------------------------------------------------------


def test_a_folder_that_is_away_once_a_side(linked: Linked) -> None:
    linked.crm(crm_invoice())
    away = (("bp", AWAY), ("bp", say.FOLDER_FULL(folder="x")), ("crm", AWAY))
    conditions_ = found(linked, Outcome(None, away))
    assert {(each.key, each.problems[0].kind.id) for each in conditions_} == {
        ("away/bp", "FOLDER_MISSING"),
        ("away/crm", "FOLDER_MISSING"),
    }


def test_a_link_that_cannot_be_worked(linked: Linked) -> None:
    stopped = say.ARCHIVE_GAP(archive="a", missing=3)
    [condition] = found(linked, Outcome(stopped))
    assert (condition.key, condition.side, condition.problems) == ("stopped", "", (stopped,))


def test_before_the_first_pass_ends_what_passes_told_still_holds(linked: Linked) -> None:
    known = (
        trouble("away/bp", side="bp"),
        trouble("stopped", side=""),
        trouble("away/crm", gone=linked.now),  # over
        trouble("held/crm/7"),  # the state knows better
        trouble("away/bp", link="other"),
    )
    assert [each.key for each in found(linked, None, known)] == ["away/bp", "stopped"]
    assert found(linked, Outcome(), known) == []


# -- silence -------------------------------------------------------------------------------------


def test_a_base_that_is_silent_for_longer_than_it_may(linked: Linked) -> None:
    silence(linked, "bp", 'silence = "26h"')
    linked.crm(crm_invoice())
    linked.bp()
    last = linked.now
    linked.now += timedelta(hours=26)
    assert found(linked) == []
    linked.now += timedelta(minutes=1)
    [silent] = found(linked)
    assert (silent.key, silent.side, silent.since) == ("silent/bp", "bp", last)
    assert silent.problems[0].what("en") == (
        "there has been no new message from the base (BP) since 2026-03-02 09:04;"
        " its silence is set to 26 h"
    )
    linked.bp()
    assert found(linked) == []


def test_a_base_that_never_said_anything_is_silent_since_the_beginning(linked: Linked) -> None:
    silence(linked, "bp", 'silence = "1h"')
    linked.crm(crm_invoice())
    begun = linked.now
    linked.now += timedelta(hours=2)
    assert [(each.key, each.since) for each in found(linked)] == [("silent/bp", begun)]


@pytest.mark.parametrize("days", ["all", "mon-fri"])
def test_a_week_end(days: str, linked: Linked) -> None:
    silence(linked, "crm", f'silence = "26h"\nsilence_days = "{days}"')
    linked.now += timedelta(days=4)  # Friday
    linked.crm(crm_invoice())
    linked.now += timedelta(days=2)
    assert keys(linked) == (["silent/crm"] if days == "all" else [])
    linked.now += timedelta(days=2)
    assert keys(linked) == ["silent/crm"]


def test_a_file_that_was_rejected_is_a_sign_of_life(linked: Linked) -> None:
    silence(linked, "bp", 'silence = "1h"')
    linked.crm(crm_invoice())
    linked.now += timedelta(hours=2)
    linked.put("bp", "<x/>")
    linked.sync()
    assert keys(linked) == ["rejected/bp"]


def test_who_is_not_listened_to_is_not_called_silent(linked: Linked) -> None:
    silence(linked, "bp", 'silence = "1h"')
    linked.crm(crm_invoice())
    linked.bp()
    linked.sent["bp"] = 0
    linked.bp(bp_payment())
    linked.now += timedelta(hours=2)
    assert keys(linked) == ["alarm/bp"]


def test_nor_one_whose_folder_is_away(linked: Linked) -> None:
    silence(linked, "bp", 'silence = "1h"')
    linked.crm(crm_invoice())
    linked.now += timedelta(hours=2)
    assert keys(linked, Outcome(None, (("bp", AWAY),))) == ["away/bp"]


def test_after_a_restore_silence_counts_from_then(linked: Linked) -> None:
    silence(linked, "bp", 'silence = "1h"')
    linked.crm(crm_invoice())
    linked.bp()
    linked.now += timedelta(minutes=50)
    linked.command("restored", side="bp", sent=1, received=1, agreed=False)
    linked.now += timedelta(minutes=50)
    assert keys(linked) == []
    linked.now += timedelta(minutes=50)
    assert keys(linked) == ["silent/bp"]
