"""Upkeep: checking that records and bytes agree, and letting go what is over. No actor."""

from __future__ import annotations

import calendar
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from atelier.database import (
    aside,
    email_changes,
    entries,
    invitations,
    invites,
    jobs,
    letters,
    locks,
    notices,
    sessions,
    trail,
    trash,
    uploads,
)
from atelier.database import reading as records
from atelier.database.engine import Transaction
from atelier.errors import IndexUnready
from atelier.files import Disk, Lock
from atelier.model.ids import DocumentId, FolderId
from atelier.model.jobs import Rank
from atelier.model.trail import Head, TrailFault, TrailFaultKind
from atelier.model.trash import RemovedKind
from atelier.workspace import throttle
from atelier.workspace.documents import forget_texts, text_key
from atelier.workspace.email_changes import DAYS as EMAIL_CHANGE_DAYS
from atelier.workspace.orphans import TOLD_FOR
from atelier.workspace.place import Workspace
from atelier.workspace.retention import DRAFT_SECONDS, GRACE_SECONDS, LETTER_DAYS, UNANSWERED_FOR

_BATCH = 1_000
_PURGED_AT_ONCE = 500  # some 50 ms of the one writer, in a log of 200,000 lines


class Compared(StrEnum):
    """What became of a head of the access log that was kept elsewhere."""

    FOUND = "found"
    PURGED = "purged"
    DIFFERS = "differs"


@dataclass(frozen=True, slots=True)
class Purged:
    """Lines of the access log that were removed, and the fault that stopped it, if any."""

    lines: int
    fault: TrailFault | None


@dataclass(frozen=True, slots=True)
class Loss:
    """A version whose bytes are missing or rotten, by numbers: names are for who may read."""

    sha256: str
    document: int
    version: int
    folder: int


@dataclass(slots=True)
class Verified:
    """What `verify` found; hashes in lower-case hex. Orphans are harmless leftovers.

    `losses` are the versions of what is missing or rotten, in the order of hashes; bytes set
    aside for somebody have none.

    `trail_head` is where the access log ends, `NUMBER:HASH`; `trail_faults` holds the
    first number at which its chain fails, and one more when a head kept elsewhere differs.
    """

    versions: int = 0
    blobs: int = 0
    missing: list[str] = field(default_factory=list)
    rotten: list[str] = field(default_factory=list)
    orphans: list[str] = field(default_factory=list)
    losses: list[Loss] = field(default_factory=list)
    record_faults: list[str] = field(default_factory=list)
    unread: int = 0
    index_behind: int = 0
    trail_lines: int = 0
    trail_head: str = ""
    trail_faults: list[TrailFault] = field(default_factory=list)
    kept_head: Compared | None = None

    @property
    def is_clean(self) -> bool:
        """Whether every confirmed byte is there, and records and access log are sound."""
        return not (self.missing or self.rotten or self.record_faults or self.trail_faults)


async def verify(
    ws: Workspace, *, read_data: bool = False, kept_head: Head | None = None
) -> Verified:
    """Compare records, bytes and index, and follow the chain of the access log.

    With `read_data` every byte is hashed again. `kept_head` is a head of the access log as
    it was told earlier: whoever writes the whole chain anew is found by it alone.
    """
    found = Verified()
    found.record_faults = await ws.db.read(_record_faults)
    await ws.db.read(lambda tx: _check_trail(tx, kept_head, found))
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
    found.losses = await _losses(ws, [*found.missing, *found.rotten])
    found.unread = await ws.db.read(jobs.unfinished)
    found.index_behind = await _index_behind(ws)
    return found


async def forget_expired(ws: Workspace) -> None:
    """Remove drafts nobody finished, and sessions, links, attempts and notices that are over.

    And who opened the page of a meeting, as long ago as the access log is kept; letters that
    left, or were not to leave, half a year ago; and whom an invitation was for that nobody
    answered, three months after it expired.
    """
    await ws.blobs.expire_drafts(DRAFT_SECONDS)
    limits = ws.settings.sessions
    oldest = ws.clock() - timedelta(hours=max(limits.absolute_hours, limits.link_hours))
    kept = ws.clock() - timedelta(days=limits.kept_days)
    asked = ws.clock() - timedelta(days=EMAIL_CHANGE_DAYS)
    await ws.db.write(lambda tx: email_changes.forget_before(tx, asked))
    unanswered = ws.clock() - UNANSWERED_FOR
    await ws.db.write(lambda tx: invites.forget_before(tx, unanswered))
    tried = ws.clock() - throttle.KEPT_FOR

    async def unit(tx: Transaction) -> None:
        await sessions.forget_before(tx, oldest, kept_since=kept, tried_since=tried)

    await ws.db.write(unit)
    told = ws.clock() - TOLD_FOR
    await ws.db.write(lambda tx: notices.forget_before(tx, told))
    opened = months_before(ws.clock(), ws.settings.access_log.keep_months)
    await ws.db.write(lambda tx: invitations.forget_openings(tx, opened))
    settled = ws.clock() - timedelta(days=LETTER_DAYS)
    await ws.db.write(lambda tx: letters.forget_before(tx, settled))
    await ws.db.write(lambda tx: aside.forget_expired(tx, ws.clock()))
    await ws.db.write(lambda tx: locks.forget_expired(tx, ws.clock()))
    for key in await ws.db.write(lambda tx: uploads.forget_expired(tx, ws.clock())):
        await ws.blobs.forget(key)


async def empty_trash(ws: Workspace) -> int:
    """Purge some of what has been in the trash for longer than its setting; again for more.

    How many things.
    """
    days = ws.settings.trash.keep_days
    before = ws.clock() - timedelta(days=days)
    purged = 0
    for kind, thing in await ws.db.read(lambda tx: trash.due(tx, before, _BATCH)):
        ended = await ws.db.write(
            lambda tx, kind=kind, thing=thing: _purge(ws, tx, kind, thing, before)  # type: ignore[misc]
        )
        if ended is not None:
            await forget_texts(ws, ended)
            purged += 1
    return purged


async def collect(ws: Workspace, *, older_than_seconds: int = GRACE_SECONDS) -> int:
    """Remove the bytes that nothing needs and that are older than a day: how many blobs.

    And the kept texts of versions that are no more, which a crash during a purge may leave.
    A blob that nothing needs is needed again only by being sealed again, which makes it
    young: a deposit of the same bytes is never robbed, whenever it comes. A backup under
    way keeps everything.
    """
    collected = 0
    hashes: list[str] = []
    async for blob in ws.blobs.hashes():
        hashes.append(blob.sha256)
        if len(hashes) == _BATCH:
            collected += await _collect_unused(ws, hashes, older_than_seconds)
            hashes = []
    collected += await _collect_unused(ws, hashes, older_than_seconds)
    await forget_unused_texts(ws)
    return collected


def hold_collector(ws: Workspace) -> Lock | None:
    """As long as it is held, no blob is collected; None when somebody holds it already."""
    return Disk().lock(ws.settings.data / "collector.lock")


async def purge_trail(ws: Workspace) -> Purged:
    """Remove some of the access log's lines that are older than its setting; again for more.

    No line that was changed is removed, nor those after it: `verify` shows them until
    somebody looked into it.
    """
    limit = months_before(ws.clock(), ws.settings.access_log.keep_months)
    done = await ws.db.write(lambda tx: trail.purge(tx, limit, _PURGED_AT_ONCE))
    return Purged(done.lines, done.fault)


async def trail_head(ws: Workspace) -> Head:
    """Where the access log ends now: to be kept where whoever has the records cannot write."""
    return await ws.db.read(trail.head)


def months_before(moment: datetime, months: int) -> datetime:
    """The same day and time that many calendar months earlier, or the month's last day."""
    year, month = divmod(moment.year * 12 + moment.month - 1 - months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return moment.replace(year=year, month=month + 1, day=min(moment.day, last))


async def is_quiet(ws: Workspace, *, rank: Rank = Rank.BACKGROUND) -> bool:
    """Whether nothing of this rank or a better one waits, and the index shows everything."""
    if await ws.db.read(lambda tx: jobs.unfinished(tx, rank=rank)):
        return False
    return await _index_behind(ws) == 0


async def _purge(
    ws: Workspace, tx: Transaction, kind: RemovedKind, thing: int, before: datetime
) -> list[tuple[int, str]] | None:
    """End one thing; None when it is not there: brought back meanwhile, or gone with another."""
    removed = await trash.expired(tx, kind, thing, before)
    if removed is None:
        return None
    await trash.note_expiry(tx, removed, ws.settings.trash.keep_days, ws.clock())
    if kind is RemovedKind.DOCUMENT:
        return await trash.purge_document(tx, DocumentId(thing))
    return await trash.purge_folder(tx, FolderId(thing))


async def _collect_unused(ws: Workspace, hashes: list[str], older_than_seconds: int) -> int:
    held = hold_collector(ws)
    if held is None:
        return 0
    # Asked while it is held: what a backup names from here on was needed now, or is young.
    with held:
        used = await ws.db.read(lambda tx: records.used(tx, hashes))
        unused = [sha256 for sha256 in hashes if sha256 not in used]
        return sum([await ws.blobs.collect(sha256, older_than_seconds) for sha256 in unused])


async def unused_texts(ws: Workspace) -> set[str]:
    """The keys of texts and pictures that no version has any more."""
    # Texts first: one that is kept meanwhile has a version that is not looked at here.
    unused = set(await ws.texts.keys() | await ws.pictures.keys())
    last = 0
    while rows := await ws.db.read(lambda tx, at=last: records.versions_after(tx, at, _BATCH)):  # type: ignore[misc]
        last = rows[-1][0]
        unused -= {text_key(version, blob.sha256) for version, blob in rows}
    return unused


async def forget_unused_texts(ws: Workspace) -> int:
    """Remove the texts that no version has any more; how many."""
    unused = await unused_texts(ws)
    for key in unused:
        await ws.texts.remove(key)
    return len(unused)


async def _wanted(ws: Workspace, found: Verified) -> dict[str, int]:
    """The hash and size of every blob that is needed: of versions in their order, set aside."""
    wanted: dict[str, int] = {}
    last = 0
    while rows := await ws.db.read(lambda tx, at=last: records.versions_after(tx, at, _BATCH)):  # type: ignore[misc]
        last = rows[-1][0]
        found.versions += len(rows)
        wanted.update((blob.sha256, blob.size_bytes) for _, blob in rows)
    last = 0
    while rows := await ws.db.read(lambda tx, at=last: records.set_aside_after(tx, at, _BATCH)):  # type: ignore[misc]
        last = rows[-1][0]
        wanted.update((blob.sha256, blob.size_bytes) for _, blob in rows)
    return wanted


async def _losses(ws: Workspace, hashes: list[str]) -> list[Loss]:
    found: list[Loss] = []
    for at in range(0, len(hashes), _BATCH):
        some = hashes[at : at + _BATCH]
        rows = await ws.db.read(lambda tx, lost=some: records.having(tx, lost))  # type: ignore[misc]
        found += [Loss(*row) for row in rows]
    return found


async def _record_faults(tx: Transaction) -> list[str]:
    rows = await tx.rows("PRAGMA integrity_check")
    keys = await tx.rows("PRAGMA foreign_key_check")
    faults = [str(text) for (text,) in rows if text != "ok"]
    return faults + [f"{row[0]} {row[1]} refers to nothing in {row[2]}" for row in keys]


async def _check_trail(tx: Transaction, kept: Head | None, found: Verified) -> None:
    checked = await trail.check(tx)
    found.trail_lines, found.trail_head = checked.lines, str(checked.head)
    if checked.fault is not None:
        found.trail_faults.append(checked.fault)
    if kept is None:
        return
    found.kept_head = await _compared(tx, kept)
    if found.kept_head is Compared.DIFFERS:
        found.trail_faults.append(TrailFault(kept.number, TrailFaultKind.REWRITTEN))


async def _compared(tx: Transaction, kept: Head) -> Compared:
    if kept.number < await trail.begins_after(tx):
        return Compared.PURGED
    is_there = await trail.hash_at(tx, kept.number) == kept.hash
    return Compared.FOUND if is_there else Compared.DIFFERS


async def _index_behind(ws: Workspace) -> int:
    try:
        applied = await ws.index.applied()
    except IndexUnready:
        applied = 0
    return max(0, await ws.db.read(entries.last) - applied)
