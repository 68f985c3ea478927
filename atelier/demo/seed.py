"""Brings a plan into an empty workspace, through the use-cases and at the plan's own dates.

Nothing is written around the use-cases: each act is made by someone who may do it, as
it would have been on that day.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import count

from atelier.demo import papers
from atelier.demo.meeting_acts import acts_of
from atelier.demo.plan import Document, Folder, Grant, Person, Plan, Version
from atelier.demo.seeding import Seeding
from atelier.model.ids import PersonId
from atelier.model.people import Actor
from atelier.workspace import (
    admin,
    deposits,
    folders,
    glossary_lists,
    groups,
    people,
    sharing,
)
from atelier.workspace.place import Workspace

Progress = Callable[[int, int], None]

_CHUNK_BYTES = 256 * 1024


async def fill(ws: Workspace, plan: Plan, progress: Progress) -> None:
    """Found the network and bring in everything of the plan, oldest act first.

    `progress` hears how many documents of how many are in. `AlreadySo` when a network
    stands there. Reading and indexing are left to the worker.
    """
    seeding = Seeding(ws, plan)
    await _found(seeding)
    done, total = count(1), len(plan.papers)
    progress(0, total)
    for act in _acts(seeding, lambda: progress(next(done), total)):
        await act()


async def _found(seeding: Seeding) -> None:
    plan, when = seeding.plan, min(folder.made_at for folder in seeding.plan.folders)
    ws = seeding.at(when)
    who = seeding.steward
    await admin.found(ws, plan.network_name, who.email, admin_name=who.name)
    steward = await seeding.actor(when, seeding.steward.email)
    for organisation in plan.organisations:
        added = await people.add_organisation(
            ws, steward, organisation.name, kind=organisation.kind
        )
        seeding.organisations[organisation.name] = added.id
    for person in plan.people:
        seeding.people[person.email] = await _add_person(ws, steward, person)
    for group in plan.groups:
        seats = [f"{seat.email}={seat.organisation}" for seat in group.seats]
        await groups.add_group(ws, steward, group.name, seats)
    await glossary_lists.take(ws, steward, "\n".join(plan.glossary))
    await asyncio.gather(
        *(_welcome(ws, steward, one, plan.password) for one in seeding.people.values())
    )


async def _add_person(ws: Workspace, steward: Actor, person: Person) -> PersonId:
    if not person.places:
        return (await people.add_person(ws, steward, person.email, name=person.name)).id
    for place in person.places:
        added = await people.add_person(
            ws,
            steward,
            person.email,
            name=person.name,
            organisation=place.organisation,
            function=place.function,
            is_representative=place.is_representative,
        )
    return added.id


async def _welcome(ws: Workspace, steward: Actor, person: PersonId, password: str) -> None:
    """Let someone choose her password by a link, as everyone does, and leave again."""
    link = await people.issue_link(ws, steward, person)
    await people.sign_out(ws, (await people.use_link(ws, link, password)).token)


def _acts(
    seeding: Seeding, deposited: Callable[[], None]
) -> Iterator[Callable[[], Awaitable[None]]]:
    """Folders, deposits and meetings in order of time; a folder comes before what it holds."""
    dated: list[tuple[datetime, int, Callable[[], Awaitable[None]]]] = []
    for folder in seeding.plan.folders:
        dated.append((folder.made_at, 0, _Making(seeding, folder)))
    for document in seeding.plan.papers:
        for number, version in enumerate(document.versions):
            tell = deposited if number == 0 else None
            dated.append((version.deposited_at, 1, _Depositing(seeding, document, version, tell)))
    for meeting in seeding.plan.meetings:
        dated += [(when, 2, act) for when, act in acts_of(seeding, meeting)]
    return (act for _, _, act in sorted(dated, key=lambda one: one[:2]))


@dataclass(frozen=True, slots=True)
class _Making:
    """Make a folder and give its grants."""

    seeding: Seeding
    folder: Folder

    async def __call__(self) -> None:
        seeding, folder = self.seeding, self.folder
        ws = seeding.at(folder.made_at)
        parent, _, name = folder.path.rpartition("/")
        maker = folder.keeper if parent else seeding.steward.email
        coordinator = folder.coordinator and seeding.people[folder.coordinator]
        seeding.folders[folder.path] = await folders.make(
            ws,
            await seeding.actor(folder.made_at, maker),
            seeding.folders[parent] if parent else None,
            name,
            is_closed=folder.is_closed,
            coordinator=PersonId(coordinator) if coordinator else None,
        )
        keeper = await seeding.actor(folder.made_at, folder.keeper)
        for grant in seeding.plan.grants:
            if grant.folder == folder.path:
                await self._give(ws, keeper, grant)

    async def _give(self, ws: Workspace, keeper: Actor, grant: Grant) -> None:
        subject = await sharing.subject_named(ws, keeper, grant.kind, grant.subject)
        folder = self.seeding.folders[grant.folder]
        await sharing.grant(ws, keeper, folder, subject, grant.role, grant.until)


@dataclass(frozen=True, slots=True)
class _Depositing:
    """Render a version and deposit it."""

    seeding: Seeding
    document: Document
    version: Version
    tell: Callable[[], None] | None

    async def __call__(self) -> None:
        document, version = self.document, self.version
        contents = await asyncio.to_thread(papers.render, version.paper, document.name)
        ws = self.seeding.at(version.deposited_at)
        author = await self.seeding.actor(
            version.deposited_at, version.author, version.organisation
        )
        folder = self.seeding.folders[document.folder]
        incoming = await deposits.begin(ws, author, folder, document.name)
        done = await deposits.receive(
            ws, author, incoming, _chunks(contents), comment=version.comment
        )
        self.seeding.documents[document.path] = done.document_id
        if self.tell is not None:
            self.tell()


async def _chunks(contents: bytes) -> AsyncIterator[bytes]:
    for at in range(0, len(contents), _CHUNK_BYTES):
        yield contents[at : at + _CHUNK_BYTES]
