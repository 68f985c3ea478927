"""Following: only what one may read, at a pace that it can have, and nobody else's."""

from __future__ import annotations

from datetime import date, time

import pytest

from atelier.errors import Forbidden, Invalid, NotFound
from atelier.model.folders import Subject, SubjectKind
from atelier.model.follows import Followable, Pace
from atelier.model.ids import FollowId
from atelier.model.people import Actor
from atelier.model.search import Asked
from atelier.workspace import digests, follows, meetings, saved, sharing, trash
from atelier.workspace.meetings import Draft
from tests.builders import World, in_network

FOLDER, DOCUMENT = Followable.FOLDER, Followable.DOCUMENT
SEARCH, SERIES = Followable.SEARCH, Followable.SERIES


async def named(world: World, actor: Actor) -> list[tuple[str, str | None, str]]:
    """What she follows, as it is listed."""
    hers = await follows.listed(world.ws, actor)
    return [(one.what, one.name, one.pace) for one in hers.all]


@in_network
async def test_each_kind_is_followed_by_who_may_read_it_and_by_nobody_else(world: World) -> None:
    awa, ben = await world.person("Awa"), await world.person("Ben")
    folder = await world.folder("Réunions")
    await world.grant(folder, awa)
    done = await world.deposit(world.steward, folder, "note.txt")
    draft = Draft("Comité", date(2026, 3, 20), time(14), series="COPIL")
    await meetings.make(world.ws, world.steward, folder, draft)
    await world.settle()
    kept = await saved.keep(world.ws, awa, Asked("bonjour"))
    [series] = await world.values("SELECT id FROM series")
    things = [
        (FOLDER, int(folder)),
        (DOCUMENT, int(done.document_id)),
        (SEARCH, int(kept)),
        (SERIES, int(str(series))),
    ]
    for what, number in things:
        await follows.follow(world.ws, awa, what, number, Pace.DAILY)
        assert await follows.pace_of(world.ws, awa, what, number) is Pace.DAILY
        assert await follows.paces(world.ws, awa, what) == {number: Pace.DAILY}
        for missing in (number, 999_999):
            with pytest.raises(NotFound):
                await follows.follow(world.ws, ben, what, missing, Pace.DAILY)
        with pytest.raises(NotFound):
            await follows.unfollow(world.ws, ben, what, number)
    assert await named(world, awa) == [
        ("folder", "Réunions", "daily"),
        ("document", "note.txt", "daily"),
        ("search", "bonjour", "daily"),
        ("series", "COPIL", "daily"),
    ]
    assert await named(world, ben) == []
    for what, number in things:
        await follows.unfollow(world.ws, awa, what, number)
        with pytest.raises(NotFound):
            await follows.unfollow(world.ws, awa, what, number)
    assert await named(world, awa) == []


@in_network
async def test_what_she_may_no_longer_read_is_listed_without_its_name_and_can_be_let_go(
    world: World,
) -> None:
    awa, ben = await world.person("Awa"), await world.person("Ben")
    folder = await world.folder("Réunions")
    grant = await world.grant(folder, awa)
    other = await world.folder("Notes")
    await world.grant(other, awa)
    done = await world.deposit(world.steward, other, "note.txt")
    await follows.follow(world.ws, awa, FOLDER, folder, Pace.DAILY)
    await follows.follow(world.ws, awa, DOCUMENT, done.document_id, Pace.WEEKLY)
    await sharing.withdraw(world.ws, world.steward, folder, grant)
    await trash.remove_document(world.ws, world.steward, done.document_id)
    assert await named(world, awa) == [("folder", None, "daily"), ("document", None, "weekly")]
    one, two = (await follows.listed(world.ws, awa)).all
    with pytest.raises(NotFound):
        await follows.set_pace(world.ws, awa, one.id, Pace.WEEKLY)
    with pytest.raises(NotFound):
        await follows.remove(world.ws, ben, one.id)
    await follows.remove(world.ws, awa, one.id)
    await follows.remove(world.ws, awa, two.id)
    assert await named(world, awa) == []


@in_network
async def test_a_pace_is_one_that_the_thing_can_have_and_may_change(world: World) -> None:
    folder = await world.folder("Réunions")
    done = await world.deposit(world.steward, folder, "note.txt")
    me = world.steward
    with pytest.raises(Invalid):
        await follows.follow(world.ws, me, DOCUMENT, done.document_id, Pace.BEFORE_MEETING)
    number = await follows.follow(world.ws, me, DOCUMENT, done.document_id, Pace.DAILY)
    again = await follows.follow(world.ws, me, DOCUMENT, done.document_id, Pace.WEEKLY)
    assert again == number
    assert await named(world, me) == [("document", "note.txt", "weekly")]
    with pytest.raises(Invalid):
        await follows.set_pace(world.ws, me, number, Pace.BEFORE_MEETING)
    with pytest.raises(NotFound):
        await follows.set_pace(world.ws, me, FollowId(999), Pace.DAILY)
    await follows.set_pace(world.ws, me, number, Pace.AT_ONCE)
    assert await named(world, me) == [("document", "note.txt", "at_once")]


@in_network
async def test_nobody_follows_beyond_a_number(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follows, "MAX_FOLLOWS", 1)
    one, two = await world.folder("Une"), await world.folder("Deux")
    await follows.follow(world.ws, world.steward, FOLDER, one, Pace.DAILY)
    await follows.follow(world.ws, world.steward, FOLDER, one, Pace.WEEKLY)
    with pytest.raises(Invalid) as refused:
        await follows.follow(world.ws, world.steward, FOLDER, two, Pace.DAILY)
    assert (refused.value.fault, refused.value.value) == ("too_many_follows", "1")


@in_network
async def test_who_looks_as_another_follows_nothing_and_sees_nothing_of_it(world: World) -> None:
    awa = await world.person("Awa")
    folder = await world.folder("Réunions")
    await world.grant(folder, awa)
    number = await follows.follow(world.ws, world.steward, FOLDER, folder, Pace.DAILY)
    seen = Subject(SubjectKind.PERSON, awa.person_id)
    looking = type(world.steward)(
        **{
            name: getattr(world.steward, name)
            for name in world.steward.__dataclass_fields__
            if name != "seeing"
        },
        seeing=seen,
    )
    assert await named(world, looking) == []
    assert await follows.pace_of(world.ws, looking, FOLDER, folder) is None
    assert await follows.paces(world.ws, looking, FOLDER) == {}
    for act in (
        follows.follow(world.ws, looking, FOLDER, folder, Pace.WEEKLY),
        follows.unfollow(world.ws, looking, FOLDER, folder),
        follows.set_pace(world.ws, looking, number, Pace.WEEKLY),
        follows.remove(world.ws, looking, number),
    ):
        with pytest.raises(Forbidden):
            await act


@in_network
async def test_a_search_that_is_kept_no_longer_is_followed_no_longer(world: World) -> None:
    await world.folder("Réunions")
    await world.settle()
    kept = await saved.keep(world.ws, world.steward, Asked("bonjour"))
    await follows.follow(world.ws, world.steward, SEARCH, kept, Pace.DAILY)
    await saved.forget(world.ws, world.steward, kept)
    assert await named(world, world.steward) == []


@in_network
async def test_without_a_mail_server_follows_are_kept_and_nothing_piles_up(world: World) -> None:
    awa = await world.person("Awa")
    folder = await world.folder("Réunions")
    await world.grant(folder, awa)
    await follows.follow(world.ws, awa, FOLDER, folder, Pace.DAILY)
    await world.deposit(world.steward, folder, "note.txt")
    assert not await digests.tick(world.ws)
    hers = await follows.listed(world.ws, awa)
    assert not hers.is_sent
    [line] = await world.values("SELECT MAX(id) FROM journal")
    assert [one.told_through for one in hers.all] == [line]
    assert await world.values("SELECT id FROM digests UNION ALL SELECT id FROM letters") == []
    assert not await digests.tick(world.ws), "and again, with nothing new"


@in_network
async def test_members_follow_nothing_by_default(world: World) -> None:
    awa = await world.person("Awa", of="Mairie")
    folder = await world.folder("Réunions")
    await world.grant(folder, awa)
    draft = Draft("Comité", date(2026, 3, 20), time(14), series="COPIL")
    await meetings.make(world.ws, world.steward, folder, draft)
    assert await named(world, awa) == []


@in_network
async def test_old_digests_are_let_go_and_new_ones_stay(world: World) -> None:
    for days in (0, 61):
        at = world.clock.now.timestamp() * 1000 - days * 86_400_000
        await world.change(
            "INSERT INTO digests (id, person_id, pace, through, created_at)"
            " VALUES (:id, :person, 'daily', 1, :at)",
            id=days + 1, person=world.steward.person_id, at=int(at),
        )  # fmt: skip
    assert await digests.forget_old(world.ws) == 1
    assert await world.values("SELECT id FROM digests") == [1]
