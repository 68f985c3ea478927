"""An account that is erased (GDPR art. 17): its name goes, what was shared with it stays.

Documents and their history belong to those who work with them. They keep standing, and
say of their author that she was erased. What she alone used goes: address, keys, searches.
The access log names people by number, so that its chain holds. What was typed as text by
somebody, in minutes for instance, is content: whoever coordinates there changes it.

A restored backup brings back whom it still knew: an erasure is made again then.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from atelier import access
from atelier.database import erasure as records
from atelier.database import journal, people
from atelier.database.engine import Transaction
from atelier.database.erasure import Remaining
from atelier.errors import AlreadySo, NotFound
from atelier.model.ids import PersonId
from atelier.model.journal import NetworkVerb
from atelier.model.people import Actor, Person
from atelier.workspace import throttle
from atelier.workspace.place import Workspace

# In the language of the network: the name stands in the records, for everybody alike.
ERASED: Final = {"fr": "Personne effacée", "en": "Erased person"}


@dataclass(frozen=True, slots=True)
class Erasing:
    """An account that may be erased once it is disabled, and what stays then."""

    person: Person
    remaining: Remaining


async def look(ws: Workspace, actor: Actor, person: PersonId) -> Erasing:
    """What an erasure would leave; for stewards."""

    async def unit(tx: Transaction) -> Erasing:
        found = await _found(tx, actor, person)
        return Erasing(found, await records.remaining(tx, person))

    return await ws.db.read(unit)


async def erase(ws: Workspace, actor: Actor, person: PersonId) -> None:
    """Erase a disabled account for good; for stewards. `AlreadySo` while it is open.

    The last steward cannot be: her account cannot be disabled. Her address may be brought
    in anew, as somebody who was never here.
    """

    async def unit(tx: Transaction) -> None:
        found = await _found(tx, actor, person)
        if found.is_active:
            raise AlreadySo("still_open")
        erased = ERASED[ws.settings.network.default_language]
        attempts = (
            throttle.account(found.email),
            throttle.own_password(person),
            throttle.invitations_by(person),
            throttle.letters_to(found.email),
            throttle.second_factor(person),
        )
        await records.forget(tx, person, attempts=attempts)
        await records.withdraw_invites(tx, person, ws.clock())
        await records.unname(tx, person, erased)
        await records.erase(tx, person, erased, ws.clock())
        await records.note_index(tx, person)
        done = NetworkVerb.PERSON_ERASED
        await journal.note_network(tx, actor, done, ws.clock(), account=str(person))

    await ws.db.write(unit)


async def _found(tx: Transaction, actor: Actor, person: PersonId) -> Person:
    await access.manage(tx, actor)
    found = await people.living(tx, person)
    if found is None:
        raise NotFound("person")
    return found
