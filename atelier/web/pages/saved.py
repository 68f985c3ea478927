"""Searches that a person keeps: their list, what is new in each, and marking it as seen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final, NamedTuple
from urllib.parse import parse_qsl

from starlette.responses import Response

from atelier.errors import AlreadySo, Invalid
from atelier.model.asked import query_of
from atelier.model.follows import Followable
from atelier.model.ids import SavedId
from atelier.model.saved import Saved, SavedNews
from atelier.model.search import Asked, Sort
from atelier.web.asking import address_of, asked_in
from atelier.web.doors import SIGNED_IN, Door
from atelier.web.identity import safe_next
from atelier.web.language import Voice
from atelier.web.pages import narrowing
from atelier.web.pages.follows import form_of
from atelier.web.visit import Refused, Visit, onward
from atelier.workspace import follows, mailing, saved

_HERE: Final = "/searches"


class SavedLine(NamedTuple):
    """A kept search as lists print it; `fresh` is None when it does not answer just now.

    `narrowed`: what it keeps beside its words.
    """

    id: int
    name: str
    words: str
    narrowed: str
    url: str
    fresh: int | None
    has_more: bool


class Keeping(NamedTuple):
    """What a page of results knows of keeping its search: hers when she does, and what is new."""

    query: str
    kept: SavedLine | None
    fresh: frozenset[int]
    here: str
    is_followed: bool


async def show(visit: Visit) -> Response:
    """All of hers, with what is new in each."""
    return await _list(visit, Refused())


async def keep(visit: Visit) -> Response:
    """Keep the search that the form holds, and go back to its results."""
    form = await visit.form("asked", "name")
    asked = asked_in(dict(parse_qsl(form.text("asked"))))
    try:
        number = await saved.keep(visit.ws, visit.actor, asked, form.text("name"))
    except Invalid as error:
        typed = {"asked": query_of(asked), "name": form.text("name")}
        return await _list(visit, visit.refused(error, "name", typed))
    return onward(f"{address_of(asked)}&saved={number}", "search-kept")


async def rename(visit: Visit) -> Response:
    """Another name."""
    form = await visit.form("name")
    name = form.text("name")
    try:
        await saved.rename(visit.ws, visit.actor, _saved_of(visit), name)
    except (AlreadySo, Invalid) as error:
        return await _list(visit, visit.refused(error, "name", {"name": name}), _saved_of(visit))
    return onward(_HERE, "search-renamed")


async def forget(visit: Visit) -> Response:
    """Keep it no longer; the documents are not concerned."""
    await visit.form()
    await saved.forget(visit.ws, visit.actor, _saved_of(visit))
    return onward(_HERE, "search-forgotten")


async def see(visit: Visit) -> Response:
    """Mark what matches now as seen, and go back to where she was."""
    form = await visit.form("next")
    await saved.seen(visit.ws, visit.actor, _saved_of(visit))
    return onward(safe_next(form.text("next") or _HERE), "search-seen")


async def keeping(visit: Visit, asked: Asked) -> dict[str, object]:
    """Values of a page of results: whether she keeps its search, and what is new in it.

    The new ones are marked where the address says of which kept search this is. `NotFound`
    when that is not hers; the errors of `search.find`.
    """
    number = visit.asked_number("saved")
    if number is not None:
        followed = await saved.follow(visit.ws, visit.actor, SavedId(number))
        if _unsorted(followed.saved.asked) == _unsorted(asked):
            here = f"{address_of(asked)}&saved={number}"
            line = _line(followed.saved, len(followed.fresh), visit.voice)
            told = Keeping(query_of(asked), line, followed.fresh, here, True)
            return {"keeping": told, "here": here}
    if visit.actor.seeing is not None:
        return {"keeping": None}
    known = await saved.known(visit.ws, visit.actor, asked)
    mine = None if known is None else _line(known, None, visit.voice)
    return {"keeping": Keeping(query_of(asked), mine, frozenset(), address_of(asked), False)}


def saved_lines(news: Iterable[SavedNews], voice: Voice) -> list[SavedLine]:
    """Kept searches with what is new in each, as lists print them."""
    return [_line(one.saved, one.count, voice, has_more=one.has_more) for one in news]


async def _list(visit: Visit, refused: Refused, about: SavedId | None = None) -> Response:
    news = await saved.news(visit.ws, visit.actor)
    paces = await follows.paces(visit.ws, visit.actor, Followable.SEARCH)
    is_sent = mailing.is_set(visit.ws)
    forms = [
        form_of(Followable.SEARCH, number, paces.get(number), visit.voice, is_sent=is_sent)
        for number in (one.saved.id for one in news)
    ]
    return visit.page(
        "searches/searches.html",
        status=refused.status,
        searches=saved_lines(news, visit.voice),
        follow_forms=forms,
        refused_search=about,
        most=saved.MAX_SAVED,
        max_name=saved.MAX_NAME_CHARACTERS,
        **refused.values(),
    )


def _line(one: Saved, count: int | None, voice: Voice, *, has_more: bool = False) -> SavedLine:
    narrowed = ", ".join(narrowing.kept_beside(one.asked, voice))
    url = _results(one.asked, one.id)
    return SavedLine(one.id, one.name, one.asked.words, narrowed, url, count, has_more)


def _results(asked: Asked, number: SavedId) -> str:
    """Where its results are, what is new on top."""
    return f"{address_of(replace(asked, sort=Sort.NEWEST))}&saved={number}"


def _unsorted(asked: Asked) -> Asked:
    return replace(asked, sort=Sort.RELEVANCE)


def _saved_of(visit: Visit) -> SavedId:
    return SavedId(visit.number("saved"))


_ONE: Final = f"{_HERE}/{{saved:id}}"

DOORS = (
    Door("GET", _HERE, SIGNED_IN, show),
    Door("POST", _HERE, SIGNED_IN, keep),
    Door("POST", f"{_ONE}/rename", SIGNED_IN, rename),
    Door("POST", f"{_ONE}/forget", SIGNED_IN, forget),
    Door("POST", f"{_ONE}/seen", SIGNED_IN, see),
)
