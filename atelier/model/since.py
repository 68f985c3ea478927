"""What changed since the meeting before: documents, decisions, actions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from atelier.model.folders import DocumentRow
from atelier.model.ids import MeetingId
from atelier.model.meetings import Decision, Todo


@dataclass(frozen=True, slots=True)
class Changed:
    """A document that came or changed: its versions of then (`oldest` to `newest`).

    `is_new`: it had none before. `folder` is the name of where it stands now.
    """

    document: DocumentRow
    folder: str
    is_new: bool
    oldest: int
    newest: int


@dataclass(frozen=True, slots=True)
class DecidedSince:
    """A decision, and the meeting that took it."""

    decision: Decision
    meeting_id: MeetingId
    title: str
    starts_at: datetime


@dataclass(frozen=True, slots=True)
class TodoSince:
    """An action, and the meeting that noted it."""

    todo: Todo
    meeting_id: MeetingId
    title: str
    starts_at: datetime
