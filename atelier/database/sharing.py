"""Rows of grants."""

from __future__ import annotations

from datetime import date, datetime

from atelier import access
from atelier.database.engine import Transaction
from atelier.database.times import from_day, to_day, to_ms
from atelier.model.folders import Action, Grant, Role, Subject, SubjectKind
from atelier.model.ids import FolderId, GrantId, PersonId
from atelier.model.people import Actor

_NAME = """CASE g.subject_kind
    WHEN 'organisation' THEN (SELECT name FROM organisations WHERE id = g.subject_id)
    WHEN 'group' THEN (SELECT name FROM groups WHERE id = g.subject_id)
    WHEN 'person' THEN (SELECT name FROM people WHERE id = g.subject_id)
    ELSE (SELECT name FROM network) END"""

_EXISTS = {
    SubjectKind.ORGANISATION: "SELECT name FROM organisations WHERE id = :id"
    " AND (ends_on IS NULL OR ends_on >= :today)",
    SubjectKind.GROUP: "SELECT name FROM groups WHERE id = :id AND :today <> ''",
    SubjectKind.PERSON: "SELECT name FROM people WHERE id = :id AND disabled_at IS NULL"
    " AND :today <> ''",
    SubjectKind.NETWORK: "SELECT name FROM network WHERE :id = 0 AND :today <> ''",
}


async def reaching(tx: Transaction, actor: Actor, folder: FolderId) -> list[Grant]:
    """The grants valid today that reach a folder: its own first, then inherited ones.

    The name of a folder above that the actor may not read stays empty.
    """
    rows = await tx.rows(
        f"WITH {access.scoped(Action.READ)} SELECT g.id, g.folder_id,"
        f" CASE WHEN {access.meets('f.id')} THEN f.name ELSE '' END,"
        f" g.subject_kind, g.subject_id, {_NAME}, g.role, g.until"
        " FROM reach r JOIN grants g ON g.folder_id = r.ancestor_id"
        " JOIN folders f ON f.id = g.folder_id"
        " WHERE r.folder_id = :folder AND (g.until IS NULL OR g.until >= :today)"
        " ORDER BY g.folder_id <> :folder, g.id",
        folder=folder,
        **access.asking(actor),
    )
    return [
        Grant(
            GrantId(number),
            FolderId(folder_id),
            name,
            Subject(SubjectKind(kind), subject, subject_name),
            Role(role),
            to_day(until),
        )
        for number, folder_id, name, kind, subject, subject_name, role, until in rows
    ]


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
