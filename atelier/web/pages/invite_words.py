"""Invitations in words: lines of the network's journal, notices, what becomes of a line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from atelier.model.invites import Fate, InvitedLine
from atelier.model.journal import NetworkVerb
from atelier.web.language import N_, Voice
from atelier.web.pages.field_faults import FAULTS, NAME_FAULTS

INVITE_JOURNAL: Final[Mapping[NetworkVerb, tuple[str, ...]]] = {
    NetworkVerb.INVITED: (
        N_("a invité %(name)s, pour la structure %(subject)s"),
        N_("a invité %(name)s"),
        N_("a invité une personne"),
    ),
    NetworkVerb.INVITE_RENEWED: (
        N_("a renouvelé l'invitation de %(name)s"),
        N_("a renouvelé une invitation"),
    ),
    NetworkVerb.INVITE_WITHDRAWN: (
        N_("a retiré l'invitation de %(name)s"),
        N_("a retiré une invitation"),
    ),
    NetworkVerb.INVITE_ACCEPTED: (
        N_("a accepté l'invitation de %(name)s"),
        N_("a accepté une invitation"),
    ),
}

INVITE_NOTICES: Final[Mapping[str, str]] = {
    "invite-made": N_("L'invitation part par courriel."),
    "invite-sent": N_("L'invitation repart par courriel, avec un nouveau lien."),
    "invite-given": N_("Cette personne a déjà un compte : c'est fait, elle n'a rien à accepter."),
    "invite-withdrawn": N_("L'invitation est retirée : ses liens ne fonctionnent plus."),
    "invite-accepted": N_(
        "Bienvenue : votre compte est créé. Pour entrer plus vite la prochaine fois, ajoutez une"
        " clé d'accès depuis « Mon compte »."
    ),
    "invite-accepted-by-passkey": N_(
        "Bienvenue : votre compte est créé, sans mot de passe. La prochaine fois, choisissez"
        " « Se connecter avec une clé d'accès »."
    ),
    "invite-used": N_("Vous avez déjà accepté cette invitation : voici ce qu'elle vous ouvre."),
    "invite-taken": N_("C'est à vous : l'invitation est acceptée."),
}

# Before it is done, and after.
_TO_COME: Final[Mapping[Fate, str]] = {
    Fate.INVITED: N_("Sera invitée"),
    Fate.GIVEN: N_("A déjà un compte : accès ou rattachement donné aussitôt"),
    Fate.ALREADY: N_("A déjà tout cela : rien ne change"),
    Fate.WAITING: N_("Déjà invitée : rien ne part"),
    Fate.TWICE: N_("Adresse déjà plus haut dans la liste"),
    Fate.REFUSED: N_("Refusée"),
}
_DONE: Final[Mapping[Fate, str]] = {
    **_TO_COME,
    Fate.INVITED: N_("Invitée"),
    Fate.GIVEN: N_("A déjà un compte : accès ou rattachement donné"),
}
_AFRESH: Final = N_("Son compte était sans structure : son ancien mot de passe ne vaut plus.")
_REFUSED: Final = N_("Vous ne pouvez pas donner cet accès à cette personne.")


def fate_words(line: InvitedLine, voice: Voice, *, is_done: bool) -> str:
    """What becomes of a line, or became of it; why, when it is refused."""
    words = voice.text((_DONE if is_done else _TO_COME)[line.fate])
    if line.fate is Fate.REFUSED:
        known = FAULTS.get(line.fault) or NAME_FAULTS.get(line.fault) or _REFUSED
        return f"{words}. {voice.text(known)}"
    return f"{words}. {voice.text(_AFRESH)}" if line.is_afresh else words
