"""What the law asks a site to say: who publishes it, what it does with data, who can use it.

Anybody may read these pages, signed in or not; what they say of the network is in the
settings, under `[legal]`.
"""

from __future__ import annotations

from collections.abc import Sequence

from starlette.responses import Response

from atelier.web.doors import PUBLIC, Door, Endpoint
from atelier.web.durations import durations, told
from atelier.web.pages.nobody import page_of_nobody
from atelier.web.visit import Visit


async def notice(visit: Visit) -> Response:
    """Who publishes, directs and hosts."""
    return await _shown(visit, "legal/notice.html")


async def privacy(visit: Visit) -> Response:
    """What is kept of people, for how long by the settings in force, and what they may ask for."""
    voice = visit.voice
    kept = [(one.about, told(one, voice)) for one in durations(visit.ws.settings, voice.text)]
    return await _shown(visit, "legal/privacy.html", kept=kept)


async def accessibility(visit: Visit) -> Response:
    """What was looked at, what falls short, and where to write."""
    return await _shown(visit, "legal/accessibility.html")


async def _shown(visit: Visit, template: str, kept: Sequence[tuple[str, str]] = ()) -> Response:
    legal = visit.ws.settings.legal
    if visit.session is None:
        return await page_of_nobody(visit, template, legal=legal, kept=kept)
    return visit.page(template, legal=legal, kept=kept)


def _door(path: str, endpoint: Endpoint) -> Door:
    return Door("GET", path, PUBLIC, endpoint)


DOORS = (
    _door("/legal", notice),
    _door("/privacy", privacy),
    _door("/accessibility", accessibility),
)
