"""Quotas: never above, whichever way bytes come in; refusals tell no more than they must."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from atelier.errors import AlreadySo, Forbidden, Invalid, NotFound, QuotaFull
from atelier.model.deposits import Target
from atelier.model.folders import Role
from atelier.model.ids import FolderId, OrganisationId
from atelier.model.people import Actor
from atelier.model.quotas import Space
from atelier.workspace import (
    accounts,
    aside,
    deposits,
    documents,
    folders,
    journal,
    organisations,
    quotas,
    trash,
    uploads,
)
from tests.builders import World, chunks, in_network, subject
from tests.spaces import used

NOWHERE = FolderId(10**15)


async def limit(world: World, folder: FolderId, size: int | None) -> None:
    """Set a folder's quota, by the steward."""
    await quotas.limit_folder(world.ws, world.steward, folder, size)


async def refused(act: Awaitable[object], of: str, left: int | None) -> None:
    """The act is refused for want of room."""
    with pytest.raises(QuotaFull) as full:
        await act
    assert (full.value.of, full.value.left_bytes) == (of, left)


@in_network
async def test_a_folder_keeps_no_more_than_its_quota_with_all_below_it(world: World) -> None:
    top = await world.folder("Réunions")
    below, closed = await world.folder("Réunions/2026"), None
    closed = await world.folder("Réunions/2026/Bureau", closed=True)
    await limit(world, top, 100)
    await world.deposit(world.steward, closed, "a.txt", b"x" * 60)
    await refused(world.deposit(world.steward, below, "b.txt", b"x" * 41), "folder", 40)
    document = (await world.deposit(world.steward, below, "b.txt", b"x" * 30)).document_id
    await refused(world.revise(world.steward, document, b"y" * 11), "folder", 10)
    assert (await world.revise(world.steward, document, b"y" * 10)).version == 2
    assert (await world.revise(world.steward, document, b"y" * 10)).version == 2
    await refused(documents.restore(world.ws, world.steward, document, 1, expected=2), "folder", 0)
    assert (await quotas.look(world.ws, world.steward, top)).space == Space(100, 100)
    outside = await world.folder("Ailleurs")
    await world.deposit(world.steward, outside, "c.txt", b"x" * 200)


@in_network
async def test_of_two_quotas_over_a_folder_both_count(world: World) -> None:
    top, below = await world.folder("A"), await world.folder("A/B")
    await limit(world, top, 100)
    await limit(world, below, 10)
    await refused(world.deposit(world.steward, below, "a.txt", b"x" * 11), "folder", 10)
    await world.deposit(world.steward, top, "a.txt", b"x" * 95)
    await refused(world.deposit(world.steward, below, "a.txt", b"x" * 6), "folder", 5)
    await limit(world, below, None)
    await refused(world.deposit(world.steward, below, "a.txt", b"x" * 6), "folder", 5)
    await world.deposit(world.steward, below, "a.txt", b"x" * 5)


@in_network
async def test_what_was_announced_is_refused_before_its_bytes(world: World) -> None:
    folder = await world.folder("A")
    document = (await world.deposit(world.steward, folder, "a.txt", b"x" * 8)).document_id
    await limit(world, folder, 10)
    ws, who = world.ws, world.steward
    await refused(deposits.begin(ws, who, folder, "b.txt", size_bytes=3), "folder", 2)
    beginning = deposits.begin_version(ws, who, document, expected=1, size_bytes=3)
    await refused(beginning, "folder", 2)
    incoming = await deposits.begin(ws, who, folder, "b.txt", size_bytes=2)
    await refused(deposits.receive(ws, who, incoming, chunks(b"xxx")), "folder", 2)
    assert [row.name for row in (await folders.look(ws, who, folder)).documents] == ["a.txt"]
    await limit(world, folder, 5)
    await refused(deposits.begin(ws, who, folder, "b.txt"), "folder", 0)


@in_network
async def test_an_organisation_keeps_no_more_than_its_quota_wherever_it_deposits(
    world: World,
) -> None:
    awa = await world.person("Awa", of="CH")
    lea = await world.person("Lea", of="CPTS")
    hospital, other = await _organisations(world, "CH", "CPTS")
    one, two = await world.folder("A"), await world.folder("B")
    for folder in (one, two):
        await world.grant(folder, None, Role.CONTRIBUTOR)
    await quotas.limit_organisation(world.ws, world.steward, hospital, 100)
    document = (await world.deposit(awa, one, "a.txt", b"x" * 90)).document_id
    await refused(world.deposit(awa, two, "b.txt", b"x" * 11), "organisation", 10)
    await world.deposit(lea, two, "b.txt", b"x" * 500)
    await world.deposit(awa, two, "c.txt", b"x" * 10)
    await documents.move(world.ws, awa, document, two)
    assert await used(world, "organisation") == {hospital: 100, other: 500}
    await refused(world.deposit(awa, two, "d.txt", b"x"), "organisation", 0)
    await trash.remove_document(world.ws, awa, document)
    await refused(world.deposit(awa, two, "d.txt", b"x"), "organisation", 0)
    await trash.purge_document(world.ws, world.steward, two, document)
    await world.deposit(awa, two, "d.txt", b"x" * 90)


@in_network
async def test_a_merger_brings_what_was_counted_and_the_quota_of_the_other_holds(
    world: World,
) -> None:
    awa = await world.person("Awa", of="CH")
    lea = await world.person("Lea", of="CPTS")
    await world.person("Zoe", of="Mairie")
    hospital, health, town = await _organisations(world, "CH", "CPTS", "Mairie")
    folder = await world.folder("A")
    await world.grant(folder, None, Role.CONTRIBUTOR)
    document = (await world.deposit(awa, folder, "a.txt", b"x" * 30)).document_id
    await world.deposit(lea, folder, "b.txt", b"x" * 20)
    await quotas.limit_organisation(world.ws, world.steward, hospital, 1)
    await quotas.limit_organisation(world.ws, world.steward, town, 60)
    await organisations.merge(world.ws, world.steward, hospital, health)
    await organisations.merge(world.ws, world.steward, health, town)
    assert await used(world, "organisation") == {town: 50}
    lea = await world.actor("lea@example.org")
    await refused(world.deposit(lea, folder, "c.txt", b"x" * 11), "organisation", 10)
    # A request that began before the merger still bears the hat of the merged one.
    late = dataclasses.replace(awa, main_organisation=hospital)
    await refused(world.deposit(late, folder, "c.txt", b"x" * 11), "organisation", 10)
    await world.deposit(late, folder, "c.txt", b"x" * 10)
    assert await used(world, "organisation") == {town: 60}
    await trash.remove_document(world.ws, awa, document)
    await trash.purge_document(world.ws, world.steward, folder, document)
    assert await used(world, "organisation") == {town: 30}


@in_network
async def test_a_document_comes_into_a_folder_by_a_move_only_when_it_fits(world: World) -> None:
    origin, narrow = await world.folder("A"), await world.folder("B")
    inner = await world.folder("B/C")
    document = (await world.deposit(world.steward, origin, "a.txt", b"x" * 6)).document_id
    await world.revise(world.steward, document, b"y" * 6)
    await limit(world, narrow, 11)
    ws, who = world.ws, world.steward
    await refused(documents.move(ws, who, document, inner), "folder", 11)
    assert await used(world, "folder") == {origin: 12}
    await limit(world, narrow, 12)
    await documents.move(ws, who, document, inner)
    assert await used(world, "folder") == {inner: 12}
    await limit(world, narrow, 1)
    await documents.move(ws, who, document, narrow)  # the quota over both has it already
    await documents.move(ws, who, document, origin)


@in_network
async def test_a_folder_comes_below_another_only_with_all_that_it_holds(world: World) -> None:
    moved = await world.folder("A")
    closed = await world.folder("A/Bureau", closed=True)
    inner = await world.folder("B/C")
    narrow = await folders.find(world.ws, world.steward, "B")
    gone = (await world.deposit(world.steward, moved, "a.txt", b"x" * 5)).document_id
    await trash.remove_document(world.ws, world.steward, gone)
    await world.deposit(world.steward, closed, "b.txt", b"x" * 6)
    await limit(world, narrow, 10)
    ws, who = world.ws, world.steward
    await refused(folders.move(ws, who, moved, inner), "folder", 10)
    await limit(world, narrow, 11)
    await folders.move(ws, who, moved, inner)
    await limit(world, narrow, 1)
    await folders.move(ws, who, moved, narrow)
    await folders.move(ws, who, moved, None)


@in_network
async def test_what_comes_back_elsewhere_must_fit_there(world: World) -> None:
    origin, narrow = await world.folder("A"), await world.folder("B")
    below = await world.folder("A/D")
    document = (await world.deposit(world.steward, origin, "a.txt", b"x" * 6)).document_id
    await world.deposit(world.steward, below, "b.txt", b"x" * 6)
    ws, who = world.ws, world.steward
    await trash.remove_document(ws, who, document)
    await trash.remove_folder(ws, who, below)
    await limit(world, narrow, 5)
    await limit(world, origin, 5)
    await refused(trash.restore_document(ws, who, origin, document, to=narrow), "folder", 5)
    await refused(trash.restore_folder(ws, who, origin, below, to=narrow), "folder", 5)
    await trash.restore_document(ws, who, origin, document)  # it never left
    await trash.restore_folder(ws, who, origin, below)
    await limit(world, narrow, 12)
    await trash.remove_document(ws, who, document)
    await trash.remove_folder(ws, who, below)
    await trash.restore_document(ws, who, origin, document, to=narrow)
    await trash.restore_folder(ws, who, origin, below, to=narrow)
    assert await used(world, "folder") == {narrow: 6, below: 6}
    assert (await quotas.look(ws, who, narrow)).space == Space(12, 12)


@in_network
async def test_bytes_set_aside_come_in_only_where_they_fit(world: World) -> None:
    folder = await world.folder("A")
    document = (await world.deposit(world.steward, folder, "a.txt", b"x")).document_id
    incoming = await deposits.begin_version(world.ws, world.steward, document, expected=1)
    await world.revise(world.steward, document, b"yy")
    with pytest.raises(Exception, match="VersionClash") as clash:
        await deposits.receive(world.ws, world.steward, incoming, chunks(b"zzz"))
    kept = clash.value.aside  # type: ignore[attr-defined]
    await limit(world, folder, 5)
    again = aside.deposit_again(world.ws, world.steward, document, kept, expected=2)
    await refused(again, "folder", 2)
    await limit(world, folder, 6)
    assert (
        await aside.deposit_again(world.ws, world.steward, document, kept, expected=2)
    ).version == 3


@in_network
async def test_of_twelve_writers_none_passes_the_quota(world: World) -> None:
    folder = await world.folder("A")
    await limit(world, folder, 100)
    incoming = [
        await deposits.begin(world.ws, world.steward, folder, f"{number}.txt", size_bytes=30)
        for number in range(12)
    ]
    done = await asyncio.gather(
        *(
            deposits.receive(world.ws, world.steward, one, chunks(bytes([number]) * 30))
            for number, one in enumerate(incoming)
        ),
        return_exceptions=True,
    )
    assert sum(isinstance(one, QuotaFull) for one in done) == 9
    assert await used(world, "folder") == {folder: 90}


@in_network
async def test_a_deposit_under_way_counts_with_what_it_announced(world: World) -> None:
    awa = await world.person("Awa", of="CH")
    (hospital,) = await _organisations(world, "CH")
    folder = await world.folder("A")
    await world.grant(folder, awa, Role.CONTRIBUTOR)
    document = (await world.deposit(awa, folder, "a.txt", b"x" * 10)).document_id
    ws = world.ws
    await limit(world, folder, 100)
    await quotas.limit_organisation(ws, world.steward, hospital, 200)
    new = uploads.Announced(Target(folder, "c.txt"), 40)
    onto = uploads.Announced(Target(None, "", document, 1), 30)
    upload = await uploads.create(ws, awa, new)
    await uploads.create(ws, awa, onto)
    await refused(world.deposit(awa, folder, "b.txt", b"x" * 21), "folder", 20)
    await refused(uploads.create(ws, awa, onto), "folder", 20)
    await limit(world, folder, 80)
    await quotas.limit_organisation(ws, world.steward, hospital, 80)
    await refused(world.deposit(awa, folder, "b.txt", b"x"), "organisation", 0)

    async def still() -> Actor:
        return awa

    done = await uploads.append(ws, awa, upload.key, 0, chunks(b"y" * 40), still=still)
    assert done.became is not None  # what it announced was kept for it
    assert (await quotas.look(ws, world.steward, folder)).space.used_bytes == 80
    world.clock.forward(days=8)
    assert (await quotas.look(ws, world.steward, folder)).space.used_bytes == 50
    assert await used(world, "organisation") == {hospital: 50}


@in_network
async def test_what_does_not_say_its_size_stops_at_the_byte_that_does_not_fit(world: World) -> None:
    folder = await world.folder("A")
    await limit(world, folder, 1_000)
    ws, who, came = world.ws, world.steward, 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal came
        while True:
            came += 1
            yield b"x" * 100

    incoming = await deposits.begin(ws, who, folder, "b.txt")
    await refused(deposits.receive(ws, who, incoming, endless()), "folder", 1_000)
    assert came == 11
    assert [blob async for blob in ws.blobs.hashes()] == []
    incoming = await deposits.begin(ws, who, folder, "b.txt")
    await deposits.receive(ws, who, incoming, chunks(b"x" * 1_000))


@in_network
async def test_what_somebody_announced_whose_account_was_closed_holds_no_place(
    world: World,
) -> None:
    awa = await world.person("Awa", of="CH")
    folder = await world.folder("A")
    await world.grant(folder, awa, Role.CONTRIBUTOR)
    await limit(world, folder, 100)
    await uploads.create(world.ws, awa, uploads.Announced(Target(folder, "c.txt"), 90))
    await refused(world.deposit(world.steward, folder, "b.txt", b"x" * 11), "folder", 10)
    await accounts.disable(world.ws, world.steward, awa.person_id)
    await world.deposit(world.steward, folder, "b.txt", b"x" * 100)


@in_network
async def test_of_many_deposits_announced_at_once_none_passes_the_quota(world: World) -> None:
    folder = await world.folder("A")
    await limit(world, folder, 100)
    announced = [uploads.Announced(Target(folder, f"{number}.txt"), 30) for number in range(12)]
    begun = await asyncio.gather(
        *(uploads.create(world.ws, world.steward, one) for one in announced),
        return_exceptions=True,
    )
    assert sum(isinstance(one, QuotaFull) for one in begun) == 9
    assert (await quotas.look(world.ws, world.steward, folder)).space == Space(90, 100)


@in_network
async def test_a_refusal_tells_nothing_of_a_folder_above_that_one_may_not_read(
    world: World,
) -> None:
    awa = await world.person("Awa")
    top = await world.folder("Direction")
    inner = await world.folder("Direction/Bureau")
    await world.grant(inner, awa, Role.CONTRIBUTOR)
    await world.deposit(world.steward, top, "secret.txt", b"x" * 77)
    await limit(world, top, 80)
    await refused(world.deposit(awa, inner, "a.txt", b"x" * 4), "above", None)
    await refused(world.deposit(world.steward, inner, "a.txt", b"x" * 4), "folder", 3)
    await world.deposit(awa, inner, "a.txt", b"x" * 3)


@in_network
async def test_who_shares_the_folder_above_sets_its_quota(world: World) -> None:
    awa, lea, noe = [await world.person(name) for name in ("Awa", "Lea", "Noe")]
    top, inner = await world.folder("A"), await world.folder("A/B")
    closed = await world.folder("A/Fermé", closed=True)
    await world.grant(top, awa, Role.COORDINATOR)
    await world.grant(inner, lea, Role.COORDINATOR)
    await world.grant(top, noe, Role.CONTRIBUTOR)
    ws = world.ws
    for who, folder in ((lea, inner), (noe, inner), (awa, top), (noe, top)):
        with pytest.raises(Forbidden) as refusal:
            await quotas.limit_folder(ws, who, folder, 10)
        assert refusal.value.action == "share"
    for who, folder in ((awa, closed), (lea, top), (awa, NOWHERE)):
        with pytest.raises(NotFound):
            await quotas.limit_folder(ws, who, folder, 10)
    await quotas.limit_folder(ws, awa, inner, 10)
    await quotas.limit_folder(ws, world.steward, closed, 10)
    await accounts.allow_top_folders(ws, world.steward, awa.person_id)
    awa = await world.actor("awa@example.org")
    await quotas.limit_folder(ws, awa, top, 1000)
    looks = [await quotas.look(ws, who, inner) for who in (awa, lea)]
    assert [(look.may_limit, look.space) for look in looks] == [
        (True, Space(0, 10)),
        (False, Space(0, 10)),
    ]
    with pytest.raises(Forbidden):
        await quotas.look(ws, noe, inner)
    with pytest.raises(NotFound):
        await quotas.look(ws, awa, closed)
    told = (await journal.of_folder(ws, world.steward, inner)).lines[0]
    assert (told.verb, told.person) == ("folder_limited", "Awa")
    assert told.facts == {"name": "B", "quota_bytes": "10"}


@in_network
async def test_stewards_set_the_quota_of_an_organisation(world: World) -> None:
    awa = await world.person("Awa", of="CH")
    (hospital,) = await _organisations(world, "CH")
    with pytest.raises(Forbidden):
        await quotas.limit_organisation(world.ws, awa, hospital, 10)
    with pytest.raises(NotFound):
        await quotas.limit_organisation(world.ws, world.steward, OrganisationId(10**15), 10)
    await quotas.limit_organisation(world.ws, world.steward, hospital, 10)
    told = (await journal.of_network(world.ws, world.steward)).lines[0]
    assert (told.verb, told.facts) == (
        "organisation_limited",
        {"subject": "CH", "quota_bytes": "10"},
    )
    sheets = [await organisations.look(world.ws, who, hospital) for who in (world.steward, awa)]
    assert [sheet.space for sheet in sheets] == [Space(0, 10), None]


Set = Callable[[World, int | None], Awaitable[None]]


async def _set_folder(world: World, size: int | None) -> None:
    """The quota of the only folder."""
    (folder,) = await world.values("SELECT id FROM folders")
    await quotas.limit_folder(world.ws, world.steward, FolderId(int(str(folder))), size)


async def _set_organisation(world: World, size: int | None) -> None:
    """The quota of the only organisation."""
    (number,) = await world.values("SELECT id FROM organisations")
    number = OrganisationId(int(str(number)))
    await quotas.limit_organisation(world.ws, world.steward, number, size)


@pytest.mark.parametrize("put", [_set_folder, _set_organisation])
@in_network
async def test_a_quota_is_a_number_of_bytes_that_can_be(world: World, put: Set) -> None:
    await world.folder("A")
    await world.organisation("CH")
    for impossible in (0, -1, 2**53 + 1):
        with pytest.raises(Invalid) as refusal:
            await put(world, impossible)
        fault = "out_of_range" if impossible else "zero_quota"
        assert (refusal.value.field, refusal.value.fault) == ("quota", fault)
    with pytest.raises(AlreadySo):
        await put(world, None)
    await put(world, 2**53)
    with pytest.raises(AlreadySo):
        await put(world, 2**53)
    await put(world, None)


@in_network
async def test_nothing_is_set_by_one_who_looks_as_somebody_else(world: World) -> None:
    awa = await world.person("Awa", of="CH")
    (hospital,) = await _organisations(world, "CH")
    folder = await world.folder("A")
    await world.grant(folder, awa)
    looking = dataclasses.replace(world.steward, seeing=subject(awa))
    for act in (
        quotas.limit_folder(world.ws, looking, folder, 10),
        quotas.limit_organisation(world.ws, looking, hospital, 10),
        quotas.look(world.ws, looking, folder),
    ):
        with pytest.raises(Forbidden):
            await act


async def _organisations(world: World, *named: str) -> list[OrganisationId]:
    known = await world.ws.db.read(lambda tx: tx.rows("SELECT name, id FROM organisations"))
    return [OrganisationId(dict(known)[name]) for name in named]
