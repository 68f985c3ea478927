"""Pictures of pages and thumbnails: drawn, kept beside the text, under the same rights.

The first page and the thumbnail are drawn by a job after the reading and stay; other pages
are drawn when somebody looks at them, and the oldest go when there are too many. What could
not be drawn is kept as well, so that a hostile file costs its time once and not at each look;
reading it again tries again.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Coroutine
from dataclasses import dataclass
from enum import IntEnum

import msgspec

from atelier.database import documents as records
from atelier.database import reading
from atelier.database.engine import Transaction
from atelier.errors import BlobMissing, Fault, NotFound
from atelier.extract.contract import Picture
from atelier.extract.pictured import has_pages, may_have_pictures
from atelier.model.documents import Document, ReadState, Version
from atelier.model.folders import Action
from atelier.model.ids import DocumentId, PersonId
from atelier.model.people import Actor
from atelier.model.trail import TrailAct
from atelier.workspace import trail
from atelier.workspace.documents import enter, numbered, text_key
from atelier.workspace.place import Workspace

DRAWING_VERSION = 1  # raise it when drawing improves: older pictures are drawn again
# These come from the system or from the page asked for: another day they may be otherwise.
_PASSING = frozenset({"no_page", "no_fork", "no_picture"})
_WORTH_DRAWING = frozenset(
    {ReadState.OK, ReadState.PARTIAL, ReadState.NEEDS_OCR, ReadState.UNSUPPORTED}
)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture as WebP, and its size in pixels."""

    content: bytes
    width: int
    height: int


class Width(IntEnum):
    """How wide a picture may be asked for, in pixels."""

    THUMBNAIL = 320
    PAGE = 1200


def is_worth_drawing(media_type: str, state: ReadState) -> bool:
    """Whether a version that was read so is to be drawn ahead of anybody's look."""
    return may_have_pictures(media_type) and state in _WORTH_DRAWING


async def picture(
    ws: Workspace, actor: Actor, document_id: DocumentId, number: int, page: int, width: Width
) -> Drawn:
    """A page of a version, counted from 1, drawn now unless it is kept.

    `NotFound` as for a document that never was when there is no such picture; `TooMany` when
    too many wait for her to be drawn, `Busy` when for all; `BlobMissing`. The access log
    tells it as a look at the version. Cancelled, it gives her place in the line back, but
    what has begun to be drawn is drawn to its end.
    """

    async def unit(tx: Transaction) -> tuple[Document, Version]:
        _, document = await enter(tx, actor, document_id, Action.READ)
        return document, numbered(document, number)

    document, version = await ws.db.read(unit)
    if not _may_be_there(version, page):
        raise NotFound("document")
    found = await _kept(ws, version, page, width)
    if found is None:
        found = await _made(ws, document.name, version, page, width, person=actor.person_id)
        await ws.db.read(unit)  # drawing takes its time: her right may have ended meanwhile
    if not found.content:
        raise NotFound("document")
    trail.note(ws, actor, document, number, TrailAct.READ)
    return Drawn(found.content, found.width, found.height)


async def thumbnail(ws: Workspace, version: Version) -> Drawn | None:
    """The thumbnail of a version if it is kept already; nothing is drawn for it.

    For use-cases and pages that have checked the right to the document.
    """
    return await _shown(ws, version, Width.THUMBNAIL)


async def shows_pages(ws: Workspace, version: Version) -> bool:
    """Whether there are pictures of its pages to look at, on the same condition.

    Of office files only where a program draws them: then the first one is kept.
    """
    return has_pages(version.media_type) or await _shown(ws, version, Width.PAGE) is not None


def is_drawn(version: Version) -> bool:
    """Whether its pages are drawn whenever they are asked for, on the same condition."""
    return has_pages(version.media_type)


async def draw_version(ws: Workspace, version_id: int) -> None:
    """Draw the thumbnail and the first page of a version. No actor: for the worker.

    Nothing happens when the version is gone or drawn already. In the trash it is drawn: it
    may come back.
    """

    async def unit(tx: Transaction) -> tuple[str, Version] | None:
        number = await reading.document_of(tx, version_id)
        if number is None:
            return None
        document = await records.document(tx, DocumentId(number))
        return document.name, next(one for one in document.versions if one.id == version_id)

    found = await ws.db.read(unit)
    if found is None:
        return
    name, version = found
    with contextlib.suppress(BlobMissing):
        for width in Width:
            if await _shown(ws, version, width) is None:
                await _made(ws, name, version, 1, width, is_again=True)


def _may_be_there(version: Version, page: int) -> bool:
    """Whether it is worth asking a child: no more pages are drawn than were counted."""
    return may_have_pictures(version.media_type) and 1 <= page <= (version.page_count or 1)


async def _shown(ws: Workspace, version: Version, width: Width) -> Drawn | None:
    """The first page so wide, if it could be drawn and is kept."""
    if not may_have_pictures(version.media_type):
        return None
    kept = await _kept(ws, version, 1, width)
    if kept is None or not kept.content:
        return None
    return Drawn(kept.content, kept.width, kept.height)


async def _kept(ws: Workspace, version: Version, page: int, width: Width) -> Picture | None:
    kept = await ws.pictures.get(text_key(version.id, version.sha256), _what(page, width))
    if kept is None:
        return None
    try:
        return msgspec.msgpack.decode(kept, type=Picture)
    except msgspec.DecodeError:
        return None


async def _made(
    ws: Workspace,
    name: str,
    version: Version,
    page: int,
    width: Width,
    *,
    person: PersonId | None = None,
    is_again: bool = False,
) -> Picture:
    key = text_key(version.id, version.sha256)
    async with ws.pictures.alone(key, _what(page, width), person):
        found = await _kept(ws, version, page, width)
        if found is None or (is_again and not found.content):
            found = await _to_its_end(_new(ws, name, version, page, width))
    return found


async def _new(ws: Workspace, name: str, version: Version, page: int, width: Width) -> Picture:
    path = await ws.blobs.path(version.sha256)
    found = await ws.readers.draw(path, name, page, width)
    await _keep(ws, version, _what(page, width), found)
    return found


async def _to_its_end(drawing: Coroutine[None, None, Picture]) -> Picture:
    """What it gives; a cancelled caller waits for it too: its child goes on, and so its place."""
    begun = asyncio.ensure_future(drawing)
    try:
        return await asyncio.shield(begun)
    except asyncio.CancelledError:
        await asyncio.gather(begun, return_exceptions=True)
        raise


async def _keep(ws: Workspace, version: Version, what: str, found: Picture) -> None:
    if found.reason in _PASSING:
        return
    key = text_key(version.id, version.sha256)
    with contextlib.suppress(Fault):  # a full disk keeps nobody from looking
        await ws.pictures.put(key, what, msgspec.msgpack.encode(found))
        if await ws.db.read(lambda tx: reading.document_of(tx, version.id)) is None:
            await ws.pictures.remove(key)  # it was purged meanwhile: nothing of it stays


def _what(page: int, width: Width) -> str:
    """The name it is kept under: spare, but for what lists and the first look show."""
    return f"{'d' if page == 1 else 's'}{DRAWING_VERSION}p{page}w{width.value}"
