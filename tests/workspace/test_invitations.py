"""Convening: inviting gives no right, answers are open to readers, openings to who coordinates."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta

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
from atelier.model.ids import FolderId, MeetingId, OrganisationId
from atelier.model.journal import Verb
from atelier.model.meetings import Answer, MeetingState
from atelier.model.people import Actor
from atelier.model.recurrence import Every
from atelier.workspace import (
    folders,
    invitations,
    journal,
    meeting_lists,
    meetings,
    organisations,
    preparing,
    trash,
    upkeep,
)
from tests.builders import World, in_network, subject

NEVER = MeetingId(10**15)


async def convened(
    world: World, place: FolderId, *, state: MeetingState = MeetingState.CONVENED
) -> MeetingId:
    """A meeting in that folder, three weeks from now."""
    draft = meetings.Draft("Comité", date(2026, 4, 2), time(14, 0), 90)
    made = await meetings.make(world.ws, world.steward, place, draft)
    if state is not MeetingState.PREPARATION:
        await preparing.set_state(world.ws, world.steward, made, state)
    return made


async def dossier_of(world: World, meeting: MeetingId) -> FolderId:
    """The folder that it owns."""
    return (await meetings.look(world.ws, world.steward, meeting)).folder.id


async def invited(world: World, meeting: MeetingId) -> list[tuple[str, int, int]]:
    """Whom it invites, how many people that is, and how many read the dossier."""
    found = await invitations.guests(world.ws, world.steward, meeting)
    return [(one.subject.name, one.people, one.readers) for one in found.invited]


async def answers(world: World, actor: Actor, meeting: MeetingId) -> list[tuple[str, str, str]]:
    """Who answered what, as somebody sees it."""
    found = await meetings.look(world.ws, actor, meeting)
    return [(one.person, one.answer, one.instead) for one in found.meeting.replies]


async def silent(world: World, meeting: MeetingId) -> list[str]:
    """The invited without an answer."""
    found = await invitations.followed(world.ws, world.steward, meeting)
    return [one.name for one in found.silent]


@in_network
async def test_inviting_gives_no_right_and_says_who_does_not_read(world: World) -> None:
    place = await world.folder("Réunions")
    awa = await world.person("Awa", of="Mairie")
    bo = await world.person("Bo", of="Hôpital")
    await world.person("Cy", of="Hôpital")
    dan = await world.person("Dan")
    first = await convened(world, place)
    hospital, town = (await invitations.guests(world.ws, world.steward, first)).choices
    group = await world.group("Groupe", "awa@example.org=Mairie")
    await world.grant(place, awa)
    meeting = await convened(world, place)
    await invitations.invite(
        world.ws, world.steward, meeting, [hospital, town, subject(group)], email="dan@example.org"
    )
    assert (hospital.name, town.name) == ("Hôpital", "Mairie")
    assert await invited(world, meeting) == [
        ("Hôpital", 2, 0), ("Mairie", 1, 1), ("Groupe", 1, 1), ("Dan", 1, 0)
    ]  # fmt: skip
    for stranger in (bo, dan):
        with pytest.raises(NotFound):
            await meetings.look(world.ws, stranger, meeting)
    await world.grant(place, bo)
    assert ("Hôpital", 2, 1) in await invited(world, meeting)
    await world.disable(dan.person_id)
    await world.end_membership(bo.person_id, on=world.today(plus=-1))
    assert await invited(world, meeting) == [
        ("Hôpital", 1, 0), ("Mairie", 1, 1), ("Groupe", 1, 1), ("Dan", 0, 0)
    ]  # fmt: skip
    found = await invitations.guests(world.ws, world.steward, meeting)
    assert [one.may_read for one in found.invited] == [False, True, True, False]
    assert found.choices == ()


@in_network
async def test_only_who_coordinates_invites_and_a_stranger_finds_no_meeting(world: World) -> None:
    place = await world.folder("Réunions")
    reader, contributor, stranger = [await world.person(name) for name in ("Rea", "Coa", "Sol")]
    await world.grant(place, reader)
    await world.grant(place, contributor, Role.CONTRIBUTOR)
    meeting = await convened(world, place)
    wanted = [subject(reader)]
    for one in (reader, contributor):
        with pytest.raises(Forbidden):
            await invitations.invite(world.ws, one, meeting, wanted)
        with pytest.raises(Forbidden):
            await invitations.uninvite(world.ws, one, meeting, wanted[0])
        with pytest.raises(Forbidden):
            await invitations.guests(world.ws, one, meeting)
        with pytest.raises(Forbidden):
            await invitations.followed(world.ws, one, meeting)
    for number in (meeting, NEVER):
        with pytest.raises(NotFound) as refused:
            await invitations.invite(world.ws, stranger, number, wanted)
        assert refused.value.facts() == {"kind": "meeting"}
        with pytest.raises(NotFound):
            await invitations.guests(world.ws, stranger, number)
        with pytest.raises(NotFound):
            await invitations.followed(world.ws, stranger, number)
    await invitations.invite(world.ws, world.steward, meeting, wanted)
    assert await invited(world, meeting) == [("Rea", 1, 1)]


@in_network
async def test_inviting_names_somebody_who_is_there_once_and_is_told_in_the_journal(
    world: World,
) -> None:
    place = await world.folder("Réunions")
    awa = await world.person("Awa", of="Mairie")
    gone = await world.person("Gil")
    await world.disable(gone.person_id)
    meeting, marie = await convened(world, place), world.steward

    async def refused(subjects: list[Subject], email: str = "") -> tuple[str, str]:
        with pytest.raises(Invalid) as error:
            await invitations.invite(world.ws, marie, meeting, subjects, email=email)
        return error.value.field, error.value.fault

    assert await refused([]) == ("subject", "nobody")
    assert await refused([subject(None)]) == ("subject", "unknown")
    assert await refused([Subject(SubjectKind.ORGANISATION, 999)]) == ("subject", "unknown")
    assert await refused([subject(gone)]) == ("subject", "unknown")
    assert await refused([], "nobody@example.org") == ("email", "unknown_address")
    assert await refused([subject(awa)], "gil@example.org") == ("email", "inactive_account")
    assert await invited(world, meeting) == []
    state = (await invitations.guests(world.ws, marie, meeting)).state_number
    await invitations.invite(world.ws, marie, meeting, [subject(awa)], expected=state)
    with pytest.raises(AlreadySo):
        await invitations.invite(world.ws, marie, meeting, [subject(awa)])
    with pytest.raises(MeetingChanged):
        await invitations.uninvite(world.ws, marie, meeting, subject(awa), expected=state)
    await invitations.uninvite(world.ws, marie, meeting, subject(awa), expected=state + 1)
    with pytest.raises(AlreadySo):
        await invitations.uninvite(world.ws, marie, meeting, subject(awa))
    told = await journal.of_folder(world.ws, marie, await dossier_of(world, meeting))
    assert [line.verb for line in told.lines].count(Verb.MEETING_CHANGED) == 2


async def series(world: World, place: FolderId, times: int = 4) -> tuple[MeetingId, ...]:
    """So many meetings of one series, a week apart."""
    draft = meetings.Draft("Comité", date(2026, 4, 2), time(14), series="COPIL")
    made = await preparing.repeat(
        world.ws, world.steward, place, draft, every=Every.WEEK, times=times
    )
    return made.meetings


@in_network
async def test_inviting_goes_on_to_the_later_meetings_not_held_that_she_coordinates(
    world: World,
) -> None:
    place = await world.folder("Réunions")
    awa, bo = await world.person("Awa"), await world.person("Bo")
    await world.grant(place, awa, Role.COORDINATOR)
    first, second, held, closed, last = await series(world, place, 5)
    alone = await convened(world, place)
    await world.change("UPDATE meetings SET state = 'held' WHERE id = :id", id=held)
    await folders.close(world.ws, world.steward, await dossier_of(world, closed))
    found = await invitations.guests(world.ws, awa, second)
    assert (found.following, found.previous) == (1, ())
    assert (await invitations.guests(world.ws, awa, alone)).following == 0
    before = (await invitations.guests(world.ws, awa, last)).state_number
    await invitations.invite(world.ws, awa, second, [subject(bo)], goes_on=True)
    for meeting in (second, last):
        assert await invited(world, meeting) == [("Bo", 1, 0)]
    for meeting in (first, held, closed, alone):
        assert await invited(world, meeting) == []
    assert (await invitations.guests(world.ws, awa, last)).state_number == before + 1
    told = await journal.of_folder(world.ws, world.steward, await dossier_of(world, last))
    assert [line.verb for line in told.lines].count(Verb.MEETING_CHANGED) == 1
    with pytest.raises(AlreadySo):
        await invitations.invite(world.ws, awa, second, [subject(bo)], goes_on=True)
    await invitations.uninvite(world.ws, awa, last, subject(bo))
    await invitations.invite(world.ws, awa, second, [subject(bo)], goes_on=True)
    assert await invited(world, last) == [("Bo", 1, 0)]


@in_network
async def test_the_same_as_the_meeting_before_are_those_who_are_still_there(world: World) -> None:
    place = await world.folder("Réunions")
    awa, bo = await world.person("Awa", of="Mairie"), await world.person("Bo")
    stranger = await world.person("Sol")
    await world.grant(place, awa)
    first, second, third, last = await series(world, place)
    town = (await invitations.guests(world.ws, world.steward, first)).choices[0]
    wanted = [town, subject(bo), subject(stranger)]
    await invitations.invite(world.ws, world.steward, first, wanted)
    await invitations.invite(world.ws, world.steward, second, [subject(bo)])
    await world.disable(stranger.person_id)
    found = await invitations.guests(world.ws, world.steward, second)
    assert [one.name for one in found.previous] == ["Mairie"]
    with pytest.raises(MeetingChanged):
        await invitations.invite_same(world.ws, world.steward, second, expected=99)
    await invitations.invite_same(world.ws, world.steward, second, goes_on=True)
    names = {meeting: {one[0] for one in await invited(world, meeting)} for meeting in (
        second, third, last
    )}  # fmt: skip
    assert names == {second: {"Mairie", "Bo"}, third: {"Mairie"}, last: {"Mairie"}}
    for meeting in (first, second, last):
        with pytest.raises(AlreadySo):
            await invitations.invite_same(world.ws, world.steward, meeting)
    with pytest.raises(Forbidden):
        await invitations.invite_same(world.ws, awa, third)
    for number in (third, NEVER):
        with pytest.raises(NotFound):
            await invitations.invite_same(world.ws, bo, number)
    await world.change("UPDATE meetings SET state = 'approved', approved_at = 1")
    with pytest.raises(MinutesApproved):
        await invitations.invite_same(world.ws, world.steward, third)


@in_network
async def test_an_answer_is_awaited_of_who_is_invited_and_has_not_answered(world: World) -> None:
    place = await world.folder("Réunions")
    awa, bo = await world.person("Awa", of="Mairie"), await world.person("Bo")
    for one in (awa, bo):
        await world.grant(place, one)
    meeting = await convened(world, place, state=MeetingState.PREPARATION)
    town = (await invitations.guests(world.ws, world.steward, meeting)).choices[0]
    await invitations.invite(world.ws, world.steward, meeting, [town])

    async def awaited(actor: Actor) -> bool:
        return meeting in {one.id for one in await meeting_lists.awaiting(world.ws, actor)}

    assert not await awaited(awa)
    await preparing.set_state(world.ws, world.steward, meeting, MeetingState.CONVENED)
    assert await awaited(awa) and not await awaited(bo)
    assert not await awaited(replace(world.steward, seeing=subject(awa)))
    await invitations.answer(world.ws, awa, meeting, Answer.EXCUSED)
    assert not await awaited(awa)


@in_network
async def test_who_coordinates_is_told_how_many_of_the_invited_do_not_read_the_dossier(
    world: World,
) -> None:
    place = await world.folder("Réunions")
    awa, bo = await world.person("Awa", of="Mairie"), await world.person("Bo", of="Mairie")
    sol = await world.person("Sol")
    await world.grant(place, awa)
    meeting = await convened(world, place)

    async def outside() -> tuple[int, int]:
        found = await invitations.followed(world.ws, world.steward, meeting)
        return found.unread, found.half_read

    assert await outside() == (0, 0)
    town = (await invitations.guests(world.ws, world.steward, meeting)).choices[0]
    for one in (town, subject(sol), subject(awa)):
        await invitations.invite(world.ws, world.steward, meeting, [one])
    assert await outside() == (1, 1)
    await world.grant(place, bo)
    await world.grant(place, sol)
    assert await outside() == (0, 0)


@in_network
async def test_once_the_minutes_are_approved_the_list_stays_as_it_is(world: World) -> None:
    awa = await world.person("Awa")
    meeting = await convened(world, await world.folder("Réunions"))
    await invitations.invite(world.ws, world.steward, meeting, [subject(awa)])
    await world.change("UPDATE meetings SET state = 'approved', approved_at = 1")
    with pytest.raises(MinutesApproved):
        await invitations.invite(world.ws, world.steward, meeting, [subject(world.steward)])
    with pytest.raises(MinutesApproved):
        await invitations.uninvite(world.ws, world.steward, meeting, subject(awa))
    assert await invited(world, meeting) == [("Awa", 1, 0)]
    assert (await invitations.guests(world.ws, world.steward, meeting)).is_locked


@in_network
async def test_who_reads_the_dossier_answers_and_changes_her_answer_until_it_is_held(
    world: World,
) -> None:
    place = await world.folder("Réunions")
    awa, bo = await world.person("Awa", of="Mairie"), await world.person("Bo")
    stranger = await world.person("Sol")
    await world.grant(place, awa)
    await world.grant(place, bo)
    meeting = await convened(world, place)
    await invitations.answer(world.ws, awa, meeting, Answer.COMES, "personne")
    await invitations.answer(world.ws, bo, meeting, Answer.REPRESENTED, "  Zoé\r\n  Petit ")
    assert await answers(world, bo, meeting) == [
        ("Awa", "comes", ""), ("Bo", "represented", "Zoé Petit")
    ]  # fmt: skip
    await invitations.answer(world.ws, bo, meeting, Answer.EXCUSED)
    found = (await meetings.look(world.ws, awa, meeting)).meeting
    assert [(one.organisation, one.answer) for one in found.replies] == [
        ("Mairie", "comes"), ("", "excused")
    ]  # fmt: skip
    for number in (meeting, NEVER):
        with pytest.raises(NotFound):
            await invitations.answer(world.ws, stranger, number, Answer.COMES)
    for instead, fault in (
        ("", "nobody_instead"),
        (" \n", "nobody_instead"),
        ("x" * 201, "too_long"),
    ):
        with pytest.raises(Invalid) as error:
            await invitations.answer(world.ws, bo, meeting, Answer.REPRESENTED, instead)
        assert (error.value.field, error.value.fault) == ("instead", fault)
    world.clock.forward(days=40)
    await preparing.set_state(world.ws, world.steward, meeting, MeetingState.HELD)
    with pytest.raises(Invalid, match="not_awaited"):
        await invitations.answer(world.ws, awa, meeting, Answer.EXCUSED)
    assert await answers(world, awa, meeting) == [("Awa", "comes", ""), ("Bo", "excused", "")]


@in_network
async def test_no_answer_is_awaited_in_preparation_nor_of_a_meeting_that_is_cancelled(
    world: World,
) -> None:
    place = await world.folder("Réunions")
    awa = await world.person("Awa")
    await world.grant(place, awa)
    meeting = await convened(world, place, state=MeetingState.PREPARATION)
    with pytest.raises(Invalid, match="not_awaited"):
        await invitations.answer(world.ws, awa, meeting, Answer.COMES)
    await preparing.set_state(world.ws, world.steward, meeting, MeetingState.CONVENED)
    await invitations.answer(world.ws, awa, meeting, Answer.COMES)
    await preparing.cancel(world.ws, world.steward, meeting)
    with pytest.raises(Invalid, match="not_awaited"):
        await invitations.answer(world.ws, awa, meeting, Answer.EXCUSED)


@in_network
async def test_a_closed_dossier_or_one_in_the_trash_takes_no_answer_and_one_who_left_stays_listed(
    world: World,
) -> None:
    place = await world.folder("Réunions")
    awa, bo = await world.person("Awa", of="Mairie"), await world.person("Bo")
    for one in (awa, bo):
        await world.grant(place, one)
    meeting = await convened(world, place)
    dossier = await dossier_of(world, meeting)
    await invitations.answer(world.ws, awa, meeting, Answer.COMES)
    await world.disable(awa.person_id)
    assert await answers(world, bo, meeting) == [("Awa", "comes", "")]
    with pytest.raises(NotFound):
        await invitations.answer(world.ws, awa, meeting, Answer.EXCUSED)
    await folders.close(world.ws, world.steward, dossier)
    with pytest.raises(NotFound):
        await invitations.answer(world.ws, bo, meeting, Answer.COMES)
    await folders.open_again(world.ws, world.steward, dossier)
    await invitations.answer(world.ws, bo, meeting, Answer.COMES)
    await trash.remove_folder(world.ws, world.steward, dossier)
    for act in (
        invitations.answer(world.ws, bo, meeting, Answer.EXCUSED),
        invitations.invite(world.ws, world.steward, meeting, [subject(bo)]),
    ):
        with pytest.raises(NotFound):
            await act


@in_network
async def test_one_who_looks_as_another_answers_nothing_and_invites_nobody(world: World) -> None:
    place = await world.folder("Réunions")
    awa = await world.person("Awa")
    await world.grant(place, awa)
    meeting = await convened(world, place)
    as_awa = replace(world.steward, seeing=subject(awa))
    assert (await meetings.look(world.ws, as_awa, meeting)).meeting.row.id == meeting
    with pytest.raises(Forbidden):
        await invitations.answer(world.ws, as_awa, meeting, Answer.COMES)
    for act in (
        invitations.invite(world.ws, as_awa, meeting, [subject(awa)]),
        invitations.guests(world.ws, as_awa, meeting),
        invitations.followed(world.ws, as_awa, meeting),
    ):
        with pytest.raises(Forbidden):
            await act
    invitations.note_opened(world.ws, as_awa, meeting)
    await world.ws.trail.flush()
    assert await world.values("SELECT person_id FROM meeting_openings") == []
    assert await answers(world, awa, meeting) == []


@in_network
async def test_who_coordinates_is_told_which_of_the_invited_have_not_answered(world: World) -> None:
    place = await world.folder("Réunions")
    awa, bo = await world.person("Awa", of="Mairie"), await world.person("Bo", of="Hôpital")
    eve = await world.person("Eve", of="Cabinet")
    await world.group("Groupe", "bo@example.org=Hôpital")
    for one in (awa, bo, eve):
        await world.grant(place, one)
    meeting = await convened(world, place)
    found = await invitations.guests(world.ws, world.steward, meeting)
    await invitations.invite(world.ws, world.steward, meeting, [*found.choices, subject(eve)])
    everybody = ["Cabinet", "Hôpital", "Mairie", "Groupe", "Eve"]
    assert await silent(world, meeting) == everybody
    await invitations.answer(world.ws, awa, meeting, Answer.EXCUSED)
    assert await silent(world, meeting) == ["Cabinet", "Hôpital", "Groupe", "Eve"]
    await invitations.answer(world.ws, bo, meeting, Answer.COMES)
    assert await silent(world, meeting) == ["Cabinet", "Eve"]
    await invitations.answer(world.ws, eve, meeting, Answer.COMES)
    assert await silent(world, meeting) == []
    # The hat of an answer counts when its bearer has left the organisation.
    await world.end_membership(awa.person_id, on=world.today(plus=-1))
    assert await silent(world, meeting) == []


@in_network
async def test_who_opened_the_page_is_told_with_the_first_and_the_last_time(world: World) -> None:
    place = await world.folder("Réunions")
    awa, bo = await world.person("Awa"), await world.person("Bo")
    meeting = await convened(world, place)
    began = world.clock()
    for who, hours in ((awa, 0), (bo, 1), (awa, 1), (awa, 1)):
        world.clock.forward(hours=hours)
        invitations.note_opened(world.ws, who, meeting)
    invitations.note_opened(world.ws, awa, NEVER)
    assert (await invitations.followed(world.ws, world.steward, meeting)).openings == ()
    await world.ws.trail.flush()
    world.clock.forward(hours=1)
    invitations.note_opened(world.ws, bo, meeting)
    await world.ws.trail.flush()
    found = (await invitations.followed(world.ws, world.steward, meeting)).openings
    hour = timedelta(hours=1)
    assert [(one.person, one.first_at - began, one.last_at - began) for one in found] == [
        ("Bo", hour, 4 * hour), ("Awa", 0 * hour, 3 * hour)
    ]  # fmt: skip


@in_network
async def test_who_opened_the_page_is_forgotten_with_the_access_log_and_with_the_meeting(
    world: World,
) -> None:
    place = await world.folder("Réunions")
    awa, bo = await world.person("Awa"), await world.person("Bo")
    meeting = await convened(world, place)
    for who, days in ((awa, 0), (bo, 200)):
        world.clock.forward(days=days)
        invitations.note_opened(world.ws, who, meeting)
        await world.ws.trail.flush()
    world.clock.forward(days=180)
    await upkeep.forget_expired(world.ws)
    assert await world.values("SELECT person_id FROM meeting_openings") == [bo.person_id]
    dossier = await dossier_of(world, meeting)
    await trash.remove_folder(world.ws, world.steward, dossier)
    await trash.purge_folder(world.ws, world.steward, place, dossier)
    assert await world.values("SELECT person_id FROM meeting_openings") == []


@in_network
async def test_the_organisation_that_takes_in_another_is_invited_in_its_place(
    world: World,
) -> None:
    place = await world.folder("Réunions")
    awa = await world.person("Awa", of="Mairie")
    bo = await world.person("Bo", of="Hôpital")
    await world.grant(place, awa)
    coming, held, both = [await convened(world, place) for _ in range(3)]
    hospital, town = (await invitations.guests(world.ws, world.steward, coming)).choices
    for meeting in (coming, held):
        await invitations.invite(world.ws, world.steward, meeting, [town])
    await invitations.invite(world.ws, world.steward, both, [town, hospital])
    await invitations.answer(world.ws, awa, coming, Answer.COMES)
    await world.change("UPDATE meetings SET state = 'held' WHERE id = :id", id=held)
    await organisations.merge(
        world.ws, world.steward, OrganisationId(town.id), OrganisationId(hospital.id)
    )
    assert [name for name, _, _ in await invited(world, coming)] == ["Hôpital"]
    assert [name for name, _, _ in await invited(world, both)] == ["Hôpital"]
    assert [name for name, _, _ in await invited(world, held)] == ["Mairie"]
    assert await silent(world, coming) == [] and await silent(world, both) == ["Hôpital"]
    assert bo.main_organisation == hospital.id
