"""What changed between two versions of a document, whatever their formats."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
from collections.abc import AsyncIterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from weakref import WeakKeyDictionary

from atelier.database import folders
from atelier.database.engine import Transaction
from atelier.errors import Busy, TooMany
from atelier.extract.contract import PageKind, Reading
from atelier.model.comparison import MAX_COMPARED_CHARACTERS, Comparison
from atelier.model.documents import Document, ReadState, Version
from atelier.model.folders import Action, Crumb, Folder
from atelier.model.ids import DocumentId, PersonId
from atelier.model.people import Actor
from atelier.model.trail import TrailAct
from atelier.workspace import documents, trail
from atelier.workspace.place import Records, Workspace

AT_ONCE: Final = 2  # each holds two texts and a child
MOST_WAITING: Final = 8
_RETRY_SECONDS: Final = 5
_READ = (ReadState.OK, ReadState.PARTIAL)


class NoText(StrEnum):
    """Why a version has no text to compare."""

    WAITING = "waiting"  # it is being read, or will be
    UNREADABLE = "unreadable"  # its state says why
    EMPTY = "empty"  # it was read, and no word is in it
    LOST = "lost"  # it was read; its text has to be made again


@dataclass(frozen=True, slots=True)
class Side:
    """A version, what its pages are, and why it has no text, if it has none."""

    version: Version
    page_kind: PageKind = PageKind.NONE
    language: str = ""
    missing: NoText | None = None


@dataclass(frozen=True, slots=True)
class Compared:
    """Two versions in their document and folder, and what changed from one to the other.

    `comparison` is None when a side is `missing` its text, or both are the same version.
    """

    document: Document
    folder: Folder
    crumbs: tuple[Crumb, ...]
    older: Side
    newer: Side
    comparison: Comparison | None


class _Turns:
    """Whose comparisons are under way or wait, and the places they wait for."""

    def __init__(self) -> None:
        self.people: set[PersonId] = set()
        self.places = asyncio.Semaphore(AT_ONCE)


# By records, which live as long as the event loop that the semaphore belongs to.
_TURNS: Final[WeakKeyDictionary[Records, _Turns]] = WeakKeyDictionary()


async def compare(
    ws: Workspace,
    actor: Actor,
    document_id: DocumentId,
    *,
    older: int | None = None,
    newer: int | None = None,
) -> Compared:
    """What changed from one version to another; without numbers, in the current one.

    Whichever is given first, the older one is the older. `NotFound` for a version that is
    not there. The access log tells both. It takes a tenth of a second of a processor for
    ten pages, in a bounded child: two run at a time. `TooMany` while one of hers is under
    way, `Busy` when too many people wait.
    """

    async def unit(tx: Transaction) -> Compared:
        folder, document = await documents.enter(tx, actor, document_id, Action.READ)
        one, other = _chosen(document, older, newer)
        crumbs = tuple(await folders.crumbs(tx, actor, folder.id))
        return Compared(document, folder, crumbs, Side(one), Side(other), None)

    asked = await ws.db.read(unit)
    async with _turn(ws.db, actor.person_id):
        found = await _compared(ws, asked)
    await ws.db.read(unit)  # it takes its time: her right may have ended meanwhile
    for version in dict.fromkeys((found.older.version, found.newer.version)):
        trail.note(ws, actor, found.document, version.number, TrailAct.READ)
    return found


@contextlib.asynccontextmanager
async def _turn(db: Records, person: PersonId) -> AsyncIterator[None]:
    """One of the few places, before any text is loaded; `TooMany`, `Busy`.

    Whoever left while hers runs does not queue up others.
    """
    turns = _TURNS.setdefault(db, _Turns())
    if person in turns.people:
        raise TooMany(_RETRY_SECONDS)
    if len(turns.people) >= AT_ONCE + MOST_WAITING:
        raise Busy(_RETRY_SECONDS)
    turns.people.add(person)
    try:
        async with turns.places:
            yield
    finally:
        turns.people.discard(person)


async def _compared(ws: Workspace, asked: Compared) -> Compared:
    """What was asked for, with what its texts tell."""
    versions = asked.older.version, asked.newer.version
    one, other = [
        await documents.reading_of(ws, version.id, version.sha256) for version in versions
    ]
    sides = _side(versions[0], one), _side(versions[1], other)
    asked = dataclasses.replace(asked, older=sides[0], newer=sides[1])
    if one is None or other is None or any(side.missing for side in sides):
        return asked
    if versions[0] == versions[1]:
        return asked
    if sum(map(len, (*one.pages, *other.pages))) > MAX_COMPARED_CHARACTERS:
        return dataclasses.replace(asked, comparison=Comparison(fault="too_large"))
    found = await ws.readers.compare(one.pages, other.pages)
    del one, other  # up to 64 MiB each
    told = await asyncio.to_thread(_on_pages, found, sides)
    return dataclasses.replace(asked, comparison=told)


def _chosen(document: Document, older: int | None, newer: int | None) -> tuple[Version, Version]:
    last = document.current if newer is None else documents.numbered(document, newer)
    if older is None:
        before = [one for one in document.versions if one.number < last.number]
        first = before[0] if before else last
    else:
        first = documents.numbered(document, older)
    return (first, last) if first.number <= last.number else (last, first)


def _side(version: Version, reading: Reading | None) -> Side:
    if version.state is ReadState.WAITING:
        return Side(version, missing=NoText.WAITING)
    if version.state not in _READ:
        return Side(version, missing=NoText.UNREADABLE)
    if reading is None:
        return Side(version, missing=NoText.LOST)
    is_empty = all(not page or page.isspace() for page in reading.pages)
    return Side(version, reading.page_kind, reading.language, NoText.EMPTY if is_empty else None)


def _on_pages(found: Comparison, sides: tuple[Side, Side]) -> Comparison:
    """Without page numbers on a side whose format has no pages."""
    has_older, has_newer = (side.page_kind is not PageKind.NONE for side in sides)
    passages = tuple(
        dataclasses.replace(
            passage,
            older_page=passage.older_page if has_older else None,
            newer_page=passage.newer_page if has_newer else None,
        )
        for passage in found.passages
    )
    return dataclasses.replace(found, passages=passages)
