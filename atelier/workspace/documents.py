"""Documents: looking at one, giving its bytes, restoring a version, renaming, moving."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

import msgspec

from atelier import access
from atelier.blobs.contract import Opened
from atelier.database import documents as records
from atelier.database import entries, folders, jobs, journal
from atelier.database.engine import Transaction
from atelier.errors import AlreadySo, NameTaken, NotFound, VersionClash
from atelier.extract.contract import PageKind, Reading
from atelier.model import names
from atelier.model.documents import Document, ReadState, Version
from atelier.model.folders import Action, Crumb, Folder
from atelier.model.ids import DocumentId, FolderId
from atelier.model.jobs import JobKind
from atelier.model.journal import Verb
from atelier.model.people import Actor
from atelier.model.trail import TrailAct
from atelier.workspace import trail
from atelier.workspace.place import Workspace


@dataclass(frozen=True, slots=True)
class PageText:
    """The text of one page as it was read; `number` and `count` are None without pages."""

    text: str
    number: int | None
    count: int | None
    kind: PageKind


@dataclass(frozen=True, slots=True)
class Look:
    """A document in its folder, with the text of the page that was asked for, once read."""

    document: Document
    folder: Folder
    crumbs: tuple[Crumb, ...]
    page: PageText | None


@dataclass(frozen=True, slots=True)
class Content:
    """The bytes of a version, open; whoever holds it closes it."""

    name: str
    version: Version
    opened: Opened


async def enter(
    tx: Transaction, actor: Actor, document_id: DocumentId, action: Action
) -> tuple[Folder, Document]:
    """The folder of a document she may act on, and the document.

    `NotFound` when she may not read it: a missing one takes the same statements.
    """
    folder_id = await records.folder_of(tx, document_id)
    try:
        folder = await access.enter(tx, actor, folder_id, action)
    except NotFound as error:
        raise NotFound("document") from error
    return folder, await records.document(tx, document_id)


async def look(
    ws: Workspace, actor: Actor, document_id: DocumentId, *, page: int | None = None
) -> Look:
    """A document with its versions, and the text of one page of the current one.

    Without `page` the first; a page that is not there gives none. The access log tells it.
    """

    async def unit(tx: Transaction) -> tuple[Document, Folder, tuple[Crumb, ...]]:
        folder, document = await enter(tx, actor, document_id, Action.READ)
        return document, folder, tuple(await folders.crumbs(tx, actor, folder.id))

    document, folder, crumbs = await ws.db.read(unit)
    trail.note(ws, actor, document, document.current.number, TrailAct.READ)
    reading = await reading_of(ws, document.current.id, document.current.sha256)
    return Look(document, folder, crumbs, None if reading is None else _page(reading, page or 1))


async def enter_to(ws: Workspace, actor: Actor, document_id: DocumentId, action: Action) -> Look:
    """A document on which she may act so, for a form about it; without its text."""

    async def unit(tx: Transaction) -> Look:
        folder, document = await enter(tx, actor, document_id, action)
        return Look(document, folder, tuple(await folders.crumbs(tx, actor, folder.id)), None)

    return await ws.db.read(unit)


async def reading_of(ws: Workspace, version: int, sha256: str) -> Reading | None:
    """What was read in this version, or None when it was not read (any more).

    For use-cases that have checked the right to the document.
    """
    kept = await ws.texts.get(text_key(version, sha256))
    if kept is None:
        return None
    try:
        return msgspec.msgpack.decode(kept, type=Reading)
    except msgspec.DecodeError:
        return None


def text_key(version: int, sha256: str) -> str:
    """Under which a version's text is kept.

    Not under its bytes alone: equal bytes deposited elsewhere, under another name, would
    be read another way over them, and their text would tell that somebody else holds them.
    """
    return hashlib.sha256(f"{version} {sha256}".encode()).hexdigest()


async def forget_texts(ws: Workspace, versions: Iterable[tuple[int, str]]) -> None:
    """Drop the kept texts of versions that ended, as (id, hash); once their rows are gone."""
    for version, sha256 in versions:
        await ws.texts.remove(text_key(version, sha256))


async def content(ws: Workspace, actor: Actor, document_id: DocumentId, number: int) -> Content:
    """The bytes of one version of a document, for download. `BlobMissing` when lost.

    The access log tells it once they are open, whatever the door then sends of them: an
    answer to HEAD, or that nothing changed (304), tells of the bytes too, and who leaves
    in the middle has seen a part.
    """

    async def unit(tx: Transaction) -> tuple[Document, Version]:
        _, document = await enter(tx, actor, document_id, Action.READ)
        return document, numbered(document, number)

    document, version = await ws.db.read(unit)
    given = Content(document.name, version, await ws.blobs.open(version.sha256))
    trail.note(ws, actor, document, number, TrailAct.DOWNLOAD)
    return given


def numbered(document: Document, number: int) -> Version:
    """The version of this number, or `NotFound`."""
    for version in document.versions:
        if version.number == number:
            return version
    raise NotFound("version")


async def restore(
    ws: Workspace, actor: Actor, document_id: DocumentId, number: int, *, expected: int
) -> int:
    """Bring an old version back by adding it as a new one; its number.

    `VersionClash` when the current version is not `expected`; `AlreadySo` when the old
    bytes are the current ones.
    """

    async def unit(tx: Transaction) -> int:
        folder, document = await enter(tx, actor, document_id, Action.REVISE)
        check_expected(document, expected)
        old = numbered(document, number)
        if old.sha256 == document.current.sha256:
            raise AlreadySo("current")
        new = records.NewVersion(
            sha256=old.sha256,
            size_bytes=old.size_bytes,
            media_type=old.media_type,
            author=actor.person_id,
            hat=folder.hat,
            comment="",
            at=ws.clock(),
            restored_from=number,
        )
        return await add_version(ws, tx, actor, folder, document, new, Verb.RESTORED)

    return await ws.db.write(unit)


async def add_version(
    ws: Workspace,
    tx: Transaction,
    actor: Actor,
    folder: Folder,
    document: Document,
    new: records.NewVersion,
    verb: Verb,
) -> int:
    """Write a further version with its journal line, its reading and its index entry."""
    number = document.current.number + 1
    version = await records.revise(tx, document.id, number, new)
    await jobs.queue(tx, JobKind.READ_VERSION, version, ws.clock())
    await entries.note(tx, document.id)
    await folders.touch(tx, folder.id, new.at)
    facts = {"name": document.name, "version": str(number)}
    if new.restored_from is not None:
        facts["restored"] = str(new.restored_from)
    await note(ws, tx, actor, folder, document.id, verb, **facts)
    return number


def check_expected(document: Document, expected: int | None) -> None:
    """Of two writers the second is told: `VersionClash` unless this version is current."""
    if expected is not None and expected != document.current.number:
        raise VersionClash(expected, document.current.number)


async def rename(
    ws: Workspace,
    actor: Actor,
    document_id: DocumentId,
    name: str,
    *,
    expected: int | None = None,
) -> None:
    """Give a document another name; its own in another case is welcome.

    `VersionClash` when it is past the version she saw.
    """
    clean = names.checked(name)

    async def unit(tx: Transaction) -> None:
        folder, document = await enter(tx, actor, document_id, Action.RENAME)
        check_expected(document, expected)
        if clean == document.name:
            raise AlreadySo("named")
        await folders.free_name(tx, "document", document.id)
        await take_name(tx, folder.id, clean, document.id)
        await records.rename(tx, document.id, clean, ws.clock())
        await entries.note(tx, document.id)
        await note(
            ws,
            tx,
            actor,
            folder,
            document.id,
            Verb.DOCUMENT_RENAMED,
            before=document.name,
            after=clean,
        )

    await ws.db.write(unit)


async def move(
    ws: Workspace,
    actor: Actor,
    document_id: DocumentId,
    folder_id: FolderId,
    *,
    expected: int | None = None,
) -> None:
    """Put a document into another folder: *remove* where it leaves, *add* where it arrives.

    Both journals tell it, neither names the other folder.
    """

    async def unit(tx: Transaction) -> None:
        origin, document = await enter(tx, actor, document_id, Action.REMOVE)
        check_expected(document, expected)
        arrival = await access.enter(tx, actor, folder_id, Action.ADD)
        if origin.id == arrival.id:
            raise AlreadySo("there")
        await folders.free_name(tx, "document", document.id)
        await take_name(tx, arrival.id, document.name, document.id)
        await records.move(tx, document.id, arrival.id)
        await entries.note(tx, document.id)
        for folder in (origin, arrival):
            way = "out" if folder.id == origin.id else "in"
            await note(
                ws,
                tx,
                actor,
                folder,
                document.id,
                Verb.DOCUMENT_MOVED,
                name=document.name,
                way=way,
            )

    await ws.db.write(unit)


async def take_name(tx: Transaction, folder: FolderId, name: str, document: DocumentId) -> None:
    """Put a document's name in use in a folder, or `NameTaken`."""
    taken = await folders.named(tx, folder, name)
    if taken is not None:
        raise NameTaken(name, taken[0])
    await folders.take_name(tx, folder, name, "document", document)


async def note(
    ws: Workspace,
    tx: Transaction,
    actor: Actor,
    folder: Folder,
    document: DocumentId,
    verb: Verb,
    **facts: str,
) -> None:
    """Note an act on a document in the journal of its folder."""
    await journal.note(
        tx, actor, folder.id, verb, ws.clock(), hat=folder.hat, document=document, facts=facts
    )


def _page(reading: Reading, number: int) -> PageText | None:
    if reading.state not in (ReadState.OK, ReadState.PARTIAL) or not reading.pages:
        return None
    if reading.page_count is None:
        return PageText(reading.pages[0], None, None, reading.page_kind)
    if not 1 <= number <= reading.page_count:
        return None
    return PageText(reading.pages[number - 1], number, reading.page_count, reading.page_kind)
