"""Working groups across organisations."""

from __future__ import annotations

from atelier import access
from atelier.database import groups as records
from atelier.database import people
from atelier.database.engine import Transaction
from atelier.errors import AlreadySo, Invalid
from atelier.model import names
from atelier.model.ids import GroupId, OrganisationId
from atelier.model.people import Actor, Group, Person
from atelier.workspace.place import Workspace


async def add_group(ws: Workspace, actor: Actor, name: str, members: list[str]) -> Group:
    """A new group whose members are given by address; for stewards.

    Someone of several organisations sits for her first one; `address=organisation` seats
    her for another. `Invalid` names the address that cannot sit; nothing is made then.
    """
    clean = names.checked(name)

    async def unit(tx: Transaction) -> Group:
        await access.manage(tx, actor)
        if await records.named(tx, clean):
            raise AlreadySo("group")
        group = await records.add(tx, clean, ws.clock())
        for member in members:
            await _seat(tx, group, member)
        return next(one for one in await records.everyone(tx) if one.id == group)

    return await ws.db.write(unit)


async def listed(ws: Workspace, actor: Actor) -> list[Group]:
    """The groups of the network with their members, for anyone signed in."""
    return await ws.db.read(records.everyone)


async def _seat(tx: Transaction, group: GroupId, member: str) -> None:
    email, _, organisation = member.partition("=")
    person = await people.person_by_email(tx, email)
    if person is None or not person.memberships:
        raise Invalid("member", "unknown", member[:80])
    place = await people.membership_id(tx, person.id, await _seat_for(tx, person, organisation))
    if place is None:
        raise Invalid("member", "not_of_organisation", member[:80])
    await records.add_member(tx, group, place)


async def _seat_for(tx: Transaction, person: Person, organisation: str) -> OrganisationId:
    if not organisation:
        return person.memberships[0].organisation.id
    found = await people.organisation_named(tx, organisation)
    if found is None:
        raise Invalid("member", "unknown", organisation[:80])
    return found.id
