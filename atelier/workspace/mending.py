"""Mending: what `verify` meets beside real losses, and putting it right. No actor.

All of it is leftovers of a kill, or something derived: nothing here loses a byte that a
version has. What is missing or rotten stays so, and is told by `upkeep.verify`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from atelier.database import entries, jobs, meeting_entries, quotas
from atelier.database import reading as records
from atelier.database.engine import Transaction
from atelier.errors import IndexUnready
from atelier.files import Disk
from atelier.model.ids import DocumentId
from atelier.model.jobs import JobKind
from atelier.search.contract import AllBut, Ask, Within
from atelier.search.grammar import Query
from atelier.workspace import retention, upkeep
from atelier.workspace.backups import forget_copy
from atelier.workspace.documents import text_key
from atelier.workspace.place import Workspace

_BATCH = 1_000
_LISTED_AT_ONCE = 20_000
_EVERYTHING = Query(after=datetime(1800, 1, 1, tzinfo=UTC))
_EVERYWHERE = Within(AllBut(frozenset()))


@dataclass(slots=True)
class Untidy:
    """What is not as it should be, beside losses; empty when all is well.

    `index_missing` and `index_surplus` are numbers of entries, `unread` versions that nobody would
    read, `texts_stray` keys of texts without a version, `uploads_cut` deposits under way
    whose bytes are gone, `miscounts` counters of space.
    """

    index_missing: list[int] = field(default_factory=list)
    index_surplus: list[int] = field(default_factory=list)
    unread: list[int] = field(default_factory=list)
    texts_stray: list[str] = field(default_factory=list)
    uploads_cut: list[str] = field(default_factory=list)
    miscounts: list[quotas.Miscount] = field(default_factory=list)


@dataclass(slots=True)
class Mended:
    """What `repair` did, in numbers; `was_alone` when nobody else had the data folder open.

    `reread` versions and `reindexed` documents are only asked for: the worker does it.
    """

    was_alone: bool
    blobs: int = 0
    drafts: int = 0
    uploads: int = 0
    texts: int = 0
    reread: int = 0
    reindexed: int = 0
    recounted: int = 0


async def look(ws: Workspace) -> Untidy:
    """Compare what is derived, and what is under way, with the records. Changes nothing.

    What waits for the index is not compared with it, nor is an index that is being rebuilt.
    """
    listed = await _listed(ws)
    texts = await ws.texts.keys()
    found, standing = Untidy(), set[int]()
    async for one in _currents(ws):
        standing.add(one.document)
        is_read = not one.is_waiting and text_key(one.version_id, one.sha256) in texts
        if not (is_read or one.has_job):
            found.unread.append(one.version_id)
    if listed is not None:
        standing |= await ws.db.read(meeting_entries.standing)
        late = await ws.db.read(lambda tx: records.changed_since(tx, listed.applied))
        found.index_missing = sorted(standing - listed.documents - late)
        found.index_surplus = sorted(listed.documents - standing - late)
    found.texts_stray = sorted(await upkeep.unused_texts(ws))
    found.uploads_cut = await _cut_uploads(ws)
    found.miscounts = await ws.db.read(quotas.recount)
    return found


async def repair(ws: Workspace, *, is_alone: bool) -> Mended:
    """Put right what `look` tells, and remove what a kill left: bytes, drafts, texts.

    `is_alone` says that nobody else has the data folder open: then bytes that nothing names
    and drafts go however young. Else they may be a deposit under way, and keep their time.
    May be run again at any moment; what it could not do then, it does now.
    """
    done = Mended(is_alone)
    # Beside a server one of them may be coming again from its first byte just now.
    for key in await _cut_uploads(ws) if is_alone else ():
        await ws.db.write(lambda tx, key=key: records.forget_upload(tx, key))  # type: ignore[misc]
        done.uploads += 1
    keep = frozenset(await ws.db.read(records.uploads_under_way))
    # A file of this very second is old too, whatever the clock of its disk says.
    drafts, blobs = (-1, -1) if is_alone else (retention.DRAFT_SECONDS, retention.GRACE_SECONDS)
    done.drafts = await ws.blobs.expire_drafts(drafts, keep=keep)
    await upkeep.forget_expired(ws)
    done.texts = await upkeep.forget_unused_texts(ws)
    done.blobs = await upkeep.collect(ws, older_than_seconds=blobs)
    _forget_copy(ws)
    found = await look(ws)
    done.reread, done.reindexed = len(found.unread), len(found.index_missing + found.index_surplus)
    done.recounted = await ws.db.write(lambda tx: _put_right(ws, tx, found))
    return done


async def _put_right(ws: Workspace, tx: Transaction, found: Untidy) -> int:
    for version in found.unread:
        await jobs.queue(tx, JobKind.READ_VERSION, version, ws.clock())
    for document in found.index_missing + found.index_surplus:
        await entries.note(tx, DocumentId(document))
    return len(await quotas.mend(tx))


async def _cut_uploads(ws: Workspace) -> list[str]:
    """Deposits under way of which less is there than was told to be durable."""
    under_way = await ws.db.read(records.uploads_under_way)
    return [
        key
        for key, offset in sorted(under_way.items())
        if (await ws.blobs.kept(key)).size_bytes < offset
    ]


def _forget_copy(ws: Workspace) -> None:
    held = upkeep.hold_collector(ws)
    if held is not None:
        with held:
            forget_copy(Disk(), ws.settings.data)


async def _currents(ws: Workspace) -> AsyncIterator[records.Current]:
    last = 0
    while rows := await ws.db.read(lambda tx, at=last: records.currents_after(tx, at, _BATCH)):  # type: ignore[misc]
        last = rows[-1].document
        for row in rows:
            yield row


@dataclass(frozen=True, slots=True)
class _Listed:
    """All that the index holds, as it was at an entry or later."""

    documents: set[int]
    applied: int


async def _listed(ws: Workspace) -> _Listed | None:
    """What the index holds; None while it is being rebuilt."""
    try:
        listed, offset = _Listed(set(), await ws.index.applied()), 0
        while True:
            asked = Ask(_EVERYTHING, _EVERYWHERE, offset=offset, limit=_LISTED_AT_ONCE)
            found = await ws.index.find(asked)
            listed.documents.update(found.documents)
            if len(found.documents) < _LISTED_AT_ONCE:
                return listed
            offset += _LISTED_AT_ONCE
    except IndexUnready:
        return None
