"""Taking over a folder of old meetings: what is proposed, what is done, and what is left alone."""

from __future__ import annotations

import asyncio
import dataclasses
from datetime import UTC, date, datetime

import pytest

from atelier.errors import (
    AlreadySo,
    AtelierError,
    Forbidden,
    Invalid,
    Locked,
    NotFound,
    VersionClash,
)
from atelier.model.folders import Role
from atelier.model.ids import DocumentId, FolderId, MeetingId
from atelier.model.journal import Verb
from atelier.model.meetings import MeetingState, Part
from atelier.model.past import Proposal
from atelier.model.people import Actor
from atelier.workspace import documents, folders, journal, locks, meetings, past
from atelier.workspace.past import Outcome, Taken, Taking, mark
from tests.builders import World, in_network


def confirmed(one: Proposal, **other: object) -> Taking:
    """A proposal as the page sends it back, perhaps with something changed."""
    assert one.day is not None or "day" in other
    taking = Taking(
        title=one.title,
        day=one.day or date(2019, 3, 1),
        series=one.series,
        papers=tuple(
            Taken(each.document.id, mark(each.document.name), each.document.version, each.part)
            for each in one.papers
        ),
        folder=None if one.folder is None else (one.folder[0], mark(one.folder[1])),
    )
    return dataclasses.replace(taking, **other)  # type: ignore[arg-type]


async def proposals(world: World, actor: Actor, folder: FolderId) -> list[Proposal]:
    """What the folder's page proposes."""
    return list((await past.look(world.ws, actor, folder)).meetings)


async def taken(
    world: World, actor: Actor, folder: FolderId, *takings: Taking
) -> tuple[Outcome, ...]:
    """Confirm some."""
    return await past.take(world.ws, actor, folder, takings)


async def names_in(world: World, actor: Actor, folder: FolderId) -> set[str]:
    """The documents and folders that stand there for her."""
    found = await folders.look(world.ws, actor, folder)
    return {one.name for one in found.documents} | {one.name for one in found.folders}


def told(error: AtelierError | None) -> tuple[type[object], dict[str, object]]:
    """What an error says."""
    assert error is not None
    return type(error), error.facts()


def made(outcome: Outcome) -> MeetingId:
    """The meeting of one that was done."""
    assert outcome.meeting is not None, outcome.refused
    return outcome.meeting


@in_network
async def test_files_of_a_day_move_into_a_dossier_of_their_own_once_confirmed(
    world: World,
) -> None:
    folder = await world.folder("Réunions")
    minutes = await world.deposit(world.steward, folder, "CR COPIL 2019-03-12.odt")
    await world.deposit(world.steward, folder, "ODJ COPIL 12 mars 2019.odt")
    await world.deposit(world.steward, folder, "Notes.odt")
    (one,) = await proposals(world, world.steward, folder)
    before = await names_in(world, world.steward, folder)
    assert before == {"CR COPIL 2019-03-12.odt", "ODJ COPIL 12 mars 2019.odt", "Notes.odt"}

    (outcome,) = await taken(world, world.steward, folder, confirmed(one))

    dossier = await meetings.look(world.ws, world.steward, made(outcome))
    row = dossier.meeting.row
    assert (row.title, row.state) == ("Comité de pilotage", MeetingState.HELD)
    assert row.series is not None
    assert row.series.name == "Comité de pilotage"
    assert (row.starts_at, row.has_time) == (datetime(2019, 3, 11, 23, tzinfo=UTC), False)
    assert dossier.folder.name == "2019-03-12 Comité de pilotage"
    assert [(kept.name, kept.part) for kept in dossier.meeting.kept] == [
        ("ODJ COPIL 12 mars 2019.odt", Part.AGENDA),
        ("CR COPIL 2019-03-12.odt", Part.MINUTES),
    ]
    after = await names_in(world, world.steward, folder)
    assert after == {"Notes.odt", "2019-03-12 Comité de pilotage"}
    seen = await documents.look(world.ws, world.steward, minutes.document_id)
    assert seen.folder.id == dossier.folder.id


@in_network
async def test_both_journals_tell_it(world: World) -> None:
    folder = await world.folder("Réunions")
    await world.deposit(world.steward, folder, "CR COPIL 2019-03-12.odt")
    (one,) = await proposals(world, world.steward, folder)
    (outcome,) = await taken(world, world.steward, folder, confirmed(one))
    dossier = (await meetings.look(world.ws, world.steward, made(outcome))).folder.id
    there = (await journal.of_folder(world.ws, world.steward, dossier)).lines
    assert [line.verb for line in there] == [Verb.DOCUMENT_MOVED, Verb.PAST_TAKEN]
    assert there[-1].facts == {"title": "Comité de pilotage"}
    here = (await journal.of_folder(world.ws, world.steward, folder)).lines
    assert here[0].verb is Verb.DOCUMENT_MOVED


@in_network
async def test_a_dated_folder_becomes_a_dossier_as_it_is_and_is_not_proposed_again(
    world: World,
) -> None:
    folder = await world.folder("Bureau")
    dated = await world.folder("Bureau/Réunion du bureau 4 mai 2020")
    await world.deposit(world.steward, dated, "Compte rendu.odt")
    await world.deposit(world.steward, dated, "Tableau.ods")
    (one,) = await proposals(world, world.steward, folder)
    assert one.folder == (dated, "Réunion du bureau 4 mai 2020")

    (outcome,) = await taken(world, world.steward, folder, confirmed(one))

    dossier = await meetings.look(world.ws, world.steward, made(outcome))
    assert dossier.folder.id == dated
    assert dossier.folder.name == "Réunion du bureau 4 mai 2020"
    assert [kept.name for kept in dossier.meeting.kept] == ["Compte rendu.odt"]
    assert await names_in(world, world.steward, dated) == {"Compte rendu.odt", "Tableau.ods"}
    assert await proposals(world, world.steward, folder) == []
    (again,) = await taken(world, world.steward, folder, confirmed(one))
    assert told(again.refused) == told(AlreadySo("dossier"))
    within = await past.look(world.ws, world.steward, dated)
    assert (within.is_dossier, within.meetings) == (True, ())


@in_network
async def test_a_month_alone_is_proposed_without_a_day_and_taken_with_one(world: World) -> None:
    folder = await world.folder("Réunions")
    await world.deposit(world.steward, folder, "CR COPIL mars 2019.odt")
    (one,) = await proposals(world, world.steward, folder)
    assert (one.day, one.month, one.is_sure) == (None, (2019, 3), False)
    (outcome,) = await taken(world, world.steward, folder, confirmed(one, day=date(2019, 3, 12)))
    found = await meetings.look(world.ws, world.steward, made(outcome))
    assert found.folder.name == "2019-03-12 Comité de pilotage"


@in_network
async def test_what_is_of_a_day_to_come_is_not_held(world: World) -> None:
    folder = await world.folder("Réunions")
    await world.deposit(world.steward, folder, "ODJ COPIL 2026-12-08.odt")
    (one,) = await proposals(world, world.steward, folder)
    (outcome,) = await taken(world, world.steward, folder, confirmed(one))
    found = await meetings.look(world.ws, world.steward, made(outcome))
    assert found.meeting.row.state is MeetingState.PREPARATION


@in_network
async def test_who_coordinates_takes_it_and_others_do_not_learn_of_it(world: World) -> None:
    folder = await world.folder("Réunions")
    await world.deposit(world.steward, folder, "CR COPIL 2019-03-12.odt")
    reader, writer = await world.person("Rose"), await world.person("Cora")
    mona, stranger = await world.person("Mona"), await world.person("Sol")
    await world.grant(folder, reader)
    await world.grant(folder, writer, Role.CONTRIBUTOR)
    await world.grant(folder, mona, Role.COORDINATOR)
    (one,) = await proposals(world, mona, folder)
    for actor in (reader, writer):
        with pytest.raises(Forbidden):
            await past.look(world.ws, actor, folder)
        with pytest.raises(Forbidden):
            await taken(world, actor, folder, confirmed(one))
    for number in (folder, FolderId(10**15)):
        with pytest.raises(NotFound):
            await past.look(world.ws, stranger, number)
        with pytest.raises(NotFound):
            await taken(world, stranger, number, confirmed(one))
    (outcome,) = await taken(world, mona, folder, confirmed(one))
    assert (await meetings.look(world.ws, reader, made(outcome))).meeting.kept
    with pytest.raises(NotFound):
        await meetings.look(world.ws, stranger, made(outcome))


@in_network
async def test_a_closed_folder_stays_closed_and_is_proposed_only_to_who_coordinates_it(
    world: World,
) -> None:
    folder = await world.folder("Réunions")
    reader, mona = await world.person("Rose"), await world.person("Mona")
    await world.grant(folder, reader)
    await world.grant(folder, mona, Role.COORDINATOR)
    closed = await world.folder("Réunions/Bureau 2020-05-04", closed=True)
    assert await proposals(world, mona, folder) == []
    (one,) = await proposals(world, world.steward, folder)
    (refused,) = await taken(world, mona, folder, confirmed(one))
    assert isinstance(refused.refused, NotFound)
    (outcome,) = await taken(world, world.steward, folder, confirmed(one))
    found = await meetings.look(world.ws, world.steward, made(outcome))
    assert (found.folder.id, found.folder.is_closed) == (closed, True)
    for actor in (reader, mona):
        with pytest.raises(NotFound):
            await meetings.look(world.ws, actor, made(outcome))


@in_network
async def test_a_folder_of_another_place_is_not_taken_here(world: World) -> None:
    folder = await world.folder("Réunions")
    await world.folder("Ailleurs/Bureau 2020-05-04")
    elsewhere = await folders.find(world.ws, world.steward, "Ailleurs")
    (one,) = await proposals(world, world.steward, elsewhere)
    (refused,) = await taken(world, world.steward, folder, confirmed(one))
    assert told(refused.refused) == told(
        Invalid("folder", "changed_meanwhile", "Bureau 2020-05-04")
    )
    assert await proposals(world, world.steward, elsewhere) == [one]


@in_network
async def test_one_line_refused_leaves_the_others_done(world: World) -> None:
    folder, elsewhere = await world.folder("Réunions"), await world.folder("Ailleurs")
    given = {
        day: await world.deposit(world.steward, folder, f"CR COPIL 2019-0{day}-12.odt")
        for day in range(1, 7)
    }
    rose = await world.person("Rose")
    await world.grant(folder, rose, Role.CONTRIBUTOR)
    lines = {one.when[1]: confirmed(one) for one in await proposals(world, world.steward, folder)}
    await documents.rename(world.ws, world.steward, given[1].document_id, "Autrement.odt")
    await documents.move(world.ws, world.steward, given[2].document_id, elsewhere)
    await world.revise(world.steward, given[3].document_id, b"Autre.")
    await locks.take(world.ws, rose, given[4].document_id)
    lines[5] = dataclasses.replace(lines[5], title=" ")

    outcomes = await taken(world, world.steward, folder, *lines.values())

    said = {one.taking.day.month: one.refused for one in outcomes}
    assert told(said[1]) == told(Invalid("papers", "changed_meanwhile", "Autrement.odt"))
    assert told(said[2]) == told(Invalid("papers", "changed_meanwhile", "CR COPIL 2019-02-12.odt"))
    assert told(said[3]) == told(VersionClash(1, 2))
    assert isinstance(said[4], Locked)
    assert told(said[5]) == told(Invalid("title", "empty", ""))
    assert said[6] is None
    assert await names_in(world, world.steward, folder) == {
        "Autrement.odt",
        "CR COPIL 2019-03-12.odt",
        "CR COPIL 2019-04-12.odt",
        "CR COPIL 2019-05-12.odt",
        "2019-06-12 Comité de pilotage",
    }


@in_network
async def test_a_line_whose_second_paper_is_gone_moves_not_even_the_first(world: World) -> None:
    folder = await world.folder("Réunions")
    await world.deposit(world.steward, folder, "CR COPIL 2019-03-12.odt")
    lost = await world.deposit(world.steward, folder, "ODJ COPIL 2019-03-12.odt")
    (one,) = await proposals(world, world.steward, folder)
    await world.change(
        "UPDATE documents SET removed_at = 1, removed_by = 1 WHERE id = :id", id=lost.document_id
    )
    (refused,) = await taken(world, world.steward, folder, confirmed(one))
    assert told(refused.refused) == told(NotFound("document"))
    assert await names_in(world, world.steward, folder) == {"CR COPIL 2019-03-12.odt"}


@in_network
async def test_a_name_that_is_taken_gets_a_number_and_nothing_is_overwritten(world: World) -> None:
    folder = await world.folder("Réunions")
    await world.folder("Réunions/2019-03-12 Comité de pilotage")
    await world.deposit(world.steward, folder, "CR COPIL 2019-03-12.odt")
    files = [one for one in await proposals(world, world.steward, folder) if one.folder is None]
    (outcome,) = await taken(world, world.steward, folder, confirmed(files[0]))
    found = await meetings.look(world.ws, world.steward, made(outcome))
    assert found.folder.name == "2019-03-12 Comité de pilotage (2)"


@in_network
async def test_of_two_who_take_the_same_at_once_one_is_told(world: World) -> None:
    folder = await world.folder("Réunions")
    mona = await world.person("Mona")
    await world.grant(folder, mona, Role.COORDINATOR)
    for month in range(1, 4):
        await world.deposit(world.steward, folder, f"CR COPIL 2019-0{month}-12.odt")
    lines = [confirmed(one) for one in await proposals(world, mona, folder)]
    both = await asyncio.gather(
        taken(world, mona, folder, *lines), taken(world, world.steward, folder, *lines)
    )
    for first, second in zip(*both, strict=True):
        assert (first.meeting is None) != (second.meeting is None)
        late = first if first.meeting is None else second
        assert isinstance(late.refused, Invalid)
        assert late.refused.fault == "changed_meanwhile"
    assert await world.values("SELECT COUNT(*) FROM meetings") == [3]
    assert len(await names_in(world, mona, folder)) == 3


@in_network
async def test_a_paper_left_out_stays_where_it_is(world: World) -> None:
    folder = await world.folder("Réunions")
    await world.deposit(world.steward, folder, "CR COPIL 2019-03-12.odt")
    await world.deposit(world.steward, folder, "Facture 2019-03-12.pdf")
    (one,) = await proposals(world, world.steward, folder)
    line = confirmed(one)
    kept = tuple(paper for paper in line.papers if paper.part is Part.MINUTES)
    await taken(world, world.steward, folder, dataclasses.replace(line, papers=kept))
    assert "Facture 2019-03-12.pdf" in await names_in(world, world.steward, folder)


@in_network
async def test_a_minutes_document_kept_elsewhere_before_tells_only_its_new_meeting(
    world: World,
) -> None:
    folder = await world.folder("Réunions")
    given = await world.deposit(world.steward, folder, "CR COPIL 2019-03-12.odt")
    (one,) = await proposals(world, world.steward, folder)
    (first,) = await taken(world, world.steward, folder, confirmed(one))
    await documents.move(world.ws, world.steward, given.document_id, folder)
    (again,) = await proposals(world, world.steward, folder)
    (second,) = await taken(world, world.steward, folder, confirmed(again))
    found = [await meetings.look(world.ws, world.steward, made(one)) for one in (first, second)]
    assert [len(one.meeting.kept) for one in found] == [0, 1]


@in_network
async def test_five_hundred_unreadable_names_propose_nothing_and_stay(world: World) -> None:
    folder = await world.folder("Vrac")
    names = [f"IMG_{number:04d} (copie) ~$é.jpg" for number in range(500)]

    for name in names:
        await world.change(
            "INSERT INTO documents (folder_id, name, sort_key, version, created_at, changed_at)"
            " VALUES (:folder, :name, :name, 1, 0, 0)",
            folder=folder, name=name,
        )  # fmt: skip
    found = await past.look(world.ws, world.steward, folder)
    assert (found.meetings, found.total, found.pages) == ((), 0, 1)
    assert len(found.files_left) == 500


@in_network
async def test_many_meetings_come_in_pages_that_one_form_can_send(world: World) -> None:
    folder = await world.folder("Réunions")
    count = past.PAGE_MEETINGS + 3
    for number in range(count):
        await world.folder(f"Réunions/Bureau {2000 + number}-05-04")
    first = await past.look(world.ws, world.steward, folder)
    last = await past.look(world.ws, world.steward, folder, page=9)
    assert (first.total, first.pages, len(first.meetings)) == (count, 2, past.PAGE_MEETINGS)
    assert (last.page, len(last.meetings)) == (2, 3)
    assert first.meetings[0].day == date(2000 + count - 1, 5, 4)


@in_network
async def test_more_documents_than_a_form_may_name_are_refused_whole(world: World) -> None:
    folder = await world.folder("Réunions")
    papers = tuple(Taken(DocumentId(number), mark(""), 1) for number in range(1, 502))
    line = Taking("Bureau", date(2019, 3, 12), "", papers)
    with pytest.raises(Invalid, match="too_many_files"):
        await taken(world, world.steward, folder, line)
    assert await world.values("SELECT COUNT(*) FROM meetings") == [0]


@in_network
async def test_nothing_is_put_into_the_dossier_of_a_meeting(world: World) -> None:
    folder = await world.folder("Réunions/Bureau 2020-05-04")
    above = await folders.find(world.ws, world.steward, "Réunions")
    (one,) = await proposals(world, world.steward, above)
    await taken(world, world.steward, above, confirmed(one))
    with pytest.raises(Invalid, match="is_dossier"):
        await taken(world, world.steward, folder, confirmed(one))
