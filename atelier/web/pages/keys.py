"""One's own keys: passkeys, authenticator app, recovery codes."""

from __future__ import annotations

from collections.abc import Mapping

import segno
from markupsafe import Markup
from starlette.responses import Response

from atelier.errors import BadProof, BadSignIn, Invalid, NotFound
from atelier.model.ids import PasskeyId
from atelier.web.devices import device_of
from atelier.web.doors import SIGNED_IN, Door
from atelier.web.language import N_
from atelier.web.middleware import PASSKEY_PAGE
from atelier.web.pages.words import notice
from atelier.web.visit import Refused, Visit, onward
from atelier.workspace import authenticators, own_keys, passkeys

_HERE = "/account/keys"


async def show(visit: Visit) -> Response:
    """All her keys, and what she may do with them now."""
    return await _keys(visit, Refused())


async def ask_proof(visit: Visit) -> Response:
    """What the browser must have signed by a passkey of hers, as JSON; for the page's script."""
    await visit.form("answer")
    options = await passkeys.ask(visit.ws, visit.visitor)
    return Response(options, media_type="application/json")


async def prove(visit: Visit) -> Response:
    """Her password, or what a passkey of hers signed: for a while she may change her keys."""
    form = await visit.form("password", "answer")
    answer = form.text("answer")
    try:
        if answer:
            await passkeys.prove(visit.ws, visit.actor, visit.token, answer, visit.visitor)
        else:
            password = form.secret("password")
            await own_keys.prove(visit.ws, visit.actor, visit.token, password)
    except BadSignIn:
        return await _refused(visit, Invalid("password", "not_her_password"))
    except BadProof as error:
        return await _keys(visit, visit.refused(error, "passkey"))
    return onward(_HERE, "proved")


async def ask_passkey(visit: Visit) -> Response:
    """What the browser must have signed for a new passkey, as JSON; for the page's script."""
    await visit.form("key_name", "answer")
    options = await passkeys.ask_to_add(visit.ws, visit.actor, visit.token)
    return Response(options, media_type="application/json")


async def add_passkey(visit: Visit) -> Response:
    """A passkey that the browser made, under a name; with it her first recovery codes."""
    form = await visit.form("key_name", "answer")
    name = form.text("key_name") or device_of(visit.request) or visit.voice.text(_UNNAMED)
    try:
        codes = await passkeys.add(visit.ws, visit.actor, visit.token, form.text("answer"), name)
    except (BadProof, Invalid) as error:
        typed = {"key_name": form.text("key_name")}
        return await _refused(visit, error, "key_name", typed)
    return _codes(visit, codes, "passkey-added") if codes else onward(_HERE, "passkey-added")


async def remove_passkey(visit: Visit) -> Response:
    """A passkey opens nothing any more."""
    await visit.form()
    passkey = PasskeyId(visit.number("passkey"))
    try:
        await passkeys.remove(visit.ws, visit.actor, visit.token, passkey)
    except (BadProof, Invalid) as error:
        return await _refused(visit, error, "key")
    return onward(_HERE, "passkey-removed")


async def start_app(visit: Visit) -> Response:
    """A secret for an authenticator app, shown on the page that follows."""
    await visit.form()
    try:
        await authenticators.start(visit.ws, visit.actor, visit.token)
    except BadProof as error:
        return await _refused(visit, error, "key")
    return onward(f"{_HERE}/app")


async def show_app(visit: Visit) -> Response:
    """What to scan, and the form for a first code; nothing when no app waits for one."""
    return await _app(visit, Refused())


async def confirm_app(visit: Visit) -> Response:
    """A first code: the app counts from now on."""
    form = await visit.form("code")
    code = "".join(form.text("code").split())
    try:
        codes = await authenticators.confirm(visit.ws, visit.actor, visit.token, code)
    except BadProof as error:
        return await _app(visit, visit.refused(error, "code"))
    except NotFound:
        return await _app(visit, Refused())
    return _codes(visit, codes, "app-added") if codes else onward(_HERE, "app-added")


async def remove_app(visit: Visit) -> Response:
    """The app is asked for no more."""
    await visit.form()
    try:
        await authenticators.remove(visit.ws, visit.actor, visit.token)
    except (BadProof, Invalid) as error:
        return await _refused(visit, error, "key")
    return onward(_HERE, "app-removed")


async def renew_codes(visit: Visit) -> Response:
    """New recovery codes, shown this once; the earlier ones are void."""
    await visit.form()
    try:
        return _codes(visit, await own_keys.renew_codes(visit.ws, visit.actor, visit.token))
    except (BadProof, Invalid) as error:
        return await _refused(visit, error, "codes")


async def _keys(visit: Visit, refused: Refused) -> Response:
    ring = await own_keys.look(visit.ws, visit.actor, visit.token)
    response = visit.page(
        "keys/keys.html",
        status=refused.status,
        path=_HERE,
        ring=ring,
        has_passkeys=passkeys.are_possible(visit.ws),
        must_prove=visit.session is not None and visit.session.must_prove,
        device=device_of(visit.request),
        max_name=passkeys.MAX_NAME_CHARACTERS,
        **refused.values(),
    )
    response.headers.update(PASSKEY_PAGE)
    return response


async def _refused(
    visit: Visit,
    error: BadProof | Invalid,
    field: str = "password",
    typed: Mapping[str, str] | None = None,
) -> Response:
    """The page again with what is wrong; she proves herself first when her session is too old."""
    if isinstance(error, BadProof) and error.fault in ("stale", "weak"):
        return onward(_HERE, "prove-again")
    named = error.field if isinstance(error, Invalid) else field
    return await _keys(visit, visit.refused(error, named, typed))


async def _app(visit: Visit, refused: Refused) -> Response:
    try:
        app = await authenticators.secret(visit.ws, visit.actor, visit.token)
    except (NotFound, BadProof):
        return visit.page("keys/app.html", path=f"{_HERE}/app", secret="", picture="")
    return visit.page(
        "keys/app.html",
        status=refused.status,
        path=f"{_HERE}/app",
        picture=_drawn(app.address),
        address=app.address,
        secret=" ".join(app.secret[at : at + 4] for at in range(0, len(app.secret), 4)),
        **refused.values(),
    )


def _drawn(address: str) -> Markup:
    """A code to scan, of attributes alone; on white, for cameras also on a dark page."""
    code = segno.make_qr(address, error="m")
    return Markup(code.svg_inline(omitsize=True, light="#fff", border=4))


def _codes(visit: Visit, codes: tuple[str, ...], done: str = "") -> Response:
    told = notice(done, visit.voice)
    return visit.page("keys/codes.html", path=_HERE, codes=codes, notice=told)


_UNNAMED = N_("Clé d'accès")

DOORS = (
    Door("GET", _HERE, SIGNED_IN, show, while_unproved=True),
    Door("POST", f"{_HERE}/proof/start", SIGNED_IN, ask_proof, while_unproved=True),
    Door("POST", f"{_HERE}/proof", SIGNED_IN, prove, while_unproved=True),
    Door("POST", f"{_HERE}/passkeys/start", SIGNED_IN, ask_passkey, while_unproved=True),
    Door("POST", f"{_HERE}/passkeys", SIGNED_IN, add_passkey, while_unproved=True),
    Door(
        "POST",
        f"{_HERE}/passkeys/{{passkey:id}}/remove",
        SIGNED_IN,
        remove_passkey,
        while_unproved=True,
    ),
    Door("POST", f"{_HERE}/app", SIGNED_IN, start_app, while_unproved=True),
    Door("GET", f"{_HERE}/app", SIGNED_IN, show_app, while_unproved=True),
    Door("POST", f"{_HERE}/app/confirm", SIGNED_IN, confirm_app, while_unproved=True),
    Door("POST", f"{_HERE}/app/remove", SIGNED_IN, remove_app, while_unproved=True),
    Door("POST", f"{_HERE}/codes", SIGNED_IN, renew_codes, while_unproved=True),
)
