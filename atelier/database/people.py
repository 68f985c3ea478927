"""Rows of the network, organisations, people, and their memberships."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from atelier.database.engine import Transaction
from atelier.database.times import from_day, to_day, to_ms
from atelier.model import names
from atelier.model.ids import MembershipId, OrganisationId, PersonId
from atelier.model.people import Membership, Network, Organisation, Person

_PERSON = "p.id, p.name, p.email, p.is_steward, p.disabled_at"


async def network(tx: Transaction) -> Network | None:
    """The network, or None before `init`."""
    row = await tx.row("SELECT name, time_zone FROM network WHERE id = 1")
    return None if row is None else Network(*row)


async def installation(tx: Transaction) -> str:
    """The key that tells this installation from any other; no secret."""
    return str(await tx.value("SELECT key FROM installation WHERE id = 1"))


async def add_network(tx: Transaction, name: str, time_zone: str, at: datetime) -> None:
    """Write the one row of the network."""
    await tx.run(
        "INSERT INTO network (id, name, time_zone, created_at) VALUES (1, :name, :zone, :at)",
        name=name,
        zone=time_zone,
        at=to_ms(at),
    )


async def add_organisation(tx: Transaction, name: str, kind: str, at: datetime) -> OrganisationId:
    """Write an organisation; its key must be free."""
    return OrganisationId(
        await tx.value(
            "INSERT INTO organisations (name, name_key, kind, created_at)"
            " VALUES (:name, :key, :kind, :at) RETURNING id",
            name=name,
            key=names.key(name),
            kind=kind,
            at=to_ms(at),
        )
    )


async def organisation_named(tx: Transaction, name: str) -> Organisation | None:
    """The organisation of this name, in any case or normal form."""
    row = await tx.row(
        "SELECT id, name, kind, ends_on FROM organisations WHERE name_key = :key",
        key=names.key(name.strip()),
    )
    return None if row is None else _organisation(row)


async def organisations(tx: Transaction) -> list[Organisation]:
    """All organisations by name."""
    rows = await tx.rows("SELECT id, name, kind, ends_on FROM organisations")
    return sorted(map(_organisation, rows), key=lambda one: names.sort_key(one.name))


async def add_person(
    tx: Transaction, email: str, name: str, at: datetime, *, is_steward: bool = False
) -> PersonId:
    """Write a person; her address must be free."""
    return PersonId(
        await tx.value(
            "INSERT INTO people (email, email_key, name, is_steward, created_at)"
            " VALUES (:email, :key, :name, :steward, :at) RETURNING id",
            email=email,
            key=names.key(email),
            name=name,
            steward=int(is_steward),
            at=to_ms(at),
        )
    )


async def add_membership(
    tx: Transaction,
    person: PersonId,
    organisation: OrganisationId,
    *,
    function: str,
    is_representative: bool,
    starts_on: date | None,
    ends_on: date | None,
) -> MembershipId:
    """Write her place in an organisation; she must not have one there."""
    return MembershipId(
        await tx.value(
            "INSERT INTO memberships"
            " (person_id, organisation_id, function, is_representative, starts_on, ends_on)"
            " VALUES (:person, :organisation, :function, :representative, :starts, :ends)"
            " RETURNING id",
            person=person,
            organisation=organisation,
            function=function,
            representative=int(is_representative),
            starts=from_day(starts_on),
            ends=from_day(ends_on),
        )
    )


async def membership_id(
    tx: Transaction, person: PersonId, organisation: OrganisationId
) -> MembershipId | None:
    """Her place in this organisation, whatever its dates."""
    found = await tx.value(
        "SELECT id FROM memberships WHERE person_id = :person AND organisation_id = :organisation",
        person=person,
        organisation=organisation,
    )
    return None if found is None else MembershipId(found)


async def person(tx: Transaction, person_id: int) -> Person | None:
    """A person with her memberships."""
    row = await tx.row(f"SELECT {_PERSON} FROM people p WHERE p.id = :id", id=person_id)
    return None if row is None else (await _with_memberships(tx, [row]))[0]


async def person_by_email(tx: Transaction, email: str) -> Person | None:
    """The person of this address, in any case."""
    row = await tx.row(
        f"SELECT {_PERSON} FROM people p WHERE p.email_key = :key",
        key=names.key(email.strip()),
    )
    return None if row is None else (await _with_memberships(tx, [row]))[0]


async def first_steward(tx: Transaction) -> Person | None:
    """The steward who was there first and is still active."""
    row = await tx.row(
        f"SELECT {_PERSON} FROM people p"
        " WHERE p.is_steward = 1 AND p.disabled_at IS NULL ORDER BY p.id LIMIT 1"
    )
    return None if row is None else (await _with_memberships(tx, [row]))[0]


async def people(tx: Transaction) -> list[Person]:
    """All people by name, with their memberships, in two statements."""
    rows = await tx.rows(f"SELECT {_PERSON} FROM people p ORDER BY p.name, p.id")
    return await _with_memberships(tx, rows, everyone=True)


async def may_open_top(tx: Transaction, person: PersonId) -> bool:
    """Whether a steward allowed her to make top-level folders."""
    return bool(await tx.value("SELECT may_open_top FROM people WHERE id = :id", id=person))


async def allow_top(tx: Transaction, person: PersonId) -> bool:
    """Let her make top-level folders; False when there is no such person."""
    return await tx.run("UPDATE people SET may_open_top = 1 WHERE id = :id", id=person) == 1


async def password_of(tx: Transaction, email: str) -> tuple[PersonId, str] | None:
    """The id and password hash ("" when none) of an active person by her address."""
    row = await tx.row(
        "SELECT id, password_hash FROM people WHERE email_key = :key AND disabled_at IS NULL",
        key=names.key(email.strip()),
    )
    return None if row is None else (PersonId(row[0]), row[1])


async def set_password(tx: Transaction, person: PersonId, password_hash: str) -> None:
    """Keep the hash of her new password."""
    await tx.run(
        "UPDATE people SET password_hash = :hash WHERE id = :id", hash=password_hash, id=person
    )


async def set_language(tx: Transaction, person: PersonId, language: str) -> None:
    """Keep the language she reads in."""
    await tx.run(
        "UPDATE people SET language = :language WHERE id = :id", language=language, id=person
    )


async def _with_memberships(
    tx: Transaction, rows: Iterable[tuple[Any, ...]], *, everyone: bool = False
) -> list[Person]:
    people_rows = list(rows)
    one = None if everyone else people_rows[0][0]
    found = await tx.rows(
        "SELECT m.person_id, m.id, m.function, m.is_representative, m.starts_on, m.ends_on,"
        " o.id, o.name, o.kind, o.ends_on"
        " FROM memberships m JOIN organisations o ON o.id = m.organisation_id"
        + ("" if everyone else " WHERE m.person_id = :one")
        + " ORDER BY m.id",
        **({} if one is None else {"one": one}),
    )
    places: dict[int, list[Membership]] = defaultdict(list)
    for row in found:
        places[row[0]].append(_membership(row[1:]))
    return [_person(row, tuple(places[row[0]])) for row in people_rows]


def _organisation(row: tuple[Any, ...]) -> Organisation:
    return Organisation(OrganisationId(row[0]), row[1], row[2], to_day(row[3]))


def _membership(row: tuple[Any, ...]) -> Membership:
    number, function, is_representative, starts_on, ends_on, *organisation = row
    return Membership(
        id=MembershipId(number),
        organisation=_organisation(tuple(organisation)),
        function=function,
        is_representative=bool(is_representative),
        starts_on=to_day(starts_on),
        ends_on=to_day(ends_on),
    )


def _person(row: tuple[Any, ...], memberships: tuple[Membership, ...]) -> Person:
    return Person(
        id=PersonId(row[0]),
        name=row[1],
        email=row[2],
        is_steward=bool(row[3]),
        is_active=row[4] is None,
        memberships=memberships,
    )
