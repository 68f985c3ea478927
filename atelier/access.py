"""The permission room: who may do what in which folder. Nobody else decides.

The rule: an action is allowed when *reach* and *scope* meet. The reach of a folder is
itself and its ancestors up to and including the nearest closed one, kept as rows
(folder, ancestor). The scope of an actor for an action is the set of folders where one
of her grants, valid today, carries the action. Three shapes of the one rule:

- `enter`, for one folder: the only way a use-case gets a folder;
- `scoped` and `meets`, for a list: SQL text that other rooms put into their queries;
- `readable_folders`, for search: the whole set.

There is no way around: no "skip checks" argument, and a steward sees a folder only
through a grant. The records implement `Transaction`, through which the rule reads.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Protocol

from atelier.errors import Forbidden, LastCoordinator, NotFound
from atelier.model.folders import Action, Folder, Role
from atelier.model.ids import FolderId, OrganisationId
from atelier.model.people import Actor

MANAGE = "manage"  # what stewards do: organisations, people, groups, settings


class Transaction(Protocol):
    """What the rule asks of the records: one consistent view for the whole unit of work."""

    async def rows(self, sql: str, **values: object) -> list[tuple[Any, ...]]:
        """All rows of a statement in the portable subset, with `:name` parameters."""
        ...


@dataclass(frozen=True, slots=True)
class RoleRow:
    """A role: its name, the label people read, and what it carries."""

    name: Role
    label: str
    actions: frozenset[Action]


_READER = frozenset({Action.READ})
_CONTRIBUTOR = _READER | {Action.ADD, Action.REVISE, Action.RENAME, Action.REMOVE}

ROLES: dict[Role, RoleRow] = {
    row.name: row
    for row in (
        RoleRow(Role.READER, "Lecture", _READER),
        RoleRow(Role.CONTRIBUTOR, "Contribution", _CONTRIBUTOR),
        RoleRow(Role.COORDINATOR, "Coordination", frozenset(Action)),
    )
}

# Every subject the actor is today, with the organisation through which she is it.
# Acting as one organisation drops the others, and the groups she sits in for them.
_HELD = """
hats AS (
    SELECT m.id AS membership_id, m.organisation_id
    FROM memberships m
    JOIN organisations o ON o.id = m.organisation_id
    JOIN people p ON p.id = m.person_id
    WHERE m.person_id = :person AND p.disabled_at IS NULL
      AND (m.starts_on IS NULL OR m.starts_on <= :today)
      AND (m.ends_on IS NULL OR m.ends_on >= :today)
      AND (o.ends_on IS NULL OR o.ends_on >= :today)
      AND (:acting_as = 0 OR m.organisation_id = :acting_as)
),
subjects(kind, id, hat) AS (
    SELECT 'network', 0, NULL FROM people WHERE id = :person AND disabled_at IS NULL
    UNION ALL
    SELECT 'person', id, NULL FROM people WHERE id = :person AND disabled_at IS NULL
    UNION ALL
    SELECT 'organisation', organisation_id, organisation_id FROM hats
    UNION ALL
    SELECT 'group', gm.group_id, h.organisation_id
    FROM group_members gm JOIN hats h ON h.membership_id = gm.membership_id
),
held(folder_id, role, hat, until) AS (
    SELECT g.folder_id, g.role, s.hat, g.until
    FROM subjects s JOIN grants g ON g.subject_kind = s.kind AND g.subject_id = s.id
    WHERE g.until IS NULL OR g.until >= :today
)"""

# Driven from her grants: each is one probe of the reach rows, whether the folder is
# hidden or never was, so that the two cannot be told apart by the work done.
_ENTER = f"""
WITH {_HELD}
SELECT f.id, f.parent_id, f.name, f.is_closed, f.created_at, h.role, h.hat, h.until
FROM held h
JOIN reach r ON r.folder_id = :folder AND r.ancestor_id = h.folder_id
JOIN folders f ON f.id = r.folder_id
"""

_SERVES = """
    JOIN people p ON p.id = m.person_id
    JOIN organisations o ON o.id = m.organisation_id
    WHERE p.disabled_at IS NULL
      AND (m.starts_on IS NULL OR m.starts_on <= :today)
      AND (m.ends_on IS NULL OR m.ends_on >= :today)
      AND (o.ends_on IS NULL OR o.ends_on >= :today)"""

# A grant of coordination that does not expire and reaches an active person.
_COORDINATED = f"""
SELECT 1 FROM reach r
JOIN grants g ON g.folder_id = r.ancestor_id
WHERE r.folder_id = :folder AND g.role = 'coordinator' AND g.until IS NULL AND (
    (g.subject_kind = 'network' AND EXISTS (
        SELECT 1 FROM people p WHERE p.disabled_at IS NULL))
    OR (g.subject_kind = 'person' AND EXISTS (
        SELECT 1 FROM people p WHERE p.id = g.subject_id AND p.disabled_at IS NULL))
    OR (g.subject_kind = 'organisation' AND EXISTS (
        SELECT 1 FROM memberships m {_SERVES} AND m.organisation_id = g.subject_id))
    OR (g.subject_kind = 'group' AND EXISTS (
        SELECT 1 FROM group_members gm JOIN memberships m ON m.id = gm.membership_id
        {_SERVES} AND gm.group_id = g.subject_id))
) LIMIT 1
"""


async def enter(tx: Transaction, actor: Actor, folder_id: FolderId, action: Action) -> Folder:
    """The folder, with all that the actor may do there.

    `NotFound` when she may not read it: the same answer through the same statement as
    for an id that never was. `Forbidden` when she may read it but not do this.
    """
    rows = await tx.rows(_ENTER, folder=folder_id, **asking(actor))
    folder = _entered(actor, rows)
    if folder is None or Action.READ not in folder.actions:
        raise NotFound("folder")
    if action not in folder.actions:
        raise Forbidden(action)
    return folder


async def scope(tx: Transaction, actor: Actor, action: Action) -> frozenset[FolderId]:
    """The folders where one of her grants, valid today, carries the action."""
    rows = await tx.rows(f"WITH {scoped(action)} SELECT folder_id FROM scoped", **asking(actor))
    return frozenset(FolderId(folder) for (folder,) in rows)


async def readable_folders(tx: Transaction, actor: Actor) -> frozenset[FolderId]:
    """Every folder she may read today, for the filter of a search."""
    rows = await tx.rows(
        f"WITH {scoped(Action.READ)} SELECT DISTINCT folder_id FROM reach"
        " WHERE ancestor_id IN (SELECT folder_id FROM scoped)",
        **asking(actor),
    )
    return frozenset(FolderId(folder) for (folder,) in rows)


def scoped(action: Action) -> str:
    """Text to put after `WITH`: it ends in a table `scoped(folder_id)`, her scope.

    The statement's values must include those of `asking`.
    """
    roles = ", ".join(f"'{row.name}'" for row in ROLES.values() if action in row.actions)
    return f"{_HELD}, scoped AS (SELECT DISTINCT folder_id FROM held WHERE role IN ({roles}))"


def meets(folder_column: str) -> str:
    """A condition: the folder in this column has a reach that meets `scoped`."""
    return (
        "EXISTS (SELECT 1 FROM reach r_ JOIN scoped s_ ON s_.folder_id = r_.ancestor_id"
        f" WHERE r_.folder_id = {folder_column})"
    )


def asking(actor: Actor) -> dict[str, object]:
    """Who asks, on which day, as which organisation: values for `scoped`."""
    return {
        "person": actor.person_id,
        "today": actor.today.isoformat(),
        "acting_as": actor.acting_as or 0,
    }


async def manage(tx: Transaction, actor: Actor) -> None:
    """Pass when the actor is an active steward, as the records say now; else `Forbidden`."""
    rows = await tx.rows(
        "SELECT is_steward FROM people WHERE id = :person AND disabled_at IS NULL",
        person=actor.person_id,
    )
    if not rows or not rows[0][0]:
        raise Forbidden(MANAGE)


async def may_open_top(tx: Transaction, actor: Actor) -> bool:
    """Whether she may make top-level folders: a steward, or someone a steward allowed."""
    rows = await tx.rows(
        "SELECT 1 FROM people WHERE id = :person AND disabled_at IS NULL"
        " AND (is_steward = 1 OR may_open_top = 1)",
        person=actor.person_id,
    )
    return bool(rows)


async def is_coordinated(tx: Transaction, actor: Actor, folder_id: FolderId) -> bool:
    """Whether a lasting grant of coordination over this folder reaches an active person.

    What holds for a folder holds for all that inherits from it: an act that changes the
    access of a subtree need only ask this of the subtree's head.
    """
    rows = await tx.rows(_COORDINATED, folder=folder_id, today=actor.today.isoformat())
    return bool(rows)


async def keep_coordinated(tx: Transaction, actor: Actor, folder: Folder) -> None:
    """Refuse, after a change in this transaction, to leave the folder without coordination."""
    if not await is_coordinated(tx, actor, folder.id):
        raise LastCoordinator(folder.name)


def covers(folder: Folder, role: Role) -> bool:
    """Whether the one who entered holds all that the role carries: nobody grants more."""
    return ROLES[role].actions <= folder.actions


def outlasts(folder: Folder, until: date | None) -> bool:
    """Whether a grant until then (None: for ever) would outlast the giver's own right to share."""
    end = folder.shares_until
    return end is not None and (until is None or until > end)


def _entered(actor: Actor, rows: Iterable[tuple[Any, ...]]) -> Folder | None:
    actions: set[Action] = set()
    hats: set[OrganisationId] = set()
    ends: list[str | None] = []
    head: tuple[Any, ...] | None = None
    for row in rows:
        head = row
        carried = ROLES[Role(row[5])].actions
        actions |= carried
        if Action.SHARE in carried:
            ends.append(row[7])
        if row[6] is not None:
            hats.add(row[6])
    if head is None:
        return None
    only_hat = next(iter(hats)) if len(hats) == 1 else None
    return Folder(
        id=head[0],
        parent_id=head[1],
        name=head[2],
        is_closed=bool(head[3]),
        created_at=datetime.fromtimestamp(head[4] / 1000, UTC),
        actions=frozenset(actions),
        hat=only_hat or actor.acting_as or actor.main_organisation,
        shares_until=_latest(ends),
    )


def _latest(ends: list[str | None]) -> date | None:
    """The last of some days; None when one of them is no end, or there is none."""
    if None in ends or not ends:
        return None
    return date.fromisoformat(max(end for end in ends if end is not None))
