"""A line to a server that is cut now and then: before what was sent arrives, or before the answer does."""

from __future__ import annotations

import select
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from random import Random

from tests.servers import free_port


class BreakingLine:
    """Listens on a port of its own and carries all connections to another one of this machine."""

    def __init__(self, port: int, *, share: float, seed: int = 311) -> None:
        self._there, self._share, self._chance = port, share, Random(seed)
        self._entrance = socket.create_server(("127.0.0.1", free_port()))
        self.port = int(self._entrance.getsockname()[1])
        self.cuts = {"request": 0, "answer": 0}

    def close(self) -> None:
        """Let nobody in any more."""
        self._entrance.close()

    def carry(self) -> None:
        """Take every connection, in a thread of its own, until closed."""
        while True:
            try:
                client, _address = self._entrance.accept()
            except OSError:
                return
            threading.Thread(target=self._between, args=(client,), daemon=True).start()

    def _between(self, client: socket.socket) -> None:
        with client, suppress(OSError), socket.create_connection(("127.0.0.1", self._there)) as server:
            while True:
                for ready in select.select([client, server], [], [], 30)[0]:
                    piece = ready.recv(65536)
                    if not piece or self.cut("request" if ready is client else "answer", piece):
                        return
                    (server if ready is client else client).sendall(piece)

    def cut(self, what: str, piece: bytes) -> bool:
        """Whether this piece of a request or an answer is lost, and the connection with it."""
        cut = self._chance.random() < self._share
        self.cuts[what] += cut
        return cut


class CutAtCommit(BreakingLine):
    """To a database: lets commits through and loses the answers to some, so that nobody is told that they are done."""

    def __init__(self, port: int, *, share: float, seed: int = 311) -> None:
        super().__init__(port, share=share, seed=seed)
        self._committing = threading.local()  # a connection has its thread

    def cut(self, what: str, piece: bytes) -> bool:
        """Only answers to a commit."""
        if what == "request":
            self._committing.now = b"COMMIT" in piece
            return False
        return getattr(self._committing, "now", False) and super().cut(what, piece)


@contextmanager
def carrying(line: BreakingLine) -> Iterator[BreakingLine]:
    """The line, carrying."""
    threading.Thread(target=line.carry, daemon=True).start()
    try:
        yield line
    finally:
        line.close()
