"""Serves the app on an address until a signal says stop.

One uvicorn with uvloop and httptools in this process. The caller builds the app; its
lifespan runs inside `serve`, and its `StartRefused` comes out of it untouched.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import signal
import socket
import sys
import threading
from collections.abc import Callable, Generator
from typing import Final

import uvicorn
from starlette.applications import Starlette

from atelier.errors import PortInUse, SettingsFault
from atelier.web.addresses import Networks
from atelier.web.pace import Crowd, ServerLimits
from atelier.web.protocol import GuardedConfig, GuardedHttp

_BACKLOG: Final = 2048
_STOP_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)
# Nobody can listen on these addresses here: a machine without IPv6 lacks one half of localhost.
_ABSENT: Final = frozenset({errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT})


def serve(
    app: Starlette,
    *,
    host: str,
    port: int,
    limits: ServerLimits | None = None,
    trusted_proxies: Networks = (),
    announce: Callable[[int], None] = lambda port: None,
) -> None:
    """Serve until SIGINT or SIGTERM, then let answers under way finish, and return.

    `announce` is called with the port once connections are accepted (port 0 takes a
    free one). `PortInUse`; `SettingsFault` for an address that cannot be listened on;
    whatever `StartRefused` the app's lifespan raises.
    """
    sockets = listen(host, port)
    server = Server(app, limits or ServerLimits(), trusted_proxies, announce)
    with asyncio.Runner(loop_factory=server.config.get_loop_factory()) as runner:
        runner.run(server.run_on(sockets))


def listen(host: str, port: int) -> list[socket.socket]:
    """Sockets bound to every address of the host, on one port; port 0 takes a free one."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except socket.gaierror:
        raise SettingsFault(f"--host {host}", "server.host", "unknown_host") from None
    sockets: list[socket.socket] = []
    for family, _, _, _, address in dict.fromkeys(found):
        bound = _bound(family, (address[0], port), host)
        if bound is not None:
            sockets.append(bound)
            port = bound.getsockname()[1]
    if not sockets:
        raise SettingsFault(f"--host {host}", "server.host", "not_here")
    return sockets


def _bound(family: int, address: tuple[str | int, int], host: str) -> socket.socket | None:
    try:
        bound = socket.socket(family, socket.SOCK_STREAM)
    except OSError as failed:
        if failed.errno in _ABSENT:
            return None
        raise
    try:
        if sys.platform != "win32":
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            bound.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        bound.bind(address)
        bound.listen(_BACKLOG)
    except OSError as failed:
        bound.close()
        if failed.errno in _ABSENT:
            return None
        raise _refusal(failed, host, address[1]) from None
    return bound


def _refusal(failed: OSError, host: str, port: int) -> Exception:
    if failed.errno == errno.EADDRINUSE:
        return PortInUse(host, port)
    if failed.errno in (errno.EACCES, errno.EPERM):
        return SettingsFault(f"--port {port}", "server.port", "not_permitted")
    return failed


class Server(uvicorn.Server):
    """uvicorn's server, told apart: it returns after a stop signal instead of raising it again."""

    def __init__(
        self,
        app: Starlette,
        limits: ServerLimits,
        trusted_proxies: Networks = (),
        announce: Callable[[int], None] = lambda port: None,
    ) -> None:
        super().__init__(_config(app, limits, trusted_proxies))
        self._app = app
        self._announce = announce
        self._given: dict[str, object] = {}

    async def run_on(self, sockets: list[socket.socket]) -> None:
        """The app's lifespan around the serving; closes the sockets in every case."""
        try:
            async with self._app.router.lifespan_context(self._app) as given:
                self._given = dict(given or {})
                await self.serve(sockets)
        finally:
            for each in sockets:
                each.close()

    def stop(self) -> None:
        """Ends the serving as a signal would; callable from any thread."""
        self.should_exit = True

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begins to accept, each request with what the lifespan gave, and announces the port."""
        self.lifespan.state.update(self._given)
        await super().startup(sockets)
        if sockets:
            self._announce(sockets[0].getsockname()[1])

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        """Stop signals end the serving and are then spent: a wanted stop exits with status 0."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {each: signal.signal(each, self.handle_exit) for each in _STOP_SIGNALS}
        try:
            yield
        finally:
            for each, handler in before.items():
                signal.signal(each, handler)


def _config(app: Starlette, limits: ServerLimits, trusted_proxies: Networks) -> GuardedConfig:
    config = GuardedConfig(
        app,
        http=GuardedHttp,
        ws="none",
        lifespan="off",
        interface="asgi3",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=limits.idle_seconds,
        timeout_graceful_shutdown=limits.stop_seconds,
    )
    config.limits = limits
    config.crowd = Crowd(limits.max_connections_per_address, trusted_proxies)
    return config
