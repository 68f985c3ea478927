"""What a search gives back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from atelier.model.ids import DocumentId, FolderId


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of a snippet; `is_match` marks the words that were searched."""

    text: str
    is_match: bool


@dataclass(frozen=True, slots=True)
class PageHit:
    """A page that answers: its number from 1 (None where the format has no pages)."""

    page: int | None
    snippet: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """A document that answers, with its best pages, best first."""

    document_id: DocumentId
    name: str
    folder_id: FolderId
    folder: str
    version: int
    media_type: str
    changed_at: datetime
    pages: tuple[PageHit, ...]


@dataclass(frozen=True, slots=True)
class Results:
    """One page of hits. `total` counts documents the actor may read."""

    total: int
    hits: tuple[Hit, ...]
    words: str
    page: int
    page_size: int
    is_partial: bool = False
