"""A way to the server that is cut between a writing transaction's COMMIT and its answer."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import Enum
from pathlib import Path
from threading import Thread

COMMIT = b"Q\x00\x00\x00\x0bCOMMIT\x00"
HELD = b"FOR NO KEY UPDATE"


class Cut(Enum):
    """When the connection goes."""

    BEFORE = "before the server has heard of it"
    AFTER = "after the server has answered"
    LATE = "before the server has heard of it, which it does when the desk asks again"


class CuttingProxy:
    """Passes everything on between clients and the server, until it is told to cut."""

    def __init__(self, server: Path) -> None:
        self._server = server
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._next: Cut | None = None
        self._late: list[socket.socket] = []
        self._open: list[socket.socket] = []
        self.cuts = 0

    def cut(self, how: Cut) -> None:
        """Cut the connection that is the next to commit what it has written."""
        self._next = how

    def serve(self) -> None:
        """Take connections until the proxy is closed."""
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                server = socket.socket(socket.AF_UNIX)
                server.connect(str(self._server))
                self._open += [client, server]
                Thread(target=self._to_server, args=(client, server), daemon=True).start()
                Thread(target=self._to_client, args=(client, server), daemon=True).start()

    def close(self) -> None:
        """Take no more connections, and end those that are open."""
        for each in (self._listener, *self._open):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def _to_server(self, client: socket.socket, server: socket.socket) -> None:
        writes = False
        with suppress(OSError):
            while said := client.recv(65_536):
                if b"BEGIN" in said:
                    writes = b"READ ONLY" not in said
                if HELD in said:
                    self._deliver_late()
                if writes and said.endswith(COMMIT) and self._next is not None:
                    self._cut_here(client, server)
                    return
                server.sendall(said)
        with suppress(OSError):
            server.shutdown(socket.SHUT_RDWR)

    def _to_client(self, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            while said := server.recv(65_536):
                client.sendall(said)
        with suppress(OSError):
            client.shutdown(socket.SHUT_RDWR)

    def _cut_here(self, client: socket.socket, server: socket.socket) -> None:
        how, self._next = self._next, None
        self.cuts += 1
        if how is Cut.LATE:
            self._late.append(server)
        if how is Cut.AFTER:
            # Shut in this direction first, so that nothing of the answer gets through.
            client.shutdown(socket.SHUT_WR)
            server.sendall(COMMIT)
            server.shutdown(socket.SHUT_WR)
        elif how is Cut.BEFORE:
            server.shutdown(socket.SHUT_RDWR)
        client.shutdown(socket.SHUT_RDWR)

    def _deliver_late(self) -> None:
        while self._late:
            self._late.pop().sendall(COMMIT)


@contextmanager
def cutting_proxy(server: Path) -> Iterator[CuttingProxy]:
    """A proxy before the server that listens on this Unix socket."""
    proxy = CuttingProxy(server)
    Thread(target=proxy.serve, daemon=True).start()
    yield proxy
    proxy.close()
