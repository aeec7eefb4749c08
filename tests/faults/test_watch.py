"""`converter watch` in a process of its own: files come, folders go away, signals arrive."""

from __future__ import annotations

import os
import re
import signal
import time
from pathlib import Path

import pytest

from tests import messages
from tests.faults import checks, scene
from tests.faults.hooks import SETTINGS
from tests.faults.watching import Watch, until

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")

TO_BP = "bp/Message_CRM_BP.xml"
TO_CRM = "crm/Message_BP_CRM.xml"


def _number(path: Path) -> int:
    try:
        found = re.search(rb"<msg:MessageNo>(\d+)<", path.read_bytes())
    except FileNotFoundError:
        return 0
    return int(found.group(1)) if found else 0


def _taken(where: Path) -> int:
    rows = checks.state(where / "exchange.db")["table journal"]
    return sum(count for row, count in rows.items() if "'event': 'taken'" in row)


def test_what_comes_is_answered(where: Path) -> None:
    scene.empty(where)
    with Watch(where, interval="60") as watch:
        for number in (1, 2, 3):
            scene.put(where / "crm/Message_CRM_BP.xml", scene.crm(number))
            until(lambda n=number: _number(where / TO_CRM) == n, f"answer {number}")  # type: ignore[misc]
            until(lambda n=number: _number(where / TO_BP) == n, f"message {number}")  # type: ignore[misc]
        assert watch.stop() == 0
    assert _taken(where) == 3
    assert len(watch.lines) == 3, watch.said
    assert all("  main: CRM → no. " in line for line in watch.lines)


def test_silent_where_nothing_comes(where: Path) -> None:
    scene.empty(where)
    with Watch(where) as watch:
        until(lambda: (where / "crm/archive/passes").exists(), "the first pass")
        assert watch.stop() == 0
    before, files = (where / "exchange.db").stat().st_mtime_ns, checks.visible(where)
    with Watch(where, interval="0.1") as watch:
        end = time.monotonic() + 1.0  # ten scans: more of them only make the test stricter
        until(lambda: time.monotonic() > end, "a second")
        assert watch.stop() == 0
    assert watch.lines == []
    assert (where / "exchange.db").stat().st_mtime_ns == before
    assert checks.visible(where) == files


def test_what_is_copied_slowly_is_taken_whole(where: Path) -> None:
    scene.empty(where, SETTINGS.replace("settle = 0", "settle = 600"))
    data = scene.crm(1).encode()
    with Watch(where, interval="0.1") as watch:
        with (where / "crm/Message_CRM_BP.xml").open("wb", buffering=0) as file:
            for start in range(0, len(data), 100):
                file.write(data[start : start + 100])
                time.sleep(0.02)  # slower than a pass; a faster machine only sees more halves
        until(lambda: _number(where / TO_CRM) == 1, "the answer")
        assert watch.stop() == 0
    assert _taken(where) == 1
    assert not (where / "crm/rejected").exists()
    assert [line for line in watch.lines if "CRM →" in line] == watch.lines, watch.said


@pytest.mark.parametrize("side", ["crm", "bp"])
def test_folder_goes_away_and_comes_back(where: Path, side: str) -> None:
    scene.empty(where)
    with Watch(where, interval="0.1") as watch:
        scene.put(where / "crm/Message_CRM_BP.xml", scene.crm(1))
        until(lambda: _number(where / TO_CRM) == 1 and watch.lines, "the answer")
        (where / side).rename(where / "away")
        until(lambda: "FOLDER_MISSING" in watch.said, "away")
        end = time.monotonic() + 0.7  # several scans, all silent
        until(lambda: time.monotonic() > end, "some scans")
        assert not (where / side).exists()
        (where / "away").rename(where / side)
        until(lambda: "well again" in watch.said, "well again")
        scene.put(where / "crm/Message_CRM_BP.xml", scene.crm(2))
        until(lambda: _number(where / TO_CRM) == 2, "the next answer")
        assert watch.stop() == 0
    assert watch.said.count("FOLDER_MISSING") == watch.said.count("well again") == 1
    assert _taken(where) == 2


def test_events_come_again_from_a_folder_that_was_made_anew(where: Path) -> None:
    """A share that was mounted again is another folder under the same name."""
    scene.empty(where, SETTINGS.replace("settle = 0", 'settle = 0\narchive = "kept"'))
    (where / "kept").mkdir()
    with Watch(where, interval="3") as watch:
        scene.put(where / "crm/Message_CRM_BP.xml", scene.crm(1))
        until(lambda: _number(where / TO_CRM) == 1, "the answer")
        (where / "crm").rename(where / "away")
        until(lambda: "FOLDER_MISSING" in watch.said, "away")
        (where / "crm").mkdir()
        until(lambda: "well again" in watch.said, "well again")
        until(lambda: _number(where / TO_CRM) == 1, "put back")
        waited = []
        for number in (2, 3, 4):
            began = time.monotonic()
            scene.put(where / "crm/Message_CRM_BP.xml", scene.crm(number))
            until(lambda n=number: _number(where / TO_CRM) == n, f"answer {number}")  # type: ignore[misc]
            waited.append(time.monotonic() - began)
        assert watch.stop() == 0
    assert max(waited[1:]) < 2, f"only the scan finds what comes: {waited}"


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_signal_in_a_pass(where: Path, how: signal.Signals) -> None:
    scene.empty(where)
    many = [messages.crm_invoice(messages.guid(5000 + n), number=f"С-{n}") for n in range(300)]
    with Watch(where, interval="60") as watch:
        until(lambda: (where / "crm/archive/passes").exists(), "the first pass")
        scene.put(where / "crm/Message_CRM_BP.xml", messages.crm_message(*many))
        until(lambda: list((where / "crm/archive").glob(".converter-*")), "a pass")
        assert watch.stop(how) == 0
    assert _number(where / TO_CRM) == _number(where / TO_BP) == 1  # it was finished
    assert _taken(where) == 1
    assert not list(where.rglob(".converter-*"))
    assert len(watch.lines) == 1 and "300 objects" in watch.lines[0], watch.said


def test_second_watch_names_the_first(where: Path) -> None:
    scene.empty(where)
    with Watch(where) as first:
        until(lambda: (where / "crm/archive/passes").exists(), "the first pass")
        (where / "second").mkdir()
        text = (where / "exchange.toml").read_text().replace("sqlite:///", f"sqlite:///{where}/")
        text = text.replace('"crm"', f'"{where}/crm"').replace('"bp"', f'"{where}/bp"')
        text = text.replace(f'code = "{where}/', 'code = "')
        (where / "second/exchange.toml").write_text(text)
        with Watch(where / "second") as second:
            assert second.process.wait(60) == 3, second.said
        assert "LOCKED" in second.said and str(first.process.pid) in second.said
        assert first.process.poll() is None
        assert first.stop() == 0


def test_watch_and_sync_share_a_link(where: Path, launcher: object) -> None:
    from tests.faults.killer import Launcher

    assert isinstance(launcher, Launcher)
    scene.empty(where)
    with Watch(where, interval="0.1") as watch:
        until(lambda: (where / "crm/archive/passes").exists(), "the first pass")
        for number in range(1, 11):
            scene.put(where / "crm/Message_CRM_BP.xml", scene.crm(number))
            assert launcher.run(where).status == 0
        until(lambda: _number(where / TO_CRM) == 10, "the last answer")
        assert watch.stop() == 0
    assert _taken(where) == 10


def test_missing_folder_stops_only_its_link(where: Path) -> None:
    link = SETTINGS[SETTINGS.index("[[link]]") :].replace('"main"', '"other"')
    other = link.replace('folder = "crm"', 'folder = "crm2"').replace('"bp"', '"bp2"')
    scene.empty(where, SETTINGS + other)
    (where / "crm2").mkdir()
    with Watch(where, interval="0.2") as watch:
        for number in (1, 2):
            scene.put(where / "crm/Message_CRM_BP.xml", scene.crm(number))
            until(lambda n=number: _number(where / TO_CRM) == n, f"answer {number}")  # type: ignore[misc]
        assert watch.stop() == 0
    assert len([each for each in watch.lines if "  main: CRM → no." in each]) == 2
    assert watch.said.count("FOLDER_MISSING") == 1
    assert not (where / "bp2").exists()


def test_link_may_be_called_watch(where: Path) -> None:
    scene.empty(where, SETTINGS.replace('"main"', '"watch"'))
    scene.put(where / "crm/Message_CRM_BP.xml", scene.crm(1))
    with Watch(where) as watch:
        end = time.monotonic() + 5
        until(lambda: _number(where / TO_CRM) or time.monotonic() > end, "a while")
        watch.process.kill()
    assert _number(where / TO_CRM) == 1
