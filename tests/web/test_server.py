"""Listening, and stopping gracefully."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from starlette.applications import Starlette

from atelier.errors import FolderInUse, PortInUse, SettingsFault
from atelier.web.server import listen, serve
from tests.web.running import connected, until

SERVING = """
import contextlib
from starlette.applications import Starlette
from starlette.responses import StreamingResponse
from starlette.routing import Route
from atelier.web.server import serve

async def slow(request):
    async def pieces():
        yield b"first,"
        await request.body()
        yield b"last"
    return StreamingResponse(pieces())

@contextlib.asynccontextmanager
async def lifespan(app):
    yield
    print("closed", flush=True)

app = Starlette(routes=[Route("/", slow, methods=["PUT"])], lifespan=lifespan)
serve(app, host="127.0.0.1", port=0, announce=lambda port: print(port, flush=True))
print("returned", flush=True)
"""


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_lets_the_answer_under_way_finish(stop: signal.Signals) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", SERVING], stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        with connected(int(server.stdout.readline())) as connection:
            connection.sendall(b"PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nab")
            until(connection, b"first,")
            server.send_signal(stop)
            connection.sendall(b"cd")
            assert b"last" in until(connection, b"\r\n0\r\n\r\n")
        assert server.stdout.read().split() == ["closed", "returned"]
        assert server.wait() == 0


def test_a_port_in_use_is_said_with_its_number() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PortInUse) as refused:
            serve(Starlette(), host="127.0.0.1", port=port)
    assert (refused.value.host, refused.value.port) == ("127.0.0.1", port)
    for each in listen("127.0.0.1", port):
        each.close()


def test_a_host_that_is_not_here_is_a_setting_to_correct() -> None:
    for host in ("no.such.host.invalid", "203.0.113.1"):
        with pytest.raises(SettingsFault) as refused:
            listen(host, 0)
        assert host in refused.value.source


def test_localhost_is_one_port_on_every_loopback_address() -> None:
    sockets = listen("localhost", 0)
    assert len({each.getsockname()[1] for each in sockets}) == 1
    for each in sockets:
        each.close()


def test_what_the_app_cannot_start_with_comes_out_untouched() -> None:
    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        raise FolderInUse("storage")
        yield

    with pytest.raises(FolderInUse):
        serve(Starlette(lifespan=lifespan), host="127.0.0.1", port=0)
