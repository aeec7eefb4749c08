"""What a failure of a server means: few kinds, each a problem with its cure."""

from __future__ import annotations

import errno
import socket
from collections.abc import Iterable, Iterator
from typing import TypeVar

from converter.far.address import Address
from converter.far.transport import MOST, FarFailed, Why
from converter.problems import Problem, Said
from converter.problems import catalogue as say
from converter.problems.system import reason_of

T = TypeVar("T")

_WHY = {
    **dict.fromkeys(("ENOENT", "ENOTDIR"), Why.MISSING),
    **dict.fromkeys(("EACCES", "EPERM", "EROFS"), Why.DENIED),
    **dict.fromkeys(("ENOSPC", "EDQUOT", "EFBIG"), Why.FULL),
}
_CODES = {getattr(errno, name): why for name, why in _WHY.items() if hasattr(errno, name)}
#: what an error of the connection means, the particular before the general
_NETWORK: tuple[tuple[type[Exception], Said], ...] = (
    (TimeoutError, Said("не отвечает", "it does not answer")),
    (socket.gaierror, Said("имя сервера не найдено", "the name of the server is not known")),
    (ConnectionRefusedError, Said("соединение не принято", "it takes no connections")),
    (ConnectionError, Said("соединение прервалось", "the connection was cut off")),
    (EOFError, Said("соединение прервалось", "the connection was cut off")),
)


class Crowded(FarFailed):
    """A listing has no end, and was broken off."""

    def __init__(self) -> None:
        super().__init__(
            Why.OTHER, Said(f"в ней больше {MOST} файлов", f"more than {MOST} files lie there")
        )


def with_end(listed: Iterable[T]) -> Iterator[T]:
    """What is listed. Raises `FarFailed` where there is no end of it."""
    for count, each in enumerate(listed):
        if count >= MOST:
            raise Crowded
        yield each


def network_failed(error: Exception) -> FarFailed:
    """An error of the connection itself."""
    for kind, reason in _NETWORK:
        if isinstance(error, kind):
            return FarFailed(Why.AWAY, reason)
    return FarFailed(Why.AWAY, reason_of(error))


def file_failed(error: OSError) -> FarFailed:
    """An error that a server tells of a file, in the numbers of the system; without one it is the
    connection's."""
    if isinstance(error, TimeoutError | ConnectionError):
        return network_failed(error)
    plain = error.strerror or str(error)
    return FarFailed(_CODES.get(error.errno or 0, Why.OTHER), plain)


def far_problem(address: Address, failed: FarFailed) -> Problem:
    """The problem that a failure means: FOLDER_AWAY, FOLDER_LOGIN, FOLDER_UNTRUSTED, FOLDER_ABSENT,
    FOLDER_REFUSED, FOLDER_FULL, EXTRA_MISSING or FOLDER_FAILED."""
    folder, reason = str(address), failed.reason or "—"
    match failed.why:
        case Why.AWAY:
            return say.FOLDER_AWAY(folder=folder, reason=reason)
        case Why.LOGIN:
            return say.FOLDER_LOGIN(folder=folder, reason=reason)
        case Why.UNTRUSTED:
            return say.FOLDER_UNTRUSTED(folder=folder, reason=reason)
        case Why.MISSING:
            return say.FOLDER_ABSENT(folder=folder, reason=reason)
        case Why.DENIED:
            return say.FOLDER_REFUSED(folder=folder, reason=reason)
        case Why.FULL:
            return say.FOLDER_FULL(folder=folder)
        case Why.EXTRA:
            return say.EXTRA_MISSING(folder=folder, extra=reason)
        case Why.BUSY | Why.OTHER:
            return say.FOLDER_FAILED(folder=folder, reason=reason)
