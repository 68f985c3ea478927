"""Leaving: an organisation by oneself; a departure, with the coordination handed over.

Nobody hands over more than was held, nor to herself what she could not have given. A
steward reads no folder by it: she hands over what would be left without coordination, as
she would see it listed then, and never to herself, for that is taking a folder over.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from atelier import access
from atelier.database import departures as records
from atelier.database import journal, organisations, people, sharing
from atelier.database.engine import Transaction
from atelier.errors import AlreadySo, Forbidden, Invalid, NotFound
from atelier.model.departures import Ending, Held, Pending
from atelier.model.folders import Action, Folder, Role, Subject, SubjectKind
from atelier.model.ids import FolderId, GroupId, MembershipId, PersonId
from atelier.model.journal import Verb
from atelier.model.organisations import has_ended
from atelier.model.people import Actor, Membership, Person, Seat
from atelier.workspace import accounts, groups, memberships
from atelier.workspace.place import Workspace
from atelier.workspace.sharing import addresses

FIELD: Final = "to-"
GROUP_FIELD: Final = "group-"


@dataclass(frozen=True, slots=True)
class Leaving:
    """A place of her own that she may end, and what goes with it: heads of folders, groups."""

    place: Membership
    folders: tuple[tuple[FolderId, str], ...]
    groups: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Departure:
    """Somebody who is to leave, and what she leaves behind, as the one who asks may know it.

    `held` are the folders to hand over, `others` how many more she coordinates that it is
    not for the one who asks to hand over. Of the groups that she coordinates, `managed` are
    those to hand over. `addresses` are people to choose from.
    """

    person: Person
    ending: Ending
    held: tuple[Held, ...]
    others: int
    seats: tuple[Seat, ...]
    pending: Pending
    addresses: tuple[tuple[str, str], ...]
    managed: frozenset[GroupId] = frozenset()


class _Undone(Exception):
    """Leaves a transaction so that nothing of it stays."""


async def leaving(ws: Workspace, actor: Actor, number: MembershipId) -> Leaving:
    """What she would lose with a place of hers, found by ending it and undoing that."""
    access.act(actor)
    found: list[Leaving] = []

    async def unit(tx: Transaction) -> None:
        place = await memberships.own(tx, actor, number)
        everywhere = replace(actor, acting_as=None)
        before = await access.readable_folders(tx, everywhere)
        groups = await records.seats(tx, place.id)
        ended = replace(place, ends_on=actor.today - timedelta(days=1))
        await organisations.rewrite_place(tx, ended)
        lost = before - await access.readable_folders(tx, everywhere)
        found.append(Leaving(place, tuple(await records.heads(tx, lost)), tuple(groups)))
        raise _Undone

    try:
        await ws.db.write(unit)
    except _Undone:
        return found[-1]
    raise AssertionError("unreachable")


async def leave(ws: Workspace, actor: Actor, number: MembershipId, last_day: date) -> Membership:
    """End a place of one's own after a day, today or later, and not later than it ends."""
    access.act(actor)

    async def unit(tx: Transaction) -> Membership:
        return await memberships.leave(ws, tx, actor, number, last_day)

    return await ws.db.write(unit)


async def look(ws: Workspace, actor: Actor, person: PersonId) -> Departure:
    """What somebody would leave behind; for herself, her representatives and stewards."""

    async def unit(tx: Transaction) -> Departure:
        found, ending, _ = await _leaver(tx, actor, person)
        every = await records.coordinated(tx, person, actor.today)
        held = [
            await _as_known(tx, actor, one)
            for one in every
            if await _may_hand(tx, actor, found, one, ending)
        ]
        seats = [one for one in await people.seats(tx, person, actor.today) if one.is_coordinator]
        numbers = {one.group_id for one in seats}
        return Departure(
            found,
            ending,
            tuple(held),
            len(every) - len(held),
            tuple(seats),
            await records.pending(tx, actor, person, ws.clock()),
            await addresses(tx, actor),
            frozenset({one for one in numbers if await groups.may_manage(tx, actor, one)}),
        )

    return await ws.db.read(unit)


async def depart(
    ws: Workspace,
    actor: Actor,
    person: PersonId,
    successors: Mapping[FolderId, str],
    groups_to: Mapping[GroupId, str] | None = None,
) -> Ending:
    """Hand folders and groups over to people by their addresses, then end her place or account.

    All at once. What is not named stays as it is; a group goes to one of its members.
    `Invalid` names the field `to-FOLDER` or `group-GROUP` of an address that cannot be;
    `NotFound` for what is not the actor's to hand over.
    """

    async def unit(tx: Transaction) -> Ending:
        found, ending, places = await _leaver(tx, actor, person)
        held = {one.folder_id: one for one in await records.coordinated(tx, person, actor.today)}
        for folder, email in successors.items():
            if folder not in held:
                raise NotFound("folder")
            if not await _may_hand(tx, actor, found, held[folder], ending):
                raise NotFound("folder")
            await _hand_over(ws, tx, actor, found, held[folder], email)
        for group, email in (groups_to or {}).items():
            await _hand_group(ws, tx, actor, found, group, email)
        for place in places:
            last_day = max(actor.today - timedelta(days=1), place.starts_on or date.min)
            await memberships.finish(ws, tx, actor, found, place, last_day)
        if ending is Ending.ACCOUNT:
            await accounts.close(ws, tx, actor, found)
        return ending

    return await ws.db.write(unit)


async def _leaver(
    tx: Transaction, actor: Actor, number: PersonId
) -> tuple[Person, Ending, tuple[Membership, ...]]:
    """Who leaves, what the actor ends by it, and which places."""
    access.act(actor)
    found = await people.living(tx, number)
    if found is None:
        raise NotFound("person")
    if number == actor.person_id:
        return found, Ending.NOTHING, ()
    is_steward = await memberships.is_steward(tx, actor)
    open_places = [one for one in found.memberships if not has_ended(one, actor.today)]
    managed = await memberships.managed(tx, actor, [one.organisation.id for one in open_places])
    if not is_steward and not managed:
        raise NotFound("person")
    if not found.is_active:
        raise AlreadySo("disabled")
    if is_steward:
        return found, Ending.ACCOUNT, ()
    hers = tuple(one for one in open_places if one.organisation.id in managed)
    return found, Ending.PLACE, hers


async def _may_hand(
    tx: Transaction, actor: Actor, person: Person, held: Held, ending: Ending
) -> bool:
    """Whether the actor shares the folder, or closes the only account that coordinates it."""
    if await _shared(tx, actor, held.folder_id) is not None:
        return True
    if ending is not Ending.ACCOUNT:
        return False
    return not await access.is_coordinated_without(tx, actor, held.folder_id, person.id)


async def _as_known(tx: Transaction, actor: Actor, held: Held) -> Held:
    """Without the name of a folder that the actor does not share: handing over reads nothing."""
    return held if await _shared(tx, actor, held.folder_id) else replace(held, folder="")


async def _shared(tx: Transaction, actor: Actor, folder: FolderId) -> Folder | None:
    try:
        return await access.enter(tx, actor, folder, Action.SHARE)
    except (NotFound, Forbidden):
        return None


async def _hand_over(
    ws: Workspace, tx: Transaction, actor: Actor, person: Person, held: Held, email: str
) -> None:
    successor = await _successor(tx, f"{FIELD}{held.folder_id}", person, email)
    folder = await _shared(tx, actor, held.folder_id)
    if folder is None and successor.id == actor.person_id:
        raise Invalid(f"{FIELD}{held.folder_id}", "take_over_instead", email[:80])
    until = held.until
    if folder is not None and access.outlasts(folder, until):
        until = folder.shares_until
    subject = Subject(SubjectKind.PERSON, successor.id, successor.name)
    at = ws.clock()
    if not await _holds(tx, held, subject, until):
        role = Role.COORDINATOR
        await sharing.put(tx, held.folder_id, subject, role, until, by=actor.person_id, at=at)
    await sharing.withdraw(tx, held.grant_id)
    if folder is not None:
        await access.keep_coordinated(tx, actor, folder)
    facts = {"subject": successor.name, "before": person.name}
    if until is not None:
        facts["until"] = until.isoformat()
    hat = folder.hat if folder else actor.acting_as or actor.main_organisation
    await journal.note(tx, actor, held.folder_id, Verb.HANDED_OVER, at, hat=hat, facts=facts)


async def _hand_group(
    ws: Workspace, tx: Transaction, actor: Actor, person: Person, group: GroupId, email: str
) -> None:
    field = f"{GROUP_FIELD}{group}"
    if not await groups.may_manage(tx, actor, group):
        raise NotFound("group")  # before anything is told of who has an account
    successor = await _successor(tx, field, person, email)
    try:
        await groups.hand_on(ws, tx, actor, group, by=person.id, to=successor.id)
    except Invalid as error:
        raise Invalid(field, error.fault, error.value) from error


async def _successor(tx: Transaction, field: str, person: Person, email: str) -> Person:
    """Another active person, by her address."""
    found = await people.person_by_email(tx, email)
    if found is None:
        raise Invalid(field, "unknown_address", email[:80])
    if not found.is_active:
        raise Invalid(field, "inactive_account", email[:80])
    if found.id == person.id:
        raise Invalid(field, "leaves", email[:80])
    return found


async def _holds(tx: Transaction, held: Held, subject: Subject, until: date | None) -> bool:
    """Whether she coordinates it herself as long already; `AlreadySo` where she holds longer.

    A grant of a person is one, and changes whole: a longer one is not cut.
    """
    own = await sharing.held(tx, held.folder_id, subject)
    if own is None:
        return False
    role, ends = own
    lasts = ends is None or (until is not None and ends >= until)
    if role is Role.COORDINATOR and lasts:
        return True
    if lasts and until is not None:
        raise AlreadySo("held")
    return False
