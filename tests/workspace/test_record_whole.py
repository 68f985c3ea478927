"""Minutes come into the dossier with what they tell of themselves, or not at all."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import sqlite3
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import pytest

from atelier.database.engine import Unit
from atelier.errors import Locked, MeetingChanged, MinutesApproved, NotFound, QuotaFull
from atelier.model.folders import Role
from atelier.model.ids import FolderId, MeetingId
from atelier.model.meetings import MeetingState
from atelier.model.people import Actor
from atelier.model.prose import Sheet
from atelier.model.record import PaperKind
from atelier.workspace import locks, meetings, quotas, record, upkeep
from atelier.workspace.place import Workspace
from tests.builders import World, in_network
from tests.recordings import PapersHere, content, held, here, seen, words_of_pdf
from tests.snapshots import dump

T = TypeVar("T")
Act = Callable[[], Awaitable[object]]
Tables = list[tuple[str, list[Any]]]


def _tables(world: World) -> Tables:
    with contextlib.closing(sqlite3.connect(world.data / "atelier.sqlite3")) as eye:
        return dump(eye)


class _Before:
    """Records into which somebody writes something just before what is to be written."""

    def __init__(self, world: World, act: Act) -> None:
        self._world, self._act = world, act
        self.tables: Tables = []

    async def read(self, unit: Unit[T]) -> T:
        """As the records are."""
        return await self._world.ws.db.read(unit)

    async def write(self, unit: Unit[T]) -> T:
        """Once it was done."""
        await self._act()
        self.tables = _tables(self._world)
        return await self._world.ws.db.write(unit)


class _Filling(PapersHere):
    """Papers of which the dossier takes each, but not both."""

    def __init__(self, world: World, dossier: FolderId) -> None:
        self._world, self._dossier = world, dossier
        self._sizes: list[int] = []
        self.tables: Tables = []

    async def write(self, sheet: Sheet, kind: PaperKind) -> bytes:
        """The file."""
        written = await super().write(sheet, kind)
        self._sizes.append(len(written))
        if len(self._sizes) == len(PaperKind):
            most = sum(self._sizes) - 1
            await quotas.limit_folder(self._world.ws, self._world.steward, self._dossier, most)
            self.tables = _tables(self._world)
        return written


async def _place(world: World) -> tuple[MeetingId, FolderId, Actor]:
    """A meeting that was held, its dossier, and a contributor there."""
    meeting = await held(world.ws, world.steward, await world.folder("Réunions"))
    dossier = (await meetings.look(world.ws, world.steward, meeting)).folder.id
    bo = await world.person("Bo", of="CPTS")
    await world.grant(dossier, bo, Role.CONTRIBUTOR)
    return meeting, dossier, bo


async def _approve(ws: Workspace, actor: Actor, meeting: MeetingId) -> int:
    number = (await meetings.look(ws, actor, meeting)).meeting.state_number
    return await record.approve(ws, actor, meeting, expected=number)


async def _versions(world: World) -> list[object]:
    return await world.values("SELECT number FROM versions ORDER BY id")


@in_network
async def test_a_paper_that_somebody_locks_keeps_the_other_out_of_the_dossier_too(
    world: World,
) -> None:
    meeting, _, bo = await _place(world)
    ws, marie = here(world.ws), world.steward
    _, pdf = await record.deposit(ws, marie, meeting)
    await locks.take(ws, bo, pdf.document_id)
    before = _tables(world)
    with pytest.raises(Locked):
        await _approve(ws, marie, meeting)
    assert _tables(world) == before
    await locks.release(ws, bo, pdf.document_id)

    async def lock() -> None:
        await locks.take(world.ws, bo, pdf.document_id)

    db = _Before(world, lock)
    with pytest.raises(Locked) as refused:
        await _approve(dataclasses.replace(ws, db=db), marie, meeting)
    assert _tables(world) == db.tables and refused.value.aside is None
    assert await _versions(world) == [1, 1]
    await locks.release(ws, bo, pdf.document_id)
    assert await _approve(ws, marie, meeting) == 1
    assert await _versions(world) == [1, 1, 2, 2]
    assert "Édition 1" in words_of_pdf(await content(world, pdf.document_id, 2))


@in_network
async def test_a_quota_that_takes_one_paper_takes_none(world: World) -> None:
    meeting, dossier, _ = await _place(world)
    for verb in (record.deposit, _approve):
        papers = _Filling(world, dossier)
        with pytest.raises(QuotaFull):
            await verb(dataclasses.replace(world.ws, papers=papers), world.steward, meeting)
        assert papers.tables and _tables(world) == papers.tables
        await quotas.limit_folder(world.ws, world.steward, dossier, None)
    assert await _versions(world) == []
    assert await _approve(here(world.ws), world.steward, meeting) == 1


@in_network
async def test_a_meeting_that_changed_since_its_papers_were_written_leaves_none_of_them(
    world: World,
) -> None:
    meeting, _, _ = await _place(world)

    async def write() -> None:
        # A text has a state of its own: the meeting's number need not tell it.
        await world.change("UPDATE agenda_items SET text = text || ' Autre.' WHERE id = 1")

    db = _Before(world, write)
    for verb in (record.deposit, _approve):
        with pytest.raises(MeetingChanged):
            await verb(dataclasses.replace(here(world.ws), db=db), world.steward, meeting)
        assert _tables(world) == db.tables
    there = await seen(world, meeting)
    assert (there.row.state, there.edition, await _versions(world)) == (MeetingState.HELD, 0, [])


@in_network
async def test_a_paper_replaced_before_the_approval_is_written_is_not_approved(
    world: World,
) -> None:
    meeting, _, bo = await _place(world)
    odt, _ = await record.deposit(here(world.ws), world.steward, meeting)

    async def replace() -> None:
        await world.revise(bo, odt.document_id, os.urandom(8))

    db = _Before(world, replace)
    for verb in (record.deposit, _approve):
        with pytest.raises(MeetingChanged):
            await verb(dataclasses.replace(here(world.ws), db=db), world.steward, meeting)
        assert _tables(world) == db.tables
    assert await _approve(here(world.ws), world.steward, meeting) == 1


@in_network
async def test_what_was_approved_or_closed_to_her_meanwhile_gets_no_paper(world: World) -> None:
    meeting, dossier, _ = await _place(world)
    zoe = await world.person("Zoé", of="SSR")
    grant = await world.grant(dossier, zoe, Role.COORDINATOR)

    async def close() -> None:
        await world.change("DELETE FROM grants WHERE id = :id", id=grant)

    db = _Before(world, close)
    with pytest.raises(NotFound):
        await _approve(dataclasses.replace(here(world.ws), db=db), zoe, meeting)
    assert _tables(world) == db.tables

    async def approve() -> None:
        await _approve(here(world.ws), world.steward, meeting)

    db = _Before(world, approve)
    with pytest.raises(MinutesApproved):
        await record.deposit(dataclasses.replace(here(world.ws), db=db), world.steward, meeting)
    assert _tables(world) == db.tables
    assert await _versions(world) == [1, 1]


@in_network
async def test_a_name_taken_meanwhile_is_left_to_whoever_took_it(world: World) -> None:
    meeting, dossier, bo = await _place(world)
    name = "Compte rendu – Comité de l’été.pdf"

    async def take() -> None:
        await world.deposit(bo, dossier, name, b"d'une autre main")

    ws = dataclasses.replace(here(world.ws), db=_Before(world, take))
    done = await record.deposit(ws, world.steward, meeting)
    assert [one.name for one in done] == [
        "Compte rendu – Comité de l’été.odt", "Compte rendu – Comité de l’été (2).pdf",
    ]  # fmt: skip


@in_network
async def test_bytes_of_papers_that_were_refused_are_collected(world: World) -> None:
    meeting, dossier, _ = await _place(world)
    ws = dataclasses.replace(world.ws, papers=_Filling(world, dossier))
    with pytest.raises(QuotaFull):
        await _approve(ws, world.steward, meeting)
    blobs = list((world.data / "blobs").glob("*/*"))
    assert len(blobs) == len(PaperKind) and not list((world.data / "drafts").iterdir())
    for blob in blobs:
        os.utime(blob, (0, 0))
    await upkeep.collect(world.ws)
    assert not list((world.data / "blobs").glob("*/*"))
    assert (await upkeep.verify(world.ws, read_data=True)).is_clean
