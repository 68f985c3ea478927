"""Meetings: made with their dossiers, changed, convened, cancelled; by whom, and by whom not."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from typing import Final

import pytest

from atelier.errors import (
    AlreadySo,
    Forbidden,
    Invalid,
    MeetingChanged,
    MinutesApproved,
    NotFound,
)
from atelier.model.folders import Role, Subject, SubjectKind
from atelier.model.ids import FolderId, MeetingId
from atelier.model.journal import Verb
from atelier.model.meetings import MeetingState
from atelier.model.people import Actor
from atelier.model.recurrence import Every
from atelier.workspace import folders, journal, meetings, preparing, since, trash
from atelier.workspace.meetings import Draft
from tests.builders import World, in_network

SPRING: Final = Draft("Comité de pilotage", date(2026, 3, 20), time(14), 90, "Salle des fêtes")


@dataclass(frozen=True)
class Cast:
    """A folder with a meeting, and one of each role there."""

    folder: FolderId
    meeting: MeetingId
    dossier: FolderId
    people: dict[str, Actor]


async def cast(world: World) -> Cast:
    folder = await world.folder("Réunions")
    people = {"stranger": await world.person("Sol")}
    for name, role in (
        ("reader", Role.READER),
        ("contributor", Role.CONTRIBUTOR),
        ("coordinator", Role.COORDINATOR),
    ):
        people[name] = await world.person(name.title(), of="Mairie")
        await world.grant(folder, people[name], role)
    seen = Subject(SubjectKind.PERSON, people["reader"].person_id)
    people["looking"] = replace(people["coordinator"], seeing=seen)
    meeting = await meetings.make(world.ws, people["coordinator"], folder, SPRING)
    dossier = (await meetings.look(world.ws, people["coordinator"], meeting)).folder.id
    return Cast(folder, meeting, dossier, people)


Act = Callable[[World, Cast, Actor], Awaitable[object]]
CHANGES: Final[dict[str, Act]] = {
    "make": lambda w, c, a: meetings.make(w.ws, a, c.folder, SPRING),
    "repeat": lambda w, c, a: preparing.repeat(
        w.ws, a, c.folder, replace(SPRING, series="COPIL"), every=Every.WEEK, times=2
    ),
    "change": lambda w, c, a: preparing.change(w.ws, a, c.meeting, replace(SPRING, title="Autre")),
    "its form": lambda w, c, a: preparing.enter_form(w.ws, a, c.meeting),
    "state": lambda w, c, a: preparing.set_state(w.ws, a, c.meeting, MeetingState.CONVENED),
    "cancel": lambda w, c, a: preparing.cancel(w.ws, a, c.meeting),
}
LOOKS: Final[dict[str, Act]] = {
    "look": lambda w, c, a: meetings.look(w.ws, a, c.meeting),
    "since": lambda w, c, a: since.look(w.ws, a, c.meeting),
}
IN_DOSSIER: Final = [name for name in (*CHANGES, *LOOKS) if name not in ("make", "repeat")]


async def records(world: World) -> list[object]:
    return [
        await world.values(f"SELECT * FROM {table}")
        for table in ("meetings", "series", "folders", "journal", "index_entries", "names")
    ]


@pytest.mark.parametrize("name", CHANGES)
@in_network
async def test_only_who_coordinates_prepares_and_a_refusal_writes_nothing(
    world: World, name: str
) -> None:
    made, act = await cast(world), CHANGES[name]
    before = await records(world)
    with pytest.raises(NotFound):
        await act(world, made, made.people["stranger"])
    for refused in ("reader", "contributor", "looking"):
        with pytest.raises(Forbidden):
            await act(world, made, made.people[refused])
    assert await records(world) == before
    await act(world, made, made.people["coordinator"])


@pytest.mark.parametrize("name", LOOKS)
@in_network
async def test_whoever_reads_the_dossier_sees_the_meeting_and_nobody_else(
    world: World, name: str
) -> None:
    made, act = await cast(world), LOOKS[name]
    for reads in ("reader", "contributor", "coordinator", "looking"):
        await act(world, made, made.people[reads])
    with pytest.raises(NotFound) as hidden:
        await act(world, made, made.people["stranger"])
    never = replace(made, meeting=MeetingId(999_999))
    with pytest.raises(NotFound) as missing:
        await act(world, never, made.people["coordinator"])
    assert str(hidden.value) == str(missing.value)


@pytest.mark.parametrize("name", IN_DOSSIER)
@in_network
async def test_a_closed_dossier_has_its_own_readers_and_one_in_the_trash_has_none(
    world: World, name: str
) -> None:
    made, act = await cast(world), (CHANGES | LOOKS)[name]
    await folders.close(world.ws, made.people["coordinator"], made.dossier)
    for hidden in ("stranger", "reader", "contributor", "looking"):
        with pytest.raises(NotFound):
            await act(world, made, made.people[hidden])
    with pytest.raises(NotFound):
        await act(world, made, world.steward)
    await act(world, made, made.people["coordinator"])
    await trash.remove_folder(world.ws, made.people["coordinator"], made.dossier)
    for hidden in made.people:
        with pytest.raises(NotFound):
            await act(world, made, made.people[hidden])


@in_network
async def test_a_meeting_has_a_dossier_of_its_day_and_title_in_the_folder_and_tells_the_journal(
    world: World,
) -> None:
    made = await cast(world)
    coordinator = made.people["coordinator"]
    seen = await meetings.look(world.ws, made.people["reader"], made.meeting)
    row = seen.meeting.row
    assert seen.folder.name == "2026-03-20 Comité de pilotage"
    assert seen.folder.parent_id == made.folder
    assert (row.title, row.place, row.lasts_minutes) == (
        "Comité de pilotage",
        "Salle des fêtes",
        90,
    )
    assert row.starts_at == datetime(2026, 3, 20, 13, tzinfo=UTC)  # winter time in Paris
    assert row.organisation == "Mairie" and row.state is MeetingState.PREPARATION
    told = (await journal.of_folder(world.ws, coordinator, made.dossier)).lines
    assert [(one.verb, one.facts) for one in told] == [
        (Verb.MEETING_MADE, {"title": "Comité de pilotage"})
    ]
    assert (await folders.look(world.ws, made.people["reader"], made.dossier)).meeting == row
    assert (await folders.look(world.ws, made.people["reader"], made.folder)).meeting is None


@in_network
async def test_a_taken_name_gets_a_number_and_what_no_name_may_hold_is_replaced(
    world: World,
) -> None:
    made = await cast(world)
    ws, coordinator = world.ws, made.people["coordinator"]

    async def dossier(draft: Draft) -> str:
        meeting = await meetings.make(ws, coordinator, made.folder, draft)
        return (await meetings.look(ws, coordinator, meeting)).folder.name

    assert await dossier(SPRING) == "2026-03-20 Comité de pilotage (2)"
    assert await dossier(SPRING) == "2026-03-20 Comité de pilotage (3)"
    await world.deposit(coordinator, made.folder, "2026-03-21 Bilan", b"x")
    assert await dossier(Draft("Bilan", date(2026, 3, 21))) == "2026-03-21 Bilan (2)"
    assert await dossier(Draft("2025/2026 \\ suite", date(2026, 3, 22))) == (
        "2026-03-22 2025-2026 - suite"
    )
    for letter in ("a", "é", "字", "👩‍⚕️"):
        long = await dossier(Draft((letter * 200)[:199] + "x", date(2026, 3, 23)))
        assert len(long.encode()) <= 255


@in_network
async def test_a_dossier_holds_no_other_meeting(world: World) -> None:
    made = await cast(world)
    coordinator = made.people["coordinator"]
    with pytest.raises(Invalid) as nested:
        await meetings.make(world.ws, coordinator, made.dossier, SPRING)
    assert (nested.value.field, nested.value.fault) == ("folder", "is_dossier")
    with pytest.raises(Forbidden):  # who may not prepare is not told of it
        await meetings.make(world.ws, made.people["reader"], made.dossier, SPRING)


@pytest.mark.parametrize(
    ("draft", "field", "fault"),
    [
        (replace(SPRING, title="  "), "title", "empty"),
        (replace(SPRING, title="\u200b\u200e\u2060"), "title", "without_words"),
        (replace(SPRING, title="…"), "title", "without_words"),
        (replace(SPRING, title="a\nb"), "title", "malformed"),
        (replace(SPRING, title="x" * 201), "title", "too_long"),
        (replace(SPRING, place="x" * 301), "place", "too_long"),
        (replace(SPRING, link="javascript:alert(1)"), "link", "not_a_link"),
        (replace(SPRING, link="https://" + "x" * 500), "link", "too_long"),
        (replace(SPRING, series="\u200b"), "series", "without_words"),
        (replace(SPRING, lasts_minutes=0), "lasts", "out_of_range"),
        (replace(SPRING, lasts_minutes=10_081), "lasts", "out_of_range"),
        (replace(SPRING, day=date(1900, 1, 1)), "day", "far_day"),
        (replace(SPRING, day=date(2200, 1, 1)), "day", "far_day"),
        (replace(SPRING, day=date(2026, 3, 29), starts=time(2, 30)), "starts", "no_such_time"),
    ],
)
@in_network
async def test_what_cannot_be_is_refused_with_its_field(
    world: World, draft: Draft, field: str, fault: str
) -> None:
    made = await cast(world)
    before = await records(world)
    coordinator = made.people["coordinator"]
    for act in (
        meetings.make(world.ws, coordinator, made.folder, draft),
        preparing.change(world.ws, coordinator, made.meeting, draft),
    ):
        with pytest.raises(Invalid) as refused:
            await act
        assert (refused.value.field, refused.value.fault) == (field, fault)
    assert await records(world) == before


@in_network
async def test_a_day_that_is_past_may_be_written_up_but_no_longer_convened(world: World) -> None:
    made = await cast(world)
    ws, coordinator = world.ws, made.people["coordinator"]
    past = await meetings.make(ws, coordinator, made.folder, replace(SPRING, day=date(2025, 5, 6)))
    with pytest.raises(Invalid) as late:
        await preparing.set_state(ws, coordinator, past, MeetingState.CONVENED)
    assert (late.value.field, late.value.fault) == ("day", "meeting_past")
    await preparing.set_state(ws, coordinator, past, MeetingState.HELD)
    await preparing.set_state(ws, coordinator, made.meeting, MeetingState.CONVENED)
    with pytest.raises(Invalid) as early:
        await preparing.set_state(ws, coordinator, made.meeting, MeetingState.HELD)
    assert early.value.fault == "meeting_to_come"


@in_network
async def test_a_state_goes_on_and_a_step_back_and_is_never_approved_from_here(
    world: World,
) -> None:
    made = await cast(world)
    ws, coordinator = world.ws, made.people["coordinator"]
    world.clock.forward(days=8)  # the day itself

    async def state() -> MeetingState:
        return (await meetings.look(ws, coordinator, made.meeting)).meeting.row.state

    for wanted in (
        MeetingState.CONVENED,
        MeetingState.HELD,
        MeetingState.CONVENED,
        MeetingState.PREPARATION,
        MeetingState.HELD,
        MeetingState.PREPARATION,
    ):
        await preparing.set_state(ws, coordinator, made.meeting, wanted)
        assert await state() is wanted
    with pytest.raises(AlreadySo):
        await preparing.set_state(ws, coordinator, made.meeting, MeetingState.PREPARATION)
    with pytest.raises(Invalid):
        await preparing.set_state(ws, coordinator, made.meeting, MeetingState.APPROVED)
    told = (await journal.of_folder(ws, coordinator, made.dossier)).lines
    assert (told[0].verb, told[0].facts) == (
        Verb.MEETING_MOVED_ON, {"meeting_state": "preparation"},
    )  # fmt: skip


@in_network
async def test_a_cancelled_meeting_is_not_convened_and_takes_place_again(world: World) -> None:
    made = await cast(world)
    ws, coordinator = world.ws, made.people["coordinator"]
    with pytest.raises(AlreadySo):
        await preparing.revive(ws, coordinator, made.meeting)
    await preparing.cancel(ws, coordinator, made.meeting, expected=1)
    with pytest.raises(AlreadySo):
        await preparing.cancel(ws, coordinator, made.meeting)
    with pytest.raises(Invalid) as refused:
        await preparing.set_state(ws, coordinator, made.meeting, MeetingState.CONVENED)
    assert refused.value.fault == "meeting_cancelled"
    with pytest.raises(NotFound):
        await preparing.revive(ws, made.people["stranger"], made.meeting)
    for name in ("reader", "contributor", "looking"):
        with pytest.raises(Forbidden):
            await preparing.revive(ws, made.people[name], made.meeting)
    await preparing.revive(ws, coordinator, made.meeting)
    whole = (await meetings.look(ws, coordinator, made.meeting)).meeting
    assert (whole.row.is_cancelled, whole.sequence) == (False, 2)
    world.clock.forward(days=8)
    await preparing.set_state(ws, coordinator, made.meeting, MeetingState.HELD)
    with pytest.raises(Invalid) as held:
        await preparing.cancel(ws, coordinator, made.meeting)
    assert held.value.fault == "meeting_held"


@in_network
async def test_of_two_writers_the_second_is_told_and_what_is_approved_does_not_change(
    world: World,
) -> None:
    made = await cast(world)
    ws, coordinator = world.ws, made.people["coordinator"]
    await preparing.change(
        ws, coordinator, made.meeting, replace(SPRING, place="Mairie"), expected=1
    )
    before = await records(world)
    with pytest.raises(MeetingChanged) as second:
        await preparing.change(ws, coordinator, made.meeting, SPRING, expected=1)
    assert second.value.state_number == 2
    with pytest.raises(MeetingChanged):
        await preparing.cancel(ws, coordinator, made.meeting, expected=1)
    with pytest.raises(MeetingChanged):
        await preparing.set_state(ws, coordinator, made.meeting, MeetingState.CONVENED, expected=1)
    assert await records(world) == before
    await world.change("UPDATE meetings SET state = 'approved'")
    for act in (
        preparing.change(ws, coordinator, made.meeting, SPRING, expected=2),
        preparing.cancel(ws, coordinator, made.meeting),
        preparing.set_state(ws, coordinator, made.meeting, MeetingState.HELD),
    ):
        with pytest.raises(MinutesApproved):
            await act


@in_network
async def test_the_dossier_follows_title_and_day_while_it_bears_the_name_it_was_made_with(
    world: World,
) -> None:
    made = await cast(world)
    ws, coordinator = world.ws, made.people["coordinator"]

    async def called(draft: Draft, meeting: MeetingId = made.meeting) -> str:
        await preparing.change(ws, coordinator, meeting, draft)
        return (await meetings.look(ws, coordinator, meeting)).folder.name

    assert await called(replace(SPRING, day=date(2026, 4, 2))) == "2026-04-02 Comité de pilotage"
    assert await called(replace(SPRING, title="Bilan")) == "2026-03-20 Bilan"
    told = (await journal.of_folder(ws, coordinator, made.dossier)).lines
    assert Verb.FOLDER_RENAMED in [one.verb for one in told]
    twin = await meetings.make(ws, coordinator, made.folder, SPRING)
    assert await called(SPRING) == "2026-03-20 Bilan", "the name is taken: it stays"
    assert await called(replace(SPRING, title="Suite"), twin) == "2026-03-20 Suite"
    await folders.rename(ws, coordinator, made.dossier, "Notre comité")
    assert await called(replace(SPRING, title="Encore")) == "Notre comité"


@in_network
async def test_a_numbered_dossier_follows_too(world: World) -> None:
    made = await cast(world)
    ws, coordinator = world.ws, made.people["coordinator"]
    second = await meetings.make(ws, coordinator, made.folder, SPRING)
    assert (await meetings.look(ws, coordinator, second)).folder.name.endswith(" (2)")
    await preparing.change(ws, coordinator, second, replace(SPRING, title="Suite"))
    assert (await meetings.look(ws, coordinator, second)).folder.name == "2026-03-20 Suite"
