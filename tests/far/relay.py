"""A relay between client and server that cuts the wire."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress


class Relay:
    """Stands between client and server, and cuts all connections after so many bytes. While it is
    ``mute``, nothing comes through, and nothing is cut."""

    def __init__(self, port: int) -> None:
        self._to = port
        self.limit: int | None = None
        self.mute = False
        self.bytes = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._lock = threading.Lock()
        self._open: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def reset(self, limit: int | None = None) -> None:
        """Count anew; None: nothing is cut."""
        with self._lock:
            self.limit, self.bytes = limit, 0

    @property
    def broken(self) -> bool:
        """Whether anything was cut."""
        return self.limit is not None and self.bytes > self.limit

    def close(self) -> None:
        """Let go of everything."""
        self._listener.close()
        for each in self._open:
            each.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(("127.0.0.1", self._to))
                self._open += [client, server]
                for pair in ((client, server), (server, client)):
                    threading.Thread(target=self._pump, args=pair, daemon=True).start()

    def _pump(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(512):
                with self._lock:
                    self.bytes += len(data)
                    cut = self.limit is not None and self.bytes > self.limit
                if cut:
                    break
                if self.mute:
                    continue
                target.sendall(data)
        for each in (source, target):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
