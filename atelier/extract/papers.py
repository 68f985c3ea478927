"""What a text says on paper, beside what its file says: pages, and nothing lost."""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec

from atelier.extract.contract import PageKind, Reading
from atelier.extract.found import byte_size
from atelier.extract.limits import MAX_TEXT_BYTES
from atelier.model.documents import ReadState

_WORDS = re.compile(r"\w+")
_TOGETHER = 3  # words in a row that hardly stand twice in a text
_IN_COMMON = 0.5


def on_paper(reading: Reading, paper: Reading) -> Reading:
    """The reading with the pages of its paper.

    What the file has and its paper does not show (comments, hidden words) stands at the end
    of the last page. Without a word on paper the reading stays as it is.
    """
    if paper.state not in (ReadState.OK, ReadState.NEEDS_OCR) or not any(paper.pages):
        return reading
    lost = _lost("\n".join(reading.pages).splitlines(), "\n".join(paper.pages))
    pages = (*paper.pages[:-1], "\n\n".join(filter(None, (paper.pages[-1], "\n".join(lost)))))
    if sum(byte_size(page) for page in pages) > MAX_TEXT_BYTES:
        return reading
    was_read = reading.state is ReadState.OK
    return msgspec.structs.replace(
        reading, state=ReadState.OK, reason=reading.reason if was_read else "",
        page_kind=PageKind.PAGE, pages=pages, language=reading.language or paper.language,
        title=reading.title or paper.title, author=reading.author or paper.author,
    )  # fmt: skip


def _lost(lines: Iterable[str], shown: str) -> list[str]:
    """Lines of which less than half stands on paper, in order, each once.

    A paragraph that goes on after a page's footer is there all the same: words are looked for
    three in a row, not the line as a whole.
    """
    words = _words(shown)
    there = {size: set(_rows(words, size)) for size in range(1, _TOGETHER + 1)}
    lost = []
    for line in lines:
        said = _words(line)
        size = min(_TOGETHER, len(said))
        rows = list(_rows(said, size))
        if rows and sum(row in there[size] for row in rows) < _IN_COMMON * len(rows):
            lost.append(line)
    return list(dict.fromkeys(lost))


def _words(text: str) -> list[str]:
    return [word.casefold() for word in _WORDS.findall(text)]


def _rows(words: list[str], size: int) -> Iterable[tuple[str, ...]]:
    """Each `size` words in a row."""
    return zip(*(words[at:] for at in range(size)), strict=False)
