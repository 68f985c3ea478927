"""An answer of known length, sent piece by piece: the one way in which stored bytes leave.

The caller has checked the rights. A long answer asks again while it is under way: whoever
lost her right gets no more of it. Nothing is read ahead of the client: the server holds the
piece that is being written and the next one.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Final, Protocol

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

Still = Callable[[], Awaitable[object]]

WHOLE_BYTES: Final = 256 * 1024
PIECE_BYTES: Final = 512 * 1024
ASK_AGAIN_SECONDS = 1.0  # THREATS 7: a right that was lost ends an open answer within a second


class Body(Protocol):
    """Bytes to be sent once; `close` is called in every case."""

    @property
    def length_bytes(self) -> int:
        """How many bytes `pieces` gives, exactly."""
        ...

    def pieces(self) -> AsyncGenerator[bytes]:
        """The bytes in order; up to `WHOLE_BYTES` in one piece, else some `PIECE_BYTES` each."""
        ...

    def close(self) -> None:
        """Give back what was opened; may be called again."""
        ...


class Streamed(Response):
    """Sends a body: one message when it is small, pieces when not, only its head to `HEAD`.

    `still` is awaited every second of a long answer; when it raises, the answer is cut there.
    What fails before the first piece is there is answered as an error.
    """

    def __init__(self, body: Body, still: Still, status: int, headers: dict[str, str]) -> None:
        super().__init__(None, status, headers | {"content-length": str(body.length_bytes)})
        self._body, self._still = body, still

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        length = 0 if scope["method"] == "HEAD" else self._body.length_bytes
        pieces = self._body.pieces()
        try:
            first = await anext(pieces) if length else b""
            status, headers = self.status_code, self.raw_headers
            await send({"type": "http.response.start", "status": status, "headers": headers})
            if len(first) == length:
                await send({"type": "http.response.body", "body": first})
            else:
                await self._send(first, pieces, receive, send)
        finally:
            await pieces.aclose()
            self._body.close()

    async def _send(
        self, first: bytes, pieces: AsyncGenerator[bytes], receive: Receive, send: Send
    ) -> None:
        leaving = asyncio.ensure_future(gone(receive))
        piece, left = first, self._body.length_bytes
        asked_at = time.monotonic()
        try:
            while not leaving.done():
                if time.monotonic() - asked_at >= ASK_AGAIN_SECONDS:
                    await self._still()
                    asked_at = time.monotonic()
                left -= len(piece)
                await send({"type": "http.response.body", "body": piece, "more_body": left > 0})
                if left <= 0:
                    return
                # What is in memory is read and written without ever waiting: others get a turn.
                await asyncio.sleep(0)
                piece = await anext(pieces)
        finally:
            leaving.cancel()


async def gone(receive: Receive) -> None:
    """Returns when the client has left: servers drop what is sent then, without a word."""
    while (await receive())["type"] != "http.disconnect":
        pass
