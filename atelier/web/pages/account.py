"""« Mon compte »: one's own password, address and devices; and an account's, for stewards."""

from __future__ import annotations

from starlette.responses import Response

from atelier.errors import AlreadySo, BadProof, Invalid
from atelier.model.ids import PersonId
from atelier.web.doors import PUBLIC, SIGNED_IN, STEWARD, Door
from atelier.web.pages.account_words import PROOFS, WAYS
from atelier.web.pages.nobody import page_of_nobody
from atelier.web.visit import Refused, Visit, onward
from atelier.workspace import accounts, email_changes, mailing, own_account, own_keys


async def show(visit: Visit) -> Response:
    """Who she is here, and where each thing about her account is."""
    say = visit.voice.text
    ways = [(one.path, say(one.name), say(one.meaning)) for one in WAYS]
    return visit.page("account/account.html", ways=ways, today=visit.actor.today)


async def show_password(visit: Visit) -> Response:
    """The form for another password."""
    return await _password(visit, Refused())


async def change_password(visit: Visit) -> Response:
    """Another password; the session goes on under a new token."""
    form = await visit.form("current", "password")
    try:
        entry = await own_account.change_password(
            visit.ws,
            visit.actor,
            visit.token,
            current=form.secret("current"),
            chosen=form.secret("password"),
            address=visit.address,
        )
    except Invalid as error:
        return await _password(visit, visit.refused(error, error.field))
    except BadProof:
        return onward("/account/keys", "prove-again")
    return visit.entered(entry, "/account", "password-changed")


async def show_sessions(visit: Visit) -> Response:
    """The devices on which she is signed in."""
    found = await own_account.open_sessions(visit.ws, visit.actor, visit.token)
    proofs = {proof: visit.voice.text(words) for proof, words in PROOFS.items()}
    return visit.page("account/sessions.html", sessions=found, proofs=proofs)


async def end_session(visit: Visit) -> Response:
    """One device is signed out."""
    form = await visit.form("handle")
    await own_account.end_session(visit.ws, visit.actor, form.text("handle"))
    return onward("/account/sessions", "session-ended")


async def end_other_sessions(visit: Visit) -> Response:
    """All her other devices are signed out."""
    await visit.form()
    await own_account.end_other_sessions(visit.ws, visit.actor, visit.token)
    return onward("/account/sessions", "sessions-ended")


async def sign_out_everywhere(visit: Visit) -> Response:
    """Every device is signed out, this one too."""
    await visit.form()
    await own_account.sign_out_everywhere(visit.ws, visit.actor)
    response = onward("/signin", "signed-out-everywhere")
    visit.around.cookie.take_back(response)
    return response


async def show_email(visit: Visit) -> Response:
    """The form for another address, and the change that waits."""
    return await _email(visit, Refused())


async def ask_email(visit: Visit) -> Response:
    """Another address is asked for; nothing changes before both have confirmed."""
    form = await visit.form("email", "current")
    email, current = form.text("email"), form.secret("current")
    try:
        await email_changes.ask(
            visit.ws,
            visit.actor,
            email,
            current=current,
            address=visit.address,
            token=visit.token,
        )
    except Invalid as error:
        return await _email(visit, visit.refused(error, error.field, {"email": email}))
    except BadProof:
        return onward("/account/keys", "prove-again")
    return onward("/account/email", "address-asked")


async def give_up_email(visit: Visit) -> Response:
    """The change that waits is asked for no more."""
    await visit.form()
    await email_changes.give_up(visit.ws, visit.actor)
    return onward("/account/email", "address-given-up")


async def show_confirmation(visit: Visit) -> Response:
    """What a link confirms; looking does not confirm it."""
    found = await email_changes.look_at_link(visit.ws, _link(visit))
    return await page_of_nobody(visit, "account/confirm.html", change=found)


async def confirm(visit: Visit) -> Response:
    """One of the two addresses confirms."""
    await visit.form()
    is_made = await email_changes.confirm(visit.ws, _link(visit))
    return await page_of_nobody(visit, "account/confirmed.html", is_made=is_made)


async def show_address(visit: Visit) -> Response:
    """For stewards: another address for somebody who has lost hers."""
    return await _address(visit, Refused())


async def set_address(visit: Visit) -> Response:
    """Another address for somebody; she comes in anew."""
    email = (await visit.form("email")).text("email")
    try:
        await email_changes.set_by_steward(visit.ws, visit.actor, _person(visit), email)
    except (Invalid, AlreadySo) as error:
        return await _address(visit, visit.refused(error, "email", {"email": email}))
    return onward(f"/people/{_person(visit)}", "person-address-changed")


async def end_sessions_of(visit: Visit) -> Response:
    """For stewards: somebody is signed out of every device."""
    await visit.form()
    await accounts.end_sessions(visit.ws, visit.actor, _person(visit))
    return onward(f"/people/{_person(visit)}", "person-sessions-ended")


async def show_keys_of(visit: Visit) -> Response:
    """For stewards: what taking somebody's keys away does, before it is done."""
    return await _keys_of(visit, Refused())


async def remove_keys_of(visit: Visit) -> Response:
    """Somebody who lost her phone has no key any more, and no session."""
    await visit.form()
    try:
        await own_keys.remove_all(visit.ws, visit.actor, _person(visit))
    except (Invalid, AlreadySo) as error:
        return await _keys_of(visit, visit.refused(error, "person"))
    return onward(f"/people/{_person(visit)}", "person-keys-removed")


async def _password(visit: Visit, refused: Refused) -> Response:
    return visit.page(
        "account/password.html",
        status=refused.status,
        path="/account/password",
        ring=await own_keys.look(visit.ws, visit.actor, visit.token),
        **refused.values(),
    )


async def _email(visit: Visit, refused: Refused) -> Response:
    return visit.page(
        "account/email.html",
        status=refused.status,
        path="/account/email",
        waiting=await email_changes.waiting(visit.ws, visit.actor),
        has_mail=mailing.is_set(visit.ws),
        days=email_changes.DAYS,
        ring=await own_keys.look(visit.ws, visit.actor, visit.token),
        **refused.values(),
    )


async def _keys_of(visit: Visit, refused: Refused) -> Response:
    person = await accounts.look(visit.ws, visit.actor, _person(visit))
    return visit.page(
        "people/keys.html",
        status=refused.status,
        path=f"/people/{person.id}",
        person=person,
        **refused.values(),
    )


async def _address(visit: Visit, refused: Refused) -> Response:
    person = await accounts.look(visit.ws, visit.actor, _person(visit))
    return visit.page(
        "people/address.html",
        status=refused.status,
        path=f"/people/{person.id}",
        person=person,
        **refused.values(),
    )


def _link(visit: Visit) -> str:
    return str(visit.request.path_params["token"])


def _person(visit: Visit) -> PersonId:
    return PersonId(visit.number("person"))


DOORS = (
    Door("GET", "/account", SIGNED_IN, show),
    Door("GET", "/account/password", SIGNED_IN, show_password),
    Door("POST", "/account/password", SIGNED_IN, change_password),
    Door("GET", "/account/sessions", SIGNED_IN, show_sessions),
    Door("POST", "/account/sessions/end", SIGNED_IN, end_session),
    Door("POST", "/account/sessions/end-others", SIGNED_IN, end_other_sessions),
    Door("POST", "/account/sessions/end-all", SIGNED_IN, sign_out_everywhere),
    Door("GET", "/account/email", SIGNED_IN, show_email),
    Door("POST", "/account/email", SIGNED_IN, ask_email),
    Door("POST", "/account/email/give-up", SIGNED_IN, give_up_email),
    Door("GET", "/confirm/{token}", PUBLIC, show_confirmation),
    Door("POST", "/confirm/{token}", PUBLIC, confirm),
    Door("GET", "/people/{person:id}/email", STEWARD, show_address),
    Door("POST", "/people/{person:id}/email", STEWARD, set_address),
    Door("GET", "/people/{person:id}/remove-keys", STEWARD, show_keys_of),
    Door("POST", "/people/{person:id}/remove-keys", STEWARD, remove_keys_of),
    Door("POST", "/people/{person:id}/end-sessions", STEWARD, end_sessions_of),
)
