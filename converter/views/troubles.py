"""What went wrong lately, out of the journal (SPEC §7)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, func, select

from converter.problems import Problem
from converter.problems.keeping import told
from converter.state import tables

#: the events of the journal that tell of something wrong
WRONG = ("rejected", "alarm", "held")


class Refusal(NamedTuple):
    """What was refused: a file (``rejected``; ``alarm``: and its base was stopped), or an object
    (``held``)."""

    event: str
    side: str
    at: datetime
    subject: str
    problems: tuple[Problem, ...]


def troubles(
    connection: Connection, link: str, since: datetime, limit: int
) -> tuple[list[Refusal], int]:
    """The newest troubles since a moment, in UTC, and how many there were altogether."""
    table = tables.journal
    mine = (table.c.link == link) & table.c.event.in_(WRONG) & (table.c.at >= since)
    statement = select(table).where(mine).order_by(table.c.id.desc()).limit(limit)
    found = [_trouble(row) for row in connection.execute(statement).mappings()]
    if len(found) < limit:
        return found, len(found)
    count = connection.execute(select(func.count()).select_from(table).where(mine)).scalar_one()
    return found, int(count)


def _trouble(row: Any) -> Refusal:
    details = json.loads(row["details"])
    kept = [details["problem"]] if "problem" in details else details.get("problems", [])
    problems = tuple(told(each) for each in kept)
    return Refusal(row["event"], row["side"], row["at"], _subject(row, details, problems), problems)


def _subject(row: Any, details: dict[str, Any], problems: tuple[Problem, ...]) -> str:
    """A file's name; an object as people call it, else by type and GUID."""
    names: Iterator[str] = (each.where.object for each in problems if each.where.object)
    return str(details.get("file") or next(names, f"{row['kind']} {row['ref']}".strip()))
