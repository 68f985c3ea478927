"""What a search found, line by line, and what was searched when nothing was."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Final, NamedTuple

from atelier.model.meetings import Part
from atelier.model.names import is_suspect
from atelier.model.search import (
    EVERYWHERE,
    FileKind,
    Hit,
    MeetingHit,
    Misread,
    MisreadKind,
    Narrowing,
    PageHit,
    Piece,
    Results,
    Understood,
)
from atelier.web.language import N_, Voice
from atelier.web.pages.narrowing import KINDS
from atelier.web.pages.words import kind

# What the lines of a part of a meeting are called.
_LINES: Final[Mapping[Part, str]] = {
    Part.AGENDA: N_("Point %(n)s"),
    Part.MINUTES: N_("Point %(n)s"),
    Part.DECISIONS: N_("Décision %(n)s"),
    Part.ACTIONS: N_("Action %(n)s"),
}
# What the pages of a kind of file are called, by its icon.
_PAGES: Final = {
    "slides": N_("Diapositive %(n)s"),
    "sheet": N_("Feuille %(n)s"),
    "mail": N_("Message %(n)s"),
}


_MISREAD: Final[Mapping[MisreadKind, str]] = {
    MisreadKind.DATE: N_(
        "« %(written)s » n'est pas une date : écrivez 2024, 2024-06 ou 15/06/2024 après les"
        " deux-points."
    ),
    MisreadKind.TYPE: N_(
        "« %(written)s » n'est pas un type de fichier : écrivez pdf, word, excel, image,"
        " courriel, décisions… après les deux-points."
    ),
    MisreadKind.EXCLUDED_DATE: N_(
        "« %(written)s » : une date ne s'écarte pas. Écrivez avant: ou après: sans le tiret."
    ),
    MisreadKind.VALUE: N_(
        "« %(written)s » attend un mot juste après les deux-points, sans espace."
    ),
}


class PageLine(NamedTuple):
    """A page that answers; both are "" where the format has no pages."""

    url: str
    words: str
    snippet: tuple[Piece, ...]


class HitLine(NamedTuple):
    """A document that answers; `older` is the number of its version when that is not the last."""

    url: str
    media_type: str
    name: str
    is_suspect: bool
    folder_url: str
    folder: str
    at: str
    day: str
    older: int
    is_fresh: bool
    pages: list[PageLine]
    document: int
    is_part: bool = False


class HitBlock(NamedTuple):
    """Hits of one meeting, under its heading; or a document by itself, where `url` is ""."""

    hits: list[HitLine]
    url: str = ""
    title: str = ""
    at: str = ""
    day: str = ""
    series: str = ""


class Said(NamedTuple):
    """One part of what was searched: what it is called, and what was typed."""

    title: str
    values: tuple[str, ...]


class Remarks(NamedTuple):
    """What is said of an answer: what was taken as words, what it lacks; "" for nothing."""

    misread: tuple[str, ...]
    nearly: str
    not_yet: str


def blocks(hits: Iterable[Hit], voice: Voice) -> list[HitBlock]:
    """Hits as the page prints them, those of one meeting that follow each other together."""
    found = []
    for meeting, together in groupby(hits, lambda hit: hit.meeting):
        lines = [hit_line(hit, voice) for hit in together]
        if meeting is None:
            found += [HitBlock([line]) for line in lines]
        else:
            found.append(_under(meeting, lines, voice))
    return found


def hit_line(hit: Hit, voice: Voice) -> HitLine:
    """A hit as the page prints it; its pages open in the viewer, lines at their meeting."""
    if hit.part is not None and hit.meeting is not None:
        return _part_line(hit, hit.part, hit.meeting, voice)
    here = f"/documents/{hit.document_id}"
    view = f"{here}/view?version={hit.version}&page=" if hit.is_older else f"{here}/view?page="
    return HitLine(
        f"{here}/view?version={hit.version}" if hit.is_older else here,
        hit.media_type,
        hit.name,
        is_suspect(hit.name),
        f"/folders/{hit.folder_id}",
        hit.folder,
        voice.local(hit.changed_at).isoformat(timespec="minutes"),
        voice.day(hit.changed_at),
        hit.version if hit.is_older else 0,
        hit.is_fresh,
        [_page(page, view, hit.media_type, voice) for page in hit.pages],
        hit.document_id,
    )


def _part_line(hit: Hit, part: Part, meeting: MeetingHit, voice: Voice) -> HitLine:
    here = f"/meetings/{meeting.id}"
    lines = [
        PageLine(
            f"{here}#{page.anchor}",
            voice.text(_LINES[part], n=voice.number(page.page or 1)),
            page.snippet,
        )
        for page in hit.pages
    ]
    return HitLine(
        lines[0].url if lines else here,
        hit.media_type,
        voice.text(KINDS[FileKind(part)]),
        False,
        f"/folders/{hit.folder_id}",
        hit.folder,
        voice.local(hit.changed_at).isoformat(timespec="minutes"),
        voice.day(hit.changed_at),
        0,
        hit.is_fresh,
        lines,
        hit.document_id,
        is_part=True,
    )


def _under(meeting: MeetingHit, lines: list[HitLine], voice: Voice) -> HitBlock:
    local = voice.local(meeting.starts_at)
    return HitBlock(
        lines,
        f"/meetings/{meeting.id}",
        meeting.title,
        local.isoformat(timespec="minutes") if meeting.has_time else local.date().isoformat(),
        voice.day(meeting.starts_at),
        meeting.series if meeting.series != meeting.title else "",
    )


def searched(understood: Understood, chosen: Iterable[tuple[str, str]], voice: Voice) -> list[Said]:
    """What was searched, part by part; nothing for what was not asked.

    `chosen` is what it was narrowed to beside its words: what that is called, and its name.
    """
    parts = (
        (N_("Mots"), understood.words),
        (N_("Mots dans cet ordre"), understood.phrases),
        (N_("Écartés"), understood.excluded),
        (N_("Dans le nom du document"), understood.titles),
        (N_("Dossier"), understood.folders),
        (N_("Déposé par"), understood.people),
        (N_("Structure"), understood.organisations),
        (N_("Type"), understood.kinds),
        (N_("Réunion"), understood.meetings),
        (N_("Période"), tuple(_period(understood, voice))),
    )
    said = {voice.text(title): values for title, values in parts if values}
    for title, name in chosen:
        said[title] = (*said.get(title, ()), name)
    return [Said(title, values) for title, values in said.items()]


def remarks(results: Results, voice: Voice) -> Remarks:
    """What there is to know about an answer; nothing where it is whole and exact."""
    return Remarks(
        misread=tuple(
            f"{voice.text(_MISREAD[one.kind], written=one.written)} {_instead(one, results, voice)}"
            for one in results.misread
        ),
        nearly=_nearly(results, voice) if results.is_partial else "",
        not_yet=_not_yet(results.not_yet, voice) if results.not_yet else "",
    )


def _nearly(results: Results, voice: Voice) -> str:
    """By the one word that is all that was asked for, if so; no more than is known."""
    if results.not_yet:
        return voice.text(
            N_("Dans ce qui a déjà été parcouru, voici ce qui s'approche le plus de vos mots.")
        )
    understood, narrowing = results.understood, results.asked.narrowing
    is_all = understood == Understood(words=understood.words) and len(understood.words) == 1
    if is_all and narrowing in (EVERYWHERE, Narrowing(with_older=True)):
        said = N_("Aucun document ne contient « %(word)s ». Voici ceux qui s'en approchent :")
        return voice.text(said, word=understood.words[0])
    return voice.text(
        N_("Aucun document ne contient exactement tout cela : voici ce qui s'en approche le plus.")
    )


def _not_yet(count: int, voice: Voice) -> str:
    return voice.plural(
        "%(n)s document qui vient de changer n'est pas encore dans cette réponse. Cherchez de"
        " nouveau dans un instant.",
        "%(n)s documents qui viennent de changer ne sont pas encore dans cette réponse. Cherchez"
        " de nouveau dans un instant.",
        count,
    )


def _instead(one: Misread, results: Results, voice: Voice) -> str:
    if not one.words:
        return voice.text(N_("Ce morceau n'a pas été cherché."))
    words = ", ".join(one.words)
    said = voice.text(N_("Ce qui a été cherché à la place : %(words)s."), words=words)
    # Of « réunion: cabines » the piece is « réunion: », and its value a word like others.
    if one.kind is not MisreadKind.VALUE or results.asked.words.strip() == one.written:
        return said
    rest = voice.text(N_("Le reste de votre recherche a été cherché aussi."))
    return f"{said} {rest}"


def _page(page: PageHit, view: str, media_type: str, voice: Voice) -> PageLine:
    if page.page is None:
        return PageLine("", "", page.snippet)
    icon, _ = kind(media_type)
    words = voice.text(_PAGES.get(icon, N_("Page %(n)s")), n=voice.number(page.page))
    return PageLine(f"{view}{page.page}", words, page.snippet)


def _period(understood: Understood, voice: Voice) -> Iterator[str]:
    if understood.after is not None:
        yield voice.text(N_("à partir du %(day)s"), day=voice.day(understood.after))
    if understood.before is not None:
        yield voice.text(N_("avant le %(day)s"), day=voice.day(understood.before))
