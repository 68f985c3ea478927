"""Sharing: who has which access to a folder, giving it and withdrawing it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from atelier import access
from atelier.database import folders, groups, journal, people
from atelier.database import sharing as records
from atelier.database.engine import Transaction
from atelier.errors import Forbidden, Invalid, NotFound
from atelier.model.audience import DeadGrant
from atelier.model.folders import Action, Crumb, Folder, Grant, Role, Subject, SubjectKind
from atelier.model.ids import FolderId, GrantId, PersonId
from atelier.model.journal import Verb
from atelier.model.letters import LetterKind
from atelier.model.people import Actor
from atelier.workspace import mailing
from atelier.workspace.place import Workspace

MOST_ADDRESSES: Final = 200


@dataclass(frozen=True, slots=True)
class Audience:
    """Who can see a folder and through which grant; for those who share it, what they may do.

    `dead` are its own grants that open nothing any more, `subjects` to whom one can be
    given by choosing, `addresses` the (address, name) of people, empty where they are many.
    """

    folder: Folder
    crumbs: tuple[Crumb, ...]
    grants: tuple[Grant, ...]
    dead: tuple[DeadGrant, ...] = ()
    subjects: tuple[Subject, ...] = ()
    addresses: tuple[tuple[str, str], ...] = ()


async def look(ws: Workspace, actor: Actor, folder_id: FolderId) -> Audience:
    """The grants that open a folder, its own first; the rest only for those who share."""

    async def unit(tx: Transaction) -> Audience:
        return await about(tx, actor, await access.enter(tx, actor, folder_id, Action.READ))

    return await ws.db.read(unit)


async def about(tx: Transaction, actor: Actor, folder: Folder) -> Audience:
    """`look`, for a folder that was entered."""
    crumbs = tuple(await folders.crumbs(tx, actor, folder.id))
    grants = await audience(tx, actor, folder)
    if not folder.allows(Action.SHARE):
        return Audience(folder, crumbs, grants)
    return Audience(
        folder,
        crumbs,
        grants,
        tuple(await records.dead(tx, actor, folder.id)),
        tuple(await records.subjects(tx, actor.today)),
        await addresses(tx, actor),
    )


async def addresses(tx: Transaction, actor: Actor) -> tuple[tuple[str, str], ...]:
    """The (address, name) of people to choose from; none in a network where they are many.

    Who hides her address stands in no list. Typed in full by one who shares a folder it
    still names her: it is known then, and she is to be given access by it.
    """
    return tuple(await records.addresses(tx, actor, MOST_ADDRESSES))


async def audience(tx: Transaction, actor: Actor, folder: Folder) -> tuple[Grant, ...]:
    """The grants that open an entered folder today, as the actor may know them.

    People named one by one are shown to those who share, and coordinators to everyone.
    """
    grants = await records.reaching(tx, actor, folder.id)
    reader = _reader(actor)
    return tuple(
        one
        for one in grants
        if folder.allows(Action.SHARE)
        or one.subject.kind is not SubjectKind.PERSON
        or one.subject.id == reader
        or one.role is Role.COORDINATOR
    )


async def grant(
    ws: Workspace,
    actor: Actor,
    folder_id: FolderId,
    subject: Subject,
    role: Role,
    until: date | None = None,
) -> GrantId:
    """Give someone a role on a folder, or change the one she has there.

    Never more than the giver holds, nor for longer; until a day that is not past; never so that the
    folder is left without coordination.
    """

    async def unit(tx: Transaction) -> GrantId:
        given = await give(tx, actor, folder_id, subject, role=role, until=until, at=ws.clock())
        if subject.kind is SubjectKind.PERSON and subject.id != actor.person_id:
            person, once = PersonId(subject.id), f"access:{folder_id}:{subject.id}:{actor.today}"
            kind = LetterKind.ACCESS_GIVEN
            await mailing.queue(ws, tx, kind, person=person, about=folder_id, once=once)
        return given

    return await ws.db.write(unit)


async def give(
    tx: Transaction,
    actor: Actor,
    folder_id: FolderId,
    subject: Subject,
    *,
    role: Role,
    until: date | None,
    at: datetime,
) -> GrantId:
    """`grant`, in a transaction that does more."""
    folder = await givable(tx, actor, folder_id, role, until)
    name = await records.name_of(tx, subject.kind, subject.id, actor.today)
    if name is None:
        raise Invalid("subject", "unknown", f"{subject.kind}:{subject.id}")
    number = await records.put(tx, folder.id, subject, role, until, by=actor.person_id, at=at)
    await access.keep_coordinated(tx, actor, folder)
    facts = {"subject": name, "role": str(role)}
    if until is not None:
        facts["until"] = until.isoformat()
    await journal.note(tx, actor, folder.id, Verb.GRANTED, at, hat=folder.hat, facts=facts)
    return number


async def givable(
    tx: Transaction, actor: Actor, folder_id: FolderId, role: Role, until: date | None
) -> Folder:
    """The folder on which she may give this role until then; refused as `grant` refuses."""
    if until is not None and until < actor.today:
        raise Invalid("until", "past", until.isoformat())
    folder = await access.enter(tx, actor, folder_id, Action.SHARE)
    if not access.covers(folder, role):
        raise Forbidden(Action.SHARE)
    if access.outlasts(folder, until):
        raise Invalid("until", "outlasts", until.isoformat() if until else "")
    return folder


async def withdraw(ws: Workspace, actor: Actor, folder_id: FolderId, grant_id: GrantId) -> None:
    """Take back a grant of this very folder, dead ones too; it holds from the next request."""

    async def unit(tx: Transaction) -> None:
        folder = await access.enter(tx, actor, folder_id, Action.SHARE)
        found = await records.own(tx, actor, folder.id, grant_id)
        if found is None:
            raise NotFound("grant")
        await records.withdraw(tx, grant_id)
        await access.keep_coordinated(tx, actor, folder)
        await journal.note(
            tx,
            actor,
            folder.id,
            Verb.WITHDRAWN,
            ws.clock(),
            hat=folder.hat,
            facts={"subject": found.subject.name, "role": str(found.role)},
        )

    await ws.db.write(unit)


async def given(ws: Workspace, actor: Actor, folder_id: FolderId, grant_id: GrantId) -> Grant:
    """A grant of this very folder, dead ones too, for those who share it; else `NotFound`."""

    async def unit(tx: Transaction) -> Grant:
        folder = await access.enter(tx, actor, folder_id, Action.SHARE)
        found = await records.own(tx, actor, folder.id, grant_id)
        if found is None:
            raise NotFound("grant")
        return found

    return await ws.db.read(unit)


async def recipient(
    ws: Workspace, actor: Actor, folder_id: FolderId, subject: Subject
) -> tuple[Folder, Subject, date | None]:
    """A folder that she shares, to whom she may give an access to it today, by name, and until
    when this one has one of its own there (None: none, or for good).

    `Invalid` for a subject that is none today.
    """

    async def unit(tx: Transaction) -> tuple[Folder, Subject, date | None]:
        folder = await access.enter(tx, actor, folder_id, Action.SHARE)
        name = await records.name_of(tx, subject.kind, subject.id, actor.today)
        if name is None:
            raise Invalid("subject", "unknown", f"{subject.kind}:{subject.id}")
        ends = [
            held.until
            for held in await records.reaching(tx, actor, folder.id)
            if held.folder_id == folder.id
            and (held.subject.kind, held.subject.id) == (subject.kind, subject.id)
        ]
        return folder, Subject(subject.kind, subject.id, name), ends[0] if ends else None

    return await ws.db.read(unit)


async def subject_named(ws: Workspace, actor: Actor, kind: SubjectKind, name: str) -> Subject:
    """The subject of this name (a person: by address), or `Invalid`."""

    async def unit(tx: Transaction) -> Subject:
        if kind is SubjectKind.NETWORK:
            network = await people.network(tx)
            return Subject(kind, 0, network.name if network else "")
        found = await _FINDERS[kind](tx, name)
        if found is None:
            raise Invalid("subject", "unknown", f"{kind}:{name}"[:80])
        return Subject(kind, found.id, found.name)

    return await ws.db.read(unit)


async def person_at(ws: Workspace, actor: Actor, folder_id: FolderId, email: str) -> Subject:
    """Someone active by her address, for those who share the folder; `Invalid` for nobody."""

    async def unit(tx: Transaction) -> Subject:
        await access.enter(tx, actor, folder_id, Action.SHARE)
        found = await people.person_by_email(tx, email)
        if found is None:
            raise Invalid("email", "unknown_address", email[:80])
        if not found.is_active:
            raise Invalid("email", "inactive_account", email[:80])
        return Subject(SubjectKind.PERSON, found.id, found.name)

    return await ws.db.read(unit)


_FINDERS = {
    SubjectKind.ORGANISATION: people.organisation_named,
    SubjectKind.GROUP: groups.named,
    SubjectKind.PERSON: people.person_by_email,
}


def _reader(actor: Actor) -> int | None:
    """Whom the page is for: herself, or the person as whom she looks; an organisation is nobody."""
    if actor.seeing is None:
        return actor.person_id
    return actor.seeing.id if actor.seeing.kind is SubjectKind.PERSON else None
