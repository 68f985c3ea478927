"""Rows in the trash: what was removed, brought back, or purged for good.

A removed folder takes along what inherits from it, and nothing else: the trash holds a
folder exactly when its reach would meet a removed one. Only the head is marked.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from atelier import access
from atelier.database import folders, invites, locks, meeting_lists, quotas
from atelier.database.engine import Transaction
from atelier.database.times import from_ms, to_ms
from atelier.model import names
from atelier.model.folders import Action
from atelier.model.ids import DocumentId, FolderId, PersonId, VersionId
from atelier.model.jobs import OF_A_VERSION, JobKind
from atelier.model.journal import Verb
from atelier.model.people import Actor
from atelier.model.trash import Removed, RemovedKind, Weight

# What goes with the folder and comes back with it; an earlier removal below is its own.
_TAKEN = """taken(id) AS (
    SELECT :folder
    UNION ALL
    SELECT f.id FROM folders f JOIN taken t ON f.parent_id = t.id
    WHERE f.is_closed = 0 AND f.removed_at IS NULL
)"""

# What a purge of the folder ends: earlier removals too.
_ENDING = """ending(id) AS (
    SELECT :folder
    UNION ALL
    SELECT f.id FROM folders f JOIN ending e ON f.parent_id = e.id WHERE f.is_closed = 0
)"""

# What the time of each folder in the trash would end, and those that hold a paper of a meeting
# that would not end with them.
_ENDING_EACH = """ending_each(head, id) AS (
    SELECT id, id FROM folders WHERE removed_at IS NOT NULL AND removed_at < :before
    UNION ALL
    SELECT e.head, f.id FROM folders f JOIN ending_each e ON f.parent_id = e.id
    WHERE f.is_closed = 0
), pinning(head) AS (
    SELECT e.head FROM ending_each e JOIN documents d ON d.folder_id = e.id
    JOIN item_papers p ON p.document_id = d.id JOIN agenda_items i ON i.id = p.item_id
    JOIN meetings m ON m.id = i.meeting_id
    WHERE NOT EXISTS (
        SELECT 1 FROM ending_each o WHERE o.head = e.head AND o.id = m.dossier_id)
)"""

_UNPINNED = "NOT EXISTS (SELECT 1 FROM item_papers p WHERE p.document_id = d.id)"

_DOCUMENTS = """SELECT 'document' AS kind, d.id AS id, d.name AS name, d.folder_id AS origin,
    0 AS is_closed, v.media_type AS media_type, p.id AS person, p.name AS remover,
    d.removed_at AS at
    FROM documents d JOIN versions v ON v.document_id = d.id AND v.number = d.version
    JOIN people p ON p.id = d.removed_by
    WHERE d.removed_at IS NOT NULL"""

_FOLDERS = """SELECT 'folder' AS kind, f.id AS id, f.name AS name, f.parent_id AS origin,
    f.is_closed AS is_closed, '' AS media_type, p.id AS person, p.name AS remover,
    f.removed_at AS at
    FROM folders f JOIN people p ON p.id = f.removed_by
    WHERE f.removed_at IS NOT NULL"""

# The folders in the trash that no folder above answers for: closed ones, and those of the top.
_OF_A_VERSION = ", ".join(f"'{kind}'" for kind in OF_A_VERSION)
_ALONE = "(f.parent_id IS NULL OR f.is_closed = 1)"

# Where the journal tells of a removal.
_REMOVALS = {
    RemovedKind.DOCUMENT: ("document_id", Verb.DOCUMENT_REMOVED),
    RemovedKind.FOLDER: ("folder_id", Verb.FOLDER_REMOVED),
}

_IN_FOLDER = (
    f"{_DOCUMENTS} AND d.folder_id = :folder AND (:by = 0 OR d.removed_by = :by)"
    f" UNION ALL {_FOLDERS} AND f.parent_id = :folder AND f.is_closed = 0"
    " AND :by = 0"
)


async def remove_document(
    tx: Transaction, document: DocumentId, by: PersonId, at: datetime
) -> None:
    """Put a document into the trash; the caller frees its name and notes the index entry.

    Its lock ends: who removes it is done with it.
    """
    await locks.remove(tx, document)
    await tx.run(
        "UPDATE documents SET removed_at = :at, removed_by = :by WHERE id = :document",
        at=to_ms(at),
        by=by,
        document=document,
    )


async def remove_folder(tx: Transaction, folder: FolderId, by: PersonId, at: datetime) -> None:
    """Put a folder with all that inherits from it into the trash: nobody enters any more.

    Its documents and meetings leave the index. The caller frees its name.
    """
    await tx.run(
        "UPDATE folders SET removed_at = :at, removed_by = :by WHERE id = :folder",
        at=to_ms(at),
        by=by,
        folder=folder,
    )
    await tx.run(
        f"WITH RECURSIVE {_TAKEN} DELETE FROM reach WHERE folder_id IN (SELECT id FROM taken)",
        folder=folder,
    )
    await _note_documents(tx, folder)


async def restore_document(
    tx: Transaction, document: DocumentId, folder: FolderId, name: str, at: datetime
) -> None:
    """Bring a document back into a folder under a name, which the caller takes.

    What was not read before is read now.
    """
    await quotas.move_document(tx, document, folder)
    await tx.run(
        "UPDATE documents SET removed_at = NULL, removed_by = NULL, folder_id = :folder,"
        " name = :name, sort_key = :key WHERE id = :document",
        folder=folder,
        name=name,
        key=names.sort_key(name),
        document=document,
    )
    await _queue_unread(tx, "SELECT :document", at, document=document)


async def restore_folder(
    tx: Transaction, folder: FolderId, parent: FolderId | None, name: str, at: datetime
) -> None:
    """Bring a folder back into another, or to the top, with its reach and its documents."""
    await tx.run(
        "UPDATE folders SET removed_at = NULL, removed_by = NULL, parent_id = :parent,"
        " name = :name WHERE id = :folder",
        parent=parent,
        name=name,
        folder=folder,
    )
    await folders.rewrite_reach(tx, folder)
    await _note_documents(tx, folder)
    await _queue_unread(
        tx,
        f"WITH RECURSIVE {_TAKEN} SELECT d.id FROM taken t JOIN documents d ON d.folder_id = t.id"
        " WHERE d.removed_at IS NULL",
        at,
        folder=folder,
    )


async def weight(tx: Transaction, folder: FolderId) -> Weight:
    """What a removal of this folder would take along."""
    row = await tx.row(
        f"WITH RECURSIVE {_TAKEN} SELECT COUNT(DISTINCT t.id) - 1, COUNT(d.id) FROM taken t"
        " LEFT JOIN documents d ON d.folder_id = t.id AND d.removed_at IS NULL",
        folder=folder,
    )
    assert row is not None
    return Weight(*row)


async def purged_weight(tx: Transaction, folder: FolderId) -> Weight:
    """What a purge of this folder would end with it."""
    row = await tx.row(
        f"WITH RECURSIVE {_ENDING} SELECT COUNT(DISTINCT e.id) - 1, COUNT(d.id) FROM ending e"
        " LEFT JOIN documents d ON d.folder_id = e.id",
        folder=folder,
    )
    assert row is not None
    return Weight(*row)


async def laid_below(tx: Transaction, actor: Actor, folder: FolderId) -> int:
    """How many meetings that she may read have papers which a purge of this folder would end."""
    return int(
        await tx.value(
            f"WITH RECURSIVE {access.scoped(actor, Action.READ)}, {_ENDING}"
            " SELECT COUNT(DISTINCT m.id) FROM ending e JOIN documents d ON d.folder_id = e.id"
            " JOIN item_papers p ON p.document_id = d.id JOIN agenda_items i ON i.id = p.item_id"
            f" JOIN meetings m ON m.id = i.meeting_id WHERE {access.meets('m.dossier_id')}",
            folder=folder,
            **access.asking(actor),
        )
    )


async def staying(tx: Transaction, actor: Actor, folder: FolderId) -> list[str]:
    """The closed folders she may read that a removal of this folder would leave, by name."""
    rows = await tx.rows(
        f"WITH RECURSIVE {access.scoped(actor, Action.READ)}, {_TAKEN}"
        " SELECT f.name FROM taken t JOIN folders f ON f.parent_id = t.id AND f.is_closed = 1"
        f" WHERE f.removed_at IS NULL AND {access.meets('f.id')}",
        folder=folder,
        **access.asking(actor),
    )
    return sorted((name for (name,) in rows), key=names.sort_key)


async def listed(
    tx: Transaction, folder: FolderId, *, by: PersonId | None, offset: int, limit: int
) -> list[Removed]:
    """A window of what was removed from this folder, newest first.

    `by` one person: her documents only, for bringing folders back takes a coordinator.
    Closed folders are not in it: they would be told to people who may not read them.
    """
    rows = await tx.rows(
        f"{_IN_FOLDER} ORDER BY at DESC, kind, id DESC LIMIT :limit OFFSET :offset",
        folder=folder,
        by=by or 0,
        limit=limit,
        offset=offset,
    )
    return [_removed(row) for row in rows]


async def count(tx: Transaction, folder: FolderId, *, by: PersonId | None) -> int:
    """How much `listed` has in all."""
    counted = f"SELECT COUNT(*) FROM ({_IN_FOLDER})"
    return int(await tx.value(counted, folder=folder, by=by or 0))


async def listed_alone(tx: Transaction, actor: Actor, *, offset: int, limit: int) -> list[Removed]:
    """A window of the removed folders, closed or of the top, that she may restore herself."""
    rows = await tx.rows(
        f"WITH {access.scoped(actor, Action.RESTORE)} {_FOLDERS} AND {_ALONE}"
        " AND f.id IN (SELECT folder_id FROM scoped)"
        " ORDER BY at DESC, id DESC LIMIT :limit OFFSET :offset",
        limit=limit,
        offset=offset,
        **access.asking(actor),
    )
    return [_removed(row) for row in rows]


async def count_alone(tx: Transaction, actor: Actor) -> int:
    """How much `listed_alone` has in all."""
    return int(
        await tx.value(
            f"WITH {access.scoped(actor, Action.RESTORE)} SELECT COUNT(*) FROM scoped s"
            f" JOIN folders f ON f.id = s.folder_id WHERE f.removed_at IS NOT NULL AND {_ALONE}",
            **access.asking(actor),
        )
    )


async def found(
    tx: Transaction, folder: FolderId, kind: RemovedKind, thing: int, *, by: PersonId | None
) -> Removed | None:
    """The thing of this id that was removed from this folder, as `listed` would tell it."""
    rows = await tx.rows(
        f"SELECT * FROM ({_IN_FOLDER}) WHERE kind = :kind AND id = :thing",
        folder=folder,
        by=by or 0,
        kind=kind,
        thing=thing,
    )
    return _removed(rows[0]) if rows else None


async def found_alone(tx: Transaction, actor: Actor, folder: FolderId) -> Removed | None:
    """The removed folder of this id, as `listed_alone` would tell it."""
    rows = await tx.rows(
        f"WITH {access.scoped(actor, Action.RESTORE)} {_FOLDERS} AND {_ALONE} AND f.id = :folder"
        " AND f.id IN (SELECT folder_id FROM scoped)",
        folder=folder,
        **access.asking(actor),
    )
    return _removed(rows[0]) if rows else None


async def is_closed_since(tx: Transaction, removed: Removed) -> bool:
    """Whether the folder it was removed from was closed since, or one from which that inherits.

    By the order of the journal, not by the clock, which may jump.
    """
    column, verb = _REMOVALS[removed.kind]
    line = await tx.value(
        f"SELECT MAX(id) FROM journal WHERE {column} = :thing AND verb = :verb",
        thing=removed.id,
        verb=verb,
    )
    return bool(
        await tx.value(
            "SELECT 1 FROM reach r JOIN folders f ON f.id = r.ancestor_id AND f.is_closed = 1"
            " JOIN journal j ON j.folder_id = f.id AND j.id > :line AND j.verb = :closed"
            " WHERE r.folder_id = :folder LIMIT 1",
            line=line,
            closed=Verb.FOLDER_CLOSED,
            folder=removed.origin,
        )
    )


async def purge_document(tx: Transaction, document: DocumentId) -> list[tuple[int, str]]:
    """End a document; its versions as (id, hash), whose texts are to be forgotten.

    The journal keeps its lines, the blobs are left to the collector.
    """
    return await _purge(tx, "SELECT :document", document=document)


async def purge_version(
    tx: Transaction, document: DocumentId, version: VersionId, at: datetime
) -> list[tuple[int, str]]:
    """End one of several versions of a document; as `purge_document` gives them.

    The newest that is left becomes the current one. No other is renumbered, and the number
    of this one is not given again. The caller notes the index entry.
    """
    row = await tx.row("SELECT id, sha256, number FROM versions WHERE id = :id", id=version)
    assert row is not None
    await tx.run(
        f"DELETE FROM jobs WHERE kind IN ({_OF_A_VERSION}) AND subject = :id",
        id=version,
    )
    await quotas.end_version(tx, version)
    await tx.run("DELETE FROM versions WHERE id = :id", id=version)
    await tx.run(
        "UPDATE documents SET ended_version = CASE WHEN ended_version < :number THEN :number"
        " ELSE ended_version END, changed_at = CASE WHEN version = :number THEN :at"
        " ELSE changed_at END,"
        " version = (SELECT MAX(number) FROM versions WHERE document_id = :document)"
        " WHERE id = :document",
        number=row[2],
        at=to_ms(at),
        document=document,
    )
    return [(row[0], row[1])]


async def purge_folder(tx: Transaction, folder: FolderId) -> list[tuple[int, str]]:
    """End a folder with all that inherits from it; the versions as `purge_document` gives them.

    Closed folders below, whether in the trash or not, come to stand where it stood.
    """
    await tx.run(
        f"WITH RECURSIVE {_ENDING} UPDATE folders"
        " SET parent_id = (SELECT parent_id FROM folders WHERE id = :folder)"
        " WHERE is_closed = 1 AND parent_id IN (SELECT id FROM ending)",
        folder=folder,
    )
    ended = await _purge(
        tx,
        f"WITH RECURSIVE {_ENDING} SELECT d.id FROM ending e"
        " JOIN documents d ON d.folder_id = e.id",
        folder=folder,
    )
    for table in ("names", "grants", "journal", "reach"):
        await tx.run(
            f"WITH RECURSIVE {_ENDING} DELETE FROM {table}"
            " WHERE folder_id IN (SELECT id FROM ending)",
            folder=folder,
        )
    ending = f"WITH RECURSIVE {_ENDING} SELECT id FROM ending"
    # Meetings and series end with their folders; the index must hear of it before.
    await meeting_lists.note_in(tx, ending, folder=folder)
    await quotas.forget_folders(tx, ending, folder=folder)
    await invites.forget_folders(tx, ending, folder=folder)
    await tx.run(f"DELETE FROM locks WHERE kind = 'folder' AND id IN ({ending})", folder=folder)
    await tx.run(
        f"WITH RECURSIVE {_ENDING} DELETE FROM folders WHERE id IN (SELECT id FROM ending)",
        folder=folder,
    )
    return ended


async def due(tx: Transaction, before: datetime, limit: int) -> list[tuple[RemovedKind, int]]:
    """What was removed before then: documents first, oldest first.

    Not what a meeting has among its papers, nor a folder that holds such a document, unless
    the meeting would end with it.
    """
    rows = await tx.rows(
        f"WITH RECURSIVE {_ENDING_EACH}"
        " SELECT 'document' AS kind, d.id AS id, d.removed_at AS at FROM documents d"
        f" WHERE d.removed_at IS NOT NULL AND d.removed_at < :before AND {_UNPINNED}"
        " UNION ALL SELECT 'folder', id, removed_at FROM folders"
        " WHERE removed_at IS NOT NULL AND removed_at < :before"
        " AND id NOT IN (SELECT head FROM pinning)"
        " ORDER BY kind, at, id LIMIT :limit",
        before=to_ms(before),
        limit=limit,
    )
    return [(RemovedKind(kind), number) for kind, number, _ in rows]


async def expired(
    tx: Transaction, kind: RemovedKind, thing: int, before: datetime
) -> Removed | None:
    """The thing, when it is still in the trash since before then, and still due."""
    text, alias, rest = _DOCUMENTS, "d", _UNPINNED
    if kind is RemovedKind.FOLDER:
        text, alias, rest = _FOLDERS, "f", "f.id NOT IN (SELECT head FROM pinning)"
    rows = await tx.rows(
        f"WITH RECURSIVE {_ENDING_EACH}"
        f" {text} AND {alias}.id = :thing AND {alias}.removed_at < :before AND {rest}",
        thing=thing,
        before=to_ms(before),
    )
    return _removed(rows[0]) if rows else None


async def note_expiry(tx: Transaction, removed: Removed, days: int, at: datetime) -> None:
    """Write in the journal of its folder that its time in the trash was over.

    Under the name of who removed it. Nothing when no folder's readers knew of it.
    """
    if removed.origin is None or removed.is_closed:
        return
    is_document = removed.kind is RemovedKind.DOCUMENT
    await tx.run(
        "INSERT INTO journal (folder_id, person_id, verb, facts, at) VALUES (:folder, :person,"
        " :verb, json_object('name', :name, 'days', :days), :at)",
        folder=removed.origin,
        person=removed.removed_by,
        verb=Verb.DOCUMENT_PURGED if is_document else Verb.FOLDER_PURGED,
        name=removed.name,
        days=str(days),
        at=to_ms(at),
    )


async def _purge(tx: Transaction, wanted: str, **values: object) -> list[tuple[int, str]]:
    """End the documents that the statement `wanted` gives."""
    versions = await tx.rows(
        f"SELECT id, sha256 FROM versions WHERE document_id IN ({wanted})", **values
    )
    await tx.run(
        f"DELETE FROM jobs WHERE kind IN ({_OF_A_VERSION}) AND subject IN"
        f" (SELECT id FROM versions WHERE document_id IN ({wanted}))",
        **values,
    )
    # An index that has not followed the removal yet must hear of it in any case.
    await tx.run(f"INSERT INTO index_entries (document_id) {wanted}", **values)
    await tx.run(f"UPDATE journal SET document_id = NULL WHERE document_id IN ({wanted})", **values)
    await quotas.purge(tx, wanted, **values)
    await tx.run(f"DELETE FROM versions WHERE document_id IN ({wanted})", **values)
    await tx.run(f"DELETE FROM set_aside WHERE document_id IN ({wanted})", **values)
    await tx.run(f"DELETE FROM locks WHERE kind = 'document' AND id IN ({wanted})", **values)
    await tx.run(f"DELETE FROM documents WHERE id IN ({wanted})", **values)
    return versions


async def _note_documents(tx: Transaction, folder: FolderId) -> None:
    """Have the index look again at the documents and meetings that go or come with this folder."""
    await tx.run(
        f"WITH RECURSIVE {_TAKEN} INSERT INTO index_entries (document_id)"
        " SELECT d.id FROM taken t JOIN documents d ON d.folder_id = t.id"
        " WHERE d.removed_at IS NULL",
        folder=folder,
    )
    taken = f"WITH RECURSIVE {_TAKEN} SELECT id FROM taken"
    await meeting_lists.note_in(tx, taken, folder=folder)


async def _queue_unread(tx: Transaction, wanted: str, at: datetime, **values: object) -> None:
    """Have the versions read whose reading was passed over while they were in the trash."""
    await tx.run(
        "INSERT INTO jobs (kind, subject, run_after, created_at) SELECT :kind, id, :at, :at"
        f" FROM versions WHERE state = 'waiting' AND document_id IN ({wanted})"
        " ON CONFLICT DO NOTHING",
        kind=JobKind.READ_VERSION,
        at=to_ms(at),
        **values,
    )


def _removed(row: tuple[Any, ...]) -> Removed:
    kind, number, name, origin, is_closed, media_type, person, remover, at = row
    return Removed(
        kind=RemovedKind(kind),
        id=number,
        name=name,
        origin=origin,
        is_closed=bool(is_closed),
        media_type=media_type,
        removed_by=PersonId(person),
        remover=remover,
        removed_at=from_ms(at),
    )
