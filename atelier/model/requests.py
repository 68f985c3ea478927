"""Access asked for, as the one who asks and the one who answers see it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from atelier.model.folders import Role
from atelier.model.ids import DocumentId, FolderId, PersonId, RequestId


class About(StrEnum):
    """What access is asked for."""

    FOLDER = "folder"
    DOCUMENT = "document"


class RequestState(StrEnum):
    """Whether it was answered, and how."""

    WAITING = "waiting"
    GRANTED = "granted"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as the one who made it sees it.

    `name` is that of what she asked for, "" as long as she may not read it: it need not
    even exist.
    """

    id: RequestId
    about: About
    about_id: int
    name: str
    role: Role
    message: str
    state: RequestState
    answer: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Received:
    """A waiting request as those see it who may answer: who asks, and for which folder.

    Access is given to folders: who asks for a document asks for the folder where it stands
    now.
    """

    id: RequestId
    person_id: PersonId
    person: str
    email: str
    organisations: tuple[str, ...]
    role: Role
    message: str
    created_at: datetime
    folder_id: FolderId
    folder: str
    document_id: DocumentId | None
    document: str

    @property
    def is_guest(self) -> bool:
        """Whether she belongs to no organisation today."""
        return not self.organisations
