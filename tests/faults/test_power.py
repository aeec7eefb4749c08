"""Power fails at a call of a pass, and what was not synced is gone: nothing lost or doubled (F12)."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from converter.state.opening import open_state
from tests.faults.power import Drill, Loss, lay_out

#: this run tries some of the moments, `python -m tests.faults.outage` all of them
POINTS = 8


@pytest.mark.parametrize("loss", Loss)
@pytest.mark.parametrize("part", range(2))
def test_power_is_lost_at_a_call(drill: Drill, where: Path, loss: Loss, part: int) -> None:
    for number, at in enumerate(drill.points(POINTS, list(Loss).index(loss))[part::2]):
        drill.loses(where.with_name(f"{number}"), at, loss)


@pytest.mark.parametrize("loss", Loss)
@pytest.mark.parametrize(
    "call",
    [
        "^fsync crm/archive/passes/0",  # the record is there
        "^unlink exchange.db-journal",  # the commits
        r"^rename bp/\.converter",  # our message appears
    ],
)
def test_power_is_lost_where_it_matters(drill: Drill, where: Path, loss: Loss, call: str) -> None:
    for number, at in enumerate(drill.near(call)):
        drill.loses(where.with_name(f"{number}"), at, loss)


def test_the_model_forgets_what_was_not_synced(drill: Drill, where: Path) -> None:
    """Just before our message is synced nothing of it is left; just behind the rename all of it."""
    recording = drill.recording
    at = next(n for n, each in enumerate(recording.moments) if "rename bp/.converter" in each.event)
    for loss, name, size in (
        (Loss.OLD, "Message_CRM_BP.xml", None),
        (Loss.TORN, "Message_CRM_BP.xml", 1),
    ):
        laid = lay_out(drill.clean, where.with_name(loss.name), recording, at + 1, loss)
        assert (laid / "bp" / name).exists()
        temporary = list((laid / "bp").glob(".converter-*"))
        assert not temporary, "renamed, and never synced under the other name"
        new = (drill.clean / "bp" / name).read_bytes()
        assert ((laid / "bp" / name).read_bytes() == new) is (size is not None)


def test_sqlite_waits_for_the_disk(tmp_path: Path) -> None:
    """EXTRA: also the end of a journal is synced, without which a commit may be undone."""
    state = open_state(f"sqlite:///{tmp_path / 'x.db'}", list, datetime(2026, 1, 1))
    with state.begin() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 3
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "delete"
    state.close()
