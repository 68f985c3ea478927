"""Prose on a page: lists in lists, headings in order, and no markup but ours."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Environment, FileSystemLoader
from selectolax.lexbor import LexborHTMLParser as HTMLParser

from atelier.model.prose import Block, BlockKind, Run
from atelier.papers.markdown import parse
from atelier.web.pages.prose import parts
from atelier.web.places import templates_folder
from tests.papers.test_markdown import SIGNS

MACROS = Environment(
    loader=FileSystemLoader(templates_folder()),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
)
OURS = {
    "div", "p", "ul", "ol", "li", "h3", "h4", "h5", "h6", "blockquote", "pre", "code", "hr",
    "br", "a", "strong", "em",
}  # fmt: skip
ATTRIBUTES = {"div": {"class"}, "ol": {"start"}, "pre": {"tabindex"}, "a": {"href", "rel"}}


def rendered(text: str, above: int = 2) -> HTMLParser:
    """The text as it stands on a page."""
    module = MACROS.get_template("macros/prose.html").make_module({})
    return HTMLParser(str(module.prose(parts(parse(text)), above)))  # type: ignore[attr-defined]


def shape(text: str) -> str:
    """The markup of a text, without spaces between."""
    body = rendered(text).css_first(".written")
    assert body is not None and body.html is not None
    return "".join(body.html.split("\n")).replace("  ", "")


def test_lists_stand_in_lists_and_numbers_go_on() -> None:
    assert "<ul><li>un<ul><li>deux</li></ul></li><li>trois</li></ul>" in shape(
        "- un\n  - deux\n- trois"
    )
    assert '<ol start="3"><li>trois</li><li>quatre</li></ol>' in shape("3. trois\n4. quatre")
    assert "<ol><li>un<ul><li>dedans</li></ul></li><li>deux</li></ol>" in shape(
        "1. un\n   - dedans\n2. deux"
    )
    # Two lists one after the other begin anew each.
    assert "<ol><li>un</li></ol><ol><li>autre</li></ol>" in shape("1. un\n\n1) autre")
    assert "<ul><li>un</li></ul><ol><li>deux</li></ol>" in shape("- un\n\n1. deux")


def test_a_list_that_begins_deeper_is_a_list_in_a_list() -> None:
    block = Block(BlockKind.BULLET, (Run("bas"),), level=3)
    (part,) = parts([block])
    listing = part.listing
    for _ in range(2):
        assert listing is not None and listing.entries[0].runs == ()
        listing = listing.entries[0].below[0]
    assert listing is not None and listing.entries[0].runs == block.runs


def test_headings_stand_below_those_of_the_page_and_leave_no_rank_out() -> None:
    found = rendered("### Un\n\n##### Deux\n\n# Trois\n\n###### Quatre").css("h3, h4, h5, h6")
    assert [one.tag for one in found] == ["h3", "h4", "h3", "h4"]
    deep = "\n\n".join("#" * rank + " x" for rank in range(1, 7))
    assert [one.tag for one in rendered(deep, 3).css("h4, h5, h6")] == [
        "h4",
        "h5",
        "h6",
        *["h6"] * 3,
    ]


def test_a_link_tells_nothing_of_this_page_and_leads_only_to_the_web() -> None:
    page = rendered("[voir](https://exemple.fr/a?b=1&c=2) [non](javascript:alert(1))")
    (link,) = page.css("a")
    assert link.attributes == {
        "href": "https://exemple.fr/a?b=1&c=2",
        "rel": "noopener noreferrer",
    }
    assert "non" in page.text()


def test_quotations_code_and_line_breaks() -> None:
    assert "<blockquote><p>un</p><p>deux</p></blockquote>" in shape("> un\n>\n> deux")
    assert "<p>un<br>deux</p>" in shape("un\ndeux")
    code = rendered("```\na < b\n  c\n```").css_first("pre code")
    assert code is not None and code.text() == "a < b\n  c"


@given(st.one_of(st.text(max_size=150), SIGNS))
def test_whatever_is_typed_no_markup_but_ours_is_on_the_page(text: str) -> None:
    body = rendered(text).css_first(".written")
    assert body is not None
    for node in body.css("*"):
        assert node.tag in OURS
        assert set(node.attributes) <= ATTRIBUTES.get(node.tag or "", set())
        if node.tag == "a":
            assert (node.attributes["href"] or "").lower().startswith(("http", "mailto:"))
