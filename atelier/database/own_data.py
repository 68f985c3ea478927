"""Everything that the records hold of one person, for herself: lists of plain values.

Names of folders and documents stand there as far as she may read them today; of others,
numbers. What somebody else wrote of her, and what others did, is theirs.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final

from atelier import access
from atelier.database.engine import Transaction
from atelier.database.times import from_ms
from atelier.model.folders import Action
from atelier.model.people import Actor

Told = dict[str, Any]

MOST_LINES: Final = 50_000

_FOLDER = f"CASE WHEN {access.meets('f.id')} THEN f.name ELSE '' END"
_DOCUMENT = (
    f"CASE WHEN d.removed_at IS NULL AND {access.meets('d.folder_id')} THEN d.name ELSE '' END"
)

PAGE_LINES: Final = 1_000
NEWEST: Final = 2**63 - 1

# Each list: the names of its values, the statement that gives them in this order, and what
# it grows by, the newest first: it is read in pages then. Names that end in `_at` are times,
# those that begin by `is_` are yes or no.
_LISTS: Final[dict[str, tuple[str, str, str]]] = {
    "identity": (
        "number name email phone language is_email_shown is_phone_shown is_steward"
        " is_allowed_top_folders is_with_password seen_on email_proved_at created_at",
        "SELECT id, name, email, phone, language, shows_email,"
        " shows_phone, is_steward, may_open_top,"
        " password_hash <> '', seen_on, email_proved_at, created_at FROM people WHERE id = :person",
        "",
    ),
    "memberships": (
        "organisation function is_representative starts_on ends_on",
        "SELECT o.name, m.function, m.is_representative, m.starts_on,"
        " m.ends_on FROM memberships m JOIN organisations o ON o.id = m.organisation_id"
        " WHERE m.person_id = :person ORDER BY m.id",
        "",
    ),
    "groups": (
        "group organisation is_coordinator",
        "SELECT g.name, o.name, gm.is_coordinator"
        " FROM memberships m JOIN group_members gm ON gm.membership_id = m.id"
        " JOIN groups g ON g.id = gm.group_id JOIN organisations o ON o.id = m.organisation_id"
        " WHERE m.person_id = :person ORDER BY g.id, m.id",
        "",
    ),
    "access": (
        "folder folder_name role until granted_at",
        f"SELECT g.folder_id, {_FOLDER}, g.role, g.until, g.granted_at"
        " FROM grants g JOIN folders f ON f.id = g.folder_id"
        " WHERE g.subject_kind = 'person' AND g.subject_id = :person ORDER BY g.id",
        "",
    ),
    "sessions": (
        "device proof is_kept created_at seen_at",
        "SELECT device, proof, is_kept, created_at, seen_at FROM sessions"
        " WHERE person_id = :person ORDER BY created_at",
        "",
    ),
    "passkeys": (
        "name created_at used_at",
        "SELECT name, created_at, used_at FROM passkeys WHERE person_id = :person ORDER BY id",
        "",
    ),
    "authenticators": (
        "is_confirmed created_at",
        "SELECT is_confirmed, created_at FROM authenticators WHERE person_id = :person",
        "",
    ),
    "invitations_sent": (
        "email name created_at expires_at accepted_at withdrawn_at",
        "SELECT email, name, created_at, expires_at, accepted_at, withdrawn_at"
        " FROM invites WHERE invited_by = :person AND email <> ''",
        "id",
    ),
    "invitations_accepted": (
        "email name created_at accepted_at",
        "SELECT email, name, created_at, accepted_at FROM invites"
        " WHERE accepted_by = :person ORDER BY id",
        "",
    ),
    "letters": (
        "kind state sent_to created_at changed_at",
        "SELECT kind, state, sent_to, created_at, changed_at FROM letters"
        " WHERE person_id = :person",
        "id",
    ),
    "letters_stopped": (
        "kind",
        "SELECT kind FROM letters_stopped WHERE person_id = :person ORDER BY kind",
        "",
    ),
    "calendar": (
        "created_at",
        "SELECT created_at FROM calendar_feeds WHERE person_id = :person",
        "",
    ),
    "saved_searches": (
        "name asked created_at",
        "SELECT name, asked, created_at FROM saved_searches WHERE person_id = :person ORDER BY id",
        "",
    ),
    "requests": (
        "about number role message state answer created_at answered_at",
        "SELECT about, about_id, role, message, state, answer, created_at,"
        " answered_at FROM access_requests WHERE person_id = :person",
        "id",
    ),
    "meeting_answers": (
        "meeting title answer instead answered_at",
        f"SELECT m.id, CASE WHEN {access.meets('m.dossier_id')}"
        " THEN m.title ELSE '' END, r.answer, r.instead, r.answered_at"
        " FROM meeting_replies r JOIN meetings m ON m.id = r.meeting_id"
        " WHERE r.person_id = :person",
        "m.id",
    ),
    "attendance": (
        "meeting title presence organisation",
        "SELECT m.id, m.title, a.presence, a.organisation"
        " FROM meeting_attendance a JOIN meetings m ON m.id = a.meeting_id"
        f" WHERE a.person_id = :person AND {access.meets('m.dossier_id')}",
        "m.id",
    ),
    "actions": (
        "text due_on done_on meeting title",
        "SELECT t.text, t.due_on, t.done_on, m.id, m.title FROM todos t"
        " JOIN agenda_items i ON i.id = t.item_id JOIN meetings m ON m.id = i.meeting_id"
        f" WHERE t.person_id = :person AND {access.meets('m.dossier_id')}",
        "t.id",
    ),
    "deposits": (
        "document name version size_bytes media_type comment organisation created_at",
        f"SELECT v.document_id, {_DOCUMENT}, v.number,"
        " v.size_bytes, v.media_type, v.comment, o.name, v.created_at"
        " FROM versions v JOIN documents d ON d.id = v.document_id"
        " LEFT JOIN organisations o ON o.id = v.organisation_id"
        " WHERE v.author_id = :person",
        "v.id",
    ),
    "journal": (
        "verb folder folder_name facts organisation done_at",
        f"SELECT j.verb, j.folder_id, {_FOLDER},"
        f" CASE WHEN {access.meets('f.id')} THEN j.facts ELSE '{{}}' END,"
        " o.name, j.at FROM journal j JOIN folders f ON f.id = j.folder_id"
        " LEFT JOIN organisations o ON o.id = j.organisation_id"
        " WHERE j.person_id = :person",
        "j.id",
    ),
    "network_journal": (
        "verb done_at",
        "SELECT verb, at FROM network_journal WHERE person_id = :person",
        "id",
    ),
    "consulted": (
        "document name version act done_at",
        f"SELECT l.document, {_DOCUMENT}, l.version, l.act, l.at"
        " FROM access_log l LEFT JOIN documents d ON d.id = l.document"
        " WHERE l.person = :person",
        "l.number",
    ),
}


@dataclass(frozen=True, slots=True)
class Own:
    """A current or former version that she deposited and may still read."""

    document_id: int
    name: str
    version: int
    sha256: str
    size_bytes: int
    created_at: int


def listed() -> tuple[str, ...]:
    """The names of the lists, in order."""
    return tuple(_LISTS)


async def told(
    tx: Transaction, actor: Actor, name: str, before: int = NEWEST
) -> tuple[list[Told], int | None]:
    """A page of one list, and where the next page begins: None when this is the last one.

    What grows without end comes by `PAGE_LINES`; the other lists are one page.
    """
    columns, statement, key = _LISTS[name]
    rows = await tx.rows(
        f"WITH {access.scoped(actor, Action.READ)} {_page(statement, key)}",
        **({"before": before} if key else {}),
        **access.asking(actor),
    )
    lines = [
        {column: _plain(column, value) for column, value in zip(columns.split(), row, strict=True)}
        for _, *row in rows
    ]
    return lines, rows[-1][0] if key and len(rows) == PAGE_LINES else None


def _page(statement: str, key: str) -> str:
    """The statement with its key before its values, for one page."""
    keyed = f"SELECT {key or 0}, {statement.removeprefix('SELECT ')}"
    if not key:
        return f"{keyed} LIMIT {MOST_LINES}"
    return f"{keyed} AND {key} < :before ORDER BY {key} DESC LIMIT {PAGE_LINES}"


async def deposited(tx: Transaction, actor: Actor, limit: int) -> tuple[list[Own], int]:
    """The versions that she deposited and may read today, newest first; and how many in all."""
    asked = f"WITH {access.scoped(actor, Action.READ)}"
    hers = (
        "FROM versions v JOIN documents d ON d.id = v.document_id WHERE v.author_id = :person"
        f" AND d.removed_at IS NULL AND {access.meets('d.folder_id')}"
    )
    rows = await tx.rows(
        f"{asked} SELECT d.id, d.name, v.number, v.sha256, v.size_bytes, v.created_at {hers}"
        " ORDER BY v.id DESC LIMIT :limit",
        limit=limit,
        **access.asking(actor),
    )
    count = await tx.value(f"{asked} SELECT COUNT(*) {hers}", **access.asking(actor))
    return [Own(*row) for row in rows], count


def _plain(column: str, value: Any) -> Any:
    if column.endswith("_at"):
        return None if value is None else from_ms(value).isoformat()
    if column.startswith("is_"):
        return bool(value)
    return json.loads(value) if column == "facts" else value
