"""Signing in and out, one-time links, and the choices that go with a visit."""

from __future__ import annotations

from urllib.parse import urlencode

from starlette.responses import Response

from atelier.errors import BadProof, BadSignIn, Invalid, SignInNeeded
from atelier.model.ids import OrganisationId
from atelier.model.people import Proof
from atelier.web.doors import PUBLIC, SIGNED_IN, Door
from atelier.web.forms import Form
from atelier.web.identity import remember_language, safe_next
from atelier.web.middleware import PASSKEY_PAGE
from atelier.web.pages.nobody import page_of_nobody
from atelier.web.visit import Refused, Visit, onward
from atelier.workspace import passkeys, people, second_step


async def show_signin(visit: Visit) -> Response:
    """The form; whoever is signed in goes on."""
    target = safe_next(visit.asked("next"))
    return onward(target) if visit.session else await _signin(visit, target, Refused())


async def sign_in(visit: Visit) -> Response:
    """Address and password for a new session; the cookie is replaced."""
    form = await visit.form("email", "password", "kept", "next")
    email, target = form.text("email"), safe_next(form.text("next"))
    try:
        entry = await people.sign_in(
            visit.ws,
            email,
            form.secret("password"),
            visit.visitor,
            is_kept=bool(form.text("kept")),
        )
    except BadSignIn as error:
        typed = {"email": email, "kept": form.text("kept")}
        return await _signin(visit, target, visit.refused(error, "password", typed))
    return visit.entered(entry, target, _welcomed(target))


async def ask_passkey(visit: Visit) -> Response:
    """What the browser must have signed by a passkey, as JSON; for the page's script."""
    await visit.form("kept", "next", "answer")
    options = await passkeys.ask(visit.ws, visit.visitor)
    return Response(options, media_type="application/json")


async def sign_in_by_passkey(visit: Visit) -> Response:
    """What a passkey signed, for a new session."""
    form = await visit.form("answer", "kept", "next")
    target, is_kept = safe_next(form.text("next")), bool(form.text("kept"))
    try:
        entry = await passkeys.sign_in(
            visit.ws, form.text("answer"), visit.visitor, is_kept=is_kept
        )
    except BadProof as error:
        return await _signin(visit, target, visit.refused(error, "passkey"))
    return visit.entered(entry, target, _welcomed(target))


async def show_second(visit: Visit) -> Response:
    """The form for a second proof; back to the first when the step is over."""
    return await _second(visit, safe_next(visit.asked("next")), Refused())


async def second(visit: Visit) -> Response:
    """A code or what a passkey signed, for a new session."""
    form = await visit.form("code", "answer", "next")
    target = safe_next(form.text("next"))
    try:
        return await _entered(visit, form, target)
    except SignInNeeded:
        return _again(target)
    except BadProof as error:
        field = "passkey" if form.text("answer") else "code"
        return await _second(visit, target, visit.refused(error, field))


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
        password = form.secret("password")
        entry = await people.use_link(visit.ws, _link(visit), password, visit.visitor)
    except Invalid as error:
        return await _welcome(visit, visit.refused(error, "password"))
    return visit.entered(entry, "/", "welcome")


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
    response = await page_of_nobody(
        visit,
        "signin/signin.html",
        refused.status,
        next=target,
        path=visit.here if visit.is_looking else "/signin",
        kept_days=visit.ws.settings.sessions.kept_days,
        has_passkeys=passkeys.are_possible(visit.ws),
        **refused.values(),
    )
    response.headers.update(PASSKEY_PAGE)
    return response


async def _second(visit: Visit, target: str, refused: Refused) -> Response:
    try:
        ways = await second_step.look(visit.ws, _step(visit))
    except SignInNeeded:
        return _again(target)
    response = await page_of_nobody(
        visit,
        "signin/second.html",
        refused.status,
        next=target,
        ways=ways,
        path=visit.here if visit.is_looking else "/signin/second",
        **refused.values(),
    )
    response.headers.update(PASSKEY_PAGE)
    return response


async def _entered(visit: Visit, form: Form, target: str) -> Response:
    token, visitor = _step(visit), visit.visitor
    if form.text("answer"):
        entry = await second_step.by_passkey(visit.ws, token, form.text("answer"), visitor)
        return visit.entered(entry, target, _welcomed(target))
    entry, proof = await second_step.by_code(visit.ws, token, form.text("code"), visitor)
    if proof is Proof.RECOVERY:
        return visit.entered(entry, "/account/keys", "recovery-used")
    return visit.entered(entry, target, _welcomed(target))


def _step(visit: Visit) -> str:
    """The token of the step; `SignInNeeded` when there is none."""
    token = visit.around.step.token(visit.request)
    if token is None:
        raise SignInNeeded
    return token


def _again(target: str) -> Response:
    return onward("/signin?" + urlencode({"next": target}), "step-over")


def _welcomed(target: str) -> str:
    return "signed-in" if target == "/" else ""


async def _welcome(visit: Visit, refused: Refused) -> Response:
    person = await people.look_at_link(visit.ws, _link(visit))
    return await page_of_nobody(
        visit,
        "signin/welcome.html",
        refused.status,
        person_name=person.name,
        email=person.email,
        hours=visit.ws.settings.sessions.link_hours,
        **refused.values(),
    )


def _link(visit: Visit) -> str:
    return str(visit.request.path_params["token"])


DOORS = (
    Door("GET", "/signin", PUBLIC, show_signin),
    Door("POST", "/signin", PUBLIC, sign_in),
    Door("POST", "/signin/passkey/start", PUBLIC, ask_passkey),
    Door("POST", "/signin/passkey", PUBLIC, sign_in_by_passkey),
    Door("GET", "/signin/second", PUBLIC, show_second),
    Door("POST", "/signin/second", PUBLIC, second),
    Door("POST", "/signout", SIGNED_IN, sign_out, while_seeing=True, while_unproved=True),
    Door("GET", "/welcome/{token}", PUBLIC, show_welcome),
    Door("POST", "/welcome/{token}", PUBLIC, welcome),
    Door("POST", "/acting-as", SIGNED_IN, act_as),
    Door("POST", "/language", PUBLIC, choose_language, while_seeing=True),
)
