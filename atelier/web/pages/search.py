"""Finding what was said."""

from __future__ import annotations

from typing import Final
from urllib.parse import parse_qsl, urlsplit

from starlette.responses import Response

from atelier.errors import Busy, IndexUnready, Invalid
from atelier.model.meetings import Part
from atelier.model.search import Asked, Results, Understood
from atelier.web.asking import address_of, asked_of
from atelier.web.doors import SIGNED_IN, Door
from atelier.web.errors import status_of, wants_json
from atelier.web.language import N_, Voice
from atelier.web.pages import narrowing
from atelier.web.pages.found import Said, blocks, remarks, searched
from atelier.web.pages.saved import keeping
from atelier.web.visit import Visit
from atelier.workspace import search

_PAGE: Final = "search/search.html"
# A rebuilding takes minutes: nobody should ask every second how far it is.
_UNREADY_SECONDS: Final = 60


async def show(visit: Visit) -> Response:
    """The documents she may read that answer, or an empty page to begin with."""
    try:
        asked, page = asked_of(visit), visit.asked_number("page") or 1
        if not asked.words:
            return visit.page(_PAGE, status=200, **asking(asked, visit.voice))
        results = await search.find(visit.ws, visit.actor, asked, page=page)
        kept = await keeping(visit, asked)
    except Invalid:
        if wants_json(visit.request):
            raise
        return _stale(visit)
    except (Busy, IndexUnready) as trouble:
        return _troubled(visit, asked, trouble)
    return visit.page(_PAGE, status=200, **showing(results, visit.voice) | kept)


def asking(asked: Asked, voice: Voice, trouble: str = "") -> dict[str, object]:
    """Values of the page before anything is found; `trouble` is "busy", "unready" or "stale"."""
    return {
        "q": asked.words,
        "kept": _kept(asked),
        "title": _title(asked.words, [], 1, voice),
        "results": None,
        "keeping": None,
        "trouble": trouble,
        "plainly": address_of(Asked(asked.words)),
    }


def showing(results: Results, voice: Voice) -> dict[str, object]:
    """Values of the page for what was found, or not."""
    asked = results.asked
    chips = narrowing.chips(results, voice)
    pages = search.pages_of(results)
    return {
        **asking(asked, voice),
        "title": _title(asked.words, [chip.name for chip in chips], results.page, voice),
        "results": results,
        "blocks": blocks(results.hits, voice),
        "is_mixed": any(one.value in set(Part) for one in results.facets.kinds),
        "chips": chips,
        "facets": narrowing.facets(results, voice),
        "sorts": narrowing.sorts(asked, voice),
        "exact": narrowing.exact(asked),
        "with_older": "" if asked.narrowing.with_older else narrowing.with_older(asked),
        "everywhere": narrowing.without_narrowing(asked),
        "spelling": narrowing.spelled(asked, results.spelling) if results.spelling else "",
        "wider": narrowing.wider(results, voice),
        "searched": _searched(results, voice),
        "remarks": remarks(results, voice),
        "is_wordless": not results.total and results.understood == Understood(),
        "pages": pages,
        "here": address_of(asked),
        "last": address_of(asked, page=pages) if results.page > pages > 0 else "",
    }


def _searched(results: Results, voice: Voice) -> list[Said]:
    if results.total and not results.is_partial:
        return []
    return searched(results.understood, narrowing.chosen(results, voice), voice)


def _stale(visit: Visit) -> Response:
    """An address that asks for what cannot be: kept from elsewhere, cut, or written by hand."""
    asked = Asked(visit.asked("q").strip())
    return visit.page(_PAGE, status=422, **asking(asked, visit.voice, "stale"))


def _troubled(visit: Visit, asked: Asked, trouble: Busy | IndexUnready) -> Response:
    is_busy = isinstance(trouble, Busy)
    values = asking(asked, visit.voice, "busy" if is_busy else "unready")
    response = visit.page(_PAGE, status=status_of(trouble, visit.request), **values)
    seconds = trouble.retry_after_seconds if isinstance(trouble, Busy) else _UNREADY_SECONDS
    response.headers["retry-after"] = str(seconds)
    return response


def _title(words: str, narrowed: list[str], page: int, voice: Voice) -> str:
    """Names the search with what it is narrowed to, and its page: tabs are told apart by it."""
    if not words:
        return voice.text(N_("Recherche"))
    parts = [voice.text(N_("Recherche : %(words)s"), words=words), *narrowed]
    if page > 1:
        parts.append(voice.text(N_("page %(n)s"), n=voice.number(page)))
    return ", ".join(parts)


def _kept(asked: Asked) -> list[tuple[str, str]]:
    """What the address of a search holds beside its words: the box sends it again."""
    pairs = parse_qsl(urlsplit(address_of(asked)).query)
    return [(name, value) for name, value in pairs if name not in ("q", "page")]


DOORS = (Door("GET", "/search", SIGNED_IN, show),)
