"""``converter sync``: what it says of a pass, and what becomes of one that is asked to stop."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.conftest import ROOT, environment
from tests.messages import crm_invoice, crm_message, guid
from tests.state.links import Linked

MANY = 400


@pytest.fixture
def linked(tmp_path: Path) -> Linked:
    return Linked(tmp_path)


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
