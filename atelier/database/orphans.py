"""Rows about folders without lasting coordination."""

from __future__ import annotations

from atelier.database.engine import Transaction
from atelier.database.times import from_ms
from atelier.model.ids import FolderId
from atelier.model.orphans import Orphan


async def heads(tx: Transaction, folders: list[FolderId]) -> list[Orphan]:
    """What stewards may know of these folders, in order of their numbers."""
    if not folders:
        return []
    wanted = {f"f{index}": folder for index, folder in enumerate(folders)}
    rows = await tx.rows(
        "SELECT f.id, f.name, p.name, f.created_at, (SELECT COUNT(*) FROM reach r"
        " JOIN documents d ON d.folder_id = r.folder_id AND d.removed_at IS NULL"
        " WHERE r.ancestor_id = f.id) FROM folders f JOIN people p ON p.id = f.created_by"
        f" WHERE f.id IN ({', '.join(f':{name}' for name in wanted)}) ORDER BY f.id",
        **wanted,
    )
    return [
        Orphan(FolderId(number), name, made_by, from_ms(made_at), documents)
        for number, name, made_by, made_at, documents in rows
    ]


async def is_living(tx: Transaction, folder: FolderId) -> bool:
    """Whether there is such a folder, and not in the trash: what is there has no reach."""
    found = await tx.value(
        "SELECT 1 FROM reach WHERE folder_id = :folder AND ancestor_id = :folder", folder=folder
    )
    return found is not None
