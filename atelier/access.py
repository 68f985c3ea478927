"""The permission room: who may do what in which folder. Nobody else decides.

The rule: an action is allowed when *reach* and *scope* meet. The reach of a folder is
itself and its ancestors up to and including the nearest closed one, kept as rows
(folder, ancestor). The scope of an actor for an action is the set of folders where one
of her grants, valid today, carries the action. Three shapes of the one rule:

- `enter`, for one folder: the only way a use-case gets a folder;
- `scoped` and `meets`, for a list: SQL text that other rooms put into their queries;
- `readable_folders`, for search: the whole set.

Five questions turn the rule round: `REACHED`, everybody whom a folder lets in;
`still_may`, who of some people may do something there; `CONCERNED`, who is to be told when
somebody opens folders to herself; `EVERYONE_IS`, all of it at once, to compare two states;
and `orphaned`, the folders that nobody coordinates. A coordinator may look *as* an
organisation or a person: then the scope is that of both, and only to read.

There is no way around: no "skip checks" argument, and a steward sees a folder only
through a grant. The records implement `Transaction`, through which the rule reads.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Protocol

from atelier.errors import Forbidden, LastCoordinator, NotFound
from atelier.model.folders import Action, Folder, Role, Subject, SubjectKind
from atelier.model.ids import FolderId, GroupId, OrganisationId, PersonId
from atelier.model.people import Actor

INVITE = "invite"  # into the network, to no folder nor organisation: for stewards
MANAGE = "manage"  # what stewards do: organisations, people, groups, settings
GLOSSARY = "glossary"  # what who coordinates a folder does for the network's words
SEEING = "seeing"  # what is refused to one who only looks, as somebody else


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

# What the one in `person` is today: table `{who}_is(kind, id, hat)`, with the organisation
# through which she is it. Acting as one organisation drops the others, and the groups she
# sits in for them.
_PERSON_IS = """
{who}_hats AS (
    SELECT m.id AS membership_id, m.organisation_id
    FROM memberships m
    JOIN organisations o ON o.id = m.organisation_id
    JOIN people p ON p.id = m.person_id
    WHERE m.person_id = {person} AND p.disabled_at IS NULL
      AND (m.starts_on IS NULL OR m.starts_on <= :today)
      AND (m.ends_on IS NULL OR m.ends_on >= :today)
      AND (o.ends_on IS NULL OR o.ends_on >= :today)
      AND ({acting_as} = 0 OR m.organisation_id = {acting_as})
),
{who}_is(kind, id, hat) AS (
    SELECT 'network', 0, NULL FROM people WHERE id = {person} AND disabled_at IS NULL
    UNION ALL
    SELECT 'person', id, NULL FROM people WHERE id = {person} AND disabled_at IS NULL
    UNION ALL
    SELECT 'organisation', organisation_id, organisation_id FROM {who}_hats
    UNION ALL
    SELECT 'group', gm.group_id, h.organisation_id
    FROM group_members gm JOIN {who}_hats h ON h.membership_id = gm.membership_id
)"""

# What any member of the organisation in `:seeing` is by that alone.
_ORGANISATION_IS = """
{who}_is(kind, id, hat) AS (
    SELECT 'network', 0, NULL FROM organisations
    WHERE id = :seeing AND (ends_on IS NULL OR ends_on >= :today)
    UNION ALL
    SELECT 'organisation', id, id FROM organisations
    WHERE id = :seeing AND (ends_on IS NULL OR ends_on >= :today)
)"""

_HOLDS = """
{who}_holds(folder_id, role, hat, until) AS (
    SELECT g.folder_id, g.role, s.hat, g.until
    FROM {who}_is s JOIN grants g ON g.subject_kind = s.kind AND g.subject_id = s.id
    WHERE g.until IS NULL OR g.until >= :today
)"""

_HERS = (
    _PERSON_IS.format(who="she", person=":person", acting_as=":acting_as")
    + ","
    + _HOLDS.format(who="she")
)
_SEEN_PERSONS = (
    _PERSON_IS.format(who="seen", person=":seeing", acting_as="0") + "," + _HOLDS.format(who="seen")
)
_SEEN_ORGANISATIONS = _ORGANISATION_IS.format(who="seen") + "," + _HOLDS.format(who="seen")

# Driven from her grants: each is one probe of the reach rows, whether the folder is
# hidden or never was, so that the two cannot be told apart by the work done.
_ENTER = f"""
WITH {_HERS}
SELECT f.id, f.parent_id, f.name, f.is_closed, f.created_at, h.role, h.hat, h.until
FROM she_holds h
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

# The grant g is one of coordination that does not expire and reaches an active person.
_LASTS = f"""g.role = 'coordinator' AND g.until IS NULL AND (
    (g.subject_kind = 'network' AND EXISTS (
        SELECT 1 FROM people p WHERE p.disabled_at IS NULL))
    OR (g.subject_kind = 'person' AND EXISTS (
        SELECT 1 FROM people p WHERE p.id = g.subject_id AND p.disabled_at IS NULL))
    OR (g.subject_kind = 'organisation' AND EXISTS (
        SELECT 1 FROM memberships m {_SERVES} AND m.organisation_id = g.subject_id))
    OR (g.subject_kind = 'group' AND EXISTS (
        SELECT 1 FROM group_members gm JOIN memberships m ON m.id = gm.membership_id
        {_SERVES} AND gm.group_id = g.subject_id))
)"""

_COORDINATED = f"""
SELECT 1 FROM reach r JOIN grants g ON g.folder_id = r.ancestor_id
WHERE r.folder_id = :folder AND {_LASTS} LIMIT 1
"""

_COORDINATED_WITHOUT = _COORDINATED.replace(
    "p.disabled_at IS NULL", "p.disabled_at IS NULL AND p.id <> :without"
)

# What holds for a folder holds for all that inherits from it: only heads need be asked.
_ORPHANED = f"""
SELECT f.id FROM folders f JOIN reach own ON own.folder_id = f.id AND own.ancestor_id = f.id
WHERE (f.parent_id IS NULL OR f.is_closed = 1) AND NOT EXISTS (
    SELECT 1 FROM reach r JOIN grants g ON g.folder_id = r.ancestor_id
    WHERE r.folder_id = f.id AND {_LASTS})
"""

# Everybody whom the grants in `reaching` let in today.
_LET_IN = f"""
reached(person_id, grant_id, role, organisation_id) AS (
    SELECT p.id, g.id, g.role, NULL FROM reaching g JOIN people p ON p.disabled_at IS NULL
    WHERE g.subject_kind = 'network'
    UNION ALL
    SELECT p.id, g.id, g.role, NULL FROM reaching g
    JOIN people p ON p.id = g.subject_id AND p.disabled_at IS NULL
    WHERE g.subject_kind = 'person'
    UNION ALL
    SELECT m.person_id, g.id, g.role, m.organisation_id FROM reaching g
    JOIN memberships m ON m.organisation_id = g.subject_id {_SERVES}
      AND g.subject_kind = 'organisation'
    UNION ALL
    SELECT m.person_id, g.id, g.role, m.organisation_id FROM reaching g
    JOIN group_members gm ON gm.group_id = g.subject_id
    JOIN memberships m ON m.id = gm.membership_id {_SERVES}
      AND g.subject_kind = 'group'
)"""

# Everybody whom the grants that reach `:folder` let in today: one row for each person,
# grant, and organisation through which it is hers.
REACHED = f"""
reaching AS (
    SELECT g.id, g.folder_id, g.subject_kind, g.subject_id, g.role, g.until
    FROM reach r JOIN grants g ON g.folder_id = r.ancestor_id
    WHERE r.folder_id = :folder AND (g.until IS NULL OR g.until >= :today)
),{_LET_IN}"""

# Whom it concerns that somebody enters the folders of `opened(folder_id)`: who coordinates
# one today, or what inherits from it. A row for each of her folders there: the opened one
# when she may read it (`is_above` 0), else the one that she coordinates below it (1). What is
# in the trash has no reach, and still its own grants.
CONCERNED = f"""
over(folder_id, ancestor_id) AS (
    SELECT r.folder_id, r.ancestor_id FROM opened o JOIN reach r ON r.folder_id = o.folder_id
    UNION
    SELECT folder_id, folder_id FROM opened
),
under(folder_id, below_id) AS (
    SELECT o.folder_id, r.folder_id FROM opened o JOIN reach r ON r.ancestor_id = o.folder_id
    WHERE r.folder_id <> o.folder_id
),
reaching AS (
    SELECT g.id, g.folder_id, g.subject_kind, g.subject_id, g.role, g.until
    FROM (SELECT ancestor_id AS id FROM over UNION SELECT below_id FROM under) near
    JOIN grants g ON g.folder_id = near.id
    WHERE g.until IS NULL OR g.until >= :today
),{_LET_IN},
touched(person_id, folder_id, below_id, role) AS (
    SELECT p.person_id, o.folder_id, NULL, p.role
    FROM over o JOIN reaching g ON g.folder_id = o.ancestor_id
    JOIN reached p ON p.grant_id = g.id
    UNION ALL
    SELECT p.person_id, u.folder_id, u.below_id, p.role
    FROM under u JOIN reaching g ON g.folder_id = u.below_id AND g.role = 'coordinator'
    JOIN reached p ON p.grant_id = g.id
),
concerned(person_id, folder_id, is_above) AS (
    SELECT person_id,
        CASE WHEN COUNT(below_id) < COUNT(*) THEN folder_id ELSE MIN(below_id) END,
        CASE WHEN COUNT(below_id) < COUNT(*) THEN 0 ELSE 1 END
    FROM touched GROUP BY person_id, folder_id
    HAVING SUM(CASE WHEN role = 'coordinator' THEN 1 ELSE 0 END) > 0
)"""

# The whole rule on one day, but for the reach: what each active person is, and the grants
# that hold.
EVERYONE_IS = f"""
everyone_is(person_id, kind, id) AS (
    SELECT p.id, 'network', 0 FROM people p WHERE p.disabled_at IS NULL
    UNION ALL
    SELECT p.id, 'person', p.id FROM people p WHERE p.disabled_at IS NULL
    UNION ALL
    SELECT m.person_id, 'organisation', m.organisation_id FROM memberships m {_SERVES}
    UNION ALL
    SELECT m.person_id, 'group', gm.group_id
    FROM group_members gm JOIN memberships m ON m.id = gm.membership_id {_SERVES}
),
holding(folder_id, kind, id, role) AS (
    SELECT folder_id, subject_kind, subject_id, role FROM grants
    WHERE until IS NULL OR until >= :today
)"""


# A row for a steward, or for one who may through a place she has today; acting as another
# organisation, or for it, is no such place.
_MANAGES_ORGANISATION = f"""
WITH {_HERS}
SELECT p.is_steward FROM people p JOIN organisations o ON o.id = :organisation
WHERE p.id = :person AND p.disabled_at IS NULL AND (p.is_steward = 1 OR EXISTS (
    SELECT 1 FROM she_hats h JOIN memberships m ON m.id = h.membership_id
    WHERE h.organisation_id = o.id AND m.is_representative = 1))
"""

_MANAGES_GROUP = f"""
WITH {_HERS}
SELECT p.is_steward FROM people p JOIN groups g ON g.id = :group
WHERE p.id = :person AND p.disabled_at IS NULL AND (p.is_steward = 1 OR EXISTS (
    SELECT 1 FROM she_hats h JOIN group_members gm ON gm.membership_id = h.membership_id
    WHERE gm.group_id = g.id AND gm.is_coordinator = 1))
"""

# A condition on the person `p`: the one who asks may know her address. She shows it to the
# network, or it identifies her account to one who manages that: a steward, or somebody who
# represents an organisation where she has a place, or will have one. Values: `asking`.
SEES_ADDRESS = """(p.shows_email = 1 OR (:seeing = 0 AND (p.id = :person OR EXISTS (
    SELECT 1 FROM people manager_ WHERE manager_.id = :person AND manager_.is_steward = 1
      AND manager_.disabled_at IS NULL
) OR EXISTS (
    SELECT 1 FROM memberships mine_
    JOIN organisations home_ ON home_.id = mine_.organisation_id
    JOIN memberships hers_ ON hers_.organisation_id = mine_.organisation_id
    WHERE mine_.person_id = :person AND mine_.is_representative = 1
      AND (mine_.starts_on IS NULL OR mine_.starts_on <= :today)
      AND (mine_.ends_on IS NULL OR mine_.ends_on >= :today)
      AND (home_.ends_on IS NULL OR home_.ends_on >= :today)
      AND (:acting_as = 0 OR mine_.organisation_id = :acting_as)
      AND hers_.person_id = p.id AND (hers_.ends_on IS NULL OR hers_.ends_on >= :today)
))))"""


async def enter(tx: Transaction, actor: Actor, folder_id: FolderId, action: Action) -> Folder:
    """The folder, with all that the actor may do there.

    `NotFound` when she may not read it: the same answer through the same statement as
    for an id that never was. `Forbidden` when she may read it but not do this.
    """
    statement = _ENTER if actor.seeing is None else _looked_into(actor)
    rows = await tx.rows(statement, folder=folder_id, **asking(actor))
    folder = _entered(actor, rows)
    if folder is None or Action.READ not in folder.actions:
        raise NotFound("folder")
    if action not in folder.actions:
        raise Forbidden(action)
    return folder


async def still_may(
    tx: Transaction, folder_id: FolderId, people: Collection[PersonId], action: Action, day: date
) -> frozenset[PersonId]:
    """Which of these people may do this in the folder on that day, by all that they are.

    For what somebody began and others meet later, such as a lock. Nobody in a folder that is
    in the trash.
    """
    named = {f"p{index}": person for index, person in enumerate(people)}
    rows = await tx.rows(
        f"WITH {REACHED} SELECT DISTINCT person_id FROM reached"
        f" WHERE person_id IN ({', '.join(f':{name}' for name in named)})"
        f" AND role IN ({_roles(action)})",
        folder=folder_id,
        today=day.isoformat(),
        **named,
    )
    return frozenset(PersonId(person) for (person,) in rows)


async def scope(tx: Transaction, actor: Actor, action: Action) -> frozenset[FolderId]:
    """The folders where one of her grants, valid today, carries the action."""
    rows = await tx.rows(
        f"WITH {scoped(actor, action)} SELECT folder_id FROM scoped", **asking(actor)
    )
    return frozenset(FolderId(folder) for (folder,) in rows)


async def readable_folders(tx: Transaction, actor: Actor) -> frozenset[FolderId]:
    """Every folder she may read today, for the filter of a search."""
    rows = await tx.rows(
        f"WITH {scoped(actor, Action.READ)} SELECT DISTINCT folder_id FROM reach"
        " WHERE ancestor_id IN (SELECT folder_id FROM scoped)",
        **asking(actor),
    )
    return frozenset(FolderId(folder) for (folder,) in rows)


def scoped(actor: Actor, action: Action) -> str:
    """Text to put after `WITH`: it ends in a table `scoped(folder_id)`, her scope.

    The statement's values must include those of `asking`. While she looks as somebody
    else, the scope meets exactly the folders that both may enter: that one to read, and
    she herself to share, for only there may she know what others see.
    """
    if actor.seeing is None:
        return f"{_HERS}, scoped AS ({_carrying('she', action)})"
    both = (
        f"{_HERS}, {_seen(actor.seeing)}, own AS ({_carrying('she', Action.SHARE)}),"
        f" theirs AS ({_carrying('seen', Action.READ)})"
    )
    if action is not Action.READ:
        return f"{both}, scoped AS (SELECT folder_id FROM own WHERE 1 = 0)"
    # Of two folders on one chain the lower one's reach holds the upper one: the lower of
    # each pair is in the reach of exactly the folders that both scopes meet.
    return (
        f"{both}, scoped AS (SELECT folder_id FROM theirs WHERE {_within('own')}"
        f" UNION SELECT folder_id FROM own WHERE {_within('theirs')})"
    )


def meets(folder_column: str) -> str:
    """A condition: the folder in this column has a reach that meets `scoped`."""
    return (
        "EXISTS (SELECT 1 FROM reach r_ JOIN scoped s_ ON s_.folder_id = r_.ancestor_id"
        f" WHERE r_.folder_id = {folder_column})"
    )


def is_named(actor: Actor, kind_column: str, id_column: str) -> str:
    """A condition, after `scoped`: whom these columns name is she, or a part of what she is."""
    who = "she" if actor.seeing is None else "seen"
    return (
        f"EXISTS (SELECT 1 FROM {who}_is w_ WHERE w_.kind = {kind_column} AND w_.id = {id_column})"
    )


def serves(organisation_column: str) -> str:
    """A condition: she has a place today in that organisation, or in the one it merged into.

    For a statement with `scoped`.
    """
    return (
        f"{organisation_column} IN (SELECT organisation_id FROM she_hats UNION"
        " SELECT o_.id FROM organisations o_ JOIN she_hats h_"
        " ON h_.organisation_id = o_.merged_into)"
    )


def asking(actor: Actor) -> dict[str, object]:
    """Who asks, on which day, as which organisation: values for `scoped`."""
    return {
        "person": actor.person_id,
        "today": actor.today.isoformat(),
        "acting_as": actor.acting_as or 0,
        "seeing": actor.seeing.id if actor.seeing else 0,
    }


async def manage(tx: Transaction, actor: Actor) -> None:
    """Pass when the actor is an active steward, as the records say now; else `Forbidden`."""
    rows = await tx.rows(
        "SELECT is_steward FROM people WHERE id = :person AND disabled_at IS NULL",
        person=actor.person_id,
    )
    if actor.seeing is not None or not rows or not rows[0][0]:
        raise Forbidden(MANAGE)


async def manage_organisation(tx: Transaction, actor: Actor, organisation: OrganisationId) -> bool:
    """Pass when she may manage the people of this organisation: whether she is a steward.

    Stewards, and its representatives today; not one who acts as another organisation. For
    everybody else `NotFound`, the same as for an organisation that never was.
    """
    rows = await tx.rows(_MANAGES_ORGANISATION, organisation=organisation, **asking(actor))
    if actor.seeing is not None or not rows:
        raise NotFound("organisation")
    return bool(rows[0][0])


async def manage_group(tx: Transaction, actor: Actor, group: GroupId) -> bool:
    """Pass when she may seat people in this group: whether she is a steward.

    Stewards, and its own coordinators through a place they have today; else `NotFound`.
    """
    rows = await tx.rows(_MANAGES_GROUP, group=group, **asking(actor))
    if actor.seeing is not None or not rows:
        raise NotFound("group")
    return bool(rows[0][0])


async def keep_glossary(tx: Transaction, actor: Actor) -> None:
    """Pass when she may write the network's words, else `Forbidden`.

    Stewards, and whoever coordinates a folder today.
    """
    rows = await tx.rows(
        f"WITH {scoped(actor, Action.SHARE)} SELECT 1 FROM people"
        " WHERE id = :person AND disabled_at IS NULL"
        " AND (is_steward = 1 OR EXISTS (SELECT 1 FROM scoped))",
        **asking(actor),
    )
    if actor.seeing is not None or not rows:
        raise Forbidden(GLOSSARY)


async def coordinates(tx: Transaction, actor: Actor) -> bool:
    """Whether she shares a folder with others today: what `second_factor` asks of her."""
    rows = await tx.rows(
        f"WITH {scoped(actor, Action.SHARE)} SELECT EXISTS (SELECT 1 FROM scoped)",
        **asking(actor),
    )
    return bool(rows[0][0])


def act(actor: Actor) -> None:
    """Pass for an act that is about no folder; `Forbidden` while she only looks as another."""
    if actor.seeing is not None:
        raise Forbidden(SEEING)


async def may_open_top(tx: Transaction, actor: Actor) -> bool:
    """Whether she may make top-level folders: a steward, or someone a steward allowed."""
    rows = await tx.rows(
        "SELECT 1 FROM people WHERE id = :person AND disabled_at IS NULL"
        " AND (is_steward = 1 OR may_open_top = 1)",
        person=actor.person_id,
    )
    return bool(rows) and actor.seeing is None


async def orphaned(tx: Transaction, actor: Actor) -> list[FolderId]:
    """Heads of the folders that no lasting coordination reaches, for stewards.

    What is below a head, as far as it inherits, is orphaned with it.
    """
    await manage(tx, actor)
    rows = await tx.rows(_ORPHANED, today=actor.today.isoformat())
    return [FolderId(folder) for (folder,) in rows]


async def is_coordinated(tx: Transaction, actor: Actor, folder_id: FolderId) -> bool:
    """Whether a lasting grant of coordination over this folder reaches an active person.

    What holds for a folder holds for all that inherits from it: an act that changes the
    access of a subtree need only ask this of the subtree's head.
    """
    rows = await tx.rows(_COORDINATED, folder=folder_id, today=actor.today.isoformat())
    return bool(rows)


async def is_coordinated_without(
    tx: Transaction, actor: Actor, folder_id: FolderId, person: PersonId
) -> bool:
    """`is_coordinated`, by somebody else than this person: once her account were closed."""
    rows = await tx.rows(
        _COORDINATED_WITHOUT, folder=folder_id, today=actor.today.isoformat(), without=person
    )
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


def _carrying(who: str, action: Action) -> str:
    """The folders where this one holds a role that carries the action."""
    return f"SELECT DISTINCT folder_id FROM {who}_holds WHERE role IN ({_roles(action)})"


def _roles(action: Action) -> str:
    """The roles that carry the action, for an `IN`."""
    return ", ".join(f"'{row.name}'" for row in ROLES.values() if action in row.actions)


def _seen(subject: Subject) -> str:
    return _SEEN_PERSONS if subject.kind is SubjectKind.PERSON else _SEEN_ORGANISATIONS


def _within(scope: str) -> str:
    """A condition: the reach of the row's own `folder_id` meets this table."""
    of = "theirs" if scope == "own" else "own"
    return (
        f"EXISTS (SELECT 1 FROM reach r_ JOIN {scope} s_ ON s_.folder_id = r_.ancestor_id"
        f" WHERE r_.folder_id = {of}.folder_id)"
    )


def _looked_into(actor: Actor) -> str:
    """`_ENTER` for one who looks as somebody else: a reader, whoever she is."""
    return (
        f"WITH {scoped(actor, Action.READ)}"
        f" SELECT f.id, f.parent_id, f.name, f.is_closed, f.created_at, '{Role.READER}', NULL, NULL"
        " FROM scoped s JOIN reach r ON r.folder_id = :folder AND r.ancestor_id = s.folder_id"
        " JOIN folders f ON f.id = r.folder_id"
    )


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
