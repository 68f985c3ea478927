"""Minutes: two who write, what is approved or gone meanwhile; each act beside its refusal."""

from __future__ import annotations

import asyncio
import dataclasses
from typing import Final

import pytest

from atelier.errors import Forbidden, Invalid, MinutesApproved, NotFound, TextClash
from atelier.model.folders import Role
from atelier.model.ids import ItemId, MeetingId
from atelier.model.journal import Verb
from atelier.model.prose import BlockKind
from atelier.workspace import agenda, journal, minutes, trash
from tests.agendas import approve, items, meet, seen, state
from tests.builders import World, in_network, subject

NOWHERE: Final = MeetingId(10**15)


@in_network
async def test_what_was_said_is_read_by_those_of_the_dossier_and_written_by_coordinators(
    world: World,
) -> None:
    rea, cora, out = [await world.person(name) for name in ("Rea", "Cora", "Out")]
    folder = await world.folder("Comités")
    await world.grant(folder, rea)
    await world.grant(folder, cora, Role.COORDINATOR)
    meeting = await meet(world, folder, "Ouverture", "Budget")
    first, second = await items(world, meeting)
    before = await state(world, meeting)
    await minutes.write(world.ws, cora, meeting, first.id, "# Dit\n\nOui.", state=first.state)
    whole = await seen(world, rea, meeting)
    assert [item.text for item in whole.items] == ["# Dit\n\nOui.", ""]
    assert whole.items[0].state == first.state + 1 and whole.items[1].state == second.state
    assert await state(world, meeting) == before + 1
    told = await minutes.told(whole)
    assert [one.kind for one in told[first.id]] == [BlockKind.HEADING, BlockKind.PARAGRAPH]
    assert second.id not in told
    for who, refusal in ((rea, Forbidden), (out, NotFound)):
        with pytest.raises(refusal):
            await minutes.write(world.ws, who, meeting, second.id, "Non.", state=second.state)
        with pytest.raises(refusal):
            await minutes.look(world.ws, who, meeting)
    with pytest.raises(NotFound):
        await minutes.write(world.ws, world.steward, NOWHERE, second.id, "Non.", state=1)
    assert (await items(world, meeting))[1].text == ""


@in_network
async def test_the_journal_tells_it_and_the_index_looks_again(world: World) -> None:
    meeting = await meet(world, await world.folder("Comités"), "Budget")
    (item,) = await items(world, meeting)
    dossier = (await minutes.look(world.ws, world.steward, meeting)).folder.id
    await world.change("DELETE FROM index_entries")
    await minutes.write(world.ws, world.steward, meeting, item.id, "Dit.", state=item.state)
    assert await world.values("SELECT COUNT(*) FROM index_entries") == [4]
    lines = (await journal.of_folder(world.ws, world.steward, dossier)).lines
    assert (lines[0].verb, lines[0].facts) == (Verb.MINUTES_WRITTEN, {"item": "Budget"})


@in_network
async def test_of_two_writers_the_second_is_handed_the_text_of_the_first(world: World) -> None:
    meeting = await meet(world, await world.folder("Comités"), "Budget")
    (item,) = await items(world, meeting)
    await minutes.write(world.ws, world.steward, meeting, item.id, "La sienne.", state=item.state)
    with pytest.raises(TextClash) as clash:
        await minutes.write(world.ws, world.steward, meeting, item.id, "Autre.", state=item.state)
    assert clash.value.text == "La sienne."
    assert (clash.value.by, clash.value.at) == ("marie", world.ws.clock())
    assert (await items(world, meeting))[0].text == "La sienne."
    both = "La sienne.\nAutre."
    await minutes.write(world.ws, world.steward, meeting, item.id, both, state=clash.value.state)
    assert (await items(world, meeting))[0].text == both


@in_network
async def test_of_two_writers_at_once_one_wins_and_no_text_is_written_over(world: World) -> None:
    meeting = await meet(world, await world.folder("Comités"), "Budget")
    (item,) = await items(world, meeting)
    texts = [f"Texte {number}" for number in range(4)]
    outcomes = await asyncio.gather(
        *(
            minutes.write(world.ws, world.steward, meeting, item.id, text, state=item.state)
            for text in texts
        ),
        return_exceptions=True,
    )
    won = [text for text, outcome in zip(texts, outcomes, strict=True) if outcome is None]
    assert len(won) == 1 and (await items(world, meeting))[0].text == won[0]
    assert all(isinstance(one, TextClash) for one in outcomes if one is not None)


@in_network
async def test_the_same_text_again_is_nothing_also_from_an_older_page(world: World) -> None:
    meeting = await meet(world, await world.folder("Comités"), "Budget")
    (item,) = await items(world, meeting)
    for _ in range(2):
        await minutes.write(world.ws, world.steward, meeting, item.id, "Dit.", state=item.state)
    assert (await items(world, meeting))[0].state == item.state + 1
    await minutes.write(world.ws, world.steward, meeting, item.id, "", state=item.state + 1)
    assert (await items(world, meeting))[0].text == ""


@in_network
async def test_approved_minutes_and_removed_items_take_no_text_and_keep_theirs(
    world: World,
) -> None:
    meeting = await meet(world, await world.folder("Comités"), "Budget", "Divers")
    budget, other = await items(world, meeting)
    await minutes.write(world.ws, world.steward, meeting, budget.id, "Dit.", state=budget.state)
    await agenda.remove(world.ws, world.steward, meeting, other.id)
    with pytest.raises(NotFound) as gone:
        await minutes.write(world.ws, world.steward, meeting, other.id, "Tard.", state=1)
    assert gone.value.kind == "item"
    await approve(world, meeting)
    with pytest.raises(MinutesApproved):
        await minutes.write(world.ws, world.steward, meeting, budget.id, "Tard.", state=2)
    (item,) = (await minutes.look(world.ws, world.steward, meeting)).meeting.items
    assert item.text == "Dit."


@in_network
async def test_an_item_of_another_meeting_is_none_of_this_one(world: World) -> None:
    folder = await world.folder("Comités")
    here, there = await meet(world, folder, "Ici"), await meet(world, folder, "Là")
    (other,) = await items(world, there)
    with pytest.raises(NotFound):
        await minutes.write(world.ws, world.steward, here, other.id, "Non.", state=other.state)
    with pytest.raises(NotFound):
        await minutes.write(world.ws, world.steward, here, ItemId(10**15), "Non.", state=1)


@in_network
async def test_a_long_text_is_kept_and_a_huge_one_is_refused(world: World) -> None:
    meeting = await meet(world, await world.folder("Comités"), "Budget")
    (item,) = await items(world, meeting)
    most = "é" * minutes.MAX_TEXT_CHARACTERS
    await minutes.write(world.ws, world.steward, meeting, item.id, most, state=item.state)
    with pytest.raises(Invalid) as refused:
        await minutes.write(world.ws, world.steward, meeting, item.id, most + "a", state=2)
    assert refused.value.fault == "too_long_text" and refused.value.value == "40001"
    assert (await items(world, meeting))[0].text == most


@in_network
async def test_the_texts_of_a_meeting_have_an_extent_together(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    meeting = await meet(world, await world.folder("Comités"), "Budget", "Travaux")
    first, second = await items(world, meeting)
    monkeypatch.setattr(minutes, "MAX_MEETING_CHARACTERS", 21)
    monkeypatch.setattr(minutes, "MAX_MEETING_LINES", 3)

    async def write(item: ItemId, text: str, state: int) -> None:
        await minutes.write(world.ws, world.steward, meeting, item, text, state=state)

    await write(first.id, "douze signes", 1)
    for text, fault in (("dix signes", "meeting_full"), ("a\nb\nc\nd\ne", "too_many_lines")):
        with pytest.raises(Invalid) as refused:
            await write(second.id, text, 1)
        assert refused.value.fault == fault
    await write(second.id, "a\nb\nc\nd", 1)
    monkeypatch.setattr(minutes, "MAX_MEETING_CHARACTERS", 5)
    await write(first.id, "dix signes", 2)  # what shrinks is never refused
    assert [one.text for one in await items(world, meeting)] == ["dix signes", "a\nb\nc\nd"]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("\n\n  - un\r\n  - deux\n\n ", "  - un\n  - deux"),
        ("Un\x0bdeux\u2028trois", "Un\ndeux\ntrois"),
        ("Un\x00 \x1bdeux\tfin", "Un deux\tfin"),
        ("<p>Bonjour</p>", "<p>Bonjour</p>"),
        (" \n ", ""),
    ],
)
def test_a_pasted_text_is_kept_without_what_nobody_sees(typed: str, kept: str) -> None:
    assert minutes.cleaned(typed) == kept


@in_network
async def test_who_looks_as_another_writes_nothing(world: World) -> None:
    rea, folder = await world.person("Rea"), await world.folder("Comités")
    await world.grant(folder, rea, Role.COORDINATOR)
    meeting = await meet(world, folder, "Budget")
    (item,) = await items(world, meeting)
    looking = dataclasses.replace(world.steward, seeing=subject(rea))
    with pytest.raises(Forbidden):
        await minutes.write(world.ws, looking, meeting, item.id, "Non.", state=item.state)
    assert (await items(world, meeting))[0].text == ""


@in_network
async def test_a_dossier_in_the_trash_hides_its_minutes(world: World) -> None:
    meeting = await meet(world, await world.folder("Comités"), "Budget")
    (item,) = await items(world, meeting)
    found = await minutes.look(world.ws, world.steward, meeting)
    await trash.remove_folder(world.ws, world.steward, found.folder.id)
    with pytest.raises(NotFound):
        await minutes.look(world.ws, world.steward, meeting)
    with pytest.raises(NotFound):
        await minutes.write(world.ws, world.steward, meeting, item.id, "Non.", state=item.state)


@in_network
async def test_organisations_and_people_of_today_are_offered(world: World) -> None:
    await world.person("Awa", of="Mairie")
    meeting = await meet(world, await world.folder("Comités"), "Budget")
    found = await minutes.look(world.ws, world.steward, meeting)
    assert [one.name for one in found.organisations] == ["Mairie"]
    assert ("Awa", "Mairie") in [(one.name, one.organisation) for one in found.people]


@in_network
async def test_who_wrote_first_is_not_told_where_two_items_are_called_so(world: World) -> None:
    meeting = await meet(world, await world.folder("Comités"), "Budget", "Budget")
    item, _ = await items(world, meeting)
    await minutes.write(world.ws, world.steward, meeting, item.id, "La sienne.", state=item.state)
    with pytest.raises(TextClash) as clash:
        await minutes.write(world.ws, world.steward, meeting, item.id, "Autre.", state=item.state)
    assert (clash.value.text, clash.value.by, clash.value.at) == ("La sienne.", "", None)
