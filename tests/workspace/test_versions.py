"""Versions: labels people give them, and documents that become a version of another."""

from __future__ import annotations

import asyncio

import pytest

from atelier.errors import AlreadySo, Forbidden, Invalid, Locked, NotFound, VersionClash
from atelier.model.folders import Role
from atelier.model.ids import DocumentId
from atelier.model.trash import RemovedKind
from atelier.workspace import documents, folders, journal, locks, trash
from tests.builders import World, in_network
from tests.workspace.test_documents import bytes_of, names


async def labels(world: World, document: DocumentId) -> list[str]:
    """Labels of the versions, newest first."""
    look = await documents.look(world.ws, world.steward, document)
    return [version.label for version in look.document.versions]


@in_network
async def test_a_label_is_given_changed_and_taken_away_by_who_may_revise(world: World) -> None:
    awa = await world.person("Awa", of="Mairie")
    folder = await world.folder("Commun")
    document = (await world.deposit(world.steward, folder, "a.txt", b"un")).document_id
    await world.revise(world.steward, document, b"deux")
    for refusal in (NotFound, Forbidden):
        with pytest.raises(refusal):
            await documents.label(world.ws, awa, document, 1, "validé")
        await world.grant(folder, awa)
    await world.grant(folder, awa, Role.CONTRIBUTOR)
    for number in (0, 3):
        with pytest.raises(NotFound):
            await documents.label(world.ws, awa, document, number, "validé")
    with pytest.raises(Invalid) as fault:
        await documents.label(world.ws, awa, document, 1, "é" * 81)
    assert (fault.value.field, fault.value.fault) == ("label", "too_long")
    with pytest.raises(AlreadySo):
        await documents.label(world.ws, awa, document, 1, " ")
    await documents.label(world.ws, awa, document, 1, " validé \n en  séance ")
    assert await labels(world, document) == ["", "validé en séance"]
    with pytest.raises(AlreadySo):
        await documents.label(world.ws, awa, document, 1, "validé en séance")
    assert [row.label for row in (await folders.look(world.ws, awa, folder)).documents] == [""]
    await documents.label(world.ws, awa, document, 2, "é" * 80)
    for row in (await folders.look(world.ws, awa, folder)).documents:
        assert row.label == "é" * 80
    ((latest, _),) = (await folders.home(world.ws, awa)).latest
    assert latest.label == "é" * 80
    await documents.label(world.ws, awa, document, 1, "")
    assert await labels(world, document) == ["é" * 80, ""]
    lines = (await journal.of_folder(world.ws, world.steward, folder)).lines
    told = [(line.person, line.organisation, line.facts) for line in lines if "label" in line.verb]
    assert told == [
        ("Awa", "Mairie", {"name": "a.txt", "version": "1", "before": "validé en séance"}),
        ("Awa", "Mairie", {"name": "a.txt", "version": "2", "label": "é" * 80}),
        ("Awa", "Mairie", {"name": "a.txt", "version": "1", "label": "validé en séance"}),
    ]


@in_network
async def test_restoring_a_labelled_version_does_not_bear_its_label(world: World) -> None:
    folder = await world.folder("Commun")
    document = (await world.deposit(world.steward, folder, "a.txt", b"un")).document_id
    await documents.label(world.ws, world.steward, document, 1, "validé")
    await world.revise(world.steward, document, b"deux")
    await documents.restore(world.ws, world.steward, document, 1, expected=2)
    assert await labels(world, document) == ["", "", "validé"]


@in_network
async def test_a_save_by_renaming_adds_a_version_and_leaves_the_other_in_the_trash(
    world: World,
) -> None:
    awa = await world.person("Awa", of="Mairie")
    left, right = await world.folder("Gauche"), await world.folder("Droite")
    for folder in (left, right):
        await world.grant(folder, awa, Role.CONTRIBUTOR)
    onto = (await world.deposit(world.steward, right, "bilan.odt", b"un")).document_id
    given = (await world.deposit(awa, left, "bilan.odt~", b"deux")).document_id
    done = await documents.replace(world.ws, awa, given, onto, expected=1, over=1)
    assert (done.document_id, done.name, done.version) == (onto, "bilan.odt", 2)
    assert done.is_new_version and not done.is_new_document
    assert await names(world, onto) == ("bilan.odt", [2, 1])
    assert await bytes_of(world, world.steward, onto, 1) == b"un"
    assert await bytes_of(world, world.steward, onto, 2) == b"deux"
    current = (await documents.look(world.ws, awa, onto)).document.current
    assert (current.author, current.organisation) == ("Awa", "Mairie")
    with pytest.raises(NotFound):
        await documents.look(world.ws, awa, given)
    assert (await folders.look(world.ws, awa, left)).total == 0
    await world.deposit(awa, left, "bilan.odt~", b"trois")  # its name is free
    await trash.restore_document(world.ws, awa, left, given, name="revenu.odt")
    assert await bytes_of(world, awa, given, 1) == b"deux"
    for place, verb in ((left, "document_removed"), (right, "revised")):
        assert verb in [
            line.verb for line in (await journal.of_folder(world.ws, world.steward, place)).lines
        ]


@in_network
async def test_replacing_needs_removing_there_and_revising_here(world: World) -> None:
    awa = await world.person("Awa")
    left, right = await world.folder("Gauche"), await world.folder("Droite")
    given = (await world.deposit(world.steward, left, "a.txt", b"deux")).document_id
    onto = (await world.deposit(world.steward, right, "a.txt", b"un")).document_id

    async def replace() -> None:
        await documents.replace(world.ws, awa, given, onto)

    for role_left, role_right, refusal in (
        (None, Role.CONTRIBUTOR, NotFound),
        (Role.READER, Role.CONTRIBUTOR, Forbidden),
        (Role.CONTRIBUTOR, None, NotFound),
        (Role.CONTRIBUTOR, Role.READER, Forbidden),
    ):
        await world.change("DELETE FROM grants WHERE subject_kind = 'person' AND subject_id = :id",
                           id=awa.person_id)  # fmt: skip
        for folder, role in ((left, role_left), (right, role_right)):
            if role is not None:
                await world.grant(folder, awa, role)
        with pytest.raises(refusal):
            await replace()
        if role_left is None or role_right is None:
            with pytest.raises(NotFound):
                await documents.namesake(world.ws, awa, given, folder_id=right)
        else:
            assert await documents.namesake(world.ws, awa, given, folder_id=right) is None
    await world.grant(right, awa, Role.CONTRIBUTOR)
    found = await documents.namesake(world.ws, awa, given, folder_id=right)
    assert found is not None and found.id == onto
    await replace()
    assert await names(world, onto) == ("a.txt", [2, 1])
    (lying,) = (await trash.look(world.ws, world.steward, left)).rows
    assert (lying.kind, lying.id) == (RemovedKind.DOCUMENT, given)


@in_network
async def test_replacing_with_the_same_bytes_adds_none_and_from_older_versions_is_told(
    world: World,
) -> None:
    folder = await world.folder("Commun")
    given = (await world.deposit(world.steward, folder, "b.txt", b"un")).document_id
    onto = (await world.deposit(world.steward, folder, "a.txt", b"un")).document_id
    with pytest.raises(AlreadySo):
        await documents.replace(world.ws, world.steward, given, given)
    for wrong in ({"expected": 2}, {"over": 2}):
        with pytest.raises(VersionClash):
            await documents.replace(world.ws, world.steward, given, onto, **wrong)
    assert (await folders.look(world.ws, world.steward, folder)).total == 2
    done = await documents.replace(world.ws, world.steward, given, onto, expected=1, over=1)
    assert (done.version, done.is_new_version) == (1, False)
    assert await names(world, onto) == ("a.txt", [1])
    assert (await folders.look(world.ws, world.steward, folder)).total == 1


@in_network
async def test_what_another_is_editing_neither_gives_nor_takes_bytes(world: World) -> None:
    awa = await world.person("Awa")
    folder = await world.folder("Commun")
    await world.grant(folder, awa, Role.CONTRIBUTOR)
    given = (await world.deposit(world.steward, folder, "b.txt", b"deux")).document_id
    onto = (await world.deposit(world.steward, folder, "a.txt", b"un")).document_id
    for held in (given, onto):
        await locks.take(world.ws, awa, held)
        with pytest.raises(Locked):
            await documents.replace(world.ws, world.steward, given, onto)
        await locks.release(world.ws, awa, held)
    await documents.replace(world.ws, world.steward, given, onto)


@in_network
async def test_of_two_who_replace_at_once_one_wins(world: World) -> None:
    folder = await world.folder("Commun")
    onto = (await world.deposit(world.steward, folder, "a.txt", b"un")).document_id
    given = [
        (await world.deposit(world.steward, folder, f"{n}.txt", b"%d" % n)).document_id
        for n in range(8)
    ]
    done = await asyncio.gather(
        *(documents.replace(world.ws, world.steward, one, onto, over=1) for one in given),
        return_exceptions=True,
    )
    assert sum(isinstance(one, VersionClash) for one in done) == 7
    assert await names(world, onto) == ("a.txt", [2, 1])
    assert (await folders.look(world.ws, world.steward, folder)).total == 8


@in_network
async def test_a_namesake_is_another_document_of_that_name_there(world: World) -> None:
    folder, other = await world.folder("Commun"), await world.folder("Autre")
    await world.folder("Commun/Dossier")
    one = (await world.deposit(world.steward, folder, "a.txt")).document_id
    two = (await world.deposit(world.steward, folder, "Été.txt")).document_id

    async def namesake(name: str = "", **there: object) -> object:
        found = await documents.namesake(world.ws, world.steward, one, name=name, **there)  # type: ignore[arg-type]
        return None if found is None else found.id

    assert await namesake("E\u0301TE\u0301.txt") == two
    for name in ("A.TXT", "dossier", "libre.txt"):
        assert await namesake(name) is None
    assert await namesake(folder_id=other) is None
