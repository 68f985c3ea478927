"""Long texts held compressed: what comes out is what went in."""

from __future__ import annotations

import tracemalloc

from hypothesis import given
from hypothesis import strategies as st

from atelier.web.squeezing import Squeezed


@given(st.lists(st.binary(max_size=200), max_size=9))
def test_the_bytes_come_back_as_often_as_asked_and_their_length_is_known(
    pieces: list[bytes],
) -> None:
    text = Squeezed()
    for piece in pieces:
        text.add(piece)
    assert text.size_bytes == len(b"".join(pieces))
    for _ in range(2):
        assert b"".join(text.pieces()) == b"".join(pieces)


def test_lists_of_lines_take_a_small_part_of_their_length() -> None:
    tracemalloc.start()
    text = Squeezed()
    for page in range(100):
        lines = (f'{{"document": {page * 1_000 + line}, "act": "page"}}' for line in range(1_000))
        text.add("\n".join(lines).encode())
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert held * 4 < text.size_bytes
