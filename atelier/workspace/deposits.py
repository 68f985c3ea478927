"""Deposits: bringing bytes in, as a new document or a further version.

Rights and names are asked first, in a short transaction; then the bytes flow, with no
transaction open; then one transaction asks the rights again and writes everything. A
deposit is confirmed when `finish` returns: its bytes and its rows are on disk.
"""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace

from atelier.blobs.contract import Draft
from atelier.database import documents as records
from atelier.database import entries, folders, jobs, uploads
from atelier.database.engine import Transaction
from atelier.errors import AtelierError, Invalid, Locked, NotFound, VersionClash
from atelier.extract.media_type import media_type_of
from atelier.model.deposits import Taken, Target
from atelier.model.documents import Blob, Deposited, Document
from atelier.model.folders import Folder
from atelier.model.ids import DocumentId, FolderId
from atelier.model.jobs import JobKind
from atelier.model.journal import Verb
from atelier.model.people import Actor
from atelier.workspace import arriving, aside, quotas
from atelier.workspace.documents import add_version, note
from atelier.workspace.place import Workspace, today

Still = Callable[[], Awaitable[Actor]]

MAX_COMMENT_CHARACTERS = 1_000
ASK_AGAIN_SECONDS = 1.0  # THREATS 7: a right that was lost ends a running deposit within a second
_HEAD_BYTES = 4_096
# Costs little to read before it is refused.
_SMALL_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Sealed:
    """Bytes that are durable, for an admitted target; until `settle` no row tells of them."""

    target: Target
    blob: Blob
    media_type: str


class Incoming:
    """A deposit under way: `write` its bytes, then `finish` or `drop` it."""

    def __init__(self, target: Target, draft: Draft, room: quotas.Room | None = None) -> None:
        self.target = target
        self._draft = draft
        self._room = room
        self._head = b""

    async def write(self, chunk: bytes) -> None:
        """Append. `TooLarge`, `QuotaFull` at the byte that passes, `NoRoom`, `WriteFailed`."""
        # What did not say how much it is must not fill the disk before it is refused.
        if self._room is not None and self._draft.size_bytes + len(chunk) > self._room.bytes:
            raise self._room.full
        if len(self._head) < _HEAD_BYTES:
            self._head += chunk[: _HEAD_BYTES - len(self._head)]
        await self._draft.write(chunk)

    async def seal(self) -> tuple[Blob, str]:
        """Make the bytes durable; the blob and a first guess of its media type."""
        return await self._draft.seal(), media_type_of(self._head, self.target.name)

    async def drop(self) -> None:
        """Forget the bytes; never raises."""
        await self._draft.drop()


async def begin(
    ws: Workspace,
    actor: Actor,
    folder_id: FolderId,
    name: str,
    *,
    path: tuple[str, ...] = (),
    taken: Taken = Taken.REVISE,
    size_bytes: int = 0,
) -> Incoming:
    """Begin a deposit under a name in a folder, before a byte is taken.

    `path` names folders below it, made on arrival where they are missing. A name in use
    does what `taken` says; to revise what bears it asks for that right. `size_bytes` is what
    was announced, if anything was.
    """
    return await _begin(ws, actor, Target(folder_id, name, path=path, taken=taken), size_bytes)


async def begin_version(
    ws: Workspace,
    actor: Actor,
    document_id: DocumentId,
    *,
    expected: int | None,
    size_bytes: int = 0,
) -> Incoming:
    """Begin a further version of a document; `VersionClash` when it is past `expected`."""
    return await _begin(ws, actor, Target(None, "", document_id, expected), size_bytes)


async def admit(ws: Workspace, actor: Actor, target: Target, *, size_bytes: int = 0) -> Target:
    """Ask whether so many bytes may come there, before they do; the target, names as kept.

    Raises what confirming it now would raise.
    """
    admitted, _ = await _admit(ws, actor, target, size_bytes)
    return admitted


async def _admit(
    ws: Workspace, actor: Actor, target: Target, size_bytes: int
) -> tuple[Target, quotas.Room | None]:
    clean = arriving.checked(target)

    async def unit(tx: Transaction) -> tuple[Target, quotas.Room | None]:
        arrival = await arriving.find(tx, actor, _met_late(clean, size_bytes))
        await arriving.check(ws, tx, actor, clean, arrival)
        room = await quotas.check(ws, tx, actor, arrival.folder, size_bytes)
        if room is not None and arrival.document is not None:
            # The bytes that are current already take nothing.
            same = arrival.document.current.size_bytes
            room = replace(room, bytes=max(room.bytes, same))
        named = clean if clean.document_id is None else replace(clean, name=arrival.name)
        return named, room

    return await ws.db.read(unit)


def _met_late(target: Target, size_bytes: int) -> Target:
    """The target as a small deposit is admitted: whether its name is free is asked at its end.

    The bytes that are there already are then no clash: a request may be sent again.
    """
    if target.taken is Taken.REFUSE and 0 < size_bytes <= _SMALL_BYTES:
        return replace(target, taken=Taken.KEEP_BOTH)
    return target


async def finish(
    ws: Workspace, actor: Actor, incoming: Incoming, *, comment: str = ""
) -> Deposited:
    """Confirm a deposit. Rights, name and expected version are asked again here, on this day.

    The bytes that are already current add no version. On any error nothing of the
    deposit can be seen.
    """
    if len(comment) > MAX_COMMENT_CHARACTERS:
        await incoming.drop()
        raise Invalid("comment", "too_long", comment[:80])
    try:
        blob, media_type = await incoming.seal()
    except AtelierError:
        await incoming.drop()
        raise
    return await confirm(ws, actor, incoming.target, blob, media_type, comment=comment)


async def confirm(
    ws: Workspace,
    actor: Actor,
    target: Target,
    blob: Blob,
    media_type: str,
    *,
    comment: str = "",
    upload: str = "",
) -> Deposited:
    """Write the rows of bytes that were sealed for an admitted target, all in one transaction.

    Who comes second (`VersionClash`, `Locked`) has her bytes set aside: the error says under
    which number. `upload` is the key of the resumable deposit that brought them.
    """
    asking = replace(actor, today=today(ws))
    sealed, onto = Sealed(target, blob, media_type), target.document_id

    async def unit(tx: Transaction) -> Deposited:
        nonlocal onto
        arrival = await arriving.find(tx, asking, target, sha256=blob.sha256)
        onto = None if arrival.document is None else arrival.document.id
        done = await _arrive(ws, tx, asking, sealed, arrival, comment=comment, upload=upload)
        if upload and not await uploads.become(tx, upload, done):
            raise NotFound("upload")
        return done

    try:
        return await ws.db.write(unit)
    except (VersionClash, Locked) as error:
        assert onto is not None
        number = await aside.keep(
            ws, asking, onto, blob, media_type, expected=target.expected, comment=comment
        )
        raise replace(error, aside=number) from error


async def seal(ws: Workspace, actor: Actor, target: Target, content: bytes) -> Sealed:
    """Make bytes durable that are all there, for a target that is asked first.

    `settle` writes their rows; bytes of which none are written are collected.
    """
    incoming = await _begin(ws, actor, target, len(content))
    try:
        await incoming.write(content)
        blob, media_type = await incoming.seal()
    except BaseException:
        await incoming.drop()
        raise
    return Sealed(incoming.target, blob, media_type)


async def settle(ws: Workspace, tx: Transaction, actor: Actor, sealed: Sealed) -> Deposited:
    """Write the rows of sealed bytes, within a transaction that writes more than this.

    Rights, name, lock, expected version and quota are asked again, on this day. Of who comes
    second nothing is set aside.
    """
    asking = replace(actor, today=today(ws))
    arrival = await arriving.find(tx, asking, sealed.target, sha256=sealed.blob.sha256)
    return await _arrive(ws, tx, asking, sealed, arrival)


async def _arrive(
    ws: Workspace,
    tx: Transaction,
    actor: Actor,
    sealed: Sealed,
    arrival: arriving.Arrival,
    *,
    comment: str = "",
    upload: str = "",
) -> Deposited:
    """Write what a deposit becomes where it arrives, or nothing where these bytes are."""
    blob = sealed.blob
    if arrival.document is None or arrival.document.current.sha256 != blob.sha256:
        await arriving.check(ws, tx, actor, sealed.target, arrival)
        await quotas.check(ws, tx, actor, arrival.folder, blob.size_bytes, upload=upload)
    folder = await arriving.settle(ws, tx, actor, arrival)
    new = records.NewVersion(
        sha256=blob.sha256,
        size_bytes=blob.size_bytes,
        media_type=sealed.media_type,
        author=actor.person_id,
        hat=folder.hat,
        comment=comment.strip(),
        at=ws.clock(),
    )
    if arrival.document is None:
        return await _add_document(ws, tx, actor, folder, arrival.name, new)
    return await _revise(ws, tx, actor, folder, arrival.document, new)


async def _begin(ws: Workspace, actor: Actor, target: Target, size_bytes: int) -> Incoming:
    admitted, room = await _admit(ws, actor, target, size_bytes)
    draft = await ws.blobs.draft(ws.settings.limits.max_deposit_bytes)
    return Incoming(admitted, draft, room)


async def receive(
    ws: Workspace,
    actor: Actor,
    incoming: Incoming,
    chunks: AsyncIterator[bytes],
    *,
    comment: str = "",
    still: Still | None = None,
) -> Deposited:
    """Take all the bytes of a deposit that was begun, and confirm it; drop it on any error.

    `still` says who is asking by now, while the bytes come and once they have: a session may
    have ended, a right been lost.
    """
    try:
        coming = while_allowed(ws, incoming.target, chunks, still) if still else chunks
        async for chunk in coming:
            await incoming.write(chunk)
        if still is not None:
            actor = await still()
    except BaseException:
        await incoming.drop()
        raise
    return await finish(ws, actor, incoming, comment=comment)


async def while_allowed(
    ws: Workspace, target: Target, chunks: AsyncIterator[bytes], still: Still
) -> AsyncGenerator[bytes]:
    """The chunks, as long as whoever `still` gives may deposit there: asked every second."""
    asked_at = time.monotonic()
    async for chunk in chunks:
        if time.monotonic() - asked_at >= ASK_AGAIN_SECONDS:
            await _check_allowed(ws, await still(), target)
            asked_at = time.monotonic()
        yield chunk


async def _check_allowed(ws: Workspace, actor: Actor, target: Target) -> None:
    asking = replace(actor, today=today(ws))
    await ws.db.read(lambda tx: arriving.enter_target(tx, asking, target))


async def _add_document(
    ws: Workspace, tx: Transaction, actor: Actor, folder: Folder, name: str, new: records.NewVersion
) -> Deposited:
    document, version = await records.add(tx, folder.id, name, new)
    await folders.take_name(tx, folder.id, name, "document", document)
    await jobs.queue(tx, JobKind.READ_VERSION, version, ws.clock())
    await entries.note(tx, document)
    await folders.touch(tx, folder.id, new.at)
    await note(ws, tx, actor, folder, document, Verb.DEPOSITED, name=name)
    return Deposited(document, name, 1, is_new_document=True, is_new_version=True)


async def _revise(
    ws: Workspace,
    tx: Transaction,
    actor: Actor,
    folder: Folder,
    document: Document,
    new: records.NewVersion,
) -> Deposited:
    if document.current.sha256 == new.sha256:
        return Deposited(document.id, document.name, document.current.number, False, False)
    number = await add_version(ws, tx, actor, folder, document, new, Verb.REVISED)
    return Deposited(document.id, document.name, number, False, True)
