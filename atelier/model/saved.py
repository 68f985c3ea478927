"""Searches that somebody keeps, and what is new in them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from atelier.model.ids import DocumentId, SavedId
from atelier.model.search import Asked


@dataclass(frozen=True, slots=True)
class Saved:
    """A search that she keeps, under the name she gave it."""

    id: SavedId
    name: str
    asked: Asked
    created_at: datetime


@dataclass(frozen=True, slots=True)
class SavedNews:
    """What is new in one of them: documents she may read that she was not shown so.

    `has_more` when there are more than `count`; None instead of a count when the search did
    not answer in time, or not at all just now.
    """

    saved: Saved
    count: int | None
    has_more: bool = False


@dataclass(frozen=True, slots=True)
class Followed:
    """One of them, with the documents of it that are new to her."""

    saved: Saved
    fresh: frozenset[DocumentId]
