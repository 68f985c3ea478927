"""What pages are given of kept searches, with names that try to do harm."""

from __future__ import annotations

from datetime import UTC, datetime

from atelier.model.ids import FolderId, SavedId
from atelier.model.saved import Saved, SavedNews
from atelier.model.search import Asked, FileKind, Narrowing
from atelier.web.language import Voice
from atelier.web.pages.saved import Keeping, SavedLine, saved_lines

AT = datetime(2026, 7, 12, 22, 30, tzinfo=UTC)
VOICE = Voice("fr", "Europe/Paris")
EVIL = "<script>alert('x')</script>.pdf"


def saved_pages() -> dict[str, dict[str, object]]:
    """What these add to the pages, and the page that lists them."""
    return {
        "home/home.html": {"searches": lines()},
        "search/search.html": {"keeping": keeping()},
        "searches/searches.html": {
            "searches": lines(),
            "refused_search": SavedId(2),
            "most": 30,
            "max_name": 120,
            "errors": {"name": EVIL},
            "typed": {"name": EVIL},
        },
    }


def lines() -> list[SavedLine]:
    """With nothing new, one, very many, and one that does not answer."""
    told = ((0, False), (1, False), (99, True), (None, False))
    asked = Asked(EVIL, Narrowing(folder=FolderId(12), kind=FileKind.PDF))
    news = [
        SavedNews(Saved(SavedId(number), EVIL, asked, AT), count, has_more)
        for number, (count, has_more) in enumerate(told, start=1)
    ]
    return saved_lines(news, VOICE)


def keeping(kept: int = 1) -> Keeping:
    """The page of one of them, with a new document."""
    return Keeping("q=mot", lines()[kept], frozenset({7}), "/search?q=mot&saved=2", True)


def keepings() -> list[Keeping | None]:
    """Each way in which a page of results knows of keeping its search."""
    line, here = lines()[0], "/search?q=mot"
    return [
        None,
        Keeping(f"q={EVIL}", None, frozenset(), here, False),
        Keeping("q=mot", line, frozenset(), here, False),
        Keeping("q=mot", line, frozenset(), f"{here}&saved=1", True),
        keeping(),
    ]
