"""Folders that nobody coordinates for good, and what was done over someone's head."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from atelier.model.ids import FolderId
from atelier.model.journal import Verb


@dataclass(frozen=True, slots=True)
class Orphan:
    """The head of an orphaned subtree, as far as stewards may know it: nothing it holds.

    `documents` counts those of all that inherits from it.
    """

    id: FolderId
    name: str
    made_by: str
    made_at: datetime
    documents: int


@dataclass(frozen=True, slots=True)
class Notice:
    """A steward opened a folder to herself, as it is told to one who coordinates there.

    `TAKEN_OVER` for a reason, which is `said`, or `STEWARD_JOINED` through the organisation
    or group named there. Also `UNLOCKED`: someone released the document named there, which
    she was editing. `folder` is the name that was known at that moment; when `is_above`
    it is some folder above this one that was opened. `others` counts her further folders
    that the same act opened; `has_journal` is whether she may read the journal today.
    """

    verb: Verb
    folder_id: FolderId
    folder: str
    is_above: bool
    others: int
    person: str
    at: datetime
    said: str
    has_journal: bool
