"""The stage of the journeys: a network served by a real server, one browser, and its people.

People sign in once, through the page; each visit then opens a fresh context with the
cookies of that sign-in. A visit notes what no page may do: errors on the console, and
requests that leave the origin.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final, Literal

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    StorageState,
    ViewportSize,
    sync_playwright,
)

from atelier.web.language import Voice
from tests.programs import CHROMIUM

VOICES: Final = {language: Voice(language, "Europe/Paris") for language in ("fr", "en")}
DESK: Final[ViewportSize] = {"width": 1280, "height": 900}
# A window of 1280 × 1024 at 400 % zoom has as many CSS pixels as this (WCAG 1.4.10).
NARROW: Final[ViewportSize] = {"width": 320, "height": 256}

ARGUMENTS: Final = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
# A refused page is an answer, not an error of the page; Chromium notes both alike.
_REFUSED_PAGE: Final = re.compile(r"Failed to load resource: .* status of 4\d\d ")
# The browser's own PDF viewer is made of pages that are no requests of ours.
_INSIDE: Final = ("data:", "blob:", "about:", "chrome:", "chrome-extension:")
PATIENCE_SECONDS: Final = 30


def said(message: str, /, **facts: object) -> str:
    """A message as the French pages show it."""
    return VOICES["fr"].text(message, **facts)


@dataclass
class Stage:
    """A served network and a browser to visit it with; `password` is everybody's."""

    browser: Browser
    url: str
    password: str
    _states: dict[str, StorageState] = field(default_factory=dict, repr=False)

    @contextmanager
    def visit(
        self,
        email: str = "",
        *,
        has_script: bool = True,
        viewport: ViewportSize = DESK,
        color_scheme: Literal["light", "dark"] = "light",
    ) -> Iterator[Visit]:
        """Someone at her browser, already signed in unless `email` is empty."""
        context = self.browser.new_context(
            base_url=self.url,
            locale="fr-FR",
            java_script_enabled=has_script,
            viewport=viewport,
            color_scheme=color_scheme,
            reduced_motion="reduce",
            storage_state=self._signed_in(email) if email else None,
        )
        try:
            visit = Visit.begin(context, self.url)
            yield visit
            assert visit.faults == []
        finally:
            context.close()

    def _signed_in(self, email: str) -> StorageState:
        if email not in self._states:
            with self.visit() as visit:
                visit.sign_in(email, self.password)
                self._states[email] = visit.context.storage_state()
        return self._states[email]


@dataclass
class Visit:
    """One person at one page of her browser."""

    context: BrowserContext
    page: Page
    url: str
    language: str = "fr"
    faults: list[str] = field(default_factory=list)

    @classmethod
    def begin(cls, context: BrowserContext, url: str) -> Visit:
        """A visit that notes what its pages do wrong."""
        context.set_default_timeout(PATIENCE_SECONDS * 1000)
        visit = cls(context, context.new_page(), url)
        visit.page.on("console", visit._hear)
        visit.page.on("pageerror", lambda error: visit.faults.append(f"script: {error}"))
        visit.page.on("request", lambda request: visit._see(request.url))
        return visit

    def goes(self, path: str) -> int:
        """Open an address; its status."""
        answer = self.page.goto(path)
        assert answer is not None
        return answer.status

    @property
    def path(self) -> str:
        """Where she is, without the query."""
        return self.page.url.removeprefix(self.url).partition("?")[0].partition("#")[0]

    @property
    def heading(self) -> str:
        """The title that the page shows."""
        return self.page.locator("h1").inner_text()

    def said(self, message: str) -> str:
        """A message as she reads it."""
        return VOICES[self.language].text(message)

    def presses(self, words: str) -> None:
        """Click the button of these words."""
        self.page.get_by_role("button", name=self.said(words), exact=True).click()

    def follows(self, words: str) -> None:
        """Click the first link of these words."""
        self.page.get_by_role("link", name=words, exact=True).first.click()

    def opens(self, words: str) -> None:
        """Open a panel or a menu that stands closed."""
        self.page.locator("summary", has_text=self.said(words)).click()

    def sign_in(self, email: str, password: str) -> None:
        """Through the page, to the home page."""
        self.goes("/signin")
        self.page.fill("[name=email]", email)
        self.page.fill("[name=password]", password)
        self.presses("Se connecter")
        self.page.wait_for_url(re.compile(r".*/(\?done=.*)?$"))

    def bytes_at(self, path: str) -> bytes:
        """What is downloaded from an address with her cookies."""
        answer = self.context.request.get(path)
        assert answer.status == 200
        return answer.body()

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not _REFUSED_PAGE.match(message.text):
            self.faults.append(f"console: {message.text}")

    def _see(self, address: str) -> None:
        if not address.startswith((f"{self.url}/", *_INSIDE)):
            self.faults.append(f"leaves the origin: {address}")


@contextmanager
def browser() -> Iterator[Browser]:
    """The system's Chromium, without a window."""
    with sync_playwright() as engine:
        chromium = engine.chromium.launch(executable_path=CHROMIUM.path(), args=list(ARGUMENTS))
        try:
            yield chromium
        finally:
            chromium.close()
