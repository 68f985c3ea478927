"""A network to try things in: real records, bytes, index and readers, and a clock to turn.

async with network(tmp_path) as world:
    awa = await world.person("Awa", of="CH d'Argentan")
    folder = await world.folder("Réunions/2026", by=world.steward)
    await world.deposit(world.steward, folder, "note.txt", b"bonjour")
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import functools
import inspect
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

from atelier import app, settings
from atelier.blobs import open_blobs
from atelier.blobs.derived import DerivedPictures, DerivedTexts
from atelier.database.access_log import AccessLog
from atelier.database.engine import Transaction, open_database
from atelier.database.people import installation
from atelier.errors import NotFound
from atelier.extract.contract import READER_VERSION
from atelier.extract.process import open_readers
from atelier.files import Disk, healthy
from atelier.model.documents import Deposited
from atelier.model.folders import Role, Subject, SubjectKind
from atelier.model.ids import DocumentId, FolderId, GrantId, OrganisationId, PersonId
from atelier.model.jobs import Rank
from atelier.model.people import Actor, Group, Organisation
from atelier.papers.process import PapersBeside
from atelier.post.contract import Post
from atelier.search import open_index
from atelier.worker import runner
from atelier.workspace import admin, deposits, folders, following, groups, people, sharing
from atelier.workspace.passwords import Passwords
from atelier.workspace.place import Workspace, today

STEWARD = "marie@example.org"
BEGINNING = datetime(2026, 3, 12, 9, 0, tzinfo=UTC)


class TurnedClock:
    """A clock that stands still until it is turned."""

    def __init__(self, now: datetime = BEGINNING) -> None:
        self.now = now

    def __call__(self) -> datetime:
        """The time it shows."""
        return self.now

    def forward(self, **by: float) -> None:
        """Turn it, as `timedelta` takes it: `forward(days=1)`; a negative one turns back."""
        self.now += timedelta(**by)


class Seam:
    """A fault seam that can be given another behaviour at any time."""

    def __init__(self) -> None:
        self.behaviour = healthy

    def __call__(self, operation: str, path: Path) -> None:
        """Do what the present behaviour does."""
        self.behaviour(operation, path)


class World:
    """A network under construction; everything is done through use-cases, by the steward."""

    def __init__(self, ws: Workspace, clock: TurnedClock, seam: Seam) -> None:
        self.ws = ws
        self.clock = clock
        self.seam = seam
        self.data = ws.settings.data
        self.steward: Actor

    async def organisation(self, name: str) -> Organisation:
        """A member organisation."""
        return await people.add_organisation(self.ws, self.steward, name)

    async def person(self, name: str, *, of: str | Iterable[str] = ()) -> Actor:
        """Someone at `name@example.org`, of organisations made if need be, or a guest."""
        email = f"{name.lower().replace(' ', '.')}@example.org"
        wanted = [of] if isinstance(of, str) else list(of)
        if not wanted:
            await people.add_person(self.ws, self.steward, email, name=name)
        for organisation in wanted:
            known, _ = await people.directory(self.ws, self.steward)
            if organisation not in [one.name for one in known]:
                await self.organisation(organisation)
            await people.add_person(
                self.ws, self.steward, email, name=name, organisation=organisation
            )
        return await self.actor(email)

    async def actor(self, email: str, *, acting_as: OrganisationId | None = None) -> Actor:
        """Someone as she is today, perhaps acting as one of her organisations."""
        found = await people.actor(self.ws, email)
        return dataclasses.replace(found, acting_as=acting_as)

    async def group(self, name: str, *members: str) -> Group:
        """A working group of addresses (`address=organisation` seats for a given one)."""
        return await groups.add_group(self.ws, self.steward, name, list(members))

    async def folder(self, path: str, *, by: Actor | None = None, closed: bool = False) -> FolderId:
        """The folder at `A/B`, made with what is missing above; only the last is closed."""
        maker = by or self.steward
        parent: FolderId | None = None
        *above, last = folders.steps(path)
        for number in range(len(above)):
            known = "/".join(above[: number + 1])
            try:
                parent = await folders.find(self.ws, maker, known)
            except NotFound:
                parent = await folders.make(self.ws, maker, parent, above[number])
        return await folders.make(self.ws, maker, parent, last, is_closed=closed)

    async def grant(
        self,
        folder: FolderId,
        to: Actor | Group | Organisation | None,
        role: Role = Role.READER,
        *,
        until: date | None = None,
        by: Actor | None = None,
    ) -> GrantId:
        """Give someone a role, of which no letter tells; None is the whole network."""
        without = dataclasses.replace(self.ws.settings, mail=settings.Mail())
        silent = dataclasses.replace(self.ws, settings=without)
        return await sharing.grant(silent, by or self.steward, folder, subject(to), role, until)

    async def deposit(
        self,
        by: Actor,
        folder: FolderId,
        name: str,
        content: bytes = b"Bonjour.",
        *,
        comment: str = "",
    ) -> Deposited:
        """Bring bytes in under a name."""
        incoming = await deposits.begin(self.ws, by, folder, name)
        return await deposits.receive(self.ws, by, incoming, chunks(content), comment=comment)

    async def revise(
        self, by: Actor, document: DocumentId, content: bytes, *, expected: int | None = None
    ) -> Deposited:
        """Bring a further version of a document in."""
        incoming = await deposits.begin_version(self.ws, by, document, expected=expected)
        return await deposits.receive(self.ws, by, incoming, chunks(content))

    async def settle(self) -> None:
        """Have everything read and indexed that is due, as the worker does, without its pauses."""
        while await runner.do_next(self.ws) or await following.follow(self.ws):
            pass

    async def send_letters(self) -> None:
        """Send every letter that is due, as the worker does."""
        while await runner.do_next(self.ws, rank=Rank.POST, first=Rank.POST):
            pass

    async def disable(self, person: PersonId) -> None:
        """Disable an account, as the administration will."""
        await self.change(
            "UPDATE people SET disabled_at = :at WHERE id = :id",
            id=person, at=int(self.clock().timestamp() * 1000),
        )  # fmt: skip

    async def end_membership(self, person: PersonId, *, on: date) -> None:
        """Let someone's places end after a day, as the administration will."""
        await self.change(
            "UPDATE memberships SET ends_on = :day WHERE person_id = :id",
            id=person, day=on.isoformat(),
        )  # fmt: skip

    async def change(self, sql: str, **values: object) -> None:
        """Change records for which there is no use-case yet."""

        async def unit(tx: Transaction) -> None:
            await tx.run(sql, **values)

        await self.ws.db.write(unit)

    async def values(self, sql: str, **values: object) -> list[object]:
        """The first column of what the records say."""
        rows = await self.ws.db.read(lambda tx: tx.rows(sql, **values))
        return [row[0] for row in rows]

    def today(self, *, plus: int = 0) -> date:
        """The day it is, or so many days later."""
        return today(self.ws) + timedelta(days=plus)


# Room enough, and a steward who comes in by a password.
_EASY: Final = {
    f"{settings.PREFIX}STORAGE_FREE_SPACE_FLOOR_BYTES": "0",
    f"{settings.PREFIX}SESSIONS_SECOND_FACTOR": "nobody",
}


@contextlib.asynccontextmanager
async def network(
    folder: Path,
    *,
    clock: TurnedClock | None = None,
    post: Post | None = None,
    **environ: str,
) -> AsyncIterator[World]:
    """A network founded in an empty folder, or the one that is there; open until the block ends.

    Further settings are given as in the environment: `LIMITS_MAX_DEPOSIT_BYTES="10"`.
    """
    turned, seam = clock or TurnedClock(), Seam()
    async with opened(folder, turned, seam, environ, post) as ws:
        world = World(ws, turned, seam)
        if not await admin.is_founded(ws):
            await admin.found(ws, "Atelier d'essai", STEWARD)
        world.steward = await people.actor(ws, STEWARD)
        yield world


@contextlib.asynccontextmanager
async def opened(
    folder: Path,
    clock: TurnedClock,
    seam: Seam,
    environ: dict[str, str],
    post: Post | None = None,
) -> AsyncIterator[Workspace]:
    """The engines of a data folder, without a web application."""
    given = {f"{settings.PREFIX}{name}": value for name, value in environ.items()}
    chosen = settings.load(folder, {**_EASY, **given}, folder)
    disk = Disk(seam)
    blobs = open_blobs(chosen.storage.blobs, disk, free_space_floor_bytes=0)
    await blobs.init()
    texts = DerivedTexts(chosen.data / "derived", disk, reader_version=READER_VERSION)
    pictures = DerivedPictures(chosen.data / "derived", disk)
    async with contextlib.AsyncExitStack() as closing:
        closing.push_async_callback(blobs.close)
        database = await open_database(chosen.data / "atelier.sqlite3", fault=seam)
        closing.push_async_callback(database.close)
        trail = AccessLog(database, pause=never)
        closing.push_async_callback(trail.close)
        index = open_index(chosen.storage.index, await database.read(installation), disk)
        closing.push_async_callback(index.close)
        readers = open_readers(children=1)
        closing.push_async_callback(readers.close)
        kept = (blobs, texts, pictures)
        outside = (readers, PapersBeside(), post or app.open_post(chosen))
        yield Workspace(database, trail, *kept, index, *outside, Passwords(), clock, chosen)


async def never(seconds: float) -> None:
    """A pause without end: the access log is written when a story says so, and at its end.

    On its own it would commit at some moment, and take the fault that was meant for an act.
    """
    await asyncio.Event().wait()


def subject(of: Actor | Group | Organisation | None) -> Subject:
    """Whom a grant is for; None is the whole network."""
    if of is None:
        return Subject(SubjectKind.NETWORK)
    if isinstance(of, Actor):
        return Subject(SubjectKind.PERSON, of.person_id)
    if isinstance(of, Group):
        return Subject(SubjectKind.GROUP, of.id)
    return Subject(SubjectKind.ORGANISATION, of.id)


async def chunks(content: bytes, size: int = 65_536) -> AsyncIterator[bytes]:
    """Bytes as a door gives them: in pieces."""
    for offset in range(0, len(content), size):
        yield content[offset : offset + size]


def in_network(story: Callable[..., Awaitable[None]]) -> Callable[..., None]:
    """Make a test of a story: it runs in a network of its own, as its first parameter."""

    @functools.wraps(story)
    def test(tmp_path: Path, **given: object) -> None:
        async def told() -> None:
            async with network(tmp_path) as world:
                await story(world, **given)

        asyncio.run(told())

    _, *others = inspect.signature(story).parameters.values()
    folder = inspect.Parameter("tmp_path", inspect.Parameter.POSITIONAL_OR_KEYWORD)
    test.__signature__ = inspect.Signature([folder, *others])  # type: ignore[attr-defined]
    return test
