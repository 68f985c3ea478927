"""Reads XML and SVG: the words between the marks, through a parser that resolves nothing."""

from __future__ import annotations

from typing import BinaryIO
from xml.parsers import expat

from atelier.extract.found import Found, Sheet, Unread
from atelier.extract.limits import KIB
from atelier.extract.text import whole
from atelier.model.documents import ReadState

_UNSEEN = frozenset({"script", "style", "metadata"})
_INSIDE = frozenset({"tspan", "a"})  # of a drawing, that end no line
_MAX_DEPTH = 2_000
_STEP = 64 * KIB


def read(file: BinaryIO) -> Found:
    """One text: what stands between the marks, an element a line; title from a `title` element.

    A DOCTYPE may stand there, as it does in many drawings; one that declares entities is
    `Unread` damaged, and none is ever fetched.
    """
    words = _Words()
    parser = words.parser()
    content = whole(file)
    try:
        for start in range(0, len(content), _STEP):
            parser.Parse(content[start : start + _STEP], False)
        parser.Parse(b"", True)
    except (expat.ExpatError, LookupError, ValueError) as error:
        raise Unread(ReadState.DAMAGED, "xml") from error
    return Found((words.sheet.take().replace(" \n", "\n"),), title=words.title.strip())


class _Words:
    """What the parser tells, gathered."""

    def __init__(self) -> None:
        self.sheet = Sheet()
        self.title = ""
        self._open: list[str] = []
        self._unseen = 0
        self._is_titled = False

    def parser(self) -> expat.XMLParserType:
        """A parser that tells this; never called back for anything outside the file."""
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.EntityDeclHandler = _declared
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        return parser

    def _start(self, name: str, _: dict[str, str]) -> None:
        self._open.append(name.rpartition(":")[2])
        if len(self._open) > _MAX_DEPTH:
            raise Unread(ReadState.DAMAGED, "nesting")
        self._unseen += self._open[-1] in _UNSEEN
        if self._open[-1] not in _INSIDE:
            self.sheet.end_line()

    def _end(self, _: str) -> None:
        name = self._open.pop()
        self._unseen -= name in _UNSEEN
        self._is_titled = self._is_titled or name == "title"
        if name not in _INSIDE:
            self.sheet.end_line()

    def _text(self, text: str) -> None:
        words = " ".join(text.split())
        if self._unseen or not words:
            return
        self.sheet.write(f"{words} ")
        if self._open[-1] == "title" and not self._is_titled:
            self.title = f"{self.title} {words}"[:4_000]


def _declared(*_: object) -> None:
    raise Unread(ReadState.DAMAGED, "doctype")
