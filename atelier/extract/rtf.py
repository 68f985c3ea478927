"""Reads RTF through striprtf, which is handed only what a person would read.

striprtf looks at each character, follows links with a pattern that runs away, and drops
notes, headers and text boxes. So pictures go first, links keep only what they show, and the
asides are moved behind the text they stand in.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import BinaryIO

from striprtf.striprtf import rtf_to_text

from atelier.extract.found import Found, Sheet, Unread, without_repeats
from atelier.extract.limits import KIB, MIB
from atelier.extract.text import whole
from atelier.model.documents import ReadState

_striprtf: Callable[..., str] = rtf_to_text  # it says nothing of its types

# what is left once pictures are out; striprtf reads about 2 MiB a second
_MAX_BYTES = 24 * MIB
_MAX_DEPTH = 10_000
_MAX_PROPERTIES_BYTES = 64 * KIB

# runs that only pictures and embedded objects have: hexadecimal, line after line
_HEXADECIMAL = re.compile(rb"[0-9a-fA-F\r\n]{256,}")
_BINARY = re.compile(rb"\\bin([0-9]{1,10}) ?")
_LINK = re.compile(r"\\fldinst(?![a-z])", re.IGNORECASE)
_CELL = re.compile(r"\\(?:nest)?cell(?![a-z]) ?")
_FONTS = re.compile(r"\{[^{}]{0,64}\\fonttbl")
_CODE_PAGE = re.compile(r"\\ansicpg([0-9]{1,5})")
_BRACES = re.compile(r"\\[\\{}]|[{}]")
_ASIDE = re.compile(
    r"\{\s{0,4}(?:\\\*)?\s{0,4}\\(footnote|annotation|headerl|headerr|headerf|header|footerl|"
    r"footerr|footerf|footer|shptxt)(?![a-z])"
)
_PROPERTY = r"\{\\%s(?![a-z])((?:[^{}\\]|\\.|\{[^{}]*\})*)\}"
_TITLE, _AUTHOR = re.compile(_PROPERTY % "title"), re.compile(_PROPERTY % "author")
_INFO = re.compile(r"\{\s{0,4}\\info(?![a-z])")
# between two asides: a sign that the text of none can hold, since it is taken out of all texts
_APART, _NEXT = "\x1d", "\\u29 ?"
_MAX_FONTS, _MAX_FONT_LINE = 256 * KIB, 8 * KIB


def read(file: BinaryIO) -> Found:
    """One text: the body, then notes, comments, text boxes, headers and footers."""
    source = _without_pictures(whole(file)).decode("latin-1")
    if len(source) > _MAX_BYTES:
        raise Unread(ReadState.TOO_LARGE, "text")
    # a kind that striprtf passes over too: so links show their words and not their address
    source = _CELL.sub(r"\\tab ", _LINK.sub(r"\\fldtype", source))
    body, asides = _apart(source)
    fonts = _fonts(body)
    if fonts and not _is_bearable(fonts):
        body, fonts = body.replace(fonts, "", 1), ""
    page = _CODE_PAGE.search(body[:KIB])
    start = f"{{\\rtf1\\ansi{page[0] if page else ''}{fonts}"
    # all at once: striprtf reads the fonts anew each time
    behind = _text(f"{start}{_NEXT.join(asides)}}}")
    blocks = [_text(body), *(aside.strip() for aside in behind.split(_APART))]
    sheet = Sheet()
    for block in without_repeats(blocks):
        sheet.write(block + "\n\n")
    info = _INFO.search(body)
    properties = body[info.start() : info.start() + _MAX_PROPERTIES_BYTES] if info else ""
    title, author = _property(_TITLE, properties, start), _property(_AUTHOR, properties, start)
    return Found((sheet.take(),), title=title, author=author)


def _without_pictures(content: bytes) -> bytes:
    kept, at = [], 0
    for mark in _BINARY.finditer(content):
        if mark.start() >= at:
            kept.append(content[at : mark.start()])
            at = mark.end() + int(mark[1])
    kept.append(content[at:])
    return _HEXADECIMAL.sub(b"\n", b"".join(kept))


def _apart(source: str) -> tuple[str, list[str]]:
    """The source without its asides, and the asides, each opened as a group of its own."""
    body, asides, depth, at, outside = [], [], 0, 0, -1
    for brace in _BRACES.finditer(source):
        if brace[0] == "{":
            depth += 1
            mark = _ASIDE.match(source, brace.start()) if outside < 0 else None
            if mark is not None:
                body.append(source[at : brace.start()])
                outside, at = depth - 1, mark.end()
        elif brace[0] == "}":
            depth -= 1
            if 0 <= depth == outside:
                asides.append("{" + source[at : brace.end()])
                outside, at = -1, brace.end()
        if depth > _MAX_DEPTH:
            raise Unread(ReadState.DAMAGED, "nesting")
    # an aside that never ends stays where it stands
    body.append(source[at:])
    return "".join(body), asides


def _fonts(source: str) -> str:
    """The group that names the fonts: it says in which encoding bytes are written."""
    start = _FONTS.search(source)
    if start is None:
        return ""
    depth = 0
    for brace in _BRACES.finditer(source, start.start()):
        depth += {"{": 1, "}": -1}.get(brace[0], 0)
        if depth == 0:
            return source[start.start() : brace.end()]
    return source[start.start() :]


def _is_bearable(fonts: str) -> bool:
    """Whether striprtf's pattern for fonts, quadratic in a line, ends soon on these."""
    return len(fonts) <= _MAX_FONTS and max(map(len, fonts.split("\n"))) <= _MAX_FONT_LINE


def _text(source: str) -> str:
    try:
        text = _striprtf(source, errors="replace")
    except (TypeError, ValueError, LookupError) as error:
        raise Unread(ReadState.DAMAGED, "broken") from error
    # characters beyond the first plane are written as two halves
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").strip()


def _property(pattern: re.Pattern[str], properties: str, start: str) -> str:
    found = pattern.search(properties)
    return _text(f"{start}{found[1]}}}") if found is not None else ""
