"""Rows of versions as the reading of documents sees them."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from atelier.database.engine import Transaction
from atelier.database.entries import STANDS
from atelier.database.jobs import take_over
from atelier.database.times import to_ms
from atelier.model.documents import Blob, ReadState
from atelier.model.jobs import JobKind, Rank


@dataclass(frozen=True, slots=True)
class Unread:
    """A version to read: its document, name and bytes; `is_new` when nobody has read it yet."""

    version_id: int
    document_id: int
    name: str
    sha256: str
    is_new: bool


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
        "SELECT v.id, v.document_id, d.name, v.sha256, v.state = 'waiting' FROM versions v"
        f" JOIN documents d ON d.id = v.document_id WHERE v.id = :id AND {STANDS}",
        id=version_id,
    )
    return None if row is None else Unread(row[0], row[1], row[2], row[3], is_new=bool(row[4]))


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


async def document_of(tx: Transaction, version_id: int) -> int | None:
    """The document of a version, in the trash too; None when it was ended for good."""
    found = await tx.value("SELECT document_id FROM versions WHERE id = :id", id=version_id)
    return None if found is None else int(found)


async def used(tx: Transaction, hashes: list[str]) -> frozenset[str]:
    """Of these blobs those that a version has, or that are set aside for somebody."""
    if not hashes:
        return frozenset()
    wanted = {f"h{index}": sha256 for index, sha256 in enumerate(hashes)}
    among = f"IN ({', '.join(f':{name}' for name in wanted)})"
    rows = await tx.rows(
        f"SELECT sha256 FROM versions WHERE sha256 {among}"
        f" UNION SELECT sha256 FROM set_aside WHERE sha256 {among}",
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


async def is_any_outdated(tx: Transaction, reader_version: int) -> bool:
    """Whether an older reader than this read something."""
    found = await tx.value(
        "SELECT 1 FROM versions WHERE reader_version BETWEEN 1 AND :newest LIMIT 1",
        newest=reader_version - 1,
    )
    return found is not None


async def readable_after(
    tx: Transaction, version_id: int, limit: int, *, older_than: int | None, every_version: bool
) -> list[int]:
    """The next versions that were read and stand, in order of id: the current ones, or every.

    Read by a reader older than that version; by any when it is None.
    """
    rows = await tx.rows(
        "SELECT v.id FROM versions v JOIN documents d ON d.id = v.document_id"
        " WHERE v.id > :id AND v.state <> 'waiting'"
        " AND (:older_than = 0 OR v.reader_version < :older_than)"
        f" AND (:every = 1 OR v.number = d.version) AND {STANDS} ORDER BY v.id LIMIT :limit",
        id=version_id,
        older_than=older_than or 0,
        every=int(every_version),
        limit=limit,
    )
    return [number for (number,) in rows]


async def set_aside_after(tx: Transaction, number: int, limit: int) -> list[tuple[int, Blob]]:
    """The next bytes that are set aside, in order of id."""
    rows = await tx.rows(
        "SELECT id, sha256, size_bytes FROM set_aside WHERE id > :id ORDER BY id LIMIT :limit",
        id=number,
        limit=limit,
    )
    return [(number, Blob(sha256, size)) for number, sha256, size in rows]


async def having(tx: Transaction, hashes: list[str]) -> list[tuple[str, int, int, int]]:
    """The versions of these blobs: hash, document, number, folder."""
    wanted = {f"h{index}": sha256 for index, sha256 in enumerate(hashes)}
    rows = await tx.rows(
        "SELECT v.sha256, v.document_id, v.number, d.folder_id FROM versions v"
        " JOIN documents d ON d.id = v.document_id"
        f" WHERE v.sha256 IN ({', '.join(f':{name}' for name in wanted)})"
        " ORDER BY v.sha256, v.document_id, v.number",
        **wanted,
    )
    return [(sha256, document, number, folder) for sha256, document, number, folder in rows]


@dataclass(frozen=True, slots=True)
class Current:
    """The current version of a document that stands; `has_job` when its reading is to come."""

    document: int
    version_id: int
    sha256: str
    is_waiting: bool
    has_job: bool


async def currents_after(tx: Transaction, document: int, limit: int) -> list[Current]:
    """The next documents that stand, in order of id, as the index is to have them."""
    rows = await tx.rows(
        "SELECT d.id, v.id, v.sha256, v.state = 'waiting', EXISTS (SELECT 1 FROM jobs j"
        " WHERE j.kind = :kind AND j.subject = v.id AND j.state <> 'failed') FROM documents d"
        " JOIN versions v ON v.document_id = d.id AND v.number = d.version"
        f" WHERE d.id > :id AND {STANDS} ORDER BY d.id LIMIT :limit",
        kind=JobKind.READ_VERSION,
        id=document,
        limit=limit,
    )
    return [
        Current(document, version, sha256, bool(is_waiting), bool(has_job))
        for document, version, sha256, is_waiting, has_job in rows
    ]


async def changed_since(tx: Transaction, number: int) -> frozenset[int]:
    """The documents that have entries for the index after that number."""
    rows = await tx.rows(
        "SELECT DISTINCT document_id FROM index_entries WHERE number > :number", number=number
    )
    return frozenset(document for (document,) in rows)


async def uploads_under_way(tx: Transaction) -> dict[str, int]:
    """How many bytes each resumable deposit that is not confirmed has for durable, by key."""
    rows = await tx.rows("SELECT key, offset_bytes FROM uploads WHERE became_document IS NULL")
    return {key: offset for key, offset in rows}


async def forget_upload(tx: Transaction, key: str) -> None:
    """Remove a resumable deposit that is not confirmed."""
    await tx.run("DELETE FROM uploads WHERE key = :key AND became_document IS NULL", key=key)


async def begin_again(tx: Transaction, at: datetime) -> None:
    """Take up records of an earlier day: what is derived is made anew, what was open is over.

    Sign-ins and links may have been ended since then; the bytes of deposits under way are
    not there. Every current version is read again, and every index begins from nothing.
    """
    for table in ("sessions", "sign_in_links", "sign_in_attempts", "uploads"):
        await tx.run(f"DELETE FROM {table}")
    await take_over(tx)
    await tx.run(
        "INSERT INTO jobs (kind, subject, rank, run_after, created_at)"
        " SELECT :kind, v.id, :rank, :at, :at FROM documents d"
        " JOIN versions v ON v.document_id = d.id AND v.number = d.version"
        f" WHERE {STANDS} ON CONFLICT DO NOTHING",
        kind=JobKind.READ_VERSION,
        rank=Rank.BACKGROUND,
        at=to_ms(at),
    )
    # An index of the records as they were then, wherever it stands, is none of theirs now.
    await tx.run("UPDATE installation SET key = :key WHERE id = 1", key=secrets.token_hex(16))
