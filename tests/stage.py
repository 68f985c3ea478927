"""A network in which every act that writes can be done, and what each kind of person sees of it.

It is made once; before each act records, drafts and texts are put back as they were.
"""

from __future__ import annotations

import contextlib
import hashlib
import shutil
import sqlite3
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from atelier.errors import Refusal
from atelier.model.folders import Role
from atelier.model.ids import DocumentId, FolderId, GrantId, MembershipId, OrganisationId
from atelier.model.people import Actor
from atelier.model.requests import About
from atelier.workspace import (
    accounts,
    documents,
    folders,
    links,
    people,
    requests,
    trash,
)
from tests.builders import BEGINNING, World
from tests.snapshots import Snapshot, dump

PASSWORD: Final = "une phrase pour les essais"
BIG: Final = b"0123456789abcdef" * 65_536
# What chance decides: the same act done twice leaves others.
RANDOM: Final = {
    "sessions": ("token_hash",),
    "sign_in_links": ("token_hash",),
    "people": ("password_hash", "user_handle"),
    "passkeys": ("credential_id", "public_key"),
    "passkey_challenges": ("challenge",),
    "authenticators": ("secret",),
    "recovery_codes": ("code_hash",),
    "sign_in_steps": ("token_hash",),
    "uploads": ("key",),
    "locks": ("token",),
    "meetings": ("uid",),
    "calendar_feeds": ("token_hash",),
    "letters": ("once",),
}

_FILES: Final = ("drafts", "derived")

Records = list[tuple[str, list[Any]]]


@dataclass
class Stage:
    """Who and what there is; `again` puts it all back."""

    world: World
    beginning: Snapshot
    eye: sqlite3.Connection
    people: dict[str, Actor]
    folders: dict[str, FolderId]
    documents: dict[str, DocumentId]
    organisations: dict[str, OrganisationId]
    grant: GrantId
    place: MembershipId
    session: str
    link: str

    @property
    def marie(self) -> Actor:
        """The steward, who coordinates every folder."""
        return self.people["marie"]

    def again(self) -> None:
        """Records, drafts and texts as they were in the beginning, and the clock."""
        self.beginning.restore()
        self.world.clock.now = BEGINNING
        for folder in _FILES:
            _replace(self.world.data / f"kept-{folder}", self.world.data / folder)

    def drafts(self) -> list[str]:
        """What stands among the drafts of which nothing is written down."""
        known = {key for (key,) in self.eye.execute("SELECT key FROM uploads")}
        names = [path.name for path in (self.world.data / "drafts").iterdir()]
        return sorted(name for name in names if name.partition(".")[0] not in known)

    def records(self, *, without_chance: bool = False) -> Records:
        """All that the records say, as the disk has it."""
        tables = dump(self.eye)
        return _without_chance(tables, self.eye) if without_chance else tables

    async def seen(self) -> list[tuple[str, str, object]]:
        """Everything that anybody can see: who, what, and how it looks or that it does not."""
        return [
            (name, what, await _told(show))
            for name, actor in self.people.items()
            for what, show in self._views(actor)
        ]

    def _views(self, actor: Actor) -> list[tuple[str, Callable[[], Awaitable[object]]]]:
        ws = self.world.ws
        views: list[tuple[str, Callable[[], Awaitable[object]]]] = [
            ("home", lambda: folders.home(ws, actor)),
            ("alone", lambda: trash.alone(ws, actor)),
        ]
        for name, folder in self.folders.items():
            views += [
                (name, lambda folder=folder: folders.look(ws, actor, folder)),
                (f"{name}, its trash", lambda folder=folder: trash.look(ws, actor, folder)),
            ]
        for name, document in self.documents.items():
            views += [
                (name, lambda document=document: documents.look(ws, actor, document)),
                (f"{name}, its bytes", lambda document=document: self._bytes(actor, document)),
            ]
        return views

    async def _bytes(self, actor: Actor, document: DocumentId) -> list[str]:
        """The SHA-256 of what each version gives; each is the one it was deposited with."""
        ws = self.world.ws
        look = await documents.look(ws, actor, document)
        hashes = []
        for version in look.document.versions:
            content = await documents.content(ws, actor, document, version.number)
            with contextlib.closing(content.opened) as opened:
                given = await opened.read(0, opened.size_bytes)
            hashes.append(hashlib.sha256(given).hexdigest())
            assert hashes[-1] == version.sha256
        return hashes


async def stage(world: World) -> Stage:
    """Four kinds of people; folders open, closed and removed; documents with versions."""
    ws, marie = world.ws, world.steward
    awa = await world.person("Awa", of="Mairie")
    bo = await world.person("Bo", of="Hôpital")
    cy = await world.person("Cy", of="Cabinet")
    await world.group("Groupe", "awa@example.org=Mairie")
    made = {
        "common": await world.folder("Commun"),
        "below": await world.folder("Commun/Équipe"),
        "closed": await world.folder("Commun/Fermé", closed=True),
        "other": await world.folder("Autre"),
        "removed": await world.folder("Commun/Ancien"),
    }
    grant = await world.grant(made["common"], awa, Role.CONTRIBUTOR)
    await world.grant(made["common"], bo)
    await world.grant(made["other"], awa, Role.CONTRIBUTOR)
    report = await world.deposit(marie, made["common"], "rapport.txt", b"un")
    await world.revise(marie, report.document_id, b"deux")
    await world.revise(marie, report.document_id, BIG)
    secret = await world.deposit(marie, made["closed"], "secret.txt", b"secret")
    removed = await world.deposit(awa, made["common"], "vieux.txt", b"vieux")
    lost = await world.deposit(marie, made["removed"], "perdu.txt", b"perdu")
    await world.settle()  # what is removed was read, so that a purge has texts to forget
    await trash.remove_document(ws, awa, removed.document_id)
    await trash.remove_folder(ws, marie, made["removed"])
    await requests.ask(ws, cy, About.FOLDER, made["common"], role=Role.READER)
    organisations, _ = await people.directory(ws, marie)
    place = await world.values("SELECT id FROM memberships WHERE person_id = :id", id=bo.person_id)
    first = await accounts.issue_link(ws, marie, awa.person_id)
    session = (await links.use_link(ws, first, PASSWORD)).token
    link = await accounts.issue_link(ws, marie, bo.person_id)
    await documents.look(ws, awa, report.document_id)
    await ws.trail.flush()
    await world.settle()
    for folder in _FILES:
        _replace(world.data / folder, world.data / f"kept-{folder}")
    return Stage(
        world=world,
        beginning=Snapshot(world.data / "atelier.sqlite3"),
        eye=sqlite3.connect(world.data / "atelier.sqlite3"),
        people={"marie": marie, "awa": awa, "bo": bo, "cy": cy},
        folders=made,
        documents={
            "report": report.document_id,
            "secret": secret.document_id,
            "removed": removed.document_id,
            "lost": lost.document_id,
        },
        organisations={one.name: one.id for one in organisations},
        grant=grant,
        place=MembershipId(int(str(place[0]))),
        session=session,
        link=link,
    )


async def _told(show: Callable[[], Awaitable[object]]) -> object:
    """What is shown, or why not."""
    try:
        return await show()
    except Refusal as refusal:
        return str(refusal)


def _replace(source: Path, target: Path) -> None:
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target)


def _without_chance(tables: Records, eye: sqlite3.Connection) -> Records:
    plain: Records = []
    for table, rows in tables:
        columns = [column[1] for column in eye.execute(f'PRAGMA table_info("{table}")')]
        hidden = {columns.index(name) for name in RANDOM.get(table, ()) if name in columns}
        plain.append(
            (
                table,
                sorted(
                    (
                        tuple(None if at in hidden else value for at, value in enumerate(row))
                        for row in rows
                    ),
                    key=repr,
                ),
            )
        )
    return plain
