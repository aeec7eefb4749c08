"""What an error of the system means to people: a folder that is away, rights, space (SPEC §7)."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from converter.problems import Problem, Stopped
from converter.problems import catalogue as say
from converter.problems.system import reason_of

#: Windows refuses to replace a file that somebody has open; such a moment passes
BUSY = frozenset({5, 32, 33})
_LOCKED_ON_WINDOWS = frozenset({32, 33})


def _codes(*names: str) -> frozenset[int]:
    """The numbers of errors by their names; a system lacks some of them."""
    return frozenset(getattr(errno, name) for name in names if hasattr(errno, name))


_LOCKED = _codes("EBUSY", "ETXTBSY", "EAGAIN", "EDEADLK")
_FULL = _codes("ENOSPC", "EDQUOT", "EFBIG")
_DENIED = _codes("EACCES", "EPERM")


def failed(folder: Path, error: OSError, file: str = "") -> Problem:
    """The problem that an error in a folder, or at a file in it, means: FOLDER_MISSING,
    FOLDER_DENIED, FOLDER_FULL, FILE_BUSY or FOLDER_FAILED."""
    return _kind(folder, error, file).at(file=file)


def stopped(folder: Path, error: OSError, file: str = "") -> Stopped:
    """The same as an exception, to be raised."""
    return Stopped(failed(folder, error, file))


@contextmanager
def failing(folder: Path) -> Iterator[None]:
    """What the system refuses in a folder is told as such: raises `Stopped`."""
    try:
        yield
    except OSError as error:
        raise stopped(folder, error) from error


def _kind(folder: Path, error: OSError, file: str) -> Problem:
    code = error.errno or 0
    if _is_replacing(error) and getattr(error, "winerror", None) in BUSY:
        return say.FILE_BUSY(file=folder / file)
    if code == errno.ENOENT:
        return say.FOLDER_MISSING(folder=folder)
    if code in _DENIED:
        return say.FOLDER_DENIED(folder=folder)
    if code in _FULL:
        return say.FOLDER_FULL(folder=folder)
    return say.FOLDER_FAILED(folder=folder, reason=reason_of(error))


def is_locked(error: OSError) -> bool:
    """Whether opening or reading failed because another program has the file open.

    On Windows Python's ``open`` tells a file that is open elsewhere from one without rights by
    nothing, so both count as open elsewhere there.
    """
    winerror = getattr(error, "winerror", None)
    if winerror in _LOCKED_ON_WINDOWS:
        return True
    if os.name == "nt" and winerror is None and isinstance(error, PermissionError):
        return True
    return error.errno in _LOCKED


def _is_replacing(error: OSError) -> bool:
    """Only a rename names two files: the new one was written, so rights and space are there."""
    return error.filename2 is not None
