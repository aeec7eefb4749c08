"""Ctrl+C once finishes the pass that has begun; once more cuts it off (SPEC §7)."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from converter.cli.stopping import Leave
from tests.conftest import ROOT, Run, environment
from tests.messages import crm_invoice, crm_message
from tests.state.links import Linked

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")


@pytest.mark.parametrize("command", ["sync", "watch"])
@pytest.mark.parametrize("first", [signal.SIGINT, signal.SIGTERM])
def test_once_more_cuts_off_a_pass_that_hangs(
    command: str, first: signal.Signals, tmp_path: Path, run: Run
) -> None:
    """The password of the base comes from a command that does not answer."""
    linked = Linked(tmp_path)
    linked.put("crm", crm_message(crm_invoice()))
    hanging = tmp_path / "hangs"
    wait = f"import pathlib, time; pathlib.Path({str(hanging)!r}).touch(); time.sleep(20)"
    text = linked.config.read_text("utf-8")
    hangs = text.replace(
        "[link.bp]", f'[link.bp]\npassword_command = [\'{sys.executable}\', \'-c\', """{wait}"""]'
    )
    linked.config.write_text(hangs, "utf-8")
    said = tmp_path / "said.txt"
    with said.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "converter", command, "--lang", "en", "-c", str(linked.config)],
            cwd=ROOT,
            env=environment(),
            stderr=file,
            start_new_session=True,
        )
    try:
        until(lambda: hanging.exists() or process.poll() is not None)
        process.send_signal(first)
        until(lambda: interrupted(process))
    finally:
        os.killpg(process.pid, signal.SIGKILL)  # and the command that hangs
    assert process.wait(60) == 130
    assert "the next pass finishes it" in said.read_text("utf-8")
    linked.config.write_text(text, "utf-8")
    done = run("sync", "-c", linked.config)
    assert (done.status, "CRM → no. 1" in done.err) == (0, True)
    assert not list(tmp_path.rglob(".converter-*"))


def interrupted(process: subprocess.Popen[bytes]) -> bool:
    """Press Ctrl+C once more; one that follows the other too closely counts as the same."""
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
    return process.poll() is not None


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_who_was_asked_to_leave_before_there_was_work_leaves_it() -> None:
    stopped: list[str] = []
    leave = Leave()
    leave()
    leave.by(lambda: stopped.append("early"))
    assert stopped == ["early"]
    later = Leave()
    later.by(lambda: stopped.append("late"))
    assert stopped == ["early"]
    later()
    assert stopped == ["early", "late"]
