"""A network whose texts have been read: 500 folders, any number of documents, their index.

Rows are written straight into the records and texts into `derived/`, as `bench.wide` does:
so many deposits would measure something else. The index is built by `rebuild-index`.
"""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import msgspec

from atelier.blobs.derived import DerivedTexts
from atelier.extract.contract import READER_VERSION, PageKind, Reading
from atelier.files import Disk
from atelier.model.documents import ReadState
from atelier.workspace.documents import text_key
from bench.corpus import FOLDERS, Corpus, Text
from bench.visiting import commanded

FEW = range(201, 221)
_PAGE_CHARACTERS = 2_500
_BATCH = 500
_DAY_MS = 86_400_000


@dataclass(frozen=True)
class Library:
    """The network: where it is, how to come in as its steward and as one who reads 20 folders."""

    data: Path
    steward: str
    reader: str


def founded(data: Path, material: Corpus, number: int) -> Library:
    """A network with so many documents; no index yet."""
    steward = commanded(
        "init", "--network", "Mesure", "--admin", "a@mesure.example", "--data", str(data)
    )["link"]
    reader = commanded(
        "person", "add", "b@mesure.example", "--name", "Lectrice", "--data", str(data)
    )["link"]
    with sqlite3.connect(data / "atelier.sqlite3") as records:
        _write_folders(records)
    library = Library(data, str(steward), str(reader))
    for batch in material.batches(number, _BATCH):
        deposit(library, batch)
    return library


def deposit(library: Library, texts: Sequence[tuple[int, Text]]) -> None:
    """Documents by number, read already, that the index has not seen yet."""
    asyncio.run(_keep(library.data / "derived", texts))
    records = sqlite3.connect(library.data / "atelier.sqlite3", timeout=30)
    with records:
        _write_documents(records, texts)
    records.close()


def rebuilt(library: Library) -> float:
    """Build the index as an administrator does: how many seconds."""
    started = time.perf_counter()
    command = [sys.executable, "-m", "atelier", "rebuild-index", "--data", str(library.data)]
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - started


def invited(library: Library) -> str:
    """A new link for the steward, to come in by again."""
    told = commanded("person", "link", "a@mesure.example", "--data", str(library.data))
    return str(told["link"])


def waiting(library: Library) -> int:
    """The number of the last entry that the index is to apply."""
    records = sqlite3.connect(library.data / "atelier.sqlite3", timeout=30)
    ((last,),) = records.execute("SELECT COALESCE(MAX(number), 0) FROM index_entries").fetchall()
    records.close()
    return int(last)


def shelve(library: Library, folder: int, name: str, number: int) -> None:
    """One more folder at the top, that all may read, with so many documents nobody has read yet."""
    first = folder * 100_000
    with closing(sqlite3.connect(library.data / "atelier.sqlite3")) as records, records:
        records.execute(
            "INSERT INTO folders (id, parent_id, name, is_closed, created_by, created_at,"
            " changed_at) VALUES (?, NULL, ?, 0, 1, 0, 0)",
            (folder, name),
        )
        records.execute("INSERT INTO reach (folder_id, ancestor_id) VALUES (?, ?)", (folder,) * 2)
        records.execute(
            "INSERT INTO grants (folder_id, subject_kind, subject_id, role, granted_by, granted_at)"
            " VALUES (?, 'person', 1, 'coordinator', 1, 0)",
            (folder,),
        )
        records.executemany(
            "INSERT INTO documents (id, folder_id, name, sort_key, version, created_at, changed_at)"
            " VALUES (?, ?, ?, ?, 1, 0, ?)",
            [
                (n, folder, f"Avis {n}.pdf", f"avis {n}.pdf", n * 7919 % 10**7)
                for n in range(first, first + number)
            ],
        )
        records.execute(
            "INSERT INTO versions (document_id, number, sha256, size_bytes, media_type, author_id,"
            " state, created_at) SELECT id, 1, printf('%064d', id), id * 31, 'application/pdf', 1,"
            " 'ok', 0 FROM documents WHERE folder_id = ?",
            (folder,),
        )
        records.execute(
            "INSERT INTO names (folder_id, key, kind, id)"
            " SELECT folder_id, sort_key, 'document', id FROM documents WHERE folder_id = ?",
            (folder,),
        )


def _write_folders(records: sqlite3.Connection) -> None:
    """A top folder, 500 in it; person 1 coordinates all, person 2 reads 20."""
    numbers = range(2, FOLDERS + 2)
    records.executemany(
        "INSERT INTO folders (id, parent_id, name, is_closed, created_by, created_at, changed_at)"
        " VALUES (?, ?, ?, 0, 1, 0, 0)",
        [(1, None, "Réseau"), *((n, 1, f"Dossier {n:03d}") for n in numbers)],
    )
    records.executemany(
        "INSERT INTO reach (folder_id, ancestor_id) VALUES (?, ?)",
        [(1, 1), *((n, above) for n in numbers for above in (1, n))],
    )
    records.executemany(
        "INSERT INTO names (folder_id, key, kind, id) VALUES (1, ?, 'folder', ?)",
        [(f"dossier {n:03d}", n) for n in numbers],
    )
    records.executemany(
        "INSERT INTO grants (folder_id, subject_kind, subject_id, role, granted_by, granted_at)"
        " VALUES (?, 'person', ?, ?, 1, 0)",
        [(1, 1, "coordinator"), *((n, 2, "reader") for n in FEW)],
    )


def _write_documents(records: sqlite3.Connection, texts: Sequence[tuple[int, Text]]) -> None:
    records.executemany(
        "INSERT INTO documents (id, folder_id, name, sort_key, version, created_at, changed_at)"
        " VALUES (?, ?, ?, ?, 1, 0, ?)",
        [
            (n, text.folder + 1, _name(n, text), _name(n, text).lower(), n % 4_000 * _DAY_MS)
            for n, text in texts
        ],
    )
    records.executemany(
        "INSERT INTO versions (id, document_id, number, sha256, size_bytes, media_type, author_id,"
        " state, page_kind, language, reader_version, created_at)"
        " VALUES (?, ?, 1, ?, 9999, 'application/pdf', ?, 'ok', 'page', 'fr', ?, 0)",
        [(n, n, f"{n:064d}", 1 + n % 2, READER_VERSION) for n, _ in texts],
    )
    records.executemany(
        "INSERT INTO names (folder_id, key, kind, id) VALUES (?, ?, 'document', ?)",
        [(text.folder + 1, _name(n, text).lower(), n) for n, text in texts],
    )
    records.executemany(
        "INSERT INTO index_entries (document_id) VALUES (?)", [(n,) for n, _ in texts]
    )


def _name(number: int, text: Text) -> str:
    return f"{text.title} ({number}).pdf"


async def _keep(folder: Path, texts: Sequence[tuple[int, Text]]) -> None:
    kept = DerivedTexts(folder, Disk(), reader_version=READER_VERSION)
    for number, text in texts:
        await kept.put(text_key(number, f"{number:064d}"), msgspec.msgpack.encode(_read(text)))


def _read(text: Text) -> Reading:
    """Its pages, cut at the ends of lines."""
    cuts = [0]
    while len(text.text) - cuts[-1] > _PAGE_CHARACTERS:
        found = text.text.find("\n", cuts[-1] + _PAGE_CHARACTERS)
        if found < 0:
            break
        cuts.append(found)
    pages = tuple(text.text[one:other] for one, other in pairwise([*cuts, len(text.text)]))
    return Reading(
        state=ReadState.OK,
        media_type="application/pdf",
        page_kind=PageKind.PAGE,
        pages=pages,
        language="fr",
    )
