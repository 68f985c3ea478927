"""The words of one's own account: what its page leads to, proofs, the journal, notices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from atelier.model.journal import NetworkVerb
from atelier.model.people import Proof
from atelier.web.language import N_


@dataclass(frozen=True, slots=True)
class Way:
    """A page about one's own account: where it is, its name, and what is done there."""

    path: str
    name: str
    meaning: str


# What « Mon compte » leads to, in this order; one more page is one more line.
WAYS: Final[tuple[Way, ...]] = (
    Way("/account/password", N_("Mot de passe"), N_("En choisir un autre.")),
    Way(
        "/account/email",
        N_("Adresse de courriel"),
        N_("La changer, à confirmer depuis les deux adresses."),
    ),
    Way("/account/keys", N_("Clés"), N_("Clé d'accès, application, codes de secours.")),
    Way("/account/mail", N_("Courriels"), N_("Choisir ce qui vous est envoyé.")),
    Way("/account/follows", N_("Vos suivis"), N_("De quoi vous prévenir, et quand.")),
    Way("/account/showing", N_("Annuaire"), N_("Choisir ce que les autres y voient de vous.")),
    Way("/account/sessions", N_("Appareils connectés"), N_("Voir où vous êtes connecté.")),
    Way("/account/data", N_("Mes données"), N_("En télécharger une copie.")),
)

PROOFS: Final[Mapping[Proof, str]] = {
    Proof.PASSWORD: N_("par mot de passe"),
    Proof.PASSKEY: N_("par clé d'accès"),
    Proof.TOTP: N_("par mot de passe et code de l'application"),
    Proof.RECOVERY: N_("par mot de passe et code de secours"),
}

ACCOUNT_JOURNAL: Final[Mapping[NetworkVerb, tuple[str, ...]]] = {
    NetworkVerb.PASSWORD_CHANGED: (N_("a changé son mot de passe"),),
    NetworkVerb.EMAIL_CHANGED: (
        N_("a changé l'adresse de courriel du compte de %(name)s"),
        N_("a changé l'adresse de courriel d'un compte"),
    ),
    NetworkVerb.SESSIONS_ENDED: (
        N_("a fermé les sessions de %(name)s"),
        N_("a fermé les sessions d'un compte"),
    ),
}

# What `?done=` may say after a redirect to a page of one's own account, or of an account.
ACCOUNT_NOTICES: Final[Mapping[str, str]] = {
    "password-changed": N_(
        "Votre mot de passe est changé. Vos autres appareils sont déconnectés, et l'adresse de"
        " votre agenda ne vaut plus."
    ),
    "password-reset": N_("Votre nouveau mot de passe est enregistré."),
    "session-ended": N_("Cet appareil est déconnecté."),
    "sessions-ended": N_("Vos autres appareils sont déconnectés."),
    "signed-out-everywhere": N_("Vous êtes déconnecté partout."),
    "address-asked": N_(
        "Un courriel part à chacune des deux adresses : ouvrez le lien dans l'un et dans l'autre."
    ),
    "address-given-up": N_("La demande est annulée : votre adresse ne change pas."),
    "person-address-changed": N_(
        "L'adresse est changée. La personne se connecte désormais avec elle."
    ),
    "person-keys-removed": N_(
        "Les clés de cette personne sont retirées et ses sessions fermées. Elle entre avec son mot"
        " de passe."
    ),
    "person-sessions-ended": N_("Les sessions de cette personne sont fermées."),
}
