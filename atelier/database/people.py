"""Rows of the network, organisations, people, and their memberships."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from atelier import access
from atelier.database.engine import Transaction
from atelier.database.times import from_day, to_day, to_ms
from atelier.model import names
from atelier.model.ids import GroupId, MembershipId, OrganisationId, PersonId
from atelier.model.people import Actor, Membership, Network, Organisation, Person, Seat

PERSON = "p.id, p.name, p.email, p.is_steward, p.disabled_at"
_WAY_IN = "(p.password_hash <> '' OR EXISTS (SELECT 1 FROM passkeys WHERE person_id = p.id))"
_BY_NAME = "p.sort_key, p.name, p.id"


@dataclass(frozen=True, slots=True)
class Sought:
    """Whom a list is to hold: all whose name, address or organisation answers to `words`.

    `organisations` are those whose names do; without words everybody is sought. An address
    answers only to one who may know it: it is not to be found out letter by letter.
    """

    words: str = ""
    organisations: Collection[OrganisationId] = ()
    is_active: bool = True


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
        "SELECT id, name, kind, ends_on, merged_into FROM organisations WHERE name_key = :key",
        key=names.key(name.strip()),
    )
    return None if row is None else _organisation(row)


async def organisations(tx: Transaction) -> list[Organisation]:
    """All organisations by name."""
    rows = await tx.rows("SELECT id, name, kind, ends_on, merged_into FROM organisations")
    return sorted(map(_organisation, rows), key=lambda one: names.sort_key(one.name))


async def add_person(
    tx: Transaction, email: str, name: str, at: datetime, *, is_steward: bool = False
) -> PersonId:
    """Write a person; her address must be free."""
    return PersonId(
        await tx.value(
            "INSERT INTO people (email, email_key, name, sort_key, is_steward, created_at)"
            " VALUES (:email, :key, :name, :sort_key, :steward, :at) RETURNING id",
            email=email,
            key=names.key(email),
            name=name,
            sort_key=names.sort_key(name),
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


async def person(tx: Transaction, person_id: int) -> Person | None:
    """A person with her memberships."""
    row = await tx.row(f"SELECT {PERSON} FROM people p WHERE p.id = :id", id=person_id)
    return None if row is None else await whole(tx, row)


async def living(tx: Transaction, person_id: int) -> Person | None:
    """A person with her memberships; None also for one who was erased."""
    row = await tx.row(
        f"SELECT {PERSON} FROM people p WHERE p.id = :id AND p.erased_at IS NULL", id=person_id
    )
    return None if row is None else await whole(tx, row)


async def whole(tx: Transaction, row: tuple[Any, ...]) -> Person:
    """The person of a row of `PERSON`, with her memberships."""
    return (await _with_memberships(tx, [row]))[0]


async def person_by_email(tx: Transaction, email: str) -> Person | None:
    """The person of this address, in any case."""
    row = await tx.row(
        f"SELECT {PERSON} FROM people p WHERE p.email_key = :key",
        key=names.key(email.strip()),
    )
    return None if row is None else (await _with_memberships(tx, [row]))[0]


async def first_steward(tx: Transaction) -> Person | None:
    """The steward who was there first and is still active."""
    row = await tx.row(
        f"SELECT {PERSON} FROM people p"
        " WHERE p.is_steward = 1 AND p.disabled_at IS NULL ORDER BY p.id LIMIT 1"
    )
    return None if row is None else (await _with_memberships(tx, [row]))[0]


async def people(tx: Transaction) -> list[Person]:
    """All people by name, with their memberships, in two statements."""
    rows = await tx.rows(f"SELECT {PERSON} FROM people p ORDER BY {_BY_NAME}")
    return await _with_memberships(tx, rows, everyone=True)


async def listed(
    tx: Transaction, actor: Actor, sought: Sought, *, offset: int, limit: int
) -> list[Person]:
    """A window of those who are sought, by name, with their memberships, in two statements."""
    rows = await tx.rows(
        f"SELECT {PERSON} FROM people p WHERE {_sought(sought)}"
        f" ORDER BY {_BY_NAME} LIMIT :limit OFFSET :offset",
        **_words(sought),
        **access.asking(actor),
        limit=limit,
        offset=offset,
    )
    return await _with_memberships(tx, rows)


async def count(tx: Transaction, actor: Actor, sought: Sought) -> int:
    """How many are sought."""
    return int(
        await tx.value(
            f"SELECT COUNT(*) FROM people p WHERE {_sought(sought)}",
            **_words(sought),
            **access.asking(actor),
        )
    )


async def seats(tx: Transaction, person: PersonId, today: date) -> list[Seat]:
    """The groups she sits in today, and for which organisation."""
    rows = await tx.rows(
        "SELECT g.id, g.name, o.name, gm.is_coordinator FROM memberships m"
        " JOIN group_members gm ON gm.membership_id = m.id"
        " JOIN groups g ON g.id = gm.group_id"
        " JOIN organisations o ON o.id = m.organisation_id"
        " WHERE m.person_id = :person AND (m.starts_on IS NULL OR m.starts_on <= :today)"
        " AND (m.ends_on IS NULL OR m.ends_on >= :today)"
        " AND (o.ends_on IS NULL OR o.ends_on >= :today) ORDER BY g.name_key, g.id, m.id",
        person=person,
        today=today.isoformat(),
    )
    return [
        Seat(GroupId(group), name, organisation, bool(coordinates))
        for group, name, organisation, coordinates in rows
    ]


async def has_a_way_in(tx: Transaction, person: PersonId) -> bool:
    """Whether she can come in without a link: she has a password or a passkey."""
    return bool(await tx.value(f"SELECT {_WAY_IN} FROM people p WHERE p.id = :id", id=person))


async def has_more_than_a_place(tx: Transaction, person: PersonId) -> bool:
    """Whether anything opens to this account besides what its places give, or it has a way in.

    A password, a passkey, the network's management, folders at the top, a grant of her own, a seat.
    """
    return bool(
        await tx.value(
            f"SELECT {_WAY_IN} OR is_steward = 1 OR may_open_top = 1"
            " OR EXISTS (SELECT 1 FROM grants WHERE subject_kind = 'person' AND subject_id = p.id)"
            " OR EXISTS (SELECT 1 FROM group_members gm JOIN memberships m"
            " ON m.id = gm.membership_id WHERE m.person_id = p.id)"
            " FROM people p WHERE p.id = :id",
            id=person,
        )
    )


async def set_disabled(tx: Transaction, person: PersonId, at: datetime | None) -> None:
    """Disable an account since a time, or enable it again (None)."""
    await tx.run(
        "UPDATE people SET disabled_at = :at WHERE id = :id",
        at=None if at is None else to_ms(at),
        id=person,
    )


async def set_steward(tx: Transaction, person: PersonId, *, is_steward: bool) -> None:
    """Make her a steward, or no longer one."""
    await tx.run(
        "UPDATE people SET is_steward = :steward WHERE id = :id", steward=int(is_steward), id=person
    )


async def has_other_steward(tx: Transaction, person: PersonId) -> bool:
    """Whether somebody else is an active steward."""
    return bool(
        await tx.value(
            "SELECT 1 FROM people WHERE is_steward = 1 AND disabled_at IS NULL AND id <> :id"
            " LIMIT 1",
            id=person,
        )
    )


async def may_open_top(tx: Transaction, person: PersonId) -> bool:
    """Whether a steward allowed her to make top-level folders."""
    return bool(await tx.value("SELECT may_open_top FROM people WHERE id = :id", id=person))


async def allow_top(tx: Transaction, person: PersonId, *, is_allowed: bool) -> None:
    """Let her make top-level folders, or no longer."""
    await tx.run(
        "UPDATE people SET may_open_top = :allowed WHERE id = :id",
        allowed=int(is_allowed),
        id=person,
    )


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


async def set_email(tx: Transaction, person: PersonId, email: str) -> None:
    """Keep another address of hers, which nothing proves yet to be hers; it must be free."""
    await tx.run(
        "UPDATE people SET email = :email, email_key = :key, email_proved_at = NULL WHERE id = :id",
        email=email,
        key=names.key(email),
        id=person,
    )


async def set_email_proved(tx: Transaction, person: PersonId, at: datetime | None) -> None:
    """Note since when it is known that she reads letters to her address; None: it is not."""
    await tx.run(
        "UPDATE people SET email_proved_at = :at WHERE id = :id",
        at=None if at is None else to_ms(at),
        id=person,
    )


async def has_proved_email(tx: Transaction, person: PersonId) -> bool:
    """Whether she has shown, by a link out of a letter, that her address is hers."""
    return bool(
        await tx.value("SELECT email_proved_at IS NOT NULL FROM people WHERE id = :id", id=person)
    )


async def see(tx: Transaction, person: PersonId, day: date) -> None:
    """Note that she came in that day."""
    await tx.run("UPDATE people SET seen_on = :day WHERE id = :id", day=day.isoformat(), id=person)


async def set_language(tx: Transaction, person: PersonId, language: str) -> None:
    """Keep the language she reads in."""
    await tx.run(
        "UPDATE people SET language = :language WHERE id = :id", language=language, id=person
    )


async def _with_memberships(
    tx: Transaction, rows: Iterable[tuple[Any, ...]], *, everyone: bool = False
) -> list[Person]:
    people_rows = list(rows)
    numbers = ", ".join(str(row[0]) for row in people_rows) or "0"
    found = await tx.rows(
        "SELECT m.person_id, m.id, m.function, m.is_representative, m.starts_on, m.ends_on,"
        " o.id, o.name, o.kind, o.ends_on, o.merged_into"
        " FROM memberships m JOIN organisations o ON o.id = m.organisation_id"
        + ("" if everyone else f" WHERE m.person_id IN ({numbers})")
        + " ORDER BY m.id"
    )
    places: dict[int, list[Membership]] = defaultdict(list)
    for row in found:
        places[row[0]].append(_membership(row[1:]))
    return [_person(row, tuple(places[row[0]])) for row in people_rows]


def _sought(sought: Sought) -> str:
    """A condition on the person `p`; its values are `_words`."""
    asked = "p.disabled_at IS NULL" if sought.is_active else "p.erased_at IS NULL"
    numbers = ", ".join(map(str, sought.organisations)) or "0"
    return (
        f"{asked} AND (:like = '' OR p.sort_key LIKE :like ESCAPE '!'"
        f" OR (p.email_key LIKE :address ESCAPE '!' AND {access.SEES_ADDRESS}) OR p.id IN ("
        f"SELECT person_id FROM memberships WHERE organisation_id IN ({numbers})))"
    )


def _words(sought: Sought) -> dict[str, str]:
    """Names are compared without accents, addresses as they are."""
    words = sought.words
    return {"like": _like(names.sort_key(words)), "address": _like(names.key(words))}


def _like(text: str) -> str:
    if not text:
        return ""
    for special in "!%_":
        text = text.replace(special, "!" + special)
    return f"%{text}%"


def _organisation(row: tuple[Any, ...]) -> Organisation:
    return Organisation(OrganisationId(row[0]), row[1], row[2], to_day(row[3]), merged_into=row[4])


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
