"""Rows of versions as the reading of documents sees them."""

from __future__ import annotations

from dataclasses import dataclass

from atelier.database.engine import Transaction
from atelier.database.entries import STANDS
from atelier.model.documents import Blob, ReadState


@dataclass(frozen=True, slots=True)
class Unread:
    """A version to read: its document, name and bytes."""

    version_id: int
    document_id: int
    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class ReadRow:
    """What a reading wrote beside a version."""

    state: ReadState
    reason: str
    media_type: str
    page_kind: str
    page_count: int | None
    language: str
    reader_version: int


async def unread(tx: Transaction, version_id: int) -> Unread | None:
    """The version to read, or None when it is gone or in the trash."""
    row = await tx.row(
        "SELECT v.id, v.document_id, d.name, v.sha256 FROM versions v"
        f" JOIN documents d ON d.id = v.document_id WHERE v.id = :id AND {STANDS}",
        id=version_id,
    )
    return None if row is None else Unread(*row)


async def keep(tx: Transaction, version_id: int, found: ReadRow) -> bool:
    """Write what the reading found beside its version; False when that is gone."""
    changed = await tx.run(
        "UPDATE versions SET state = :state, reason = :reason, media_type = :media_type,"
        " page_kind = :page_kind, page_count = :page_count, language = :language,"
        " reader_version = :reader_version WHERE id = :id",
        id=version_id,
        state=found.state,
        reason=found.reason,
        media_type=found.media_type,
        page_kind=found.page_kind,
        page_count=found.page_count,
        language=found.language,
        reader_version=found.reader_version,
    )
    return changed > 0


async def used(tx: Transaction, hashes: list[str]) -> frozenset[str]:
    """Of these blobs those that a version has."""
    if not hashes:
        return frozenset()
    wanted = {f"h{index}": sha256 for index, sha256 in enumerate(hashes)}
    rows = await tx.rows(
        "SELECT DISTINCT sha256 FROM versions"
        f" WHERE sha256 IN ({', '.join(f':{name}' for name in wanted)})",
        **wanted,
    )
    return frozenset(sha256 for (sha256,) in rows)


async def versions_after(tx: Transaction, version_id: int, limit: int) -> list[tuple[int, Blob]]:
    """The next versions in order of id, with their blobs, for `verify` and re-reading."""
    rows = await tx.rows(
        "SELECT id, sha256, size_bytes FROM versions WHERE id > :id ORDER BY id LIMIT :limit",
        id=version_id,
        limit=limit,
    )
    return [(number, Blob(sha256, size)) for number, sha256, size in rows]
