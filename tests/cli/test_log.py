"""The lines of ``sync`` and ``watch``: JSON with stable names, a file that is turned over."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from converter.cli.console import Manner
from converter.cli.log import Log
from converter.cli.passes import tell
from converter.exchange.report import Report
from tests.conftest import ROOT, Run, environment
from tests.messages import (
    bp_deletion,
    bp_invoice,
    bp_row,
    crm_invoice,
    crm_message,
    guid,
)
from tests.state.links import Linked

SIGNALS = pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
Capture = pytest.CaptureFixture[str]
ALWAYS = {"time", "level", "event", "text"}


@pytest.fixture
def linked(tmp_path: Path) -> Linked:
    return Linked(tmp_path)


def events(text: str) -> list[dict[str, Any]]:
    """The lines, each of which is JSON with its time and zone."""
    found = [json.loads(line) for line in text.splitlines()]
    for each in found:
        assert each.keys() >= ALWAYS
        assert datetime.fromisoformat(each["time"]).tzinfo is not None
        assert each["level"] in ("info", "warning", "error")
    return found


def without_words(each: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in each.items() if name not in ("time", "text")}


def test_a_line_for_each_event(run: Run, linked: Linked) -> None:
    linked.put("crm", crm_message(crm_invoice(), crm_invoice(guid(7), number="СЧ-7", total="300")))
    done = run("sync", "--log-format", "json", "-c", linked.config)
    assert (done.status, done.out) == (1, "")
    problem, *others = events(done.err)
    assert (problem["event"], problem["level"], problem["id"]) == (
        "problem",
        "error",
        "SUM_NOT_ROWS",
    )
    assert {name: problem[name] for name in ("link", "file", "object", "key", "field")} == {
        "link": "main",
        "file": "Message_CRM_BP.xml",
        "object": "Документ.СчетНаОплату № СЧ-7",
        "key": f"Документ.СчетНаОплату {guid(7)}",
        "field": "Сумма",
    }
    assert problem["cure"].startswith("recalculate")
    assert [without_words(each) for each in others] == [
        {"level": "info", "event": "taken", "link": "main", "side": "crm", "number": 1,
         "objects": 2, "file": "Message_CRM_BP.xml"},
        {"level": "info", "event": "written", "link": "main", "side": "crm", "number": 1,
         "objects": 0, "received": 1, "file": "Message_BP_CRM.xml", "again": False},
        {"level": "info", "event": "written", "link": "main", "side": "bp", "number": 1,
         "objects": 2, "received": 0, "file": "Message_CRM_BP.xml", "again": False},
        {"level": "info", "event": "held", "link": "main", "count": 1},
    ]  # fmt: skip
    assert others[0]["text"] == "CRM → no. 1, 2 objects"


def test_a_pass_without_news_says_nothing(run: Run, linked: Linked) -> None:
    run("sync", "-c", linked.config)
    assert run("sync", "--log-format", "json", "-c", linked.config).err == ""


def test_a_folder_that_is_away_names_its_side(run: Run, linked: Linked) -> None:
    (linked.root / "exchange/bp").rmdir()
    done = run("sync", "--log-format", "json", "-c", linked.config)
    [problem] = [each for each in events(done.err) if each["event"] == "problem"]
    assert (problem["side"], problem["id"]) == ("bp", "FOLDER_MISSING")


def test_a_plan_says_so(run: Run, linked: Linked) -> None:
    linked.put("crm", crm_message(crm_invoice()))
    done = run("sync", "--dry-run", "--log-format", "json", "-c", linked.config)
    assert {each["plan"] for each in events(done.err)} == {True}


@pytest.mark.parametrize("option", [["--log-format", "json"], ["--log-format=json"]])
def test_what_stops_the_command_is_a_line_too(run: Run, tmp_path: Path, option: list[str]) -> None:
    done = run("sync", *option, "-c", tmp_path / "none.toml")
    [problem] = events(done.err)
    assert (done.status, problem["id"]) == (2, "SETTINGS_MISSING")


# -- what people call an object ------------------------------------------------------------------


def conflict(linked: Linked) -> Report:
    """Both sides change an invoice before either has heard of the other's change."""
    linked.crm(crm_invoice())
    linked.bp(bp_invoice(total="300", rows=bp_row("3", "100", "300")))
    return linked.crm(crm_invoice(after_vat="<Комментарий>other</Комментарий>"), received=1)


def test_a_conflict_names_number_and_date(linked: Linked, capsys: Capture) -> None:
    tell(conflict(linked), Manner())
    said = capsys.readouterr().err
    assert "changed on both sides: invoice СЧ-1 of 2026-02-11" in said
    assert guid(1) not in said


def test_and_to_programs_the_key_too(linked: Linked, capsys: Capture) -> None:
    tell(conflict(linked), Manner(), log=Log(as_json=True))
    [found] = [each for each in events(capsys.readouterr().err) if each["event"] == "conflict"]
    assert found["object"] == "invoice СЧ-1 of 2026-02-11"
    assert found["key"] == f"Документ.СчетНаОплату {guid(1)}"


def test_an_invoice_that_was_withdrawn_too(linked: Linked, capsys: Capture) -> None:
    linked.crm(crm_invoice())
    linked.bp(bp_invoice())
    tell(linked.bp(bp_deletion()), Manner())
    assert "withdrawn in BP: invoice СЧ-1 of 2026-02-11" in capsys.readouterr().err


# -- names from outside --------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["text", "json"])
def test_names_from_outside_cannot_make_lines_of_their_own(
    form: str, run: Run, linked: Linked
) -> None:
    number = "СЧ\u2028\u202e\u009b2J"
    linked.put("crm", crm_message(crm_invoice(number=number, total="300")))
    if os.name != "nt":
        name = "Message\nmain: CRM → no. 9_CRM_BP.xml"
        (linked.root / "exchange/crm" / name).write_text("<x/>")
    done = run("sync", "--log-format", form, "-c", linked.config)
    assert done.status == 1
    for line in done.err.split("\n"):
        assert not line.startswith("main: CRM → no. 9")
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u202e]", done.err)
    if form == "json":
        events(done.err)


# -- watch ---------------------------------------------------------------------------------------


@SIGNALS
def test_watch_writes_the_same_lines_to_a_file(linked: Linked, tmp_path: Path) -> None:
    log = tmp_path / "log" / "watch.log"
    log.parent.mkdir()
    watch = Watch(linked, "--log-file", str(log), JOURNAL_STREAM="8:1")
    linked.put("crm", crm_message(crm_invoice()))
    until(lambda: log.exists() and "CRM → no. 1" in log.read_text("utf-8"))
    said = watch.stop()
    kept = log.read_text("utf-8").splitlines()
    assert [line.partition("  ")[2] for line in kept] == said.splitlines()
    for line in kept:
        assert re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d  ", line)


@SIGNALS
def test_watch_speaks_json(linked: Linked) -> None:
    watch = Watch(linked, "--log-format", "json", "--interval", "0.1")
    watch.until("watching")
    linked.put("crm", crm_message(crm_invoice()))
    watch.until('"written"')
    (linked.root / "exchange/bp").rename(linked.root / "away")
    watch.until("FOLDER_MISSING")
    (linked.root / "away").rename(linked.root / "exchange/bp")
    watch.until("well again")
    found = events(watch.stop())
    assert [each["event"] for each in found] == [
        "watching", "taken", "written", "written", "problem", "well", "stopped",
    ]  # fmt: skip
    assert found[-2]["link"] == "main"


@SIGNALS
@pytest.mark.parametrize(
    ("place", "why"),
    [
        ("/dev/full", "no space left"),
        ("none/watch.log", "no such file or folder"),
        (".", "a folder, not a file"),
    ],
)
def test_a_log_that_cannot_be_written_stops_nothing(place: str, why: str, linked: Linked) -> None:
    if place == "/dev/full" and not Path(place).exists():
        pytest.skip("this system has no /dev/full")
    watch = Watch(linked, "--log-file", str(linked.root / place))
    watch.until("cannot be written")
    linked.put("crm", crm_message(crm_invoice()))
    watch.until("CRM → no. 1")
    said = watch.stop()
    assert said.count("cannot be written") == 1
    assert why in said
    assert "check the folder of --log-file" in said


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize("form", ["text", "json"])
def test_an_output_that_cannot_be_written_stops_nothing(form: str, linked: Linked) -> None:
    """As where a scheduler appends it to a file on a full disk."""
    linked.put("crm", crm_message(crm_invoice(), crm_invoice(guid(7), number="СЧ-7", total="300")))
    with Path("/dev/full").open("wb") as full:
        subprocess.run(
            [sys.executable, "-m", "converter", "sync", "--log-format", form,
             "-c", str(linked.config)],
            cwd=ROOT, env=environment(), stderr=full, timeout=60, check=False,
        )  # fmt: skip
    assert (linked.root / "exchange/bp/Message_CRM_BP.xml").is_file()
    assert (linked.root / "exchange/crm/Message_BP_CRM.xml").is_file()


class Watch:
    """A process of ``converter watch`` whose lines go to a file."""

    def __init__(self, linked: Linked, *arguments: str, **surroundings: str) -> None:
        self.path = linked.root / "said.txt"
        plain = {name: value for name, value in environment().items() if name != "JOURNAL_STREAM"}
        with self.path.open("wb") as said:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "converter", "watch", *arguments, "-c", str(linked.config)],
                cwd=ROOT,
                env={**plain, **surroundings},
                stderr=said,
            )

    @property
    def said(self) -> str:
        return self.path.read_text("utf-8")

    def until(self, words: str) -> None:
        """Wait until it says something."""
        until(lambda: words in self.said or self.process.poll() is not None)
        assert words in self.said

    def stop(self) -> str:
        """Ask it to stop; all that it said."""
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(60) == 0
        return self.said


def until(true: Callable[[], Any]) -> None:
    end = time.monotonic() + 60
    while not true():
        assert time.monotonic() < end
        time.sleep(0.005)
