"""A pass of the exchange, with its state, beside `convert` of the same message."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from bench.measure import Spent, run

SETTINGS = """state = "sqlite:///exchange.db"

[[link]]
name = "main"
settle = 0

[link.crm]
code = "CRM"
folder = "crm"

[link.bp]
code = "BP"
folder = "bp"
version = "1.19"
"""


def passes(folder: Path, crm: Path, bp: Path) -> tuple[Spent, Spent]:
    """A pass that takes a CRM's message, then one that takes BP's; raises `Failed`."""
    shutil.rmtree(folder, ignore_errors=True)
    for side in ("crm", "bp"):
        (folder / side).mkdir(parents=True)
    (folder / "exchange.toml").write_text(SETTINGS, encoding="utf-8")
    sync = [sys.executable, "-m", "converter", "sync", "-c", str(folder / "exchange.toml")]
    shutil.copy(crm, folder / "crm" / "Message_CRM_BP.xml")
    first = run([sync], folder)
    shutil.copy(bp, folder / "bp" / "Message_BP_CRM.xml")
    return first, run([sync], folder)
