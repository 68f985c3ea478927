"""Meetings, and what belongs to them: agenda, papers, answers, minutes, decisions, actions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from atelier.model import names
from atelier.model.folders import Subject
from atelier.model.ids import (
    DecisionId,
    DocumentId,
    FolderId,
    ItemId,
    MeetingId,
    OrganisationId,
    PersonId,
    SeriesId,
    TodoId,
)


class MeetingState(StrEnum):
    """How far a meeting has come. It goes on, and back again where something was a mistake."""

    PREPARATION = "preparation"
    CONVENED = "convened"
    HELD = "held"
    APPROVED = "approved"


class Answer(StrEnum):
    """What somebody says who is invited."""

    COMES = "comes"
    EXCUSED = "excused"
    REPRESENTED = "represented"


class Presence(StrEnum):
    """Who was there, as the minutes tell it."""

    PRESENT = "present"
    EXCUSED = "excused"
    REPRESENTED = "represented"
    ABSENT = "absent"


class Way(StrEnum):
    """How something was decided."""

    CONSENSUS = "consensus"
    VOTE = "vote"


class Part(StrEnum):
    """What of a meeting is found by itself; its order gives the numbers of entries."""

    AGENDA = "agenda"
    MINUTES = "minutes"
    DECISIONS = "decisions"
    ACTIONS = "actions"


@dataclass(frozen=True, slots=True)
class Series:
    """Meetings of one kind in one folder, such as « Comité de pilotage ».

    `folder` is the name of that folder, "" for who may not read it or where nobody asked.
    """

    id: SeriesId
    folder_id: FolderId
    name: str
    folder: str = ""


def series_names(series: Iterable[Series]) -> dict[SeriesId, str]:
    """What to call each among the others: those of one name by their folder too.

    By their number where that does not tell them apart.
    """
    listed = list(series)
    bare = Counter(names.sort_key(one.name) for one in listed)
    said = {one.id: _with_folder(one, bare) for one in listed}
    full = Counter(map(names.sort_key, said.values()))
    return {
        one.id: f"{said[one.id]} (n° {one.id})"
        if full[names.sort_key(said[one.id])] > 1
        else said[one.id]
        for one in listed
    }


def _with_folder(series: Series, bare: Mapping[str, int]) -> str:
    is_alone = bare[names.sort_key(series.name)] == 1
    return series.name if is_alone or not series.folder else f"{series.name} – {series.folder}"


@dataclass(frozen=True, slots=True)
class MeetingRow:
    """A meeting in a list. `dossier_id` is its own folder, from which it has its rights.

    `starts_at` is aware UTC; where only the day is known (`has_time` False) the midnight of
    the network's zone that begins it. `lasts_minutes` is None when nobody said.
    `organisation` is the one that convenes, by the hat of who made it.
    """

    id: MeetingId
    dossier_id: FolderId
    title: str
    series: Series | None
    starts_at: datetime
    has_time: bool
    lasts_minutes: int | None
    place: str
    link: str
    state: MeetingState
    is_cancelled: bool
    organisation_id: OrganisationId | None
    organisation: str


@dataclass(frozen=True, slots=True)
class Paper:
    """A document laid before an item, pinned to a version of its own.

    `name` is as it was pinned, "" where `is_hers` is False: she may not read the document's
    folder, or it was purged. `newest` is its newest version, `name_now` how it is called now;
    `is_removed` while it is in the trash, from where the pinned version still opens.
    `is_for_all`: whoever reads the dossier reads the document, so the minutes may name it.
    `is_ended`: the document was purged, or the version that was pinned: nobody opens it again.
    """

    document_id: DocumentId
    version: int
    name: str
    sha256: str
    is_hers: bool
    newest: int = 0
    name_now: str = ""
    is_removed: bool = False
    is_for_all: bool = False
    is_ended: bool = False

    @property
    def has_newer(self) -> bool:
        """Whether it was replaced since it was pinned."""
        return self.newest > self.version


@dataclass(frozen=True, slots=True)
class Votes:
    """Of a vote."""

    yes: int
    no: int
    abstained: int


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided; `votes` only of a vote, and only where they were counted."""

    id: DecisionId
    item_id: ItemId
    text: str
    way: Way
    decided_on: date
    votes: Votes | None = None


@dataclass(frozen=True, slots=True)
class Todo:
    """An action to be done (*action à mener*): what, by whom, until when.

    `who` is the name as it was said; `person_id` and `organisation_id` where they are known.
    `is_gone`: that person has left the network.
    """

    id: TodoId
    item_id: ItemId
    text: str
    who: str
    person_id: PersonId | None
    organisation_id: OrganisationId | None
    organisation: str
    due_on: date | None
    done_on: date | None = None
    is_gone: bool = False

    def is_overdue(self, day: date) -> bool:
        """Whether it was to be done before that day, and is not."""
        return self.done_on is None and self.due_on is not None and self.due_on < day


@dataclass(frozen=True, slots=True)
class Item:
    """A line of the agenda, with what was said of it.

    `text` is Markdown; `state` counts its changes, which a writer names again. `note` is said
    of the item before the meeting. `carried_from` is the item of an earlier meeting that it
    was left over of.
    """

    id: ItemId
    title: str
    allotted_minutes: int | None
    presenter: str
    note: str
    text: str
    state: int
    is_left_over: bool = False
    carried_from: ItemId | None = None
    papers: tuple[Paper, ...] = ()
    decisions: tuple[Decision, ...] = ()
    todos: tuple[Todo, ...] = ()


@dataclass(frozen=True, slots=True)
class Reply:
    """What somebody answered to the invitation; `instead` comes for her when represented."""

    person_id: PersonId
    person: str
    organisation: str
    answer: Answer
    instead: str
    answered_at: datetime


@dataclass(frozen=True, slots=True)
class Attendee:
    """Somebody in the attendance; `person_id` None for who has no account.

    Of a line to be written, a name without a `person_id` is hers whom it names alone.
    """

    person_id: PersonId | None
    name: str
    organisation: str
    presence: Presence
    instead: str = ""


@dataclass(frozen=True, slots=True)
class Kept:
    """A document of the dossier that tells a part of the meeting: an older agenda, its minutes."""

    document_id: DocumentId
    name: str
    part: Part


@dataclass(frozen=True, slots=True)
class Meeting:
    """A meeting whole, as one person may see it.

    `state_number` counts its changes and those of its agenda, which a writer names again;
    texts have their own. `odt_id` and `pdf_id` are its minutes as they were deposited,
    `edition` how often they were approved. `kept` are documents recognised in a past dossier.
    `uid` and `sequence` are for calendars (RFC 5545).
    """

    row: MeetingRow
    state_number: int
    uid: str
    sequence: int
    changed_at: datetime
    invited: tuple[Subject, ...] = ()
    items: tuple[Item, ...] = ()
    replies: tuple[Reply, ...] = ()
    attendance: tuple[Attendee, ...] = ()
    kept: tuple[Kept, ...] = ()
    odt_id: DocumentId | None = None
    pdf_id: DocumentId | None = None
    edition: int = 0
    approved_at: datetime | None = None
    approved_by: str = ""

    @property
    def is_locked(self) -> bool:
        """Whether its minutes are approved: nothing of them changes until they are opened again."""
        return self.row.state is MeetingState.APPROVED

    @property
    def has_minutes(self) -> bool:
        """Whether something of its minutes was written here, or they were put into the dossier."""
        is_filed = self.edition or self.odt_id is not None or self.pdf_id is not None
        said = any(one.text or one.decisions or one.todos for one in self.items)
        return bool(said or self.attendance or is_filed)

    @property
    def kept_agenda(self) -> tuple[Kept, ...]:
        """Documents of a past dossier that are its agenda."""
        return tuple(one for one in self.kept if one.part is Part.AGENDA)

    @property
    def kept_minutes(self) -> tuple[Kept, ...]:
        """Documents of a past dossier that are its minutes."""
        return tuple(one for one in self.kept if one.part is Part.MINUTES)

    def reply_of(self, person: PersonId) -> Reply | None:
        """What she answered, if she did."""
        return next((one for one in self.replies if one.person_id == person), None)


# Entries of meetings stand beyond every document's number: four for each meeting.
_FIRST_ENTRY = 1 << 40
_PARTS = tuple(Part)


def entry_number(meeting: MeetingId, part: Part) -> int:
    """Under which number an index knows that part of a meeting."""
    return _FIRST_ENTRY + meeting * len(_PARTS) + _PARTS.index(part)


def meeting_part(entry: int) -> tuple[MeetingId, Part] | None:
    """What that number is a part of; None for a document's."""
    if entry < _FIRST_ENTRY:
        return None
    meeting, part = divmod(entry - _FIRST_ENTRY, len(_PARTS))
    return MeetingId(meeting), _PARTS[part]
