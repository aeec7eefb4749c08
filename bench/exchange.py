"""A pass of the exchange, with its state, beside `convert` of the same message."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from bench.measure import Command, Spent, middle, run

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


def passes(
    folder: Path, crm: Path, bp: Path, alone: Sequence[Command], rounds: int
) -> list[tuple[Spent, Spent]]:
    """A pass that takes a CRM's message beside the first command ``alone``, then one that takes BP's
    beside the second: the middle of so many rounds, in turns, after one that warms up.

    Raises `Failed`.
    """
    turns = [_turn(folder, crm, bp, alone) for _ in range(rounds + 1)][1:]
    one, other, *commands = (middle(spent) for spent in zip(*turns, strict=True))
    return [*zip((one, other), commands, strict=True)]


def _turn(folder: Path, crm: Path, bp: Path, alone: Sequence[Command]) -> list[Spent]:
    shutil.rmtree(folder, ignore_errors=True)
    for side in ("crm", "bp"):
        (folder / side).mkdir(parents=True)
    (folder / "exchange.toml").write_text(SETTINGS, encoding="utf-8")
    sync = [sys.executable, "-m", "converter", "sync", "-c", str(folder / "exchange.toml")]
    spent = []
    for message, name in ((crm, "crm/Message_CRM_BP.xml"), (bp, "bp/Message_BP_CRM.xml")):
        shutil.copy(message, folder / name)
        spent.append(run([sync], folder))
    return [*spent, *(run([command], folder) for command in alone)]
