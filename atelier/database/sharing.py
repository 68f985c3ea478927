"""Rows of grants."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from atelier import access
from atelier.database.engine import Transaction
from atelier.database.times import from_day, to_day, to_ms
from atelier.model import names
from atelier.model.audience import Cause, DeadGrant
from atelier.model.folders import Action, Grant, Role, Subject, SubjectKind
from atelier.model.ids import FolderId, GrantId, PersonId
from atelier.model.people import Actor

# A grant g in folder f, for `grant_of`; a folder that `scoped` does not meet stays nameless.
GRANT = f"""g.id, g.folder_id, CASE WHEN {access.meets("f.id")} THEN f.name ELSE '' END,
    g.subject_kind, g.subject_id, CASE g.subject_kind
    WHEN 'organisation' THEN (SELECT name FROM organisations WHERE id = g.subject_id)
    WHEN 'group' THEN (SELECT name FROM groups WHERE id = g.subject_id)
    WHEN 'person' THEN (SELECT name FROM people WHERE id = g.subject_id)
    ELSE (SELECT name FROM network) END, g.role, g.until"""

# The grant g is valid today, and its subject is there today.
_OPENS = """(g.until IS NULL OR g.until >= :today) AND CASE g.subject_kind
    WHEN 'organisation' THEN EXISTS (SELECT 1 FROM organisations o
        WHERE o.id = g.subject_id AND o.merged_into IS NULL
        AND (o.ends_on IS NULL OR o.ends_on >= :today))
    WHEN 'person' THEN EXISTS (SELECT 1 FROM people p
        WHERE p.id = g.subject_id AND p.disabled_at IS NULL)
    ELSE 1 = 1 END"""

_EXISTS = {
    SubjectKind.ORGANISATION: "SELECT name FROM organisations WHERE id = :id"
    " AND merged_into IS NULL AND (ends_on IS NULL OR ends_on >= :today)",
    SubjectKind.GROUP: "SELECT name FROM groups WHERE id = :id AND :today <> ''",
    SubjectKind.PERSON: "SELECT name FROM people WHERE id = :id AND disabled_at IS NULL"
    " AND :today <> ''",
    SubjectKind.NETWORK: "SELECT name FROM network WHERE :id = 0 AND :today <> ''",
}


async def reaching(tx: Transaction, actor: Actor, folder: FolderId) -> list[Grant]:
    """The grants that open a folder today: its own first, then inherited ones.

    Valid today, for a subject that is there today. The name of a folder above that the
    actor may not read stays empty.
    """
    rows = await tx.rows(
        f"WITH {access.scoped(actor, Action.READ)} SELECT {GRANT}"
        " FROM reach r JOIN grants g ON g.folder_id = r.ancestor_id"
        " JOIN folders f ON f.id = g.folder_id"
        f" WHERE r.folder_id = :folder AND {_OPENS}"
        " ORDER BY g.folder_id <> :folder, g.id",
        folder=folder,
        **access.asking(actor),
    )
    return [grant_of(row) for row in rows]


async def dead(tx: Transaction, actor: Actor, folder: FolderId) -> list[DeadGrant]:
    """The grants of this very folder that open nothing any more."""
    rows = await tx.rows(
        f"WITH {access.scoped(actor, Action.READ)} SELECT {GRANT},"
        " (SELECT o.ends_on FROM organisations o"
        " WHERE g.subject_kind = 'organisation' AND o.id = g.subject_id)"
        " FROM grants g JOIN folders f ON f.id = g.folder_id"
        f" WHERE g.folder_id = :folder AND NOT ({_OPENS}) ORDER BY g.id",
        folder=folder,
        **access.asking(actor),
    )
    return [_dead(grant_of(row[:-1]), to_day(row[-1]), actor.today) for row in rows]


async def own(tx: Transaction, actor: Actor, folder: FolderId, grant: GrantId) -> Grant | None:
    """The grant of this number, living or dead, if it is one of this very folder."""
    row = await tx.row(
        f"WITH {access.scoped(actor, Action.READ)} SELECT {GRANT}"
        " FROM grants g JOIN folders f ON f.id = g.folder_id"
        " WHERE g.id = :grant AND g.folder_id = :folder",
        grant=grant,
        folder=folder,
        **access.asking(actor),
    )
    return None if row is None else grant_of(row)


def grant_of(row: tuple[Any, ...]) -> Grant:
    """The grant in a row of `GRANT`."""
    number, folder_id, name, kind, subject, subject_name, role, until = row
    return Grant(
        GrantId(number),
        FolderId(folder_id),
        name,
        Subject(SubjectKind(kind), subject, subject_name),
        Role(role),
        to_day(until),
    )


async def held(
    tx: Transaction, folder: FolderId, subject: Subject
) -> tuple[Role, date | None] | None:
    """The role of this subject's own grant on this very folder, and its last day; None: none."""
    row = await tx.row(
        "SELECT role, until FROM grants"
        " WHERE folder_id = :folder AND subject_kind = :kind AND subject_id = :subject",
        folder=folder,
        kind=subject.kind,
        subject=subject.id,
    )
    return None if row is None else (Role(row[0]), to_day(row[1]))


async def subjects(tx: Transaction, today: date) -> list[Subject]:
    """To whom access can be granted today by choosing: network, organisations, groups, by name."""
    rows = await tx.rows(
        "SELECT 'organisation', id, name FROM organisations"
        " WHERE merged_into IS NULL AND (ends_on IS NULL OR ends_on >= :today)"
        " UNION ALL SELECT 'group', id, name FROM groups"
        " UNION ALL SELECT 'network', 0, name FROM network",
        today=today.isoformat(),
    )
    order = list(SubjectKind)
    found = [Subject(SubjectKind(kind), number, name) for kind, number, name in rows]
    return sorted(found, key=lambda one: (order.index(one.kind), names.sort_key(one.name), one.id))


async def addresses(tx: Transaction, actor: Actor, most: int) -> list[tuple[str, str]]:
    """(address, name) by name of the active people whose address she may know.

    Nothing when there are more than `most` people.
    """
    rows = await tx.rows(
        f"SELECT p.email, p.name, {access.SEES_ADDRESS} FROM people p"
        " WHERE p.disabled_at IS NULL LIMIT :limit",
        limit=most + 1,
        **access.asking(actor),
    )
    if len(rows) > most:
        return []
    known = ((email, name) for email, name, is_known in rows if is_known)
    return sorted(known, key=lambda one: names.sort_key(one[1]))


async def name_of(tx: Transaction, kind: SubjectKind, subject: int, today: date) -> str | None:
    """The name of someone to whom access can be granted today, or None."""
    found = await tx.value(_EXISTS[kind], id=subject, today=today.isoformat())
    return None if found is None else str(found)


async def put(
    tx: Transaction,
    folder: FolderId,
    subject: Subject,
    role: Role,
    until: date | None,
    *,
    by: PersonId,
    at: datetime,
) -> GrantId:
    """Write the one grant of this subject on this folder, or change it."""
    return GrantId(
        await tx.value(
            "INSERT INTO grants"
            " (folder_id, subject_kind, subject_id, role, until, granted_by, granted_at)"
            " VALUES (:folder, :kind, :subject, :role, :until, :by, :at)"
            " ON CONFLICT (folder_id, subject_kind, subject_id) DO UPDATE SET role = excluded.role,"
            " until = excluded.until, granted_by = excluded.granted_by,"
            " granted_at = excluded.granted_at RETURNING id",
            folder=folder,
            kind=subject.kind,
            subject=subject.id,
            role=role,
            until=from_day(until),
            by=by,
            at=to_ms(at),
        )
    )


async def withdraw(tx: Transaction, grant: GrantId) -> None:
    """Remove a grant."""
    await tx.run("DELETE FROM grants WHERE id = :id", id=grant)


def _dead(grant: Grant, organisation_ended: date | None, today: date) -> DeadGrant:
    if grant.until is not None and grant.until < today:
        return DeadGrant(grant, Cause.PAST, grant.until)
    if grant.subject.kind is SubjectKind.ORGANISATION:
        return DeadGrant(grant, Cause.ORGANISATION_LEFT, organisation_ended)
    return DeadGrant(grant, Cause.ACCOUNT_INACTIVE, None)
