"""The web application: doors behind the gate, answers clothed on their way out."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.applications import Starlette
from starlette.types import ASGIApp, Lifespan

from atelier.web.addresses import Networks
from atelier.web.doors import Addresses, Door
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
    site, addresses = around.site, Addresses(doors, around, find_session, lifespan)
    behind = Gate(addresses, site)
    answered = Answers(
        Proxies(behind, trusted_proxies), around.renderer, site, around.default_language
    )
    return _Application(addresses, RequestLog(SecurityHeaders(answered, site)))


class _Application(Starlette):
    """Starlette with our layers alone: `Answers` does what its own two are for."""

    def __init__(self, addresses: Addresses, outermost: ASGIApp) -> None:
        super().__init__()
        self.router = addresses
        self.middleware_stack = outermost
