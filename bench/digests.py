"""How long digests of a morning take: 5,000 people, 2,000 folders, 20,000 documents.

Each follows a folder with all below it, two folders and a document, day by day; 600 lines of
the journal are new. Making them, and putting into words those that somebody is to be told.
"""

from __future__ import annotations

import asyncio
import random
import sqlite3
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from atelier import settings
from atelier.app import open_workspace
from atelier.database import letters
from atelier.database.engine import Transaction
from atelier.model.ids import LetterId
from atelier.workspace import admin, digests, letters_out
from atelier.workspace.place import Workspace
from bench.figures import Figure, at_most

PEOPLE, TOPS, BELOW, DOCUMENTS = 5_000, 40, 49, 20_000
ORGANISATIONS, READING, OLD_LINES, NEW_LINES = 50, 5, 20_000, 600
SECONDS = 60
_MAIL = {
    "ATELIER_MAIL_SERVER": "localhost",
    "ATELIER_MAIL_SECURITY": "none",
    "ATELIER_MAIL_SENDER": "atelier@mesure.example",
    "ATELIER_STORAGE_FREE_SPACE_FLOOR_BYTES": "0",
}


def run() -> list[Figure]:
    """Measure a morning."""
    return asyncio.run(measured(PEOPLE, DOCUMENTS))


async def measured(people: int, documents: int) -> list[Figure]:
    """How long it takes to make so many digests, and to put them into words."""
    with tempfile.TemporaryDirectory() as place:
        data = Path(place)
        chosen = settings.load(data, _MAIL, data)
        async with open_workspace(chosen, create=True) as ws:
            await admin.found(ws, "Mesure", "a@mesure.example")
        file = chosen.data / "atelier.sqlite3"
        with closing(sqlite3.connect(file)) as records, records:
            _write(records, people, documents)
        async with open_workspace(chosen) as ws:
            return await _figures(ws, people)


async def _figures(ws: Workspace, people: int) -> list[Figure]:
    made = await _timed(lambda: _make(ws))
    queued = await ws.db.read(lambda tx: tx.rows("SELECT id FROM letters ORDER BY id"))
    numbers = [LetterId(number) for (number,) in queued]
    characters = 0

    async def say() -> None:
        nonlocal characters
        for number in numbers:
            characters += await ws.db.write(lambda tx, one=number: _said(ws, tx, one))  # type: ignore[misc]

    said = await _timed(say)
    told = f"{len(numbers):,} letters, {characters // max(1, len(numbers)):,} bytes each"
    return [
        at_most(f"{people:,} digests made", made, "s", SECONDS, told),
        at_most(f"{len(numbers):,} digests put into words", said, "s", SECONDS, told),
    ]


async def _make(ws: Workspace) -> None:
    while await digests.tick(ws):
        pass


async def _said(ws: Workspace, tx: Transaction, number: LetterId) -> int:
    row = await letters.found(tx, number)
    assert row is not None
    letter = await letters_out.resolved(ws, tx, row)
    return 0 if letter is None else len(ws.post.compose(letter))


async def _timed(act: Callable[[], Awaitable[None]]) -> float:
    begun = time.perf_counter()
    await act()
    return time.perf_counter() - begun


def _write(records: sqlite3.Connection, people: int, documents: int) -> None:
    """The network, what each follows, and a day's journal; every digest is due."""
    chance = random.Random(8)  # noqa: S311
    folders = TOPS * (BELOW + 1)
    _write_people(records, people)
    _write_folders(records)
    records.executemany(
        "INSERT INTO documents (id, folder_id, name, sort_key, version, created_at, changed_at)"
        " VALUES (?, ?, ?, ?, 1, 0, 0)",
        [
            (n, 1 + n % folders, f"Document {n}.pdf", f"document {n}.pdf")
            for n in range(1, documents + 1)
        ],
    )
    lines = OLD_LINES + NEW_LINES
    said = [chance.randint(1, documents) for _ in range(lines)]
    now = int(time.time() * 1000)
    records.executemany(
        "INSERT INTO journal (folder_id, document_id, person_id, verb, facts, at)"
        " VALUES (?, ?, ?, 'deposited', '{}', ?)",
        [
            (1 + n % folders, n, 2 + chance.randrange(100), now - (lines - place) * 60_000)
            for place, n in enumerate(said)
        ],
    )
    _write_follows(records, people, documents, chance)
    due = now - timedelta(minutes=1).seconds * 1000
    records.executemany(
        "INSERT INTO digest_turns (person_id, pace, due_at) VALUES (?, 'daily', ?)",
        [(n, due) for n in range(2, people + 2)],
    )


def _write_people(records: sqlite3.Connection, people: int) -> None:
    records.executemany(
        "INSERT INTO people (id, email, email_key, name, created_at) VALUES (?, ?, ?, ?, 0)",
        [
            (n, f"p{n}@mesure.example", f"p{n}@mesure.example", f"Personne {n}")
            for n in range(2, people + 2)
        ],
    )
    records.executemany(
        "INSERT INTO organisations (id, name, name_key, created_at) VALUES (?, ?, ?, 0)",
        [(n, f"Structure {n}", f"structure {n}") for n in range(1, ORGANISATIONS + 1)],
    )
    records.executemany(
        "INSERT INTO memberships (person_id, organisation_id) VALUES (?, ?)",
        [(n, 1 + n % ORGANISATIONS) for n in range(2, people + 2)],
    )


def _write_folders(records: sqlite3.Connection) -> None:
    """Folders at the top, each with others in it, and open to a few organisations."""
    size = BELOW + 1
    rows, reach, grants = [], [], []
    for top in range(TOPS):
        head = top * size + 1
        rows += [(head + n, None if n == 0 else head, f"Dossier {head + n}") for n in range(size)]
        reach += [(head + n, at) for n in range(size) for at in {head, head + n}]
        grants += [(head, 1 + (top + n) % ORGANISATIONS) for n in range(READING)]
    records.executemany(
        "INSERT INTO folders (id, parent_id, name, created_by, created_at, changed_at)"
        " VALUES (?, ?, ?, 1, 0, 0)",
        rows,
    )
    records.executemany("INSERT INTO reach (folder_id, ancestor_id) VALUES (?, ?)", reach)
    records.executemany(
        "INSERT INTO grants (folder_id, subject_kind, subject_id, role, granted_by, granted_at)"
        " VALUES (?, 'organisation', ?, 'reader', 1, 0)",
        grants,
    )


def _write_follows(
    records: sqlite3.Connection, people: int, documents: int, chance: random.Random
) -> None:
    """What each follows is hers to read: it is in a folder open to her organisation."""
    size, folders = BELOW + 1, TOPS * (BELOW + 1)
    rows = []
    for person in range(2, people + 2):
        organisation = person % ORGANISATIONS
        top = (organisation - chance.randrange(READING)) % ORGANISATIONS % TOPS
        head = top * size + 1
        document = head - 1 + chance.randrange(documents // folders) * folders or folders
        rows += [(person, "folder", head), (person, "document", document)]
        rows += [(person, "folder", head + 1 + n) for n in chance.sample(range(BELOW), 2)]
    records.executemany(
        "INSERT INTO follows (person_id, what, what_id, pace, since, told_through, created_at)"
        " VALUES (?, ?, ?, 'daily', 0, ?, 0)",
        [(*row, OLD_LINES) for row in rows],
    )
