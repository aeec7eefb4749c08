"""What a run under test does otherwise than a user's: set in the child before it begins."""

from __future__ import annotations

import mmap
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests import messages

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
#: an invoice of this number kills the process that reads it
DEADLY = "СЧ-666"


def load() -> None:
    """Load in the helper all that a run needs, by a first pass; forked runs then have it."""
    import converter.cli.sync
    import converter.cli.watch  # noqa: F401
    from converter.cli.working import exchange_of, one_pass, working

    folder = Path(tempfile.mkdtemp())
    try:
        for side in ("crm", "bp"):
            (folder / side).mkdir()
        (folder / "exchange.toml").write_text(SETTINGS, "utf-8")
        (folder / "crm/Message_CRM_BP.xml").write_text(
            messages.crm_message(messages.crm_invoice()), "utf-8"
        )
        text = messages.bp_message(messages.bp_invoice(), messages.bp_payment())
        (folder / "bp/Message_BP_CRM.xml").write_text(text, "utf-8")
        with working(str(folder / "exchange.toml")) as (settings, state):
            for link in settings.link:
                one_pass(exchange_of(link, state))
    finally:
        shutil.rmtree(folder)


def mark_in(page: mmap.mmap) -> None:
    """Write each checkpoint of the exchange into memory that the helper shares: no system call."""

    def mark(name: str) -> None:
        page[:] = name.encode().ljust(len(page), b"\0")

    at_checkpoints(mark)


def at_checkpoints(call: Callable[[str], None]) -> None:
    """Call something at each checkpoint of every exchange."""
    from converter.exchange.run import Surroundings

    defaults = {**Surroundings._field_defaults, "checkpoint": call}
    Surroundings.__new__.__defaults__ = tuple(defaults.values())


def impatient() -> None:
    """Wait for a lock no longer than a moment."""
    from converter.cli import working

    working.one_pass.__defaults__ = (False, 0.2)


def deadly() -> None:
    """Die without a word while an invoice of the number `DEADLY` is read."""
    from converter.exchange.from_crm import FromCrm

    take = FromCrm.take

    def die(self: FromCrm, element: object, **named: object) -> object:
        if DEADLY in "".join(element.itertext()):  # type: ignore[attr-defined]
            os._exit(99)
        return take(self, element, **named)  # type: ignore[arg-type]

    FromCrm.take = die  # type: ignore[assignment,method-assign]


def short_of_time() -> None:
    """Wait for another process's transaction no longer than a moment."""
    from converter.state import sqlite

    short = [each for each in sqlite.PRAGMAS if not each.startswith("busy_timeout")]
    sqlite.PRAGMAS = (*short, "busy_timeout = 300")  # type: ignore[assignment]
