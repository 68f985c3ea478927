"""How fast our index is, and a search through the whole application, at any number of texts.

`--documents 2000 20000 100000` says how many; without it, 2,000 and 20,000. Texts are grown
as `bench.corpus` does, in 500 folders. Beside them, in the same run, stand bare tantivy with
its own French filters and SQLite FTS5, which do less: see `bench.rivals`. Whoosh is
asked at 5,000 texts.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from bench import whole
from bench.corpus import Corpus, Text, corpus
from bench.figures import Figure, at_most
from bench.rivals import RIVALS, Ours, Rival
from bench.search_figures import Measured, Times, figures
from bench.together import queries_a_second
from bench.visiting import p95

DOCUMENTS = (2_000, 20_000)
EACH = 60
ADDED = 30
BATCH = 50
WHOOSH_DOCUMENTS = 5_000
WHOOSH_MS = 50
ALIKE = frozenset({"frequent word", "rare word", "three words", "phrase", "prefix"})
_FEW_FOLDERS = frozenset(range(200, 220))
_EVERYWHERE: frozenset[int] = frozenset()


def run(documents: Sequence[int] = DOCUMENTS) -> list[Figure]:
    """Measure the engines, then the whole application, at each number of texts."""
    material = corpus()
    found = []
    for number in documents:
        found += _compared(material, number)
        found += whole.figures(material, number)
    return [*found, _whoosh(material)]


def _compared(material: Corpus, number: int) -> list[Figure]:
    measured = []
    for opened in RIVALS:
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place) / "index"
            measured.append(_measured(opened(folder), folder, material, number))
    size = sum(len(f"{text.title}{text.text}".encode()) for text in material.grown(number))
    return figures(number, size, measured)


def _measured(rival: Rival, folder: Path, material: Corpus, number: int) -> Measured:
    found = Measured(rival.name)
    try:
        _fill(rival, found, material, number)
        found.bytes_on_disk = sum(file.stat().st_size for file in folder.iterdir())
        found.added = [_seconds(partial(_add_one, rival, at)) for at in range(ADDED)]
        _ask(rival, found, material)
        found.together = queries_a_second(rival, material, number)
    finally:
        rival.settle()
        rival.close()
    return found


def _whoosh(material: Corpus) -> Figure:
    """The engine of small networks at the most texts that it is for."""
    found = Measured("whoosh")
    with tempfile.TemporaryDirectory() as place:
        rival = Ours("whoosh", Path(place) / "index")
        try:
            _fill(rival, found, material, WHOOSH_DOCUMENTS)
            _ask(rival, found, material)
        finally:
            rival.close()
    asked = [one for kind, (each, _) in found.kinds.items() if kind in ALIKE for one in each]
    return at_most(
        f"whoosh, {WHOOSH_DOCUMENTS:,} texts, query, p95",
        p95(asked) * 1000,
        "ms",
        WHOOSH_MS,
        "; ".join(f"{kind} {p95(each) * 1000:.1f}" for kind, (each, _) in found.kinds.items()),
    )


def _fill(rival: Rival, found: Measured, material: Corpus, number: int) -> None:
    started, spent = time.perf_counter(), time.process_time()
    for batch in material.batches(number, BATCH):
        rival.add(batch)
    rival.settle()
    found.indexing = time.perf_counter() - started
    found.indexing_cpu = time.process_time() - spent


def _add_one(rival: Rival, at: int) -> None:
    word = f"ajout{at}"
    rival.add([(10_000_000 + at, Text(word, f"un texte de plus, {word}", 1))])
    if rival.ask(word, _EVERYWHERE) != 1:
        raise RuntimeError(f"{rival.name} does not find {word}")


def _ask(rival: Rival, found: Measured, material: Corpus) -> None:
    questions = material.questions(EACH)
    mixed = [words for kind in questions.kinds.values() for words in kind[: EACH // 4]]
    for kind, asked in questions.kinds.items():
        found.kinds[kind] = _asked(rival.ask, asked, _EVERYWHERE)
    found.kinds["20 of 500 folders"] = _asked(rival.ask, mixed, _FEW_FOLDERS)
    counting = partial(rival.ask, with_counts=True)
    found.kinds["with counts"] = _asked(counting, mixed, _EVERYWHERE)
    if isinstance(rival, Ours):
        for name, folders in (("", _EVERYWHERE), (", 20 of 500 folders", _FEW_FOLDERS)):
            kind = f"suggestions{name}"
            found.kinds[kind] = _asked(rival.begin, questions.beginnings, folders)


def _asked(
    ask: Callable[[str, frozenset[int]], object], words: Sequence[str], folders: frozenset[int]
) -> Times:
    ask(words[0], folders)
    spent = time.process_time()
    seconds = [_seconds(partial(ask, one, folders)) for one in words]
    return seconds, (time.process_time() - spent) / len(words)


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
