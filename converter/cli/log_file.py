"""The log file of `converter watch`: it is turned over by size, and never stops the exchange."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO


class LogFile:
    """Lines appended to a file, which is turned over when it would grow past ``size`` bytes.

    ``watch.log`` becomes ``watch.log.1``, that ``watch.log.2``, and so on up to ``count``; the last
    goes. What cannot be written, on a full disk say, is counted and told in the first line that can.
    Where another program holds the file so that it cannot be renamed (Windows), it grows on, and is
    turned over later.
    """

    def __init__(self, path: Path, size: int, count: int) -> None:
        self.path = path
        self._size = size
        self._count = count
        self._file: BinaryIO | None = None
        self._limit = size
        self._lost = 0
        self.failure: OSError | None = None

    def write(self, line: str, lost: Callable[[int], str]) -> bool:
        """Append a line; whether that could be done. ``lost`` is the line that says how many before
        it could not; ``failure`` is why."""
        data = f"{line}\n".encode(errors="replace")
        if self._lost:
            data = f"{lost(self._lost)}\n".encode() + data
        try:
            file = self._opened(len(data))
            start = file.tell()
            try:
                file.write(data)
            except OSError:
                with suppress(OSError):  # a device has no half lines
                    file.truncate(start)  # no half line stays
                raise
        except OSError as failure:
            self.failure = failure
            self._lost += 1
            self.close()
            return False
        self._lost = 0
        return True

    def close(self) -> None:
        """Let go of the file."""
        if self._file is not None:
            file, self._file = self._file, None
            file.close()  # without a buffer there is nothing left to be written

    def _opened(self, more: int) -> BinaryIO:
        """The file, turned over where so many bytes ``more`` are too many."""
        if self._file is None:
            self._file = self.path.open("ab", buffering=0)
            self._file.seek(0, os.SEEK_END)
        size = self._file.tell()
        if size == 0 or size + more <= self._limit:
            return self._file
        self.close()
        try:
            self._turn_over()
            self._limit = self._size
        except OSError:
            self._limit = size + more + self._size // 10  # tried again a little later
        self._file = self.path.open("ab", buffering=0)
        self._file.seek(0, os.SEEK_END)
        return self._file

    def _turn_over(self) -> None:
        names = [self.path, *(self._numbered(index + 1) for index in range(self._count))]
        if self._count == 0:
            self.path.unlink()
            return
        for older, newer in zip(names[:0:-1], names[-2::-1], strict=True):
            if newer.exists():
                newer.replace(older)

    def _numbered(self, index: int) -> Path:
        return self.path.with_name(f"{self.path.name}.{index}")
