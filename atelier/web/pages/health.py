"""How reading fares on this server, its programs and its bounds, and mail; for stewards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from starlette.responses import Response

from atelier.model.documents import ReadState
from atelier.model.reading import Outside, OutsideProgram, ReadingMeans
from atelier.web.doors import STEWARD, Door
from atelier.web.language import N_
from atelier.web.pages.mail import answer_words
from atelier.web.visit import Visit
from atelier.workspace import health, mail_desk, mailing


@dataclass(frozen=True, slots=True)
class Program:
    """What people have by a program, what they see without it, and the setting that uses it."""

    label: str
    gives: str
    without: str
    setting: str = ""


PROGRAMS: Final[Mapping[Outside, Program]] = {
    Outside.TESSERACT: Program(
        "Tesseract",
        N_("Lit le texte des documents numérisés, pour qu'il se cherche."),
        N_("Document numérisé : son texte n'est pas cherchable sur ce serveur."),
        "reading.use_ocr",
    ),
    Outside.LIBREOFFICE: Program(
        "LibreOffice",
        N_("Montre les fichiers de bureautique page par page, et lit les très anciens."),
        N_("Aperçu non disponible pour ce format ; le texte est consultable et cherchable."),
        "reading.use_libreoffice",
    ),
    Outside.FFMPEG: Program(
        "ffmpeg",
        N_("Donne une image et la durée des vidéos."),
        N_("Une icône à la place de l'image ; le navigateur joue quand même la vidéo."),
    ),
}
BOUNDS: Final[Mapping[str, str]] = {
    "is_bounded": N_(
        "Chaque document se lit dans un processus à part, limité en mémoire et en temps."
    ),
    "no_network": N_("Ce processus n'a pas de réseau."),
    "no_files": N_("Il n'ouvre aucun autre fichier que le document."),
    "no_new_privileges": N_("Il ne peut gagner aucun droit sur le serveur."),
}
STATES: Final[Mapping[ReadState, str]] = {
    ReadState.OK: N_("lues"),
    ReadState.WAITING: N_("à lire"),
    ReadState.PARTIAL: N_("lues en partie"),
    ReadState.NEEDS_OCR: N_("numérisées, sans texte"),
    ReadState.UNSUPPORTED: N_("d'un format qui ne se lit pas"),
    ReadState.ENCRYPTED: N_("protégées par un mot de passe"),
    ReadState.DAMAGED: N_("abîmées"),
    ReadState.TOO_LARGE: N_("trop grandes"),
    ReadState.TIMEOUT: N_("trop longues à lire"),
}


async def show(visit: Visit) -> Response:
    """The programs, the bounds that hold, versions by state, readings given up, and mail."""
    found = await health.look(visit.ws, visit.actor)
    mail = await mail_desk.health(visit.ws, visit.actor)
    return visit.page(
        "reading/reading.html",
        path="/reading",
        programs=_programs(found.means),
        bounds=[(words, bool(getattr(found.means, name))) for name, words in BOUNDS.items()],
        states=[(words, found.states.get(state, 0)) for state, words in STATES.items()],
        has_mail=mailing.is_set(visit.ws),
        mail=mail,
        refusal=answer_words(mail.refusal, visit.voice),
        failed=[(one, one.error.partition(":")[0]) for one in found.failed],
    )


def _programs(means: ReadingMeans) -> list[tuple[Program, OutsideProgram]]:
    told = {program.name: program for program in means.programs}
    missing = [OutsideProgram(name, is_found=False, is_used=False) for name in PROGRAMS]
    return [(PROGRAMS[one.name], told.get(one.name, one)) for one in missing]


DOORS = (Door("GET", "/reading", STEWARD, show),)
