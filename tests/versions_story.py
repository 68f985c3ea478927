"""One network, and beside it what somebody would have written down who watched.

Which document has which versions, where it stands, who is editing it, what was set aside. The
acts are in `test_versions_stateful`.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import sqlite3
from collections.abc import Awaitable
from dataclasses import dataclass, field
from typing import Any, Final

from hypothesis.stateful import RuleBasedStateMachine, invariant

from atelier.errors import Locked, NotFound, Refusal, VersionClash
from atelier.model.documents import Deposited
from atelier.model.folders import Role
from atelier.model.ids import AsideId, DocumentId, FolderId, OrganisationId
from atelier.model.people import Actor
from atelier.workspace import aside, documents, upkeep
from tests.builders import BEGINNING, World
from tests.snapshots import Snapshot, dump

MARIE, AWA, EVE, BO, CY = "marie", "awa", "eve", "bo", "cy"
READ: Final = {"common": {MARIE, AWA, EVE, BO}, "other": {MARIE, AWA}, "closed": {MARIE}}
WRITE: Final = {"common": {MARIE, AWA, EVE}, "other": {MARIE, AWA}, "closed": {MARIE}}
CONTENTS: Final = tuple(f"contenu {number} ".encode() * 50 * number for number in range(6))


@dataclass
class Paper:
    """A document as it was written down: its versions' bytes and labels, the first first."""

    home: str  # the folder whose readers read it
    folder: FolderId
    name: str
    versions: list[bytes]
    labels: dict[int, str] = field(default_factory=dict)
    removed_by: str = ""
    editing: str = ""
    until: float = 0.0


@dataclass
class Kept:
    """Bytes of hers that came second."""

    who: str
    document: DocumentId
    content: bytes
    until: float


class Story(RuleBasedStateMachine):
    """One network, and what was written down of it; what is done is added by whoever tells it."""

    def __init__(self, runner: asyncio.Runner, stage: Stage) -> None:
        super().__init__()
        self.run, self.stage, self.world = runner.run, stage, stage.world
        stage.beginning.restore()
        self.world.clock.now = BEGINNING
        self.eye = sqlite3.connect(self.world.data / "atelier.sqlite3")
        self.papers: dict[DocumentId, Paper] = {}
        self.gone: list[DocumentId] = []
        self.asides: dict[AsideId, Kept] = {}
        self.merged: list[OrganisationId] = []
        self.turn, self.edited = 0, DocumentId(0)

    def teardown(self) -> None:
        """All of it once more, to everybody; and the records agree with the bytes."""
        for who in READ["common"] | {CY}:
            self.check_bytes(who)
        verified = self.run(upkeep.verify(self.world.ws, read_data=True))
        self.eye.close()
        assert verified.is_clean

    # How an act is done.

    @property
    def hour(self) -> float:
        """Hours since the beginning."""
        return (self.world.clock.now - BEGINNING).total_seconds() / 3600

    def actor(self, who: str) -> Actor:
        """Somebody, as she is now."""
        return self.run(self.world.actor(f"{who}@example.org"))

    def do(self, act: Awaitable[Any]) -> Any:
        """What it gives, or the refusal, which changed nothing but what is set aside."""
        before = self.records()
        try:
            return self.run(awaited(act))
        except Refusal as refusal:
            assert self.records() == before, refusal
            return refusal

    def records(self) -> list[Any]:
        """The records, without what is set aside."""
        return [
            [row for row in rows if table != "sqlite_sequence" or row[0] != "set_aside"]
            for table, rows in dump(self.eye) if table != "set_aside"
        ]  # fmt: skip

    def a_paper(self, pick: int, *, removed: bool = False) -> DocumentId:
        """Mostly one that stands, or lies in the trash; or any, or one that is no more.

        Often the one that somebody said she is editing.
        """
        some = [one for one, paper in self.papers.items() if bool(paper.removed_by) == removed]
        if self.edited in some and pick % 3 == 0:
            return self.edited
        ever = some if some and pick % 5 else [*self.papers, *self.gone, DocumentId(10**9)]
        return ever[pick % len(ever)]

    def may(self, who: str, rights: dict[str, set[str]], document: DocumentId) -> bool:
        """Whether it stands, and she has this right on it."""
        paper = self.papers.get(document)
        return paper is not None and not paper.removed_by and who in rights[paper.home]

    def kept_out(self, who: str, document: DocumentId) -> bool:
        """Whether somebody else is editing it."""
        paper = self.papers.get(document)
        if paper is None or self.hour >= paper.until or paper.editing in ("", who):
            return False
        return paper.editing in WRITE[paper.home]

    def came_second(self, who: str, document: DocumentId, content: bytes, error: Any) -> None:
        """Her bytes are hers for seven days, if she may read the document."""
        if isinstance(error, VersionClash | Locked) and error.aside is not None:
            until = self.hour + 7 * 24
            self.asides[AsideId(error.aside)] = Kept(who, document, content, until)

    # What was written down.

    def way(self, folder: int) -> list[Any]:
        """The folder's number, or its parent's and its own name, from the first of ours on."""
        [(parent, name)] = self.eye.execute(
            "SELECT parent_id, name FROM folders WHERE id = ?", (folder,)
        )
        return [folder] if folder in self.stage.folders.values() else [*self.way(parent), name]

    def named(self, folder: int, name: str) -> list[DocumentId]:
        """The documents that stand there under this name, in whatever case."""
        return [
            one for one, paper in self.papers.items()
            if paper.folder == folder and not paper.removed_by
            and paper.name.casefold() == name.casefold()
        ]  # fmt: skip

    def versioned(self, done: Deposited, content: bytes) -> None:
        """One version more; or the current bytes were brought once more, which adds none."""
        versions = self.papers[done.document_id].versions
        if done.is_new_version:
            assert not versions or versions[-1] != content
            versions.append(content)
        assert versions[-1] == content and done.version == len(versions)

    def is_hers(self, number: AsideId) -> bool:
        """Whether she can still get at it."""
        kept = self.asides[number]
        return self.hour < kept.until and self.may(kept.who, READ, kept.document)

    def forget(self, document: DocumentId) -> None:
        """It is no more, nor what was set aside for it."""
        del self.papers[document]
        self.gone.append(document)
        for number in [one for one, kept in self.asides.items() if kept.document == document]:
            del self.asides[number]

    # What holds after every step.

    @invariant()
    def everybody_gets_each_version_with_its_bytes(self) -> None:
        """One person after the other; all of them in the end."""
        self.turn += 1
        self.check_bytes((MARIE, AWA, EVE, BO, CY)[self.turn % 5])

    def check_bytes(self, who: str) -> None:
        """Each document is as it was written down for a reader, and is not there for others."""
        actor = self.actor(who)
        for document in (*self.papers, *self.gone):
            given = self.run(self.given(actor, document))
            if self.may(who, READ, document):
                paper = self.papers[document]
                versions = [
                    (number, hashlib.sha256(content).hexdigest(), paper.labels.get(number, ""))
                    for number, content in enumerate(paper.versions, start=1)
                ]
                assert given == (paper.name, versions), (who, document)
            else:
                assert given is None, (who, document)
        for number, kept in self.asides.items():
            content = self.run(self.set_aside(actor, kept.document, number))
            hers = kept.who == who and self.is_hers(number)
            assert content == (kept.content if hers else None), (who, number)

    async def given(
        self, actor: Actor, document: DocumentId
    ) -> tuple[str, list[tuple[int, str, str]]] | None:
        """Name, and number, SHA-256 and label of each version; None when it is not there."""
        ws = self.world.ws
        try:
            look = (await documents.look(ws, actor, document)).document
        except NotFound:
            return None
        found = []
        for version in sorted(look.versions, key=lambda one: one.number):
            content = await documents.content(ws, actor, document, version.number)
            with contextlib.closing(content.opened) as opened:
                given = await opened.read(0, opened.size_bytes)
            found.append((version.number, hashlib.sha256(given).hexdigest(), version.label))
        return look.name, found

    async def set_aside(self, actor: Actor, document: DocumentId, number: AsideId) -> bytes | None:
        """The bytes, to her whose they are."""
        try:
            content = await aside.content(self.world.ws, actor, document, number)
        except NotFound:
            return None
        with contextlib.closing(content.opened) as opened:
            return await opened.read(0, opened.size_bytes)

    @invariant()
    def counters_are_the_sums_that_they_stand_for(self) -> None:
        """Of every folder, with what lies in its trash, and of every organisation."""
        counted = {(kind, number): size for kind, number, size in self.eye.execute(
            "SELECT kind, id, bytes FROM used_space WHERE bytes <> 0"
        )}  # fmt: skip
        sums: dict[tuple[str, int], int] = {}
        for document, paper in self.papers.items():
            size = sum(map(len, paper.versions))
            key = ("folder", int(paper.folder))
            sums[key] = sums.get(key, 0) + size
            for organisation, of_hers in self.eye.execute(
                "WITH RECURSIVE home(id, at) AS (SELECT id, id FROM organisations"
                " WHERE merged_into IS NULL UNION ALL SELECT o.id, h.at FROM home h"
                " JOIN organisations o ON o.merged_into = h.id)"
                " SELECT h.at, SUM(v.size_bytes) FROM versions v"
                " JOIN home h ON h.id = v.organisation_id WHERE v.document_id = ? GROUP BY h.at",
                (document,),
            ):
                key = ("organisation", organisation)
                sums[key] = sums.get(key, 0) + of_hers
        assert counted == {key: size for key, size in sums.items() if size}


async def awaited(act: Awaitable[Any]) -> Any:
    return await act


@dataclass(frozen=True)
class Stage:
    """Where every story begins: people and folders, and no document."""

    world: World
    beginning: Snapshot
    folders: dict[str, FolderId]
    organisations: tuple[OrganisationId, ...]


async def begin(world: World) -> Stage:
    """Three folders, two contributors, a reader, and somebody who is given nothing."""
    awa = await world.person("Awa", of="Mairie")
    eve = await world.person("Eve", of="Hôpital")
    bo = await world.person("Bo", of="Cabinet")
    await world.person("Cy", of="Mairie")
    made = {
        "common": await world.folder("Commun"),
        "other": await world.folder("Autre"),
        "closed": await world.folder("Commun/Fermé", closed=True),
    }
    await world.grant(made["common"], awa, Role.CONTRIBUTOR)
    await world.grant(made["common"], eve, Role.CONTRIBUTOR)
    await world.grant(made["common"], bo)
    await world.grant(made["other"], awa, Role.CONTRIBUTOR)
    numbers = await world.values("SELECT id FROM organisations ORDER BY id")
    organisations = tuple(OrganisationId(int(str(number))) for number in numbers)
    return Stage(world, Snapshot(world.data / "atelier.sqlite3"), made, organisations)
