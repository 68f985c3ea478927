"""Meetings in a network that `bench.library` made: agendas, papers, decisions, actions.

Rows are written straight into the records, as those of `bench.library` are. Twenty meetings
to a series, a series to a folder; of these folders the reader reads up to twenty.
"""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import islice

from atelier.model import names
from atelier.model.ids import MeetingId
from atelier.model.meetings import Part, entry_number
from bench.corpus import Corpus
from bench.library import FEW, Library

ITEMS, DECISIONS, TODOS, PAPERS = 20, 10, 6, 3  # of one meeting
OF_SERIES = 20
_FIRST_FOLDER = 1_000
_DAY_MS = 86_400_000
_FIRST_DAY = 1_500_000_000_000
_TEXT_CHARACTERS, _DECISION_CHARACTERS = 700, 180


def hold(library: Library, material: Corpus, number: int, documents: int) -> None:
    """So many meetings, whose papers are among these documents."""
    chance = random.Random(8)  # noqa: S311
    said = _said(material, chance)
    with closing(sqlite3.connect(library.data / "atelier.sqlite3")) as records, records:
        _write_places(records, number)
        for meeting in range(1, number + 1):
            _write_meeting(records, meeting, said, chance)
            _write_papers(records, meeting, documents, chance)
        records.executemany(
            "INSERT INTO index_entries (document_id) VALUES (?)",
            [
                (entry_number(MeetingId(meeting), part),)
                for meeting in range(1, number + 1)
                for part in Part
            ],
        )


def _said(material: Corpus, chance: random.Random) -> Iterator[str]:
    """Paragraphs without end."""
    while True:
        yield chance.choice(material.paragraphs)


def _some(said: Iterator[str], characters: int) -> str:
    """Whole words, as near to so many characters as they come."""
    text = ""
    while len(text) < characters:
        text = f"{text} {next(said)}"
    return text[: text.rfind(" ", 0, characters)].strip()


def _place(meeting: int) -> int:
    """The folder of a meeting: from the first that the reader reads, one for each series."""
    return FEW[0] + (meeting - 1) // OF_SERIES


def _write_places(records: sqlite3.Connection, number: int) -> None:
    """Organisations with both people in one, and a series for each folder that holds meetings."""
    records.executemany(
        "INSERT INTO organisations (id, name, name_key, created_at) VALUES (?, ?, ?, 0)",
        [(n, f"Structure {n}", f"structure {n}") for n in range(1, 11)],
    )
    records.executemany(
        "INSERT INTO memberships (person_id, organisation_id) VALUES (?, ?)", [(1, 1), (2, 2)]
    )
    places = sorted({_place(meeting) for meeting in range(1, number + 1)})
    records.executemany(
        "INSERT INTO series (id, folder_id, name, key) VALUES (?, ?, ?, ?)",
        [(n, place, f"Comité {n}", f"comité {n}") for n, place in enumerate(places, start=1)],
    )


def _write_meeting(
    records: sqlite3.Connection, meeting: int, said: Iterator[str], chance: random.Random
) -> None:
    """Its dossier and its head, its items, what was decided and what is to be done."""
    place, dossier = _place(meeting), _FIRST_FOLDER + meeting
    title, at = f"Réunion {meeting}", _FIRST_DAY + meeting * _DAY_MS
    records.execute(
        "INSERT INTO folders (id, parent_id, name, is_closed, created_by, created_at, changed_at)"
        " VALUES (?, ?, ?, 0, 1, 0, 0)",
        (dossier, place, title),
    )
    records.executemany(
        "INSERT INTO reach (folder_id, ancestor_id) VALUES (?, ?)",
        [(dossier, above) for above in (1, place, dossier)],
    )
    records.execute(
        "INSERT INTO names (folder_id, key, kind, id) VALUES (?, ?, 'folder', ?)",
        (place, names.key(title), dossier),
    )
    records.execute(
        "INSERT INTO meetings (id, dossier_id, series_id, organisation_id, title, starts_at,"
        " state, uid, created_by, created_at, changed_at) VALUES (?, ?, ?, ?, ?, ?, 'held', ?,"
        " 1, 0, 0)",
        (meeting, dossier, place - FEW[0] + 1, 1 + meeting % 10, title, at, f"{meeting}@mesure"),
    )
    records.executemany(
        "INSERT INTO agenda_items (id, meeting_id, place, title, text) VALUES (?, ?, ?, ?, ?)",
        [
            (item, meeting, place_, _some(said, 60), _some(said, _TEXT_CHARACTERS))
            for place_, item in enumerate(_items(meeting), start=1)
        ],
    )
    _write_outcome(records, meeting, said, chance)


def _write_outcome(
    records: sqlite3.Connection, meeting: int, said: Iterator[str], chance: random.Random
) -> None:
    """A third of the actions of each, of the steward, of the reader and of organisations."""
    day = 19_000 - meeting
    texts = [_some(said, _DECISION_CHARACTERS) for _ in range(DECISIONS)]
    records.executemany(
        "INSERT INTO decisions (item_id, text, key, way, decided_on)"
        " VALUES (?, ?, ?, 'consensus', date(?, 'unixepoch'))",
        [
            (item, text, names.sort_key(text), day * 86_400)
            for item, text in zip(_items(meeting), texts, strict=False)
        ],
    )
    records.executemany(
        "INSERT INTO todos (item_id, text, person_id, organisation_id, due_on, done_on)"
        " VALUES (?, ?, ?, ?, date(?, 'unixepoch'), ?)",
        [
            (
                item,
                _some(said, 120),
                (1, 2, None)[at % 3],
                1 + at % 2,
                (20_400 + chance.randrange(400)) * 86_400,
                "2026-01-02" if chance.random() < 0.8 else None,
            )
            for at, item in enumerate(islice(_items(meeting), TODOS))
        ],
    )


def _write_papers(
    records: sqlite3.Connection, meeting: int, documents: int, chance: random.Random
) -> None:
    records.executemany(
        "INSERT INTO item_papers (item_id, place, document_id, version, name, sha256)"
        " SELECT ?, 1, d.id, 1, d.name, v.sha256 FROM documents d JOIN versions v"
        " ON v.document_id = d.id WHERE d.id = ?",
        [
            (item, document)
            for item, document in zip(
                _items(meeting), chance.sample(range(1, documents + 1), PAPERS), strict=False
            )
        ],
    )


def _items(meeting: int) -> Sequence[int]:
    first = (meeting - 1) * ITEMS + 1
    return range(first, first + ITEMS)
