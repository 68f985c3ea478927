"""Where a person begins."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from starlette.responses import Response

from atelier.errors import Invalid, NameTaken
from atelier.model.meetings import MeetingRow
from atelier.web.doors import SIGNED_IN, Door
from atelier.web.pages.actions import action_list
from atelier.web.pages.meeting_lines import line, lines
from atelier.web.pages.saved import saved_lines
from atelier.web.visit import Refused, Visit, onward
from atelier.workspace import (
    aside,
    folders,
    guard,
    meeting_lists,
    orphans,
    requests,
    saved,
    todos,
)

_MOST_AWAITED: Final = 3  # beside the next meeting; the list of meetings marks them all


async def show(visit: Visit) -> Response:
    """Her entry points, the newest documents she may read, and what waits for her."""
    return await _home(visit, Refused())


async def make_folder(visit: Visit) -> Response:
    """A top-level folder, for those who may."""
    form = await visit.form("name")
    name = form.text("name")
    try:
        number = await folders.make(visit.ws, visit.actor, None, name)
    except (Invalid, NameTaken) as error:
        return await _home(visit, visit.refused(error, "name", {"name": name}))
    return onward(f"/folders/{number}", "folder-made")


async def _home(visit: Visit, refused: Refused) -> Response:
    home = await folders.home(visit.ws, visit.actor)
    notices = await orphans.waiting(visit.ws, visit.actor)
    meeting = await meeting_lists.next_of_person(visit.ws, visit.actor)
    awaiting = await meeting_lists.awaiting(visit.ws, visit.actor)
    to_do = await todos.waiting(visit.ws, visit.actor)
    return visit.page(
        "home/home.html",
        status=refused.status,
        path="/",
        entries=home.entries,
        latest=[row for row, _ in home.latest],
        folder_names={row.folder_id: name for row, name in home.latest},
        locks=home.locks,
        may_open_top=visit.actor.may_open_top,
        told=notices.told,
        orphaned=notices.orphaned,
        next_meeting=None if meeting is None else line(meeting, visit.voice, visit.ws.clock()),
        **_awaited(visit, meeting, awaiting),
        aside=await aside.hers(visit.ws, visit.actor),
        to_check=await guard.waiting(visit.ws, visit.actor),
        searches=saved_lines(await saved.news(visit.ws, visit.actor), visit.voice),
        waiting_requests=await requests.waiting(visit.ws, visit.actor),
        actions=action_list(to_do.mine, visit.voice),
        late_actions=to_do.late,
        **refused.values(),
    )


def _awaited(
    visit: Visit, first: MeetingRow | None, awaiting: Sequence[MeetingRow]
) -> dict[str, object]:
    """Whether the next meeting awaits her answer, and which others do."""
    others = [row for row in awaiting if first is None or row.id != first.id]
    return {
        "answer_awaited": len(others) < len(awaiting),
        "other_awaited": lines(others[:_MOST_AWAITED], visit.voice, visit.ws.clock()),
        "more_awaited": max(0, len(others) - _MOST_AWAITED),
    }


DOORS = (
    Door("GET", "/", SIGNED_IN, show),
    Door("POST", "/folders", SIGNED_IN, make_folder),
)
