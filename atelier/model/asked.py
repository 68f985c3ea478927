"""A search as the query of an address: what an address holds, and what is kept of a search."""

from __future__ import annotations

from enum import StrEnum
from typing import Final, TypeVar
from urllib.parse import parse_qsl, urlencode

from atelier.model.ids import FolderId, MeetingId, OrganisationId, PersonId, SeriesId
from atelier.model.search import Asked, FileKind, Narrowing, Sort

_LAST_YEAR: Final = 9999

_Choice = TypeVar("_Choice", bound=StrEnum)


def query_of(asked: Asked, *, page: int | None = None) -> str:
    """The query of its address, without what it does not ask for; in one order only."""
    narrowing = asked.narrowing
    values: dict[str, object] = {
        "q": asked.words,
        "folder": narrowing.folder,
        "structure": narrowing.organisation,
        "person": narrowing.person,
        "kind": narrowing.kind,
        "year": narrowing.year,
        "meeting": narrowing.meeting,
        "series": narrowing.series,
        "sort": None if asked.sort is Sort.RELEVANCE else asked.sort,
        "older": narrowing.with_older or None,
        "exact": asked.is_exact or None,
        "page": None if page == 1 else page,
    }
    given = {name: _said(value) for name, value in values.items() if value is not None}
    return urlencode(given)


def kept_in(query: str) -> Asked:
    """What a kept query asks for, written by this release or an older one.

    What is not known any more, or cannot be, is left out: the rest still finds.
    """
    pairs = parse_qsl(query, keep_blank_values=False)
    values = dict(pairs)
    folder, organisation, person, meeting, series = (
        _number(values.get(name, ""))
        for name in ("folder", "structure", "person", "meeting", "series")
    )
    year = _number(values.get("year", ""))
    return Asked(
        words=values.get("q", "").strip(),
        narrowing=Narrowing(
            folder=None if folder is None else FolderId(folder),
            organisation=None if organisation is None else OrganisationId(organisation),
            person=None if person is None else PersonId(person),
            kind=_choice(values.get("kind", ""), FileKind),
            year=year if year is not None and year <= _LAST_YEAR else None,
            with_older=values.get("older") == "1",
            meeting=None if meeting is None else MeetingId(meeting),
            series=None if series is None else SeriesId(series),
        ),
        sort=_choice(values.get("sort", ""), Sort) or Sort.RELEVANCE,
        is_exact=values.get("exact") == "1",
    )


def _said(value: object) -> str:
    return "1" if value is True else str(value)


def _number(text: str) -> int | None:
    """A number from 1, of at most 18 digits as in a form; None for anything else."""
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        return None
    return int(text) or None


def _choice(text: str, among: type[_Choice]) -> _Choice | None:
    return among(text) if text in set(among) else None
