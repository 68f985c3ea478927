"""Upkeep: what `verify` finds, and what is forgotten when it is over."""

from __future__ import annotations

import os
import sqlite3
import time
from datetime import datetime
from pathlib import Path

import pytest

from atelier.blobs.contract import Draft
from atelier.database import trail
from atelier.errors import LinkSpent, SignInNeeded
from atelier.model.documents import Blob
from atelier.model.ids import DocumentId, PersonId
from atelier.model.trail import Head, TrailAct, TrailFault, TrailFaultKind
from atelier.workspace import documents, people, retention, upkeep
from tests.builders import World, in_network
from tests.workspace.test_signing_in import PASSWORD, come_in


def blob_path(world: World, sha256: str) -> Path:
    """Where the bytes stand on the disk."""
    return world.data / "blobs" / sha256[:2] / sha256


async def deposited(world: World, content: bytes) -> str:
    """The hash of bytes that a document has."""
    folder = await world.folder(f"Dossier {content!r:.40}")
    done = await world.deposit(world.steward, folder, "a.txt", content)
    return (await documents.look(world.ws, world.steward, done.document_id)).document.current.sha256


async def stray(world: World, content: bytes) -> Blob:
    """Bytes that no version has."""
    draft: Draft = await world.ws.blobs.draft(2**20)
    await draft.write(content)
    return await draft.seal()


@in_network
async def test_a_sound_folder_is_clean_and_counts_what_it_holds(world: World) -> None:
    await deposited(world, b"un")
    await deposited(world, b"deux")
    folder = await world.folder("Commun")
    await world.deposit(world.steward, folder, "twin.txt", b"un")
    found = await upkeep.verify(world.ws, read_data=True)
    assert (found.versions, found.blobs, found.unread) == (3, 2, 3)
    assert found.index_behind == 3
    assert found.is_clean and not found.orphans
    await world.settle()
    found = await upkeep.verify(world.ws)
    assert (found.unread, found.index_behind) == (0, 0)


@in_network
async def test_missing_rotten_and_stray_bytes_are_each_found(world: World) -> None:
    missing, cut, rotten = [await deposited(world, one) for one in (b"un", b"deux", b"trois")]
    orphan = await stray(world, b"quatre")
    blob_path(world, missing).unlink()
    for sha256, content in ((cut, b"deu"), (rotten, b"TROIS")):
        blob_path(world, sha256).chmod(0o600)
        blob_path(world, sha256).write_bytes(content)
    found = await upkeep.verify(world.ws)
    assert (found.missing, found.rotten) == ([missing], [cut])
    found = await upkeep.verify(world.ws, read_data=True)
    assert (found.missing, found.rotten) == ([missing], sorted([cut, rotten]))
    assert found.orphans == [orphan.sha256]
    assert not found.is_clean
    # Orphans alone are harmless.
    for content in (b"un", b"deux", b"trois"):
        await stray(world, content)
    found = await upkeep.verify(world.ws, read_data=True)
    assert found.is_clean and found.orphans == [orphan.sha256]


@in_network
async def test_what_is_deposited_during_a_check_is_not_called_missing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await deposited(world, b"un")
    listed = world.ws.blobs.hashes

    def meanwhile() -> object:
        async def blobs() -> object:
            await deposited(world, b"deux")
            async for blob in listed():
                yield blob
            await deposited(world, b"trois")

        return blobs()

    monkeypatch.setattr(world.ws.blobs, "hashes", meanwhile)
    found = await upkeep.verify(world.ws)
    assert found.missing == [] and found.is_clean


@in_network
async def test_records_that_refer_to_nothing_are_told(world: World) -> None:
    await deposited(world, b"un")
    # Another program wrote into the records, without looking.
    other = sqlite3.connect(world.data / "atelier.sqlite3", isolation_level=None)
    other.execute(
        "INSERT INTO grants (folder_id, subject_kind, subject_id, role, granted_by, granted_at)"
        " VALUES (99, 'network', 0, 'reader', 1, 0)"
    )
    other.close()
    found = await upkeep.verify(world.ws)
    assert not found.is_clean
    assert any("grants" in fault and "folders" in fault for fault in found.record_faults)


@in_network
async def test_what_is_over_is_forgotten_and_what_goes_on_is_kept(world: World) -> None:
    awa = await world.person("Awa")
    old = await come_in(world, awa.person_id)
    limits = world.ws.settings.sessions
    world.clock.forward(hours=max(limits.absolute_hours, limits.link_hours), minutes=1)
    link = await people.issue_link(world.ws, world.steward, awa.person_id)
    await upkeep.forget_expired(world.ws)
    assert await world.values("SELECT token_hash FROM sessions") == []
    with pytest.raises(SignInNeeded):
        await people.session(world.ws, old)
    await people.look_at_link(world.ws, link)
    world.clock.forward(hours=2 * limits.link_hours, minutes=1)
    await upkeep.forget_expired(world.ws)
    assert await world.values("SELECT token_hash FROM sign_in_links") == []
    with pytest.raises(LinkSpent):
        await people.use_link(world.ws, link, PASSWORD)


@in_network
async def test_drafts_that_nobody_wrote_to_for_a_week_are_removed(world: World) -> None:
    young, old = (world.data / "drafts" / name for name in ("0" * 32, "1" * 32))
    for path, age in ((young, retention.DRAFT_SECONDS - 60), (old, retention.DRAFT_SECONDS + 60)):
        path.write_bytes(b"x")
        os.utime(path, (time.time() - age, time.time() - age))
    await upkeep.forget_expired(world.ws)
    assert young.exists() and not old.exists()


async def consulted(world: World, months: int, *, then: int = 0) -> Head:
    """A line for each of so many months, the clock half a month after the last; the head.

    `then` more lines follow, one every ten minutes.
    """
    for number in range(months + then):
        world.ws.trail.note(world.clock(), PersonId(number + 1), DocumentId(1), 1, TrailAct.READ)
        by = {"days": 30.4} if number < months else {"minutes": 10}
        world.clock.forward(**by)
    await world.ws.trail.flush()
    return await upkeep.trail_head(world.ws)


async def people_in_trail(world: World) -> list[object]:
    """Whom the lines that are left name, in order."""
    return await world.values("SELECT person FROM access_log ORDER BY number")


async def purge(world: World) -> tuple[int, TrailFault | None]:
    """Purge until nothing is left to purge: how many lines, and the fault that stopped it."""
    count = 0
    while (purged := await upkeep.purge_trail(world.ws)).lines:
        count += purged.lines
    return count, purged.fault


@in_network
async def test_the_access_log_is_purged_after_its_months_and_the_rest_checks(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upkeep, "_PURGED_AT_ONCE", 2)
    fifth = await consulted(world, 5)
    head = await consulted(world, 12)
    assert world.ws.settings.access_log.keep_months == 12
    assert await purge(world) == (5, None)
    assert await people_in_trail(world) == list(range(1, 13))
    found = await upkeep.verify(world.ws, kept_head=head)
    assert (found.is_clean, found.trail_lines, found.trail_head) == (True, 12, str(head))
    assert found.kept_head is upkeep.Compared.FOUND
    # The last line purged is still known by its hash.
    assert (await upkeep.verify(world.ws, kept_head=fifth)).kept_head is upkeep.Compared.FOUND
    other = Head(5, "0" * 64)
    assert not (await upkeep.verify(world.ws, kept_head=other)).is_clean
    await consulted(world, 1)
    assert (await upkeep.verify(world.ws, kept_head=head)).kept_head is upkeep.Compared.FOUND
    assert await purge(world) == (1, None)
    world.clock.forward(days=800)
    assert await purge(world) == (12, None)
    found = await upkeep.verify(world.ws, kept_head=head)
    assert found.is_clean and found.kept_head is upkeep.Compared.PURGED
    new = await consulted(world, 1)
    assert new.number == 19 and (await upkeep.verify(world.ws, kept_head=new)).is_clean
    await world.change("DELETE FROM access_log")
    (fault,) = (await upkeep.verify(world.ws)).trail_faults
    assert fault == TrailFault(19, TrailFaultKind.CUT)


@in_network
async def test_a_change_in_what_is_kept_is_found_before_and_after_a_purge(world: World) -> None:
    await consulted(world, 16)
    await world.change("UPDATE access_log SET person = 99 WHERE number = 9")
    fault = TrailFault(9, TrailFaultKind.ALTERED)
    assert (await upkeep.verify(world.ws)).trail_faults == [fault]
    assert await purge(world) == (4, None)
    found = await upkeep.verify(world.ws)
    assert found.trail_faults == [fault] and not found.is_clean
    await world.change("UPDATE access_log SET person = 9 WHERE number = 9")
    assert (await upkeep.verify(world.ws)).is_clean
    for change, number, kind in (
        ("DELETE FROM access_log WHERE number = 5", 5, TrailFaultKind.REMOVED),
        ("UPDATE access_log_ends SET first_number = 6", 6, TrailFaultKind.INSERTED),
        ("UPDATE access_log_ends SET first_number = 5", 6, TrailFaultKind.ALTERED),
    ):
        await world.change(change)
        found = await upkeep.verify(world.ws)
        assert found.trail_faults == [TrailFault(number, kind)]


@in_network
async def test_a_line_that_was_changed_is_not_cleared_away_by_the_purge(world: World) -> None:
    await consulted(world, 16)
    await world.change("UPDATE access_log SET person = 99 WHERE number = 3")
    fault = TrailFault(3, TrailFaultKind.ALTERED)
    assert await purge(world) == (2, fault)
    assert await purge(world) == (0, fault)
    assert (await upkeep.verify(world.ws)).trail_faults == [fault]
    await world.change("UPDATE access_log SET person = 3 WHERE number = 3")
    assert await purge(world) == (2, None)
    # Lines that were only made to look old are not ours to remove.
    await world.change("UPDATE access_log SET at = 0 WHERE number < 9")
    assert await purge(world) == (0, TrailFault(5, TrailFaultKind.ALTERED))


@in_network
async def test_the_purge_follows_the_numbers_when_the_clock_was_wrong(world: World) -> None:
    world.clock.forward(days=400)
    await consulted(world, 0, then=1)
    world.clock.forward(days=-400)
    await consulted(world, 2)
    world.clock.forward(days=370)
    assert await purge(world) == (0, None), "the first line is not old yet"
    world.clock.forward(days=400)
    assert await purge(world) == (3, None)


@in_network
async def test_a_chain_written_anew_is_found_by_a_head_kept_elsewhere(world: World) -> None:
    early = await consulted(world, 3)
    late = await consulted(world, 3)
    rows = await world.ws.db.read(
        lambda tx: tx.rows(
            "SELECT number, at, person, document, version, act FROM access_log ORDER BY number"
        )
    )
    previous = ""
    for number, at, person, *rest in rows:
        forged = (at, 99 if number == 5 else person, *rest)
        previous = trail.chained(previous, number, forged)
        await world.change(
            "UPDATE access_log SET person = :person, hash = :hash WHERE number = :number",
            person=forged[1], hash=previous, number=number,
        )  # fmt: skip
    await world.change("UPDATE access_log_ends SET last_hash = :hash", hash=previous)
    assert (await upkeep.verify(world.ws)).is_clean
    assert (await upkeep.verify(world.ws, kept_head=early)).is_clean
    for head in (late, Head(7, "0" * 64), Head(3, "0" * 64)):
        found = await upkeep.verify(world.ws, kept_head=head)
        assert found.trail_faults == [TrailFault(head.number, TrailFaultKind.REWRITTEN)]
        assert found.kept_head is upkeep.Compared.DIFFERS and not found.is_clean


@pytest.mark.parametrize(
    ("moment", "months", "expected"),
    [
        ("2026-03-12", 12, "2025-03-12"),
        ("2026-03-31", 1, "2026-02-28"),
        ("2024-03-31", 1, "2024-02-29"),
        ("2024-02-29", 12, "2023-02-28"),
        ("2026-01-15", 1, "2025-12-15"),
        ("2026-12-15", 12, "2025-12-15"),
        ("2026-12-31", 120, "2016-12-31"),
    ],
)
def test_months_are_those_of_the_calendar(moment: str, months: int, expected: str) -> None:
    found = upkeep.months_before(datetime.fromisoformat(moment), months)
    assert found == datetime.fromisoformat(expected)
