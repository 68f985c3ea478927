"""Documents: looking at one, giving its bytes, restoring a version, renaming, moving."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, Protocol, TypeVar
from weakref import WeakKeyDictionary

import msgspec

from atelier import access
from atelier.blobs.contract import Opened
from atelier.database import aside, entries, folders, jobs, journal
from atelier.database import documents as records
from atelier.database import trash as removed
from atelier.database.engine import Transaction
from atelier.errors import AlreadySo, Fault, Invalid, NameTaken, NotFound, VersionClash
from atelier.extract.contract import PageKind, Reading
from atelier.model import names
from atelier.model.deposits import Aside
from atelier.model.documents import Deposited, Document, ReadState, Version
from atelier.model.findings import Warned
from atelier.model.folders import Action, Crumb, Folder
from atelier.model.ids import DocumentId, FolderId
from atelier.model.jobs import JobKind
from atelier.model.journal import Verb
from atelier.model.locks import Lock
from atelier.model.people import Actor
from atelier.model.trail import TrailAct
from atelier.search.effort import LOADED, Effort
from atelier.workspace import holding, quotas, trail, watching
from atelier.workspace.place import Records, Workspace

MAX_LABEL_CHARACTERS = 80
MAX_SHOWN_CHARACTERS = 200_000  # of one page: sixty pages of a book
_LARGE_BYTES = 256 * 1024  # of a reading: what is larger is taken apart in a thread
_LOADED_AT_ONCE = 4  # readings on their way out of the store, up to 64 MiB of text each

# By records, which live as long as the event loop that the semaphore belongs to.
_LOADING: Final[WeakKeyDictionary[Records, asyncio.Semaphore]] = WeakKeyDictionary()

T = TypeVar("T")


class Load(Protocol):
    """Loads the reading of `(version, sha256)`; None as in `reading_of`.

    None too for one that there is not enough effort for; else that is what it costs.
    """

    def __call__(
        self, version: int, sha256: str, effort: Effort | None = None, /
    ) -> Reading | None: ...


@dataclass(frozen=True, slots=True)
class PageText:
    """The text of one page as it was read; `number` and `count` are None without pages.

    `is_cut`: there is more of it than is shown of a page.
    """

    text: str
    number: int | None
    count: int | None
    kind: PageKind
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class Look:
    """A document in its folder, with the text of the page that was asked for, once read.

    On its own page `lock` tells who is editing it, `aside` the bytes of hers that came second,
    `warned` the versions with patient data that wait for her answer, `is_asked` that it waits to
    be read again, for who may have it done.
    """

    document: Document
    folder: Folder
    crumbs: tuple[Crumb, ...]
    page: PageText | None
    lock: Lock | None = None
    aside: tuple[Aside, ...] = ()
    warned: tuple[Warned, ...] = ()
    is_asked: bool = False


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

    async def unit(tx: Transaction) -> Look:
        folder, document = await enter(tx, actor, document_id, Action.READ)
        crumbs = tuple(await folders.crumbs(tx, actor, folder.id))
        lock = await holding.lock_of(ws, tx, document)
        second = await _aside(ws, tx, actor, document)
        warned = await watching.of_document(ws, tx, actor, folder, document)
        asked = await _is_asked(tx, folder, document.current)
        return Look(document, folder, crumbs, None, lock, second, warned, asked)

    seen = await ws.db.read(unit)
    current = seen.document.current
    trail.note(ws, actor, seen.document, current.number, TrailAct.READ)
    reading = await reading_of(ws, current.id, current.sha256)
    return (
        seen if reading is None else dataclasses.replace(seen, page=page_text(reading, page or 1))
    )


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
    async with _loading(ws):
        kept = await ws.texts.get(text_key(version, sha256))
        if kept is None:
            return None
        if len(kept) > _LARGE_BYTES:
            return await asyncio.to_thread(_decoded, kept)
        return _decoded(kept)


async def with_readings(ws: Workspace, work: Callable[[Load], T]) -> T:
    """Do work in a thread that loads many readings, one after another.

    The right to each document was checked. There are few such threads: of what one person
    asks for, `turns` lets no more than half of them.
    """

    def load(version: int, sha256: str, effort: Effort | None = None, /) -> Reading | None:
        most_bytes = None if effort is None else LOADED * effort.left
        kept = ws.texts.load(text_key(version, sha256), most_bytes)
        if kept is None:
            return None
        if effort is not None:
            effort.spend(len(kept) // LOADED)
        return _decoded(kept)

    async with _loading(ws):
        return await asyncio.to_thread(work, load)


def _loading(ws: Workspace) -> asyncio.Semaphore:
    return _LOADING.setdefault(ws.db, asyncio.Semaphore(_LOADED_AT_ONCE))


def _decoded(kept: bytes) -> Reading | None:
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
    """Drop the kept texts of versions that ended, as (id, hash); once their rows are gone.

    Never raises a `Fault`: what ended has ended, and `collect` drops the texts that stay.
    """
    for version, sha256 in versions:
        with contextlib.suppress(Fault):
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
        await holding.check(ws, tx, actor, document)
        check_expected(document, expected)
        old = numbered(document, number)
        if old.sha256 == document.current.sha256:
            raise AlreadySo("current")
        await quotas.check(ws, tx, actor, folder, old.size_bytes)
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
    number = document.next_number
    version = await records.revise(tx, document.id, number, new)
    await jobs.queue(tx, JobKind.READ_VERSION, version, ws.clock())
    await entries.note(tx, document.id)
    await folders.touch(tx, folder.id, new.at)
    facts = {"name": document.name, "version": str(number)}
    if new.restored_from is not None:
        facts["restored"] = str(new.restored_from)
    await note(ws, tx, actor, folder, document.id, verb, **facts)
    return number


async def label(
    ws: Workspace, actor: Actor, document_id: DocumentId, number: int, words: str
) -> None:
    """Say what a version is to people (« validé en séance »); "" takes the words away.

    Its bytes, its number and who is editing are not concerned. `AlreadySo`.
    """
    clean = " ".join(words.split())
    if len(clean) > MAX_LABEL_CHARACTERS:
        raise Invalid("label", "too_long", clean[:80])

    async def unit(tx: Transaction) -> None:
        folder, document = await enter(tx, actor, document_id, Action.REVISE)
        before = numbered(document, number).label
        if clean == before:
            raise AlreadySo("labelled")
        await records.label(tx, document.id, number, clean)
        facts = {"name": document.name, "version": str(number)}
        facts |= {"label": clean} if clean else {"before": before}
        await note(ws, tx, actor, folder, document.id, Verb.LABELLED, **facts)

    await ws.db.write(unit)


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
        await holding.check(ws, tx, actor, document)
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
        await put(ws, tx, actor, document_id, folder_id, expected=expected)

    await ws.db.write(unit)


async def put(
    ws: Workspace,
    tx: Transaction,
    actor: Actor,
    document_id: DocumentId,
    folder_id: FolderId,
    *,
    expected: int | None,
) -> None:
    """Move a document within a transaction that does more; as `move`."""
    origin, document = await enter(tx, actor, document_id, Action.REMOVE)
    await holding.check(ws, tx, actor, document)
    check_expected(document, expected)
    arrival = await access.enter(tx, actor, folder_id, Action.ADD)
    if origin.id == arrival.id:
        raise AlreadySo("there")
    await _check_room(ws, tx, actor, document, arrival)
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


async def replace(
    ws: Workspace,
    actor: Actor,
    document_id: DocumentId,
    onto_id: DocumentId,
    *,
    expected: int | None = None,
    over: int | None = None,
) -> Deposited:
    """Make a document's current bytes the next version of another: a save by renaming.

    The one that gave them goes to the trash of its folder, with all its versions. She must be
    allowed to *remove* there and to *revise* here. `expected` is the version she saw of the
    first, `over` of the second. Bytes that are current there already add no version.
    """

    async def unit(tx: Transaction) -> Deposited:
        origin, source = await enter(tx, actor, document_id, Action.REMOVE)
        folder, onto = await enter(tx, actor, onto_id, Action.REVISE)
        if source.id == onto.id:
            raise AlreadySo("named")
        for document, seen in ((source, expected), (onto, over)):
            await holding.check(ws, tx, actor, document)
            check_expected(document, seen)
        done = await _take_bytes(ws, tx, actor, folder, onto, source.current)
        await removed.remove_document(tx, source.id, actor.person_id, ws.clock())
        await folders.free_name(tx, "document", source.id)
        await entries.note(tx, source.id)
        facts = {"name": source.name}
        await note(ws, tx, actor, origin, source.id, Verb.DOCUMENT_REMOVED, **facts)
        return done

    return await ws.db.write(unit)


async def namesake(
    ws: Workspace,
    actor: Actor,
    document_id: DocumentId,
    *,
    name: str = "",
    folder_id: FolderId | None = None,
) -> Document | None:
    """What bears the name that a rename or a move would give, if it is hers to replace.

    `name` is the new one, `folder_id` the new place; what is not said stays as it is.
    """

    async def unit(tx: Transaction) -> Document | None:
        origin, source = await enter(tx, actor, document_id, Action.READ)
        there = (
            origin if folder_id is None else await access.enter(tx, actor, folder_id, Action.READ)
        )
        if not (origin.allows(Action.REMOVE) and there.allows(Action.REVISE)):
            return None
        kind, number = await folders.named(tx, there.id, name or source.name) or ("", 0)
        if kind != "document" or number == source.id:
            return None
        return await records.document(tx, DocumentId(number))

    return await ws.db.read(unit)


async def _take_bytes(
    ws: Workspace, tx: Transaction, actor: Actor, folder: Folder, onto: Document, given: Version
) -> Deposited:
    number, is_new = onto.current.number, onto.current.sha256 != given.sha256
    if is_new:
        await quotas.check(ws, tx, actor, folder, given.size_bytes)
        new = records.NewVersion(
            sha256=given.sha256,
            size_bytes=given.size_bytes,
            media_type=given.media_type,
            author=actor.person_id,
            hat=folder.hat,
            comment="",
            at=ws.clock(),
        )
        number = await add_version(ws, tx, actor, folder, onto, new, Verb.REVISED)
    return Deposited(onto.id, onto.name, number, False, is_new)


async def _check_room(
    ws: Workspace, tx: Transaction, actor: Actor, document: Document, arrival: Folder
) -> None:
    size = sum(version.size_bytes for version in document.versions)
    await quotas.check_move(ws, tx, actor, document.folder_id, arrival.id, size)


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


async def _is_asked(tx: Transaction, folder: Folder, version: Version) -> bool:
    """Whether a version that was read waits to be read again; for who may have it done."""
    if version.state is ReadState.WAITING or not folder.allows(Action.ORGANISE):
        return False
    return await jobs.waits(tx, JobKind.READ_VERSION, version.id)


async def _aside(
    ws: Workspace, tx: Transaction, actor: Actor, document: Document
) -> tuple[Aside, ...]:
    if actor.seeing is not None:
        return ()
    return tuple(await aside.of_document(tx, actor.person_id, document.id, ws.clock()))


def page_text(reading: Reading, number: int) -> PageText | None:
    """The text of a page, counted from 1; None when there is none, or nothing was read.

    Of a very long one the beginning.
    """
    if reading.state not in (ReadState.OK, ReadState.PARTIAL) or not reading.pages:
        return None
    if reading.page_count is None:
        return _shown(reading.pages[0], None, reading)
    if not 1 <= number <= reading.page_count:
        return None
    return _shown(reading.pages[number - 1], number, reading)


def _shown(text: str, number: int | None, reading: Reading) -> PageText:
    return PageText(
        text[:MAX_SHOWN_CHARACTERS],
        number,
        reading.page_count,
        reading.page_kind,
        len(text) > MAX_SHOWN_CHARACTERS,
    )
