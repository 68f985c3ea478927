"""Rows of working groups."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from atelier.database.engine import Transaction
from atelier.database.times import to_ms
from atelier.model import names
from atelier.model.ids import GroupId, MembershipId, PersonId
from atelier.model.people import Group, GroupMember


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


async def everyone(tx: Transaction) -> list[Group]:
    """All groups by name, with their members."""
    groups = await tx.rows("SELECT id, name FROM groups")
    seats = await tx.rows(
        "SELECT gm.group_id, p.id, p.name, o.name FROM group_members gm"
        " JOIN memberships m ON m.id = gm.membership_id"
        " JOIN people p ON p.id = m.person_id"
        " JOIN organisations o ON o.id = m.organisation_id ORDER BY p.name, m.id"
    )
    members: dict[int, list[GroupMember]] = defaultdict(list)
    for group, person, name, organisation in seats:
        members[group].append(GroupMember(PersonId(person), name, organisation))
    return sorted(
        (Group(GroupId(number), name, tuple(members[number])) for number, name in groups),
        key=lambda group: names.sort_key(group.name),
    )
