"""Rows of taking over a past folder: what stands in it, and which documents tell a meeting."""

from __future__ import annotations

from collections import defaultdict

from atelier import access
from atelier.database.engine import Transaction
from atelier.model.folders import Action
from atelier.model.ids import DocumentId, FolderId, MeetingId
from atelier.model.meetings import Part
from atelier.model.past import Standing
from atelier.model.people import Actor

_STANDING = "SELECT d.folder_id, d.id, d.name, d.version FROM documents d"


async def candidates(tx: Transaction, actor: Actor, folder: FolderId) -> dict[FolderId, str]:
    """The folders in this one that she coordinates and that are no dossiers yet, by name."""
    rows = await tx.rows(
        f"WITH {access.scoped(actor, Action.MEET)} SELECT f.id, f.name FROM folders f"
        f" WHERE f.parent_id = :folder AND {access.meets('f.id')}"
        " AND NOT EXISTS (SELECT 1 FROM meetings m WHERE m.dossier_id = f.id)"
        " ORDER BY f.name, f.id",
        folder=folder,
        **access.asking(actor),
    )
    return {FolderId(number): name for number, name in rows}


async def standing(tx: Transaction, folder: FolderId, limit: int) -> list[Standing]:
    """The documents in a folder that the caller has entered, by name."""
    rows = await tx.rows(
        f"{_STANDING} WHERE d.folder_id = :folder AND d.removed_at IS NULL"
        " ORDER BY d.sort_key, d.id LIMIT :limit",
        folder=folder,
        limit=limit,
    )
    return [Standing(DocumentId(number), name, version) for _, number, name, version in rows]


async def standing_below(
    tx: Transaction, actor: Actor, folder: FolderId, limit: int
) -> dict[FolderId, list[Standing]]:
    """The documents in each folder that stands in this one and that she coordinates."""
    rows = await tx.rows(
        f"WITH {access.scoped(actor, Action.MEET)} {_STANDING} JOIN folders f ON f.id = d.folder_id"
        f" WHERE f.parent_id = :folder AND d.removed_at IS NULL AND {access.meets('f.id')}"
        " ORDER BY d.folder_id, d.sort_key, d.id LIMIT :limit",
        folder=folder,
        limit=limit,
        **access.asking(actor),
    )
    found: dict[FolderId, list[Standing]] = defaultdict(list)
    for within, number, name, version in rows:
        found[FolderId(within)].append(Standing(DocumentId(number), name, version))
    return found


async def keep(tx: Transaction, meeting: MeetingId, document: DocumentId, part: Part) -> None:
    """Write that a document tells this part of the meeting, and of no other."""
    await tx.run(
        "INSERT INTO meeting_documents (document_id, meeting_id, part)"
        " VALUES (:document, :meeting, :part)"
        " ON CONFLICT (document_id) DO UPDATE SET meeting_id = :meeting, part = :part",
        document=document,
        meeting=meeting,
        part=part,
    )
