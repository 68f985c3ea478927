"""Drop folders: who may bind one, in whose name, under which name, and what is told of them."""

from __future__ import annotations

import pytest

from atelier.errors import AlreadySo, BadName, Forbidden, Invalid, NotFound
from atelier.model.folders import Role
from atelier.model.ids import DropFolderId, FolderId
from atelier.model.inbox import Outcome, Reason
from atelier.workspace import documents, dropped, inbox, journal, organisations, trash
from atelier.workspace.dropped import Came
from tests.builders import World, in_network

NEVER = FolderId(999_999)


async def _people(world: World):
    """A folder, its coordinator, a contributor, a reader and a stranger."""
    folder = await world.folder("Numérisations")
    awa = await world.person("Awa", of="Mairie")
    bo = await world.person("Bo", of="Hôpital")
    cy = await world.person("Cy", of="Cabinet")
    dan = await world.person("Dan")
    for one, role in ((awa, Role.COORDINATOR), (bo, Role.CONTRIBUTOR), (cy, Role.READER)):
        await world.grant(folder, one, role)
    return folder, awa, bo, cy, dan


@in_network
async def test_a_coordinator_binds_and_others_may_not(world):
    folder, awa, bo, cy, dan = await _people(world)
    await inbox.bind(world.ws, awa, folder, " scanner ")
    for other, error in ((bo, Forbidden), (cy, Forbidden), (dan, NotFound)):
        with pytest.raises(error):
            await inbox.bind(world.ws, other, folder, "autre")
        with pytest.raises(error):
            await inbox.look(world.ws, other, folder)
    with pytest.raises(NotFound):
        await inbox.bind(world.ws, awa, NEVER, "autre")
    found = await inbox.look(world.ws, awa, folder)
    [drop] = found.drops
    assert (drop.name, drop.person, drop.is_paused) == ("scanner", "Awa", False)
    assert await inbox.look(world.ws, world.steward, folder)


@in_network
async def test_it_deposits_in_the_name_of_herself_or_of_one_who_may_add_there(world):
    folder, awa, *_ = await _people(world)
    await inbox.bind(world.ws, awa, folder, "a", email="bo@example.org")
    for email, fault in (
        ("cy@example.org", "may_not_add"),
        ("dan@example.org", "may_not_add"),
        ("personne@example.org", "unknown_address"),
    ):
        with pytest.raises(Invalid) as refused:
            await inbox.bind(world.ws, awa, folder, "b", email=email)
        assert (refused.value.field, refused.value.fault) == ("email", fault)
    bo = await world.actor("bo@example.org")
    await world.disable(bo.person_id)
    with pytest.raises(Invalid) as refused:
        await inbox.bind(world.ws, awa, folder, "b", email="bo@example.org")
    assert refused.value.fault == "inactive_account"
    [drop] = (await inbox.look(world.ws, awa, folder)).drops
    assert drop.person == "Bo"


@pytest.mark.parametrize("name", ["", "..", "a/b", "a\\b", "a\nb", "x" * 256])
@in_network
async def test_a_name_is_that_of_one_plain_folder(world, name):
    folder, awa, *_ = await _people(world)
    with pytest.raises(BadName):
        await inbox.bind(world.ws, awa, folder, name)
    with pytest.raises(Invalid) as refused:
        await inbox.bind(world.ws, awa, folder, ".cache")
    assert refused.value.fault == "begins_with_dot"
    assert (await inbox.look(world.ws, awa, folder)).drops == ()


@in_network
async def test_a_name_is_taken_for_the_whole_network_and_tells_no_more(world):
    folder, awa, *_ = await _people(world)
    hidden = await world.folder("Secret")
    await inbox.bind(world.ws, world.steward, hidden, "Été")
    left = world.data / "inbox" / "ancien"
    left.mkdir(parents=True)
    (left / "secret.pdf").write_bytes(b"d'une autre")
    (world.data / "inbox" / "lien").symlink_to(world.data / "absent")
    bound = world.data / "inbox" / "Été"
    bound.mkdir()
    for _ in range(2):  # whether files stand there or not
        for name in ("été", "E\u0301TE\u0301", "Été"):
            with pytest.raises(AlreadySo) as taken:
                await inbox.bind(world.ws, awa, folder, name)
            assert taken.value.what == "drop_folder"
        (bound / "a.txt").write_bytes(b"d'une autre")
    for name in ("ancien", "lien"):
        with pytest.raises(Invalid) as refused:
            await inbox.bind(world.ws, awa, folder, name)
        assert (refused.value.fault, refused.value.value) == ("files_left", name)
    (left / "secret.pdf").rename(world.data / "secret.pdf")
    (left / "done").mkdir()
    await inbox.bind(world.ws, awa, folder, "ancien")


@in_network
async def test_a_name_is_bound_again_once_only_what_was_put_away_is_left(world):
    folder, awa, bo, _, dan = await _people(world)
    number = await inbox.bind(world.ws, awa, folder, "scanner")
    place = world.data / "inbox" / "scanner"
    for name in ("done", "refused"):
        (place / name).mkdir(parents=True)
        (place / name / "a.txt").write_bytes(b"rang\xc3\xa9")
    await inbox.unbind(world.ws, awa, folder, number)
    number = await inbox.bind(world.ws, awa, folder, "scanner")
    await inbox.unbind(world.ws, awa, folder, number)
    (place / ".cache.txt").write_bytes(b"reste")
    with pytest.raises(Invalid) as refused:
        await inbox.bind(world.ws, awa, folder, "scanner")
    assert refused.value.fault == "files_left"
    for other, error in ((bo, Forbidden), (dan, NotFound)):
        with pytest.raises(error):
            await inbox.bind(world.ws, other, folder, "scanner")
    (place / ".cache.txt").unlink()
    await inbox.bind(world.ws, awa, folder, "scanner")


@in_network
async def test_only_people_who_may_deposit_there_are_offered(world, monkeypatch):
    folder, awa, bo, *_ = await _people(world)
    offered = (await inbox.look(world.ws, awa, folder)).addresses
    assert ("awa@example.org", "Awa") in offered and ("bo@example.org", "Bo") in offered
    assert {name for _, name in offered}.isdisjoint({"Cy", "Dan"})
    await world.disable(bo.person_id)
    offered = (await inbox.look(world.ws, awa, folder)).addresses
    assert "Bo" not in {name for _, name in offered}
    monkeypatch.setattr(inbox, "MOST_ADDRESSES", 2)
    assert (await inbox.look(world.ws, awa, folder)).addresses == ()


@in_network
async def test_a_folder_has_ten_drop_folders_at_most(world):
    folder, awa, *_ = await _people(world)
    for number in range(inbox.MOST_OF_FOLDER):
        await inbox.bind(world.ws, awa, folder, f"scanner {number}")
    with pytest.raises(Invalid) as refused:
        await inbox.bind(world.ws, awa, folder, "un de plus")
    assert refused.value.fault == "too_many_drop_folders"


@in_network
async def test_pausing_resuming_and_unbinding_are_for_coordinators_of_that_folder(world):
    folder, awa, bo, _, dan = await _people(world)
    number = await inbox.bind(world.ws, awa, folder, "scanner")
    other = await world.folder("Autre")
    await world.grant(other, bo, Role.COORDINATOR)
    for act in (inbox.pause, inbox.resume, inbox.unbind):
        with pytest.raises(Forbidden):
            await act(world.ws, bo, folder, number)
        for who, where, what in (
            (dan, folder, number), (bo, other, number), (awa, folder, DropFolderId(99)),
        ):  # fmt: skip
            with pytest.raises(NotFound):
                await act(world.ws, who, where, what)
    with pytest.raises(AlreadySo):
        await inbox.resume(world.ws, awa, folder, number)
    await inbox.pause(world.ws, awa, folder, number)
    with pytest.raises(AlreadySo):
        await inbox.pause(world.ws, awa, folder, number)
    assert (await inbox.look(world.ws, awa, folder)).drops[0].is_paused
    await inbox.resume(world.ws, awa, folder, number)
    await inbox.unbind(world.ws, awa, folder, number)
    assert (await inbox.look(world.ws, awa, folder)).drops == ()


@in_network
async def test_the_journal_tells_each_step(world):
    folder, awa, *_ = await _people(world)
    number = await inbox.bind(world.ws, awa, folder, "scanner", email="bo@example.org")
    await inbox.pause(world.ws, awa, folder, number)
    await inbox.resume(world.ws, awa, folder, number)
    await inbox.unbind(world.ws, awa, folder, number)
    lines = (await journal.of_folder(world.ws, awa, folder)).lines[:4]
    assert [str(line.verb) for line in lines] == [
        "drop_unbound", "drop_resumed", "drop_paused", "drop_bound",
    ]  # fmt: skip
    assert lines[3].facts == {"name": "scanner", "subject": "Bo"}
    assert {(line.person, line.organisation) for line in lines} == {("Awa", "Mairie")}


@in_network
async def test_arrivals_come_in_pages_newest_first_and_name_what_may_be_read(world):
    folder, awa, *_ = await _people(world)
    number = await inbox.bind(world.ws, awa, folder, "scanner")
    done = await world.deposit(awa, folder, "a.txt")
    await dropped.note(world.ws, number, Came("a.txt", 8, Outcome.ADDED, done=done))
    for each in range(inbox.PAGE_ARRIVALS):
        await dropped.note(world.ws, number, Came(f"{each}", 1, Outcome.LEFT, Reason.LINK))
    first = await inbox.look(world.ws, awa, folder)
    assert len(first.arrivals) == inbox.PAGE_ARRIVALS and first.older is not None
    assert first.arrivals[0].path == str(inbox.PAGE_ARRIVALS - 1)
    second = await inbox.look(world.ws, awa, folder, before=first.older)
    [last] = second.arrivals
    assert (last.path, last.document_id, last.version) == ("a.txt", done.document_id, 1)
    assert second.older is None
    elsewhere = await world.folder("Ailleurs")
    await documents.move(world.ws, world.steward, done.document_id, elsewhere, expected=1)
    for reader, number_seen in ((awa, None), (world.steward, done.document_id)):
        [last] = (await inbox.look(world.ws, reader, folder, before=first.older)).arrivals
        assert last.document_id == number_seen


@in_network
async def test_what_was_left_is_remembered_until_it_is_taken(world):
    folder, awa, *_ = await _people(world)
    number = await inbox.bind(world.ws, awa, folder, "scanner")
    for path in ("a", "b", ""):
        await dropped.note(world.ws, number, Came(path, 0, Outcome.LEFT, Reason.FAULT))
    told = {"a": Reason.FAULT, "b": Reason.FAULT, "": Reason.FAULT}
    assert await dropped.left(world.ws, number) == told
    await dropped.note(world.ws, number, Came("a", 1, Outcome.ADDED))
    assert await dropped.left(world.ws, number) == {"b": Reason.FAULT}


@in_network
async def test_it_acts_as_one_who_is_there_today_for_the_organisation_she_chose(world):
    folder, awa, *_ = await _people(world)
    await world.person("Awa", of="Cabinet")
    home = awa.main_organisation
    acting = await world.actor("awa@example.org", acting_as=home)
    number = await inbox.bind(world.ws, acting, folder, "scanner")
    assert (await dropped.depositor(world.ws, number)).acting_as == home
    await world.end_membership(awa.person_id, on=world.today())
    assert (await dropped.depositor(world.ws, number)).acting_as == home
    world.clock.forward(days=1)
    with pytest.raises(NotFound):
        await dropped.depositor(world.ws, number)
    other = await inbox.bind(world.ws, world.steward, folder, "autre", email="awa@example.org")
    assert (await dropped.depositor(world.ws, other)).main_organisation is None
    await world.disable(awa.person_id)
    with pytest.raises(NotFound):
        await dropped.depositor(world.ws, other)


@in_network
async def test_a_purged_folder_takes_its_drop_folders_along_and_leaves_the_files(world):
    folder, awa, *_ = await _people(world)
    number = await inbox.bind(world.ws, awa, folder, "scanner")
    place = world.data / "inbox" / "scanner"
    place.mkdir(parents=True)
    (place / "a.txt").write_bytes(b"reste")
    await dropped.note(world.ws, number, Came("a.txt", 5, Outcome.LEFT, Reason.LOCKED))
    await trash.remove_folder(world.ws, world.steward, folder)
    assert len(await dropped.served(world.ws)) == 1
    with pytest.raises(NotFound):
        await inbox.look(world.ws, awa, folder)
    await trash.purge_folder(world.ws, world.steward, None, folder)
    assert await dropped.served(world.ws) == []
    await dropped.note(world.ws, number, Came("b.txt", 5, Outcome.ADDED))
    assert await world.values("SELECT COUNT(*) FROM drop_arrivals") == [0]
    assert (place / "a.txt").read_bytes() == b"reste"


@in_network
async def test_an_organisation_that_merges_keeps_what_is_bound_for_it_readable(world):
    folder, awa, *_ = await _people(world)
    home = awa.main_organisation
    assert home is not None
    acting = await world.actor("awa@example.org", acting_as=home)
    number = await inbox.bind(world.ws, acting, folder, "scanner")
    into = await world.organisation("Commune nouvelle")
    await organisations.merge(world.ws, world.steward, home, into.id)
    with pytest.raises(NotFound):
        await dropped.depositor(world.ws, number)
    assert len((await inbox.look(world.ws, world.steward, folder)).drops) == 1
