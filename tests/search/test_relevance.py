"""How well an index answers: the mean rank of the text that was meant, by kind of query.

Three sets: one written here; the demonstration's documents, always too; with
`ATELIER_SAMPLES`, its 2,000 French texts. There, 50 texts are the answers of all 237 queries
and most titles stand in the index: the figures tell that something broke, not how an engine
compares with another. That is `python3 -m bench relevance`.
"""

from __future__ import annotations

import asyncio
import os
from collections import defaultdict
from collections.abc import Callable
from functools import cache
from pathlib import Path

import msgspec
import pytest

from atelier.search import ENGINES, open_engine
from atelier.search.contract import Index
from tests.contracts.index_answers import NOTHING, found
from tests.search.relevance import sets
from tests.search.relevance.merits import TOP, Merit, merit
from tests.search.relevance.sets import Judged, Question, Text

BATCH = 50


class Bounds(msgspec.Struct, frozen=True):
    """The least mean reciprocal rank of each kind; those not named need `least`."""

    least: float
    of: dict[str, float] = {}


_WRITTEN = {
    "grippe": "La vaccination contre la grippe commence le 15 octobre dans les pharmacies.",
    "cpts": "La C.P.T.S. du pays d’Argentan recrute une coordinatrice à mi-temps.",
    "cls": "Le contrat local de santé est signé par la mairie et l'agence régionale.",
    "soins": "La permanence des soins est assurée par les médecins de garde le week-end.",
    "oeuvre": "La mise en œuvre du dossier de cœur artificiel est reportée.",
    "coupe": "Le départe-\nment finance la rénovation de la maison de santé.",
    "rdv": "La prise de rendez-vous en ligne est ouverte aux patients.",
    "chevaux": "Les chevaux de l'équithérapie seront accueillis aujourd'hui.",
    "urgences": "Les urgences de l'hôpital ferment la nuit faute d'infirmières.",
    "budget": "Le budget prévisionnel a été voté à l'unanimité par les élus.",
}
# By kind: "what is asked → the text that was meant".
_ASKED = {
    "plural": ("vaccinations grippes → grippe", "hôpitaux urgence → urgences"),
    "conjugation": ("finançait département → coupe", "voter budget → budget"),
    "elision": ("d'infirmière → urgences", "infirmière → urgences", "l équithérapie → chevaux"),
    "accents": ("sante contrat → cls", "EQUITHERAPIE → chevaux"),
    "ligatures": ("mise en oeuvre → oeuvre", "coeur → oeuvre"),
    "line end": ("département → coupe",),
    "acronym": ("CPTS → cpts", "c.p.t.s. argentan → cpts"),
    "compound": ("rendez vous en ligne → rdv", "rendezvous → rdv", "garde weekend → soins"),
    "typing error": ("vacination → grippe", "permanance soins → soins", "renovatoin → coupe"),
    "phrase": ('"permanence des soins" → soins', '"maison de sante" → coupe'),
    "most": ("budget voté des chevaux imaginaires → budget",),
}


def _written() -> Judged:
    return Judged(
        name="written",
        texts=tuple(Text(name, "", text) for name, text in _WRITTEN.items()),
        questions=tuple(
            Question(words, kind, (answer,))
            for kind, pairs in _ASKED.items()
            for words, answer in (pair.split(" → ") for pair in pairs)
        ),
    )


@cache
def _demonstration() -> Judged:
    return sets.demonstration()


def _corpus(number: int) -> Judged:
    return list(sets.corpora(Path(os.environ["ATELIER_SAMPLES"]) / "corpus"))[number]


# Measured 1.00 but for: in the demonstration verb forms 0.98; in the corpus by its text only
# 0.95 to 1.00, questions 0.85 (one document that holds every word hides the one that was meant).
SETS: dict[str, tuple[Callable[[], Judged], Bounds]] = {
    "written": (_written, Bounds(1.0)),
    "demonstration": (_demonstration, Bounds(0.95)),
}
if "ATELIER_SAMPLES" in os.environ:
    SETS |= {
        "titled": (lambda: _corpus(0), Bounds(0.97)),
        "text only": (lambda: _corpus(1), Bounds(0.93, {"question": 0.80})),
    }


async def _filled(engine: str, folder: Path, judged: Judged) -> Index:
    index = open_engine(engine, folder)
    await index.reset()
    entries = sets.entries(judged)
    for number, at in enumerate(range(0, len(entries), BATCH), 1):
        await index.apply(entries[at : at + BATCH], NOTHING, number)
    return index


async def _by_kind(engine: str, judged: Judged, folder: Path) -> dict[str, list[Merit]]:
    merits: defaultdict[str, list[Merit]] = defaultdict(list)
    index = await _filled(engine, folder, judged)
    for question in judged.questions:
        answer = await found(index, question.q, limit=TOP)
        ids = [judged.texts[number].id for number in answer.documents]
        merits[question.kind].append(merit(ids, question.answers))
    await index.close()
    return merits


@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize("engine", ENGINES)
def test_each_kind_of_query_finds_what_was_meant(engine: str, name: str, tmp_path: Path) -> None:
    make, bounds = SETS[name]
    merits = asyncio.run(_by_kind(engine, make(), tmp_path / "index"))
    fallen = {}
    for kind, each in merits.items():
        rank = sum(one.rank for one in each) / len(each)
        gain = sum(one.gain for one in each) / len(each)
        print(f"{name}: {kind} ({len(each)}): MRR {rank:.3f}, nDCG@{TOP} {gain:.3f}")
        if rank < bounds.of.get(kind, bounds.least):
            fallen[kind] = rank
    assert merits
    assert not fallen


def test_what_answers_in_the_demonstration_is_there_word_for_word() -> None:
    judged = _demonstration()
    pages = {text.id: [_plain(page) for page in text.pages] for text in judged.texts}
    assert len(pages) == len(judged.texts), "documents are told apart by their names"
    assert len(judged.questions) >= 60
    assert len({question.q for question in judged.questions}) == len(judged.questions)
    for question in judged.questions:
        assert question.answers, question.q
        for name in question.answers:
            on = [{at for at, page in enumerate(pages[name]) if said in page}
                  for said in question.says]  # fmt: skip
            if question.kind == sets.DIFFERENT_PAGES:
                assert all(on), (question.q, name)
                assert not set.intersection(*on), (question.q, name)
            else:
                assert any(on), (question.q, name)


def _plain(page: str) -> str:
    return " ".join(page.replace("’", "'").replace("\u00ad", "").split())
