"""Rows of the access log: chained, checked, purged from the front, read with names joined.

Each line carries the SHA-256 (FIPS 180-4), in lower-case hex, of the UTF-8 bytes of the
JSON array `[previous, number, at, person, document, version, act]`: written without
spaces, all but ASCII escaped, `previous` being the hash of the line before ("" before the
first). JSON tells numbers from texts and ends each text, so that no two lines have the
same bytes. Numbers follow one another without a gap. One row beside them says where the
chain begins (the last line purged) and ends.

The chain tells whatever was changed by someone who does not write it anew from there to
its end, with that one row. Against that helps a head kept elsewhere.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from atelier import access
from atelier.database.engine import Transaction
from atelier.database.times import from_ms, to_ms
from atelier.model.folders import Action
from atelier.model.ids import DocumentId, PersonId
from atelier.model.people import Actor
from atelier.model.trail import (
    Consulted,
    Head,
    TrailFault,
    TrailFaultKind,
    TrailLine,
)

_BATCH = 2_000
_LEAST = -(2**63)
_MOST = 2**62  # no chain gets there; a number beyond was written by hand
_LAST_MS = to_ms(datetime(9999, 12, 31, tzinfo=UTC))

# Somebody who writes into the file may leave other types than ours, or no text at all:
# what is read must not break on it, and must not look like what stood there before.
_LINE = (
    "number, CAST(at AS INTEGER), CAST(person AS INTEGER), CAST(document AS INTEGER),"
    " CAST(version AS INTEGER), hex(act), hex(hash),"
    " typeof(at) || typeof(person) || typeof(document) || typeof(version) || typeof(act)"
    " = 'integerintegerintegerintegertext'"
)


@dataclass(frozen=True, slots=True)
class Checked:
    """What a walk along the chain found: how many lines, where it ends, the first fault."""

    lines: int
    head: Head
    fault: TrailFault | None


@dataclass(frozen=True, slots=True)
class Filter:
    """Which lines are asked for: of a person, of a document, from one moment to another."""

    person: PersonId | None = None
    document: DocumentId | None = None
    since: datetime | None = None
    before: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Row:
    number: int
    at: int
    fields: tuple[object, ...]
    hash: str
    is_sound: bool


def chained(previous: str, number: int, fields: tuple[object, ...]) -> str:
    """The hash of a line whose `fields` are (at, person, document, version, act)."""
    written = json.dumps([previous, number, *fields], separators=(",", ":"))
    return hashlib.sha256(written.encode()).hexdigest()


async def extend(tx: Transaction, lines: Iterable[Consulted]) -> None:
    """Put lines at the end of the chain, in this order; one that is there already stays one."""
    end = await head(tx)
    number, digest = await _last_number(tx, end), end.hash
    for line in lines:
        fields = (line.at, line.person, line.document, line.version, line.act.value)
        following = chained(digest, number + 1, fields)
        if await _insert(tx, number + 1, fields, following):
            number, digest = number + 1, following
    await tx.run(
        "INSERT INTO access_log_ends (id, first_number, first_hash, last_number, last_hash)"
        " VALUES (1, 0, '', :number, :hash) ON CONFLICT (id)"
        " DO UPDATE SET last_number = excluded.last_number, last_hash = excluded.last_hash",
        number=number,
        hash=digest,
    )


async def head(tx: Transaction) -> Head:
    """Where the chain says it ends."""
    return (await _ends(tx))[1]


async def hash_at(tx: Transaction, number: int) -> str | None:
    """The hash of this line, or of the last one purged; None when it is not there (any more)."""
    first, _ = await _ends(tx)
    if number == first.number:
        return first.hash
    found = await tx.value("SELECT hex(hash) FROM access_log WHERE number = :n", n=number)
    return None if found is None else _text(found)


async def begins_after(tx: Transaction) -> int:
    """The number of the last line purged; 0 when none was."""
    return (await _ends(tx))[0].number


async def check(tx: Transaction) -> Checked:
    """Walk along the whole chain, on one view of the records, up to its first fault."""
    place, end = await _ends(tx)
    count = 0
    async for row in _walk(tx):
        fault = _fault_of(row, place, end)
        if fault is not None:
            return Checked(count, end, fault)
        place, count = Head(row.number, row.hash), count + 1
    if place.number < end.number:
        return Checked(count, end, TrailFault(place.number + 1, TrailFaultKind.CUT))
    if place != end:
        return Checked(count, end, TrailFault(place.number, TrailFaultKind.END))
    return Checked(count, end, None)


async def purge(tx: Transaction, before: datetime, limit: int) -> Checked:
    """Remove lines older than that from the front, at most `limit`: how many, up to where.

    The chain then begins at the last line removed. Stops at a line that is not as it was
    written, and tells it: what was changed is not to be cleared away unseen, and a line
    that was only made to look old is not ours to remove.
    """
    place, end = await _ends(tx)
    oldest, count, fault = to_ms(before), 0, None
    for row in await _rows(tx, _LEAST, limit):
        fault = _fault_of(row, place, end)
        if fault is not None or row.at >= oldest:
            break
        place, count = Head(row.number, row.hash), count + 1
    if count:
        await _begin_after(tx, place)
    return Checked(count, place, fault)


async def lines(
    tx: Transaction, actor: Actor, asked: Filter, *, after: int, limit: int
) -> list[TrailLine]:
    """The lines after this number, in order; documents she may not read stay numbers."""
    rows = await tx.rows(
        f"WITH {access.scoped(actor, Action.READ)}"
        " SELECT l.number, CAST(l.at AS INTEGER), CAST(l.person AS INTEGER), p.name, p.email,"
        " CAST(l.document AS INTEGER), d.name, CAST(l.version AS INTEGER), hex(l.act)"
        " FROM access_log l LEFT JOIN people p ON p.id = l.person"
        " LEFT JOIN documents d ON d.id = l.document AND d.removed_at IS NULL"
        f" AND {access.meets('d.folder_id')}"
        f" WHERE l.number > :after{_conditions(asked)} ORDER BY l.number LIMIT :limit",
        after=after,
        limit=limit,
        **_values(asked),
        **access.asking(actor),
    )
    return [_line(row) for row in rows]


def _conditions(asked: Filter) -> str:
    conditions = (
        (asked.person, " AND l.person = :of_person"),
        (asked.document, " AND l.document = :of_document"),
        (asked.since, " AND l.at >= :since"),
        (asked.before, " AND l.at < :before"),
    )
    return "".join(text for value, text in conditions if value is not None)


def _values(asked: Filter) -> dict[str, object]:
    values: dict[str, object] = {"of_person": asked.person, "of_document": asked.document}
    values["since"] = None if asked.since is None else to_ms(asked.since)
    values["before"] = None if asked.before is None else to_ms(asked.before)
    return {name: value for name, value in values.items() if value is not None}


def _line(row: tuple[Any, ...]) -> TrailLine:
    number, at, person, name, email, document, document_name, version, act = row
    return TrailLine(
        number=number,
        at=from_ms(min(max(at, 0), _LAST_MS)),
        person_id=PersonId(person),
        person=name or "",
        email=email or "",
        document_id=DocumentId(document),
        document_name=document_name or "",
        version=version,
        act=bytes.fromhex(act).decode("utf-8", "replace"),
    )


def _fault_of(row: _Row, place: Head, end: Head) -> TrailFault | None:
    """What is wrong with a line after this place of the chain."""
    if row.number > place.number + 1 and place.number < end.number:
        return TrailFault(place.number + 1, TrailFaultKind.REMOVED)
    if row.number <= place.number or row.number > end.number:
        return TrailFault(row.number, TrailFaultKind.INSERTED)
    if row.is_sound and row.hash == chained(place.hash, row.number, row.fields):
        return None
    return TrailFault(row.number, TrailFaultKind.ALTERED)


async def _last_number(tx: Transaction, end: Head) -> int:
    """The number after which a new line is free.

    Who wrote lines beyond the end, or moved it, must not stop what comes now: the break
    stays to be seen.
    """
    highest = await tx.value("SELECT MAX(number) FROM access_log WHERE number < :most", most=_MOST)
    return max(number for number in (end.number, highest or 0, 0) if number < _MOST)


async def _insert(tx: Transaction, number: int, fields: tuple[object, ...], digest: str) -> bool:
    at, person, document, version, act = fields
    return bool(
        await tx.run(
            "INSERT INTO access_log (number, at, person, document, version, act, hash)"
            " VALUES (:number, :at, :person, :document, :version, :act, :hash)"
            " ON CONFLICT (person, document, version, act, at) DO NOTHING",
            number=number,
            at=at,
            person=person,
            document=document,
            version=version,
            act=act,
            hash=digest,
        )
    )


async def _begin_after(tx: Transaction, place: Head) -> None:
    await tx.run(
        "UPDATE access_log_ends SET first_number = :number, first_hash = :hash",
        number=place.number,
        hash=place.hash,
    )
    await tx.run("DELETE FROM access_log WHERE number <= :number", number=place.number)


async def _ends(tx: Transaction) -> tuple[Head, Head]:
    """Where the chain begins and ends; as if nothing was ever written, without that row."""
    row = await tx.row(
        "SELECT CAST(first_number AS INTEGER), hex(first_hash),"
        " CAST(last_number AS INTEGER), hex(last_hash) FROM access_log_ends WHERE id = 1"
    )
    first, first_hash, last, last_hash = row or (0, "", 0, "")
    return Head(first, _text(first_hash)), Head(last, _text(last_hash))


async def _walk(tx: Transaction) -> AsyncIterator[_Row]:
    first = _LEAST
    while rows := await _rows(tx, first, _BATCH):
        for row in rows:
            yield row
        first = rows[-1].number + 1


async def _rows(tx: Transaction, first: int, limit: int) -> list[_Row]:
    rows = await tx.rows(
        f"SELECT {_LINE} FROM access_log WHERE number >= :first ORDER BY number LIMIT :limit",
        first=first,
        limit=limit,
    )
    return [
        _Row(number, at, (at, person, document, version, _text(act)), _text(digest), bool(sound))
        for number, at, person, document, version, act, digest, sound in rows
    ]


def _text(in_hex: str) -> str:
    """A text of the records, whatever its bytes are."""
    return bytes.fromhex(in_hex).decode("utf-8", "surrogateescape")
