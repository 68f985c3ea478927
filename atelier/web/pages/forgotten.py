"""A forgotten password: the page that says the same to everybody, and the link of its letter."""

from __future__ import annotations

from starlette.responses import Response

from atelier.errors import Invalid
from atelier.web.doors import PUBLIC, Door
from atelier.web.pages.nobody import page_of_nobody
from atelier.web.visit import Refused, Visit
from atelier.workspace import forgotten, mailing, people


async def show(visit: Visit) -> Response:
    """The form, or whom to ask where no letter can leave."""
    return await _forgotten(visit, is_asked=False)


async def ask(visit: Visit) -> Response:
    """The same page for every address, known or not."""
    form = await visit.form("email")
    await forgotten.ask(visit.ws, form.text("email"), visit.address)
    return await _forgotten(visit, is_asked=True)


async def show_reset(visit: Visit) -> Response:
    """Whom the link is for; looking does not use it."""
    return await _reset(visit, Refused())


async def reset(visit: Visit) -> Response:
    """Another password for the one the link is for, and a session, or the step to her key."""
    form = await visit.form("password")
    try:
        password = form.secret("password")
        entry = await people.use_link(visit.ws, _link(visit), password, visit.visitor)
    except Invalid as error:
        return await _reset(visit, visit.refused(error, "password"))
    return visit.entered(entry, "/", "password-reset")


async def _forgotten(visit: Visit, *, is_asked: bool) -> Response:
    return await page_of_nobody(
        visit,
        "signin/forgotten.html",
        is_asked=is_asked,
        has_mail=mailing.is_set(visit.ws),
        minutes=visit.ws.settings.sessions.reset_minutes,
    )


async def _reset(visit: Visit, refused: Refused) -> Response:
    person = await people.look_at_link(visit.ws, _link(visit))
    return await page_of_nobody(
        visit,
        "signin/reset.html",
        refused.status,
        person_name=person.name,
        email=person.email,
        minutes=visit.ws.settings.sessions.reset_minutes,
        **refused.values(),
    )


def _link(visit: Visit) -> str:
    return str(visit.request.path_params["token"])


DOORS = (
    Door("GET", "/forgotten", PUBLIC, show),
    Door("POST", "/forgotten", PUBLIC, ask),
    Door("GET", "/reset/{token}", PUBLIC, show_reset),
    Door("POST", "/reset/{token}", PUBLIC, reset),
)
