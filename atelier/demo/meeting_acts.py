"""Brings a meeting of the plan in: prepared, convened, written up, and what became of its actions.

Each act is made by the one who coordinates the folder, at the plan's own date.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from atelier.demo.plan import Meeting, Point, Reply
from atelier.demo.seeding import Seeding
from atelier.model.agenda import Line
from atelier.model.ids import ItemId, MeetingId, TodoId
from atelier.model.meetings import Attendee, MeetingState, Way
from atelier.model.minutes import Ruling, Task, state_of
from atelier.model.people import Actor
from atelier.workspace import (
    agenda,
    attendance,
    decided,
    invitations,
    meetings,
    minutes,
    papers_pinned,
    preparing,
    record,
    sharing,
    todos,
)
from atelier.workspace.place import Workspace

Act = Callable[[], Awaitable[None]]

_NOT_YET: Final = MeetingId(0)


def acts_of(seeding: Seeding, meeting: Meeting) -> Iterator[tuple[datetime, Act]]:
    """What is done for a meeting, and when."""
    made = _Made(seeding, meeting)
    yield meeting.made_at, made.prepare
    if meeting.convened_at is not None:
        yield meeting.convened_at, made.convene
    if meeting.laid_at is not None:
        yield meeting.laid_at, made.lay_papers
    for reply in meeting.replies:
        yield reply.at, _Answering(made, reply)
    if meeting.written_at is None:
        return
    yield meeting.written_at, made.write_up
    if meeting.approved_at is not None:
        yield meeting.approved_at, made.approve
    for point in meeting.points:
        if point.task is not None and point.task.done_at is not None:
            yield point.task.done_at, _Doing(made, point, point.task.done_at)


@dataclass(slots=True)
class _Made:
    """A meeting as far as it has come."""

    seeding: Seeding
    meeting: Meeting
    id: MeetingId = _NOT_YET
    items: dict[str, ItemId] = field(default_factory=dict)
    todos: dict[str, TodoId] = field(default_factory=dict)

    async def prepare(self) -> None:
        """Make it with its agenda and those whom it invites; take up what was left over."""
        seeding, meeting = self.seeding, self.meeting
        ws, keeper = await self.on(meeting.made_at)
        draft = meetings.Draft(
            title=meeting.title,
            day=meeting.day,
            starts=meeting.starts,
            lasts_minutes=meeting.lasts_minutes,
            place=meeting.place,
            series=meeting.title,
        )
        self.id = await meetings.make(ws, keeper, seeding.folders[meeting.folder], draft)
        dossier = (await meetings.look(ws, keeper, self.id)).folder.id
        seeding.folders[meeting.path] = dossier
        for point in meeting.points:
            line = Line(point.title, point.minutes, point.presenter)
            self.items[point.title] = await agenda.add(ws, keeper, self.id, line)
        named = [
            await sharing.subject_named(ws, keeper, kind, name) for kind, name in meeting.invited
        ]
        await invitations.invite(ws, keeper, self.id, named)
        waiting = (await agenda.look(ws, keeper, self.id)).left_over
        if waiting:
            await agenda.carry(ws, keeper, self.id, [one.item_id for one in waiting])

    async def convene(self) -> None:
        """Convene those whom it invites."""
        assert self.meeting.convened_at is not None
        ws, keeper = await self.on(self.meeting.convened_at)
        await preparing.set_state(ws, keeper, self.id, MeetingState.CONVENED)

    async def lay_papers(self) -> None:
        """Lay the papers before their items, in their version of that day."""
        assert self.meeting.laid_at is not None
        ws, keeper = await self.on(self.meeting.laid_at)
        for point in self.meeting.points:
            if point.paper:
                document = self.seeding.documents[point.paper]
                item = self.items[point.title]
                await papers_pinned.pin(ws, keeper, self.id, item, document)

    async def write_up(self) -> None:
        """Take the attendance, and write what was said, decided and given to be done."""
        assert self.meeting.written_at is not None
        ws, keeper = await self.on(self.meeting.written_at)
        await preparing.set_state(ws, keeper, self.id, MeetingState.HELD)
        people = self.seeding.people
        there = [
            Attendee(people[one.email], "", one.organisation, one.presence)
            for one in self.meeting.there
        ]
        await attendance.take(ws, keeper, self.id, there, expected=state_of(()))
        for point in self.meeting.points:
            await self._write(ws, keeper, point)

    async def _write(self, ws: Workspace, keeper: Actor, point: Point) -> None:
        item = self.items[point.title]
        if point.is_left_over:
            await agenda.leave_over(ws, keeper, self.id, item, is_left_over=True)
            return
        await minutes.write(ws, keeper, self.id, item, point.text, state=1)
        if point.decision:
            ruling = Ruling(point.decision, Way.CONSENSUS, self.meeting.day)
            await decided.decide(ws, keeper, self.id, item, ruling)
        if point.task is not None:
            task = Task(point.task.text, point.task.who, due_on=point.task.due_on)
            self.todos[point.title] = await decided.give(ws, keeper, self.id, item, task)

    async def approve(self) -> None:
        """Approve its minutes, which are deposited in its dossier."""
        assert self.meeting.approved_at is not None
        ws, keeper = await self.on(self.meeting.approved_at)
        seen = (await meetings.look(ws, keeper, self.id)).meeting
        await record.approve(ws, keeper, self.id, expected=seen.state_number)

    async def on(self, when: datetime) -> tuple[Workspace, Actor]:
        """The workspace on that day, and who prepares the meeting."""
        return self.seeding.at(when), await self.seeding.actor(when, self.meeting.keeper)


@dataclass(frozen=True, slots=True)
class _Answering:
    """Somebody answers."""

    made: _Made
    reply: Reply

    async def __call__(self) -> None:
        reply, seeding = self.reply, self.made.seeding
        author = await seeding.actor(reply.at, reply.author, reply.organisation)
        ws = seeding.at(reply.at)
        await invitations.answer(ws, author, self.made.id, reply.answer, reply.instead)


@dataclass(frozen=True, slots=True)
class _Doing:
    """An action of a point is marked as done."""

    made: _Made
    point: Point
    at: datetime

    async def __call__(self) -> None:
        ws, keeper = await self.made.on(self.at)
        await todos.do(ws, keeper, self.made.todos[self.point.title])
