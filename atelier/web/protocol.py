"""uvicorn's HTTP protocol with the limits it lacks: heads, slow bodies, lazy readers, crowds.

uvicorn ends idle keep-alive connections only. Here each connection is looked at once a
second: one timer a connection costs less than timers for each request, and the limits
are seconds anyway.
"""

from __future__ import annotations

import asyncio
from enum import Enum
from typing import Any, Final

import httptools
import uvicorn
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol
from uvicorn.server import ServerState

from atelier.web.pace import Crowd, Meter, ServerLimits

_REFUSALS: Final = {
    400: "Demande illisible. Rien n'a été changé : rechargez la page et recommencez.\n"
    "Unreadable request. Nothing was changed: reload the page and try again.\n",
    405: "Cette méthode n'est pas permise. Rien n'a été changé.\n"
    "This method is not allowed. Nothing was changed.\n",
    408: "La demande est arrivée trop lentement. Rien d'incomplet n'a été gardé : "
    "vérifiez la connexion et recommencez.\n"
    "The request came too slowly. Nothing incomplete was kept: "
    "check the connection and try again.\n",
    431: "L'en-tête de la demande est trop long. Rien n'a été changé.\n"
    "The head of the request is too long. Nothing was changed.\n",
    501: "Cette méthode est inconnue. Rien n'a été changé.\n"
    "This method is unknown. Nothing was changed.\n",
    503: "Trop de connexions depuis cette adresse. Rien n'a été changé : "
    "réessayez dans quelques secondes.\n"
    "Too many connections from this address. Nothing was changed: "
    "try again in a few seconds.\n",
}
_EXTRA: Final = {405: b"allow: GET, HEAD, POST, PUT\r\n", 503: b"retry-after: 5\r\n"}


class GuardedConfig(uvicorn.Config):
    """uvicorn's configuration with our limits and the crowd, one of each a server."""

    limits: ServerLimits
    crowd: Crowd


class Phase(Enum):
    """What the connection is in the middle of."""

    HEAD = "head"
    BODY = "body"
    ANSWER = "answer"


class _Refused(Exception):
    """Leaves the parser's callback; `GuardedHttp.refusal` has the status."""


class GuardedHttp(HttpToolsProtocol):
    """One connection, given up when it takes too long or too much."""

    def __init__(
        self,
        config: uvicorn.Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        assert isinstance(config, GuardedConfig)
        self.limits, self.crowd = config.limits, config.crowd
        self.phase = Phase.HEAD
        self.is_over = False
        self.refusal = 400
        self.head_began = self.answered_at = 0.0
        self.piece_bytes = self.head_bytes = self.dry_bytes = self.taken_bytes = 0
        self.inflow = Meter(self.limits, self.limits.body_gap_seconds)
        self.outflow = Meter(self.limits, self.limits.unread_seconds)
        self.watch: asyncio.TimerHandle | None = None
        self.address: str | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Counts the connection and begins to watch it."""
        super().connection_made(transport)
        self.head_began = self.loop.time()
        self._look_later()
        address = self.client[0] if self.client else ""
        if self.crowd.enter(address):
            self.address = address
        else:
            self._refuse(503)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forgets the connection."""
        super().connection_lost(exc)
        if self.watch is not None:
            self.watch.cancel()
        if self.address is not None:
            self.crowd.leave(self.address)
            self.address = None

    def data_received(self, data: bytes) -> None:
        """Parses what came, or refuses and closes."""
        if self.is_over:
            return
        self._unset_keepalive_if_required()
        self._count(data)
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserInvalidMethodError:
            self._refuse(501)
        except httptools.HttpParserUpgrade:
            self._ignore_upgrade()
        except httptools.HttpParserError:
            self._refuse(self.refusal)
        else:
            self._check_unended()

    def on_message_begin(self) -> None:
        """A request begins, perhaps behind others."""
        super().on_message_begin()
        if self.phase is not Phase.HEAD:
            self._expect_head()

    def on_header(self, name: bytes, value: bytes) -> None:
        """Takes a header; trailers come too late to be believed and are dropped."""
        if self.phase is Phase.HEAD:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """The head is whole: the app may begin."""
        if self.parser.get_method() == b"CONNECT":
            self.refusal = 405
            raise _Refused
        if not self._is_plain():
            raise _Refused
        super().on_headers_complete()
        # What follows the head in the same piece is counted with it: no body byte may come.
        self.phase, self.dry_bytes = Phase.BODY, self.piece_bytes
        self.inflow.restart(self.loop.time(), self.taken_bytes)

    def on_body(self, body: bytes) -> None:
        """Hands bytes to the app, reading on until a good deal waits for it."""
        self.taken_bytes += len(body)
        self.dry_bytes = 0
        cycle = self.cycle
        if cycle.response_complete:
            return
        cycle.body += body
        if len(cycle.body) > self.limits.buffered_body_bytes:
            self.flow.pause_reading()
        cycle.message_event.set()

    def on_message_complete(self) -> None:
        """The request is whole."""
        super().on_message_complete()
        self.phase = Phase.ANSWER
        if self.cycle.response_complete:
            self._expect_head()

    def on_response_complete(self) -> None:
        """The answer is written; the rest of an unread body is thrown away for a while."""
        self.answered_at = self.loop.time()
        super().on_response_complete()

    def pause_writing(self) -> None:
        """The client reads slower than the app writes."""
        super().pause_writing()
        self._restart_outflow()

    def resume_writing(self) -> None:
        """The client has caught up."""
        super().resume_writing()
        self._restart_outflow()

    def _is_plain(self) -> bool:
        """Whether the head is of HTTP/1 and says in one way only how the body ends."""
        version = self.parser.get_http_version()
        codings = [value for name, value in self.headers if name == b"transfer-encoding"]
        if not codings:
            return version in ("1.0", "1.1")
        return version == "1.1" and [coding.lower() for coding in codings] == [b"chunked"]

    def _count(self, data: bytes) -> None:
        self.piece_bytes = len(data)
        if self.phase is Phase.ANSWER and not self._is_answering():
            # Empty lines between requests would otherwise keep an idle connection for ever.
            self._expect_head()
        if self.phase is Phase.HEAD:
            self.head_bytes += len(data)
        elif self.phase is Phase.BODY:
            self.dry_bytes += len(data)

    def _check_unended(self) -> None:
        """Bounds what the parser hoards: heads without end, trailers and chunk extensions."""
        most = self.limits.max_head_bytes
        if self.phase is Phase.HEAD and self.head_bytes > most:
            self._refuse(431)
        elif self.phase is Phase.BODY and self.dry_bytes > most:
            self._refuse(400)

    def _expect_head(self) -> None:
        self.phase, self.head_bytes, self.head_began = Phase.HEAD, 0, self.loop.time()

    def _is_answering(self) -> bool:
        return bool(self.pipeline) or (self.cycle is not None and not self.cycle.response_complete)

    def _ignore_upgrade(self) -> None:
        """Answers as if nobody had asked, and closes: what follows is in another protocol."""
        self.is_over = True
        if self.cycle.response_complete:
            self.transport.close()
        else:
            self.cycle.keep_alive = False

    def _refuse(self, status: int) -> None:
        """Says why, when no other answer is under way, and closes; the app sees a cut body."""
        self.is_over = True
        is_mine = self.phase is Phase.BODY and not self.pipeline
        is_free = not self._is_answering() or (is_mine and not self.cycle.response_started)
        if self.cycle is not None and self.phase is Phase.BODY:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        if is_free and not self.transport.is_closing():
            self.transport.write(self._refusal(status))
        self.transport.close()

    def _refusal(self, status: int) -> bytes:
        text = _REFUSALS[status].encode()
        headers = [b"%s: %s\r\n" % header for header in self.server_state.default_headers]
        return b"".join(
            [
                STATUS_LINE[status],
                *headers,
                _EXTRA.get(status, b""),
                b"content-type: text/plain; charset=utf-8\r\nx-content-type-options: nosniff\r\n",
                b"content-length: %d\r\nconnection: close\r\n\r\n" % len(text),
                text,
            ]
        )

    def _look_later(self) -> None:
        self.watch = self.loop.call_later(self.limits.watch_seconds, self._look)

    def _look(self) -> None:
        now = self.loop.time()
        if self._is_unread(now):
            self.transport.abort()
            return
        if not self.is_over:
            self._look_at_sender(now)
        self._look_later()

    def _is_unread(self, now: float) -> bool:
        waiting = self.transport.get_write_buffer_size()
        if not waiting:
            self.outflow.restart(now, 0)
            return False
        return self.outflow.is_stalled(now, -waiting)

    def _restart_outflow(self) -> None:
        self.outflow.restart(self.loop.time(), -self.transport.get_write_buffer_size())

    def _look_at_sender(self, now: float) -> None:
        if self.phase is Phase.HEAD:
            self._look_at_head(now)
        elif self.phase is Phase.BODY and self.cycle.response_complete:
            if now - self.answered_at >= self.limits.linger_seconds:
                self.is_over = True
                self.transport.close()
        elif self.phase is Phase.BODY:
            self._look_at_body(now)

    def _look_at_head(self, now: float) -> None:
        if self.flow.read_paused or self._is_answering():
            self.head_began = now
        elif now - self.head_began < self.limits.head_seconds:
            return
        elif self.head_bytes:
            self._refuse(408)
        else:
            self.is_over = True
            self.transport.close()

    def _look_at_body(self, now: float) -> None:
        is_our_turn = self.flow.read_paused or self.pipeline or self.cycle.waiting_for_100_continue
        if is_our_turn:
            self.inflow.restart(now, self.taken_bytes)
        elif self.inflow.is_stalled(now, self.taken_bytes):
            self._refuse(408)
