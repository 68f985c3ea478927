"""Rows of the glossary: its terms, each with its meanings in order."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from atelier.database.engine import Transaction
from atelier.database.times import from_ms, to_ms
from atelier.model.glossary import GlossaryTerm
from atelier.model.ids import GlossaryTermId, PersonId

_ALL = """SELECT g.id, g.term, p.name, g.changed_by, g.changed_at, m.meaning
FROM glossary g JOIN people p ON p.id = g.changed_by
LEFT JOIN glossary_meanings m ON m.glossary_id = g.id"""


# Equal for equal glossaries: last line of the network's journal, terms, last term, last change.
State = tuple[int, ...]


async def state(tx: Transaction) -> State:
    """What is another whenever the glossary has changed, whichever process changed it.

    Each change notes a line in the network's journal, in its own transaction.
    """
    (row,) = await tx.rows(
        "SELECT (SELECT COALESCE(MAX(id), 0) FROM network_journal),"
        " COUNT(*), COALESCE(MAX(id), 0), COALESCE(MAX(changed_at), 0) FROM glossary"
    )
    return tuple(row)


async def terms(tx: Transaction) -> tuple[GlossaryTerm, ...]:
    """The whole glossary, in alphabetical order of folded spelling."""
    return _terms(await tx.rows(f"{_ALL} ORDER BY g.key, m.place"))


async def get(tx: Transaction, number: GlossaryTermId) -> GlossaryTerm | None:
    """One term."""
    rows = await tx.rows(f"{_ALL} WHERE g.id = :id ORDER BY m.place", id=number)
    return next(iter(_terms(rows)), None)


async def holder(tx: Transaction, key: str) -> GlossaryTerm | None:
    """The term of that folded spelling."""
    rows = await tx.rows(f"{_ALL} WHERE g.key = :key ORDER BY m.place", key=key)
    return next(iter(_terms(rows)), None)


async def count(tx: Transaction) -> int:
    """How many terms there are."""
    number: int = await tx.value("SELECT COUNT(*) FROM glossary")
    return number


async def add(
    tx: Transaction,
    term: str,
    meanings: Sequence[str],
    *,
    key: str,
    by: PersonId,
    at: datetime,
) -> GlossaryTermId:
    """Write a term; its key must be free."""
    number = await tx.value(
        "INSERT INTO glossary (term, key, changed_by, changed_at)"
        " VALUES (:term, :key, :by, :at) RETURNING id",
        term=term,
        key=key,
        by=by,
        at=to_ms(at),
    )
    await _say(tx, number, meanings)
    return GlossaryTermId(number)


async def change(
    tx: Transaction, number: GlossaryTermId, term: str, meanings: Sequence[str], *, key: str
) -> None:
    """Write it otherwise; the key must be free or its own. `touch` says who did."""
    await tx.run(
        "UPDATE glossary SET term = :term, key = :key WHERE id = :id",
        id=number,
        term=term,
        key=key,
    )
    await tx.run("DELETE FROM glossary_meanings WHERE glossary_id = :id", id=number)
    await _say(tx, number, meanings)


async def touch(tx: Transaction, number: GlossaryTermId, by: PersonId, at: datetime) -> None:
    """Keep who wrote a term last, and when."""
    await tx.run(
        "UPDATE glossary SET changed_by = :by, changed_at = :at WHERE id = :id",
        id=number,
        by=by,
        at=to_ms(at),
    )


async def remove(tx: Transaction, number: GlossaryTermId) -> None:
    """Take a term away with its meanings."""
    await tx.run("DELETE FROM glossary WHERE id = :id", id=number)


async def _say(tx: Transaction, number: int, meanings: Sequence[str]) -> None:
    await tx.many(
        "INSERT INTO glossary_meanings (glossary_id, place, meaning)"
        " VALUES (:id, :place, :meaning)",
        [{"id": number, "place": at, "meaning": meaning} for at, meaning in enumerate(meanings)],
    )


def _terms(rows: list[Any]) -> tuple[GlossaryTerm, ...]:
    """Terms of rows that stand together, one row for each meaning."""
    found = []
    for (number, term, name, by, at), group in groupby(rows, key=lambda row: tuple(row[:5])):
        meanings = tuple(row[5] for row in group if row[5] is not None)
        found.append(
            GlossaryTerm(GlossaryTermId(number), term, meanings, PersonId(by), name, from_ms(at))
        )
    return tuple(found)
