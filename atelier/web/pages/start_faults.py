"""Why a command does not start: wrong settings, folders that are not ready, copies not to make."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from atelier.web.language import N_

SETTING_FAULTS: Final[Mapping[str, str]] = {
    "unreadable": N_("Le fichier %(source)s ne peut pas être lu."),
    "not_toml": N_("Le fichier %(source)s n'est pas du TOML correct."),
    "unknown_section": N_("%(source)s : la section « %(key)s » n'existe pas."),
    "unknown_key": N_("%(source)s : le réglage « %(key)s » n'existe pas."),
    "unknown_variable": N_("La variable d'environnement %(key)s n'est pas un réglage d'Atelier."),
    "not_text": N_("%(source)s : « %(key)s » doit être un texte."),
    "not_number": N_("%(source)s : « %(key)s » doit être un nombre entier."),
    "not_list": N_("%(source)s : « %(key)s » doit être une liste."),
    "not_yes_no": N_("%(source)s : « %(key)s » doit être true ou false."),
    "out_of_range": N_("%(source)s : la valeur de « %(key)s » est hors limites."),
    "not_address": N_("%(source)s : « %(key)s » doit s'écrire comme « sqlite:chemin »."),
    "not_place": N_("%(source)s : « %(key)s » doit s'écrire comme « /_blobs/ », ou être vide."),
    "not_url": N_("%(source)s : « %(key)s » doit être une adresse comme https://nom.exemple."),
    "https_needed": N_(
        "%(source)s : « %(key)s » doit commencer par https, sauf sur cet ordinateur même."
    ),
    "not_network": N_("%(source)s : « %(key)s » doit être une adresse IP ou un réseau."),
    "unknown_zone": N_("%(source)s : « %(key)s » n'est pas un fuseau horaire connu."),
    "not_offered": N_("%(source)s : « %(key)s » n'a pas cette valeur parmi ses choix."),
    "not_recipient": N_("%(source)s : « %(key)s » doit être une clé publique age1…, ou vide."),
    "not_host": N_("%(source)s : « %(key)s » doit être un nom de machine, ou vide."),
    "not_sender": N_("%(source)s : « %(key)s » doit être une adresse électronique, ou vide."),
    "sender_needed": N_(
        "%(source)s : avec un serveur de courriel, « %(key)s » dit de quelle adresse partent les "
        "courriels."
    ),
    "tls_needed": N_(
        "%(source)s : « %(key)s » ne peut être « none » que vers cette machine. Essayez "
        "« %(nearest)s »."
    ),
    "elsewhere": N_(
        "%(source)s : « %(key)s » range les données hors du dossier de données, qu'une"
        " restauration remplit en entier."
    ),
    "credentials_unreadable": N_(
        "%(key)s : le fichier %(source)s ne peut pas être lu, ou n'est pas un fichier ordinaire."
    ),
    "credentials_open": N_(
        "%(key)s : d'autres que le compte du serveur peuvent lire le fichier %(source)s. Lancez "
        "« chmod 600 » sur ce fichier, et vérifiez qu'il appartient à ce compte."
    ),
    "credentials_malformed": N_(
        "%(key)s : le fichier %(source)s doit contenir deux lignes, le nom puis le mot de passe."
    ),
    "unknown_store": N_("%(key)s : « %(source)s » commence par un mot inconnu."),
    "unknown_index": N_("%(key)s : « %(source)s » commence par un mot inconnu."),
    "unknown_host": N_("« %(source)s » : cette adresse n'existe pas."),
    "not_here": N_("« %(source)s » n'est pas une adresse de cet ordinateur."),
    "not_permitted": N_("« %(source)s » : le système ne permet pas d'ouvrir ce port."),
}

NEAREST: Final = N_("Vouliez-vous « %(nearest)s » ? Corrigez ce réglage et relancez la commande.")

UNREADY_FAULTS: Final[Mapping[str, str]] = {
    "absent": N_("« %(folder)s » ne contient pas encore de réseau : lancez « atelier init »."),
    "not_initialised": N_(
        "« %(folder)s » n'a pas la place des documents : lancez « atelier init »."
    ),
    "not_a_folder": N_("Dans « %(folder)s », un fichier tient la place d'un dossier."),
    "several_disks": N_("Les dépôts et les documents de « %(folder)s » sont sur deux disques."),
    "not_demonstration": N_("« %(folder)s » contient autre chose que la démonstration."),
    "foreign": N_("Les données de « %(folder)s » sont celles d'un autre programme."),
    "newer": N_("Les données de « %(folder)s » viennent d'une version plus récente d'Atelier."),
}

COPY_ACTS: Final[Mapping[str, str]] = {
    "backup": N_("Sauvegarde impossible"),
    "restore": N_("Restauration impossible"),
    "export": N_("Export impossible"),
    "key": N_("Clé impossible à fabriquer"),
}

COPY_FAULTS: Final[Mapping[str, str]] = {
    "taken": N_("« %(place)s » existe déjà : rien n'est jamais écrasé."),
    "not_empty": N_("Le dossier « %(place)s » n'est pas vide."),
    "no_folder": N_("Le dossier « %(place)s » n'existe pas."),
    "inside": N_("« %(place)s » est dans le dossier de données : choisissez une autre place."),
    "own_disk": N_("« %(place)s » est un disque à lui seul : choisissez un dossier à l'intérieur."),
    "running": N_(
        "Une autre sauvegarde de « %(place)s », ou le ménage de ses contenus, est en cours."
    ),
    "no_room": N_("« %(place)s » : le disque n'a pas assez de place pour cette copie."),
    "disk": N_("« %(place)s » : un disque a refusé de lire ou d'écrire."),
    "records": N_(
        "La base de « %(place)s » est abîmée : elle n'est pas sauvegardée par-dessus les"
        " sauvegardes d'avant. Gardez-les, et lancez « atelier verify »."
    ),
    "unreadable": N_("« %(place)s » ne peut pas être lu."),
    "foreign": N_("« %(place)s » n'est pas une sauvegarde d'Atelier."),
    "newer": N_("« %(place)s » vient d'une version plus récente d'Atelier : mettez-le à jour."),
    "altered": N_("« %(place)s » a été coupée ou modifiée : elle n'est pas utilisée."),
    "locked": N_("« %(place)s » est chiffrée : donnez le fichier de la clé avec --identity."),
    "other_key": N_("« %(place)s » est chiffrée pour une autre clé que celle donnée."),
    "no_key": N_("« %(place)s » ne contient pas de clé secrète (une ligne AGE-SECRET-KEY-…)."),
    "no_recipient": N_(
        "« %(place)s » n'est pas une clé publique entière : elle commence par age1 et compte 62"
        " caractères. Copiez-la telle que « atelier backup-key » l'a donnée."
    ),
}
