"""The journal: what happened, for people and for `converter journal` (SPEC §7)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from converter.problems import Problem
from converter.problems.keeping import kept
from converter.state import tables
from converter.state.memory import memory_of


class Journal:
    """The journal of one link while a pass writes it."""

    def __init__(self, connection: Connection, link: str, at: datetime, number: int) -> None:
        self._memory = memory_of(connection)
        self._fixed = {"link": link, "at": at, "pass": number}

    def write(
        self, event: str, side: str = "", kind: str = "", ref: str = "", **details: Any
    ) -> None:
        """One line: ``event`` is a stable name, ``details`` whatever belongs to it."""
        self._memory.add(
            tables.journal,
            {
                **self._fixed,
                "event": event,
                "side": side,
                "kind": kind,
                "ref": ref,
                "details": json.dumps(details, ensure_ascii=False, default=str),
            },
        )

    def problem(self, event: str, problem: Problem, side: str, kind: str, ref: str) -> None:
        """A problem, kept so that it can be told in either language later."""
        self.write(event, side, kind, ref, problem=kept(problem))


def entries(
    connection: Connection, link: str | None = None, limit: int | None = None
) -> Iterator[dict[str, Any]]:
    """The journal, newest first, each line with its details as values."""
    statement = select(tables.journal).order_by(tables.journal.c.id.desc())
    if link is not None:
        statement = statement.where(tables.journal.c.link == link)
    if limit is not None:
        statement = statement.limit(limit)
    for row in connection.execute(statement).mappings():
        yield {**row, "details": json.loads(row["details"])}
