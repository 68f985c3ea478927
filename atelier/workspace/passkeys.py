"""Passkeys (WebAuthn level 3): made by a device, discoverable, and never without its owner.

What a browser must sign is asked for once, for five minutes. Keys are bound to the name of
the public URL: nothing signed for another site is taken.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_address
from typing import Any, Final
from urllib.parse import urlsplit

import webauthn
from webauthn import helpers
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from atelier.database import keys, sessions
from atelier.database import people as records
from atelier.database.engine import Transaction
from atelier.database.keys import Asker, NewPasskey, PasskeyRow
from atelier.errors import BadProof, Invalid, NotFound
from atelier.model.ids import PasskeyId, PersonId
from atelier.model.journal import NetworkVerb
from atelier.model.people import Actor, Person, Proof
from atelier.workspace import entering, own_keys, throttle
from atelier.workspace.entering import Entry, Visitor
from atelier.workspace.place import Workspace

MOST: Final = 20
MAX_NAME_CHARACTERS: Final = 80
_ANSWER_WITHIN: Final = timedelta(minutes=5)
# Whoever asks to come in is given a challenge: as many as a town hall needs, not a table full.
_ASKED_OF_AN_ADDRESS: Final = 300
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_VERIFIED: Final = UserVerificationRequirement.REQUIRED
# What py_webauthn lets through, besides its own, for answers that no browser makes.
_BROKEN: Final = (
    WebAuthnException,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
    RecursionError,
)


@dataclass(frozen=True, slots=True)
class Seen:
    """A passkey that signed what it was asked to: whose, and its count of uses."""

    id: PasskeyId
    person_id: PersonId
    sign_count: int


@dataclass(frozen=True, slots=True)
class Owner:
    """Whom a new passkey is for; `handle` is what devices know her by."""

    email: str
    name: str
    handle: str


@dataclass(frozen=True, slots=True)
class Made:
    """A passkey that a browser made, verified, which is nobody's yet; base64url."""

    credential_id: str
    public_key: str
    sign_count: int

    def of(self, person: PersonId, name: str) -> NewPasskey:
        """To write as somebody's, under a name."""
        return NewPasskey(person, self.credential_id, self.public_key, self.sign_count, name)


@dataclass(frozen=True, slots=True)
class _Place:
    """What passkeys are bound to: the name and the origin of the public URL."""

    name: str
    origin: str


def are_possible(ws: Workspace) -> bool:
    """Whether browsers make passkeys for the public URL: https, or this computer, by its name."""
    parts = urlsplit(ws.settings.server.public_url)
    try:
        ip_address(parts.hostname or "")
    except ValueError:
        return parts.scheme == "https" or parts.hostname == "localhost"
    return False


async def ask(ws: Workspace, visitor: Visitor) -> str:
    """What a browser must sign for somebody to come in, as JSON; `TooMany`."""
    key = _challenges(visitor)
    options = webauthn.generate_authentication_options(
        rp_id=_place(ws).name, user_verification=_VERIFIED
    )

    async def unit(tx: Transaction) -> None:
        await throttle.check(tx, {key: _ASKED_OF_AN_ADDRESS}, ws.clock())
        await _give(ws, tx, options.challenge, Asker())

    await ws.db.write(unit)
    return helpers.options_to_json(options)


async def sign_in(ws: Workspace, answer: str, visitor: Visitor, *, is_kept: bool = False) -> Entry:
    """Come in by a passkey, without address or password.

    `BadProof`; a disabled account is `foreign`, like a passkey that nobody has. `TooMany`
    by the network address.
    """
    now, address = ws.clock(), throttle.address(visitor.address)
    tries = {address: throttle.FAILURES_OF_AN_ADDRESS}
    await ws.db.write(lambda tx: throttle.check(tx, tries, now))
    seen = await verified(ws, answer)

    async def unit(tx: Transaction) -> Entry:
        person = await use(ws, tx, seen, visitor)
        await sessions.forget_attempt(tx, address, now)
        return await entering.begin(ws, tx, person, visitor, proof=Proof.PASSKEY, is_kept=is_kept)

    return await ws.db.write(unit)


async def prove(ws: Workspace, actor: Actor, token: str, answer: str, visitor: Visitor) -> None:
    """Prove oneself again by a passkey, to change keys for a while in this session."""
    key = throttle.second_factor(actor.person_id)
    await ws.db.write(lambda tx: throttle.check(tx, {key: throttle.FAILURES}, ws.clock()))
    seen = await verified(ws, answer)

    async def unit(tx: Transaction) -> None:
        if seen.person_id != actor.person_id:
            raise BadProof("foreign")
        await use(ws, tx, seen, visitor)
        await sessions.forget_attempts(tx, key)
        await sessions.strengthen(tx, sessions.hashed(token), Proof.PASSKEY)
        await sessions.prove(tx, sessions.hashed(token), ws.clock())

    await ws.db.write(unit)


async def ask_to_add(ws: Workspace, actor: Actor, token: str) -> str:
    """What a browser must sign for a new passkey of hers, as JSON; `BadProof` as for a change."""
    challenge = secrets.token_bytes(32)

    async def unit(tx: Transaction) -> tuple[Person, str, str, list[str]]:
        await own_keys.check_may_change(ws, tx, actor, token)
        known = await keys.credentials(tx, actor.person_id)
        if len(known) >= MOST:
            raise Invalid("key_name", "too_many_keys", str(MOST))
        await _give(ws, tx, challenge, Asker(actor.person_id))
        person = await records.person(tx, actor.person_id)
        network = await records.network(tx)
        assert person is not None and network is not None
        handle = await keys.user_handle(tx, person.id, secrets.token_urlsafe(32))
        return person, handle, network.name, known

    person, handle, network, known = await ws.db.write(unit)
    owner = Owner(person.email, person.name, handle)
    return _to_make(ws, network, owner, challenge, known)


async def add(ws: Workspace, actor: Actor, token: str, answer: str, name: str) -> tuple[str, ...]:
    """A new passkey of hers, under a name; her recovery codes when she had none.

    `BadProof`, and `Invalid` for a name that is too long.
    """
    called = " ".join(name.split())
    if len(called) > MAX_NAME_CHARACTERS or not called.isprintable():
        raise Invalid("key_name", "malformed_key_name", called[:MAX_NAME_CHARACTERS])
    made = await _registered(ws, answer, Asker(actor.person_id))
    new = made.of(actor.person_id, called)

    async def unit(tx: Transaction) -> tuple[str, ...]:
        await own_keys.check_may_change(ws, tx, actor, token)
        if not await keys.add_passkey(tx, new, ws.clock()):
            raise BadProof("used")
        verb = NetworkVerb.PASSKEY_ADDED
        return await own_keys.added(ws, tx, actor, token, verb, Proof.PASSKEY)

    return await ws.db.write(unit)


async def ask_newcomer(
    ws: Workspace, tx: Transaction, owner: Owner, link: str, visitor: Visitor
) -> str:
    """What a browser must sign for the passkey of an account that this link is to make, as JSON.

    Only that link takes the answer. `TooMany` by the network address, as for `ask`.
    """
    challenge = secrets.token_bytes(32)
    await throttle.check(tx, {_challenges(visitor): _ASKED_OF_AN_ADDRESS}, ws.clock())
    await _give(ws, tx, challenge, Asker(link_hash=sessions.hashed(link)))
    network = await records.network(tx)
    assert network is not None
    return _to_make(ws, network.name, owner, challenge, [])


async def made_by_newcomer(ws: Workspace, link: str, answer: str) -> Made:
    """The passkey that a browser made through this link; `BadProof`."""
    return await _registered(ws, answer, Asker(link_hash=sessions.hashed(link)))


def handle_through(link: str) -> str:
    """What devices know somebody by who makes her account through a link.

    The same at each try: a device that was asked twice keeps one passkey and not two.
    """
    return helpers.bytes_to_base64url(hashlib.sha256(f"handle {link}".encode()).digest())


async def give_newcomer(
    ws: Workspace, tx: Transaction, person: PersonId, made: Made, link: str, visitor: Visitor
) -> None:
    """Write in this transaction the first passkey of an account; `BadProof` when it is known."""
    await keys.user_handle(tx, person, handle_through(link))
    name = visitor.device[:MAX_NAME_CHARACTERS]
    if not await keys.add_passkey(tx, made.of(person, name), ws.clock()):
        raise BadProof("used")
    await sessions.forget_attempts(tx, _challenges(visitor))


async def remove(ws: Workspace, actor: Actor, token: str, passkey: PasskeyId) -> None:
    """Let a passkey of hers open nothing any more.

    `NotFound`; `Invalid` when it is the last key of one who must have one.
    """

    async def unit(tx: Transaction) -> None:
        if passkey not in [one.id for one in await keys.passkeys(tx, actor.person_id)]:
            raise NotFound("key")
        # Before it is gone: what her account asks for hangs on what she has.
        await own_keys.check_may_change(ws, tx, actor, token)
        await keys.remove_passkey(tx, passkey)
        await own_keys.removed(ws, tx, actor, token, NetworkVerb.PASSKEY_REMOVED)

    await ws.db.write(unit)


async def verified(ws: Workspace, answer: str) -> Seen:
    """The passkey that signed a challenge of ours, which is taken; `BadProof`."""
    given, challenge = _read(answer)
    if not str(given.get("id")).isascii():
        raise BadProof("foreign")
    await _take(ws, challenge, Asker())
    row = await ws.db.read(lambda tx: keys.passkey(tx, str(given.get("id"))))
    if row is None or _handle(given) != row.user_handle:
        raise BadProof("foreign")
    return _verified(ws, given, challenge, row)


async def use(ws: Workspace, tx: Transaction, seen: Seen, visitor: Visitor) -> Person:
    """Note in this transaction that a passkey was used; whose it is, when she may come in."""
    person = await records.person(tx, seen.person_id)
    if person is None or not person.is_active:
        raise BadProof("foreign")
    if not await keys.use_passkey(tx, seen.id, seen.sign_count, ws.clock()):
        raise BadProof("used")
    await sessions.forget_attempts(tx, _challenges(visitor))
    return person


def _verified(ws: Workspace, given: dict[str, Any], challenge: bytes, row: PasskeyRow) -> Seen:
    try:
        found = webauthn.verify_authentication_response(
            credential=given,
            expected_challenge=challenge,
            expected_rp_id=_place(ws).name,
            expected_origin=_place(ws).origin,
            credential_public_key=helpers.base64url_to_bytes(row.public_key),
            credential_current_sign_count=row.sign_count,
        )
    except _BROKEN:
        raise BadProof from None
    if not found.user_verified:
        raise BadProof("unverified")
    return Seen(row.id, row.person_id, found.new_sign_count)


def _to_make(ws: Workspace, network: str, owner: Owner, challenge: bytes, known: list[str]) -> str:
    """What a browser is told to make a passkey, as JSON; not with a device that has a known one."""
    options = webauthn.generate_registration_options(
        rp_id=_place(ws).name,
        rp_name=network,
        user_name=owner.email,
        user_id=helpers.base64url_to_bytes(owner.handle),
        user_display_name=owner.name,
        challenge=challenge,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=_VERIFIED
        ),
        exclude_credentials=[
            PublicKeyCredentialDescriptor(helpers.base64url_to_bytes(one)) for one in known
        ],
    )
    return helpers.options_to_json(options)


async def _registered(ws: Workspace, answer: str, asker: Asker) -> Made:
    given, challenge = _read(answer)
    await _take(ws, challenge, asker)
    try:
        made = webauthn.verify_registration_response(
            credential=given,
            expected_challenge=challenge,
            expected_rp_id=_place(ws).name,
            expected_origin=_place(ws).origin,
        )
    except _BROKEN:
        raise BadProof from None
    if not made.user_verified:
        raise BadProof("unverified")
    return Made(
        helpers.bytes_to_base64url(made.credential_id),
        helpers.bytes_to_base64url(made.credential_public_key),
        made.sign_count,
    )


async def _give(ws: Workspace, tx: Transaction, challenge: bytes, asker: Asker) -> None:
    await keys.forget_challenges(tx, ws.clock() - _ANSWER_WITHIN)
    await keys.add_challenge(tx, helpers.bytes_to_base64url(challenge), asker, ws.clock())


async def _take(ws: Workspace, challenge: bytes, asker: Asker) -> None:
    """Take a challenge for good, whatever comes of the answer; `BadProof` for none."""
    since, text = ws.clock() - _ANSWER_WITHIN, helpers.bytes_to_base64url(challenge)
    if not await ws.db.write(lambda tx: keys.take_challenge(tx, text, asker, since)):
        raise BadProof("used")


def _read(answer: str) -> tuple[dict[str, Any], bytes]:
    """What a browser answered, and the challenge that it says it signed."""
    try:
        given = json.loads(answer)
        said = helpers.base64url_to_bytes(given["response"]["clientDataJSON"])
        return given, helpers.parse_client_data_json(said).challenge
    except _BROKEN:
        raise BadProof from None


def _handle(given: dict[str, Any]) -> str:
    return str(given["response"].get("userHandle")).rstrip("=")


def _challenges(visitor: Visitor) -> str:
    """The key under which what an address asks for is counted."""
    return f"challenges:{throttle.address(visitor.address)}"


def _place(ws: Workspace) -> _Place:
    parts = urlsplit(ws.settings.server.public_url)
    host = parts.hostname or ""
    is_usual = parts.port in (None, _DEFAULT_PORTS.get(parts.scheme))
    return _Place(
        host, f"{parts.scheme}://{host}" if is_usual else f"{parts.scheme}://{host}:{parts.port}"
    )
