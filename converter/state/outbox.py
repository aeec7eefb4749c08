"""Messages written, with their bytes until they are acknowledged (PROTOCOL R10, R11)."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import count

from msgspec import Struct
from msgspec.structs import asdict
from sqlalchemy import ColumnElement, Connection, and_, bindparam, select

from converter.state import tables
from converter.state.memory import memory_of
from converter.state.rows import Rows, as_struct

PIECE = 1 << 18
_PART = ("link", "side", "number", "part")
_KEEP = tables.part.insert()
_PIECE = select(tables.part.c.data).where(
    *(tables.part.c[name] == bindparam(name) for name in _PART)
)


class Outgoing(Struct, frozen=True):
    """A message that was written; ``digest`` is of its bytes before any zip."""

    number: int
    digest: str
    created: datetime
    objects: int


class Outbox:
    """The messages of a link towards one side."""

    def __init__(self, connection: Connection, link: str, side: str) -> None:
        self._connection = connection
        self._memory = memory_of(connection)
        self._link = link
        self._side = side
        self._messages = Rows(connection, tables.outgoing, link=link, side=side)
        self._fixed = {"link": link, "side": side}

    def add(self, message: Outgoing, pieces: Iterable[bytes]) -> None:
        """Keep a message with its bytes."""
        self._messages.put(**asdict(message))
        parts = {**self._fixed, "number": message.number}
        for index, piece in enumerate(pieces):  # one at a time: a message may be large
            self._memory.do(_KEEP, **parts, part=index, data=zlib.compress(piece, 1))

    def get(self, number: int) -> Outgoing | None:
        """A message by its number, None where none was written under it."""
        row = self._messages.get(number=number)
        return None if row is None else as_struct(Outgoing, row)

    def pieces(self, number: int, start: int = 0) -> Iterator[bytes]:
        """The bytes of a message that is not acknowledged, piece by piece from one on."""
        parts = {**self._fixed, "number": number}
        for index in count(start):
            found = self._memory.run(_PIECE, **parts, part=index)
            if not found:
                return
            piece = zlib.decompress(found[0][0])
            yield piece
            if len(piece) < PIECE:  # only the last one is
                return

    def drop(self, number: int) -> None:
        """Forget a message altogether: the greeting, which has no number of its own."""
        self._connection.execute(tables.part.delete().where(self._mine(number)))
        self._messages.drop(number=number)

    def forget_bytes(self, number: int, but: int) -> None:
        """The bytes of messages up to a number are not needed; one may still be put back."""
        table = tables.part
        mine = and_(table.c.link == self._link, table.c.side == self._side)
        old = and_(table.c.number <= number, table.c.number != but)
        self._connection.execute(table.delete().where(mine, old))

    def _mine(self, number: int) -> ColumnElement[bool]:
        """The pieces of one message."""
        table = tables.part
        return and_(
            table.c.link == self._link, table.c.side == self._side, table.c.number == number
        )
