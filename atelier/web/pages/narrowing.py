"""Ways on from a search, in words and links: narrower, in another order, wider.

Each link carries the whole search, changed in one thing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final, NamedTuple

from atelier.model.ids import FolderId, MeetingId, OrganisationId, PersonId, SeriesId
from atelier.model.search import (
    Asked,
    Choice,
    FileKind,
    Narrowing,
    Results,
    Sort,
    Wider,
    WiderKind,
)
from atelier.web.asking import address_of
from atelier.web.language import N_, Voice

KINDS: Final[Mapping[FileKind, str]] = {
    FileKind.PDF: N_("PDF"),
    FileKind.TEXT: N_("Texte"),
    FileKind.SHEET: N_("Tableur"),
    FileKind.SLIDES: N_("Diaporama"),
    FileKind.MAIL: N_("Courriel"),
    FileKind.IMAGE: N_("Image"),
    FileKind.SOUND: N_("Son"),
    FileKind.FILM: N_("Vidéo"),
    FileKind.AGENDA: N_("Ordre du jour"),
    FileKind.MINUTES: N_("Compte rendu"),
    FileKind.DECISIONS: N_("Décisions"),
    FileKind.ACTIONS: N_("Actions à mener"),
    FileKind.OTHER: N_("Autre fichier"),
}

WIDER: Final[Mapping[WiderKind, str]] = {
    WiderKind.ANY_WORD: N_("Avec l'un ou l'autre de ces mots"),
    WiderKind.WITHOUT_EXCLUSIONS: N_("Sans écarter de mots"),
    WiderKind.WITHOUT_BOUNDS: N_("De tous types, de toutes dates et de tout le monde"),
    WiderKind.EVERYWHERE: N_("Dans tous vos dossiers"),
    WiderKind.WITHOUT_CHOICES: N_("Sans aucun des choix faits"),
    WiderKind.WITH_OLDER: N_("Aussi dans les anciennes versions"),
}

_SORTS: Final[Mapping[Sort, str]] = {
    Sort.RELEVANCE: N_("Les plus pertinents"),
    Sort.NEWEST: N_("Les plus récents"),
}

# What a search may be narrowed to: the field of `Narrowing`, what it is called, of what type.
_FIELDS: Final[tuple[tuple[str, str, Any], ...]] = (
    ("folder", N_("Dossier"), lambda value: FolderId(int(value))),
    ("kind", N_("Type"), FileKind),
    ("series", N_("Série de réunions"), lambda value: SeriesId(int(value))),
    ("meeting", N_("Réunion"), lambda value: MeetingId(int(value))),
    ("year", N_("Année"), int),
    ("organisation", N_("Structure"), lambda value: OrganisationId(int(value))),
    ("person", N_("Déposé par"), lambda value: PersonId(int(value))),
)


class Way(NamedTuple):
    """A link to the same search otherwise; `total` is "" where it is not known."""

    url: str
    words: str
    total: str = ""
    is_chosen: bool = False


class Facet(NamedTuple):
    """One of the ways to divide what was found."""

    title: str
    ways: list[Way]


class Chip(NamedTuple):
    """Something that a search is narrowed to, and the address of the search without it."""

    title: str
    name: str
    url: str


def facets(results: Results, voice: Voice) -> list[Facet]:
    """The facets in which there is something to choose or to give up."""
    return [
        Facet(voice.text(title), [_way(results, field, make, one, voice) for one in choices])
        for field, title, make in _FIELDS
        if _divides(field, choices := _choices(results, field), results.total)
    ]


def chosen(results: Results, voice: Voice) -> list[tuple[str, str]]:
    """What the search is narrowed to: what that is called, and its name."""
    return [(chip.title, chip.name) for chip in _narrowed(results, voice)]


def chips(results: Results, voice: Voice) -> list[Chip]:
    """What the search is narrowed to, and how it is asked, each to be taken away."""
    return [*_narrowed(results, voice), *_asked_so(results.asked, voice)]


def kept_beside(asked: Asked, voice: Voice) -> list[str]:
    """What a search holds beside its words, in a few words; names stay out: they may change."""
    chosen = asked.narrowing
    bounds = (
        (chosen.folder, N_("dans un dossier choisi")),
        (chosen.organisation, N_("d'une structure choisie")),
        (chosen.person, N_("d'une personne choisie")),
        (chosen.series, N_("d'une série de réunions choisie")),
        (chosen.meeting, N_("d'une réunion choisie")),
    )
    said = [voice.text(words) for value, words in bounds if value is not None]
    for field, title, _ in _FIELDS:
        value = getattr(chosen, field)
        if field in ("kind", "year") and value is not None:
            name = _unnamed(field, str(value), voice)
            said.append(f"{voice.text(N_('%(title)s :'), title=voice.text(title))} {name}")
    return said + [chip.name for chip in _asked_so(asked, voice)]


def without_narrowing(asked: Asked) -> str:
    """The address of the same words, everywhere."""
    return address_of(Asked(asked.words, sort=asked.sort))


def sorts(asked: Asked, voice: Voice) -> list[Way]:
    """The orders that there are."""
    return [
        Way(address_of(replace(asked, sort=sort)), voice.text(words), "", asked.sort is sort)
        for sort, words in _SORTS.items()
    ]


def wider(results: Results, voice: Voice) -> list[Way]:
    """Wider searches, each with what it finds."""
    return [
        Way(address_of(one.asked), _wider_words(one, results, voice), voice.number(one.total))
        for one in results.wider
    ]


def exact(asked: Asked) -> str:
    """The address of the same search, as typed: the glossary adds nothing."""
    return address_of(replace(asked, is_exact=True))


def with_older(asked: Asked) -> str:
    """The address of the same search, through older versions too."""
    return address_of(replace(asked, narrowing=replace(asked.narrowing, with_older=True)))


def spelled(asked: Asked, words: str) -> str:
    """The address of the same search with other words."""
    return address_of(replace(asked, words=words))


def _wider_words(wider: Wider, results: Results, voice: Voice) -> str:
    """What it is called; of bounds, those that are set."""
    if wider.kind is not WiderKind.WITHOUT_BOUNDS:
        return voice.text(WIDER[wider.kind])
    narrowing, typed = results.asked.narrowing, results.understood
    period = bool(typed.after or typed.before)
    bounds = (
        (narrowing.kind or typed.kinds, N_("tous les types")),
        (
            narrowing.meeting or narrowing.series or typed.meetings,
            N_("toutes les réunions, et hors réunion"),
        ),
        (period, N_("toutes les dates")),
        (narrowing.year and not period, N_("toutes les années")),
        (narrowing.organisation or typed.organisations, N_("toutes les structures")),
        (narrowing.person or typed.people, N_("toutes les personnes")),
    )
    said = ", ".join(voice.text(words) for is_set, words in bounds if is_set)
    return said[:1].upper() + said[1:] or voice.text(WIDER[wider.kind])


def _narrowed(results: Results, voice: Voice) -> Iterator[Chip]:
    for field, title, _ in _FIELDS:
        value = getattr(results.asked.narrowing, field)
        if value is not None:
            known = {one.value: _name(field, one, voice) for one in _choices(results, field)}
            name = known.get(str(value)) or _unnamed(field, str(value), voice)
            yield Chip(voice.text(title), name, _address(results.asked, field, None))


def _asked_so(asked: Asked, voice: Voice) -> Iterator[Chip]:
    if asked.narrowing.with_older:
        url = _address(asked, "with_older", False)
        yield Chip("", voice.text(N_("anciennes versions comprises")), url)
    if asked.is_exact:
        url = address_of(replace(asked, is_exact=False))
        yield Chip("", voice.text(N_("exactement ces mots")), url)


def _choices(results: Results, field: str) -> tuple[Choice, ...]:
    found = results.facets
    named: dict[str, tuple[Choice, ...]] = {
        "folder": found.folders,
        "organisation": found.organisations,
        "person": found.people,
        "kind": found.kinds,
        "series": found.series,
        "meeting": found.meetings,
        "year": tuple(sorted(found.years, key=lambda one: one.value, reverse=True)),
    }
    return named[field]


def _way(results: Results, field: str, make: Any, choice: Choice, voice: Voice) -> Way:
    value = None if choice.is_chosen else make(choice.value)
    url = _address(results.asked, field, value)
    return Way(url, _name(field, choice, voice), voice.number(choice.count), choice.is_chosen)


def _divides(field: str, choices: tuple[Choice, ...], total: int) -> bool:
    """Whether one of them leaves something aside, leads further down, or may be given up."""
    is_open = field == "folder" or len(choices) > 1
    return any(is_open or one.is_chosen or one.count != total for one in choices)


def _name(field: str, choice: Choice, voice: Voice) -> str:
    if choice.name and choice.at is not None:
        return voice.text(N_("%(title)s, %(day)s"), title=choice.name, day=voice.day(choice.at))
    return choice.name or _unnamed(field, choice.value, voice)


def _unnamed(field: str, value: str, voice: Voice) -> str:
    """What a value is called when nothing else is known of it."""
    if field == "kind":
        return voice.text(KINDS[FileKind(value)])
    return value if field == "year" else voice.text(N_("choix précédent"))


def _address(asked: Asked, field: str, value: Any) -> str:
    narrowing: Narrowing = replace(asked.narrowing, **{field: value})
    return address_of(replace(asked, narrowing=narrowing))
