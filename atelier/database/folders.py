"""Rows of folders, their reach, and the names in use in them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from atelier import access
from atelier.database.engine import Transaction
from atelier.database.times import from_ms, to_ms
from atelier.model import names
from atelier.model.folders import Action, Crumb, FolderRow
from atelier.model.ids import FolderId, PersonId
from atelier.model.people import Actor

_ROW = "f.id, f.name, f.is_closed, f.changed_at"

_BELOW = """below(id) AS (
    SELECT :folder
    UNION ALL
    SELECT f.id FROM folders f JOIN below b ON f.parent_id = b.id
)"""

# What is in the trash has no reach, and gets none when a folder above it changes.
_LIVING = """living(id) AS (
    SELECT :folder
    UNION ALL
    SELECT f.id FROM folders f JOIN living l ON f.parent_id = l.id WHERE f.removed_at IS NULL
)"""


async def add(
    tx: Transaction,
    parent: FolderId | None,
    name: str,
    by: PersonId,
    at: datetime,
    *,
    is_closed: bool,
) -> FolderId:
    """Write a folder with its reach; an open one takes its name in its parent."""
    folder = FolderId(
        await tx.value(
            "INSERT INTO folders (parent_id, name, is_closed, created_by, created_at, changed_at)"
            " VALUES (:parent, :name, :closed, :by, :at, :at) RETURNING id",
            parent=parent,
            name=name,
            closed=int(is_closed),
            by=by,
            at=to_ms(at),
        )
    )
    await rewrite_reach(tx, folder)
    if parent is not None and not is_closed:
        await take_name(tx, parent, name, "folder", folder)
    return folder


async def entries(tx: Transaction, actor: Actor) -> list[FolderRow]:
    """Where her workspace begins: readable folders whose parent she may not read.

    Such a folder always carries one of her grants, so only her scope is looked at.
    """
    rows = await tx.rows(
        f"WITH {access.scoped(actor, Action.READ)} SELECT {_ROW} FROM scoped s"
        " JOIN folders f ON f.id = s.folder_id"
        " JOIN reach own ON own.folder_id = f.id AND own.ancestor_id = f.id"
        f" WHERE f.parent_id IS NULL OR NOT {access.meets('f.parent_id')}",
        **access.asking(actor),
    )
    return _listed(rows)


async def children(tx: Transaction, actor: Actor, folder: FolderId) -> list[FolderRow]:
    """The readable folders in this one, by name."""
    rows = await tx.rows(
        f"WITH {access.scoped(actor, Action.READ)} SELECT {_ROW} FROM folders f"
        f" WHERE f.parent_id = :folder AND {access.meets('f.id')}",
        folder=folder,
        **access.asking(actor),
    )
    return _listed(rows)


async def crumbs(tx: Transaction, actor: Actor, folder: FolderId) -> list[Crumb]:
    """The way from her entry point down to this folder; it stops below an unreadable one."""
    rows = await tx.rows(
        f"WITH RECURSIVE {access.scoped(actor, Action.READ)}, way(id, name, parent_id, step) AS ("
        " SELECT id, name, parent_id, 0 FROM folders WHERE id = :folder"
        " UNION ALL"
        " SELECT f.id, f.name, f.parent_id, w.step + 1 FROM way w"
        f" JOIN folders f ON f.id = w.parent_id WHERE {access.meets('f.id')}"
        ") SELECT id, name FROM way ORDER BY step DESC",
        folder=folder,
        **access.asking(actor),
    )
    return [Crumb(FolderId(number), name) for number, name in rows]


async def allowing(
    tx: Transaction, actor: Actor, action: Action
) -> list[tuple[FolderId, FolderId | None, str]]:
    """Every folder where she may do this: id, parent, name; by name."""
    rows = await tx.rows(
        f"WITH {access.scoped(actor, action)} SELECT f.id, f.parent_id, f.name FROM folders f"
        " WHERE f.id IN (SELECT r.folder_id FROM reach r"
        " WHERE r.ancestor_id IN (SELECT folder_id FROM scoped))",
        **access.asking(actor),
    )
    return sorted(rows, key=lambda row: names.sort_key(row[2]))


async def every(tx: Transaction) -> frozenset[FolderId]:
    """The ids of all folders, for the complement of what someone may read."""
    return frozenset(FolderId(number) for (number,) in await tx.rows("SELECT id FROM folders"))


async def below(tx: Transaction, folder: FolderId) -> frozenset[FolderId]:
    """The folder and all under it: closed ones too, and what is in the trash."""
    rows = await tx.rows(f"WITH RECURSIVE {_BELOW} SELECT id FROM below", folder=folder)
    return frozenset(FolderId(number) for (number,) in rows)


async def depth_and_path_characters(tx: Transaction, folder: FolderId) -> tuple[int, int]:
    """How deep the folder stands (1 at the top) and the length of its path."""
    row = await tx.row(
        "WITH RECURSIVE way(id, name, parent_id) AS ("
        " SELECT id, name, parent_id FROM folders WHERE id = :folder"
        " UNION ALL"
        " SELECT f.id, f.name, f.parent_id FROM way w JOIN folders f ON f.id = w.parent_id"
        ") SELECT COUNT(*), SUM(LENGTH(name) + 1) FROM way",
        folder=folder,
    )
    assert row is not None
    return row[0], row[1] or 0


async def extent(tx: Transaction, folder: FolderId) -> tuple[int, int]:
    """Levels and longest path, in characters, of the folder with what is under it.

    What is in the trash does not count: it would tell of itself.
    """
    row = await tx.row(
        "WITH RECURSIVE below(id, level, characters) AS ("
        " SELECT id, 1, LENGTH(name) FROM folders WHERE id = :folder"
        " UNION ALL"
        " SELECT f.id, b.level + 1, b.characters + 1 + LENGTH(f.name)"
        " FROM folders f JOIN below b ON f.parent_id = b.id WHERE f.removed_at IS NULL"
        ") SELECT MAX(level), MAX(characters) FROM below",
        folder=folder,
    )
    assert row is not None
    return row[0], row[1]


async def rewrite_reach(tx: Transaction, folder: FolderId) -> None:
    """Write the reach of the folder and of all under it anew, after a move or a closing.

    Not of what is in the trash, nor of what stands below that: a closed folder there keeps
    the reach it has, which ends in itself.
    """
    await tx.run(
        f"WITH RECURSIVE {_LIVING} DELETE FROM reach WHERE folder_id IN (SELECT id FROM living)",
        folder=folder,
    )
    await tx.run(
        f"WITH RECURSIVE {_LIVING}, chain(folder_id, ancestor_id) AS ("
        " SELECT id, id FROM living"
        " UNION ALL"
        " SELECT c.folder_id, f.parent_id FROM chain c JOIN folders f ON f.id = c.ancestor_id"
        " WHERE f.is_closed = 0 AND f.parent_id IS NOT NULL"
        ") INSERT INTO reach (folder_id, ancestor_id) SELECT folder_id, ancestor_id FROM chain",
        folder=folder,
    )


async def rename(tx: Transaction, folder: FolderId, name: str, at: datetime) -> None:
    """Give the folder another name; the caller keeps the names in use."""
    await tx.run(
        "UPDATE folders SET name = :name, changed_at = :at WHERE id = :folder",
        name=name,
        at=to_ms(at),
        folder=folder,
    )


async def move(tx: Transaction, folder: FolderId, parent: FolderId | None) -> None:
    """Put the folder under another parent and rewrite its reach."""
    await tx.run(
        "UPDATE folders SET parent_id = :parent WHERE id = :folder", parent=parent, folder=folder
    )
    await rewrite_reach(tx, folder)


async def set_closed(tx: Transaction, folder: FolderId, *, is_closed: bool) -> None:
    """Close or open the folder and rewrite its reach."""
    await tx.run(
        "UPDATE folders SET is_closed = :closed WHERE id = :folder",
        closed=int(is_closed),
        folder=folder,
    )
    await rewrite_reach(tx, folder)


async def touch(tx: Transaction, folder: FolderId, at: datetime) -> None:
    """Note that something changed in the folder, for all above it that share its readers.

    A folder above a closed one keeps its date: it would tell of what stands below.
    """
    await tx.run(
        "UPDATE folders SET changed_at = :at WHERE changed_at < :at"
        " AND id IN (SELECT ancestor_id FROM reach WHERE folder_id = :folder)",
        at=to_ms(at),
        folder=folder,
    )


async def named(tx: Transaction, folder: FolderId, name: str) -> tuple[str, int] | None:
    """What holds this name in the folder: ("folder" or "document", id), or None."""
    row = await tx.row(
        "SELECT kind, id FROM names WHERE folder_id = :folder AND key = :key",
        folder=folder,
        key=names.key(name),
    )
    return None if row is None else (row[0], row[1])


async def take_name(tx: Transaction, folder: FolderId, name: str, kind: str, thing: int) -> None:
    """Put the name in use in the folder; it must be free there."""
    await tx.run(
        "INSERT INTO names (folder_id, key, kind, id) VALUES (:folder, :key, :kind, :thing)",
        folder=folder,
        key=names.key(name),
        kind=kind,
        thing=thing,
    )


async def free_name(tx: Transaction, kind: str, thing: int) -> None:
    """Give back the name of this folder or document."""
    await tx.run("DELETE FROM names WHERE kind = :kind AND id = :thing", kind=kind, thing=thing)


def _listed(rows: list[tuple[Any, ...]]) -> list[FolderRow]:
    """By name; of two with one name the younger shows its short id too."""
    seen: set[str] = set()
    listed = []
    for number, name, is_closed, changed_at in sorted(rows):
        key = names.key(name)
        short_id = f"n° {number}" if key in seen else ""
        seen.add(key)
        listed.append(
            FolderRow(FolderId(number), name, bool(is_closed), from_ms(changed_at), short_id)
        )
    return sorted(listed, key=lambda row: (names.sort_key(row.name), row.id))
