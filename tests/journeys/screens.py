"""Pictures of the pages, for the README and for whoever judges how they look.

.venv/bin/python -m tests.journeys.screens               the few of docs/screens
.venv/bin/python -m tests.journeys.screens --all FOLDER  every page, both widths and themes
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from playwright.sync_api import ViewportSize

from atelier.demo.network import accounts
from bench.serving import serving
from tests.house import ROOT
from tests.journeys.pages import PAGES
from tests.journeys.reaching import Shown
from tests.journeys.stage import Stage, browser

KEPT: Final = ROOT / "docs" / "screens"
Size = Literal["desk", "phone"]
Theme = Literal["light", "dark"]
SIZES: Final[dict[Size, ViewportSize]] = {
    "desk": {"width": 1280, "height": 860},
    "phone": {"width": 320, "height": 640},
}
THEMES: Final[tuple[Theme, ...]] = ("light", "dark")
_OF_THE_README: Final = (
    "home", "folder", "document", "search",
    "meetings", "meeting-held", "minutes-held", "record-held", "register", "past",
    "access", "viewers", "why", "folder-close-announced", "folder-seen-as",
)  # fmt: skip


@dataclass(frozen=True)
class Picture:
    """One page as it is to be taken."""

    shown: Shown
    size: Size = "desk"
    theme: Theme = "light"

    @property
    def name(self) -> str:
        """Its file, without ending: the page, and what differs from a desk in daylight."""
        what_differs = [word for word in (self.size, self.theme) if word not in ("desk", "light")]
        return "-".join([self.shown.name, *what_differs])


def main() -> None:
    """Take the pictures that were asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--all", type=Path, metavar="FOLDER", help="every page, whole, into FOLDER")
    folder: Path | None = parser.parse_args().all
    with tempfile.TemporaryDirectory() as place, browser() as chromium:
        arguments = ("demo", "--no-browser", "--data", f"{place}/network")
        with serving(*arguments, log=Path(place) / "log") as server:
            stage = Stage(chromium, f"http://localhost:{server.port}", accounts()[0].password)
            take(stage, every() if folder else kept(), folder or KEPT, is_whole=bool(folder))


def kept() -> Iterator[Picture]:
    """The pictures that live with the source: small, and few."""
    by_name = {shown.name: shown for shown in PAGES}
    yield from (Picture(by_name[name]) for name in _OF_THE_README)
    yield Picture(by_name["home"], "phone")
    yield Picture(by_name["search"], theme="dark")


def every() -> Iterator[Picture]:
    """Every page of the table at both widths in both themes."""
    for shown in PAGES:
        yield from (Picture(shown, size, theme) for size in SIZES for theme in THEMES)


def take(stage: Stage, pictures: Iterable[Picture], folder: Path, *, is_whole: bool) -> None:
    """Write each picture as PNG: what a window shows, or the whole page."""
    folder.mkdir(parents=True, exist_ok=True)
    for one in pictures:
        size = SIZES[one.size]
        with stage.visit(one.shown.email, viewport=size, color_scheme=one.theme) as visit:
            one.shown.reach(visit)
            path = folder / f"{one.name}.png"
            visit.page.screenshot(path=path, full_page=is_whole, animations="disabled")
            print(f"{path}  {path.stat().st_size // 1024} KiB")


if __name__ == "__main__":
    main()
