"""Messages written, with their bytes until they are acknowledged (PROTOCOL R10, R11)."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import count

from msgspec import Struct
from msgspec.structs import asdict
from sqlalchemy import Connection, bindparam, select

from converter.state import tables
from converter.state.memory import memory_of
from converter.state.rows import Rows, as_struct

PIECE = 1 << 18
_PART = ("link", "side", "number", "part")
_PIECE = select(tables.part.c.data).where(
    *(tables.part.c[name] == bindparam(name) for name in _PART)
)
_FORGET = tables.part.delete().where(
    *(tables.part.c[name] == bindparam(name) for name in _PART[:2]),
    tables.part.c.number <= bindparam("until"),
    tables.part.c.number != bindparam("but"),
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
            row = {**parts, "part": index, "data": zlib.compress(piece, 1)}
            # the first is shown next, and is most often all of it
            self._memory.insert(tables.part, row, known=index == 0)

    def get(self, number: int) -> Outgoing | None:
        """A message by its number, None where none was written under it."""
        row = self._messages.get(number=number)
        return None if row is None else as_struct(Outgoing, row)

    def pieces(self, number: int, start: int = 0) -> Iterator[bytes]:
        """The bytes of a message that is not acknowledged, piece by piece from one on."""
        for index in count(start):
            data = self._data(number, index)
            if data is None:
                return
            piece = zlib.decompress(data)
            yield piece
            if len(piece) < PIECE:  # only the last one is
                return

    def _data(self, number: int, part: int) -> bytes | None:
        """A piece as it is kept."""
        known = self._memory.known(tables.part, (self._link, self._side, number, part))
        if known is not None:
            data: bytes = known["data"]
            return data
        found = self._memory.run(_PIECE, **self._fixed, number=number, part=part)
        return found[0][0] if found else None

    def drop(self, number: int) -> None:
        """Forget a message altogether: the greeting, which has no number of its own."""
        self._memory.delete(tables.part, _PART[:3], (self._link, self._side, number))
        self._messages.drop(number=number)

    def forget_bytes(self, number: int, but: int) -> None:
        """The bytes of messages up to a number are not needed; one may still be put back."""
        self._memory.do(_FORGET, **self._fixed, until=number, but=but)
