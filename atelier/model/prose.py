"""Text with structure, as minutes have it: what Markdown means, and what papers are made of."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Run(msgspec.Struct, frozen=True):
    """Words of one look. `link` is an `https`, `http` or `mailto` address, or empty."""

    text: str
    is_strong: bool = False
    is_emphasised: bool = False
    is_code: bool = False
    link: str = ""


class BlockKind(StrEnum):
    """What a block is."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    BULLET = "bullet"
    NUMBERED = "numbered"
    QUOTE = "quote"
    CODE = "code"
    RULE = "rule"


class Block(msgspec.Struct, frozen=True, tag="block"):
    """A block of text. `level` is a heading's rank or a list's depth, from 1.

    `number` is what stands before a numbered one. A line break within a block is a run of
    one newline.
    """

    kind: BlockKind
    runs: tuple[Run, ...] = ()
    level: int = 1
    number: int = 0


class Table(msgspec.Struct, frozen=True, tag="table"):
    """Rows of text under a head; `widths` are parts of the page's width, one a column."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[float, ...]


class Sheet(msgspec.Struct, frozen=True):
    """A paper to be written: `language` is `fr` or `en`, `footer` stands on every page."""

    title: str
    language: str
    blocks: tuple[Block | Table, ...]
    subtitle: str = ""
    footer: str = ""
    is_landscape: bool = False
