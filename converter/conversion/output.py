"""Output appears whole or not at all (SPEC §6): temporary name, fsync, rename."""

from __future__ import annotations

import errno
import os
import sys
import tempfile
from pathlib import Path
from shutil import copyfileobj
from types import TracebackType
from typing import BinaryIO

from converter.folder.durable import replace_patiently, sync_folder

COPY = 1 << 20


class WholeFile:
    """A file that appears under its name when the block ends well, and leaves no trace otherwise.

    Standard output (``-``), pipes and devices get the bytes when the block ends well.
    """

    def __init__(self, target: str) -> None:
        self._target = target
        self._is_stream = target == "-" or (Path(target).exists() and not Path(target).is_file())
        self._temporary: Path | None = None
        self.file: BinaryIO

    def __enter__(self) -> BinaryIO:
        if self._is_stream:
            self.file = tempfile.TemporaryFile()
        else:
            path = Path(self._target).resolve()
            try:
                handle, name = tempfile.mkstemp(f".{path.name}.tmp", ".", dir=path.parent)
            except OSError as error:  # speaks of the output, not of a name nobody knows
                raise type(error)(error.errno, error.strerror, self._target) from None
            self._temporary = Path(name)
            self.file = os.fdopen(handle, "w+b")
        return self.file

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if kind is None:
                self._publish()
        finally:
            self.file.close()
            if self._temporary is not None:
                self._temporary.unlink(missing_ok=True)

    def _publish(self) -> None:
        if self._temporary is None:
            self.file.seek(0)
            self._pour()
            return
        self.file.flush()
        os.fsync(self.file.fileno())
        self.file.close()
        mask = os.umask(0)
        os.umask(mask)
        self._temporary.chmod(0o666 & ~mask)
        target = Path(self._target).resolve()
        replace_patiently(self._temporary, target)
        self._temporary = None
        sync_folder(target.parent)

    def _pour(self) -> None:
        """Into standard output, a pipe or a device, which no file may replace."""
        try:
            if self._target != "-":
                with Path(self._target).open("wb", buffering=0) as stream:
                    copyfileobj(self.file, stream, COPY)
                return
            copyfileobj(self.file, sys.stdout.buffer, COPY)
            sys.stdout.buffer.flush()
        except BrokenPipeError:
            if self._target == "-":  # or closing it would fail once more
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise OSError(errno.EIO, "the reader of the output went away") from None
