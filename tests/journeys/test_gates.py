"""Gates that every page passes: axe in both themes at both widths, reflow, structure, English."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import pytest
from babel.messages.pofile import read_po

import atelier
from atelier.web.routes import DOORS
from tests.journeys import axe, focus
from tests.journeys.pages import NOT_PAGES, PAGES
from tests.journeys.reaching import Shown
from tests.journeys.stage import DESK, NARROW, VOICES, Stage, Visit

pytestmark = pytest.mark.browser

THEMES: Final[tuple[Literal["light", "dark"], ...]] = ("light", "dark")
_STRUCTURE: Final = """() => ({
    language: document.documentElement.lang,
    title: document.title,
    headings: document.querySelectorAll('h1').length,
    banners: document.querySelectorAll('body > header').length,
    mains: document.querySelectorAll('main').length,
    footers: document.querySelectorAll('body > footer').length,
    skips: document.querySelector('a[href]').getAttribute('href'),
    nameless: [...document.querySelectorAll('nav:not([aria-label], [aria-labelledby])')].length,
})"""
_WIDER: Final = """() => document.documentElement.scrollWidth <= innerWidth ? [] :
    [...document.querySelectorAll('body *')]
        .filter(one => one.getBoundingClientRect().right > innerWidth + 1)
        .map(one => one.outerHTML.slice(0, 120)).slice(0, 5)"""
# What people gave (names, texts of documents, languages in their own) is not ours to translate.
_SENTENCES: Final = """() => {
    const found = [document.title.split(' – ')[0]];
    for (const one of document.querySelectorAll('[aria-label], [placeholder]')) {
        found.push(one.ariaLabel ?? '', one.placeholder ?? '');
    }
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const place = walker.currentNode.parentElement;
        if (!place.closest('bdi, .prose, .hit .pages p, [lang]:not(html), option, script')) {
            found.push(walker.currentNode.data);
        }
    }
    return found;
}"""


def test_every_door_that_shows_a_page_is_in_the_table() -> None:
    doors = {door.path for door in DOORS if door.method == "GET"}
    shown = {shown.door for shown in PAGES if shown.door}
    assert shown | NOT_PAGES.keys() == doors
    assert not shown & NOT_PAGES.keys()
    assert len({shown.name for shown in PAGES}) == len(PAGES)


@pytest.fixture(scope="module")
def titles() -> dict[str, str]:
    """The titles seen so far, and the door each stands behind."""
    return {}


@dataclass(frozen=True)
class Seen:
    """A page of the table, open before someone."""

    shown: Shown
    visit: Visit


@pytest.fixture(scope="module", params=PAGES, ids=str)
def seen(request: pytest.FixtureRequest, stage: Stage) -> Iterator[Seen]:
    """Each page of the table in turn, reached once for all the tests of it."""
    shown: Shown = request.param
    with stage.visit(shown.email) as visit:
        shown.reach(visit)
        yield Seen(shown, visit)


def test_a_page_has_its_title_its_landmarks_one_heading_and_its_language(
    seen: Seen, titles: dict[str, str]
) -> None:
    page = seen.visit.page
    assert _structure_faults(seen.visit) == []
    assert titles.setdefault(page.title(), seen.shown.door) == seen.shown.door
    assert (page.locator(".steps").count() > 0) == seen.shown.name.startswith("error")


def test_the_keyboard_goes_through_a_page_with_its_focus_in_sight(seen: Seen) -> None:
    assert focus.walk(seen.visit.page) == []


def test_axe_finds_nothing_in_both_themes_and_at_both_widths(seen: Seen) -> None:
    page, found = seen.visit.page, []
    for size in (DESK, NARROW):
        page.set_viewport_size(size)
        for theme in THEMES:
            page.emulate_media(color_scheme=theme)
            found += [f"{size['width']} {theme}: {each}" for each in axe.faults(page)]
    assert found == []


def test_a_page_does_not_scroll_sideways_at_320_pixels_which_is_400_percent(seen: Seen) -> None:
    seen.visit.page.set_viewport_size(NARROW)
    assert seen.visit.page.evaluate(_WIDER) == []


def test_the_gates_see_what_is_planted(stage: Stage) -> None:
    with stage.visit() as visit:
        visit.goes("/signin")
        assert _sentences(visit) & _french_alone()
        visit.page.locator("label").first.evaluate("one => one.remove()")
        styled = "one => { one.style.cssText = 'opacity: 0.3; width: 2000px' }"
        visit.page.locator("h1").evaluate(styled)
        rules = {line.split()[1] for line in axe.faults(visit.page)}
        assert {"label", "color-contrast"} <= rules
        assert visit.page.evaluate(_WIDER)
        assert focus.walk(visit.page) == []
        visit.page.locator("button").first.evaluate("one => { one.style.outline = 'none' }")
        assert len(focus.walk(visit.page)) == 1


@pytest.fixture(scope="module")
def in_english(stage: Stage) -> Iterator[None]:
    """Everybody who looks reads English meanwhile."""
    emails = {shown.email for shown in PAGES if shown.email}
    for email in emails:
        _choose(stage, email, "en")
    yield
    for email in emails:
        _choose(stage, email, "fr")


@pytest.mark.usefixtures("in_english")
@pytest.mark.parametrize("shown", PAGES, ids=str)
def test_the_english_page_holds_no_french_sentence(stage: Stage, shown: Shown) -> None:
    with stage.visit(shown.email) as visit:
        visit.language = "en"
        visit.context.add_cookies([{"name": "language", "value": "en", "url": stage.url}])
        shown.reach(visit)
        assert _structure_faults(visit) == []
        assert _sentences(visit) & _french_alone() == set()


def _choose(stage: Stage, email: str, language: str) -> None:
    with stage.visit(email) as visit:
        visit.goes("/")
        visit.page.locator("[data-menu] summary").click()
        visit.page.locator(f"[name=language][value={language}]").click()
        visit.page.wait_for_selector(f"html[lang={language}]")


def _structure_faults(visit: Visit) -> list[str]:
    found = visit.page.evaluate(_STRUCTURE)
    wanted = {
        "language": visit.language, "headings": 1, "banners": 1, "mains": 1, "footers": 1,
        "skips": "#main", "nameless": 0,
    }  # fmt: skip
    faults = [f"{key}: {found[key]!r}" for key, value in wanted.items() if found[key] != value]
    return faults + (["no title"] if not re.fullmatch(r"\S.* – \S.*", found["title"]) else [])


def _sentences(visit: Visit) -> set[str]:
    return {_plain(text) for text in visit.page.evaluate(_SENTENCES)}


def _french_alone() -> set[str]:
    """The French messages whose English is another text, as whole sentences without facts."""
    french, english = VOICES["fr"], VOICES["en"]
    with (Path(atelier.__file__).parent / "locale" / "en.po").open("rb") as stream:
        messages = [each.id for each in read_po(stream, locale="en") if isinstance(each.id, str)]
    return {
        _plain(french.text(message))
        for message in messages
        if message and "%(" not in message and french.text(message) != english.text(message)
    }


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()
