"""What is kept of somebody, given to herself: all of it, and nothing of others."""

from __future__ import annotations

import dataclasses
import json

import pytest

from atelier.errors import Forbidden
from atelier.model.folders import Role, Subject, SubjectKind
from atelier.model.journal import NetworkVerb
from atelier.workspace import documents, journal, own_data
from tests.builders import World, in_network
from tests.workspace.test_erasure import NAME, busy
from tests.workspace.test_signing_in import come_in


@in_network
async def test_she_gets_all_that_is_kept_of_her(world: World) -> None:
    zelie = await busy(world)
    found = await own_data.export(world.ws, zelie)
    for name in (
        "identity", "memberships", "groups", "access", "sessions", "invitations_sent", "calendar",
        "saved_searches", "requests", "attendance", "actions", "deposits", "journal", "consulted",
    ):  # fmt: skip
        assert found.lists[name], name
    (identity,) = found.lists["identity"]
    assert (identity["name"], identity["phone"], identity["is_with_password"]) == (
        NAME, "3620", True,
    )  # fmt: skip
    (deposit,) = found.lists["deposits"]
    assert deposit["name"] == "note.txt" and deposit["size_bytes"] == 17
    assert [one.path for one in found.entries] == [f"depots/{deposit['document']}-v1-note.txt"]
    assert found.left_out == 0
    json.dumps(found.lists)
    line = (await journal.of_network(world.ws, world.steward)).lines[0]
    assert (line.verb, line.person) == (NetworkVerb.OWN_DATA_EXPORTED, NAME)


@in_network
async def test_no_secret_and_no_hash_stands_in_it(world: World) -> None:
    zelie = await busy(world)
    text = json.dumps((await own_data.export(world.ws, zelie)).lists)
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
    before = await own_data.export(world.ws, awa)
    text = json.dumps(before.lists, ensure_ascii=False)
    assert "Dossier secret" in text and "bo@example.org" not in text and "secret-de-bo" not in text
    assert not before.lists["sessions"] and len(before.entries) == 1
    await world.change("DELETE FROM grants WHERE id = :id", id=grant)
    after = await own_data.export(world.ws, awa)
    text = json.dumps(after.lists, ensure_ascii=False)
    assert "Dossier secret" not in text and "mien.txt" not in text
    assert after.entries == () and after.left_out == 0
    assert [one["document"] for one in after.lists["deposits"]] == [hers.document_id]


@in_network
async def test_one_who_looks_as_somebody_else_gets_nothing_of_hers(world: World) -> None:
    awa = await world.person("Awa")
    seen = Subject(SubjectKind.PERSON, awa.person_id, "Awa")
    with pytest.raises(Forbidden):
        await own_data.export(world.ws, dataclasses.replace(world.steward, seeing=seen))


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
