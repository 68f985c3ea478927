"""How far a reading went and why, in words: what happened, what still works, what to do.

By state and reason as `extract.contract.Reading` lists them; a test fails when one of its
codes has no sentence here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from atelier.model.documents import ReadState
from atelier.web.language import N_, Voice
from atelier.web.pages.words import READINGS, Reading

_KEPT: Final = N_("Le fichier est gardé tel quel et se télécharge comme les autres.")
_REST_FOUND: Final = N_("Le reste se cherche, et le document entier se télécharge.")
_SAVE_AGAIN: Final = N_(
    "S'il s'ouvre sur votre ordinateur, enregistrez-le à nouveau et déposez-le comme "
    "nouvelle version."
)
_SPLIT: Final = N_("Pour que son texte se cherche, séparez-le en plusieurs documents.")
_AS_PDF: Final = N_("Pour que son texte se cherche, déposez-le en PDF comme nouvelle version.")
_BY_PRUDENCE: Final = N_("Par prudence, son texte n'est pas lu.")
_TELL_STEWARD: Final = N_("Prévenez un administrateur du réseau.")

_DAMAGED: Final[Mapping[str, tuple[str, ...]]] = {
    "broken": (N_("Ce fichier semble abîmé : son texte n'a pas pu être lu."), _KEPT, _SAVE_AGAIN),
    "crashed": (
        N_("La lecture de ce fichier s'est arrêtée net : il est sans doute abîmé."),
        _KEPT,
        _SAVE_AGAIN,
    ),
    "answer": (
        N_("La lecture de ce fichier n'a rien donné d'utilisable : il est sans doute abîmé."),
        _KEPT,
        _SAVE_AGAIN,
    ),
    "zip": (N_("L'intérieur de ce fichier est coupé ou abîmé."), _KEPT, _SAVE_AGAIN),
    "zip_method": (
        N_("L'intérieur de ce fichier est compressé d'une façon qui n'est pas lue ici."),
        _KEPT,
        _SAVE_AGAIN,
    ),
    "xml": (N_("L'intérieur de ce fichier est mal formé."), _KEPT, _SAVE_AGAIN),
    "doctype": (
        N_("Ce fichier contient une déclaration qui n'a pas sa place dans un document."),
        _BY_PRUDENCE,
        _KEPT,
        _SAVE_AGAIN,
    ),
    "nesting": (
        N_("L'intérieur de ce fichier est imbriqué plus profondément que celui d'un document."),
        _BY_PRUDENCE,
        _KEPT,
        _SAVE_AGAIN,
    ),
    "no_body": (
        N_("Ce fichier n'a pas le contenu d'un document de son type."),
        _KEPT,
        _SAVE_AGAIN,
    ),
    "pdf": (N_("Ce PDF ne s'ouvre pas : il est coupé ou abîmé."), _KEPT, _SAVE_AGAIN),
    "no_pages": (N_("Ce document ne contient aucune page."), _KEPT, _SAVE_AGAIN),
    "pages": (N_("Aucune page de ce document n'a pu être lue."), _KEPT, _SAVE_AGAIN),
    "ole": (
        N_("L'intérieur de cet ancien fichier Office est coupé ou abîmé."),
        _KEPT,
        _SAVE_AGAIN,
    ),
    # Of the use-case that reads, when the bytes are gone: nothing is kept.
    "missing": (
        N_("Le contenu de cette version n'est plus sur le serveur."),
        N_("Une sauvegarde peut le rendre."),
        _TELL_STEWARD,
    ),
}

_TOO_LARGE: Final[Mapping[str, tuple[str, ...]]] = {
    "text": (N_("Ce document contient plus de texte qu'il n'en est lu ici."), _KEPT, _SPLIT),
    "zip_entries": (
        N_("Ce fichier contient trop d'éléments pour être lu."),
        _KEPT,
        _SPLIT,
    ),
    "zip_size": (
        N_("Une fois décompressé, ce fichier est trop volumineux pour être lu."),
        _KEPT,
        _SPLIT,
    ),
    "zip_ratio": (
        N_("Ce fichier gonfle de façon anormale quand on le décompresse."),
        _BY_PRUDENCE,
        _KEPT,
        _SAVE_AGAIN,
    ),
    "zip_overlap": (
        N_("Les éléments de ce fichier se recouvrent, ce qui n'arrive pas dans un document."),
        _BY_PRUDENCE,
        _KEPT,
        _SAVE_AGAIN,
    ),
    "spaces": (N_("Ce document contient trop d'espaces pour être lu."), _KEPT, _SAVE_AGAIN),
    "cells": (N_("Ce tableau contient trop de cellules pour être lu."), _KEPT, _SPLIT),
    "pixels": (
        N_("Cette image dépasse 50 millions de pixels : elle n'est pas lue."),
        _KEPT,
        N_("Pour que cette image soit lue, déposez-la plus petite comme nouvelle version."),
    ),
    "parts": (N_("Ce courriel contient plus de 10 000 parties."), _KEPT, _SPLIT),
    "memory": (
        N_("Lire ce document demanderait plus de mémoire que ce qui est permis."),
        _KEPT,
        _SPLIT,
    ),
}

_UNSUPPORTED: Final[Mapping[str, tuple[str, ...]]] = {
    "no_reader": (
        N_("Le texte de ce format n'est pas lu : le document se trouve par son nom."),
        _KEPT,
        _AS_PDF,
    ),
    "old_word": (
        N_("Ce document vient d'un très ancien Word (6 ou 95), qui n'est pas lu ici."),
        _KEPT,
        _AS_PDF,
    ),
    "heic": (
        N_("Cette photo de téléphone (HEIC) n'est ni lue ni montrée ici."),
        _KEPT,
        N_("Pour que cette photo soit lue et montrée, déposez-la en JPEG comme nouvelle version."),
    ),
    "archive": (
        N_("Cette archive (7z, RAR ou gzip) n'est pas ouverte : elle se trouve par son nom."),
        _KEPT,
        N_("Pour que son texte se cherche, déposez un à un les documents de cette archive."),
    ),
    "no_fork": (
        N_("Ce serveur ne peut pas lire de documents en sûreté : il n'en lit aucun."),
        _KEPT,
        _TELL_STEWARD,
    ),
}

REASONS: Final[Mapping[ReadState, Mapping[str, tuple[str, ...]]]] = {
    ReadState.OK: {
        "": (N_("Le texte de ce document est cherchable."),),
        "empty": (
            N_("Ce fichier est vide : il ne contient rien."),
            N_("Si ce n'est pas voulu, déposez-le à nouveau."),
        ),
        "media": (N_("Un son ou une vidéo n'a pas de texte : il se trouve par son nom."),),
        "ocr": (
            N_("Son texte a été reconnu sur des images : il se cherche, avec parfois des fautes."),
        ),
    },
    ReadState.PARTIAL: {
        "pages": (
            N_("Certaines pages de ce document n'ont pas pu être lues."),
            _REST_FOUND,
            _SAVE_AGAIN,
        ),
        "many_pages": (
            N_("Seules les 10 000 premières pages de ce document sont lues."),
            _REST_FOUND,
            N_("Pour que tout se cherche, séparez-le en plusieurs documents."),
        ),
        "ocr": (
            N_("Certaines pages sont des images dont le texte n'a pas été reconnu."),
            _REST_FOUND,
        ),
    },
    ReadState.ENCRYPTED: {
        "password": (
            N_("Ce document est protégé par un mot de passe : son texte n'est pas cherchable."),
            _KEPT,
            N_(
                "Pour que son texte se cherche, déposez-le sans mot de passe comme nouvelle "
                "version."
            ),
        ),
    },
    ReadState.DAMAGED: _DAMAGED,
    ReadState.TOO_LARGE: _TOO_LARGE,
    ReadState.TIMEOUT: {
        "time": (
            N_("La lecture de ce document a pris trop de temps : elle a été arrêtée."),
            _KEPT,
            _SPLIT,
        ),
    },
    ReadState.UNSUPPORTED: _UNSUPPORTED,
    ReadState.NEEDS_OCR: {
        "scan": (
            N_("Document numérisé : le texte de ses images n'est pas cherchable sur ce serveur."),
            _KEPT,
            N_(
                "Pour que son texte se cherche, le serveur doit avoir Tesseract, puis relire ce "
                "document : parlez-en à un administrateur du réseau."
            ),
        ),
        "letters": (
            N_("Document numérisé : le texte de ses images est en train d'être reconnu."),
            N_("Il se cherchera dans quelques minutes. Vous n'avez rien à faire."),
        ),
    },
}


def told(state: ReadState, reason: str, voice: Voice) -> Reading:
    """The tag for lists and the sentences for a state and its reason.

    A reason that is not known here is told as its state is.
    """
    words = READINGS[state]
    parts = REASONS.get(state, {}).get(reason, (words.sentence,))
    return Reading(
        voice.text(words.tag) if words.tag else "", " ".join(voice.text(part) for part in parts)
    )
