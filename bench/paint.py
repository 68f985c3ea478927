"""Weight and paints of pages in a real browser whose processor is slowed."""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from dataclasses import dataclass

from playwright.sync_api import Browser, Page, Response, sync_playwright

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
_PAINTS = """() => new Promise(done => {
    let first = 0, largest = 0;
    const told = () => first && largest && done([first, largest]);
    new PerformanceObserver(list => {
        for (const one of list.getEntriesByName("first-contentful-paint")) first = one.startTime;
        told();
    }).observe({type: "paint", buffered: true});
    new PerformanceObserver(list => {
        for (const one of list.getEntries()) largest = one.startTime;
        told();
    }).observe({type: "largest-contentful-paint", buffered: true});
})"""


@dataclass(frozen=True)
class Painted:
    """A page in a browser: seconds to its paints, requests, bytes of what came, compressed."""

    first_seconds: float
    largest_seconds: float
    requests: int
    bytes_sent: int


def painted(visitor: Visitor, paths: Mapping[str, str]) -> dict[str, Painted]:
    """How each page comes to someone signed in who has seen none before, by its name."""
    with sync_playwright() as engine:
        path = CHROMIUM.path()
        if path is None:
            raise RuntimeError(f"no browser: {CHROMIUM.command}")
        browser = engine.chromium.launch(executable_path=str(path), args=list(_ARGUMENTS))
        try:
            return {name: _painted(browser, visitor, each) for name, each in paths.items()}
        finally:
            browser.close()


def first_paint_seconds(visitor: Visitor, paths: list[str]) -> dict[str, float]:
    """Seconds to the first contentful paint of each page, for someone signed in."""
    seen = painted(visitor, {path: path for path in paths})
    return {path: one.first_seconds for path, one in seen.items()}


def _slowed_page(browser: Browser, visitor: Visitor) -> Page:
    context = browser.new_context()
    name, _, value = visitor.cookie.partition("=")
    context.add_cookies([{"name": name, "value": value, "url": f"http://localhost:{visitor.port}"}])
    page = context.new_page()
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWED})
    return page


def _painted(browser: Browser, visitor: Visitor, path: str) -> Painted:
    page = _slowed_page(browser, visitor)
    came: list[Response] = []
    page.on("response", lambda one: came.append(one))
    page.goto(f"http://localhost:{visitor.port}{path}", wait_until="networkidle")
    first, largest = page.evaluate(_PAINTS)
    weight = sum(len(gzip.compress(one.body())) for one in came)
    page.context.close()
    return Painted(first / 1000, largest / 1000, len(came), weight)
