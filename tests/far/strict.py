"""A small FTPS server that takes no data connection without the session of the commands.

It has what its files are in memory, one client at a time, and nothing that is not asked of it here.
"""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from converter.far.address import Address
from tests.far.certificates import Certificate

_REFUSED = "522 SSL connection failed; session reuse required"


class Strict:
    """``newest`` and ``oldest`` are the versions of TLS that it knows; without ``farewell`` it ends a
    data connection without a word of TLS. ``reused`` are its data connections so far."""

    def __init__(
        self,
        certificate: Certificate,
        oldest: ssl.TLSVersion = ssl.TLSVersion.TLSv1_2,
        newest: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3,
        farewell: bool = True,
    ) -> None:
        self.files: dict[str, bytes] = {}
        self.reused: list[bool] = []
        self._farewell = farewell
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(certificate.chain)
        self._context.minimum_version, self._context.maximum_version = oldest, newest
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = Address("ftps", "localhost", self._listener.getsockname()[1], "", "exchange")

    @contextmanager
    def running(self) -> Iterator[None]:
        """Answer while the block lasts."""
        thread = threading.Thread(target=self._accept)
        thread.start()
        try:
            yield
        finally:
            self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
            thread.join(10)

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                with suppress(OSError):
                    self._serve(client)

    def _serve(self, client: socket.socket) -> None:
        client.settimeout(5)
        _say(client, "220 ready")
        with client.makefile("rb", 0) as lines:
            lines.readline()
        _say(client, "234 go on")
        with (
            self._context.wrap_socket(client, server_side=True) as secured,
            secured.makefile("rb") as lines,
            socket.create_server(("127.0.0.1", 0)) as offered,
        ):
            for line in lines:
                command, _, name = line.decode().strip().partition(" ")
                _say(secured, self._answer(secured, offered, command, name))

    def _answer(
        self, commands: socket.socket, offered: socket.socket, command: str, name: str
    ) -> str:
        match command:
            case "PASV":
                port = offered.getsockname()[1]
                return f"227 Entering Passive Mode (127,0,0,1,{port >> 8},{port & 255})"
            case "FEAT":
                return "211-Features\r\n UTF8\r\n MLST type*;size*;modify*;\r\n211 End"
            case "SIZE":
                return f"213 {len(self.files[name])}" if name in self.files else "550 no such file"
            case "MLSD" | "RETR" | "STOR":
                _say(commands, "150 go on")
                return self._transferred(offered, command, name)
        return {"USER": "331 password", "PASS": "230 welcome"}.get(command, "200 so be it")

    def _transferred(self, offered: socket.socket, command: str, name: str) -> str:
        plain, _ = offered.accept()
        plain.settimeout(5)
        with self._context.wrap_socket(plain, server_side=True) as data:
            self.reused.append(bool(data.session_reused))
            if not data.session_reused:
                return _REFUSED
            if command == "STOR":
                with data.makefile("rb") as file:
                    self.files[name] = file.read()
            else:
                data.sendall(self._listing() if command == "MLSD" else self.files[name])
            if self._farewell:
                with suppress(OSError):
                    data.unwrap()
        return "226 done"

    def _listing(self) -> bytes:
        lines = (f"type=file;size={len(data)}; {name}\r\n" for name, data in self.files.items())
        return "".join(lines).encode()


def _say(commands: socket.socket, answer: str) -> None:
    commands.sendall(answer.encode() + b"\r\n")
