"""What every pass of a link asks for: little, and all of it with the first question."""

from __future__ import annotations

from sqlalchemy import Connection

from converter.state import tables
from converter.state.bases import SIDES
from converter.state.rows import Rows


def foresee(connection: Connection, link: str) -> None:
    """Have it asked for with whatever is asked next; nobody else may change the link meanwhile."""
    Rows(connection, tables.base, link=link).load(SIDES)
    for side in SIDES:
        Rows(connection, tables.file, link=link, side=side).load_few()
    for table in (tables.held, tables.alias):
        Rows(connection, table, link=link).load_few()
