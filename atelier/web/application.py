"""The web application: doors behind the gate, answers clothed on their way out."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.types import Lifespan

from atelier.web.addresses import Networks
from atelier.web.doors import Door, routes
from atelier.web.errors import Answers
from atelier.web.identity import FindSession
from atelier.web.logs import RequestLog
from atelier.web.middleware import Gate, Proxies, SecurityHeaders
from atelier.web.visit import Surroundings


def build(
    doors: Sequence[Door],
    around: Surroundings,
    find_session: FindSession,
    *,
    trusted_proxies: Networks = (),
    lifespan: Lifespan[Starlette] | None = None,
) -> Starlette:
    """The application with these doors and no other address; `lifespan` gives it `ws`.

    `TypeError` or `ValueError` when a row of the table is wrong: nothing is served.
    """
    app = Starlette(
        routes=routes(doors, around, find_session),
        middleware=[
            Middleware(RequestLog),
            Middleware(SecurityHeaders, around.site),
            Middleware(Answers, around.renderer, around.site, around.default_language),
            Middleware(Proxies, trusted_proxies),
            Middleware(Gate, around.site),
        ],
        lifespan=lifespan,
    )
    # `/folders/1/` is an address that does not exist, not another name of `/folders/1`.
    app.router.redirect_slashes = False
    return app
