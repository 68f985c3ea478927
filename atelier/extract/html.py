"""Reads HTML: its visible words by blocks, and its title. Nothing it names is fetched."""

from __future__ import annotations

import re
from typing import BinaryIO

from selectolax.lexbor import LexborHTMLParser, LexborNode

from atelier.extract.found import Found, Sheet, Unread
from atelier.extract.limits import KIB, MAX_HTML_DEPTH
from atelier.extract.text import decoded, whole
from atelier.model.documents import ReadState

_UNSEEN = ["script", "style", "noscript", "template", "svg", "math", "iframe", "object", "head"]
_BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "br", "caption", "dd", "details", "dialog",
    "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3",
    "h4", "h5", "h6", "header", "hr", "legend", "li", "main", "nav", "ol", "option", "p", "pre",
    "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul"
})  # fmt: skip
# tags that open no level of their own, or that the parser closes by itself
_FLAT = frozenset({
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track",
    "wbr", "param", "p", "li", "td", "tr", "th", "dt", "dd", "option", "optgroup", "thead",
    "tbody", "tfoot", "colgroup", "rp", "rt"
})  # fmt: skip
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_CHARSET = re.compile(
    rb"<meta[^>]{1,200}charset\s*=\s*[\"']?\s*([a-zA-Z0-9_-]{1,40})", re.IGNORECASE
)
# encodings of pages; Python knows others (`unicode_escape`, `idna`) that no page has
_ENCODINGS = ("utf-8", "iso-8859", "windows-", "cp125", "koi8", "gb", "big5", "shift", "euc-",
              "mac", "ibm", "tis-620", "us-ascii")  # fmt: skip
_SPACES = re.compile(r"[ \t\n\r\f]+")


def read(file: BinaryIO) -> Found:
    """The words of the body, one block a line; title from `<title>`, author from `<meta>`."""
    content = whole(file)
    text = decoded(content, _announced(content))
    _refuse_depth(text)
    tree = LexborHTMLParser(text)
    title = tree.css_first("title")
    author = tree.css_first('meta[name="author" i]')
    found_title = title.text() if title is not None else ""
    found_author = (author.attributes.get("content") or "") if author is not None else ""
    tree.strip_tags(_UNSEEN)
    return Found((_words(tree.root),), title=found_title, author=found_author)


def words_of(text: str) -> str:
    """The visible words of a page that is text already: the body of a mail, a chapter."""
    _refuse_depth(text)
    tree = LexborHTMLParser(text)
    tree.strip_tags(_UNSEEN)
    return _words(tree.root)


def _announced(content: bytes) -> str:
    """The encoding of the first `<meta charset>`; UTF-16 without its mark is a lie."""
    match = _CHARSET.search(content[: 16 * KIB])
    name = match[1].decode("ascii").lower() if match is not None else ""
    if name in ("iso-8859-1", "latin1", "latin-1"):
        return "cp1252"  # WHATWG Encoding: that label means windows-1252
    return name if name.startswith(_ENCODINGS) else ""


def _refuse_depth(text: str) -> None:
    depth = 0
    for tag in _TAG.finditer(text):
        if tag[2].lower() not in _FLAT:
            depth = max(0, depth - 1) if tag[1] else depth + 1
            if depth > MAX_HTML_DEPTH:
                raise Unread(ReadState.DAMAGED, "nesting")


def _words(root: LexborNode | None) -> str:
    if root is None:
        return ""
    sheet = Sheet()
    for node in root.traverse(include_text=True):
        if node.is_text_node:
            sheet.write(_SPACES.sub(" ", node.text_content or ""))
        elif node.tag in _BLOCKS:
            sheet.end_line()
    return sheet.take()
