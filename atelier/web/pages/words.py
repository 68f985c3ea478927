"""The model in words: states of reading, roles, lines of the journal, kinds of file, notices."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from markupsafe import Markup, escape

from atelier.model.documents import ReadState
from atelier.model.folders import Role
from atelier.model.journal import JournalLine, NetworkVerb, Verb
from atelier.web.language import N_, Voice
from atelier.web.pages.account_words import ACCOUNT_JOURNAL, ACCOUNT_NOTICES
from atelier.web.pages.invite_words import INVITE_JOURNAL, INVITE_NOTICES
from atelier.web.pages.key_words import KEY_JOURNAL, KEY_NOTICES
from atelier.web.pages.meeting_words import MEETING_JOURNAL, MEETING_NOTICES, MEETING_STATES
from atelier.web.pages.people_words import (
    PEOPLE_JOURNAL,
    PEOPLE_NETWORK_JOURNAL,
    PEOPLE_NOTICES,
)


@dataclass(frozen=True, slots=True)
class Reading:
    """A state of reading: a short tag for lists ("" when all is well) and its sentence."""

    tag: str
    sentence: str


@dataclass(frozen=True, slots=True)
class RoleWords:
    """A role as people read it."""

    role: Role
    label: str
    meaning: str


READINGS: Final[Mapping[ReadState, Reading]] = {
    ReadState.WAITING: Reading(
        N_("Lecture en cours"),
        N_("Document en cours de lecture : il sera cherchable dans un instant."),
    ),
    ReadState.OK: Reading("", N_("Le texte de ce document est cherchable.")),
    ReadState.PARTIAL: Reading(
        N_("Lu en partie"), N_("Une partie seulement du texte a pu être lue et est cherchable.")
    ),
    ReadState.ENCRYPTED: Reading(
        N_("Protégé"), N_("Document protégé par un mot de passe : son texte n'est pas cherchable.")
    ),
    ReadState.DAMAGED: Reading(
        N_("Abîmé"), N_("Ce fichier semble abîmé : il est gardé tel quel, son texte n'est pas lu.")
    ),
    ReadState.TOO_LARGE: Reading(
        N_("Non cherchable"), N_("Document trop volumineux pour être lu : il reste téléchargeable.")
    ),
    ReadState.TIMEOUT: Reading(
        N_("Non cherchable"),
        N_("La lecture a pris trop de temps : le document reste téléchargeable."),
    ),
    ReadState.UNSUPPORTED: Reading(
        N_("Non cherchable"),
        N_("Le texte de ce format n'est pas encore lu : seul son nom est cherchable."),
    ),
    ReadState.NEEDS_OCR: Reading(
        N_("Numérisé"), N_("Document numérisé : son texte n'est pas cherchable sur ce serveur.")
    ),
}

ROLES: Final[Mapping[Role, RoleWords]] = {
    Role.READER: RoleWords(
        Role.READER, N_("Lecture"), N_("Ouvrir, chercher et télécharger les documents.")
    ),
    Role.CONTRIBUTOR: RoleWords(
        Role.CONTRIBUTOR,
        N_("Contribution"),
        N_("Lire, et aussi déposer, remplacer par une nouvelle version, renommer."),
    ),
    Role.COORDINATOR: RoleWords(
        Role.COORDINATOR,
        N_("Coordination"),
        N_("Contribuer, et aussi organiser les dossiers et décider qui les voit."),
    ),
}

# Per verb, from the sentence that needs most facts to the one that needs none.
JOURNAL: Final[Mapping[Verb, tuple[str, ...]]] = {
    Verb.FOLDER_MADE: (N_("a créé le dossier %(name)s"), N_("a créé le dossier")),
    Verb.FOLDER_RENAMED: (
        N_("a renommé le dossier %(before)s en %(after)s"),
        N_("a renommé le dossier"),
    ),
    Verb.FOLDER_MOVED: (N_("a déplacé le dossier %(name)s"), N_("a déplacé le dossier")),
    Verb.FOLDER_CLOSED: (N_("a fermé le dossier %(name)s"), N_("a fermé le dossier")),
    Verb.FOLDER_OPENED: (N_("a rouvert le dossier %(name)s"), N_("a rouvert le dossier")),
    Verb.GRANTED: (
        N_("a donné l'accès « %(role)s » à %(subject)s jusqu'au %(until)s"),
        N_("a donné l'accès « %(role)s » à %(subject)s"),
        N_("a donné un accès"),
    ),
    Verb.WITHDRAWN: (
        N_("a retiré l'accès « %(role)s » à %(subject)s"),
        N_("a retiré un accès"),
    ),
    Verb.DEPOSITED: (N_("a déposé %(name)s"), N_("a déposé un document")),
    Verb.REVISED: (
        N_("a déposé la version %(version)s de %(name)s"),
        N_("a déposé une nouvelle version"),
    ),
    Verb.RESTORED: (
        N_("a restauré la version %(restored)s de %(name)s"),
        N_("a restauré une version"),
    ),
    Verb.LABELLED: (
        N_("a marqué la version %(version)s de %(name)s : %(label)s"),
        N_("a retiré la mention %(before)s de la version %(version)s de %(name)s"),
        N_("a changé la mention d'une version"),
    ),
    Verb.LOCKED: (
        N_("a commencé à modifier le document %(name)s"),
        N_("a commencé à modifier un document"),
    ),
    Verb.UNLOCKED: (
        N_("a libéré le document %(name)s, que modifiait %(holder)s"),
        N_("a fini de modifier le document %(name)s"),
        N_("a fini de modifier un document"),
    ),
    Verb.FINDING_SETTLED: (
        N_(
            "a confirmé que les numéros de sécurité sociale sont voulus "
            "dans la version %(version)s de %(name)s"
        ),
        N_("a confirmé que des numéros de sécurité sociale sont voulus"),
    ),
    Verb.VERSION_PURGED: (
        N_("a effacé définitivement la version %(version)s de %(name)s"),
        N_("a effacé définitivement une version"),
    ),
    Verb.FOLDER_LIMITED: (
        N_("a limité l'espace du dossier %(name)s à %(quota_bytes)s"),
        N_("a retiré la limite d'espace du dossier %(name)s"),
        N_("a changé la limite d'espace d'un dossier"),
    ),
    Verb.DROP_BOUND: (
        N_("a relié le dossier de dépôt automatique %(name)s, au nom de %(subject)s"),
        N_("a relié un dossier de dépôt automatique"),
    ),
    Verb.DROP_PAUSED: (
        N_("a suspendu le dossier de dépôt automatique %(name)s"),
        N_("a suspendu un dossier de dépôt automatique"),
    ),
    Verb.DROP_RESUMED: (
        N_("a remis en marche le dossier de dépôt automatique %(name)s"),
        N_("a remis en marche un dossier de dépôt automatique"),
    ),
    Verb.DROP_UNBOUND: (
        N_("ne relie plus le dossier de dépôt automatique %(name)s"),
        N_("ne relie plus un dossier de dépôt automatique"),
    ),
    Verb.DOCUMENT_RENAMED: (
        N_("a renommé le document %(before)s en %(after)s"),
        N_("a renommé un document"),
    ),
    Verb.DOCUMENT_REMOVED: (
        N_("a mis à la corbeille le document %(name)s"),
        N_("a mis à la corbeille un document"),
    ),
    Verb.DOCUMENT_RESTORED: (
        N_("a remis en place le document %(before)s sous le nom %(name)s"),
        N_("a remis en place le document %(name)s"),
        N_("a remis en place un document"),
    ),
    Verb.DOCUMENT_PURGED: (
        N_(
            "avait mis à la corbeille le document %(name)s, qui est effacé définitivement "
            "après %(days)s jours"
        ),
        N_("a effacé définitivement le document %(name)s"),
        N_("a effacé définitivement un document"),
    ),
    Verb.FOLDER_REMOVED: (
        N_("a mis à la corbeille le dossier %(name)s"),
        N_("a mis à la corbeille un dossier"),
    ),
    Verb.FOLDER_RESTORED: (
        N_("a remis en place le dossier %(before)s sous le nom %(name)s"),
        N_("a remis en place le dossier %(name)s"),
        N_("a remis en place un dossier"),
    ),
    Verb.FOLDER_PURGED: (
        N_(
            "avait mis à la corbeille le dossier %(name)s, qui est effacé définitivement "
            "après %(days)s jours"
        ),
        N_("a effacé définitivement le dossier %(name)s"),
        N_("a effacé définitivement un dossier"),
    ),
    Verb.DOCUMENT_MOVED: (
        N_("a déplacé ici le document %(in)s"),
        N_("a déplacé ailleurs le document %(out)s"),
        N_("a déplacé un document"),
    ),
    Verb.ORGANISATION_LEFT: (
        N_("(administration) a noté le départ de %(subject)s : accès jusqu'au %(until)s"),
        N_("(administration) a noté le départ d'une structure"),
    ),
    Verb.ORGANISATION_MERGED: (
        N_("(administration) a fusionné %(subject)s avec %(into)s"),
        N_("(administration) a fusionné deux structures"),
    ),
    Verb.SEEN_AS: (
        N_("a regardé ce dossier comme le voit %(subject)s"),
        N_("a regardé ce dossier comme quelqu'un d'autre"),
    ),
    Verb.TAKEN_OVER: (
        N_("(administration) a pris en main le dossier : %(reason)s"),
        N_("(administration) a pris en main le dossier"),
    ),
    Verb.STEWARD_JOINED: (
        N_("(administration) s'est donné un accès par %(subject)s"),
        N_("(administration) s'est donné un accès"),
    ),
    Verb.REQUEST_REFUSED: (
        N_("a refusé l'accès « %(role)s » que demandait %(subject)s"),
        N_("a refusé une demande d'accès"),
    ),
    **MEETING_JOURNAL,
    **PEOPLE_JOURNAL,
}

# Apart: some acts have one word in both journals, and are told there otherwise.
NETWORK_JOURNAL: Final[Mapping[NetworkVerb, tuple[str, ...]]] = {
    NetworkVerb.ORGANISATION_ADDED: (
        N_("a ajouté la structure %(subject)s"),
        N_("a ajouté une structure"),
    ),
    NetworkVerb.ORGANISATION_CHANGED: (
        N_("a renommé la structure %(before)s en %(subject)s"),
        N_("a modifié la fiche de la structure %(subject)s"),
        N_("a modifié la fiche d'une structure"),
    ),
    NetworkVerb.ORGANISATION_LIMITED: (
        N_("a limité l'espace de la structure %(subject)s à %(quota_bytes)s"),
        N_("a retiré la limite d'espace de la structure %(subject)s"),
        N_("a changé la limite d'espace d'une structure"),
    ),
    NetworkVerb.ORGANISATION_LEFT: (
        N_("a noté le départ de la structure %(subject)s après le %(until)s"),
        N_("a noté le départ d'une structure"),
    ),
    NetworkVerb.ORGANISATION_MERGED: (
        N_("a fusionné la structure %(subject)s avec %(into)s"),
        N_("a fusionné deux structures"),
    ),
    NetworkVerb.PERSON_ADDED: (
        N_("a ajouté %(name)s à l'annuaire"),
        N_("a ajouté une personne à l'annuaire"),
    ),
    NetworkVerb.MEMBERSHIP_ADDED: (
        N_("a rattaché %(name)s à la structure %(subject)s jusqu'au %(until)s"),
        N_("a rattaché %(name)s à la structure %(subject)s"),
        N_("a rattaché une personne à une structure"),
    ),
    NetworkVerb.MEMBERSHIP_CHANGED: (
        N_("a donné à %(named)s le rôle de référent de la structure %(subject)s"),
        N_("a retiré à %(unnamed)s le rôle de référent de la structure %(subject)s"),
        N_("a fixé au %(until)s la fin du rattachement de %(name)s à la structure %(subject)s"),
        N_("a modifié le rattachement de %(name)s à la structure %(subject)s"),
        N_("a modifié un rattachement"),
    ),
    NetworkVerb.PERSON_DISABLED: (
        N_("a désactivé le compte de %(name)s"),
        N_("a désactivé un compte"),
    ),
    NetworkVerb.PERSON_ENABLED: (
        N_("a réactivé le compte de %(name)s"),
        N_("a réactivé un compte"),
    ),
    NetworkVerb.STEWARD_CHANGED: (
        N_("a confié l'administration du réseau à %(appointed)s"),
        N_("a retiré l'administration du réseau à %(dismissed)s"),
        N_("a changé qui administre le réseau"),
    ),
    NetworkVerb.LINK_ISSUED: (
        N_("a obtenu un lien de connexion pour %(name)s"),
        N_("a obtenu un lien de connexion"),
    ),
    NetworkVerb.TOP_FOLDERS_ALLOWED: (
        N_("a permis à %(allowed)s de créer des dossiers depuis l'accueil"),
        N_("ne permet plus à %(refused)s de créer des dossiers depuis l'accueil"),
        N_("a changé qui crée des dossiers depuis l'accueil"),
    ),
    NetworkVerb.GROUP_ADDED: (
        N_("a ajouté le groupe de travail %(group)s"),
        N_("a ajouté un groupe de travail"),
    ),
    NetworkVerb.GROUP_RENAMED: (
        N_("a renommé le groupe de travail %(before)s en %(after)s"),
        N_("a renommé un groupe de travail"),
    ),
    NetworkVerb.SEATED: (
        N_("a ajouté %(person)s au groupe %(group)s, pour la structure %(subject)s"),
        N_("a ajouté une personne à un groupe de travail"),
    ),
    NetworkVerb.UNSEATED: (
        N_("a retiré %(person)s du groupe %(group)s, pour la structure %(subject)s"),
        N_("a retiré une personne d'un groupe de travail"),
    ),
    NetworkVerb.APPOINTED: (
        N_("a confié à %(person)s la coordination du groupe %(group)s"),
        N_("a confié la coordination d'un groupe de travail"),
    ),
    NetworkVerb.DISMISSED: (
        N_("a retiré à %(person)s la coordination du groupe %(group)s"),
        N_("a retiré la coordination d'un groupe de travail"),
    ),
    NetworkVerb.ACCESS_LOG_READ: (
        N_("a lu le journal des consultations de %(person)s pour le document n° %(document)s"),
        N_("a lu le journal des consultations de %(person)s"),
        N_("a lu le journal des consultations du document n° %(document)s"),
        N_("a lu le journal des consultations"),
    ),
    NetworkVerb.WORKSPACE_EXPORTED: (
        N_("a exporté tout l'espace de travail, hors de tous les accès"),
    ),
    NetworkVerb.LETTER_SENT_AGAIN: (
        N_("a fait renvoyer un courriel à %(name)s"),
        N_("a fait renvoyer un courriel"),
    ),
    NetworkVerb.TERM_ADDED: (
        N_("a ajouté « %(subject)s » au glossaire : %(meanings)s"),
        N_("a ajouté un terme au glossaire"),
    ),
    NetworkVerb.TERM_CHANGED: (
        N_("a changé « %(before)s » en « %(subject)s » au glossaire : %(meanings)s"),
        N_("a changé « %(subject)s » au glossaire : %(meanings)s"),
        N_("a changé un terme du glossaire"),
    ),
    NetworkVerb.TERM_REMOVED: (
        N_("a retiré « %(subject)s » du glossaire : %(meanings)s"),
        N_("a retiré un terme du glossaire"),
    ),
    NetworkVerb.GLOSSARY_IMPORTED: (
        N_("a écrit une liste au glossaire, termes ajoutés : %(added)s, changés : %(changed)s"),
        N_("a écrit une liste au glossaire"),
    ),
    **ACCOUNT_JOURNAL,
    **PEOPLE_NETWORK_JOURNAL,
    **INVITE_JOURNAL,
    **KEY_JOURNAL,
}

# What `?done=` may say after a redirect.
NOTICES: Final[Mapping[str, str]] = {
    **MEETING_NOTICES,
    **ACCOUNT_NOTICES,
    **PEOPLE_NOTICES,
    **INVITE_NOTICES,
    **KEY_NOTICES,
    "signed-in": N_("Bienvenue."),
    "signed-out": N_("Vous êtes déconnecté."),
    "welcome": N_("Votre mot de passe est enregistré. Bienvenue."),
    "acting-as": N_("Vous agissez maintenant pour une autre structure."),
    "folder-made": N_("Le dossier est créé."),
    "folder-renamed": N_("Le dossier est renommé."),
    "folder-moved": N_("Le dossier est déplacé."),
    "folder-closed": N_("Le dossier est fermé : seuls ses propres accès comptent."),
    "folder-opened": N_("Le dossier est rouvert : il reprend les accès de son dossier parent."),
    "deposited": N_("C'est déposé."),
    "revised": N_("La nouvelle version est déposée."),
    "unchanged": N_("Ce contenu était déjà la version actuelle : rien n'a été ajouté."),
    "locked": N_("Vous modifiez ce document : les autres le savent."),
    "lock-renewed": N_("C'est prolongé de quatre heures."),
    "unlocked": N_("Le document est libre : d'autres peuvent le changer."),
    "quota-changed": N_("La limite d'espace est enregistrée."),
    "drop-bound": N_("Le dossier de dépôt est relié : le serveur le crée dans un instant."),
    "drop-paused": N_("Le dossier de dépôt est suspendu : ce qui y arrive y reste."),
    "drop-resumed": N_("Le dossier de dépôt est remis en marche."),
    "drop-unbound": N_("Le dossier de dépôt n'est plus relié ; ses fichiers restent en place."),
    "restored": N_("La version est restaurée comme nouvelle version."),
    "item-added": N_("Le point est à l'ordre du jour. Écrivez le suivant, s'il y en a un."),
    "item-changed": N_("Le point est modifié."),
    "item-moved": N_("L'ordre des points est modifié."),
    "item-removed": N_("Le point est retiré de l'ordre du jour ; ses pièces restent à leur place."),
    "item-left-over": N_("Le point est reporté : la prochaine réunion de la série le proposera."),
    "item-kept": N_("Le point n'est plus reporté."),
    "items-carried": N_("Les points reportés sont repris à la fin de l'ordre du jour."),
    "paper-pinned": N_("La pièce est jointe, dans cette version."),
    "paper-pinned-some": N_(
        "La pièce est jointe, dans cette version. Certains qui lisent ce dossier ne peuvent pas"
        " l'ouvrir : pour eux, son nom n'est pas dit."
    ),
    "paper-unpinned": N_("La pièce n'est plus jointe à ce point ; le document reste à sa place."),
    "todo-done": N_("L'action est marquée comme faite."),
    "todo-reopened": N_("L'action est de nouveau à mener."),
    "mail-chosen": N_("C'est noté : vos choix valent pour les prochains courriels."),
    "mail-tested": N_(
        "Un courriel d'essai vous est envoyé. S'il n'arrive pas, cette page dira pourquoi."
    ),
    "mail-again": N_("Le courriel va être envoyé de nouveau."),
    "followed": N_("C'est suivi : un courriel vous dira ce qui y est nouveau, fait par d'autres."),
    "followed-unsent": N_(
        "C'est noté dans vos suivis. Ce réseau n'envoie pas de courriels : rien ne vous sera écrit."
    ),
    "follow-pace": N_("C'est noté : vous serez prévenu à ce rythme."),
    "unfollowed": N_("Ce n'est plus suivi : aucun courriel n'en parlera plus."),
    "search-kept": N_("La recherche est enregistrée : l'accueil dira ce qui y est nouveau."),
    "search-renamed": N_("La recherche est renommée."),
    "search-forgotten": N_("La recherche enregistrée est supprimée. Aucun document n'a changé."),
    "search-seen": N_("C'est noté : tout ce que trouve cette recherche est vu."),
    "thrown-away": N_("Ce fichier n'est plus mis de côté."),
    "labelled": N_("La mention est enregistrée."),
    "unlabelled": N_("La mention est retirée."),
    "replaced": N_("La nouvelle version est là ; l'autre document est dans la corbeille."),
    "replaced-same": N_(
        "Ce contenu était déjà la version actuelle : rien n'a été ajouté. "
        "L'autre document est dans la corbeille."
    ),
    "document-renamed": N_("Le document est renommé."),
    "document-moved": N_("Le document est déplacé."),
    "document-removed": N_("Le document est dans la corbeille."),
    "folder-removed": N_("Le dossier est dans la corbeille, avec ce qu'il contient."),
    "brought-back": N_("C'est remis en place."),
    "purged": N_("C'est effacé définitivement."),
    "finding-settled": N_("C'est noté : plus personne n'en sera averti."),
    "version-purged": N_(
        "Cette version est effacée définitivement, avec son texte et ses aperçus."
    ),
    "reading-again": N_("Ce document sera relu dans un instant."),
    "all-reading-again": N_(
        "La relecture est demandée : elle se fait peu à peu, sans gêner personne."
    ),
    "granted": N_("L'accès est donné."),
    "withdrawn": N_("L'accès est retiré."),
    "person-added": N_("La personne est ajoutée."),
    "membership-added": N_("Le rattachement est ajouté."),
    "membership-changed": N_("Le rattachement est modifié."),
    "membership-ended": N_("La fin du rattachement est notée."),
    "person-disabled": N_("Le compte est désactivé : ses sessions ont pris fin."),
    "person-enabled": N_("Le compte est de nouveau actif, avec son mot de passe d'avant."),
    "steward-appointed": N_(
        "C'est fait : cette personne administre le réseau dès qu'elle se reconnecte."
    ),
    "steward-dismissed": N_("C'est fait : cette personne n'administre plus le réseau."),
    "top-folders-allowed": N_(
        "C'est fait : cette personne peut créer des dossiers depuis l'accueil."
    ),
    "top-folders-refused": N_(
        "C'est fait : cette personne ne crée plus de dossiers depuis l'accueil."
    ),
    "organisation-added": N_("La structure est ajoutée."),
    "group-added": N_("Le groupe de travail est ajouté."),
    "not-seen": N_("Ce dossier ne s'ouvre pas dans cette vue : voici l'accueil."),
    "own-view": N_("Vous avez retrouvé votre propre vue."),
    "asked-folder": N_("Si ce dossier existe, ses coordinateurs ont reçu votre demande."),
    "asked-document": N_(
        "Si ce document existe, les coordinateurs de son dossier ont reçu votre demande."
    ),
    "request-refused": N_("La demande est refusée ; la personne lira votre réponse."),
    "request-withdrawn": N_("La demande est retirée."),
    "past-taken": N_("Les réunions cochées ont leur dossier ; rien d'autre n'a bougé."),
    "taken-over": N_("Vous coordonnez maintenant ce dossier ; son journal le dit."),
    "organisation-changed": N_("La fiche de la structure est enregistrée."),
    "organisation-left": N_("Le départ de la structure est enregistré."),
    "organisation-left-orphans": N_(
        "Le départ de la structure est enregistré. Des dossiers resteront sans coordination : "
        "confiez-les à quelqu'un."
    ),
    "organisation-merged": N_("Les deux structures sont fusionnées."),
    "group-renamed": N_("Le groupe de travail est renommé."),
    "term-added": N_("Le terme est au glossaire : la recherche en tient compte dès maintenant."),
    "term-changed": N_("Le terme est changé : la recherche en tient compte dès maintenant."),
    "term-removed": N_("Le terme n'est plus au glossaire."),
    "seated": N_("La personne fait partie du groupe."),
    "unseated": N_("La personne ne fait plus partie du groupe."),
    "appointed": N_("Cette personne coordonne maintenant le groupe."),
    "dismissed": N_("Cette personne ne coordonne plus le groupe."),
    "invited": N_("C'est noté : la liste des personnes invitées est à jour."),
    "invited-on": N_(
        "C'est noté, aussi pour les réunions suivantes de la série qui ne sont pas encore tenues."
    ),
    "convened-more": N_("La convocation part par courriel."),
    "uninvited": N_("L'invitation est retirée ; les accès au dossier n'ont pas changé."),
    "answered": N_("Votre réponse est enregistrée : vous pouvez encore la changer."),
    "feed-ended": N_("Votre adresse d'agenda ne vaut plus."),
}

# Beginning of a media type → icon and kind; the first that fits counts.
KINDS: Final[tuple[tuple[str, str, str], ...]] = (
    ("application/pdf", "pdf", N_("PDF")),
    ("application/vnd.openxmlformats-officedocument.wordprocessingml", "text", N_("Texte Word")),
    ("application/msword", "text", N_("Texte Word")),
    ("application/vnd.oasis.opendocument.text", "text", N_("Texte ODT")),
    ("application/rtf", "text", N_("Texte RTF")),
    ("application/vnd.openxmlformats-officedocument.spreadsheetml", "sheet", N_("Tableur")),
    ("application/vnd.ms-excel", "sheet", N_("Tableur")),
    ("application/vnd.oasis.opendocument.spreadsheet", "sheet", N_("Tableur")),
    ("text/csv", "sheet", N_("Tableau CSV")),
    ("application/vnd.openxmlformats-officedocument.presentationml", "slides", N_("Diaporama")),
    ("application/vnd.ms-powerpoint", "slides", N_("Diaporama")),
    ("application/vnd.oasis.opendocument.presentation", "slides", N_("Diaporama")),
    ("text/html", "text", N_("Page web")),
    ("text/", "text", N_("Texte")),
    ("image/", "image", N_("Image")),
    ("audio/", "sound", N_("Son")),
    ("video/", "film", N_("Vidéo")),
    ("message/", "mail", N_("Courriel")),
    ("application/zip", "archive", N_("Archive")),
    ("application/vnd.atelier.agenda", "calendar", N_("Ordre du jour")),
    ("application/vnd.atelier.minutes", "text", N_("Compte rendu")),
    ("application/vnd.atelier.decisions", "check", N_("Décisions")),
    ("application/vnd.atelier.actions", "clock", N_("Actions à mener")),
    ("", "file", N_("Fichier")),
)

_FACT_NAME: Final = re.compile(r"%\((\w+)\)s")
_ROLE_LABELS: Final[Mapping[str, str]] = {role: words.label for role, words in ROLES.items()}


def reading(state: str, voice: Voice) -> Reading:
    """The state of reading in words; `state` is a value of `ReadState`."""
    words = READINGS[ReadState(state)]
    return Reading(voice.text(words.tag) if words.tag else "", voice.text(words.sentence))


def roles(voice: Voice) -> tuple[RoleWords, ...]:
    """The roles from the least to the most, with their labels and meanings."""
    return tuple(
        RoleWords(words.role, voice.text(words.label), voice.text(words.meaning))
        for words in ROLES.values()
    )


def kind(media_type: str) -> tuple[str, str]:
    """The icon of a media type, and the (French) message of its kind."""
    return next((icon, words) for start, icon, words in KINDS if media_type.startswith(start))


def notice(code: str | None, voice: Voice) -> str | None:
    """What `?done=code` says, or None for a code that is not in the table."""
    words = NOTICES.get(code or "")
    return voice.text(words) if words else None


def journal_sentence(line: JournalLine, voice: Voice) -> Markup:
    """What the line says was done, to be read after the name of who did it."""
    facts = {name: _fact(name, text, voice) for name, text in line.facts.items()}
    if "way" in line.facts and "name" in facts:
        # Leaving and arriving, giving and taking back are one verb: the way chooses the sentence.
        facts[line.facts["way"]] = facts["name"]
    for sentence in _telling(line.verb):
        if set(_FACT_NAME.findall(sentence)) <= facts.keys():
            break
    return voice.markup(sentence, **facts)


def _telling(verb: Verb | NetworkVerb) -> tuple[str, ...]:
    return NETWORK_JOURNAL[verb] if isinstance(verb, NetworkVerb) else JOURNAL[verb]


def _fact(name: str, text: str, voice: Voice) -> Markup:
    if name == "meeting_state" and text in MEETING_STATES:
        return voice.markup(MEETING_STATES[text])
    if name == "role" and text in _ROLE_LABELS:
        return voice.markup(_ROLE_LABELS[text])
    if name.endswith("_bytes"):
        return escape(voice.size(int(text)))
    if name == "until":
        return escape(voice.day(date.fromisoformat(text)))
    return Markup("<bdi>%s</bdi>") % text
