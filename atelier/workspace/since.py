"""What changed since the meeting before: only what she may read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from atelier.database import folders, meeting_lists, since
from atelier.database import meetings as records
from atelier.database.engine import Transaction
from atelier.database.since import Span
from atelier.model.folders import Action, Crumb, Folder
from atelier.model.ids import FolderId, MeetingId
from atelier.model.meetings import MeetingRow
from atelier.model.people import Actor
from atelier.model.since import Changed, DecidedSince, TodoSince
from atelier.workspace.meetings import enter
from atelier.workspace.place import Workspace

MOST = 200  # of each kind


@dataclass(frozen=True, slots=True)
class Since:
    """A meeting, the last held before it (None when she may read none), and what came between.

    Of one that has begun, until it began. `is_cut`: there is more of some kind than shown.
    """

    meeting: MeetingRow
    folder: Folder
    crumbs: tuple[Crumb, ...]
    before: MeetingRow | None
    changed: tuple[Changed, ...] = ()
    decided: tuple[DecidedSince, ...] = ()
    todos: tuple[TodoSince, ...] = ()
    is_cut: bool = False


async def look(ws: Workspace, actor: Actor, meeting_id: MeetingId) -> Since:
    """What changed since the last meeting held before this one began.

    That meeting is one of its series, or without one of the folder above. Documents
    are those of the folder that holds the dossier, with all below it.
    """

    async def unit(tx: Transaction) -> Since:
        folder = await enter(tx, actor, meeting_id, Action.READ)
        row, _ = await records.head(tx, meeting_id)
        place = FolderId(folder.parent_id or folder.id)
        before = await meeting_lists.before(tx, actor, row, place, ws.clock(), is_held=True)
        crumbs = tuple(await folders.crumbs(tx, actor, folder.id))
        if before is None:
            return Since(row, folder, crumbs, None)
        begins = row.starts_at if row.has_time else row.starts_at + timedelta(days=1)
        span = _span(ws, before.starts_at, min(ws.clock(), begins))
        changed = await since.changed(tx, actor, place, span, MOST + 1)
        decided = await since.decided(tx, actor, row, place, span, MOST + 1)
        todos = await since.todos(tx, actor, row, place, span, MOST + 1)
        return Since(
            meeting=row,
            folder=folder,
            crumbs=crumbs,
            before=before,
            changed=tuple(changed[:MOST]),
            decided=tuple(decided[:MOST]),
            todos=tuple(todos[:MOST]),
            is_cut=max(len(changed), len(decided), len(todos)) > MOST,
        )

    return await ws.db.read(unit)


def _span(ws: Workspace, since: datetime, until: datetime) -> Span:
    zone = ZoneInfo(ws.settings.network.time_zone)
    return Span(since, until, since.astimezone(zone).date(), until.astimezone(zone).date())
