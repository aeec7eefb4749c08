"""When messages came and went (SPEC §7)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from converter.state import tables


class Passed(NamedTuple):
    """A message: of which base, whether it was taken from it (or written for it), and when."""

    side: str
    taken: bool
    at: datetime


def messages(connection: Connection, link: str, since: datetime) -> Iterator[Passed]:
    """The messages of a link since a moment, in UTC; greetings, which have no number, not among them."""
    came, went = tables.incoming, tables.outgoing
    yield from _passed(connection, came, came.c.taken, link, since, taken=True)
    yield from _passed(connection, went, went.c.created, link, since, taken=False)


def _passed(
    connection: Connection, table: Any, at: Any, link: str, since: datetime, taken: bool
) -> Iterator[Passed]:
    mine = (table.c.link == link) & (table.c.number > 0) & (at >= since)
    for side, moment in connection.execute(select(table.c.side, at).where(mine)):
        yield Passed(side, taken, moment)
