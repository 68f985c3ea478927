"""Downloads: CPU beside nginx's, whole, by ranges and small ones, and memory for a big one."""

from __future__ import annotations

import random
import re
import tempfile
from pathlib import Path

from bench.beside import SMALL_BYTES, Counts, Side, Work, both, compared, grown
from bench.figures import Figure
from bench.wire import PIECE_BYTES, Asked, exchange

_SMALL_FILES = 100
_DOCUMENT = re.compile(rb"\r\nlocation: (/documents/\d+)\r\n")


def run() -> list[Figure]:
    """Measure at full length."""
    return measured(Counts())


def measured(counts: Counts) -> list[Figure]:
    """Measure so much of each work."""
    with tempfile.TemporaryDirectory() as place, both(Path(place)) as sides:
        shelves = {side.name: _Shelf(side, counts) for side in sides}
        size = f"{counts.big_bytes // 1024**2} MiB"

        def small(side: Side) -> list[Asked]:
            return shelves[side.name].small(counts.small * 5)

        def big(side: Side) -> list[Asked]:
            return [side.get(shelves[side.name].big)]

        def ranges(side: Side) -> list[Asked]:
            return shelves[side.name].ranges(counts)

        atelier = sides[1]
        return [
            compared(sides, Work("50 KB GET, 16 connections", 0.2, small, 16), counts.turns),
            grown(atelier, f"a GET of {size}", big(atelier)),
            compared(sides, Work(f"{size} GET", 0.65, big), counts.big_turns),
            compared(sides, Work("1 MiB ranges", 0.6, ranges), counts.turns),
        ]


class _Shelf:
    """What one side has to give: where its small files and its big one stand."""

    def __init__(self, side: Side, counts: Counts) -> None:
        self._side = side
        self._files = [self._put(SMALL_BYTES) for _ in range(_SMALL_FILES)]
        self.big = self._put(counts.big_bytes)

    def small(self, count: int) -> list[Asked]:
        """So many requests for the small files, in turn."""
        return [self._side.get(self._files[turn % _SMALL_FILES]) for turn in range(count)]

    def ranges(self, counts: Counts) -> list[Asked]:
        """Requests for 1 MiB each somewhere in the big file, the same places on both sides."""
        chance = random.Random(5)  # noqa: S311
        starts = [chance.randrange(counts.big_bytes - PIECE_BYTES) for _ in range(counts.ranges)]
        return [
            self._side.get(self.big, f"Range: bytes={start}-{start + PIECE_BYTES - 1}\r\n")
            for start in starts
        ]

    def _put(self, size: int) -> str:
        """Where what was put now stands to be fetched."""
        request = self._side.put(size)
        (head,) = exchange(self._side.port, [request])
        document = _DOCUMENT.search(head)
        if document is None:
            return request.head.split(b" ")[1].decode()
        return f"{document[1].decode()}/versions/1/content"
