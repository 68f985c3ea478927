"""Real papers in two editions: what a person sees by reading both (`pairs.toml`, written down
first) is what the comparison says. With `ATELIER_SAMPLES`; two small papers always."""

from __future__ import annotations

import os
import tomllib
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from atelier.extract.comparing import compared
from atelier.extract.table import read_file
from atelier.model.comparison import Change, Comparison, Words
from tests import samples

_FOLDER = Path(os.environ.get("ATELIER_SAMPLES", "")) / "files"
_WRITTEN = Path(__file__).with_name("pairs.toml")
_QUOTES = str.maketrans("’‘“”«»", '\'\'""""')

_OLDER = [
    "Convention de partenariat",
    "Article 1. Le réseau met à disposition une salle de réunion.",
    "Article 2. La convention est conclue pour une durée de deux ans.",
    "Article 3. Chaque structure désigne un référent pour le suivi de la convention.",
    "Article 4. Le bilan annuel est présenté en comité de pilotage.",
]
_NEWER = [
    "Convention de partenariat",
    "Article 4. Le bilan annuel est présenté en comité de pilotage.",
    "Article 1. Le réseau met à disposition une salle de réunion.",
    "Article 2. La convention est conclue pour une durée de trois ans.",
    "Les frais de déplacement restent à la charge des structures.",
]
_OWN: dict[str, dict[str, Any]] = {
    "own, DOCX then PDF": {
        "older": ("convention.docx", samples.docx(_OLDER)),
        "newer": ("convention.pdf", samples.pdf(["\n".join(_NEWER[:2]), "\n".join(_NEWER[2:])])),
        "added": [["Les frais de déplacement restent à la charge des structures.", 2]],
        "removed": [["Chaque structure désigne un référent"]],
        "changed": [["durée de deux ans", "durée de trois ans"]],
        "moved": [["Le bilan annuel est présenté en comité de pilotage"]],
        "same": [["Le réseau met à disposition une salle de réunion."]],
        "least_changes": 4,
        "most_changes": 4,
    },
    "own, the same in DOCX and PDF": {
        "older": ("convention.docx", samples.docx(_OLDER)),
        "newer": ("convention.pdf", samples.pdf(["\n".join(_OLDER[:2]), "\n".join(_OLDER[2:])])),
        "same": [["Article 3. Chaque structure désigne un référent"]],
        "least_changes": 0,
        "most_changes": 0,
    },
}


@dataclass(frozen=True)
class Pair:
    """What was written down of two editions, and what the comparison says."""

    written: dict[str, Any]
    said: Comparison

    def lines(self, kind: str) -> list[list[Any]]:
        """What was written down of one kind: quotes, then their pages if they have any."""
        found: list[list[Any]] = self.written.get(kind, [])
        return found


def _pairs() -> dict[str, dict[str, Any]]:
    if "ATELIER_SAMPLES" not in os.environ:
        return _OWN
    real = tomllib.loads(_WRITTEN.read_text())["pair"]
    return {**_OWN, **{pair["name"]: pair for pair in real}}


def _pages(source: tuple[str, bytes] | str, folder: Path) -> tuple[str, ...]:
    if isinstance(source, str):
        path = _FOLDER / source
    else:
        path = folder / source[0]
        path.write_bytes(source[1])
    with path.open("rb") as file:
        return read_file(file, path.name, lambda pages: "").pages


@pytest.fixture(scope="module", params=_pairs())
def pair(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Pair:
    written, folder = _pairs()[request.param], tmp_path_factory.mktemp("pair")
    said = compared(_pages(written["older"], folder), _pages(written["newer"], folder))
    return Pair(written, said)


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).translate(_QUOTES).split())


def _text(words: tuple[Words, ...], *changes: Change) -> str:
    return _plain("".join(one.text for one in words if one.change in (changes or tuple(Change))))


def _stands(quote: str, passages: list[str]) -> bool:
    return any(_plain(quote) in one for one in passages)


def _on(page: int | None, wanted: list[int]) -> bool:
    return not wanted or page == wanted[0]


def test_what_came_is_said_to_be_added_on_its_page(pair: Pair) -> None:
    for quote, *page in pair.lines("added"):
        there = [p for p in pair.said.passages if _on(p.newer_page, page)]
        assert _stands(quote, [_text(p.newer, Change.ADDED) for p in there]), quote


def test_what_went_is_said_to_be_removed_from_its_page(pair: Pair) -> None:
    for quote, *page in pair.lines("removed"):
        there = [p for p in pair.said.passages if _on(p.older_page, page)]
        assert _stands(quote, [_text(p.older, Change.REMOVED) for p in there]), quote
    if pair.written.get("removed") == []:
        assert pair.said.removed_words == 0


def test_what_was_reworded_stands_on_both_sides_of_one_passage(pair: Pair) -> None:
    for older, newer, *pages in pair.lines("changed"):
        assert any(
            _plain(older) in _text(p.older) and _plain(newer) in _text(p.newer)
            for p in pair.said.passages
            if p.change is Change.CHANGED
            and _on(p.older_page, pages)
            and _on(p.newer_page, pages[1:])
        ), older


def test_what_stayed_is_never_marked_wherever_it_stands_now(pair: Pair) -> None:
    for quote, *pages in pair.lines("same"):
        there = [
            p for p in pair.said.passages
            if _on(p.older_page, pages) and _on(p.newer_page, pages[1:])
        ]  # fmt: skip
        assert _stands(quote, [_text(p.newer, Change.SAME) for p in there]), quote
        assert _stands(quote, [_text(p.older, Change.SAME) for p in there]), quote


def test_what_went_elsewhere_is_said_to_be_moved(pair: Pair) -> None:
    moved = [p for p in pair.said.passages if p.change is Change.MOVED]
    for (quote,) in pair.lines("moved"):
        assert _stands(quote, [_text(p.newer) for p in moved]), quote


def test_lines_of_a_table_of_contents_are_known_as_such(pair: Pair) -> None:
    contents = [_text(p.newer) for p in pair.said.passages if p.is_contents]
    for quote in pair.written.get("contents", []):
        assert _stands(quote, contents), quote


def test_there_are_about_as_many_changes_as_a_person_counts(pair: Pair) -> None:
    counted = sum(pair.said.tally().values())
    assert pair.written["least_changes"] <= counted <= pair.written["most_changes"]
