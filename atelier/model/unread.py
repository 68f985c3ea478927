"""Documents whose text could not be read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from atelier.model.documents import ReadState
from atelier.model.ids import DocumentId, FolderId


@dataclass(frozen=True, slots=True)
class Unread:
    """A document whose current version was not read, or not wholly, since it came.

    `reason` is as of `Version`; `is_asked` when it waits to be read again.
    """

    document_id: DocumentId
    name: str
    folder_id: FolderId
    folder: str
    number: int
    media_type: str
    state: ReadState
    reason: str
    since: datetime
    is_asked: bool
