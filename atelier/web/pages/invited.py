"""The link of an invitation: who invites to what, and coming in by it."""

from __future__ import annotations

from starlette.responses import Response

from atelier.errors import AlreadySo, Forbidden, Invalid
from atelier.model import names
from atelier.model.invites import Shown
from atelier.web.doors import PUBLIC, SIGNED_IN, Door
from atelier.web.pages.words import roles
from atelier.web.visit import Refused, Visit, onward
from atelier.workspace import accepting, people


async def show(visit: Visit) -> Response:
    """To what a link invites; looking does not use it."""
    return await _page(visit, Refused())


async def accept(visit: Visit) -> Response:
    """Her account and all she was invited to; she is in, at that very place."""
    form = await visit.form("person_name", "password")
    name, password = form.text("person_name"), form.secret("password")
    try:
        done = await accepting.accept(visit.ws, _token(visit), name, password, visit.visitor)
    except Invalid as error:
        return await _page(visit, visit.refused(error, error.field, {"person_name": name}))
    except AlreadySo:
        return await _page(visit, Refused(409))
    return visit.entered(
        done.entry, _entry(done.folder_id, done.organisation_id), "invite-accepted"
    )


async def take(visit: Visit) -> Response:
    """What somebody was invited to who has an account."""
    await visit.form()
    try:
        offer = await accepting.take(visit.ws, visit.actor, _token(visit))
    except Forbidden:
        return await _page(visit, Refused(403))
    return onward(_entry(offer.folder_id, offer.organisation_id), "invite-taken")


async def _page(visit: Visit, refused: Refused) -> Response:
    shown = await accepting.look(visit.ws, _token(visit))
    network = await people.network(visit.ws)
    # Somebody else may be signed in in this browser: the page of a newcomer is not hers.
    session = visit.session if shown.is_known else None
    return visit.page(
        "invites/known.html" if shown.is_known else "invites/accept.html",
        status=refused.status,
        path=f"/invite/{_token(visit)}",
        session=session,
        form_token=visit.form_token or "",
        network_name=network.name,
        shown=shown,
        role=next(one for one in roles(visit.voice) if one.role is shown.offer.role),
        is_hers=_is_hers(visit, shown),
        is_other=visit.session is not None and session is None,
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
    Door("POST", "/invite/{token}/take", SIGNED_IN, take),
)
