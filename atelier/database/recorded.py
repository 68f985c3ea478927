"""Minutes as they are filed: the two documents of a meeting, and whether they are approved."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from atelier.database.engine import Transaction
from atelier.database.times import to_ms
from atelier.model.ids import DocumentId, FolderId, MeetingId, PersonId
from atelier.model.journal import Verb
from atelier.model.meetings import MeetingState
from atelier.model.record import Filed, PaperKind


async def filed(tx: Transaction, meeting: MeetingId, dossier: FolderId) -> list[Filed]:
    """Its minutes that stand in the dossier, not in the trash; the caller has entered it."""
    rows = await tx.rows(
        "SELECT k.kind, d.id, d.name, k.version, d.version FROM ("
        " SELECT 'odt' AS kind, odt_id AS document, odt_version AS version FROM meetings"
        " WHERE id = :meeting UNION ALL"
        " SELECT 'pdf', pdf_id, pdf_version FROM meetings WHERE id = :meeting) k"
        " JOIN documents d ON d.id = k.document"
        " WHERE d.folder_id = :dossier AND d.removed_at IS NULL ORDER BY k.kind",
        meeting=meeting,
        dossier=dossier,
    )
    named = await _names(tx, dossier, [row[1] for row in rows])
    return [
        Filed(
            kind=PaperKind(kind),
            document_id=DocumentId(document),
            name=name,
            version=version or 0,
            newest=newest,
            filed_as=named.get((document, version), ""),
        )
        for kind, document, name, version, newest in rows
    ]


async def _names(
    tx: Transaction, dossier: FolderId, documents: Sequence[int]
) -> dict[tuple[int, int], str]:
    """What documents were called when a version was deposited, as the dossier's journal says."""
    if not documents:
        return {}
    asked = {f"d{index}": document for index, document in enumerate(documents)}
    rows = await tx.rows(
        "SELECT document_id, facts FROM journal WHERE folder_id = :dossier"
        f" AND document_id IN ({', '.join(f':{name}' for name in asked)})"
        " AND verb IN (:deposited, :revised)",
        dossier=dossier,
        deposited=Verb.DEPOSITED,
        revised=Verb.REVISED,
        **asked,
    )
    told = [(document, json.loads(facts)) for document, facts in rows]
    return {
        (document, int(facts.get("version", 1))): facts["name"]
        for document, facts in told
        if "name" in facts
    }


async def note(
    tx: Transaction, meeting: MeetingId, kind: PaperKind, document: DocumentId, version: int
) -> bool:
    """Write which version of which document its minutes were deposited as; false if known."""
    names = {PaperKind.ODT: ("odt_id", "odt_version"), PaperKind.PDF: ("pdf_id", "pdf_version")}
    of_document, of_version = names[kind]
    row = await tx.row(
        f"UPDATE meetings SET {of_document} = :document, {of_version} = :version"
        f" WHERE id = :meeting AND (COALESCE({of_document}, 0) <> :document"
        f" OR COALESCE({of_version}, 0) <> :version) RETURNING id",
        meeting=meeting,
        document=document,
        version=version,
    )
    return row is not None


async def approve(tx: Transaction, meeting: MeetingId, by: PersonId, at: datetime) -> None:
    """Write that its minutes are approved, one edition more; the caller calls `touch`."""
    await tx.run(
        "UPDATE meetings SET state = :state, approved_by = :by, approved_at = :at,"
        " edition = edition + 1 WHERE id = :meeting",
        meeting=meeting,
        state=MeetingState.APPROVED,
        by=by,
        at=to_ms(at),
    )


async def reopen(tx: Transaction, meeting: MeetingId) -> None:
    """Write that its minutes may be corrected; the edition stays. The caller calls `touch`."""
    await tx.run(
        "UPDATE meetings SET state = :state, approved_by = NULL, approved_at = NULL"
        " WHERE id = :meeting",
        meeting=meeting,
        state=MeetingState.HELD,
    )
