"""Papers of a meeting, each pinned to a version: laying, taking away, finding, opening them.

What was pinned stays as it was: it opens as long as she reads the meeting and the folder where
its document is, also when that was replaced, renamed or removed since.
"""

from __future__ import annotations

from atelier import access
from atelier.database import agenda as records
from atelier.database import documents as papers
from atelier.database import dossiers
from atelier.database.engine import Transaction
from atelier.errors import AlreadySo, Invalid, NotFound
from atelier.model.agenda import Candidate, Pin
from atelier.model.documents import Document, Version
from atelier.model.folders import Action
from atelier.model.ids import DocumentId, FolderId, ItemId, MeetingId
from atelier.model.journal import Verb
from atelier.model.meetings import Paper
from atelier.model.people import Actor
from atelier.model.trail import TrailAct
from atelier.workspace import documents, trail
from atelier.workspace.agenda import changed, enter_agenda
from atelier.workspace.documents import Content, numbered
from atelier.workspace.meetings import enter
from atelier.workspace.place import Workspace

MAX_PAPERS = 50  # of one item
MAX_CANDIDATES = 50
MAX_WORDS = 6


async def candidates(
    ws: Workspace, actor: Actor, meeting_id: MeetingId, words: str = ""
) -> list[Candidate]:
    """What she may lay there: of the dossier and the folder above, newest first.

    With words what is called so, wherever she may read.
    """
    wanted = words.split()[:MAX_WORDS]

    async def unit(tx: Transaction) -> list[Candidate]:
        folder = await enter(tx, actor, meeting_id, Action.MEET)
        if wanted:
            return await records.called(tx, actor, wanted, folder.id, MAX_CANDIDATES)
        near = [folder.id] if folder.parent_id is None else [folder.id, folder.parent_id]
        return await records.near(tx, actor, near, MAX_CANDIDATES)

    return await ws.db.read(unit)


async def pin(
    ws: Workspace,
    actor: Actor,
    meeting_id: MeetingId,
    item_id: ItemId,
    document_id: DocumentId,
    *,
    version: int | None = None,
    expected: int | None = None,
) -> Paper:
    """Lay a version of a document that she may read before an item (None: the current one).

    In the place of another version of it, if there is one; `AlreadySo` when it is this one.
    """

    async def unit(tx: Transaction) -> Paper:
        folder = await enter_agenda(tx, actor, meeting_id, expected)
        found = await records.line(tx, meeting_id, item_id)
        if found is None:
            raise NotFound("item")
        _, document = await documents.enter(tx, actor, document_id, Action.READ)
        chosen = document.current if version is None else numbered(document, version)
        await _check_room(tx, item_id, document, chosen)
        pinned = Pin(document.id, chosen.number, document.name, chosen.sha256)
        await records.pin(tx, item_id, pinned)
        verb = Verb.PAPER_PINNED
        await changed(ws, tx, actor, folder, meeting_id, found[0].title, verb=verb)
        laid = await dossiers.papers(tx, actor, meeting_id, folder.id)
        return next(one for one in laid[item_id] if one.document_id == document.id)

    return await ws.db.write(unit)


async def unpin(
    ws: Workspace,
    actor: Actor,
    meeting_id: MeetingId,
    item_id: ItemId,
    document_id: DocumentId,
    *,
    expected: int | None = None,
) -> None:
    """Take a paper away from an item, also one that she may not read; `AlreadySo`.

    The document stays where it is.
    """

    async def unit(tx: Transaction) -> None:
        folder = await enter_agenda(tx, actor, meeting_id, expected)
        found = await records.line(tx, meeting_id, item_id)
        if found is None:
            raise NotFound("item")
        if not await records.unpin(tx, item_id, document_id):
            raise AlreadySo("unpinned")
        verb = Verb.PAPER_UNPINNED
        await changed(ws, tx, actor, folder, meeting_id, found[0].title, verb=verb)

    await ws.db.write(unit)


async def content(
    ws: Workspace, actor: Actor, meeting_id: MeetingId, item_id: ItemId, document_id: DocumentId
) -> Content:
    """The bytes of the version that is pinned there, under the name it was pinned by.

    `NotFound` of a paper alike for a meeting or a document that she may not read, one that
    ended, and what was never laid there; `BlobMissing` when lost. The access log tells it.
    """

    async def unit(tx: Transaction) -> tuple[Pin, Document, Version]:
        return await _opened(tx, actor, meeting_id, item_id, document_id)

    pinned, document, version = await ws.db.read(unit)
    given = Content(pinned.name, version, await ws.blobs.open(version.sha256))
    trail.note(ws, actor, document, version.number, TrailAct.DOWNLOAD)
    return given


async def check(
    ws: Workspace, actor: Actor, meeting_id: MeetingId, item_id: ItemId, document_id: DocumentId
) -> None:
    """Pass while she may open that paper; `NotFound` as `content`."""
    await ws.db.read(lambda tx: _opened(tx, actor, meeting_id, item_id, document_id))


async def _opened(
    tx: Transaction, actor: Actor, meeting_id: MeetingId, item_id: ItemId, document_id: DocumentId
) -> tuple[Pin, Document, Version]:
    try:
        await enter(tx, actor, meeting_id, Action.READ)
        folder, pinned = await records.pinned(tx, meeting_id, item_id, document_id)
        # Its folder and no other: what is in the trash is entered by nobody, but has it still.
        await access.enter(tx, actor, FolderId(folder), Action.READ)
        assert pinned is not None
        document = await papers.document(tx, document_id)
        version = numbered(document, pinned.version)
        if version.sha256 != pinned.sha256:
            raise NotFound("version")
        return pinned, document, version
    except NotFound as error:
        raise NotFound("paper") from error


async def _check_room(
    tx: Transaction, item_id: ItemId, document: Document, chosen: Version
) -> None:
    laid = await records.papers_of(tx, item_id)
    if laid.get(document.id) == chosen.number:
        raise AlreadySo("pinned")
    if document.id not in laid and len(laid) >= MAX_PAPERS:
        raise Invalid("paper", "too_many_papers", str(MAX_PAPERS))
