"""People come in: sign-in links, sessions, organisations and who belongs to them."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from ipaddress import ip_address, ip_network

from atelier import access
from atelier.database import people as records
from atelier.database import sessions
from atelier.database.engine import Transaction
from atelier.errors import (
    AlreadySo,
    BadSignIn,
    Invalid,
    LinkSpent,
    NotFound,
    SignInNeeded,
    TooMany,
)
from atelier.model import names
from atelier.model.ids import OrganisationId, PersonId
from atelier.model.people import Actor, Network, Organisation, Person, Session
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
    token_hash, now = _hashed(token), ws.clock()

    async def unit(tx: Transaction) -> tuple[sessions.SessionRow, Session] | None:
        row = await sessions.get(tx, token_hash)
        if row is None:
            raise SignInNeeded
        if _is_over(ws, row, now):
            return None
        person = await records.person(tx, row.person_id)
        assert person is not None
        actor = await _actor(tx, person, row.acting_as, today(ws))
        network = await _network(tx)
        return row, Session(actor, person, network, row.language, form_token(token), _end(ws, row))

    seen = await ws.db.read(unit)
    if seen is None:  # ended for good: a clock that goes back must not revive it
        await ws.db.write(lambda tx: sessions.end(tx, token_hash))
        raise SignInNeeded
    row, found = seen
    if now - row.seen_at > _SEEN_EVERY:
        await ws.db.write(lambda tx: sessions.see(tx, token_hash, now))
    return found


async def actor(ws: Workspace, email: str | None) -> Actor:
    """The actor of this address, or the first steward: for the command line's `--as`."""

    async def unit(tx: Transaction) -> Actor:
        found = await (
            records.first_steward(tx) if email is None else records.person_by_email(tx, email)
        )
        if found is None or not found.is_active:
            raise NotFound("person")
        return await _actor(tx, found, None, today(ws))

    return await ws.db.read(unit)


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
            await sessions.end(tx, _hashed(replacing))
        return await _start_session(tx, person, now)

    return await ws.db.write(unit)


async def sign_out(ws: Workspace, token: str) -> None:
    """End the session of this token."""
    await ws.db.write(lambda tx: sessions.end(tx, _hashed(token)))


async def act_as(
    ws: Workspace, actor: Actor, token: str, organisation: OrganisationId | None
) -> None:
    """Act for one of her organisations from now on, or for all of them (None)."""

    async def unit(tx: Transaction) -> None:
        person = await records.person(tx, actor.person_id)
        assert person is not None
        if organisation is not None and organisation not in _organisations(person, actor.today):
            raise Invalid("organisation", "unknown", str(organisation))
        await sessions.act_as(tx, _hashed(token), organisation)

    await ws.db.write(unit)


async def set_language(ws: Workspace, actor: Actor, language: str) -> None:
    """Keep the language she reads in: one of `LANGUAGES`."""
    if language not in LANGUAGES:
        raise Invalid("language", "unknown", language)
    await ws.db.write(lambda tx: records.set_language(tx, actor.person_id, language))


async def issue_link(ws: Workspace, actor: Actor, person: PersonId) -> str:
    """The token of a new one-time sign-in link for someone; her earlier links end.

    For stewards. It lets its bearer choose her password.
    """
    now = ws.clock()

    async def unit(tx: Transaction) -> str:
        await access.manage(tx, actor)
        if await records.person(tx, person) is None:
            raise NotFound("person")
        return await start_link(tx, person, now, ws.settings.sessions.link_hours)

    return await ws.db.write(unit)


async def start_link(tx: Transaction, person: PersonId, now: datetime, hours: int) -> str:
    """Write a one-time link in this transaction; its token."""
    token = secrets.token_urlsafe(32)
    await sessions.add_link(tx, _hashed(token), person, now + timedelta(hours=hours))
    return token


async def look_at_link(ws: Workspace, token: str) -> Person:
    """Whom a one-time link is for, without using it: mail scanners open links too."""

    async def unit(tx: Transaction) -> Person:
        found = await sessions.link(tx, _hashed(token), ws.clock())
        person = None if found is None else await records.person(tx, found)
        if person is None:
            raise LinkSpent
        return person

    return await ws.db.read(unit)


async def use_link(ws: Workspace, token: str, password: str) -> str:
    """Choose a password through a one-time link: a new session's token.

    The link is spent and her other sessions end, in the same transaction.
    """
    person = await look_at_link(ws, token)
    known = (person.email, person.name)
    password_hash = await ws.passwords.hash(accepted(password, known=known))
    now = ws.clock()

    async def unit(tx: Transaction) -> str:
        if await sessions.link(tx, _hashed(token), now) != person.id:
            raise LinkSpent
        await sessions.use_link(tx, _hashed(token), now)
        await sessions.end_all(tx, person.id)
        await records.set_password(tx, person.id, password_hash)
        return await _start_session(tx, person.id, now)

    return await ws.db.write(unit)


async def add_organisation(
    ws: Workspace, actor: Actor, name: str, *, kind: str = ""
) -> Organisation:
    """A new member organisation; for stewards. `AlreadySo` when one has this name."""
    clean = names.checked(name)

    async def unit(tx: Transaction) -> Organisation:
        await access.manage(tx, actor)
        if await records.organisation_named(tx, clean):
            raise AlreadySo("organisation")
        number = await records.add_organisation(tx, clean, kind.strip(), ws.clock())
        return Organisation(number, clean, kind.strip())

    return await ws.db.write(unit)


async def add_person(
    ws: Workspace,
    actor: Actor,
    email: str,
    *,
    name: str,
    organisation: str | None = None,
    function: str = "",
    is_representative: bool = False,
) -> Person:
    """A person, with her place in an organisation when one is named; for stewards.

    Someone already known by this address gets a further place, under the name she has;
    `AlreadySo` when there is nothing to add.
    """
    adding = _Adding(
        checked_email(email), names.checked(name), organisation, function.strip(), is_representative
    )

    async def unit(tx: Transaction) -> Person:
        await access.manage(tx, actor)
        return await _add(ws, tx, adding)

    return await ws.db.write(unit)


async def bring_in(
    ws: Workspace,
    actor: Actor,
    email: str,
    *,
    name: str,
    organisation: str | None = None,
    function: str = "",
) -> tuple[Person, str]:
    """`add_person`, and the token of her one-time link in the same transaction.

    The token is "" for someone who has a password: she signs in as before.
    """
    adding = _Adding(checked_email(email), names.checked(name), organisation, function.strip())

    async def unit(tx: Transaction) -> tuple[Person, str]:
        await access.manage(tx, actor)
        person = await _add(ws, tx, adding)
        known = await records.password_of(tx, person.email)
        if known is not None and known[1]:
            return person, ""
        hours = ws.settings.sessions.link_hours
        return person, await start_link(tx, person.id, ws.clock(), hours)

    return await ws.db.write(unit)


async def allow_top_folders(ws: Workspace, actor: Actor, person: PersonId) -> None:
    """Let someone make top-level folders; for stewards."""

    async def unit(tx: Transaction) -> None:
        await access.manage(tx, actor)
        if not await records.allow_top(tx, person):
            raise NotFound("person")

    await ws.db.write(unit)


async def directory(ws: Workspace, actor: Actor) -> tuple[list[Organisation], list[Person]]:
    """The organisations and active people of the network, by name, for anyone signed in."""

    async def unit(tx: Transaction) -> tuple[list[Organisation], list[Person]]:
        everyone = await records.people(tx)
        return await records.organisations(tx), [one for one in everyone if one.is_active]

    return await ws.db.read(unit)


def checked_email(email: str) -> str:
    """The address as given, without surrounding spaces, or `Invalid`.

    One `@` between two parts without spaces or controls is asked for, no more: the
    link that reaches its reader is the real proof.
    """
    address = email.strip()
    local, at, domain = address.rpartition("@")
    is_plain = address.isprintable() and not any(character.isspace() for character in address)
    if not (local and at and domain and is_plain and "@" not in local):
        raise Invalid("email", "malformed", address[:80])
    if len(address) > MAX_EMAIL_CHARACTERS:
        raise Invalid("email", "too_long", address[:80])
    return address


@dataclass(frozen=True, slots=True)
class _Adding:
    """Someone to add, checked."""

    email: str
    name: str
    organisation: str | None
    function: str
    is_representative: bool = False


async def _add(ws: Workspace, tx: Transaction, adding: _Adding) -> Person:
    known = await records.person_by_email(tx, adding.email)
    if known is not None and adding.organisation is None:
        raise AlreadySo("person")
    person = (
        known.id if known else await records.add_person(tx, adding.email, adding.name, ws.clock())
    )
    if adding.organisation is not None:
        await _add_membership(tx, person, adding)
    added = await records.person(tx, person)
    assert added is not None
    return added


async def _network(tx: Transaction) -> Network:
    found = await records.network(tx)
    if found is None:
        raise NotFound("network")
    return found


async def _actor(
    tx: Transaction, person: Person, acting_as: OrganisationId | None, day: date
) -> Actor:
    mine = _organisations(person, day)
    return Actor(
        person_id=person.id,
        name=person.name,
        is_steward=person.is_steward,
        may_open_top=person.is_steward or await records.may_open_top(tx, person.id),
        main_organisation=mine[0] if mine else None,
        acting_as=acting_as if acting_as in mine else None,
        today=day,
    )


def _organisations(person: Person, day: date) -> list[OrganisationId]:
    return [
        membership.organisation.id
        for membership in person.memberships
        if (membership.starts_on is None or membership.starts_on <= day)
        and (membership.ends_on is None or membership.ends_on >= day)
        and (membership.organisation.ends_on is None or membership.organisation.ends_on >= day)
    ]


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
    await sessions.add(tx, _hashed(token), person, now)
    return token


async def _add_membership(tx: Transaction, person: PersonId, adding: _Adding) -> None:
    found = await records.organisation_named(tx, adding.organisation or "")
    if found is None:
        raise Invalid("organisation", "unknown", (adding.organisation or "")[:80])
    if await records.membership_id(tx, person, found.id):
        raise AlreadySo("membership")
    await records.add_membership(
        tx,
        person,
        found.id,
        function=adding.function,
        is_representative=adding.is_representative,
        starts_on=None,
        ends_on=None,
    )


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


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
