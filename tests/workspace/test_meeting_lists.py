"""Which meetings are listed, which is a person's next one, what changed since the last."""

from __future__ import annotations

import functools
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

import pytest

from atelier.database.engine import Transaction
from atelier.errors import Invalid, NotFound
from atelier.model.folders import Role, Subject, SubjectKind
from atelier.model.ids import FolderId, MeetingId, OrganisationId, SeriesId
from atelier.model.meetings import Answer, MeetingRow, MeetingState, Series, series_names
from atelier.model.people import Actor
from atelier.workspace import (
    folders,
    invitations,
    meeting_lists,
    meetings,
    preparing,
    since,
    trash,
)
from atelier.workspace.meeting_lists import Wanted
from atelier.workspace.meetings import Draft
from tests.builders import World, in_network

ALL: Final = Wanted()


async def met(
    world: World, folder: FolderId, title: str, day: date, series: str = "", by: Actor | None = None
) -> MeetingId:
    draft = Draft(title, day, time(14), series=series)
    return await meetings.make(world.ws, by or world.steward, folder, draft)


async def row(world: World, meeting: MeetingId) -> MeetingRow:
    return (await meetings.look(world.ws, world.steward, meeting)).meeting.row


async def held(world: World, *meetings_: MeetingId) -> None:
    """Say that they took place."""
    for one in meetings_:
        await preparing.set_state(world.ws, world.steward, one, MeetingState.HELD)


def titles(rows: tuple[MeetingRow, ...]) -> list[str]:
    return [one.title for one in rows]


async def invite(world: World, meeting: MeetingId, kind: SubjectKind, number: int) -> None:
    await world.change(
        "INSERT INTO meeting_invited VALUES (:meeting, :kind, :number)",
        meeting=meeting, kind=kind, number=number,
    )  # fmt: skip


@in_network
async def test_those_to_come_stand_first_and_those_of_others_nowhere(world: World) -> None:
    awa = await world.person("Awa")
    folder, below = await world.folder("Réunions"), await world.folder("Réunions/Bureau")
    secret = await world.folder("Secret")
    await world.grant(folder, awa)
    for place, title, day in (
        (folder, "avril", date(2026, 4, 1)),
        (below, "mai", date(2026, 5, 1)),
        (folder, "aujourd'hui", date(2026, 3, 12)),
        (folder, "hier", date(2026, 3, 11)),
        (below, "2024", date(2024, 3, 11)),
        (secret, "caché", date(2026, 3, 20)),
    ):
        await met(world, place, title, day)
    found = await meeting_lists.listed(world.ws, awa, ALL)
    assert titles(found.coming) == ["aujourd'hui", "avril", "mai"] and found.coming_count == 3
    assert titles(found.past) == ["hier", "2024"] and found.past_count == 2
    assert found.years == (2026, 2025, 2024)
    inside = await meeting_lists.in_folder(world.ws, awa, below, ALL)
    assert titles(inside.meetings.coming) == ["mai"] and titles(inside.meetings.past) == ["2024"]
    assert not inside.has_dossier
    dossier = (await row(world, MeetingId(1))).dossier_id
    assert (await meeting_lists.in_folder(world.ws, awa, dossier, ALL)).has_dossier
    with pytest.raises(NotFound):
        await meeting_lists.in_folder(world.ws, awa, secret, ALL)
    stranger = await world.person("Sol")
    nothing = await meeting_lists.listed(world.ws, stranger, ALL)
    assert (nothing.coming, nothing.past, nothing.years) == ((), (), ())
    assert (nothing.all_series, nothing.organisations) == ((), ())


@in_network
async def test_a_meeting_of_today_is_past_once_its_time_is_over_and_a_day_alone_tomorrow(
    world: World,
) -> None:
    folder = await world.folder("Réunions")
    for title, day, starts, lasts in (
        ("nuit", date(2026, 3, 11), time(22), 12 * 60),
        ("jour", date(2026, 3, 12), None, None),
        ("demi-journée", date(2026, 3, 12), None, 30),
        ("longue", date(2026, 3, 12), time(9), 120),
        ("sans durée", date(2026, 3, 12), time(9, 30), None),
        ("semaine", date(2026, 3, 6), time(9), 7 * 24 * 60),
    ):
        draft = Draft(title, day, starts, lasts)
        await meetings.make(world.ws, world.steward, folder, draft)

    async def coming(hour: int, day: int = 12) -> set[str]:
        world.clock.now = datetime(2026, 3, day, hour, tzinfo=UTC)
        found = await meeting_lists.listed(world.ws, world.steward, ALL)
        assert found.coming_count == len(found.coming) and found.past_count == len(found.past)
        assert len(found.coming) + len(found.past) == 6
        return set(titles(found.coming))

    days = {"jour", "demi-journée"}
    assert await coming(8) == days | {"nuit", "longue", "sans durée", "semaine"}
    assert await coming(9) == days | {"longue", "sans durée", "semaine"}
    assert await coming(10) == days | {"sans durée", "semaine"}
    assert await coming(12) == days | {"semaine"}
    assert await coming(22) == days | {"semaine"}
    assert await coming(23) == {"semaine"}
    assert await coming(8, 13) == set()


@in_network
async def test_a_meeting_is_prepared_in_folders_that_she_coordinates_and_in_no_dossier(
    world: World,
) -> None:
    awa, folder = await world.person("Awa"), await world.folder("Réunions")
    below, other = await world.folder("Réunions/Bureau"), await world.folder("Lues")
    await world.grant(folder, awa, Role.COORDINATOR)
    await world.grant(other, awa, Role.CONTRIBUTOR)
    await met(world, below, "avril", date(2026, 4, 1))
    found = await meeting_lists.places(world.ws, awa)
    assert [(one.name, one.depth) for one in found] == [("Réunions", 0), ("Bureau", 1)]
    looking = replace(world.steward, seeing=Subject(SubjectKind.PERSON, awa.person_id))
    assert await meeting_lists.places(world.ws, looking) == ()
    assert await meeting_lists.places(world.ws, await world.person("Sol")) == ()


@in_network
async def test_a_dossier_that_is_closed_or_in_the_trash_takes_its_meeting_out_of_every_list(
    world: World,
) -> None:
    awa, folder = await world.person("Awa"), await world.folder("Réunions")
    await world.grant(folder, awa)
    closed = await met(world, folder, "fermée", date(2026, 4, 1), "S")
    gone = await met(world, folder, "jetée", date(2026, 4, 2), "S")
    await folders.close(world.ws, world.steward, (await row(world, closed)).dossier_id)
    await trash.remove_folder(world.ws, world.steward, (await row(world, gone)).dossier_id)
    found = await meeting_lists.in_folder(world.ws, awa, folder, ALL)
    assert (found.meetings.coming, found.own_series) == ((), ())
    assert await meeting_lists.next_of_person(world.ws, awa) is None
    own = await meeting_lists.in_folder(world.ws, world.steward, folder, ALL)
    assert titles(own.meetings.coming) == ["fermée"] and len(own.own_series) == 1
    with pytest.raises(NotFound):
        await meeting_lists.listed(world.ws, awa, Wanted(series=own.own_series[0].id))


@in_network
async def test_a_list_is_narrowed_by_series_organisation_and_year(world: World) -> None:
    awa = await world.person("Awa", of="Mairie")
    folder = await world.folder("Réunions")
    await world.grant(folder, awa, Role.COORDINATOR)
    await met(world, folder, "un", date(2026, 4, 1), "COPIL", awa)
    await met(world, folder, "deux", date(2025, 4, 1), "COPIL")
    await met(world, folder, "trois", date(2025, 4, 2))

    async def among(wanted: Wanted) -> list[str]:
        found = await meeting_lists.listed(world.ws, awa, wanted)
        return titles(found.coming) + titles(found.past)

    found = await meeting_lists.listed(world.ws, awa, ALL)
    [series], [(mairie, name)] = found.all_series, found.organisations
    assert name == "Mairie"
    assert await among(Wanted(series=series.id)) == ["un", "deux"]
    assert await among(Wanted(organisation=mairie)) == ["un"]
    assert await among(Wanted(year=2025)) == ["trois", "deux"]
    assert await among(Wanted(series=series.id, year=2025)) == ["deux"]
    assert await among(Wanted(year=2030)) == await among(Wanted(year=2020)) == []
    assert await among(Wanted(organisation=OrganisationId(999))) == []
    with pytest.raises(NotFound):
        await among(Wanted(series=SeriesId(999)))
    for year in (1, 9999):
        with pytest.raises(Invalid):
            await among(Wanted(year=year))


@in_network
async def test_a_long_past_comes_in_pages_with_as_many_statements_as_a_short_one(
    world: World,
) -> None:
    folder = await world.folder("Réunions")
    for number in range(meeting_lists.PAGE_ROWS + 1):
        await met(world, folder, f"{number}", date(2025, 1, 1) + timedelta(number))
    first = await meeting_lists.listed(world.ws, world.steward, ALL)
    second = await meeting_lists.listed(world.ws, world.steward, ALL, page=2)
    assert (first.pages, len(first.past), titles(second.past)) == (2, 50, ["0"])
    assert (await meeting_lists.listed(world.ws, world.steward, ALL, page=99)).page == 2


@in_network
async def test_the_next_meeting_is_one_to_which_she_or_what_she_is_part_of_is_invited(
    world: World,
) -> None:
    awa = await world.person("Awa", of="Mairie")
    bo = await world.person("Bo", of="Hôpital")
    group = await world.group("Groupe", "awa@example.org")
    folder = await world.folder("Réunions")
    for one in (awa, bo):
        await world.grant(folder, one)
    hidden = await world.folder("Secret")
    await met(world, hidden, "cachée", date(2026, 3, 13))
    made = {
        title: await met(world, folder, title, date(2026, 3, 14) + timedelta(number))
        for number, title in enumerate(("autres", "mairie", "groupe", "elle", "personne"))
    }
    mairie, hospital = awa.main_organisation or 0, bo.main_organisation or 0
    await invite(world, made["autres"], SubjectKind.ORGANISATION, hospital)
    await invite(world, made["mairie"], SubjectKind.ORGANISATION, mairie)
    await invite(world, made["groupe"], SubjectKind.GROUP, group.id)
    await invite(world, made["elle"], SubjectKind.PERSON, awa.person_id)

    async def following(actor: Actor) -> list[str]:
        found = []
        for _ in range(5):
            nearest = await meeting_lists.next_of_person(world.ws, actor)
            if nearest is None:
                break
            found.append(nearest.title)
            await preparing.cancel(world.ws, world.steward, nearest.id)
        await world.change("UPDATE meetings SET is_cancelled = 0")
        return found

    assert await following(awa) == ["mairie", "groupe", "elle", "personne"]
    assert await following(bo) == ["autres", "personne"]
    assert await following(await world.person("Sol")) == []
    looking = replace(world.steward, seeing=Subject(SubjectKind.PERSON, bo.person_id))
    assert await following(looking) == ["autres", "personne"]
    both = await world.person("Awa", of="Hôpital")
    assert await following(both) == ["autres", "mairie", "groupe", "elle", "personne"]
    elsewhere = replace(both, acting_as=OrganisationId(hospital))
    assert await following(elsewhere) == ["autres", "elle", "personne"]


@in_network
async def test_the_next_meeting_is_no_more_than_over(world: World) -> None:
    folder = await world.folder("Réunions")
    draft = Draft("longue", date(2026, 3, 12), time(9), lasts_minutes=120)
    await meetings.make(world.ws, world.steward, folder, draft)
    await meetings.make(world.ws, world.steward, folder, Draft("jour", date(2026, 3, 12)))

    async def title() -> str | None:
        nearest = await meeting_lists.next_of_person(world.ws, world.steward)
        return None if nearest is None else nearest.title

    assert await title() == "jour", "it begins the day"
    await preparing.cancel(world.ws, world.steward, MeetingId(2))
    assert await title() == "longue", "at ten in Paris it goes on"
    world.clock.now = datetime(2026, 3, 12, 10, 0, tzinfo=UTC)
    assert await title() is None


async def changes(
    world: World, actor: Actor, meeting: MeetingId
) -> dict[str, tuple[bool, int, int]]:
    found = await since.look(world.ws, actor, meeting)
    return {one.document.name: (one.is_new, one.oldest, one.newest) for one in found.changed}


@in_network
async def test_since_the_last_meeting_documents_are_told_once_each_and_only_those_she_may_read(
    world: World,
) -> None:
    awa = await world.person("Awa")
    folder, below = await world.folder("Réunions"), await world.folder("Réunions/Pièces")
    closed = await world.folder("Réunions/Fermé", closed=True)
    await world.grant(folder, awa)
    old = await world.deposit(world.steward, below, "ancien.txt", b"1")
    calm = await world.deposit(world.steward, below, "calme.txt", b"1")
    first = await met(world, folder, "un", date(2026, 3, 13), "COPIL")
    second = await met(world, folder, "deux", date(2026, 5, 13), "COPIL")
    world.clock.now = datetime(2026, 3, 20, 9, tzinfo=UTC)
    await world.revise(world.steward, old.document_id, b"2")
    await world.revise(world.steward, old.document_id, b"3")
    await world.deposit(world.steward, below, "neuf.txt", b"n")
    await world.deposit(world.steward, closed, "secret.txt", b"s")
    lost = await world.deposit(world.steward, below, "jeté.txt", b"j")
    await trash.remove_document(world.ws, world.steward, lost.document_id)
    await held(world, first)
    told = {"ancien.txt": (False, 2, 3), "neuf.txt": (True, 1, 1)}
    assert await changes(world, awa, second) == told
    assert await changes(world, world.steward, second) == told | {"secret.txt": (True, 1, 1)}
    found = await since.look(world.ws, awa, second)
    assert found.before and found.before.id == first and not found.is_cut
    # Once it has begun, what comes after is of the next one.
    world.clock.now = datetime(2026, 5, 14, 9, tzinfo=UTC)
    await world.revise(world.steward, calm.document_id, b"2")
    assert await changes(world, awa, second) == told
    await held(world, second)
    third = await met(world, folder, "trois", date(2026, 7, 1), "COPIL")
    assert await changes(world, awa, third) == {"calme.txt": (False, 2, 2)}


@in_network
async def test_the_meeting_before_is_one_of_the_series_that_she_may_read_and_that_took_place(
    world: World,
) -> None:
    awa, folder = await world.person("Awa"), await world.folder("Réunions")
    await world.grant(folder, awa)
    first = await met(world, folder, "un", date(2026, 1, 5), "COPIL")
    hidden = await met(world, folder, "deux", date(2026, 2, 5), "COPIL")
    cancelled = await met(world, folder, "trois", date(2026, 2, 6), "COPIL")
    alone = await met(world, folder, "seule", date(2026, 2, 7))
    await met(world, folder, "à venir", date(2026, 4, 5), "COPIL")
    last = await met(world, folder, "cinq", date(2026, 5, 5), "COPIL")
    await folders.close(world.ws, world.steward, (await row(world, hidden)).dossier_id)
    await preparing.cancel(world.ws, world.steward, cancelled)
    await held(world, first, hidden)

    async def before(actor: Actor, meeting: MeetingId) -> MeetingId | None:
        found = (await since.look(world.ws, actor, meeting)).before
        return None if found is None else found.id

    assert await before(awa, last) == first and await before(world.steward, last) == hidden
    assert await before(awa, first) is None
    assert await before(awa, alone) == first, "without a series: of the folder above"
    assert (await since.look(world.ws, awa, first)).changed == ()


@in_network
async def test_a_meeting_that_was_never_held_is_not_the_last_one_nor_hides_a_decision(
    world: World,
) -> None:
    awa, folder = await world.person("Awa"), await world.folder("Réunions")
    await world.grant(folder, awa)
    first = await met(world, folder, "un", date(2026, 3, 10), "COPIL")
    prepared = await met(world, folder, "deux", date(2026, 3, 11), "COPIL")
    last = await met(world, folder, "trois", date(2026, 3, 20), "COPIL")
    await world.ws.db.write(
        functools.partial(note, meeting=first, said="prise", day="2026-03-10", done=None)
    )
    assert (await since.look(world.ws, awa, last)).before is None, "none was held"
    await held(world, first)
    for state in ("held", "approved"):
        await world.change("UPDATE meetings SET state = :s WHERE id = :m", s=state, m=first)
        found = await since.look(world.ws, awa, last)
        assert found.before and found.before.id == first, state
        assert [one.decision.text for one in found.decided] == ["décision prise"]
    await held(world, prepared)
    found = await since.look(world.ws, awa, last)
    assert found.before and found.before.id == prepared
    await preparing.set_state(world.ws, world.steward, prepared, MeetingState.CONVENED)
    found = await since.look(world.ws, awa, last)
    assert found.before and found.before.id == first


@in_network
async def test_each_convened_meeting_awaits_the_answer_of_who_is_invited_and_may_read_it(
    world: World,
) -> None:
    awa, folder = await world.person("Awa"), await world.folder("Réunions")
    bo, secret = await world.person("Bo"), await world.folder("Secret")
    await world.grant(folder, awa)
    await world.grant(folder, bo)
    days = {name: date(2026, 3, 13 + at) for at, name in enumerate(("un", "deux", "prépa", "sans"))}
    made = {name: await met(world, folder, name, day) for name, day in days.items()}
    made["caché"] = await met(world, secret, "caché", date(2026, 3, 14))
    for name, meeting in made.items():
        if name != "sans":
            await invite(world, meeting, SubjectKind.PERSON, awa.person_id)
        if name != "prépa":
            await preparing.set_state(world.ws, world.steward, meeting, MeetingState.CONVENED)

    async def awaited(actor: Actor) -> list[str]:
        found = await meeting_lists.listed(world.ws, actor, ALL)
        rows = await meeting_lists.awaiting(world.ws, actor)
        assert found.awaited == {one.id for one in rows}
        return titles(rows)

    assert await awaited(awa) == ["un", "deux"]
    assert await awaited(bo) == [] == await awaited(await world.person("Sol"))
    seeing = replace(world.steward, seeing=Subject(SubjectKind.PERSON, awa.person_id))
    assert await awaited(seeing) == [], "the answer is not hers to give"
    await invitations.answer(world.ws, awa, made["un"], Answer.EXCUSED)
    assert await awaited(awa) == ["deux"]
    await preparing.cancel(world.ws, world.steward, made["deux"])
    assert await awaited(awa) == []
    await preparing.revive(world.ws, world.steward, made["deux"])
    world.clock.forward(days=30)
    assert await awaited(awa) == [], "they are over"


async def note(tx: Transaction, meeting: MeetingId, said: str, day: str, done: str | None) -> None:
    item = await tx.value(
        "INSERT INTO agenda_items (meeting_id, place, title) VALUES (:meeting, 1, 'Point')"
        " RETURNING id",
        meeting=meeting,
    )
    await tx.run(
        "INSERT INTO decisions (item_id, text, way, decided_on)"
        " VALUES (:item, :text, 'consensus', :day)",
        item=item, text=f"décision {said}", day=day,
    )  # fmt: skip
    for text, at in ((f"ouverte {said}", None), (f"faite {said}", done)):
        await tx.run(
            "INSERT INTO todos (item_id, text, who, done_on) VALUES (:item, :text, 'Awa', :at)",
            item=item, text=text, at=at,
        )  # fmt: skip


@in_network
async def test_decisions_and_actions_are_those_of_the_series_that_she_may_read(
    world: World,
) -> None:
    awa, folder = await world.person("Awa"), await world.folder("Réunions")
    await world.grant(folder, awa)
    made = {
        "vieille": (await met(world, folder, "vieille", date(2025, 1, 5), "COPIL"), "2025-01-05"),
        "cachée": (await met(world, folder, "cachée", date(2026, 1, 4), "COPIL"), "2026-03-01"),
        "dernière": (await met(world, folder, "dernière", date(2026, 1, 5), "COPIL"), "2026-01-05"),
        "autre": (await met(world, folder, "autre", date(2026, 1, 6), "Bureau"), "2026-01-06"),
        "elle-même": (await met(world, folder, "elle", date(2026, 4, 5), "COPIL"), "2026-03-01"),
    }
    for said, (meeting, day) in made.items():
        done = "2024-12-01" if said == "vieille" else "2026-02-01"
        await world.ws.db.write(
            functools.partial(note, meeting=meeting, said=said, day=day, done=done)
        )
    await held(world, *(made[said][0] for said in ("vieille", "cachée", "dernière", "autre")))
    await folders.close(world.ws, world.steward, (await row(world, made["cachée"][0])).dossier_id)
    found = await since.look(world.ws, awa, made["elle-même"][0])
    assert [one.decision.text for one in found.decided] == ["décision dernière"]
    assert [one.todo.text for one in found.todos] == [
        "ouverte vieille", "ouverte dernière", "faite dernière",
    ]  # fmt: skip
    hers = await since.look(world.ws, world.steward, made["elle-même"][0])
    assert {one.title for one in hers.decided} == {"dernière", "cachée"}


@in_network
async def test_what_is_too_much_is_cut_and_said(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(since, "MOST", 2)
    folder = await world.folder("Réunions")
    await held(world, await met(world, folder, "un", date(2026, 3, 1), "COPIL"))
    second = await met(world, folder, "deux", date(2026, 5, 1), "COPIL")
    for number in range(2):
        await world.deposit(world.steward, folder, f"{number}.txt", b"x%d" % number)
    assert not (await since.look(world.ws, world.steward, second)).is_cut
    await world.deposit(world.steward, folder, "3.txt", b"y")
    found = await since.look(world.ws, world.steward, second)
    assert found.is_cut and len(found.changed) == 2


@in_network
async def test_series_of_one_name_are_told_apart_by_the_folders_that_she_may_read(
    world: World,
) -> None:
    awa = await world.person("Awa")
    old, new = await world.folder("Vieilles réunions"), await world.folder("Comités")
    for folder, name in ((old, "Plénière"), (new, "pléniere"), (new, "COPIL")):
        await met(world, folder, "Réunion", date(2026, 5, 1), name)
    await world.grant(old, awa)
    inside = (
        await meeting_lists.listed(world.ws, world.steward, Wanted(series=SeriesId(2)))
    ).coming
    await world.grant(inside[0].dossier_id, awa)

    async def names(actor: Actor) -> set[str]:
        return set(
            series_names((await meeting_lists.listed(world.ws, actor, ALL)).all_series).values()
        )

    steward = await names(world.steward)
    assert steward == {"Plénière – Vieilles réunions", "pléniere – Comités", "COPIL"}
    assert await names(awa) == {"Plénière – Vieilles réunions", "pléniere"}
    twins = [Series(SeriesId(number), FolderId(number), "Bureau", "Même nom") for number in (3, 7)]
    assert set(series_names(twins).values()) == {
        "Bureau – Même nom (n° 3)",
        "Bureau – Même nom (n° 7)",
    }


@in_network
async def test_a_folder_offers_the_choices_of_its_own_meetings_alone(world: World) -> None:
    one, other = await world.folder("Un"), await world.folder("Autre")
    mairie = await world.person("Awa", of="Mairie")
    await world.grant(one, mairie, Role.COORDINATOR)
    await met(world, one, "Ici", date(2024, 5, 1), "COPIL", by=mairie)
    await met(world, other, "Là", date(2026, 5, 1), "Bureau")
    look = functools.partial(meeting_lists.in_folder, world.ws, world.steward)
    here, there = (await look(one, ALL)).meetings, (await look(other, ALL)).meetings
    assert [series.name for series in here.all_series] == ["COPIL"]
    assert [name for _, name in here.organisations] == ["Mairie"]
    assert (here.years, there.years) == ((2024,), (2026,))
    assert [series.name for series in there.all_series] == ["Bureau"]
    assert "Mairie" not in [name for _, name in there.organisations]
    chosen = (await look(other, Wanted(series=here.all_series[0].id))).meetings
    assert chosen.coming == () and "COPIL" in [series.name for series in chosen.all_series]
    everywhere = await meeting_lists.listed(world.ws, world.steward, ALL)
    assert len(everywhere.all_series) == 2 and everywhere.years == (2026, 2025, 2024)
