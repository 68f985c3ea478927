"""Requests for access: asking for it, and answering those about the folders one shares.

Asking looks at no folder: the answer, and the statements, are the same for what exists, is
hidden, or never was. Only those who may share the folder ever see the request.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from atelier import access
from atelier.database import journal, sharing
from atelier.database import requests as records
from atelier.database.engine import Transaction
from atelier.errors import AlreadySo, Invalid, NotFound, TooManyWaiting
from atelier.model.folders import Action, Grant, Role, Subject, SubjectKind
from atelier.model.ids import FolderId, RequestId
from atelier.model.journal import Verb
from atelier.model.people import Actor
from atelier.model.requests import About, Asked, Received, RequestState
from atelier.workspace.place import Workspace
from atelier.workspace.sharing import give

MAX_WAITING: Final = 20
MAX_CHARACTERS: Final = 500
ROLES: Final = (Role.READER, Role.CONTRIBUTOR)
_SHOWN: Final = 100
_RETRY_SECONDS: Final = 24 * 3600


@dataclass(frozen=True, slots=True)
class Requests:
    """The requests she may answer, oldest first (`waiting` counts all), and her own, newest
    first.
    """

    received: tuple[Received, ...]
    waiting: int
    asked: tuple[Asked, ...]


async def ask(
    ws: Workspace, actor: Actor, about: About, number: int, *, role: Role, message: str = ""
) -> None:
    """Ask for a role on a folder, or on that of a document, whether they exist or not.

    One request about one thing waits at a time: asking again changes it.
    `TooManyWaiting` beyond `MAX_WAITING`.
    """
    said = _said("message", message)
    _check_role(role)

    async def unit(tx: Transaction) -> None:
        access.act(actor)
        if await records.waiting_elsewhere(tx, actor, about, number) >= MAX_WAITING:
            raise TooManyWaiting(_RETRY_SECONDS, MAX_WAITING)
        await records.put(tx, actor, about, number, role=role, message=said, at=ws.clock())

    await ws.db.write(unit)


async def look(ws: Workspace, actor: Actor) -> Requests:
    """The requests that wait for her answer, and those she made herself."""

    async def unit(tx: Transaction) -> Requests:
        access.act(actor)
        received = await records.received(tx, actor, limit=_SHOWN)
        asked = await records.asked(tx, actor, limit=_SHOWN)
        return Requests(tuple(received), await records.count_received(tx, actor), tuple(asked))

    return await ws.db.read(unit)


async def waiting(ws: Workspace, actor: Actor) -> int:
    """How many requests wait for her answer; none while she looks as somebody else."""
    return await ws.db.read(lambda tx: records.count_received(tx, actor))


async def received(ws: Workspace, actor: Actor, request: RequestId) -> Received:
    """One request that she may answer; `NotFound` otherwise."""
    return await ws.db.read(lambda tx: _received(tx, actor, request))


async def grant(
    ws: Workspace, actor: Actor, request: RequestId, role: Role, until: date | None = None
) -> FolderId:
    """Give the one who asks a role of her own on the folder; which folder.

    The errors of `sharing.grant`; `AlreadySo` rather than to take from what she was given
    there by name; `NotFound` for a request about a folder that the actor does not share.
    """
    _check_role(role)

    async def unit(tx: Transaction) -> FolderId:
        found = await _received(tx, actor, request)
        subject = Subject(SubjectKind.PERSON, found.person_id)
        for held in await sharing.reaching(tx, actor, found.folder_id):
            if held.folder_id == found.folder_id and (held.subject.kind, held.subject.id) == (
                subject.kind,
                subject.id,
            ):
                _check_widens(held, role, until)
        at = ws.clock()
        await give(tx, actor, found.folder_id, subject, role=role, until=until, at=at)
        await records.answer(tx, actor, request, RequestState.GRANTED, at)
        return found.folder_id

    return await ws.db.write(unit)


async def refuse(ws: Workspace, actor: Actor, request: RequestId, answer: str = "") -> FolderId:
    """Answer no, perhaps with a word; the folder, whose journal keeps it."""
    said = _said("answer", answer)

    async def unit(tx: Transaction) -> FolderId:
        found = await _received(tx, actor, request)
        folder = await access.enter(tx, actor, found.folder_id, Action.SHARE)
        at = ws.clock()
        await records.answer(tx, actor, request, RequestState.REFUSED, at, answer=said)
        facts = {"subject": found.person, "role": str(found.role)}
        await journal.note(
            tx, actor, folder.id, Verb.REQUEST_REFUSED, at, hat=folder.hat, facts=facts
        )
        return folder.id

    return await ws.db.write(unit)


async def withdraw(ws: Workspace, actor: Actor, request: RequestId) -> None:
    """Take back a request of one's own that still waits."""

    async def unit(tx: Transaction) -> None:
        access.act(actor)
        if not await records.withdraw(tx, actor, request):
            raise NotFound("request")

    await ws.db.write(unit)


async def _received(tx: Transaction, actor: Actor, request: RequestId) -> Received:
    access.act(actor)
    found = await records.received(tx, actor, limit=1, request=request)
    if not found:
        raise NotFound("request")
    return found[0]


def _check_widens(held: Grant, role: Role, until: date | None) -> None:
    """Refuse to replace what she holds by less: a grant of a person is one, and changes whole."""
    had, given = access.ROLES[held.role].actions, access.ROLES[role].actions
    lasts = held.until is None or (until is not None and until <= held.until)
    if given < had or (given == had and lasts):
        raise AlreadySo("held")


def _check_role(role: Role) -> None:
    if role not in ROLES:
        raise Invalid("role", "unknown", role)


def _said(field: str, text: str) -> str:
    said = text.strip()
    if len(said) > MAX_CHARACTERS:
        raise Invalid(field, "too_long", said[:40])
    return said
