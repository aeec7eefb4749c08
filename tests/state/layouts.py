"""A database of the layout of today made into an older one, as far as its tables go."""

from __future__ import annotations

import sqlite3

#: what undoes each layout
_UNDONE = {
    6: "ALTER TABLE object DROP COLUMN named",
    5: "ALTER TABLE holding DROP COLUMN stands",
    4: "DROP TABLE rejection; DROP TABLE trouble; DROP TABLE told; DROP TABLE channel",
    3: "DROP TABLE unlinked; DROP TABLE debtor; DROP TABLE tie",
    2: "DROP TABLE former;"
    "CREATE TABLE past (link VARCHAR, kind VARCHAR, ref VARCHAR, mark VARCHAR)",
}


def go_back(database: sqlite3.Connection, to: int) -> None:
    """The tables of layout ``to``, with what they hold."""
    for layout in range(max(_UNDONE), to, -1):
        database.executescript(_UNDONE[layout])
    database.execute("UPDATE layout SET version = ?", (to,))
    database.commit()
