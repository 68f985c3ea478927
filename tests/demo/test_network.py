"""The plan of the demonstration: its counts, its dates, and that its people may do what they do."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, datetime

from atelier.access import ROLES
from atelier.demo import network
from atelier.demo.plan import Document, Plan, Version
from atelier.model import names
from atelier.model.folders import Action, SubjectKind
from atelier.model.past_names import guess

PLAN = network.plan()
CLOSED = {folder.path for folder in PLAN.folders if folder.is_closed}


def test_the_network_has_the_size_that_was_promised() -> None:
    assert PLAN.network_name == "Atelier santé du pays d’Argentan (démonstration)"
    assert len(PLAN.organisations) == 8
    assert len(PLAN.people) == 24
    assert sum(len(person.places) == 2 for person in PLAN.people) == 3
    assert sum(not person.places for person in PLAN.people) == 2
    assert sum(person.is_steward for person in PLAN.people) == 1
    assert len(PLAN.groups) == 4
    assert len(PLAN.folders) == 24
    assert len(PLAN.meetings) == 55
    assert len(CLOSED) == 3
    assert 145 <= len(PLAN.papers) <= 160


def test_every_kind_of_file_grant_and_role_is_there() -> None:
    endings = Counter(document.name.rpartition(".")[2] for document in PLAN.papers)
    assert set(endings) == {"pdf", "docx", "odt"}
    assert all(count >= 35 for count in endings.values()), endings
    assert {grant.kind for grant in PLAN.grants} == set(SubjectKind)
    coordinated = {folder.path for folder in PLAN.folders if folder.coordinator}
    assert {grant.role for grant in PLAN.grants} | {"coordinator"} == set(ROLES)
    assert coordinated >= CLOSED
    assert sum(grant.until is not None for grant in PLAN.grants) >= 5
    assert max(len(document.versions) for document in PLAN.papers) == 4
    assert sum(len(document.versions) > 1 for document in PLAN.papers) >= 25


def test_meetings_and_deposits_spread_over_six_years() -> None:
    years = Counter(document.versions[0].deposited_at.year for document in PLAN.papers)
    assert sorted(years) == [2021, 2022, 2023, 2024, 2025, 2026]
    assert all(count >= 10 for count in years.values())
    for document in PLAN.papers:
        dates = [version.deposited_at for version in document.versions]
        assert dates == sorted(set(dates)), document.path
        assert dates[-1] < datetime(2026, 11, 1, tzinfo=UTC)
        assert all(date.tzinfo is UTC and date.weekday() < 5 for date in dates)


def test_meetings_come_so_far_as_their_days_and_in_order() -> None:
    to_come = [one for one in PLAN.meetings if one.written_at is None]
    assert [one.convened_at is None for one in to_come] == [False, False, True]
    assert len({one.day.year for one in PLAN.meetings}) == 7
    assert sum(one.approved_at is not None for one in PLAN.meetings) == 2
    assert sum(len(one.replies) for one in PLAN.meetings) > 40
    for meeting in PLAN.meetings:
        acts = (meeting.made_at, meeting.convened_at, meeting.written_at, meeting.approved_at)
        dated = [at for at in acts if at is not None]
        dated += [at for one in meeting.points if one.task and (at := one.task.done_at)]
        assert dated[:3] == sorted(dated[:3]), meeting.path
        assert max(dated) < datetime(2026, 11, 1, tzinfo=UTC), meeting.path
        assert meeting.keeper == _keeper(meeting.folder)
        assert all(meeting.convened_at < one.at for one in meeting.replies if meeting.convened_at)


def test_what_meetings_decided_and_left_to_do_is_there() -> None:
    points = [point for meeting in PLAN.meetings for point in meeting.points]
    tasks = [point.task for point in points if point.task]
    assert sum(bool(point.decision) for point in points) > 100
    assert 3 <= sum(task.done_at is None for task in tasks) <= 20
    assert sum(point.is_left_over for point in points) == 1
    paths = {document.path: document for document in PLAN.papers}
    for meeting in PLAN.meetings:
        for point in meeting.points:
            if point.paper:
                first = paths[point.paper].versions[0].deposited_at
                assert meeting.laid_at is not None
                assert first < meeting.laid_at, point.paper


def test_one_series_of_old_meetings_is_left_as_plain_documents() -> None:
    folder = "Logement et santé/Réunions du groupe"
    assert all(one.folder != folder for one in PLAN.meetings)
    names_there = [one.name for one in PLAN.papers if one.folder == folder]
    assert len(names_there) == 8
    assert all(guess(name).is_sure for name in names_there)


def test_names_can_be_given_and_no_folder_holds_one_twice() -> None:
    taken = [(one.folder, names.key(one.name)) for one in PLAN.papers]
    paths = [*(one.path for one in PLAN.folders), *(one.path for one in PLAN.meetings)]
    taken += [(parent, names.key(name)) for parent, _, name in (p.rpartition("/") for p in paths)]
    assert len(set(taken)) == len(taken)
    for document in PLAN.papers:
        assert names.checked(document.name) == document.name
    for folder in PLAN.folders:
        assert names.checked(folder.path.rpartition("/")[2])


def test_folders_come_after_their_parents_and_before_what_they_hold() -> None:
    made: dict[str, datetime] = {}
    for folder in PLAN.folders:
        parent = folder.path.rpartition("/")[0]
        assert not parent or made[parent] <= folder.made_at, folder.path
        assert parent or folder.coordinator, folder.path
        made[folder.path] = folder.made_at
    for meeting in PLAN.meetings:
        assert made[meeting.folder] < meeting.made_at, meeting.path
        made[meeting.path] = meeting.made_at
    assert {document.folder for document in PLAN.papers} <= set(made)
    assert all(made[one.folder] < one.versions[0].deposited_at for one in PLAN.papers)


def test_people_are_fictional_by_their_addresses_and_known_by_one_each() -> None:
    addresses = [person.email for person in PLAN.people]
    assert len(set(addresses)) == len(addresses)
    assert all(re.fullmatch(r"[a-z.-]+@[a-z.-]+\.example", address) for address in addresses)
    domains: dict[str, str] = {}
    for person in PLAN.people:
        if person.places:
            first = person.places[0].organisation
            assert domains.setdefault(first, person.email.rpartition("@")[2]) in person.email


def test_every_author_may_deposit_where_and_when_she_does_for_that_organisation() -> None:
    for document in PLAN.papers:
        for version in document.versions:
            assert _may_add(PLAN, document, version), (document.path, version.author)


def test_an_organisation_without_a_grant_reaches_no_closed_folder() -> None:
    outside = next(one for one in network.accounts() if one.role == "outside")
    person = next(one for one in PLAN.people if one.email == outside.email)
    mine = {outside.email, *(place.organisation for place in person.places)}
    mine |= {
        group.name
        for group in PLAN.groups
        if any(seat.email == outside.email for seat in group.seats)
    }
    for grant in PLAN.grants:
        if grant.folder in CLOSED:
            assert grant.kind is not SubjectKind.NETWORK
            assert grant.subject not in mine
    assert any(grant.subject in mine for grant in PLAN.grants)


def test_there_is_one_account_for_each_role() -> None:
    accounts = {account.role: account for account in network.accounts()}
    assert list(accounts) == [
        "steward", "coordinator", "contributor", "reader", "outside", "two hats",
    ]  # fmt: skip
    people = {person.email: person for person in PLAN.people}
    assert all(len(account.password) >= 12 for account in accounts.values())
    assert people[accounts["steward"].email].is_steward
    assert len(people[accounts["two hats"].email].places) == 2
    coordinators = {folder.coordinator for folder in PLAN.folders}
    assert accounts["coordinator"].email in coordinators
    assert accounts["reader"].email not in coordinators
    assert "contributor" not in _roles_held(accounts["reader"].email)
    assert "contributor" in _roles_held(accounts["contributor"].email)


def _keeper(folder: str) -> str:
    return next(one.keeper for one in PLAN.folders if one.path == folder)


def _roles_held(email: str) -> set[str]:
    organisations = {
        place.organisation for one in PLAN.people if one.email == email for place in one.places
    }
    subjects = {email, "", *organisations, *_groups_of(email, organisations)}
    return {str(grant.role) for grant in PLAN.grants if grant.subject in subjects}


def _may_add(plan: Plan, document: Document, version: Version) -> bool:
    """The rule said again in the plan's own words: a grant on the folder or above, up to closed."""
    hats = {version.organisation} if version.organisation else set()
    subjects = {version.author, "", *hats, *_groups_of(version.author, hats)}
    folders = {folder.path: folder for folder in plan.folders}
    path = document.folder
    if path not in folders:  # the dossier of a meeting is open, and has no grants of its own
        path = path.rpartition("/")[0]
    while path:
        if folders[path].coordinator == version.author:
            return True
        for grant in plan.grants:
            is_valid = grant.until is None or grant.until >= version.deposited_at.date()
            carries = Action.ADD in ROLES[grant.role].actions
            if grant.folder == path and grant.subject in subjects and is_valid and carries:
                return True
        path = "" if folders[path].is_closed else path.rpartition("/")[0]
    return False


def _groups_of(email: str, organisations: set[str] | set[str | None]) -> set[str]:
    return {
        group.name
        for group in PLAN.groups
        for seat in group.seats
        if seat.email == email and seat.organisation in organisations
    }
