"""The words of meetings: their states, and what the journal tells of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from atelier.model.journal import Verb
from atelier.model.meetings import MeetingState, Part, Presence
from atelier.web.language import N_

MEETING_STATES: Final[Mapping[str, str]] = {
    MeetingState.PREPARATION: N_("en préparation"),
    MeetingState.CONVENED: N_("convoquée"),
    MeetingState.HELD: N_("tenue"),
    MeetingState.APPROVED: N_("compte rendu approuvé"),
}

# What a document of an old meeting may tell; "other" goes into the dossier all the same.
PARTS_OF_PAST: Final[Mapping[str, str]] = {
    Part.AGENDA: N_("Ordre du jour"),
    Part.MINUTES: N_("Compte rendu"),
    Part.DECISIONS: N_("Relevé de décisions"),
    "other": N_("Autre pièce"),
    "stays": N_("Laisser où il est"),
}

PRESENCES: Final[Mapping[Presence, str]] = {
    Presence.PRESENT: N_("présent"),
    Presence.EXCUSED: N_("excusé"),
    Presence.REPRESENTED: N_("représenté"),
    Presence.ABSENT: N_("absent"),
}

MEETING_JOURNAL: Final[Mapping[Verb, tuple[str, ...]]] = {
    Verb.MEETING_MADE: (
        N_("a préparé la réunion %(title)s"),
        N_("a préparé une réunion"),
    ),
    Verb.MEETING_CHANGED: (
        N_("a modifié la réunion %(title)s"),
        N_("a modifié une réunion"),
    ),
    Verb.MEETING_CANCELLED: (
        N_("a annulé la réunion %(title)s"),
        N_("a annulé une réunion"),
    ),
    Verb.MEETING_REVIVED: (
        N_("a maintenu la réunion %(title)s, qui était annulée"),
        N_("a maintenu une réunion qui était annulée"),
    ),
    Verb.AGENDA_CHANGED: (
        N_("a modifié l'ordre du jour : %(item)s"),
        N_("a modifié l'ordre du jour"),
    ),
    Verb.PAPER_PINNED: (
        N_("a joint une pièce au point %(item)s"),
        N_("a joint une pièce à l'ordre du jour"),
    ),
    Verb.PAPER_UNPINNED: (
        N_("a retiré une pièce du point %(item)s"),
        N_("a retiré une pièce de l'ordre du jour"),
    ),
    Verb.MINUTES_WRITTEN: (
        N_("a écrit le compte rendu du point %(item)s"),
        N_("a écrit le compte rendu"),
    ),
    Verb.DECISION_TAKEN: (
        N_("a noté une décision au point %(item)s"),
        N_("a noté une décision"),
    ),
    Verb.DECISION_CHANGED: (
        N_("a modifié une décision au point %(item)s"),
        N_("a modifié une décision"),
    ),
    Verb.DECISION_REMOVED: (
        N_("a retiré une décision du point %(item)s"),
        N_("a retiré une décision"),
    ),
    Verb.TODO_ADDED: (
        N_("a noté une action à mener au point %(item)s"),
        N_("a noté une action à mener"),
    ),
    Verb.TODO_CHANGED: (
        N_("a modifié une action au point %(item)s"),
        N_("a modifié une action"),
    ),
    Verb.TODO_DONE: (
        N_("a marqué comme faite une action du point %(item)s"),
        N_("a marqué une action comme faite"),
    ),
    Verb.TODO_REOPENED: (
        N_("a rouvert une action du point %(item)s"),
        N_("a rouvert une action"),
    ),
    Verb.TODO_REMOVED: (
        N_("a retiré une action du point %(item)s"),
        N_("a retiré une action"),
    ),
    Verb.ATTENDANCE_TAKEN: (N_("a noté les présences"),),
    Verb.MINUTES_DEPOSITED: (N_("a déposé le compte rendu dans le dossier"),),
    Verb.MINUTES_APPROVED: (N_("a approuvé le compte rendu"),),
    Verb.MINUTES_REOPENED: (N_("a rouvert le compte rendu approuvé"),),
    Verb.MEETING_MOVED_ON: (
        N_("a changé l'état de la réunion : %(meeting_state)s"),
        N_("a changé l'état de la réunion"),
    ),
    Verb.PAST_TAKEN: (
        N_("a fait une réunion d'un dossier d'autrefois : %(title)s"),
        N_("a fait une réunion d'un dossier d'autrefois"),
    ),
}

# What `?done=` may say after a redirect to a page of meetings.
MEETING_NOTICES: Final[Mapping[str, str]] = {
    "minutes-deposited": N_("Le compte rendu est déposé dans le dossier, en ODT et en PDF."),
    "minutes-same": N_("Le compte rendu du dossier disait déjà tout cela : rien n'a été ajouté."),
    "minutes-approved": N_("Le compte rendu est approuvé et déposé dans le dossier."),
    "minutes-reopened": N_(
        "Le compte rendu est rouvert : corrigez-le par « Écrire le compte rendu », puis"
        " approuvez-le de nouveau ici. La prochaine approbation sera une nouvelle version."
    ),
    "meeting-made": N_("La réunion est préparée, avec son dossier."),
    "meetings-made": N_("Les réunions sont préparées, chacune avec son dossier."),
    "meeting-changed": N_("La réunion est modifiée."),
    "meeting-preparation": N_("La réunion est de nouveau en préparation."),
    "meeting-convened": N_("La réunion est convoquée."),
    "meeting-held": N_("La réunion est notée comme tenue."),
    "meeting-cancelled": N_("La réunion est annulée ; son dossier et son ordre du jour restent."),
    "meeting-revived": N_("La réunion est maintenue."),
    "text-saved": N_("Le texte est enregistré."),
    "text-saved-markup": N_(
        "Le texte est enregistré. Les balises HTML qu'il contient restent du texte : elles se"
        " lisent telles quelles."
    ),
    "text-saved-before": N_("Le texte du point précédent est enregistré."),
    "text-saved-before-markup": N_(
        "Le texte du point précédent est enregistré. Les balises HTML qu'il contient restent du"
        " texte : elles se lisent telles quelles."
    ),
    "decision-taken": N_("La décision est notée."),
    "decision-changed": N_("La décision est modifiée."),
    "decision-removed": N_("La décision est retirée."),
    "todo-added": N_("L'action est notée."),
    "todo-added-late": N_("L'action est notée. Attention : son échéance est déjà passée."),
    "todo-changed": N_("L'action est modifiée."),
    "todo-changed-late": N_("L'action est modifiée. Attention : son échéance est déjà passée."),
    "todo-added-nobody": N_(
        "L'action est notée."
        " Aucun compte ne porte ce nom (ou plusieurs) : l'action n'apparaîtra sur l'accueil"
        " de personne. Écrivez prénom et nom, ou choisissez dans la liste."
    ),
    "todo-changed-nobody": N_(
        "L'action est modifiée."
        " Aucun compte ne porte ce nom (ou plusieurs) : l'action n'apparaîtra sur l'accueil"
        " de personne. Écrivez prénom et nom, ou choisissez dans la liste."
    ),
    "todo-added-late-nobody": N_(
        "L'action est notée. Attention : son échéance est déjà passée."
        " Aucun compte ne porte ce nom (ou plusieurs) : l'action n'apparaîtra sur l'accueil"
        " de personne. Écrivez prénom et nom, ou choisissez dans la liste."
    ),
    "todo-changed-late-nobody": N_(
        "L'action est modifiée. Attention : son échéance est déjà passée."
        " Aucun compte ne porte ce nom (ou plusieurs) : l'action n'apparaîtra sur l'accueil"
        " de personne. Écrivez prénom et nom, ou choisissez dans la liste."
    ),
    "todo-removed": N_("L'action est retirée."),
    "attendance-taken": N_("Les présences sont enregistrées."),
}
