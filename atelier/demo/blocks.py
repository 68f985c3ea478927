"""What a paper is made of, and the small mark-up in which papers are written.

## Heading           a paragraph is any other run of lines
- bullet             * the same
| cell | cell |      the first row of a table is its head
===                  the next page begins
{2+} {1} {1-2}       before a run: it stands in these versions only
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from atelier.demo.french import typeset

_VERSIONS = re.compile(r"\{(\d+)(?:(-)(\d+)|(\+))?\}\s*")


@dataclass(frozen=True, slots=True)
class Heading:
    """A title of level 1 (the paper), 2 (a part) or 3."""

    text: str
    level: int = 2


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text; `lead` is set in bold before it."""

    text: str
    lead: str = ""


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list of short texts."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A head and its rows, all of the same length."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class PageBreak:
    """The next block begins a page."""


Content = Heading | Paragraph | Bullets | Table
Block = Content | PageBreak


@dataclass(frozen=True, slots=True)
class Paper:
    """The contents of one version, page by page; `dated` goes into the file's metadata."""

    title: str
    author: str
    dated: datetime
    pages: tuple[tuple[Content, ...], ...]
    is_slides: bool = False


def read(text: str, version: int = 1) -> tuple[Block, ...]:
    """The blocks of a marked-up text, as they stand in a version."""
    blocks = (_block(run) for run in _runs(text, version))
    return tuple(block for block in blocks if block is not None)


def _runs(text: str, version: int) -> list[str]:
    runs = re.split(r"\n\s*\n", text.strip())
    kept = (_in_version(run.strip(), version) for run in runs)
    return [run for run in kept if run]


def _in_version(run: str, version: int) -> str:
    mark = _VERSIONS.match(run)
    if mark is None:
        return run
    first = int(mark[1])
    last = int(mark[3]) if mark[3] else (10**6 if mark[4] else first)
    return run[mark.end() :] if first <= version <= last else ""


def _block(run: str) -> Block | None:
    if run == "===":
        return PageBreak()
    if run.startswith("### "):
        return Heading(typeset(run[4:]), 3)
    if run.startswith("## "):
        return Heading(typeset(run[3:]))
    if run.startswith(("- ", "* ")):
        return Bullets(tuple(typeset(item) for item in re.split(r"(?m)^[-*] ", run)[1:]))
    if run.startswith("|"):
        return _table(run)
    return Paragraph(typeset(run)) if run else None


def _table(run: str) -> Table:
    rows = [_cells(line) for line in run.splitlines()]
    return Table(rows[0], tuple(rows[1:]))


def _cells(line: str) -> tuple[str, ...]:
    return tuple(typeset(cell) for cell in line.strip().strip("|").split("|"))
