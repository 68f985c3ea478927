"""A story of one network: the product and the oracle, side by side, and how they are compared.

What is done in it stands in `test_access_stateful`; here is what holds after each act. A
refusal leaves every table as it was; and everybody reads, and finds, exactly what the
oracle says.
"""

from __future__ import annotations

import asyncio
import random
import sqlite3
from collections.abc import Awaitable, Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from hypothesis.stateful import RuleBasedStateMachine, invariant

from atelier import access
from atelier.database import documents as document_records
from atelier.database import folders as folder_records
from atelier.database import quotas
from atelier.database.engine import Transaction
from atelier.errors import Forbidden, NotFound, Refusal
from atelier.model.folders import Action, Role, Subject, SubjectKind
from atelier.model.ids import DocumentId, FolderId, OrganisationId, PersonId
from atelier.model.people import Actor
from atelier.model.search import Asked
from atelier.workspace import accounts, folders, search, upkeep
from tests import oracle_changes as changes
from tests.builders import BEGINNING, World
from tests.oracle import Asker, Grant, Network, Place
from tests.snapshots import Snapshot, dump

NEVER: Final = 10**12
MARIE, AWA, BO, CY, DI = range(1, 6)
PEOPLE: Final = (MARIE, AWA, BO, CY, DI)
SOMEBODY: Final = 0  # who may, if there is anybody


@dataclass
class Paper:
    """A document: its folder, the words by which it is found, whether it is in the trash."""

    folder: int
    name_word: str
    text_word: str
    removed: bool = False


@dataclass(frozen=True)
class Done:
    """What an act gave that was not refused."""

    result: Any


def word(number: int) -> str:
    """A word far from every other: a search is lenient with a letter or two."""
    return "".join(random.Random(number).choices("bdfgklmprtvz", k=14))


class Story(RuleBasedStateMachine):
    """One network and the oracle's, changed side by side."""

    def __init__(self, runner: asyncio.Runner, world: World, beginning: Snapshot) -> None:
        super().__init__()
        self.run, self.world = runner.run, world
        beginning.restore()
        world.clock.now = BEGINNING
        self.run(world.ws.index.reset())
        self.run(world.settle())
        self.eye = sqlite3.connect(beginning.database)
        self.net, self.papers = known(self.eye)
        self.words, self.turn, self.is_settled = len(self.papers) * 2, 0, True
        self.lost_words: list[str] = []
        self.folders_ever = {*self.net.parents}

    def teardown(self) -> None:
        """Bytes, links and rows are as sound as they were."""
        verified = self.run(upkeep.verify(self.world.ws))
        assert self.run(self.world.ws.db.read(quotas.recount)) == []
        self.eye.close()
        assert verified.is_clean

    # How an act is done.

    def do(
        self, asker: Asker, act: Awaitable[Any], *needs: tuple[str, int], only: bool = False
    ) -> Done | None:
        """Done: she had every right that was needed. Refused: nothing changed.

        `only`: no lack of another right can be the reason that she is refused for.
        """
        before = dump(self.eye)
        try:
            done = Done(self.run(_awaited(act)))
        except Refusal as refusal:
            assert dump(self.eye) == before, refusal
            if only and isinstance(refusal, NotFound):
                assert not all(self.net.may(asker, "read", folder) for _, folder in needs)
            if only and isinstance(refusal, Forbidden):
                assert not all(self.net.may(asker, *need) for need in needs)
            return None
        for need in needs:
            assert self.net.may(asker, *need), (asker, need)
        self.is_settled = False
        return done

    def actor(self, asker: Asker) -> Actor:
        """The one who asks, as a door makes her."""
        is_steward = asker.person in self.net.stewards
        seeing = asker.seeing and Subject(SubjectKind(asker.seeing[0]), asker.seeing[1])
        return Actor(
            person_id=PersonId(asker.person),
            name="",
            is_steward=is_steward,
            may_open_top=is_steward or asker.person == AWA,
            main_organisation=None,
            acting_as=None if asker.acting_as is None else OrganisationId(asker.acting_as),
            today=self.net.today,
            seeing=seeing,
        )

    def asker(self, who: int, action: str, folder: int, hat: int | None = None) -> Asker:
        """The one of this number; or somebody who may do this there, when there is anybody."""
        able = [one for one in PEOPLE if self.net.may(Asker(one), action, folder)]
        if who == SOMEBODY and able:
            return Asker(able[self.turn % len(able)])
        return Asker(who or MARIE, hat)

    def stewarding(self, who: int) -> Asker:
        """The one of this number, or a steward."""
        return Asker(who or min(self.net.stewards - self.net.disabled))

    def a_folder(self, pick: int, among: Collection[int] = ()) -> FolderId:
        """Mostly one of these; else any that stands, or stood, or (the last) never was."""
        some = sorted(among) if pick % 4 else []
        some = some or [*sorted(self.folders_ever), NEVER]
        return FolderId(some[pick % len(some)])

    def maybe_a_folder(self, pick: int | None) -> FolderId | None:
        """None is the top, or no place of one's own choice."""
        return None if pick is None else self.a_folder(pick)

    def a_paper(self, pick: int, *, removed: bool = False) -> DocumentId:
        """Mostly one that is in the trash, or is not; or any other; or one that never was."""
        some = [one for one, paper in self.papers.items() if paper.removed == removed]
        ever = some if some and pick % 4 else [*self.papers, NEVER]
        return DocumentId(ever[pick % len(ever)])

    def folder_of(self, document: int) -> int:
        """Where a document stands; `NEVER` when it does not."""
        paper = self.papers.get(document)
        return NEVER if paper is None or paper.removed else paper.folder

    def day(self, step: int | None) -> date | None:
        """Today, or so many days on."""
        return None if step is None else self.net.today + timedelta(days=step)

    def new_word(self) -> str:
        """One that was never used."""
        self.words += 1
        return word(self.words)

    def answers_for(self, folder: int) -> FolderId | None:
        """The folder in whose trash it lies; None for one that answers for itself."""
        above = self.net.parents.get(folder, NEVER)
        return None if above is None or folder in self.net.closed else FolderId(above)

    def restorer(self, who: int, folder: int) -> Asker:
        """The one of this number, or somebody who may bring it back."""
        if who == SOMEBODY and self.answers_for(folder) is None:
            able = [one for one in PEOPLE if self.coordinates_itself(Asker(one), folder)]
            return Asker(able[self.turn % len(able)] if able else MARIE)
        return self.asker(who, "restore", self.answers_for(folder) or NEVER)

    def coordinates_itself(self, asker: Asker, folder: int) -> bool:
        """Whether a grant on the folder itself lets her bring it back."""
        return folder in self.net.scope(self.net.hats(asker.person, asker.acting_as), "restore")

    def end_folder(self, folder: int) -> None:
        """It and its documents are no more."""
        ended = changes.purge_folder(self.net, folder)
        for document in [one for one, paper in self.papers.items() if paper.folder in ended]:
            self.forget(document)

    def forget(self, document: int) -> None:
        """Nobody ever finds its words again."""
        paper = self.papers.pop(document)
        self.lost_words += [paper.name_word, paper.text_word]

    def shares_until(self, asker: Asker, folder: int) -> set[date | None]:
        """The last days of her rights to share."""
        hats = self.net.hats(asker.person, asker.acting_as)
        return {
            one.until for one in self.net.valid()
            if one.subject in hats and one.role == "coordinator"
            and one.folder in self.net.reach(folder)
        }  # fmt: skip

    # What holds after every step.

    @invariant()
    def everybody_reads_what_the_oracle_says(self) -> None:
        """Folders and documents of everyone, herself or as one organisation, or as she looks."""
        self.turn += 1
        reach = self.eye.execute("SELECT folder_id, ancestor_id FROM reach").fetchall()
        assert set(reach) == {
            (folder, above) for folder in self.net.parents for above in self.net.reach(folder)
        }
        seen = [("organisation", self.turn % 3 + 1), ("person", self.turn % 5 + 1)]
        some = Asker(PEOPLE[self.turn % 5], self.turn % 3 + 1, seen[self.turn % 2])
        askers = [*map(Asker, PEOPLE), Asker(some.person, some.acting_as), some]
        self.run(self.world.ws.db.read(lambda tx: self.check(tx, askers)))

    async def check(self, tx: Transaction, askers: list[Asker]) -> None:
        """Lists of folders and documents, roles, entry points, and orphaned folders."""
        for asker in askers:
            actor, readable = self.actor(asker), self.net.readable(asker)
            assert await access.readable_folders(tx, actor) == readable, asker
            if asker.seeing is None:
                hats = self.net.hats(asker.person, asker.acting_as)
                for action in (Action.REVISE, Action.SHARE):
                    assert await access.scope(tx, actor, action) == self.net.scope(hats, action)
            entries = await folder_records.entries(tx, actor)
            assert {one.id for one in entries} == self.net.entries(asker)
            papers = {number for number in self.papers if self.folder_of(number) in readable}
            ids = tuple(self.papers)
            assert set(await document_records.readable(tx, actor, ids)) == papers
            latest = await document_records.latest(tx, actor, len(ids) + 1)
            assert {row.id for row, _ in latest} == papers
        steward = Asker(min(self.net.stewards - self.net.disabled))
        assert set(await access.orphaned(tx, self.actor(steward))) == self.net.orphaned()

    @invariant()
    def a_folder_shows_what_stands_in_it(self) -> None:
        """To one who reads it; to another it is as if it never was."""
        asker = Asker(PEOPLE[self.turn % 5])
        folder = self.a_folder(self.turn // 5)
        assert folder is not None
        try:
            listing = self.run(folders.look(self.world.ws, self.actor(asker), folder))
        except NotFound as refusal:
            assert not self.net.may(asker, "read", folder)
            assert refusal.kind == "folder"
            return
        assert self.net.may(asker, "read", folder)
        here = {number for number in self.papers if self.folder_of(number) == folder}
        assert {one.id for one in listing.documents} == here
        readable = self.net.readable(asker)
        within = {one for one, above in self.net.parents.items() if above == folder}
        assert {one.id for one in listing.folders} == within & readable

    @invariant()
    def a_word_is_found_by_readers_only(self) -> None:
        """Also while the index does not follow; and by all of them once it has followed."""
        asker = Asker(PEOPLE[self.turn % 5])
        if self.papers:
            number = [*self.papers][self.turn // 5 % len(self.papers)]
            paper = self.papers[number]
            sought = paper.name_word if self.turn % 2 else paper.text_word
            found = self.found(asker, sought)
            if not self.net.may(asker, "read", self.folder_of(number)):
                assert found == [], (asker, number)
            else:
                assert found == [number] or (found == [] and not self.is_settled)
        if self.lost_words:
            assert self.found(asker, self.lost_words[self.turn % len(self.lost_words)]) == []

    def found(self, asker: Asker, sought: str) -> list[int]:
        """The documents that a search shows, and counts."""
        results = self.run(search.find(self.world.ws, self.actor(asker), Asked(sought)))
        assert results.total == len(results.hits)
        return [hit.document_id for hit in results.hits]


async def _awaited(act: Awaitable[Any]) -> Any:
    return await act


def known(eye: sqlite3.Connection) -> tuple[Network, dict[int, Paper]]:
    """The network in which every story begins, as the oracle sees it."""
    net = Network(today=date(2026, 3, 12), stewards={MARIE}, organisations={1, 2, 3})
    net.places = {person: [] for person in PEOPLE}
    for membership, person, organisation, represents in eye.execute(
        "SELECT id, person_id, organisation_id, is_representative FROM memberships"
    ):
        net.places[person].append(Place(membership, organisation, represents=bool(represents)))
    net.seats = {group: {} for (group,) in eye.execute("SELECT id FROM groups")}
    for group, membership in eye.execute("SELECT group_id, membership_id FROM group_members"):
        net.seats[group][membership] = False
    for folder, parent, is_closed in eye.execute("SELECT id, parent_id, is_closed FROM folders"):
        net.parents[folder] = parent
        if is_closed:
            net.closed.add(folder)
    for folder, kind, number, role in eye.execute(
        "SELECT folder_id, subject_kind, subject_id, role FROM grants"
    ):
        net.grants.append(Grant(folder, (kind, number), role, None))
    papers = {
        document: Paper(folder, name.removesuffix(".txt"), word(2 * document))
        for document, folder, name in eye.execute("SELECT id, folder_id, name FROM documents")
    }
    return net, papers


async def begin(world: World) -> None:
    """Five people of three organisations, a small tree, and a document in each folder."""
    mairie = await world.organisation("Mairie")
    hospital = await world.organisation("Hôpital")
    await world.organisation("Cabinet")
    awa = await world.person("Awa", of="Mairie")
    bo = await world.person("Bo", of=["Mairie", "Hôpital"])
    await world.person("Cy", of="Hôpital")
    di = await world.person("Di")
    await accounts.allow_top_folders(world.ws, world.steward, awa.person_id)
    group = await world.group("Urgences", "bo@example.org=Hôpital", "cy@example.org")
    await world.group("Vide")
    shared, below, closed, own = (
        await world.folder("R"), await world.folder("R/A"),
        await world.folder("R/B", closed=True), await world.folder("T", by=awa),
    )  # fmt: skip
    deeper = await world.folder("R/A/C")
    await world.grant(shared, mairie, Role.CONTRIBUTOR)
    await world.grant(below, group, Role.COORDINATOR)
    await world.grant(shared, hospital)
    await world.grant(closed, hospital)
    await world.grant(own, bo, Role.COORDINATOR, by=awa)
    await world.grant(deeper, di)
    for number, folder in enumerate((shared, below, closed, own, deeper), start=1):
        content = f"On y lit {word(2 * number)}.".encode()
        by = awa if folder == own else world.steward
        given = await world.deposit(by, folder, f"{word(2 * number - 1)}.txt", content)
        assert given.document_id == number
    await world.settle()
