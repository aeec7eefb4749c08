"""A small server for people and for monitoring: it gives, and takes nothing.

Every connection has one request, a bounded head, a bounded time and no body; only so many are
answered at a time. What a browser sends is believed in nothing but its path and its Host.
"""

from __future__ import annotations

import errno
import io
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from converter.problems import Stopped
from converter.problems import catalogue as say
from converter.problems.system import reason_of
from converter.serving.address import Address
from converter.serving.pages import Answer

#: a head may be so large
HEAD = 16 << 10
#: so many seconds a client may take to send its head, and then to read each piece of the answer
PATIENCE = 10.0
#: an answer goes in pieces of so many bytes, each in its own time
PIECE = 64 << 10
#: so many are answered at a time; who comes then is sent away
MOST = 8
_BUSY = {errno.EADDRINUSE, getattr(errno, "WSAEADDRINUSE", errno.EADDRINUSE)}
_METHODS = ("POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT")
_HEADERS = (
    ("Cache-Control", "no-store"),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("X-Frame-Options", "DENY"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
)
_FULL = b"HTTP/1.0 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n"

Answers = Callable[[str], Answer | None]


@contextmanager
def serving(address: Address, answers: Answers, patience: float = PATIENCE) -> Iterator[Address]:
    """Serve in the block, in threads of its own; gives the address with the port it got.

    Raises `Stopped`: ADDRESS_BUSY, ADDRESS_FAILED.
    """
    server = _bound(address, answers, patience)
    thread = threading.Thread(target=server.serve_forever, args=(0.1,), name="serving", daemon=True)
    thread.start()
    try:
        yield server.address
    finally:
        server.shutdown()
        server.server_close()
        thread.join(PATIENCE)


def _bound(address: Address, answers: Answers, patience: float) -> _Server:
    try:
        found = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)
        family, _, _, _, place = found[0]
        return _Server(family, place, address, answers, patience)
    except OSError as failure:
        if failure.errno in _BUSY:
            raise Stopped(say.ADDRESS_BUSY(address=address.url)) from failure
        raise Stopped(
            say.ADDRESS_FAILED(address=address.url, reason=reason_of(failure))
        ) from failure


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    #: on Windows this would let two programs have one port
    allow_reuse_address = os.name != "nt"

    def __init__(
        self, family: int, place: Any, address: Address, answers: Answers, patience: float
    ) -> None:
        self.address_family = socket.AddressFamily(family)
        self.answers = answers
        self.patience = patience
        self._room = threading.BoundedSemaphore(MOST)
        super().__init__(place, _Handler)
        self.address = address._replace(port=int(self.server_address[1]))

    def server_bind(self) -> None:
        """As the socket server does: looking up our own name may take long, and nobody needs it."""
        self.socket.setsockopt(
            socket.SOL_SOCKET, socket.SO_REUSEADDR, int(self.allow_reuse_address)
        )
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = str(self.server_address[0]), self.server_address[1]

    def process_request(self, request: Any, client_address: Any) -> None:
        if not self._room.acquire(blocking=False):
            with suppress(OSError):
                request.settimeout(0.1)
                request.sendall(_FULL)
            self.shutdown_request(request)
            return
        try:
            super().process_request(request, client_address)
        except BaseException:
            self._room.release()
            raise

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._room.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is nobody's trouble."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.0"
    error_content_type = "text/plain; charset=utf-8"
    error_message_format = "%(code)d %(message)s\n"

    def setup(self) -> None:
        super().setup()
        self.rfile.close()
        self._head = _Head(self.connection, self.server.patience)
        self.rfile = io.BufferedReader(self._head)

    def version_string(self) -> str:
        return "converter"

    def log_message(self, format: str, *args: Any) -> None:
        """Who asked for what is nobody's business."""

    def do_GET(self) -> None:
        self._answer()

    def do_HEAD(self) -> None:
        self._answer()

    def __getattr__(self, name: str) -> Any:
        if name.removeprefix("do_") in _METHODS:
            return self._refuse
        raise AttributeError(name)

    def _refuse(self) -> None:
        self.send_response(HTTPStatus.METHOD_NOT_ALLOWED)
        self.send_header("Allow", "GET, HEAD")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _answer(self) -> None:
        if self._head.used_up:
            self.send_error(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
            return
        if not self.server.address.answers_to(self.headers.get("Host")):
            self.send_error(HTTPStatus.MISDIRECTED_REQUEST)
            return
        try:
            answer = self.server.answers(self.path.partition("?")[0])
        except Exception:  # noqa: BLE001 - whatever it is, the client is told, and the others served
            self.send_error(HTTPStatus.INTERNAL_SERVER_ERROR)
            return
        if answer is None:
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.kind)
        self.send_header("Content-Length", str(len(answer.body)))
        self.send_header("Content-Security-Policy", f"{answer.policy}; frame-ancestors 'none'")
        self.end_headers()
        self.connection.settimeout(self.server.patience)
        for at in range(0, len(answer.body) if self.command != "HEAD" else 0, PIECE):
            self.wfile.write(answer.body[at : at + PIECE])

    def end_headers(self) -> None:
        for name, value in _HEADERS:
            self.send_header(name, value)
        super().end_headers()


class _Head(io.RawIOBase):
    """What a client sends, up to `HEAD` bytes and for so many seconds altogether."""

    def __init__(self, connection: socket.socket, patience: float) -> None:
        self._connection = connection
        self._until = time.monotonic() + patience
        self._left = HEAD

    @property
    def used_up(self) -> bool:
        """Whether the client sent more than is read."""
        return self._left == 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._connection.settimeout(left)
        count = self._connection.recv_into(memoryview(buffer)[: self._left]) if self._left else 0
        self._left -= count
        return count
