"""What readers hand back inside the child, and the plain text they are made of."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field

from atelier.extract.contract import PageKind
from atelier.extract.limits import MAX_TEXT_BYTES, MAX_TITLE_CHARACTERS
from atelier.model.documents import ReadState

_BREAKS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
# controls but newline and tab, lone surrogates, marks of byte order, the two non-characters
_UNWANTED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")
_SPACES = re.compile(r"\s+")


class Unread(Exception):
    """A reader gives up on a file, with the state and a short reason. Never leaves the child."""

    def __init__(self, state: ReadState, reason: str) -> None:
        super().__init__(state, reason)
        self.state = state
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Found:
    """What one reader found; texts as they came out of the file."""

    pages: tuple[str, ...]
    page_kind: PageKind = PageKind.NONE
    title: str = ""
    author: str = ""
    state: ReadState = ReadState.OK
    reason: str = ""
    written_at: str = ""
    changed_at: str = ""


@dataclass(slots=True)
class Sheet:
    """Gathers text piece by piece and refuses to grow over the cap of all texts.

    A note, a comment or a text box inside a line is set aside and follows the line, so that
    the sentence around it stays whole.
    """

    _pieces: list[str] = field(default_factory=list)
    _bytes: int = 0
    _outer: list[list[str]] = field(default_factory=list)
    _asides: list[str] = field(default_factory=list)

    def write(self, piece: str) -> None:
        """Add a piece; `Unread` too_large beyond 64 MiB of UTF-8 in all."""
        self._bytes += byte_size(piece)
        if self._bytes > MAX_TEXT_BYTES:
            raise Unread(ReadState.TOO_LARGE, "text")
        self._pieces.append(piece)

    def end_line(self) -> None:
        """Start a new line unless one has just been started; asides of the old one follow it."""
        if self._pieces and not self._pieces[-1].endswith("\n"):
            self.write("\n")
        if self._asides and not self._outer:
            self._pieces += [f"{aside}\n" for aside in self._asides if aside]
            self._asides.clear()

    def begin_aside(self) -> None:
        """What is written from here on follows the present line."""
        self._outer.append(self._pieces)
        self._pieces = []

    def end_aside(self) -> None:
        """Back to the line that `begin_aside` left."""
        self._asides.append("".join(self._pieces).strip())
        self._pieces = self._outer.pop()

    def take(self) -> str:
        """The text so far, without surrounding white space; what follows starts empty.

        What was taken still counts against the cap.
        """
        self.end_line()
        text = "".join(self._pieces).strip()
        self._pieces.clear()
        return text


def plain(text: str) -> str:
    """NFC, line breaks as newline, no control characters but newline and tab. Idempotent."""
    if not text.isascii() or _BREAKS.search(text) or _UNWANTED.search(text):
        text = _UNWANTED.sub("", _BREAKS.sub("\n", text))
        return unicodedata.normalize("NFC", text)
    return text


def plain_line(text: str) -> str:
    """The same on one line, cut at 1,000 characters: titles and authors."""
    cut = text[: 4 * MAX_TITLE_CHARACTERS]
    return _SPACES.sub(" ", plain(cut)).strip()[:MAX_TITLE_CHARACTERS]


def byte_size(text: str) -> int:
    """Bytes of the text in UTF-8."""
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))


def without_repeats(blocks: Iterable[str]) -> list[str]:
    """Blocks in order, empty ones and repetitions dropped: the same header on three sections."""
    return [block for block in dict.fromkeys(blocks) if block]
