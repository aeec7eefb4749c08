"""``converter watch``: its language, the time of its lines, a link of its own name."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from converter.exchange.locking import WATCH
from converter.state.sqlite import Sqlite
from tests.conftest import ROOT, environment
from tests.messages import crm_invoice, crm_message
from tests.state.links import Linked

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
TIME = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d  "


@pytest.mark.parametrize(
    ("surroundings", "before"), [({}, TIME), ({"JOURNAL_STREAM": "8:1"}, "")], ids=["", "systemd"]
)
def test_lines_have_a_language_and_a_time(
    tmp_path: Path, surroundings: dict[str, str], before: str
) -> None:
    linked = Linked(tmp_path)
    linked.put("crm", crm_message(crm_invoice(total="300")))
    plain = {name: value for name, value in environment().items() if name != "JOURNAL_STREAM"}
    process = subprocess.Popen(
        [sys.executable, "-m", "converter", "watch", "--lang", "ru", "-c", str(linked.config)],
        cwd=ROOT,
        env={**plain, **surroundings},
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    assert process.stderr is not None
    lines = [process.stderr.readline().rstrip("\n") for _ in range(5)]
    process.send_signal(signal.SIGTERM)
    assert process.wait(60) == 0
    left = process.stderr.read().splitlines()
    process.stderr.close()
    assert re.fullmatch(f"{before}остановлено", left[-1])
    assert re.fullmatch(f"{before}слежу: 1 связка; остановить: Ctrl\\+C", lines[0])
    assert re.fullmatch(f"{before}main · Message_CRM_BP\\.xml:\\d+ · .+", lines[1])
    assert lines[2].startswith("  объект задержан: ")
    assert re.fullmatch(f"{before}main: CRM → №1, 1 объект; .+; задержано: 1", lines[4])


@contextmanager
def watching(linked: Linked) -> Iterator[subprocess.Popen[str]]:
    """A watch of a link, which looks often and tells what it does on standard error."""
    command = [sys.executable, "-m", "converter", "watch", "--interval", "0.1"]
    process = subprocess.Popen(
        [*command, "-c", str(linked.config)],
        cwd=ROOT,
        env={**environment(), "JOURNAL_STREAM": "8:1"},
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    hangs = threading.Timer(60, process.kill)  # a line that never comes is a failure
    hangs.start()
    try:
        until(process, "watching")
        yield process
    finally:
        hangs.cancel()
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
    assert process.returncode == 0


def until(process: subprocess.Popen[str], words: str) -> list[str]:
    """The lines that a watch writes up to one with these words."""
    assert process.stderr is not None
    lines = []
    for line in process.stderr:
        lines.append(line.rstrip("\n"))
        if words in line:
            return lines
    raise AssertionError(f"it ended without {words}: {lines}")


def test_it_is_well_again_only_where_nothing_lasts_any_more(tmp_path: Path) -> None:
    linked = Linked(tmp_path)
    linked.crm(crm_invoice())
    folder, away = tmp_path / "exchange" / "crm", tmp_path / "away"
    with watching(linked) as process:
        folder.rename(away)
        until(process, "[FOLDER_MISSING]")
        folder.mkdir()  # as where a share is not connected, and its mount point shows
        assert [each for each in until(process, "[FOLDER_BARE]") if "well again" in each] == []
        folder.rmdir()
        away.rename(folder)
        assert until(process, "well again")[-1] == "main: well again"


def test_a_state_that_was_deleted_under_it_is_told_as_lost(tmp_path: Path) -> None:
    linked = Linked(tmp_path)
    linked.crm(crm_invoice())
    state, away = tmp_path / "exchange.db", tmp_path / "away.db"
    with watching(linked) as process:
        state.rename(away)
        lost = until(process, "[STATE_LOST]")[-1]
        assert str(state) in lost
        assert not state.exists()
        away.rename(state)
        assert until(process, "well again")[-1] == "main: well again"
        shutil.copy(state, away)
        away.replace(state)  # a copy put back: this process still has the other one
        linked.put("crm", crm_message(crm_invoice(total="300")))
        assert "start it again" in until(process, "[STATE_FAILED]")[-1]


def test_no_link_has_the_lock_of_the_watch(tmp_path: Path) -> None:
    state = Sqlite(Linked(tmp_path).settings.state)
    assert state.lock_path("watch") != state.lock_path(WATCH)


def test_what_runs_for_days_looks_for_cycles_as_often_as_python_does(tmp_path: Path) -> None:
    """Parsers are cycles: hundreds of them would stay, each with a piece of its message."""
    program = (
        "import atexit, gc\n"
        "before = gc.get_threshold()\n"
        "atexit.register(lambda: print(before == gc.get_threshold()))\n"
        "from converter.__main__ import main\n"
        "main()\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program, "watch", "-c", str(Linked(tmp_path).config)],
        cwd=ROOT,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    assert process.stderr is not None
    process.stderr.readline()  # it watches
    process.send_signal(signal.SIGTERM)
    out, said = process.communicate(timeout=60)
    assert (process.returncode, out) == (0, "True\n"), said
