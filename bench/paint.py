"""First paint in a real browser whose processor is slowed."""

from __future__ import annotations

from playwright.sync_api import Browser, Page, sync_playwright

from bench.visiting import Visitor
from tests.programs import CHROMIUM

SLOWED = 4
_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_FIRST_PAINT = """() => new Promise(done => {
    const seen = performance.getEntriesByName("first-contentful-paint");
    if (seen.length) return done(seen[0].startTime);
    new PerformanceObserver((list, observer) => {
        for (const entry of list.getEntriesByName("first-contentful-paint")) {
            observer.disconnect();
            done(entry.startTime);
        }
    }).observe({type: "paint", buffered: true});
})"""


def first_paint_seconds(visitor: Visitor, paths: list[str]) -> dict[str, float]:
    """Seconds to the first contentful paint of each page, for someone signed in."""
    with sync_playwright() as engine:
        path = CHROMIUM.path()
        if path is None:
            raise RuntimeError(f"no browser: {CHROMIUM.command}")
        browser = engine.chromium.launch(executable_path=str(path), args=list(_ARGUMENTS))
        try:
            page = _slowed_page(browser, visitor)
            return {each: _painted(page, visitor, each) for each in paths}
        finally:
            browser.close()


def _slowed_page(browser: Browser, visitor: Visitor) -> Page:
    context = browser.new_context()
    name, _, value = visitor.cookie.partition("=")
    context.add_cookies([{"name": name, "value": value, "url": f"http://localhost:{visitor.port}"}])
    page = context.new_page()
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWED})
    return page


def _painted(page: Page, visitor: Visitor, path: str) -> float:
    page.goto(f"http://localhost:{visitor.port}{path}")
    milliseconds: float = page.evaluate(_FIRST_PAINT)
    return milliseconds / 1000
