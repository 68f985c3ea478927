"""Who was there: proposed, corrected, written as a whole; each act beside its refusal."""

from __future__ import annotations

import dataclasses
from typing import Final

import pytest

from atelier.errors import Forbidden, Invalid, MeetingChanged, MinutesApproved, NotFound
from atelier.model.folders import Role, Subject, SubjectKind
from atelier.model.ids import FolderId, MeetingId, PersonId
from atelier.model.journal import Verb
from atelier.model.meetings import Answer, Attendee, MeetingState, Presence
from atelier.model.people import Actor
from atelier.workspace import attendance, invitations, journal, people, preparing
from tests.agendas import approve, meet, seen
from tests.builders import World, in_network, subject

HERE, AWAY = Presence.PRESENT, Presence.ABSENT
FOREIGN: Final = Attendee(None, "Un invité", "Ailleurs", HERE)


async def convened(world: World, *readers: Actor) -> tuple[MeetingId, FolderId]:
    """A meeting that awaits answers, whose dossier they read."""
    folder = await world.folder("Comités")
    for one in readers:
        await world.grant(folder, one)
    meeting = await meet(world, folder)
    await preparing.set_state(world.ws, world.steward, meeting, MeetingState.CONVENED)
    return meeting, folder


async def take(world: World, meeting: MeetingId, *lines: Attendee) -> None:
    """The steward writes the list as she sees it."""
    shown = await attendance.look(world.ws, world.steward, meeting)
    await attendance.take(world.ws, world.steward, meeting, lines, expected=shown.state)


async def written(world: World, meeting: MeetingId) -> tuple[Attendee, ...]:
    return (await seen(world, world.steward, meeting)).attendance


@in_network
async def test_it_is_proposed_from_answers_and_from_who_is_invited(world: World) -> None:
    awa, bo, cy = [await world.person(name, of="Mairie") for name in ("Awa", "Bo", "Cy")]
    meeting, _ = await convened(world, awa, bo, cy)
    town = (await people.directory(world.ws, world.steward))[0][0]
    await invitations.invite(
        world.ws, world.steward, meeting, [Subject(SubjectKind.ORGANISATION, town.id)]
    )
    await invitations.answer(world.ws, awa, meeting, Answer.COMES)
    await invitations.answer(world.ws, bo, meeting, Answer.REPRESENTED, "Dia")
    found = await attendance.look(world.ws, world.steward, meeting)
    assert not found.is_taken
    assert [(one.name, one.organisation, one.presence, one.instead) for one in found.rows] == [
        ("Awa", "Mairie", HERE, ""),
        ("Bo", "Mairie", Presence.REPRESENTED, "Dia"),
        ("Cy", "Mairie", None, ""),
    ]
    await take(world, meeting, Attendee(awa.person_id, "", "", AWAY))
    again = await attendance.look(world.ws, world.steward, meeting)
    assert again.is_taken
    assert [(one.name, one.presence) for one in again.rows] == [
        ("Awa", AWAY),
        ("Bo", None),
        ("Cy", None),
    ]


@in_network
async def test_many_who_did_not_answer_are_counted_and_not_shown(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attendance, "MOST_PROPOSED", 1)
    awa, bo = await world.person("Awa"), await world.person("Bo")
    meeting, _ = await convened(world)
    await invitations.invite(world.ws, world.steward, meeting, [subject(awa), subject(bo)])
    found = await attendance.look(world.ws, world.steward, meeting)
    assert ([one.name for one in found.rows], found.left_out) == (["Awa"], 1)


@in_network
async def test_the_list_is_written_by_coordinators_read_by_readers_and_hidden_from_others(
    world: World,
) -> None:
    rea, out = await world.person("Rea", of="Mairie"), await world.person("Out")
    meeting, folder = await convened(world, rea)
    await take(world, meeting, Attendee(rea.person_id, "Autre nom", "Autre", HERE), FOREIGN)
    whole = await seen(world, rea, meeting)
    assert whole.attendance == (
        Attendee(rea.person_id, "Rea", "Mairie", HERE),
        Attendee(None, "Un invité", "Ailleurs", HERE),
    )
    lines = (await journal.of_folder(world.ws, world.steward, whole.row.dossier_id)).lines
    assert lines[0].verb is Verb.ATTENDANCE_TAKEN and lines[0].facts == {}
    looking = dataclasses.replace(world.steward, seeing=subject(rea))
    for who, refusal in ((rea, Forbidden), (looking, Forbidden), (out, NotFound)):
        with pytest.raises(refusal):
            await attendance.take(world.ws, who, meeting, [FOREIGN], expected="")
    for who, unseen in ((rea, Forbidden), (out, NotFound)):
        with pytest.raises(unseen):
            await attendance.look(world.ws, who, meeting)
    with pytest.raises(NotFound):
        await attendance.take(world.ws, world.steward, MeetingId(10**15), [FOREIGN], expected="")
    assert await written(world, meeting) == whole.attendance
    await world.grant(folder, rea, Role.COORDINATOR)
    shown = await attendance.look(world.ws, rea, meeting)
    await attendance.take(world.ws, rea, meeting, [FOREIGN], expected=shown.state)
    assert [one.name for one in await written(world, meeting)] == ["Un invité"]


@in_network
async def test_a_typed_name_that_is_one_persons_alone_is_hers(world: World) -> None:
    awa = await world.person("Awa Sow", of="Mairie")
    await people.add_person(world.ws, world.steward, "a@example.org", name="Jean Roy")
    await people.add_person(world.ws, world.steward, "b@example.org", name="Jean Roy")
    meeting, _ = await convened(world)
    await take(
        world, meeting, Attendee(None, "awa sow", "", HERE), Attendee(None, "Jean Roy", "X", AWAY)
    )
    assert await written(world, meeting) == (
        Attendee(awa.person_id, "Awa Sow", "Mairie", HERE),
        Attendee(None, "Jean Roy", "X", AWAY),
    )


@in_network
async def test_who_left_keeps_her_line_and_nobody_who_left_gets_one(world: World) -> None:
    awa, bo = await world.person("Awa", of="Mairie"), await world.person("Bo")
    meeting, _ = await convened(world, bo)
    await invitations.answer(world.ws, bo, meeting, Answer.COMES)
    line = Attendee(awa.person_id, "", "", HERE)
    await take(world, meeting, line)
    await world.change("UPDATE people SET disabled_at = 1 WHERE name IN ('Awa', 'Bo')")
    await take(world, meeting, line, Attendee(bo.person_id, "", "", HERE))
    assert [(one.name, one.organisation) for one in await written(world, meeting)] == [
        ("Awa", "Mairie"),
        ("Bo", ""),
    ]
    other = await meet(world, await world.folder("Ailleurs"))
    for who in (awa.person_id, PersonId(10**15)):
        with pytest.raises(Invalid):
            await take(world, other, Attendee(who, "Awa", "", HERE))
    assert await written(world, other) == ()


@in_network
async def test_of_two_lists_the_second_is_told_and_the_first_stays(world: World) -> None:
    meeting, _ = await convened(world)
    shown = await attendance.look(world.ws, world.steward, meeting)
    for _ in range(2):  # the same list again is nothing
        await attendance.take(world.ws, world.steward, meeting, [FOREIGN], expected=shown.state)
    other = dataclasses.replace(FOREIGN, name="Une autre")
    with pytest.raises(MeetingChanged):
        await attendance.take(world.ws, world.steward, meeting, [other], expected=shown.state)
    assert [one.name for one in await written(world, meeting)] == ["Un invité"]
    await take(world, meeting, other)
    assert [one.name for one in await written(world, meeting)] == ["Une autre"]


@in_network
async def test_approved_minutes_keep_their_list(world: World) -> None:
    meeting, _ = await convened(world)
    await take(world, meeting, FOREIGN)
    await approve(world, meeting)
    with pytest.raises(MinutesApproved):
        await take(world, meeting)
    assert [one.name for one in await written(world, meeting)] == ["Un invité"]
    assert (await attendance.look(world.ws, world.steward, meeting)).is_locked


@pytest.mark.parametrize(
    ("lines", "field", "fault"),
    [
        ([Attendee(None, " ", "", HERE)], "name", "empty"),
        ([Attendee(None, "a" * 201, "", HERE)], "name", "too_long"),
        ([Attendee(None, "a", "b" * 201, HERE)], "organisation", "too_long"),
        ([Attendee(None, "a", "", HERE, "b")], "instead", "not_represented"),
        ([FOREIGN, FOREIGN], "name", "twice_there"),
        ([dataclasses.replace(FOREIGN, name=str(n)) for n in range(501)], "name", "too_many_there"),
    ],
)
@in_network
async def test_a_list_that_cannot_be_is_refused_whole(
    world: World, lines: list[Attendee], field: str, fault: str
) -> None:
    meeting, _ = await convened(world)
    with pytest.raises(Invalid) as refused:
        await take(world, meeting, Attendee(None, "Awa", "", HERE), *lines)
    assert (refused.value.field, refused.value.fault) == (field, fault)
    assert await written(world, meeting) == ()
    await take(world, meeting, Attendee(None, "a", "", Presence.REPRESENTED, "b"))
    assert (await written(world, meeting))[0].instead == "b"
