"""What a meeting says of itself to a search: the lines of its parts, made of its records. Pure.

Papers are not among them: they are documents, each with readers of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, tzinfo
from typing import Final, NamedTuple

from atelier.database.meeting_entries import Told
from atelier.model.folders import DocumentRow
from atelier.model.ids import DocumentId, MeetingId
from atelier.model.meetings import (
    Decision,
    Item,
    Part,
    Todo,
    Way,
    entry_number,
    meeting_part,
)
from atelier.papers.plain_words import words_of
from atelier.search.contract import Entry
from atelier.search.french import USUAL_LANGUAGE
from atelier.search.media_types import PART_TYPES

_BETWEEN: Final = " · "
# What people call a part, in the language of the network.
_CALLED: Final[Mapping[Part, str]] = {
    Part.AGENDA: "ordre du jour ODJ",
    Part.MINUTES: "compte rendu CR procès-verbal PV",
    Part.DECISIONS: "relevé de décisions",
    Part.ACTIONS: "actions à mener",
}
_MONTHS: Final = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre",
    "octobre", "novembre", "décembre",
)  # fmt: skip


class Line(NamedTuple):
    """A line of a part: where it stands on the meeting's page, its number there from 1."""

    anchor: str
    number: int
    text: str


def lines(told: Told, part: Part) -> tuple[Line, ...]:
    """The lines of a part in their order; none where it is empty."""
    return tuple(_PARTS[part](told))


def entry(told: Told, part: Part, zone: tzinfo) -> Entry | None:
    """A part as an index is to have it; None where it is empty.

    The agenda has one in any case: a meeting is found by its name before a line is written.
    """
    found = lines(told, part)
    if not found and part is not Part.AGENDA:
        return None
    meeting = told.row
    return Entry(
        document=entry_number(meeting.id, part),
        version=_version(told, part),
        folder=meeting.dossier_id,
        name=name(told, part, zone),
        media_type=PART_TYPES[part],
        language=USUAL_LANGUAGE,
        changed_at=meeting.starts_at,
        year=meeting.starts_at.astimezone(zone).year,
        author=told.author,
        author_id=told.author_id,
        organisation=meeting.organisation,
        organisation_id=meeting.organisation_id or 0,
        text="\n".join(line.text for line in found),
    )


def entries(
    meetings: Mapping[MeetingId, Told], numbers: Iterable[int], zone: tzinfo
) -> list[Entry]:
    """Of these numbers of entries the parts of these meetings that have one."""
    parts = [part for part in map(meeting_part, numbers) if part and part[0] in meetings]
    found = [entry(meetings[meeting], part, zone) for meeting, part in parts]
    return [one for one in found if one is not None]


def row(told: Told, part: Part) -> DocumentRow:
    """A part as a row among documents, called like its meeting."""
    meeting = told.row
    return DocumentRow(
        id=DocumentId(entry_number(meeting.id, part)),
        folder_id=meeting.dossier_id,
        name=meeting.title,
        version=_version(told, part),
        size_bytes=0,
        media_type=PART_TYPES[part],
        state="",
        author_id=told.author_id,
        author=told.author,
        organisation=meeting.organisation,
        changed_at=meeting.starts_at,
    )


def name(told: Told, part: Part, zone: tzinfo) -> str:
    """What a part is found by beside its lines: « compte rendu copil mars »."""
    meeting = told.row
    series = meeting.series.name if meeting.series else ""
    day = _day(meeting.starts_at.astimezone(zone).date())
    return _BETWEEN.join(said for said in (_CALLED[part], meeting.title, series, day) if said)


def _version(told: Told, part: Part) -> int:
    """Greater when something was added to a part, so that a kept search tells it once more."""
    numbers: dict[Part, list[int]] = {
        Part.AGENDA: [item.id for item in told.items],
        Part.MINUTES: [item.id for item in told.items if item.text],
        Part.DECISIONS: [one.id for item in told.items for one in item.decisions],
        Part.ACTIONS: [one.id for item in told.items for one in item.todos],
    }
    return max(numbers[part], default=0)


def _agenda(told: Told) -> Iterator[Line]:
    for number, item in enumerate(told.items, 1):
        yield Line(f"item-{item.id}", number, _joined(item.title, item.presenter, item.note))


def _minutes(told: Told) -> Iterator[Line]:
    for number, item in enumerate(told.items, 1):
        if item.text:
            text = _joined(item.title, words_of(item.text))
            yield Line(f"item-{item.id}", number, text)


def _decisions(told: Told) -> Iterator[Line]:
    found = [(item, one) for item in told.items for one in item.decisions]
    for number, (item, one) in enumerate(found, 1):
        yield Line(f"decision-{one.id}", number, _decided(item, one))


def _actions(told: Told) -> Iterator[Line]:
    found = [(item, one) for item in told.items for one in item.todos]
    for number, (item, one) in enumerate(found, 1):
        yield Line(f"todo-{one.id}", number, _to_do(item, one))


_PARTS: Final[Mapping[Part, Callable[[Told], Iterator[Line]]]] = {
    Part.AGENDA: _agenda,
    Part.MINUTES: _minutes,
    Part.DECISIONS: _decisions,
    Part.ACTIONS: _actions,
}


def _decided(item: Item, one: Decision) -> str:
    how = "consensus" if one.way is Way.CONSENSUS else "vote"
    if one.votes is not None:
        votes = one.votes
        how += f" ({votes.yes} pour, {votes.no} contre, {votes.abstained} abstentions)"
    return _joined(one.text, item.title, f"{how}, {_day(one.decided_on)}")


def _to_do(item: Item, one: Todo) -> str:
    due = f"pour le {_day(one.due_on)}" if one.due_on else ""
    done = f"fait le {_day(one.done_on)}" if one.done_on else ""
    return _joined(one.text, one.who, one.organisation, due, done, item.title)


def _joined(*said: str) -> str:
    return _BETWEEN.join(one for one in said if one)


def _day(day: date) -> str:
    number = "1er" if day.day == 1 else str(day.day)
    return f"{number} {_MONTHS[day.month - 1]} {day.year}"
