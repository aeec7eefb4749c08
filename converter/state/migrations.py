"""From each layout of the state to the next; each runs once, after a backup, in one transaction.

Layout 1 is the first. 2 keeps former versions whole (`tables.former`), of which 1 kept the marks
alone, in ``past``. Whoever changes `converter.state.tables` raises its ``VERSION`` and adds here
the function that changes the database of the layout before.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection, text

from converter.state import tables

Migration = Callable[[Connection], None]


def _former_versions(connection: Connection) -> None:
    """Marks without a record still tell that a version is an old one."""
    tables.former.create(connection)
    connection.execute(
        text(
            "INSERT INTO former (link, kind, ref, full, mark, until)"
            " SELECT past.link, kind, ref, mark, mark, begun"
            " FROM past JOIN link ON link.link = past.link"
        )
    )
    connection.execute(text("DROP TABLE past"))


#: the first leads from layout 1 to layout 2, and so on
MIGRATIONS: tuple[Migration, ...] = (_former_versions,)
