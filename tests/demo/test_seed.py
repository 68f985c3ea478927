"""The demonstration brought into a workspace: what each of its people then sees."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from atelier import app
from atelier.database import meetings as records
from atelier.demo import network, seed
from atelier.demo import plan as planned_of
from atelier.demo.plan import Document, Plan
from atelier.errors import AlreadySo, BadSignIn, Forbidden, NotFound
from atelier.model.folders import Role
from atelier.model.meetings import Meeting, MeetingState
from atelier.model.people import Actor
from atelier.settings import load
from atelier.workspace import deposits, documents, folders, meetings, past, people, sharing
from atelier.workspace.entering import Visitor
from atelier.workspace.place import Workspace

WHOLE = network.plan()
LAID = {point.paper for meeting in WHOLE.meetings for point in meeting.points}
CLOSED = [folder.path for folder in WHOLE.folders if folder.is_closed]


def _some() -> Plan:
    """Every folder and meeting, what is closed or laid there, what has most versions, and more."""
    kept = [
        document
        for number, document in enumerate(WHOLE.papers)
        if document.folder in CLOSED
        or len(document.versions) > 2
        or document.versions[0].organisation is None
        or document.path in LAID
        or number % 12 == 0
    ]
    return replace(WHOLE, papers=tuple(kept))


PLAN = _some()


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("demo") / "data"
    heard: list[tuple[int, int]] = []

    async def fill() -> None:
        async with app.open_workspace(load(data, {}, data), create=True) as ws:
            await seed.fill(ws, PLAN, lambda done, total: heard.append((done, total)))

    asyncio.run(fill())
    assert heard == [(done, len(PLAN.papers)) for done in range(len(PLAN.papers) + 1)]
    return data


def test_each_account_signs_in_with_the_printed_password_only(filled: Path) -> None:
    async def sign_in(ws: Workspace) -> None:
        for account in network.accounts():
            entry = await people.sign_in(ws, account.email, account.password, Visitor("192.0.2.1"))
            assert (await people.session(ws, entry.token)).person.email == account.email
            with pytest.raises(BadSignIn):
                wrong = account.password + "!"
                await people.sign_in(ws, account.email, wrong, Visitor("192.0.2.2"))

    _run(filled, sign_in)


def test_everybody_and_every_group_is_there_as_planned(filled: Path) -> None:
    async def compare(ws: Workspace) -> None:
        organisations, everyone = await people.directory(ws, await _actor(ws, "steward"))
        assert {one.name for one in organisations} == {one.name for one in PLAN.organisations}
        planned = {one.email: {place.organisation for place in one.places} for one in PLAN.people}
        found = {
            one.email: {membership.organisation.name for membership in one.memberships}
            for one in everyone
        }
        assert found == planned

    _run(filled, compare)


def test_a_coordinator_opens_the_closed_folders_that_an_outside_member_never_finds(
    filled: Path,
) -> None:
    async def look(ws: Workspace) -> None:
        outside = await _actor(ws, "outside")
        for path in CLOSED:
            keeper = next(folder.keeper for folder in PLAN.folders if folder.path == path)
            inside = await people.actor(ws, keeper)
            folder = await folders.find(ws, inside, path)
            held = {row.name for row in (await folders.look(ws, inside, folder)).documents}
            assert held == {one.name for one in PLAN.papers if one.folder == path}
            with pytest.raises(NotFound):
                await folders.look(ws, outside, folder)
            with pytest.raises(NotFound):
                await folders.find(ws, outside, path)

    _run(filled, look)


def test_every_version_bears_its_author_organisation_and_date(filled: Path) -> None:
    names = {person.email: person.name for person in PLAN.people}

    async def compare(ws: Workspace) -> None:
        for planned in PLAN.papers:
            found = await _versions(ws, planned)
            assert [number for number, *_ in found] == list(range(1, len(planned.versions) + 1))
            for (_, author, organisation, at, comment), version in zip(
                found, planned.versions, strict=True
            ):
                assert (at, comment) == (version.deposited_at, version.comment), planned.path
                assert author == names[version.author]
                assert organisation == (version.organisation or ""), planned.path

    _run(filled, compare)


def test_meetings_are_as_planned_with_their_agendas_minutes_and_decisions(filled: Path) -> None:
    async def compare(ws: Workspace) -> None:
        for planned in PLAN.meetings:
            meeting = await _meeting(ws, planned)
            assert meeting.row.has_time
            assert meeting.row.series is not None
            assert meeting.row.series.name == planned.title
            assert len(meeting.invited) == len(planned.invited)
            assert [one.presence for one in meeting.attendance] == [
                one.presence for one in planned.there
            ]
            own = [item for item in meeting.items if item.carried_from is None]
            for item, point in zip(own, planned.points, strict=True):
                title = " ".join(point.title.split())
                assert (item.title, item.text) == (title, point.text)
                assert [one.text for one in item.decisions] == [point.decision] * bool(
                    point.decision
                )
                assert len(item.papers) == bool(point.paper)
                for todo in item.todos:
                    assert point.task is not None
                    assert todo.person_id is not None
                    assert (todo.done_on is None) == (point.task.done_at is None)

    _run(filled, compare)


def test_meetings_have_come_so_far_as_planned(filled: Path) -> None:
    async def compare(ws: Workspace) -> None:
        found = [(planned, await _meeting(ws, planned)) for planned in PLAN.meetings]
        for planned, meeting in found:
            state = MeetingState.PREPARATION
            if planned.convened_at:
                state = MeetingState.CONVENED
            if planned.written_at:
                state = MeetingState.HELD
            if planned.approved_at:
                state = MeetingState.APPROVED
            assert meeting.row.state is state, planned.path
            assert len(meeting.replies) == len(planned.replies), planned.path
            assert (meeting.odt_id is None) == (planned.approved_at is None), planned.path
        assert any(item.carried_from for item in found[-1][1].items)

    _run(filled, compare)


def test_a_reader_of_the_network_finds_plenary_meetings_and_no_others_of_closed_circles(
    filled: Path,
) -> None:
    async def look(ws: Workspace) -> None:
        reader = await _actor(ws, "reader")
        for planned in PLAN.meetings:
            if planned.folder == "Réunions plénières":
                assert await folders.find(ws, reader, planned.path)
            if planned.folder.startswith("Mobilité"):
                with pytest.raises(NotFound):
                    await folders.find(ws, reader, planned.path)

    _run(filled, look)


def test_the_series_left_as_documents_is_what_the_page_of_old_meetings_proposes(
    filled: Path,
) -> None:
    async def look(ws: Workspace) -> None:
        place = "Logement et santé/Réunions du groupe"
        keeper = next(one.keeper for one in PLAN.folders if one.path == place)
        actor = await people.actor(ws, keeper)
        found = await past.look(ws, actor, await folders.find(ws, actor, place))
        planned = [one for one in PLAN.papers if one.folder == place]
        assert planned
        assert found.total == len(planned)
        assert {one.title for one in found.meetings} == {"Logement"}

    _run(filled, look)


def test_grants_are_given_as_planned_with_their_ends(filled: Path) -> None:
    async def compare(ws: Workspace) -> None:
        for folder in PLAN.folders:
            keeper = await people.actor(ws, folder.keeper)
            number = await folders.find(ws, keeper, folder.path)
            own = [
                (str(one.subject.kind), one.role, one.until)
                for one in (await sharing.look(ws, keeper, number)).grants
                if one.folder_id == number
            ]
            planned = [
                (str(one.kind), one.role, one.until)
                for one in PLAN.grants
                if one.folder == folder.path and (one.until is None or one.until >= keeper.today)
            ]
            planned += [("person", Role.COORDINATOR, None)] * (folder.coordinator is not None)
            assert sorted(own, key=str) == sorted(planned, key=str), folder.path

    _run(filled, compare)


def test_a_dated_grant_held_on_its_days_and_ended_with_them(filled: Path) -> None:
    async def look(ws: Workspace) -> None:
        ended = min(
            (one for one in PLAN.grants if one.until is not None), key=lambda one: str(one.until)
        )
        assert ended.until is not None
        member = next(
            person.email
            for person in PLAN.people
            if ended.subject in {place.organisation for place in person.places}
        )
        then = datetime(ended.until.year, ended.until.month, ended.until.day, 12, 0, tzinfo=UTC)
        on_the_day = await people.actor(replace(ws, clock=lambda: then), member)
        folder = await folders.find(ws, on_the_day, ended.folder)
        assert (await folders.look(ws, on_the_day, folder)).folder.id == folder
        with pytest.raises(NotFound):
            await folders.look(ws, await people.actor(ws, member), folder)

    _run(filled, look)


def test_a_reader_may_not_add_what_a_contributor_may(filled: Path) -> None:
    async def attempt(ws: Workspace) -> None:
        reader, contributor = await _actor(ws, "reader"), await _actor(ws, "contributor")
        folder = await folders.find(ws, contributor, "Addictions")
        incoming = await deposits.begin(ws, contributor, folder, "Note.pdf")
        await incoming.drop()
        with pytest.raises(Forbidden):
            await deposits.begin(ws, reader, folder, "Note.pdf")

    _run(filled, attempt)


def test_a_network_that_stands_is_not_filled_again(filled: Path) -> None:
    async def again(ws: Workspace) -> None:
        with pytest.raises(AlreadySo):
            await seed.fill(ws, PLAN, lambda done, total: None)

    _run(filled, again)


async def _versions(ws: Workspace, planned: Document) -> list[tuple[int, str, str, object, str]]:
    keepers = {one.path: one.keeper for one in PLAN.folders}
    keepers |= {one.path: one.keeper for one in PLAN.meetings}
    keeper = keepers[planned.folder]
    actor = await people.actor(ws, keeper)
    listing = await folders.look(ws, actor, await folders.find(ws, actor, planned.folder))
    number = next(row.id for row in listing.documents if row.name == planned.name)
    found = (await documents.look(ws, actor, number)).document.versions
    return [
        (one.number, one.author, one.organisation, one.created_at, one.comment)
        for one in reversed(found)
    ]


async def _meeting(ws: Workspace, planned: planned_of.Meeting) -> Meeting:
    keeper = await people.actor(ws, planned.keeper)
    dossier = await folders.find(ws, keeper, planned.path)
    found = await ws.db.read(lambda tx: records.of_dossier(tx, dossier))
    assert found is not None
    return (await meetings.look(ws, keeper, found)).meeting


async def _actor(ws: Workspace, role: str) -> Actor:
    account = next(one for one in network.accounts() if one.role == role)
    return await people.actor(ws, account.email)


def _run(data: Path, act: Callable[[Workspace], Awaitable[None]]) -> None:
    async def run() -> None:
        async with app.open_workspace(load(data, {}, data)) as ws:
            await act(ws)

    asyncio.run(run())
