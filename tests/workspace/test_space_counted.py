"""Whatever is done in whatever order, the counters of space are the sums of what they count."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from atelier.database import quotas
from atelier.errors import Refusal
from atelier.model.folders import Role
from atelier.model.ids import DocumentId, FolderId, OrganisationId
from atelier.model.people import Actor
from atelier.workspace import documents, folders, organisations, trash
from tests.builders import World, network
from tests.counts import times

Story = tuple[str, int, int]


@dataclass
class Played:
    """A network of two people of three organisations, its folders and its documents."""

    world: World
    people: list[Actor]
    organisations: list[OrganisationId]
    folders: list[FolderId]
    documents: list[DocumentId] = field(default_factory=list)
    removed: dict[DocumentId, FolderId] = field(default_factory=dict)
    gone: list[FolderId] = field(default_factory=list)

    def folder(self, number: int) -> FolderId:
        """One of its folders."""
        return self.folders[number % len(self.folders)]

    def document(self, number: int) -> DocumentId:
        """One of its documents, or none that ever was."""
        return self.documents[number % len(self.documents)] if self.documents else DocumentId(99)

    def lying(self, number: int) -> tuple[FolderId, DocumentId]:
        """One of its removed documents with where it lies."""
        document = list(self.removed)[number % len(self.removed)] if self.removed else 99
        return self.removed.get(DocumentId(document), FolderId(1)), DocumentId(document)


async def deposit(on: Played, one: int, two: int) -> None:
    """A document, or a further version under its name."""
    done = await on.world.deposit(on.people[one % 3], on.folder(two), f"{one % 4}", b"x" * two)
    if done.is_new_document:
        on.documents.append(done.document_id)


async def revise(on: Played, one: int, two: int) -> None:
    """A further version."""
    await on.world.revise(on.people[two % 3], on.document(one), b"y" * two)


async def restore_version(on: Played, one: int, two: int) -> None:
    """The first version once more."""
    document = on.document(one)
    await documents.restore(on.world.ws, on.people[two % 3], document, 1, expected=2)


async def move(on: Played, one: int, two: int) -> None:
    """A document elsewhere."""
    await documents.move(on.world.ws, on.world.steward, on.document(one), on.folder(two))


async def move_folder(on: Played, one: int, two: int) -> None:
    """A folder elsewhere."""
    await folders.move(on.world.ws, on.world.steward, on.folder(one), on.folder(two))


async def remove(on: Played, one: int, two: int) -> None:
    """A document into the trash."""
    document = on.document(one)
    on.removed[document] = await trash.remove_document(on.world.ws, on.world.steward, document)


async def restore(on: Played, one: int, two: int) -> None:
    """A document out of the trash, elsewhere."""
    folder, document = on.lying(one)
    to = on.folder(two)
    ws, who = on.world.ws, on.world.steward
    await trash.restore_document(ws, who, folder, document, name=f"r{one}", to=to)
    on.removed.pop(document)


async def purge(on: Played, one: int, two: int) -> None:
    """A removed document for good."""
    folder, document = on.lying(one)
    await trash.purge_document(on.world.ws, on.world.steward, folder, document)
    on.removed.pop(document)


async def purge_folder(on: Played, one: int, two: int) -> None:
    """A folder for good, with all that inherits from it."""
    folder, ws, who = on.folder(one), on.world.ws, on.world.steward
    above = await trash.remove_folder(ws, who, folder)
    if two % 2:
        await trash.purge_folder(ws, who, above, folder)
    else:
        await trash.restore_folder(ws, who, above, folder)


async def merge(on: Played, one: int, two: int) -> None:
    """An organisation into another."""
    merged, into = on.organisations[one % 3], on.organisations[two % 3]
    await organisations.merge(on.world.ws, on.world.steward, merged, into)


ACTS: dict[str, Callable[[Played, int, int], Awaitable[None]]] = {
    act.__name__: act
    for act in (
        deposit,
        revise,
        restore_version,
        move,
        move_folder,
        remove,
        restore,
        purge,
        purge_folder,
        merge,
    )
}
# Deposits are the most, and a merger leaves little to merge: they are drawn accordingly.
_DRAWN = ["deposit", "deposit", "revise", "deposit", *ACTS]
stories = st.lists(
    st.tuples(st.sampled_from(_DRAWN), st.integers(0, 40), st.integers(0, 40)),
    min_size=5,
    max_size=40,
)


async def begin(world: World) -> Played:
    """Three folders, one in the other, and one closed below; everybody contributes."""
    people = [world.steward]
    for name, organisation in (("Awa", "A"), ("Bo", "B"), ("Cy", "C")):
        people.append(await world.person(name, of=organisation))
    paths = ("1", "1/2", "3")
    made = [await world.folder(path) for path in paths]
    made.append(await world.folder("1/2/4", closed=True))
    for folder in made:
        await world.grant(folder, None, Role.CONTRIBUTOR)
    known = await world.values("SELECT id FROM organisations ORDER BY id")
    numbers = [OrganisationId(int(str(number))) for number in known]
    return Played(world, people[1:], numbers, made)


async def play(folder: Path, story: list[Story]) -> set[str]:
    """Do what can be done of it, and compare after each act; the acts that were done."""
    done = set()
    async with network(folder) as world:
        on = await begin(world)
        for act, one, two in story:
            try:
                await ACTS[act](on, one, two)
                done.add(act)
            except Refusal:
                pass
            assert await world.ws.db.read(quotas.recount) == [], (act, one, two)
            total = "SELECT COALESCE(SUM(bytes), 0) FROM used_space WHERE kind = 'folder'"
            sizes = "SELECT COALESCE(SUM(size_bytes), 0) FROM versions"
            assert await world.values(total) == await world.values(sizes)
    return done


@given(stories)
@settings(max_examples=times(12, 400))
def test_counters_are_the_sums_after_any_acts(story: list[Story]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(play(Path(folder), story))


def test_each_of_these_acts_can_be_done(tmp_path: Path) -> None:
    story = [
        ("deposit", 0, 9),
        ("deposit", 1, 5),
        ("revise", 0, 7),
        ("restore_version", 0, 0),
        ("move", 0, 2),
        ("move_folder", 1, 2),
        ("remove", 0, 0),
        ("restore", 0, 3),
        ("remove", 1, 0),
        ("purge", 0, 0),
        ("merge", 0, 1),
        ("merge", 1, 2),
        ("deposit", 1, 8),
        ("purge_folder", 0, 1),
    ]
    assert asyncio.run(play(tmp_path, story)) == set(ACTS)
