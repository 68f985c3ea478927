"""Signing in by a password, sessions, and the actor of each request."""

from __future__ import annotations

import hashlib
import hmac
from datetime import date, datetime, timedelta

from atelier.database import people as records
from atelier.database import sessions
from atelier.database.engine import Transaction
from atelier.errors import BadSignIn, Busy, Invalid, NotFound, SignInNeeded
from atelier.model.ids import OrganisationId, PersonId
from atelier.model.people import Actor, Network, Proof, Session
from atelier.workspace import entering, second_factors, throttle
from atelier.workspace.entering import Entry, Visitor
from atelier.workspace.place import Workspace, day_of, today

MAX_EMAIL_CHARACTERS = 254  # RFC 5321 §4.5.3.1.3
LANGUAGES = ("fr", "en")
_SEEN_EVERY = timedelta(minutes=1)


async def session(ws: Workspace, token: str) -> Session:
    """Who is signed in with this token; `SignInNeeded` when nobody is (any more).

    Rights that end, a disabled account and a chosen organisation that was left are
    seen here at each request.
    """
    token_hash, now = sessions.hashed(token), ws.clock()

    async def unit(tx: Transaction) -> sessions.SessionRow:
        row = await sessions.get(tx, token_hash)
        if row is None:
            raise SignInNeeded
        return row

    row = await ws.db.read(unit)
    if entering.is_over(ws, row, now):  # for good: a clock that goes back must not revive it
        await ws.db.write(lambda tx: sessions.end(tx, token_hash))
        raise SignInNeeded
    if now - row.seen_at > _SEEN_EVERY:
        await ws.db.write(lambda tx: _see(ws, tx, row, token_hash, now))
    actor = entering.as_actor(
        row.person, row.acting_as, today(ws), may_open_top=row.may_open_top, seeing=row.seeing
    )
    return Session(
        actor,
        row.person,
        row.network,
        row.language,
        form_token(token),
        entering.end(ws, row),
        row.proof,
        await _must_prove(ws, actor, row.proof),
    )


async def actor(ws: Workspace, email: str | None) -> Actor:
    """The actor of this address, or the first steward: for the command line's `--as`."""

    async def unit(tx: Transaction) -> Actor:
        found = await (
            records.first_steward(tx) if email is None else records.person_by_email(tx, email)
        )
        if found is None or not found.is_active:
            raise NotFound("person")
        return await entering.actor_of(tx, found, today(ws))

    return await ws.db.read(unit)


async def active(tx: Transaction, person: PersonId, day: date) -> Actor | None:
    """Someone as she asks without a session, with all that she is that day.

    None for nobody, and for an account that is disabled.
    """
    found = await records.person(tx, person)
    return None if found is None or not found.is_active else await entering.actor_of(tx, found, day)


async def network(ws: Workspace) -> Network:
    """The network that this installation is."""
    return await ws.db.read(_network)


def form_token(session_token: str) -> str:
    """What a form of this session must bring back, so that no other site can fill it in."""
    return hmac.new(session_token.encode(), b"form", hashlib.sha256).hexdigest()


async def sign_in(
    ws: Workspace, email: str, password: str, visitor: Visitor, *, is_kept: bool = False
) -> Entry:
    """Come in by a password, or reach the step to the second factor.

    `BadSignIn` alike for unknown people and wrong passwords; `TooMany` as `throttle` says;
    `Busy` when too many sign in at once, which is not counted as a try.
    `is_kept` asks that the session outlive the browser: it does with a second factor.
    """
    now = ws.clock()
    # Cut first, then stripped: what is throttled is exactly what is looked up.
    given = email.strip()[:MAX_EMAIL_CHARACTERS].strip()
    account, address = throttle.account(given), throttle.address(visitor.address)
    tries = {account: throttle.FAILURES, address: throttle.FAILURES_OF_AN_ADDRESS}
    await ws.db.write(lambda tx: throttle.check(tx, tries, now))
    found = await ws.db.read(lambda tx: records.password_of(tx, given))
    try:
        is_right = await ws.passwords.matches(found[1] if found else "", password)
    except Busy:  # nothing was tried: a crowd at the door must not hold an account
        await ws.db.write(lambda tx: throttle.forget(tx, tries, now))
        raise
    if not is_right or found is None:
        raise BadSignIn

    async def unit(tx: Transaction) -> Entry:
        # Meanwhile she may have chosen another password, which ended all her sessions.
        person = await records.person(tx, found[0])
        if person is None or await records.password_of(tx, given) != found:
            raise BadSignIn
        await sessions.forget_attempts(tx, account)
        # Many sign in from behind one town hall's address: only failures count against it.
        await sessions.forget_attempt(tx, address, now)
        return await entering.begin(ws, tx, person, visitor, proof=Proof.PASSWORD, is_kept=is_kept)

    return await ws.db.write(unit)


async def sign_out(ws: Workspace, token: str) -> None:
    """End the session of this token."""
    await ws.db.write(lambda tx: sessions.end(tx, sessions.hashed(token)))


async def act_as(
    ws: Workspace, actor: Actor, token: str, organisation: OrganisationId | None
) -> None:
    """Act for one of her organisations from now on, or for all of them (None)."""

    async def unit(tx: Transaction) -> None:
        person = await records.person(tx, actor.person_id)
        assert person is not None
        mine = entering.organisations(person, actor.today)
        if organisation is not None and organisation not in mine:
            raise Invalid("organisation", "unknown", str(organisation))
        await sessions.act_as(tx, sessions.hashed(token), organisation)

    await ws.db.write(unit)


async def set_language(ws: Workspace, actor: Actor, language: str) -> None:
    """Keep the language she reads in: one of `LANGUAGES`."""
    if language not in LANGUAGES:
        raise Invalid("language", "unknown", language)
    await ws.db.write(lambda tx: records.set_language(tx, actor.person_id, language))


async def _see(
    ws: Workspace, tx: Transaction, row: sessions.SessionRow, token_hash: str, now: datetime
) -> None:
    """Note that a session is in use; once a day, that its person was here."""
    await sessions.see(tx, token_hash, now)
    if day_of(ws, row.seen_at) != today(ws):
        await records.see(tx, row.person.id, today(ws))


async def _must_prove(ws: Workspace, actor: Actor, proof: Proof) -> bool:
    """Whether she may do nothing but get a second factor: a statement more, for few people."""
    if proof.is_strong or ws.settings.sessions.second_factor == "nobody":
        return False
    if actor.is_steward or ws.settings.sessions.second_factor == "stewards":
        return actor.is_steward
    return await ws.db.read(lambda tx: second_factors.is_obliged(ws, tx, actor))


async def _network(tx: Transaction) -> Network:
    found = await records.network(tx)
    if found is None:
        raise NotFound("network")
    return found
