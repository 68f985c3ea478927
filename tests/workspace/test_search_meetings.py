"""The memory: agenda, minutes, decisions and actions are found like documents, each by right."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
import pytest

from atelier.database import entries, meeting_entries
from atelier.database import meetings as records
from atelier.database.engine import Transaction
from atelier.model.folders import Role
from atelier.model.ids import FolderId, MeetingId, SeriesId
from atelier.model.meetings import Part, entry_number
from atelier.model.people import Actor
from atelier.model.search import Asked, FileKind, Hit, Narrowing, Results, Sort, WiderKind
from atelier.search import ENGINES
from atelier.search.contract import Entry
from atelier.web.api.told import told, told_suggested
from atelier.workspace import (
    following,
    meeting_texts,
    meetings,
    mending,
    saved,
    search,
    sharing,
    trash,
)
from atelier.workspace.suggesting import suggest
from tests.builders import World, in_network, network
from tests.meeting_stories import (
    Held,
    decide,
    held,
    prepared,
    reader,
    rewritten,
    written,
)

NEVER = "wqjzhkwqjz"
EVERY = {"agenda", "minutes", "decisions", "actions"}


async def find(
    world: World, actor: Actor, words: str, sort: Sort = Sort.RELEVANCE, **narrowed: object
) -> Results:
    """What a search answers; narrowed as `Narrowing` takes it."""
    asked = Asked(words, Narrowing(**narrowed), sort)  # type: ignore[arg-type]
    return await search.find(world.ws, actor, asked)


def parts(hits: Iterable[Hit]) -> list[str]:
    """What each is: a part of a meeting, or the name of a document."""
    return [hit.name if hit.part is None else hit.part.value for hit in hits]


def anchors(results: Results) -> dict[str, list[str]]:
    """Where the lines of each part stand that answer."""
    return {
        hit.part.value: [page.anchor for page in hit.pages]
        for hit in results.hits
        if hit.part is not None
    }


@pytest.mark.parametrize("engine", sorted(ENGINES))
@pytest.mark.parametrize("is_settled", [True, False])
def test_one_query_returns_agenda_minute_decision_action_and_the_page_of_a_paper(
    tmp_path: Path, engine: str, is_settled: bool
) -> None:
    async def story() -> None:
        async with network(tmp_path, STORAGE_INDEX=f"{engine}:index") as world:
            folder = await world.folder("Gouvernance")
            awa = await reader(world, "Awa", folder)
            await world.settle()
            at = await held(world, folder, "kiwanotèque")
            if is_settled:
                await world.settle()
            results = await find(world, awa, "kiwanoteque")
            expected = EVERY | {"annexe.txt"}
            if not is_settled:
                # A text is found once it is read.
                expected -= {"annexe.txt"}
            assert set(parts(results.hits)) == expected
            assert results.total == len(expected)
            assert anchors(results) == {
                "agenda": [f"item-{at.item}"],
                "minutes": [f"item-{at.item}"],
                "decisions": [f"decision-{at.decision}"],
                "actions": [f"todo-{at.todo}"],
            }
            for hit in results.hits:
                assert hit.meeting is not None
                assert (hit.meeting.id, hit.meeting.title) == (at.meeting, "Comité de pilotage")
                assert any(piece.is_match for page in hit.pages for piece in page.snippet)
            minute = next(hit for hit in results.hits if hit.part is Part.MINUTES)
            said = "".join(piece.text for piece in minute.pages[0].snippet)
            assert "présenté" in said and "https" not in said and "**" not in said
            assert (await find(world, awa, "adopté consensus avril")).hits[0].part is Part.DECISIONS
            assert (await find(world, awa, "diffuser Bo Martin mai")).hits[0].part is Part.ACTIONS
            assert (await find(world, awa, "compte rendu pilotage avril 2026")).total == 1
            assert parts((await find(world, awa, "titre:procès-verbal")).hits) == ["minutes"]

    asyncio.run(story())


@in_network
async def test_what_is_hers_and_what_is_not_come_from_one_query(world: World) -> None:
    commun, bureau = await world.folder("Commun"), await world.folder("Bureau", closed=True)
    awa = await reader(world, "Awa", commun)
    bea = await reader(world, "Béa", commun, bureau)
    await world.settle()
    shown = await held(world, commun, "kiwanotèque", title="Plénière")
    hidden = await held(world, bureau, "kiwanotèque", title="Bureau")
    for is_settled in (False, True):
        if is_settled:
            await world.settle()
        hers = await find(world, awa, "kiwanotèque")
        theirs = await find(world, bea, "kiwanotèque")
        assert {hit.meeting.id for hit in hers.hits if hit.meeting} == {shown.meeting}
        assert {hit.meeting.id for hit in theirs.hits if hit.meeting} == {
            shown.meeting, hidden.meeting,
        }  # fmt: skip
        assert theirs.total == 2 * hers.total == 2 * (4 + is_settled)
        assert [one.value for one in hers.facets.meetings] == [str(shown.meeting)]
        assert {one.value for one in theirs.facets.meetings} == {
            str(shown.meeting), str(hidden.meeting),
        }  # fmt: skip


SECRETS = (
    "kiwanotèque",
    "kiwano*",
    '"le kiwanotèque"',
    "kiwanotequ",
    "titre:verrouillé",
    "réunion:verrouillée",
    "-réunion:verrouillée budget",
    "type:décisions",
    "budget",
)


async def _outlets(world: World, awa: Actor, other: Held | None) -> list[str]:
    """Everything that search tells Awa, as JSON; of a meeting's number one that never was."""
    meeting = MeetingId(10**9 if other is None else other.meeting)
    answers: list[object] = []
    for words in SECRETS:
        for narrowing in (
            Narrowing(),
            Narrowing(kind=FileKind.DECISIONS),
            Narrowing(year=2019),
        ):
            for sort in Sort:
                asked = Asked(words, narrowing, sort)
                answers.append(told(await search.find(world.ws, awa, asked)))
                answers.append(await search.newest(world.ws, awa, asked))
    for narrowed in (Narrowing(meeting=meeting), Narrowing(series=SeriesId(meeting))):
        found = told(await search.find(world.ws, awa, Asked("budget OU kiwanotèque", narrowed)))
        told_so = re.sub(r"(meeting|series)=\d+", r"\1=N", json.dumps(found))
        answers.append(re.sub(r'"value": "\d+", "name": ""', '"value": "N", "name": ""', told_so))
    for start in ("kiwa", "verrou", "comi"):
        answers.append(told_suggested(await suggest(world.ws, awa, start)))
    answers += [(one.saved.name, one.count) for one in await saved.news(world.ws, awa)]
    return [json.dumps(answer, sort_keys=True, ensure_ascii=False) for answer in answers]


async def _told_in(tmp_path: Path, *, is_there: bool, is_settled: bool) -> list[str]:
    async with network(tmp_path) as world:
        commun, bureau = await world.folder("Commun"), await world.folder("Bureau", closed=True)
        awa = await reader(world, "Awa", commun)
        await held(world, commun, "budget", title="Plénière", series="Plénières")
        await world.settle()
        await saved.keep(world.ws, awa, Asked("kiwanotèque OU budget"))
        other = None
        if is_there:
            other = await held(
                world, bureau, "kiwanotèque budget", title="Verrouillée", series="Verrouillée",
                day=date(2019, 3, 12),
            )  # fmt: skip
        if is_settled:
            await world.settle()
        return await _outlets(world, awa, other)


@pytest.mark.parametrize("is_settled", [True, False])
def test_a_meeting_in_a_closed_folder_never_shows_by_any_outlet(
    tmp_path: Path, is_settled: bool
) -> None:
    (tmp_path / "with").mkdir()
    (tmp_path / "without").mkdir()
    with_it = asyncio.run(_told_in(tmp_path / "with", is_there=True, is_settled=is_settled))
    without = asyncio.run(_told_in(tmp_path / "without", is_there=False, is_settled=is_settled))
    assert with_it == without
    assert any("Plénière" in one for one in with_it)


@in_network
async def test_a_withdrawn_grant_and_a_meeting_in_the_trash_hold_at_the_next_query(
    world: World,
) -> None:
    folder = await world.folder("Commun")
    awa = await world.person("Awa")
    grant = await world.grant(folder, awa, Role.READER)
    at = await held(world, folder, "kiwanotèque")
    await world.settle()
    assert (await find(world, awa, "kiwanotèque")).total == 5
    await sharing.withdraw(world.ws, world.steward, folder, grant)
    gone = await find(world, awa, "kiwanotèque")
    assert (gone.total, gone.hits, gone.facets.meetings) == (0, (), ())
    await world.grant(folder, awa, Role.READER)
    assert (await find(world, awa, "kiwanotèque")).total == 5
    await trash.remove_folder(world.ws, world.steward, at.dossier)
    for _ in range(2):
        assert (await find(world, awa, "kiwanotèque")).total == 0
        await world.settle()
    await trash.restore_folder(world.ws, world.steward, folder, at.dossier)
    for _ in range(2):
        assert set(parts((await find(world, awa, "kiwanotèque")).hits)) >= EVERY
        await world.settle()


@in_network
async def test_a_changed_line_is_found_at_the_next_query_while_nothing_follows(
    world: World,
) -> None:
    folder = await world.folder("Commun")
    awa = await reader(world, "Awa", folder)
    at = await held(world, folder, "kiwanotèque")
    await world.settle()
    await rewritten(world, at.meeting, at.item, "Point sur le ramboutan")
    found = await find(world, awa, "ramboutan")
    assert set(parts(found.hits)) == EVERY and all(hit.is_fresh for hit in found.hits)
    assert "agenda" not in parts((await find(world, awa, "kiwanotèque")).hits)
    await world.settle()
    again = await find(world, awa, "ramboutan")
    assert {replace(hit, is_fresh=True) for hit in again.hits} == set(found.hits)
    assert not any(hit.is_fresh for hit in again.hits)


@in_network
async def test_hits_of_a_meeting_stand_together_at_the_place_of_the_best(world: World) -> None:
    folder = await world.folder("Commun")
    awa = await reader(world, "Awa", folder)
    first = await held(world, folder, "budget", title="Première", day=date(2024, 5, 6))
    second = await held(world, folder, "budget", title="Seconde", day=date(2025, 5, 6))
    await world.deposit(world.steward, folder, "budget.txt", b"budget budget budget")
    await world.settle()
    for sort in Sort:
        found = await find(world, awa, "budget", sort)
        order = [hit.meeting.id if hit.meeting else 0 for hit in found.hits]
        blocks = [one for at, one in enumerate(order) if at == 0 or order[at - 1] != one]
        assert sorted(blocks) == sorted({0, first.meeting, second.meeting}), sort
    assert blocks == [0, second.meeting, first.meeting], "the newest first, by the meeting's date"


@in_network
async def test_a_paper_of_a_dossier_has_the_date_of_its_meeting(world: World) -> None:
    folder = await world.folder("Commun")
    awa = await reader(world, "Awa", folder)
    old = await held(world, folder, "budget", day=date(2019, 3, 12))
    await world.settle()
    moved = meetings.Draft("Comité", date(2018, 6, 5))
    for year, then in ((2019, None), (2018, moved)):
        if then is not None:
            await _moved(world, old.meeting, then)
        for is_settled in (False, True):
            found = await find(world, awa, "annexe budget", year=year)
            assert parts(found.hits) == ["annexe.txt"], (year, is_settled)
            assert found.hits[0].changed_at == world.clock(), "what is shown is when it changed"
            assert (await find(world, awa, "annexe budget", year=2026)).total == 0
            newest = (await find(world, awa, "budget OU bonjour", Sort.NEWEST)).hits
            assert len({hit.meeting for hit in newest}) == 1 and len(newest) == 5
            await world.settle()
    await world.deposit(world.steward, folder, "annexe.txt", b"Annexe : un autre budget.")
    await world.settle()
    assert (await find(world, awa, "annexe budget", year=2026)).total == 1


async def _moved(world: World, meeting: MeetingId, draft: meetings.Draft) -> None:
    async def unit(tx: Transaction) -> None:
        head = await meetings.head_of(world.ws, tx, world.steward, FolderId(1), draft)
        await records.change(tx, meeting, head)
        await records.touch(tx, meeting, world.ws.clock())

    await world.ws.db.write(unit)


@in_network
async def test_kind_series_meeting_period_and_organisation_narrow(world: World) -> None:
    folder = await world.folder("Commun")
    awa = await reader(world, "Awa", folder)
    chair = await world.person("Cléo", of="CH d'Argentan")
    await world.grant(folder, chair, Role.COORDINATOR)
    await world.settle()
    old = await held(world, folder, "budget", series="COPIL", day=date(2019, 3, 12))
    new = await held(world, folder, "budget", series="COPIL", day=date(2026, 1, 8))
    alone = await held(world, folder, "budget", title="Plénière", day=date(2026, 2, 3))
    theirs = await prepared(world, folder, "Bureau", by=chair, day=date(2026, 2, 4))
    await written(world, theirs, "Le budget")
    plenary = SeriesId(10**9)
    (series,) = set(await world.values("SELECT id FROM series"))
    assert isinstance(series, int)
    for _ in range(2):  # once by looking through, once by the index
        only = await find(world, awa, "budget", kind=FileKind.DECISIONS)
        assert parts(only.hits) == ["decisions"] * 3
        assert {one.value: one.count for one in only.facets.kinds} == {"decisions": 3}
        both = await find(world, awa, "budget", series=SeriesId(series), kind=FileKind.MINUTES)
        assert {hit.meeting.id for hit in both.hits if hit.meeting} == {old.meeting, new.meeting}
        assert both.facets.series[0].is_chosen and both.facets.series[0].name == "COPIL"
        one = await find(world, awa, "budget", meeting=old.meeting)
        assert {hit.meeting.id for hit in one.hits if hit.meeting} == {old.meeting}
        assert {part for part in parts(one.hits)} >= EVERY
        (chosen,) = [one for one in one.facets.meetings if one.is_chosen]
        assert chosen.count == one.total and chosen.at is not None and chosen.at.year == 2019
        assert (await find(world, awa, "budget", series=plenary)).total == 0
        then = await find(world, awa, "budget type:décisions", year=2019)
        assert [hit.meeting.id for hit in then.hits if hit.meeting] == [old.meeting]
        assert (await find(world, awa, "budget avant:2020 type:cr")).total == 1
        assert (await find(world, awa, "budget après:2026-02 type:odj")).total == 2
        assert chair.main_organisation is not None
        convened = await find(world, awa, "budget", organisation=chair.main_organisation)
        assert [hit.meeting.id for hit in convened.hits if hit.meeting] == [theirs]
        await world.settle()
    assert alone.meeting not in {hit.meeting.id for hit in both.hits if hit.meeting}


@in_network
async def test_a_meeting_is_named_in_the_words_of_a_search(world: World) -> None:
    folder, other = await world.folder("Commun"), await world.folder("Secret", closed=True)
    awa = await reader(world, "Awa", folder)
    copil = await held(world, folder, "budget", title="Séance de mars", series="Comité de pilotage")
    plenary = await held(world, folder, "budget", title="Plénière d'été")
    await held(world, other, "budget", title="Comité secret")
    await world.settle()

    async def of(words: str) -> set[int]:
        return {hit.meeting.id for hit in (await find(world, awa, words)).hits if hit.meeting}

    both = {copil.meeting, plenary.meeting}
    assert await of("budget") == both
    assert await of('budget réunion:"comite de Pilotage"') == {copil.meeting}
    assert await of("budget reunion:pilotage") == {copil.meeting}
    assert await of("budget meeting:pilotage OU meeting:été") == both
    assert await of("budget -réunion:pilotage") == {plenary.meeting}
    assert await of("réunion:plénière") == {plenary.meeting}
    assert await of("budget réunion:secret") == await of(f"budget réunion:{NEVER}") == set()
    assert await of("budget réunion:pilot") == set(), "whole words"
    misread = await find(world, awa, "réunion: budget")
    assert [one.written for one in misread.misread] == ["réunion:"]
    nothing = await find(world, awa, 'budget réunion:"jamais tenue"')
    assert nothing.understood.meetings == ("jamais tenue",)
    assert WiderKind.WITHOUT_BOUNDS in {one.kind for one in nothing.wider}
    narrowed = await find(world, awa, "budget", meeting=copil.meeting, year=1999)
    (wider,) = [one for one in narrowed.wider if one.kind is WiderKind.WITHOUT_BOUNDS]
    assert wider.asked.narrowing == Narrowing() and wider.total == 10


@in_network
async def test_spelling_and_suggestions_know_the_words_of_meetings_that_are_hers(
    world: World,
) -> None:
    folder, other = await world.folder("Commun"), await world.folder("Secret", closed=True)
    awa, bea = await reader(world, "Awa", folder), await reader(world, "Béa", folder, other)
    await world.settle()
    for place, word in ((folder, "mangoustan"), (other, "kiwanotèque")):
        meeting = await prepared(world, place, "Réunion")
        await written(world, meeting, f"Le {word}")
    for _ in range(2):
        assert (await find(world, awa, "mangoustna")).spelling == "mangoustan"
        assert (await find(world, awa, "kiwanoteqeu")).spelling == ""
        assert (await find(world, bea, "kiwanoteqeu")).spelling == "kiwanotèque"
        await world.settle()
    assert (await suggest(world.ws, awa, "mango")).words == ("mangoustan",)
    assert (await suggest(world.ws, awa, "kiwan")).words == ()
    assert (await suggest(world.ws, bea, "kiwan")).words == ("kiwanotèque",)
    assert (await suggest(world.ws, awa, "réuni")).documents == (), "only documents are named"


@in_network
async def test_a_deleted_and_a_rebuilt_index_say_what_the_followed_one_said(world: World) -> None:
    folder = await world.folder("Commun")
    awa = await reader(world, "Awa", folder)
    at = await held(world, folder, "budget", series="COPIL")
    empty = await prepared(world, folder, "Sans ordre du jour")
    purged = await held(world, folder, "budget", title="Oubliée")
    await trash.remove_folder(world.ws, world.steward, purged.dossier)
    await world.settle()
    await trash.purge_folder(world.ws, world.steward, folder, purged.dossier)
    await world.settle()
    told_first = await find(world, awa, "budget")
    assert {hit.meeting.id for hit in told_first.hits if hit.meeting} == {at.meeting}
    assert (await mending.look(world.ws)).index_surplus == []
    rebuilt = await following.rebuild(world.ws, lambda done, of: None)
    assert rebuilt is not None
    assert await find(world, awa, "budget") == told_first
    await world.ws.index.reset()
    await world.settle()
    assert await find(world, awa, "budget") == told_first
    indexed = await _indexed(world)
    assert entry_number(empty, Part.AGENDA) in indexed
    assert entry_number(empty, Part.MINUTES) not in indexed
    untidy = await mending.look(world.ws)
    assert (untidy.index_missing, untidy.index_surplus) == ([], [])
    await world.ws.db.write(entries.note_all)
    await world.change("DELETE FROM index_entries WHERE number < (SELECT MAX(number) FROM"
                       " index_entries) - 100")  # fmt: skip
    await world.ws.index.reset()
    await world.settle()
    assert await find(world, awa, "budget") == told_first


async def _entry(world: World, number: int) -> Entry:
    told_of = await world.ws.db.read(lambda tx: meeting_entries.told(tx, [number]))
    (entry,) = meeting_texts.entries(told_of, [number], ZoneInfo("Europe/Paris"))
    return entry


async def _indexed(world: World) -> set[int]:
    listed = await mending._listed(world.ws)
    assert listed is not None
    return listed.documents


@in_network
async def test_a_meeting_is_found_by_its_name_before_a_line_is_written(world: World) -> None:
    folder = await world.folder("Commun")
    await world.settle()
    meeting = await prepared(world, folder, "Rencontre des zingueurs")
    for _ in range(2):
        (hit,) = (await find(world, world.steward, "zingueurs")).hits
        assert hit.meeting is not None and hit.meeting.id == meeting
        await world.settle()
    untidy = await mending.look(world.ws)
    assert (untidy.index_missing, untidy.index_surplus) == ([], [])


@in_network
async def test_mending_sees_a_part_that_is_missing_and_one_that_is_too_much(world: World) -> None:
    folder = await world.folder("Commun")
    at = await held(world, folder, "budget")
    await world.settle()
    applied = await world.ws.index.applied()
    agenda = entry_number(at.meeting, Part.AGENDA)
    lost = entry_number(MeetingId(77), Part.MINUTES)
    stray = msgspec.structs.replace(await _entry(world, agenda), document=lost)
    await world.ws.index.apply([stray], frozenset({agenda}), applied)
    untidy = await mending.look(world.ws)
    assert (untidy.index_missing, untidy.index_surplus) == ([agenda], [lost])
    await mending.repair(world.ws, is_alone=True)
    await world.settle()
    untidy = await mending.look(world.ws)
    assert (untidy.index_missing, untidy.index_surplus) == ([], [])


@in_network
async def test_a_kept_search_tells_of_a_further_decision_once_and_of_nothing_not_hers(
    world: World,
) -> None:
    folder, other = await world.folder("Commun"), await world.folder("Secret", closed=True)
    awa = await reader(world, "Awa", folder)
    at = await held(world, folder, "budget")
    await world.settle()
    asked = Asked("budget", Narrowing(kind=FileKind.DECISIONS))
    kept = await saved.keep(world.ws, awa, asked)
    await rewritten(world, at.meeting, at.item, "Point sur le budget et divers")
    await held(world, other, "budget")
    assert [one.count for one in await saved.news(world.ws, awa)] == [0]
    await decide(world, at.meeting, at.item, "Le budget est revu.")
    assert [one.count for one in await saved.news(world.ws, awa)] == [1]
    await saved.seen(world.ws, awa, kept)
    assert [one.count for one in await saved.news(world.ws, awa)] == [0]
    assert await world.values("SELECT document_id FROM saved_seen") == [
        entry_number(at.meeting, Part.DECISIONS)
    ]
    await trash.remove_folder(world.ws, world.steward, at.dossier)
    await trash.purge_folder(world.ws, world.steward, folder, at.dossier)
    await saved.seen(world.ws, awa, kept)
    assert await world.values("SELECT document_id FROM saved_seen") == []


@in_network
async def test_series_of_one_name_are_told_apart_among_the_choices(world: World) -> None:
    old, new = await world.folder("Vieilles réunions"), await world.folder("Comités")
    for folder in (old, new):
        await held(world, folder, "budget", title="Séance", series="Plénière")
    awa = await reader(world, "Awa", old)
    await world.settle()
    choices = (await find(world, world.steward, "budget")).facets.series
    assert {one.name for one in choices} == {
        "Plénière – Vieilles réunions",
        "Plénière – Comités",
    }
    assert [one.name for one in (await find(world, awa, "budget")).facets.series] == ["Plénière"]
