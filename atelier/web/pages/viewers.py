"""Who sees a folder, and why, in words: sentences for pages, cells for a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from markupsafe import Markup

from atelier.model.audience import Cause, DeadGrant, Miss, NearMiss, Reason, Viewer
from atelier.model.folders import Folder, Grant, Role, Subject, SubjectKind
from atelier.web.language import N_, Voice
from atelier.web.pages.words import ROLES

CAUSES: Final[Mapping[Cause, str]] = {
    Cause.PAST: N_("a pris fin le %(on)s"),
    Cause.ORGANISATION_LEFT: N_("la structure a quitté le réseau, dernier jour : %(on)s"),
    Cause.ACCOUNT_INACTIVE: N_("le compte n'est plus actif"),
}

MISSES: Final[Mapping[Miss, str]] = {
    Miss.ACCOUNT_INACTIVE: N_("Le compte de cette personne n'est plus actif : il n'ouvre rien."),
    Miss.GRANT_ENDED: N_("L'accès « %(role)s » donné à %(subject)s a pris fin le %(on)s."),
    Miss.PLACE_ENDED: N_(
        "Son rattachement à %(organisation)s a pris fin le %(on)s : "
        "l'accès donné à %(subject)s ne vaut plus pour cette personne."
    ),
    Miss.PLACE_BEGINS: N_(
        "Son rattachement à %(organisation)s commence le %(on)s : "
        "l'accès donné à %(subject)s vaudra pour cette personne à partir de ce jour."
    ),
    Miss.ORGANISATION_LEFT: N_(
        "%(organisation)s a quitté le réseau, son dernier jour était le %(on)s : "
        "l'accès donné à %(subject)s ne vaut plus pour ses membres."
    ),
    Miss.CLOSED: N_(
        "Cette personne voit « %(above)s », mais le dossier « %(closed)s » est fermé : "
        "les accès donnés plus haut s'y arrêtent."
    ),
    Miss.NOTHING: N_(
        "Aucun accès à ce dossier n'est donné à cette personne, à une de ses structures "
        "ou à un de ses groupes de travail."
    ),
    Miss.ABOVE: N_(
        "Un accès donné dans un dossier plus haut ne descend pas toujours jusqu'ici : "
        "un dossier fermé l'arrête."
    ),
}
_CLOSED_UNNAMED: Final = N_(
    "Cette personne voit « %(above)s », mais un dossier fermé entre les deux arrête "
    "les accès donnés plus haut."
)

_HEADS: Final = (
    N_("Nom"),
    N_("Adresse de courriel"),
    N_("Structures"),
    N_("Personne invitée"),
    N_("Administration"),
    N_("Accès le plus large"),
    N_("Accès"),
    N_("Jusqu'au"),
    N_("Dossier de l'accès"),
    N_("Pour qui"),
    N_("Pour la structure"),
)


def miss_sentence(near: NearMiss, voice: Voice) -> Markup:
    """What keeps someone from a folder, in one sentence."""
    words = MISSES[near.miss]
    if near.miss is Miss.CLOSED and not near.closed:
        words = _CLOSED_UNNAMED
    facts: dict[str, object] = {
        "organisation": _name(near.organisation),
        "above": _name(near.above),
        "closed": _name(near.closed),
    }
    if near.on is not None:
        facts["on"] = voice.day(near.on)
    if near.grant is not None:
        facts["role"] = voice.text(ROLES[near.grant.role].label)
        facts["subject"] = _name(subject_words(near.grant.subject, voice))
    return voice.markup(words, **facts)


def cause_sentence(dead: DeadGrant, voice: Voice) -> Markup:
    """Why a grant opens nothing any more, to be read after it."""
    return voice.markup(CAUSES[dead.cause], on=voice.day(dead.on) if dead.on else "")


def subject_words(subject: Subject, voice: Voice) -> str:
    """The name of whom a grant is for."""
    is_network = subject.kind is SubjectKind.NETWORK
    return voice.text(N_("tout le réseau")) if is_network else subject.name


def table(folder: Folder, people: Iterable[Viewer], voice: Voice) -> Iterator[tuple[str, ...]]:
    """Rows for a spreadsheet: the heads, then one for each person and reason; days as ISO."""
    yes, labels = voice.text(N_("oui")), _labels(voice)
    yield tuple(voice.text(head) for head in _HEADS)
    for one in people:
        person = (
            one.name,
            one.email,
            ", ".join(one.organisations),
            yes if one.is_guest else "",
            yes if one.is_steward else "",
            labels[one.role],
        )
        for reason in one.reasons:
            yield person + _cells(folder, reason, labels, voice)


def _cells(
    folder: Folder, reason: Reason, labels: Mapping[Role, str], voice: Voice
) -> tuple[str, ...]:
    grant = reason.grant
    return (
        labels[grant.role],
        grant.until.isoformat() if grant.until else "",
        _place(folder, grant, voice),
        subject_words(grant.subject, voice),
        reason.organisation,
    )


def _place(folder: Folder, grant: Grant, voice: Voice) -> str:
    if grant.folder_id == folder.id:
        return folder.name
    return grant.folder or voice.text(N_("un dossier au-dessus"))


def _labels(voice: Voice) -> dict[Role, str]:
    return {role: voice.text(words.label) for role, words in ROLES.items()}


def _name(words: str) -> Markup:
    return Markup("<bdi>%s</bdi>") % words
