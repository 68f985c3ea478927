"""A real server on a free port of this machine, and a client that speaks bytes."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from starlette.applications import Starlette

from atelier.web.addresses import Networks
from atelier.web.pace import ServerLimits
from atelier.web.server import Server, listen

# A hung server fails a test instead of the run.
PATIENCE_SECONDS = 20


@contextmanager
def running(app: Starlette, limits: ServerLimits, trusted: Networks = ()) -> Iterator[int]:
    """Serves the app meanwhile; its port."""
    sockets = listen("127.0.0.1", 0)
    ready = threading.Event()
    server = Server(app, limits, trusted, announce=lambda port: ready.set())

    def run() -> None:
        with asyncio.Runner(loop_factory=server.config.get_loop_factory()) as runner:
            runner.run(server.run_on(sockets))

    thread = threading.Thread(target=run)
    thread.start()
    try:
        assert ready.wait(PATIENCE_SECONDS)
        yield sockets[0].getsockname()[1]
    finally:
        server.stop()
        thread.join(PATIENCE_SECONDS)
    assert not thread.is_alive()


@contextmanager
def connected(port: int) -> Iterator[socket.socket]:
    """A connection to the server."""
    with socket.create_connection(("127.0.0.1", port), PATIENCE_SECONDS) as connection:
        yield connection


def rest(connection: socket.socket) -> bytes:
    """All that comes until the server closes."""
    received = b""
    while True:
        try:
            piece = connection.recv(65_536)
        except ConnectionResetError:
            return received
        if not piece:
            return received
        received += piece


def until(connection: socket.socket, end: bytes) -> bytes:
    """What comes up to `end`."""
    received = b""
    while not received.endswith(end):
        piece = connection.recv(1)
        assert piece, received
        received += piece
    return received


def exchange(port: int, sent: bytes) -> bytes:
    """What the server answers to these bytes before it closes."""
    with connected(port) as connection:
        connection.sendall(sent)
        return rest(connection)


def status(answer: bytes) -> int:
    """The status of an answer, 0 for none."""
    return int(answer.split(b" ", 2)[1]) if answer else 0
