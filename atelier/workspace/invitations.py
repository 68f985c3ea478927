"""Convening: whom a meeting invites, what each answers, who opened its page.

Inviting gives no right. Whoever reads the dossier sees the invitation and answers it, invited
or not; of whom is invited and does not read it, the coordinator is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from atelier import access
from atelier.database import audience, dossiers, folders, journal, meeting_lists, people
from atelier.database import invitations as records
from atelier.database import meetings as meeting_records
from atelier.database import sharing as grants
from atelier.database.engine import Transaction
from atelier.database.invitations import Opening
from atelier.errors import AlreadySo, Invalid
from atelier.model.folders import Action, Crumb, Folder, Role, Subject, SubjectKind
from atelier.model.ids import MeetingId, PersonId
from atelier.model.journal import Verb
from atelier.model.meetings import Answer, MeetingRow, MeetingState
from atelier.model.people import Actor
from atelier.workspace import convening
from atelier.workspace.meetings import check_open, enter, entered
from atelier.workspace.place import Workspace
from atelier.workspace.sharing import addresses

MAX_INVITED: Final = 300
MAX_INSTEAD_CHARACTERS: Final = 200
_KINDS: Final = (SubjectKind.ORGANISATION, SubjectKind.GROUP, SubjectKind.PERSON)


@dataclass(frozen=True, slots=True)
class Invited:
    """Whom a meeting invites: how many people that is today, and how many read its dossier."""

    subject: Subject
    people: int
    readers: int

    @property
    def may_read(self) -> bool:
        """Whether all of them read the dossier; nobody is not all."""
        return 0 < self.people == self.readers


@dataclass(frozen=True, slots=True)
class Guests:
    """Whom a meeting invites, and whom it may: `choices` among organisations and groups.

    `addresses` are the (address, name) of people, empty where they are many. `previous` are those
    of the meeting before it in the series that it does not invite; `following` counts the later
    meetings of the series, not yet held, that she may prepare.
    """

    row: MeetingRow
    state_number: int
    is_locked: bool
    folder: Folder
    crumbs: tuple[Crumb, ...]
    invited: tuple[Invited, ...]
    choices: tuple[Subject, ...]
    addresses: tuple[tuple[str, str], ...]
    previous: tuple[Subject, ...] = ()
    following: int = 0


@dataclass(frozen=True, slots=True)
class Followed:
    """What who coordinates is told: the invited without any answer, and who opened the page.

    `unread` counts the invited of whom nobody reads the dossier, `half_read` those of whom some
    do and some do not. `untold` counts the people who are invited, read it now and had no letter
    that it is convened.
    """

    silent: tuple[Subject, ...]
    openings: tuple[Opening, ...]
    unread: int = 0
    half_read: int = 0
    untold: int = 0


async def guests(ws: Workspace, actor: Actor, meeting_id: MeetingId) -> Guests:
    """Whom a meeting invites and whether they read its dossier, for those who prepare it."""

    async def unit(tx: Transaction) -> Guests:
        folder, rest = await entered(tx, actor, meeting_id)
        row, _ = await meeting_records.head(tx, meeting_id)
        invited = await _invited(tx, actor, meeting_id, folder)
        known = {(one.subject.kind, one.subject.id) for one in invited}
        choices = [
            one
            for one in await grants.subjects(tx, actor.today)
            if one.kind in _KINDS and (one.kind, one.id) not in known
        ]
        return Guests(
            row=row,
            state_number=rest.state_number,
            is_locked=rest.approved_at is not None,
            folder=folder,
            crumbs=tuple(await folders.crumbs(tx, actor, folder.id)),
            invited=invited,
            choices=tuple(choices),
            addresses=await addresses(tx, actor),
            previous=await _previous(tx, actor, row, folder),
            following=len(await meeting_lists.following(tx, actor, row)),
        )

    return await ws.db.read(unit)


async def invite(
    ws: Workspace,
    actor: Actor,
    meeting_id: MeetingId,
    subjects: Sequence[Subject],
    *,
    email: str = "",
    expected: int | None = None,
    goes_on: bool = False,
) -> None:
    """Invite organisations, groups and people; `email` names one more person.

    `goes_on`: to the later meetings of its series too, those not yet held that she may prepare.
    `Invalid` when one of them is not there today, `AlreadySo` when all were invited before.
    """

    async def unit(tx: Transaction) -> None:
        folder, rest = await entered(tx, actor, meeting_id, expected=expected)
        check_open(rest)
        wanted = [await _known(tx, actor, one) for one in subjects]
        if email:
            wanted.append(await _person_at(tx, email))
        if not wanted:
            raise Invalid("subject", "nobody", "")
        await _invite(ws, tx, actor, (meeting_id, folder), wanted, goes_on=goes_on)

    await ws.db.write(unit)


async def invite_same(
    ws: Workspace,
    actor: Actor,
    meeting_id: MeetingId,
    *,
    expected: int | None = None,
    goes_on: bool = False,
) -> None:
    """Invite whom the meeting before it in the series invites, as far as they are still there.

    `goes_on` as for `invite`. `AlreadySo` when there is nobody more.
    """

    async def unit(tx: Transaction) -> None:
        folder, rest = await entered(tx, actor, meeting_id, expected=expected)
        check_open(rest)
        row, _ = await meeting_records.head(tx, meeting_id)
        wanted = await _previous(tx, actor, row, folder)
        await _invite(ws, tx, actor, (meeting_id, folder), wanted, goes_on=goes_on)

    await ws.db.write(unit)


async def uninvite(
    ws: Workspace,
    actor: Actor,
    meeting_id: MeetingId,
    subject: Subject,
    *,
    expected: int | None = None,
) -> None:
    """Invite an organisation, a group or somebody no longer; what was answered stays.

    `AlreadySo` when the meeting does not invite her.
    """

    async def unit(tx: Transaction) -> None:
        folder, rest = await entered(tx, actor, meeting_id, expected=expected)
        check_open(rest)
        if not await records.uninvite(tx, meeting_id, subject):
            raise AlreadySo("uninvited")
        await _changed(ws, tx, actor, meeting_id, folder)

    await ws.db.write(unit)


async def convene_more(ws: Workspace, actor: Actor, meeting_id: MeetingId) -> int:
    """Write to those invited who read the meeting by now and had no letter of it; how many.

    `AlreadySo` when there is nobody: nobody is written to twice.
    """

    async def unit(tx: Transaction) -> int:
        folder, _ = await entered(tx, actor, meeting_id)
        people = await _untold(ws, tx, actor, meeting_id, folder)
        if not people:
            raise AlreadySo("all_told")
        await convening.tell_more(ws, tx, meeting_id, people)
        return len(people)

    return await ws.db.write(unit)


async def answer(
    ws: Workspace, actor: Actor, meeting_id: MeetingId, said: Answer, instead: str = ""
) -> None:
    """Say whether she comes, is excused, or who comes `instead`; again to change it.

    Whoever reads the dossier may, while the meeting is convened and not yet held.
    """
    substitute = " ".join(instead.split()) if said is Answer.REPRESENTED else ""
    if said is Answer.REPRESENTED and not substitute:
        raise Invalid("instead", "nobody_instead", "")
    if len(substitute) > MAX_INSTEAD_CHARACTERS:
        raise Invalid("instead", "too_long", substitute[:80])

    async def unit(tx: Transaction) -> None:
        access.act(actor)
        folder = await enter(tx, actor, meeting_id, Action.READ)
        row, _ = await meeting_records.head(tx, meeting_id)
        if not takes_answers(row):
            raise Invalid("answer", "not_awaited", row.state)
        await records.answer(
            tx, meeting_id, actor.person_id, said, substitute, hat=folder.hat, at=ws.clock()
        )

    await ws.db.write(unit)


def takes_answers(row: MeetingRow) -> bool:
    """Whether answers are awaited: from when it is convened until it is held."""
    return row.state is MeetingState.CONVENED and not row.is_cancelled


async def followed(ws: Workspace, actor: Actor, meeting_id: MeetingId) -> Followed:
    """Who has not answered and who opened the page, for those who prepare the meeting.

    An organisation or a group has answered as soon as one of its people has.
    """

    async def unit(tx: Transaction) -> Followed:
        folder = await enter(tx, actor, meeting_id, Action.MEET)
        invited = await _invited(tx, actor, meeting_id, folder)
        people_of = await records.people(tx, meeting_id, actor.today)
        replied = await records.repliers(tx, meeting_id)
        answered: set[PersonId] = {person for person, _ in replied}
        hats = {(SubjectKind.ORGANISATION, hat) for _, hat in replied if hat is not None}
        silent = [
            one
            for one in (invitee.subject for invitee in invited)
            if (one.kind, one.id) not in hats
            and not people_of.get((one.kind, one.id), set()) & answered
        ]
        return Followed(
            silent=tuple(silent),
            openings=tuple(await records.openings(tx, meeting_id)),
            unread=sum(1 for one in invited if not one.readers),
            half_read=sum(1 for one in invited if 0 < one.readers < one.people),
            untold=len(await _untold(ws, tx, actor, meeting_id, folder)),
        )

    return await ws.db.read(unit)


def note_opened(ws: Workspace, actor: Actor, meeting_id: MeetingId) -> None:
    """Note that she opened the meeting's page; once her right to it is checked.

    Returns at once, whatever the disk does. Nothing is noted of one who looks as another.
    """
    if actor.seeing is None:
        ws.trail.note_opening(ws.clock(), actor.person_id, meeting_id)


async def _invited(
    tx: Transaction, actor: Actor, meeting_id: MeetingId, folder: Folder
) -> tuple[Invited, ...]:
    people_of = await records.people(tx, meeting_id, actor.today)
    readers = {one.id for one in await audience.reached(tx, actor, folder.id)}
    found = []
    for subject in await dossiers.invited(tx, meeting_id):
        hers = people_of.get((subject.kind, subject.id), set())
        found.append(Invited(subject, len(hers), len(hers & readers)))
    return tuple(found)


async def _untold(
    ws: Workspace, tx: Transaction, actor: Actor, meeting_id: MeetingId, folder: Folder
) -> set[PersonId]:
    """See `convening.untold`; who coordinates the meeting knows of it."""
    reached = await audience.reached(tx, actor, folder.id)
    readers = {one.id for one in reached if one.role is not Role.COORDINATOR}
    return await convening.untold(ws, tx, actor, meeting_id, readers)


async def _previous(
    tx: Transaction, actor: Actor, row: MeetingRow, folder: Folder
) -> tuple[Subject, ...]:
    """Whom the meeting before it in the series invites and it does not, if they are still there."""
    if row.series is None:
        return ()
    place = folder.parent_id or folder.id
    before = await meeting_lists.before(tx, actor, row, place, row.starts_at)
    if before is None:
        return ()
    known = {(one.kind, one.id) for one in await dossiers.invited(tx, row.id)}
    found = []
    for one in await dossiers.invited(tx, before.id):
        name = await grants.name_of(tx, one.kind, one.id, actor.today)
        if name is not None and (one.kind, one.id) not in known:
            found.append(Subject(one.kind, one.id, name))
    return tuple(found)


async def _invite(
    ws: Workspace,
    tx: Transaction,
    actor: Actor,
    where: tuple[MeetingId, Folder],
    wanted: Sequence[Subject],
    *,
    goes_on: bool,
) -> None:
    """Invite them there, and to the later meetings of the series; `AlreadySo` for nobody new."""
    among = [where]
    if goes_on:
        row, _ = await meeting_records.head(tx, where[0])
        for number in await meeting_lists.following(tx, actor, row):
            among.append((number, (await entered(tx, actor, number))[0]))
    is_new = [await _invite_to(ws, tx, actor, *one, wanted) for one in among]
    if not any(is_new):
        raise AlreadySo("invited")


async def _invite_to(
    ws: Workspace,
    tx: Transaction,
    actor: Actor,
    meeting_id: MeetingId,
    folder: Folder,
    wanted: Sequence[Subject],
) -> bool:
    """Whether one of them was not invited to that meeting before."""
    known = await convening.invited_people(tx, actor, meeting_id)
    if not any([await records.invite(tx, meeting_id, one) for one in wanted]):
        return False
    if await records.count(tx, meeting_id) > MAX_INVITED:
        raise Invalid("subject", "too_many_invited", str(MAX_INVITED))
    await _changed(ws, tx, actor, meeting_id, folder)
    await convening.convene(ws, tx, actor, meeting_id, already=known)
    return True


async def _known(tx: Transaction, actor: Actor, subject: Subject) -> Subject:
    if subject.kind not in _KINDS:
        raise Invalid("subject", "unknown", str(subject.kind))
    name = await grants.name_of(tx, subject.kind, subject.id, actor.today)
    if name is None:
        raise Invalid("subject", "unknown", f"{subject.kind}:{subject.id}")
    return Subject(subject.kind, subject.id, name)


async def _person_at(tx: Transaction, email: str) -> Subject:
    found = await people.person_by_email(tx, email)
    if found is None:
        raise Invalid("email", "unknown_address", email[:80])
    if not found.is_active:
        raise Invalid("email", "inactive_account", email[:80])
    return Subject(SubjectKind.PERSON, found.id, found.name)


async def _changed(
    ws: Workspace, tx: Transaction, actor: Actor, meeting_id: MeetingId, folder: Folder
) -> None:
    row, _ = await meeting_records.head(tx, meeting_id)
    await meeting_records.touch(tx, meeting_id, ws.clock())
    await journal.note(
        tx,
        actor,
        folder.id,
        Verb.MEETING_CHANGED,
        ws.clock(),
        hat=folder.hat,
        facts={"title": row.title},
    )
