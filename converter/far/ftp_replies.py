"""What an FTP server answers, as failures of few kinds, in words that can be read."""

from __future__ import annotations

import ftplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager

from converter.far.failures import network_failed
from converter.far.ftp_listing import OLD, WIRE
from converter.far.transport import FarFailed, Why
from converter.problems import Said
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


#: what is wrong with a certificate by OpenSSL's numbers, where the cure depends on it
_CERTIFICATE = {
    9: Said(
        "его сертификат ещё не действует: проверьте часы этого компьютера",
        "its certificate is not yet valid: check the clock of this computer",
    ),
    10: Said(
        "срок его сертификата истёк: новый должен поставить администратор сервера",
        "its certificate has expired: the server's administrator must renew it",
    ),
    62: Said(
        "его сертификат выдан на другое имя: в адресе должно стоять имя из сертификата",
        "its certificate is made out to another name: the address must have the certificate's",
    ),
    64: Said(
        "его сертификат выдан не на этот IP-адрес: в адресе должно стоять имя из сертификата",
        "its certificate is not made out to this IP address: the address must have the"
        " certificate's name",
    ),
}


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
        reason = _CERTIFICATE.get(error.verify_code)
        return FarFailed(Why.UNTRUSTED, reason or error.verify_message or str(error))
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
