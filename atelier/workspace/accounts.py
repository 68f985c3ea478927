"""Accounts: links to come in with, an account that ends or begins again, and stewards."""

from __future__ import annotations

from atelier import access
from atelier.database import calendars, email_changes, journal, keys, locks, sessions
from atelier.database import people as records
from atelier.database.engine import Transaction
from atelier.errors import AlreadySo, Invalid, LastSteward, NotFound
from atelier.model.ids import PersonId
from atelier.model.journal import NetworkVerb
from atelier.model.people import Actor, Person
from atelier.workspace.entering import end_visits
from atelier.workspace.links import check_may_invite, start_link
from atelier.workspace.place import Workspace


async def issue_link(ws: Workspace, actor: Actor, person: PersonId) -> str:
    """The token of a new one-time sign-in link for someone; her earlier links end.

    It lets its bearer choose her password: see `check_may_invite`.
    """

    async def unit(tx: Transaction) -> str:
        found = await records.person(tx, person)
        if found is None or not found.is_active:
            raise NotFound("person")
        await check_may_invite(tx, actor, found)
        return await give_link(ws, tx, actor, found)

    return await ws.db.write(unit)


async def give_link(ws: Workspace, tx: Transaction, actor: Actor, person: Person) -> str:
    """A link in this transaction, whose actor has been found to be allowed it; its token."""
    issued = NetworkVerb.LINK_ISSUED
    await journal.note_network(tx, actor, issued, ws.clock(), name=person.name)
    return await start_link(ws, tx, person.id, issued_by=actor.person_id)


async def start_afresh(ws: Workspace, tx: Transaction, actor: Actor, person: Person) -> str:
    """End all her ways in, sessions, links and feed, in this transaction; a new link's token."""
    await records.set_password(tx, person.id, "")
    await records.set_email_proved(tx, person.id, None)
    await keys.remove_all(tx, person.id)
    await email_changes.end(tx, person.id)
    await sessions.end_links(tx, person.id)
    await end_visits(tx, person.id)
    await calendars.end(tx, person.id)
    return await give_link(ws, tx, actor, person)


async def look(ws: Workspace, actor: Actor, person: PersonId) -> Person:
    """Somebody whose account is to be changed, a closed one too; for stewards."""
    return await ws.db.read(lambda tx: _managed(tx, actor, person))


async def disable(ws: Workspace, actor: Actor, person: PersonId) -> None:
    """Close somebody's account: her sessions and links end at once. For stewards.

    What she did stays hers. `LastSteward` when nobody would manage the network.
    """

    async def unit(tx: Transaction) -> None:
        await close(ws, tx, actor, await _managed(tx, actor, person))

    await ws.db.write(unit)


async def close(ws: Workspace, tx: Transaction, actor: Actor, person: Person) -> None:
    """`disable` in a transaction whose actor has been found to manage the account."""
    if not person.is_active:
        raise AlreadySo("disabled")
    if person.is_steward:
        await _keep_steward(tx, person)
    await records.set_disabled(tx, person.id, ws.clock())
    await locks.forget_person(tx, person.id)
    await calendars.end(tx, person.id)
    await _come_in_anew(tx, person.id)
    disabled = NetworkVerb.PERSON_DISABLED
    await journal.note_network(tx, actor, disabled, ws.clock(), name=person.name)


async def enable(ws: Workspace, actor: Actor, person: PersonId) -> None:
    """Open somebody's account again, with the password it had; for stewards."""

    async def unit(tx: Transaction) -> None:
        found = await _managed(tx, actor, person)
        if found.is_active:
            raise AlreadySo("enabled")
        await records.set_disabled(tx, person, None)
        enabled = NetworkVerb.PERSON_ENABLED
        await journal.note_network(tx, actor, enabled, ws.clock(), name=found.name)

    await ws.db.write(unit)


async def end_sessions(ws: Workspace, actor: Actor, person: PersonId) -> None:
    """End all the sessions of somebody, who has lost a device perhaps; for stewards."""

    async def unit(tx: Transaction) -> None:
        found = await _managed(tx, actor, person)
        await end_visits(tx, person)
        ended = NetworkVerb.SESSIONS_ENDED
        await journal.note_network(tx, actor, ended, ws.clock(), name=found.name)

    await ws.db.write(unit)


async def set_steward(ws: Workspace, actor: Actor, person: PersonId, *, is_steward: bool) -> None:
    """Make somebody a steward, or no longer one; for stewards. `LastSteward`.

    She signs in again: no session and no link given out before carries the new standing.
    """

    async def unit(tx: Transaction) -> None:
        found = await _managed(tx, actor, person)
        if found.is_steward == is_steward:
            raise AlreadySo("steward" if is_steward else "no_steward")
        if is_steward and not found.is_active:
            raise Invalid("person", "inactive_account", found.name[:80])
        if not is_steward and found.is_active:
            await _keep_steward(tx, found)
        await records.set_steward(tx, person, is_steward=is_steward)
        await _come_in_anew(tx, person)
        facts = {"name": found.name, "way": "appointed" if is_steward else "dismissed"}
        changed = NetworkVerb.STEWARD_CHANGED
        await journal.note_network(tx, actor, changed, ws.clock(), **facts)

    await ws.db.write(unit)


async def allow_top_folders(
    ws: Workspace, actor: Actor, person: PersonId, *, is_allowed: bool = True
) -> None:
    """Let someone make top-level folders, or no longer; for stewards."""

    async def unit(tx: Transaction) -> None:
        found = await _managed(tx, actor, person)
        if await records.may_open_top(tx, person) == is_allowed:
            raise AlreadySo("top_allowed" if is_allowed else "top_refused")
        await records.allow_top(tx, person, is_allowed=is_allowed)
        facts = {"name": found.name, "way": "allowed" if is_allowed else "refused"}
        changed = NetworkVerb.TOP_FOLDERS_ALLOWED
        await journal.note_network(tx, actor, changed, ws.clock(), **facts)

    await ws.db.write(unit)


async def _managed(tx: Transaction, actor: Actor, person: PersonId) -> Person:
    """Somebody whose account a steward manages."""
    await access.manage(tx, actor)
    found = await records.living(tx, person)
    if found is None:
        raise NotFound("person")
    return found


async def _keep_steward(tx: Transaction, person: Person) -> None:
    if not await records.has_other_steward(tx, person.id):
        raise LastSteward(person.name)


async def _come_in_anew(tx: Transaction, person: PersonId) -> None:
    await end_visits(tx, person)
    await sessions.end_links(tx, person)
