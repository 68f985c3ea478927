"""A text as it runs, whatever its lines and pages: what two versions are compared by.

Where lines and pages break says nothing, so a text becomes one row of words and signs. What
stands at the edge of page after page (headers, footers, page numbers) is told once, in front.
Paragraphs are guessed from the lines for showing only: nothing is equal or different by them.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, pairwise

_TOKEN = re.compile(r"[^\W\d_]+(?:[-\u2010\u2011][^\W\d_]+)*(?!\w)|\w+|[^\w\s]")
_PLAIN = str.maketrans({
    "’": "'", "‘": "'", "ʼ": "'", "‛": "'", "`": "'", "´": "'",
    "“": '"', "”": '"', "„": '"', "«": '"', "»": '"',
    "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "−": "-",
})  # fmt: skip
_IN_WORD = re.compile(r"(?<=[^\W\d_])-(?=[^\W\d_])")
_BULLETS = frozenset("-•‣◦▪▫■□●○►➢➤✓✔❖·*§ðoØü")
# what follows a hyphen that is written; else a word was cut at the end of a line
_HYPHENATED = frozenset(
    ("elle", "elles", "nous", "vous", "leur", "même", "mêmes", "être", "dessus", "dessous", "delà")
)
_CONTENTS_TAIL = re.compile(r"(?:\.\s?){4,}\s*[\divxlc]{1,6}\s*$|…{2,}\s*[\divxlc]{1,6}\s*$", re.I)
_TABBED_TAIL = re.compile(r"\t\s*(\d{1,4})\s*$")
_NUMBERED = re.compile(r"\s*(?:\d{1,3}(?:\.\d{1,3})*[.)-]|[a-zA-Z][.)]|[IVX]{1,5}[.)-])\s")
_LEAST_TABBED = 4  # so many lines with rising numbers are a table of contents
_LEADER_DOTS = 4
_SHORT = 0.7  # of the usual width: a line that ends before has ended by itself
_MOST_EDGE = 60  # words and signs of a header or footer
_OFTEN, _NEARLY_ALL = 0.4, 0.8
_MANY = 5  # pages: what fewer begin with in the middle of a line may be chance
_NUMBERING = frozenset(("#", "/", "-", "page", "Page", "p", "P", ".", "sur", "of", "|"))


@dataclass(slots=True)
class Running:
    """Words and signs in order: what each is compared by, how it is shown, where it stands.

    `shown` begins with a space where one stands before it; pages count from 1.
    """

    keys: list[str] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)
    pages: list[int] = field(default_factory=list)
    starts: list[bool] = field(default_factory=list)
    contents: list[bool] = field(default_factory=list)

    def add(self, token: _Token, page: int, *, starts: bool) -> None:
        """One more word or sign at the end."""
        self.keys.append(token.key)
        self.shown.append(token.shown)
        self.pages.append(page)
        self.starts.append(starts)
        self.contents.append(token.is_contents)


@dataclass(slots=True)
class _Token:
    key: str
    shown: str
    is_spaced: bool
    opens_line: bool = False
    starts: bool = False
    is_contents: bool = False
    counts_pages: bool = False  # the number of its page


Phrase = tuple[str, ...]


@dataclass(slots=True)
class _Page:
    number: int
    tokens: list[_Token]
    head: int = 0  # so many tokens at its beginning, and at its end, stand on other pages too
    tail: int = 0

    def masked(self) -> list[str]:
        return [_mask(token.key) for token in self.tokens]


def both(older: tuple[str, ...], newer: tuple[str, ...]) -> tuple[Running, Running]:
    """The two texts, each one text a page, running; a header of one is known in the other."""
    one, other = _paged(older), _paged(newer)
    phrases = {*_find_edges(one), *_find_edges(other)}
    return _run(one, phrases), _run(other, phrases)


def is_word(key: str) -> bool:
    """Whether this is a word or a number, not a sign."""
    return key[0].isalnum() or key[0] == "_"


def _paged(pages: tuple[str, ...]) -> list[_Page]:
    keys: dict[str, str] = {}
    made = [
        _Page(number, list(_tokens(page.splitlines(), keys)))
        for number, page in enumerate(pages, 1)
    ]
    _find_paragraphs(made, pages)
    return made


def _tokens(lines: Iterable[str], keys: dict[str, str]) -> Iterator[_Token]:
    for line in lines:
        opens = True
        end = 0
        for match in _TOKEN.finditer(line.replace("…", "...")):
            text = match.group()
            key = keys.get(text)
            if key is None:
                key = keys[text] = _key(text)
            is_spaced = opens or match.start() > end
            yield _Token(key, text, is_spaced, opens)
            opens, end = False, match.end()


def _key(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).translate(_PLAIN).strip() or text
    return _IN_WORD.sub("", plain)


def _mask(key: str) -> str:
    return "#" if key.isdecimal() else key


# -- paragraphs


def _find_paragraphs(pages: list[_Page], texts: tuple[str, ...]) -> None:
    lines = list(chain.from_iterable(text.splitlines() for text in texts))
    contents = _contents_lines(lines)
    starts = _starting_lines(lines, contents)
    number = -1
    for page, text in zip(pages, texts, strict=True):
        filled = [n for n, line in enumerate(text.splitlines(), number + 1) if _TOKEN.search(line)]
        number += len(text.splitlines())
        at = iter(filled)
        line = -1
        for token in page.tokens:
            if token.opens_line:
                line = next(at)
                token.starts = starts[line]
            token.is_contents = contents[line]


def _contents_lines(lines: list[str]) -> list[bool]:
    """Which lines belong to a table of contents: dot leaders, or rising numbers after tabs."""
    found = [_CONTENTS_TAIL.search(line[-60:]) is not None for line in lines]
    run: list[int] = []
    last = 0
    for number, line in enumerate([*lines, "."]):
        tail = _TABBED_TAIL.search(line[-20:])
        if tail is not None and (not run or int(tail[1]) >= last):
            run.append(number)
            last = int(tail[1])
        elif line.strip():
            if len(run) >= _LEAST_TABBED:
                for one in run:
                    found[one] = True
            run = [] if tail is None else [number]
            last = 0 if tail is None else int(tail[1])
    return found


def _starting_lines(lines: list[str], contents: list[bool]) -> list[bool]:
    """Which lines begin a paragraph. Where lines are not cut by a width, each does."""
    lengths = sorted(len(line) for line in lines if line.strip())
    width = lengths[len(lengths) * 9 // 10] if lengths else 0
    is_cut = _is_cut_by_width(lines, width)
    starts, before, was_contents = [], "", False
    for line, is_contents in zip(lines, contents, strict=True):
        starts.append(
            not is_cut
            or is_contents
            or was_contents
            or len(before) < _SHORT * width
            or _opens_item(line)
            or (before[-1] in ".!?:;" and line.strip()[:1].isupper())
        )
        before, was_contents = line.rstrip(), is_contents
    return starts


def _is_cut_by_width(lines: list[str], width: int) -> bool:
    after = [
        line.strip()[:1]
        for before, line in pairwise(lines)
        if len(before) >= _SHORT * width and line.strip()
    ]
    return bool(after) and sum(one.islower() for one in after) >= _OFTEN * len(after)


def _opens_item(line: str) -> bool:
    first = line.split(maxsplit=1)[:1]
    is_bullet = bool(first) and len(first[0]) == 1 and _is_bullet_sign(first[0])
    return is_bullet or _NUMBERED.match(line) is not None


def _is_bullet_sign(text: str) -> bool:
    return text.translate(_PLAIN) in _BULLETS or unicodedata.category(text) == "Co"


# -- what stands on page after page


def _find_edges(pages: list[_Page]) -> Iterator[Phrase]:
    """Mark the headers and footers of pages, and say which there are."""
    masked = [page.masked() for page in pages]
    for page, length in zip(pages, _shared_beginnings(masked, pages), strict=True):
        page.head = length
    rests = [words[page.head :][::-1] for words, page in zip(masked, pages, strict=True)]
    for page, length in zip(pages, _shared_beginnings(rests, pages, backwards=True), strict=True):
        page.tail = length
    for words, page in zip(masked, pages, strict=True):
        for phrase in (words[: page.head], words[len(words) - page.tail :]):
            if phrase:
                yield tuple(phrase)


def _shared_beginnings(
    words: list[list[str]], pages: list[_Page], *, backwards: bool = False
) -> list[int]:
    """How many words each page begins with as many others do; 0 for none."""
    lengths = [0] * len(words)
    first = {tuple(found): number for number, found in reversed(list(enumerate(words)))}
    left = sorted(number for found, number in first.items() if found)
    least = max(2, math.ceil(_OFTEN * len(left)))
    while len(left) >= least:
        group, length = _largest(words, pages, left, least, backwards)
        if not group:
            break
        for number in group:
            lengths[number] = length
        left = [number for number in left if number not in set(group)]
    return [lengths[first[tuple(found)]] for found in words]  # pages that are alike count once


def _largest(
    words: list[list[str]], pages: list[_Page], left: list[int], least: int, backwards: bool
) -> tuple[list[int], int]:
    """The most pages that begin alike, and with how many words; ([], 0) when that is chance."""
    group, length, lines = left, 0, 0
    while length < _MOST_EDGE:
        there = [number for number in group if len(words[number]) > length]
        counted = Counter(words[number][length] for number in there)
        word, count = counted.most_common(1)[0] if counted else ("", 0)
        if count < max(least, _NEARLY_ALL * len(group) if length else 0):
            break
        same = [number for number in there if words[number][length] == word]
        if word == "#" and not _is_steady([pages[n] for n in same], length, backwards):
            break
        group, length = same, length + 1
        if all(_ends_line(pages[n], length, backwards) for n in group):
            lines = length
    length = lines if lines or len(group) < _MANY else length
    phrase = words[group[0]][:length]
    is_edge = length > 2 or (bool(phrase) and "#" in phrase and _NUMBERING.issuperset(phrase))
    return (group, length) if is_edge else ([], 0)


def _ends_line(page: _Page, length: int, backwards: bool) -> bool:
    """Whether so many words from the edge of a page are whole lines, and cut no word in two."""
    tokens = page.tokens
    place = len(tokens) - length if backwards else length
    if not (place == len(tokens) or tokens[place].opens_line):
        return False
    if place in (0, len(tokens)):
        return True
    before, after = tokens[place - 1], tokens[place]
    return before.key != "-" or before.is_spaced or not after.shown[:1].islower()


def _is_steady(pages: list[_Page], place: int, backwards: bool) -> bool:
    """Whether the number there is the same on all these pages, or goes on with them."""
    tokens = [page.tokens[-1 - place if backwards else place] for page in pages]
    values = [int(token.key[:9]) for token in tokens]
    if Counter(values).most_common(1)[0][1] >= _NEARLY_ALL * len(pages):
        return True
    lags = [value - page.number for value, page in zip(values, pages, strict=True)]
    steady = sum(one == other for one, other in pairwise(lags))
    counts_pages = steady >= _NEARLY_ALL * (len(lags) - 1)
    for token in tokens:
        token.counts_pages = counts_pages
    return counts_pages


# -- one row


def _run(pages: list[_Page], phrases: set[Phrase]) -> Running:
    """The pages one after another, their edges in front once."""
    front: dict[Phrase, list[tuple[_Token, int]]] = {}
    body: list[tuple[_Token, int]] = []
    lengths = {len(phrase) for phrase in phrases}
    for page in pages:
        last = len(page.tokens) - page.tail
        _keep(front, page, 0, page.head)
        body += _without_lines(page, last, phrases, lengths, front)
        _keep(front, page, last, len(page.tokens))
    found = Running()
    for kept in front.values():
        _pour(found, kept, starts=True)
    _pour(found, body)
    return found


def _keep(front: dict[Phrase, list[tuple[_Token, int]]], page: _Page, start: int, end: int) -> None:
    words = tuple(page.masked()[start:end])
    if not words or _NUMBERING.issuperset(words):
        return
    tokens = [token for token in page.tokens[start:end] if not token.counts_pages]
    front.setdefault(words, [(token, page.number) for token in tokens])


def _without_lines(
    page: _Page,
    last: int,
    phrases: set[Phrase],
    lengths: set[int],
    front: dict[Phrase, list[tuple[_Token, int]]],
) -> Iterator[tuple[_Token, int]]:
    """The tokens between the edges, without lines that are a header of the other text."""
    words, at = page.masked(), page.head
    while at < last:
        length = _whole_lines(page, words, at, last, phrases, lengths)
        if length:
            _keep(front, page, at, at + length)
            at += length
            continue
        yield page.tokens[at], page.number
        at += 1


def _whole_lines(
    page: _Page, words: list[str], at: int, last: int, phrases: set[Phrase], lengths: set[int]
) -> int:
    if not page.tokens[at].opens_line:
        return 0
    for length in lengths:
        end = at + length
        is_whole = end == last or (end < last and page.tokens[end].opens_line)
        if is_whole and tuple(words[at:end]) in phrases:
            is_number = _NUMBERING.issuperset(words[at:end])
            if not is_number or (end == last and _numbers(page, at, end)):
                return length
    return 0


def _numbers(page: _Page, start: int, end: int) -> bool:
    """Whether the first number there is that of the page."""
    numbers = [token.key for token in page.tokens[start:end] if token.key.isdecimal()]
    return bool(numbers) and int(numbers[0][:9]) == page.number


def _pour(found: Running, tokens: Sequence[tuple[_Token, int]], *, starts: bool = False) -> None:
    """Add tokens without bullets and leaders, words cut at the end of a line whole again."""
    at, pending, begins = 0, "", starts
    while at < len(tokens):
        token, page = tokens[at]
        begins = begins or token.starts
        skipped, text = _passed_over(tokens, at)
        if skipped:
            pending += text
            at += skipped
            continue
        taken = _joined(tokens, at)
        shown = pending + (" " if token.is_spaced else "") + taken.shown
        found.add(
            _Token(taken.key, shown, token.is_spaced, is_contents=token.is_contents),
            page,
            starts=begins or not found.keys,
        )
        at += taken.count
        pending, begins = "", False


def _passed_over(tokens: Sequence[tuple[_Token, int]], at: int) -> tuple[int, str]:
    """How many tokens from here say nothing: a bullet, or dots that lead to a number."""
    token = tokens[at][0]
    if token.key == ".":
        end = at
        while end < len(tokens) and tokens[end][0].key == ".":
            end += 1
        return (end - at, " …") if end - at >= _LEADER_DOTS else (0, "")
    if len(token.shown) == 1 and token.is_spaced and at + 1 < len(tokens):
        follows = tokens[at + 1][0].key[0]
        is_private = unicodedata.category(token.shown) == "Co"
        is_apart = tokens[at + 1][0].is_spaced or token.key == "-"
        if is_private or (token.key in _BULLETS and is_apart and not follows.isdecimal()):
            return 1, f" {token.shown}"
    return 0, ""


@dataclass(frozen=True, slots=True)
class _Taken:
    key: str
    shown: str
    count: int


def _joined(tokens: Sequence[tuple[_Token, int]], at: int) -> _Taken:
    """The word here, with what follows a hyphen at its end."""
    key, shown, end = tokens[at][0].key, tokens[at][0].shown, at + 1
    while (
        end + 1 < len(tokens)
        and key.isalpha()
        and tokens[end][0].key == "-"
        and not tokens[end][0].is_spaced
        and tokens[end + 1][0].key.isalpha()
    ):
        following = tokens[end + 1][0]
        key += following.key
        shown += _hyphen(tokens[end][0], following) + following.shown
        end += 2
    return _Taken(key, shown, end - at)


def _hyphen(hyphen: _Token, following: _Token) -> str:
    if not following.opens_line:
        return hyphen.shown + (" " if following.is_spaced else "")
    rest = following.shown.split("-")[0]
    is_cut = rest[0].islower() and len(rest) > 3 and rest not in _HYPHENATED
    return "" if is_cut else hyphen.shown
