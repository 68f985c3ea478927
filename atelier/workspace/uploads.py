"""Resumable deposits: bytes that come in several requests, over days, and are confirmed at the end.

Each is its person's own, under a key that nobody else finds. What was made durable is written
down and counts after any crash. An upload is told to be at its end only once it is confirmed:
a client that reads so throws its file away. Until then the last byte is still wanted, which
comes again, and confirms.
"""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta

from atelier.blobs.contract import Kept, Resumable
from atelier.database import uploads as records
from atelier.database.engine import Transaction
from atelier.errors import (
    AtelierError,
    BlobMissing,
    Forbidden,
    Invalid,
    Locked,
    Malformed,
    NoRoom,
    NotFound,
    OffsetMismatch,
    TooLarge,
    TooManyUploads,
    VersionClash,
    WriteFailed,
)
from atelier.extract.media_type import media_type_of
from atelier.model.deposits import Target, Upload
from atelier.model.documents import Blob
from atelier.model.people import Actor
from atelier.workspace import arriving, aside, deposits, quotas
from atelier.workspace.arriving import enter_target
from atelier.workspace.place import Workspace, today

LASTS = timedelta(days=7)
MAX_UNFINISHED = 200
CHECKPOINT_BYTES = 64 * 1024**2
_RETRY_SECONDS = 60
_HEAD_BYTES = 4_096
# To hash so many costs no more than to ask first whether it is of any use.
_CHEAP_BYTES = 1024**2


@dataclass(frozen=True, slots=True)
class Announced:
    """A deposit as it is announced, before its bytes: where they go and how many they are."""

    target: Target
    size_bytes: int
    comment: str = ""


async def create(ws: Workspace, actor: Actor, announced: Announced) -> Upload:
    """Begin a deposit whose bytes will come later, for seven days.

    Asks all that confirming it now would ask. `TooLarge`, `QuotaFull`, `TooManyUploads`.
    """
    limit = ws.settings.limits.max_deposit_bytes
    if announced.size_bytes < 1:
        raise Invalid("upload-length", "empty")
    if announced.size_bytes > limit:
        raise TooLarge(limit, announced.size_bytes)
    if len(announced.comment) > deposits.MAX_COMMENT_CHARACTERS:
        raise Invalid("comment", "too_long", announced.comment[:80])
    size = announced.size_bytes
    target = await deposits.admit(ws, actor, announced.target, size_bytes=size)
    now = ws.clock()
    upload = Upload(secrets.token_hex(16), target, announced.comment, size, 0, now + LASTS)

    async def unit(tx: Transaction) -> None:
        folder = await enter_target(tx, actor, target)
        await quotas.check(ws, tx, actor, folder, size)  # of many announced at once, too
        count = await records.unfinished(tx, actor.person_id, now)
        if count >= MAX_UNFINISHED:
            raise TooManyUploads(_RETRY_SECONDS, count)
        await records.add(tx, upload, actor.person_id, folder.hat, now)

    await ws.db.write(unit)
    return upload


async def receive(
    ws: Workspace,
    actor: Actor,
    announced: Announced,
    chunks: AsyncIterator[bytes],
    *,
    still: deposits.Still,
) -> Upload:
    """Begin a deposit with its first bytes, or all of them.

    On any error nothing of it stays: who sent them was not told its key.
    """
    upload = await create(ws, actor, announced)
    try:
        return await append(ws, actor, upload.key, 0, chunks, still=still)
    except BaseException:
        with contextlib.suppress(AtelierError):
            await _drop(ws, upload.key)
        raise


async def look(ws: Workspace, actor: Actor, key: str) -> Upload:
    """How far a deposit of hers came, and what it became. `NotFound` for anybody else's."""

    async def unit(tx: Transaction) -> Upload:
        return await _hers(ws, tx, actor, key)

    upload = await ws.db.read(unit)
    return upload if upload.became else _as_told(upload, await ws.blobs.kept(key))


async def append(
    ws: Workspace,
    actor: Actor,
    key: str,
    offset_bytes: int,
    chunks: AsyncIterator[bytes],
    *,
    still: deposits.Still,
    is_all_or_none: bool = False,
) -> Upload:
    """Take further bytes of a deposit of hers, and confirm it with the last one.

    What came counts, also when `chunks` raises; with `is_all_or_none` only when it does not.
    `OffsetMismatch` when it is not at `offset_bytes`, `UploadInUse`, `Malformed` for more
    bytes than were announced. When her right is gone the bytes go too.
    """
    upload = await _resumed(ws, actor, key)
    if offset_bytes != upload.offset_bytes:
        raise OffsetMismatch(upload.offset_bytes)
    if upload.became is not None:
        return await _finished(upload, chunks)
    draft = await ws.blobs.resume(key, offset_bytes, upload.size_bytes)
    try:
        await _check_unmoved(ws, actor, upload)
        watched = deposits.while_allowed(ws, upload.target, chunks, still)
        return await _go_on(ws, actor, upload, _Coming(draft, watched, is_all_or_none), still)
    finally:
        await draft.close()


async def terminate(ws: Workspace, actor: Actor, key: str) -> None:
    """Forget a deposit of hers and its bytes; a document it became already stays."""

    async def unit(tx: Transaction) -> None:
        await _hers(ws, tx, actor, key)
        await records.forget(tx, key)

    await ws.db.write(unit)
    await ws.blobs.forget(key)


@dataclass(frozen=True, slots=True)
class _Coming:
    """Bytes on their way into a draft that is held."""

    draft: Resumable
    chunks: AsyncIterator[bytes]
    is_all_or_none: bool


async def _go_on(
    ws: Workspace, actor: Actor, upload: Upload, coming: _Coming, still: deposits.Still
) -> Upload:
    draft = coming.draft
    try:
        await _take(ws, upload, coming)
        if draft.offset_bytes < upload.size_bytes:
            return await _keep(ws, upload, draft)
        actor = await still()
    except (NotFound, Forbidden):
        await _let_go(ws, actor, upload)
        raise
    except BaseException:
        if not coming.is_all_or_none:
            await _keep_what_came(ws, upload, draft)
        raise
    try:
        return await _complete(ws, actor, upload, draft)
    except (NotFound, Forbidden):
        await _let_go(ws, actor, upload)
        raise
    except (VersionClash, Locked) as clash:
        if clash.aside is not None:
            await _drop(ws, upload.key)
        else:
            # Too many are set aside already: they stay here, while she may deposit them.
            await _let_go(ws, actor, upload)
            await _keep_what_came(ws, upload, draft)
        raise
    except BaseException:
        await _keep_what_came(ws, upload, draft)
        raise


async def _take(ws: Workspace, upload: Upload, coming: _Coming) -> None:
    draft = coming.draft
    kept_bytes = draft.offset_bytes
    async for chunk in coming.chunks:
        if draft.offset_bytes + len(chunk) > upload.size_bytes:
            raise Malformed("upload-length")
        await draft.write(chunk)
        if draft.offset_bytes - kept_bytes >= CHECKPOINT_BYTES and not coming.is_all_or_none:
            kept_bytes = (await _keep(ws, upload, draft)).offset_bytes


async def _keep(ws: Workspace, upload: Upload, draft: Resumable) -> Upload:
    """Make durable what came and write down how much; `NoRoom` when that is not all."""
    came = draft.offset_bytes
    durable = await draft.sync()
    # One short of the end: only a confirmed one is at its end.
    told = min(durable, upload.size_bytes - 1)
    if not await ws.db.write(lambda tx: records.advance(tx, upload.key, told)):
        raise NotFound("upload")
    if durable < came:
        raise NoRoom
    return replace(upload, offset_bytes=told)


async def _keep_what_came(ws: Workspace, upload: Upload, draft: Resumable) -> None:
    # The failure that the caller tells came first; what was written down before still holds.
    with contextlib.suppress(AtelierError):
        await _keep(ws, upload, draft)


async def _complete(ws: Workspace, actor: Actor, upload: Upload, draft: Resumable) -> Upload:
    await _check_awaited(ws, actor, upload)
    blob = await draft.seal()
    became = await deposits.confirm(
        ws,
        actor,
        upload.target,
        blob,
        media_type_of(await _head(ws, blob), upload.target.name),
        comment=upload.comment,
        upload=upload.key,
    )
    await ws.blobs.forget(upload.key)
    return replace(upload, offset_bytes=upload.size_bytes, became=became)


async def _check_awaited(ws: Workspace, actor: Actor, upload: Upload) -> None:
    """Raise what refuses the bytes whichever they are, before all of them are hashed.

    As `deposits.admit`; but who comes second has hers set aside, which takes their hash.
    """
    if upload.size_bytes <= _CHEAP_BYTES:
        return
    asking = replace(actor, today=today(ws))

    async def unit(tx: Transaction) -> None:
        arrival = await arriving.find(tx, asking, upload.target)
        try:
            await arriving.check(ws, tx, asking, upload.target, arrival)
        except (VersionClash, Locked):
            if await aside.is_full(tx, asking):
                raise
            return
        size = upload.size_bytes
        await quotas.check(ws, tx, asking, arrival.folder, size, upload=upload.key)

    await ws.db.read(unit)


async def _head(ws: Workspace, blob: Blob) -> bytes:
    try:
        with contextlib.closing(await ws.blobs.open(blob.sha256)) as opened:
            return await opened.read(0, _HEAD_BYTES)
    except BlobMissing as error:
        # No version's bytes are lost: these were sealed just now, and their draft is there.
        raise WriteFailed(f"read back {blob.sha256}") from error


async def _finished(upload: Upload, chunks: AsyncIterator[bytes]) -> Upload:
    """What it became already, for one who asks again with nothing more to send."""
    async for chunk in chunks:
        if chunk:
            raise Malformed("upload-length")
    return upload


async def _resumed(ws: Workspace, actor: Actor, key: str) -> Upload:
    """A deposit of hers as it may go on: rights first, then how far it is."""

    async def unit(tx: Transaction) -> tuple[Upload, AtelierError | None]:
        upload = await _hers(ws, tx, actor, key)
        try:
            if upload.became is None:
                await enter_target(tx, actor, upload.target)
        except (NotFound, Forbidden) as refusal:
            return upload, refusal
        return upload, None

    upload, refusal = await ws.db.read(unit)
    if refusal is not None:
        await _let_go(ws, actor, upload)
        raise refusal
    return upload if upload.became else _as_told(upload, await ws.blobs.kept(key))


async def _let_go(ws: Workspace, actor: Actor, upload: Upload) -> None:
    """Drop her bytes, unless she may deposit there under another hat: then they wait."""
    whole = replace(actor, acting_as=None, seeing=None, today=today(ws))
    try:
        await ws.db.read(lambda tx: enter_target(tx, whole, upload.target))
    except (NotFound, Forbidden):
        await _drop(ws, upload.key)


async def _check_unmoved(ws: Workspace, actor: Actor, upload: Upload) -> None:
    """Pass when nobody wrote to it between the look and the hold.

    When it lost bytes it begins below what was written down, which then is written down.
    """

    async def unit(tx: Transaction) -> Upload:
        return await _hers(ws, tx, actor, upload.key)

    now = await ws.db.read(unit)
    told = now if now.became else _as_told(now, await ws.blobs.kept(upload.key))
    if told.offset_bytes != upload.offset_bytes:
        raise OffsetMismatch(told.offset_bytes)
    if told.offset_bytes < now.offset_bytes:
        await ws.db.write(lambda tx: records.advance(tx, upload.key, told.offset_bytes))


async def _drop(ws: Workspace, key: str) -> None:
    await ws.db.write(lambda tx: records.forget(tx, key))
    await ws.blobs.forget(key)


async def _hers(ws: Workspace, tx: Transaction, actor: Actor, key: str) -> Upload:
    upload = await records.get(tx, key, actor.person_id, ws.clock())
    if upload is None:
        raise NotFound("upload")
    return upload


def _as_told(upload: Upload, kept: Kept) -> Upload:
    """How far it is: what was written down and is there, all but one byte once it was sealed."""
    if kept.is_whole and kept.size_bytes == upload.size_bytes:
        return replace(upload, offset_bytes=upload.size_bytes - 1)
    return replace(upload, offset_bytes=min(upload.offset_bytes, kept.size_bytes))
