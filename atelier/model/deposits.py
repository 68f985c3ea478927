"""Deposits under way: what a name in use means, resumable ones, bytes set aside."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from atelier.model.documents import Deposited
from atelier.model.ids import AsideId, DocumentId, FolderId


class Taken(StrEnum):
    """What a deposit does when its name is in use by a document of that folder."""

    REVISE = "revise"
    KEEP_BOTH = "keep_both"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class Target:
    """Where bytes go: a name in a folder, or one document and the version it must be at.

    `path` names the folders below `folder_id`, made on arrival where they are missing.
    """

    folder_id: FolderId | None
    name: str
    document_id: DocumentId | None = None
    expected: int | None = None
    path: tuple[str, ...] = ()
    taken: Taken = Taken.REVISE


@dataclass(frozen=True, slots=True)
class Upload:
    """A resumable deposit of hers: `offset_bytes` of `size_bytes` are durable.

    `became` is set once it is confirmed.
    """

    key: str
    target: Target
    comment: str
    size_bytes: int
    offset_bytes: int
    expires_at: datetime
    became: Deposited | None = None


@dataclass(frozen=True, slots=True)
class Aside:
    """Bytes of hers that came second, kept until `expires_at` to be deposited again.

    `expected` is the version she built upon, `current` the one that is there now. `ended` is
    as of `Document`.
    """

    id: AsideId
    document_id: DocumentId
    name: str
    expected: int
    current: int
    sha256: str
    size_bytes: int
    media_type: str
    comment: str
    created_at: datetime
    expires_at: datetime
    ended: int = 0

    @property
    def next_number(self) -> int:
        """The number it would have as the document's next version."""
        return max(self.current, self.ended) + 1
