"""Files dropped on the disk become deposits, whatever is dropped, and nothing is ever lost."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import sqlite3
from functools import partial

import pytest

from atelier.errors import Fault
from atelier.model.folders import Role
from atelier.worker import runner
from atelier.worker.changes import Changes
from atelier.workspace import documents, inbox, locks, quotas, sharing, trash
from tests.builders import World, in_network
from tests.counts import times
from tests.faults import FaultPlan, each_failure
from tests.worker.dropping import Dropping, dropping, just_before


@in_network
async def test_a_file_is_deposited_once_it_has_not_changed_for_a_while_and_then_put_away(world):
    one = await dropping(world)
    scan = one.drop("scan.pdf", b"%PDF-1")
    await one.served.look()
    world.clock.forward(seconds=4)
    await one.served.look()
    assert await one.listed() == []
    scan.write_bytes(b"%PDF-1 et la suite")  # it grows
    await one.served.look()
    world.clock.forward(seconds=4)
    await one.served.look()
    assert await one.listed() == [] and one.on_disk() == ["scan.pdf"]
    world.clock.forward(seconds=1)
    await one.served.look()
    assert await one.listed() == ["scan.pdf"]
    assert one.on_disk() == ["done/scan.pdf"]
    [came] = await one.arrivals()
    assert (came.path, came.outcome, came.size_bytes, came.version) == ("scan.pdf", "added", 18, 1)
    look = await documents.look(world.ws, one.awa, came.document_id)
    assert (look.document.current.author, look.document.current.organisation) == ("Awa", "Mairie")
    assert look.document.current.comment == "inbox/scanner"
    assert (one.place / "done" / "scan.pdf").read_bytes() == b"%PDF-1 et la suite"


@in_network
async def test_sub_folders_are_kept_on_both_sides(world):
    one = await dropping(world)
    one.drop("2026/mars/a.txt")
    one.drop("2026/b.txt")
    await one.settle()
    assert one.on_disk() == ["done/2026/b.txt", "done/2026/mars/a.txt"]
    assert await one.listed() == ["2026/"]
    one.drop("2026/mars/c.txt")
    await one.settle()
    assert one.on_disk()[-1] == "done/2026/mars/c.txt"
    assert await one.told() == [
        ("2026/b.txt", "added", ""), ("2026/mars/a.txt", "added", ""),
        ("2026/mars/c.txt", "added", ""),
    ]  # fmt: skip


@in_network
async def test_the_same_name_is_a_new_version_and_the_same_bytes_add_nothing(world):
    one = await dropping(world)
    for content in (b"un", b"deux", b"deux"):
        one.drop("note.txt", content)
        await one.settle()
    assert [came.outcome for came in await one.arrivals()] == ["added", "revised", "unchanged"]
    assert await one.versions("note.txt") == 2
    assert one.on_disk() == ["done/note (2).txt", "done/note (3).txt", "done/note.txt"]
    assert (one.place / "done" / "note (2).txt").read_bytes() == b"deux"


@in_network
async def test_what_cannot_be_a_document_goes_to_refused_with_the_reason_beside_it(world):
    one = await dropping(world)
    await one.settle()
    await world.folder("Numérisations/2026")
    one.drop("a\\b.txt")
    one.drop("lot/deux\nlignes.txt")
    one.drop("2026")
    (one.place / os.fsdecode(b"caf\xe9.txt")).write_bytes(b"latin")
    await one.settle()
    reasons = {path: reason for path, _, reason in await one.told()}
    assert reasons == {
        "2026": "name_taken", "a\\b.txt": "bad_name", "caf\\udce9.txt": "bad_name",
        "lot/deux\nlignes.txt": "bad_name",
    }  # fmt: skip
    assert len(one.on_disk()) == 8 and all(path.startswith("refused/") for path in one.on_disk())
    odd = one.place / "refused" / os.fsdecode(b"caf\xe9.txt.txt")
    assert odd.read_text("utf-8").startswith("caf?.txt\n")
    said = (one.place / "refused" / "2026.txt").read_text("utf-8")
    assert "Un dossier porte déjà ce nom" in said and "Rien n’est perdu" in said
    assert (one.place / "refused" / "lot" / "deux\nlignes.txt").read_bytes() == b"Bonjour."


@in_network
async def test_a_file_over_the_limit_is_refused_before_its_bytes(world):
    one = await dropping(world)
    with (one.place / "film.mp4").open("wb") as big:
        big.truncate(world.ws.settings.limits.max_deposit_bytes + 1)
    await one.settle()
    assert await one.told() == [("film.mp4", "refused", "too_large")]
    assert one.on_disk() == ["refused/film.mp4", "refused/film.mp4.txt"]


@in_network
async def test_who_may_no_longer_deposit_leaves_everything_in_place_until_she_may(world):
    one = await dropping(world)
    for name in ("a.txt", "b.txt"):
        one.drop(name)
    found = await sharing.look(world.ws, world.steward, one.folder)
    given = next(grant.id for grant in found.grants if grant.subject.name == "Awa")
    await sharing.withdraw(world.ws, world.steward, one.folder, given)
    await one.settle()
    one.restart()
    world.clock.forward(minutes=2)
    await one.settle()
    assert await one.told() == [("", "left", "not_allowed")]
    assert one.on_disk() == ["a.txt", "b.txt", "refused/scanner.txt"]
    assert "ne peut plus y déposer" in (one.place / "refused" / "scanner.txt").read_text("utf-8")
    await world.grant(one.folder, one.awa, Role.CONTRIBUTOR)
    world.clock.forward(minutes=2)
    await one.settle()
    assert await one.listed() == ["a.txt", "b.txt"]


@in_network
async def test_nothing_is_deposited_for_an_account_that_is_closed_or_a_folder_in_the_trash(world):
    one = await dropping(world)
    one.drop("a.txt")
    await trash.remove_folder(world.ws, world.steward, one.folder)
    await one.settle()
    assert one.on_disk() == ["a.txt", "refused/scanner.txt"]
    await trash.restore_folder(world.ws, world.steward, None, one.folder)
    await world.disable(one.awa.person_id)
    world.clock.forward(minutes=2)
    await one.settle()
    assert await one.listed() == [] and "a.txt" in one.on_disk()


@in_network
async def test_a_right_lost_while_the_bytes_come_leaves_the_file_and_no_document(world):
    one = await dropping(world)
    one.drop("a.txt", b"x" * 10)
    await one.served.look()
    world.clock.forward(seconds=6)
    disable = partial(_beside, world, "UPDATE people SET disabled_at = 1 WHERE name = 'Awa'")
    world.seam.behaviour = just_before("read", "a.txt", disable)
    await one.served.look()
    assert await one.listed() == []
    assert await one.told() == [("", "left", "not_allowed")] and "a.txt" in one.on_disk()


@in_network
async def test_what_is_paused_while_a_file_is_read_takes_it_no_more(world):
    one = await dropping(world)
    one.drop("a.txt")
    await one.served.look()
    world.clock.forward(seconds=6)
    pause = partial(_beside, world, "UPDATE drop_folders SET is_paused = 1")
    world.seam.behaviour = just_before("read", "a.txt", pause)
    await one.served.look()
    await one.settle()
    assert await one.listed() == [] and await one.told() == [] and one.on_disk() == ["a.txt"]
    await inbox.resume(world.ws, one.awa, one.folder, one.number)
    await one.settle()
    assert await one.listed() == ["a.txt"]


@in_network
async def test_at_rest_nothing_is_taken_and_once_unbound_nothing_is_looked_at(world):
    one = await dropping(world)
    await inbox.pause(world.ws, one.awa, one.folder, one.number)
    one.drop("a.txt")
    await one.settle()
    assert one.on_disk() == ["a.txt"] and await one.told() == []
    await inbox.resume(world.ws, one.awa, one.folder, one.number)
    await one.settle()
    assert one.on_disk() == ["done/a.txt"]
    await inbox.unbind(world.ws, one.awa, one.folder, one.number)
    one.drop("b.txt")
    await one.settle()
    assert one.on_disk() == ["b.txt", "done/a.txt"] and await one.listed() == ["a.txt"]


@in_network
async def test_a_document_that_somebody_is_editing_gets_its_version_when_it_is_free(world):
    one = await dropping(world)
    done = await world.deposit(world.steward, one.folder, "note.txt", b"un")
    await locks.take(world.ws, world.steward, done.document_id)
    one.drop("note.txt", b"deux")
    one.drop("autre.txt")
    await one.settle()
    assert await one.told() == [("autre.txt", "added", ""), ("note.txt", "left", "locked")]
    await locks.release(world.ws, world.steward, done.document_id)
    world.clock.forward(minutes=2)
    await one.settle()
    assert await one.versions("note.txt") == 2
    assert one.on_disk() == ["done/autre.txt", "done/note.txt"]


@in_network
async def test_a_full_quota_keeps_out_what_is_too_big_and_lets_the_rest_in(world):
    one = await dropping(world)
    await quotas.limit_folder(world.ws, world.steward, one.folder, 1_000)
    one.drop("a gros.txt", b"x" * 2_000)
    one.drop("b petit.txt", b"x" * 200)
    await one.settle()
    assert await one.told() == [
        ("a gros.txt", "left", "quota_full"), ("b petit.txt", "added", ""),
    ]  # fmt: skip
    await quotas.limit_folder(world.ws, world.steward, one.folder, 1_000_000)
    world.clock.forward(minutes=2)
    await one.settle()
    assert await one.listed() == ["a gros.txt", "b petit.txt"]


@in_network
async def test_a_disk_that_is_full_stops_everything_and_it_goes_on_by_itself(world):
    one = await dropping(world)
    for number in range(3):
        one.drop(f"{number}.txt", b"%d" % number)
    await one.served.look()
    world.clock.forward(seconds=6)
    plan = FaultPlan(0, errno.ENOSPC, only="create", for_good=True)
    world.seam.behaviour = plan
    await one.served.look()
    assert await one.listed() == [] and len(one.on_disk()) == 3
    plan.heal()
    world.clock.forward(minutes=2)
    await one.settle()
    assert await one.listed() == ["0.txt", "1.txt", "2.txt"]
    assert [reason for _, _, reason in await one.told()] == ["no_room", "", "", ""]


@pytest.mark.parametrize("error", [errno.EIO, errno.ENOSPC])
@in_network
async def test_a_kill_at_any_step_loses_nothing_and_deposits_nothing_twice(world, error):
    one = await dropping(world)
    for number, plan in enumerate(each_failure(error)):
        name = f"{number}.txt"
        one.drop(f"lot/{name}", b"contenu %d" % number)
        await one.served.look()
        world.clock.forward(seconds=6)
        world.seam.behaviour = plan
        await _until_it_stops(one)
        plan.heal()
        one.restart()
        world.clock.forward(minutes=2)
        await one.settle()
        assert f"done/lot/{name}" in one.on_disk(), plan.failed
        kept = (one.place / "done" / "lot" / name).read_bytes()
        assert kept == b"contenu %d" % number, plan.failed
    assert number > 10
    below = await world.values("SELECT id FROM folders WHERE name = 'lot'")
    assert await one.listed(below[0]) == sorted(f"{each}.txt" for each in range(number + 1))
    assert set(await world.values("SELECT version FROM documents")) == {1}


@in_network
async def test_a_kill_between_the_deposit_and_the_move_adds_nothing(world):
    one = await dropping(world)
    one.drop("a.txt")
    await one.served.look()
    world.clock.forward(seconds=6)
    plan = FaultPlan(0, only="rename", for_good=True)
    world.seam.behaviour = lambda operation, path: (
        plan(operation, path) if "inbox" in path.parts else None
    )
    await one.served.look()
    assert await one.listed() == ["a.txt"] and "a.txt" in one.on_disk()
    plan.heal()
    one.restart()
    await one.settle()
    assert await one.versions("a.txt") == 1 and "done/a.txt" in one.on_disk()
    assert [came.outcome for came in await one.arrivals()] == ["added", "left", "unchanged"]


@in_network
async def test_what_cannot_be_moved_is_deposited_once_and_moved_when_it_can_be(world):
    one = await dropping(world)
    one.drop("a.txt")
    await one.served.look()
    world.clock.forward(seconds=6)
    plan = FaultPlan(0, only="rename", for_good=True)
    world.seam.behaviour = lambda operation, path: (
        plan(operation, path) if "inbox" in path.parts else None
    )
    for _ in range(3):
        await one.settle(seconds=90)
    plan.heal()
    await one.settle(seconds=90)
    await one.settle()
    assert await one.told() == [("a.txt", "added", ""), ("a.txt", "left", "fixed")]
    assert "done/a.txt" in one.on_disk() and "a.txt" not in one.on_disk()


@in_network
async def test_many_files_at_once_all_come_and_a_restart_in_between_repeats_none(world):
    one = await dropping(world)
    count = times(300, 5_000)
    for number in range(count):
        one.drop(f"lot {number % 7}/{number:05}.txt", b"numero %d" % number)
    await one.served.look()
    world.clock.forward(seconds=6)
    assert await one.served.look()  # the first hundred
    one.restart()
    await one.settle()
    assert len(one.on_disk()) == count
    assert all(path.startswith("done/lot ") for path in one.on_disk())
    assert await world.values("SELECT COUNT(*) FROM documents") == [count]
    assert await world.values("SELECT outcome FROM drop_arrivals GROUP BY outcome") == ["added"]


@in_network
async def test_two_drop_folders_take_turns(world):
    one = await dropping(world)
    other = await world.folder("Autre")
    await inbox.bind(world.ws, world.steward, other, "partage")
    await one.served.look()
    for number in range(150):
        one.drop(f"{number}.txt", b"%d" % number)
    (world.data / "inbox" / "partage" / "urgent.txt").write_bytes(b"vite")
    await one.served.look()
    world.clock.forward(seconds=6)
    assert await one.served.look()
    assert await one.listed(other) == ["urgent.txt"]
    assert len(await one.listed()) == 100


@in_network
async def test_the_worker_takes_what_comes_as_the_disk_tells_it(world: World):
    one = await dropping(world)
    await one.settle()
    changes = Changes()
    assert not await changes.wait((one.place,), 0.2)  # it watches from now on
    one.drop("a.txt")
    assert await changes.wait((one.place,), 30)
    await changes.close()
    assert not await changes.wait((one.place / "absent",), 0.01)
    await changes.close()
    await one.served.look()
    world.clock.forward(seconds=6)
    await one.served.turn(world.ws)
    assert await one.listed() == ["a.txt"]
    await one.served.close()
    assert await runner.do_next(world.ws)


@in_network
async def test_a_name_that_breaks_the_watch_stops_nothing_and_it_is_begun_anew(
    world: World, caplog
):
    one = await dropping(world)
    await one.settle()
    changes = Changes(again_after=0.1)
    assert not await changes.wait((one.place,), 0.1)  # it watches from now on
    bad = one.place / os.fsdecode(b"lat\xe9.txt")
    for again in (1, 2):
        bad.write_bytes(b"latin")
        assert await _hears(changes, one)
        assert "are not watched" in caplog.text
        await _quiet(changes, one)  # one wait by the clock, and it watches anew
        one.drop(f"bien{again}.txt")
        assert await _hears(changes, one)
        await one.settle()  # away with the bad one, which breaks the watch once more
        assert await _hears(changes, one)
        await _quiet(changes, one)
    await changes.close()
    assert await one.listed() == ["bien1.txt", "bien2.txt"] and not bad.exists()
    assert [reason for _, outcome, reason in await one.told() if outcome == "refused"] == [
        "bad_name", "bad_name",
    ]  # fmt: skip


@in_network
async def test_a_wait_that_was_cancelled_leaves_a_watch_that_can_be_begun(world: World):
    one = await dropping(world)
    changes = Changes()
    assert not await changes.wait((one.place,), 0.1)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0):
            await changes.wait((one.place,), 0.1)
    assert await changes.wait((one.place,), 0.1)  # whatever came meanwhile is to be looked for
    assert not await changes.wait((one.place,), 0.1)
    one.drop("a.txt")
    assert await _hears(changes, one)
    await changes.close()


async def _quiet(changes: Changes, one: Dropping) -> None:
    """Wait until nothing was told twice in turn."""
    while await changes.wait((one.place,), 0.1) or await changes.wait((one.place,), 0.1):
        pass


async def _hears(changes: Changes, one: Dropping) -> bool:
    """Whether a change is told within as many waits as a slow computer may need."""
    for _ in range(100):
        if await changes.wait((one.place,), 0.1):
            return True
    return False


def _beside(world: World, sql: str) -> None:
    """Change the records from another process, as it were."""
    with contextlib.closing(sqlite3.connect(world.data / "atelier.sqlite3")) as beside:
        beside.execute(sql)
        beside.commit()


async def _until_it_stops(one: Dropping) -> None:
    """Look on this disk; what the runner would log ends this process instead."""
    with contextlib.suppress(Fault):
        await one.served.look()
