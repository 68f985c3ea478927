"""The past: folders and files of old meetings become dossiers, each after somebody confirmed it.

Names are guessed from, nothing else; nothing is moved before `take`.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from atelier import access
from atelier.database import folders, meetings
from atelier.database import past as records
from atelier.database.engine import Transaction
from atelier.errors import AlreadySo, AtelierError, Invalid, NotFound, QuotaFull, Refusal
from atelier.model.folders import Action, Crumb, Folder
from atelier.model.ids import DocumentId, FolderId, MeetingId
from atelier.model.journal import Verb
from atelier.model.meetings import MeetingRow, MeetingState, Part
from atelier.model.past import MOST_FILES, Proposal, Proposed, Standing, proposed
from atelier.model.people import Actor
from atelier.workspace import documents
from atelier.workspace.meetings import Draft, add, checked, enter, enter_place, own
from atelier.workspace.place import Workspace, today

MOST_NAMES = 5_000  # looked at in one folder, and in all that stand in it
PAGE_MEETINGS = 25
MOST_LEFT = 100  # shown of the names that say nothing

UNTITLED: Final = "Réunion"


@dataclass(frozen=True, slots=True)
class Past:
    """A page of the meetings that a folder's names tell.

    `total` counts them all; `is_dossier`: the folder is the dossier of a meeting itself;
    `is_cut`: it holds more documents than were looked at.
    """

    folder: Folder
    crumbs: tuple[Crumb, ...]
    meetings: tuple[Proposal, ...]
    total: int
    folders_left: tuple[tuple[FolderId, str], ...]
    files_left: tuple[Standing, ...]
    page: int
    pages: int
    is_dossier: bool
    is_cut: bool

    @property
    def left(self) -> int:
        """How many names say nothing."""
        return len(self.folders_left) + len(self.files_left)


@dataclass(frozen=True, slots=True)
class Taken:
    """A document as she saw it (`mark` of its name, its version), and what it tells."""

    id: DocumentId
    mark: str
    version: int
    part: Part | None = None


@dataclass(frozen=True, slots=True)
class Taking:
    """A confirmed meeting. `folder` (id, mark of its name) is to be its dossier.

    None makes a new one, into which the papers are moved.
    """

    title: str
    day: date
    series: str
    papers: tuple[Taken, ...] = ()
    folder: tuple[FolderId, str] | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one: its meeting, or why nothing was changed for it."""

    taking: Taking
    meeting: MeetingId | None = None
    refused: AtelierError | None = None


def mark(name: str) -> str:
    """A name as a form brings it back, to tell whether it is still the same."""
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:16]


async def look(ws: Workspace, actor: Actor, folder_id: FolderId, *, page: int = 1) -> Past:
    """What the names in a folder tell of old meetings; a page past the end is the last one."""

    async def unit(tx: Transaction) -> tuple[Folder, tuple[Crumb, ...], bool, _Names]:
        folder = await access.enter(tx, actor, folder_id, Action.MEET)
        is_dossier = await meetings.of_dossier(tx, folder.id) is not None
        names = _Names() if is_dossier else await _names(tx, actor, folder.id)
        return folder, tuple(await folders.crumbs(tx, actor, folder.id)), is_dossier, names

    folder, crumbs, is_dossier, names = await ws.db.read(unit)
    # Thousands of names are guessed from beside the event loop.
    found = await asyncio.to_thread(names.proposed)
    pages = _pages(found.meetings)
    number = min(max(1, page), len(pages))
    return Past(
        folder=folder,
        crumbs=crumbs,
        meetings=pages[number - 1],
        total=len(found.meetings),
        folders_left=found.folders_left,
        files_left=found.files_left,
        page=number,
        pages=len(pages),
        is_dossier=is_dossier,
        is_cut=len(names.files) == MOST_NAMES,
    )


async def take(
    ws: Workspace, actor: Actor, folder_id: FolderId, takings: Sequence[Taking]
) -> tuple[Outcome, ...]:
    """Make meetings of what was confirmed, each by itself: one refused leaves the others done.

    Refused whole where she may not put meetings into the folder, or for more than
    `MOST_FILES` documents.
    """

    async def unit(tx: Transaction) -> None:
        await enter_place(tx, actor, folder_id)

    await ws.db.read(unit)
    if sum(len(one.papers) for one in takings) > MOST_FILES:
        raise Invalid("take", "too_many_files", str(MOST_FILES))
    return tuple([await _outcome(ws, actor, folder_id, one) for one in takings])


async def taken(
    ws: Workspace, actor: Actor, folder_id: FolderId, numbers: Sequence[MeetingId]
) -> tuple[MeetingRow, ...]:
    """Of these meetings those whose dossier stands in the folder and that she may read."""

    async def unit(tx: Transaction) -> tuple[MeetingRow, ...]:
        found = []
        for number in numbers:
            try:
                dossier = await enter(tx, actor, number, Action.READ)
            except NotFound:
                continue
            if dossier.parent_id == folder_id:
                found.append((await meetings.head(tx, number))[0])
        return tuple(found)

    return await ws.db.read(unit)


@dataclass(frozen=True, slots=True)
class _Names:
    """The names that stand in a folder."""

    folders: dict[FolderId, str] = field(default_factory=dict)
    inside: dict[FolderId, list[Standing]] = field(default_factory=dict)
    files: list[Standing] = field(default_factory=list)

    def proposed(self) -> Proposed:
        """What they tell."""
        return proposed(self.folders, self.inside, self.files, untitled=UNTITLED)


async def _names(tx: Transaction, actor: Actor, folder: FolderId) -> _Names:
    return _Names(
        await records.candidates(tx, actor, folder),
        await records.standing_below(tx, actor, folder, MOST_NAMES),
        await records.standing(tx, folder, MOST_NAMES),
    )


def _pages(found: Sequence[Proposal]) -> list[tuple[Proposal, ...]]:
    """Pages of so many meetings, and of no more documents than one form may send."""
    pages: list[tuple[Proposal, ...]] = []
    page: list[Proposal] = []
    files = 0
    for one in found:
        if page and (len(page) == PAGE_MEETINGS or files + len(one.papers) > MOST_FILES):
            pages.append(tuple(page))
            page, files = [], 0
        page.append(one)
        files += len(one.papers)
    return [*pages, tuple(page)]


async def _outcome(ws: Workspace, actor: Actor, folder_id: FolderId, taking: Taking) -> Outcome:
    try:
        return Outcome(taking, meeting=await _take(ws, actor, folder_id, taking))
    except (Refusal, QuotaFull) as error:
        return Outcome(taking, refused=error)


async def _take(ws: Workspace, actor: Actor, folder_id: FolderId, taking: Taking) -> MeetingId:
    draft = Draft(title=taking.title, day=taking.day, series=taking.series)
    checked(ws, draft)

    async def unit(tx: Transaction) -> MeetingId:
        place = await enter_place(tx, actor, folder_id)
        if taking.folder is not None:
            await _check_papers(tx, actor, taking, taking.folder[0])
            meeting = await _own(ws, tx, actor, place, taking, draft)
        else:
            await _check_papers(tx, actor, taking, place.id)
            meeting = await add(ws, tx, actor, place, draft, verb=Verb.PAST_TAKEN)
            dossier = await meetings.dossier_of(tx, meeting)
            for paper in taking.papers:
                await documents.put(ws, tx, actor, paper.id, dossier, expected=paper.version)
        for paper in taking.papers:
            if paper.part is not None:
                await records.keep(tx, meeting, paper.id, paper.part)
        if taking.day <= today(ws):
            await meetings.set_state(tx, meeting, MeetingState.HELD)
        return meeting

    return await ws.db.write(unit)


async def _own(
    ws: Workspace, tx: Transaction, actor: Actor, place: Folder, taking: Taking, draft: Draft
) -> MeetingId:
    """Make the folder that she confirmed the dossier of the meeting."""
    assert taking.folder is not None
    number, seen = taking.folder
    folder = await access.enter(tx, actor, number, Action.MEET)
    if folder.parent_id != place.id or mark(folder.name) != seen:
        raise Invalid("folder", "changed_meanwhile", folder.name)
    if await meetings.of_dossier(tx, folder.id) is not None:
        raise AlreadySo("dossier")
    return await own(
        ws, tx, actor, folder.id, place.id, draft, hat=folder.hat, verb=Verb.PAST_TAKEN
    )


async def _check_papers(tx: Transaction, actor: Actor, taking: Taking, within: FolderId) -> None:
    """They still stand there, under the names that she confirmed, in those versions."""
    for paper in taking.papers:
        folder, document = await documents.enter(tx, actor, paper.id, Action.READ)
        if folder.id != within or mark(document.name) != paper.mark:
            raise Invalid("papers", "changed_meanwhile", document.name)
        documents.check_expected(document, paper.version)
