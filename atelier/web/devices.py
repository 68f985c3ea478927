"""The browser and the system of a request in a word or two, for people to know a device by."""

from __future__ import annotations

import re
from typing import Final

from starlette.requests import Request

# Each names itself after those before it: Edge says Chrome, Chrome says Safari.
_BROWSERS: Final = (
    ("Edge", "Edg(e|A|iOS)?/"),
    ("Opera", "OPR/"),
    ("Samsung Internet", "SamsungBrowser/"),
    ("Firefox", "(Firefox|FxiOS)/"),
    ("Chrome", "(Chrom(e|ium)|CriOS)/"),
    ("Safari", "Safari/"),
)
_SYSTEMS: Final = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("macOS", "Mac OS X|Macintosh"),
    ("ChromeOS", "CrOS"),
    ("Linux", "Linux|X11"),
)


def device_of(request: Request) -> str:
    """Such as "Firefox, Windows"; "" for what does not say."""
    said = request.headers.get("user-agent", "")[:500]
    found = (_first(names, said) for names in (_BROWSERS, _SYSTEMS))
    return ", ".join(filter(None, found))


def _first(names: tuple[tuple[str, str], ...], said: str) -> str:
    return next((name for name, pattern in names if re.search(pattern, said)), "")
