"""Static files, and the answer for monitors."""

from __future__ import annotations

from starlette.responses import PlainTextResponse, RedirectResponse, Response

from atelier.errors import NotFound
from atelier.web.doors import UNASKED, Door
from atelier.web.visit import Visit


async def static(visit: Visit) -> Response:
    """A file of this release; its address changes with its bytes, so it may be kept for ever."""
    file = visit.around.renderer.static_file(visit.request.path_params["path"])
    if file is None:
        raise NotFound("page")
    headers = {
        "cache-control": "public, max-age=31536000, immutable",
        "content-type": file.media_type,
        "vary": "Accept-Encoding",
    }
    accepted = visit.request.headers.get("accept-encoding", "")
    if file.gzipped is None or "gzip" not in accepted:
        return Response(file.content, headers=headers)
    return Response(file.gzipped, headers=headers | {"content-encoding": "gzip"})


async def favicon(visit: Visit) -> Response:
    """The icon where browsers look for it when no page names one: beside a PDF they show."""
    return RedirectResponse(visit.around.renderer.static("icons/favicon.svg"), 302)


async def health(visit: Visit) -> Response:
    """That the server answers."""
    return PlainTextResponse("ok")


DOORS = (
    Door("GET", "/static/{path:path}", UNASKED, static),
    Door("GET", "/favicon.ico", UNASKED, favicon),
    Door("GET", "/health", UNASKED, health),
)
