"""A message of 1,000,000 objects takes time and no memory (F27). Half a minute of a processor."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests import messages
from tests.conftest import ROOT, environment

MILLION, MEGABYTES = 1_000_000, 64
_TAG = "<УдалениеОбъекта>".encode()
#: runs a command and tells its peak. It stands between, since a process that is begun by another
#: counts with the memory of that one, and the tests' own is large.
_WATCHED = """
import resource, subprocess, sys
done = subprocess.run(sys.argv[1:])
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr)
sys.exit(done.returncode)
"""

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
    converter = [sys.executable, "-m", "converter"]
    done = subprocess.run(
        [sys.executable, "-c", _WATCHED, *converter, command, str(message), *more],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    *told, peak = done.stderr.splitlines()
    said = done.stdout + "\n".join(told)
    assert done.returncode == 0, said
    assert str(MILLION) in said
    assert int(peak) < MEGABYTES << 10, f"{int(peak) >> 10} MB"
    if command == "convert":
        with target.open("rb") as file:
            assert sum(line.count(_TAG) for line in file) == MILLION
