"""What was removed and can still be restored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from atelier.model.ids import FolderId, PersonId


class RemovedKind(StrEnum):
    """What can be in the trash."""

    DOCUMENT = "document"
    FOLDER = "folder"


@dataclass(frozen=True, slots=True)
class Removed:
    """One thing in the trash of the folder it was removed from (`origin`, None: the top).

    `media_type` is that of a document's current version, "" for a folder.
    """

    kind: RemovedKind
    id: int
    name: str
    origin: FolderId | None
    is_closed: bool
    media_type: str
    removed_by: PersonId
    remover: str
    removed_at: datetime


@dataclass(frozen=True, slots=True)
class Weight:
    """How much one act takes along: folders below the head, and documents."""

    folders: int
    documents: int
