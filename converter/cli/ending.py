"""How a command ends whose output nobody takes any more: quietly, and with one exit status.

``converter status | head -1`` closes the pipe after a line. Other programs die of SIGPIPE then, of
which a shell says 141; a pipeline that looks at that (``pipefail``) sees the same of this one, on
every system, and never 0, since what was to be told was not.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

#: what a shell says of a program that a closed pipe ended
READER_GONE = 141
#: what a shell says of a program that Ctrl+C ended
INTERRUPTED = 130


class ReaderGone(Exception):
    """Nobody reads standard output, or standard error, any more."""


@contextmanager
def while_read() -> Iterator[None]:
    """In the block a closed pipe is no error of the system: raises `ReaderGone`. Around what click
    does, which would end the program with 1 by itself."""
    try:
        yield
    except OSError as error:
        if _is_gone(error):
            raise ReaderGone from error
        raise


def give_output() -> None:
    """Where standard output was closed from the start (``>&-``), what is written to it fails as if
    its reader had gone: without it the first file to be opened would get its number."""
    if sys.stdout is None:
        read, write = os.pipe()
        os.close(read)
        sys.stdout = os.fdopen(write, "w", encoding="utf-8", errors="replace")


def hush() -> None:
    """What was not taken is dropped, or Python would complain of it once more at the very end."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None and not _flushed(stream):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _is_gone(error: OSError) -> bool:
    """A pipe that has a name is a file like others; Windows calls a closed one a wrong argument."""
    if error.filename is not None:
        return False
    if os.name == "nt" and error.errno == errno.EINVAL:
        return not all(_flushed(each) for each in (sys.stdout, sys.stderr) if each is not None)
    return isinstance(error, BrokenPipeError)


def _flushed(stream: IO[str]) -> bool:
    try:
        stream.flush()
    except OSError:
        return False
    return True
