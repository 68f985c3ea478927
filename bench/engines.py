"""The same texts in our engines, in bare tantivy and in SQLite FTS5, and what each answers.

Ours are asked as a person's search asks them: entries with their pages joined, the grammar,
the contract. The bare ones get every word of the question, any of which may answer, and
phrases where they are meant as such.
"""

from __future__ import annotations

import asyncio
import re
import sqlite3
from collections.abc import Sequence
from pathlib import Path

import tantivy

from atelier.search import open_engine
from atelier.search.contract import AllBut, Ask, Within
from atelier.search.grammar import parse
from tests.search.relevance.merits import TOP
from tests.search.relevance.sets import Judged, entries

OURS = ("tantivy", "whoosh")
_EVERYTHING = Within(AllBut(frozenset()))
_BATCH = 50
_WORD_OR_PHRASE = re.compile(r'["«]\s*([^"«»]+?)\s*["»]|(\w+)')

# The documents that answer each question, best first, as the set calls them.
Answers = list[list[str]]


def answers_of(judged: Judged, folder: Path) -> dict[str, Answers]:
    """What each engine answers, by its name."""
    answers = {engine: asyncio.run(_ours(engine, judged, folder / engine)) for engine in OURS}
    return answers | {"bare tantivy": _bare_tantivy(judged), "FTS5": _fts5(judged)}


async def _ours(engine: str, judged: Judged, folder: Path) -> Answers:
    index = open_engine(engine, folder)
    try:
        await index.reset()
        shown = entries(judged)
        for number, at in enumerate(range(0, len(shown), _BATCH), 1):
            await index.apply(shown[at : at + _BATCH], frozenset(), number)
        found = [
            await index.find(Ask(parse(asked.q), _EVERYTHING, limit=TOP))
            for asked in judged.questions
        ]
    finally:
        await index.close()
    return [_ids(judged, one.documents) for one in found]


def _bare_tantivy(judged: Judged) -> Answers:
    """Its own filters for French, in the order of its manual."""
    french = (
        tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
        .filter(tantivy.Filter.lowercase())
        .filter(tantivy.Filter.stopword("french"))
        .filter(tantivy.Filter.stemmer("french"))
        .filter(tantivy.Filter.ascii_fold())
        .build()
    )
    schema = tantivy.SchemaBuilder().add_integer_field("number", stored=True)
    for name in ("title", "body"):
        schema = schema.add_text_field(name, tokenizer_name="french")
    index = tantivy.Index(schema.build())
    index.register_tokenizer("french", french)
    writer = index.writer(num_threads=1)
    for number, text in enumerate(judged.texts):
        writer.add_document(tantivy.Document(number=number, title=text.title, body=text.whole))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    searcher = index.searcher()
    answers = []
    for asked in judged.questions:
        query = index.parse_query(_said(asked.q, " "), ["title", "body"])
        found = [searcher.doc(address) for _, address in searcher.search(query, TOP).hits]
        answers.append(_ids(judged, [int(one["number"][0]) for one in found]))
    return answers


def _fts5(judged: Judged) -> Answers:
    records = sqlite3.connect(":memory:")
    try:
        records.execute(
            "CREATE VIRTUAL TABLE texts USING fts5"
            " (title, body, tokenize = 'unicode61 remove_diacritics 2')"
        )
        records.executemany(
            "INSERT INTO texts (rowid, title, body) VALUES (?, ?, ?)",
            [(number, text.title, text.whole) for number, text in enumerate(judged.texts)],
        )
        asked = "SELECT rowid FROM texts WHERE texts MATCH ? ORDER BY rank LIMIT ?"
        return [
            _ids(judged, [row for (row,) in records.execute(asked, (_said(one.q, " OR "), TOP))])
            for one in judged.questions
        ]
    finally:
        records.close()


def _said(question: str, between: str) -> str:
    """Its words and phrases, each in quotes: nothing of it is the engine's own language."""
    parts = [found[1] or found[2] for found in _WORD_OR_PHRASE.finditer(question)]
    return between.join(f'"{part}"' for part in parts)


def _ids(judged: Judged, numbers: Sequence[int]) -> list[str]:
    return [judged.texts[number].id for number in numbers]
