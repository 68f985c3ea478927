"""Errors in words: what happened, what was kept, what to do next.

Errors carry facts; here each class has its sentences, in French, translatable. A test
fails when a class, a fault of names or an action has none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, is_dataclass
from datetime import datetime
from typing import Final

from atelier import errors
from atelier.access import GLOSSARY, INVITE, SEEING
from atelier.errors import AtelierError
from atelier.model.folders import Action
from atelier.web.language import N_, Voice
from atelier.web.pages.field_faults import COUNTED, FAULTS, NAME_FAULTS
from atelier.web.pages.key_words import PROOF_FAULTS
from atelier.web.pages.quota_words import FULL_QUOTAS, QUOTAS
from atelier.web.pages.start_faults import (
    COPY_ACTS,
    COPY_FAULTS,
    NEAREST,
    SETTING_FAULTS,
    UNREADY_FAULTS,
)


@dataclass(frozen=True, slots=True)
class Explanation:
    """An error as a person reads it; `next` says what to do."""

    title: str
    happened: str
    kept: str
    next: str


_NOTHING_CHANGED = N_("Rien n'a été changé.")
_TYPED_KEPT = N_("Ce que vous aviez saisi est resté dans le formulaire.")
_UNHARMED = N_("Vos documents sont intacts, rien n'est resté à moitié fait.")
_TRY_LATER = N_("Réessayez dans quelques minutes ; si cela continue, prévenez l'administrateur.")
_NOT_DONE = N_("Rien n'a été fait ; les documents enregistrés sont intacts.")
_NOT_STARTED = N_("Le serveur n'a pas démarré ; les documents enregistrés sont intacts.")

EXPLANATIONS: Final[Mapping[type[AtelierError], Explanation]] = {
    errors.AtelierError: Explanation(
        N_("Une erreur est survenue"),
        N_("Le serveur a rencontré une situation qu'il ne connaît pas."),
        _UNHARMED,
        _TRY_LATER,
    ),
    errors.Refusal: Explanation(
        N_("Demande refusée"),
        N_("Cette demande ne peut pas être acceptée."),
        _NOTHING_CHANGED,
        N_("Revenez à la page précédente et vérifiez ce que vous vouliez faire."),
    ),
    errors.SignInNeeded: Explanation(
        N_("Connexion nécessaire"),
        N_("Vous n'êtes pas connecté, ou votre session a pris fin."),
        _NOTHING_CHANGED,
        N_("Connectez-vous : vous reviendrez à cette page."),
    ),
    errors.BadSignIn: Explanation(
        N_("Connexion refusée"),
        N_("L'adresse et le mot de passe ne vont pas ensemble."),
        N_("L'adresse saisie est restée dans le formulaire."),
        N_("Vérifiez-les, ou demandez un nouveau lien de connexion à l'administrateur."),
    ),
    errors.SecondFactorNeeded: Explanation(
        N_("Il manque une deuxième preuve"),
        N_("Votre compte ouvre beaucoup de portes : un mot de passe seul ne lui suffit pas."),
        N_("Rien n'a été changé."),
        N_("Ajoutez une clé d'accès ou une application d'authentification sur la page « Clés »."),
    ),
    errors.BadProof: Explanation(
        N_("Preuve refusée"),
        N_("Ce code ou cette clé d'accès n'a pas été reconnu."),
        N_("Rien n'a été changé."),
        N_("Recommencez, ou employez un de vos codes de secours."),
    ),
    errors.LinkSpent: Explanation(
        N_("Ce lien ne fonctionne plus"),
        N_("Ce lien est inconnu, a déjà servi, a expiré ou a été retiré."),
        N_("Rien n'a été changé."),
        N_(
            "Si vous avez un compte, connectez-vous ; sinon, demandez un autre lien à qui vous l'a"
            " donné."
        ),
    ),
    errors.NotFound: Explanation(
        N_("Introuvable"),
        N_("Cette page n'existe pas, ou votre accès ne permet pas de la voir."),
        _NOTHING_CHANGED,
        N_(
            "Revenez à l'accueil ou cherchez par un mot. Si vous attendiez un accès, "
            "demandez-le au coordinateur du dossier."
        ),
    ),
    errors.Forbidden: Explanation(
        N_("Action non permise"),
        N_("Votre accès à ce dossier ne permet pas cette action."),
        _NOTHING_CHANGED,
        N_("Demandez à un coordinateur de ce dossier de le faire ou d'élargir votre accès."),
    ),
    errors.Malformed: Explanation(
        N_("Demande illisible"),
        N_("La demande reçue est incomplète ou mal formée."),
        _NOTHING_CHANGED,
        N_("Revenez à la page précédente, rechargez-la et recommencez."),
    ),
    errors.BodyCut: Explanation(
        N_("Dépôt interrompu"),
        N_("L'envoi s'est arrêté après %(received_bytes)s."),
        N_(
            "Rien n'est perdu : votre fichier est toujours chez vous, et rien d'incomplet "
            "n'est visible ici."
        ),
        N_("Vérifiez votre connexion et déposez-le de nouveau quand vous voulez."),
    ),
    errors.CrossSite: Explanation(
        N_("Formulaire expiré"),
        N_("Ce formulaire vient d'une autre page, ou d'une session terminée."),
        _NOTHING_CHANGED,
        N_("Rechargez la page et envoyez le formulaire de nouveau."),
    ),
    errors.Invalid: Explanation(
        N_("Valeur à corriger"),
        N_("Une valeur du formulaire ne convient pas."),
        _TYPED_KEPT,
        N_("Corrigez le champ indiqué et envoyez de nouveau."),
    ),
    errors.BadName: Explanation(
        N_("Nom à corriger"),
        N_("Ce nom ne peut pas être donné."),
        _TYPED_KEPT,
        N_("Choisissez un autre nom et envoyez de nouveau."),
    ),
    errors.Clash: Explanation(
        N_("Désaccord avec ce qui est en place"),
        N_("La demande ne va pas avec l'état actuel du dossier."),
        _NOTHING_CHANGED,
        N_("Rechargez la page pour voir l'état actuel, puis recommencez si besoin."),
    ),
    errors.NameTaken: Explanation(
        N_("Nom déjà pris"),
        N_("« %(name)s » existe déjà dans ce dossier."),
        N_("Ce qui porte ce nom n'a pas été touché ; votre saisie est gardée."),
        N_("Choisissez un autre nom, ou déposez une nouvelle version du document existant."),
    ),
    errors.FolderCycle: Explanation(
        N_("Déplacement impossible"),
        N_("Le dossier « %(folder)s » se trouverait à l'intérieur de lui-même."),
        _NOTHING_CHANGED,
        N_("Choisissez une destination qui n'est pas dans ce dossier."),
    ),
    errors.AlreadySo: Explanation(
        N_("C'est déjà fait"),
        N_("Ce que vous demandez est déjà en place."),
        _NOTHING_CHANGED,
        N_("Rechargez la page pour voir l'état actuel."),
    ),
    errors.PlaceClosed: Explanation(
        N_("Ce dossier a été fermé entre-temps"),
        N_(
            "« %(name)s » ne reviendrait pas devant les mêmes personnes : "
            "son dossier a été fermé depuis."
        ),
        N_("Il est toujours dans la corbeille, entier."),
        N_("Choisissez où le remettre : dans ce dossier quand même, ou dans un autre."),
    ),
    errors.LastCoordinator: Explanation(
        N_("Il faut un coordinateur"),
        N_("Le dossier « %(folder)s » resterait sans coordination durable."),
        N_("Les accès n'ont pas changé."),
        N_("Donnez d'abord la coordination, sans date de fin, à quelqu'un d'autre."),
    ),
    errors.LastSteward: Explanation(
        N_("Il faut un administrateur"),
        N_("%(name)s est la dernière personne à administrer ce réseau."),
        N_("Son compte n'a pas changé."),
        N_("Confiez d'abord l'administration à quelqu'un d'autre, depuis sa fiche."),
    ),
    errors.EffectChanged: Explanation(
        N_("La situation a changé"),
        N_("Entre-temps, cette action ne ferait plus ce qui avait été annoncé."),
        N_("Rien n'a été fait."),
        N_("Relisez ce qu'elle ferait maintenant, puis confirmez."),
    ),
    errors.OffsetMismatch: Explanation(
        N_("Le dépôt n'en est pas là"),
        N_("Le serveur a gardé %(offset_bytes)s de ce fichier ; l'envoi reprenait ailleurs."),
        N_("Ce qui était déjà arrivé est gardé."),
        N_("Reprenez le dépôt : il continue là où il en est."),
    ),
    errors.UploadInUse: Explanation(
        N_("Ce dépôt est déjà en cours d'envoi"),
        N_("Des octets de ce fichier arrivent par une autre connexion."),
        N_("Ce qui était déjà arrivé est gardé."),
        N_("Attendez une demi-minute, puis reprenez le dépôt."),
    ),
    errors.VersionClash: Explanation(
        N_("Une autre version est arrivée avant"),
        N_("Vous partiez de la version %(expected)s ; la version %(current)s est là entre-temps."),
        N_("La version en place n'a pas été remplacée, et votre fichier est toujours chez vous."),
        N_("Ouvrez la version actuelle, reprenez-y vos changements, puis déposez la vôtre."),
    ),
    errors.Locked: Explanation(
        N_("Quelqu'un modifie ce document"),
        N_("%(holder)s le modifie jusqu'au %(until)s."),
        N_("Le document n'a pas changé, et votre fichier est toujours chez vous."),
        N_("Attendez ce moment, ou demandez à un coordinateur du dossier de libérer le document."),
    ),
    errors.MeetingChanged: Explanation(
        N_("La réunion a changé entre-temps"),
        N_("Quelqu'un a modifié la réunion ou son ordre du jour pendant que vous écriviez."),
        _TYPED_KEPT,
        N_("Regardez ce qui est là maintenant, puis enregistrez de nouveau si cela vaut encore."),
    ),
    errors.TextClash: Explanation(
        N_("Quelqu'un a écrit sur ce point avant vous"),
        N_("Le texte de ce point a changé pendant que vous écriviez."),
        N_("Les deux textes sont là, le sien et le vôtre : rien n'est perdu."),
        N_("Réunissez-les en un seul texte, puis enregistrez."),
    ),
    errors.MinutesApproved: Explanation(
        N_("Le compte rendu est approuvé"),
        N_("Un compte rendu approuvé ne change plus."),
        _TYPED_KEPT,
        N_("Pour le corriger, rouvrez-le d'abord : la correction sera une nouvelle version."),
    ),
    errors.DigestMismatch: Explanation(
        N_("Les octets reçus ne sont pas ceux qui étaient annoncés"),
        N_("Leur empreinte %(algorithm)s est différente : ils ont été abîmés en chemin."),
        N_("Rien de cet envoi n'a été gardé ; votre fichier est toujours chez vous."),
        N_("Envoyez-les de nouveau."),
    ),
    errors.TooLarge: Explanation(
        N_("Fichier trop lourd"),
        N_("Ce qui a été envoyé dépasse la limite de %(limit_bytes)s."),
        N_("Rien n'a été enregistré ; votre fichier est toujours chez vous."),
        N_("Allégez-le ou séparez-le, ou demandez à l'administrateur de relever la limite."),
    ),
    errors.TextTooLarge: Explanation(
        N_("Texte trop long"),
        N_("Ce qui est écrit dans ce formulaire dépasse la limite de %(limit_bytes)s."),
        N_("Rien n'a été enregistré. En revenant en arrière, votre texte est encore là."),
        N_(
            "Revenez à la page précédente de votre navigateur, puis raccourcissez le texte,"
            " ou déposez-le comme document."
        ),
    ),
    errors.TooManyFiles: Explanation(
        N_("Trop de fichiers à la fois"),
        N_("Ce formulaire prend au plus %(most)s fichiers à la fois."),
        N_("Aucun fichier de cet envoi n'a été enregistré ; ils sont toujours chez vous."),
        N_("Revenez à la page précédente et déposez-les en plusieurs fois."),
    ),
    errors.ArchiveTooLarge: Explanation(
        N_("C'est trop pour une seule archive"),
        N_(
            "Une archive contient au plus %(max_entries)s éléments et %(max_bytes)s ;"
            " des chemins très longs comptent aussi."
        ),
        N_("Rien n'a été préparé ; les documents sont toujours dans leurs dossiers."),
        N_("Téléchargez ses sous-dossiers un par un, ou cochez une partie des documents."),
    ),
    errors.TooMany: Explanation(
        N_("Trop de demandes"),
        N_("Il y a eu trop d'essais en peu de temps."),
        _NOTHING_CHANGED,
        N_("Attendez %(retry_after_seconds)s, puis réessayez."),
    ),
    errors.TooManyInvitations: Explanation(
        N_("Trop d'invitations"),
        N_("Plus d'invitations sont parties aujourd'hui qu'il n'est possible."),
        N_("Celles qui sont parties restent valables ; celle-ci n'a pas été envoyée."),
        N_("Attendez %(retry_after_seconds)s, puis réessayez."),
    ),
    errors.TooManyWaiting: Explanation(
        N_("Trop de demandes en attente"),
        N_("%(waiting)s de vos demandes d'accès attendent déjà une réponse."),
        N_("Vos demandes en attente sont gardées ; celle-ci n'a pas été envoyée."),
        N_("Attendez une réponse, ou retirez une demande dont vous n'avez plus besoin."),
    ),
    errors.TooManyUploads: Explanation(
        N_("Trop de dépôts inachevés"),
        N_("%(unfinished)s de vos dépôts ne sont pas terminés."),
        N_("Ce qui en est arrivé est gardé ; ce dépôt-ci n'a pas commencé."),
        N_("Terminez ou annulez un dépôt en cours, puis recommencez."),
    ),
    errors.Fault: Explanation(
        N_("Le serveur ne peut pas le faire maintenant"),
        N_("Un incident technique empêche cette action."),
        _UNHARMED,
        _TRY_LATER,
    ),
    errors.NoRoom: Explanation(
        N_("Plus de place"),
        N_("L'espace de stockage est plein : le dépôt n'a pas été enregistré."),
        N_("Les documents déjà là sont intacts, et votre fichier est toujours chez vous."),
        N_("Prévenez l'administrateur, puis déposez-le de nouveau."),
    ),
    errors.QuotaFull: Explanation(
        N_("Limite d'espace atteinte"),
        N_("La limite d'espace du dossier serait dépassée : il y reste %(left_bytes)s."),
        N_("Ce qui est déjà là est intact, et votre fichier est toujours chez vous."),
        N_(
            "Demandez au coordinateur de relever la limite, ou d'effacer définitivement ce qui "
            "est dans la corbeille ; puis recommencez."
        ),
    ),
    errors.WriteFailed: Explanation(
        N_("Enregistrement impossible"),
        N_("Le disque du serveur a refusé l'écriture."),
        N_("Rien n'a été enregistré à moitié ; votre fichier est toujours chez vous."),
        N_("Prévenez l'administrateur, puis recommencez."),
    ),
    errors.Busy: Explanation(
        N_("Le serveur est très occupé"),
        N_("Trop de demandes arrivent en même temps."),
        _NOTHING_CHANGED,
        N_("Réessayez dans %(retry_after_seconds)s."),
    ),
    errors.BlobMissing: Explanation(
        N_("Contenu introuvable"),
        N_("Le contenu de cette version n'est plus sur le serveur."),
        N_("Sa fiche, son historique et les autres versions sont intacts."),
        N_("Prévenez l'administrateur : une sauvegarde peut le rendre."),
    ),
    errors.IndexUnready: Explanation(
        N_("La recherche se prépare"),
        N_("L'index de recherche est en cours de reconstruction."),
        N_("Vos documents sont là, et s'ouvrent depuis leurs dossiers."),
        N_("Réessayez la recherche dans quelques minutes."),
    ),
    errors.StartRefused: Explanation(
        N_("Démarrage refusé"),
        N_("Le serveur ne peut pas démarrer."),
        _NOT_STARTED,
        N_("Corrigez ce qui est indiqué et relancez la commande."),
    ),
    errors.SettingsFault: Explanation(
        N_("Réglage à corriger"),
        N_("Le réglage « %(key)s » de %(source)s ne convient pas : %(fault)s."),
        _NOT_DONE,
        N_("Corrigez ce réglage et relancez la commande."),
    ),
    errors.FolderInUse: Explanation(
        N_("Dossier de données déjà utilisé"),
        N_("Un autre serveur, ou une réparation, utilise déjà « %(folder)s »."),
        N_("L'autre serveur continue ; rien n'a été touché."),
        N_("Arrêtez l'autre serveur, ou choisissez un autre dossier de données."),
    ),
    errors.FolderUnwritable: Explanation(
        N_("Dossier de données protégé"),
        N_("« %(folder)s » ne peut pas être écrit : %(reason)s."),
        _NOT_DONE,
        N_("Donnez le droit d'écriture au compte du serveur et relancez la commande."),
    ),
    errors.FolderUnready: Explanation(
        N_("Dossier de données pas prêt"),
        N_("« %(folder)s » n'est pas prêt : %(fault)s."),
        _NOT_DONE,
        N_("Préparez-le avec « atelier init », ou mettez Atelier à jour."),
    ),
    errors.CopyRefused: Explanation(
        N_("Copie impossible"),
        N_("« %(place)s » : cette copie ne peut pas être faite."),
        N_("Rien n'a été changé, et aucune copie incomplète n'est restée."),
        N_("Corrigez ce qui est dit, puis relancez la commande."),
    ),
    errors.PortInUse: Explanation(
        N_("Port déjà pris"),
        N_("Un autre programme écoute déjà sur %(host)s, port %(port)s."),
        _NOT_STARTED,
        N_("Choisissez un autre port avec --port, ou arrêtez l'autre programme."),
    ),
}

FORBIDDEN: Final[Mapping[str, str]] = {
    Action.READ: N_("Votre accès ne permet pas de lire ce dossier."),
    Action.ADD: N_("Votre accès à ce dossier ne permet pas d'y déposer."),
    Action.REVISE: N_("Votre accès à ce dossier ne permet pas d'y déposer une nouvelle version."),
    Action.RENAME: N_("Votre accès à ce dossier ne permet pas de renommer ses documents."),
    Action.REMOVE: N_("Votre accès à ce dossier ne permet pas d'en retirer des documents."),
    Action.ORGANISE: N_("Votre accès à ce dossier ne permet pas de l'organiser."),
    Action.SHARE: N_("Votre accès à ce dossier ne permet pas de changer qui le voit."),
    Action.CLOSE: N_("Votre accès à ce dossier ne permet pas de le fermer ou de le rouvrir."),
    Action.RESTORE: N_("Votre accès à ce dossier ne permet pas de restaurer ou de vider."),
    Action.MEET: N_("Votre accès à ce dossier ne permet pas d'y gérer des réunions."),
    Action.JOURNAL: N_("Votre accès à ce dossier ne permet pas de lire son journal."),
    Action.UNLOCK: N_(
        "Quelqu'un d'autre modifie ce document : seul un coordinateur peut le libérer."
    ),
    "drop_folders": N_(
        "Votre accès à ce dossier ne permet pas de voir ni de relier ses dossiers de dépôt."
    ),
    INVITE: N_(
        "Inviter sans choisir de dossier ni de structure est réservé aux administrateurs du réseau."
    ),
    "manage": N_("Cette action est réservée aux administrateurs du réseau."),
    GLOSSARY: N_("Le glossaire s'écrit par les personnes qui coordonnent un dossier."),
    SEEING: N_(
        "Vous voyez les dossiers comme quelqu'un d'autre : rien ne peut être changé dans cette vue."
    ),
}

MISSING: Final[Mapping[str, str]] = {
    "key": N_("Cette clé n'est plus là."),
    "folder": N_("Ce dossier n'existe pas, ou votre accès ne permet pas de le voir."),
    "document": N_("Ce document n'existe pas, ou votre accès ne permet pas de le voir."),
    "aside": N_("Ce fichier n'est plus mis de côté pour vous."),
    "stop_link": N_("Ce lien n'arrête aucun courriel : il est incomplet ou n'est pas d'ici."),
    "follow": N_("Vous ne suivez pas cela, ou plus."),
    "saved_search": N_("Cette recherche enregistrée n'existe pas, ou a été supprimée."),
    "version": N_("Cette version n'existe pas, ou votre accès ne permet pas de la voir."),
    "finding": N_("Il n'y a rien à vérifier ici, ou ce n'est pas à vous d'y répondre."),
    "invite": N_("Cette invitation n'existe pas, ou elle n'est plus en attente."),
    "grant": N_("Cet accès n'existe pas, ou il a déjà été retiré."),
    "request": N_("Cette demande n'existe pas, ou elle a déjà reçu une réponse."),
    "person": N_("Cette personne n'existe pas, ou son compte n'est plus actif."),
    "network": N_("Le réseau n'est pas encore préparé sur ce serveur."),
    "organisation": N_("Cette structure n'existe pas."),
    "group": N_("Ce groupe de travail n'existe pas, ou ne vous est pas ouvert."),
    "membership": N_("Ce rattachement n'existe pas, ou ne vous est pas ouvert."),
    "drop_folder": N_("Ce dossier de dépôt n'est pas, ou plus, relié à ce dossier."),
    "upload": N_("Ce dépôt n'est plus en cours, ou n'est pas le vôtre."),
    "member": N_("Cette personne ne fait pas partie de ce groupe."),
    "meeting": N_("Cette réunion n'existe pas, ou ne vous est pas ouverte."),
    "item": N_("Ce point de l'ordre du jour n'existe pas, ou plus."),
    "decision": N_("Cette décision n'existe pas, ou plus."),
    "todo": N_("Cette action n'existe pas, ou ne vous est pas ouverte."),
    "paper": N_(
        "Cette pièce n'est plus jointe à ce point, a été effacée définitivement, ou ne vous est"
        " pas ouverte."
    ),
    "series": N_("Cette série de réunions n'existe pas, ou ne vous est pas ouverte."),
    "calendar": N_("Cet agenda n'existe pas, ou son adresse a été remplacée."),
    "term": N_("Ce terme n'est pas, ou plus, au glossaire."),
}

ALREADY: Final[Mapping[str, str]] = {
    "letter_left": N_("Ce courriel est déjà parti, ou n'a plus lieu d'être."),
    "address": N_("Un autre compte a cette adresse."),
    "without_keys": N_("Cette personne n'a plus ni clé d'accès ni application."),
    "still_open": N_("Ce compte est encore actif : désactivez-le d'abord."),
    "agenda": N_("C'est déjà ainsi à l'ordre du jour."),
    "carried": N_("Les points reportés ont déjà été repris."),
    "pinned": N_("Cette version est déjà jointe à ce point."),
    "unpinned": N_("Cette pièce n'est plus jointe à ce point."),
    "closed": N_("Ce dossier est déjà fermé."),
    "open": N_("Ce dossier suit déjà les accès de son dossier parent."),
    "unlocked": N_("Plus personne ne modifie ce document."),
    "invited": N_("La réunion les invite déjà."),
    "all_told": N_("Toutes les personnes invitées qui lisent la réunion ont déjà été prévenues."),
    "uninvited": N_("La réunion ne l'invite pas, ou plus."),
    "quota": N_("C'est déjà la limite."),
    "drop_folder": N_("Ce nom de dossier de dépôt est déjà pris : choisissez-en un autre."),
    "drop_paused": N_("Ce dossier de dépôt est déjà suspendu."),
    "drop_running": N_("Ce dossier de dépôt est déjà en marche."),
    "current": N_("Cette version est déjà la version actuelle."),
    "named": N_("C'est déjà son nom."),
    "labelled": N_("C'est déjà la mention de cette version."),
    "settled": N_("Quelqu'un a déjà répondu pour cette version."),
    "todo_done": N_("Cette action est déjà marquée comme faite."),
    "todo_open": N_("Cette action est déjà à mener."),
    "there": N_("Il se trouve déjà dans ce dossier."),
    "group": N_("Un groupe de travail porte déjà ce nom."),
    "organisation": N_("Une structure porte déjà ce nom."),
    "person": N_("Une personne a déjà cette adresse de courriel."),
    "membership": N_("Cette personne est déjà rattachée à cette structure."),
    "siret": N_("Une autre structure a déjà ce numéro SIRET."),
    "finess": N_("Une autre structure a déjà ce numéro FINESS."),
    "left": N_("Cette structure a déjà quitté le réseau."),
    "last_day": N_("C'est déjà son dernier jour."),
    "seated": N_("Cette personne fait déjà partie du groupe."),
    "appointed": N_("Cette personne coordonne déjà le groupe."),
    "dismissed": N_("Cette personne ne coordonne pas le groupe."),
    "network": N_("Le réseau est déjà préparé sur ce serveur."),
    "membership_ended": N_("Ce rattachement a déjà pris fin."),
    "disabled": N_("Ce compte est déjà inactif."),
    "enabled": N_("Ce compte est déjà actif."),
    "steward": N_("Cette personne administre déjà le réseau."),
    "no_steward": N_("Cette personne n'administre pas le réseau."),
    "top_allowed": N_("Cette personne crée déjà des dossiers depuis l'accueil."),
    "top_refused": N_("Cette personne ne crée pas de dossiers depuis l'accueil."),
    "coordinated": N_("Vous coordonnez déjà ce dossier."),
    "dossier": N_("Ce dossier est déjà celui d'une réunion."),
    "term": N_("Ce terme est déjà au glossaire, écrit ainsi ou presque : changez-le là."),
    "meeting_state": N_("La réunion en est déjà là."),
    "cancelled": N_("Cette réunion est déjà annulée."),
    "not_cancelled": N_("Cette réunion n'est pas annulée."),
    "not_approved": N_("Ce compte rendu n'est pas approuvé : il peut être corrigé."),
    "held": N_("Cette personne a déjà sur ce dossier cet accès, ou un accès plus étendu."),
}

# Where one fact chooses the sentence of what happened.
_BY_FACT: Final[Mapping[type[AtelierError], tuple[str, Mapping[str, str]]]] = {
    errors.Forbidden: ("action", FORBIDDEN),
    errors.NotFound: ("kind", MISSING),
    errors.BadName: ("fault", NAME_FAULTS),
    errors.Invalid: ("fault", FAULTS),
    errors.AlreadySo: ("what", ALREADY),
    errors.SettingsFault: ("fault", SETTING_FAULTS),
    errors.FolderUnready: ("fault", UNREADY_FAULTS),
    errors.CopyRefused: ("fault", COPY_FAULTS),
    errors.QuotaFull: ("of", QUOTAS),
    errors.BadProof: ("fault", PROOF_FAULTS),
    errors.TooManyInvitations: ("fault", FAULTS),
}


def explain(error: AtelierError, voice: Voice) -> Explanation:
    """The error in the reader's language; an unknown class speaks as its nearest parent."""
    said = next(EXPLANATIONS[kind] for kind in type(error).__mro__ if kind in EXPLANATIONS)
    # A defect is told as the root of the tree, which has no facts.
    known: dict[str, object] = error.facts() if is_dataclass(error) else {}
    facts = {name: _shown(name, value, voice) for name, value in known.items()}
    if isinstance(error, errors.Invalid) and error.fault in COUNTED and error.value.isdecimal():
        facts["value"] = voice.number(int(error.value))
    return Explanation(
        title=voice.text(_title(error, said.title), **facts),
        happened=voice.text(_happened(error, said.happened), **facts),
        kept=voice.text(_kept(error, said.kept), **facts),
        next=voice.text(_next(error, said.next), **facts),
    )


def beside_field(error: errors.Invalid, voice: Voice) -> str:
    """What to say beside the field the error names: one sentence."""
    return explain(error, voice).happened


_ASIDE: Final = N_(
    "Votre fichier est mis de côté 7 jours, pour vous seul : la page du document et l'accueil "
    "vous le montrent."
)
_ASIDE_NEXT: Final = N_(
    "Comparez-le avec la version actuelle, puis déposez-le comme nouvelle version, ou jetez-le."
)
_TOO_LARGE_BY: Final = N_(
    "Ce qui est envoyé fait %(size_bytes)s et dépasse la limite de %(limit_bytes)s."
)
_OWN_VIEW: Final = N_("Revenez à votre propre vue, en haut de la page, puis recommencez.")


_INVITERS: Final = N_(
    "Qui coordonne un dossier y invite depuis sa page ; une personne référente, depuis la page de"
    " sa structure. Pour le reste, demandez à un administrateur."
)
_WRITERS: Final = N_("Demandez à une personne qui coordonne un dossier d'écrire ce terme.")


def _title(error: AtelierError, otherwise: str) -> str:
    return COPY_ACTS.get(getattr(error, "act", ""), otherwise)


def _next(error: AtelierError, otherwise: str) -> str:
    if getattr(error, "aside", None) is not None:
        return _ASIDE_NEXT
    if isinstance(error, errors.Forbidden) and error.action == SEEING:
        return _OWN_VIEW
    if isinstance(error, errors.Forbidden) and error.action == GLOSSARY:
        return _WRITERS
    if isinstance(error, errors.Forbidden) and error.action == INVITE:
        return _INVITERS
    return NEAREST if isinstance(error, errors.SettingsFault) and error.nearest else otherwise


def _kept(error: AtelierError, otherwise: str) -> str:
    return otherwise if getattr(error, "aside", None) is None else _ASIDE


def _happened(error: AtelierError, otherwise: str) -> str:
    if type(error) is errors.TooLarge and error.size_bytes is not None:
        return _TOO_LARGE_BY
    if isinstance(error, errors.QuotaFull) and error.left_bytes == 0 and error.of in FULL_QUOTAS:
        return FULL_QUOTAS[error.of]
    fact, sentences = _BY_FACT.get(type(error), ("", {}))
    return sentences.get(str(getattr(error, fact, "")), otherwise)


def _shown(name: str, value: object, voice: Voice) -> object:
    if name.endswith("_bytes") and isinstance(value, int):
        return voice.size(value)
    if isinstance(value, datetime):
        return voice.moment(value)
    if name.endswith("_seconds") and isinstance(value, int):
        return voice.duration(value)
    if name.endswith("_entries") and isinstance(value, int):
        return voice.number(value)
    return value
