"""A command in a fork is what it is in a new interpreter (`tests/command.py`)."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.command import command
from tests.conftest import ROOT, environment

SAMPLE = ROOT / "samples" / "crm-invoices.xml"
CALLS: dict[str, list[str | Path]] = {
    "data": ["convert", SAMPLE, "--to", "bp"],
    "held": ["convert", SAMPLE, "--to", "bp", "--bp-version", "1.8", "-o", os.devnull],
    "refused": ["inspect", ROOT / "README.md"],
    "wrong": ["convert", "--too"],
    "absent": ["status", "-c", "nothing.toml"],
    "help": ["sync", "--help"],
}


@pytest.mark.parametrize("lang", ["C.UTF-8", "ru_RU.UTF-8"])
@pytest.mark.parametrize("call", CALLS)
def test_it_says_and_does_the_same(call: str, lang: str, tmp_path: Path) -> None:
    words = [str(each) for each in CALLS[call]]
    own = {**environment(lang), "PYTHONPATH": str(ROOT)}
    alone = subprocess.run(
        [sys.executable, "-m", "converter", *words],
        capture_output=True, cwd=tmp_path, env=own, check=False,
    )  # fmt: skip
    forked = command(words, tmp_path, own)
    assert (forked.returncode, forked.stderr) == (alone.returncode, alone.stderr)
    assert untimed(forked.stdout) == untimed(alone.stdout)


def test_the_time_zone_is_its_own(tmp_path: Path) -> None:
    command(["init", "first"], tmp_path, environment())
    settings = tmp_path / "first" / "exchange.toml"
    settings.write_text(settings.read_text("utf-8").replace("# settle = 60", "settle = 0"), "utf-8")
    sample = tmp_path / "first/exchange/sample/Message_CRM_BP.xml"
    (tmp_path / "first/exchange/crm/Message_CRM_BP.xml").write_bytes(sample.read_bytes())
    command(["sync", "-c", settings], tmp_path, environment())
    zones = ("UTC0", "VLAT-10")
    told = [
        command(["journal", "-c", settings], tmp_path, {**environment(), "TZ": zone}).stdout
        for zone in zones
    ]
    assert told[0] and told[0] != told[1]


def test_what_stands_in_its_input_is_read(tmp_path: Path) -> None:
    done = command(["inspect", "-"], tmp_path, environment(), SAMPLE.read_bytes())
    assert done.returncode == 0
    assert "СчетНаОплату".encode() in done.stdout


def test_both_streams_come_out_as_one_where_that_is_asked_for(tmp_path: Path) -> None:
    done = command(["convert", SAMPLE, "--to", "nowhere"], tmp_path, environment(), together=True)
    assert done.returncode == 2
    assert b"--to takes one of" in done.stdout
    assert not done.stderr


def untimed(text: bytes) -> list[bytes]:
    """The lines that do not tell the moment in which a message was written."""
    return [line for line in text.splitlines() if b"CreationDate" not in line]
