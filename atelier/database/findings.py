"""Rows about patient data that reading found in versions: how much, where, never what.

Whoever may answer a finding is warned of it, and nobody else: the coordinators of the folder,
and who deposited the version, while she may still revise there.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from atelier import access
from atelier.database.engine import Transaction
from atelier.database.times import from_ms, to_ms
from atelier.model.findings import FindingKind, Warned
from atelier.model.folders import Action
from atelier.model.ids import DocumentId, FolderId, PersonId, VersionId
from atelier.model.nir import Found
from atelier.model.people import Actor

_COLUMNS = """v.id, d.id, d.name, d.folder_id, fo.name, v.number, fi.kind, fi.count, fi.page,
    v.page_kind, fi.found_at"""

_OPEN = """ON fi.version_id = v.id AND fi.settled_at IS NULL
    JOIN documents d ON d.id = v.document_id AND d.removed_at IS NULL
    JOIN folders fo ON fo.id = d.folder_id"""

# CROSS JOIN: the order is ours. Few findings are open, whatever the number of documents.
_ANYWHERE = f"SELECT {_COLUMNS} FROM findings fi CROSS JOIN versions v {_OPEN}"

_NEWEST = "ORDER BY fi.found_at DESC, fi.version_id DESC LIMIT :limit"


@dataclass(frozen=True, slots=True)
class Findable:
    """A version as the guard sees it; `is_open` when a finding of it waits for an answer."""

    version_id: VersionId
    author: PersonId
    is_open: bool


async def keep(
    tx: Transaction, version: int, found: Found | None, page: int | None, at: datetime
) -> None:
    """Write what a reading found in a version, in the place of an earlier finding.

    What somebody has settled stays settled, unless there is more now. `page` is None where
    the format has no pages.
    """
    if found is None:
        await tx.run(
            "DELETE FROM findings WHERE version_id = :version AND settled_at IS NULL",
            version=version,
        )
        return
    await tx.run(
        "INSERT INTO findings (version_id, kind, count, page, found_at)"
        " VALUES (:version, :kind, :count, :page, :at)"
        " ON CONFLICT (version_id, kind) DO UPDATE SET count = excluded.count,"
        " page = excluded.page, settled_by = NULL, settled_at = NULL, found_at = CASE"
        " WHEN findings.settled_at IS NULL THEN findings.found_at ELSE excluded.found_at END"
        " WHERE findings.settled_at IS NULL OR excluded.count > findings.count",
        version=version,
        kind=FindingKind.NIR,
        count=found.count,
        page=page,
        at=to_ms(at),
    )


async def findable(tx: Transaction, document: DocumentId, number: int) -> Findable | None:
    """The version of this number, or None."""
    row = await tx.row(
        "SELECT v.id, v.author_id, EXISTS (SELECT 1 FROM findings fi"
        " WHERE fi.version_id = v.id AND fi.settled_at IS NULL)"
        " FROM versions v WHERE v.document_id = :document AND v.number = :number",
        document=document,
        number=number,
    )
    return None if row is None else Findable(VersionId(row[0]), PersonId(row[1]), bool(row[2]))


async def settle(tx: Transaction, version: VersionId, by: PersonId, at: datetime) -> None:
    """Write who said that what was found there is wanted."""
    await tx.run(
        "UPDATE findings SET settled_by = :by, settled_at = :at"
        " WHERE version_id = :version AND settled_at IS NULL",
        version=version,
        by=by,
        at=to_ms(at),
    )


async def of_document(
    tx: Transaction, document: DocumentId, author: PersonId | None
) -> list[Warned]:
    """The open findings of a document, newest version first; by `author` alone unless None."""
    rows = await tx.rows(
        f"SELECT {_COLUMNS} FROM versions v CROSS JOIN findings fi {_OPEN}"
        " WHERE v.document_id = :document AND (:author = 0 OR v.author_id = :author)"
        " ORDER BY v.number DESC",
        document=document,
        author=author or 0,
    )
    return [_warned(row) for row in rows]


async def in_folder(
    tx: Transaction, folder: FolderId, author: PersonId | None, limit: int
) -> list[Warned]:
    """The open findings of the documents that stand in a folder, newest first."""
    rows = await tx.rows(
        f"{_ANYWHERE} WHERE d.folder_id = :folder AND (:author = 0 OR v.author_id = :author)"
        f" {_NEWEST}",
        folder=folder,
        author=author or 0,
        limit=limit,
    )
    return [_warned(row) for row in rows]


async def waiting(tx: Transaction, actor: Actor, limit: int) -> list[Warned]:
    """The newest open findings that she may answer, anywhere; two statements."""
    found: dict[int, Warned] = {}
    for action, whose in (
        (Action.RESTORE, ""),
        (Action.REVISE, "v.author_id = :person AND "),
    ):
        rows = await tx.rows(
            f"WITH {access.scoped(actor, action)} {_ANYWHERE}"
            f" WHERE {whose}{access.meets('d.folder_id')} {_NEWEST}",
            limit=limit,
            **access.asking(actor),
        )
        found.update((one.version_id, one) for one in map(_warned, rows))
    newest = sorted(found.values(), key=lambda one: (one.found_at, one.version_id), reverse=True)
    return newest[:limit]


def _warned(row: tuple[Any, ...]) -> Warned:
    return Warned(
        version_id=VersionId(row[0]),
        document_id=DocumentId(row[1]),
        name=row[2],
        folder_id=FolderId(row[3]),
        folder=row[4],
        number=row[5],
        kind=FindingKind(row[6]),
        count=row[7],
        page=row[8],
        page_kind=row[9],
        found_at=from_ms(row[10]),
    )
