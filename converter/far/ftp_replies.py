"""What an FTP server answers, as failures of few kinds, in words that can be read."""

from __future__ import annotations

import ftplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager

from converter.far.failures import network_failed
from converter.far.ftp_listing import OLD, WIRE
from converter.far.transport import FarFailed, Why
from converter.problems.visible import blanked

_NOT_KNOWN = ("500", "501", "502", "504")
_WHY = {
    **dict.fromkeys(("452", "552"), Why.FULL),
    **dict.fromkeys(("421", "425", "426"), Why.AWAY),
    **dict.fromkeys(("532", "550", "553"), Why.DENIED),
    "450": Why.BUSY,
    "530": Why.LOGIN,
}
#: what IIS says where others say 450, in the languages of its Windows that we know
_BUSY = ("by another process", "другим процессом")


class NotKnown(FarFailed):
    """The server does not know a command, or not so."""


@contextmanager
def told() -> Iterator[None]:
    """What the standard library raises as `FarFailed`."""
    try:
        yield
    except ftplib.all_errors as error:
        raise failed(error) from error


def failed(error: Exception) -> FarFailed:
    """What an error of the standard library means."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return FarFailed(Why.UNTRUSTED, error.verify_message or str(error))
    if not isinstance(error, ftplib.Error):
        return network_failed(error)
    if code(error) in _NOT_KNOWN:
        return NotKnown(Why.OTHER, words(error))
    said = words(error)
    if any(each in said for each in _BUSY):
        return FarFailed(Why.BUSY, said)
    return FarFailed(_WHY.get(code(error), Why.OTHER), said)


def code(error: Exception) -> str:
    """The number of an answer: three digits."""
    return str(error)[:3]


def words(error: Exception) -> str:
    """What the server said, readable whatever its letters are."""
    data = str(error).encode(WIRE, "replace")
    try:
        text = data.decode()
    except UnicodeDecodeError:
        text = data.decode(OLD, "replace")
    return blanked(text)
