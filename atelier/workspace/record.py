"""Minutes as a paper: assembled from a meeting, deposited in its dossier, approved, opened again.

What is deposited are ordinary documents, through the ordinary deposit: rights, quotas, journal
and versions are theirs. First both papers are written and their bytes made durable; then one
transaction asks everything again, and both stand in the dossier with the state that they tell,
or neither does.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from atelier.database import dossiers, folders, journal, recorded
from atelier.database import meetings as records
from atelier.database.engine import Transaction
from atelier.database.people import network
from atelier.errors import AlreadySo, Invalid, MeetingChanged
from atelier.model import names
from atelier.model.deposits import Taken, Target
from atelier.model.documents import Deposited
from atelier.model.folders import Action, Crumb, Folder
from atelier.model.ids import MeetingId
from atelier.model.journal import Verb
from atelier.model.meetings import Meeting, MeetingState
from atelier.model.people import Actor
from atelier.model.prose import Sheet
from atelier.model.record import Approval, Filed, PaperKind
from atelier.workspace import deposits
from atelier.workspace.meetings import check_open, enter, entered
from atelier.workspace.place import Workspace, today
from atelier.workspace.record_sheet import Around, sheet
from atelier.workspace.turns import in_turn

# What no name may hold.
_NO_NAME = re.compile(r"[/\\\x00-\x1f\x7f-\x9f]+")


@dataclass(frozen=True, slots=True)
class Material:
    """What minutes are made of; `filed` are those that stand in the dossier already."""

    meeting: Meeting
    folder: Folder
    crumbs: tuple[Crumb, ...]
    filed: tuple[Filed, ...]
    network: str


@dataclass(frozen=True, slots=True)
class Record:
    """The minutes of a meeting, assembled."""

    of: Material
    sheet: Sheet


async def assemble(ws: Workspace, actor: Actor, meeting_id: MeetingId) -> Record:
    """The minutes as they are now, for whoever reads the dossier."""

    async def unit(tx: Transaction) -> Material:
        folder = await enter(tx, actor, meeting_id, Action.READ)
        return await _gathered(tx, actor, meeting_id, folder)

    return await _assembled(ws, await ws.db.read(unit))


async def filed(ws: Workspace, actor: Actor, meeting_id: MeetingId) -> list[Filed]:
    """The minutes that stand in the dossier, as ODT and PDF."""

    async def unit(tx: Transaction) -> list[Filed]:
        folder = await enter(tx, actor, meeting_id, Action.READ)
        return await recorded.filed(tx, meeting_id, folder.id)

    return await ws.db.read(unit)


@in_turn("papers")
async def preview(
    ws: Workspace, actor: Actor, meeting_id: MeetingId, kind: PaperKind
) -> tuple[str, bytes]:
    """The name and the bytes that depositing now would give; nothing is deposited.

    `Busy` when many papers are asked for, by her or by all.
    """

    async def unit(tx: Transaction) -> Material:
        folder = await enter(tx, actor, meeting_id, Action.MEET)
        return await _gathered(tx, actor, meeting_id, folder)

    record = await _assembled(ws, await ws.db.read(unit))
    return file_name(record, kind), await ws.papers.write(record.sheet, kind)


@in_turn("papers")
async def deposit(ws: Workspace, actor: Actor, meeting_id: MeetingId) -> list[Deposited]:
    """Deposit the minutes as they are now in the dossier, as ODT and PDF, both or neither.

    They revise those deposited before, where these still stand there; equal bytes add no
    version. `MinutesApproved` while they are approved, `MeetingChanged` when what they say or
    what stands there changed while they were written; `Busy` as `preview`.
    """
    seen = await _entered(ws, actor, meeting_id)
    papers = await _sealed(ws, actor, await _assembled(ws, seen))

    async def unit(tx: Transaction) -> list[Deposited]:
        folder = await _still(tx, actor, seen)
        return await _file(ws, tx, actor, meeting_id, folder, papers)

    return await ws.db.write(unit)


@in_turn("papers")
async def approve(ws: Workspace, actor: Actor, meeting_id: MeetingId, *, expected: int) -> int:
    """Deposit the minutes as approved, and let nothing of them change; the edition.

    Only of a meeting that was held. `MeetingChanged` when it is past `expected`, or changed
    while the papers were written; `Busy` as `preview`. When it is refused nothing is deposited.
    """
    seen = await _entered(ws, actor, meeting_id, expected=expected)
    if seen.meeting.row.state is not MeetingState.HELD:
        raise Invalid("state", "not_held")
    at = ws.clock()
    approval = Approval(seen.meeting.edition + 1, today(ws), actor.name)
    papers = await _sealed(ws, actor, await _assembled(ws, seen, approval))

    async def unit(tx: Transaction) -> None:
        folder = await _still(tx, actor, seen, expected=expected)
        await _file(ws, tx, actor, meeting_id, folder, papers)
        await recorded.approve(tx, meeting_id, actor.person_id, at)
        await records.touch(tx, meeting_id, at)
        await _note(ws, tx, actor, folder, Verb.MINUTES_APPROVED)

    await ws.db.write(unit)
    return approval.edition


async def reopen(ws: Workspace, actor: Actor, meeting_id: MeetingId, *, expected: int) -> None:
    """Let approved minutes be corrected: the next approval is a new edition, a new version.

    What was approved stays in the dossier as it is.
    """

    async def unit(tx: Transaction) -> None:
        folder, rest = await entered(tx, actor, meeting_id, expected=expected)
        if rest.approved_at is None:
            raise AlreadySo("not_approved")
        await recorded.reopen(tx, meeting_id)
        await records.touch(tx, meeting_id, ws.clock())
        await _note(ws, tx, actor, folder, Verb.MINUTES_REOPENED)

    await ws.db.write(unit)


def file_name(record: Record, kind: PaperKind) -> str:
    """« Compte rendu – Comité de pilotage.odt », cut where a name must end."""
    name = " ".join(_NO_NAME.sub("-", record.sheet.title).split())
    while len(f"{name}.{kind}".encode()) > names.MAX_NAME_BYTES:
        name = name[:-1]
    return f"{name.rstrip()}.{kind}"


async def _entered(
    ws: Workspace, actor: Actor, meeting_id: MeetingId, *, expected: int | None = None
) -> Material:
    """The meeting of which she writes the minutes, while these may still change."""

    async def unit(tx: Transaction) -> Material:
        folder, rest = await entered(tx, actor, meeting_id, expected=expected)
        check_open(rest)
        return await _gathered(tx, actor, meeting_id, folder)

    return await ws.db.read(unit)


async def _gathered(
    tx: Transaction, actor: Actor, meeting_id: MeetingId, folder: Folder
) -> Material:
    known = await network(tx)
    return Material(
        meeting=await dossiers.whole(tx, actor, meeting_id),
        folder=folder,
        crumbs=tuple(await folders.crumbs(tx, actor, folder.id)),
        filed=tuple(await recorded.filed(tx, meeting_id, folder.id)),
        network=known.name if known else "",
    )


async def _assembled(ws: Workspace, of: Material, approval: Approval | None = None) -> Record:
    """The minutes, saying of their approval what they are to say, or what is so already."""
    meeting, zone = of.meeting, ZoneInfo(ws.settings.network.time_zone)
    if approval is None and meeting.approved_at is not None:
        day = meeting.approved_at.astimezone(zone).date()
        approval = Approval(meeting.edition, day, meeting.approved_by)
    around = Around(of.network, ws.settings.network.default_language, zone, approval)
    return Record(of, await asyncio.to_thread(sheet, meeting, around))


async def _sealed(ws: Workspace, actor: Actor, record: Record) -> dict[PaperKind, deposits.Sealed]:
    """Both papers, written one after the other, then their bytes; in the dossier is neither."""
    contents = {kind: await ws.papers.write(record.sheet, kind) for kind in PaperKind}
    return {
        kind: await deposits.seal(ws, actor, _target(record, kind), content)
        for kind, content in contents.items()
    }


def _target(record: Record, kind: PaperKind) -> Target:
    """A further version of the paper that stands in the dossier, else a new one there."""
    for one in record.of.filed:
        if one.kind is kind:
            return Target(None, "", one.document_id)
    return Target(record.of.folder.id, file_name(record, kind), taken=Taken.KEEP_BOTH)


async def _still(
    tx: Transaction, actor: Actor, seen: Material, *, expected: int | None = None
) -> Folder:
    """The dossier, while she writes the minutes and nothing changed since they were `seen`."""
    meeting_id = seen.meeting.row.id
    folder, rest = await entered(tx, actor, meeting_id, expected=expected)
    check_open(rest)
    now = await _gathered(tx, actor, meeting_id, folder)
    if _said(now.meeting) != _said(seen.meeting) or now.filed != seen.filed:
        raise MeetingChanged(rest.state_number)
    return folder


async def _file(
    ws: Workspace,
    tx: Transaction,
    actor: Actor,
    meeting_id: MeetingId,
    folder: Folder,
    papers: Mapping[PaperKind, deposits.Sealed],
) -> list[Deposited]:
    """Deposit both papers, and have the meeting know them."""
    done, is_new = [], False
    for kind, paper in papers.items():
        one = await deposits.settle(ws, tx, actor, paper)
        made = one.document_id, one.version
        is_new = await recorded.note(tx, meeting_id, kind, *made) or is_new
        done.append(one)
    if is_new:
        await _note(ws, tx, actor, folder, Verb.MINUTES_DEPOSITED)
    return done


def _said(meeting: Meeting) -> tuple[object, ...]:
    return meeting.row, meeting.items, meeting.attendance


async def _note(ws: Workspace, tx: Transaction, actor: Actor, folder: Folder, verb: Verb) -> None:
    await journal.note(tx, actor, folder.id, verb, ws.clock(), hat=folder.hat, facts={})
