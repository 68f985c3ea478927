"""See as: a coordinator looks at her folders as an organisation or a person does.

What that means stands in the permission room: the folders which both may enter, to read
and nothing else. Here a session begins and ends it; nothing but the session knows of it.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from atelier import access
from atelier.database import folders, journal, sessions, sharing
from atelier.database.engine import Transaction
from atelier.errors import Invalid, NotFound, SignInNeeded
from atelier.model.folders import Action, Crumb, Folder, Subject, SubjectKind
from atelier.model.ids import FolderId
from atelier.model.journal import Verb
from atelier.model.people import Actor
from atelier.workspace.place import Workspace
from atelier.workspace.sharing import addresses

_SEEN_AS = (SubjectKind.ORGANISATION, SubjectKind.PERSON)


@dataclass(frozen=True, slots=True)
class Choices:
    """As whom a folder can be looked at: organisations, and people by their addresses.

    `addresses` are (address, name), empty where people are many.
    """

    folder: Folder
    crumbs: tuple[Crumb, ...]
    organisations: tuple[Subject, ...]
    addresses: tuple[tuple[str, str], ...]


async def choices(ws: Workspace, actor: Actor, folder_id: FolderId) -> Choices:
    """As whom she may look at a folder that she shares."""

    async def unit(tx: Transaction) -> Choices:
        folder = await access.enter(tx, actor, folder_id, Action.SHARE)
        subjects = await sharing.subjects(tx, actor.today)
        return Choices(
            folder,
            tuple(await folders.crumbs(tx, actor, folder.id)),
            tuple(one for one in subjects if one.kind is SubjectKind.ORGANISATION),
            await addresses(tx, actor),
        )

    return await ws.db.read(unit)


async def begin(
    ws: Workspace, actor: Actor, token: str, folder_id: FolderId, subject: Subject
) -> bool:
    """Look as this organisation or person from now on, in the session of this token alone.

    Whether that one may read the folder, which she must share. The journal of the folder
    keeps it. `SignInNeeded` for a token that is not hers; `Forbidden` while she looks as
    somebody else already.
    """

    async def unit(tx: Transaction) -> bool:
        access.act(actor)
        folder = await access.enter(tx, actor, folder_id, Action.SHARE)
        seen = await _subject(tx, actor, subject)
        mine = sessions.hashed(token)
        if not await sessions.look_as(tx, mine, actor.person_id, seen, beginning=folder.id):
            raise SignInNeeded
        await journal.note(
            tx,
            actor,
            folder.id,
            Verb.SEEN_AS,
            ws.clock(),
            hat=folder.hat,
            facts={"subject": seen.name},
        )
        return await _reads(tx, dataclasses.replace(actor, seeing=seen), folder.id)

    return await ws.db.write(unit)


async def end(ws: Workspace, actor: Actor, token: str) -> FolderId | None:
    """Look as herself again; the folder where she began to, when she may still read it."""

    async def unit(tx: Transaction) -> FolderId | None:
        began = await sessions.look_as_herself(tx, sessions.hashed(token), actor.person_id)
        herself = dataclasses.replace(actor, seeing=None)
        return began if began and await _reads(tx, herself, began) else None

    return await ws.db.write(unit)


async def _subject(tx: Transaction, actor: Actor, subject: Subject) -> Subject:
    """The subject with its name, when it is one of today that can be looked as."""
    if subject.kind not in _SEEN_AS:
        raise Invalid("subject", "unknown", f"{subject.kind}:{subject.id}")
    name = await sharing.name_of(tx, subject.kind, subject.id, actor.today)
    if name is None:
        raise Invalid("subject", "unknown", f"{subject.kind}:{subject.id}")
    return dataclasses.replace(subject, name=name)


async def _reads(tx: Transaction, actor: Actor, folder: FolderId) -> bool:
    try:
        await access.enter(tx, actor, folder, Action.READ)
    except NotFound:
        return False
    return True
