"""``converter doctor --fix``: a state that cannot be made again is not left half-made."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.messages import crm_invoice, guid
from tests.state.links import Linked


@pytest.fixture
def linked(tmp_path: Path) -> Linked:
    """A link that has taken three messages."""
    linked = Linked(tmp_path)
    for number in (1, 2, 3):
        linked.crm(crm_invoice(guid(number), number=f"СЧ-{number}"))
    return linked


def records(root: Path) -> set[Path]:
    """The entries of the archive."""
    return set(root.rglob("*.json"))


@pytest.mark.parametrize(
    ("lost", "problem"),
    [
        ("*-in-000002.xml", "ARCHIVE_DAMAGED"),
        ("000000002.json", "ARCHIVE_GAP"),
        ("000000001.json", "ARCHIVE_GAP"),
        ("passes", "ARCHIVE_EMPTY"),
        ("archive", "ARCHIVE_EMPTY"),
    ],
)
def test_a_failed_rebuilding_leaves_no_state(
    run: Run, linked: Linked, lost: str, problem: str
) -> None:
    state = linked.root / "exchange.db"
    state.unlink()
    for path in list(linked.root.rglob(lost)):
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    before = records(linked.root)
    for _ in range(2):
        done = run("doctor", "--fix", "-c", linked.config)
        assert (done.status, problem in done.err, "—" in done.err) == (3, True, False)
    assert records(linked.root) == before
    assert not state.exists()
    done = run("status", "-c", linked.config)
    assert (done.status, "STATE_LOST" in done.err) == (3, True)


def test_a_link_that_can_be_made_again_is_not_lost_with_one_that_cannot(
    run: Run, linked: Linked
) -> None:
    other = linked.config.read_text("utf-8").partition("[[link]]")[2]
    other = other.replace('"main"', '"other"').replace("exchange/", "other/")
    with linked.config.open("a", encoding="utf-8") as file:
        file.write(f"\n[[link]]{other}")
    shutil.copytree(linked.root / "exchange", linked.root / "other")
    for path in (linked.root / "other").rglob("000000002.json"):
        path.unlink()
    (linked.root / "exchange.db").unlink()
    done = run("doctor", "--fix", "-c", linked.config)
    assert (done.status, "ARCHIVE_GAP" in done.err) == (3, True)
    out = run("status", "-c", linked.config).out
    assert "CRM received 3" in out
    assert "STATE_BEHIND" in out
    done = run("sync", "-c", linked.config)
    assert done.status == 3
    assert done.err.startswith("main: ")  # no trouble: one line
    assert "\nother\n" in done.err


def test_status_tells_that_the_state_is_behind_the_archive(run: Run, linked: Linked) -> None:
    backup = (linked.root / "exchange.db").read_bytes()
    for number in (4, 5):
        linked.crm(crm_invoice(guid(number), number=f"СЧ-{number}"))
    (linked.root / "exchange.db").write_bytes(backup)
    assert "STATE_BEHIND" in run("status", "-q", "-c", linked.config).out
    assert run("sync", "-c", linked.config).status == 0
    assert "STATE_BEHIND" not in run("status", "-c", linked.config).out
