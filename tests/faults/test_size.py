"""A message of 1,000,000 objects takes time and no memory (F27). Half a minute of a processor."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import messages
from tests.conftest import ROOT, environment

MILLION, MEGABYTES = 1_000_000, 64
_TAG = "<УдалениеОбъекта>".encode()

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="memory is measured in KiB")


@pytest.fixture
def message(tmp_path: Path) -> Path:
    """Deletions of a million invoices."""
    head, deletion, tail = messages.crm_message("@@").partition("@@")
    before, after = messages.crm_deletion("@@").split("@@")
    path = tmp_path / "Message_CRM_BP.xml"
    with path.open("w", encoding="utf-8") as file:
        file.write(head)
        file.writelines(
            f"{before}{number:08x}-0000-4000-8000-000000000000{after}\n"
            for number in range(1, MILLION + 1)
        )
        file.write(tail)
    assert deletion
    return path


@pytest.mark.parametrize("command", ["inspect", "convert"])
def test_a_million_objects(message: Path, command: str) -> None:
    target = message.with_name("for-bp.xml")
    more = ["--to", "bp", "-o", str(target)] if command == "convert" else ["--json"]
    began = subprocess.Popen(
        [sys.executable, "-m", "converter", command, str(message), *more],
        cwd=ROOT,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    assert began.stdout is not None
    said = began.stdout.read().decode()
    _, status, used = os.wait4(began.pid, 0)
    began.returncode = os.waitstatus_to_exitcode(status)
    began.stdout.close()
    assert began.returncode == 0, said
    assert str(MILLION) in said
    assert used.ru_maxrss < MEGABYTES << 10, f"{used.ru_maxrss >> 10} MB"
    if command == "convert":
        with target.open("rb") as file:
            assert sum(line.count(_TAG) for line in file) == MILLION
