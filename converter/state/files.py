"""What lies in a folder and was judged already, and what was rejected last (SPEC §5)."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct
from msgspec.structs import asdict
from sqlalchemy import Connection

from converter.problems import Problem
from converter.problems.keeping import as_text, from_text
from converter.state import tables
from converter.state.rows import Rows, as_struct


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
        return {row["name"]: as_struct(Seen, row) for row in self._rows.few()}

    def put(self, seen: Seen) -> None:
        """A file was judged."""
        self._rows.put(**asdict(seen))

    def drop(self, name: str) -> None:
        """A file no longer lies there."""
        self._rows.drop(name=name)

    def forget(self) -> None:
        """Every file is to be judged anew."""
        self._rows.drop()


class Rejection(Struct, frozen=True):
    """The last file of a side that was rejected; no later message of the side has been taken."""

    side: str
    at: datetime
    file: str
    problem: str

    @property
    def reason(self) -> Problem:
        """Why it was rejected."""
        return from_text(self.problem)


class Rejections:
    """What was rejected last, of each side of a link."""

    def __init__(self, connection: Connection, link: str) -> None:
        self._rows = Rows(connection, tables.rejection, link=link)

    def all(self) -> dict[str, Rejection]:
        """By side."""
        return {row["side"]: as_struct(Rejection, row) for row in self._rows.all()}

    def put(self, side: str, at: datetime, file: str, problem: Problem) -> None:
        """A file was rejected."""
        self._rows.put(**asdict(Rejection(side, at, file, as_text(problem))))

    def end(self, side: str) -> None:
        """A message of the side was taken."""
        self._rows.drop(side=side)
