"""FTP over TLS (RFC 4217)."""

from __future__ import annotations

import ftplib
import socket
import ssl
from pathlib import Path

from converter.far.ftp_listing import WIRE
from converter.far.transport import FarFailed, Why
from converter.problems import Said

#: the port on which TLS is there from the first byte
IMPLICIT = 990
_PLAIN = Said("ftps нужен сервер с TLS, а этот его не знает", "ftps needs a server that knows TLS")


class Tls(ftplib.FTP_TLS):
    """FTP over TLS. Data connections go on with the session of the commands, as servers demand:
    else another could answer in their place.

    ``newest`` is the newest version that is offered.
    """

    def __init__(
        self, certificate: Path | None, newest: ssl.TLSVersion, timeout: float, implicit: bool
    ) -> None:
        context = _context(certificate)
        context.maximum_version = newest
        super().__init__(context=context, timeout=timeout, encoding=WIRE)
        self._implicit = implicit

    def connect(self, *arguments: object, **more: object) -> str:
        """Connect; on the port of implicit TLS the greeting comes through it already."""
        if not self._implicit:
            return super().connect(*arguments, **more)  # type: ignore[arg-type]
        self.host, self.port = arguments  # type: ignore[assignment]
        plain = socket.create_connection((self.host, self.port), self.timeout)
        self.af = plain.family
        self.sock = self.context.wrap_socket(plain, server_hostname=self.host)
        self.file = self.sock.makefile("r", encoding=self.encoding)
        self.welcome = self.getresp()
        return self.welcome

    def secure(self) -> None:
        """Begin TLS, before anything secret is said. Raises `FarFailed`."""
        if self._implicit:
            return
        try:
            self.auth()
        except ftplib.error_perm:
            raise FarFailed(Why.UNTRUSTED, _PLAIN) from None

    def wrapped(self, data: socket.socket) -> ssl.SSLSocket:
        """A data connection with TLS, which is begun; the given one is closed where that fails."""
        assert isinstance(self.sock, ssl.SSLSocket)
        try:
            return self.context.wrap_socket(
                data, server_hostname=self.host, session=self.sock.session
            )
        except BaseException:
            data.close()
            raise


def _context(certificate: Path | None) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context()
        if certificate is not None:
            context.load_verify_locations(certificate)
    except (OSError, ssl.SSLError) as error:
        reason = f"{certificate}: {error.strerror or error}"
        raise FarFailed(Why.UNTRUSTED, reason) from error
    return context
