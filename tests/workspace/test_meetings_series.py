"""Series and their recurrence; meetings in the trash, purged, and what the index is told."""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import replace
from datetime import UTC, date, datetime, time

import pytest

from atelier.errors import Invalid, NotFound
from atelier.model.folders import Role
from atelier.model.ids import FolderId, MeetingId
from atelier.model.meetings import MeetingState, Part, entry_number
from atelier.model.recurrence import Every
from atelier.workspace import folders, meetings, preparing, trash
from atelier.workspace.meetings import Draft
from tests.builders import World, in_network
from tests.workspace.test_meetings import SPRING, cast, records


@in_network
async def test_meetings_of_a_series_stand_at_one_local_time_each_with_its_dossier(
    world: World,
) -> None:
    made = await cast(world)
    ws, coordinator = world.ws, made.people["coordinator"]
    draft = Draft("Comité", date(2026, 3, 10), time(14), series="COPIL")
    done = await preparing.repeat(
        ws, coordinator, made.folder, draft, every=Every.MONTH_WEEKDAY, times=4
    )
    found = [await meetings.look(ws, made.people["reader"], one) for one in done.meetings]
    assert [one.folder.name for one in found] == [
        "2026-03-10 Comité", "2026-04-14 Comité", "2026-05-12 Comité", "2026-06-09 Comité",
    ]  # fmt: skip
    # Summer time begins on 29 March: the same hour in Paris is another one in UTC.
    assert [one.meeting.row.starts_at for one in found] == [
        datetime(2026, 3, 10, 13, tzinfo=UTC),
        datetime(2026, 4, 14, 12, tzinfo=UTC),
        datetime(2026, 5, 12, 12, tzinfo=UTC),
        datetime(2026, 6, 9, 12, tzinfo=UTC),
    ]
    assert {one.meeting.row.series and one.meeting.row.series.id for one in found} == {done.series}


@in_network
async def test_a_time_that_one_of_the_days_does_not_have_leaves_nothing_and_names_the_day(
    world: World,
) -> None:
    made = await cast(world)
    ws, coordinator = world.ws, made.people["coordinator"]
    before = await records(world)
    draft = Draft("Veille", date(2026, 3, 15), time(2, 30), series="Veille")
    with pytest.raises(Invalid) as refused:
        await preparing.repeat(ws, coordinator, made.folder, draft, every=Every.WEEK, times=4)
    assert (refused.value.field, refused.value.fault, refused.value.value) == (
        "starts", "no_such_time_on", "29/03/2026, 02:30",
    )  # fmt: skip
    assert await records(world) == before
    twice = replace(draft, day=date(2026, 10, 11))  # 02:30 comes twice on 25 October: the first
    done = await preparing.repeat(ws, coordinator, made.folder, twice, every=Every.WEEK, times=3)
    last = (await meetings.look(ws, coordinator, done.meetings[-1])).meeting.row
    assert last.starts_at == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("series", "times", "field", "fault"),
    [
        ("", 3, "series", "needed_to_repeat"),
        ("\u200b", 3, "series", "without_words"),
        ("COPIL", 1, "times", "not_times"),
        ("COPIL", 61, "times", "not_times"),
    ],
)
@in_network
async def test_what_cannot_be_repeated_is_refused(
    world: World, series: str, times: int, field: str, fault: str
) -> None:
    made = await cast(world)
    before = await records(world)
    draft = replace(SPRING, series=series)
    with pytest.raises(Invalid) as refused:
        await preparing.repeat(
            world.ws, made.people["coordinator"], made.folder, draft, every=Every.WEEK, times=times
        )
    assert (refused.value.field, refused.value.fault) == (field, fault)
    assert await records(world) == before


@in_network
async def test_a_series_does_not_run_on_past_the_years_that_are_possible(world: World) -> None:
    made = await cast(world)
    before = await records(world)
    draft = replace(SPRING, day=date(2120, 3, 12), series="Siècle")
    with pytest.raises(Invalid) as refused:
        await preparing.repeat(
            world.ws, made.people["coordinator"], made.folder, draft, every=Every.YEAR, times=8
        )
    assert (refused.value.field, refused.value.fault) == ("day", "far_day")
    assert refused.value.value == "2127-03-12"
    assert await records(world) == before


@in_network
async def test_so_many_meetings_as_there_may_be_are_made_at_once(world: World) -> None:
    made = await cast(world)
    done = await preparing.repeat(
        world.ws,
        made.people["coordinator"],
        made.folder,
        replace(SPRING, series="Hebdo"),
        every=Every.WEEK,
        times=60,
    )
    assert len(set(done.meetings)) == 60
    assert await world.values(
        "SELECT COUNT(*) FROM folders WHERE parent_id = :id", id=made.folder
    ) == [61]


@in_network
async def test_a_series_is_one_by_its_name_in_the_folder_and_stays_when_it_is_not_renamed(
    world: World,
) -> None:
    made = await cast(world)
    ws, coordinator = world.ws, made.people["coordinator"]
    draft = replace(SPRING, series="COPIL")
    one = await meetings.make(ws, coordinator, made.folder, draft)
    other = await meetings.make(ws, coordinator, made.folder, replace(SPRING, series="copil "))
    elsewhere = await world.folder("Ailleurs")
    third = await meetings.make(ws, world.steward, elsewhere, draft)
    rows = [
        (await meetings.look(ws, world.steward, each)).meeting.row for each in (one, other, third)
    ]
    series = [row.series for row in rows]
    assert series[0] == series[1] != series[2]
    await folders.move(ws, world.steward, rows[0].dossier_id, elsewhere)
    await preparing.change(ws, world.steward, one, replace(draft, title="Déplacée"))
    moved = (await meetings.look(ws, world.steward, one)).meeting.row
    assert moved.series == series[0], "no other was asked for"
    await preparing.change(ws, world.steward, one, replace(draft, series=""))
    assert (await meetings.look(ws, world.steward, one)).meeting.row.series is None
    await preparing.change(ws, world.steward, one, draft)
    assert (await meetings.look(ws, world.steward, one)).meeting.row.series == series[2]


@in_network
async def test_a_series_she_sees_no_meeting_of_is_none_to_her_not_even_by_its_spelling(
    world: World,
) -> None:
    made = await cast(world)
    coordinator = made.people["coordinator"]
    draft = replace(SPRING, series="Plan Occulte")
    hidden = await meetings.make(world.ws, world.steward, made.folder, draft)
    row = (await meetings.look(world.ws, world.steward, hidden)).meeting.row
    await folders.close(world.ws, world.steward, row.dossier_id)
    typed = replace(SPRING, series="plan occulte")
    hers = await meetings.make(world.ws, coordinator, made.folder, typed)
    again = await meetings.make(world.ws, coordinator, made.folder, draft)
    seen = [
        (await meetings.look(world.ws, coordinator, one)).meeting.row.series
        for one in (hers, again)
    ]
    assert seen[0] == seen[1] and seen[0] is not None and row.series is not None
    assert (seen[0].name, seen[0].id == row.series.id) == ("plan occulte", False)


@in_network
async def test_who_coordinates_the_dossier_alone_writes_no_series_into_the_folder_above(
    world: World,
) -> None:
    made = await cast(world)
    ws, alone = world.ws, await world.person("Alone")
    await world.grant(made.dossier, alone, Role.COORDINATOR)
    with pytest.raises(Invalid) as refused:
        await preparing.change(ws, alone, made.meeting, replace(SPRING, series="COPIL"))
    assert (refused.value.field, refused.value.fault) == ("series", "series_above")
    assert await world.values("SELECT name FROM series") == []
    assert (await preparing.enter_form(ws, alone, made.meeting)).series == ()
    await preparing.change(ws, alone, made.meeting, replace(SPRING, place="Ici"))
    coordinator = made.people["coordinator"]
    await preparing.change(ws, coordinator, made.meeting, replace(SPRING, series="COPIL"))
    [shown] = (await preparing.enter_form(ws, coordinator, made.meeting)).series
    assert shown.name == "COPIL"
    await preparing.change(ws, alone, made.meeting, replace(SPRING, series="copil"))


@in_network
async def test_every_change_has_the_index_look_again_and_so_have_the_trash_and_a_purge(
    world: World,
) -> None:
    made = await cast(world)
    ws, coordinator = world.ws, made.people["coordinator"]

    async def noted(act: Awaitable[object], meeting: MeetingId = made.meeting) -> bool:
        await world.change("DELETE FROM index_entries")
        await act
        told = set(await world.values("SELECT document_id FROM index_entries"))
        return {entry_number(meeting, part) for part in Part} <= told

    def removed(folder: int) -> Awaitable[object]:
        return trash.remove_folder(ws, world.steward, FolderId(folder))

    renamed = replace(SPRING, title="Bilan")
    assert await noted(preparing.change(ws, coordinator, made.meeting, renamed))
    assert await noted(preparing.set_state(ws, coordinator, made.meeting, MeetingState.CONVENED))
    assert await noted(preparing.cancel(ws, coordinator, made.meeting))
    assert await noted(removed(made.dossier))
    assert await noted(trash.restore_folder(ws, world.steward, made.folder, made.dossier))
    assert await noted(removed(made.folder)), "with the folder above"
    assert await noted(trash.purge_folder(ws, world.steward, None, made.folder))
    with pytest.raises(NotFound):
        await meetings.look(ws, coordinator, made.meeting)


@in_network
async def test_a_purge_ends_the_meetings_and_series_of_the_folder_and_no_other(
    world: World,
) -> None:
    made = await cast(world)
    ws, coordinator = world.ws, made.people["coordinator"]
    draft = replace(SPRING, series="COPIL")
    kept = await meetings.make(ws, coordinator, made.folder, draft)
    await meetings.make(ws, coordinator, made.folder, draft)
    dossier = (await meetings.look(ws, coordinator, kept)).folder.id
    await folders.close(ws, coordinator, dossier)
    await trash.remove_folder(ws, world.steward, made.folder)
    await world.change("DELETE FROM index_entries")
    await trash.purge_folder(ws, world.steward, None, made.folder)
    assert await world.values("SELECT id FROM meetings") == [kept]
    assert await world.values("SELECT id FROM series") == []
    left = (await meetings.look(ws, coordinator, kept)).meeting.row
    assert left.series is None, "its series ended with the folder; the meeting did not"
    told = await world.values("SELECT document_id FROM index_entries")
    assert entry_number(kept, Part.AGENDA) in told
