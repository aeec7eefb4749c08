"""``converter sync``: what it says of a pass, and what becomes of one that is asked to stop."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from converter.cli import words
from converter.cli.words import counted
from tests.conftest import ROOT, Run, environment
from tests.messages import crm_invoice, crm_message, guid
from tests.state.links import Linked

MANY = 400


@pytest.fixture
def linked(tmp_path: Path) -> Linked:
    return Linked(tmp_path)


def test_a_problem_is_shown_with_link_and_file(run: Run, linked: Linked) -> None:
    linked.put("crm", crm_message(crm_invoice(total="300")))
    done = run("sync", "-c", linked.config)
    assert done.status == 1
    first = done.err.splitlines()[0]
    assert re.fullmatch(
        r"main · Message_CRM_BP\.xml:\d+ · Документ\.СчетНаОплату № СЧ-1 · Сумма", first
    )


def test_the_file_of_a_problem_for_programs(run: Run, linked: Linked) -> None:
    linked.put("crm", crm_message(crm_invoice(total="300")))
    (link,) = json.loads(run("sync", "--json", "-c", linked.config).out)["links"]
    assert [each["file"] for each in link["problems"]] == ["Message_CRM_BP.xml"]


def test_a_rate_that_the_version_lacks_names_the_settings(run: Run, tmp_path: Path) -> None:
    """``--bp-version`` belongs to ``convert``; here exchange.toml says the version."""
    linked = Linked(tmp_path, version="1.8")
    sample = (ROOT / "samples/crm-invoices.xml").read_text("utf-8")
    linked.put("crm", sample)
    for done in (run("sync", "-c", linked.config), run("status", "-c", linked.config)):
        said = done.err + done.out
        assert "VAT_NOT_IN_VERSION" in said
        assert "exchange.toml" in said
        assert "--bp-version" not in said


@pytest.mark.parametrize(
    ("lang", "line"),
    [
        ("C.UTF-8", "main: BP → greeting; BP ← greeting\n"),
        ("ru_RU.UTF-8", "main: БП → приветствие; БП ← приветствие\n"),
    ],
)
def test_a_greeting_is_said_once(run: Run, tmp_path: Path, lang: str, line: str) -> None:
    linked = Linked(tmp_path, version="auto")
    linked.put("bp", (ROOT / "samples/story/1-bp-greeting.xml").read_text("utf-8"))
    assert run("sync", "-c", linked.config, lang=lang).err == line


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("en", "0 links, 1 link, 2 links, 5 links, 11 links, 21 links, 22 links, 112 links"),
        (
            "ru",
            "0 связок, 1 связка, 2 связки, 5 связок, 11 связок, 21 связка, 22 связки, 112 связок",
        ),
    ],
)
def test_plurals(lang: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words, "LANG", lang)
    forms = ("связка", "связки", "связок"), ("link", "links")
    assert ", ".join(counted(each, *forms) for each in (0, 1, 2, 5, 11, 21, 22, 112)) == said


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_pass_that_is_asked_to_stop_is_finished(linked: Linked, how: signal.Signals) -> None:
    """Else three stops of a service would set a good message aside (POISON)."""
    invoices = [crm_invoice(guid(5000 + n), number=f"С-{n}") for n in range(MANY)]
    linked.put("crm", crm_message(*invoices))
    process = subprocess.Popen(
        [sys.executable, "-m", "converter", "sync", "-c", str(linked.config)],
        cwd=ROOT,
        env=environment(),
        stderr=subprocess.PIPE,
    )
    folder = linked.root / "exchange/crm"
    end = time.monotonic() + 60
    while not list(folder.rglob(".reading-*")):
        assert process.poll() is None and time.monotonic() < end, "it never began to read"
        time.sleep(0.002)
    process.send_signal(how)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 0, said.decode()
    assert (folder / "Message_BP_CRM.xml").is_file()
    assert not list(folder.rglob(".reading-*"))
