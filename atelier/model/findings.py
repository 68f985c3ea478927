"""Patient data that was found in documents: where and how much, never what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from atelier.model.ids import DocumentId, FolderId, VersionId


class FindingKind(StrEnum):
    """What was found: NIR are French social-security numbers."""

    NIR = "nir"


@dataclass(frozen=True, slots=True)
class Warned:
    """A version in which data was found that nobody has said is wanted there.

    `count` different ones; `page` is the first that has one, counted as `page_kind` says
    (a value of `extract.contract.PageKind`), None where the format has no pages.
    `laid` is in how many meetings that the one who asks may read this version is a paper.
    """

    version_id: VersionId
    document_id: DocumentId
    name: str
    folder_id: FolderId
    folder: str
    number: int
    kind: FindingKind
    count: int
    page: int | None
    page_kind: str
    found_at: datetime
    laid: int = 0
