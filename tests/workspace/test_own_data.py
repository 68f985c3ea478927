"""What is kept of somebody, given to herself: all of it, and nothing of others."""

from __future__ import annotations

import dataclasses
import json

import pytest

from atelier.database import own_data as records
from atelier.database.own_data import Told
from atelier.errors import Forbidden
from atelier.model.folders import Role, Subject, SubjectKind
from atelier.model.journal import NetworkVerb
from atelier.model.people import Actor
from atelier.workspace import documents, journal, own_data
from atelier.workspace.place import Workspace
from tests.builders import World, in_network
from tests.workspace.test_erasure import NAME, busy
from tests.workspace.test_signing_in import come_in


async def told(ws: Workspace, actor: Actor) -> dict[str, list[Told]]:
    """All lists, whole."""
    lists: dict[str, list[Told]] = {}
    async for name, lines in own_data.pages(ws, actor):
        lists.setdefault(name, []).extend(lines)
    return lists


@in_network
async def test_she_gets_all_that_is_kept_of_her(world: World) -> None:
    zelie = await busy(world)
    found, lists = await own_data.export(world.ws, zelie), await told(world.ws, zelie)
    for name in (
        "identity", "memberships", "groups", "access", "sessions", "invitations_sent", "calendar",
        "saved_searches", "requests", "attendance", "actions", "deposits", "journal", "consulted",
    ):  # fmt: skip
        assert lists[name], name
    (identity,) = lists["identity"]
    assert (identity["name"], identity["phone"], identity["is_with_password"]) == (
        NAME, "3620", True,
    )  # fmt: skip
    (deposit,) = lists["deposits"]
    assert deposit["name"] == "note.txt" and deposit["size_bytes"] == 17
    assert [one.path for one in found.entries] == [f"depots/{deposit['document']}-v1-note.txt"]
    assert found.left_out == 0
    json.dumps(lists)
    line = (await journal.of_network(world.ws, world.steward)).lines[0]
    assert (line.verb, line.person) == (NetworkVerb.OWN_DATA_EXPORTED, NAME)


@in_network
async def test_no_secret_and_no_hash_stands_in_it(world: World) -> None:
    zelie = await busy(world)
    text = json.dumps(await told(world.ws, zelie))
    for column, table in (
        ("token_hash", "sessions"), ("token_hash", "sign_in_links"),
        ("token_hash", "calendar_feeds"), ("password_hash", "people"), ("token", "locks"),
    ):  # fmt: skip
        for value in await world.values(f"SELECT {column} FROM {table} WHERE {column} <> ''"):
            assert str(value) not in text and str(value)[:16] not in text, table


@in_network
async def test_others_and_what_she_may_read_no_longer_stay_out(world: World) -> None:
    awa, bo = await world.person("Awa", of="Mairie"), await world.person("Bo", of="Mairie")
    folder = await world.folder("Dossier secret")
    grant = await world.grant(folder, awa, Role.CONTRIBUTOR)
    await world.grant(folder, bo, Role.CONTRIBUTOR)
    hers = await world.deposit(awa, folder, "mien.txt", b"un")
    other = await world.deposit(bo, folder, "secret-de-bo.txt", b"deux")
    await documents.look(world.ws, awa, hers.document_id)
    await documents.look(world.ws, bo, other.document_id)
    await come_in(world, bo.person_id)
    before, lists = await own_data.export(world.ws, awa), await told(world.ws, awa)
    text = json.dumps(lists, ensure_ascii=False)
    assert "Dossier secret" in text and "bo@example.org" not in text and "secret-de-bo" not in text
    assert not lists["sessions"] and len(before.entries) == 1
    await world.change("DELETE FROM grants WHERE id = :id", id=grant)
    after, lists = await own_data.export(world.ws, awa), await told(world.ws, awa)
    text = json.dumps(lists, ensure_ascii=False)
    assert "Dossier secret" not in text and "mien.txt" not in text
    assert after.entries == () and after.left_out == 0
    assert [one["document"] for one in lists["deposits"]] == [hers.document_id]


@in_network
async def test_one_who_looks_as_somebody_else_gets_nothing_of_hers(world: World) -> None:
    awa = await world.person("Awa")
    seen = Subject(SubjectKind.PERSON, awa.person_id, "Awa")
    looking = dataclasses.replace(world.steward, seeing=seen)
    for asked in (own_data.export, told):
        with pytest.raises(Forbidden):
            await asked(world.ws, looking)


@in_network
async def test_long_lists_come_in_pages_the_newest_first_up_to_their_bound(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    awa = await world.person("Awa")
    folder = await world.folder("Réunions")
    await world.grant(folder, awa, Role.CONTRIBUTOR)
    for number in range(7):
        await world.deposit(awa, folder, f"{number}.txt", b"x")
    monkeypatch.setattr(records, "PAGE_LINES", 3)
    sizes = [
        len(lines) async for name, lines in own_data.pages(world.ws, awa) if name == "deposits"
    ]
    assert sizes == [3, 3, 1]
    names = [one["name"] for one in (await told(world.ws, awa))["deposits"]]
    assert names == [f"{number}.txt" for number in reversed(range(7))]
    monkeypatch.setattr(own_data, "MOST_LINES", 6)
    assert len((await told(world.ws, awa))["deposits"]) == 6


@in_network
async def test_bytes_are_given_as_long_as_there_is_room(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = await world.folder("Réunions")
    for name in ("a.txt", "b.txt", "c.txt"):
        await world.deposit(world.steward, folder, name, name.encode() * 4)
    monkeypatch.setattr(own_data, "MOST_BYTES", 45)
    found = await own_data.export(world.ws, world.steward)
    assert [one.path.rpartition("-")[2] for one in found.entries] == ["c.txt", "b.txt"]
    assert found.left_out == 1
    for blob in (world.data / "blobs").glob("*/*"):
        blob.unlink()
    lost = await own_data.export(world.ws, world.steward)
    assert lost.entries == () and lost.left_out == 3
