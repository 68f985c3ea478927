"""Meetings convene by mail: once, whoever may read them, and those who may only later."""

from __future__ import annotations

from datetime import date, time
from pathlib import Path

import pytest

from atelier.errors import AlreadySo, Forbidden, Invalid, NotFound
from atelier.model.agenda import Line
from atelier.model.folders import Subject, SubjectKind
from atelier.model.ids import MeetingId
from atelier.model.letters import LetterFault, LetterState, Topic
from atelier.model.meetings import MeetingState
from atelier.model.people import Actor
from atelier.worker import runner
from atelier.workspace import (
    agenda,
    folders,
    invitations,
    mail_desk,
    meetings,
    preparing,
    stopping,
)
from tests.builders import World, in_network
from tests.post.mail_server import Mailbox
from tests.workspace.test_mailing import later, queue, told


async def convened(world: World, *invited: Subject) -> MeetingId:
    """A meeting to come in a folder of Awa and Bo, which invites these and is convened."""
    place = await folders.find(world.ws, world.steward, "Réunions")
    draft = meetings.Draft("Comité", date(2026, 4, 2), time(14, 0), 90, place="Salle A")
    made = await meetings.make(world.ws, world.steward, place, draft)
    await invitations.invite(world.ws, world.steward, made, list(invited))
    await preparing.set_state(world.ws, world.steward, made, MeetingState.CONVENED)
    return made


def person(of: Actor) -> Subject:
    return Subject(SubjectKind.PERSON, of.person_id)


def went_to(box: Mailbox) -> list[str]:
    return sorted(message["To"].addresses[0].username for message in box.messages)


async def invited_here(world: World) -> tuple[Actor, Actor, Actor]:
    """Awa and Bo, who read the folder of the meetings, and Cy, who does not."""
    place = await world.folder("Réunions")
    people = tuple([await world.person(name, of=name * 2) for name in ("Awa", "Bo", "Cy")])
    for one in people[:2]:
        await world.grant(place, one)
    awa, bo, cy = people
    return awa, bo, cy


async def untold(world: World, meeting: MeetingId) -> int:
    """How many of the invited read it by now and had no letter, as who coordinates is told."""
    return (await invitations.followed(world.ws, world.steward, meeting)).untold


def test_a_meeting_convenes_by_mail_those_who_may_read_it_once(tmp_path: Path) -> None:
    async def story(world: World, box: Mailbox) -> None:
        awa, bo, cy = await invited_here(world)
        made = await convened(world, person(awa), person(cy), person(world.steward))
        await world.send_letters()
        assert went_to(box) == ["awa"]
        assert "Comité" in str(box.messages[0]["Subject"])
        text, _ = box.texts()
        assert f"http://localhost:8000/meetings/{made}" in text
        assert "Salle A" in text
        [file] = box.messages[0].iter_attachments()
        assert "SUMMARY:Comité" in file.get_content()
        for state in (MeetingState.PREPARATION, MeetingState.CONVENED):
            await preparing.set_state(world.ws, world.steward, made, state)
        await later(world)
        assert went_to(box) == ["awa"]
        await invitations.invite(world.ws, world.steward, made, [person(bo)])
        await later(world)
        assert went_to(box) == ["awa", "bo"]

    told(tmp_path, story)


def test_another_day_or_place_is_told_and_another_title_is_not(tmp_path: Path) -> None:
    async def story(world: World, box: Mailbox) -> None:
        awa, _, _ = await invited_here(world)
        made = await convened(world, person(awa))
        await world.send_letters()
        draft = meetings.Draft("Comité élargi", date(2026, 4, 2), time(14, 0), 90, place="Salle A")
        await preparing.change(world.ws, world.steward, made, draft)
        await later(world)
        assert len(box.messages) == 1
        for place in ("Salle B", "Salle C"):
            moved = meetings.Draft("Comité", date(2026, 4, 3), time(14, 0), 90, place=place)
            await preparing.change(world.ws, world.steward, made, moved)
        await world.send_letters()
        assert len(box.messages) == 2  # the last change tells both
        assert "Salle C" in box.texts()[0]
        await preparing.cancel(world.ws, world.steward, made)
        await world.send_letters()
        assert str(box.messages[-1]["Subject"]).startswith("Annulée")
        assert "STATUS:CANCELLED" in next(box.messages[-1].iter_attachments()).get_content()
        await preparing.revive(world.ws, world.steward, made)
        await world.send_letters()
        assert str(box.messages[-1]["Subject"]).startswith("Réunion")

    told(tmp_path, story)


def test_a_meeting_that_is_no_more_or_not_hers_any_more_is_not_told(tmp_path: Path) -> None:
    async def story(world: World, box: Mailbox) -> None:
        awa, bo, _ = await invited_here(world)
        made = await convened(world, person(awa), person(bo))
        await invitations.uninvite(world.ws, world.steward, made, person(bo))
        await world.change("DELETE FROM grants WHERE subject_id = :id", id=awa.person_id)
        await world.send_letters()
        assert box.messages == []
        other = await convened(world, person(bo))
        await preparing.cancel(world.ws, world.steward, other)
        await world.send_letters()
        assert [str(one["Subject"])[:7] for one in box.messages] == ["Annulée"]

    told(tmp_path, story)


def test_who_got_access_after_a_meeting_was_convened_is_told_when_asked_and_once(
    tmp_path: Path,
) -> None:
    async def story(world: World, box: Mailbox) -> None:
        awa, bo, cy = await invited_here(world)
        dan = await world.person("Dan")
        made = await convened(world, person(awa), person(cy), person(dan))
        await world.send_letters()
        assert (went_to(box), await untold(world, made)) == (["awa"], 0)
        with pytest.raises(AlreadySo):
            await invitations.convene_more(world.ws, world.steward, made)
        place = await folders.find(world.ws, world.steward, "Réunions")
        for one in (cy, dan):
            await world.grant(place, one)
        await stopping.choose(world.ws, dan, frozenset({Topic.DIGESTS}))
        assert await untold(world, made) == 1
        for reader in (bo, cy):
            with pytest.raises(Forbidden):
                await invitations.convene_more(world.ws, reader, made)
        with pytest.raises(NotFound):
            await invitations.convene_more(world.ws, await world.person("Eve"), made)
        assert await invitations.convene_more(world.ws, world.steward, made) == 1
        assert await untold(world, made) == 0, "it is on its way"
        with pytest.raises(AlreadySo):
            await invitations.convene_more(world.ws, world.steward, made)
        await later(world)
        assert went_to(box) == ["awa", "cy"]
        assert await untold(world, made) == 0
        await preparing.cancel(world.ws, world.steward, made)
        await stopping.choose(world.ws, dan, frozenset(Topic))
        assert await untold(world, made) == 0, "nothing is awaited"
        await preparing.revive(world.ws, world.steward, made)
        await later(world)
        assert went_to(box).count("dan") == 1
        assert await untold(world, made) == 0

    told(tmp_path, story)


def test_more_are_convened_by_the_rights_of_when_it_leaves(tmp_path: Path) -> None:
    async def story(world: World, box: Mailbox) -> None:
        _, _, cy = await invited_here(world)
        made = await convened(world, person(cy))
        await world.send_letters()
        place = await folders.find(world.ws, world.steward, "Réunions")
        for leaves in (False, True):
            await world.grant(place, cy)
            await invitations.convene_more(world.ws, world.steward, made)
            if not leaves:
                await world.change("DELETE FROM grants WHERE subject_id = :id", id=cy.person_id)
            await world.send_letters()
            assert went_to(box) == ["cy"] * leaves

    told(tmp_path, story)


def test_a_convocation_says_from_when_to_when_and_the_agenda_and_no_paper(tmp_path: Path) -> None:
    async def story(world: World, box: Mailbox) -> None:
        awa, _, _ = await invited_here(world)
        place = await folders.find(world.ws, world.steward, "Réunions")
        draft = meetings.Draft("Comité", date(2026, 4, 2), time(14, 0), 90)
        made = await meetings.make(world.ws, world.steward, place, draft)
        for title in ("Permanence des soins", "Budget"):
            await agenda.add(world.ws, world.steward, made, Line(title))
        await invitations.invite(world.ws, world.steward, made, [person(awa)])
        await preparing.set_state(world.ws, world.steward, made, MeetingState.CONVENED)
        await world.send_letters()
        text, html = (said.replace("\u202f", " ") for said in box.texts())
        assert "jeudi 2 avril 2026 de 14:00 à 15:30" in text
        assert "1. Permanence des soins\n2. Budget\n" in text.replace("\r", "")
        assert "<li>Budget</li>" in html
        await preparing.cancel(world.ws, world.steward, made)
        await world.send_letters()
        assert "Budget" not in box.texts()[0], "nothing of it takes place"

    told(tmp_path, story)


@in_network
async def test_meetings_convene_without_a_mail_server_as_before(world: World) -> None:
    awa, _, _ = await invited_here(world)
    made = await convened(world, person(awa))
    assert await untold(world, made) == 0
    with pytest.raises(AlreadySo):
        await invitations.convene_more(world.ws, world.steward, made)
    await preparing.cancel(world.ws, world.steward, made)
    assert await world.values("SELECT id FROM letters") == []
    with pytest.raises(Invalid):
        await mail_desk.send_test(world.ws, world.steward)
    assert (await mail_desk.look(world.ws, world.steward)).server == ""


def test_one_that_cannot_be_written_is_given_up_and_told_and_keeps_no_other_waiting(
    tmp_path: Path,
) -> None:
    async def story(world: World, box: Mailbox) -> None:
        awa, _, _ = await invited_here(world)
        made = await convened(world, person(awa))
        [starts] = await world.values("SELECT starts_at FROM meetings WHERE id = :id", id=made)
        await world.change("UPDATE meetings SET starts_at = :far", far=10**17)  # of no calendar
        await queue(world, world.steward)
        for _ in range(runner.MAX_ATTEMPTS):
            await later(world)
        assert went_to(box) == ["marie"]
        desk = await mail_desk.look(world.ws, world.steward)
        [one] = desk.troubled
        assert (one.to, one.row.state) == ("Awa", LetterState.REFUSED)
        assert (one.row.answer, desk.health.waiting) == (LetterFault.DEFECT, 0)
        await world.change("UPDATE meetings SET starts_at = :starts", starts=starts)
        await later(world)
        assert went_to(box) == ["marie"]
        await mail_desk.send_again(world.ws, world.steward, one.row.id)
        await world.send_letters()
        assert went_to(box) == ["awa", "marie"]

    told(tmp_path, story)
