"""Locks: who says that she is editing, and until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from atelier.model.ids import DocumentId, PersonId


@dataclass(frozen=True, slots=True)
class Lock:
    """A document somebody is editing. `token` is shown to its holder alone, over WebDAV."""

    document_id: DocumentId
    holder_id: PersonId
    holder: str
    organisation: str
    token: str
    note: str
    since: datetime
    until: datetime
