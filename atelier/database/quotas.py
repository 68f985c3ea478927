"""Space: counters of what versions take, kept in the transaction of each act, and quotas.

A folder's counter is of the documents that stand in itself, in the trash too; an
organisation's is of what was deposited for it and for those that merged into it. Rows of
`used_space` are changed here only.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from atelier.database.engine import Transaction
from atelier.database.times import to_ms
from atelier.model.ids import DocumentId, FolderId, OrganisationId, VersionId
from atelier.model.quotas import Space

_FOLDER, _ORGANISATION = "folder", "organisation"

_ADDED = " ON CONFLICT (kind, id) DO UPDATE SET bytes = used_space.bytes + excluded.bytes"

# The organisation that is there in the place of `:organisation`: itself, or what it became.
_HOME = """home(id, merged_into) AS (
    SELECT id, merged_into FROM organisations WHERE id = :organisation
    UNION ALL
    SELECT o.id, o.merged_into FROM home h JOIN organisations o ON o.id = h.merged_into
)"""

# The organisation with all that merged into it.
_ONE = """one(id) AS (
    SELECT :organisation
    UNION ALL
    SELECT o.id FROM one JOIN organisations o ON o.merged_into = one.id
)"""

_BELOW = """below(id) AS (
    SELECT :folder
    UNION ALL
    SELECT f.id FROM folders f JOIN below b ON f.parent_id = b.id
)"""

_WAY = """way(id, parent_id, quota_bytes, step) AS (
    SELECT id, parent_id, quota_bytes, 0 FROM folders WHERE id = :folder
    UNION ALL
    SELECT f.id, f.parent_id, f.quota_bytes, w.step + 1
    FROM way w JOIN folders f ON f.id = w.parent_id
)"""

_OVER = f"""
WITH RECURSIVE {_HOME}, {_WAY}
SELECT 'organisation', o.id, o.quota_bytes, -1 FROM home h JOIN organisations o ON o.id = h.id
WHERE h.merged_into IS NULL AND o.quota_bytes IS NOT NULL
UNION ALL
SELECT 'folder', id, quota_bytes, step FROM way WHERE quota_bytes IS NOT NULL
ORDER BY 4
"""

# Deposits that go on: they count with the size they announced, but for the one that asks. Who
# was disabled sends no more: what she announced holds no place.
_UNDER_WAY = """SELECT u.size_bytes FROM uploads u JOIN people p ON p.id = u.person_id
    LEFT JOIN documents d ON d.id = u.document_id
    WHERE u.became_document IS NULL AND u.expires_at > :now AND u.key <> :without
    AND p.disabled_at IS NULL"""

_BELOW_TAKES = f"""
WITH RECURSIVE {_BELOW} SELECT
    (SELECT COALESCE(SUM(s.bytes), 0) FROM below b
     JOIN used_space s ON s.kind = 'folder' AND s.id = b.id)
    + (SELECT COALESCE(SUM(size_bytes), 0) FROM (
        {_UNDER_WAY} AND COALESCE(d.folder_id, u.folder_id) IN (SELECT id FROM below)))
"""

_ONE_TAKES = f"""
WITH RECURSIVE {_ONE} SELECT
    (SELECT COALESCE(SUM(s.bytes), 0) FROM used_space s
     WHERE s.kind = 'organisation' AND s.id = :organisation)
    + (SELECT COALESCE(SUM(size_bytes), 0) FROM (
        {_UNDER_WAY} AND u.organisation_id IN (SELECT id FROM one)))
"""

_RECOUNTED = """
WITH RECURSIVE homes(id, home) AS (
    SELECT id, id FROM organisations WHERE merged_into IS NULL
    UNION ALL
    SELECT o.id, h.home FROM homes h JOIN organisations o ON o.merged_into = h.id
)
SELECT kind, id, SUM(kept), SUM(found) FROM (
    SELECT kind, id, bytes AS kept, 0 AS found FROM used_space
    UNION ALL
    SELECT 'folder', d.folder_id, 0, v.size_bytes
    FROM versions v JOIN documents d ON d.id = v.document_id
    UNION ALL
    SELECT 'organisation', h.home, 0, v.size_bytes
    FROM versions v JOIN homes h ON h.id = v.organisation_id
) AS counted GROUP BY kind, id HAVING SUM(kept) <> SUM(found) ORDER BY kind, id
"""


@dataclass(frozen=True, slots=True)
class Limit:
    """A quota: of which folder or organisation (`kind`), in bytes."""

    kind: str
    id: int
    quota_bytes: int


@dataclass(frozen=True, slots=True)
class Miscount:
    """A counter that is not the sum of what it counts: `kind` is `folder` or `organisation`."""

    kind: str
    id: int
    kept_bytes: int
    found_bytes: int


async def add_version(
    tx: Transaction, document: DocumentId, organisation: OrganisationId | None, size_bytes: int
) -> None:
    """Count a version that is written for a document."""
    await tx.run(
        f"WITH RECURSIVE {_HOME} INSERT INTO used_space (kind, id, bytes)"
        " SELECT 'folder', folder_id, :bytes FROM documents WHERE id = :document"
        " UNION ALL SELECT 'organisation', id, :bytes FROM home WHERE merged_into IS NULL" + _ADDED,
        document=document,
        organisation=organisation,
        bytes=size_bytes,
    )


async def move_document(tx: Transaction, document: DocumentId, folder: FolderId) -> None:
    """Count a document where it will stand; before it is put there."""
    size = await weight(tx, document)
    origin = await tx.value("SELECT folder_id FROM documents WHERE id = :id", id=document)
    await _add(tx, _FOLDER, origin, -size)
    await _add(tx, _FOLDER, folder, size)


async def purge(tx: Transaction, wanted: str, **values: object) -> None:
    """Count no longer the documents that the statement `wanted` gives; before they are ended."""
    folders = await tx.rows(
        "SELECT d.folder_id, SUM(v.size_bytes) FROM documents d"
        f" JOIN versions v ON v.document_id = d.id WHERE d.id IN ({wanted}) GROUP BY d.folder_id",
        **values,
    )
    for folder, size in folders:
        await _add(tx, _FOLDER, folder, -size)
    organisations = await tx.rows(
        "SELECT organisation_id, SUM(size_bytes) FROM versions"
        f" WHERE document_id IN ({wanted}) AND organisation_id IS NOT NULL"
        " GROUP BY organisation_id",
        **values,
    )
    for organisation, size in organisations:
        await _add(tx, _ORGANISATION, await _home(tx, organisation), -size)


async def end_version(tx: Transaction, version: VersionId) -> None:
    """Count a version no longer; before it is ended."""
    row = await tx.row(
        "SELECT d.folder_id, v.organisation_id, v.size_bytes FROM versions v"
        " JOIN documents d ON d.id = v.document_id WHERE v.id = :version",
        version=version,
    )
    assert row is not None
    folder, organisation, size = row
    await _add(tx, _FOLDER, folder, -size)
    if organisation is not None:
        await _add(tx, _ORGANISATION, await _home(tx, organisation), -size)


async def forget_folders(tx: Transaction, wanted: str, **values: object) -> None:
    """Drop the counters of the folders that the statement `wanted` gives, which end."""
    await tx.run(f"DELETE FROM used_space WHERE kind = 'folder' AND id IN ({wanted})", **values)


async def merge(tx: Transaction, organisation: OrganisationId, into: OrganisationId) -> None:
    """Count for another organisation all that was counted for this one."""
    size = await tx.value(
        "SELECT bytes FROM used_space WHERE kind = 'organisation' AND id = :id", id=organisation
    )
    await _add(tx, _ORGANISATION, into, size or 0)
    await tx.run("DELETE FROM used_space WHERE kind = 'organisation' AND id = :id", id=organisation)


async def weight(tx: Transaction, document: DocumentId) -> int:
    """What all versions of a document take."""
    return int(
        await tx.value(
            "SELECT COALESCE(SUM(size_bytes), 0) FROM versions WHERE document_id = :document",
            document=document,
        )
    )


async def over(
    tx: Transaction, folder: FolderId, organisation: OrganisationId | None = None
) -> list[Limit]:
    """The quotas over what comes into a folder for an organisation: in one statement.

    The organisation's, then the folder's own and those above it, upwards.
    """
    rows = await tx.rows(_OVER, folder=folder, organisation=organisation)
    return [Limit(kind, number, quota) for kind, number, quota, _ in rows]


async def is_limited(tx: Transaction, folder: FolderId) -> bool:
    """Whether a folder has a quota of its own."""
    return bool(
        await tx.value("SELECT 1 FROM folders WHERE id = :id AND quota_bytes > 0", id=folder)
    )


async def used(tx: Transaction, limit: Limit, now: datetime, *, without: str = "") -> int:
    """How many bytes count against a quota.

    `without` is the key of a deposit under way that is not to be counted.
    """
    take = used_below if limit.kind == _FOLDER else used_for
    return await take(tx, limit.id, now, without=without)


async def used_below(tx: Transaction, folder: int, now: datetime, *, without: str = "") -> int:
    """What a folder takes with all below it, closed and removed ones too."""
    values = {"folder": folder, "now": to_ms(now), "without": without}
    return int(await tx.value(_BELOW_TAKES, **values))


async def used_for(tx: Transaction, organisation: int, now: datetime, *, without: str = "") -> int:
    """What was deposited for an organisation, and for those that merged into it."""
    values = {"organisation": organisation, "now": to_ms(now), "without": without}
    return int(await tx.value(_ONE_TAKES, **values))


async def of_folder(tx: Transaction, folder: FolderId, now: datetime) -> Space:
    """What a folder takes, and its own quota."""
    quota = await tx.value("SELECT quota_bytes FROM folders WHERE id = :id", id=folder)
    return Space(await used_below(tx, folder, now), quota)


async def of_organisation(tx: Transaction, organisation: OrganisationId, now: datetime) -> Space:
    """What an organisation takes, and its quota."""
    quota = await tx.value("SELECT quota_bytes FROM organisations WHERE id = :id", id=organisation)
    return Space(await used_for(tx, organisation, now), quota)


async def limit_folder(tx: Transaction, folder: FolderId, quota_bytes: int | None) -> None:
    """Write a folder's quota; None for none of its own."""
    await tx.run(
        "UPDATE folders SET quota_bytes = :quota WHERE id = :id", id=folder, quota=quota_bytes
    )


async def limit_organisation(
    tx: Transaction, organisation: OrganisationId, quota_bytes: int | None
) -> None:
    """Write an organisation's quota; None for none."""
    await tx.run(
        "UPDATE organisations SET quota_bytes = :quota WHERE id = :id",
        id=organisation,
        quota=quota_bytes,
    )


async def recount(tx: Transaction) -> list[Miscount]:
    """The counters that are not the sum of the versions they count; an absent one counts 0."""
    return [Miscount(*row) for row in await tx.rows(_RECOUNTED)]


async def mend(tx: Transaction) -> list[Miscount]:
    """Write the counters anew that `recount` finds wrong; which they were."""
    found = await recount(tx)
    for wrong in found:
        await _add(tx, wrong.kind, wrong.id, wrong.found_bytes - wrong.kept_bytes)
    return found


async def _home(tx: Transaction, organisation: OrganisationId) -> OrganisationId:
    return OrganisationId(
        await tx.value(
            f"WITH RECURSIVE {_HOME} SELECT id FROM home WHERE merged_into IS NULL",
            organisation=organisation,
        )
    )


async def _add(tx: Transaction, kind: str, number: int, size_bytes: int) -> None:
    await tx.run(
        "INSERT INTO used_space (kind, id, bytes) VALUES (:kind, :id, :bytes)" + _ADDED,
        kind=kind,
        id=number,
        bytes=size_bytes,
    )
