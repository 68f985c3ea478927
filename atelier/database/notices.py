"""Notices of what was done over someone's head: who is told is settled at the act.

Stewards opened folders to themselves; coordinators released somebody's lock.
"""

from __future__ import annotations

import json
from datetime import datetime

from atelier import access
from atelier.database.engine import Transaction
from atelier.database.times import from_ms, to_ms
from atelier.model.folders import Action, Folder, Subject
from atelier.model.ids import FolderId, OrganisationId, PersonId
from atelier.model.journal import Verb
from atelier.model.orphans import Notice
from atelier.model.people import Actor

_TAKEN = "SELECT id AS folder_id FROM folders WHERE id = :folder"
_GRANTED = (
    "SELECT DISTINCT folder_id FROM grants WHERE subject_kind = :kind AND subject_id = :subject"
    " AND (until IS NULL OR until >= :today)"
)

# One a person: of several folders, first one that she may read.
_TELL = """
ranked AS (
    SELECT c.person_id, c.folder_id, c.is_above,
        ROW_NUMBER() OVER (PARTITION BY c.person_id ORDER BY c.is_above, c.folder_id) AS place,
        COUNT(*) OVER (PARTITION BY c.person_id) - 1 AS others
    FROM concerned c WHERE c.person_id <> :steward
)
INSERT INTO notices
    (person_id, folder_id, folder_name, is_above, others, steward_id, verb, facts, at)
SELECT r.person_id, f.id, f.name, r.is_above, r.others, :steward, :verb, :facts, :at
FROM ranked r JOIN folders f ON f.id = r.folder_id WHERE r.place = 1
"""

# A steward who repeats an act would push what else she did off the page.
_REPEATED = f"""
SELECT 1 FROM notices later WHERE later.person_id = n.person_id AND later.id > n.id
    AND later.steward_id = n.steward_id AND later.verb = n.verb
    AND later.folder_id = n.folder_id
    AND (later.verb = '{Verb.TAKEN_OVER}' OR later.facts = n.facts)
"""


async def tell_taken(
    tx: Transaction, actor: Actor, folder: FolderId, reason: str, at: datetime
) -> None:
    """Tell everybody else who coordinates this folder, or what inherits from it."""
    facts = {"reason": reason}
    await _tell(tx, actor, Verb.TAKEN_OVER, _TAKEN, {"folder": folder}, facts, at)


async def tell_joined(
    tx: Transaction, actor: Actor, through: Subject, name: str, at: datetime
) -> None:
    """Tell, as `tell_taken`, of all folders with a grant of this subject."""
    given: dict[str, object] = {"kind": through.kind, "subject": through.id}
    await _tell(tx, actor, Verb.STEWARD_JOINED, _GRANTED, given, {"subject": name}, at)


async def tell_unlocked(
    tx: Transaction, actor: Actor, holder: PersonId, folder: Folder, name: str, at: datetime
) -> None:
    """Tell who was editing a document of this name that she no longer holds it."""
    await tx.run(
        "INSERT INTO notices"
        " (person_id, folder_id, folder_name, is_above, others, steward_id, verb, facts, at)"
        " VALUES (:holder, :folder, :folder_name, 0, 0, :actor, :verb, :facts, :at)",
        holder=holder,
        folder=folder.id,
        folder_name=folder.name,
        actor=actor.person_id,
        verb=Verb.UNLOCKED,
        facts=_json({"name": name}),
        at=to_ms(at),
    )


async def note_joined(
    tx: Transaction,
    actor: Actor,
    through: Subject,
    name: str,
    at: datetime,
    *,
    hat: OrganisationId | None,
) -> None:
    """A line in the journal of each folder with a grant of this subject."""
    await tx.run(
        "INSERT INTO journal (folder_id, person_id, organisation_id, verb, facts, at)"
        f" SELECT folder_id, :steward, :hat, :verb, :facts, :at FROM ({_GRANTED}) AS granted",
        steward=actor.person_id,
        hat=hat,
        verb=Verb.STEWARD_JOINED,
        facts=_json({"subject": name}),
        at=to_ms(at),
        kind=through.kind,
        subject=through.id,
        today=actor.today.isoformat(),
    )


async def told(
    tx: Transaction, actor: Actor, since: datetime, *, lately: datetime, limit: int
) -> list[Notice]:
    """What she was told since then, newest first; of an act that was repeated, the last.

    Released locks come last, so that many of them push nothing else off the page, and only
    those of `lately`.
    """
    rows = await tx.rows(
        f"WITH {access.scoped(actor, Action.JOURNAL)} SELECT n.verb, n.folder_id, n.folder_name,"
        f" n.is_above, n.others, p.name, n.at, n.facts, {access.meets('n.folder_id')}"
        " FROM notices n JOIN people p ON p.id = n.steward_id"
        " WHERE n.person_id = :person AND n.at >= :since"
        " AND (n.verb <> :unlocked OR n.at >= :lately)"
        f" AND NOT EXISTS ({_REPEATED})"
        " ORDER BY CASE WHEN n.verb = :unlocked THEN 1 ELSE 0 END, n.at DESC, n.id DESC"
        " LIMIT :limit",
        since=to_ms(since),
        lately=to_ms(lately),
        unlocked=Verb.UNLOCKED,
        limit=limit,
        **access.asking(actor),
    )
    return [
        Notice(
            Verb(verb),
            FolderId(folder),
            name,
            bool(is_above),
            others,
            steward,
            from_ms(at),
            next(iter(json.loads(facts).values())),
            bool(has_journal),
        )
        for verb, folder, name, is_above, others, steward, at, facts, has_journal in rows
    ]


async def forget_before(tx: Transaction, at: datetime) -> None:
    """Remove what was told before then."""
    await tx.run("DELETE FROM notices WHERE at < :at", at=to_ms(at))


async def _tell(
    tx: Transaction,
    actor: Actor,
    verb: Verb,
    opened: str,
    given: dict[str, object],
    facts: dict[str, str],
    at: datetime,
) -> None:
    await tx.run(
        f"WITH opened(folder_id) AS ({opened}),{access.CONCERNED},{_TELL}",
        steward=actor.person_id,
        verb=verb,
        facts=_json(facts),
        at=to_ms(at),
        today=actor.today.isoformat(),
        **given,
    )


def _json(facts: dict[str, str]) -> str:
    return json.dumps(facts, ensure_ascii=False)
