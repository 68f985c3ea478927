"""Meetings that convene by mail: letters to those invited, in the transaction of what they tell.

Who may read the meeting is asked when each letter leaves.
"""

from __future__ import annotations

from collections.abc import Collection

from atelier.database import invitations, letters
from atelier.database import meetings as records
from atelier.database.engine import Transaction
from atelier.model.ids import MeetingId, PersonId
from atelier.model.letters import LetterKind, Topic
from atelier.model.meetings import MeetingRow, MeetingState
from atelier.model.people import Actor
from atelier.workspace import mailing
from atelier.workspace.place import Workspace


async def convene(
    ws: Workspace,
    tx: Transaction,
    actor: Actor,
    meeting: MeetingId,
    *,
    already: Collection[PersonId] = (),
) -> None:
    """Tell those invited that they are awaited, but who was `already`; once it is convened."""
    row, _ = await records.head(tx, meeting)
    if _is_awaited(ws, row):
        await _tell(ws, tx, actor, meeting, LetterKind.CONVENED, already=already)


async def tell_changed(ws: Workspace, tx: Transaction, actor: Actor, before: MeetingRow) -> None:
    """Tell those invited of another day, time or place, once it is convened."""
    row, _ = await records.head(tx, before.id)
    if _is_awaited(ws, row) and _when_and_where(row) != _when_and_where(before):
        await _tell(ws, tx, actor, row.id, LetterKind.MEETING_CHANGED)


async def tell_cancelled(
    ws: Workspace, tx: Transaction, actor: Actor, before: MeetingRow, *, is_cancelled: bool
) -> None:
    """Tell those invited that a convened meeting does not take place, or does after all."""
    if not is_cancelled:
        await convene(ws, tx, actor, before.id)
    elif _is_awaited(ws, before):
        await _tell(ws, tx, actor, before.id, LetterKind.MEETING_CANCELLED)


async def untold(
    ws: Workspace, tx: Transaction, actor: Actor, meeting: MeetingId, readers: Collection[PersonId]
) -> set[PersonId]:
    """Who of these is invited and had no letter that it is convened, while it is awaited.

    As one who got access later. Nobody who stopped such letters; nobody without a mail server.
    """
    row, _ = await records.head(tx, meeting)
    if not mailing.is_set(ws) or not _is_awaited(ws, row):
        return set()
    told = await letters.told_about(
        tx, meeting, LetterKind.CONVENED, LetterKind.MEETING_CHANGED
    ) | await letters.deaf_to(tx, Topic.MEETINGS)
    invited = await invited_people(tx, actor, meeting)
    return (invited & set(readers)) - told - {actor.person_id}


async def tell_more(
    ws: Workspace, tx: Transaction, meeting: MeetingId, people: Collection[PersonId]
) -> None:
    """Tell these, of `untold`, that they are awaited; a letter that told them nothing goes."""
    await letters.forget_dropped(tx, meeting, LetterKind.CONVENED, people)
    await _write(ws, tx, meeting, LetterKind.CONVENED, people)


async def invited_people(tx: Transaction, actor: Actor, meeting: MeetingId) -> set[PersonId]:
    """Everybody whom a meeting invites today."""
    found = await invitations.people(tx, meeting, actor.today)
    return {person for hers in found.values() for person in hers}


async def _tell(
    ws: Workspace,
    tx: Transaction,
    actor: Actor,
    meeting: MeetingId,
    kind: LetterKind,
    *,
    already: Collection[PersonId] = (),
) -> None:
    """A letter for each of them but who does it: she knows. Once for each state of the head."""
    if not mailing.is_set(ws):
        return
    people = await invited_people(tx, actor, meeting) - {actor.person_id, *already}
    await _write(ws, tx, meeting, kind, people)


async def _write(
    ws: Workspace,
    tx: Transaction,
    meeting: MeetingId,
    kind: LetterKind,
    people: Collection[PersonId],
) -> None:
    _, rest = await records.head(tx, meeting)
    for person in sorted(people):
        once = f"{kind}:{meeting}:{person}:{rest.sequence}"
        await mailing.queue(ws, tx, kind, person=person, about=meeting, once=once)


def _is_awaited(ws: Workspace, row: MeetingRow) -> bool:
    """Whether it is convened, takes place, and is still to come."""
    is_to_come = row.starts_at > ws.clock() or not row.has_time
    return is_to_come and row.state is MeetingState.CONVENED and not row.is_cancelled


def _when_and_where(row: MeetingRow) -> tuple[object, ...]:
    return row.starts_at, row.has_time, row.lasts_minutes, row.place, row.link
