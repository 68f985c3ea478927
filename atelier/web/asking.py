"""A search in an address: what it asks for, and the address that asks for it."""

from __future__ import annotations

from enum import StrEnum
from typing import Final, TypeVar

from atelier.errors import Invalid
from atelier.model.asked import query_of
from atelier.model.ids import FolderId, MeetingId, OrganisationId, PersonId, SeriesId
from atelier.model.search import Asked, FileKind, Narrowing, Sort
from atelier.web.forms import Form
from atelier.web.visit import Visit

PAGE: Final = "/search"
_LAST_YEAR: Final = 9999

_Choice = TypeVar("_Choice", bound=StrEnum)


def asked_of(visit: Visit) -> Asked:
    """What the query of the address asks for; what is empty narrows nothing.

    `Invalid` for a number that cannot be one, an unknown kind or sort, or a switch that is
    not 1. A folder or person that is not there is no fault: it finds nothing.
    """
    return asked_in({name: visit.asked(name) for name in _NAMES})


def asked_in(values: dict[str, str]) -> Asked:
    """The same of the values themselves: of an address that was kept, or of options."""
    form = Form({name: value for name, value in values.items() if value})
    folder, organisation, person, meeting, series = (
        _number(form, name) for name in ("folder", "structure", "person", "meeting", "series")
    )
    return Asked(
        words=form.text("q"),
        narrowing=Narrowing(
            folder=None if folder is None else FolderId(folder),
            organisation=None if organisation is None else OrganisationId(organisation),
            person=None if person is None else PersonId(person),
            kind=_choice(form, "kind", FileKind),
            year=_number(form, "year", _LAST_YEAR),
            with_older=_switch(form, "older"),
            meeting=None if meeting is None else MeetingId(meeting),
            series=None if series is None else SeriesId(series),
        ),
        sort=_choice(form, "sort", Sort) or Sort.RELEVANCE,
        is_exact=_switch(form, "exact"),
    )


def address_of(asked: Asked, *, page: int | None = None, path: str = PAGE) -> str:
    """The address that asks for it, on the page or at another door of search."""
    return f"{path}?{query_of(asked, page=page)}"


_NAMES: Final = (
    "q", "folder", "structure", "person", "kind", "year", "meeting", "series", "sort", "older",
    "exact",
)  # fmt: skip


def _number(form: Form, name: str, most: int | None = None) -> int | None:
    if not form.text(name):
        return None
    number = form.number(name)
    if number < 1 or (most is not None and number > most):
        raise Invalid(name, "out_of_range", str(number))
    return number


def _choice(form: Form, name: str, among: type[_Choice]) -> _Choice | None:
    return form.choice(name, among) if form.text(name) else None


def _switch(form: Form, name: str) -> bool:
    typed = form.text(name)
    if typed not in ("", "1"):
        raise Invalid(name, "unknown", typed[:80])
    return bool(typed)
