"""The agenda before the meeting: what is written of an item, when it comes, what may be laid."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from atelier.model.ids import DocumentId, FolderId, ItemId
from atelier.model.meetings import Item, Meeting


@dataclass(frozen=True, slots=True)
class Line:
    """An item as it is written in a form. `note` is plain text, in lines."""

    title: str
    allotted_minutes: int | None = None
    presenter: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Going:
    """What would end with an item; `text_state` counts the changes of its text."""

    text_state: int
    has_text: bool
    decisions: int
    todos: int

    @property
    def is_anything(self) -> bool:
        """Whether somebody would miss it."""
        return self.has_text or self.decisions > 0 or self.todos > 0


@dataclass(frozen=True, slots=True)
class LeftOver:
    """An item of an earlier meeting of the series that no later one has taken up.

    `is_for_all`: whoever reads the dossier that may take it up reads its own dossier too.
    """

    item_id: ItemId
    line: Line
    meeting_title: str
    meeting_at: datetime
    is_for_all: bool


@dataclass(frozen=True, slots=True)
class Candidate:
    """A document that may be laid before an item, with its newest version."""

    document_id: DocumentId
    name: str
    version: int
    folder_id: FolderId
    folder: str


@dataclass(frozen=True, slots=True)
class Pin:
    """A version laid before an item, as it was called then."""

    document_id: DocumentId
    version: int
    name: str
    sha256: str


def line_of(item: Item) -> Line:
    """What is written of an item."""
    return Line(item.title, item.allotted_minutes, item.presenter, item.note)


def clock(meeting: Meeting) -> dict[ItemId, datetime]:
    """When each item begins, as far as that is known.

    After one that nobody allotted a time, nobody knows.
    """
    if not meeting.row.has_time:
        return {}
    begins, at = {}, meeting.row.starts_at
    for item in meeting.items:
        begins[item.id] = at
        if item.allotted_minutes is None:
            break
        at += timedelta(minutes=item.allotted_minutes)
    return begins


def allotted(meeting: Meeting) -> int:
    """How many minutes the items take together, of those that say so."""
    return sum(item.allotted_minutes or 0 for item in meeting.items)
