"""Looking at one version without downloading it: its text page by page, its subtitles."""

from __future__ import annotations

import asyncio
import dataclasses
from dataclasses import dataclass

from atelier.database import documents as records
from atelier.database import folders
from atelier.database.engine import Transaction
from atelier.errors import BlobMissing, NotFound
from atelier.model import subtitles
from atelier.model.documents import Document, ReadState, Version
from atelier.model.folders import Action, Crumb, Folder
from atelier.model.ids import DocumentId
from atelier.model.people import Actor
from atelier.model.trail import TrailAct
from atelier.workspace import trail
from atelier.workspace.documents import (
    Content,
    PageText,
    enter,
    numbered,
    page_text,
    reading_of,
)
from atelier.workspace.place import Workspace


@dataclass(frozen=True, slots=True)
class Track:
    """Subtitles that stand beside a film: which version of which document, ISO 639-1 or ""."""

    version: Version
    language: str


@dataclass(frozen=True, slots=True)
class View:
    """A version in its document and folder, with one page of its text once it is read.

    `number` of `count` is the page looked at; 1 of None where the format has no pages.
    """

    document: Document
    version: Version
    folder: Folder
    crumbs: tuple[Crumb, ...]
    number: int
    count: int | None
    page: PageText | None
    language: str
    tracks: tuple[Track, ...]


async def view(
    ws: Workspace,
    actor: Actor,
    document_id: DocumentId,
    *,
    number: int | None = None,
    page: int | None = None,
) -> View:
    """A version (without `number` the current one) and a page of its text (without, the first).

    Beyond the last page it is the last. The access log tells it.
    """

    async def unit(tx: Transaction) -> View:
        folder, document = await enter(tx, actor, document_id, Action.READ)
        version = document.current if number is None else numbered(document, number)
        crumbs = tuple(await folders.crumbs(tx, actor, folder.id))
        tracks, count = await _tracks(tx, folder, document, version), version.page_count
        # Until it is read nobody knows how many there are.
        last = count or (page if version.state is ReadState.WAITING else None) or 1
        at = min(page or 1, last)
        return View(document, version, folder, crumbs, at, count, None, "", tracks)

    seen = await ws.db.read(unit)
    trail.note(ws, actor, seen.document, seen.version.number, TrailAct.READ)
    tracks = tuple([await _in_its_language(ws, track) for track in seen.tracks])
    reading = await reading_of(ws, seen.version.id, seen.version.sha256)
    if reading is None:
        return dataclasses.replace(seen, tracks=tracks)
    text = page_text(reading, seen.number)
    return dataclasses.replace(seen, page=text, language=reading.language, tracks=tracks)


async def captions(ws: Workspace, actor: Actor, document_id: DocumentId, number: int) -> bytes:
    """A version of a file of subtitles as WebVTT in UTF-8, whatever it was written in.

    `NotFound` as for a document that never was when it is none, or larger than any is.
    """

    async def unit(tx: Transaction) -> tuple[Document, Version]:
        _, document = await enter(tx, actor, document_id, Action.READ)
        return document, numbered(document, number)

    document, version = await ws.db.read(unit)
    is_one = version.media_type in (subtitles.VTT, subtitles.SRT)
    if not is_one or version.size_bytes > subtitles.MAX_BYTES:
        raise NotFound("document")
    content = await _whole(Content(document.name, version, await ws.blobs.open(version.sha256)))
    trail.note(ws, actor, document, number, TrailAct.READ)
    return await asyncio.to_thread(_as_vtt, content)


async def _tracks(
    tx: Transaction, folder: Folder, document: Document, version: Version
) -> tuple[Track, ...]:
    """What stands in the same folder under the film's name: whoever sees it sees them."""
    if not version.media_type.startswith(("video/", "audio/")):
        return ()
    found = []
    for name, language in subtitles.names(document.name):
        kind, number = await folders.named(tx, folder.id, name) or ("", 0)
        if kind == "document":
            current = (await records.document(tx, DocumentId(number))).current
            if current.media_type in (subtitles.VTT, subtitles.SRT):
                found.append(Track(current, language))
    return tuple(found)


async def _in_its_language(ws: Workspace, track: Track) -> Track:
    """What its name does not tell, its text may."""
    if track.language:
        return track
    reading = await reading_of(ws, track.version.id, track.version.sha256)
    return track if reading is None else dataclasses.replace(track, language=reading.language)


async def _whole(content: Content) -> bytes:
    try:
        read = await content.opened.read(0, content.version.size_bytes)
    finally:
        content.opened.close()
    if len(read) < content.version.size_bytes:
        raise BlobMissing(content.version.sha256)
    return read


def _as_vtt(content: bytes) -> bytes:
    return subtitles.vtt(subtitles.decoded(content)).encode("utf-8", "replace")
