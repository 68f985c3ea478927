"""Keys in words: what is told after a change, in the journal, and of a proof that is refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from atelier.model.journal import NetworkVerb
from atelier.web.language import N_

KEY_NOTICES: Final[Mapping[str, str]] = {
    "step-over": N_("Trop de temps a passé depuis votre mot de passe : connectez-vous de nouveau."),
    "second-factor-needed": N_(
        "Votre compte demande une deuxième preuve : ajoutez-la ici, puis tout s'ouvre."
    ),
    "recovery-used": N_("Vous êtes connecté. Ce code de secours ne servira plus."),
    "proved": N_("C'est bien vous : vous pouvez changer vos clés pendant dix minutes."),
    "prove-again": N_("Rien n'a été changé : montrez d'abord que c'est bien vous."),
    "passkey-added": N_("La clé d'accès est ajoutée. Vos autres sessions ont pris fin."),
    "passkey-removed": N_("La clé d'accès n'ouvre plus rien. Vos autres sessions ont pris fin."),
    "app-added": N_("L'application est reliée. Vos autres sessions ont pris fin."),
    "app-removed": N_("L'application n'est plus demandée. Vos autres sessions ont pris fin."),
}

KEY_JOURNAL: Final[Mapping[NetworkVerb, tuple[str, ...]]] = {
    NetworkVerb.PASSKEY_ADDED: (N_("a ajouté une clé d'accès à son compte"),),
    NetworkVerb.PASSKEY_REMOVED: (N_("a retiré une clé d'accès de son compte"),),
    NetworkVerb.APP_ADDED: (N_("a relié une application d'authentification à son compte"),),
    NetworkVerb.APP_REMOVED: (N_("a retiré l'application d'authentification de son compte"),),
    NetworkVerb.CODES_RENEWED: (N_("a renouvelé ses codes de secours"),),
    NetworkVerb.RECOVERY_CODE_USED: (N_("s'est connecté avec un code de secours"),),
    NetworkVerb.KEYS_REMOVED: (
        N_("a retiré toutes les clés du compte de %(name)s"),
        N_("a retiré toutes les clés d'un compte"),
    ),
}

PROOF_FAULTS: Final[Mapping[str, str]] = {
    "wrong": N_(
        "Ce code ou cette clé n'est pas le bon. Pour un code : prenez celui qui s'affiche"
        " maintenant, et vérifiez l'heure de votre téléphone."
    ),
    "used": N_("Ce code ou cette demande a déjà servi, ou a trop attendu : prenez le suivant."),
    "unverified": N_(
        "L'appareil n'a pas vérifié que c'est bien vous : employez son code, votre doigt ou votre"
        " visage."
    ),
    "foreign": N_("Cette clé d'accès n'ouvre aucun compte ici."),
    "clock": N_(
        "Ce code est juste, mais pour une autre heure. Vérifiez l'heure de votre téléphone :"
        " réglez-la sur automatique, puis prenez le code suivant."
    ),
    "stale": N_("Montrez d'abord de nouveau que c'est bien vous."),
    "weak": N_("Reconnectez-vous d'abord avec une de vos clés."),
}
