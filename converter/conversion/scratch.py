"""A private temporary database for what a conversion must remember.

It stays in memory while it is small and goes to disk by itself when it grows, so that a message of
any size needs the same memory; it is gone when it is closed.
"""

from __future__ import annotations

import sqlite3
from typing import Any, Self

_PRAGMAS = ("journal_mode = OFF", "synchronous = OFF", "cache_size = -1024")


class Scratch:
    """A database that nobody else sees. A context manager; `execute` runs one statement."""

    def __init__(self, tables: str) -> None:
        self._base = sqlite3.connect("", isolation_level=None)
        for pragma in _PRAGMAS:
            self._base.execute(f"PRAGMA {pragma}")
        self._base.executescript(tables)
        self._base.execute("BEGIN")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._base.close()

    def execute(self, statement: str, values: tuple[Any, ...] = ()) -> sqlite3.Cursor:
        return self._base.execute(statement, values)
