"""A client that costs little and the same whoever answers: raw sockets, kept open.

It knows as much of HTTP as the benchmarks need: bodies sent with their length, answers with
theirs or without a body.
"""

from __future__ import annotations

import selectors
import socket
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

PIECE_BYTES = 1024 * 1024
_LIMIT_SECONDS = 120


@dataclass(frozen=True)
class Asked:
    """One request: its head whole, and its body in pieces that go out one after another."""

    head: bytes
    body: Iterable[bytes] = ()


def asked(method: str, path: str, headers: str, body: Iterable[bytes] = (), size: int = 0) -> Asked:
    """A request; `headers` are lines that end in CRLF, `Host` among them."""
    length = f"Content-Length: {size}\r\n" if method not in ("GET", "HEAD") else ""
    head = f"{method} {path} HTTP/1.1\r\n{headers}{length}\r\n"
    return Asked(head.encode(), body)


def exchange(port: int, requests: Iterable[Asked], *, connections: int = 1) -> list[bytes]:
    """Send them all, one at a time on each connection; the heads of the answers, as they came.

    RuntimeError for an answer that is no success.
    """
    left, heads = iter(requests), []
    with selectors.DefaultSelector() as waiting:
        lines = [_Line(port) for _ in range(connections)]
        try:
            for line in lines:
                if line.send_next(left):
                    waiting.register(line.socket, selectors.EVENT_READ, line)
            while waiting.get_map():
                for key, _ in _ready(waiting):
                    head = key.data.take()
                    if head is None:
                        continue
                    heads.append(head)
                    if not key.data.send_next(left):
                        waiting.unregister(key.fileobj)
        finally:
            for line in lines:
                line.socket.close()
    return heads


def _ready(waiting: selectors.BaseSelector) -> list[tuple[selectors.SelectorKey, int]]:
    ready = waiting.select(_LIMIT_SECONDS)
    if not ready:
        raise RuntimeError(f"no answer for {_LIMIT_SECONDS} s")
    return ready


class _Line:
    """One connection, with one request under way."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=_LIMIT_SECONDS)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._buffer = bytearray(PIECE_BYTES)
        self._head = b""
        self._left = 0

    def send_next(self, left: Iterator[Asked]) -> bool:
        """Send the next request whole; False when none is left."""
        request = next(left, None)
        if request is None:
            return False
        pieces = iter(request.body)
        # The head goes with the first piece, as browsers send it.
        self.socket.sendall(request.head + next(pieces, b""))
        for piece in pieces:
            self.socket.sendall(piece)
        self._head, self._left = b"", 0
        return True

    def take(self) -> bytes | None:
        """Read what has come: the head once its answer is whole, None before."""
        count = self.socket.recv_into(self._buffer)
        if not count:
            raise RuntimeError(f"the server hung up: {self._head!r}")
        if self._left:
            self._left -= count
        else:
            self._begin(bytes(self._buffer[:count]))
        return self._head if self._head.endswith(b"\r\n\r\n") and not self._left else None

    def _begin(self, came: bytes) -> None:
        head, end, body = (self._head + came).partition(b"\r\n\r\n")
        self._head = head + end
        if end:
            if not head.startswith(b"HTTP/1.1 2"):
                raise RuntimeError((head + end + body).decode(errors="replace"))
            self._left = _length(head) - len(body)


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0
