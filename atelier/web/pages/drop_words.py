"""Drop folders in words: what became of a file, why it was refused or left, what to do next.

The same words stand on the page and in the text that the worker writes beside a file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

from atelier.model.inbox import Outcome, Reason
from atelier.web.language import N_, Voice

OUTCOMES: Final[Mapping[Outcome, str]] = {
    Outcome.ADDED: N_("Déposé"),
    Outcome.REVISED: N_("Nouvelle version"),
    Outcome.UNCHANGED: N_("Déjà là"),
    Outcome.REFUSED: N_("Refusé"),
    Outcome.LEFT: N_("Laissé sur place"),
}

# What happened, and what to do next.
REASONS: Final[Mapping[Reason, tuple[str, str]]] = {
    Reason.LINK: (
        N_("C'est un raccourci (lien) : Atelier ne les suit jamais."),
        N_("Copiez le fichier lui-même à cet endroit."),
    ),
    Reason.HARD_LINK: (
        N_("Ce fichier porte plusieurs noms sur le disque : Atelier ne le prend pas."),
        N_("Copiez-le à cet endroit au lieu de le lier."),
    ),
    Reason.SPECIAL: (
        N_("Ce n'est pas un fichier ordinaire."),
        N_("Retirez-le de cet endroit ; il n'a pas été ouvert."),
    ),
    Reason.UNREADABLE: (
        N_("Atelier ne peut pas lire ce fichier ou ce dossier sur le disque."),
        N_("Donnez au compte du serveur le droit de le lire, ou vérifiez le disque."),
    ),
    Reason.FIXED: (
        N_("Atelier ne peut pas déplacer ce fichier une fois déposé."),
        N_("Donnez au compte du serveur le droit d'écrire dans le dossier où il se trouve."),
    ),
    Reason.BAD_NAME: (
        N_("Ce nom ne peut pas être donné à un document."),
        N_("Renommez le fichier ou son dossier, puis remettez-le à déposer."),
    ),
    Reason.NAME_TAKEN: (
        N_("Un dossier porte déjà ce nom à cet endroit, ou un document le nom de ce dossier."),
        N_("Donnez un autre nom, puis remettez-le à déposer."),
    ),
    Reason.TOO_DEEP: (
        N_("Il y a trop de dossiers les uns dans les autres : 64 au plus."),
        N_("Rangez-le dans moins de dossiers, puis remettez-le à déposer."),
    ),
    Reason.PATH_TOO_LONG: (
        N_("Le chemin complet serait trop long."),
        N_("Raccourcissez un des noms, puis remettez-le à déposer."),
    ),
    Reason.TOO_LARGE: (
        N_("Ce fichier dépasse la taille permise."),
        N_("Allégez-le ou séparez-le, ou demandez à l'administrateur de relever la limite."),
    ),
    Reason.LOCKED: (
        N_("Quelqu'un modifie ce document en ce moment."),
        N_("Rien à faire : il sera déposé quand le document sera libéré."),
    ),
    Reason.QUOTA_FULL: (
        N_("La limite d'espace est atteinte."),
        N_("Faites de la place ou relevez la limite : il sera alors déposé de lui-même."),
    ),
    Reason.NO_ROOM: (
        N_("Le disque du serveur est plein : rien n'est déposé pour l'instant."),
        N_("Prévenez l'administrateur ; le dépôt reprendra de lui-même."),
    ),
    Reason.FAULT: (
        N_("Le serveur n'a pas pu lire ce dossier ou y écrire : rien n'est déposé pour l'instant."),
        N_("Prévenez l'administrateur ; le dépôt reprendra de lui-même."),
    ),
    Reason.NOT_ALLOWED: (
        N_(
            "La personne au nom de qui ce dossier dépose ne peut plus y déposer : son accès ou "
            "son compte a changé, ou le dossier est à la corbeille."
        ),
        N_("Rendez-lui cet accès, ou reliez le dossier de dépôt au nom de quelqu'un d'autre."),
    ),
}
_KEPT: Final = N_("Rien n'est perdu : le fichier est entier, sur le disque du serveur.")
_KEPT_OF: Final[Mapping[Reason, str]] = {
    Reason.LINK: N_("Rien n'est perdu : le raccourci et ce qu'il désigne n'ont pas été touchés."),
    Reason.SPECIAL: N_("Rien n'est perdu : Atelier n'y a pas touché."),
    Reason.UNREADABLE: N_("Rien n'est perdu : Atelier n'y a pas touché."),
    Reason.TOO_DEEP: N_("Rien n'est perdu : le dossier est entier, sur le disque du serveur."),
}
_ALL_KEPT: Final = N_("Rien n'est perdu : les fichiers restent où ils sont, sur le disque.")


# How the worker writes a byte of a name that is in no text we know.
_ODD_BYTE: Final = re.compile(r"\\udc[89a-f][0-9a-f]")


def shown(path: str) -> str:
    """A path as people read it: a byte that is no letter is a question mark."""
    return _ODD_BYTE.sub("?", path)


def outcome(of: Outcome, voice: Voice) -> str:
    """What became of a file, in a word or two."""
    return voice.text(OUTCOMES[of])


def reason(of: Reason | None, voice: Voice) -> str:
    """Why, and what to do next; "" where nothing stood in the way."""
    return "" if of is None else " ".join(voice.text(sentence) for sentence in REASONS[of])


def letters(voice: Voice) -> Callable[[Reason, str], str]:
    """What the text beside a file says, by reason and path; "" is all of a drop folder."""

    def letter(of: Reason, path: str) -> str:
        happened, following = REASONS[of]
        kept = _KEPT_OF.get(of, _KEPT) if path else _ALL_KEPT
        lines = [happened, kept, following]
        told = [shown(path), ""] if path else []
        return "\n".join([*told, *(voice.text(line) for line in lines), ""])

    return letter
