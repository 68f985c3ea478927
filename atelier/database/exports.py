"""Everything that the records say, in words that need no Atelier to be read.

Values are plain: numbers, texts, ISO times of UTC. Passwords, sessions and links are left
out, and who read what.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from atelier.database.engine import Transaction
from atelier.database.times import from_ms

Told = dict[str, Any]


@dataclass(frozen=True, slots=True)
class FolderRow:
    """A folder where it stands; `told` is what is said of it."""

    id: int
    parent_id: int | None
    name: str
    is_closed: bool
    is_removed: bool
    told: Told


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """A document of a folder, with the number of its current version."""

    id: int
    name: str
    version: int
    is_removed: bool
    told: Told


async def organisations(tx: Transaction) -> list[Told]:
    """Every organisation, those that left too."""
    rows = await tx.rows(
        "SELECT id, name, kind, siret, finess, address, contact, ends_on, merged_into, quota_bytes,"
        " created_at FROM organisations ORDER BY id"
    )
    return _told(
        rows, "id", "name", "kind", "siret", "finess", "address", "contact", "ends_on",
        "merged_into", "quota_bytes", "created_at",
    )  # fmt: skip


async def people(tx: Transaction) -> list[Told]:
    """Everybody, with her places in organisations."""
    rows = await tx.rows(
        "SELECT id, name, email, language, is_steward, may_open_top, disabled_at, created_at"
        " FROM people ORDER BY id"
    )
    found = _told(
        rows, "id", "name", "email", "language", "is_steward", "may_open_top_folders",
        "disabled_at", "created_at",
    )  # fmt: skip
    places = _told(
        await tx.rows(
            "SELECT person_id, id, organisation_id, function, is_representative, starts_on, ends_on"
            " FROM memberships ORDER BY id"
        ),
        "person", "id", "organisation", "function", "is_representative", "starts_on", "ends_on",
    )  # fmt: skip
    return _with(found, "memberships", places, "person")


async def groups(tx: Transaction) -> list[Told]:
    """Every working group with the memberships that sit in it."""
    found = _told(
        await tx.rows("SELECT id, name, created_at FROM groups ORDER BY id"),
        "id", "name", "created_at",
    )  # fmt: skip
    seats = _told(
        await tx.rows(
            "SELECT group_id, membership_id, is_coordinator FROM group_members ORDER BY 1, 2"
        ),
        "group", "membership", "is_coordinator",
    )  # fmt: skip
    return _with(found, "members", seats, "group")


async def glossary(tx: Transaction) -> list[Told]:
    """Every term of the glossary with its meanings, in order."""
    found = _told(
        await tx.rows("SELECT id, term, changed_by, changed_at FROM glossary ORDER BY key"),
        "id", "term", "changed_by", "changed_at",
    )  # fmt: skip
    said = _told(
        await tx.rows(
            "SELECT glossary_id, meaning FROM glossary_meanings ORDER BY glossary_id, place"
        ),
        "term", "meaning",
    )  # fmt: skip
    return [
        {**one, "meanings": [each["meaning"] for each in one["meanings"]]}
        for one in _with(found, "meanings", said, "term")
    ]


async def folders(tx: Transaction) -> list[FolderRow]:
    """Every folder, those in the trash too, with who was given access to it."""
    rows = await tx.rows(
        "SELECT id, parent_id, name, is_closed, removed_at, quota_bytes, created_by, created_at"
        " FROM folders ORDER BY id"
    )
    grants = _told(
        await tx.rows(
            "SELECT g.folder_id, g.subject_kind, g.subject_id,"
            " COALESCE(o.name, w.name, p.name, n.name), g.role, g.until, g.granted_by,"
            " g.granted_at FROM grants g"
            " LEFT JOIN organisations o ON g.subject_kind = 'organisation' AND o.id = g.subject_id"
            " LEFT JOIN groups w ON g.subject_kind = 'group' AND w.id = g.subject_id"
            " LEFT JOIN people p ON g.subject_kind = 'person' AND p.id = g.subject_id"
            " LEFT JOIN network n ON g.subject_kind = 'network' ORDER BY g.id"
        ),
        "folder", "to", "id", "name", "role", "until", "granted_by", "granted_at",
    )  # fmt: skip
    told = _told(
        rows, "id", "parent", "name", "is_closed", "removed_at", "quota_bytes", "created_by",
        "created_at",
    )  # fmt: skip
    return [
        FolderRow(
            one["id"], one["parent"], one["name"], one["is_closed"],
            one["removed_at"] is not None, one,
        )
        for one in _with(told, "access", grants, "folder")
    ]  # fmt: skip


async def documents(tx: Transaction, folder: int) -> list[DocumentRow]:
    """The documents of a folder with all their versions, those in the trash last."""
    rows = await tx.rows(
        "SELECT id, name, version, removed_at, created_at FROM documents"
        " WHERE folder_id = :folder ORDER BY removed_at IS NOT NULL, id",
        folder=folder,
    )
    versions = _told(
        await tx.rows(
            "SELECT v.document_id, v.number, v.sha256, v.size_bytes, v.media_type, v.author_id,"
            " p.name, o.name, v.comment, v.label, v.restored_from, v.created_at FROM documents d"
            " JOIN versions v ON v.document_id = d.id JOIN people p ON p.id = v.author_id"
            " LEFT JOIN organisations o ON o.id = v.organisation_id"
            " WHERE d.folder_id = :folder ORDER BY v.document_id, v.number",
            folder=folder,
        ),
        "document", "number", "sha256", "size_bytes", "media_type", "author_id", "author",
        "organisation", "comment", "label", "restored_from", "created_at",
    )  # fmt: skip
    told = _told(rows, "id", "name", "version", "removed_at", "created_at")
    return [
        DocumentRow(one["id"], one["name"], one["version"], one["removed_at"] is not None, one)
        for one in _with(told, "versions", versions, "document")
    ]


async def journal(tx: Transaction, after: int, limit: int) -> list[Told]:
    """The next lines of all folders' journals, oldest first."""
    rows = await tx.rows(
        "SELECT j.id, j.at, j.folder_id, j.document_id, j.person_id, p.name, o.name, j.verb,"
        " j.facts FROM journal j JOIN people p ON p.id = j.person_id"
        " LEFT JOIN organisations o ON o.id = j.organisation_id"
        " WHERE j.id > :after ORDER BY j.id LIMIT :limit",
        after=after,
        limit=limit,
    )
    return _told(
        rows, "id", "at", "folder", "document", "person_id", "person", "organisation", "verb",
        "facts",
    )  # fmt: skip


async def network_journal(tx: Transaction, after: int, limit: int) -> list[Told]:
    """The next lines of the network's journal, oldest first."""
    rows = await tx.rows(
        "SELECT j.id, j.at, j.person_id, p.name, o.name, j.verb, j.facts FROM network_journal j"
        " JOIN people p ON p.id = j.person_id"
        " LEFT JOIN organisations o ON o.id = j.organisation_id"
        " WHERE j.id > :after ORDER BY j.id LIMIT :limit",
        after=after,
        limit=limit,
    )
    return _told(rows, "id", "at", "person_id", "person", "organisation", "verb", "facts")


def _told(rows: Iterable[tuple[Any, ...]], *names: str) -> list[Told]:
    return [
        {name: _plain(name, value) for name, value in zip(names, row, strict=True)} for row in rows
    ]


def _plain(name: str, value: Any) -> Any:
    if value is not None and (name == "at" or name.endswith("_at")):
        return from_ms(value).isoformat()
    if name.startswith(("is_", "may_")):
        return bool(value)
    return json.loads(value) if name == "facts" else value


def _with(told: list[Told], name: str, parts: list[Told], of: str) -> list[Told]:
    """Each with its own parts, which need not say any more whose they are."""
    by_id: dict[int, list[Told]] = {}
    for part in parts:
        by_id.setdefault(part.pop(of), []).append(part)
    return [{**one, name: by_id.get(one["id"], [])} for one in told]
