"""The page that tells what changed between two versions of a document."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from starlette.responses import Response

from atelier.model.comparison import Change, Comparison, Passage, Stretch, Words
from atelier.model.folders import Action
from atelier.model.ids import DocumentId
from atelier.web.doors import Door, in_folder
from atelier.web.language import N_, Voice
from atelier.web.pages.readings import told
from atelier.web.visit import Visit
from atelier.workspace.comparison import Compared, NoText, Side, compare

_VIEWS: Final = ("sides", "column")
_CHANGES_A_PAGE = 200
_FOLDED_PASSAGES = 100  # shown of what did not change; the version itself has the rest
_CONTEXT_CHARACTERS = 600  # unchanged text that is as short as this is not folded
_LONG_CHARACTERS, _KEPT_CHARACTERS = 1_500, 500
_MOST_CHARACTERS = 20_000
_CUT = " […] "

_TOLD: Final = (Change.ADDED, Change.REMOVED, Change.CHANGED, Change.MOVED)

_FAULTS: Final[Mapping[str, str]] = {
    "too_large": N_(
        "Ces deux versions sont trop longues pour être comparées ici. Téléchargez-les pour les "
        "comparer sur votre ordinateur."
    ),
    "timeout": N_(
        "La comparaison a pris trop de temps et s'est arrêtée. Téléchargez les deux versions pour "
        "les comparer sur votre ordinateur."
    ),
    "no_fork": N_(
        "Ce serveur ne sait pas comparer des versions. Téléchargez-les pour les comparer sur votre "
        "ordinateur."
    ),
}
_FAILED: Final = N_(
    "La comparaison n'a pas abouti. Essayez à nouveau ; si cela se reproduit, prévenez un "
    "administrateur du réseau."
)


@dataclass(frozen=True, slots=True)
class Row:
    """A stretch as the page prints it: `number` counts changes from 1, None when nothing changed.

    Of long unchanged stretches the first passages are `shown`, and `left_out` more are not.
    """

    change: Change
    number: int | None
    shown: tuple[Passage, ...]
    left_out: int
    count: int
    is_contents: bool
    is_folded: bool


async def show(visit: Visit) -> Response:
    """Two versions side by side, or in one column (`?view=column`)."""
    document = DocumentId(visit.number("document"))
    older, newer = visit.asked_number("older"), visit.asked_number("newer")
    page = visit.asked_number("page") or 1
    found = await compare(visit.ws, visit.actor, document, older=older, newer=newer)
    comparison = found.comparison
    # Of two long texts there are hundreds of thousands of passages.
    rows = await asyncio.to_thread(_rows, comparison) if comparison else []
    changes = sum(row.number is not None for row in rows)
    pages = max(1, -(-changes // _CHANGES_A_PAGE))
    return visit.page(
        "documents/compare.html",
        folder=found.folder,
        crumbs=found.crumbs,
        document=found.document,
        older=found.older,
        newer=found.newer,
        view=visit.asked("view") if visit.asked("view") in _VIEWS else _VIEWS[0],
        headline=headline(found.comparison, visit.voice) if found.comparison else "",
        obstacles=list(_obstacles(found, visit.voice)),
        choices=_choices(found, visit.voice),
        rows_shown=_on_page(rows, min(page, pages)),
        changes=changes,
        page_number=min(page, pages),
        page_count=pages,
        place_of=lambda side, page: place(side.page_kind, page, visit.voice),
        lang=found.newer.language or found.older.language,
    )


def headline(found: Comparison, voice: Voice) -> str:
    """How much changed, in one sentence; "" when it could not be compared."""
    if found.fault:
        return ""
    tally = found.tally()
    if not tally:
        if any(stretch.change is not Change.SAME for stretch in found.stretches()):
            return voice.text(N_("Seule la table des matières a changé."))
        return voice.text(N_("Aucun changement dans le texte."))
    kinds = [change for change in _TOLD if tally.get(change)]
    parts = [_counted(kinds[0], tally[kinds[0]], voice)]
    parts += [_counted_too(change, tally[change], voice) for change in kinds[1:]]
    return voice.text(
        N_("%(counts)s, soit %(share)s."), counts=", ".join(parts), share=_share(found, voice)
    )


def place(kind: str, page: int | None, voice: Voice) -> str:
    """« page 3 », « diapositive 3 » by the `PageKind`; "" where the format has no pages."""
    if page is None:
        return ""
    words = {
        "slide": N_("diapositive %(n)s"),
        "sheet": N_("feuille %(n)s"),
        "message": N_("message %(n)s"),
    }
    return voice.text(words.get(kind, N_("page %(n)s")), n=voice.number(page))


def fault(code: str, voice: Voice) -> str:
    """Why two texts could not be compared, and what to do."""
    return voice.text(_FAULTS.get(code, _FAILED))


def missing(side: Side, voice: Voice) -> str:
    """Why a version cannot be compared, and what to do; "" when it can."""
    version, facts = side.version, {"n": side.version.number}
    if side.missing is NoText.WAITING:
        return voice.text(
            N_("La version %(n)s est en cours de lecture : revenez dans un instant."), **facts
        )
    if side.missing is NoText.EMPTY:
        return voice.text(
            N_("La version %(n)s ne contient pas de texte : il n'y a rien à comparer."), **facts
        )
    if side.missing is NoText.LOST:
        return voice.text(
            N_(
                "Le texte de la version %(n)s n'est plus sur le serveur. Téléchargez-la pour la "
                "comparer, ou demandez à un administrateur du réseau de la faire relire."
            ),
            **facts,
        )
    if side.missing is NoText.UNREADABLE:
        why = told(version.state, version.reason, voice).sentence
        return voice.text(N_("La version %(n)s n'a pas de texte à comparer."), **facts) + " " + why
    return ""


def _counted(change: Change, n: int, voice: Voice) -> str:
    match change:
        case Change.ADDED:
            return voice.plural("%(n)s passage ajouté", "%(n)s passages ajoutés", n)
        case Change.REMOVED:
            return voice.plural("%(n)s passage retiré", "%(n)s passages retirés", n)
        case Change.MOVED:
            return voice.plural("%(n)s passage déplacé", "%(n)s passages déplacés", n)
        case _:
            return voice.plural("%(n)s passage modifié", "%(n)s passages modifiés", n)


def _counted_too(change: Change, n: int, voice: Voice) -> str:
    """After the first, that passages are counted goes without saying."""
    match change:
        case Change.REMOVED:
            return voice.plural("%(n)s retiré", "%(n)s retirés", n)
        case Change.MOVED:
            return voice.plural("%(n)s déplacé", "%(n)s déplacés", n)
        case _:
            return voice.plural("%(n)s modifié", "%(n)s modifiés", n)


def _share(found: Comparison, voice: Voice) -> str:
    percent = round(found.share * 100)
    if percent < 1:
        return voice.text(N_("moins de 1 % des mots"))
    return voice.text(N_("%(n)s %% des mots"), n=percent)


def _obstacles(found: Compared, voice: Voice) -> Iterator[str]:
    """What keeps the two from being compared, or makes it incomplete."""
    if found.older.version == found.newer.version:
        return
    for side in (found.older, found.newer):
        if side.missing:
            yield missing(side, voice)
        elif side.version.state == "partial":
            words = N_("De la version %(n)s, une partie seulement du texte a pu être lue.")
            yield voice.text(words, n=side.version.number)
    if found.comparison and found.comparison.fault:
        yield fault(found.comparison.fault, voice)


def _choices(found: Compared, voice: Voice) -> list[tuple[int, str]]:
    return [
        (
            version.number,
            voice.text(
                N_("Version %(n)s, %(day)s"), n=version.number, day=voice.day(version.created_at)
            )
            + (f" – {version.label}" if version.label else ""),
        )
        for version in found.document.versions
    ]


def _rows(found: Comparison) -> list[Row]:
    number, rows = 0, list[Row]()
    for stretch in found.stretches():
        is_change = stretch.change is not Change.SAME and not stretch.is_contents
        number += is_change
        rows.append(_row(stretch, number if is_change else None))
    return rows


def _row(stretch: Stretch, number: int | None) -> Row:
    passages = stretch.passages
    size = sum(len(words.text) for one in passages for words in one.newer or one.older)
    is_folded = stretch.is_contents or (number is None and size > _CONTEXT_CHARACTERS)
    kept = passages[:_FOLDED_PASSAGES] if number is None else passages
    return Row(
        stretch.change,
        number,
        tuple(_shortened(one) for one in kept),
        len(passages) - len(kept),
        len(passages),
        stretch.is_contents,
        is_folded,
    )


def _on_page(rows: list[Row], page: int) -> list[Row]:
    """The changes of a page; what did not change goes with the change before it."""
    shown, before = list[Row](), 1
    for row in rows:
        before = row.number or before
        if (before - 1) // _CHANGES_A_PAGE == page - 1:
            shown.append(row)
    return shown


def _shortened(passage: Passage) -> Passage:
    """Without the middle of what did not change in a very long one."""
    return Passage(
        passage.change,
        tuple(map(_short, passage.older)),
        tuple(map(_short, passage.newer)),
        passage.older_page,
        passage.newer_page,
        passage.is_contents,
    )


def _short(words: Words) -> Words:
    text = words.text
    if words.change is Change.SAME and len(text) > _LONG_CHARACTERS:
        return Words(words.change, text[:_KEPT_CHARACTERS] + _CUT + text[-_KEPT_CHARACTERS:])
    if len(text) > _MOST_CHARACTERS:
        return Words(words.change, text[:_MOST_CHARACTERS] + _CUT)
    return words


DOORS = (Door("GET", "/documents/{document:id}/compare", in_folder(Action.READ), show),)
