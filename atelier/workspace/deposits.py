"""Deposits: bringing bytes in, as a new document or a further version.

Rights and names are asked first, in a short transaction; then the bytes flow, with no
transaction open; then one transaction asks the rights again and writes everything. A
deposit is confirmed when `finish` returns: its bytes and its rows are on disk.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace

from atelier import access
from atelier.blobs.contract import Draft
from atelier.database import documents as records
from atelier.database import entries, folders, jobs
from atelier.database.engine import Transaction
from atelier.errors import AtelierError, Invalid, NameTaken
from atelier.extract.media_type import media_type_of
from atelier.model import names
from atelier.model.documents import Blob, Deposited
from atelier.model.folders import Action, Folder
from atelier.model.ids import DocumentId, FolderId
from atelier.model.jobs import JobKind
from atelier.model.journal import Verb
from atelier.model.people import Actor
from atelier.workspace.documents import add_version, check_expected, enter, note
from atelier.workspace.place import Workspace, today

MAX_COMMENT_CHARACTERS = 1_000
_HEAD_BYTES = 4_096


@dataclass(frozen=True, slots=True)
class Target:
    """Where bytes go: a name in a folder, or one document and the version it must be at."""

    folder_id: FolderId | None
    name: str
    document_id: DocumentId | None = None
    expected: int | None = None


class Incoming:
    """A deposit under way: `write` its bytes, then `finish` or `drop` it."""

    def __init__(self, target: Target, draft: Draft) -> None:
        self.target = target
        self._draft = draft
        self._head = b""

    async def write(self, chunk: bytes) -> None:
        """Append. `TooLarge` at the byte that passes the limit, `NoRoom`, `WriteFailed`."""
        if len(self._head) < _HEAD_BYTES:
            self._head += chunk[: _HEAD_BYTES - len(self._head)]
        await self._draft.write(chunk)

    async def seal(self) -> tuple[Blob, str]:
        """Make the bytes durable; the blob and a first guess of its media type."""
        return await self._draft.seal(), media_type_of(self._head, self.target.name)

    async def drop(self) -> None:
        """Forget the bytes; never raises."""
        await self._draft.drop()


async def begin(ws: Workspace, actor: Actor, folder_id: FolderId, name: str) -> Incoming:
    """Begin a deposit under a name in a folder, before a byte is taken.

    A name in use by a document asks for the right to revise it; by a folder: `NameTaken`.
    """
    target = Target(folder_id, names.checked(name))

    async def unit(tx: Transaction) -> None:
        await _arrive(tx, actor, target)

    await ws.db.read(unit)
    return Incoming(target, await ws.blobs.draft(ws.settings.limits.max_deposit_bytes))


async def begin_version(
    ws: Workspace, actor: Actor, document_id: DocumentId, *, expected: int | None
) -> Incoming:
    """Begin a further version of a document; `VersionClash` when it is past `expected`."""

    async def unit(tx: Transaction) -> str:
        _, document = await enter(tx, actor, document_id, Action.REVISE)
        check_expected(document, expected)
        return document.name

    name = await ws.db.read(unit)
    target = Target(None, name, document_id, expected)
    return Incoming(target, await ws.blobs.draft(ws.settings.limits.max_deposit_bytes))


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

    asking = replace(actor, today=today(ws))

    async def unit(tx: Transaction) -> Deposited:
        folder, document_id = await _arrive(tx, asking, incoming.target)
        new = records.NewVersion(
            sha256=blob.sha256,
            size_bytes=blob.size_bytes,
            media_type=media_type,
            author=actor.person_id,
            hat=folder.hat,
            comment=comment.strip(),
            at=ws.clock(),
        )
        if document_id is None:
            return await _add_document(ws, tx, actor, folder, incoming.target.name, new)
        return await _revise(ws, tx, actor, folder, document_id, new)

    return await ws.db.write(unit)


async def receive(
    ws: Workspace,
    actor: Actor,
    incoming: Incoming,
    chunks: AsyncIterator[bytes],
    *,
    comment: str = "",
    still: Callable[[], Awaitable[Actor]] | None = None,
) -> Deposited:
    """Take all the bytes of a deposit that was begun, and confirm it; drop it on any error.

    `still` says who is asking once the bytes have come: a session may have ended meanwhile.
    """
    try:
        async for chunk in chunks:
            await incoming.write(chunk)
        if still is not None:
            actor = await still()
    except BaseException:
        await incoming.drop()
        raise
    return await finish(ws, actor, incoming, comment=comment)


async def _arrive(
    tx: Transaction, actor: Actor, target: Target
) -> tuple[Folder, DocumentId | None]:
    """The folder where the bytes arrive, and the document that gets them, None for a new one."""
    if target.document_id is not None:
        folder, document = await enter(tx, actor, target.document_id, Action.REVISE)
        check_expected(document, target.expected)
        return folder, document.id
    assert target.folder_id is not None
    folder = await access.enter(tx, actor, target.folder_id, Action.ADD)
    taken = await folders.named(tx, folder.id, target.name)
    if taken is None:
        return folder, None
    kind, number = taken
    if kind != "document":
        raise NameTaken(target.name, kind)
    await access.enter(tx, actor, folder.id, Action.REVISE)
    return folder, DocumentId(number)


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
    document_id: DocumentId,
    new: records.NewVersion,
) -> Deposited:
    document = await records.document(tx, document_id)
    if document.current.sha256 == new.sha256:
        return Deposited(document_id, document.name, document.current.number, False, False)
    number = await add_version(ws, tx, actor, folder, document, new, Verb.REVISED)
    return Deposited(document_id, document.name, number, False, True)
