"""Rows of who sees a folder and through what: `access.REACHED`, made ready for lists."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from atelier import access
from atelier.database.engine import Transaction
from atelier.database.sharing import GRANT, grant_of
from atelier.model.folders import Action, Grant, Role
from atelier.model.ids import FolderId, GrantId, MembershipId, OrganisationId, PersonId
from atelier.model.people import Actor

_RANKS = (Role.READER, Role.CONTRIBUTOR, Role.COORDINATOR)
_RANK = " ".join(f"WHEN '{role}' THEN {rank}" for rank, role in enumerate(_RANKS))

_PLACES_TODAY = """memberships m JOIN organisations o ON o.id = m.organisation_id
    WHERE (m.starts_on IS NULL OR m.starts_on <= :today)
      AND (m.ends_on IS NULL OR m.ends_on >= :today)
      AND (o.ends_on IS NULL OR o.ends_on >= :today)"""

# What someone is or was, whatever the days: with the place on which it hangs.
_WHATEVER_THE_DAY = """whatever(kind, id, membership_id) AS (
    SELECT 'network', 0, NULL
    UNION ALL
    SELECT 'person', :whom, NULL
    UNION ALL
    SELECT 'organisation', m.organisation_id, m.id FROM memberships m WHERE m.person_id = :whom
    UNION ALL
    SELECT 'group', gm.group_id, m.id FROM memberships m
    JOIN group_members gm ON gm.membership_id = m.id WHERE m.person_id = :whom
)"""


class Reached(NamedTuple):
    """Someone whom a folder lets in, with her highest role there; thousands are made at once.

    `email` is "" for one who looks and may not know it.
    """

    id: PersonId
    name: str
    email: str
    is_steward: bool
    role: Role


@dataclass(frozen=True, slots=True)
class Step:
    """A folder on the way up; `is_allowed` when the one asked about may do this there."""

    id: FolderId
    name: str
    is_closed: bool
    is_allowed: bool


async def reached(tx: Transaction, actor: Actor, folder: FolderId) -> list[Reached]:
    """Everybody whom the folder lets in today, in no order; addresses that the actor may know."""
    rows = await tx.rows(
        f"WITH {access.REACHED}, best(person_id, rank) AS ("
        f" SELECT person_id, MAX(CASE role {_RANK} END) FROM reached GROUP BY person_id)"
        f" SELECT p.id, p.name, CASE WHEN {access.SEES_ADDRESS} THEN p.email ELSE '' END,"
        " p.is_steward, b.rank"
        " FROM best b JOIN people p ON p.id = b.person_id",
        folder=folder,
        **access.asking(actor),
    )
    return [
        Reached(number, name, email, bool(is_steward), _RANKS[rank])
        for number, name, email, is_steward, rank in rows
    ]


async def reasons(
    tx: Transaction, folder: FolderId, today: date, people: Collection[PersonId] | None = None
) -> dict[PersonId, list[tuple[GrantId, str]]]:
    """Through which grants the folder lets people in, and for which organisation ("": none).

    Everybody, or only these people.
    """
    # `+ 0` keeps the condition out of the rule: in it, each grant would be asked about each
    # of these people, which costs six times as much on a folder of 1,300 grants.
    chosen, values = _among("t.person_id + 0", people)
    rows = await tx.rows(
        f"WITH {access.REACHED} SELECT t.person_id, t.grant_id, o.name FROM reached t"
        " LEFT JOIN organisations o ON o.id = t.organisation_id"
        f" WHERE {chosen}",
        folder=folder,
        today=today.isoformat(),
        **values,
    )
    found: dict[PersonId, list[tuple[GrantId, str]]] = defaultdict(list)
    for person, grant, organisation in rows:
        found[PersonId(person)].append((GrantId(grant), organisation or ""))
    return found


async def places(
    tx: Transaction, today: date, people: Collection[PersonId] | None = None
) -> dict[PersonId, tuple[str, ...]]:
    """The organisations where people have a place today: everybody, or only these people."""
    chosen, values = _among("m.person_id", people)
    rows = await tx.rows(
        f"SELECT m.person_id, o.name FROM {_PLACES_TODAY} AND {chosen} ORDER BY m.id",
        today=today.isoformat(),
        **values,
    )
    found: dict[PersonId, tuple[str, ...]] = defaultdict(tuple)
    for person, organisation in rows:
        found[PersonId(person)] += (organisation,)
    return found


async def organisations(tx: Transaction) -> list[tuple[OrganisationId, str]]:
    """Every organisation and its name, in no order."""
    rows = await tx.rows("SELECT id, name FROM organisations")
    return [(OrganisationId(number), name) for number, name in rows]


async def placed_in(
    tx: Transaction, today: date, organisations: Collection[OrganisationId]
) -> frozenset[PersonId]:
    """Those who have a place today in one of these organisations."""
    chosen, values = _among("m.organisation_id", organisations)
    rows = await tx.rows(
        f"SELECT DISTINCT m.person_id FROM {_PLACES_TODAY} AND {chosen}",
        today=today.isoformat(),
        **values,
    )
    return frozenset(PersonId(person) for (person,) in rows)


async def concerning(
    tx: Transaction, actor: Actor, folder: FolderId, whom: PersonId
) -> list[tuple[Grant, MembershipId | None]]:
    """The grants in the folder's reach that are or were hers, whatever their days and hers.

    Each with the place on which it hangs, if any; the nearest folder's first.
    """
    rows = await tx.rows(
        f"WITH {access.scoped(actor, Action.READ)}, {_WHATEVER_THE_DAY}"
        f" SELECT {GRANT}, w.membership_id FROM reach r"
        " JOIN grants g ON g.folder_id = r.ancestor_id"
        " JOIN whatever w ON w.kind = g.subject_kind AND w.id = g.subject_id"
        " JOIN folders f ON f.id = g.folder_id"
        " WHERE r.folder_id = :folder ORDER BY g.folder_id <> :folder, g.id, w.membership_id",
        folder=folder,
        whom=whom,
        **access.asking(actor),
    )
    return [(grant_of(row[:-1]), row[-1]) for row in rows]


async def way_up(tx: Transaction, actor: Actor, folder: FolderId, action: Action) -> list[Step]:
    """The folder and all above it, closed or not, with whether the actor may do this there."""
    rows = await tx.rows(
        f"WITH RECURSIVE {access.scoped(actor, action)}, way(id, step) AS ("
        " SELECT :folder, 0"
        " UNION ALL"
        " SELECT f.parent_id, w.step + 1 FROM way w JOIN folders f ON f.id = w.id"
        " WHERE f.parent_id IS NOT NULL"
        f") SELECT f.id, f.name, f.is_closed, {access.meets('f.id')}"
        " FROM way w JOIN folders f ON f.id = w.id ORDER BY w.step",
        folder=folder,
        **access.asking(actor),
    )
    return [
        Step(FolderId(number), name, bool(is_closed), bool(is_allowed))
        for number, name, is_closed, is_allowed in rows
    ]


def _among(column: str, numbers: Collection[int] | None) -> tuple[str, dict[str, object]]:
    """A condition that the column is one of these numbers, and its values; None is any."""
    if numbers is None:
        return "1 = 1", {}
    values: dict[str, object] = {f"n{index}": one for index, one in enumerate(numbers)}
    return f"{column} IN ({', '.join(f':{name}' for name in values)})", values
