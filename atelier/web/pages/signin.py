"""Signing in and out, one-time links, and the choices that go with a visit."""

from __future__ import annotations

from starlette.responses import Response

from atelier.errors import BadSignIn, Invalid
from atelier.model.ids import OrganisationId
from atelier.web.doors import PUBLIC, SIGNED_IN, Door
from atelier.web.identity import remember_language, safe_next
from atelier.web.visit import Refused, Visit, onward
from atelier.workspace import people


async def show_signin(visit: Visit) -> Response:
    """The form; whoever is signed in goes on."""
    target = safe_next(visit.asked("next"))
    return onward(target) if visit.session else await _signin(visit, target, Refused())


async def sign_in(visit: Visit) -> Response:
    """Address and password for a new session; the cookie is replaced."""
    form = await visit.form("email", "password", "next")
    email, target = form.text("email"), safe_next(form.text("next"))
    try:
        token = await people.sign_in(
            visit.ws,
            email,
            form.secret("password"),
            visit.address,
            replacing=visit.around.cookie.token(visit.request),
        )
    except BadSignIn as error:
        return await _signin(visit, target, visit.refused(error, "password", {"email": email}))
    response = onward(target, "signed-in" if target == "/" else "")
    visit.around.cookie.give(response, token)
    return response


async def sign_out(visit: Visit) -> Response:
    """The session ends here and on the server."""
    await visit.form()
    await people.sign_out(visit.ws, visit.token)
    response = onward("/signin", "signed-out")
    visit.around.cookie.take_back(response)
    return response


async def show_welcome(visit: Visit) -> Response:
    """Whom a one-time link is for; looking does not use it."""
    return await _welcome(visit, Refused())


async def welcome(visit: Visit) -> Response:
    """A password for the one the link is for, and her first session with it."""
    form = await visit.form("password")
    try:
        token = await people.use_link(visit.ws, _link(visit), form.secret("password"))
    except Invalid as error:
        return await _welcome(visit, visit.refused(error, "password"))
    response = onward("/", "welcome")
    visit.around.cookie.give(response, token)
    return response


async def act_as(visit: Visit) -> Response:
    """For which of her organisations she acts from now on."""
    form = await visit.form("organisation", "next")
    chosen = OrganisationId(form.number("organisation")) if form.text("organisation") else None
    await people.act_as(visit.ws, visit.actor, visit.token, chosen)
    return onward(form.text("next"), "acting-as")


async def choose_language(visit: Visit) -> Response:
    """French or English: kept with the person, and in the browser for when she is not there."""
    form = await visit.form("language", "next")
    if visit.session is not None:
        await people.set_language(visit.ws, visit.actor, form.text("language"))
    response = onward(form.text("next"))
    remember_language(response, form.text("language"), visit.around.site)
    return response


async def _signin(visit: Visit, target: str, refused: Refused) -> Response:
    network = await people.network(visit.ws)
    return visit.page(
        "signin/signin.html",
        status=refused.status,
        next=target,
        path=visit.here if visit.is_looking else "/signin",
        network_name=network.name,
        **refused.values(),
    )


async def _welcome(visit: Visit, refused: Refused) -> Response:
    person = await people.look_at_link(visit.ws, _link(visit))
    network = await people.network(visit.ws)
    return visit.page(
        "signin/welcome.html",
        status=refused.status,
        # Somebody else may be signed in in this browser: the page is not hers.
        session=None,
        form_token=visit.form_token or "",
        person_name=person.name,
        email=person.email,
        network_name=network.name,
        **refused.values(),
    )


def _link(visit: Visit) -> str:
    return str(visit.request.path_params["token"])


DOORS = (
    Door("GET", "/signin", PUBLIC, show_signin),
    Door("POST", "/signin", PUBLIC, sign_in),
    Door("POST", "/signout", SIGNED_IN, sign_out, while_seeing=True),
    Door("GET", "/welcome/{token}", PUBLIC, show_welcome),
    Door("POST", "/welcome/{token}", PUBLIC, welcome),
    Door("POST", "/acting-as", SIGNED_IN, act_as),
    Door("POST", "/language", PUBLIC, choose_language, while_seeing=True),
)
