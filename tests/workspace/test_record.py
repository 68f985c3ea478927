"""Minutes as a paper: all that was said, deposited, approved, locked, opened again."""

from __future__ import annotations

import asyncio
import dataclasses
from datetime import date, time
from pathlib import Path

import pytest

from atelier.errors import (
    AlreadySo,
    Forbidden,
    Invalid,
    Locked,
    MeetingChanged,
    MinutesApproved,
    NotFound,
    QuotaFull,
)
from atelier.model.agenda import Line
from atelier.model.folders import Role
from atelier.model.ids import DocumentId, MeetingId
from atelier.model.meetings import MeetingState, Way
from atelier.model.minutes import Ruling, Task
from atelier.model.prose import Block, Sheet, Table
from atelier.model.record import PaperKind
from atelier.workspace import (
    agenda,
    decided,
    documents,
    folders,
    locks,
    meetings,
    papers_pinned,
    quotas,
    record,
    trash,
)
from tests.builders import World, in_network, network
from tests.recordings import DAY, PapersHere, content, held, here, seen, words_of_odt, words_of_pdf

_SAID = (
    "Compte rendu – Comité de l’été", "Atelier d'essai", "mardi 10 mars 2026, de 14:00 à 16:00",
    "Salle Œuvre", "Présents (1)", "Zoé Hors-Réseau", "CPTS du Bocage", "Représentés (1)",
    "Paul Noël (par Zoé Hors-Réseau)", "Excusés (1)", "Inès Haÿ", "1. Bilan à mi-année",
    "Présenté par Awa Diallo", "Échanges", "Le bilan est bon.", "2. Divers",
    "Rien n’a été noté sur ce point.", "Décision 1. Le budget est adopté.",
    "vote, 7 pour, 2 contre, abstentions : 1", "10 mars 2026", "Action 1. Écrire à la préfecture",
    "— à faire par Zoé Hors-Réseau, pour le 1er mai 2026",
)  # fmt: skip


async def _held(world: World) -> MeetingId:
    return await held(world.ws, world.steward, await world.folder("Réunions"))


async def _filed(world: World, meeting: MeetingId) -> dict[PaperKind, DocumentId]:
    there = await record.filed(world.ws, world.steward, meeting)
    return {one.kind: one.document_id for one in there}


async def _state(world: World, meeting: MeetingId) -> int:
    return (await seen(world, meeting)).state_number


@pytest.mark.libreoffice
def test_both_papers_say_all_that_was_said_and_decided(tmp_path: Path) -> None:
    async def told() -> tuple[bytes, bytes]:
        async with network(tmp_path / "network") as world:
            meeting = await _held(world)
            await record.deposit(world.ws, world.steward, meeting)
            filed = await _filed(world, meeting)
            papers = [await content(world, filed[kind], 1) for kind in PaperKind]
            return papers[0], papers[1]

    odt, pdf = asyncio.run(told())
    read = {"odt": words_of_odt(odt, tmp_path), "pdf": words_of_pdf(pdf)}
    for kind, words in read.items():
        text = words.replace("\xa0", " ")
        missing = [said for said in (*_SAID, "pas encore approuvé") if said not in text]
        assert not missing, (kind, missing, text)


@in_network
async def test_minutes_deposited_again_revise_the_same_documents(world: World) -> None:
    ws, meeting = here(world.ws), await _held(world)
    first = await record.deposit(ws, world.steward, meeting)
    assert [one.name for one in first] == [
        "Compte rendu – Comité de l’été.odt", "Compte rendu – Comité de l’été.pdf",
    ]  # fmt: skip
    again = await record.deposit(ws, world.steward, meeting)
    assert [(one.document_id, one.version, one.is_new_version) for one in again] == [
        (one.document_id, 1, False) for one in first
    ]
    await agenda.add(world.ws, world.steward, meeting, Line("Ajout"))
    third = await record.deposit(ws, world.steward, meeting)
    assert [(one.document_id, one.version) for one in third] == [
        (one.document_id, 2) for one in first
    ]
    told = await world.values("SELECT verb FROM journal ORDER BY id")
    assert told.count("minutes_deposited") == 2


@in_network
async def test_a_paper_that_left_the_dossier_is_deposited_anew_beside_what_has_its_name(
    world: World,
) -> None:
    ws, meeting = here(world.ws), await _held(world)
    dossier = (await meetings.look(world.ws, world.steward, meeting)).folder.id
    name = "Compte rendu – Comité de l’été.odt"
    other = await world.deposit(world.steward, dossier, name, b"d'une autre main")
    first = await record.deposit(ws, world.steward, meeting)
    assert first[0].name == "Compte rendu – Comité de l’été (2).odt"
    assert await content(world, other.document_id, 1) == b"d'une autre main"
    await trash.remove_document(world.ws, world.steward, first[0].document_id)
    elsewhere = await world.folder("Ailleurs")
    await documents.move(world.ws, world.steward, first[1].document_id, elsewhere)
    again = await record.deposit(ws, world.steward, meeting)
    assert all(one.is_new_document for one in again)


@in_network
async def test_approved_minutes_change_no_more_until_they_are_opened_again(world: World) -> None:
    ws, marie, meeting = here(world.ws), world.steward, await _held(world)
    edition = await record.approve(ws, marie, meeting, expected=await _state(world, meeting))
    there = await seen(world, meeting)
    assert (edition, there.edition, there.is_locked, there.approved_by) == (1, 1, True, marie.name)
    filed = await _filed(world, meeting)
    approved = words_of_pdf(await content(world, filed[PaperKind.PDF], 1))
    assert f"Édition 1, approuvée le 12 mars 2026 par {marie.name}." in approved
    item, number = there.items[0], there.state_number
    ruling = Ruling("Autre", Way.CONSENSUS, DAY)
    for refused in (
        agenda.add(ws, marie, meeting, Line("Trop tard")),
        decided.decide(ws, marie, meeting, item.id, ruling),
        record.deposit(ws, marie, meeting),
        record.approve(ws, marie, meeting, expected=number),
    ):
        with pytest.raises(MinutesApproved):
            await refused
    assert (await seen(world, meeting)).items == there.items
    await record.reopen(ws, marie, meeting, expected=number)
    open_again = await seen(world, meeting)
    assert (open_again.row.state, open_again.edition) == (MeetingState.HELD, 1)
    await decided.decide(ws, marie, meeting, item.id, ruling)
    assert await record.approve(ws, marie, meeting, expected=await _state(world, meeting)) == 2
    assert await _filed(world, meeting) == filed
    assert [one.newest for one in await record.filed(ws, marie, meeting)] == [2, 2]
    assert words_of_pdf(await content(world, filed[PaperKind.PDF], 1)) == approved
    assert "Édition 2" in words_of_pdf(await content(world, filed[PaperKind.PDF], 2))


@in_network
async def test_only_what_is_approved_is_opened_again_and_only_what_was_held_is_approved(
    world: World,
) -> None:
    ws, marie, meeting = here(world.ws), world.steward, await _held(world)
    number = await _state(world, meeting)
    with pytest.raises(AlreadySo, match="not_approved"):
        await record.reopen(ws, marie, meeting, expected=number)
    with pytest.raises(MeetingChanged):
        await record.approve(ws, marie, meeting, expected=number - 1)
    await world.change("UPDATE meetings SET state = 'convened'")
    with pytest.raises(Invalid) as refused:
        await record.approve(ws, marie, meeting, expected=number)
    assert (refused.value.field, refused.value.fault) == ("state", "not_held")
    assert await record.filed(ws, marie, meeting) == []


class _Meanwhile(PapersHere):
    """Papers during whose writing somebody does something."""

    def __init__(self, world: World, sql: str) -> None:
        self._world, self._sql = world, sql

    async def write(self, sheet: Sheet, kind: PaperKind) -> bytes:
        """The file, once it was done."""
        await self._world.change(self._sql)
        return await super().write(sheet, kind)


@in_network
async def test_what_changed_while_the_papers_were_written_is_not_approved(world: World) -> None:
    marie, meeting = world.steward, await _held(world)
    number = await _state(world, meeting)
    # A text has a state of its own: the meeting's number need not tell it.
    papers = _Meanwhile(world, "UPDATE agenda_items SET text = 'Autre' WHERE id = 1")
    ws = dataclasses.replace(world.ws, papers=papers)
    with pytest.raises(MeetingChanged):
        await record.approve(ws, marie, meeting, expected=number)
    there = await seen(world, meeting)
    assert (there.row.state, there.edition) == (MeetingState.HELD, 0)
    assert await record.approve(here(world.ws), marie, meeting, expected=number) == 1


@in_network
async def test_a_crash_in_the_approval_leaves_nothing_of_it_in_the_dossier(world: World) -> None:
    ws, marie, meeting = here(world.ws), world.steward, await _held(world)
    number = await _state(world, meeting)
    # One transaction writes both papers and the state.
    for crash in (
        "BEFORE INSERT ON documents WHEN NEW.name LIKE '%.pdf'",
        "BEFORE UPDATE OF pdf_id ON meetings",
        "BEFORE UPDATE OF state ON meetings WHEN NEW.state = 'approved'",
        "BEFORE INSERT ON journal WHEN NEW.verb = 'minutes_approved'",
    ):
        await world.change(f"CREATE TRIGGER crash {crash} BEGIN SELECT RAISE(ABORT, 'crash'); END")
        with pytest.raises(Exception, match="crash"):
            await record.approve(ws, marie, meeting, expected=number)
        await world.change("DROP TRIGGER crash")
        there = await seen(world, meeting)
        assert (there.row.state, there.edition, there.approved_at) == (MeetingState.HELD, 0, None)
        assert await record.filed(ws, marie, meeting) == []
        assert await world.values("SELECT number FROM versions") == []
    assert await record.approve(ws, marie, meeting, expected=number) == 1
    assert [one.newest for one in await record.filed(ws, marie, meeting)] == [1, 1]


@in_network
async def test_the_page_tells_when_an_approved_paper_was_replaced_by_hand(world: World) -> None:
    ws, marie, meeting = here(world.ws), world.steward, await _held(world)
    await record.approve(ws, marie, meeting, expected=await _state(world, meeting))
    odt, pdf = await record.filed(ws, marie, meeting)
    await world.revise(marie, odt.document_id, b"corrige a la main")
    odt, pdf = await record.filed(ws, marie, meeting)
    assert (odt.version, odt.newest, odt.was_changed, pdf.was_changed) == (1, 2, True, False)
    await trash.remove_document(ws, marie, pdf.document_id)
    assert [one.kind for one in await record.filed(ws, marie, meeting)] == [PaperKind.ODT]


@in_network
async def test_papers_know_the_name_under_which_they_were_filed(world: World) -> None:
    ws, marie, meeting = here(world.ws), world.steward, await _held(world)
    await record.deposit(ws, marie, meeting)
    odt, pdf = await record.filed(ws, marie, meeting)
    assert (odt.filed_as, odt.was_renamed, pdf.was_renamed) == (odt.name, False, False)
    await documents.rename(ws, marie, odt.document_id, "Autre nom.odt")
    now, pdf = await record.filed(ws, marie, meeting)
    assert (now.name, now.filed_as) == ("Autre nom.odt", odt.name)
    assert (now.was_renamed, now.was_changed, pdf.was_renamed) == (True, False, False)
    # Approved under the new name, it is filed under that one.
    await record.approve(ws, marie, meeting, expected=await _state(world, meeting))
    now, _ = await record.filed(ws, marie, meeting)
    assert (now.version, now.filed_as, now.was_renamed) == (2, "Autre nom.odt", False)
    await documents.rename(ws, marie, odt.document_id, odt.name)
    assert (await record.filed(ws, marie, meeting))[0].was_renamed
    await world.change("DELETE FROM journal WHERE document_id = :odt", odt=odt.document_id)
    now, _ = await record.filed(ws, marie, meeting)
    assert (now.filed_as, now.was_renamed) == ("", False), "of what nobody knows nothing is said"


@in_network
async def test_readers_read_and_coordinators_alone_deposit_and_approve(world: World) -> None:
    ws, folder = here(world.ws), await world.folder("Réunions")
    meeting = await held(world.ws, world.steward, folder)
    bo, cy = await world.person("Bo", of="CPTS"), await world.person("Cy", of="SSR")
    await world.grant(folder, bo, Role.CONTRIBUTOR)
    number = await _state(world, meeting)
    sheets = [(await record.assemble(ws, who, meeting)).sheet for who in (bo, world.steward)]
    assert sheets[0] == sheets[1]
    assert await record.filed(ws, bo, meeting) == []
    for who, refusal in ((bo, Forbidden), (cy, NotFound)):
        for act in (
            record.preview(ws, who, meeting, PaperKind.PDF),
            record.deposit(ws, who, meeting),
            record.approve(ws, who, meeting, expected=number),
            record.reopen(ws, who, meeting, expected=number),
        ):
            with pytest.raises(refusal):
                await act
    for reading in (record.assemble, record.filed):
        for who, which in ((cy, meeting), (bo, MeetingId(999))):
            with pytest.raises(NotFound) as never:
                await reading(ws, who, which)
            assert never.value.kind == "meeting"
    assert await record.filed(ws, world.steward, meeting) == []
    name, given = await record.preview(ws, world.steward, meeting, PaperKind.PDF)
    assert name.endswith(".pdf") and given.startswith(b"%PDF")
    assert await record.filed(ws, world.steward, meeting) == []


@in_network
async def test_a_paper_that_not_all_may_read_is_not_named(world: World) -> None:
    ws, folder = here(world.ws), await world.folder("Réunions")
    meeting = await held(world.ws, world.steward, folder)
    bo = await world.person("Bo", of="CPTS")
    await world.grant(folder, bo)
    closed = await world.folder("Bureau", closed=True)
    secret = await world.deposit(world.steward, closed, "Salaires.txt", b"secret")
    dossier = (await meetings.look(ws, world.steward, meeting)).folder.id
    common = await world.deposit(world.steward, dossier, "Bilan commun.txt", b"commun")
    item = (await seen(world, meeting)).items[0].id
    for document in (secret.document_id, common.document_id):
        await papers_pinned.pin(ws, world.steward, meeting, item, document)
    found = await record.assemble(ws, world.steward, meeting)
    assert found.sheet == (await record.assemble(ws, bo, meeting)).sheet
    tables = [block for block in found.sheet.blocks if isinstance(block, Table)]
    names = [row[1] for row in tables[-1].rows]
    assert names == ["document réservé", "Bilan commun.txt"]
    assert tables[-1].head[-1] == "Empreinte SHA-256"
    use = found.sheet.blocks[-1]
    assert isinstance(use, Block) and "vérifier qu’un fichier" in use.runs[0].text
    reserved, shared = tables[-1].rows
    assert len(shared[3]) == 64
    # Its fingerprint would tell whoever holds a file that it is the one.
    assert reserved[2:] == ("–", "–")
    [sha256] = await world.values(
        "SELECT sha256 FROM versions WHERE document_id = :id", id=secret.document_id
    )
    assert str(sha256) not in repr(found.sheet)
    assert "Salaires" not in repr(found.sheet)


@in_network
async def test_a_lock_or_a_full_quota_refuses_and_approves_nothing(world: World) -> None:
    ws, marie, meeting = here(world.ws), world.steward, await _held(world)
    dossier = (await meetings.look(ws, marie, meeting)).folder.id
    await quotas.limit_folder(ws, marie, dossier, 1_000)
    number = await _state(world, meeting)
    with pytest.raises(QuotaFull):
        await record.approve(ws, marie, meeting, expected=number)
    await quotas.limit_folder(ws, marie, dossier, None)
    await record.deposit(ws, marie, meeting)
    bo = await world.person("Bo", of="CPTS")
    await world.grant(dossier, bo, Role.COORDINATOR)
    filed = await _filed(world, meeting)
    await locks.take(ws, bo, filed[PaperKind.ODT])
    with pytest.raises(Locked):
        await record.approve(ws, marie, meeting, expected=number)
    assert (await seen(world, meeting)).edition == 0


@in_network
async def test_what_a_name_may_not_hold_stays_out_of_it(world: World) -> None:
    ws, folder = here(world.ws), await world.folder("Réunions")
    meeting = await held(ws, world.steward, folder, "Budget 2026/2027 : " + "é" * 150)
    done = await record.deposit(ws, world.steward, meeting)
    assert all("/" not in one.name and len(one.name.encode()) <= 255 for one in done)
    await folders.rename(ws, world.steward, folder, "Autrement")
    assert not (await record.deposit(ws, world.steward, meeting))[0].is_new_version


@in_network
async def test_a_day_without_a_time_and_an_empty_meeting_have_minutes_too(world: World) -> None:
    ws, folder = here(world.ws), await world.folder("Réunions")
    draft = meetings.Draft("Vide", date(2026, 3, 1))
    meeting = await meetings.make(ws, world.steward, folder, draft)
    found = await record.assemble(ws, world.steward, meeting)
    assert found.sheet.subtitle.endswith("dimanche 1er mars 2026")
    assert "L’ordre du jour est vide." in repr(found.sheet)
    assert len(await record.deposit(ws, world.steward, meeting)) == 2


@in_network
async def test_what_nobody_said_is_left_out(world: World) -> None:
    ws, marie, folder = world.ws, world.steward, await world.folder("Réunions")
    draft = meetings.Draft("Point", date(2026, 3, 1), time(9, 5))
    meeting = await meetings.make(ws, marie, folder, draft)
    item = await agenda.add(ws, marie, meeting, Line("Suite"))
    await decided.give(ws, marie, meeting, item, Task("Relire"))
    await agenda.leave_over(ws, marie, meeting, item, is_left_over=True)
    sheet = (await record.assemble(ws, marie, meeting)).sheet
    assert sheet.subtitle.endswith("dimanche 1er mars 2026, 09:05")
    said = ["".join(run.text for run in one.runs) for one in sheet.blocks if isinstance(one, Block)]
    assert "Action 1. Relire" in said and "Reporté à une prochaine réunion" in said
    assert "Aucune décision n’est notée." in said and not any("Lieu" in one for one in said)
