"""One-time links: handed out, looked at without being used, used once."""

from __future__ import annotations

import secrets
from datetime import timedelta

from atelier import access
from atelier.database import calendars, email_changes, sessions
from atelier.database import people as records
from atelier.database.engine import Transaction
from atelier.database.sessions import LinkRow, Purpose
from atelier.errors import Forbidden, LinkSpent, NotFound
from atelier.model.ids import PersonId
from atelier.model.letters import KeyChange, LetterKind
from atelier.model.people import Actor, Person, Proof
from atelier.workspace import entering, mailing, memberships
from atelier.workspace.entering import Entry, Visitor
from atelier.workspace.passwords import accepted
from atelier.workspace.place import Workspace, today

_TO_A_PASSWORD = (Purpose.WELCOME, Purpose.RESET)


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


async def mint(ws: Workspace, tx: Transaction, link: LinkRow, lasting: timedelta) -> str:
    """Write a one-time link in this transaction; its token, which stands nowhere else."""
    token = secrets.token_urlsafe(32)
    await sessions.add_link(tx, sessions.hashed(token), link, ws.clock() + lasting)
    return token


async def start_link(
    ws: Workspace,
    tx: Transaction,
    person: PersonId,
    *,
    issued_by: PersonId | None = None,
    is_mailed: bool = False,
) -> str:
    """A link by which somebody chooses her password; her earlier ones end.

    `issued_by` is None for the installation itself, before anybody is there. `is_mailed`: only
    a letter brings it.
    """
    await sessions.end_links(tx, person, *_TO_A_PASSWORD)
    lasting = timedelta(hours=ws.settings.sessions.link_hours)
    row = LinkRow(Purpose.WELCOME, person, issued_by=issued_by, is_mailed=is_mailed)
    return await mint(ws, tx, row, lasting)


async def start_reset(ws: Workspace, tx: Transaction, person: PersonId) -> str:
    """A link for a forgotten password, for a letter alone; earlier ones for it end."""
    await sessions.end_links(tx, person, Purpose.RESET)
    lasting = timedelta(minutes=ws.settings.sessions.reset_minutes)
    return await mint(ws, tx, LinkRow(Purpose.RESET, person, is_mailed=True), lasting)


async def look_at_link(ws: Workspace, token: str) -> Person:
    """Whom a one-time link is for, without using it: mail scanners open links too.

    `LinkSpent` alike for one that never was, that was used or has ended, and for one whose
    issuer might no longer hand it out, because she or the account is not what it was.
    """
    return (await ws.db.read(lambda tx: _bearer(ws, tx, token)))[0]


async def use_link(
    ws: Workspace, token: str, password: str, visitor: Visitor | None = None
) -> Entry:
    """Choose a password through a one-time link, and come in.

    The link is spent, all her others, a change of address that waits, her sessions and the
    address of her calendar feed end, in the same transaction. Somebody with a second factor is
    asked for it: who reads her mail, or is handed a link, does not have her phone. A link out of
    a letter proves her address; after one that was handed over nothing does.
    """
    person = await look_at_link(ws, token)
    known = await entering.known_about(ws, person)
    password_hash = await ws.passwords.hash(accepted(password, known=known))

    async def unit(tx: Transaction) -> Entry:
        now_hers, is_mailed = await _bearer(ws, tx, token)
        await sessions.use_link(tx, sessions.hashed(token), ws.clock())
        await sessions.end_links(tx, person.id)
        await email_changes.end(tx, person.id)
        await entering.end_visits(tx, person.id)
        await calendars.end(tx, person.id)
        if await records.has_a_way_in(tx, person.id):
            kind, about = LetterKind.KEYS_CHANGED, KeyChange.PASSWORD_BY_LINK
            await mailing.queue(ws, tx, kind, person=person.id, about=about)
        await records.set_password(tx, person.id, password_hash)
        await records.set_email_proved(tx, person.id, ws.clock() if is_mailed else None)
        from_where = visitor or Visitor("")
        return await entering.begin(ws, tx, now_hers, from_where, proof=Proof.PASSWORD)

    return await ws.db.write(unit)


async def _bearer(ws: Workspace, tx: Transaction, token: str) -> tuple[Person, bool]:
    """Whom a link is for, and whether only a letter brought it."""
    link = await sessions.link(tx, sessions.hashed(token), ws.clock(), *_TO_A_PASSWORD)
    person = None if link is None else await records.person(tx, link.person_id or 0)
    if link is None or person is None or not await _is_still_given(ws, tx, link, person):
        raise LinkSpent
    return person, link.is_mailed


async def _is_still_given(ws: Workspace, tx: Transaction, link: LinkRow, person: Person) -> bool:
    """Whether its issuer, as she is now, may hand it out for the account as it is now.

    She may have kept a copy: a link must not become the key to what the account has got since.
    """
    if link.issued_by is None:
        return True
    issuer = await records.person(tx, link.issued_by)
    assert issuer is not None
    try:
        await check_may_invite(tx, await entering.actor_of(tx, issuer, today(ws)), person)
    except (Forbidden, NotFound):
        return False
    return True
