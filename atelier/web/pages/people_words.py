"""The words of people who come, change and go: journals, and what `?done=` says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from atelier.model.journal import NetworkVerb, Verb
from atelier.web.language import N_

PEOPLE_JOURNAL: Final[Mapping[Verb, tuple[str, ...]]] = {
    Verb.HANDED_OVER: (
        N_("a confié à %(subject)s la coordination de %(before)s jusqu'au %(until)s"),
        N_("a confié à %(subject)s la coordination de %(before)s"),
        N_("a confié une coordination à quelqu'un d'autre"),
    ),
}

PEOPLE_NETWORK_JOURNAL: Final[Mapping[NetworkVerb, tuple[str, ...]]] = {
    NetworkVerb.OWN_DATA_EXPORTED: (N_("a téléchargé ses propres données"),),
    NetworkVerb.PERSON_ERASED: (
        N_("a effacé le compte n° %(account)s"),
        N_("a effacé un compte"),
    ),
}

PEOPLE_NOTICES: Final[Mapping[str, str]] = {
    "showing-chosen": N_("C'est enregistré : l'annuaire montre ce que vous avez choisi."),
    "person-erased": N_(
        "Le compte est effacé. Ce que cette personne a déposé reste, sans son nom."
    ),
    "organisation-quitted": N_("C'est noté : votre rattachement prend fin."),
    "handed-over": N_("La coordination est confiée ; le journal de chaque dossier le dit."),
    "departed": N_("Le départ est enregistré."),
}
