"""Drop folders: places on the server's disk whose files are deposited by themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from atelier.model.ids import DocumentId, DropFolderId, FolderId, OrganisationId, PersonId

INBOX = "inbox"  # in the data folder; each drop folder is a folder in it
DONE, REFUSED = "done", "refused"  # in each drop folder


class Outcome(StrEnum):
    """What became of a file."""

    ADDED = "added"
    REVISED = "revised"
    UNCHANGED = "unchanged"
    REFUSED = "refused"
    LEFT = "left"


class Reason(StrEnum):
    """Why a file, or all of a drop folder, was refused or left where it is."""

    LINK = "link"
    HARD_LINK = "hard_link"
    SPECIAL = "special"
    UNREADABLE = "unreadable"
    FIXED = "fixed"
    BAD_NAME = "bad_name"
    NAME_TAKEN = "name_taken"
    TOO_DEEP = "too_deep"
    PATH_TOO_LONG = "path_too_long"
    TOO_LARGE = "too_large"
    LOCKED = "locked"
    QUOTA_FULL = "quota_full"
    NO_ROOM = "no_room"
    FAULT = "fault"
    NOT_ALLOWED = "not_allowed"


@dataclass(frozen=True, slots=True)
class DropFolder:
    """A folder under `inbox/` whose files are deposited in a folder, as a person.

    `organisation_id` is the one she acts for there, None: as her rights say.
    """

    id: DropFolderId
    name: str
    folder_id: FolderId
    person_id: PersonId
    person: str
    organisation_id: OrganisationId | None
    is_paused: bool
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Arrival:
    """A file that came through a drop folder; `path` is relative to it, "" for all of it.

    `document_id` is None when nothing was deposited, or it may not be read any more.
    """

    id: int
    drop: str
    path: str
    size_bytes: int
    outcome: Outcome
    reason: Reason | None
    document_id: DocumentId | None
    version: int | None
    at: datetime
