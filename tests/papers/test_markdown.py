"""Markdown read as blocks: what each sign means, what stays as typed, and that nothing is lost."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from atelier.model.prose import Block, BlockKind, Run
from atelier.papers.markdown import parse, plain

# What writers and those who mean harm type, in any order.
SIGNS = st.lists(
    st.sampled_from(
        ["a", "É", " ", "  ", "\n", "\n\n", "*", "**", "_", "`", "```", "#", "> ", "- ", "1. ", "[",
         "](", ")", "!", "<b>", "</b>", "<script>", "&lt;", "&", "\\", "\t", "    ", "---", "===",
         "https://a.fr", "javascript:x", "mailto:a@b.fr", "\x00", "\x0b", "|", "\r\n"]
    ),
    max_size=60,
).map("".join)  # fmt: skip


def kinds(text: str) -> list[tuple[BlockKind, int, str]]:
    """Of each block its kind, its level and its words."""
    return [(one.kind, one.level, words(one)) for one in parse(text)]


def words(block: Block) -> str:
    return "".join(run.text for run in block.runs)


def test_headings_paragraphs_quotations_code_and_rules_are_blocks_in_their_order() -> None:
    text = "## Bilan\n\nUn.\nDeux.\n\n> Dit.\n\n---\n\n    code\n    suite\n\n```\nx < y\n```"
    assert kinds(text) == [
        (BlockKind.HEADING, 2, "Bilan"),
        (BlockKind.PARAGRAPH, 1, "Un.\nDeux."),
        (BlockKind.QUOTE, 1, "Dit."),
        (BlockKind.RULE, 1, ""),
        (BlockKind.CODE, 1, "code\nsuite"),
        (BlockKind.CODE, 1, "x < y"),
    ]


def test_lists_in_lists_lie_flat_with_their_level_and_their_numbers() -> None:
    blocks = parse("3. trois\n   - dedans\n     - plus bas\n4. quatre\n\n   suite\n\n- autre")
    assert [(one.kind, one.level, one.number, words(one)) for one in blocks] == [
        (BlockKind.NUMBERED, 1, 3, "trois"),
        (BlockKind.BULLET, 2, 0, "dedans"),
        (BlockKind.BULLET, 3, 0, "plus bas"),
        (BlockKind.NUMBERED, 1, 4, "quatre\nsuite"),
        (BlockKind.BULLET, 1, 0, "autre"),
    ]


def test_words_have_their_look_and_neighbours_of_one_look_are_one_run() -> None:
    (block,) = parse("Un **fort _et penché_** `x<y` \\*étoile\\* &amp; fin")
    assert block.runs == (
        Run("Un "),
        Run("fort ", is_strong=True),
        Run("et penché", is_strong=True, is_emphasised=True),
        Run(" "),
        Run("x<y", is_code=True),
        Run(" *étoile* & fin"),
    )


@pytest.mark.parametrize(
    ("address", "leads"),
    [
        ("https://exemple.fr/a?b=1", True),
        ("http://exemple.fr", True),
        ("mailto:awa@exemple.fr", True),
        ("javascript:alert(1)", False),
        ("JaVaScRiPt:alert(1)", False),
        ("data:text/html,x", False),
        ("vbscript:x", False),
        ("file:///etc/passwd", False),
        ("ftp://exemple.fr/x", False),
        ("tel:0233", False),
        ("//exemple.fr", False),
        ("/documents/1", False),
        ("https:", False),
    ],
)
def test_only_web_and_mail_addresses_lead_somewhere(address: str, leads: bool) -> None:
    for text in (f"[voir]({address})", f"<{address}>"):
        links = {run.link for block in parse(text) for run in block.runs} - {""}
        assert links == ({address} if leads else set())


def test_an_image_is_its_alternative_text_and_nothing_is_fetched() -> None:
    (block,) = parse("Voici ![le *plan*](https://ailleurs.fr/x.png) ici")
    assert words(block) == "Voici le plan ici"
    assert all(not run.link for run in block.runs)


def test_html_stays_text() -> None:
    text = "<p onclick='x'>Bonjour <b>vous</b></p>\n\n<script>alert(1)</script>"
    assert [words(one) for one in parse(text)] == text.split("\n\n")


def test_what_looks_like_a_reference_is_not_swallowed() -> None:
    text = "[Note]: suite\n\n[Dupont]: /absent"
    assert [words(one) for one in parse(text)] == text.split("\n\n")


def test_the_plain_words_have_a_line_for_each_block() -> None:
    assert plain(parse("# Bilan\n\nUn\n**deux**.\n\n- trois\n\n---\n")) == "Bilan\nUn deux.\ntrois"
    assert plain(()) == ""


@given(st.one_of(st.text(max_size=200), SIGNS))
@example("[a]: <\n" * 3 + "[a]")
def test_any_text_is_read_and_every_letter_of_it_is_kept(text: str) -> None:
    blocks = parse(text)
    said = "".join(words(one) for one in blocks) + "".join(
        run.link for one in blocks for run in one.runs
    )
    for block in blocks:
        assert block.level >= 1 and all(run.text for run in block.runs)
        assert all(run.text == "\n" or "\n" not in run.text for run in block.runs)
        assert all(re.match(r"(?i)https?://|mailto:", run.link) for run in block.runs if run.link)
    assert "\x00" not in said and plain(blocks) == plain(blocks).strip("\n")


@given(st.lists(st.sampled_from(["mot", "é", " ", "\n", "\n\n", "- ", "> ", "# ", "1. "])))
def test_no_word_of_a_text_is_lost(pieces: list[str]) -> None:
    text = "".join(pieces)
    assert plain(parse(text)).count("mot") == text.count("mot")


HOSTILE = {
    "stars": "*" * 100_000,
    "brackets": "[" * 100_000,
    "images": "![" * 50_000,
    "links": "[a](" * 25_000,
    "brackets in paragraphs": ("[" * 99 + "\n\n") * 1_000,
    "quotations": ">" * 100_000,
    "quotations on lines": (">" * 9 + "a\n") * 10_000,
    "lists on a line": "- " * 50_000 + "a",
    "lists on lines": ("- " * 5 + "a\n") * 9_000,
    "lazy lines": ">" * 5 + "a\n" + "b\n" * 50_000,
    "stairs": "".join(" " * (2 * step) + "- a\n" for step in range(300)),
    "backticks": "`a``b```c" * 11_000,
    "entities": "&amp;" * 20_000,
    "tabs": "\t" * 100_000 + "- a",
    "emphasis": "*a_ " * 25_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_would_take_too_long_or_nests_too_deep_stays_as_typed(name: str) -> None:
    text = HOSTILE[name]
    blocks = parse(text)
    assert {one.kind for one in blocks} == {BlockKind.PARAGRAPH}
    letters = re.sub(r"\s", "", text)
    assert re.sub(r"\s", "", "".join(map(words, blocks))) == letters


def test_a_paragraph_with_too_many_signs_is_as_typed_and_the_next_one_is_read() -> None:
    blocks = parse("[" * 200 + "\n\n**fort**")
    assert words(blocks[0]) == "[" * 200
    assert blocks[1].runs == (Run("fort", is_strong=True),)


def test_usual_minutes_of_thirty_pages_are_read_with_their_structure() -> None:
    page = (
        "## Budget\n\nLe comité **décide** de revoir [le devis](https://a.fr).\n\n- un\n- deux\n\n"
    )
    blocks = parse(page * 300)
    assert len(blocks) == 4 * 300 and blocks[-1].kind is BlockKind.BULLET
