"""How long each kind of data is kept: by the settings in force, or for good."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from atelier.settings import Settings
from atelier.web.language import N_, Voice
from atelier.workspace import digests, email_changes, entering, orphans, retention, throttle

# Every setting whose unit is a time, and what it lets go when; a test asks for each.
OF_SETTINGS: Final[Mapping[str, str]] = {
    "sessions.idle_minutes": N_("Visite : terminée après ce temps sans un geste"),
    "sessions.absolute_hours": N_("Visite : terminée dans tous les cas après"),
    "sessions.kept_days": N_("Appareil où l'on reste connecté : oublié après"),
    "sessions.link_hours": N_("Lien de connexion à usage unique : sans effet après"),
    "sessions.invitation_days": N_("Lien d'une invitation : sans effet après"),
    "sessions.reset_minutes": N_("Lien de mot de passe oublié : sans effet après"),
    "sessions.inactive_months": N_("Compte sans visite : signalé aux administrateurs après"),
    "trash.keep_days": N_("Ce qui est dans la corbeille : effacé pour de bon après"),
    "access_log.keep_months": N_("Journal des consultations : chaque ligne effacée après"),
}
_DAY_SECONDS: Final = 24 * 3600
_FIXED: Final[tuple[tuple[str, int, str], ...]] = (
    (
        N_("Entrée commencée, second facteur pas encore donné : oubliée après"),
        entering.STEP_MINUTES,
        "minutes",
    ),
    (
        N_("Essais de connexion manqués, avec l'adresse réseau : oubliés après"),
        throttle.KEPT_FOR.days,
        "days",
    ),
    (
        N_("Dépôt interrompu et pas repris : effacé après"),
        retention.DRAFT_SECONDS // _DAY_SECONDS,
        "days",
    ),
    (
        N_("Contenu que plus rien ne nomme, après la corbeille : effacé du disque après"),
        retention.GRACE_SECONDS // 3600,
        "hours",
    ),
    (N_("Avis montrés à l'accueil : oubliés après"), orphans.TOLD_FOR.days, "days"),
    (N_("Courriel parti ou sans objet : oublié après"), retention.LETTER_DAYS, "days"),
    (N_("Changement d'adresse pas confirmé : oublié après"), email_changes.DAYS, "days"),
    (
        N_("Invitation restée sans réponse : oubliée, une fois expirée, après"),
        retention.UNANSWERED_FOR.days,
        "days",
    ),
    (N_("Nouvelles gardées pour les suivis : oubliées après"), digests.KEPT_FOR.days, "days"),
)
_ENDLESS: Final[tuple[str, ...]] = (
    N_("Documents et leurs versions : jusqu'à ce que quelqu'un les retire, puis la corbeille"),
    N_("Journal d'activité d'un dossier : autant que le dossier"),
    N_("Comptes : jusqu'à leur effacement, demandé par la personne ou décidé par le réseau"),
    N_("Sauvegardes : autant que l'administration les garde ; Atelier n'en efface aucune"),
)
_UNITS: Final[Mapping[str, str]] = {
    "minutes": N_("%(number)s minutes"),
    "hours": N_("%(number)s heures"),
    "days": N_("%(number)s jours"),
    "months": N_("%(number)s mois"),
}


@dataclass(frozen=True, slots=True)
class Duration:
    """How long one kind of data is kept; without a unit, as long as the sentence says.

    `setting` names what an administrator may change, and is empty for the others.
    """

    about: str
    value: int | None = None
    unit: str = ""
    setting: str = ""


def durations(settings: Settings, say: Callable[[str], str]) -> Iterator[Duration]:
    """Every duration in force, in the words of `say`."""
    units = {row.key: row.unit for row in settings.explain()}
    for key, about in OF_SETTINGS.items():
        section, name = key.split(".")
        value: int = getattr(getattr(settings, section), name)
        yield Duration(say(about), value, units[key], key)
    for about, value, unit in _FIXED:
        yield Duration(say(about), value, unit)
    for about in _ENDLESS:
        yield Duration(say(about))


def told(one: Duration, voice: Voice) -> str:
    """Its number with its unit, "" when it has none."""
    return "" if one.value is None else voice.text(_UNITS[one.unit], number=one.value)
