"""What a search asks of the records: where she may look, the names of what it counts."""

from __future__ import annotations

from collections.abc import Iterable

from atelier import access
from atelier.database.engine import Transaction
from atelier.model.folders import Action
from atelier.model.ids import FolderId
from atelier.model.people import Actor


async def parents(tx: Transaction, actor: Actor) -> dict[FolderId, FolderId | None]:
    """Every folder she may read today, with the one it stands in."""
    rows = await tx.rows(
        f"WITH {access.scoped(actor, Action.READ)} SELECT f.id, f.parent_id FROM folders f"
        " WHERE f.id IN (SELECT r.folder_id FROM reach r"
        " WHERE r.ancestor_id IN (SELECT folder_id FROM scoped))",
        **access.asking(actor),
    )
    return dict(rows)


async def unreadable(tx: Transaction, actor: Actor) -> frozenset[FolderId]:
    """Every folder that she may not read today; those in the trash too."""
    rows = await tx.rows(
        f"WITH {access.scoped(actor, Action.READ)} SELECT f.id FROM folders f"
        " WHERE f.id NOT IN (SELECT r.folder_id FROM reach r"
        " WHERE r.ancestor_id IN (SELECT folder_id FROM scoped))",
        **access.asking(actor),
    )
    return frozenset(FolderId(number) for (number,) in rows)


async def folders(tx: Transaction) -> int:
    """How many folders there are in all."""
    return int(await tx.value("SELECT COUNT(*) FROM folders"))


async def folder_names(tx: Transaction, wanted: Iterable[int]) -> dict[int, str]:
    """Names of these folders; the caller has checked that she may read them."""
    return await _names(tx, "folders", wanted)


async def people_names(tx: Transaction, wanted: Iterable[int]) -> dict[int, str]:
    """Names of these people; anyone signed in may read them."""
    return await _names(tx, "people", wanted)


async def organisation_names(tx: Transaction, wanted: Iterable[int]) -> dict[int, str]:
    """Names of these organisations; anyone signed in may read them."""
    return await _names(tx, "organisations", wanted)


async def earlier_versions(
    tx: Transaction, actor: Actor, documents: Iterable[int], most: int
) -> dict[int, list[tuple[int, int, str, str]]]:
    """Of each of these documents that she may read, its `most` newest versions but the last.

    Each as number, id, blob and media type, newest first.
    """
    wanted = {f"d{index}": number for index, number in enumerate(documents)}
    if not wanted:
        return {}
    rows = await tx.rows(
        f"WITH {access.scoped(actor, Action.READ)}"
        " SELECT d.id, v.number, v.id, v.sha256, v.media_type FROM documents d"
        " JOIN versions v ON v.document_id = d.id"
        f" WHERE d.id IN ({', '.join(f':{name}' for name in wanted)}) AND d.removed_at IS NULL"
        f" AND v.number < d.version AND v.number >= d.version - :most"
        f" AND {access.meets('d.folder_id')} ORDER BY d.id, v.number DESC",
        most=most,
        **wanted,
        **access.asking(actor),
    )
    found: dict[int, list[tuple[int, int, str, str]]] = {}
    for document, *version in rows:
        found.setdefault(document, []).append((version[0], version[1], version[2], version[3]))
    return found


async def _names(tx: Transaction, table: str, wanted: Iterable[int]) -> dict[int, str]:
    asked = {f"n{index}": number for index, number in enumerate(wanted)}
    if not asked:
        return {}
    rows = await tx.rows(
        f"SELECT id, name FROM {table} WHERE id IN ({', '.join(f':{name}' for name in asked)})",
        **asked,
    )
    return dict(rows)
