"""Decisions and actions taken down at an item: each act beside its refusal."""

from __future__ import annotations

import dataclasses
from collections.abc import Awaitable, Callable
from datetime import date
from typing import Final

import pytest

from atelier.errors import EffectChanged, Forbidden, Invalid, MinutesApproved, NotFound
from atelier.model.agenda import Line
from atelier.model.ids import DecisionId, ItemId, MeetingId, TodoId
from atelier.model.journal import Verb
from atelier.model.meetings import Decision, Todo, Votes, Way
from atelier.model.minutes import Ruling, Task, state_of
from atelier.model.people import Actor
from atelier.workspace import agenda, decided, folders, journal, minutes, people
from tests.agendas import approve, items, meet, seen
from tests.builders import World, in_network, subject

DAY: Final = date(2026, 6, 4)
NOWHERE: Final = MeetingId(10**15)
RULING: Final = Ruling("On achète.", Way.CONSENSUS, DAY)
TASK: Final = Task("Appeler le fournisseur.", due_on=date(2026, 9, 1))
Act = Callable[[Actor, MeetingId], Awaitable[object]]


async def begun(world: World) -> tuple[MeetingId, ItemId]:
    """A meeting with one item."""
    meeting = await meet(world, await world.folder("Comités"), "Budget")
    return meeting, (await items(world, meeting))[0].id


async def decision_of(world: World, meeting: MeetingId) -> Decision:
    return (await items(world, meeting))[0].decisions[0]


async def todo_of(world: World, meeting: MeetingId) -> Todo:
    return (await items(world, meeting))[0].todos[0]


async def taken(world: World, meeting: MeetingId, item: ItemId) -> tuple[Decision, Todo]:
    """One decision and one action of the item."""
    await decided.decide(world.ws, world.steward, meeting, item, RULING)
    await decided.give(world.ws, world.steward, meeting, item, TASK)
    return await decision_of(world, meeting), await todo_of(world, meeting)


def acts(world: World, item: ItemId, decision: Decision, todo: Todo) -> dict[str, Act]:
    """Everything that writes decisions and actions, of any meeting."""
    ws, other = world.ws, Task("Autre chose.")
    ruling = Ruling("Autrement.", Way.VOTE, DAY)
    was, to_do = state_of(decision), state_of(todo)
    number, task = decision.id, todo.id
    return {
        "decide": lambda who, one: decided.decide(ws, who, one, item, ruling),
        "give": lambda who, one: decided.give(ws, who, one, item, other),
        "change decision": lambda who, one: decided.change_decision(
            ws, who, one, item, number, ruling, expected=was
        ),
        "change todo": lambda who, one: decided.change_todo(
            ws, who, one, item, task, other, expected=to_do
        ),
        "remove decision": lambda who, one: decided.remove_decision(
            ws, who, one, item, number, expected=was
        ),
        "remove todo": lambda who, one: decided.remove_todo(
            ws, who, one, item, task, expected=to_do
        ),
    }


@in_network
async def test_coordinators_take_them_down_readers_read_them_and_others_nothing(
    world: World,
) -> None:
    rea, out = await world.person("Rea"), await world.person("Out")
    meeting, item = await begun(world)
    await world.grant(await folders.find(world.ws, world.steward, "Comités"), rea)
    decision, todo = await taken(world, meeting, item)
    (read,) = (await seen(world, rea, meeting)).items
    assert read.decisions == (decision,) and read.todos == (todo,)
    assert decision.text == "On achète." and decision.decided_on == DAY and not decision.votes
    assert todo.due_on == TASK.due_on and todo.done_on is None
    looking = dataclasses.replace(world.steward, seeing=subject(rea))
    for name, act in acts(world, item, decision, todo).items():
        for who, refusal in ((rea, Forbidden), (looking, Forbidden), (out, NotFound)):
            with pytest.raises(refusal):
                await act(who, meeting)
        with pytest.raises(NotFound):
            await act(world.steward, NOWHERE)
        assert (await items(world, meeting))[0].decisions == (decision,), name
    assert (await items(world, meeting))[0].todos == (todo,)


@in_network
async def test_each_change_is_told_counted_and_heard_by_the_index(world: World) -> None:
    meeting, item = await begun(world)
    dossier = (await seen(world, world.steward, meeting)).row.dossier_id
    decision, todo = await taken(world, meeting, item)
    made = acts(world, item, decision, todo)
    # What is changed first is another afterwards.
    for name in ("decide", "give", "remove decision", "remove todo"):
        before = (await seen(world, world.steward, meeting)).state_number
        await world.change("DELETE FROM index_entries")
        await made[name](world.steward, meeting)
        assert (await seen(world, world.steward, meeting)).state_number == before + 1
        assert await world.values("SELECT COUNT(*) FROM index_entries") == [4]
    lines = (await journal.of_folder(world.ws, world.steward, dossier)).lines
    assert [line.verb for line in lines[:4]] == [
        Verb.TODO_REMOVED,
        Verb.DECISION_REMOVED,
        Verb.TODO_ADDED,
        Verb.DECISION_TAKEN,
    ]
    assert all(line.facts == {"item": "Budget"} for line in lines[:4])


@in_network
async def test_a_vote_has_its_counts_and_a_consensus_has_none(world: World) -> None:
    meeting, item = await begun(world)
    votes = Ruling("Adopté.", Way.VOTE, DAY, Votes(5, 0, 2))
    await decided.decide(world.ws, world.steward, meeting, item, votes)
    await decided.decide(world.ws, world.steward, meeting, item, Ruling("Sans.", Way.VOTE, DAY))
    first, second = (await items(world, meeting))[0].decisions
    assert (first.way, first.votes, second.votes) == (Way.VOTE, Votes(5, 0, 2), None)
    for wrong, field in (
        (Ruling("Non.", Way.CONSENSUS, DAY, Votes(1, 0, 0)), "yes"),
        (Ruling("Non.", Way.VOTE, DAY, Votes(1, 0, 10**7)), "abstained"),
    ):
        with pytest.raises(Invalid) as refused:
            await decided.decide(world.ws, world.steward, meeting, item, wrong)
        assert refused.value.field == field
    assert len((await items(world, meeting))[0].decisions) == 2


@pytest.mark.parametrize(
    ("ruling", "field", "fault"),
    [
        (Ruling(" \n ", Way.VOTE, DAY), "text", "empty"),
        (Ruling("a" * 4_001, Way.VOTE, DAY), "text", "too_long_note"),
        (Ruling("Oui.", Way.VOTE, date(1, 1, 1)), "decided_on", "far_day"),
        (Ruling("Oui.", Way.VOTE, date(9999, 1, 1)), "decided_on", "far_day"),
    ],
)
@in_network
async def test_a_decision_that_cannot_be_is_refused(
    world: World, ruling: Ruling, field: str, fault: str
) -> None:
    meeting, item = await begun(world)
    with pytest.raises(Invalid) as refused:
        await decided.decide(world.ws, world.steward, meeting, item, ruling)
    assert (refused.value.field, refused.value.fault) == (field, fault)
    most = dataclasses.replace(RULING, text="a" * 4_000)
    await decided.decide(world.ws, world.steward, meeting, item, most)
    assert len((await decision_of(world, meeting)).text) == 4_000


@pytest.mark.parametrize(
    ("task", "field", "fault"),
    [
        (Task(""), "text", "empty"),
        (Task("a" * 4_001), "text", "too_long_note"),
        (Task("Oui.", who="a" * 201), "who", "too_long"),
        (Task("Oui.", organisation="Absente"), "organisation", "no_such_organisation"),
        (Task("Oui.", due_on=date(9999, 1, 1)), "due_on", "far_day"),
    ],
)
@in_network
async def test_an_action_that_cannot_be_is_refused(
    world: World, task: Task, field: str, fault: str
) -> None:
    meeting, item = await begun(world)
    with pytest.raises(Invalid) as refused:
        await decided.give(world.ws, world.steward, meeting, item, task)
    assert (refused.value.field, refused.value.fault) == (field, fault)
    late = dataclasses.replace(TASK, due_on=date(2020, 1, 1))
    await decided.give(world.ws, world.steward, meeting, item, late)
    assert (await todo_of(world, meeting)).is_overdue(date(2026, 3, 12))


@in_network
async def test_a_name_that_one_person_alone_has_is_hers_with_her_organisation(
    world: World,
) -> None:
    awa = await world.person("Awa Sow", of="Mairie")
    await world.person("Jean Roy", of="Mairie")
    await people.add_person(world.ws, world.steward, "autre@example.org", name="Jean Roy")
    hospital = await world.organisation("Hôpital")
    meeting, item = await begun(world)
    for task in (
        Task("Un.", who="awa  SOW"),
        Task("Deux.", who="Awa Sow", organisation="hopital"),
        Task("Trois.", who="Jean Roy"),
        Task("Quatre.", who="Quelqu'un d'ailleurs", organisation="Hôpital"),
        Task("Cinq."),
    ):
        await decided.give(world.ws, world.steward, meeting, item, task)
    todos = (await items(world, meeting))[0].todos
    assert [(one.who, one.person_id, one.organisation) for one in todos] == [
        ("awa SOW", awa.person_id, "Mairie"),
        ("Awa Sow", awa.person_id, "Hôpital"),
        ("Jean Roy", None, ""),
        ("Quelqu'un d'ailleurs", None, "Hôpital"),
        ("", None, ""),
    ]
    assert todos[1].organisation_id == hospital.id


@in_network
async def test_who_left_and_what_ended_keep_their_action_and_get_no_new_one(world: World) -> None:
    awa = await world.person("Awa", of="Mairie")
    meeting, item = await begun(world)
    await decided.give(world.ws, world.steward, meeting, item, Task("Appeler.", who="Awa"))
    await world.change("UPDATE people SET disabled_at = 1 WHERE id = :id", id=awa.person_id)
    await world.change("UPDATE organisations SET ends_on = '2020-01-01'")
    before = await todo_of(world, meeting)
    changed = Task("Rappeler.", who="Awa", organisation="Mairie")
    await decided.change_todo(
        world.ws, world.steward, meeting, item, before.id, changed, expected=state_of(before)
    )
    now = await todo_of(world, meeting)
    assert (now.text, now.person_id, now.organisation, now.is_gone) == (
        "Rappeler.",
        awa.person_id,
        "Mairie",
        True,
    )
    await decided.give(world.ws, world.steward, meeting, item, Task("Encore.", who="Awa"))
    assert (await items(world, meeting))[0].todos[1].person_id is None
    with pytest.raises(Invalid):
        await decided.give(world.ws, world.steward, meeting, item, changed)


@in_network
async def test_of_two_who_change_one_the_second_is_told_and_what_is_there_stays(
    world: World,
) -> None:
    meeting, item = await begun(world)
    decision, todo = await taken(world, meeting, item)
    made = acts(world, item, decision, todo)
    await made["change decision"](world.steward, meeting)
    await made["change todo"](world.steward, meeting)
    now = (await decision_of(world, meeting), await todo_of(world, meeting))
    assert (now[0].text, now[0].way, now[1].text) == ("Autrement.", Way.VOTE, "Autre chose.")
    # The same change again is nothing; another one, or an end, would lose the first.
    await made["change decision"](world.steward, meeting)
    await made["change todo"](world.steward, meeting)
    for act in (
        made["remove decision"](world.steward, meeting),
        made["remove todo"](world.steward, meeting),
        decided.change_decision(
            world.ws, world.steward, meeting, item, decision.id, RULING, expected=state_of(decision)
        ),
        decided.change_todo(
            world.ws, world.steward, meeting, item, todo.id, TASK, expected=state_of(todo)
        ),
    ):
        with pytest.raises(EffectChanged):
            await act
    assert (await decision_of(world, meeting), await todo_of(world, meeting)) == now


@in_network
async def test_approved_minutes_keep_theirs(world: World) -> None:
    meeting, item = await begun(world)
    decision, todo = await taken(world, meeting, item)
    await approve(world, meeting)
    for act in acts(world, item, decision, todo).values():
        with pytest.raises(MinutesApproved):
            await act(world.steward, meeting)
    assert await decision_of(world, meeting) == decision
    assert await todo_of(world, meeting) == todo


@in_network
async def test_what_stands_at_another_item_is_none_of_this_one(world: World) -> None:
    meeting, item = await begun(world)
    decision, todo = await taken(world, meeting, item)
    other = await meet(world, await world.folder("Ailleurs"), "Divers")
    (elsewhere,) = await items(world, other)
    ending = ("change decision", "change todo", "remove decision", "remove todo")
    for one, place in ((other, elsewhere.id), (other, item), (meeting, elsewhere.id)):
        made = acts(world, place, decision, todo)
        for name in ending if place != item and one == other else made:
            with pytest.raises(NotFound):
                await made[name](world.steward, one)
    absent = (DecisionId(10**15), TodoId(10**15))
    with pytest.raises(NotFound):
        await decided.remove_decision(
            world.ws, world.steward, meeting, item, absent[0], expected=""
        )
    with pytest.raises(NotFound):
        await decided.remove_todo(world.ws, world.steward, meeting, item, absent[1], expected="")
    assert await decision_of(world, meeting) == decision
    assert await todo_of(world, meeting) == todo


@in_network
async def test_an_item_has_so_many_and_no_more(world: World) -> None:
    meeting, item = await begun(world)
    for _ in range(decided.MOST_OF_ITEM):
        await decided.decide(world.ws, world.steward, meeting, item, RULING)
        await decided.give(world.ws, world.steward, meeting, item, TASK)
    for act in (
        decided.decide(world.ws, world.steward, meeting, item, RULING),
        decided.give(world.ws, world.steward, meeting, item, TASK),
    ):
        with pytest.raises(Invalid) as refused:
            await act
        assert refused.value.fault == "too_many_of_item"


@in_network
async def test_a_meeting_has_so_many_and_no_more(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    meeting, item = await begun(world)
    other = await agenda.add(world.ws, world.steward, meeting, Line("Autre point"))
    monkeypatch.setattr(decided, "MOST_OF_MEETING", 2)
    await decided.decide(world.ws, world.steward, meeting, item, RULING)
    await decided.give(world.ws, world.steward, meeting, item, TASK)
    await decided.decide(world.ws, world.steward, meeting, other, RULING)
    await decided.give(world.ws, world.steward, meeting, other, TASK)
    for act in (
        decided.decide(world.ws, world.steward, meeting, other, RULING),
        decided.give(world.ws, world.steward, meeting, other, TASK),
    ):
        with pytest.raises(Invalid) as refused:
            await act
        assert refused.value.fault == "too_many_of_meeting"


@in_network
async def test_decisions_and_actions_count_among_the_texts_of_a_meeting(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    meeting, item = await begun(world)
    room = len(RULING.text) + len(TASK.text)
    monkeypatch.setattr(minutes, "MAX_MEETING_CHARACTERS", room)
    one, other = await taken(world, meeting, item)
    longer = dataclasses.replace(RULING, text=RULING.text + "!")
    later = dataclasses.replace(TASK, text=TASK.text + "!")
    marie, ws = world.steward, world.ws
    for act in (
        decided.decide(ws, marie, meeting, item, RULING),
        decided.give(ws, marie, meeting, item, TASK),
        minutes.write(ws, marie, meeting, item, "!", state=1),
        decided.change_decision(ws, marie, meeting, item, one.id, longer, expected=state_of(one)),
        decided.change_todo(ws, marie, meeting, item, other.id, later, expected=state_of(other)),
    ):
        with pytest.raises(Invalid) as refused:
            await act
        assert refused.value.fault == "meeting_full"
    shorter = dataclasses.replace(RULING, text=RULING.text[:-1])
    await decided.change_decision(ws, marie, meeting, item, one.id, shorter, expected=state_of(one))
    await minutes.write(ws, marie, meeting, item, "!", state=1)
