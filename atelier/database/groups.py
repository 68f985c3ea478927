"""Rows of working groups."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from atelier import access
from atelier.database.engine import Transaction
from atelier.database.times import to_ms
from atelier.model import names
from atelier.model.folders import Action
from atelier.model.ids import FolderId, GroupId, MembershipId, PersonId
from atelier.model.people import Actor, Group, GroupMember

_SEATS = """
SELECT gm.group_id, m.id, p.id, p.name, o.name, gm.is_coordinator, p.disabled_at IS NULL
    AND (m.starts_on IS NULL OR m.starts_on <= :today)
    AND (m.ends_on IS NULL OR m.ends_on >= :today)
    AND (o.ends_on IS NULL OR o.ends_on >= :today)
FROM group_members gm
JOIN memberships m ON m.id = gm.membership_id
JOIN people p ON p.id = m.person_id
JOIN organisations o ON o.id = m.organisation_id"""
_BY_NAME = "ORDER BY p.name, m.id"


async def add(tx: Transaction, name: str, at: datetime) -> GroupId:
    """Write a group; its key must be free."""
    return GroupId(
        await tx.value(
            "INSERT INTO groups (name, name_key, created_at)"
            " VALUES (:name, :key, :at) RETURNING id",
            name=name,
            key=names.key(name),
            at=to_ms(at),
        )
    )


async def add_member(tx: Transaction, group: GroupId, membership: MembershipId) -> None:
    """Seat a membership; nothing happens when it sits there already."""
    await tx.run(
        "INSERT INTO group_members (group_id, membership_id) VALUES (:group, :membership)"
        " ON CONFLICT DO NOTHING",
        group=group,
        membership=membership,
    )


async def named(tx: Transaction, name: str) -> Group | None:
    """The group of this name, in any case, without its members."""
    row = await tx.row(
        "SELECT id, name FROM groups WHERE name_key = :key", key=names.key(name.strip())
    )
    return None if row is None else Group(GroupId(row[0]), row[1])


async def get(tx: Transaction, group: GroupId, today: date) -> Group | None:
    """A group with its members."""
    name = await tx.value("SELECT name FROM groups WHERE id = :id", id=group)
    if name is None:
        return None
    seats = await tx.rows(
        f"{_SEATS} WHERE gm.group_id = :group {_BY_NAME}", today=today.isoformat(), group=group
    )
    return Group(group, name, tuple(_member(seat) for _, *seat in seats))


async def everyone(tx: Transaction, today: date) -> list[Group]:
    """All groups by name, with their members."""
    groups = await tx.rows("SELECT id, name FROM groups")
    members: dict[int, list[GroupMember]] = defaultdict(list)
    for group, *seat in await tx.rows(f"{_SEATS} {_BY_NAME}", today=today.isoformat()):
        members[group].append(_member(seat))
    return sorted(
        (Group(GroupId(number), name, tuple(members[number])) for number, name in groups),
        key=lambda group: names.sort_key(group.name),
    )


async def rename(tx: Transaction, group: GroupId, name: str) -> None:
    """Give a group another name; its key must be free."""
    await tx.run(
        "UPDATE groups SET name = :name, name_key = :key WHERE id = :id",
        id=group,
        name=name,
        key=names.key(name),
    )


async def appoint(
    tx: Transaction, group: GroupId, membership: MembershipId, *, coordinates: bool
) -> None:
    """Let a member seat the others, or no longer."""
    await tx.run(
        "UPDATE group_members SET is_coordinator = :coordinates"
        " WHERE group_id = :group AND membership_id = :membership",
        coordinates=int(coordinates),
        group=group,
        membership=membership,
    )


async def remove_member(tx: Transaction, group: GroupId, membership: MembershipId) -> None:
    """Take a membership's seat in one group."""
    await tx.run(
        "DELETE FROM group_members WHERE group_id = :group AND membership_id = :membership",
        group=group,
        membership=membership,
    )


async def remove_seats(tx: Transaction, membership: MembershipId) -> None:
    """Take a membership's seats in all groups."""
    await tx.run("DELETE FROM group_members WHERE membership_id = :id", id=membership)


async def move_seats(tx: Transaction, membership: MembershipId, to: MembershipId) -> None:
    """Another membership sits where this one sat, and coordinates where either did."""
    await tx.run(
        "INSERT INTO group_members (group_id, membership_id, is_coordinator)"
        " SELECT group_id, :to, is_coordinator FROM group_members WHERE membership_id = :id"
        " ON CONFLICT (group_id, membership_id) DO UPDATE SET is_coordinator = 1"
        " WHERE excluded.is_coordinator = 1",
        id=membership,
        to=to,
    )
    await remove_seats(tx, membership)


async def coordinated(tx: Transaction, actor: Actor, group: GroupId) -> list[tuple[FolderId, str]]:
    """The folders on which the group has coordination without end.

    The name of one that the actor may not read stays empty.
    """
    rows = await tx.rows(
        f"WITH {access.scoped(actor, Action.READ)} SELECT f.id,"
        f" CASE WHEN {access.meets('f.id')} THEN f.name ELSE '' END"
        " FROM grants g JOIN folders f ON f.id = g.folder_id"
        " WHERE g.subject_kind = 'group' AND g.subject_id = :group"
        " AND g.role = 'coordinator' AND g.until IS NULL ORDER BY f.id",
        group=group,
        **access.asking(actor),
    )
    return [(FolderId(number), name) for number, name in rows]


def _member(seat: Sequence[Any]) -> GroupMember:
    membership, person, name, organisation, coordinates, is_active = seat
    return GroupMember(
        MembershipId(membership),
        PersonId(person),
        name,
        organisation,
        is_coordinator=bool(coordinates),
        is_active=bool(is_active),
    )
