"""Which block falls on which page, decided before rendering so that a page can be known.

Heights are counted in lines of running text and are generous: what is planned on a page
fits on it in the PDF.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import ceil

from atelier.demo.blocks import Block, Bullets, Content, Heading, PageBreak, Paragraph, Table

LINES_PER_PAGE = 52.0
_CHARACTERS_PER_LINE = 90
_TABLE_CHARACTERS = 100
_WIDEST_CELL = 45


def pages(blocks: Iterable[Block]) -> tuple[tuple[Content, ...], ...]:
    """The blocks shared out over pages; a long table goes on under its repeated head."""
    done: list[tuple[Content, ...]] = []
    page: list[Content] = []
    room = LINES_PER_PAGE
    for block in _cut(blocks):
        if isinstance(block, PageBreak):
            done.append(tuple(page))
            page, room = [], LINES_PER_PAGE
            continue
        if height(block) > room:
            kept = _heading_to_carry(page)
            done.append(tuple(page[: len(page) - len(kept)]))
            page, room = list(kept), LINES_PER_PAGE - sum(map(height, kept))
        page.append(block)
        room -= height(block)
    done.append(tuple(page))
    return tuple(each for each in done if each)


def height(block: Content) -> float:
    """Lines of running text that a block takes, its spacing included."""
    match block:
        case Heading():
            return 3.2 if block.level == 1 else 2.4
        case Paragraph(text, lead):
            return ceil((len(lead) + len(text)) / _CHARACTERS_PER_LINE) + 0.6
        case Bullets(items):
            return sum(ceil(len(item) / (_CHARACTERS_PER_LINE - 4)) + 0.25 for item in items)
        case Table():
            shares = widths(block)
            return sum(_row_height(row, shares) for row in (block.head, *block.rows)) + 0.8


def widths(table: Table) -> tuple[float, ...]:
    """The share of the page's width that each column takes, from its longest cell."""
    columns = zip(table.head, *table.rows, strict=True)
    weights = [min(max(14, *map(len, column)), _WIDEST_CELL) for column in columns]
    return tuple(weight / sum(weights) for weight in weights)


def _row_height(row: tuple[str, ...], shares: tuple[float, ...]) -> float:
    lines = (
        ceil(len(cell) / (_TABLE_CHARACTERS * share - 3))
        for cell, share in zip(row, shares, strict=True)
    )
    return max(*lines, 1) * 0.85 + 0.48


def _heading_to_carry(page: list[Content]) -> list[Content]:
    """A heading never stands alone at the foot of a page."""
    return page[-1:] if len(page) > 1 and isinstance(page[-1], Heading) else []


def _cut(blocks: Iterable[Block]) -> Iterable[Block]:
    for block in blocks:
        if isinstance(block, Table) and len(block.rows) > 24:
            for at in range(0, len(block.rows), 24):
                yield Table(block.head, block.rows[at : at + 24])
        elif isinstance(block, Bullets) and len(block.items) > 8:
            for at in range(0, len(block.items), 8):
                yield Bullets(block.items[at : at + 8])
        else:
            yield block
