"""The register of decisions: only what she may read, found as asked, page by page."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from datetime import date, timedelta

import pytest

from atelier.errors import Invalid, NotFound
from atelier.model import names
from atelier.model.folders import Role, Subject, SubjectKind
from atelier.model.ids import FolderId, OrganisationId, SeriesId
from atelier.model.meetings import Series, Votes, Way
from atelier.model.people import Actor
from atelier.model.register import Sought
from atelier.workspace import decisions, folders, sharing, trash
from tests.builders import World, in_network
from tests.remembered import Counting, decision, dossier_of, meeting

DAY = date(2026, 2, 3)
ALL = Sought()


async def texts(world: World, actor: Actor, sought: Sought = ALL) -> list[str]:
    """What the register tells her, in its order."""
    found = await decisions.register(world.ws, actor, sought)
    assert found.total == len(found.taken)
    return [one.decision.text for one in found.taken]


async def shared(world: World) -> tuple[Actor, FolderId]:
    """A reader of one folder; another folder has a decision too."""
    awa = await world.person("Awa")
    folder = await world.folder("Réunions")
    await world.grant(folder, awa)
    item = await meeting(world.ws, world.steward, folder, "COPIL", DAY, series="Comité de pilotage")
    await decision(world.ws, world.steward, item, "La maraude reprend", DAY)
    other = await world.folder("Bureau")
    item = await meeting(world.ws, world.steward, other, "Bureau", DAY)
    await decision(world.ws, world.steward, item, "Un secret du bureau", DAY + timedelta(days=1))
    return awa, folder


@in_network
async def test_the_register_tells_what_she_may_read_and_nothing_of_other_folders(
    world: World,
) -> None:
    awa, folder = await shared(world)
    assert await texts(world, world.steward) == ["Un secret du bureau", "La maraude reprend"]
    assert await texts(world, awa) == ["La maraude reprend"]
    found = await decisions.register(world.ws, awa, ALL)
    assert [one.name for one in found.series] == ["Comité de pilotage"]
    [one] = found.taken
    assert (one.item, one.folder_id, one.folder) == ("Point de COPIL", folder, "Réunions")
    assert one.decision.way is Way.CONSENSUS and one.decision.votes is None
    stranger = await world.person("Bo")
    assert await texts(world, stranger) == []
    assert (await decisions.register(world.ws, stranger, ALL)).series == ()


@in_network
async def test_of_a_folder_it_holds_all_below_and_one_she_may_not_read_never_was(
    world: World,
) -> None:
    awa, folder = await shared(world)
    below = await world.folder("Réunions/Groupe")
    item = await meeting(world.ws, world.steward, below, "Groupe", DAY)
    await decision(world.ws, world.steward, item, "Le groupe continue", DAY)
    assert await texts(world, awa, Sought(folder)) == ["Le groupe continue", "La maraude reprend"]
    assert await texts(world, awa, Sought(below)) == ["Le groupe continue"]
    found = await decisions.register(world.ws, awa, Sought(below))
    assert [crumb.name for crumb in found.crumbs] == ["Réunions", "Groupe"]
    other = await folders.find(world.ws, world.steward, "Bureau")
    for hidden in (other, FolderId(999_999)):
        with pytest.raises(NotFound, match="folder"):
            await decisions.register(world.ws, awa, Sought(hidden))


@in_network
async def test_a_closed_dossier_a_removed_one_and_a_withdrawn_grant_hide_its_decisions(
    world: World,
) -> None:
    awa, folder = await shared(world)
    item = await meeting(world.ws, world.steward, folder, "Huis clos", DAY)
    await decision(world.ws, world.steward, item, "À huis clos", DAY)
    dossier = await dossier_of(world.ws, item)
    assert await texts(world, awa) == ["À huis clos", "La maraude reprend"]
    await folders.close(world.ws, world.steward, dossier)
    assert await texts(world, awa) == ["La maraude reprend"]
    # The grant on the closed dossier opens it, and not the folder where it stands.
    bo = await world.person("Bo")
    await world.grant(dossier, bo)
    [one] = (await decisions.register(world.ws, bo, ALL)).taken
    assert (one.folder_id, one.folder) == (dossier, "2026-02-03 Huis clos")
    await trash.remove_folder(world.ws, world.steward, dossier)
    assert await texts(world, bo) == []
    assert "À huis clos" not in await texts(world, world.steward)
    [grant] = await world.values(
        "SELECT id FROM grants WHERE subject_id = :id AND folder_id = :folder",
        id=awa.person_id,
        folder=folder,
    )
    await sharing.withdraw(world.ws, world.steward, folder, int(str(grant)))  # type: ignore[arg-type]
    assert await texts(world, awa) == []


@in_network
async def test_one_who_looks_as_another_is_told_what_both_may_read(world: World) -> None:
    awa, _ = await shared(world)
    bo = await world.person("Bo")
    for other, told in ((awa, ["La maraude reprend"]), (bo, [])):
        seen = Subject(SubjectKind.PERSON, other.person_id)
        assert await texts(world, replace(world.steward, seeing=seen)) == told


@in_network
async def test_words_are_found_anywhere_without_case_and_accents_and_all_of_them(
    world: World,
) -> None:
    awa, folder = await shared(world)
    item = await meeting(world.ws, world.steward, folder, "Plénière", DAY)
    for text in ("Budget voté à 100 %", "Cœur de l’équipe_mobile", "ÉTÉ : relâche !"):
        await decision(world.ws, world.steward, item, text, DAY)
    for words, told in (
        ("été", ["ÉTÉ : relâche !"]),
        ("ETE relache", ["ÉTÉ : relâche !"]),
        ("coeur de l'equipe", ["Cœur de l’équipe_mobile"]),
        ("EQUIPE maraude", []),
        ("0 %", ["Budget voté à 100 %"]),
        ("%", ["Budget voté à 100 %"]),
        ("_mob", ["Cœur de l’équipe_mobile"]),
        ("!", ["ÉTÉ : relâche !"]),
        ("secret", []),
    ):
        assert await texts(world, awa, Sought(words=words)) == told, words
    assert await texts(world, world.steward, Sought(words="SECRET")) == ["Un secret du bureau"]


@dataclass(frozen=True)
class Known:
    """A decision as the brute-force list knows it."""

    text: str
    day: date
    series: str
    folder: FolderId
    organisation: OrganisationId | None
    number: int


@in_network
async def test_every_filter_and_page_agrees_with_a_list_gone_through_by_hand(
    world: World,
) -> None:
    chance = random.Random(7)
    awa = await world.person("Awa")
    coordinators = [await world.person(name, of=f"Structure {name}") for name in ("Bo", "Cy")]
    places = [await world.folder(name) for name in ("Réunions", "Bureau", "Fermé")]
    below = await world.folder("Réunions/Groupe")
    for place in places:
        for one in coordinators:
            await world.grant(place, one, Role.COORDINATOR)
    for place in places[:2]:
        await world.grant(place, awa)
    known = []
    for place in (*places, below):
        for number in range(3):
            by = chance.choice(coordinators)
            series = chance.choice(("", "COPIL", "Équipe"))
            item = await meeting(world.ws, by, place, f"Réunion {number}", DAY, series=series)
            for _ in range(9):
                text = " ".join(chance.sample(("budget", "Été", "maraude", "équipe"), 2))
                day = DAY + timedelta(days=chance.randrange(4))
                votes = chance.choice((None, Votes(3, 2, 1)))
                made = await decision(world.ws, world.steward, item, text, day, votes=votes)
                known.append(Known(text, day, series, place, by.main_organisation, made))
    hers = [one for one in known if one.folder != places[2]]
    hers.sort(key=lambda one: (one.day, one.number), reverse=True)
    whole = await decisions.register(world.ws, awa, ALL)
    assert whole.total == len(hers) == 81 and whole.pages == 2
    pages = [(await decisions.register(world.ws, awa, ALL, page=n)).taken for n in (1, 2, 3)]
    assert [len(page) for page in pages] == [50, 31, 31]
    assert [one.decision.id for page in pages[:2] for one in page] == [one.number for one in hers]
    assert len((await decisions.register(world.ws, awa, ALL, page=None)).taken) == 81
    assert len((await decisions.register(world.ws, awa, ALL, page=None, most=7)).taken) == 7
    named = {one.id: one for one in whole.series}
    assert {(one.folder_id, one.name) for one in whole.series} == {
        (one.folder, one.series) for one in hers if one.series
    }
    for _ in range(60):
        sought = Sought(
            folder=chance.choice((None, places[0], places[1], below)),
            series=chance.choice((None, *named)),
            organisation=chance.choice((None, *(one for one, _ in whole.organisations))),
            since=chance.choice((None, DAY + timedelta(days=1))),
            until=chance.choice((None, DAY + timedelta(days=2))),
            words=chance.choice(("", "ete", "budget équ")),
        )
        found = await decisions.register(world.ws, awa, sought, page=None)
        assert [one.decision.id for one in found.taken] == [
            one.number for one in hers if _matches(one, sought, named, places[0], below)
        ], sought


def _matches(
    one: Known, sought: Sought, named: dict[SeriesId, Series], above: FolderId, below: FolderId
) -> bool:
    inside = {sought.folder, below} if sought.folder == above else {sought.folder}
    return (
        (sought.folder is None or one.folder in inside)
        and (sought.series is None or _is_of(one, named[sought.series]))
        and (sought.organisation is None or one.organisation == sought.organisation)
        and (sought.since is None or one.day >= sought.since)
        and (sought.until is None or one.day <= sought.until)
        and all(word in names.sort_key(one.text) for word in names.sort_key(sought.words).split())
    )


def _is_of(one: Known, series: Series) -> bool:
    """A series is of one folder: others may have one of its name."""
    return (one.folder, one.series) == (series.folder_id, series.name)


@in_network
async def test_days_the_wrong_way_round_and_words_without_end_are_refused(world: World) -> None:
    for sought, field, fault in (
        (Sought(since=DAY, until=DAY - timedelta(days=1)), "until", "before_start"),
        (Sought(words="mot " * 21), "words", "too_long"),
        (Sought(words="m" * 201), "words", "too_long"),
    ):
        with pytest.raises(Invalid) as told:
            await decisions.register(world.ws, world.steward, sought)
        assert (told.value.field, told.value.fault) == (field, fault)
    assert await texts(world, world.steward, Sought(since=DAY, until=DAY)) == []


@in_network
async def test_a_register_asks_as_many_statements_of_many_as_of_few(world: World) -> None:
    awa, folder = await shared(world)
    few = await _statements(world, awa)
    item = await meeting(world.ws, world.steward, folder, "Plénière", DAY, series="Plénière")
    for number in range(60):
        await decision(world.ws, world.steward, item, f"Décision {number}", DAY)
    assert await _statements(world, awa) == few


async def _statements(world: World, actor: Actor) -> int:
    counting = Counting(world.ws.db)
    await decisions.register(replace(world.ws, db=counting), actor, ALL)
    return counting.statements


@in_network
async def test_the_folder_is_named_with_the_one_above_it_to_who_may_read_that(
    world: World,
) -> None:
    awa, _ = await shared(world)
    below = await world.folder("Groupe mobilité/Réunions du groupe")
    item = await meeting(world.ws, world.steward, below, "Groupe", DAY)
    await decision(world.ws, world.steward, item, "Le groupe continue", DAY)
    await world.grant(below, awa)
    for actor, place in (
        (world.steward, "Groupe mobilité › Réunions du groupe"),
        (awa, "Réunions du groupe"),
    ):
        [one] = (await decisions.register(world.ws, actor, Sought(below))).taken
        assert one.place == place
