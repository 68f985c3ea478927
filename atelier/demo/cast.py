"""Who is who: the people and organisations of the content, by the short keys it uses."""

from __future__ import annotations

from functools import cache
from typing import Any

from atelier.demo.content import load
from atelier.demo.french import typeset
from atelier.demo.plan import Group, Organisation, Person, Place, Seat


@cache
def organisations() -> dict[str, Organisation]:
    """Every organisation by key, in the order of the content."""
    return {
        row["key"]: Organisation(typeset(row["name"]), typeset(row["short"]), row["kind"])
        for row in load("people")["organisations"]
    }


@cache
def people() -> dict[str, Person]:
    """Every person by key, in the order of the content."""
    return {row["key"]: _person(row) for row in load("people")["people"]}


@cache
def groups() -> dict[str, Group]:
    """Every group by key, in the order of the content."""
    return {row["key"]: _group(row) for row in load("people")["groups"]}


def members(group: str) -> tuple[str, ...]:
    """The keys of the people who sit in a group, each once."""
    row = next(row for row in load("people")["groups"] if row["key"] == group)
    return tuple(dict.fromkeys(person for person, _ in row["members"]))


def with_places() -> tuple[str, ...]:
    """The keys of those who belong to an organisation."""
    return tuple(key for key, person in people().items() if person.places)


def represents(key: str, group: str | None = None) -> str | None:
    """The organisation for which someone speaks: her seat's in the group, else her first."""
    person = people()[key]
    seats = groups()[group].seats if group else ()
    for seat in seats:
        if seat.email == person.email:
            return seat.organisation
    return person.places[0].organisation if person.places else None


def short(organisation: str | None) -> str:
    """How minutes call an organisation, by its full name; guests are « invité »."""
    if organisation is None:
        return "sur invitation"
    return next(one.short for one in organisations().values() if one.name == organisation)


def function(key: str, organisation: str | None) -> str:
    """What someone does in that organisation, or as a guest."""
    person = people()[key]
    for place in person.places:
        if place.organisation == organisation:
            return place.function
    return person.function


def _person(row: dict[str, Any]) -> Person:
    places = tuple(
        Place(organisations()[key].name, typeset(function), bool(mark))
        for key, function, *mark in row["memberships"]
    )
    return Person(
        name=row["name"],
        email=row["email"],
        places=places,
        function=row.get("function", ""),
        is_steward=row.get("steward", False),
    )


def _group(row: dict[str, Any]) -> Group:
    seats = tuple(
        Seat(people()[person].email, organisations()[organisation].name)
        for person, organisation in row["members"]
    )
    return Group(row["name"], seats)
