"""Rows about documents whose text could not be read: what there is below a folder."""

from __future__ import annotations

from typing import Any

from atelier import access
from atelier.database.engine import Transaction
from atelier.database.times import from_ms
from atelier.model.documents import ReadState
from atelier.model.folders import Action
from atelier.model.ids import DocumentId, FolderId
from atelier.model.jobs import JobKind
from atelier.model.people import Actor
from atelier.model.unread import Unread

_TREE = """tree(id, name) AS (
    SELECT id, name FROM folders WHERE id = :folder
    UNION ALL
    SELECT f.id, f.name FROM tree t JOIN folders f ON f.parent_id = t.id WHERE {meets}
)"""

# CROSS JOIN: the order is ours. The plus leaves the partial index `versions_unread` as the only
# one that serves: of the many documents that were read it knows nothing.
_UNREAD = """FROM tree t CROSS JOIN documents d ON d.folder_id = t.id
    CROSS JOIN versions v ON v.document_id = d.id AND +v.number = d.version
    WHERE d.removed_at IS NULL AND v.state NOT IN ('waiting', 'ok')"""


async def listed(
    tx: Transaction, actor: Actor, folder: FolderId, *, offset: int, limit: int
) -> list[Unread]:
    """A window of the unread documents in a folder and those below it that she may read.

    Newest first. What stands below a folder that she may not read stays out.
    """
    rows = await tx.rows(
        f"WITH RECURSIVE {_tree(actor, Action.READ)} SELECT d.id, d.name, t.id, t.name, v.number,"
        " v.media_type, v.state, v.reason, v.created_at, EXISTS (SELECT 1 FROM jobs j"
        f" WHERE j.kind = :kind AND j.subject = v.id AND j.state = 'waiting') {_UNREAD}"
        " ORDER BY v.created_at DESC, d.id DESC LIMIT :limit OFFSET :offset",
        folder=folder,
        kind=JobKind.READ_VERSION,
        offset=offset,
        limit=limit,
        **access.asking(actor),
    )
    return [_unread(row) for row in rows]


async def count(tx: Transaction, actor: Actor, folder: FolderId) -> int:
    """How many `listed` has in all."""
    return int(
        await tx.value(
            f"WITH RECURSIVE {_tree(actor, Action.READ)} SELECT COUNT(*) {_UNREAD}",
            folder=folder,
            **access.asking(actor),
        )
    )


async def after(
    tx: Transaction, actor: Actor, folder: FolderId, version: int, limit: int
) -> list[int]:
    """The next unread versions where she may organise, there and below, in order of their ids."""
    rows = await tx.rows(
        f"WITH RECURSIVE {_tree(actor, Action.ORGANISE)} SELECT v.id {_UNREAD}"
        " AND v.id > :after ORDER BY v.id LIMIT :limit",
        folder=folder,
        after=version,
        limit=limit,
        **access.asking(actor),
    )
    return [number for (number,) in rows]


def _tree(actor: Actor, action: Action) -> str:
    scoped, meets = access.scoped(actor, action), access.meets("f.id")
    return f"{scoped}, {_TREE.format(meets=meets)}"


def _unread(row: tuple[Any, ...]) -> Unread:
    return Unread(
        document_id=DocumentId(row[0]),
        name=row[1],
        folder_id=FolderId(row[2]),
        folder=row[3],
        number=row[4],
        media_type=row[5],
        state=ReadState(row[6]),
        reason=row[7],
        since=from_ms(row[8]),
        is_asked=bool(row[9]),
    )
