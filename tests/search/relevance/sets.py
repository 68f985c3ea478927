"""Judged sets: texts as they are indexed, and questions with the documents that answer."""

from __future__ import annotations

import asyncio
import gzip
import tempfile
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from atelier.demo import network, papers
from atelier.demo.plan import Document
from atelier.extract.process import ForkedReaders, open_readers
from atelier.search.contract import Entry

DEMO = Path(__file__).with_name("demo.toml")
DIFFERENT_PAGES = "different pages"

_DATED = datetime(2024, 6, 3, 9, tzinfo=UTC)


class Text(msgspec.Struct, frozen=True):
    """A document: what it is called in answers, its title, and its text or its pages."""

    id: str
    title: str
    text: str = ""
    pages: tuple[str, ...] = ()
    language: str = "fr"

    @property
    def whole(self) -> str:
        """All that is said in it, as the follower joins it."""
        return "\n".join(self.pages) if self.pages else self.text


class Question(msgspec.Struct, frozen=True):
    """A query, and the documents that answer it; `says` is what they say of it, word for word."""

    q: str
    kind: str
    answers: tuple[str, ...]
    says: tuple[str, ...] = ()


class Judged(msgspec.Struct, frozen=True):
    """Texts, and questions to all of them."""

    name: str
    texts: tuple[Text, ...]
    questions: tuple[Question, ...]


def demonstration() -> Judged:
    """The demonstration's documents as its builder makes them and our readers read them."""
    return Judged("demonstration", asyncio.run(_read()), demo_questions())


def demo_questions() -> tuple[Question, ...]:
    """The questions of `demo.toml`."""
    rows: list[dict[str, Any]] = tomllib.loads(DEMO.read_text("utf-8"))["asked"]
    return tuple(
        Question(row["query"], row["kind"], tuple(row["answers"]), tuple(row["says"]))
        for row in rows
    )


def corpora(folder: Path) -> Iterator[Judged]:
    """The 2,000 texts with their titles, then by their text only: the harder way.

    Questions in plain words are titles too, so they are asked only where these are not.
    """
    with gzip.open(folder / "fr-small.jsonl.gz") as lines:
        texts = tuple(msgspec.json.decode(line, type=Text) for line in lines)
    asked = (folder / "queries.jsonl").read_bytes().splitlines()
    questions = tuple(msgspec.json.decode(line, type=Question) for line in asked)
    deformed = tuple(one for one in questions if one.kind != "question")
    yield Judged("corpus, titled", texts, deformed)
    untitled = tuple(msgspec.structs.replace(text, title="") for text in texts)
    yield Judged("corpus, text only", untitled, questions)


def entries(judged: Judged) -> list[Entry]:
    """The texts as the follower gives them to an index; numbered as they stand here."""
    return [
        Entry(
            document=number,
            version=1,
            folder=1,
            name=text.title,
            media_type="application/pdf",
            language=text.language,
            changed_at=_DATED,
            year=_DATED.year,
            author="",
            author_id=1,
            organisation="",
            organisation_id=0,
            text=text.whole,
        )
        for number, text in enumerate(judged.texts)
    ]


async def _read() -> tuple[Text, ...]:
    readers = open_readers()
    try:
        await readers.start()
        with tempfile.TemporaryDirectory() as place:
            each = (_text(readers, Path(place), one) for one in network.plan().papers)
            return tuple(await asyncio.gather(*each))
    finally:
        await readers.close()


async def _text(readers: ForkedReaders, place: Path, document: Document) -> Text:
    """Its current version, rendered and read."""
    paper = document.versions[-1].paper
    path = place / document.path.replace("/", "_")
    path.write_bytes(await asyncio.to_thread(papers.render, paper, document.name))
    reading = await readers.read(path, document.name)
    return Text(document.name, document.name, pages=reading.pages, language=reading.language)
