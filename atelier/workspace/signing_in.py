"""Signing in: one-time links, passwords, sessions, and the actor of each request."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import date, datetime, timedelta
from ipaddress import ip_address, ip_network

from atelier import access
from atelier.database import calendars, sessions
from atelier.database import people as records
from atelier.database.engine import Transaction
from atelier.errors import (
    BadSignIn,
    Forbidden,
    Invalid,
    LinkSpent,
    NotFound,
    SignInNeeded,
    TooMany,
)
from atelier.model import names
from atelier.model.folders import Subject
from atelier.model.ids import OrganisationId, PersonId
from atelier.model.people import Actor, Network, Person, Session
from atelier.workspace import memberships
from atelier.workspace.passwords import accepted
from atelier.workspace.place import Workspace, today

MAX_EMAIL_CHARACTERS = 254  # RFC 5321 §4.5.3.1.3
LANGUAGES = ("fr", "en")
_ATTEMPTS = 10
_ATTEMPTS_WITHIN = timedelta(minutes=15)
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
    if _is_over(ws, row, now):  # for good: a clock that goes back must not revive it
        await ws.db.write(lambda tx: sessions.end(tx, token_hash))
        raise SignInNeeded
    if now - row.seen_at > _SEEN_EVERY:
        await ws.db.write(lambda tx: sessions.see(tx, token_hash, now))
    actor = _as_actor(row.person, row.acting_as, today(ws), row.may_open_top, row.seeing)
    return Session(actor, row.person, row.network, row.language, form_token(token), _end(ws, row))


async def actor(ws: Workspace, email: str | None) -> Actor:
    """The actor of this address, or the first steward: for the command line's `--as`."""

    async def unit(tx: Transaction) -> Actor:
        found = await (
            records.first_steward(tx) if email is None else records.person_by_email(tx, email)
        )
        if found is None or not found.is_active:
            raise NotFound("person")
        return await _actor(tx, found, today(ws))

    return await ws.db.read(unit)


async def active(tx: Transaction, person: PersonId, day: date) -> Actor | None:
    """Someone as she asks without a session, with all that she is that day.

    None for nobody, and for an account that is disabled.
    """
    found = await records.person(tx, person)
    return None if found is None or not found.is_active else await _actor(tx, found, day)


async def network(ws: Workspace) -> Network:
    """The network that this installation is."""
    return await ws.db.read(_network)


def form_token(session_token: str) -> str:
    """What a form of this session must bring back, so that no other site can fill it in."""
    return hmac.new(session_token.encode(), b"form", hashlib.sha256).hexdigest()


async def sign_in(
    ws: Workspace, email: str, password: str, address: str, *, replacing: str | None = None
) -> str:
    """A new session's token. `BadSignIn` alike for unknown people and wrong passwords.

    Ten failures per account, and per network address, in fifteen minutes; then
    `TooMany`, also across restarts. The session of the token `replacing` ends.
    """
    now = ws.clock()
    # Cut first, then stripped: what is throttled is exactly what is looked up.
    given = email.strip()[:MAX_EMAIL_CHARACTERS].strip()
    keys = (f"account:{names.key(given)}", f"address:{_neighbourhood(address)}")
    await _throttle(ws, keys, now)
    found = await ws.db.read(lambda tx: records.password_of(tx, given))
    if not await ws.passwords.matches(found[1] if found else "", password) or found is None:
        raise BadSignIn
    person = found[0]

    async def unit(tx: Transaction) -> str:
        # Meanwhile she may have chosen another password, which ended all her sessions.
        if await records.password_of(tx, given) != found:
            raise BadSignIn
        await sessions.forget_attempts(tx, keys[0])
        # Many sign in from behind one town hall's address: only failures count against it.
        await sessions.forget_attempt(tx, keys[1], now)
        if replacing is not None:
            await sessions.end(tx, sessions.hashed(replacing))
        return await _start_session(tx, person, now)

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
        if organisation is not None and organisation not in _organisations(person, actor.today):
            raise Invalid("organisation", "unknown", str(organisation))
        await sessions.act_as(tx, sessions.hashed(token), organisation)

    await ws.db.write(unit)


async def set_language(ws: Workspace, actor: Actor, language: str) -> None:
    """Keep the language she reads in: one of `LANGUAGES`."""
    if language not in LANGUAGES:
        raise Invalid("language", "unknown", language)
    await ws.db.write(lambda tx: records.set_language(tx, actor.person_id, language))


async def check_may_invite(tx: Transaction, actor: Actor, person: Person) -> None:
    """Pass when the actor may hand out a link for somebody's account.

    Whoever holds a link can take the account over. Stewards may, for everybody; a
    representative only for an account that never had a password, and to which nothing
    opens but what its one place gives, in her organisation: else `Forbidden`, and
    `NotFound` for one who manages none of that person's organisations.
    """
    if await memberships.is_steward(tx, actor):
        return
    homes = {place.organisation.id for place in person.memberships}
    if not await memberships.managed(tx, actor, homes):
        raise NotFound("person")
    if len(homes) > 1 or await records.has_more_than_a_place(tx, person.id):
        raise Forbidden(access.MANAGE)


async def start_link(
    tx: Transaction,
    person: PersonId,
    now: datetime,
    hours: int,
    *,
    issued_by: PersonId | None = None,
) -> str:
    """Write a one-time link in this transaction; its token.

    `issued_by` is None for the installation itself, before anybody is there.
    """
    token = secrets.token_urlsafe(32)
    link = sessions.LinkRow(person, issued_by)
    await sessions.add_link(tx, sessions.hashed(token), link, now + timedelta(hours=hours))
    return token


async def look_at_link(ws: Workspace, token: str) -> Person:
    """Whom a one-time link is for, without using it: mail scanners open links too.

    `LinkSpent` alike for one that never was, that was used or has ended, and for one whose
    issuer might no longer hand it out, because she or the account is not what it was.
    """
    return await ws.db.read(lambda tx: _bearer(ws, tx, token))


async def use_link(ws: Workspace, token: str, password: str) -> str:
    """Choose a password through a one-time link: a new session's token.

    The link is spent, her other sessions and the address of her calendar feed end, in the
    same transaction.
    """
    person = await look_at_link(ws, token)
    known = (person.email, person.name)
    password_hash = await ws.passwords.hash(accepted(password, known=known))
    now = ws.clock()

    async def unit(tx: Transaction) -> str:
        await _bearer(ws, tx, token)
        await sessions.use_link(tx, sessions.hashed(token), now)
        await sessions.end_all(tx, person.id)
        await calendars.end(tx, person.id)
        await records.set_password(tx, person.id, password_hash)
        return await _start_session(tx, person.id, now)

    return await ws.db.write(unit)


async def _bearer(ws: Workspace, tx: Transaction, token: str) -> Person:
    link = await sessions.link(tx, sessions.hashed(token), ws.clock())
    person = None if link is None else await records.person(tx, link.person_id)
    if link is None or person is None or not await _is_still_given(ws, tx, link, person):
        raise LinkSpent
    return person


async def _is_still_given(
    ws: Workspace, tx: Transaction, link: sessions.LinkRow, person: Person
) -> bool:
    """Whether its issuer, as she is now, may hand it out for the account as it is now.

    She may have kept a copy: a link must not become the key to what the account has got since.
    """
    if link.issued_by is None:
        return True
    issuer = await records.person(tx, link.issued_by)
    assert issuer is not None
    try:
        await check_may_invite(tx, await _actor(tx, issuer, today(ws)), person)
    except (Forbidden, NotFound):
        return False
    return True


async def _network(tx: Transaction) -> Network:
    found = await records.network(tx)
    if found is None:
        raise NotFound("network")
    return found


async def _actor(tx: Transaction, person: Person, day: date) -> Actor:
    return _as_actor(person, None, day, await records.may_open_top(tx, person.id))


def _as_actor(
    person: Person,
    acting_as: OrganisationId | None,
    day: date,
    may_open_top: bool,
    seeing: Subject | None = None,
) -> Actor:
    mine = _organisations(person, day)
    return Actor(
        person_id=person.id,
        name=person.name,
        is_steward=person.is_steward,
        may_open_top=person.is_steward or may_open_top,
        main_organisation=mine[0] if mine else None,
        acting_as=acting_as if acting_as in mine else None,
        today=day,
        seeing=seeing,
    )


def _organisations(person: Person, day: date) -> list[OrganisationId]:
    return [place.organisation.id for place in person.memberships if place.holds(day)]


async def _throttle(ws: Workspace, keys: tuple[str, ...], now: datetime) -> None:
    async def unit(tx: Transaction) -> None:
        for key in keys:
            tries = await sessions.attempts(tx, key, now - _ATTEMPTS_WITHIN)
            if len(tries) >= _ATTEMPTS:
                wait = tries[-_ATTEMPTS] + _ATTEMPTS_WITHIN - now
                raise TooMany(max(1, int(wait.total_seconds())))
        for key in keys:
            await sessions.note_attempt(tx, key, now)

    await ws.db.write(unit)


async def _start_session(tx: Transaction, person: PersonId, now: datetime) -> str:
    token = secrets.token_urlsafe(32)
    await sessions.add(tx, sessions.hashed(token), person, now)
    return token


def _neighbourhood(address: str) -> str:
    """What one household or office holds: an IPv4 address, the /64 of an IPv6 one."""
    try:
        known = ip_address(address)
    except ValueError:
        return address
    return str(ip_network((known, 64), strict=False)) if known.version == 6 else address


def _is_over(ws: Workspace, row: sessions.SessionRow, now: datetime) -> bool:
    return now >= _end(ws, row) or row.created_at > now + timedelta(hours=1)


def _end(ws: Workspace, row: sessions.SessionRow) -> datetime:
    limits = ws.settings.sessions
    return min(
        row.seen_at + timedelta(minutes=limits.idle_minutes),
        row.created_at + timedelta(hours=limits.absolute_hours),
    )
