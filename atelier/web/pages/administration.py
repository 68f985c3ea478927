"""Where stewards look after the network: a page that leads to the others, settings in force."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Final

from starlette.responses import Response

from atelier.settings import DEFAULT, Explained
from atelier.web.doors import STEWARD, Door
from atelier.web.language import N_, Voice
from atelier.web.pages.account_words import Way
from atelier.web.visit import Visit
from atelier.workspace import administration

# What « Administration » leads to, in this order; one more page is one more line.
WAYS: Final[tuple[Way, ...]] = (
    Way(
        "/people",
        N_("Personnes et structures"),
        N_("Inviter, ajouter, rattacher, préparer un départ."),
    ),
    Way(
        "/network/inactive",
        N_("Comptes sans visite"),
        N_("Qui n'est pas venu depuis longtemps, ou jamais."),
    ),
    Way(
        "/orphans",
        N_("Dossiers sans coordination"),
        N_("Les confier à quelqu'un, ou les prendre en main."),
    ),
    Way(
        "/reading",
        N_("Lecture des documents"),
        N_("Ce qui n'a pas pu être lu, et les programmes qui aident."),
    ),
    Way(
        "/network/mail",
        N_("Courriels du réseau"),
        N_("Ce qui attend, ce qui est refusé, un courriel d'essai."),
    ),
    Way("/journal", N_("Journal du réseau"), N_("Qui a changé quoi aux comptes et aux accès.")),
    Way(
        "/network/settings",
        N_("Réglages en vigueur"),
        N_("Chaque valeur, et d'où elle vient."),
    ),
)
SECTIONS: Final[Mapping[str, str]] = {
    "server": N_("Serveur"),
    "storage": N_("Rangement"),
    "limits": N_("Limites"),
    "sessions": N_("Connexions"),
    "reading": N_("Lecture des documents"),
    "inbox": N_("Dépôt automatique"),
    "trash": N_("Corbeille"),
    "access_log": N_("Journal des consultations"),
    "backup": N_("Sauvegardes"),
    "mail": N_("Courriels"),
    "legal": N_("Mentions légales"),
    "network": N_("Réseau"),
}
UNITS: Final[Mapping[str, str]] = {
    "bytes": N_("octets"),
    "files": N_("fichiers"),
    "processes": N_("processus"),
    "seconds": N_("secondes"),
    "minutes": N_("minutes"),
    "hours": N_("heures"),
    "days": N_("jours"),
    "months": N_("mois"),
}
_SWITCHED: Final[Mapping[str, str]] = {"True": N_("oui"), "False": N_("non")}


async def show(visit: Visit) -> Response:
    """What a steward looks after, page by page."""
    await administration.enter(visit.ws, visit.actor)
    ways = [(one.path, visit.voice.text(one.name), visit.voice.text(one.meaning)) for one in WAYS]
    return visit.page("administration/administration.html", ways=ways)


async def show_settings(visit: Visit) -> Response:
    """Every setting with its value and where it comes from; no page changes them."""
    rows = await administration.settings_in_force(visit.ws, visit.actor)
    sections = groupby(rows, lambda row: row.key.partition(".")[0])
    voice = visit.voice
    shown = [(voice.text(SECTIONS[name]), _lines(found, voice)) for name, found in sections]
    return visit.page("administration/settings.html", sections=shown)


def _lines(rows: Iterable[Explained], voice: Voice) -> list[tuple[str, str, str]]:
    """Key, value with its unit, and source ("" for a default)."""
    return [
        (row.key, _value(row, voice), "" if row.source == DEFAULT else row.source) for row in rows
    ]


def _value(row: Explained, voice: Voice) -> str:
    if row.value in _SWITCHED:
        return voice.text(_SWITCHED[row.value])
    return f"{row.value} {voice.text(UNITS[row.unit])}" if row.unit else row.value


DOORS = (
    Door("GET", "/network", STEWARD, show),
    Door("GET", "/network/settings", STEWARD, show_settings),
)
