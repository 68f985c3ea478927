"""Rows of the agenda: items in their order, the papers pinned to them, and what was left over.

The callers have entered the dossier, and call `meetings.touch` after a change.
"""

from __future__ import annotations

from collections.abc import Sequence

from atelier import access
from atelier.database import documents
from atelier.database.engine import Transaction
from atelier.database.times import from_ms
from atelier.model.agenda import Candidate, Going, LeftOver, Line, Pin
from atelier.model.folders import Action
from atelier.model.ids import DocumentId, FolderId, ItemId, MeetingId
from atelier.model.people import Actor

# Readable items of earlier meetings of the series that stand in no later one.
_LEFT_OVER = f"""FROM meetings t JOIN meetings m ON m.series_id = t.series_id
    AND (m.starts_at < t.starts_at OR (m.starts_at = t.starts_at AND m.id < t.id))
    JOIN agenda_items i ON i.meeting_id = m.id AND i.is_left_over = 1
    WHERE t.id = :meeting AND {access.meets("m.dossier_id")}
    AND NOT EXISTS (SELECT 1 FROM agenda_items c WHERE c.carried_from = i.id)"""
# Whoever reads the later dossier reads the earlier: each grant that lets in there lets in here too.
_FOR_ALL = """NOT EXISTS (
    SELECT 1 FROM reach r JOIN grants g ON g.folder_id = r.ancestor_id
    WHERE r.folder_id = t.dossier_id AND NOT EXISTS (
        SELECT 1 FROM reach own WHERE own.folder_id = m.dossier_id
        AND own.ancestor_id = r.ancestor_id))"""


async def order(tx: Transaction, meeting: MeetingId) -> list[ItemId]:
    """The items of a meeting, as they come."""
    rows = await tx.rows(
        "SELECT id FROM agenda_items WHERE meeting_id = :meeting ORDER BY place, id",
        meeting=meeting,
    )
    return [ItemId(item) for (item,) in rows]


async def line(tx: Transaction, meeting: MeetingId, item: ItemId) -> tuple[Line, bool] | None:
    """What is written of an item of this meeting, and whether it is left over; None of none."""
    row = await tx.row(
        "SELECT title, allotted_minutes, presenter, note, is_left_over FROM agenda_items"
        " WHERE id = :item AND meeting_id = :meeting",
        item=item,
        meeting=meeting,
    )
    return None if row is None else (Line(*row[:4]), bool(row[4]))


async def add(
    tx: Transaction, meeting: MeetingId, line: Line, *, carried_from: ItemId | None = None
) -> ItemId:
    """Write an item after the others."""
    return ItemId(
        await tx.value(
            "INSERT INTO agenda_items"
            " (meeting_id, place, title, allotted_minutes, presenter, note, carried_from)"
            " SELECT :meeting, COALESCE(MAX(place), 0) + 1, :title, :allotted, :presenter, :note,"
            " :carried_from FROM agenda_items WHERE meeting_id = :meeting RETURNING id",
            meeting=meeting,
            carried_from=carried_from,
            **_written(line),
        )
    )


async def change(tx: Transaction, item: ItemId, line: Line) -> None:
    """Write an item anew; what was said of it in the meeting stays."""
    await tx.run(
        "UPDATE agenda_items SET title = :title, allotted_minutes = :allotted,"
        " presenter = :presenter, note = :note WHERE id = :item",
        item=item,
        **_written(line),
    )


async def set_order(tx: Transaction, items: Sequence[ItemId]) -> None:
    """Have the items come so."""
    await tx.many(
        "UPDATE agenda_items SET place = :place WHERE id = :item",
        [{"item": item, "place": place} for place, item in enumerate(items, start=1)],
    )


async def set_left_over(tx: Transaction, item: ItemId, *, is_left_over: bool) -> None:
    """Write whether an item waits for the next meeting."""
    await tx.run(
        "UPDATE agenda_items SET is_left_over = :left WHERE id = :item",
        item=item,
        left=int(is_left_over),
    )


async def going(tx: Transaction, item: ItemId) -> Going:
    """What would end with an item that exists."""
    row = await tx.row(
        "SELECT i.state, i.text <> '',"
        " (SELECT COUNT(*) FROM decisions d WHERE d.item_id = i.id),"
        " (SELECT COUNT(*) FROM todos t WHERE t.item_id = i.id)"
        " FROM agenda_items i WHERE i.id = :item",
        item=item,
    )
    assert row is not None
    return Going(row[0], bool(row[1]), row[2], row[3])


async def remove(tx: Transaction, item: ItemId) -> None:
    """End an item with all that belongs to it."""
    await tx.run("DELETE FROM agenda_items WHERE id = :item", item=item)


async def titles(tx: Transaction, meeting: MeetingId) -> list[str]:
    """What the items are called, in their order."""
    rows = await tx.rows(
        "SELECT title FROM agenda_items WHERE meeting_id = :meeting ORDER BY place, id",
        meeting=meeting,
    )
    return [row[0] for row in rows]


async def left_over(tx: Transaction, actor: Actor, meeting: MeetingId) -> list[LeftOver]:
    """What earlier meetings of the series left over that she may read, oldest first."""
    rows = await tx.rows(
        f"WITH {access.scoped(actor, Action.READ)} SELECT i.id, i.title, i.allotted_minutes,"
        f" i.presenter, i.note, m.title, m.starts_at, {_FOR_ALL} {_LEFT_OVER}"
        " ORDER BY m.starts_at, m.id, i.place, i.id",
        meeting=meeting,
        **access.asking(actor),
    )
    return [
        LeftOver(
            ItemId(row[0]),
            Line(*row[1:5]),
            meeting_title=row[5],
            meeting_at=from_ms(row[6]),
            is_for_all=bool(row[7]),
        )
        for row in rows
    ]


async def carry_papers(tx: Transaction, actor: Actor, source: ItemId, target: ItemId) -> None:
    """Lay before an item what another one has, of what she may read and is still there."""
    await tx.run(
        f"WITH {access.scoped(actor, Action.READ)}"
        " INSERT INTO item_papers (item_id, place, document_id, version, name, sha256)"
        " SELECT :target, p.place, p.document_id, p.version, p.name, p.sha256 FROM item_papers p"
        " JOIN documents d ON d.id = p.document_id"
        " JOIN versions v ON v.document_id = d.id AND v.number = p.version"
        f" WHERE p.item_id = :source AND {access.meets('d.folder_id')}",
        source=source,
        target=target,
        **access.asking(actor),
    )


async def papers_of(tx: Transaction, item: ItemId) -> dict[DocumentId, int]:
    """Which version of which document is laid before an item, in their order."""
    rows = await tx.rows(
        "SELECT document_id, version FROM item_papers WHERE item_id = :item ORDER BY place",
        item=item,
    )
    return {DocumentId(document): version for document, version in rows}


async def pinned(
    tx: Transaction, meeting: MeetingId, item: ItemId, document: DocumentId
) -> tuple[FolderId, Pin | None]:
    """The paper of an item, and the folder where its document is, or from which it was removed.

    Folder 0, which is none, for what was never laid there, or ended. The caller enters that
    folder next: missing and unreadable take the same way.
    """
    row = await tx.row(
        "SELECT d.folder_id, p.document_id, p.version, p.name, p.sha256"
        " FROM agenda_items i JOIN item_papers p ON p.item_id = i.id"
        " JOIN documents d ON d.id = p.document_id"
        " WHERE i.id = :item AND i.meeting_id = :meeting AND p.document_id = :document",
        item=item,
        meeting=meeting,
        document=document,
    )
    return (FolderId(0), None) if row is None else (FolderId(row[0]), Pin(*row[1:]))


async def pin(tx: Transaction, item: ItemId, pin: Pin) -> None:
    """Lay a version before an item: in the place of another one of that document, else last."""
    await tx.run(
        "INSERT INTO item_papers (item_id, place, document_id, version, name, sha256)"
        " SELECT :item, COALESCE(MAX(place), 0) + 1, :document, :version, :name, :sha256"
        " FROM item_papers WHERE item_id = :item"
        " ON CONFLICT (item_id, document_id) DO UPDATE SET version = excluded.version,"
        " name = excluded.name, sha256 = excluded.sha256",
        item=item,
        document=pin.document_id,
        version=pin.version,
        name=pin.name,
        sha256=pin.sha256,
    )


async def unpin(tx: Transaction, item: ItemId, document: DocumentId) -> bool:
    """Take a paper away; whether it was there."""
    ended = await tx.run(
        "DELETE FROM item_papers WHERE item_id = :item AND document_id = :document",
        item=item,
        document=document,
    )
    return ended > 0


async def near(
    tx: Transaction, actor: Actor, folders: Sequence[FolderId], limit: int
) -> list[Candidate]:
    """What she may read in these folders, in their order, newest first."""
    wanted = {f"f{index}": folder for index, folder in enumerate(folders)}
    places = " ".join(f"WHEN :f{index} THEN {index}" for index in range(len(folders)))
    rows = await tx.rows(
        f"WITH {access.scoped(actor, Action.READ)} SELECT d.id, d.name, d.version, f.id, f.name"
        " FROM documents d JOIN folders f ON f.id = d.folder_id"
        f" WHERE d.folder_id IN ({', '.join(f':{name}' for name in wanted)})"
        f" AND d.removed_at IS NULL AND {access.meets('d.folder_id')}"
        f" ORDER BY CASE d.folder_id {places} END, d.changed_at DESC, d.id DESC LIMIT :limit",
        limit=limit,
        **wanted,
        **access.asking(actor),
    )
    return [Candidate(*row) for row in rows]


async def called(
    tx: Transaction, actor: Actor, words: Sequence[str], dossier: FolderId, limit: int
) -> list[Candidate]:
    """What she may read whose name holds all the words: of the dossier first, then newest first."""
    wanted = {f"w{index}": documents.like(word) for index, word in enumerate(words)}
    holds = " AND ".join(f"d.sort_key LIKE :{name} ESCAPE '!'" for name in wanted)
    # CROSS JOIN: the order is ours, driven from the reach rows.
    rows = await tx.rows(
        f"WITH {access.scoped(actor, Action.READ)}, readable AS ("
        " SELECT DISTINCT r.folder_id FROM reach r"
        " WHERE r.ancestor_id IN (SELECT folder_id FROM scoped))"
        " SELECT d.id, d.name, d.version, f.id, f.name FROM readable a"
        " CROSS JOIN documents d ON d.folder_id = a.folder_id JOIN folders f ON f.id = d.folder_id"
        f" WHERE d.removed_at IS NULL AND {holds}"
        " ORDER BY CASE d.folder_id WHEN :dossier THEN 0 ELSE 1 END, d.changed_at DESC, d.id DESC"
        " LIMIT :limit",
        dossier=dossier,
        limit=limit,
        **wanted,
        **access.asking(actor),
    )
    return [Candidate(*row) for row in rows]


async def laid(tx: Transaction, actor: Actor, document: DocumentId, *, version: int = 0) -> int:
    """In how many meetings that she may read a document is laid; or one version of it."""
    return int(
        await tx.value(
            f"WITH {access.scoped(actor, Action.READ)} SELECT COUNT(DISTINCT m.id)"
            " FROM item_papers p JOIN agenda_items i ON i.id = p.item_id"
            " JOIN meetings m ON m.id = i.meeting_id"
            " WHERE p.document_id = :document AND (:version = 0 OR p.version = :version)"
            f" AND {access.meets('m.dossier_id')}",
            document=document,
            version=version,
            **access.asking(actor),
        )
    )


def _written(line: Line) -> dict[str, object]:
    return {
        "title": line.title,
        "allotted": line.allotted_minutes,
        "presenter": line.presenter,
        "note": line.note,
    }
