"""Organisations as they live: their particulars, one that leaves, two that become one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from atelier import access
from atelier.database import groups, invitations, invites, journal, people, quotas, sharing
from atelier.database import organisations as records
from atelier.database.engine import Transaction
from atelier.errors import AlreadySo, Invalid, NotFound
from atelier.model import names, registers
from atelier.model.folders import Grant, Subject, SubjectKind
from atelier.model.ids import FolderId, OrganisationId
from atelier.model.journal import NetworkVerb, Verb
from atelier.model.organisations import (
    MAX_CONTACT_CHARACTERS,
    MAX_KIND_CHARACTERS,
    OrganisationMember,
    Particulars,
    has_ended,
    united,
)
from atelier.model.people import Actor, Membership, Organisation
from atelier.model.quotas import Space
from atelier.workspace import orphans
from atelier.workspace.memberships import is_steward, widens
from atelier.workspace.place import Workspace


@dataclass(frozen=True, slots=True)
class Sheet:
    """An organisation, the one it merged into, and its people: those of today, then the others.

    `is_present` until its last day, or the day on which it merged. `may_manage` is for
    stewards, as are `others`: the organisations of today into which it could be merged.
    `may_bring` people into it: its representatives too. `space`, what was deposited for it,
    is for those who may bring.
    """

    organisation: Organisation
    is_present: bool
    may_manage: bool
    may_bring: bool
    into: Organisation | None
    present: tuple[OrganisationMember, ...]
    past: tuple[OrganisationMember, ...]
    others: tuple[Organisation, ...]
    space: Space | None = None


@dataclass(frozen=True, slots=True)
class Departure:
    """An organisation with its last day, and the heads of the folders that it orphans.

    A folder counts as orphaned when nobody coordinates it on the day after.
    """

    organisation: Organisation
    orphaned: tuple[FolderId, ...]


async def look(ws: Workspace, actor: Actor, number: OrganisationId) -> Sheet:
    """All that the network knows of an organisation, for anyone signed in."""

    async def unit(tx: Transaction) -> Sheet:
        organisation = await _found(tx, number)
        into = organisation.merged_into
        may_manage = await is_steward(tx, actor)
        manages = await _manages(tx, actor, number)
        members = await records.members(tx, organisation)
        return Sheet(
            organisation,
            _is_present(organisation, actor.today),
            may_manage,
            _is_present(organisation, actor.today) and manages,
            None if into is None else await records.get(tx, into),
            tuple(one for one in members if not one.is_over(actor.today)),
            tuple(one for one in members if one.is_over(actor.today)),
            await _others(tx, actor, organisation) if may_manage else (),
            await quotas.of_organisation(tx, number, ws.clock()) if manages else None,
        )

    return await ws.db.read(unit)


async def _manages(tx: Transaction, actor: Actor, number: OrganisationId) -> bool:
    try:
        await access.manage_organisation(tx, actor, number)
    except NotFound:
        return False
    return True


async def enter(ws: Workspace, actor: Actor, number: OrganisationId) -> Organisation:
    """An organisation that she may change, as it stands: `Forbidden` for all but stewards."""

    async def unit(tx: Transaction) -> Organisation:
        await access.manage(tx, actor)
        return await _found(tx, number)

    return await ws.db.read(unit)


async def change(
    ws: Workspace, actor: Actor, number: OrganisationId, asked: Particulars
) -> Organisation:
    """Write other particulars; for stewards.

    `Invalid` names the field that cannot be; `AlreadySo` says what another organisation
    has: `organisation` (the name), `siret` or `finess`.
    """
    particulars = _checked(asked)

    async def unit(tx: Transaction) -> Organisation:
        await access.manage(tx, actor)
        before = await _found(tx, number)
        await _keep_unique(tx, before, particulars)
        await records.change(tx, number, particulars)
        facts = {"subject": particulars.name}
        if particulars.name != before.name:
            facts["before"] = before.name
        changed = NetworkVerb.ORGANISATION_CHANGED
        await journal.note_network(tx, actor, changed, ws.clock(), **facts)
        return await _found(tx, number)

    return await ws.db.write(unit)


async def end(ws: Workspace, actor: Actor, number: OrganisationId, last_day: date) -> Departure:
    """It leaves the network after a day, today or later, and its grants end with it.

    For stewards. Its documents and its history stay. A later day than the one that was
    said before does not give back what has been cut short.
    """
    if last_day < actor.today:
        raise Invalid("day", "past", last_day.isoformat())
    afterwards = replace(actor, today=day_after(last_day))

    async def unit(tx: Transaction) -> Departure:
        await access.manage(tx, actor)
        organisation = await _present(tx, actor, number)
        if organisation.ends_on == last_day:
            raise AlreadySo("last_day")
        orphans = set(await access.orphaned(tx, afterwards))
        await _end_grants(ws, tx, actor, organisation, last_day)
        await records.end(tx, number, last_day)
        facts = {"subject": organisation.name, "until": last_day.isoformat()}
        left = NetworkVerb.ORGANISATION_LEFT
        await journal.note_network(tx, actor, left, ws.clock(), **facts)
        new = [one for one in await access.orphaned(tx, afterwards) if one not in orphans]
        return Departure(replace(organisation, ends_on=last_day), tuple(new))

    return await ws.db.write(unit)


def day_after(last_day: date) -> date:
    """The first day without it; `Invalid` where the calendar has none."""
    if last_day == date.max:
        raise Invalid("day", "out_of_range", last_day.isoformat())
    return last_day + timedelta(days=1)


async def merge(
    ws: Workspace, actor: Actor, number: OrganisationId, into: OrganisationId
) -> Organisation:
    """It becomes part of another, to which its people, grants and invitations go; for stewards.

    Where both have access to a folder, the access that covers the other in role and in date
    stays, and the other's own when neither does: nobody's right is silently widened. Both
    must be there today. Gives the organisation that stays.
    """
    if number == into:
        raise Invalid("into", "itself", str(into))

    async def unit(tx: Transaction) -> Organisation:
        await access.manage(tx, actor)
        organisation = await _present(tx, actor, number)
        target = await records.get(tx, into)
        if target is None or not _is_present(target, actor.today):
            raise Invalid("into", "unknown", str(into))
        await _tell_merged(ws, tx, actor, organisation, target)
        await _merge_people(tx, organisation, target, actor.today)
        await _merge_grants(ws, tx, actor, organisation, target)
        await invitations.merge(tx, number, into)
        await invites.merge(tx, number, into)
        await quotas.merge(tx, number, into)
        await records.end(tx, number, actor.today, merged_into=into)
        facts = {"subject": organisation.name, "into": target.name}
        merged = NetworkVerb.ORGANISATION_MERGED
        await journal.note_network(tx, actor, merged, ws.clock(), **facts)
        return target

    return await ws.db.write(unit)


async def _found(tx: Transaction, number: OrganisationId) -> Organisation:
    organisation = await records.get(tx, number)
    if organisation is None:
        raise NotFound("organisation")
    return organisation


async def _present(tx: Transaction, actor: Actor, number: OrganisationId) -> Organisation:
    organisation = await _found(tx, number)
    if not _is_present(organisation, actor.today):
        raise AlreadySo("left")
    return organisation


def _is_present(organisation: Organisation, day: date) -> bool:
    """Whether something can still be done with it: what merged today has no day left."""
    return organisation.merged_into is None and organisation.is_there(day)


async def _others(
    tx: Transaction, actor: Actor, organisation: Organisation
) -> tuple[Organisation, ...]:
    present = await records.present(tx, actor.today)
    return tuple(one for one in present if one.id != organisation.id)


def _checked(asked: Particulars) -> Particulars:
    particulars = Particulars(
        name=names.checked(asked.name),
        kind=" ".join(asked.kind.split()),
        siret=registers.siret(asked.siret),
        finess=registers.finess(asked.finess),
        address=asked.address.strip(),
        contact=asked.contact.strip(),
    )
    for field, text, limit in (
        ("kind", particulars.kind, MAX_KIND_CHARACTERS),
        ("address", particulars.address, MAX_CONTACT_CHARACTERS),
        ("contact", particulars.contact, MAX_CONTACT_CHARACTERS),
    ):
        if len(text) > limit:
            raise Invalid(field, "too_long", text[:40])
    return particulars


async def _keep_unique(
    tx: Transaction, organisation: Organisation, particulars: Particulars
) -> None:
    same = await people.organisation_named(tx, particulars.name)
    if same is not None and same.id != organisation.id:
        raise AlreadySo("organisation")
    if await records.holder(tx, "siret", particulars.siret) not in (None, organisation.id):
        raise AlreadySo("siret")
    if await records.holder(tx, "finess", particulars.finess) not in (None, organisation.id):
        raise AlreadySo("finess")


async def _end_grants(
    ws: Workspace, tx: Transaction, actor: Actor, organisation: Organisation, last_day: date
) -> None:
    for grant in await records.grants(tx, organisation, actor.today):
        until = last_day if grant.until is None else min(grant.until, last_day)
        facts = {"subject": organisation.name, "until": until.isoformat()}
        await _note(ws, tx, actor, grant.folder_id, Verb.ORGANISATION_LEFT, facts)
    await records.end_grants(tx, organisation.id, last_day)


async def _tell_merged(
    ws: Workspace, tx: Transaction, actor: Actor, organisation: Organisation, target: Organisation
) -> None:
    """Tell where a steward has access by this merger that her place did not give her before."""
    hers = {
        home.id: member.membership
        for home in (organisation, target)
        for member in await records.members(tx, home)
        if member.person_id == actor.person_id
    }
    brought, here = hers.get(organisation.id), hers.get(target.id)
    after = united(here, brought, actor.today) if here and brought else here or brought
    if after is None or has_ended(after, actor.today):
        return
    for home in (organisation, target):
        if widens(hers.get(home.id), after):
            through = Subject(SubjectKind.ORGANISATION, home.id)
            await orphans.joined(ws, tx, actor, actor.person_id, through, target.name)


async def _merge_people(
    tx: Transaction, organisation: Organisation, target: Organisation, today: date
) -> None:
    here = {one.person_id: one.membership for one in await records.members(tx, target)}
    for member in await records.members(tx, organisation):
        if member.person_id in here:
            await _unite(tx, here[member.person_id], member.membership, today)
    await records.move_places(tx, organisation.id, target.id)


async def _unite(tx: Transaction, here: Membership, brought: Membership, today: date) -> None:
    """One place of two. Seats of a place that has ended do not come back with the other."""
    if has_ended(here, today) and not has_ended(brought, today):
        await groups.remove_seats(tx, here.id)
    if has_ended(brought, today) and not has_ended(here, today):
        await groups.remove_seats(tx, brought.id)
    await groups.move_seats(tx, brought.id, here.id)
    await records.remove_place(tx, brought.id)
    await records.rewrite_place(tx, united(here, brought, today))


async def _merge_grants(
    ws: Workspace, tx: Transaction, actor: Actor, organisation: Organisation, target: Organisation
) -> None:
    own = {one.folder_id: one for one in await records.grants(tx, target, actor.today)}
    facts = {"subject": organisation.name, "into": target.name}
    for grant in await records.grants(tx, organisation, actor.today):
        same = own.get(grant.folder_id)
        if same is None or (_covers(grant, same) and not _covers(same, grant)):
            await records.move_grant(tx, grant, target.id)
        else:
            await sharing.withdraw(tx, grant.id)
        await _note(ws, tx, actor, grant.folder_id, Verb.ORGANISATION_MERGED, facts)


def _covers(one: Grant, other: Grant) -> bool:
    """Whether who has the one has all of the other, for as long."""
    lasts = one.until is None or (other.until is not None and one.until >= other.until)
    return lasts and access.ROLES[one.role].actions >= access.ROLES[other.role].actions


async def _note(
    ws: Workspace,
    tx: Transaction,
    actor: Actor,
    folder: FolderId,
    verb: Verb,
    facts: dict[str, str],
) -> None:
    """A line in a folder that the steward has not entered: she wears the hat she has."""
    hat = actor.acting_as or actor.main_organisation
    await journal.note(tx, actor, folder, verb, ws.clock(), hat=hat, facts=facts)
