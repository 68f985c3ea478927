"""Sharing: who has which access to a folder, giving it and withdrawing it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from atelier import access
from atelier.database import folders, groups, journal, people
from atelier.database import sharing as records
from atelier.database.engine import Transaction
from atelier.errors import Forbidden, Invalid, NotFound
from atelier.model.folders import Action, Crumb, Folder, Grant, Role, Subject, SubjectKind
from atelier.model.ids import FolderId, GrantId
from atelier.model.journal import Verb
from atelier.model.people import Actor
from atelier.workspace.place import Workspace


@dataclass(frozen=True, slots=True)
class Audience:
    """Who can see a folder and through which grant; for those who share, whom to add."""

    folder: Folder
    crumbs: tuple[Crumb, ...]
    grants: tuple[Grant, ...]
    subjects: tuple[Subject, ...]


async def look(ws: Workspace, actor: Actor, folder_id: FolderId) -> Audience:
    """The grants that reach a folder, its own first; `subjects` only for those who share."""

    async def unit(tx: Transaction) -> Audience:
        folder = await access.enter(tx, actor, folder_id, Action.READ)
        subjects = await _subjects(tx, actor) if folder.allows(Action.SHARE) else ()
        return Audience(
            folder,
            tuple(await folders.crumbs(tx, actor, folder.id)),
            await audience(tx, actor, folder),
            subjects,
        )

    return await ws.db.read(unit)


async def audience(tx: Transaction, actor: Actor, folder: Folder) -> tuple[Grant, ...]:
    """The grants that reach an entered folder, as the actor may know them.

    People named one by one are shown to those who share, and coordinators to everyone.
    """
    grants = await records.reaching(tx, actor, folder.id)
    return tuple(
        one
        for one in grants
        if folder.allows(Action.SHARE)
        or one.subject.kind is not SubjectKind.PERSON
        or one.subject.id == actor.person_id
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
    if until is not None and until < actor.today:
        raise Invalid("until", "past", until.isoformat())

    async def unit(tx: Transaction) -> GrantId:
        folder = await access.enter(tx, actor, folder_id, Action.SHARE)
        if not access.covers(folder, role):
            raise Forbidden(Action.SHARE)
        if access.outlasts(folder, until):
            raise Invalid("until", "outlasts", until.isoformat() if until else "")
        name = await records.name_of(tx, subject.kind, subject.id, actor.today)
        if name is None:
            raise Invalid("subject", "unknown", f"{subject.kind}:{subject.id}")
        number = await records.put(
            tx, folder.id, subject, role, until, by=actor.person_id, at=ws.clock()
        )
        await access.keep_coordinated(tx, actor, folder)
        facts = {"subject": name, "role": str(role)}
        if until is not None:
            facts["until"] = until.isoformat()
        await journal.note(
            tx, actor, folder.id, Verb.GRANTED, ws.clock(), hat=folder.hat, facts=facts
        )
        return number

    return await ws.db.write(unit)


async def withdraw(ws: Workspace, actor: Actor, folder_id: FolderId, grant_id: GrantId) -> None:
    """Take back a grant of this very folder; it holds from the next request."""

    async def unit(tx: Transaction) -> None:
        folder = await access.enter(tx, actor, folder_id, Action.SHARE)
        found = [
            one
            for one in await records.reaching(tx, actor, folder.id)
            if one.id == grant_id and one.folder_id == folder.id
        ]
        if not found:
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
            facts={"subject": found[0].subject.name, "role": str(found[0].role)},
        )

    await ws.db.write(unit)


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


_FINDERS = {
    SubjectKind.ORGANISATION: people.organisation_named,
    SubjectKind.GROUP: groups.named,
    SubjectKind.PERSON: people.person_by_email,
}


async def _subjects(tx: Transaction, actor: Actor) -> tuple[Subject, ...]:
    network = await people.network(tx)
    found = [Subject(SubjectKind.NETWORK, 0, network.name if network else "")]
    found += [
        Subject(SubjectKind.ORGANISATION, one.id, one.name)
        for one in await people.organisations(tx)
        if one.ends_on is None or one.ends_on >= actor.today
    ]
    found += [Subject(SubjectKind.GROUP, one.id, one.name) for one in await groups.everyone(tx)]
    found += [
        Subject(SubjectKind.PERSON, one.id, one.name)
        for one in await people.people(tx)
        if one.is_active
    ]
    return tuple(found)
