"""One's own keys: what there is, who may change them now, recovery codes, and what a change does.

Whoever finds a session open must not make it hers for good. Keys change within ten minutes
of signing in, or of proving oneself again; never in a session that a password alone began
where the account asks for more.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import Final

from atelier import access
from atelier.database import journal, keys, sessions
from atelier.database import people as records
from atelier.database.engine import Transaction
from atelier.errors import AlreadySo, BadProof, BadSignIn, Invalid, NotFound, SignInNeeded
from atelier.model.ids import PersonId
from atelier.model.journal import NetworkVerb
from atelier.model.keys import KeyRing, Standing
from atelier.model.letters import KeyChange, LetterKind
from atelier.model.people import Actor, Proof
from atelier.workspace import mailing, second_factors, throttle
from atelier.workspace.place import Workspace

FRESH_MINUTES: Final = 10
CODES: Final = 10
# Crockford's base 32: no letter is taken for a digit. 16 of them hold 80 bits.
_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CODE_CHARACTERS: Final = 16
_READ_AS: Final = str.maketrans("OIL", "011", " -\u2010\u2011\u2013\u00a0\u202f")

_CHANGES: Final = {
    NetworkVerb.PASSKEY_ADDED: KeyChange.PASSKEY_ADDED,
    NetworkVerb.PASSKEY_REMOVED: KeyChange.PASSKEY_REMOVED,
    NetworkVerb.APP_ADDED: KeyChange.APP_ADDED,
    NetworkVerb.APP_REMOVED: KeyChange.APP_REMOVED,
    NetworkVerb.CODES_RENEWED: KeyChange.CODES_RENEWED,
    NetworkVerb.RECOVERY_CODE_USED: KeyChange.CODE_USED,
}


async def look(ws: Workspace, actor: Actor, token: str) -> KeyRing:
    """All the keys of somebody, and whether the session of this token may change them."""

    async def unit(tx: Transaction) -> KeyRing:
        app = await keys.app(tx, actor.person_id)
        return KeyRing(
            tuple(await keys.passkeys(tx, actor.person_id)),
            None if app is None else app.created_at,
            (await keys.held(tx, actor.person_id)).codes,
            await second_factors.is_obliged(ws, tx, actor),
            bool(await _password_hash(tx, actor)),
            await standing(ws, tx, actor, token),
        )

    return await ws.db.read(unit)


async def prove(ws: Workspace, actor: Actor, token: str, password: str) -> None:
    """Prove oneself again by one's password, to change keys for a while in this session.

    `BadSignIn`; `TooMany` as often as for a code.
    """
    now, key = ws.clock(), throttle.second_factor(actor.person_id)
    await ws.db.write(lambda tx: throttle.check(tx, {key: throttle.FAILURES}, now))
    known = await ws.db.read(lambda tx: _password_hash(tx, actor))
    if not await ws.passwords.matches(known, password) or not known:
        raise BadSignIn

    async def unit(tx: Transaction) -> None:
        if await _password_hash(tx, actor) != known:
            raise BadSignIn
        await sessions.forget_attempts(tx, key)
        await sessions.prove(tx, sessions.hashed(token), ws.clock())

    await ws.db.write(unit)


async def renew_codes(ws: Workspace, actor: Actor, token: str) -> tuple[str, ...]:
    """Ten new recovery codes, which stand nowhere else; the earlier ones are void.

    For one who has a passkey or an app: `Invalid` otherwise.
    """

    async def unit(tx: Transaction) -> tuple[str, ...]:
        await check_may_change(ws, tx, actor, token)
        held = await keys.held(tx, actor.person_id)
        if not (held.passkeys or held.has_app):
            raise Invalid("codes", "no_factor")
        await tell(ws, tx, actor, NetworkVerb.CODES_RENEWED)
        return await _made_codes(tx, actor.person_id)

    return await ws.db.write(unit)


async def standing(ws: Workspace, tx: Transaction, actor: Actor, token: str) -> Standing:
    """Whether the session of this token may change her keys now."""
    proved = await sessions.proved(tx, sessions.hashed(token))
    if proved is None:
        raise SignInNeeded
    at, proof = proved
    if not proof.is_strong and await second_factors.is_asked(ws, tx, actor):
        return Standing.WEAK
    is_fresh = ws.clock() - at < timedelta(minutes=FRESH_MINUTES)
    return Standing.FRESH if is_fresh else Standing.STALE


async def check_may_change(ws: Workspace, tx: Transaction, actor: Actor, token: str) -> None:
    """Pass when this session may change her keys; `BadProof`, `stale` or `weak`, otherwise."""
    found = await standing(ws, tx, actor, token)
    if found is not Standing.FRESH:
        raise BadProof(found)


async def added(
    ws: Workspace, tx: Transaction, actor: Actor, token: str, verb: NetworkVerb, proof: Proof
) -> tuple[str, ...]:
    """After a new key: this session has shown it, her others end; her first recovery codes."""
    await sessions.strengthen(tx, sessions.hashed(token), proof)
    await sessions.end_others(tx, actor.person_id, sessions.hashed(token))
    await sessions.end_steps(tx, actor.person_id)
    await tell(ws, tx, actor, verb)
    if (await keys.held(tx, actor.person_id)).codes:
        return ()
    return await _made_codes(tx, actor.person_id)


async def removed(
    ws: Workspace, tx: Transaction, actor: Actor, token: str, verb: NetworkVerb
) -> None:
    """After a key is gone: her other sessions end. `Invalid` when she must have one more.

    One who has no password keeps a passkey, for nothing else lets her in. Recovery codes go
    with the last key: they stand in for one.
    """
    held = await keys.held(tx, actor.person_id)
    if not (held.passkeys or await _password_hash(tx, actor)):
        raise Invalid("key", "only_way_in")
    if not (held.passkeys or held.has_app):
        if await second_factors.is_obliged(ws, tx, actor):
            raise Invalid("key", "last_key")
        await keys.set_codes(tx, actor.person_id, ())
    await sessions.end_others(tx, actor.person_id, sessions.hashed(token))
    await sessions.end_steps(tx, actor.person_id)
    await tell(ws, tx, actor, verb)


async def tell(ws: Workspace, tx: Transaction, actor: Actor, verb: NetworkVerb) -> None:
    """Note a change of her keys, and write her of it: it may not have been she."""
    await journal.note_network(tx, actor, verb, ws.clock())
    kind, about = LetterKind.KEYS_CHANGED, _CHANGES[verb]
    await mailing.queue(ws, tx, kind, person=actor.person_id, about=about)


async def use_code(ws: Workspace, tx: Transaction, actor: Actor, typed: str) -> None:
    """Take a recovery code of hers, once; `BadProof`, `wrong` or `used`."""
    code_hash = _hashed(typed)
    is_used = await keys.code_is_used(tx, actor.person_id, code_hash)
    if is_used is not False:
        raise BadProof("used" if is_used else "wrong")
    await keys.use_code(tx, actor.person_id, code_hash, ws.clock())
    await tell(ws, tx, actor, NetworkVerb.RECOVERY_CODE_USED)


async def remove_all(ws: Workspace, actor: Actor, person: PersonId) -> None:
    """Take every key of somebody who lost her phone away; her sessions end. For stewards.

    She comes in by her password then, or chooses one by a link where she has none. Where her
    account must have a second factor she may do nothing before she has a new one. Never one's
    own: who holds a steward's session for a moment would be rid of what guards it. `AlreadySo`
    when she has none.
    """

    async def unit(tx: Transaction) -> None:
        await access.manage(tx, actor)
        found = await records.person(tx, person)
        if found is None:
            raise NotFound("person")
        if person == actor.person_id:
            raise Invalid("person", "own_keys")
        if not await keys.remove_all(tx, person):
            raise AlreadySo("without_keys")
        await sessions.end_all(tx, person)
        await sessions.end_steps(tx, person)
        removed = NetworkVerb.KEYS_REMOVED
        await journal.note_network(tx, actor, removed, ws.clock(), name=found.name)
        kind, about = LetterKind.KEYS_CHANGED, KeyChange.ALL_REMOVED
        await mailing.queue(ws, tx, kind, person=person, about=about)

    await ws.db.write(unit)


async def _made_codes(tx: Transaction, person: PersonId) -> tuple[str, ...]:
    codes = tuple(_code() for _ in range(CODES))
    await keys.set_codes(tx, person, (_hashed(code) for code in codes))
    return codes


def _code() -> str:
    drawn = "".join(secrets.choice(_ALPHABET) for _ in range(_CODE_CHARACTERS))
    return "-".join(drawn[at : at + 4] for at in range(0, _CODE_CHARACTERS, 4))


def _hashed(typed: str) -> str:
    """What stands in the records for a code, however it is typed: 80 random bits need no salt."""
    return hashlib.sha256(typed.upper().translate(_READ_AS).encode()).hexdigest()


async def _password_hash(tx: Transaction, actor: Actor) -> str:
    person = await records.person(tx, actor.person_id)
    known = None if person is None else await records.password_of(tx, person.email)
    return known[1] if known else ""
