"""What an error of the system means to people: a folder that is away, rights, space (SPEC §7)."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from converter.problems import Problem, Said, Stopped
from converter.problems import catalogue as say

#: Windows refuses to replace a file that somebody has open; such a moment passes
BUSY = frozenset({5, 32, 33})
_LOCKED_ON_WINDOWS = frozenset({32, 33})
_LOCKED = frozenset({"EBUSY", "ETXTBSY", "EAGAIN", "EWOULDBLOCK", "EDEADLK"})
_FULL = frozenset({"ENOSPC", "EDQUOT", "EFBIG"})
_DENIED = frozenset({"EACCES", "EPERM"})
_AWAY = Said("сетевая папка не отвечает", "the network folder does not answer")
_REASONS = {
    "EIO": Said("ошибка диска или сети", "an error of the disk or the network"),
    "EROFS": Said("сюда нельзя записывать: только чтение", "it is read-only"),
    "ENOTDIR": Said("это не папка", "this is not a folder"),
    "EISDIR": Said("под этим именем лежит папка", "a folder lies under that name"),
    "ENAMETOOLONG": Said("слишком длинное имя", "the name is too long"),
    "ENOLCK": Said("здесь не работают блокировки файлов", "files cannot be locked here"),
    **dict.fromkeys(
        ("ESTALE", "EHOSTDOWN", "EHOSTUNREACH", "ENETUNREACH", "ENETDOWN", "ENOTCONN", "ETIMEDOUT"),
        _AWAY,
    ),
}


def failed(folder: Path, error: OSError, file: str = "") -> Problem:
    """The problem that an error in a folder, or at a file in it, means: FOLDER_MISSING,
    FOLDER_DENIED, FOLDER_FULL, FILE_BUSY or FOLDER_FAILED."""
    return _kind(folder, error, file).at(file=file)


def stopped(folder: Path, error: OSError, file: str = "") -> Stopped:
    """The same as an exception, to be raised."""
    return Stopped(failed(folder, error, file))


def _kind(folder: Path, error: OSError, file: str) -> Problem:
    name = errno.errorcode.get(error.errno or 0, "")
    if _is_replacing(error) and getattr(error, "winerror", None) in BUSY:
        return say.FILE_BUSY(file=folder / file)
    if name == "ENOENT":
        return say.FOLDER_MISSING(folder=folder)
    if name in _DENIED:
        return say.FOLDER_DENIED(folder=folder)
    if name in _FULL:
        return say.FOLDER_FULL(folder=folder)
    plain = error.strerror or str(error)
    return say.FOLDER_FAILED(folder=folder, reason=_REASONS.get(name, plain))


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
    return errno.errorcode.get(error.errno or 0, "") in _LOCKED


def _is_replacing(error: OSError) -> bool:
    """Only a rename names two files: the new one was written, so rights and space are there."""
    return error.filename2 is not None
