"""Markdown read as blocks (CommonMark 0.31.2), for pages, papers and search. Pure.

HTML in it is text, an image is its alternative text, and only links to `https`, `http` and
`mailto` lead anywhere. What would take too long, or nest too deep, stays as it was typed:
nothing of a text is lost by reading it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from atelier.model.prose import Block, BlockKind, Run

# A text with more signs and lines than this is shown as typed: what is read so takes less than
# half a second of CPU, whatever it is (measured on what is worst for each rule).
_MOST_SIGNS: Final = 12_000
_MOST_SIGNS_TOGETHER: Final = 4_000  # in one paragraph
_MOST_BRACKETS_TOGETHER: Final = 100
_MOST_NESTED: Final = 100
_MOST_NESTED_TOGETHER: Final = 20  # in one paragraph; what is deeper is kept as typed
_REMEMBERED_CHARACTERS: Final = 8_000
_SIGNS: Final = "*_`[<&\\"
_OPENING: Final = ">-+.)"  # of quotations and lists
# Deeper than anybody writes: lists and quotations opened on one line, or far to the right.
_MARK: Final = r"(?:>|[-+*](?=[ \t])|\d{1,9}[.)](?=[ \t]))"
_OPENED: Final = re.compile(rf"^(?:[ \t]*{_MARK}){{6}}.*$", re.MULTILINE)
_SHIFTED: Final = re.compile(rf"^[ \t>]{{10,}}(?={_MARK})", re.MULTILINE)
_FAR: Final = 40
_RULED: Final = re.compile(r"[ \t]*([-*])(?:[ \t]*\1)+[ \t]*")
# Neither a page nor XML 1.0 §2.2 has them.
_UNSEEN: Final = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 127, 0xFFFE, 0xFFFF])
_LEADS: Final = re.compile(r"(?:https?://[^\s/]|mailto:[^\s])\S*", re.IGNORECASE)
_NEW_LINE: Final = Run("\n")


def parse(text: str) -> tuple[Block, ...]:
    """What the Markdown means, in the order of the text; nested lists lie flat, with a level.

    Paragraphs of one list entry are one block, with a line break between them.
    """
    return _remembered(text) if len(text) <= _REMEMBERED_CHARACTERS else _read(text)


def plain(blocks: Iterable[Block]) -> str:
    """The words alone, one line a block: for a search, a calendar or a register."""
    lines = (" ".join("".join(run.text for run in one.runs).split()) for one in blocks)
    return "\n".join(line for line in lines if line)


def _read(text: str) -> tuple[Block, ...]:
    typed = text.replace("\r\n", "\n").replace("\r", "\n").translate(_UNSEEN)
    if _is_too_much(typed):
        return tuple(_as_typed(typed))
    return tuple(_Reader(_MARKDOWN.parse(typed)).blocks())


# The minutes of a meeting are read again for everybody who opens its page: measured, 49 ms of
# CPU for twenty items of 2,000 characters.
_remembered = lru_cache(maxsize=256)(_read)


def _is_too_much(text: str) -> bool:
    signs = sum(map(text.count, _SIGNS + _OPENING)) + 2 * text.count("\n")
    if signs > _MOST_SIGNS:
        return True
    if any(len(shift[0].expandtabs(4)) >= _FAR for shift in _SHIFTED.finditer(text)):
        return True
    return any(not _RULED.fullmatch(line[0]) for line in _OPENED.finditer(text))


def _as_typed(text: str) -> Iterator[Block]:
    """Paragraphs between empty lines, without any other meaning."""
    for paragraph in re.split(r"\n[ \t]*(?:\n[ \t]*)*\n", text):
        if paragraph.strip():
            yield Block(BlockKind.PARAGRAPH, tuple(_lines(paragraph.strip("\n"))))


def _lines(text: str, *, is_code: bool = False) -> Iterator[Run]:
    for number, line in enumerate(text.split("\n")):
        if number:
            yield _NEW_LINE
        if line:
            yield Run(line, is_code=is_code)


def _read_inline(state: StateCore) -> None:
    """The words of each block; of a block with too many signs as they were typed."""
    for token in state.tokens:
        if token.type != "inline":
            continue
        token.children = []
        signs = sum(map(token.content.count, _SIGNS))
        brackets = token.content.count("[")
        if signs > _MOST_SIGNS_TOGETHER or brackets > _MOST_BRACKETS_TOGETHER:
            token.children.append(Token("text", "", 0, content=token.content))
        else:
            _WORDS.inline.parse(token.content, _WORDS, state.env, token.children)


def _markdown(most_nested: int) -> MarkdownIt:
    made = MarkdownIt("commonmark", {"html": False, "maxNesting": most_nested})
    # « [Note]: suite » is said in minutes; taken for a reference, it would not be seen.
    made.disable("reference")
    made.core.ruler.at("inline", _read_inline)
    return made


_MARKDOWN: Final = _markdown(_MOST_NESTED)
_WORDS: Final = _markdown(_MOST_NESTED_TOGETHER)


class _Reader:
    """Goes through the tokens once, knowing in which lists and quotations it stands."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self._tokens = tokens
        self._lists: list[int | None] = []  # the next number, None where there is none
        self._quotes = 0
        self._heading = 0
        self._entry: list[Run] | None = None  # of the list entry that is being read
        self._number = 0

    def blocks(self) -> Iterator[Block]:
        for token in self._tokens:
            yield from self._ends_entry(token)
            yield from self._own(token)

    def _ends_entry(self, token: Token) -> Iterator[Block]:
        """The entry read so far, where something else begins or it ends."""
        goes_on = token.type in ("inline", "paragraph_open", "paragraph_close")
        if goes_on or self._entry is None:
            return
        if self._entry:
            kind = BlockKind.BULLET if self._lists[-1] is None else BlockKind.NUMBERED
            yield Block(kind, tuple(self._entry), len(self._lists), self._number)
        self._entry = None

    def _own(self, token: Token) -> Iterator[Block]:
        match token.type:
            case "bullet_list_open":
                self._lists.append(None)
            case "ordered_list_open":
                self._lists.append(int(token.attrs.get("start", 1)))
            case "bullet_list_close" | "ordered_list_close":
                self._lists.pop()
            case "list_item_open":
                self._begin_entry()
            case "blockquote_open":
                self._quotes += 1
            case "blockquote_close":
                self._quotes -= 1
            case "heading_open":
                self._heading = int(token.tag[1:])
            case "heading_close":
                self._heading = 0
            case "inline":
                yield from self._words(_runs(token.children or ()))
            case "hr":
                yield Block(BlockKind.RULE)
            case "fence" | "code_block":
                code = _lines(token.content.removesuffix("\n"), is_code=True)
                yield Block(BlockKind.CODE, tuple(code))

    def _begin_entry(self) -> None:
        self._entry = []
        number = self._lists[-1]
        self._number = number or 0
        if number is not None:
            self._lists[-1] = number + 1

    def _words(self, runs: list[Run]) -> Iterator[Block]:
        if self._heading and runs:
            yield Block(BlockKind.HEADING, tuple(runs), self._heading)
        elif self._entry is not None:
            self._entry.extend([_NEW_LINE, *runs] if self._entry else runs)
        elif runs:
            kind = BlockKind.QUOTE if self._quotes else BlockKind.PARAGRAPH
            yield Block(kind, tuple(runs))


def _runs(tokens: Iterable[Token]) -> list[Run]:
    """The words of one block; neighbours of one look are one run."""
    strong = emphasised = 0
    link = ""
    runs: list[Run] = []
    for token in tokens:
        match token.type:
            case "strong_open" | "strong_close":
                strong += token.nesting
            case "em_open" | "em_close":
                emphasised += token.nesting
            case "link_open":
                link = _leading(str(token.attrs.get("href", "")))
            case "link_close":
                link = ""
            case "softbreak" | "hardbreak":
                runs.append(_NEW_LINE)
            case "image":
                _add(runs, plain(_alternative(token)), strong > 0, emphasised > 0, link=link)
            case "code_inline":
                runs.append(Run(token.content, strong > 0, emphasised > 0, True, link))
            case _:
                _add(runs, token.content, strong > 0, emphasised > 0, link=link)
    return runs


def _alternative(image: Token) -> Iterator[Block]:
    yield Block(BlockKind.PARAGRAPH, tuple(_runs(image.children or ())))


def _add(runs: list[Run], text: str, is_strong: bool, is_emphasised: bool, *, link: str) -> None:
    """Add words to the runs, each line break as a run of its own."""
    for one in _lines(text):
        run = one if one is _NEW_LINE else Run(one.text, is_strong, is_emphasised, False, link)
        last = runs[-1] if runs else _NEW_LINE
        if run is not _NEW_LINE and last is not _NEW_LINE and _look(last) == _look(run):
            runs[-1] = Run(last.text + run.text, is_strong, is_emphasised, False, link)
        else:
            runs.append(run)


def _look(run: Run) -> tuple[bool, bool, bool, str]:
    return run.is_strong, run.is_emphasised, run.is_code, run.link


def _leading(address: str) -> str:
    """The address when it may be led to, else nothing."""
    return address if _LEADS.fullmatch(address) else ""
