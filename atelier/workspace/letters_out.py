"""What letters say when they leave: by the rights of that moment, with links made in it.

One function for each kind of letter. None: there is nothing to tell any more, or not to her.
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from atelier import access
from atelier.database import agenda, invitations, people, sessions
from atelier.database import invites as invite_records
from atelier.database import letters as records
from atelier.database import meetings as meeting_records
from atelier.database.engine import Transaction
from atelier.database.sessions import LinkRow, Purpose
from atelier.errors import NotFound
from atelier.model.folders import Action
from atelier.model.ids import DigestId, FolderId, MeetingId, OrganisationId
from atelier.model.letters import TOPICS, KeyChange, Letter, LetterKind, LetterRow
from atelier.model.meetings import MeetingRow, MeetingState
from atelier.model.organisations import has_ended
from atelier.model.people import Actor, Person
from atelier.papers import calendar
from atelier.workspace import digest_lines, entering, invites, links, stopping
from atelier.workspace.meetings import ends_at, enter
from atelier.workspace.place import Workspace, today


@dataclass(frozen=True, slots=True)
class _Writing:
    """A letter that is to leave, and to whom: an active person."""

    ws: Workspace
    row: LetterRow
    person: Person
    actor: Actor
    blank: Letter

    def page(self, *parts: object) -> str:
        """The address of a page of ours."""
        return "/".join([self.ws.settings.server.public_url, *map(str, parts)])

    def saying(self, link: str, **facts: str) -> Letter:
        """The letter with these facts and this link."""
        return replace(self.blank, link=link, facts={**self.blank.facts, **facts})


_Resolver = Callable[[Transaction, _Writing], Awaitable[Letter | None]]


async def address(ws: Workspace, tx: Transaction, row: LetterRow) -> str | None:
    """Where a letter goes; None for one that is not to be sent any more. Changes nothing."""
    if row.kind is LetterKind.INVITATION:
        return await _invited(ws, tx, row)
    person = await people.person(tx, row.person_id or 0)
    if person is None or not person.is_active:
        return None
    topic = TOPICS.get(row.kind)
    if topic is not None and topic in await records.stopped(tx, person.id):
        return None
    if row.kind is LetterKind.EMAIL_NEW:
        return await records.awaits_new(tx, person.id)
    return person.email


async def resolved(ws: Workspace, tx: Transaction, row: LetterRow) -> Letter | None:
    """What a letter says now, with a new link; None when nothing is to be said any more."""
    to = await address(ws, tx, row)
    if to is None:
        return None
    if row.kind is LetterKind.INVITATION:
        return await _invitation(ws, tx, row)
    person = await people.person(tx, row.person_id or 0)
    assert person is not None
    actor = await entering.actor_of(tx, person, today(ws))
    about = await records.reader(tx, person.id)
    blank = await _blank(ws, tx, row, to)
    blank = replace(blank, name=person.name, language=about.language)
    topic = TOPICS.get(row.kind)
    if topic is not None:
        stop_link = await stopping.address(ws, tx, person.id, topic)
        blank = replace(blank, stop_link=stop_link)
    return await _RESOLVERS[row.kind](tx, _Writing(ws, row, person, actor, blank))


async def _invited(ws: Workspace, tx: Transaction, row: LetterRow) -> str | None:
    """The address of an invitation that waits, of somebody who is still there.

    No letter goes to an account that is disabled, of which who invited may not have known.
    """
    found = None if row.invite_id is None else await invite_records.waiting(tx, row.invite_id)
    if found is None or found.has_expired(ws.clock()):
        return None
    inviter = await people.person(tx, found.invited_by)
    invited = await people.person_by_email(tx, found.offer.email)
    is_there = inviter is not None and inviter.is_active
    return found.offer.email if is_there and (invited is None or invited.is_active) else None


async def _blank(ws: Workspace, tx: Transaction, row: LetterRow, to: str) -> Letter:
    network = await people.network(tx)
    key = f"{await people.installation(tx)}/{row.id}"
    return Letter(
        kind=row.kind,
        to=to,
        name="",
        language="",
        identity=hashlib.sha256(key.encode()).hexdigest()[:32],
        written_at=ws.clock(),
        facts={"network": network.name if network else ""},
    )


async def _invitation(ws: Workspace, tx: Transaction, row: LetterRow) -> Letter | None:
    assert row.invite_id is not None
    found = await invites.outgoing(ws, tx, row.invite_id)
    if found is None:
        return None
    blank = await _blank(ws, tx, row, found.offer.email)
    # The folder's name: who invites to it gives it away, and may read it at this moment.
    return replace(
        blank,
        name=found.offer.name,
        language=found.offer.language,
        link=f"{ws.settings.server.public_url}/invite/{found.token}",
        day=found.expires_at,
        facts={
            **blank.facts,
            "inviter": found.inviter,
            "home": found.inviter_home,
            "organisation": found.organisation,
            "folder": found.folder,
            "message": found.offer.message,
        },
    )


async def _reset(tx: Transaction, writing: _Writing) -> Letter | None:
    token = await links.start_reset(writing.ws, tx, writing.person.id)
    minutes = str(writing.ws.settings.sessions.reset_minutes)
    return writing.saying(writing.page("reset", token), minutes=minutes)


async def _email_old(tx: Transaction, writing: _Writing) -> Letter | None:
    wanted = await records.awaits_old(tx, writing.person.id)
    return None if wanted is None else await _confirming(tx, writing, Purpose.EMAIL_OLD, wanted)


async def _email_new(tx: Transaction, writing: _Writing) -> Letter | None:
    return await _confirming(tx, writing, Purpose.EMAIL_NEW, writing.blank.to)


async def _confirming(
    tx: Transaction, writing: _Writing, purpose: Purpose, wanted: str
) -> Letter | None:
    ws, person = writing.ws, writing.person
    await sessions.end_links(tx, person.id, purpose)
    lasting = timedelta(hours=ws.settings.sessions.link_hours)
    token = await links.mint(ws, tx, LinkRow(purpose, person.id, is_mailed=True), lasting)
    hours = str(ws.settings.sessions.link_hours)
    link = writing.page("confirm", token)
    return writing.saying(link, wanted=wanted, now=person.email, hours=hours)


async def _keys_changed(tx: Transaction, writing: _Writing) -> Letter | None:
    """`about` is the change; it leads to where her sessions are seen and ended."""
    letter = writing.saying(writing.page("account", "sessions"))
    return replace(letter, change=KeyChange(writing.row.about), at=writing.row.created_at)


async def _test(tx: Transaction, writing: _Writing) -> Letter | None:
    return writing.saying(writing.page("network", "mail"))


async def _access_given(tx: Transaction, writing: _Writing) -> Letter | None:
    """`about` is the folder."""
    number = FolderId(writing.row.about)
    try:
        folder = await access.enter(tx, writing.actor, number, Action.READ)
    except NotFound:
        return None
    return writing.saying(writing.page("folders", number), folder=folder.name)


async def _place_given(tx: Transaction, writing: _Writing) -> Letter | None:
    """`about` is the organisation, of which she is still."""
    number = OrganisationId(writing.row.about)
    for place in writing.person.memberships:
        if place.organisation.id == number and not has_ended(place, writing.actor.today):
            name = place.organisation.name
            return writing.saying(writing.page("organisations", number), organisation=name)
    return None


async def _convened(tx: Transaction, writing: _Writing) -> Letter | None:
    return await _of_meeting(tx, writing, is_cancelled=False)


async def _meeting_changed(tx: Transaction, writing: _Writing) -> Letter | None:
    kinds = (LetterKind.MEETING_CHANGED, LetterKind.MEETING_CANCELLED)
    if await records.has_later(tx, writing.row, *kinds):
        return None
    return await _of_meeting(tx, writing, is_cancelled=False)


async def _meeting_cancelled(tx: Transaction, writing: _Writing) -> Letter | None:
    return await _of_meeting(tx, writing, is_cancelled=True)


async def _of_meeting(tx: Transaction, writing: _Writing, *, is_cancelled: bool) -> Letter | None:
    """`about` is the meeting: still to come, as the letter says, and hers to read."""
    number = MeetingId(writing.row.about)
    try:
        await enter(tx, writing.actor, number, Action.READ)
    except NotFound:
        return None
    row, rest = await meeting_records.head(tx, number)
    if not _is_told(writing.ws, row, is_cancelled=is_cancelled):
        return None
    invited = await invitations.people(tx, number, writing.actor.today)
    if not any(writing.person.id in hers for hers in invited.values()):
        return None
    link = writing.page("meetings", number)
    entry = calendar.Entry(
        row, rest.uid, rest.sequence, rest.changed_at, link, contact=row.organisation
    )
    letter = writing.saying(
        link,
        title=row.title,
        place=row.place,
        online=row.link,
        organisation=row.organisation,
    )
    file = calendar.written([entry], writing.ws.settings.network.time_zone)
    return replace(
        letter,
        day=row.starts_at,
        has_time=row.has_time,
        until=ends_at(row.starts_at, row.lasts_minutes) if row.has_time else None,
        agenda=() if is_cancelled else tuple(await agenda.titles(tx, number)),
        calendar=file,
    )


async def _digest(tx: Transaction, writing: _Writing) -> Letter | None:
    """`about` is the digest: what she may still read of it."""
    found = await digest_lines.found(tx, writing.actor, DigestId(writing.row.about))
    if found is None:
        return None
    letter = writing.saying(writing.page(""), site=writing.ws.settings.server.public_url)
    return replace(letter, digest=found)


def _is_told(ws: Workspace, row: MeetingRow, *, is_cancelled: bool) -> bool:
    """Whether the meeting is what the letter says, and not past."""
    is_to_come = row.starts_at > ws.clock() - timedelta(days=1)
    is_convened = row.state is MeetingState.CONVENED
    return is_to_come and is_convened and row.is_cancelled == is_cancelled


_RESOLVERS: Final[Mapping[LetterKind, _Resolver]] = {
    LetterKind.RESET: _reset,
    LetterKind.EMAIL_OLD: _email_old,
    LetterKind.EMAIL_NEW: _email_new,
    LetterKind.KEYS_CHANGED: _keys_changed,
    LetterKind.TEST: _test,
    LetterKind.ACCESS_GIVEN: _access_given,
    LetterKind.PLACE_GIVEN: _place_given,
    LetterKind.CONVENED: _convened,
    LetterKind.MEETING_CHANGED: _meeting_changed,
    LetterKind.MEETING_CANCELLED: _meeting_cancelled,
    LetterKind.DIGEST: _digest,
}
