"""Rows of requests for access.

What is asked for stands there as a kind and a number, whether it exists or not: writing a
request looks at no folder and no document, so that asking tells nothing of them.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from atelier import access
from atelier.database.engine import Transaction
from atelier.database.times import from_ms, to_ms
from atelier.model.folders import Action, Role
from atelier.model.ids import OrganisationId, RequestId
from atelier.model.people import Actor
from atelier.model.requests import About, Asked, Received, RequestState

# The waiting requests with the folder each is about now. What was made after somebody asked
# for its number is not what she asked for.
_STANDING = """standing(id, folder_id, document_id, document) AS (
    SELECT q.id, f.id, NULL, '' FROM access_requests q
    JOIN folders f ON f.id = q.about_id AND f.created_at <= q.created_at
    WHERE q.state = 'waiting' AND q.about = 'folder'
    UNION ALL
    SELECT q.id, d.folder_id, d.id, d.name FROM access_requests q
    JOIN documents d ON d.id = q.about_id AND d.created_at <= q.created_at
      AND d.removed_at IS NULL
    WHERE q.state = 'waiting' AND q.about = 'document'
)"""

_HERS_TO_ANSWER = f"""
    FROM standing t JOIN access_requests q ON q.id = t.id
    JOIN people p ON p.id = q.person_id AND p.disabled_at IS NULL
    WHERE q.person_id <> :person AND {access.meets("t.folder_id")}"""


async def waiting_elsewhere(tx: Transaction, actor: Actor, about: About, number: int) -> int:
    """How many requests of hers wait for an answer, one about this very thing apart."""
    return int(
        await tx.value(
            "SELECT COUNT(*) FROM access_requests WHERE person_id = :person AND state = 'waiting'"
            " AND NOT (about = :about AND about_id = :number)",
            person=actor.person_id,
            about=about,
            number=number,
        )
    )


async def put(
    tx: Transaction,
    actor: Actor,
    about: About,
    number: int,
    *,
    role: Role,
    message: str,
    at: datetime,
) -> None:
    """Write her one waiting request about this thing, or change it; no word keeps the last."""
    await tx.run(
        "INSERT INTO access_requests"
        " (person_id, organisation_id, about, about_id, role, message, created_at)"
        " VALUES (:person, :hat, :about, :number, :role, :message, :at)"
        " ON CONFLICT (person_id, about, about_id) WHERE state = 'waiting' DO UPDATE SET"
        " organisation_id = excluded.organisation_id, role = excluded.role,"
        " message = CASE excluded.message WHEN '' THEN message ELSE excluded.message END,"
        " created_at = excluded.created_at",
        person=actor.person_id,
        hat=_hat(actor),
        about=about,
        number=number,
        role=role,
        message=message,
        at=to_ms(at),
    )


async def received(
    tx: Transaction, actor: Actor, *, limit: int, request: RequestId | None = None
) -> list[Received]:
    """The waiting requests, oldest first, that she may answer; or the one of this number.

    Those about folders where she may share today, her own apart. At most two statements.
    """
    rows = await tx.rows(
        f"WITH {access.scoped(actor, Action.SHARE)}, {_STANDING} SELECT q.id, p.id, p.name,"
        f" CASE WHEN {access.SEES_ADDRESS} THEN p.email ELSE '' END,"
        " q.role, q.message, q.created_at, t.folder_id,"
        " (SELECT f.name FROM folders f WHERE f.id = t.folder_id), t.document_id, t.document"
        f"{_HERS_TO_ANSWER} AND (:request = 0 OR q.id = :request)"
        " ORDER BY q.created_at, q.id LIMIT :limit",
        request=request or 0,
        limit=limit,
        **access.asking(actor),
    )
    places = await _organisations(tx, actor, {row[1] for row in rows})
    return [_received(row, tuple(places.get(row[1], ()))) for row in rows]


async def count_received(tx: Transaction, actor: Actor) -> int:
    """How many waiting requests she may answer."""
    return int(
        await tx.value(
            f"WITH {access.scoped(actor, Action.SHARE)}, {_STANDING}"
            f" SELECT COUNT(*) {_HERS_TO_ANSWER}",
            **access.asking(actor),
        )
    )


async def asked(tx: Transaction, actor: Actor, *, limit: int) -> list[Asked]:
    """Her own requests, newest first; names only of what she may read by now."""
    rows = await tx.rows(
        f"WITH {access.scoped(actor, Action.READ)} SELECT q.id, q.about, q.about_id,"
        " CASE q.about WHEN 'folder' THEN (SELECT f.name FROM folders f WHERE f.id = q.about_id"
        f" AND {access.meets('f.id')}) ELSE (SELECT d.name FROM documents d WHERE d.id = q.about_id"
        f" AND d.removed_at IS NULL AND {access.meets('d.folder_id')}) END,"
        " q.role, q.message, q.state, q.answer, q.created_at FROM access_requests q"
        " WHERE q.person_id = :person ORDER BY q.id DESC LIMIT :limit",
        limit=limit,
        **access.asking(actor),
    )
    return [
        Asked(
            RequestId(row[0]), About(row[1]), row[2], row[3] or "", Role(row[4]), row[5],
            RequestState(row[6]), row[7], from_ms(row[8]),
        )
        for row in rows
    ]  # fmt: skip


async def answer(
    tx: Transaction,
    actor: Actor,
    request: RequestId,
    state: RequestState,
    at: datetime,
    *,
    answer: str = "",
) -> None:
    """Write what became of a waiting request."""
    await tx.run(
        "UPDATE access_requests SET state = :state, answer = :answer, answered_by = :person,"
        " answered_at = :at WHERE id = :request AND state = 'waiting'",
        state=state,
        answer=answer,
        person=actor.person_id,
        at=to_ms(at),
        request=request,
    )


async def withdraw(tx: Transaction, actor: Actor, request: RequestId) -> bool:
    """Forget a waiting request of her own; False when she has none of this number."""
    changed = await tx.run(
        "DELETE FROM access_requests"
        " WHERE id = :request AND person_id = :person AND state = 'waiting'",
        request=request,
        person=actor.person_id,
    )
    return changed == 1


async def _organisations(tx: Transaction, actor: Actor, people: set[int]) -> dict[int, list[str]]:
    """The organisations to which each of these people belongs today, by name."""
    if not people:
        return {}
    wanted = {f"p{index}": person for index, person in enumerate(sorted(people))}
    rows = await tx.rows(
        "SELECT m.person_id, o.name FROM memberships m"
        " JOIN organisations o ON o.id = m.organisation_id"
        f" WHERE m.person_id IN ({', '.join(f':{name}' for name in wanted)})"
        " AND (m.starts_on IS NULL OR m.starts_on <= :today)"
        " AND (m.ends_on IS NULL OR m.ends_on >= :today)"
        " AND (o.ends_on IS NULL OR o.ends_on >= :today) ORDER BY m.id",
        today=actor.today.isoformat(),
        **wanted,
    )
    places: dict[int, list[str]] = {}
    for person, name in rows:
        places.setdefault(person, []).append(name)
    return places


def _received(row: tuple[Any, ...], organisations: tuple[str, ...]) -> Received:
    return Received(
        id=RequestId(row[0]),
        person_id=row[1],
        person=row[2],
        email=row[3],
        organisations=organisations,
        role=Role(row[4]),
        message=row[5],
        created_at=from_ms(row[6]),
        folder_id=row[7],
        folder=row[8],
        document_id=row[9],
        document=row[10],
    )


def _hat(actor: Actor) -> OrganisationId | None:
    return actor.acting_as or actor.main_organisation
