"""Upkeep: checking that records and bytes agree, and rebuilding what is derived. No actor."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from atelier.database import entries, jobs, sessions
from atelier.database import reading as records
from atelier.database.engine import Transaction
from atelier.errors import IndexUnready
from atelier.workspace.place import Workspace

DRAFT_SECONDS = 7 * 24 * 3600
_BATCH = 1_000


@dataclass(slots=True)
class Verified:
    """What `verify` found; hashes in lower-case hex. Orphans are harmless leftovers."""

    versions: int = 0
    blobs: int = 0
    missing: list[str] = field(default_factory=list)
    rotten: list[str] = field(default_factory=list)
    orphans: list[str] = field(default_factory=list)
    record_faults: list[str] = field(default_factory=list)
    unread: int = 0
    index_behind: int = 0

    @property
    def is_clean(self) -> bool:
        """Whether every confirmed byte is there and the records are sound."""
        return not (self.missing or self.rotten or self.record_faults)


async def verify(ws: Workspace, *, read_data: bool = False) -> Verified:
    """Compare records, bytes and index; with `read_data` every byte is hashed again."""
    found = Verified()
    found.record_faults = await ws.db.read(_record_faults)
    # Versions first: what is deposited meanwhile has no version here, and is not missing.
    wanted = await _wanted(ws, found)
    stored = {blob.sha256: blob.size_bytes async for blob in ws.blobs.hashes()}
    found.blobs = len(stored)
    found.missing = [sha256 for sha256 in wanted if sha256 not in stored]
    found.orphans = sorted(stored.keys() - wanted.keys())
    for sha256 in sorted(wanted.keys() & stored.keys()):
        is_whole = stored[sha256] == wanted[sha256]
        if not is_whole or (read_data and not await ws.blobs.is_whole(sha256)):
            found.rotten.append(sha256)
    found.unread = await ws.db.read(jobs.unfinished)
    found.index_behind = await _index_behind(ws)
    return found


async def rebuild_index(ws: Workspace) -> int:
    """Have the index empty itself and look at every document again: the number to reach.

    The follower does the work, in whichever process it runs.
    """

    async def unit(tx: Transaction) -> int:
        await entries.note_all(tx)
        return await entries.last(tx)

    return await ws.db.write(unit)


async def forget_expired(ws: Workspace) -> None:
    """Remove drafts nobody finished, and sessions, links and attempts that are over."""
    await ws.blobs.expire_drafts(DRAFT_SECONDS)
    limits = ws.settings.sessions
    oldest = ws.clock() - timedelta(hours=max(limits.absolute_hours, limits.link_hours))
    await ws.db.write(lambda tx: sessions.forget_before(tx, oldest))


async def is_quiet(ws: Workspace) -> bool:
    """Whether nothing waits to be read and the index shows everything."""
    if await ws.db.read(jobs.unfinished):
        return False
    return await _index_behind(ws) == 0


async def _wanted(ws: Workspace, found: Verified) -> dict[str, int]:
    """The hash and size of every blob that a version needs, in the order of versions."""
    wanted: dict[str, int] = {}
    last = 0
    while True:
        rows = await ws.db.read(lambda tx, at=last: records.versions_after(tx, at, _BATCH))  # type: ignore[misc]
        if not rows:
            return wanted
        last = rows[-1][0]
        found.versions += len(rows)
        wanted.update((blob.sha256, blob.size_bytes) for _, blob in rows)


async def _record_faults(tx: Transaction) -> list[str]:
    rows = await tx.rows("PRAGMA integrity_check")
    keys = await tx.rows("PRAGMA foreign_key_check")
    faults = [str(text) for (text,) in rows if text != "ok"]
    return faults + [f"{row[0]} {row[1]} refers to nothing in {row[2]}" for row in keys]


async def _index_behind(ws: Workspace) -> int:
    try:
        applied = await ws.index.applied()
    except IndexUnready:
        applied = 0
    return max(0, await ws.db.read(entries.last) - applied)
