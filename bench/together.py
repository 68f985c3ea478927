"""Eight readers beside a writer, on one engine."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from functools import partial
from itertools import cycle

from bench.corpus import Corpus
from bench.rivals import Rival

READERS = 8
SECONDS = 3.0
_BATCH = 20


def queries_a_second(rival: Rival, material: Corpus, number: int) -> float:
    """How many queries are answered each second while texts are added without a pause."""
    words = [one for kind in material.questions(20).kinds.values() for one in kind]
    is_over = threading.Event()
    counts = [0] * READERS

    def read(reader: int) -> None:
        turn = cycle(words[reader:] + words[:reader])
        while not is_over.is_set():
            rival.ask(next(turn), frozenset())
            counts[reader] += 1

    def write() -> None:
        for batch in material.batches(number, _BATCH, first=20_000_000, seed=8):
            if is_over.is_set():
                return
            rival.add(batch)

    started = time.perf_counter()
    _all_at_once([*(partial(read, at) for at in range(READERS)), write], is_over)
    return sum(counts) / (time.perf_counter() - started)


def _all_at_once(works: list[Callable[[], None]], is_over: threading.Event) -> None:
    """Run them for `SECONDS`; what one of them meets is raised here."""
    faults: list[BaseException] = []

    def guarded(work: Callable[[], None]) -> None:
        try:
            work()
        except Exception as fault:
            faults.append(fault)
            is_over.set()

    threads = [threading.Thread(target=guarded, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    is_over.wait(SECONDS)
    is_over.set()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]
