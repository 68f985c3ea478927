"""What is known to stand in the demonstration's documents: for tests and for judging search."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from atelier.demo.content import load
from atelier.demo.french import typeset


@dataclass(frozen=True, slots=True)
class Fact:
    """A query and where its answer stands.

    `document` is folder and name; `phrase` stands there word for word, as it is set in
    the file. `page` counts from 1, None where the format has no pages; `version` is
    None for the current one. `also` are the other documents whose current version
    holds the phrase. `kind`: rare (a word of one document), phrase, words (of one
    passage), bare (without accents, or in another number), figure, closed (in a closed
    folder only), old (in an earlier version only).
    """

    query: str
    document: str
    phrase: str
    kind: str
    page: int | None
    version: int | None
    also: tuple[str, ...]


def facts() -> tuple[Fact, ...]:
    """All that is known, in the order of the content."""
    return tuple(_fact(row) for row in load("known")["known"])


def _fact(row: dict[str, Any]) -> Fact:
    return Fact(
        query=row["query"],
        document=row["document"],
        phrase=typeset(row["phrase"]),
        kind=row["kind"],
        page=row.get("page"),
        version=row.get("version"),
        also=tuple(row.get("also", ())),
    )
