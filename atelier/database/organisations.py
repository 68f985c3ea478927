"""Rows of one organisation: its particulars, its places, its grants, its end."""

from __future__ import annotations

from datetime import date
from typing import Any

from atelier.database.engine import Transaction
from atelier.database.times import from_day, to_day
from atelier.model import names
from atelier.model.folders import Grant, Role, Subject, SubjectKind
from atelier.model.ids import FolderId, GrantId, MembershipId, OrganisationId, PersonId
from atelier.model.organisations import OrganisationMember, Particulars
from atelier.model.people import Membership, Organisation

_ALL = "id, name, kind, ends_on, siret, finess, address, contact, merged_into"
_HOLDERS = {
    "siret": "SELECT id FROM organisations WHERE siret = :number AND siret <> ''",
    "finess": "SELECT id FROM organisations WHERE finess = :number AND finess <> ''",
}


async def get(tx: Transaction, organisation: OrganisationId) -> Organisation | None:
    """An organisation with all that is known of it."""
    row = await tx.row(f"SELECT {_ALL} FROM organisations WHERE id = :id", id=organisation)
    return None if row is None else _organisation(row)


async def present(tx: Transaction, today: date) -> list[Organisation]:
    """The organisations of today by name; one that merged today is not among them."""
    rows = await tx.rows(
        f"SELECT {_ALL} FROM organisations WHERE merged_into IS NULL"
        " AND (ends_on IS NULL OR ends_on >= :today)",
        today=today.isoformat(),
    )
    return sorted(map(_organisation, rows), key=lambda one: names.sort_key(one.name))


async def holder(tx: Transaction, register: str, number: str) -> OrganisationId | None:
    """Which organisation has this number in the register: `siret` or `finess`."""
    found = await tx.value(_HOLDERS[register], number=number)
    return None if found is None else OrganisationId(found)


async def change(tx: Transaction, organisation: OrganisationId, to: Particulars) -> None:
    """Write other particulars; the name's key and the numbers must be free."""
    await tx.run(
        "UPDATE organisations SET name = :name, name_key = :key, kind = :kind, siret = :siret,"
        " finess = :finess, address = :address, contact = :contact WHERE id = :id",
        id=organisation,
        name=to.name,
        key=names.key(to.name),
        kind=to.kind,
        siret=to.siret,
        finess=to.finess,
        address=to.address,
        contact=to.contact,
    )


async def end(
    tx: Transaction,
    organisation: OrganisationId,
    on: date,
    *,
    merged_into: OrganisationId | None = None,
) -> None:
    """Write its last day, and into which other it went."""
    await tx.run(
        "UPDATE organisations SET ends_on = :day, merged_into = :into WHERE id = :id",
        id=organisation,
        day=on.isoformat(),
        into=merged_into,
    )


async def members(tx: Transaction, organisation: Organisation) -> list[OrganisationMember]:
    """Everyone who has or had a place in it, by name."""
    rows = await tx.rows(
        "SELECT p.id, p.name, p.disabled_at, m.id, m.function, m.is_representative,"
        " m.starts_on, m.ends_on FROM memberships m JOIN people p ON p.id = m.person_id"
        " WHERE m.organisation_id = :id",
        id=organisation.id,
    )
    found = [_member(row, organisation) for row in rows]
    return sorted(found, key=lambda one: (names.sort_key(one.person), one.membership.id))


async def grants(tx: Transaction, organisation: Organisation, today: date) -> list[Grant]:
    """The grants it has today, on any folder, in the order in which they were given."""
    rows = await tx.rows(
        "SELECT g.id, g.folder_id, f.name, g.role, g.until FROM grants g"
        " JOIN folders f ON f.id = g.folder_id"
        " WHERE g.subject_kind = 'organisation' AND g.subject_id = :id"
        " AND (g.until IS NULL OR g.until >= :today) ORDER BY g.id",
        id=organisation.id,
        today=today.isoformat(),
    )
    subject = Subject(SubjectKind.ORGANISATION, organisation.id, organisation.name)
    return [
        Grant(GrantId(number), FolderId(folder), name, subject, Role(role), to_day(until))
        for number, folder, name, role, until in rows
    ]


async def end_grants(tx: Transaction, organisation: OrganisationId, on: date) -> None:
    """None of its grants lasts longer than that day."""
    await tx.run(
        "UPDATE grants SET until = :day WHERE subject_kind = 'organisation' AND subject_id = :id"
        " AND (until IS NULL OR until > :day)",
        id=organisation,
        day=on.isoformat(),
    )


async def move_grant(tx: Transaction, grant: Grant, into: OrganisationId) -> None:
    """Another organisation has this grant now, instead of any it had on the same folder."""
    await tx.run(
        "DELETE FROM grants WHERE folder_id = :folder AND subject_kind = 'organisation'"
        " AND subject_id = :into",
        folder=grant.folder_id,
        into=into,
    )
    await tx.run("UPDATE grants SET subject_id = :into WHERE id = :id", id=grant.id, into=into)


async def move_places(tx: Transaction, organisation: OrganisationId, into: OrganisationId) -> None:
    """Everyone's place there becomes one in the other, but for those who have one already.

    Nobody represents the other by that: a steward says who does.
    """
    await tx.run(
        "UPDATE memberships SET organisation_id = :into, is_representative = 0"
        " WHERE organisation_id = :id"
        " AND person_id NOT IN (SELECT person_id FROM memberships WHERE organisation_id = :into)",
        id=organisation,
        into=into,
    )


async def rewrite_place(tx: Transaction, place: Membership) -> None:
    """Write the function, the dates and the standing of a place anew."""
    await tx.run(
        "UPDATE memberships SET function = :function, is_representative = :representative,"
        " starts_on = :starts, ends_on = :ends WHERE id = :id",
        id=place.id,
        function=place.function,
        representative=int(place.is_representative),
        starts=from_day(place.starts_on),
        ends=from_day(place.ends_on),
    )


async def remove_place(tx: Transaction, place: MembershipId) -> None:
    """Forget a place that sits in no group."""
    await tx.run("DELETE FROM memberships WHERE id = :id", id=place)


def _organisation(row: tuple[Any, ...]) -> Organisation:
    number, name, kind, ends_on, siret, finess, address, contact, merged_into = row
    return Organisation(
        id=OrganisationId(number),
        name=name,
        kind=kind,
        ends_on=to_day(ends_on),
        siret=siret,
        finess=finess,
        address=address,
        contact=contact,
        merged_into=None if merged_into is None else OrganisationId(merged_into),
    )


def _member(row: tuple[Any, ...], organisation: Organisation) -> OrganisationMember:
    person, name, disabled_at, number, function, is_representative, starts_on, ends_on = row
    place = Membership(
        id=MembershipId(number),
        organisation=organisation,
        function=function,
        is_representative=bool(is_representative),
        starts_on=to_day(starts_on),
        ends_on=to_day(ends_on),
    )
    return OrganisationMember(PersonId(person), name, place, disabled_at is None)
