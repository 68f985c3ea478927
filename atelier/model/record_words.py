"""The words of minutes as they are filed, in the languages that a network may have.

The language of a page is its reader's; minutes are one paper for all, in the network's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date as Day
from datetime import datetime
from typing import Final

from atelier.model.meetings import Presence, Votes, Way


@dataclass(frozen=True, slots=True)
class RecordWords:
    """What stands in minutes; `%(…)s` is filled in. `first` is the first of a month."""

    colon: str
    minutes: str
    when: str
    place: str
    link: str
    series: str
    convened_by: str
    attendance: str
    no_attendance: str
    no_organisation: str
    instead: str
    presences: Mapping[Presence, str]
    agenda: str
    no_agenda: str
    presented_by: str
    allotted: str
    left_over: str
    papers: str
    paper: str
    reserved: str
    version: str
    nothing: str
    decision: str
    decisions: str
    no_decision: str
    ways: Mapping[Way, str]
    votes: str
    decided_on: str
    todo: str
    todos: str
    no_todo: str
    by: str
    until: str
    to_do: str
    fingerprint: str
    fingerprint_use: str
    number: str
    item: str
    how: str
    day: str
    who: str
    organisation: str
    due: str
    draft: str
    approved: str
    from_to: str
    at: str
    clock: str
    date: str
    first: str
    weekdays: tuple[str, ...]
    months: tuple[str, ...]

    def day_of(self, day: Day) -> str:
        """« 3 mars 2026 »."""
        number = self.first if day.day == 1 else str(day.day)
        month = self.months[day.month - 1]
        return self.date % {"day": number, "month": month, "year": day.year}

    def long_day(self, day: Day) -> str:
        """« mardi 3 mars 2026 »."""
        return f"{self.weekdays[day.weekday()]} {self.day_of(day)}"

    def time_of(self, moment: datetime) -> str:
        """« 14:05 », of a moment in the network's zone."""
        return moment.strftime(self.clock)

    def counted(self, votes: Votes) -> str:
        """« 5 pour, 2 contre, 1 abstention »."""
        said = {"yes": votes.yes, "no": votes.no, "abstained": votes.abstained}
        return self.votes % said


_FRENCH: Final = RecordWords(
    colon="\N{NO-BREAK SPACE}: ",
    minutes="Compte rendu",
    when="Date",
    place="Lieu",
    link="À distance",
    series="Série",
    convened_by="Structure qui convoque",
    attendance="Présences",
    no_attendance="Les présences n’ont pas été notées.",
    no_organisation="Sans structure",
    instead="%(name)s (par %(instead)s)",
    presences={
        Presence.PRESENT: "Présents",
        Presence.REPRESENTED: "Représentés",
        Presence.EXCUSED: "Excusés",
        Presence.ABSENT: "Absents",
    },
    agenda="Points de l’ordre du jour",
    no_agenda="L’ordre du jour est vide.",
    presented_by="Présenté par %(name)s",
    allotted="%(minutes)s min",
    left_over="Reporté à une prochaine réunion",
    papers="Pièces",
    paper="Pièce",
    reserved="document réservé",
    version="version",
    nothing="Rien n’a été noté sur ce point.",
    decision="Décision",
    decisions="Décisions",
    no_decision="Aucune décision n’est notée.",
    ways={Way.CONSENSUS: "consensus", Way.VOTE: "vote"},
    votes="%(yes)s pour, %(no)s contre, abstentions : %(abstained)s",
    decided_on="le %(day)s",
    todo="Action",
    todos="Actions à mener",
    no_todo="Aucune action n’a été notée.",
    by="par %(who)s",
    until="pour le %(day)s",
    to_do="à faire",
    fingerprint="Empreinte SHA-256",
    fingerprint_use="L’empreinte sert à vérifier qu’un fichier est bien la pièce de cette"
    " réunion : si elle est la même, pas un signe n’a changé.",
    number="N°",
    item="Point",
    how="Mode",
    day="Date",
    who="Qui",
    organisation="Structure",
    due="Échéance",
    draft="Projet de compte rendu, pas encore approuvé.",
    approved="Édition %(edition)s, approuvée le %(day)s par %(name)s.",
    from_to="%(day)s, de %(start)s à %(end)s",
    at="%(day)s, %(start)s",
    clock="%H:%M",
    date="%(day)s %(month)s %(year)s",
    first="1er",
    weekdays=("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
    months=(
        "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre",
        "octobre", "novembre", "décembre",
    ),
)  # fmt: skip

_ENGLISH: Final = RecordWords(
    colon=": ",
    minutes="Minutes",
    when="Date",
    place="Place",
    link="Online",
    series="Series",
    convened_by="Convened by",
    attendance="Attendance",
    no_attendance="The attendance was not taken.",
    no_organisation="Without an organisation",
    instead="%(name)s (by %(instead)s)",
    presences={
        Presence.PRESENT: "Present",
        Presence.REPRESENTED: "Represented",
        Presence.EXCUSED: "Excused",
        Presence.ABSENT: "Absent",
    },
    agenda="Agenda items",
    no_agenda="The agenda is empty.",
    presented_by="Presented by %(name)s",
    allotted="%(minutes)s min",
    left_over="Left over to a later meeting",
    papers="Papers",
    paper="Paper",
    reserved="restricted document",
    version="version",
    nothing="Nothing was noted on this item.",
    decision="Decision",
    decisions="Decisions",
    no_decision="No decision is noted.",
    ways={Way.CONSENSUS: "consensus", Way.VOTE: "vote"},
    votes="%(yes)s for, %(no)s against, abstentions: %(abstained)s",
    decided_on="on %(day)s",
    todo="Action",
    todos="Actions",
    no_todo="No action was noted.",
    by="by %(who)s",
    until="due on %(day)s",
    to_do="to do",
    fingerprint="SHA-256 fingerprint",
    fingerprint_use="The fingerprint serves to check that a file is the paper of this meeting: "
    "if it is the same, not one sign has changed.",
    number="No.",
    item="Item",
    how="How",
    day="Date",
    who="Who",
    organisation="Organisation",
    due="Due",
    draft="Draft minutes, not approved yet.",
    approved="Edition %(edition)s, approved on %(day)s by %(name)s.",
    from_to="%(day)s, %(start)s to %(end)s",
    at="%(day)s, %(start)s",
    clock="%H:%M",
    date="%(day)s %(month)s %(year)s",
    first="1",
    weekdays=("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    months=(
        "January", "February", "March", "April", "May", "June", "July", "August", "September",
        "October", "November", "December",
    ),
)  # fmt: skip

WORDS: Final[Mapping[str, RecordWords]] = {"fr": _FRENCH, "en": _ENGLISH}


def words_of(language: str) -> RecordWords:
    """The words of that language; of one that has none the French ones."""
    return WORDS.get(language, _FRENCH)
