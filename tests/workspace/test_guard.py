"""The patient-data guard: who is warned, who may answer, and that nothing found is kept."""

from __future__ import annotations

import asyncio
import dataclasses
import logging
from pathlib import Path

import msgspec
import pytest

from atelier.database import quotas
from atelier.errors import AlreadySo, Forbidden, Locked, NotFound
from atelier.extract.contract import Reading
from atelier.model import nir
from atelier.model.documents import Deposited, ReadState
from atelier.model.folders import Role, Subject, SubjectKind
from atelier.model.ids import DocumentId, FolderId
from atelier.model.people import Actor
from atelier.workspace import (
    documents,
    folders,
    guard,
    journal,
    locks,
    reading,
    sharing,
    trash,
    upkeep,
)
from tests.builders import World, in_network, network
from tests.samples import pdf
from tests.workspace.test_trash import hits, people, texts_kept

NUMBER = "1 85 05 78 006 084 91"
OTHER = "2 99 12 2A 123 456 " + f"{nir.key('299122A123456'):02}"
PATIENT = f"Madame Kiwano, {NUMBER}".encode()


async def found(world: World, actor: Actor, document: DocumentId) -> list[tuple[int, int, object]]:
    """What her page of a document warns of: version, how many, page."""
    look = await documents.look(world.ws, actor, document)
    return [(one.number, one.count, one.page) for one in look.warned]


async def at_home(world: World, actor: Actor) -> list[str]:
    """The names of what waits for her answer."""
    return [one.name for one in (await guard.waiting(world.ws, actor)).shown]


async def in_folder(world: World, actor: Actor, folder: FolderId) -> list[str]:
    """The names of what her page of a folder warns of."""
    return [one.name for one in (await folders.look(world.ws, actor, folder)).warned]


async def deposited(
    world: World, by: Actor, folder: FolderId, content: bytes = PATIENT
) -> Deposited:
    """A document with a number in it, read."""
    done = await world.deposit(by, folder, "liste.txt", content)
    await world.settle()
    return done


@in_network
async def test_its_depositor_and_the_coordinators_are_warned_and_nobody_else(world: World) -> None:
    folder = await world.folder("Commun")
    who = await people(world, folder)
    content = pdf(["bonjour", f"NIR {NUMBER} et {OTHER}", NUMBER])
    done = await world.deposit(who["coa"], folder, "liste.pdf", content)
    await world.settle()
    for name in ("coa", "ora"):
        assert await found(world, who[name], done.document_id) == [(1, 2, 2)]
        assert await at_home(world, who[name]) == ["liste.pdf"]
        assert await in_folder(world, who[name], folder) == ["liste.pdf"]
    for name in ("rea", "cob"):
        assert await found(world, who[name], done.document_id) == []
        assert await at_home(world, who[name]) == await in_folder(world, who[name], folder) == []
    assert await at_home(world, who["stranger"]) == []
    with pytest.raises(NotFound):
        await documents.look(world.ws, who["stranger"], done.document_id)
    as_coa = Subject(SubjectKind.PERSON, who["coa"].person_id)
    seeing = dataclasses.replace(world.steward, seeing=as_coa)
    assert not await found(world, seeing, done.document_id)
    assert await at_home(world, seeing) == []
    assert await in_folder(world, seeing, folder) == []


@in_network
async def test_a_format_without_pages_names_none_and_other_texts_warn_nobody(world: World) -> None:
    folder = await world.folder("Commun")
    done = await deposited(world, world.steward, folder)
    plain = await world.deposit(world.steward, folder, "note.txt", b"1 85 05 78 006 084 92")
    await world.settle()
    assert await found(world, world.steward, done.document_id) == [(1, 1, None)]
    assert await found(world, world.steward, plain.document_id) == []


@in_network
async def test_a_big_text_is_looked_through_as_well(world: World) -> None:
    folder = await world.folder("Commun")
    done = await deposited(world, world.steward, folder, b"rien " * 40_000 + PATIENT)
    assert await found(world, world.steward, done.document_id) == [(1, 1, None)]


@in_network
async def test_what_is_meant_to_be_there_is_said_by_those_alone_who_may(world: World) -> None:
    folder = await world.folder("Commun")
    who = await people(world, folder)
    done = await deposited(world, who["coa"], folder)
    other = await deposited(world, who["cob"], await world.folder("Commun/B"), b"rien")
    refused = (("rea", Forbidden), ("cob", NotFound), ("stranger", NotFound))
    for act in (guard.settle, guard.end_version):
        for name, error in refused:
            with pytest.raises(error):
                await act(world.ws, who[name], done.document_id, 1)
        with pytest.raises(NotFound):
            await act(world.ws, who["ora"], done.document_id, 2)
        with pytest.raises(AlreadySo):  # nothing was found there
            await act(world.ws, who["ora"], other.document_id, 1)
    await guard.settle(world.ws, who["coa"], done.document_id, 1)
    for name in ("coa", "ora"):
        assert await found(world, who[name], done.document_id) == []
        assert await at_home(world, who[name]) == []
        for act in (guard.settle, guard.end_version):
            with pytest.raises(AlreadySo):
                await act(world.ws, who[name], done.document_id, 1)
    (line, *_) = (await journal.of_folder(world.ws, who["ora"], folder)).lines
    assert (line.verb, line.person) == ("finding_settled", "coa")
    assert line.facts == {"name": "liste.txt", "version": "1"}


@in_network
async def test_who_lost_her_right_is_warned_no_more_and_answers_nothing(world: World) -> None:
    folder = await world.folder("Commun")
    awa = await world.person("Awa")
    grant = await world.grant(folder, awa, Role.CONTRIBUTOR)
    done = await deposited(world, awa, folder)
    await sharing.withdraw(world.ws, world.steward, folder, grant)
    await world.grant(folder, awa)
    assert not await found(world, awa, done.document_id)
    assert await at_home(world, awa) == []
    for act in (guard.settle, guard.end_version):
        with pytest.raises(Forbidden):
            await act(world.ws, awa, done.document_id, 1)
    await trash.remove_document(world.ws, world.steward, done.document_id)
    assert await at_home(world, world.steward) == []
    for act in (guard.settle, guard.end_version):
        with pytest.raises(NotFound):
            await act(world.ws, world.steward, done.document_id, 1)
    await trash.restore_document(world.ws, world.steward, folder, done.document_id)
    assert await at_home(world, world.steward) == ["liste.txt"]
    await trash.remove_folder(world.ws, world.steward, folder)
    assert await at_home(world, world.steward) == []


@in_network
async def test_a_version_that_is_taken_out_leaves_nothing_and_no_number_is_given_again(
    world: World,
) -> None:
    folder = await world.folder("Commun")
    who = await people(world, folder)
    done = await world.deposit(who["coa"], folder, "liste.txt", b"un ramboutan")
    await world.revise(who["coa"], done.document_id, b"un litchi")
    await world.revise(who["coa"], done.document_id, PATIENT)
    await world.settle()
    assert await texts_kept(world) == 3
    assert await hits(world, who["rea"], "kiwano") == ["liste.txt"]
    sha256 = (await documents.look(world.ws, who["coa"], done.document_id)).document.current.sha256
    ended = await guard.end_version(world.ws, who["coa"], done.document_id, 3)
    assert (ended.folder, ended.is_document) == (folder, False)
    look = await documents.look(world.ws, who["rea"], done.document_id)
    assert [version.number for version in look.document.versions] == [2, 1]
    assert look.page is not None and look.page.text == "un litchi"
    with pytest.raises(NotFound):
        await documents.content(world.ws, who["ora"], done.document_id, 3)
    assert await world.values("SELECT 1 FROM findings") == []
    assert await texts_kept(world) == 2
    await world.settle()
    assert await hits(world, who["rea"], "kiwano") == []
    assert await hits(world, who["rea"], "litchi") == ["liste.txt"]
    (line, *_) = (await journal.of_folder(world.ws, who["ora"], folder)).lines
    assert (line.verb, line.facts) == ("version_purged", {"name": "liste.txt", "version": "3"})
    assert look.document.next_number == 4
    revised = await world.revise(who["cob"], done.document_id, b"un kaki")
    assert revised.version == 4
    assert (await upkeep.verify(world.ws)).orphans == [sha256]
    assert await upkeep.collect(world.ws, older_than_seconds=-1) == 1
    assert (await upkeep.verify(world.ws)).is_clean
    assert await world.ws.db.read(quotas.recount) == []


@in_network
async def test_an_older_version_is_taken_out_from_under_the_current_one(world: World) -> None:
    folder = await world.folder("Commun")
    done = await deposited(world, world.steward, folder)
    await world.revise(world.steward, done.document_id, b"un litchi")
    await world.settle()
    changed = await world.values("SELECT changed_at FROM documents")
    world.clock.forward(days=1)
    await guard.end_version(world.ws, world.steward, done.document_id, 1)
    look = await documents.look(world.ws, world.steward, done.document_id)
    assert [version.number for version in look.document.versions] == [2]
    assert look.document.next_number == 3
    assert await world.values("SELECT changed_at FROM documents") == changed


@in_network
async def test_the_only_version_is_taken_out_with_its_document(world: World) -> None:
    folder = await world.folder("Commun")
    who = await people(world, folder)
    done = await world.deposit(who["coa"], folder, "liste.pdf", pdf([f"Madame Kiwano, {NUMBER}"]))
    await world.settle()
    assert list((world.data / "derived").glob("*/*.d*"))  # its pictures
    ended = await guard.end_version(world.ws, who["coa"], done.document_id, 1)
    assert (ended.folder, ended.is_document) == (folder, True)
    assert list((world.data / "derived").glob("*/*.*")) == []
    for table in ("documents", "versions", "findings", "names"):
        of_documents = " WHERE kind = 'document'" if table == "names" else ""
        assert await world.values(f"SELECT 1 FROM {table}{of_documents}") == []
    assert await texts_kept(world) == 0
    assert (await trash.look(world.ws, who["ora"], folder)).total == 0
    await world.settle()
    assert await hits(world, who["ora"], "kiwano") == []
    (line, *_) = (await journal.of_folder(world.ws, who["ora"], folder)).lines
    assert (line.verb, line.facts) == ("document_purged", {"name": "liste.pdf"})
    await world.deposit(who["cob"], folder, "liste.pdf", b"rien")  # its name is free
    assert (await upkeep.verify(world.ws)).is_clean


@in_network
async def test_the_current_version_stays_while_somebody_else_is_editing_the_document(
    world: World,
) -> None:
    folder = await world.folder("Commun")
    who = await people(world, folder)
    done = await deposited(world, who["coa"], folder)
    await locks.take(world.ws, who["cob"], done.document_id)
    with pytest.raises(Locked):
        await guard.end_version(world.ws, who["coa"], done.document_id, 1)
    await locks.release(world.ws, who["cob"], done.document_id)
    await guard.end_version(world.ws, who["coa"], done.document_id, 1)


@in_network
async def test_a_reading_again_replaces_what_nobody_settled_and_keeps_what_somebody_did(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = await world.folder("Commun")
    done = await deposited(world, world.steward, folder)
    [version] = await world.values("SELECT id FROM versions")
    read = world.ws.readers.read
    text = ""

    async def read_otherwise(path: Path, name: str, *, in_full: bool) -> Reading:
        done = await read(path, name, in_full=in_full)
        return msgspec.structs.replace(done, pages=(text,), state=state)

    monkeypatch.setattr(world.ws.readers, "read", read_otherwise)

    state = ReadState.OK

    async def reread(words: str) -> list[tuple[int, int, object]]:
        nonlocal text
        text = words
        await reading.read_version(world.ws, int(str(version)))
        return await found(world, world.steward, done.document_id)

    assert await reread(f"{NUMBER} {OTHER}") == [(1, 2, None)]
    state = ReadState.DAMAGED  # this time it could not be read: what was found may be there still
    assert await reread("") == [(1, 2, None)]
    state = ReadState.OK
    assert await reread("") == []
    assert await reread(NUMBER) == [(1, 1, None)]
    await guard.settle(world.ws, world.steward, done.document_id, 1)
    assert await reread(OTHER) == []
    assert await reread("") == []
    assert await reread(NUMBER) == []
    assert await reread(f"{NUMBER} {OTHER}") == [(1, 2, None)]


@in_network
async def test_nothing_that_was_found_is_kept_beside_the_document_or_logged(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    folder = await world.folder("Commun")
    with caplog.at_level(logging.DEBUG):
        done = await deposited(world, world.steward, folder)
        await guard.settle(world.ws, world.steward, done.document_id, 1)
    digits = NUMBER.replace(" ", "")
    rows = await world.ws.db.read(lambda tx: tx.rows("SELECT * FROM findings"))
    assert len(rows) == 1
    facts = await world.values("SELECT facts FROM journal")
    for told in (str(rows), str(facts), caplog.text):
        assert NUMBER not in told and digits not in told


def test_a_network_may_do_without_the_guard(tmp_path: Path) -> None:
    async def story() -> None:
        async with network(tmp_path, READING_PATIENT_DATA_GUARD="false") as world:
            folder = await world.folder("Commun")
            done = await deposited(world, world.steward, folder)
            assert await world.values("SELECT 1 FROM findings") == []
            assert await found(world, world.steward, done.document_id) == []
            assert await at_home(world, world.steward) == []

    asyncio.run(story())


@in_network
async def test_the_newest_ten_wait_on_the_page_where_she_begins(world: World) -> None:
    folder = await world.folder("Commun")
    for number in range(12):
        world.clock.forward(minutes=1)
        await world.deposit(world.steward, folder, f"{number}.txt", PATIENT)
        await world.settle()
    waiting = await guard.waiting(world.ws, world.steward)
    assert [one.name for one in waiting.shown] == [f"{number}.txt" for number in range(11, 1, -1)]
    assert waiting.has_more
