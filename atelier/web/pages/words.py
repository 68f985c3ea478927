"""The model in words: states of reading, roles, lines of the journal, kinds of file, notices."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from markupsafe import Markup, escape

from atelier.model.documents import ReadState
from atelier.model.folders import Role
from atelier.model.journal import JournalLine, Verb
from atelier.web.language import N_, Voice


@dataclass(frozen=True, slots=True)
class Reading:
    """A state of reading: a short tag for lists ("" when all is well) and its sentence."""

    tag: str
    sentence: str


@dataclass(frozen=True, slots=True)
class RoleWords:
    """A role as people read it."""

    role: Role
    label: str
    meaning: str


READINGS: Final[Mapping[ReadState, Reading]] = {
    ReadState.WAITING: Reading(
        N_("Lecture en cours"),
        N_("Document en cours de lecture : il sera cherchable dans un instant."),
    ),
    ReadState.OK: Reading("", N_("Le texte de ce document est cherchable.")),
    ReadState.PARTIAL: Reading(
        N_("Lu en partie"), N_("Une partie seulement du texte a pu être lue et est cherchable.")
    ),
    ReadState.ENCRYPTED: Reading(
        N_("Protégé"), N_("Document protégé par un mot de passe : son texte n'est pas cherchable.")
    ),
    ReadState.DAMAGED: Reading(
        N_("Abîmé"), N_("Ce fichier semble abîmé : il est gardé tel quel, son texte n'est pas lu.")
    ),
    ReadState.TOO_LARGE: Reading(
        N_("Non cherchable"), N_("Document trop volumineux pour être lu : il reste téléchargeable.")
    ),
    ReadState.TIMEOUT: Reading(
        N_("Non cherchable"),
        N_("La lecture a pris trop de temps : le document reste téléchargeable."),
    ),
    ReadState.UNSUPPORTED: Reading(
        N_("Non cherchable"),
        N_("Le texte de ce format n'est pas encore lu : seul son nom est cherchable."),
    ),
    ReadState.NEEDS_OCR: Reading(
        N_("Numérisé"), N_("Document numérisé : son texte n'est pas cherchable sur ce serveur.")
    ),
}

ROLES: Final[Mapping[Role, RoleWords]] = {
    Role.READER: RoleWords(
        Role.READER, N_("Lecture"), N_("Ouvrir, chercher et télécharger les documents.")
    ),
    Role.CONTRIBUTOR: RoleWords(
        Role.CONTRIBUTOR,
        N_("Contribution"),
        N_("Lire, et aussi déposer, remplacer par une nouvelle version, renommer."),
    ),
    Role.COORDINATOR: RoleWords(
        Role.COORDINATOR,
        N_("Coordination"),
        N_("Contribuer, et aussi organiser les dossiers et décider qui les voit."),
    ),
}

# Per verb, from the sentence that needs most facts to the one that needs none.
JOURNAL: Final[Mapping[Verb, tuple[str, ...]]] = {
    Verb.FOLDER_MADE: (N_("a créé le dossier %(name)s"), N_("a créé le dossier")),
    Verb.FOLDER_RENAMED: (
        N_("a renommé le dossier %(before)s en %(after)s"),
        N_("a renommé le dossier"),
    ),
    Verb.FOLDER_MOVED: (N_("a déplacé le dossier %(name)s"), N_("a déplacé le dossier")),
    Verb.FOLDER_CLOSED: (N_("a fermé le dossier %(name)s"), N_("a fermé le dossier")),
    Verb.FOLDER_OPENED: (N_("a rouvert le dossier %(name)s"), N_("a rouvert le dossier")),
    Verb.GRANTED: (
        N_("a donné l'accès « %(role)s » à %(subject)s jusqu'au %(until)s"),
        N_("a donné l'accès « %(role)s » à %(subject)s"),
        N_("a donné un accès"),
    ),
    Verb.WITHDRAWN: (
        N_("a retiré l'accès « %(role)s » à %(subject)s"),
        N_("a retiré un accès"),
    ),
    Verb.DEPOSITED: (N_("a déposé %(name)s"), N_("a déposé un document")),
    Verb.REVISED: (
        N_("a déposé la version %(version)s de %(name)s"),
        N_("a déposé une nouvelle version"),
    ),
    Verb.RESTORED: (
        N_("a restauré la version %(restored)s de %(name)s"),
        N_("a restauré une version"),
    ),
    Verb.DOCUMENT_RENAMED: (
        N_("a renommé le document %(before)s en %(after)s"),
        N_("a renommé un document"),
    ),
    Verb.DOCUMENT_MOVED: (
        N_("a déplacé ici le document %(in)s"),
        N_("a déplacé ailleurs le document %(out)s"),
        N_("a déplacé un document"),
    ),
}

# What `?done=` may say after a redirect.
NOTICES: Final[Mapping[str, str]] = {
    "signed-in": N_("Bienvenue."),
    "signed-out": N_("Vous êtes déconnecté."),
    "welcome": N_("Votre mot de passe est enregistré. Bienvenue."),
    "acting-as": N_("Vous agissez maintenant pour une autre structure."),
    "folder-made": N_("Le dossier est créé."),
    "folder-renamed": N_("Le dossier est renommé."),
    "folder-moved": N_("Le dossier est déplacé."),
    "folder-closed": N_("Le dossier est fermé : seuls ses propres accès comptent."),
    "folder-opened": N_("Le dossier est rouvert : il reprend les accès de son dossier parent."),
    "deposited": N_("C'est déposé."),
    "revised": N_("La nouvelle version est déposée."),
    "unchanged": N_("Ce contenu était déjà la version actuelle : rien n'a été ajouté."),
    "restored": N_("La version est restaurée comme nouvelle version."),
    "document-renamed": N_("Le document est renommé."),
    "document-moved": N_("Le document est déplacé."),
    "granted": N_("L'accès est donné."),
    "withdrawn": N_("L'accès est retiré."),
    "person-added": N_("La personne est ajoutée."),
    "organisation-added": N_("La structure est ajoutée."),
    "group-added": N_("Le groupe de travail est ajouté."),
}

# Beginning of a media type → icon and kind; the first that fits counts.
KINDS: Final[tuple[tuple[str, str, str], ...]] = (
    ("application/pdf", "pdf", N_("PDF")),
    ("application/vnd.openxmlformats-officedocument.wordprocessingml", "text", N_("Texte Word")),
    ("application/msword", "text", N_("Texte Word")),
    ("application/vnd.oasis.opendocument.text", "text", N_("Texte ODT")),
    ("application/rtf", "text", N_("Texte RTF")),
    ("application/vnd.openxmlformats-officedocument.spreadsheetml", "sheet", N_("Tableur")),
    ("application/vnd.ms-excel", "sheet", N_("Tableur")),
    ("application/vnd.oasis.opendocument.spreadsheet", "sheet", N_("Tableur")),
    ("text/csv", "sheet", N_("Tableau CSV")),
    ("application/vnd.openxmlformats-officedocument.presentationml", "slides", N_("Diaporama")),
    ("application/vnd.ms-powerpoint", "slides", N_("Diaporama")),
    ("application/vnd.oasis.opendocument.presentation", "slides", N_("Diaporama")),
    ("text/html", "text", N_("Page web")),
    ("text/", "text", N_("Texte")),
    ("image/", "image", N_("Image")),
    ("audio/", "sound", N_("Son")),
    ("video/", "film", N_("Vidéo")),
    ("message/", "mail", N_("Courriel")),
    ("application/zip", "archive", N_("Archive")),
    ("", "file", N_("Fichier")),
)

_FACT_NAME: Final = re.compile(r"%\((\w+)\)s")
_ROLE_LABELS: Final[Mapping[str, str]] = {role: words.label for role, words in ROLES.items()}


def reading(state: str, voice: Voice) -> Reading:
    """The state of reading in words; `state` is a value of `ReadState`."""
    words = READINGS[ReadState(state)]
    return Reading(voice.text(words.tag) if words.tag else "", voice.text(words.sentence))


def roles(voice: Voice) -> tuple[RoleWords, ...]:
    """The roles from the least to the most, with their labels and meanings."""
    return tuple(
        RoleWords(words.role, voice.text(words.label), voice.text(words.meaning))
        for words in ROLES.values()
    )


def kind(media_type: str) -> tuple[str, str]:
    """The icon of a media type, and the (French) message of its kind."""
    return next((icon, words) for start, icon, words in KINDS if media_type.startswith(start))


def notice(code: str | None, voice: Voice) -> str | None:
    """What `?done=code` says, or None for a code that is not in the table."""
    words = NOTICES.get(code or "")
    return voice.text(words) if words else None


def journal_sentence(line: JournalLine, voice: Voice) -> Markup:
    """What the line says was done, to be read after the name of who did it."""
    facts = {name: _fact(name, text, voice) for name, text in line.facts.items()}
    if "way" in line.facts and "name" in facts:
        # Leaving and arriving are one verb in two journals: the way chooses the sentence.
        facts[line.facts["way"]] = facts["name"]
    for sentence in JOURNAL[line.verb]:
        if set(_FACT_NAME.findall(sentence)) <= facts.keys():
            break
    return voice.markup(sentence, **facts)


def _fact(name: str, text: str, voice: Voice) -> Markup:
    if name == "role" and text in _ROLE_LABELS:
        return voice.markup(_ROLE_LABELS[text])
    if name == "until":
        return escape(voice.day(date.fromisoformat(text)))
    return Markup("<bdi>%s</bdi>") % text
