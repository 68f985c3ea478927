"""Calendars: a file for who reads, and a feed of what its person may read at that moment."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from icalendar import Calendar

from atelier.errors import Forbidden, NotFound
from atelier.model.folders import Role
from atelier.model.ids import FolderId, MeetingId
from atelier.model.meetings import MeetingState
from atelier.model.people import Actor
from atelier.workspace import (
    accounts,
    calendars,
    folders,
    meetings,
    people,
    preparing,
    sharing,
    trash,
)
from tests.builders import World, in_network, subject

SITE = "https://atelier.example"
NEVER = MeetingId(10**15)
HOSTILE = "Bilan ; CR\r\nBEGIN:VEVENT, 😀"


async def met(
    world: World,
    place: FolderId,
    title: str,
    *,
    day: date = date(2026, 4, 2),
    state: MeetingState = MeetingState.CONVENED,
) -> MeetingId:
    """A meeting in that folder; convened unless said otherwise."""
    draft = meetings.Draft(title, day, time(14, 0), 90, "Salle 3", "https://visio.example/a")
    made = await meetings.make(world.ws, world.steward, place, draft)
    if state is not MeetingState.PREPARATION:
        await world.change(
            "UPDATE meetings SET state = :state WHERE id = :id", state=state, id=made
        )
    return made


async def read(world: World, token: str) -> bytes:
    """A feed as calendars get it."""
    return await calendars.written(world.ws, await calendars.feed(world.ws, token, site=SITE))


async def shown(world: World, token: str) -> list[str]:
    """The titles in a feed."""
    ics = await read(world, token)
    return [str(event["summary"]) for event in Calendar.from_ical(ics).walk("VEVENT")]


async def is_unknown(world: World, token: str) -> bool:
    """Whether the address is answered as one that never was."""
    with pytest.raises(NotFound) as refused:
        await calendars.feed(world.ws, token, site=SITE)
    return refused.value.facts() == {"kind": "calendar"}


async def dossier_of(world: World, meeting: MeetingId) -> FolderId:
    """The folder that it owns."""
    return (await meetings.look(world.ws, world.steward, meeting)).folder.id


@in_network
async def test_the_file_of_a_meeting_is_for_who_reads_its_dossier(world: World) -> None:
    place = await world.folder("Réunions")
    awa, stranger = await world.person("Awa"), await world.person("Sol")
    await world.grant(place, awa)
    meeting = await met(world, place, HOSTILE.replace("\r\n", " "))
    await world.change(
        "INSERT INTO agenda_items (meeting_id, place, title) VALUES (:id, 1, :title)",
        id=meeting,
        title=HOSTILE,
    )
    ics = await calendars.invitation(world.ws, awa, meeting, site=SITE, heading="Ordre du jour")
    [event] = Calendar.from_ical(ics).walk("VEVENT")
    assert event["summary"] == "Bilan ; CR BEGIN:VEVENT, 😀"
    assert str(event["description"]) == (
        f"Ordre du jour\n1. Bilan ; CR \nBEGIN:VEVENT, 😀\n\n{SITE}/meetings/{meeting}"
    )
    assert event["url"] == f"{SITE}/meetings/{meeting}" and event["status"] == "CONFIRMED"
    [uid] = await world.values("SELECT uid FROM meetings")
    assert event["uid"] == uid
    for number in (meeting, NEVER):
        with pytest.raises(NotFound) as refused:
            await calendars.invitation(world.ws, stranger, number, site=SITE, heading="")
        assert refused.value.facts() == {"kind": "meeting"}
    await trash.remove_folder(world.ws, world.steward, await dossier_of(world, meeting))
    with pytest.raises(NotFound):
        await calendars.invitation(world.ws, awa, meeting, site=SITE, heading="")


@in_network
async def test_a_change_counts_up_what_calendars_have(world: World) -> None:
    place = await world.folder("Réunions")
    meeting = await met(world, place, "Comité")

    async def counted() -> tuple[int, str, str]:
        ics = await calendars.invitation(world.ws, world.steward, meeting, site=SITE, heading="")
        [event] = Calendar.from_ical(ics).walk("VEVENT")
        return event["sequence"], event["status"], str(event.decoded("dtstart"))

    before = await counted()
    draft = meetings.Draft("Comité", date(2026, 4, 9), time(9, 0))
    await preparing.change(world.ws, world.steward, meeting, draft, expected=1)
    moved = await counted()
    assert moved[0] > before[0] and moved[2].startswith("2026-04-09 09:00")
    await preparing.cancel(world.ws, world.steward, meeting)
    cancelled = await counted()
    assert cancelled[0] > moved[0] and cancelled[1] == "CANCELLED"


@in_network
async def test_a_feed_shows_when_where_and_title_and_nothing_else(world: World) -> None:
    place = await world.folder("Réunions")
    awa = await world.person("Awa")
    await world.grant(place, awa)
    meeting = await met(world, place, "Comité")
    await world.change(
        "INSERT INTO agenda_items (meeting_id, place, title) VALUES (:id, 1, 'Secret')", id=meeting
    )
    ics = await read(world, await calendars.make(world.ws, awa))
    [event] = Calendar.from_ical(ics).walk("VEVENT")
    assert {key.lower() for key in event} == {
        "uid", "sequence", "dtstamp", "last-modified", "dtstart", "dtend", "summary", "status",
        "location", "url",
    }  # fmt: skip
    assert event["location"] == "Salle 3 - https://visio.example/a"
    for hidden in ("Secret", "Réunions", "Marie", "Awa"):
        assert hidden not in ics.decode()


@in_network
async def test_a_feed_drops_a_meeting_as_soon_as_the_right_to_it_ends(world: World) -> None:
    places = [await world.folder(name) for name in ("Un", "Deux", "Trois", "Quatre", "Cinq")]
    awa = await world.person("Awa", of="Mairie")
    grants = [await world.grant(place, awa) for place in places[:3]]
    [town] = (await people.directory(world.ws, world.steward))[0]
    await world.grant(places[3], town)
    days = [date(2026, 5, 20 - number) for number in range(5)]
    names = ("un", "deux", "trois", "quatre", "cinq")
    made = [
        await met(world, place, name, day=day)
        for place, name, day in zip(places, names, days, strict=True)
    ]
    token = await calendars.make(world.ws, awa)
    assert await shown(world, token) == ["un", "deux", "trois", "quatre"]
    await sharing.withdraw(world.ws, world.steward, places[0], grants[0])
    assert await shown(world, token) == ["deux", "trois", "quatre"]
    await folders.close(world.ws, world.steward, await dossier_of(world, made[1]))
    assert await shown(world, token) == ["trois", "quatre"]
    await trash.remove_folder(world.ws, world.steward, places[2])
    assert await shown(world, token) == ["quatre"]
    await world.end_membership(awa.person_id, on=world.today())
    assert await shown(world, token) == ["quatre"]
    world.clock.forward(days=1)
    assert await shown(world, token) == []


@in_network
async def test_what_is_in_preparation_is_only_in_the_feed_of_who_coordinates(world: World) -> None:
    place = await world.folder("Réunions")
    reader, writer, coordinator = [await world.person(name) for name in ("Rea", "Coa", "Ora")]
    await world.grant(place, reader)
    await world.grant(place, writer, Role.CONTRIBUTOR)
    await world.grant(place, coordinator, Role.COORDINATOR)
    for state in MeetingState:
        await met(world, place, str(state), state=state)
    tokens = [await calendars.make(world.ws, one) for one in (reader, writer, coordinator)]
    public = ["approved", "held", "convened"]
    assert [await shown(world, token) for token in tokens] == [
        public, public, [*public, "preparation"]
    ]  # fmt: skip


@in_network
async def test_the_mark_of_a_feed_changes_with_what_it_shows_and_with_nothing_else(
    world: World,
) -> None:
    place, other = await world.folder("Réunions"), await world.folder("Autre")
    awa = await world.person("Awa")
    grant = await world.grant(place, awa)
    meeting = await met(world, place, "Comité")
    token = await calendars.make(world.ws, awa)

    async def mark() -> str:
        return (await calendars.feed(world.ws, token, site=SITE)).mark

    marks = [await mark()]
    await met(world, other, "Ailleurs")
    world.clock.forward(hours=1)
    assert await mark() == marks[0]
    draft = meetings.Draft("Comité", date(2026, 4, 9), time(9, 0))
    await preparing.change(world.ws, world.steward, meeting, draft, expected=1)
    marks.append(await mark())
    await preparing.cancel(world.ws, world.steward, meeting)
    marks.append(await mark())
    await sharing.withdraw(world.ws, world.steward, place, grant)
    marks.append(await mark())
    assert len(set(marks)) == 4


@in_network
async def test_a_feed_goes_a_year_back_and_two_ahead(world: World) -> None:
    place = await world.folder("Réunions")
    today = world.today()
    for name, days in (("loin", 740), ("bientôt", 700), ("hier", -1), ("jadis", -370)):
        await met(world, place, name, day=today + timedelta(days=days))
    token = await calendars.make(world.ws, world.steward)
    assert await shown(world, token) == ["bientôt", "hier"]


@in_network
async def test_a_feed_has_one_address_that_is_replaced_and_ended(world: World) -> None:
    awa = await world.person("Awa")
    assert await calendars.made_at(world.ws, awa) is None
    first = await calendars.make(world.ws, awa)
    assert len(first) >= 43 and await shown(world, first) == []
    assert await calendars.made_at(world.ws, awa) == world.clock()
    [kept] = await world.values("SELECT token_hash FROM calendar_feeds")
    assert first not in str(kept)
    second = await calendars.make(world.ws, awa)
    assert await is_unknown(world, first) and await shown(world, second) == []
    assert len(await world.values("SELECT 1 FROM calendar_feeds")) == 1
    await calendars.end(world.ws, awa)
    assert await is_unknown(world, second) and await calendars.made_at(world.ws, awa) is None
    await calendars.end(world.ws, awa)
    for never in ("", "x", "x" * 43, str(kept)):
        assert await is_unknown(world, never)


@in_network
async def test_a_disabled_person_has_no_feed(world: World) -> None:
    awa, bo = await world.person("Awa"), await world.person("Bo")
    hers, his = await calendars.make(world.ws, awa), await calendars.make(world.ws, bo)
    await accounts.disable(world.ws, world.steward, awa.person_id)
    assert await is_unknown(world, hers) and await shown(world, his) == []
    await accounts.enable(world.ws, world.steward, awa.person_id)
    assert await is_unknown(world, hers), "who had the address might not be she"


@in_network
async def test_an_account_that_is_opened_anew_has_no_feed_of_before(world: World) -> None:
    awa = await world.person("Awa")
    token = await calendars.make(world.ws, awa)
    link = await accounts.issue_link(world.ws, world.steward, awa.person_id)
    assert await shown(world, token) == []
    await people.use_link(world.ws, link, "une phrase assez longue")
    assert await is_unknown(world, token)


@in_network
async def test_one_who_looks_as_another_makes_and_ends_no_feed(world: World) -> None:
    awa = await world.person("Awa")
    token = await calendars.make(world.ws, awa)
    seeing: Actor = replace(world.steward, seeing=subject(awa))
    for act in (calendars.make(world.ws, seeing), calendars.end(world.ws, seeing)):
        with pytest.raises(Forbidden):
            await act
    assert await shown(world, token) == []


@in_network
async def test_a_feed_is_of_all_that_she_is_whatever_she_acts_as(world: World) -> None:
    place = await world.folder("Réunions")
    awa = await world.person("Awa", of=("Mairie", "Hôpital"))
    known, _ = await people.directory(world.ws, world.steward)
    by_name = {one.name: one for one in known}
    await world.grant(place, by_name["Mairie"])
    await met(world, place, "Comité")
    token = await calendars.make(world.ws, replace(awa, acting_as=by_name["Hôpital"].id))
    assert await shown(world, token) == ["Comité"]
