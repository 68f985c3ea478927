"""One demonstration network and one browser for all the journeys.

Scoped to this package: while Playwright runs, an event loop is running in this thread,
and tests elsewhere call `asyncio.run`.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from atelier.demo.network import accounts
from bench.serving import serving
from tests.journeys.confirming import ask_address, write_to_first
from tests.journeys.stage import Stage, browser


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """The browser of all journeys."""
    with browser() as started:
        yield started


@pytest.fixture(scope="package")
def stage(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The demonstration network, filled once and served."""
    place = tmp_path_factory.mktemp("journeys")
    arguments = ("demo", "--no-browser", "--data", str(place / "network"))
    with serving(*arguments, log=place / "log") as server:
        ask_address(place / "network")
        write_to_first(place / "network")
        yield Stage(chromium, f"http://localhost:{server.port}", accounts()[0].password)
        words = (place / "log").read_text(errors="replace")
        assert "Traceback" not in words and '"level": "error"' not in words, words[-4_000:]
