"""Bodies of requests as bounded streams of bytes."""

from __future__ import annotations

from collections.abc import AsyncGenerator

from starlette.requests import ClientDisconnect, Request

from atelier.errors import BodyCut, Malformed, TooLarge


def announced_bytes(request: Request) -> int | None:
    """What `Content-Length` says, None when it is absent; `Malformed` for anything but digits."""
    text = request.headers.get("content-length")
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 20):
        raise Malformed("content-length")
    return int(text)


async def chunks(request: Request, limit_bytes: int) -> AsyncGenerator[bytes]:
    """The body as it comes.

    `TooLarge` before anything is read when the announced length passes the limit, else at
    the byte that does; `BodyCut` when the client leaves or sends less than announced.
    """
    announced = announced_bytes(request)
    if announced is not None and announced > limit_bytes:
        raise TooLarge(limit_bytes, announced)
    received = 0
    try:
        async for chunk in request.stream():
            received += len(chunk)
            if received > limit_bytes:
                raise TooLarge(limit_bytes)
            if chunk:
                yield chunk
    except ClientDisconnect:
        raise BodyCut(received) from None
    if announced is not None and received < announced:
        raise BodyCut(received)


async def whole(request: Request, limit_bytes: int) -> bytes:
    """The body in one piece, for small ones; the errors of `chunks`."""
    return b"".join([chunk async for chunk in chunks(request, limit_bytes)])
