"""One's own account: its password, and the devices on which one is signed in.

How an address changes is in `email_changes`, a forgotten password in `forgotten`.
"""

from __future__ import annotations

import dataclasses
import secrets
from dataclasses import dataclass

from atelier import access
from atelier.database import calendars, email_changes, journal, sessions
from atelier.database import people as records
from atelier.database.engine import Transaction
from atelier.errors import Invalid, SignInNeeded
from atelier.model.ids import PersonId
from atelier.model.journal import NetworkVerb
from atelier.model.letters import KeyChange, LetterKind
from atelier.model.people import Actor, OpenSession, Person
from atelier.workspace import entering, mailing, own_keys, throttle
from atelier.workspace.entering import Entry
from atelier.workspace.passwords import accepted
from atelier.workspace.place import Workspace


@dataclass(frozen=True, slots=True)
class Proved:
    """Somebody whose password was right just now, and the hash that it was compared with."""

    person: Person
    password_hash: str


async def prove(
    ws: Workspace, actor: Actor, password: str, address: str, *, token: str = ""
) -> Proved:
    """Ask once more for the password of who is signed in, from this network address.

    `Invalid` (`current`, `wrong_password`) for a wrong one. Where the account has none, the
    session of this token must be one that may change keys: `BadProof` as for those. Throttled
    as signing in is, under a key of her own: a session left open is no way to guess, and a
    stranger who guesses at the door does not keep her from changing her password.
    """
    access.act(actor)
    now = ws.clock()
    person = await ws.db.read(lambda tx: _herself(tx, actor))
    account, place = throttle.own_password(person.id), throttle.address(address)
    tries = {account: throttle.FAILURES, place: throttle.FAILURES_OF_AN_ADDRESS}
    await ws.db.write(lambda tx: throttle.check(tx, tries, now))
    found = await ws.db.read(lambda tx: records.password_of(tx, person.email))
    password_hash = found[1] if found else ""
    if token and not password_hash:
        await ws.db.read(lambda tx: own_keys.check_may_change(ws, tx, actor, token))
        return Proved(person, "")
    if not await ws.passwords.matches(password_hash, password):
        raise Invalid("current", "wrong_password")

    async def unit(tx: Transaction) -> None:
        await sessions.forget_attempts(tx, account)
        await sessions.forget_attempt(tx, place, now)

    await ws.db.write(unit)
    return Proved(person, password_hash)


async def check_still(tx: Transaction, proved: Proved) -> Person:
    """Who proved her password, as she is now; `SignInNeeded` when it is another meanwhile."""
    person = await records.person(tx, proved.person.id)
    known = None if person is None else await records.password_of(tx, person.email)
    if person is None or known != (person.id, proved.password_hash):
        raise SignInNeeded
    return person


async def change_password(
    ws: Workspace, actor: Actor, token: str, *, current: str, chosen: str, address: str
) -> Entry:
    """Another password for who is signed in with this token; the session's new token.

    Her other sessions, her one-time links, the address of her calendar feed and a change of
    address that waits end in the same transaction. Her first one, where she had none, is chosen
    without another. The errors of `prove`; `Invalid` (`password`) for one that is not accepted.
    """
    access.act(actor)
    person = await ws.db.read(lambda tx: _herself(tx, actor))
    accepted(chosen, known=await entering.known_about(ws, person))
    proved = await prove(ws, actor, current, address, token=token)
    password_hash = await ws.passwords.hash(chosen)
    token_hash, fresh = sessions.hashed(token), secrets.token_urlsafe(32)

    async def unit(tx: Transaction) -> Entry:
        held = await check_still(tx, proved)
        row = await sessions.get(tx, token_hash)
        if row is None or row.person.id != held.id:
            raise SignInNeeded
        await sessions.renew(tx, token_hash, sessions.hashed(fresh))
        await sessions.end_others(tx, held.id, sessions.hashed(fresh))
        await sessions.end_steps(tx, held.id)
        await sessions.end_links(tx, held.id)
        await email_changes.end(tx, held.id)
        await calendars.end(tx, held.id)
        await records.set_password(tx, held.id, password_hash)
        changed = NetworkVerb.PASSWORD_CHANGED
        await journal.note_network(tx, actor, changed, ws.clock(), name=held.name)
        kind, about = LetterKind.KEYS_CHANGED, KeyChange.PASSWORD
        await mailing.queue(ws, tx, kind, person=held.id, about=about)
        left = entering.end(ws, row) - ws.clock()
        return Entry(fresh, kept_seconds=int(left.total_seconds()) if row.is_kept else None)

    return await ws.db.write(unit)


async def open_sessions(ws: Workspace, actor: Actor, token: str) -> tuple[OpenSession, ...]:
    """Hers that are not over, the last used first; the one of this token knows it is that.

    None while she looks as somebody else.
    """
    if actor.seeing is not None:
        return ()
    this, now = sessions.hashed(token), ws.clock()
    rows = await ws.db.read(lambda tx: sessions.of_person(tx, actor.person_id))
    return tuple(
        dataclasses.replace(one, is_this=token_hash == this)
        for token_hash, one in rows
        if now < entering.end_of(ws, one.begun_at, one.seen_at, is_kept=one.is_kept)
    )


async def end_session(ws: Workspace, actor: Actor, handle: str) -> None:
    """End one of hers, by what names it in `open_sessions`; nothing for one that is over."""

    async def unit(tx: Transaction) -> None:
        access.act(actor)
        for token_hash, one in await sessions.of_person(tx, actor.person_id):
            if one.handle == handle:
                await sessions.end(tx, token_hash)

    await ws.db.write(unit)


async def end_other_sessions(ws: Workspace, actor: Actor, token: str) -> None:
    """End hers but the one of this token, and the steps towards one."""

    async def unit(tx: Transaction) -> None:
        access.act(actor)
        await sessions.end_others(tx, actor.person_id, sessions.hashed(token))
        await sessions.end_steps(tx, actor.person_id)

    await ws.db.write(unit)


async def sign_out_everywhere(ws: Workspace, actor: Actor) -> None:
    """End all of hers, this one too: what is under way on any device is cut."""

    async def unit(tx: Transaction) -> None:
        access.act(actor)
        await entering.end_visits(tx, actor.person_id)

    await ws.db.write(unit)


async def _herself(tx: Transaction, actor: Actor) -> Person:
    person = await records.person(tx, PersonId(actor.person_id))
    if person is None or not person.is_active:
        raise SignInNeeded
    return person
