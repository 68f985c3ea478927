"""Working groups across organisations: who sits in them, and who seats the others."""

from __future__ import annotations

from dataclasses import dataclass

from atelier import access
from atelier.database import groups as records
from atelier.database import journal, people
from atelier.database.engine import Transaction
from atelier.errors import AlreadySo, Invalid, LastCoordinator, NotFound
from atelier.model import names
from atelier.model.folders import Subject, SubjectKind
from atelier.model.ids import GroupId, MembershipId, PersonId
from atelier.model.journal import NetworkVerb
from atelier.model.people import Actor, Group, GroupMember, Membership, Person
from atelier.workspace import orphans
from atelier.workspace.place import Workspace


@dataclass(frozen=True, slots=True)
class Sheet:
    """A group with its members, and whether the one who looks may seat others in it."""

    group: Group
    may_manage: bool


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
        number = await records.add(tx, clean, ws.clock())
        for member in members:
            _, place = await _seat_of(tx, actor, member)
            await records.add_member(tx, number, place.id)
        added = NetworkVerb.GROUP_ADDED
        await journal.note_network(tx, actor, added, ws.clock(), group=clean)
        return await _found(tx, actor, number)

    return await ws.db.write(unit)


async def listed(ws: Workspace, actor: Actor) -> list[Group]:
    """The groups of the network with their members, for anyone signed in."""
    return await ws.db.read(lambda tx: records.everyone(tx, actor.today))


async def look(ws: Workspace, actor: Actor, number: GroupId) -> Sheet:
    """Who sits in a group and for whom, for anyone signed in."""

    async def unit(tx: Transaction) -> Sheet:
        group = await _found(tx, actor, number)
        return Sheet(group, await may_manage(tx, actor, number))

    return await ws.db.read(unit)


async def enter(ws: Workspace, actor: Actor, number: GroupId) -> Group:
    """A group in which she may seat others: stewards and its coordinators; else `NotFound`."""
    return await ws.db.read(lambda tx: _entered(tx, actor, number))


async def rename(ws: Workspace, actor: Actor, number: GroupId, name: str) -> None:
    """Another name; for stewards and the group's coordinators, as all that follows.

    `NotFound` for everybody else, the same as for a group that never was.
    """
    clean = names.checked(name)

    async def unit(tx: Transaction) -> None:
        group = await _entered(tx, actor, number)
        same = await records.named(tx, clean)
        if group.name == clean:
            raise AlreadySo("named")
        if same is not None and same.id != number:
            raise AlreadySo("group")
        await records.rename(tx, number, clean)
        facts = {"before": group.name, "after": clean}
        await journal.note_network(tx, actor, NetworkVerb.GROUP_RENAMED, ws.clock(), **facts)

    await ws.db.write(unit)


async def seat(ws: Workspace, actor: Actor, number: GroupId, member: str) -> None:
    """Seat someone by her address, or `address=organisation`, in a place that she has today."""

    async def unit(tx: Transaction) -> None:
        group = await _entered(tx, actor, number)
        person, place = await _seat_of(tx, actor, member)
        if any(one.membership_id == place.id for one in group.members):
            raise AlreadySo("seated")
        await records.add_member(tx, number, place.id)
        facts = _facts(group, person.name, place.organisation.name)
        await journal.note_network(tx, actor, NetworkVerb.SEATED, ws.clock(), **facts)
        through = Subject(SubjectKind.GROUP, number)
        await orphans.joined(ws, tx, actor, person.id, through, group.name)

    await ws.db.write(unit)


async def unseat(ws: Workspace, actor: Actor, number: GroupId, membership: MembershipId) -> None:
    """Take someone's seat; refused when a folder would be left without coordination by it."""

    async def unit(tx: Transaction) -> None:
        group = await _entered(tx, actor, number)
        member = _member(group, membership)
        kept = [
            (folder, name)
            for folder, name in await records.coordinated(tx, actor, number)
            if await access.is_coordinated(tx, actor, folder)
        ]
        await records.remove_member(tx, number, membership)
        for folder, name in kept:
            if not await access.is_coordinated(tx, actor, folder):
                raise LastCoordinator(name) if name else Invalid("member", "last_coordination")
        facts = _facts(group, member.person, member.organisation)
        await journal.note_network(tx, actor, NetworkVerb.UNSEATED, ws.clock(), **facts)

    await ws.db.write(unit)


async def appoint(
    ws: Workspace, actor: Actor, number: GroupId, membership: MembershipId, *, coordinates: bool
) -> None:
    """Let a member of today seat the others, or let a coordinator do so no longer."""

    async def unit(tx: Transaction) -> None:
        group = await _entered(tx, actor, number)
        member = _member(group, membership)
        if member.is_coordinator == coordinates:
            raise AlreadySo("appointed" if coordinates else "dismissed")
        if coordinates and not member.is_active:
            raise Invalid("member", "ended", member.person)
        await records.appoint(tx, number, membership, coordinates=coordinates)
        verb = NetworkVerb.APPOINTED if coordinates else NetworkVerb.DISMISSED
        facts = _facts(group, member.person, member.organisation)
        await journal.note_network(tx, actor, verb, ws.clock(), **facts)

    await ws.db.write(unit)


async def hand_on(
    ws: Workspace, tx: Transaction, actor: Actor, number: GroupId, *, by: PersonId, to: PersonId
) -> None:
    """Have one member coordinate a group in place of another, in this transaction.

    `NotFound` for a group that the actor does not manage, or the other does not coordinate;
    `Invalid` (`member`, `not_seated`) for one who is no member of today.
    """
    group = await _entered(tx, actor, number)
    hers = [one for one in group.members if one.person_id == by and one.is_coordinator]
    if not hers:
        raise NotFound("group")
    theirs = [one for one in group.members if one.person_id == to and one.is_active]
    if not theirs:
        raise Invalid("member", "not_seated", group.name[:80])
    gains = () if any(one.is_coordinator for one in theirs) else theirs[:1]
    for one, coordinates in (*((one, True) for one in gains), *((one, False) for one in hers)):
        await records.appoint(tx, number, one.membership_id, coordinates=coordinates)
        verb = NetworkVerb.APPOINTED if coordinates else NetworkVerb.DISMISSED
        facts = _facts(group, one.person, one.organisation)
        await journal.note_network(tx, actor, verb, ws.clock(), **facts)


async def _found(tx: Transaction, actor: Actor, number: GroupId) -> Group:
    group = await records.get(tx, number, actor.today)
    if group is None:
        raise NotFound("group")
    return group


async def _entered(tx: Transaction, actor: Actor, number: GroupId) -> Group:
    await access.manage_group(tx, actor, number)
    return await _found(tx, actor, number)


async def may_manage(tx: Transaction, actor: Actor, number: GroupId) -> bool:
    """Whether the actor seats and appoints members of this group."""
    try:
        await access.manage_group(tx, actor, number)
    except NotFound:
        return False
    return True


def _member(group: Group, membership: MembershipId) -> GroupMember:
    for member in group.members:
        if member.membership_id == membership:
            return member
    raise NotFound("member")


def _facts(group: Group, person: str, organisation: str) -> dict[str, str]:
    return {"group": group.name, "person": person, "subject": organisation}


async def _seat_of(tx: Transaction, actor: Actor, member: str) -> tuple[Person, Membership]:
    """Whom this address names, and the place of today in which she sits."""
    email, _, organisation = (part.strip() for part in member.partition("="))
    person = await people.person_by_email(tx, email)
    if person is None or not person.is_active or not person.memberships:
        raise Invalid("member", "unknown", member[:80])
    places = person.memberships
    if organisation:
        places = await _places_in(tx, person, organisation)
        if not places:
            raise Invalid("member", "not_of_organisation", member[:80])
    today = [place for place in places if place.holds(actor.today)]
    if not today:
        raise Invalid("member", "ended", member[:80])
    return person, today[0]


async def _places_in(tx: Transaction, person: Person, name: str) -> tuple[Membership, ...]:
    found = await people.organisation_named(tx, name)
    if found is None:
        raise Invalid("member", "unknown", name[:80])
    return tuple(place for place in person.memberships if place.organisation.id == found.id)
