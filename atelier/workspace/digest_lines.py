"""What a digest says: lines of the journal, each told once, folded, by the rights of the moment.

Only what stands now where she may read it is told, as it is called now.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from atelier.database import digests, documents
from atelier.database import follows as follow_records
from atelier.database.digests import Line, Met
from atelier.database.engine import Transaction
from atelier.model.follows import (
    NEAREST,
    Digest,
    DigestLine,
    DigestPart,
    DigestRow,
    Follow,
    Pace,
    Told,
)
from atelier.model.ids import DigestId, DocumentId, FolderId, FollowId, MeetingId
from atelier.model.journal import Verb
from atelier.model.meetings import MeetingState, meeting_part
from atelier.model.people import Actor

MOST_LINES: Final = 50
MOST_NAMES: Final = 3
A_WHILE: Final = timedelta(hours=1)

Found = Mapping[FollowId, Sequence[DocumentId]]

_PACES: Final = tuple(Pace)
_ORDER: Final = {told: place for place, told in enumerate(Told)}
_OF_VERBS: Final = {
    Verb.DEPOSITED: Told.DOCUMENT_DEPOSITED,
    Verb.REVISED: Told.DOCUMENT_REVISED,
    Verb.RESTORED: Told.DOCUMENT_REVISED,
    Verb.LABELLED: Told.DOCUMENT_LABELLED,
    Verb.DOCUMENT_RENAMED: Told.DOCUMENT_RENAMED,
    Verb.DOCUMENT_MOVED: Told.DOCUMENT_MOVED,
    Verb.DOCUMENT_RESTORED: Told.DOCUMENT_RESTORED,
    Verb.FOLDER_MADE: Told.FOLDER_MADE,
    Verb.FOLDER_RENAMED: Told.FOLDER_RENAMED,
    Verb.FOLDER_MOVED: Told.FOLDER_MOVED,
    Verb.MEETING_MADE: Told.MEETING_MADE,
    Verb.MEETING_CHANGED: Told.MEETING_CHANGED,
    Verb.MEETING_MOVED_ON: Told.MEETING_CONVENED,
    Verb.MEETING_CANCELLED: Told.MEETING_CANCELLED,
    Verb.MEETING_REVIVED: Told.MEETING_REVIVED,
    Verb.MINUTES_DEPOSITED: Told.MINUTES_DEPOSITED,
    Verb.MINUTES_APPROVED: Told.MINUTES_APPROVED,
}


@dataclass(frozen=True, slots=True)
class _Thing:
    """What one thing became: the most telling of the lines about it."""

    follow: FollowId
    told: Told
    line: Line
    key: tuple[str, int]

    @property
    def one(self) -> DigestLine:
        """It by itself."""
        document, meeting = self.line.document, self.line.meeting
        place = self.line.folder if document is None else document
        is_meeting = self.key[0] == "meeting" and meeting is not None
        name = meeting.title if is_meeting and meeting else place.name
        return DigestLine(
            told=self.told,
            person=self.line.person,
            organisation=self.line.organisation,
            count=1,
            names=(name,),
            folder_id=place.folder_id,
            folder=place.folder,
            at=self.line.at,
            document_id=None if document is None else DocumentId(document.id),
            meeting_id=meeting.id if is_meeting and meeting else None,
            starts_at=meeting.starts_at if is_meeting and meeting else None,
            has_time=bool(is_meeting and meeting and meeting.has_time),
        )

    @property
    def group(self) -> tuple[object, ...]:
        """What is folded with it: acts of one person, of one kind, in one folder."""
        same = (self.follow, self.told, self.line.person_id, self.line.organisation)
        if self.told is Told.MEETING_MADE or self.key[0] == "folder":
            return same
        return (*same, self.one.folder_id) if self.key[0] == "document" else (*same, self.key)


async def found(tx: Transaction, actor: Actor, digest: DigestId) -> Digest | None:
    """What a digest that was made says now; None when nothing of it is left to her."""
    row = await digests.found(tx, digest)
    if row is None or row.person_id != actor.person_id:
        return None
    return await told(tx, actor, row, await digests.searched(tx, row))


async def told(tx: Transaction, actor: Actor, row: DigestRow, found: Found) -> Digest | None:
    """What is to be said of these lines and of what searches found; None for nothing."""
    hers = [one for one in await follow_records.of_person(tx, actor) if one.name is not None]
    mine = {one.id: one for one in hers if one.id in row.after}
    if not mine:
        return None
    parts, known = await _of_journal(tx, actor, row, hers)
    for follow, documents_found in found.items():
        if follow in mine:
            lines = await _of_search(tx, actor, documents_found)
            parts[follow] = [line for line in lines if _key(line) not in known]
            known |= {_key(line) for line in lines}
    shown = [DigestPart(mine[one], tuple(parts[one])) for one in mine if parts.get(one)]
    if not shown:
        return None
    digest = _bounded(Digest(row.pace, tuple(shown)))
    return await _before(tx, actor, digest, row.meeting_id)


async def _before(tx: Transaction, actor: Actor, digest: Digest, meeting: MeetingId) -> Digest:
    """With the meeting that it comes before, if she may read it."""
    known = await digests.meetings(tx, actor, [meeting]) if meeting else {}
    if meeting not in known:
        return digest
    met, _ = known[meeting]
    return replace(
        digest,
        meeting=met.title,
        meeting_id=met.id,
        starts_at=met.starts_at,
        has_time=met.has_time,
    )


async def _of_journal(
    tx: Transaction, actor: Actor, row: DigestRow, hers: Sequence[Follow]
) -> tuple[dict[FollowId, list[DigestLine]], set[tuple[str, int]]]:
    """The lines of each, without those that one at a quicker pace tells; and all that they tell.

    What they tell, no search tells again.
    """
    first = min(row.after.values())
    quicker = [
        one
        for one in hers
        if one.id not in row.after and _PACES.index(one.pace) < _PACES.index(row.pace)
    ]
    after = {**row.after, **{one.id: max(first, one.since) for one in quicker}}
    rank = {
        one.id: _rank(replace(one, pace=row.pace) if one.id in row.after else one)
        for one in hers
        if one.id in after
    }
    lines = await digests.lines(tx, actor, after, hers, row.through)
    by_follow: dict[FollowId, list[Line]] = {}
    known: set[tuple[str, int]] = set()
    for line in lines:
        teller = min(line.by, key=rank.__getitem__)
        thing = _thing(teller, line)
        known |= set() if thing is None else {thing.key}
        if teller in row.after:
            by_follow.setdefault(teller, []).append(line)
    return {follow: folded(follow, of_it) for follow, of_it in by_follow.items()}, known


def _rank(follow: Follow) -> tuple[int, int, int, int]:
    """Which one tells a line that several would: the quickest, then the nearest."""
    nearness = NEAREST.index(follow.what)
    return _PACES.index(follow.pace), nearness, -follow.depth, follow.id


def folded(follow: FollowId, lines: Iterable[Line]) -> list[DigestLine]:
    """Lines of the journal as a digest tells them, the newest first.

    Of each thing the most telling act; what one person did alike in one folder, with no more
    than an hour between one and the next, is one line.
    """
    things: dict[tuple[str, int], _Thing] = {}
    for line in lines:
        thing = _thing(follow, line)
        if thing is None:
            continue
        known = things.get(thing.key)
        if known is None or _ORDER[thing.told] > _ORDER[known.told]:
            things[thing.key] = thing
    ordered = sorted(things.values(), key=lambda one: (one.line.at, one.line.id), reverse=True)
    groups: list[list[_Thing]] = []
    latest: dict[tuple[object, ...], list[_Thing]] = {}
    for one in ordered:
        group = latest.get(one.group)
        if group is not None and group[-1].line.at - one.line.at <= A_WHILE:
            group.append(one)
        else:
            latest[one.group] = [one]
            groups.append(latest[one.group])
    return [_together(group) for group in groups]


def _thing(follow: FollowId, line: Line) -> _Thing | None:
    """What a line is about; None for what is not told, or no longer so."""
    told = _OF_VERBS[line.verb]
    if line.verb in digests.OF_DOCUMENTS:
        if line.document is None:
            return None
        return _Thing(follow, told, line, ("document", line.document.id))
    if line.verb in digests.OF_FOLDERS:
        if line.meeting is not None:
            return None
        return _Thing(follow, told, line, ("folder", line.folder.id))
    if line.meeting is None or not _is_so(line, line.meeting):
        return None
    return _Thing(follow, told, line, ("meeting", line.meeting.id))


def _is_so(line: Line, meeting: Met) -> bool:
    """Whether what was done to a meeting then still holds."""
    if line.verb is Verb.MEETING_MOVED_ON:
        return bool(json.loads(line.facts).get("meeting_state") == MeetingState.CONVENED)
    if line.verb is Verb.MEETING_CANCELLED:
        return meeting.is_cancelled
    return not (line.verb is Verb.MEETING_REVIVED and meeting.is_cancelled)


def _together(group: Sequence[_Thing]) -> DigestLine:
    newest = group[0].one
    if len(group) == 1:
        return newest
    names = tuple(one.one.names[0] for one in group[:MOST_NAMES])
    is_in_one_place = group[0].key[0] == "document"
    return replace(
        newest,
        count=len(group),
        names=names,
        folder_id=newest.folder_id if is_in_one_place else None,
        folder=newest.folder if is_in_one_place else "",
        document_id=None,
        meeting_id=None,
        starts_at=None,
        has_time=False,
    )


async def _of_search(
    tx: Transaction, actor: Actor, wanted: Sequence[DocumentId]
) -> list[DigestLine]:
    """What a search found, as far as she may read it now; a meeting once."""
    parts = [part for part in map(meeting_part, wanted) if part is not None]
    met = await digests.meetings(tx, actor, dict.fromkeys(meeting for meeting, _ in parts))
    papers = tuple(one for one in wanted if meeting_part(one) is None)
    readable = await documents.readable(tx, actor, papers)
    lines = [
        DigestLine(
            told=Told.DOCUMENT_FOUND,
            person="",
            organisation="",
            count=1,
            names=(row.name,),
            folder_id=row.folder_id,
            folder=folder,
            at=row.changed_at,
            document_id=row.id,
        )
        for row, folder, _, _ in readable.values()
    ]
    lines += [
        DigestLine(
            told=Told.DOCUMENT_FOUND,
            person="",
            organisation="",
            count=1,
            names=(one.title,),
            folder_id=FolderId(dossier),
            folder="",
            at=one.starts_at,
            meeting_id=one.id,
            starts_at=one.starts_at,
            has_time=one.has_time,
        )
        for one, dossier in met.values()
    ]
    return sorted(lines, key=lambda line: line.at, reverse=True)


def _key(line: DigestLine) -> tuple[str, int]:
    """The thing that a line of a search tells, as `_Thing` names it."""
    if line.document_id is not None:
        return "document", line.document_id
    return "meeting", line.meeting_id or 0


def _bounded(digest: Digest) -> Digest:
    """No more lines than somebody reads; the others are counted."""
    kept: list[DigestPart] = []
    room, others = MOST_LINES, 0
    for part in digest.parts:
        shown = part.lines[:room]
        room -= len(shown)
        others += len(part.lines) - len(shown)
        if shown:
            kept.append(replace(part, lines=shown))
    return replace(digest, parts=tuple(kept), others=others)
