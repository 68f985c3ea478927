"""What meetings leave behind: the register of decisions, and actions with where they come from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from atelier.model.ids import FolderId, OrganisationId, SeriesId
from atelier.model.meetings import Decision, MeetingRow, Todo


@dataclass(frozen=True, slots=True)
class Sought:
    """Which decisions a register is of; what is None or empty does not matter.

    `folder` with all below it, `organisation` as the one that convenes. `since` and `until`
    are both included. `words` are looked for anywhere in the text, without case and accents,
    and all of them.
    """

    folder: FolderId | None = None
    series: SeriesId | None = None
    organisation: OrganisationId | None = None
    since: date | None = None
    until: date | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """A decision in the register, with the item and the meeting where it was taken.

    `folder` is the one where the meeting's dossier stands, or the dossier itself where she
    may not read that one. `above` is the name of the one that holds it, "" where there is
    none that she may read.
    """

    decision: Decision
    item: str
    meeting: MeetingRow
    folder_id: FolderId
    folder: str
    above: str = ""

    @property
    def place(self) -> str:
        """The folder with the one above it, as « Groupe mobilité › Réunions du groupe »."""
        return f"{self.above} › {self.folder}" if self.above else self.folder


class Whose(StrEnum):
    """Lists of actions: her own and of her organisations, to be done and lately done; where
    she coordinates, those of others that are late, and those of people who left the network."""

    MINE = "mine"
    OURS = "ours"
    LATE = "late"
    LEFT = "left"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class TodoRow:
    """An action in a list, with the item and the meeting that it comes from.

    `is_overdue` on the day of who looks; `may_mark`: she may say that it is done, or open it
    again; `coordinates`: she coordinates the dossier, so that she may give it to somebody
    else.
    """

    todo: Todo
    item: str
    meeting: MeetingRow
    is_overdue: bool
    may_mark: bool
    coordinates: bool
