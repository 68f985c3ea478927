"""What is said to be known of the demonstration is so, in the rendered bytes."""

from __future__ import annotations

import unicodedata
from collections import Counter

import pytest

from atelier.demo import network, papers
from atelier.demo.known import Fact, facts
from tests.demo.texts import plain, text_of_archive, texts_of_pdf, words_of

PLAN = network.plan()
DOCUMENTS = {document.path: document for document in PLAN.papers}
CLOSED = tuple(f"{folder.path}/" for folder in PLAN.folders if folder.is_closed)
FACTS = facts()


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.query)
def test_the_phrase_stands_in_the_document_on_its_page(fact: Fact) -> None:
    document = DOCUMENTS[fact.document]
    version = document.versions[(fact.version or len(document.versions)) - 1]
    contents = papers.render(version.paper, document.name)
    if document.name.endswith(".pdf"):
        pages = texts_of_pdf(contents)
        standing = [number for number, text in enumerate(pages, 1) if plain(fact.phrase) in text]
        assert standing[:1] == [fact.page]
    else:
        assert fact.page is None
        assert plain(fact.phrase) in text_of_archive(contents)


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.query)
def test_the_current_versions_that_hold_the_phrase_are_all_named(fact: Fact) -> None:
    holding = {
        path
        for path, document in DOCUMENTS.items()
        if plain(fact.phrase) in words_of(document.versions[-1].paper)
    }
    named = {fact.document, *fact.also} if fact.version is None else set(fact.also)
    assert holding == named


def test_there_are_enough_queries_of_every_kind_and_none_twice() -> None:
    assert len(FACTS) >= 60
    assert len({fact.query for fact in FACTS}) == len(FACTS)
    kinds = Counter(fact.kind for fact in FACTS)
    assert set(kinds) == {"rare", "phrase", "words", "bare", "figure", "closed", "old"}
    assert all(count >= 2 for count in kinds.values())


def test_a_rare_word_stands_in_one_document_only() -> None:
    for fact in FACTS:
        if fact.kind == "rare":
            word = _folded(fact.query)
            holding = [
                path
                for path, document in DOCUMENTS.items()
                if word in _folded(words_of(document.versions[-1].paper))
            ]
            assert holding == [fact.document], fact.query


def test_a_word_stands_on_page_7_of_9_only() -> None:
    fact = next(fact for fact in FACTS if fact.query == "stridulation")
    document = DOCUMENTS[fact.document]
    pages = texts_of_pdf(papers.pdf(document.versions[-1].paper))
    assert [fact.query in page for page in pages] == [False] * 6 + [True] + [False] * 2


def test_what_is_said_in_closed_folders_is_said_nowhere_else() -> None:
    closed = [fact for fact in FACTS if fact.document.startswith(CLOSED)]
    assert len(closed) >= 5
    assert all(not fact.also for fact in closed)
    assert {fact.document for fact in FACTS if fact.kind == "closed"} <= {
        fact.document for fact in closed
    }


def _folded(text: str) -> str:
    apart = unicodedata.normalize("NFD", text.casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))
