"""The link of an invitation: who invites to what, and coming in by it."""

from __future__ import annotations

from starlette.responses import Response

from atelier.errors import AlreadySo, BadProof, Forbidden, Invalid, LinkSpent
from atelier.model import names
from atelier.model.invites import Shown
from atelier.web.doors import PUBLIC, SIGNED_IN, Door
from atelier.web.forms import Form
from atelier.web.pages.words import roles
from atelier.web.visit import Refused, Visit, onward
from atelier.workspace import accepting, mailing, passkeys, people


async def show(visit: Visit) -> Response:
    """To what a link invites; looking does not use it. Who used it is led to what it gave her."""
    try:
        return await _page(visit, Refused())
    except LinkSpent:
        if visit.session is None:
            raise
        gained = await accepting.gained(visit.ws, visit.actor, _token(visit))
    return onward(_entry(*gained), "invite-used")


async def accept(visit: Visit) -> Response:
    """Her account and all she was invited to; she is in, at that very place."""
    form = await visit.form("person_name", "password", "answer")
    try:
        done = await _accepted(visit, form)
    except (Invalid, BadProof) as error:
        field = error.field if isinstance(error, Invalid) else "passkey"
        typed = {"person_name": form.text("person_name")}
        return await _page(visit, visit.refused(error, field, typed))
    except AlreadySo:
        return await _page(visit, Refused(409), is_told=True)
    told = "invite-accepted-by-passkey" if form.text("answer") else "invite-accepted"
    return visit.entered(done.entry, _entry(done.folder_id, done.organisation_id), told)


async def ask_passkey(visit: Visit) -> Response:
    """What the browser must have signed for her first passkey, as JSON; for the page's script."""
    form = await visit.form("person_name", "password", "answer")
    name = form.text("person_name")
    options = await accepting.ask_passkey(visit.ws, _token(visit), name, visit.visitor)
    return Response(options, media_type="application/json")


async def take(visit: Visit) -> Response:
    """What somebody was invited to who has an account."""
    await visit.form()
    try:
        offer = await accepting.take(visit.ws, visit.actor, _token(visit))
    except Forbidden:
        return await _page(visit, Refused(403))
    return onward(_entry(offer.folder_id, offer.organisation_id), "invite-taken")


async def _accepted(visit: Visit, form: Form) -> accepting.Accepted:
    """By the passkey that her browser made, else by the password that she chose."""
    token, name, answer = _token(visit), form.text("person_name"), form.text("answer")
    if answer:
        return await accepting.accept_by_passkey(visit.ws, token, name, answer, visit.visitor)
    return await accepting.accept(visit.ws, token, name, form.secret("password"), visit.visitor)


async def _page(visit: Visit, refused: Refused, *, is_told: bool = False) -> Response:
    """`is_told`: whoever holds the link has learnt already that its address has an account."""
    shown = await accepting.look(visit.ws, _token(visit))
    network = await people.network(visit.ws)
    # A link that was handed over may be opened by who made it: it does not tell who is here.
    may_tell = is_told or shown.is_mailed or refused.status == 403 or _is_hers(visit, shown)
    is_known = shown.is_known and may_tell
    # Somebody else may be signed in in this browser: the page of a newcomer is not hers.
    session = visit.session if is_known else None
    return visit.page(
        "invites/known.html" if is_known else "invites/accept.html",
        status=refused.status,
        path=f"/invite/{_token(visit)}",
        session=session,
        form_token=visit.form_token or "",
        network_name=network.name,
        shown=shown,
        has_mail=mailing.is_set(visit.ws),
        role=next(one for one in roles(visit.voice) if one.role is shown.offer.role),
        is_hers=_is_hers(visit, shown),
        is_other=visit.session is not None and session is None,
        has_passkeys=passkeys.are_possible(visit.ws),
        **refused.values(),
    )


def _is_hers(visit: Visit, shown: Shown) -> bool:
    """Whether the one who is signed in has the account of the invitation's address."""
    if visit.session is None:
        return False
    return names.key(visit.session.person.email) == names.key(shown.offer.email)


def _entry(folder: int | None, organisation: int | None) -> str:
    if folder is not None:
        return f"/folders/{folder}"
    return "/" if organisation is None else f"/organisations/{organisation}"


def _token(visit: Visit) -> str:
    return str(visit.request.path_params["token"])


DOORS = (
    Door("GET", "/invite/{token}", PUBLIC, show),
    Door("POST", "/invite/{token}", PUBLIC, accept),
    Door("POST", "/invite/{token}/passkey", PUBLIC, ask_passkey),
    Door("POST", "/invite/{token}/take", SIGNED_IN, take),
)
