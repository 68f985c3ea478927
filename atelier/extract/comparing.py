"""Compares two texts: word by word, told by the paragraph.

Pure; called in a bounded child. The texts are compared as they run (`running_text`), so that
text in other lines, on other pages or out of another format shows no change.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from atelier.extract.alignment import Block, Rows, same
from atelier.extract.running_text import Running, both, is_word
from atelier.model.comparison import MAX_COMPARED_CHARACTERS, Change, Comparison, Passage, Words

_ISLAND = 3  # fewer words than this between two changes are a change too
_KIN = 0.3  # of its words: what keeps fewer was not changed, but replaced
_LEAST_MOVED, _MOST_MOVED = 4, 2_000  # words; what is shorter stands in many places
_MOVED_KIN = 0.6
_CELL = 6  # words: replaced one for one in such short paragraphs, they were changed
_MOST_CANDIDATES = 20


def compared(older: tuple[str, ...], newer: tuple[str, ...]) -> Comparison:
    """What changed from one text to the other; each is one text a page, in order.

    `too_large` when they hold more than 8 million characters together.
    """
    if sum(map(len, older)) + sum(map(len, newer)) > MAX_COMPARED_CHARACTERS:
        return Comparison(fault="too_large")
    sides = _Sides(*both(older, newer))
    passages = _paired(list(_passages(sides)))
    passages = _with_moved(passages)
    return Comparison(
        tuple(passages),
        older_words=sum(map(is_word, sides.older.keys)),
        newer_words=sum(map(is_word, sides.newer.keys)),
        added_words=_count(passages, Change.ADDED),
        removed_words=_count(passages, Change.REMOVED),
    )


@dataclass(frozen=True, slots=True)
class _Sides:
    older: Running
    newer: Running


@dataclass(frozen=True, slots=True)
class _Piece:
    """Words from `i1` to `i2` of the older text, or `j1` to `j2` of the newer, or both the same."""

    change: Change
    i1: int
    i2: int
    j1: int
    j2: int


@dataclass(slots=True)
class _Group:
    """The pieces of what will be one passage."""

    pieces: list[_Piece] = field(default_factory=list)


# -- pieces


def _passages(sides: _Sides) -> Iterator[Passage]:
    blocks = _at_paragraphs(sides, _without_islands(sides, same(_rows(sides))))
    for group in _groups(sides, _pieces(sides, blocks)):
        yield from _told(sides, group.pieces)


def _rows(sides: _Sides) -> Rows:
    numbers: dict[str, int] = {}
    older, newer = (
        [numbers.setdefault(key, len(numbers)) for key in side.keys]
        for side in (sides.older, sides.newer)
    )
    return Rows(older, newer, sides.older.starts, sides.newer.starts)


def _without_islands(sides: _Sides, blocks: list[Block]) -> list[Block]:
    """Without « de la » that two sentences share by chance; a whole short line is no chance."""
    kept: list[Block] = []
    ends = [*blocks, Block(len(sides.older.keys), len(sides.newer.keys), 0)][1:]
    i, j = 0, 0
    for block, following in zip(blocks, ends, strict=True):
        before = (block.older - i, block.newer - j)
        end, there = block.older + block.size, block.newer + block.size
        after = (following.older - end, following.newer - there)
        words = sum(map(is_word, sides.older.keys[block.older : end]))
        is_between = min(sum(before), sum(after)) >= _ISLAND
        has_both = max(before[0], after[0]) > 0 and max(before[1], after[1]) > 0
        part: Block | None = block
        if words < _ISLAND and is_between and has_both:
            part = _whole_part(sides, block)
        if part is not None:
            kept.append(part)
            i, j = part.older + part.size, part.newer + part.size
    return kept


def _at_paragraphs(sides: _Sides, blocks: list[Block]) -> list[Block]:
    """What came or went alone begins where a paragraph does, when it may as well.

    « Article 1 … Article 2 … » in front of « Article 3 »: not « 1 … Article 2 … Article ».
    """
    moved = list(blocks)
    for number in range(len(moved) - 1):
        one, other = moved[number], moved[number + 1]
        if one.older + one.size == other.older:
            side, start, end = sides.newer, one.newer + one.size, other.newer
        elif one.newer + one.size == other.newer:
            side, start, end = sides.older, one.older + one.size, other.older
        else:
            continue
        step = _step(side, start, end, (one.size, other.size))
        moved[number] = Block(one.older, one.newer, one.size + step)
        moved[number + 1] = Block(other.older + step, other.newer + step, other.size - step)
    return [block for block in moved if block.size]


def _step(side: Running, start: int, end: int, most: tuple[int, int]) -> int:
    """By how many words a stretch may begin later (earlier: < 0) to begin with a paragraph."""
    for back in range(most[0] + 1):
        if side.starts[start - back]:
            return -back
        if back == most[0] or side.keys[start - back - 1] != side.keys[end - back - 1]:
            break
    for forth in range(most[1] + 1):
        if side.starts[start + forth]:
            return forth
        if forth == most[1] or side.keys[start + forth] != side.keys[end + forth]:
            break
    return 0


def _whole_part(sides: _Sides, block: Block) -> Block | None:
    """The paragraphs of either side that a stretch is made of, without pieces of others."""
    older, newer = sides.older, sides.newer
    edges = [
        n
        for n in range(block.size + 1)
        if _begins(older, block.older + n) and _begins(newer, block.newer + n)
    ]
    if len(edges) < 2:
        return None
    return Block(block.older + edges[0], block.newer + edges[0], edges[-1] - edges[0])


def _bounds(side: Running, start: int, end: int) -> bool:
    return _begins(side, start) and _begins(side, end)


def _begins(side: Running, place: int) -> bool:
    return place == len(side.keys) or side.starts[place]


def _pieces(sides: _Sides, blocks: list[Block]) -> Iterator[_Piece]:
    """The whole of both texts in pieces, none of which goes beyond a paragraph."""
    i, j = 0, 0
    for block in [*blocks, Block(len(sides.older.keys), len(sides.newer.keys), 0)]:
        for start, end in _parts(sides.older, i, block.older):
            yield _Piece(Change.REMOVED, start, end, j, j)
        for start, end in _parts(sides.newer, j, block.newer):
            yield _Piece(Change.ADDED, block.older, block.older, start, end)
        i, j = block.older + block.size, block.newer + block.size
        for start, end in _parts(sides.newer, block.newer, j):
            shift = block.older - block.newer
            yield _Piece(Change.SAME, start + shift, end + shift, start, end)


def _parts(side: Running, start: int, end: int) -> Iterator[tuple[int, int]]:
    for place in range(start + 1, end):
        if side.starts[place]:
            yield start, place
            start = place
    if start < end:
        yield start, end


# -- passages


def _groups(sides: _Sides, pieces: Iterator[_Piece]) -> list[_Group]:
    """Pieces by paragraph of the newer text; removed paragraphs are groups of their own."""
    groups: list[_Group] = []
    waiting: list[_Piece] = []  # the removed beginning of a paragraph: it goes with its rest
    current = _Group()
    for piece in pieces:
        if piece.change is Change.REMOVED:
            if _bounds(sides.older, piece.i1, piece.i2):
                groups.append(_Group([piece]))
            elif sides.older.starts[piece.i1] or not current.pieces:
                waiting.append(piece)
            else:
                current.pieces.append(piece)
            continue
        if sides.newer.starts[piece.j1] or not current.pieces:
            current = _Group()
            groups.append(current)
        current.pieces += [*waiting, piece]
        waiting = []
    if waiting:
        groups.append(_Group(waiting))
    return groups


def _told(sides: _Sides, pieces: list[_Piece]) -> Iterator[Passage]:
    """A group as one passage, or as two when its words were replaced rather than changed."""
    kinds = {piece.change for piece in pieces}
    if len(kinds) == 1:
        yield _passage(sides, kinds.pop(), pieces)
        return
    kept = _weight(sides, pieces, Change.SAME)
    gone, come = _weight(sides, pieces, Change.REMOVED), _weight(sides, pieces, Change.ADDED)
    is_kin = kept >= _KIN * (kept + max(gone, come)) or min(gone, come) == 0
    if Change.SAME in kinds and is_kin:
        yield _passage(sides, Change.CHANGED, pieces)
        return
    yield _passage(sides, Change.REMOVED, pieces)
    yield _passage(sides, Change.ADDED, pieces)


def _weight(sides: _Sides, pieces: list[_Piece], change: Change) -> int:
    keys: list[str] = []
    for piece in pieces:
        if piece.change is not change:
            continue
        if change is Change.REMOVED:
            keys += sides.older.keys[piece.i1 : piece.i2]
        else:
            keys += sides.newer.keys[piece.j1 : piece.j2]
    return sum(map(is_word, keys))


def _passage(sides: _Sides, change: Change, pieces: list[_Piece]) -> Passage:
    ones = [p for p in pieces if p.change is not Change.ADDED and change is not Change.ADDED]
    others = [p for p in pieces if p.change is not Change.REMOVED and change is not Change.REMOVED]
    known = [
        *(sides.older.contents[p.i1] for p in ones),
        *(sides.newer.contents[p.j1] for p in others),
    ]
    older, newer = _words(sides, change, pieces)
    return Passage(
        change,
        older,
        newer,
        sides.older.pages[ones[0].i1] if ones else None,
        sides.newer.pages[others[0].j1] if others else None,
        is_contents=all(known),
    )


def _words(
    sides: _Sides, change: Change, pieces: list[_Piece]
) -> tuple[tuple[Words, ...], tuple[Words, ...]]:
    """The pieces on either side; the nth words that are the same stand on both."""
    older, newer = list[Words](), list[Words]()
    before = None
    for piece in pieces:
        joins = piece.change is not Change.SAME or before is Change.SAME
        tone = change if change in (Change.ADDED, Change.REMOVED) else piece.change
        if tone is not Change.ADDED and piece.change is not Change.ADDED:
            _put(older, tone, sides.older.shown[piece.i1 : piece.i2], joins=joins)
        if tone is not Change.REMOVED and piece.change is not Change.REMOVED:
            _put(newer, tone, sides.newer.shown[piece.j1 : piece.j2], joins=joins)
        before = piece.change
    return _stripped(older), _stripped(newer)


def _put(row: list[Words], change: Change, shown: list[str], *, joins: bool) -> None:
    text = "".join(shown)
    if row and row[-1].change is change and (joins or change is not Change.SAME):
        row[-1] = Words(change, row[-1].text + text)
    else:
        row.append(Words(change, text))


def _stripped(row: list[Words]) -> tuple[Words, ...]:
    return (replace(row[0], text=row[0].text.lstrip()), *row[1:]) if row else ()


# -- one for one, and moved


def _paired(passages: list[Passage]) -> list[Passage]:
    """Short paragraphs replaced one for one, such as the cells of a table, as changed."""
    found: list[Passage] = []
    at = 0
    while at < len(passages):
        gone = _while(passages, at, Change.REMOVED)
        come = _while(passages, at + len(gone), Change.ADDED)
        if gone and len(gone) == len(come) and all(_size(p) <= _CELL for p in (*gone, *come)):
            found += [_as_one(Change.CHANGED, *pair) for pair in zip(gone, come, strict=True)]
        else:
            found += [*gone, *come]
        at += len(gone) + len(come)
        if not gone and not come:
            found.append(passages[at])
            at += 1
    return found


def _while(passages: list[Passage], at: int, change: Change) -> list[Passage]:
    end = at
    while end < len(passages) and passages[end].change is change:
        end += 1
    return passages[at:end]


def _as_one(change: Change, older: Passage, newer: Passage) -> Passage:
    return Passage(
        change, older.older, newer.newer, older.older_page, newer.newer_page,
        is_contents=older.is_contents and newer.is_contents,
    )  # fmt: skip


def _with_moved(passages: list[Passage]) -> list[Passage]:
    """With what was taken away here and stands there, whole or nearly, as moved."""
    gone = {n: p for n, p in enumerate(passages) if p.change is Change.REMOVED}
    by_run: dict[tuple[str, ...], list[int]] = {}
    for number, passage in gone.items():
        for run in _runs(passage.older):
            by_run.setdefault(run, []).append(number)
    moved: dict[int, Passage] = {}
    taken: set[int] = set()
    for number, passage in enumerate(passages):
        if passage.change is Change.ADDED:
            origin = _origin(passage, gone, by_run, taken)
            if origin is not None:
                taken.add(origin)
                moved[number] = _moved(gone[origin], passage)
    return [moved.get(n, p) for n, p in enumerate(passages) if n not in taken]


def _origin(
    passage: Passage,
    gone: dict[int, Passage],
    by_run: dict[tuple[str, ...], list[int]],
    taken: set[int],
) -> int | None:
    """Which removed passage this added one is."""
    runs = _runs(passage.newer)
    shared: Counter[int] = Counter()
    for run in runs:
        numbers = by_run.get(run, ())
        if len(numbers) <= _MOST_CANDIDATES:
            shared.update(number for number in numbers if number not in taken)
    for number, count in shared.most_common(1):
        if count >= _MOVED_KIN * max(len(runs), len(_runs(gone[number].older))):
            return number
    return None


def _runs(words: tuple[Words, ...]) -> set[tuple[str, ...]]:
    """All runs of three words, or the whole of what is shorter."""
    texts = "".join(one.text for one in words).split()
    if not _LEAST_MOVED <= len(texts) <= _MOST_MOVED:
        return set()
    return set(zip(texts, texts[1:], texts[2:], strict=False))


def _moved(older: Passage, newer: Passage) -> Passage:
    sides = _Sides(*both((_text(older.older),), (_text(newer.newer),)))
    told = _passage(sides, Change.CHANGED, list(_pieces(sides, same(_rows(sides)))))
    return Passage(
        Change.MOVED, told.older,
        told.newer, older.older_page, newer.newer_page,
        is_contents=older.is_contents and newer.is_contents,
    )  # fmt: skip


def _text(words: tuple[Words, ...]) -> str:
    return "".join(one.text for one in words)


def _size(passage: Passage) -> int:
    return len(_text(passage.newer or passage.older).split())


def _count(passages: list[Passage], change: Change) -> int:
    """How many words are added or removed; those of tables of contents are not counted."""
    return sum(
        len(words.text.split())
        for passage in passages
        if not passage.is_contents
        for words in (*passage.older, *passage.newer)
        if words.change is change
    )
