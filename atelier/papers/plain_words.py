"""The words alone of a Markdown text, ten times sooner than by reading all of it. Pure.

A search looks through the texts of whole meetings, most of which hold paragraphs, entries of
plain lists and some strong words: what these mean is known without a parser.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from atelier.papers.markdown import parse, plain

# Fewer signs than a text or a paragraph may have before it is shown as typed.
_MOST_CHARACTERS: Final = 5_000
_MOST_STARS: Final = 1_000
_ENTRY: Final = "- "
_STRONG: Final = re.compile(
    r"(?<![\w*])\*\*([^\W_](?:[^*\n]*[^\W_])?|[^\W_][^*\n]*[.:!?](?=\*\*(?:[ \n]|$)))\*\*(?![\w*])"
)
# What a parser may take for more than words, wherever it stands; and what it does not see.
_SIGNS: Final = re.compile(r"[*_`\[\]<>&\\~\r\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff]")
# A line that begins as a word, a number that counts nothing, or what is quoted.
_WORDS: Final = re.compile(r"(?![0-9]{1,9}[.)](?:\s|$))(?:[^\W_]|[«“’(…€–—])")
# Meant for texts with more to them: read once for those who search after each other.
_read = lru_cache(maxsize=1 << 10)(lambda text: plain(parse(text)))


def words_of(text: str) -> str:
    """What `plain` says of all blocks of the text: its words, one line a block."""
    if len(text) > _MOST_CHARACTERS or text.count("*") > _MOST_STARS:
        return plain(parse(text))
    typed = _STRONG.sub(r"\1", text) if "*" in text else text
    if _SIGNS.search(typed):
        return _read(text)
    said = _said(typed)
    return _read(text) if said is None else said


def _said(typed: str) -> str | None:
    """The paragraphs and entries, each on a line; None where a line may be something else."""
    blocks: list[list[str]] = []
    goes_on = False
    for line in typed.split("\n"):
        if not line.strip(" \t"):
            goes_on = False
            continue
        is_entry = line.startswith(_ENTRY)
        words = line[len(_ENTRY) :] if is_entry else line
        if not _WORDS.match(words):
            return None
        if is_entry or not goes_on:
            blocks.append([])
        blocks[-1] += words.split()
        goes_on = True
    return "\n".join(map(" ".join, blocks))
