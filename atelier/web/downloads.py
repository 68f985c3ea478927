"""Bytes of documents on their way out: whole or in parts, never run in our origin.

The caller has checked the rights and opened the bytes; nothing here asks again, and
nothing conditional happens before that. How they are sent is in `streaming`.
"""

from __future__ import annotations

import hashlib
import secrets
import unicodedata
from collections.abc import AsyncGenerator
from typing import Final
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from atelier.errors import BlobMissing
from atelier.model.portable import TURNING
from atelier.settings import Settings
from atelier.web.middleware import came_by_proxy
from atelier.web.ranges import Segments, Span, Unmet, answer, framed, length, told
from atelier.web.streaming import PIECE_BYTES, WHOLE_BYTES, Still, Streamed
from atelier.workspace.documents import Content

_SHOWN: Final = {
    "application/pdf": "application/pdf",
    "image/png": "image/png",
    "image/jpeg": "image/jpeg",
    "image/gif": "image/gif",
    "image/webp": "image/webp",
    "text/plain": "text/plain; charset=utf-8",
    "video/mp4": "video/mp4",
    "video/webm": "video/webm",
    "audio/mpeg": "audio/mpeg",
    "audio/ogg": "audio/ogg",
    "audio/mp4": "audio/mp4",
    "audio/wav": "audio/wav",
}
_OPAQUE: Final = "application/octet-stream"
_ONLY_BYTES: Final = {
    "content-security-policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
    "cache-control": "private, no-cache",
}
# RFC 8187 §3.2.1: attr-char, besides letters and digits.
_ATTR: Final = "!#$&+-.^_`|~"


def may_show(media_type: str) -> bool:
    """Whether a browser may show this kind inside our viewer."""
    return media_type in _SHOWN


def download(
    request: Request, content: Content, still: Still, *, is_inline: bool = False, proxy: str = ""
) -> Response:
    """The answer to GET or HEAD for these bytes; it closes them when it is sent.

    An attachment, unless `is_inline` and of a kind that may be shown; ranges,
    `If-Match`, `If-None-Match` and `If-Range` are understood. `still` is awaited every
    second of a long answer; when it raises, the answer is cut there. With `proxy` (see
    `handing_over`) the bytes are left to the proxy in front.
    """
    given, size = request.headers, content.opened.size_bytes
    headers = _headers(content, is_inline=is_inline and may_show(content.version.media_type))
    chosen = answer(
        size,
        headers["etag"],
        wanted=given.get("range", ""),
        if_match=given.get("if-match", ""),
        if_none_match=given.get("if-none-match", ""),
        if_range=given.get("if-range", ""),
    )
    if isinstance(chosen, Unmet):
        content.opened.close()
        if chosen is Unmet.BEYOND:
            headers["content-range"] = f"bytes */{size}"
        return _nothing(chosen.value, headers)
    # nginx judges `If-Match` before it knows our tag: what carries one is answered here.
    if proxy and "if-match" not in given:
        content.opened.close()
        return _handed_over(content, headers, proxy)
    status, segments = _laid_out(chosen, size, headers)
    return Streamed(_FileBody(content, segments), still, status, headers)


def derived(request: Request, content: bytes, media_type: str) -> Response:
    """The answer to GET or HEAD for bytes that were made of a document's, such as a picture.

    Under the same headers as the document's own, and small: whole or not at all.
    """
    given = request.headers
    headers = _ONLY_BYTES | {
        "content-type": media_type,
        "content-length": str(len(content)),
        "etag": f'"{hashlib.sha256(content).hexdigest()}"',
    }
    unmet = answer(
        len(content),
        headers["etag"],
        wanted="",
        if_match=given.get("if-match", ""),
        if_none_match=given.get("if-none-match", ""),
        if_range="",
    )
    if isinstance(unmet, Unmet):
        del headers["content-length"]
        return _nothing(unmet.value, headers)
    return Response(None if request.method == "HEAD" else content, 200, headers)


def handing_over(request: Request, settings: Settings) -> str:
    """Where the proxy in front takes bytes from, "" when it is to be sent them.

    `server.accel_redirect`, for blobs on the local disk, when a listed proxy brought the
    request: nobody else would know what to do with the answer.
    """
    is_local = settings.storage.blobs.startswith("file:")
    return settings.server.accel_redirect if is_local and came_by_proxy(request.scope) else ""


def disposition(name: str, *, is_inline: bool) -> str:
    """`Content-Disposition` with the name twice: in ASCII, and whole (RFC 6266, RFC 8187).

    Marks that turn the direction of text are replaced in both.
    """
    straight = "".join("_" if character in TURNING else character for character in name)
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
        "etag": f'"{content.version.sha256}"',
    }


def _nothing(status: int, headers: dict[str, str]) -> Response:
    response = Response(None, status, headers)
    # RFC 9110 §8.6: with a 304, a length would have to be that of the whole.
    if status == Unmet.NOT_MODIFIED.value:
        del response.headers["content-length"]
    return response


def _handed_over(content: Content, headers: dict[str, str], proxy: str) -> Response:
    sha256 = content.version.sha256
    # How a `file:` store lays its blobs out is part of its promise: backups rely on it too.
    place = {"x-accel-redirect": f"{proxy}{sha256[:2]}/{sha256}"}
    return Response(None, 200, headers | place)


def _laid_out(
    spans: tuple[Span, ...] | None, size: int, headers: dict[str, str]
) -> tuple[int, Segments]:
    """The status and the body for these parts; `headers` are made to fit."""
    if spans is None:
        return 200, [Span(0, size)]
    if len(spans) == 1:
        headers["content-range"] = told(spans[0], size)
        return 206, spans
    boundary = secrets.token_hex(16)
    segments = framed(spans, size, headers["content-type"], boundary)
    # Parts with their frames are never worth more than the whole.
    if length(segments) >= size:
        return 200, [Span(0, size)]
    headers["content-type"] = f"multipart/byteranges; boundary={boundary}"
    return 206, segments


class _FileBody:
    """Parts of opened bytes, among lines of our own."""

    def __init__(self, content: Content, segments: Segments) -> None:
        self._content, self._segments = content, segments
        self.length_bytes = length(segments)

    async def pieces(self) -> AsyncGenerator[bytes]:
        """As `streaming.Body`."""
        if self.length_bytes <= WHOLE_BYTES:
            yield b"".join([await self._all(segment) for segment in self._segments])
            return
        for segment in self._segments:
            if isinstance(segment, bytes):
                yield segment
                continue
            for start in range(segment.start, segment.end, PIECE_BYTES):
                yield await self._read(Span(start, min(start + PIECE_BYTES, segment.end)))

    def close(self) -> None:
        """As `streaming.Body`."""
        self._content.opened.close()

    async def _all(self, segment: Span | bytes) -> bytes:
        return segment if isinstance(segment, bytes) else await self._read(segment)

    async def _read(self, span: Span) -> bytes:
        body = await self._content.opened.read(span.start, span.length)
        if len(body) < span.length:
            raise BlobMissing(self._content.version.sha256)
        return body
