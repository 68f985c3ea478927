"""Who did what, for which organisation, when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Verb(StrEnum):
    """What was done, as the journal keeps it."""

    FOLDER_MADE = "folder_made"
    FOLDER_RENAMED = "folder_renamed"
    FOLDER_MOVED = "folder_moved"
    FOLDER_CLOSED = "folder_closed"
    FOLDER_OPENED = "folder_opened"
    GRANTED = "granted"
    WITHDRAWN = "withdrawn"
    DEPOSITED = "deposited"
    REVISED = "revised"
    RESTORED = "restored"
    DOCUMENT_RENAMED = "document_renamed"
    DOCUMENT_MOVED = "document_moved"


@dataclass(frozen=True, slots=True)
class JournalLine:
    """One line of a folder's journal; `facts` are short texts by name."""

    id: int
    at: datetime
    person: str
    organisation: str
    verb: Verb
    facts: dict[str, str]
