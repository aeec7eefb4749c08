"""A network between the converter and its server that can be cut at a COMMIT, to the byte."""

from __future__ import annotations

import re
import socket
import threading
from contextlib import suppress
from pathlib import Path

_PIECE = 1 << 16
#: not the level of isolation
_COMMIT = re.compile(rb"COMMIT(?!TED)")


class Proxy:
    """Passes connections on to a server's socket, and counts the trips. With `cut_at` it ends one at the n-th COMMIT."""

    def __init__(self, server: Path) -> None:
        self._server = server
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self._left = 0
        self._heard = False
        #: how often a client said something after the server had answered
        self.trips = 0
        self._lock = threading.Lock()
        threading.Thread(target=self._accept, daemon=True).start()

    def cut_at(self, commit: int, heard: bool) -> None:
        """Cut at that COMMIT from now on; ``heard``: the server has done it, and its answer is lost."""
        with self._lock:
            self._left, self._heard = commit, heard

    @property
    def cut(self) -> bool:
        """Whether it came to that COMMIT."""
        return self._left <= 0

    def close(self) -> None:
        """No new connections."""
        self._listening.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                server = socket.socket(socket.AF_UNIX)
                server.connect(str(self._server))
                _Connection(self, client, server)

    def _ends(self, data: bytes) -> bool:
        """Whether a connection ends with what a client says; whether the server hears it."""
        if _COMMIT.search(data) is None:
            return False
        with self._lock:
            self._left -= 1
            return self._left == 0


class _Connection:
    """One connection, both ways."""

    def __init__(self, proxy: Proxy, client: socket.socket, server: socket.socket) -> None:
        self._proxy = proxy
        self._client, self._server = client, server
        self._deaf = False
        self._answered = True
        for way in (self._to_server, self._to_client):
            threading.Thread(target=way, daemon=True).start()

    def _to_server(self) -> None:
        with suppress(OSError):
            while data := self._client.recv(_PIECE):
                self._proxy.trips += self._answered
                self._answered = False
                if self._proxy._ends(data):
                    if not self._proxy._heard:
                        break
                    self._deaf = True
                self._server.sendall(data)
        self._close()

    def _to_client(self) -> None:
        with suppress(OSError):
            while (data := self._server.recv(_PIECE)) and not self._deaf:
                self._answered = True
                self._client.sendall(data)
        self._close()

    def _close(self) -> None:
        for each in (self._client, self._server):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()
