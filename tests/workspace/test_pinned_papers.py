"""Papers pinned to a version: they stay what they were, for who may read them, and for nobody else.

Whatever becomes of the document, the bytes are compared with those that were laid there.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date
from typing import Final

import pytest

from atelier.errors import AlreadySo, Invalid, MeetingChanged, NotFound
from atelier.model.folders import Role, Subject, SubjectKind
from atelier.model.ids import DocumentId, FolderId, ItemId, MeetingId
from atelier.model.meetings import Paper
from atelier.model.people import Actor
from atelier.model.trash import RemovedKind
from atelier.workspace import (
    agenda,
    documents,
    folders,
    guard,
    meetings,
    papers_pinned,
    sharing,
    trash,
    upkeep,
)
from tests.agendas import items, meet, opened, seen, titles
from tests.builders import World, in_network

FIRST, SECOND, THIRD = b"premier contenu", b"deuxieme contenu", b"troisieme contenu"
NOWHERE: Final = 10**15


class Laid:
    """A meeting with one item, and a document of the folder beside it laid before it."""

    meeting: MeetingId
    item: ItemId
    document: DocumentId
    place: FolderId
    papers: FolderId
    rea: Actor

    def __init__(self, world: World) -> None:
        self.world = world

    async def open(self, who: Actor | None = None) -> bytes:
        """What she gets, by default the reader."""
        who = who or self.rea
        return await opened(self.world, who, self.meeting, self.item, self.document)

    async def paper(self, who: Actor | None = None) -> Paper:
        """The paper as she sees it."""
        found = await seen(self.world, who or self.rea, self.meeting)
        (one,) = found.items[0].papers
        return one


async def laid(world: World, *, version: int | None = None) -> Laid:
    """Rea reads the meeting and the document's folder; version 2 is the current one."""
    it = Laid(world)
    it.rea = await world.person("Rea")
    it.place = await world.folder("Comités")
    it.papers = await world.folder("Textes")
    for folder in (it.place, it.papers):
        await world.grant(folder, it.rea)
    done = await world.deposit(world.steward, it.papers, "budget.txt", FIRST)
    it.document = done.document_id
    await world.revise(world.steward, it.document, SECOND)
    it.meeting = await meet(world, it.place, "Budget", series="Comité")
    it.item = (await items(world, it.meeting))[0].id
    await papers_pinned.pin(
        world.ws, world.steward, it.meeting, it.item, it.document, version=version
    )
    return it


async def replaced(it: Laid) -> None:
    await it.world.revise(it.world.steward, it.document, THIRD)


async def renamed(it: Laid) -> None:
    await documents.rename(it.world.ws, it.world.steward, it.document, "autre.txt")


async def moved(it: Laid) -> None:
    there = await it.world.folder("Archives")
    await it.world.grant(there, it.rea)
    await documents.move(it.world.ws, it.world.steward, it.document, there)


async def removed(it: Laid) -> None:
    await trash.remove_document(it.world.ws, it.world.steward, it.document)


async def expired(it: Laid) -> None:
    await removed(it)
    it.world.clock.forward(days=4_000)
    await upkeep.empty_trash(it.world.ws)
    await upkeep.collect(it.world.ws, older_than_seconds=0)


@pytest.mark.parametrize("fate", [replaced, renamed, moved, removed, expired])
@in_network
async def test_a_pinned_version_survives(
    world: World, fate: Callable[[Laid], Awaitable[None]]
) -> None:
    it = await laid(world)
    await fate(it)
    assert await it.open() == SECOND
    paper = await it.paper()
    assert (paper.name, paper.version, paper.is_hers) == ("budget.txt", 2, True)


@in_network
async def test_a_pinned_version_survives_all_of_it_one_after_another(world: World) -> None:
    it = await laid(world, version=1)
    for fate in (replaced, renamed, moved, expired):
        await fate(it)
        assert await it.open() == FIRST
    paper = await it.paper()
    assert (paper.version, paper.newest, paper.has_newer) == (1, 3, True)
    assert (paper.name, paper.name_now, paper.is_removed) == ("budget.txt", "autre.txt", True)


@in_network
async def test_the_trash_keeps_a_pinned_document_and_ends_the_others(world: World) -> None:
    it = await laid(world)
    other = await world.deposit(world.steward, it.papers, "autre.txt", b"autre")
    await trash.remove_document(world.ws, world.steward, other.document_id)
    await removed(it)
    world.clock.forward(days=4_000)
    assert await upkeep.empty_trash(world.ws) == 1
    assert await upkeep.empty_trash(world.ws) == 0
    assert await world.values("SELECT id FROM documents") == [it.document]
    # Once no meeting has it, its time is over like that of any other.
    await papers_pinned.unpin(world.ws, world.steward, it.meeting, it.item, it.document)
    assert await upkeep.empty_trash(world.ws) == 1
    assert await world.values("SELECT id FROM documents") == []


@in_network
async def test_the_trash_keeps_a_folder_with_a_paper_of_a_meeting_that_stays(
    world: World,
) -> None:
    it = await laid(world)
    below = await world.folder("Textes/Dedans")
    await documents.move(world.ws, world.steward, it.document, below)
    await trash.remove_folder(world.ws, world.steward, it.papers)
    world.clock.forward(days=4_000)
    assert await upkeep.empty_trash(world.ws) == 0
    with pytest.raises(NotFound):
        await it.open()  # nobody has rights in a folder that is in the trash
    assert not (await it.paper()).is_hers
    await trash.restore_folder(world.ws, world.steward, None, it.papers)
    assert await it.open() == SECOND


@in_network
async def test_a_removed_dossier_ends_with_the_papers_that_stand_in_it(world: World) -> None:
    it = await laid(world)
    dossier = (await meetings.look(world.ws, world.steward, it.meeting)).folder.id
    await documents.move(world.ws, world.steward, it.document, dossier)
    assert await it.open() == SECOND
    await trash.remove_folder(world.ws, world.steward, dossier)
    with pytest.raises(NotFound):
        await it.open()
    world.clock.forward(days=4_000)
    assert await upkeep.empty_trash(world.ws) == 1
    for table in ("meetings", "agenda_items", "item_papers", "documents"):
        assert await world.values(f"SELECT COUNT(*) FROM {table}") == [0]


@in_network
async def test_a_paper_is_asked_for_anew_each_time(world: World) -> None:
    it = await laid(world)
    stella = await world.person("Stella")
    half = await world.person("Ines")
    await world.grant(it.place, half)  # she reads the meeting, not the document's folder
    other = await world.person("Otto")
    await world.grant(it.papers, other)  # and he the other way round
    assert await it.open() == SECOND
    refusals = set()
    for who in (stella, half, other):
        with pytest.raises(NotFound) as refused:
            await it.open(who)
        refusals.add(str(refused.value))
        with pytest.raises(NotFound):
            await papers_pinned.check(world.ws, who, it.meeting, it.item, it.document)
    for meeting, item, document in (
        (NOWHERE, it.item, it.document),
        (it.meeting, NOWHERE, it.document),
        (it.meeting, it.item, NOWHERE),
    ):
        with pytest.raises(NotFound) as refused:
            await opened(world, it.rea, MeetingId(meeting), ItemId(item), DocumentId(document))
        refusals.add(str(refused.value))
    assert refusals == {"NotFound(kind='paper')"}
    hidden = await it.paper(half)
    assert (hidden.name, hidden.name_now, hidden.newest, hidden.is_hers) == ("", "", 0, False)
    # Withdrawn in between, it is over.
    (grant,) = await world.values(
        "SELECT id FROM grants WHERE folder_id = :folder AND subject_kind = 'person'"
        " AND subject_id = :person",
        folder=it.papers,
        person=it.rea.person_id,
    )
    await sharing.withdraw(world.ws, world.steward, it.papers, grant)  # type: ignore[arg-type]
    with pytest.raises(NotFound):
        await it.open()
    assert not (await it.paper()).is_hers


@in_network
async def test_a_paper_of_another_meeting_is_not_opened_through_this_one(world: World) -> None:
    it = await laid(world)
    other = await meet(world, it.place, "Autre", day=date(2026, 9, 1))
    for meeting, item in ((other, it.item), (it.meeting, (await items(world, other))[0].id)):
        with pytest.raises(NotFound):
            await opened(world, it.rea, meeting, item, it.document)
    assert await it.open() == SECOND


@in_network
async def test_a_closed_or_moved_folder_takes_the_paper_from_who_loses_it(world: World) -> None:
    it = await laid(world)
    away = await world.folder("Direction")
    await documents.move(world.ws, world.steward, it.document, away)
    with pytest.raises(NotFound):
        await it.open()
    assert await it.open(world.steward) == SECOND
    await trash.remove_document(world.ws, world.steward, it.document)
    with pytest.raises(NotFound):
        await it.open()
    assert await it.open(world.steward) == SECOND


@in_network
async def test_who_looks_as_a_reader_opens_what_both_may(world: World) -> None:
    it = await laid(world)
    half = await world.person("Ines")
    await world.grant(it.place, half)
    for who, may in ((it.rea, True), (half, False)):
        looking = replace(world.steward, seeing=Subject(SubjectKind.PERSON, who.person_id))
        assert (await it.paper(looking)).is_hers == may
        if may:
            assert await it.open(looking) == SECOND
        else:
            with pytest.raises(NotFound):
                await it.open(looking)


@in_network
async def test_a_purged_document_is_told_as_ended_to_all_and_opens_for_nobody(
    world: World,
) -> None:
    it = await laid(world)
    half = await world.person("Ines")
    await world.grant(it.place, half)
    await removed(it)
    await trash.purge_document(world.ws, world.steward, it.papers, it.document)
    for who in (it.rea, half, world.steward):
        paper = await it.paper(who)
        assert (paper.is_ended, paper.is_hers, paper.name, paper.version) == (True, False, "", 2)
        with pytest.raises(NotFound):
            await it.open(who)


@in_network
async def test_who_purges_is_told_only_of_meetings_that_she_may_read(world: World) -> None:
    it = await laid(world)
    ora, ws = await world.person("Ora"), world.ws
    await world.grant(it.papers, ora, Role.COORDINATOR)
    again = await meet(world, it.place, "Encore", "Et encore", day=date(2026, 9, 1))
    for item in await items(world, again):
        await papers_pinned.pin(ws, world.steward, again, item.id, it.document)
    below = await world.folder("Textes/Dedans")
    await removed(it)
    document, folder = RemovedKind.DOCUMENT, RemovedKind.FOLDER

    async def counted(who: Actor) -> int:
        return (await trash.find(ws, who, it.papers, document, it.document)).laid

    assert (await counted(world.steward), await counted(ora)) == (2, 0)
    await world.grant(it.place, ora)
    assert await counted(ora) == 2
    await trash.restore_document(ws, ora, it.papers, it.document)
    await documents.move(ws, world.steward, it.document, below)
    await trash.remove_folder(ws, world.steward, below)
    assert (await trash.find(ws, ora, it.papers, folder, below)).laid == 2
    await trash.purge_folder(ws, ora, it.papers, below)
    assert (await it.paper()).is_ended


@in_network
async def test_a_purged_version_is_told_as_ended_and_the_others_still_open(world: World) -> None:
    it = await laid(world, version=1)
    await world.change(
        "INSERT INTO findings (version_id, kind, count, found_at)"
        " SELECT id, 'nir', 1, 0 FROM versions WHERE document_id = :document",
        document=it.document,
    )
    look = await documents.look(world.ws, world.steward, it.document)
    assert [(one.number, one.laid) for one in look.warned] == [(2, 0), (1, 1)]
    await guard.end_version(world.ws, world.steward, it.document, 1)
    paper = await it.paper()
    assert (paper.is_ended, paper.is_hers, paper.name) == (True, True, "budget.txt")
    with pytest.raises(NotFound):
        await it.open()
    await papers_pinned.pin(world.ws, world.steward, it.meeting, it.item, it.document)
    assert await it.open() == SECOND
    assert not (await it.paper()).is_ended


@in_network
async def test_a_version_takes_the_place_of_another_and_papers_keep_their_order(
    world: World,
) -> None:
    it = await laid(world, version=1)
    ws, marie = world.ws, world.steward
    other = (await world.deposit(marie, it.papers, "annexe.txt", b"annexe")).document_id
    await papers_pinned.pin(ws, marie, it.meeting, it.item, other)
    with pytest.raises(AlreadySo):
        await papers_pinned.pin(ws, marie, it.meeting, it.item, it.document, version=1)
    await renamed(it)
    await papers_pinned.pin(ws, marie, it.meeting, it.item, it.document)
    (item,) = (await seen(world, it.rea, it.meeting)).items
    assert [(one.document_id, one.version, one.name) for one in item.papers] == [
        (it.document, 2, "autre.txt"), (other, 1, "annexe.txt"),
    ]  # fmt: skip
    assert await it.open() == SECOND
    await papers_pinned.unpin(ws, marie, it.meeting, it.item, it.document)
    with pytest.raises(AlreadySo):
        await papers_pinned.unpin(ws, marie, it.meeting, it.item, it.document)
    with pytest.raises(NotFound):
        await it.open()
    assert await world.values("SELECT COUNT(*) FROM documents") == [2]


@in_network
async def test_only_what_she_reads_can_be_laid_and_who_may_open_it_is_told(world: World) -> None:
    it = await laid(world)
    ora, ws = await world.person("Ora"), world.ws
    await world.grant(it.place, ora, Role.COORDINATOR)
    refusals = []
    for document in (it.document, DocumentId(NOWHERE)):
        with pytest.raises(NotFound) as refused:
            await papers_pinned.pin(ws, ora, it.meeting, it.item, document)
        refusals.append(str(refused.value))
    assert refusals[0] == refusals[1]
    assert await papers_pinned.candidates(ws, ora, it.meeting, "budget") == []
    # A coordinator of the meeting takes away also what she may not read.
    await papers_pinned.unpin(ws, ora, it.meeting, it.item, it.document)
    await world.grant(it.papers, ora)
    with pytest.raises(NotFound):
        await papers_pinned.pin(ws, ora, it.meeting, it.item, it.document, version=3)
    paper = await papers_pinned.pin(ws, ora, it.meeting, it.item, it.document)
    assert not paper.is_for_all  # the two folders are shared apart from each other
    inside = (await world.deposit(ora, it.place, "note.txt")).document_id
    assert (await papers_pinned.pin(ws, ora, it.meeting, it.item, inside)).is_for_all
    await trash.remove_document(ws, ora, inside)
    with pytest.raises(NotFound):
        await papers_pinned.pin(ws, ora, it.meeting, it.item, inside)


@in_network
async def test_a_paper_is_laid_on_the_agenda_that_she_saw(world: World) -> None:
    it = await laid(world)
    ws, marie = world.ws, world.steward
    number = (await seen(world, marie, it.meeting)).state_number
    other = (await world.deposit(marie, it.papers, "annexe.txt")).document_id
    await papers_pinned.pin(ws, marie, it.meeting, it.item, other, expected=number)
    with pytest.raises(MeetingChanged):
        await papers_pinned.unpin(ws, marie, it.meeting, it.item, other, expected=number)
    with pytest.raises(MeetingChanged):
        await papers_pinned.pin(
            ws, marie, it.meeting, it.item, it.document, version=1, expected=number
        )
    assert len((await items(world, it.meeting))[0].papers) == 2


@in_network
async def test_an_item_has_fifty_papers_at_most(world: World) -> None:
    it = await laid(world)
    await world.change(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 49)"
        " INSERT INTO item_papers (item_id, place, document_id, version, name, sha256)"
        " SELECT :item, i + 1, 900000 + i, 1, 'x', 'x' FROM n",
        item=it.item,
    )
    other = (await world.deposit(world.steward, it.papers, "annexe.txt")).document_id
    with pytest.raises(Invalid) as refused:
        await papers_pinned.pin(world.ws, world.steward, it.meeting, it.item, other)
    assert (refused.value.field, refused.value.fault) == ("paper", "too_many_papers")
    await papers_pinned.pin(world.ws, world.steward, it.meeting, it.item, it.document, version=1)
    assert await it.open() == FIRST


@in_network
async def test_what_may_be_laid_is_near_or_called_so(world: World) -> None:
    it = await laid(world)
    ora, ws = await world.person("Ora"), world.ws
    await world.grant(it.place, ora, Role.COORDINATOR)
    dossier = (await meetings.look(ws, world.steward, it.meeting)).folder.id
    for folder, name in ((it.place, "Été 2026.txt"), (dossier, "Note d'été.txt")):
        await world.deposit(ora, folder, name)
    gone = await world.deposit(ora, it.place, "été perdu.txt")
    await trash.remove_document(ws, ora, gone.document_id)
    far = await world.folder("Loin")
    await world.deposit(world.steward, far, "Été secret.txt")

    async def offered(words: str = "") -> list[str]:
        return [one.name for one in await papers_pinned.candidates(ws, ora, it.meeting, words)]

    assert await offered() == ["Note d'été.txt", "Été 2026.txt"]
    assert await offered("ETE") == ["Note d'été.txt", "Été 2026.txt"]
    assert await offered("2026 été") == ["Été 2026.txt"]
    for nothing in ("secret", "perdu", "%", "_", "budget", "x" * 500):
        assert await offered(nothing) == []
    await world.grant(far, ora)
    assert await offered("secret") == ["Été secret.txt"]
    top = await folders.make(ws, world.steward, None, "Seul")
    alone = await meet(world, top)
    await world.change(
        "UPDATE folders SET parent_id = NULL WHERE id ="
        " (SELECT dossier_id FROM meetings WHERE id = :meeting)",
        meeting=alone,
    )
    assert await papers_pinned.candidates(ws, world.steward, alone) == []


@in_network
async def test_what_goes_on_to_the_next_meeting_takes_the_papers_still_there(
    world: World,
) -> None:
    it = await laid(world, version=1)
    ora, ws, marie = await world.person("Ora"), world.ws, world.steward
    await world.grant(it.place, ora, Role.COORDINATOR)
    inside = (await world.deposit(ora, it.place, "note.txt", b"note")).document_id
    ended = (await world.deposit(ora, it.place, "effacee.txt", b"effacee")).document_id
    for document in (inside, ended):
        await papers_pinned.pin(ws, ora, it.meeting, it.item, document)
    for document in (inside, ended):
        await trash.remove_document(ws, ora, document)
    await trash.purge_document(ws, ora, it.place, ended)
    await agenda.leave_over(ws, ora, it.meeting, it.item, is_left_over=True)
    later = await meet(world, it.place, day=date(2026, 9, 3), series="Comité")
    await agenda.carry(ws, ora, later, [it.item])
    assert await titles(world, later) == ["Budget"]
    (item,) = await items(world, later)
    # Ora reads neither the budget nor what is no more; what is in the trash goes along.
    assert [(one.document_id, one.version) for one in item.papers] == [(inside, 1)]
    assert await opened(world, it.rea, later, item.id, inside) == b"note"
    await agenda.remove(ws, marie, later, item.id)
    await agenda.carry(ws, marie, later, [it.item])
    (item,) = await items(world, later)
    assert [one.document_id for one in item.papers] == [it.document, inside]
    assert await opened(world, it.rea, later, item.id, it.document) == FIRST


@in_network
async def test_other_bytes_than_those_that_were_laid_are_never_given(world: World) -> None:
    it = await laid(world)
    await world.change("UPDATE item_papers SET sha256 = :other", other="0" * 64)
    with pytest.raises(NotFound):
        await it.open()


@in_network
async def test_opening_a_paper_is_in_the_access_log(world: World) -> None:
    it = await laid(world, version=1)
    await removed(it)
    await it.open()
    await world.ws.trail.flush()
    told = await world.values(
        "SELECT version FROM access_log WHERE person = :person AND act = 'download'",
        person=it.rea.person_id,
    )
    assert told == [1]
