"""The agenda: items, their order, what is left over; each act beside its refusal."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, time
from typing import Final

import pytest

from atelier.errors import (
    AlreadySo,
    EffectChanged,
    Forbidden,
    Invalid,
    MeetingChanged,
    MinutesApproved,
    NotFound,
)
from atelier.model.agenda import Line, allotted, clock
from atelier.model.folders import Role, Subject, SubjectKind
from atelier.model.ids import ItemId, MeetingId
from atelier.model.journal import Verb
from atelier.model.people import Actor
from atelier.workspace import agenda, folders, journal, papers_pinned
from tests.agendas import approve, items, meet, seen, state, titles, write_of
from tests.builders import World, in_network

NOWHERE: Final = MeetingId(10**15)
Act = Callable[[Actor, MeetingId], Awaitable[object]]


async def acts(world: World, item: ItemId) -> dict[str, Act]:
    """Everything that changes an agenda, of any meeting."""
    ws, elsewhere = world.ws, await world.folder("Ailleurs")
    paper = (await world.deposit(world.steward, elsewhere, "a.txt")).document_id
    return {
        "add": lambda who, one: agenda.add(ws, who, one, Line("Autre")),
        "change": lambda who, one: agenda.change(ws, who, one, item, Line("Autrement")),
        "move": lambda who, one: agenda.move(ws, who, one, item, 2),
        "leave": lambda who, one: agenda.leave_over(ws, who, one, item, is_left_over=True),
        "remove": lambda who, one: agenda.remove(ws, who, one, item),
        "carry": lambda who, one: agenda.carry(ws, who, one, [item]),
        "pin": lambda who, one: papers_pinned.pin(ws, who, one, item, paper),
        "unpin": lambda who, one: papers_pinned.unpin(ws, who, one, item, paper),
    }


@in_network
async def test_the_agenda_is_written_in_order_and_read_by_those_of_the_dossier(
    world: World,
) -> None:
    rea, folder = await world.person("Rea"), await world.folder("Comités")
    await world.grant(folder, rea)
    meeting = await meet(world, folder, "Ouverture")
    line = Line("Budget", 45, "Bo, Mairie", "Lire la page 3.\nEt la suite.")
    item = await agenda.add(world.ws, world.steward, meeting, line, expected=2)
    found = (await seen(world, rea, meeting)).items
    assert [one.title for one in found] == ["Ouverture", "Budget"]
    assert (found[1].id, found[1].allotted_minutes, found[1].presenter) == (item, 45, "Bo, Mairie")
    assert found[1].note == line.note
    changed = Line("Budget 2027", None, "", "")
    await agenda.change(world.ws, world.steward, meeting, item, changed, expected=3)
    (_, now) = (await seen(world, rea, meeting)).items
    assert (now.title, now.allotted_minutes, now.presenter, now.note) == (
        "Budget 2027",
        None,
        "",
        "",
    )
    with pytest.raises(AlreadySo):
        await agenda.change(world.ws, world.steward, meeting, item, changed)
    assert await state(world, meeting) == 4


@in_network
async def test_a_reader_changes_nothing_and_a_stranger_finds_nothing(world: World) -> None:
    rea, stranger = await world.person("Rea"), await world.person("Stella")
    folder = await world.folder("Comités")
    await world.grant(folder, rea)
    meeting = await meet(world, folder, "Un", "Deux")
    item = (await items(world, meeting))[0].id
    before = await seen(world, world.steward, meeting)
    for act in (await acts(world, item)).values():
        with pytest.raises(Forbidden):
            await act(rea, meeting)
        refusals = []
        for one in (meeting, NOWHERE):
            with pytest.raises(NotFound) as refused:
                await act(stranger, one)
            refusals.append(str(refused.value))
        assert refusals[0] == refusals[1]
    for look in (agenda.look, lambda ws, who, one: agenda.weigh(ws, who, one, item)):
        with pytest.raises(Forbidden):
            await look(world.ws, rea, meeting)
        with pytest.raises(NotFound):
            await look(world.ws, stranger, meeting)
    assert await seen(world, world.steward, meeting) == before


@in_network
async def test_who_looks_as_somebody_else_changes_nothing(world: World) -> None:
    rea, folder = await world.person("Rea"), await world.folder("Comités")
    await world.grant(folder, rea)
    meeting = await meet(world, folder, "Un", "Deux")
    item = (await items(world, meeting))[0].id
    as_rea = dataclasses.replace(world.steward, seeing=Subject(SubjectKind.PERSON, rea.person_id))
    assert (await seen(world, as_rea, meeting)).items[0].title == "Un"
    for act in (await acts(world, item)).values():
        with pytest.raises(Forbidden):
            await act(as_rea, meeting)
    assert await titles(world, meeting) == ["Un", "Deux"]


@in_network
async def test_an_item_of_another_meeting_is_not_touched_through_this_one(world: World) -> None:
    folder = await world.folder("Comités")
    mine = await meet(world, folder, "Le mien", "Deux")
    other = await meet(world, folder, "L'autre", "Deux", day=date(2026, 7, 4))
    item = (await items(world, other))[0].id
    for name, act in (await acts(world, item)).items():
        if name not in ("add", "carry"):
            with pytest.raises(NotFound):
                await act(world.steward, mine)
    assert await titles(world, other) == ["L'autre", "Deux"]


@in_network
async def test_items_move_to_any_place_and_no_further(world: World) -> None:
    meeting = await meet(world, await world.folder("Comités"), "a", "b", "c", "d")
    first = (await items(world, meeting))[0].id
    for to, order in ((3, "bcad"), (4, "bcda"), (1, "abcd"), (2, "bacd")):
        await agenda.move(world.ws, world.steward, meeting, first, to)
        assert "".join(await titles(world, meeting)) == order
    for wrong in (0, 5, -1):
        with pytest.raises(Invalid):
            await agenda.move(world.ws, world.steward, meeting, first, wrong)
    with pytest.raises(AlreadySo):
        await agenda.move(world.ws, world.steward, meeting, first, 2)
    assert "".join(await titles(world, meeting)) == "bacd"


@in_network
async def test_of_two_who_change_the_order_at_once_the_second_is_told(world: World) -> None:
    meeting = await meet(world, await world.folder("Comités"), "a", "b", "c")
    a, b, c = (item.id for item in await items(world, meeting))
    saw = await state(world, meeting)

    async def moving(item: ItemId, to: int) -> bool:
        try:
            await agenda.move(world.ws, world.steward, meeting, item, to, expected=saw)
        except MeetingChanged as error:
            assert error.state_number == saw + 1
            return False
        return True

    done = await asyncio.gather(moving(a, 3), moving(c, 1))
    assert sorted(done) == [False, True]
    order = "".join(await titles(world, meeting))
    assert order == ("bca" if done[0] else "cab")
    # Whatever she wanted of what she saw is refused; nothing of it is half there.
    for act in (
        agenda.add(world.ws, world.steward, meeting, Line("d"), expected=saw),
        agenda.change(world.ws, world.steward, meeting, b, Line("B"), expected=saw),
        agenda.remove(world.ws, world.steward, meeting, b, expected=saw),
        agenda.leave_over(world.ws, world.steward, meeting, b, is_left_over=True, expected=saw),
        agenda.carry(world.ws, world.steward, meeting, [b], expected=saw),
    ):
        with pytest.raises(MeetingChanged):
            await act
    assert "".join(await titles(world, meeting)) == order
    await agenda.move(world.ws, world.steward, meeting, a, 2, expected=saw + 1)
    assert (await titles(world, meeting))[1] == "a"


@in_network
async def test_ten_who_add_at_once_all_have_their_item(world: World) -> None:
    meeting = await meet(world, await world.folder("Comités"))
    await asyncio.gather(
        *(agenda.add(world.ws, world.steward, meeting, Line(f"{n}")) for n in range(10))
    )
    assert sorted(await titles(world, meeting)) == sorted(str(n) for n in range(10))
    places = await world.values("SELECT place FROM agenda_items ORDER BY place")
    assert places == list(range(1, 11))


@in_network
async def test_nothing_changes_once_the_minutes_are_approved(world: World) -> None:
    meeting = await meet(world, await world.folder("Comités"), "Un", "Deux")
    item = (await items(world, meeting))[0].id
    every = await acts(world, item)
    await approve(world, meeting)
    before = await seen(world, world.steward, meeting)
    for act in every.values():
        with pytest.raises(MinutesApproved):
            await act(world.steward, meeting)
    assert await seen(world, world.steward, meeting) == before
    assert (await agenda.look(world.ws, world.steward, meeting)).meeting.is_locked


@in_network
async def test_titles_that_try_to_do_harm_are_text_or_refused(world: World) -> None:
    meeting = await meet(world, await world.folder("Comités"))
    ws, marie = world.ws, world.steward
    for given, kept in (
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("Bilan\x00\x1b[31m\x0b de\tl'année\n2026\u2028fin", "Bilan [31m de l'année 2026 fin"),
        ("  Budget   2027 ", "Budget 2027"),
        ("x" * 300, "x" * 300),
        ("\ud800abîmé", "abîmé"),
    ):
        item = await agenda.add(ws, marie, meeting, Line(given))
        assert (await titles(world, meeting))[-1] == kept
        await agenda.remove(ws, marie, meeting, item)
    for line, field, fault in (
        (Line(""), "title", "empty"),
        (Line(" \x00\n "), "title", "empty"),
        (Line("x" * 301), "title", "too_long"),
        (Line("x" * 1_000_000), "title", "too_long"),
        (Line("a", presenter="x" * 201), "presenter", "too_long"),
        (Line("a", note="x" * 4_001), "note", "too_long"),
        (Line("a", 0), "minutes", "out_of_range"),
        (Line("a", 1_441), "minutes", "out_of_range"),
        (Line("a", -5), "minutes", "out_of_range"),
    ):
        with pytest.raises(Invalid) as refused:
            await agenda.add(ws, marie, meeting, line)
        assert (refused.value.field, refused.value.fault) == (field, fault)
    assert await titles(world, meeting) == []
    note = "Un\x07\n\n  \tdeux \r\n"
    await agenda.add(ws, marie, meeting, Line("a", 1_440, "x" * 200, note))
    assert (await items(world, meeting))[0].note == "Un\n\n  \tdeux"


@in_network
async def test_an_agenda_has_two_hundred_items_at_most(world: World) -> None:
    folder = await world.folder("Comités")
    meeting = await meet(world, folder, series="Comité")
    later = await meet(world, folder, "Le sien", day=date(2027, 1, 7), series="Comité")
    await world.change(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 199)"
        " INSERT INTO agenda_items (meeting_id, place, title, is_left_over)"
        " SELECT :meeting, i, 'Point ' || i, 1 FROM n",
        meeting=meeting,
    )
    await agenda.add(world.ws, world.steward, meeting, Line("Deux centième"))
    with pytest.raises(Invalid) as refused:
        await agenda.add(world.ws, world.steward, meeting, Line("De trop"))
    assert refused.value.fault == "too_many_items"
    assert len(await items(world, meeting)) == 200
    offered = (await agenda.look(world.ws, world.steward, later)).left_over
    chosen = {one.item_id for one in offered}
    assert await agenda.carry(world.ws, world.steward, later, chosen) == 199
    assert len(await items(world, later)) == 200
    overfull = await meet(world, folder, "Un", "Deux", day=date(2027, 2, 7), series="Comité")
    await world.change("UPDATE agenda_items SET is_left_over = 1 WHERE meeting_id = :m", m=later)
    chosen = {one.id for one in await items(world, later)}
    with pytest.raises(Invalid) as refused:
        await agenda.carry(world.ws, world.steward, overfull, chosen)
    assert refused.value.fault == "too_many_items"
    assert await titles(world, overfull) == ["Un", "Deux"]


@in_network
async def test_an_item_with_minutes_ends_only_as_announced(world: World) -> None:
    meeting = await meet(world, await world.folder("Comités"), "Vide", "Écrit")
    ws, marie = world.ws, world.steward
    empty, written = (item.id for item in await items(world, meeting))
    await write_of(world, written, todos=["Appeler"])
    assert (await agenda.weigh(ws, marie, meeting, written))[1].is_anything
    assert not (await agenda.weigh(ws, marie, meeting, empty))[1].is_anything
    await agenda.remove(ws, marie, meeting, empty)
    with pytest.raises(EffectChanged):
        await agenda.remove(ws, marie, meeting, written)
    _, going = await agenda.weigh(ws, marie, meeting, written)
    assert (going.has_text, going.decisions, going.todos) == (True, 1, 1)
    # Somebody writes on while she reads what would go.
    await write_of(world, written)
    with pytest.raises(EffectChanged):
        await agenda.remove(ws, marie, meeting, written, announced=going)
    assert await titles(world, meeting) == ["Écrit"]
    _, going = await agenda.weigh(ws, marie, meeting, written)
    await agenda.remove(ws, marie, meeting, written, announced=going)
    assert await titles(world, meeting) == []
    assert await world.values("SELECT COUNT(*) FROM decisions") == [0]
    for item in (written, ItemId(10**15)):
        with pytest.raises(NotFound):
            await agenda.weigh(ws, marie, meeting, item)


@in_network
async def test_what_is_left_over_goes_to_the_next_meeting_of_the_series_once(
    world: World,
) -> None:
    folder, ws, marie = await world.folder("Comités"), world.ws, world.steward
    first = await meet(world, folder, "Fait", "Reporté", series="Comité")
    second = await meet(world, folder, "Neuf", day=date(2026, 9, 3), series="Comité")
    third = await meet(world, folder, day=date(2026, 12, 3), series="Comité")
    other = await meet(world, folder, day=date(2026, 10, 3), series="Bureau")
    alone = await meet(world, folder, day=date(2026, 11, 3))
    left = (await items(world, first))[1].id
    line = Line("Reporté", 20, "Awa", "Attendre le devis.")
    await agenda.change(ws, marie, first, left, line)
    for meeting in (first, second, third, other, alone):
        with pytest.raises(AlreadySo):
            await agenda.carry(ws, marie, meeting, [left])
    await agenda.leave_over(ws, marie, first, left, is_left_over=True)
    with pytest.raises(AlreadySo):
        await agenda.leave_over(ws, marie, first, left, is_left_over=True)
    offered = {
        meeting: len((await agenda.look(ws, marie, meeting)).left_over)
        for meeting in (first, second, third, other, alone)
    }
    assert offered == {first: 0, second: 1, third: 1, other: 0, alone: 0}
    assert await titles(world, second) == ["Neuf"], "nothing goes on by itself"
    assert await agenda.carry(ws, marie, second, [left]) == 1
    carried = (await items(world, second))[1]
    assert (carried.title, carried.allotted_minutes, carried.presenter, carried.note) == (
        "Reporté", 20, "Awa", "Attendre le devis.",
    )  # fmt: skip
    assert (carried.carried_from, carried.is_left_over) == (left, False)
    for meeting in (second, third):
        with pytest.raises(AlreadySo):
            await agenda.carry(ws, marie, meeting, [left])
    # Left over once more it goes on; taken off again it is offered anew.
    await agenda.leave_over(ws, marie, second, carried.id, is_left_over=True)
    assert await agenda.carry(ws, marie, third, [carried.id]) == 1
    await agenda.remove(ws, marie, third, (await items(world, third))[0].id)
    assert len((await agenda.look(ws, marie, third)).left_over) == 1
    await agenda.leave_over(ws, marie, second, carried.id, is_left_over=False)
    assert (await agenda.look(ws, marie, third)).left_over == ()


@in_network
async def test_what_was_left_over_in_a_dossier_she_may_not_read_is_not_offered(
    world: World,
) -> None:
    cora, folder, ws = await world.person("Cora"), await world.folder("Comités"), world.ws
    first = await meet(world, folder, "Confidentiel", series="Comité")
    second = await meet(world, folder, day=date(2026, 9, 3), series="Comité")
    dossiers = {one: (await agenda.look(ws, world.steward, one)).folder.id
                for one in (first, second)}  # fmt: skip
    await world.grant(dossiers[second], cora, Role.COORDINATOR)
    item = (await items(world, first))[0].id
    await agenda.leave_over(ws, world.steward, first, item, is_left_over=True)
    assert (await agenda.look(ws, cora, second)).left_over == ()
    with pytest.raises(AlreadySo):
        await agenda.carry(ws, cora, second, [item])
    await world.grant(dossiers[first], cora)
    assert [one.line.title for one in (await agenda.look(ws, cora, second)).left_over] == [
        "Confidentiel"
    ]
    assert await agenda.carry(ws, cora, second, [item]) == 1


@in_network
async def test_only_what_is_left_over_to_her_and_chosen_is_taken_up(world: World) -> None:
    cora, folder, ws = await world.person("Cora"), await world.folder("Comités"), world.ws
    first = await meet(world, folder, "Un", "Deux", "Traité", series="Comité")
    closed = await meet(world, folder, "Confidentiel", day=date(2026, 7, 4), series="Comité")
    later = await meet(world, folder, day=date(2026, 9, 3), series="Comité")
    for meeting, role in ((first, Role.READER), (later, Role.COORDINATOR)):
        dossier = (await agenda.look(ws, world.steward, meeting)).folder.id
        await world.grant(dossier, cora, role)
    one, two, done = (item.id for item in await items(world, first))
    (hidden,) = (item.id for item in await items(world, closed))
    for meeting, item in ((first, one), (first, two), (closed, hidden)):
        await agenda.leave_over(ws, world.steward, meeting, item, is_left_over=True)
    for chosen, fault in (
        ([], "no_item_chosen"),
        *(([one, other], "not_left_over") for other in (done, hidden, ItemId(10**15))),
    ):
        with pytest.raises(Invalid) as refused:
            await agenda.carry(ws, cora, later, chosen)
        assert (refused.value.field, refused.value.fault) == ("item", fault)
    assert await titles(world, later) == []
    assert await agenda.carry(ws, cora, later, [two]) == 1
    assert await titles(world, later) == ["Deux"]
    assert [each.item_id for each in (await agenda.look(ws, cora, later)).left_over] == [one]
    assert await agenda.carry(ws, world.steward, later, [hidden, one]) == 2
    assert await titles(world, later) == ["Deux", "Un", "Confidentiel"]


@in_network
async def test_an_item_is_for_all_where_no_reader_of_this_dossier_lacks_its_own(
    world: World,
) -> None:
    rea, folder, ws = await world.person("Rea"), await world.folder("Comités"), world.ws
    first = await meet(world, folder, "Reporté", series="Comité")
    later = await meet(world, folder, day=date(2026, 9, 3), series="Comité")
    source, target = [
        (await agenda.look(ws, world.steward, one)).folder.id for one in (first, later)
    ]
    (item,) = await items(world, first)
    await agenda.leave_over(ws, world.steward, first, item.id, is_left_over=True)

    async def is_for_all() -> bool:
        (one,) = (await agenda.look(ws, world.steward, later)).left_over
        return one.is_for_all

    await world.grant(folder, rea)
    assert await is_for_all()
    await folders.close(ws, world.steward, source)
    assert not await is_for_all()
    await folders.open_again(ws, world.steward, source)
    assert await is_for_all(), "that more may read the item's own dossier shows nothing to anybody"
    await world.grant(target, rea)
    assert not await is_for_all()


@in_network
async def test_two_who_take_up_what_was_left_over_at_once_have_it_once(world: World) -> None:
    folder, ws, marie = await world.folder("Comités"), world.ws, world.steward
    first = await meet(world, folder, "Reporté", series="Comité")
    later = [
        await meet(world, folder, day=date(2026, month, 3), series="Comité") for month in (9, 10)
    ]
    item = (await items(world, first))[0].id
    await agenda.leave_over(ws, marie, first, item, is_left_over=True)

    async def taking(meeting: MeetingId) -> int:
        try:
            return await agenda.carry(ws, marie, meeting, [item])
        except AlreadySo:
            return 0

    assert sorted(await asyncio.gather(*map(taking, [*later, *later]))) == [0, 0, 0, 1]
    assert sum([len(await items(world, one)) for one in later]) == 1


@in_network
async def test_the_clock_runs_until_nobody_knows(world: World) -> None:
    meeting = await meet(world, await world.folder("Comités"))
    for minutes in (15, 30, None, 10):
        await agenda.add(world.ws, world.steward, meeting, Line("Point", minutes))
    found = await seen(world, world.steward, meeting)
    # Summer time in Paris.
    assert list(clock(found).values()) == [
        datetime(2026, 6, 4, 12, at, tzinfo=UTC) for at in (0, 15, 45)
    ]
    assert allotted(found) == 55
    timeless = await meet(world, await world.folder("Autres"), "Un", starts=None)
    assert clock(await seen(world, world.steward, timeless)) == {}
    late = await meet(world, await world.folder("Nuit"), "Un", starts=time(23, 30))
    assert next(iter(clock(await seen(world, world.steward, late)).values())).hour == 21


@in_network
async def test_the_journal_of_the_dossier_tells_each_change_and_the_index_hears(
    world: World,
) -> None:
    folder = await world.folder("Comités")
    meeting = await meet(world, folder, "Un", "Deux")
    dossier = (await agenda.look(world.ws, world.steward, meeting)).folder.id
    item = (await items(world, meeting))[0].id
    await world.change("DELETE FROM index_entries")
    await agenda.move(world.ws, world.steward, meeting, item, 2)
    assert await world.values("SELECT COUNT(*) FROM index_entries") == [4]
    found = await journal.of_folder(world.ws, world.steward, dossier)
    told = [(line.verb, line.facts.get("item")) for line in found.lines]
    assert told[:3] == [(Verb.AGENDA_CHANGED, title) for title in ("Un", "Deux", "Un")]
