"""Rows of an erasure: what names somebody goes, what she did stays under her number."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from atelier.database.engine import Transaction
from atelier.database.times import to_ms
from atelier.model import names
from atelier.model.ids import MeetingId, PersonId
from atelier.model.journal import Verb
from atelier.model.meetings import Part, entry_number

# Facts of a journal that name a person; documents, folders and organisations have others.
_NAMING: Final = {
    "journal": frozenset({"subject", "person"}),
    "network_journal": frozenset({"name", "person"}),
}
_ALSO_NAMING: Final = {Verb.HANDED_OVER.value: frozenset({"before"})}

# Hers alone, or of nobody's use without her; `:id` is she.
_FORGOTTEN: Final = (
    "DELETE FROM sessions WHERE person_id = :id",
    "DELETE FROM sign_in_steps WHERE person_id = :id",
    "DELETE FROM letters WHERE person_id = :id OR invite_id IN ({hers})",
    "DELETE FROM sign_in_links WHERE person_id = :id OR invite_id IN ({hers})",
    "DELETE FROM letters_stopped WHERE person_id = :id",
    "DELETE FROM passkeys WHERE person_id = :id",
    "DELETE FROM passkey_challenges WHERE person_id = :id",
    "DELETE FROM authenticators WHERE person_id = :id",
    "DELETE FROM recovery_codes WHERE person_id = :id",
    "DELETE FROM email_changes WHERE person_id = :id",
    "DELETE FROM calendar_feeds WHERE person_id = :id",
    "DELETE FROM locks WHERE person_id = :id",
    "DELETE FROM saved_searches WHERE person_id = :id",
    "DELETE FROM follows WHERE person_id = :id",
    "DELETE FROM digests WHERE person_id = :id",
    "DELETE FROM digest_turns WHERE person_id = :id",
    "DELETE FROM access_requests WHERE person_id = :id",
    "DELETE FROM notices WHERE person_id = :id",
    "DELETE FROM meeting_openings WHERE person_id = :id",
    "DELETE FROM meeting_invited WHERE subject_kind = 'person' AND subject_id = :id",
    "DELETE FROM grants WHERE subject_kind = 'person' AND subject_id = :id",
    "DELETE FROM group_members WHERE membership_id IN"
    " (SELECT id FROM memberships WHERE person_id = :id)",
    "DELETE FROM memberships WHERE person_id = :id",
    "UPDATE uploads SET expires_at = 0 WHERE person_id = :id",
    "UPDATE set_aside SET expires_at = 0 WHERE person_id = :id",
    "UPDATE sessions SET seeing_kind = '', seeing_id = 0, seeing_from = 0"
    " WHERE seeing_kind = 'person' AND seeing_id = :id",
)
_INVITED: Final = "SELECT id FROM invites WHERE email_key = :key OR accepted_by = :id"


@dataclass(frozen=True, slots=True)
class Remaining:
    """What stays of somebody: versions that she deposited, lines of journals, of attendance.

    `others_so_named` counts the people of the very same name: lines of journals that name
    one of them lose the name too, for a line does not say whom of them it means.
    """

    versions: int
    lines: int
    attended: int
    others_so_named: int


async def remaining(tx: Transaction, person: PersonId) -> Remaining:
    """What an erasure of hers leaves."""
    row = await tx.row(
        "SELECT (SELECT COUNT(*) FROM versions WHERE author_id = :id),"
        " (SELECT COUNT(*) FROM journal WHERE person_id = :id)"
        " + (SELECT COUNT(*) FROM network_journal WHERE person_id = :id),"
        " (SELECT COUNT(*) FROM meeting_attendance WHERE person_id = :id),"
        " (SELECT COUNT(*) FROM people o JOIN people p ON p.name = o.name AND p.id = :id"
        " WHERE o.id <> :id)",
        id=person,
    )
    assert row is not None
    return Remaining(*row)


async def forget(tx: Transaction, person: PersonId, *, attempts: tuple[str, ...]) -> None:
    """Remove what is hers alone; `attempts` are the keys of her attempts to sign in."""
    key = await tx.value("SELECT email_key FROM people WHERE id = :id", id=person)
    for statement in _FORGOTTEN:
        await tx.run(statement.format(hers=_INVITED), id=person, key=key)
    for attempt in attempts:
        await tx.run("DELETE FROM sign_in_attempts WHERE key = :key", key=attempt)


async def withdraw_invites(tx: Transaction, person: PersonId, at: datetime) -> None:
    """Take back the invitations that she sent, and that wait; name nobody in those of hers."""
    await tx.run(
        "UPDATE invites SET withdrawn_at = :at WHERE accepted_at IS NULL AND withdrawn_at IS NULL"
        f" AND (invited_by = :id OR id IN ({_INVITED}))",
        at=to_ms(at),
        id=person,
        key=await tx.value("SELECT email_key FROM people WHERE id = :id", id=person),
    )
    await tx.run(
        "UPDATE invites SET email = '', email_key = '', name = '', function = '', message = ''"
        f" WHERE id IN ({_INVITED})",
        id=person,
        key=await tx.value("SELECT email_key FROM people WHERE id = :id", id=person),
    )


async def unname(tx: Transaction, person: PersonId, erased: str) -> None:
    """Write `erased` wherever records hold her name in words: journals, attendance, actions."""
    row = await tx.row("SELECT name, email FROM people WHERE id = :id", id=person)
    assert row is not None
    name, email = row
    for table in _NAMING:
        await _unname_facts(tx, table, name, email, erased)
    await tx.run(
        "UPDATE meeting_attendance SET name = :erased WHERE person_id = :id",
        erased=erased,
        id=person,
    )
    await tx.run(
        "UPDATE todos SET who = :erased WHERE person_id = :id AND who <> ''",
        erased=erased,
        id=person,
    )


async def _unname_facts(tx: Transaction, table: str, name: str, email: str, erased: str) -> None:
    rows = await tx.rows(
        f"SELECT id, verb, facts FROM {table}"
        " WHERE facts LIKE :name ESCAPE '!' OR facts LIKE :email ESCAPE '!'",
        name=_holding(name),
        email=_holding(email),
    )
    for number, verb, facts in rows:
        told = json.loads(facts)
        naming = _NAMING[table] | _ALSO_NAMING.get(verb, frozenset())
        written = {
            key: erased if _is_hers(key, value, name, email, naming) else value
            for key, value in told.items()
        }
        if written != told:
            await tx.run(
                f"UPDATE {table} SET facts = :facts WHERE id = :id",
                facts=json.dumps(written, ensure_ascii=False),
                id=number,
            )


def _is_hers(key: str, value: Any, name: str, email: str, naming: frozenset[str]) -> bool:
    if not isinstance(value, str):
        return False
    return (key in naming and value == name) or names.key(value) == names.key(email)


def _holding(text: str) -> str:
    """A pattern for facts that hold this text, as JSON writes it."""
    written = json.dumps(text, ensure_ascii=False)[1:-1]
    for special in "!%_":
        written = written.replace(special, "!" + special)
    return f"%{written}%"


async def erase(tx: Transaction, person: PersonId, erased: str, at: datetime) -> None:
    """Leave of her row its number alone. No address folds to the key that it has then."""
    await tx.run(
        "UPDATE people SET name = :erased, sort_key = :sort_key, email = '', email_key = :key,"
        " phone = '', shows_email = 0, shows_phone = 0, language = '', password_hash = '',"
        " is_steward = 0, may_open_top = 0, user_handle = NULL, mail_secret = '', seen_on = NULL,"
        " email_proved_at = NULL,"
        " erased_at = :at WHERE id = :id",
        erased=erased,
        sort_key=names.sort_key(erased),
        key=f"ERASED:{person}",
        at=to_ms(at),
        id=person,
    )


async def note_index(tx: Transaction, person: PersonId) -> None:
    """Have the index look again at what it knows by her name: documents, parts of meetings."""
    await tx.run(
        "INSERT INTO index_entries (document_id) SELECT d.id FROM documents d"
        " JOIN versions v ON v.document_id = d.id AND v.number = d.version"
        " WHERE v.author_id = :id ORDER BY d.id",
        id=person,
    )
    for part in Part:
        await tx.run(
            "INSERT INTO index_entries (document_id)"
            " SELECT :first + m.id * :step FROM meetings m WHERE m.created_by = :id OR EXISTS"
            " (SELECT 1 FROM agenda_items i JOIN todos t ON t.item_id = i.id"
            " WHERE i.meeting_id = m.id AND t.person_id = :id) ORDER BY m.id",
            first=entry_number(MeetingId(0), part),
            step=len(Part),
            id=person,
        )
