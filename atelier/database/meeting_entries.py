"""Parts of meetings as entries of the index: what they say, of whole batches at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from atelier import access
from atelier.database.dossiers import TODO_COLUMNS, TODO_NAMES, todo
from atelier.database.engine import Transaction
from atelier.database.meetings import COLUMN_COUNT, COLUMNS, NAMES, shown
from atelier.database.times import from_ms, to_day
from atelier.model.folders import Action
from atelier.model.ids import (
    DecisionId,
    FolderId,
    ItemId,
    MeetingId,
    PersonId,
    SeriesId,
)
from atelier.model.meetings import (
    Decision,
    Item,
    MeetingRow,
    Part,
    Todo,
    Votes,
    Way,
    entry_number,
    meeting_part,
)
from atelier.model.people import Actor
from atelier.model.search import MeetingHit

# A living folder reaches itself.
_STANDS = (
    "EXISTS (SELECT 1 FROM reach own_"
    " WHERE own_.folder_id = m.dossier_id AND own_.ancestor_id = m.dossier_id)"
)

# Meetings that a statement tells in the event loop before it is a long one
# (`connections.SHORT_STEPS`).
_AT_ONCE = 800

# What makes a part of the meeting m one that an index has: of the agenda, that there is a meeting.
_ITEM = "SELECT 1 FROM agenda_items i WHERE i.meeting_id = m.id"
_FILLED = {
    Part.AGENDA: "1 = 1",
    Part.MINUTES: f"EXISTS ({_ITEM} AND i.text <> '')",
    Part.DECISIONS: f"EXISTS ({_ITEM} AND i.id IN (SELECT d.item_id FROM decisions d))",
    Part.ACTIONS: f"EXISTS ({_ITEM} AND i.id IN (SELECT t.item_id FROM todos t))",
}


@dataclass(frozen=True, slots=True)
class Told:
    """A meeting as the index is to see it: its agenda with decisions and actions, no papers.

    `author` is who made it. Items come in their order.
    """

    row: MeetingRow
    dossier: str
    author_id: PersonId
    author: str
    items: tuple[Item, ...]


class Known(NamedTuple):
    """A meeting that may be searched in, before anything is known of rights."""

    dossier_id: FolderId
    id: MeetingId
    title: str
    starts_ms: int
    has_time: int
    series_id: SeriesId | None
    series: str | None
    series_folder_id: FolderId | None

    def hit(self) -> MeetingHit:
        """The same, for who may read its dossier."""
        return MeetingHit(
            self.id,
            self.dossier_id,
            self.title,
            from_ms(self.starts_ms),
            bool(self.has_time),
            self.series_id,
            self.series or "",
        )


async def known(tx: Transaction) -> list[Known]:
    """Every meeting; those that stand in the trash too."""
    series = {
        number: (name, folder)
        for number, name, folder in await tx.rows("SELECT id, name, folder_id FROM series")
    }
    columns = "m.dossier_id, m.id, m.title, m.starts_at, m.has_time, m.series_id"
    rows = await tx.rows(f"SELECT {columns} FROM meetings m ORDER BY m.id LIMIT {_AT_ONCE}")
    if len(rows) == _AT_ONCE:
        rows += await tx.rows(
            f"SELECT {columns} FROM meetings m WHERE m.id > :last ORDER BY m.id", last=rows[-1][1]
        )
    return [Known._make((*row, *series.get(row[-1], (None, None)))) for row in rows]


async def told(tx: Transaction, wanted: Iterable[int]) -> dict[MeetingId, Told]:
    """The meetings of these numbers of entries that stand; those of documents are left out.

    As many statements for any number of meetings; none when there is none among them.
    """
    meetings = _meetings(wanted)
    return await _told(tx, await _heads(tx, meetings, _STANDS, "", {}) if meetings else [])


async def readable(tx: Transaction, actor: Actor, wanted: Iterable[int]) -> dict[MeetingId, Told]:
    """Of the meetings of these numbers of entries those that she may read, as `told`.

    The re-check of a search's hits.
    """
    meetings = _meetings(wanted)
    if not meetings:
        return {}
    scoped = f"WITH {access.scoped(actor, Action.READ)} "
    is_hers = access.meets("m.dossier_id")
    return await _told(tx, await _heads(tx, meetings, is_hers, scoped, access.asking(actor)))


async def standing(tx: Transaction) -> set[int]:
    """The numbers of all parts that an index is to have, when it has followed everything."""
    found = set[int]()
    for part, filled in _FILLED.items():
        rows = await tx.rows(f"SELECT m.id FROM meetings m WHERE {filled} AND {_STANDS}")
        found.update(entry_number(meeting, part) for (meeting,) in rows)
    return found


def _meetings(wanted: Iterable[int]) -> list[MeetingId]:
    parts = (meeting_part(number) for number in wanted)
    return list(dict.fromkeys(part[0] for part in parts if part is not None))


async def _heads(
    tx: Transaction,
    meetings: Collection[MeetingId],
    condition: str,
    before: str,
    values: dict[str, object],
) -> list[tuple[Any, ...]]:
    asked, among = _among("m.id", meetings)
    return await tx.rows(
        f"{before}SELECT {COLUMNS}, f.name, p.id, p.name FROM meetings m {NAMES}"
        " JOIN folders f ON f.id = m.dossier_id JOIN people p ON p.id = m.created_by"
        f" WHERE {among} AND {condition}",
        **asked,
        **values,
    )


async def _told(tx: Transaction, heads: list[tuple[Any, ...]]) -> dict[MeetingId, Told]:
    found = [(shown(head[:COLUMN_COUNT]), *head[COLUMN_COUNT:]) for head in heads]
    items = await _items(tx, [row.id for row, *_ in found]) if found else {}
    return {
        row.id: Told(row, dossier, author_id, author, tuple(items.get(row.id, ())))
        for row, dossier, author_id, author in found
    }


async def _items(tx: Transaction, meetings: Collection[MeetingId]) -> dict[MeetingId, list[Item]]:
    asked, among = _among("i.meeting_id", meetings)
    rows = await tx.rows(
        "SELECT i.meeting_id, i.id, i.title, i.allotted_minutes, i.presenter, i.note, i.text,"
        f" i.state FROM agenda_items i WHERE {among} ORDER BY i.meeting_id, i.place, i.id",
        **asked,
    )
    decided = await _decisions(tx, among, asked)
    to_do = await _todos(tx, among, asked)
    found: dict[MeetingId, list[Item]] = defaultdict(list)
    for meeting, number, *cells in rows:
        parts = {"decisions": tuple(decided[number]), "todos": tuple(to_do[number])}
        found[meeting].append(Item(ItemId(number), *cells, **parts))  # type: ignore[arg-type]
    return found


async def _decisions(
    tx: Transaction, among: str, asked: dict[str, object]
) -> defaultdict[int, list[Decision]]:
    rows = await tx.rows(
        "SELECT d.item_id, d.id, d.text, d.way, d.decided_on, d.votes_yes, d.votes_no,"
        " d.votes_abstained FROM agenda_items i JOIN decisions d ON d.item_id = i.id"
        f" WHERE {among} ORDER BY d.id",
        **asked,
    )
    found: defaultdict[int, list[Decision]] = defaultdict(list)
    for item, number, text, way, day, yes, no, abstained in rows:
        votes = None if yes is None else Votes(yes, no or 0, abstained or 0)
        decided_on = to_day(day)
        assert decided_on is not None
        found[item].append(
            Decision(DecisionId(number), ItemId(item), text, Way(way), decided_on, votes)
        )
    return found


async def _todos(
    tx: Transaction, among: str, asked: dict[str, object]
) -> defaultdict[int, list[Todo]]:
    rows = await tx.rows(
        f"SELECT {TODO_COLUMNS} FROM agenda_items i JOIN todos t ON t.item_id = i.id"
        f" {TODO_NAMES} WHERE {among} ORDER BY t.id",
        **asked,
    )
    found: defaultdict[int, list[Todo]] = defaultdict(list)
    for row in rows:
        found[row[1]].append(todo(row))
    return found


def _among(column: str, numbers: Collection[int]) -> tuple[dict[str, object], str]:
    asked: dict[str, object] = {f"m{index}": number for index, number in enumerate(numbers)}
    return asked, f"{column} IN ({', '.join(f':{name}' for name in asked)})"
