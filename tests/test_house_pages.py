"""What holds for every template, style and script: nothing inline, nothing from elsewhere."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from atelier import errors
from tests.house import ROOT

TEMPLATES = ROOT / "templates"
LETTERS = TEMPLATES / "mail"
SCRIPT_LINES = 150
SCRIPTS_BYTES = 40_000

_JINJA = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
_ELSEWHERE = re.compile(r"^\s*([a-z][a-z0-9+.-]*:)?//", re.IGNORECASE)
# Where a browser would fetch something by itself; a link to follow is the reader's choice.
_FETCHED = {"src", "srcset", "poster", "data", "action", "formaction", "background", "xlink:href"}
_FOLLOWED = {"a", "area"}
_STYLE_ELSEWHERE = re.compile(r"@import|url\(\s*['\"]?\s*([a-z]+:)?//", re.IGNORECASE)
# With the line that it stands on alone, and the space after it on a line of code.
_COMMENT = re.compile(
    r"^[ \t]*/\*\*.*?\*/[ \t]*\n|/\*\*.*?\*/ ?|^\s*//[^\n]*\n", re.DOTALL | re.MULTILINE
)
_ERROR = re.compile(r"\berror [!=]== '(\w+)'")
_SCRIPT_ELSEWHERE = re.compile(r"""(from|import)\s*\(?\s*["'](https?:)?//|\beval\(|new Function""")


def test_no_template_holds_inline_script_or_style_or_fetches_from_elsewhere() -> None:
    pages = [page for page in _files("*.html") if LETTERS not in page.parents]
    assert pages
    assert [fault for page in pages for fault in page_faults(page.read_text("utf-8"))] == []


def test_a_letter_has_its_style_in_place_and_fetches_nothing() -> None:
    # Mail programs take no style sheet; pictures would tell that a letter was opened.
    [page] = sorted(LETTERS.glob("*.html"))
    text = page.read_text("utf-8")
    assert [fault for fault in page_faults(text) if not fault.endswith("style=")] == []
    assert not re.search(r"<(img|link|script|style|iframe|video|audio)|url\(", text)


@pytest.mark.parametrize(
    "fault",
    [
        "<script>alert(1)</script>",
        "<style>p { color: red }</style>",
        '<p style="color: red">x</p>',
        "<button {% if x > 1 %}disabled{% endif %} onclick='go()'>x</button>",
        '<script type="module" src="https://cdn.example/x.js"></script>',
        '<img src="//cdn.example/x.png" alt="">',
        '<link rel="stylesheet" href="http://fonts.example/x.css">',
        '<a href="javascript:go()">x</a>',
    ],
)
def test_an_inline_or_foreign_thing_in_a_page_is_seen(fault: str) -> None:
    assert page_faults(fault)
    assert not page_faults(
        '<script type="module" src="{{ static(\'js/list.js\') }}"></script>'
        '<a href="https://www.example/">x</a><p class="note">1 > 0</p>'
    )


def test_no_style_sheet_fetches_from_elsewhere() -> None:
    sheets = {sheet: sheet.read_text("utf-8") for sheet in _files("*.css")}
    assert sheets
    assert [path.name for path, text in sheets.items() if _STYLE_ELSEWHERE.search(text)] == []
    assert _STYLE_ELSEWHERE.search('@font-face { src: url("https://fonts.example/x.woff2") }')


def test_scripts_are_few_short_and_from_here() -> None:
    scripts = {script: script.read_text("utf-8") for script in _files("*.js")}
    assert scripts
    assert [path.name for path, text in scripts.items() if text.count("\n") >= SCRIPT_LINES] == []
    # Types and reasons are comments: they are not to be saved on.
    assert sum(len(_COMMENT.sub("", text).encode()) for text in scripts.values()) < SCRIPTS_BYTES
    assert [path.name for path, text in scripts.items() if _SCRIPT_ELSEWHERE.search(text)] == []
    assert _SCRIPT_ELSEWHERE.search('import { x } from "https://cdn.example/x.js"')


def page_faults(text: str) -> list[str]:
    """What a template holds that the content policy of a page forbids."""
    reader = _PageReader()
    reader.feed(_JINJA.sub("jinja", text))
    reader.close()
    return reader.faults


class _PageReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "style" or (tag == "script" and "src" not in values):
            self._note(f"inline {tag}")
        for name, value in values.items():
            if name == "style" or re.fullmatch(r"on[a-z]+", name):
                self._note(f"{tag} {name}=")
            if value.strip().lower().startswith("javascript:"):
                self._note(f"{tag} {name}={value}")
            fetched = name in _FETCHED or (name == "href" and tag not in _FOLLOWED)
            if fetched and _ELSEWHERE.match(value):
                self._note(f"{tag} {name}={value}")

    def _note(self, fault: str) -> None:
        self.faults.append(f"line {self.getpos()[0]}: {fault}")


def test_a_script_acts_upon_errors_that_there_are() -> None:
    scripts = [script.read_text("utf-8") for script in _files("*.js")]
    named = {name for text in scripts for name in _ERROR.findall(text)}
    told = {re.sub(r"(?<=.)([A-Z])", r"_\1", name).lower() for name in vars(errors)}
    assert named
    assert named - told == set()


def _files(pattern: str) -> list[Path]:
    return sorted(TEMPLATES.rglob(pattern))
