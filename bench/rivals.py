"""Our engine, bare tantivy with its own French filters and SQLite FTS5, asked alike.

Each keeps the same texts in a folder, commits as often, and answers with the first 20
documents and how many there are. The bare ones do what their manuals say, and no more:
no names weighted, no exact words beside stems, no compounds, no accents typed or not.
"""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

import tantivy

from atelier.search import open_engine
from atelier.search.contract import AllBut, Ask, Entry, Only, Within
from atelier.search.grammar import parse
from bench.corpus import Text

TOP = 20
_MEDIA_TYPES = ("application/pdf", "text/plain", "message/rfc822", "image/png")
_FIRST_DAY = datetime(2015, 1, 1, tzinfo=UTC)


class Rival(Protocol):
    """One engine with its folder; `ask` may be called from several threads at once."""

    name: str

    def add(self, texts: Sequence[tuple[int, Text]]) -> None:
        """Add these texts by number, all visible when it returns."""

    def settle(self) -> None:
        """Finish what runs behind, when all is added."""

    def ask(self, words: str, folders: frozenset[int], *, with_counts: bool = False) -> int:
        """How many answer, in these folders only (in any when none is named)."""

    def close(self) -> None:
        """Give everything back."""


class Ours:
    """An engine of `atelier.search`, by its contract, from a loop of its own."""

    def __init__(self, engine: str, folder: Path) -> None:
        self.name = "Atelier" if engine == "tantivy" else engine
        self._loop = asyncio.new_event_loop()
        self._turning = threading.Thread(target=self._loop.run_forever)
        self._turning.start()
        self.index = open_engine(engine, folder)
        self._number = 0
        self._run(self.index.reset())

    def add(self, texts: Sequence[tuple[int, Text]]) -> None:
        """See `Rival`."""
        self._number += 1
        entries = [entry(number, text) for number, text in texts]
        self._run(self.index.apply(entries, frozenset(), self._number))

    def settle(self) -> None:
        """See `Rival`."""
        self._run(self.index.rest())

    def ask(self, words: str, folders: frozenset[int], *, with_counts: bool = False) -> int:
        """See `Rival`."""
        within = Within(Only(folders) if folders else AllBut(frozenset()))
        ask = Ask(parse(words), within, limit=TOP, with_counts=with_counts)
        return int(self._run(self.index.find(ask)).total)

    def begin(self, start: str, folders: frozenset[int]) -> tuple[str, ...]:
        """Words that begin so."""
        within = Within(Only(folders) if folders else AllBut(frozenset()))
        found: tuple[str, ...] = self._run(self.index.beginning(start, within, 8))
        return found

    def close(self) -> None:
        """See `Rival`."""
        self._run(self.index.close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._turning.join()
        self._loop.close()

    def _run(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()


class BareTantivy:
    """tantivy as its manual has it: stop words, stems, accents folded, a folder for rights."""

    name = "bare tantivy"

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        build = tantivy.SchemaBuilder()
        for name in ("title", "body"):
            build.add_text_field(name, tokenizer_name="french")
        for name in ("number", "folder"):
            build.add_unsigned_field(name, indexed=True, fast=True)
        self._fields = build.build()
        self._index = tantivy.Index(self._fields, str(folder))
        self._index.config_reader("manual")
        self._index.register_tokenizer("french", _french())
        self._writer: tantivy.IndexWriter | None = self._index.writer(15_000_000, 1)
        self._searcher = self._index.searcher()

    def add(self, texts: Sequence[tuple[int, Text]]) -> None:
        """See `Rival`."""
        assert self._writer is not None
        for number, text in texts:
            held = {"number": number, "folder": text.folder, "title": text.title, "body": text.text}
            self._writer.add_document(tantivy.Document.from_dict(held, self._fields))
        self._writer.commit()
        self._index.reload()
        self._searcher = self._index.searcher()

    def settle(self) -> None:
        """See `Rival`."""
        assert self._writer is not None
        self._writer.wait_merging_threads()
        self._writer = self._index.writer(15_000_000, 1)

    def ask(self, words: str, folders: frozenset[int], *, with_counts: bool = False) -> int:
        """See `Rival`."""
        query = self._query(words)
        if folders:
            place = tantivy.Query.term_set_query(self._fields, "folder", list(folders))
            narrow = tantivy.Query.const_score_query(place, 0.0)
            query = query.and_must_match(narrow)
        searcher = self._searcher
        found = searcher.search(query, TOP)
        searcher.fast_field_values("number", [address for _, address in found.hits])
        if with_counts:
            searcher.aggregate(query, {"folder": {"terms": {"field": "folder", "size": 1_000}}})
        return int(found.count)  # type: ignore[attr-defined]

    def close(self) -> None:
        """See `Rival`."""
        self._writer = None

    def _query(self, words: str) -> tantivy.Query:
        if not words.endswith("*"):
            return self._index.parse_query(words, ["title", "body"], conjunction_by_default=True)
        begins = [
            tantivy.Query.regex_query(self._fields, name, f"{words[:-1]}.*")
            for name in ("title", "body")
        ]
        return tantivy.Query.boolean_query([(tantivy.Occur.Should, one) for one in begins])


class Fts5:
    """SQLite FTS5: accents folded, no stems, for it has none of French."""

    name = "FTS5"

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self._path = folder / "texts.sqlite"
        self._of_thread = threading.local()
        self._opened: list[sqlite3.Connection] = []
        records = self._records()
        records.execute("PRAGMA journal_mode = WAL")
        records.execute(
            "CREATE VIRTUAL TABLE texts USING fts5"
            " (title, body, folder UNINDEXED, tokenize = 'unicode61 remove_diacritics 2')"
        )

    def add(self, texts: Sequence[tuple[int, Text]]) -> None:
        """See `Rival`."""
        rows = [(number, text.title, text.text, text.folder) for number, text in texts]
        with self._records() as records:
            records.executemany(
                "INSERT INTO texts (rowid, title, body, folder) VALUES (?, ?, ?, ?)", rows
            )

    def settle(self) -> None:
        """See `Rival`."""
        self._records().execute("PRAGMA wal_checkpoint (TRUNCATE)")

    def ask(self, words: str, folders: frozenset[int], *, with_counts: bool = False) -> int:
        """See `Rival`."""
        is_whole = words[0] == '"' or words[-1] == "*"
        said = words if is_whole else " ".join(f'"{word}"' for word in words.split())
        place = f" AND folder IN ({', '.join(map(str, folders))})" if folders else ""
        where = f"FROM texts WHERE texts MATCH ?{place}"
        records = self._records()
        records.execute(f"SELECT rowid {where} ORDER BY rank LIMIT {TOP}", (said,)).fetchall()
        if with_counts:
            records.execute(f"SELECT folder, count(*) {where} GROUP BY folder", (said,)).fetchall()
        ((total,),) = records.execute(f"SELECT count(*) {where}", (said,)).fetchall()
        return int(total)

    def close(self) -> None:
        """See `Rival`."""
        for records in self._opened:
            records.close()

    def _records(self) -> sqlite3.Connection:
        if not hasattr(self._of_thread, "records"):
            records = sqlite3.connect(self._path, check_same_thread=False, timeout=30)
            self._of_thread.records = records
            self._opened.append(records)
        found: sqlite3.Connection = self._of_thread.records
        return found


RIVALS: tuple[Callable[[Path], Rival], ...] = (
    lambda folder: Ours("tantivy", folder),
    BareTantivy,
    Fts5,
)


def entry(number: int, text: Text) -> Entry:
    """The text as our engines index it, with people, kinds and years to be counted."""
    changed_at = _FIRST_DAY + timedelta(hours=number * 7919 % 87_600)
    return Entry(
        document=number,
        version=1,
        folder=text.folder,
        name=text.title,
        media_type=_MEDIA_TYPES[number % len(_MEDIA_TYPES)],
        language="fr",
        changed_at=changed_at,
        year=changed_at.year,
        author=f"Personne {number % 300}",
        author_id=1 + number % 300,
        organisation=f"Structure {number % 97}",
        organisation_id=1 + number % 97,
        text=text.text,
    )


def _french() -> tantivy.TextAnalyzer:
    """Its own filters for French, in the order of its manual."""
    return (
        tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
        .filter(tantivy.Filter.lowercase())
        .filter(tantivy.Filter.stopword("french"))
        .filter(tantivy.Filter.stemmer("french"))
        .filter(tantivy.Filter.ascii_fold())
        .build()
    )
