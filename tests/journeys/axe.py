"""axe-core on the page that is open: what breaks a rule, and what it could not decide."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

# Its experimental rules aside, everything: WCAG 2.0 to 2.2 A and AA, RGAA, best practices.
TAGS: Final = (
    "wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "RGAAv4", "best-practice",
)  # fmt: skip

# What axe leaves to a person to decide, as "rule selector", and why it is right as it is.
DECIDED: Final[Mapping[str, str]] = {}

_axe: Final = Axe()


def faults(page: Page) -> list[str]:
    """Each broken rule and each question nobody answered, with where and what, as a line."""
    options = {"runOnly": list(TAGS), "resultTypes": ["violations", "incomplete"]}
    found: dict[str, Any] = _axe.run(page, options=options).response
    return [
        *(f"broken: {line}" for line in _lines(found["violations"])),
        *(
            f"undecided: {line}"
            for line in _lines(found["incomplete"])
            if not any(line.startswith(known) for known in DECIDED)
        ),
    ]


def _lines(results: list[dict[str, Any]]) -> Iterator[str]:
    for result in results:
        for node in result["nodes"]:
            checks = node["any"] + node["all"] + node["none"]
            why = "; ".join(check["message"] for check in checks)
            where = " ".join(str(step) for step in node["target"])
            yield f"{result['id']} {where} ({why}) {node['html'][:160]}"
