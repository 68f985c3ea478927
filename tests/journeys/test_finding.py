"""Finding what was said: from words typed in a hurry to the page that holds them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, expect

from atelier.demo.network import accounts
from bench.serving import serving
from tests.journeys import acts
from tests.journeys.focus import tab_to
from tests.journeys.people import COORDINATOR, OUTSIDER
from tests.journeys.stage import NARROW, Stage, Visit

pytestmark = pytest.mark.browser

# In the plural, without its accent; the paper says « un logement encombré ».
TYPED = "logements encombres"
PAPER = "Protocole encombrement.pdf"


@pytest.fixture(scope="module", params=["tantivy", "whoosh"])
def engine(
    request: pytest.FixtureRequest,
    stage: Stage,
    chromium: Browser,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Stage]:
    """The demonstration network, searched by each engine."""
    if request.param == "tantivy":
        yield _read(stage)
        return
    place = tmp_path_factory.mktemp("finding")
    arguments = ("demo", "--no-browser", "--engine", "whoosh", "--data", str(place / "network"))
    with serving(*arguments, log=place / "log") as server:
        yield _read(Stage(chromium, f"http://localhost:{server.port}", accounts()[0].password))
        assert "Traceback" not in (place / "log").read_text(errors="replace")


@pytest.mark.parametrize("has_script", [True, False], ids=["with_script", "without_script"])
def test_words_typed_in_a_hurry_lead_to_the_page_that_holds_them(
    engine: Stage, has_script: bool
) -> None:
    with engine.visit(COORDINATOR, has_script=has_script) as visit:
        visit.goes("/")
        hit = next(one for one in acts.find(visit, TYPED) if one.name == PAPER)
        card = _card(visit)
        expect(card.locator("mark").first).to_be_visible()
        assert {"logement", "encombré"} <= set(card.locator("mark").all_inner_texts())
        page, address = next(iter(hit.pages.items()))
        assert page.startswith("Page ") and address.startswith(f"{hit.address}/view?page=")
        card.locator(".pages a").first.click()
        visit.page.wait_for_url(f"**{address}")
        shown = visit.page.locator("iframe").get_attribute("src") or ""
        assert shown.endswith(f"?inline#page={address.rpartition('=')[2]}")
        assert visit.bytes_at(shown).startswith(b"%PDF")
        visit.page.go_back()
        assert hit in acts.hits(visit)


@pytest.mark.parametrize("has_script", [True, False], ids=["with_script", "without_script"])
def test_a_facet_narrows_what_was_found_and_one_comes_back(engine: Stage, has_script: bool) -> None:
    with engine.visit(COORDINATOR, has_script=has_script) as visit:
        visit.goes("/search?q=logement")
        everything = _count(visit)
        way = visit.page.locator(".facets li a", has_text="PDF")
        wanted = int(way.locator(".figures").inner_text())
        assert wanted < everything
        way.click()
        visit.page.wait_for_url("**&kind=pdf")
        # What is still being read meanwhile can only add to it.
        assert _count(visit) >= wanted
        assert all(hit.name.endswith(".pdf") for hit in acts.hits(visit))
        visit.page.go_back()
        assert _count(visit) >= everything
        visit.page.go_forward()
        visit.page.get_by_role("link", name="Retirer Type").click()
        visit.page.wait_for_url("**/search?q=logement")
        assert _count(visit) >= everything


def test_a_word_with_a_slip_is_proposed_as_it_was_meant(engine: Stage) -> None:
    with engine.visit(COORDINATOR) as visit:
        visit.goes("/search?q=logmeent")
        visit.page.locator(".meant a").click()
        visit.page.wait_for_url("**/search?q=logement")
        assert _count(visit) > 0


def test_words_are_suggested_as_one_types_and_only_those_one_may_read(engine: Stage) -> None:
    with engine.visit(COORDINATOR) as visit:
        visit.goes("/")
        visit.page.locator("[data-search]").press_sequentially("encombr")
        option = visit.page.locator("#suggested option")
        expect(option.first).to_be_attached()
        found = option.evaluate_all("all => all.map((one) => one.value)")
        assert "encombrement" in found and all("encombr" in one.lower() for one in found)
        visit.page.fill("[data-search]", "encombrement")
        visit.page.press("[data-search]", "Enter")
        visit.page.wait_for_url("**/search?q=encombrement")
        assert PAPER in [hit.name for hit in acts.hits(visit)]
    with engine.visit(OUTSIDER) as visit:
        visit.goes("/")
        with visit.page.expect_response(
            lambda one: one.url.endswith("/search/suggestions?q=encombr"), timeout=90_000
        ) as answer:
            visit.page.locator("[data-search]").press_sequentially("encombr")
        assert PAPER not in answer.value.text()


def test_suggestions_come_with_accents_that_were_not_typed(engine: Stage) -> None:
    with engine.visit(COORDINATOR) as visit:
        visit.goes("/search")
        visit.page.locator("[data-search]").press_sequentially("reun")
        option = visit.page.locator("#suggested option[value='réunion']")
        expect(option).to_be_attached()
        # Browsers show those whose words hold what was typed: these do.
        assert option.evaluate("one => one.label") == "reunion"


def test_one_finds_and_opens_a_page_with_the_keyboard_alone(engine: Stage) -> None:
    with engine.visit(COORDINATOR) as visit:
        visit.goes("/")
        visit.page.keyboard.press("/")
        visit.page.keyboard.type(TYPED)
        visit.page.keyboard.press("Enter")
        visit.page.wait_for_url("**/search?*")
        tab_to(visit.page, visit.page.get_by_role("link", name="Aller aux résultats"))
        visit.page.keyboard.press("Enter")
        expect(visit.page.locator("#results")).to_be_focused()
        tab_to(visit.page, _card(visit).locator(".pages a").first)
        visit.page.keyboard.press("Enter")
        visit.page.wait_for_url("**/view?page=*")
        visit.page.go_back()
        tab_to(visit.page, visit.page.locator(".facets li a", has_text="PDF"))
        visit.page.keyboard.press("Enter")
        visit.page.wait_for_url("**&kind=pdf")


def test_on_a_small_screen_the_facets_are_opened_when_they_are_wanted(engine: Stage) -> None:
    with engine.visit(COORDINATOR, viewport=NARROW, has_script=False) as visit:
        visit.goes("/search?q=logement")
        way = visit.page.locator(".facets li a", has_text="PDF")
        expect(way).to_be_hidden()
        visit.page.locator(".facets summary").click()
        way.click()
        visit.page.wait_for_url("**&kind=pdf")
        assert all(hit.name.endswith(".pdf") for hit in acts.hits(visit))
        assert visit.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_nothing_found_says_so_and_leads_on(engine: Stage) -> None:
    with engine.visit(COORDINATOR, has_script=False) as visit:
        visit.goes("/search?q=logement&kind=pdf&year=1999")
        expect(visit.page.get_by_role("heading", name="Rien n’a été trouvé")).to_be_visible()
        visit.page.locator(".wider a").first.click()
        visit.page.wait_for_url("**/search?*")
        assert _count(visit) > 0


def _read(stage: Stage) -> Stage:
    """Once the papers of the demonstration have been read."""
    with stage.visit(COORDINATOR) as visit:
        for words in (TYPED, "logement type:pdf après:2025", "reunion"):
            visit.goes("/search")
            acts.find(visit, words)
            acts.until(visit, lambda: any(hit.pages for hit in acts.hits(visit)))
    return stage


def _card(visit: Visit) -> Locator:
    return visit.page.locator(".hit").filter(has=visit.page.get_by_role("link", name=PAPER))


def _count(visit: Visit) -> int:
    return int(visit.page.locator("[role=status] strong").inner_text().split()[0])
