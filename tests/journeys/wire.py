"""The line between a browser and a server: it can be held, and cut, at once or at a byte."""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import Final

_CHUNK_BYTES: Final = 65_536


class Wire:
    """Listens on a port of its own, and carries all to and from another one of this machine."""

    def __init__(self, to_port: int) -> None:
        self._to_port = to_port
        self._turn = threading.Lock()
        self._flows = threading.Event()
        self._flows.set()
        self._open: set[socket.socket] = set()
        self._is_cut = False
        self._left: int | None = None
        self._until_held: int | None = None
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._listen, daemon=True).start()

    def cut(self, *, after_bytes: int = 0) -> None:
        """Nothing goes any more, now or once so many more bytes went up."""
        with self._turn:
            self._left = after_bytes or None
        if not after_bytes:
            self._cut()

    def mend(self) -> None:
        """All goes again."""
        with self._turn:
            self._is_cut, self._left, self._until_held = False, None, None
        self._flows.set()

    def hold(self, *, after_bytes: int = 0) -> None:
        """What goes up waits on its way, at once or that many bytes later; connections stay."""
        with self._turn:
            self._until_held = after_bytes or None
        if not after_bytes:
            self._flows.clear()

    def close(self) -> None:
        """For good."""
        self._cut()
        self._listener.close()

    def _cut(self) -> None:
        with self._turn:
            self._is_cut, cut = True, list(self._open)
            self._open.clear()
        self._flows.set()
        for end in cut:
            _end(end)

    def _listen(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                threading.Thread(target=self._join, args=(near,), daemon=True).start()

    def _join(self, near: socket.socket) -> None:
        with contextlib.suppress(OSError):
            far = socket.create_connection(("127.0.0.1", self._to_port))
            with self._turn:
                if not self._is_cut:
                    self._open |= {near, far}
                    for pair in ((near, far, True), (far, near, False)):
                        threading.Thread(target=self._carry, args=pair, daemon=True).start()
                    return
            far.close()
        near.close()

    def _carry(self, source: socket.socket, sink: socket.socket, goes_up: bool) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(_CHUNK_BYTES):
                if goes_up and not self._may_go(len(data)):
                    break
                sink.sendall(data)
        with self._turn:
            self._open -= {source, sink}
        for end in (source, sink):
            _end(end)

    def _may_go(self, count: int) -> bool:
        self._flows.wait()
        with self._turn:
            if self._until_held is not None:
                self._until_held -= count
                if self._until_held <= 0:
                    self._until_held = None
                    self._flows.clear()
            if self._left is None:
                return not self._is_cut
            self._left -= count
            if self._left > 0:
                return True
        self._cut()
        return False


def _end(one: socket.socket) -> None:
    # A shutdown wakes the thread that waits for bytes of it; closing alone would not.
    with contextlib.suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()
