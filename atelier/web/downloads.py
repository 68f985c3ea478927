"""Bytes of documents on their way out: whole or one part, never run in our origin.

The caller has checked the rights and opened the bytes; nothing here asks again, and
nothing conditional happens before that. A long answer asks again while it is under way:
whoever lost her right gets no more of it.
"""

from __future__ import annotations

import asyncio
import time
import unicodedata
from collections.abc import Awaitable, Callable
from typing import Final
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from atelier.errors import BlobMissing
from atelier.web.ranges import Span, Unmet, answer
from atelier.workspace.documents import Content

Still = Callable[[], Awaitable[object]]

WHOLE_BYTES: Final = 256 * 1024
ASK_AGAIN_SECONDS = 1.0  # THREATS 7: a right that was lost ends an open download within a second
_PIECE_BYTES: Final = 512 * 1024
_SHOWN: Final = {
    "application/pdf": "application/pdf",
    "image/png": "image/png",
    "image/jpeg": "image/jpeg",
    "image/gif": "image/gif",
    "image/webp": "image/webp",
    "text/plain": "text/plain; charset=utf-8",
}
_OPAQUE: Final = "application/octet-stream"
# RFC 8187 §3.2.1: attr-char, besides letters and digits.
_ATTR: Final = "!#$&+-.^_`|~"
# Marks that turn the direction of text: `a.pdf` could be read over `exe`.
_TURNING: Final = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)


def may_show(media_type: str) -> bool:
    """Whether a browser may show this kind inside our viewer."""
    return media_type in _SHOWN


def download(
    request: Request, content: Content, still: Still, *, is_inline: bool = False
) -> Response:
    """The answer to GET or HEAD for these bytes; it closes them when it is sent.

    An attachment, unless `is_inline` and of a kind that may be shown; ranges,
    `If-Match`, `If-None-Match` and `If-Range` are understood. `still` is awaited every
    second of a long answer; when it raises, the answer is cut there.
    """
    given, size = request.headers, content.opened.size_bytes
    etag = f'"{content.version.sha256}"'
    chosen = answer(
        size,
        etag,
        wanted=given.get("range", ""),
        if_match=given.get("if-match", ""),
        if_none_match=given.get("if-none-match", ""),
        if_range=given.get("if-range", ""),
    )
    headers = _headers(content, is_inline=is_inline and may_show(content.version.media_type))
    headers["etag"] = etag
    if isinstance(chosen, Unmet):
        if chosen is Unmet.BEYOND:
            headers["content-range"] = f"bytes */{size}"
        return _Bytes(content, still, chosen.value, headers, None)
    if chosen is None:
        return _Bytes(content, still, 200, headers, Span(0, size))
    headers["content-range"] = f"bytes {chosen.start}-{chosen.end - 1}/{size}"
    return _Bytes(content, still, 206, headers, chosen)


def disposition(name: str, *, is_inline: bool) -> str:
    """`Content-Disposition` with the name twice: in ASCII, and whole (RFC 6266, RFC 8187).

    Marks that turn the direction of text are replaced in both.
    """
    straight = "".join("_" if character in _TURNING else character for character in name)
    decomposed = unicodedata.normalize("NFKD", straight)
    ascii_name = "".join(_plain(character) for character in decomposed) or "document"
    encoded = quote(straight.encode("utf-8", "replace"), safe=_ATTR)
    kind = "inline" if is_inline else "attachment"
    return f"{kind}; filename=\"{ascii_name}\"; filename*=UTF-8''{encoded}"


def _plain(character: str) -> str:
    if unicodedata.combining(character):
        return ""
    is_plain = character.isascii() and character.isprintable() and character not in '"\\%;/'
    return character if is_plain else "_"


def _headers(content: Content, *, is_inline: bool) -> dict[str, str]:
    ancestors = "'self'" if is_inline else "'none'"
    return {
        "content-type": _SHOWN.get(content.version.media_type, _OPAQUE),
        "content-disposition": disposition(content.name, is_inline=is_inline),
        "content-security-policy": f"sandbox; default-src 'none'; frame-ancestors {ancestors}",
        "cache-control": "private, no-cache",
        "accept-ranges": "bytes",
    }


class _Bytes(Response):
    """A part of opened bytes: one message when small, pieces when not."""

    def __init__(
        self,
        content: Content,
        still: Still,
        status: int,
        headers: dict[str, str],
        span: Span | None,
    ) -> None:
        # RFC 9110 §8.6: with a 304, a length would have to be that of the whole.
        if status != Unmet.NOT_MODIFIED.value:
            headers["content-length"] = str(span.length if span else 0)
        super().__init__(None, status, headers)
        self._content, self._still, self._span = content, still, span

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        span = None if scope["method"] == "HEAD" else self._span
        try:
            if span is None or span.length <= WHOLE_BYTES:
                # Read before the head is sent: lost bytes are then answered as an error.
                body = await self._read(span) if span else b""
                await self._send_head(send)
                await send({"type": "http.response.body", "body": body})
            else:
                await self._send_head(send)
                await self._send_pieces(span, receive, send)
        finally:
            self._content.opened.close()

    async def _send_head(self, send: Send) -> None:
        status, headers = self.status_code, self.raw_headers
        await send({"type": "http.response.start", "status": status, "headers": headers})

    async def _send_pieces(self, span: Span, receive: Receive, send: Send) -> None:
        gone = asyncio.ensure_future(_gone(receive))
        asked_at = time.monotonic()
        try:
            for start in range(span.start, span.end, _PIECE_BYTES):
                if gone.done():
                    return
                if time.monotonic() - asked_at >= ASK_AGAIN_SECONDS:
                    await self._still()
                    asked_at = time.monotonic()
                end = min(start + _PIECE_BYTES, span.end)
                body = await self._read(Span(start, end))
                await send(
                    {"type": "http.response.body", "body": body, "more_body": end < span.end}
                )
        finally:
            gone.cancel()

    async def _read(self, span: Span) -> bytes:
        body = await self._content.opened.read(span.start, span.length)
        if len(body) < span.length:
            raise BlobMissing(self._content.version.sha256)
        return body


async def _gone(receive: Receive) -> None:
    """Returns when the client has left: servers drop what is sent then, without a word."""
    while (await receive())["type"] != "http.disconnect":
        pass
