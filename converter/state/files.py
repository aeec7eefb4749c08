"""What lies in a folder and was judged already (SPEC §5)."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct
from sqlalchemy import Connection

from converter.state import tables
from converter.state.rows import Rows


class Seen(Struct, frozen=True):
    """A file as it was judged: its stamp, since when it is so, and the verdict.

    ``report`` tells why, of one that is to be moved to ``rejected/`` under the name ``aside``.
    """

    name: str
    stamp: str
    since: datetime
    verdict: str
    report: str | None = None
    aside: str | None = None


class Files:
    """The files of one folder."""

    def __init__(self, connection: Connection, link: str, side: str) -> None:
        self._rows = Rows(connection, tables.file, link=link, side=side)

    def all(self) -> dict[str, Seen]:
        """Every file that was judged, by name."""
        rows = self._rows.all()
        names = Seen.__struct_fields__
        return {row["name"]: Seen(**{name: row[name] for name in names}) for row in rows}

    def put(self, seen: Seen) -> None:
        """A file was judged."""
        self._rows.put(**{name: getattr(seen, name) for name in Seen.__struct_fields__})

    def drop(self, name: str) -> None:
        """A file no longer lies there."""
        self._rows.drop(name=name)

    def forget(self) -> None:
        """Every file is to be judged anew."""
        self._rows.drop()
