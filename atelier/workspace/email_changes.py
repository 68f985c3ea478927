"""A change of address: asked with the password, and made once both addresses have confirmed.

Or by a steward, for somebody who has lost her old address.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from atelier import access
from atelier.database import calendars, journal, sessions
from atelier.database import email_changes as changes
from atelier.database import people as records
from atelier.database.email_changes import ChangeRow as ChangeRow
from atelier.database.engine import Transaction
from atelier.database.sessions import Purpose
from atelier.errors import AlreadySo, Invalid, LinkSpent, NotFound
from atelier.model import names
from atelier.model.ids import PersonId
from atelier.model.journal import NetworkVerb
from atelier.model.letters import KeyChange, LetterKind
from atelier.model.people import Actor, Person
from atelier.workspace import entering, mailing, own_account, throttle
from atelier.workspace.people import checked_email
from atelier.workspace.place import Workspace, today

DAYS: Final = 3
_LASTING: Final = timedelta(days=DAYS)
_SIDES: Final = (Purpose.EMAIL_OLD, Purpose.EMAIL_NEW)
_TO_A_PASSWORD: Final = (Purpose.WELCOME, Purpose.RESET)
_ASKED_AT_MOST: Final = 5


@dataclass(frozen=True, slots=True)
class Confirming:
    """A change as one of its two addresses is shown it.

    `is_new`: the link went to the new address; whoever reads it there is told nothing of the
    old one, for the address may have been mistyped.
    """

    person: Person
    email: str
    is_new: bool


async def waiting(ws: Workspace, actor: Actor) -> ChangeRow | None:
    """The change of hers that has not been confirmed by both; None while she sees as another."""
    if actor.seeing is not None:
        return None
    return await ws.db.read(lambda tx: _asked(ws, tx, actor.person_id))


async def ask(
    ws: Workspace, actor: Actor, email: str, *, current: str, address: str, token: str = ""
) -> None:
    """Ask for another address, with the current password; a letter goes to each of the two.

    One who has no password is let through by the session of this token when it is fresh.

    Nothing tells whether somebody has that address already. `Invalid`: `email` for one that
    is malformed, hers already (`same_address`), or where no letter can leave (`without_mail`); the
    errors of `own_account.prove`; `TooMany` for many changes in a short time.
    """
    access.act(actor)
    wanted = checked_email(email)
    if not mailing.is_set(ws):
        raise Invalid("email", "without_mail")
    proved = await own_account.prove(ws, actor, current, address, token=token)
    if names.key(wanted) == names.key(proved.person.email):
        raise Invalid("email", "same_address", wanted[:80])

    async def unit(tx: Transaction) -> None:
        person = await own_account.check_still(tx, proved)
        tries = {f"email-change:{person.id}": _ASKED_AT_MOST}
        await throttle.check(tx, tries, ws.clock())
        await sessions.end_links(tx, person.id, *_SIDES)
        await changes.put(tx, person.id, wanted, ws.clock())
        for kind in (LetterKind.EMAIL_OLD, LetterKind.EMAIL_NEW):
            await mailing.queue(ws, tx, kind, person=person.id)

    await ws.db.write(unit)


async def give_up(ws: Workspace, actor: Actor) -> None:
    """Ask for no other address any more; the links in the letters end."""

    async def unit(tx: Transaction) -> None:
        access.act(actor)
        await _over(tx, actor.person_id)

    await ws.db.write(unit)


async def look_at_link(ws: Workspace, token: str) -> Confirming:
    """What a link confirms, without using it. `LinkSpent`."""
    return await ws.db.read(lambda tx: _confirming(ws, tx, token))


async def confirm(ws: Workspace, token: str) -> bool:
    """Confirm by the link of one address; whether both have, so that the address changed.

    With the change her links to a password end: they went to the old address. `LinkSpent`;
    `AlreadySo` (`address`) when somebody has got the address meanwhile.
    """

    async def unit(tx: Transaction) -> bool:
        found = await _confirming(ws, tx, token)
        person = found.person
        await sessions.use_link(tx, sessions.hashed(token), ws.clock())
        await changes.confirm(tx, person.id, ws.clock(), is_new=found.is_new)
        change = await _asked(ws, tx, person.id)
        assert change is not None
        if not (change.old_has_confirmed and change.new_has_confirmed):
            return False
        herself = await entering.actor_of(tx, person, today(ws))
        await sessions.end_links(tx, person.id, *_TO_A_PASSWORD)
        await _set(ws, tx, herself, person, change.email)
        await records.set_email_proved(tx, person.id, ws.clock())
        return True

    return await ws.db.write(unit)


async def set_by_steward(ws: Workspace, actor: Actor, person: PersonId, email: str) -> None:
    """Give somebody another address, for one who has lost hers; for stewards.

    Her sessions, links and feed end. `Invalid` (`email`); `AlreadySo` (`address`) when
    somebody has it.
    """
    wanted = checked_email(email)

    async def unit(tx: Transaction) -> None:
        await access.manage(tx, actor)
        found = await records.person(tx, person)
        if found is None:
            raise NotFound("person")
        if wanted == found.email:
            raise Invalid("email", "same_address", wanted[:80])
        await entering.end_visits(tx, person)
        await sessions.end_links(tx, person)
        await calendars.end(tx, person)
        await _set(ws, tx, actor, found, wanted)

    await ws.db.write(unit)


async def _set(ws: Workspace, tx: Transaction, actor: Actor, person: Person, email: str) -> None:
    holder = await records.person_by_email(tx, email)
    if holder is not None and holder.id != person.id:
        raise AlreadySo("address")
    await records.set_email(tx, person.id, email)
    await _over(tx, person.id)
    changed = NetworkVerb.EMAIL_CHANGED
    await journal.note_network(tx, actor, changed, ws.clock(), name=person.name)
    kind, about = LetterKind.KEYS_CHANGED, KeyChange.ADDRESS
    await mailing.queue(ws, tx, kind, person=person.id, about=about)


async def _over(tx: Transaction, person: PersonId) -> None:
    await changes.end(tx, person)
    await sessions.end_links(tx, person, *_SIDES)


async def _asked(ws: Workspace, tx: Transaction, person: PersonId) -> ChangeRow | None:
    return await changes.of_person(tx, person, ws.clock() - _LASTING)


async def _confirming(ws: Workspace, tx: Transaction, token: str) -> Confirming:
    link = await sessions.link(tx, sessions.hashed(token), ws.clock(), *_SIDES)
    person = None if link is None else await records.person(tx, link.person_id or 0)
    change = None if person is None else await _asked(ws, tx, person.id)
    if link is None or person is None or change is None:
        raise LinkSpent
    return Confirming(person, change.email, link.purpose is Purpose.EMAIL_NEW)
