"""The template of minutes: a meeting as a sheet, in the network's language. Pure.

It says the same whoever has it made: of papers it names those alone that everybody of the
dossier may read, and it tells nothing that may still change once minutes are approved.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta, tzinfo
from itertools import count

from msgspec import structs

from atelier.model.meetings import (
    Attendee,
    Decision,
    Item,
    Meeting,
    MeetingState,
    Paper,
    Presence,
    Todo,
)
from atelier.model.prose import Block, BlockKind, Run, Sheet, Table
from atelier.model.record import Approval
from atelier.model.record_words import RecordWords, words_of
from atelier.papers.markdown import parse

_TEXT_RANK = 2  # headings of a text stand below that of its item


@dataclass(frozen=True, slots=True)
class Around:
    """What minutes say besides their meeting: whose they are, and in which words and days."""

    network: str
    language: str
    zone: tzinfo
    approval: Approval | None = None

    @property
    def words(self) -> RecordWords:
        """The words of its language."""
        return words_of(self.language)


def sheet(meeting: Meeting, around: Around) -> Sheet:
    """The minutes of a meeting."""
    words, title = around.words, meeting.row.title
    return Sheet(
        title=f"{words.minutes} – {title}",
        subtitle=f"{around.network}\n{when(meeting, around)}",
        language=around.language,
        footer=f"{around.network} – {words.minutes} – {title}",
        blocks=(
            *_facts(meeting, around),
            *_attendance(meeting.attendance, words),
            *_items(meeting, words),
            *_tables(meeting, words),
        ),
    )


def when(meeting: Meeting, around: Around) -> str:
    """« mardi 3 mars 2026, de 14 h 00 à 16 h 00 », in the network's time zone."""
    words, row = around.words, meeting.row
    starts = row.starts_at.astimezone(around.zone)
    said = {"day": words.long_day(starts.date()), "start": words.time_of(starts)}
    if not row.has_time:
        return said["day"]
    if row.lasts_minutes is None:
        return words.at % said
    ends = (row.starts_at + timedelta(minutes=row.lasts_minutes)).astimezone(around.zone)
    return words.from_to % {**said, "end": words.time_of(ends)}


def _facts(meeting: Meeting, around: Around) -> Iterator[Block]:
    words, row = around.words, meeting.row
    yield _paragraph(_approved(around), is_strong=True)
    facts = {
        words.series: row.series.name if row.series else "",
        words.place: row.place,
        words.link: row.link,
        words.convened_by: row.organisation if row.state is not MeetingState.PREPARATION else "",
    }
    said = [(name, value) for name, value in facts.items() if value]
    runs = [
        run
        for at, (name, value) in enumerate(said)
        for run in (*_break(at), Run(name + words.colon, is_strong=True), *_runs(value))
    ]
    if runs:
        yield Block(BlockKind.PARAGRAPH, tuple(runs))


def _approved(around: Around) -> str:
    approval, words = around.approval, around.words
    if approval is None:
        return words.draft
    day = words.day_of(approval.day)
    return words.approved % {"edition": approval.edition, "day": day, "name": approval.by}


def _attendance(attendance: Sequence[Attendee], words: RecordWords) -> Iterator[Block]:
    yield _heading(words.attendance)
    if not attendance:
        yield _paragraph(words.no_attendance)
    for presence, heading in words.presences.items():
        those = [one for one in attendance if one.presence is presence]
        if those:
            yield _heading(f"{heading} ({len(those)})", 2)
            yield from _by_organisation(those, words)


def _by_organisation(those: Iterable[Attendee], words: RecordWords) -> Iterator[Block]:
    seated: dict[str, list[str]] = {}
    for one in those:
        name = one.name
        if one.instead and one.presence is Presence.REPRESENTED:
            name = words.instead % {"name": name, "instead": one.instead}
        seated.setdefault(one.organisation or words.no_organisation, []).append(name)
    for organisation, people in seated.items():
        lead = Run(organisation + words.colon, is_strong=True)
        yield Block(BlockKind.BULLET, (lead, *_runs(", ".join(people))))


def _items(meeting: Meeting, words: RecordWords) -> Iterator[Block]:
    yield _heading(words.agenda)
    if not meeting.items:
        yield _paragraph(words.no_agenda)
    decisions, todos = count(1), count(1)
    for number, item in enumerate(meeting.items, 1):
        yield _heading(f"{number}. {item.title}", 2)
        yield from _introduced(item, words)
        text = parse(item.text)
        yield from map(_lowered, text)
        for decision in item.decisions:
            yield _decided(decision, next(decisions), words)
        for todo in item.todos:
            yield _to_do(todo, next(todos), words)
        if not (text or item.decisions or item.todos or item.is_left_over):
            yield _paragraph(words.nothing)


def _introduced(item: Item, words: RecordWords) -> Iterator[Block]:
    said = []
    if item.presenter:
        said.append(words.presented_by % {"name": item.presenter})
    if item.allotted_minutes:
        said.append(words.allotted % {"minutes": item.allotted_minutes})
    if item.is_left_over:
        said.append(words.left_over)
    if said:
        yield Block(BlockKind.PARAGRAPH, tuple(_runs(" · ".join(said), is_emphasised=True)))
    if item.papers:
        yield _paragraph(words.papers, is_strong=True)
    for paper in item.papers:
        name, version, _ = _paper_cells(paper, words)
        told = f"{name}, {words.version} {version}" if paper.is_for_all else name
        yield Block(BlockKind.BULLET, tuple(_runs(told)))


def _decided(decision: Decision, number: int, words: RecordWords) -> Block:
    lead = Run(f"{words.decision} {number}. ", is_strong=True)
    day = words.decided_on % {"day": words.day_of(decision.decided_on)}
    how = f" ({_way(decision, words)}, {day})"
    return Block(BlockKind.PARAGRAPH, (lead, *_runs(decision.text), Run(how, is_emphasised=True)))


def _to_do(todo: Todo, number: int, words: RecordWords) -> Block:
    lead = Run(f"{words.todo} {number}. ", is_strong=True)
    said = []
    who = ", ".join(part for part in (todo.who, todo.organisation) if part)
    if who:
        said.append(words.by % {"who": who})
    if todo.due_on:
        said.append(words.until % {"day": words.day_of(todo.due_on)})
    told = _runs(f" — {words.to_do} {', '.join(said)}", is_emphasised=True) if said else ()
    return Block(BlockKind.PARAGRAPH, (lead, *_runs(todo.text), *told))


def _tables(meeting: Meeting, words: RecordWords) -> Iterator[Block | Table]:
    placed = [(f"{number}. {item.title}", item) for number, item in enumerate(meeting.items, 1)]
    decided = [(place, one) for place, item in placed for one in item.decisions]
    yield _heading(words.decisions)
    yield from _table(
        (words.number, words.decision, words.how, words.day, words.item),
        [_decision_row(number, *one, words) for number, one in enumerate(decided, 1)],
        (0.9, 6, 2.9, 2.4, 3),
        words.no_decision,
    )
    given = [(place, one) for place, item in placed for one in item.todos]
    yield _heading(words.todos)
    yield from _table(
        (words.number, words.todo, words.who, words.organisation, words.due, words.item),
        [_todo_row(number, *one, words) for number, one in enumerate(given, 1)],
        (0.9, 4.6, 2.3, 2.4, 2.2, 2.8),
        words.no_todo,
    )
    papers = [(place, one) for place, item in placed for one in item.papers]
    if papers:
        yield _heading(words.papers)
        yield from _table(
            (words.item, words.paper, words.version.capitalize(), words.fingerprint),
            [(place, *_paper_cells(one, words)) for place, one in papers],
            (3, 4.5, 1.5, 6),
        )
        yield _paragraph(words.fingerprint_use)


def _table(
    head: tuple[str, ...],
    rows: Sequence[tuple[str, ...]],
    widths: tuple[float, ...],
    nothing: str = "",
) -> Iterator[Block | Table]:
    yield Table(head, tuple(rows), widths) if rows else _paragraph(nothing)


def _decision_row(number: int, place: str, one: Decision, words: RecordWords) -> tuple[str, ...]:
    return str(number), one.text, _way(one, words), words.day_of(one.decided_on), place


def _todo_row(number: int, place: str, one: Todo, words: RecordWords) -> tuple[str, ...]:
    due = words.day_of(one.due_on) if one.due_on else ""
    return str(number), one.text, one.who, one.organisation, due, place


def _paper_cells(paper: Paper, words: RecordWords) -> tuple[str, str, str]:
    """Of a reserved paper nothing: its fingerprint would confirm a file that somebody holds."""
    if not paper.is_for_all:
        return words.reserved, "–", "–"
    return paper.name, str(paper.version), paper.sha256


def _way(decision: Decision, words: RecordWords) -> str:
    way = words.ways[decision.way]
    return way if decision.votes is None else f"{way}, {words.counted(decision.votes)}"


def _lowered(block: Block) -> Block:
    """A block of a text; its headings stand below that of the item."""
    if block.kind is not BlockKind.HEADING:
        return block
    return structs.replace(block, level=block.level + _TEXT_RANK)


def _heading(text: str, level: int = 1) -> Block:
    return Block(BlockKind.HEADING, (Run(" ".join(text.split())),), level=level)


def _paragraph(text: str, *, is_strong: bool = False) -> Block:
    return Block(BlockKind.PARAGRAPH, (Run(text, is_strong=is_strong),))


def _break(at: int) -> tuple[Run, ...]:
    return (Run("\n"),) if at else ()


def _runs(text: str, *, is_emphasised: bool = False) -> Iterator[Run]:
    """A text of several lines as runs: a line break is one of its own."""
    for at, line in enumerate(text.splitlines()):
        yield from _break(at)
        yield Run(line, is_emphasised=is_emphasised)
