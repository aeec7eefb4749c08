"""Why something could not be sent, in words; what a server says is shown without control characters."""

from __future__ import annotations

import errno
import http.client
import socket
import ssl

from converter.problems import Said
from converter.problems.system import reason_of
from converter.problems.visible import blanked

_LONGEST = 200

_ERRORS = {
    errno.ECONNREFUSED: Said("соединение не принято", "the connection was refused"),
    errno.ECONNRESET: Said("соединение оборвано", "the connection was cut"),
    errno.EPIPE: Said("соединение оборвано", "the connection was cut"),
    errno.EHOSTUNREACH: Said("до сервера нет пути", "there is no way to the server"),
    errno.ENETUNREACH: Said("нет сети", "there is no network"),
}


class Undelivered(Exception):
    """Something could not be sent; ``reason`` says why in both languages, without any secret."""

    def __init__(self, reason: Said) -> None:
        super().__init__(reason.en)
        self.reason = reason


def why(error: BaseException, timeout: float) -> Said:
    """The reason of an error of a connection."""
    if isinstance(error, TimeoutError):
        return late(timeout)
    if isinstance(error, ssl.SSLCertVerificationError):
        plain = said(error.verify_message)
        return Said(
            f"сертификат сервера не подтверждён: {plain}",
            f"the server's certificate cannot be trusted: {plain}",
        )
    if isinstance(error, ssl.SSLError):
        plain = said(error.reason or "TLS")
        return Said(f"TLS не удалось: {plain}", f"TLS failed: {plain}")
    if isinstance(error, socket.gaierror):
        return Said("имя сервера не найдено", "the server's name was not found")
    if isinstance(error, OSError) and error.errno in _ERRORS:
        return _ERRORS[error.errno]
    if isinstance(error, OSError) and error.strerror:
        return reason_of(error)
    if isinstance(error, http.client.HTTPException):
        return Said("ответ не похож на HTTP", "the answer is no HTTP")
    name = type(error).__name__
    return Said(name, name)


def late(timeout: float) -> Said:
    """Nobody answered in time."""
    return Said(f"нет ответа за {timeout:g} с", f"no answer within {timeout:g} s")


def said(text: str | bytes) -> str:
    """What a server or the system said, fit to be shown in a line."""
    plain = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    shown = blanked(plain)
    return " ".join(shown.split())[:_LONGEST]
