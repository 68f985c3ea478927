"""Quotas in words: which one is passed, and by how much."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from atelier.web.language import N_

# Without a size for a folder above: it would tell of a folder that she may not read.
QUOTAS: Final[Mapping[str, str]] = {
    "folder": N_("La limite d'espace du dossier serait dépassée : il y reste %(left_bytes)s."),
    "organisation": N_(
        "La limite d'espace de votre structure serait dépassée : il lui reste %(left_bytes)s."
    ),
    "above": N_("La limite d'espace de la partie du réseau où se trouve ce dossier est atteinte."),
}

# Nothing more fits at all: also where the limit is nothing.
FULL_QUOTAS: Final[Mapping[str, str]] = {
    "folder": N_("La limite d'espace du dossier est atteinte : rien de plus ne peut y entrer."),
    "organisation": N_(
        "La limite d'espace de votre structure est atteinte : rien de plus ne peut être déposé"
        " pour elle."
    ),
}
