"""The register: decisions of every meeting that somebody may read, found and counted."""

from __future__ import annotations

from typing import Any

from atelier import access
from atelier.database import meetings
from atelier.database.engine import Transaction
from atelier.database.times import from_day, to_day
from atelier.model import names
from atelier.model.folders import Action
from atelier.model.ids import DecisionId, FolderId, ItemId, OrganisationId
from atelier.model.meetings import Decision, Votes, Way
from atelier.model.people import Actor
from atelier.model.register import Sought, Taken

_DECISION = """d.id, d.item_id, d.text, d.way, d.decided_on, d.votes_yes, d.votes_no,
    d.votes_abstained, i.title"""
# Folders above a dossier are named only to who may read them; the further only with the nearer.
_ABOVE = (
    f"LEFT JOIN folders up ON up.id = own.parent_id AND {access.meets('up.id')}"
    f" LEFT JOIN folders top ON top.id = up.parent_id AND {access.meets('top.id')}"
)


async def listed(
    tx: Transaction, actor: Actor, sought: Sought, *, offset: int = 0, limit: int
) -> list[Taken]:
    """Of the decisions in dossiers that she may read, the newest first."""
    rows = await tx.rows(
        f"{_found(actor, sought)}, page(id, decided_on) AS ("
        f"SELECT d.id, d.decided_on {_DECIDED} WHERE {_conditions(sought)}"
        " ORDER BY d.decided_on DESC, d.id DESC LIMIT :limit OFFSET :offset)"
        f" SELECT {_DECISION}, COALESCE(up.id, own.id), COALESCE(up.name, own.name),"
        " COALESCE(top.name, ''),"
        f" {meetings.COLUMNS} FROM page JOIN decisions d ON d.id = page.id"
        " JOIN agenda_items i ON i.id = d.item_id JOIN meetings m ON m.id = i.meeting_id"
        f" {meetings.NAMES} JOIN folders own ON own.id = m.dossier_id {_ABOVE}"
        " ORDER BY page.decided_on DESC, page.id DESC",
        limit=limit,
        offset=offset,
        **_values(actor, sought),
    )
    return [_taken(row) for row in rows]


async def count(tx: Transaction, actor: Actor, sought: Sought) -> int:
    """How many `listed` would give without a limit."""
    return int(
        await tx.value(
            f"{_found(actor, sought)} SELECT COUNT(*) {_DECIDED} WHERE {_conditions(sought)}",
            **_values(actor, sought),
        )
    )


async def organisations(tx: Transaction, actor: Actor) -> list[tuple[OrganisationId, str]]:
    """Those that convened a meeting which she may read, by name."""
    rows = await tx.rows(
        f"WITH {access.scoped(actor, Action.READ)} SELECT DISTINCT o.id, o.name FROM meetings m"
        f" JOIN organisations o ON o.id = m.organisation_id WHERE {access.meets('m.dossier_id')}",
        **access.asking(actor),
    )
    return sorted(
        ((OrganisationId(number), name) for number, name in rows),
        key=lambda one: names.sort_key(one[1]),
    )


_DECIDED = "FROM decisions d JOIN agenda_items i ON i.id = d.item_id"


def _found(actor: Actor, sought: Sought) -> str:
    """Until a table `hers(id)`: the meetings of which the register is, asked for once."""
    inside = (
        ""
        if sought.folder is None
        else ", inside(id) AS (SELECT :folder UNION ALL"
        " SELECT f.id FROM folders f JOIN inside i ON f.parent_id = i.id)"
    )
    wanted = [access.meets("m.dossier_id")]
    if sought.folder is not None:
        wanted.append("m.dossier_id IN (SELECT id FROM inside)")
    if sought.series is not None:
        wanted.append("m.series_id = :series")
    if sought.organisation is not None:
        wanted.append("m.organisation_id = :organisation")
    return (
        f"WITH RECURSIVE {access.scoped(actor, Action.READ)}{inside}, hers(id) AS MATERIALIZED ("
        f"SELECT m.id FROM meetings m WHERE {' AND '.join(wanted)})"
    )


def _conditions(sought: Sought) -> str:
    wanted = ["i.meeting_id IN (SELECT id FROM hers)"]
    if sought.since is not None:
        wanted.append("d.decided_on >= :since")
    if sought.until is not None:
        wanted.append("d.decided_on <= :until")
    wanted += [f"d.key LIKE :word{n} ESCAPE '!'" for n, _ in enumerate(_words(sought))]
    return " AND ".join(wanted)


def _values(actor: Actor, sought: Sought) -> dict[str, object]:
    values: dict[str, object] = dict(access.asking(actor))
    for name in ("folder", "series", "organisation"):
        if getattr(sought, name) is not None:
            values[name] = getattr(sought, name)
    for name, day in (("since", sought.since), ("until", sought.until)):
        if day is not None:
            values[name] = from_day(day)
    return values | {f"word{n}": _like(word) for n, word in enumerate(_words(sought))}


def _words(sought: Sought) -> list[str]:
    return names.sort_key(sought.words).split()


def _like(word: str) -> str:
    """A pattern that holds the word as it is, its own `%` and `_` among it."""
    for sign in "!%_":
        word = word.replace(sign, f"!{sign}")
    return f"%{word}%"


def _taken(row: tuple[Any, ...]) -> Taken:
    number, item, text, way, day, yes, no, abstained, title, folder, name, above = row[:12]
    decided_on = to_day(day)
    assert decided_on is not None
    votes = None if yes is None else Votes(yes, no or 0, abstained or 0)
    return Taken(
        decision=Decision(DecisionId(number), ItemId(item), text, Way(way), decided_on, votes),
        item=title,
        meeting=meetings.shown(row[12:]),
        folder_id=FolderId(folder),
        folder=name,
        above=above,
    )
