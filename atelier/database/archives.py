"""Rows for archives: what stands below a folder, and what of it may still be read."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, NamedTuple

from atelier import access
from atelier.database.engine import Transaction
from atelier.model.folders import Action
from atelier.model.ids import DocumentId, FolderId
from atelier.model.people import Actor

_TREE = """tree(id, parent_id, name) AS (
    SELECT id, parent_id, name FROM folders WHERE id = :folder
    UNION ALL
    SELECT f.id, f.parent_id, f.name FROM tree t JOIN folders f ON f.parent_id = t.id
    WHERE {meets}
)"""


class FolderBelow(NamedTuple):
    """A folder of a tree; the parent of the one it begins with stands outside."""

    id: FolderId
    parent_id: FolderId | None
    name: str


class CurrentVersion(NamedTuple):
    """A document in its folder with its current version; `at` in UTC milliseconds."""

    id: DocumentId
    folder_id: FolderId
    name: str
    version: int
    sha256: str
    size_bytes: int
    at: int


_CURRENT = """SELECT d.id, d.folder_id, d.name, d.version, v.sha256, v.size_bytes, v.created_at
    FROM {documents} JOIN versions v ON v.document_id = d.id AND v.number = d.version
    WHERE d.removed_at IS NULL"""


async def tree(tx: Transaction, actor: Actor, folder: FolderId, limit: int) -> list[FolderBelow]:
    """The folder and those below it that she may read, at most `limit`.

    What stands below one that she may not read stays out: she is not told where it stands.
    """
    rows = await tx.rows(
        f"WITH RECURSIVE {_readable_tree(actor)} SELECT id, parent_id, name FROM tree LIMIT :limit",
        folder=folder,
        limit=limit,
        **access.asking(actor),
    )
    return [FolderBelow(*row) for row in rows]


async def below(
    tx: Transaction, actor: Actor, folder: FolderId, limit: int
) -> list[CurrentVersion]:
    """The documents of that tree, at most `limit`."""
    rows = await tx.rows(
        f"WITH RECURSIVE {_readable_tree(actor)} "
        + _CURRENT.format(documents="tree t CROSS JOIN documents d ON d.folder_id = t.id")
        + " LIMIT :limit",
        folder=folder,
        limit=limit,
        **access.asking(actor),
    )
    return _versions(rows)


async def among(
    tx: Transaction, folder: FolderId, documents: Collection[DocumentId]
) -> list[CurrentVersion]:
    """Those of the documents, one at least, that stand in this folder, which she has entered."""
    wanted = {f"d{index}": number for index, number in enumerate(documents)}
    rows = await tx.rows(
        _CURRENT.format(documents="documents d")
        + f" AND d.folder_id = :folder AND d.id IN ({', '.join(f':{name}' for name in wanted)})",
        folder=folder,
        **wanted,
    )
    return _versions(rows)


async def count_readable(tx: Transaction, actor: Actor, documents: Collection[DocumentId]) -> int:
    """How many of these documents, one at least, she may read now."""
    wanted = {f"d{index}": number for index, number in enumerate(documents)}
    rows = await tx.rows(
        f"WITH {access.scoped(actor, Action.READ)} SELECT COUNT(*) FROM documents d"
        f" WHERE d.id IN ({', '.join(f':{name}' for name in wanted)}) AND d.removed_at IS NULL"
        f" AND {access.meets('d.folder_id')}",
        **wanted,
        **access.asking(actor),
    )
    return int(rows[0][0])


def _readable_tree(actor: Actor) -> str:
    scoped, meets = access.scoped(actor, Action.READ), access.meets("f.id")
    return f"{scoped}, {_TREE.format(meets=meets)}"


def _versions(rows: list[tuple[Any, ...]]) -> list[CurrentVersion]:
    return [CurrentVersion(*row) for row in rows]
