"""What the page of a comparison is given, with names and words that try to do harm."""

from __future__ import annotations

from atelier.extract.contract import PageKind
from atelier.model.comparison import Change, Comparison, Passage, Words
from atelier.model.documents import Document
from atelier.web.language import Voice
from atelier.web.pages.comparing import _rows, headline
from atelier.workspace.comparison import Side


def compare_pages(pages: dict[str, dict[str, object]], evil: str) -> dict[str, dict[str, object]]:
    """Two versions with a change of each kind, each of whose words is markup."""
    shown = pages["documents/document.html"]
    document = shown["document"]
    assert isinstance(document, Document)
    same, came, went = (
        Words(change, evil) for change in (Change.SAME, Change.ADDED, Change.REMOVED)
    )
    found = Comparison(
        (
            Passage(Change.SAME, (same,), (same,), None, 1),
            Passage(Change.CHANGED, (same, went), (same, came), None, 2),
            Passage(Change.SAME, (Words(Change.SAME, evil * 99),) * 2, (same,) * 2, None, 2),
            Passage(Change.MOVED, (same,), (same,), None, 3),
            Passage(Change.REMOVED, (went,), ()),
            Passage(Change.SAME, (same,), (same,), None, 3, is_contents=True),
            Passage(Change.ADDED, (), (came,), None, 4),
        ),
        10,
        10,
        2,
        2,
    )
    rows = list(_rows(found))
    return {
        "documents/compare.html": shown
        | {
            "older": Side(document.versions[-1]),
            "newer": Side(document.current, PageKind.SLIDE),
            "view": "sides",
            "headline": headline(found, Voice("fr", "Europe/Paris")),
            "obstacles": [evil],
            "choices": [(2, evil), (1, evil)],
            "rows_shown": rows,
            "changes": 4,
            "page_number": 1,
            "page_count": 2,
            "place_of": lambda side, page: f"{side.page_kind} {page} {evil}",
            "lang": "fr",
        }
    }
