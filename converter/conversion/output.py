"""Output appears whole or not at all (SPEC §6): temporary name, fsync, rename."""

from __future__ import annotations

import errno
import os
import sys
from contextlib import AbstractContextManager
from io import BufferedIOBase, RawIOBase
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from converter.conversion.spool import Sink, Spool
from converter.folder.durable import whole
from converter.problems import Stopped
from converter.problems import catalogue as say
from converter.problems.system import reason_of


class _Patient:
    """A stream that gets all it is given. One without a buffer, as standard output is under
    ``python -u``, may take less at a time: whoever stops a process and lets it go on cuts a write
    short. Raises `OSError` where it takes nothing."""

    def __init__(self, stream: RawIOBase | BufferedIOBase | BinaryIO) -> None:
        self._stream = stream

    def write(self, data: bytes, /) -> None:
        left = memoryview(data)
        while left:
            taken = self._stream.write(left)
            if taken is None:
                raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))
            left = left[taken:]


class WholeFile:
    """A file that appears under its name when the block ends well, and leaves no trace otherwise.

    Standard output (``-``), pipes and devices get the bytes when the block ends well.
    """

    def __init__(self, target: str) -> None:
        self._target = target
        self._is_stream = target == "-" or (Path(target).exists() and not Path(target).is_file())
        self._whole: AbstractContextManager[BinaryIO] | None = None
        self._spool = Spool()

    def __enter__(self) -> Sink:
        if self._is_stream:
            return self._spool
        self._whole = whole(Path(self._target).resolve())
        try:
            return self._whole.__enter__()
        except OSError as error:  # speaks of the output, not of a name nobody knows
            raise type(error)(error.errno, error.strerror, self._target) from None

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._whole is not None:
            self._whole.__exit__(kind, error, trace)
            return
        with self._spool:
            if kind is None:
                self._pour()

    def _pour(self) -> None:
        """Into standard output, a pipe or a device, which no file may replace."""
        if self._target == "-":
            self._spool.pour(_Patient(sys.stdout.buffer))
            sys.stdout.buffer.flush()
            return
        try:
            with Path(self._target).open("wb", buffering=0) as stream:
                self._spool.pour(_Patient(stream))
        except BrokenPipeError as error:  # of a pipe with a name, which is to be told
            problem = say.SYSTEM_FAILED(reason=reason_of(error))
            raise Stopped(problem.at(file=self._target)) from None
