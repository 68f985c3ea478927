"""Documents and their numbered, immutable versions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from atelier.model.ids import DocumentId, FolderId, VersionId


class ReadState(StrEnum):
    """How far the reading of a version went; every state leaves it downloadable."""

    WAITING = "waiting"
    OK = "ok"
    PARTIAL = "partial"
    ENCRYPTED = "encrypted"
    DAMAGED = "damaged"
    TOO_LARGE = "too_large"
    TIMEOUT = "timeout"
    UNSUPPORTED = "unsupported"
    NEEDS_OCR = "needs_ocr"


@dataclass(frozen=True, slots=True)
class Version:
    """One numbered contents of a document; `sha256` in lower-case hex, size in bytes.

    `label` is what people call it, such as « validé en séance »; it may change. `reason` is
    the short code that `extract.contract.Reading` gives for its state.
    """

    id: VersionId
    document_id: DocumentId
    number: int
    sha256: str
    size_bytes: int
    media_type: str
    author: str
    organisation: str
    comment: str
    created_at: datetime
    restored_from: int | None
    state: ReadState
    page_count: int | None
    label: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """A name in a folder, with its versions, newest first.

    `ended` is the highest number of a version that was ended for good, 0 when none was.
    """

    id: DocumentId
    folder_id: FolderId
    name: str
    versions: tuple[Version, ...]
    ended: int = 0

    @property
    def current(self) -> Version:
        """The newest version."""
        return self.versions[0]

    @property
    def next_number(self) -> int:
        """The number of the version that comes next; that of an ended one is not given again."""
        return max(self.current.number, self.ended) + 1


@dataclass(frozen=True, slots=True)
class Blob:
    """Bytes by content: SHA-256 in lower-case hex, and size."""

    sha256: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Deposited:
    """What a deposit did: `is_new_version` is false when the bytes were already current."""

    document_id: DocumentId
    name: str
    version: int
    is_new_document: bool
    is_new_version: bool
