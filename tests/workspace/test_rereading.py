"""Reading again: behind what people bring, and no page goes blank meanwhile."""

from __future__ import annotations

import pytest

from atelier.blobs.derived import DerivedTexts
from atelier.errors import Forbidden, NotFound
from atelier.extract.contract import READER_VERSION
from atelier.files import Disk
from atelier.model.folders import Role
from atelier.model.ids import DocumentId
from atelier.model.jobs import Rank
from atelier.model.search import Asked
from atelier.worker import runner
from atelier.workspace import documents, following, rereading, search, trash, unread, upkeep
from tests.builders import World, in_network
from tests.samples import pdf
from tests.workspace.test_trash import hits, people


async def queue(world: World) -> list[tuple[int, int]]:
    """The versions that wait to be read, with their ranks, as they will be claimed."""
    rows = await world.ws.db.read(
        lambda tx: tx.rows(
            "SELECT subject, rank FROM jobs WHERE kind = 'read_version' AND state = 'waiting'"
            " ORDER BY rank, run_after, id"
        )
    )
    return [(subject, rank) for subject, rank in rows]


@in_network
async def test_only_what_an_older_reader_read_is_queued_in_the_background(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = await world.folder("Commun")
    done = await world.deposit(world.steward, folder, "a.txt", b"un")
    await world.revise(world.steward, done.document_id, b"deux")
    await world.deposit(world.steward, folder, "b.txt", b"trois")
    gone = await world.deposit(world.steward, folder, "c.txt", b"quatre")
    await world.settle()
    await trash.remove_document(world.ws, world.steward, gone.document_id)
    await world.deposit(world.steward, folder, "d.txt", b"cinq")
    assert await rereading.reread(world.ws) == 0
    monkeypatch.setattr(rereading, "READER_VERSION", READER_VERSION + 1)
    newer = {"newer": READER_VERSION + 1}
    await world.change("UPDATE versions SET reader_version = :newer WHERE id = 3", **newer)
    assert await rereading.reread(world.ws) == 1
    assert await queue(world) == [(5, Rank.PEOPLE), (2, Rank.BACKGROUND)]
    assert await rereading.reread(world.ws, all_of_them=True) == 2
    assert await queue(world) == [(5, 0), (2, 2), (3, 2)]
    assert await rereading.reread(world.ws, all_of_them=True, every_version=True) == 3
    assert await queue(world) == [(5, 0), (2, 2), (3, 2), (1, 2)]


@in_network
async def test_what_people_bring_is_read_before_what_waits_in_the_background(
    world: World,
) -> None:
    folder = await world.folder("Commun")
    await world.deposit(world.steward, folder, "a.txt", b"un")
    await world.settle()
    await rereading.reread(world.ws, all_of_them=True)
    await world.deposit(world.steward, folder, "b.txt", b"deux")
    assert await runner.do_next(world.ws)
    assert await queue(world) == [(1, Rank.BACKGROUND)]
    assert await upkeep.is_quiet(world.ws, rank=Rank.PEOPLE) is False  # the index is to follow
    while await following.follow(world.ws):
        pass
    assert await upkeep.is_quiet(world.ws) is False
    await unread.read_again(world.ws, world.steward, DocumentId(1), 1)
    assert await queue(world) == [(1, Rank.LONG)]  # she asked for it: it is not queued twice
    await rereading.reread(world.ws, all_of_them=True)
    assert await queue(world) == [(1, Rank.LONG), (2, Rank.BACKGROUND)]


@in_network
async def test_after_an_upgrade_nothing_goes_blank_until_the_new_reader_has_read(
    world: World,
) -> None:
    folder = await world.folder("Commun")
    done = await world.deposit(world.steward, folder, "a.pdf", pdf(["du kiwano", "un litchi"]))
    await world.settle()
    newer = DerivedTexts(world.data / "derived", Disk(), reader_version=READER_VERSION + 1)
    object.__setattr__(world.ws, "texts", newer)
    look = await documents.look(world.ws, world.steward, done.document_id, page=2)
    assert look.page is not None and look.page.text.strip() == "un litchi"
    found = await search.find(world.ws, world.steward, Asked("litchi"))
    assert [page.page for hit in found.hits for page in hit.pages] == [2]
    await documents.rename(world.ws, world.steward, done.document_id, "b.pdf")
    await world.settle()  # the follower looks at it again, and finds its text
    assert await hits(world, world.steward, "kiwano") == ["b.pdf"]
    assert await queue(world) == []
    await rereading.reread(world.ws, all_of_them=True)
    await world.settle()
    [kept] = {path.suffix for path in (world.data / "derived").glob("*/*.[0-9]*")}
    assert kept == f".{READER_VERSION + 1}"


@in_network
async def test_the_process_that_serves_queues_by_itself_what_an_older_reader_read(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = await world.folder("Commun")
    await world.deposit(world.steward, folder, "a.txt", b"un")
    await world.settle()
    await runner.reread_outdated(world.ws)
    assert await queue(world) == []
    monkeypatch.setattr(rereading, "READER_VERSION", READER_VERSION + 1)
    await runner.reread_outdated(world.ws)
    assert await queue(world) == [(1, Rank.BACKGROUND)]


@in_network
async def test_a_coordinator_has_a_version_read_again_and_nobody_else(world: World) -> None:
    folder = await world.folder("Commun")
    who = await people(world, folder)
    done = await world.deposit(who["coa"], folder, "a.txt", b"un")
    await world.settle()
    for name, error in (("rea", Forbidden), ("coa", Forbidden), ("stranger", NotFound)):
        with pytest.raises(error):
            await unread.read_again(world.ws, who[name], done.document_id, 1)
        with pytest.raises(error):
            await unread.read_all_again(world.ws, who[name], folder)
    with pytest.raises(NotFound):
        await unread.read_again(world.ws, who["ora"], done.document_id, 2)
    assert await queue(world) == []
    await unread.read_again(world.ws, who["ora"], done.document_id, 1)
    assert await queue(world) == [(1, Rank.LONG)]
    await trash.remove_document(world.ws, who["coa"], done.document_id)
    with pytest.raises(NotFound):
        await unread.read_again(world.ws, who["ora"], done.document_id, 1)


@in_network
async def test_what_could_not_be_read_is_listed_with_what_stands_below_as_far_as_she_reads(
    world: World,
) -> None:
    top, below = await world.folder("Commun"), await world.folder("Commun/Équipe")
    secret = await world.folder("Commun/Fermé", closed=True)
    other = await world.folder("Autre")
    awa, ora = await world.person("Awa"), await world.person("Ora")
    await world.grant(top, awa)
    await world.grant(top, ora, Role.COORDINATOR)
    for place, name in ((top, "a.pdf"), (below, "b.pdf"), (secret, "c.pdf"), (other, "d.pdf")):
        world.clock.forward(minutes=1)
        await world.deposit(world.steward, place, name, b"%PDF-1.7 broken")
    healed = await world.deposit(world.steward, top, "e.pdf", b"%PDF-1.7 broken")
    await world.revise(world.steward, healed.document_id, b"lisible")
    await world.deposit(world.steward, top, "f.txt", b"lisible")
    await world.settle()
    await world.deposit(world.steward, top, "g.pdf", b"%PDF-1.7 waits")

    async def listed(actor: object, folder: object) -> list[str]:
        found = await unread.look(world.ws, actor, folder)  # type: ignore[arg-type]
        assert found.total == len(found.rows)
        return [row.name for row in found.rows]

    assert await listed(world.steward, top) == ["c.pdf", "b.pdf", "a.pdf"]
    assert await listed(awa, top) == ["b.pdf", "a.pdf"]
    assert await listed(awa, below) == ["b.pdf"]
    for place in (secret, other):
        with pytest.raises(NotFound):
            await unread.look(world.ws, awa, place)
    (first, *_) = (await unread.look(world.ws, awa, below)).rows
    assert (first.folder, first.state, first.reason, first.is_asked) == (
        "Équipe", "damaged", "pdf", False,
    )  # fmt: skip
    assert await unread.read_all_again(world.ws, ora, top) == 2
    asked = [row.is_asked for row in (await unread.look(world.ws, world.steward, top)).rows]
    assert asked == [False, True, True]
    waiting = await queue(world)
    assert [rank for _, rank in waiting] == [Rank.PEOPLE, Rank.BACKGROUND, Rank.BACKGROUND]
    assert await unread.read_all_again(world.ws, ora, top) == 2
    assert await queue(world) == waiting


@in_network
async def test_a_long_list_of_the_unread_has_pages(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unread, "PAGE_ROWS", 2)
    monkeypatch.setattr(unread, "_QUEUED_AT_ONCE", 2)
    folder = await world.folder("Commun")
    for number in range(3):
        world.clock.forward(minutes=1)
        await world.deposit(world.steward, folder, f"{number}.pdf", b"%PDF-1.7 broken")
    await world.settle()
    for page, names in ((1, ["2.pdf", "1.pdf"]), (2, ["0.pdf"]), (9, ["0.pdf"])):
        found = await unread.look(world.ws, world.steward, folder, page=page)
        assert ([row.name for row in found.rows], found.total, found.pages) == (names, 3, 2)
    assert await unread.read_all_again(world.ws, world.steward, folder) == 3
