"""Bytes that are written first and read afterwards: in memory while they are few, then on disk."""

from __future__ import annotations

from io import BytesIO
from types import TracebackType
from typing import IO, Protocol, Self

#: so many stay in memory; most messages never need a file
MOST = 1 << 20
_PIECE = 1 << 20


class Sink(Protocol):
    """Where bytes go."""

    def write(self, data: bytes, /) -> object: ...


class Spool:
    """A context manager, with whose block the bytes go. More than a few lie in a temporary file that
    nobody else sees. Raises `OSError` where the disk fails."""

    def __init__(self) -> None:
        self._file: IO[bytes] = BytesIO()
        self._room = MOST

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: object, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """The bytes go."""
        self._file.close()

    def write(self, data: bytes, /) -> None:
        """Behind what was written before."""
        if self._room >= 0:
            self._room -= len(data)
            if self._room < 0:
                self._spill()
        self._file.write(data)

    def _spill(self) -> None:
        from tempfile import TemporaryFile  # slow to load, with everything that it compresses with

        few, self._file = self._file, TemporaryFile()  # noqa: SIM115 - closed with the block
        few.seek(0)
        self._file.write(few.read())

    def piece(self, start: int, size: int) -> bytes:
        """Some of them; nothing is written after this."""
        self._file.seek(start)
        return self._file.read(size)

    def pour(self, out: Sink) -> None:
        """All of them into another place, a piece at a time."""
        self._file.seek(0)
        while data := self._file.read(_PIECE):
            out.write(data)
