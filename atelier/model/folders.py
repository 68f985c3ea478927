"""Folders, what stands in them, and the access they carry."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from atelier.model.ids import DocumentId, FolderId, GrantId, OrganisationId, PersonId


class Role(StrEnum):
    """What a grant gives; the actions of each are in `access.ROLES`."""

    READER = "reader"
    CONTRIBUTOR = "contributor"
    COORDINATOR = "coordinator"


class Action(StrEnum):
    """What one may do in a folder; a role is a set of these."""

    READ = "read"
    ADD = "add"
    REVISE = "revise"
    RENAME = "rename"
    REMOVE = "remove"
    ORGANISE = "organise"
    SHARE = "share"
    CLOSE = "close"
    RESTORE = "restore"
    MEET = "meet"
    JOURNAL = "journal"
    UNLOCK = "unlock"


class SubjectKind(StrEnum):
    """Whom a grant is for."""

    NETWORK = "network"
    ORGANISATION = "organisation"
    GROUP = "group"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom a grant is for; the network's id is 0."""

    kind: SubjectKind
    id: int = 0
    name: str = ""


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder as one actor has entered it.

    `actions` is what she may do here; `hat` the organisation her acts here bear:
    the only one through which the folder is hers, else the one she chose, else her main one.
    `shares_until` is the last day of her right to share, None when it has no end.
    """

    id: FolderId
    parent_id: FolderId | None
    name: str
    is_closed: bool
    created_at: datetime
    actions: frozenset[Action]
    hat: OrganisationId | None
    shares_until: date | None = None

    def allows(self, action: Action) -> bool:
        """Whether the actor who entered may do this here."""
        return action in self.actions


@dataclass(frozen=True, slots=True)
class Crumb:
    """One readable step of the way from an entry point to a folder."""

    id: FolderId
    name: str


@dataclass(frozen=True, slots=True)
class Grant:
    """A subject has a role on a folder, perhaps until the end of a day."""

    id: GrantId
    folder_id: FolderId
    folder: str
    subject: Subject
    role: Role
    until: date | None


@dataclass(frozen=True, slots=True)
class FolderRow:
    """A folder in a list. `short_id` is set when an older one has the same name."""

    id: FolderId
    name: str
    is_closed: bool
    changed_at: datetime
    short_id: str = ""


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """A document in a list, with its current version; `label` is that version's."""

    id: DocumentId
    folder_id: FolderId
    name: str
    version: int
    size_bytes: int
    media_type: str
    state: str
    author_id: PersonId
    author: str
    organisation: str
    changed_at: datetime
    label: str = ""
