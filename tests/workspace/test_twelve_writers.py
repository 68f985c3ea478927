"""Twelve who build upon the same version at once: one comes first, nobody's bytes are lost."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib

import pytest

from atelier.errors import NotFound, QuotaFull, VersionClash
from atelier.model.documents import Deposited
from atelier.model.folders import Role
from atelier.model.ids import AsideId, DocumentId
from atelier.model.people import Actor
from atelier.workspace import aside, deposits, documents, quotas, upkeep
from atelier.workspace.deposits import Incoming
from tests.builders import World, chunks, in_network
from tests.counts import times

WRITERS = 12
ROUNDS = times(50, 500)

Outcome = Deposited | VersionClash


async def twelve(world: World) -> list[Actor]:
    """Twelve people of one organisation."""
    return [await world.person(f"Nom {number}", of="Mairie") for number in range(WRITERS)]


async def write(world: World, who: Actor, incoming: Incoming, content: bytes) -> Outcome:
    """A version upon the one that she saw, or that another came first."""
    try:
        return await deposits.receive(world.ws, who, incoming, chunks(content))
    except VersionClash as clash:
        return clash


async def bytes_aside(world: World, who: Actor, document: DocumentId, number: AsideId) -> bytes:
    """What was kept for her."""
    content = await aside.content(world.ws, who, document, number)
    with contextlib.closing(content.opened) as opened:
        return await opened.read(0, opened.size_bytes)


async def hashes(world: World, document: DocumentId) -> list[str]:
    """The SHA-256 of the bytes that each version gives, the first first."""
    look = await documents.look(world.ws, world.steward, document)
    found = {}
    for version in look.document.versions:
        content = await documents.content(world.ws, world.steward, document, version.number)
        with contextlib.closing(content.opened) as opened:
            given = await opened.read(0, opened.size_bytes)
        found[version.number] = hashlib.sha256(given).hexdigest()
    assert sorted(found) == list(range(1, len(found) + 1))
    return [found[number] for number in sorted(found)]


@in_network
async def test_of_twelve_writers_upon_one_version_one_wins_and_all_others_keep_their_bytes(
    world: World,
) -> None:
    people = await twelve(world)
    folder = await world.folder("Commun")
    await world.grant(folder, None, Role.CONTRIBUTOR)
    done = await world.deposit(world.steward, folder, "a.txt", b"un")
    document, current, brought = done.document_id, 1, [hashlib.sha256(b"un").hexdigest()]
    for round_ in range(ROUNDS):
        contents = [f"tour {round_}, main {number}".encode() for number in range(WRITERS)]
        # All are let in before the first is done: who comes later is refused without bytes.
        begun = [
            await deposits.begin_version(world.ws, who, document, expected=current)
            for who in people
        ]
        outcomes = await asyncio.gather(
            *(write(world, *given) for given in zip(people, begun, contents, strict=True))
        )
        won = [number for number, one in enumerate(outcomes) if isinstance(one, Deposited)]
        assert len(won) == 1, f"round {round_}: {outcomes}"
        current += 1
        brought.append(hashlib.sha256(contents[won[0]]).hexdigest())
        for who, content, outcome in zip(people, contents, outcomes, strict=True):
            if isinstance(outcome, VersionClash):
                assert (outcome.expected, outcome.current) == (current - 1, current)
                assert outcome.aside is not None
                number = AsideId(outcome.aside)
                assert await bytes_aside(world, who, document, number) == content
                await _refused_again(world, who, document, number, current)
                if round_ < ROUNDS - 1:
                    await aside.throw_away(world.ws, who, document, number)
        if round_ == ROUNDS - 1:
            brought += [
                hashlib.sha256(content).hexdigest()
                for number, content in enumerate(contents) if number not in won
            ]  # fmt: skip
    # Those of the last round deposited theirs again, one after the other.
    for who, outcome in zip(people, outcomes, strict=True):
        if isinstance(outcome, VersionClash) and outcome.aside is not None:
            number = AsideId(outcome.aside)
            await aside.deposit_again(world.ws, who, document, number, expected=current)
            current += 1
            with pytest.raises(NotFound):
                await bytes_aside(world, who, document, number)
    assert await hashes(world, document) == brought
    assert (await upkeep.verify(world.ws, read_data=True)).is_clean


async def _refused_again(
    world: World, who: Actor, document: DocumentId, number: AsideId, current: int
) -> None:
    """Upon the old version hers is refused once more, and stays."""
    with pytest.raises(VersionClash):
        await aside.deposit_again(world.ws, who, document, number, expected=current - 1)
    assert [one.id for one in await aside.hers(world.ws, who)] == [number]


@in_network
async def test_twelve_writers_at_once_never_pass_a_quota_together(
    world: World,
) -> None:
    people = await twelve(world)
    folder = await world.folder("Commun")
    await world.grant(folder, None, Role.CONTRIBUTOR)
    await quotas.limit_folder(world.ws, world.steward, folder, 5_000)

    async def deposit(number: int) -> Deposited | QuotaFull:
        try:
            return await world.deposit(people[number], folder, f"{number}.txt", b"x" * 1_000)
        except QuotaFull as full:
            return full

    outcomes = await asyncio.gather(*map(deposit, range(WRITERS)))
    assert len([one for one in outcomes if isinstance(one, Deposited)]) == 5
    space = (await quotas.look(world.ws, world.steward, folder)).space
    assert (space.used_bytes, space.left_bytes) == (5_000, 0)
