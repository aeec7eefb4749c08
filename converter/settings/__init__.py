"""``exchange.toml``: which folders are exchanged, and how (SPEC §8).

`load` gives the settings as typed values, or raises `Stopped` with the file, the line and the key.
Every key stands once, in `converter.settings.model`, with its words; the schema for editors, the
page ``docs/settings.md`` and the file that ``converter init`` writes are made from there.
"""

from __future__ import annotations

from converter.settings.loading import load
from converter.settings.model import Bp, Crm, Link, Settings

__all__ = ["Bp", "Crm", "Link", "Settings", "load"]
