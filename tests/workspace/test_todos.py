"""Actions after the meeting: told to whom they concern, marked by who may, and by nobody else."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

import pytest

from atelier.errors import AlreadySo, Forbidden, NotFound
from atelier.model.folders import Action, Role, Subject, SubjectKind
from atelier.model.ids import FolderId, ItemId, TodoId
from atelier.model.journal import Verb
from atelier.model.people import Actor
from atelier.model.register import TodoRow, Whose
from atelier.workspace import accounts, folders, journal, meetings, todos, trash
from tests.builders import World, in_network
from tests.remembered import Counting, dossier_of, meeting, meeting_of, todo

DAY = date(2026, 2, 3)
MINE, OURS, LATE, LEFT, DONE = Whose


@dataclass(frozen=True)
class Told:
    """Awa and Bo are of the Mairie and read the folder; Cy is of it and does not; Di leads."""

    awa: Actor
    bo: Actor
    cy: Actor
    di: Actor
    folder: FolderId
    item: ItemId


async def told(world: World) -> Told:
    """Four people and a folder with a meeting."""
    awa, bo, cy = [await world.person(name, of="Mairie") for name in ("Awa", "Bo", "Cy")]
    di = await world.person("Di", of="Hôpital")
    folder = await world.folder("Réunions")
    for reader in (awa, bo):
        await world.grant(folder, reader)
    await world.grant(folder, di, Role.COORDINATOR)
    item = await meeting(world.ws, world.steward, folder, "COPIL", DAY, series="COPIL")
    return Told(awa, bo, cy, di, folder, item)


async def texts(world: World, actor: Actor, whose: Whose) -> list[str]:
    """What one of the lists tells her, in its order."""
    found = await todos.listed(world.ws, actor, whose)
    assert found.total == len(found.rows)
    return [row.todo.text for row in found.rows]


async def rows(world: World, actor: Actor, whose: Whose) -> list[TodoRow]:
    """One of the lists."""
    return list((await todos.listed(world.ws, actor, whose)).rows)


@in_network
async def test_hers_come_overdue_first_then_by_day_and_those_without_a_day_last(
    world: World,
) -> None:
    on = await told(world)
    today, awa = world.today(), on.awa
    await todo(world.ws, world.steward, on.item, "un jour", of=awa)
    await todo(world.ws, world.steward, on.item, "demain", of=awa, due=today + timedelta(days=1))
    await todo(world.ws, world.steward, on.item, "aujourd'hui", of=awa, due=today)
    await todo(world.ws, world.steward, on.item, "hier", of=awa, due=today - timedelta(days=1))
    await todo(world.ws, world.steward, on.item, "d'un autre", of=on.bo, due=today)
    found = await rows(world, on.awa, MINE)
    assert [(row.todo.text, row.is_overdue) for row in found] == [
        ("hier", True), ("aujourd'hui", False), ("demain", False), ("un jour", False)
    ]  # fmt: skip
    assert all(row.may_mark and not row.coordinates for row in found)
    assert {(row.meeting.title, row.item) for row in found} == {("COPIL", "Point de COPIL")}
    assert await texts(world, on.bo, MINE) == ["d'un autre"]
    assert await texts(world, on.di, MINE) == []


@in_network
async def test_those_of_her_organisations_are_told_without_her_own_and_to_readers_only(
    world: World,
) -> None:
    on = await told(world)
    await todo(world.ws, world.steward, on.item, "à la mairie", organisation="Mairie")
    await todo(world.ws, world.steward, on.item, "à Bo", of=on.bo, organisation="Mairie")
    await todo(world.ws, world.steward, on.item, "à Awa", of=on.awa, organisation="Mairie")
    await todo(world.ws, world.steward, on.item, "à l'hôpital", organisation="Hôpital")
    found = await rows(world, on.awa, OURS)
    assert [(row.todo.text, row.may_mark) for row in found] == [
        ("à la mairie", True), ("à Bo", False)
    ]  # fmt: skip
    assert found[0].todo.organisation == "Mairie"
    assert await texts(world, on.bo, OURS) == ["à la mairie", "à Awa"]
    assert await texts(world, on.cy, OURS) == [], "she may not read the dossier"
    assert await texts(world, on.di, OURS) == ["à l'hôpital"]
    await world.end_membership(on.awa.person_id, on=world.today(plus=-1))
    awa = await world.actor("awa@example.org")
    assert await texts(world, awa, OURS) == [] and await texts(world, awa, MINE) == ["à Awa"]


@in_network
async def test_who_acts_as_another_organisation_answers_for_that_one_alone(world: World) -> None:
    on = await told(world)
    eve = await world.person("Eve", of=("Mairie", "Cabinet"))
    await world.grant(on.folder, eve)
    one = await todo(world.ws, world.steward, on.item, "à la mairie", organisation="Mairie")
    [cabinet] = await world.values("SELECT id FROM organisations WHERE name = 'Cabinet'")
    elsewhere = replace(eve, acting_as=cabinet)  # type: ignore[arg-type]
    assert await texts(world, eve, OURS) == ["à la mairie"]
    assert await texts(world, elsewhere, OURS) == []
    with pytest.raises(Forbidden):
        await todos.do(world.ws, elsewhere, one)
    await todos.do(world.ws, eve, one)


@in_network
async def test_an_organisation_that_merged_hands_its_actions_on(world: World) -> None:
    on = await told(world)
    await todo(world.ws, world.steward, on.item, "à la mairie", organisation="Mairie")
    assert await texts(world, on.di, OURS) == []
    assert on.awa.main_organisation is not None and on.di.main_organisation is not None
    await world.change(
        "UPDATE organisations SET merged_into = :into WHERE id = :id",
        into=on.di.main_organisation,
        id=on.awa.main_organisation,
    )
    assert await texts(world, on.di, OURS) == ["à la mairie"]


@in_network
async def test_late_ones_are_told_to_who_coordinates_their_dossier(world: World) -> None:
    on = await told(world)
    yesterday = world.today(plus=-1)
    await todo(world.ws, world.steward, on.item, "en retard", of=on.awa, due=yesterday)
    await todo(world.ws, world.steward, on.item, "à temps", of=on.awa, due=world.today())
    await todo(world.ws, world.steward, on.item, "sans jour", of=on.awa)
    other = await world.folder("Bureau")
    item = await meeting(world.ws, world.steward, other, "Bureau", DAY)
    await todo(world.ws, world.steward, item, "au bureau", due=yesterday)
    [row] = await rows(world, on.di, LATE)
    assert (row.todo.text, row.is_overdue, row.may_mark) == ("en retard", True, True)
    assert await texts(world, on.awa, LATE) == []
    assert await texts(world, world.steward, LATE) == ["en retard", "au bureau"]
    assert (await todos.waiting(world.ws, on.di)).late == 1
    assert (await todos.waiting(world.ws, on.awa)).late == 0
    await todo(world.ws, world.steward, on.item, "à elle", of=on.di, due=yesterday)
    assert await texts(world, on.di, LATE) == ["en retard"], "her own stand in her own list"
    assert await texts(world, on.di, MINE) == ["à elle"]
    assert (await todos.waiting(world.ws, on.di)).late == 1
    assert "à elle" in await texts(world, world.steward, LATE)
    world.clock.forward(days=1)
    di = await world.actor("di@example.org")
    assert await texts(world, di, LATE) == ["en retard", "à temps"]


@in_network
async def test_the_page_where_she_begins_tells_five_and_how_many_more(world: World) -> None:
    on = await told(world)
    for number in range(7):
        await todo(world.ws, world.steward, on.item, f"action {number}", of=on.awa)
    waiting = await todos.waiting(world.ws, on.awa)
    assert (len(waiting.mine.rows), waiting.mine.rest, waiting.mine.total) == (5, 2, 7)
    mine, *_ = await todos.look(world.ws, on.awa)
    assert mine.whose is MINE and len(mine.rows) == 7
    few = await _statements(world, on.bo)
    assert few == await _statements(world, on.awa) == await _statements(world, on.di)


async def _statements(world: World, actor: Actor) -> int:
    counting = Counting(world.ws.db)
    await todos.waiting(replace(world.ws, db=counting), actor)
    return counting.statements


@in_network
async def test_a_list_comes_page_by_page(world: World) -> None:
    on = await told(world)
    for number in range(90):
        due = world.today(plus=number)
        await todo(world.ws, world.steward, on.item, f"{number}", of=on.awa, due=due)
    pages = [await todos.listed(world.ws, on.awa, MINE, page=n) for n in (1, 2, 3)]
    assert [one.page for one in pages] == [1, 2, 2] and {one.pages for one in pages} == {2}
    shown = [row.todo.text for one in pages[:2] for row in one.rows]
    assert shown == [str(number) for number in range(90)]


@in_network
async def test_an_action_is_hidden_with_its_dossier(world: World) -> None:
    on = await told(world)
    await todo(world.ws, world.steward, on.item, "à Awa", of=on.awa, due=world.today(plus=-1))
    dossier = await dossier_of(world.ws, on.item)
    assert await texts(world, on.awa, MINE) == ["à Awa"]
    await folders.close(world.ws, world.steward, dossier)
    assert await texts(world, on.awa, MINE) == [] and await texts(world, on.di, LATE) == []
    assert await texts(world, world.steward, LATE) == ["à Awa"]
    await trash.remove_folder(world.ws, world.steward, dossier)
    assert await texts(world, world.steward, LATE) == []


@in_network
async def test_who_looks_as_another_has_nothing_to_do_and_does_nothing(world: World) -> None:
    on = await told(world)
    one = await todo(world.ws, world.steward, on.item, "à Di", of=on.di, due=world.today(plus=-1))
    seeing = replace(on.di, seeing=Subject(SubjectKind.PERSON, on.awa.person_id))
    for whose in Whose:
        assert await texts(world, seeing, whose) == []
    assert [found.total for found in await todos.look(world.ws, seeing)] == [0] * len(Whose)
    waiting = await todos.waiting(world.ws, seeing)
    assert (waiting.mine.total, waiting.late) == (0, 0)
    with pytest.raises(Forbidden):
        await todos.do(world.ws, seeing, one)
    assert await texts(world, on.di, MINE) == ["à Di"]


@in_network
async def test_she_herself_a_colleague_where_nobody_is_named_and_coordinators_mark_it(
    world: World,
) -> None:
    on = await told(world)
    hers = await todo(world.ws, world.steward, on.item, "à Awa", of=on.awa, organisation="Mairie")
    ours = await todo(world.ws, world.steward, on.item, "à la mairie", organisation="Mairie")
    nobodys = await todo(world.ws, world.steward, on.item, "à personne")
    for actor, one, may in (
        (on.bo, hers, False),
        (on.bo, nobodys, False),
        (on.awa, hers, True),
        (on.bo, ours, True),
        (on.di, nobodys, True),
    ):
        if not may:
            with pytest.raises(Forbidden) as refused:
                await todos.do(world.ws, actor, one)
            assert refused.value.action == Action.MEET
            continue
        await todos.do(world.ws, actor, one)
        with pytest.raises(AlreadySo, match="todo_done"):
            await todos.do(world.ws, actor, one)
    assert await texts(world, on.awa, MINE) == [] and await texts(world, on.awa, OURS) == []
    assert await texts(world, on.awa, DONE) == ["à Awa", "à la mairie"]
    assert await texts(world, on.di, DONE) == []


@in_network
async def test_one_she_may_not_read_is_like_one_that_never_was(world: World) -> None:
    on = await told(world)
    hidden = await todo(world.ws, world.steward, on.item, "à Cy", of=on.cy)
    asked = []
    for number in (hidden, TodoId(999_999)):
        with pytest.raises(NotFound, match="todo"):
            await todos.do(world.ws, on.cy, number)
        with pytest.raises(NotFound, match="todo"):
            await todos.reopen(world.ws, on.cy, number)
        asked.append(await world.values("SELECT done_on FROM todos"))
    assert asked == [[None], [None]]


@in_network
async def test_marking_is_told_in_the_journal_and_the_index_and_taken_back(world: World) -> None:
    on = await told(world)
    one = await todo(world.ws, world.steward, on.item, "à Awa", of=on.awa)
    number, dossier = await meeting_of(world.ws, on.item), await dossier_of(world.ws, on.item)
    before = (await meetings.look(world.ws, on.awa, number)).meeting
    last = await world.values("SELECT MAX(number) FROM index_entries")
    await todos.do(world.ws, on.awa, one)
    after = (await meetings.look(world.ws, on.awa, number)).meeting
    assert after.items[0].todos[0].done_on == world.today()
    # A reader who marks hers is in nobody's way who prepares or approves meanwhile.
    assert after.state_number == before.state_number
    assert await world.values("SELECT MAX(number) FROM index_entries") > last
    await todos.reopen(world.ws, on.di, one)
    with pytest.raises(AlreadySo, match="todo_open"):
        await todos.reopen(world.ws, on.awa, one)
    assert await texts(world, on.awa, MINE) == ["à Awa"]
    lines = (await journal.of_folder(world.ws, on.di, dossier)).lines
    assert [(line.verb, line.person, line.facts) for line in lines[:2]] == [
        (Verb.TODO_REOPENED, "Di", {"item": "Point de COPIL"}),
        (Verb.TODO_DONE, "Awa", {"item": "Point de COPIL"}),
    ]


@in_network
async def test_it_is_marked_also_where_the_minutes_are_approved(world: World) -> None:
    on = await told(world)
    one = await todo(world.ws, world.steward, on.item, "à Awa", of=on.awa)
    await world.change("UPDATE meetings SET state = 'approved'")
    await todos.do(world.ws, on.awa, one)
    assert await texts(world, on.awa, DONE) == ["à Awa"]
    world.clock.forward(days=31)
    assert await texts(world, await world.actor("awa@example.org"), DONE) == []


@in_network
async def test_the_next_meeting_of_the_series_shows_what_earlier_ones_left(world: World) -> None:
    on = await told(world)
    await todo(world.ws, world.steward, on.item, "du premier", of=on.awa)
    second = await meeting(
        world.ws, world.steward, on.folder, "COPIL 2", DAY + timedelta(days=30), series="COPIL"
    )
    await todo(world.ws, world.steward, second, "du deuxième", of=on.bo)
    done = await todo(world.ws, world.steward, second, "déjà faite", of=on.bo)
    await todos.do(world.ws, on.bo, done)
    hidden = await meeting(
        world.ws, world.steward, on.folder, "COPIL 3", DAY + timedelta(days=60), series="COPIL"
    )
    await todo(world.ws, world.steward, hidden, "du fermé")
    await folders.close(world.ws, world.steward, await dossier_of(world.ws, hidden))
    other = await meeting(world.ws, world.steward, on.folder, "Équipe", DAY, series="Équipe")
    await todo(world.ws, world.steward, other, "d'une autre série")
    last = await meeting(
        world.ws, world.steward, on.folder, "COPIL 4", DAY + timedelta(days=90), series="COPIL"
    )
    await todo(world.ws, world.steward, last, "d'elle-même")
    found = await _left_open(world, on.awa, last)
    assert found == [("du premier", True), ("du deuxième", False)]
    assert await _left_open(world, on.di, last) == [("du premier", True), ("du deuxième", True)]
    assert [text for text, _ in await _left_open(world, world.steward, last) or ()] == [
        "du premier", "du deuxième", "du fermé"
    ]  # fmt: skip
    assert await _left_open(world, on.awa, on.item) == []
    assert await _left_open(world, on.awa, second) == [("du premier", True)]
    await world.change("UPDATE meetings SET state = 'approved' WHERE title = 'COPIL 2'")
    assert await _left_open(world, on.awa, second) is None
    alone = await meeting(world.ws, world.steward, on.folder, "Seule", DAY + timedelta(days=9))
    assert await _left_open(world, on.awa, alone) is None


async def _left_open(world: World, actor: Actor, item: ItemId) -> list[tuple[str, bool]] | None:
    looked = await meetings.look(world.ws, actor, await meeting_of(world.ws, item))
    found = await todos.left_open(world.ws, actor, looked.meeting.row)
    return None if found is None else [(row.todo.text, row.may_mark) for row in found.rows]


@in_network
async def test_one_of_a_person_who_left_is_told_to_coordinators(world: World) -> None:
    on = await told(world)
    one = await todo(world.ws, world.steward, on.item, "à Bo", of=on.bo, organisation="Mairie")
    assert await texts(world, on.di, LEFT) == []
    await accounts.disable(world.ws, world.steward, on.bo.person_id)
    [row] = await rows(world, on.di, LEFT)
    assert row.todo.is_gone and row.coordinates and row.may_mark
    assert await texts(world, on.awa, LEFT) == []
    [seen] = await rows(world, on.awa, OURS)
    assert seen.todo.is_gone and not seen.may_mark
    with pytest.raises(Forbidden):
        await todos.do(world.ws, on.awa, one)
    await todos.do(world.ws, on.di, one)
    assert await texts(world, on.di, LEFT) == []
