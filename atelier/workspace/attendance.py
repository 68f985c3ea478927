"""Who was at a meeting, and who was not: proposed from what was answered, written as a whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from atelier.database import dossiers, folders, journal, meetings
from atelier.database import invitations as convening
from atelier.database import minutes as records
from atelier.database.engine import Transaction
from atelier.errors import Invalid, MeetingChanged
from atelier.model.folders import Action, Crumb, Folder
from atelier.model.ids import MeetingId, PersonId
from atelier.model.journal import Verb
from atelier.model.meetings import Answer, Attendee, MeetingRow, Presence, Reply
from atelier.model.minutes import Someone, state_of
from atelier.model.names import sort_key
from atelier.model.people import Actor
from atelier.workspace.meetings import check_open, enter, entered
from atelier.workspace.minutes import on_one_line, people
from atelier.workspace.place import Workspace

MAX_LINES: Final = 500
MAX_NAME_CHARACTERS: Final = 200
MOST_PROPOSED: Final = 200  # of those who did not answer

_SAID: Final[Mapping[Answer, Presence]] = {
    Answer.COMES: Presence.PRESENT,
    Answer.EXCUSED: Presence.EXCUSED,
    Answer.REPRESENTED: Presence.REPRESENTED,
}


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the list that is offered; `presence` None while nothing is said of her."""

    person_id: PersonId | None
    name: str
    organisation: str
    presence: Presence | None
    instead: str = ""


@dataclass(frozen=True, slots=True)
class Attendance:
    """The list as it is offered, and its `state`, which comes back with it.

    `is_taken`: it was written before. `left_out` are invited and stand not in the list.
    """

    row: MeetingRow
    is_locked: bool
    folder: Folder
    crumbs: tuple[Crumb, ...]
    rows: tuple[Row, ...]
    state: str
    is_taken: bool
    left_out: int
    people: tuple[Someone, ...]


async def look(ws: Workspace, actor: Actor, meeting_id: MeetingId) -> Attendance:
    """The list as it was written, then those who answered or are invited; for coordinators."""

    async def unit(tx: Transaction) -> Attendance:
        folder = await enter(tx, actor, meeting_id, Action.MEET)
        row, rest = await meetings.head(tx, meeting_id)
        written = await dossiers.attendance(tx, meeting_id)
        replies = await dossiers.replies(tx, meeting_id)
        known = {one.person_id for one in written} | {one.person_id for one in replies}
        silent = [one for one in await _invited(tx, actor, meeting_id) if one.id not in known]
        offered = [
            *map(_row, written),
            *_answered(written, replies),
            *(Row(one.id, one.name, one.organisation, None) for one in silent[:MOST_PROPOSED]),
        ]
        return Attendance(
            row=row,
            is_locked=rest.approved_at is not None,
            folder=folder,
            crumbs=tuple(await folders.crumbs(tx, actor, folder.id)),
            rows=tuple(offered),
            state=state_of(written),
            is_taken=bool(written),
            left_out=len(silent[MOST_PROPOSED:]),
            people=await people(tx, actor),
        )

    return await ws.db.read(unit)


async def take(
    ws: Workspace,
    actor: Actor,
    meeting_id: MeetingId,
    lines: Sequence[Attendee],
    *,
    expected: str,
) -> None:
    """Write the whole list, in the place of the one she saw in that state.

    A typed name that is one person's alone is hers. Who left keeps her line. `MeetingChanged`
    when somebody wrote the list first, `MinutesApproved`, `Invalid` with the field.
    """
    clean = checked(lines)

    async def unit(tx: Transaction) -> None:
        folder, rest = await entered(tx, actor, meeting_id)
        check_open(rest)
        before = await dossiers.attendance(tx, meeting_id)
        attendees = await _Known(tx, actor, before, await dossiers.replies(tx, meeting_id)).of(
            clean
        )
        if attendees == before:
            return
        if state_of(before) != expected:
            raise MeetingChanged(rest.state_number)
        await records.set_attendance(tx, meeting_id, attendees)
        await meetings.touch(tx, meeting_id, ws.clock())
        await journal.note(
            tx, actor, folder.id, Verb.ATTENDANCE_TAKEN, ws.clock(), hat=folder.hat, facts={}
        )

    await ws.db.write(unit)


def checked(lines: Sequence[Attendee]) -> list[Attendee]:
    """The lines as they may be written; `Invalid` otherwise."""
    if len(lines) > MAX_LINES:
        raise Invalid("name", "too_many_there", str(MAX_LINES))
    return [_checked(line) for line in lines]


def _checked(line: Attendee) -> Attendee:
    name, organisation = on_one_line(line.name), on_one_line(line.organisation)
    instead = on_one_line(line.instead)
    if line.person_id is None and not name:
        raise Invalid("name", "empty", "")
    for field, text in (("name", name), ("organisation", organisation), ("instead", instead)):
        if len(text) > MAX_NAME_CHARACTERS:
            raise Invalid(field, "too_long", text[:80])
    if instead and line.presence is not Presence.REPRESENTED:
        raise Invalid("instead", "not_represented", instead[:80])
    if line.presence is Presence.REPRESENTED and not instead:
        raise Invalid("instead", "represented_by_nobody", name[:80])
    return Attendee(line.person_id, name, organisation, line.presence, instead)


class _Known:
    """Whom the lines of a list name: those who stood in it, who answered, and the network."""

    def __init__(
        self, tx: Transaction, actor: Actor, before: Iterable[Attendee], replies: Iterable[Reply]
    ) -> None:
        self._tx = tx
        self._today = actor.today
        self._places = {one.person_id: (one.person, one.organisation) for one in replies}
        self._places |= {
            one.person_id: (one.name, one.organisation)
            for one in before
            if one.person_id is not None
        }

    async def of(self, lines: Iterable[Attendee]) -> list[Attendee]:
        """The attendance that these lines make; nobody stands in it twice."""
        found: list[Attendee] = []
        seen: set[object] = set()
        for line in lines:
            one = await self._attendee(line)
            who = one.person_id or (sort_key(one.name), sort_key(one.organisation))
            if who in seen:
                raise Invalid("name", "twice_there", one.name[:80])
            seen.add(who)
            found.append(one)
        return found

    async def _attendee(self, line: Attendee) -> Attendee:
        person, name, organisation = line.person_id, line.name, line.organisation
        if person is None:
            called = await records.called(self._tx, name, self._today)
            if called is not None:
                person, name = called.id, called.name
                organisation = organisation or called.organisation
        elif person in self._places:
            name, organisation = self._places[person]
        else:
            known = await records.someone(self._tx, person, self._today)
            if known is None:
                raise Invalid("name", "unknown", str(person))
            name, organisation = known.name, known.organisation
        return Attendee(person, name, organisation, line.presence, line.instead)


async def _invited(tx: Transaction, actor: Actor, meeting_id: MeetingId) -> list[Someone]:
    invited = await convening.people(tx, meeting_id, actor.today)
    return await records.some(tx, set().union(*invited.values()), actor.today)


def _answered(written: Iterable[Attendee], replies: Iterable[Reply]) -> Iterator[Row]:
    """Who answered and does not stand in the list; once it is written nothing is presumed."""
    known = {one.person_id for one in written}
    for one in replies:
        if one.person_id not in known:
            presence, instead = (None, "") if known else (_SAID[one.answer], one.instead)
            yield Row(one.person_id, one.person, one.organisation, presence, instead)


def _row(one: Attendee) -> Row:
    return Row(one.person_id, one.name, one.organisation, one.presence, one.instead)
