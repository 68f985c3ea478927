"""What is wrong with a field of a form: a sentence for each fault of a name or a value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from atelier.model.names import Fault as NameFault
from atelier.web.language import N_

NAME_FAULTS: Final[Mapping[str, str]] = {
    NameFault.EMPTY: N_("Le nom est vide : écrivez au moins un caractère."),
    NameFault.DOTS: N_("Un nom ne peut pas être fait de points et d'espaces seulement."),
    NameFault.SLASH: N_("Un nom ne peut pas contenir de barre oblique (/ ou \\)."),
    NameFault.CONTROL: N_("Ce nom contient un caractère invisible qui n'est pas permis."),
    NameFault.SURROGATE: N_("Ce nom contient un caractère abîmé : écrivez-le de nouveau."),
    NameFault.TOO_LONG: N_("Ce nom est trop long : 255 octets au plus, environ 200 lettres."),
}

FAULTS: Final[Mapping[str, str]] = {
    "no_mail": N_(
        "Aucun serveur de courriel n'est réglé : rien n'a été envoyé. Réglez-le dans config.toml."
    ),
    "empty": N_("Ce champ est à remplir."),
    "zero_quota": N_(
        "Une limite de zéro n'est pas possible : laissez vide pour ne pas limiter ; pour que "
        "plus rien n'arrive, ne laissez que la lecture."
    ),
    "not_amount": N_("Écrivez un nombre, par exemple 5 ou 1,5."),
    "too_many_follows": N_(
        "Vous suivez déjà %(value)s choses : retirez-en une de la page « Vos suivis »."
    ),
    "too_many_searches": N_(
        "Vous gardez déjà %(value)s recherches, c'est le plus : supprimez-en d'abord une."
    ),
    "too_many_drop_folders": N_("Dix dossiers de dépôt sont déjà reliés ici : c'est le plus."),
    "files_left": N_(
        "Il reste des fichiers dans inbox/%(value)s/ (peut-être à un nom caché) : demandez à un "
        "administrateur de les ranger, ou choisissez un autre nom."
    ),
    "begins_with_dot": N_("Ce nom ne peut pas commencer par un point."),
    "may_not_add": N_("Cette personne ne peut pas déposer dans ce dossier : donnez-lui l'accès."),
    "too_many_locks": N_("Vous modifiez déjà 100 documents : terminez-en d'abord avec l'un d'eux."),
    "too_short": N_("C'est trop court : 12 caractères au moins."),
    "too_long": N_("C'est trop long."),
    "too_simple": N_(
        "Ce mot de passe serait vite deviné : c'est surtout un mot courant, un nom, une date ou "
        "une suite de touches. Choisissez quatre ou cinq mots sans lien entre eux."
    ),
    "wrong_password": N_("Ce n'est pas votre mot de passe actuel."),
    "not_an_address": N_(
        "Ce n'est pas une adresse de courriel : il faut un nom, un seul @ et un domaine, sans"
        " espace, comme nom@exemple.fr."
    ),
    "same_address": N_("C'est déjà l'adresse de ce compte."),
    "without_mail": N_("Atelier n'envoie pas de courriels ici : demandez à l'administrateur."),
    "malformed": N_("Cette écriture n'est pas complète ou pas correcte."),
    "number": N_("Un nombre entier est attendu ici."),
    "out_of_range": N_("Ce nombre est en dehors de ce qui est possible."),
    "past": N_("Cette date est déjà passée."),
    "outlasts": N_(
        "Votre propre accès prend fin avant : choisissez une date qui ne le dépasse pas."
    ),
    "unknown": N_("Ce choix n'existe pas, ou plus."),
    "too_deep": N_("Cela ferait trop de dossiers les uns dans les autres : 64 au plus."),
    "path_too_long": N_("Le chemin complet serait trop long : raccourcissez un des noms."),
    "not_of_organisation": N_("Cette personne n'est pas rattachée à cette structure."),
    "check_digit": N_("Ce numéro contient une erreur : un de ses chiffres ne va pas."),
    "itself": N_("Une structure ne fusionne pas avec elle-même : choisissez-en une autre."),
    "ended": N_("Cette personne n'a pas de rattachement en cours dans une structure."),
    "last_coordination": N_(
        "Un dossier que ce groupe coordonne resterait sans coordination : "
        "donnez-la d'abord à quelqu'un d'autre."
    ),
    "changed_meanwhile": N_(
        "« %(value)s » a été renommé ou déplacé depuis que cette page s'est affichée : vérifiez "
        "cette ligne, puis envoyez de nouveau."
    ),
    "nothing_ticked": N_("Aucune réunion n'est cochée : cochez celles à reprendre."),
    "too_many_files": N_("C'est plus de %(value)s documents à la fois : cochez moins de réunions."),
    "no_day": N_("Le jour manque : écrivez-le, ou décochez cette réunion."),
    "no_papers": N_(
        "Aucun document ne resterait pour cette réunion : gardez-en un, ou décochez-la."
    ),
    "too_long_text": N_(
        "Ce texte a %(value)s caractères ; un point en a 40 000 au plus. Il est resté dans le"
        " formulaire : raccourcissez-le, ou déposez-le comme document."
    ),
    "too_long_note": N_("Ce texte a %(value)s caractères ; 4 000 au plus sont possibles."),
    "far_day": N_("Cette date (%(value)s) est à plus de cent ans : vérifiez l'année."),
    "votes_of_consensus": N_("Des voix ne se comptent que pour un vote : choisissez « vote »."),
    "too_many_of_item": N_("Un point a %(value)s décisions et %(value)s actions au plus."),
    "no_such_organisation": N_(
        "Aucune structure ne s'appelle « %(value)s » : choisissez-la dans la liste proposée."
    ),
    "too_many_there": N_("La liste a %(value)s lignes au plus."),
    "twice_there": N_("« %(value)s » est deux fois dans la liste : retirez une des lignes."),
    "represented_by_nobody": N_(
        "« %(value)s » est noté représenté : écrivez par qui, ou choisissez une autre présence."
    ),
    "not_represented": N_(
        "« %(value)s » est noté comme remplaçant : choisissez « représenté » sur cette ligne."
    ),
    "nobody": N_("Choisissez pour qui, ou écrivez l'adresse d'une personne."),
    "not_a_phone": N_(
        "« %(value)s » n'est pas un numéro de téléphone : des chiffres, séparés par des espaces ou"
        " des points, peut-être après un +."
    ),
    "only_sooner": N_("Votre rattachement finit déjà le %(value)s : choisissez un jour d'avant."),
    "not_seated": N_(
        "Cette personne n'est pas membre du groupe « %(value)s » : faites-l'y entrer d'abord."
    ),
    "leaves": N_("C'est la personne qui part : choisissez quelqu'un d'autre."),
    "take_over_instead": N_(
        "Pour coordonner vous-même ce dossier, prenez-le en main depuis « Dossiers sans"
        " coordination » : sa raison se lit dans son journal."
    ),
    "either": N_("Choisissez dans la liste ou écrivez une adresse, pas les deux."),
    "unknown_address": N_("Personne n'a cette adresse dans l'annuaire : vérifiez-la."),
    "already_here": N_(
        "Cette personne a déjà tout cela. Pour changer son accès, passez par la page de l'accès."
    ),
    "already_invited": N_(
        "Cette adresse est déjà invitée : renvoyez l'invitation depuis la liste de cette page."
    ),
    "too_long_message": N_("Ce message a %(value)s caractères ; 500 au plus sont possibles."),
    "too_many_to_invite": N_(
        "Cette liste a %(value)s lignes ; 500 au plus sont possibles : coupez-la en plusieurs."
    ),
    "too_many_invitations": N_(
        "Vous avez envoyé aujourd'hui autant d'invitations qu'il est possible : continuez demain."
    ),
    "too_many_letters": N_(
        "Cette adresse a déjà reçu cinq lettres d'invitation aujourd'hui : rien de plus n'est "
        "parti. Appelez cette personne, ou réessayez demain."
    ),
    "no_end": N_("Il manque une fin à cette adresse, comme .fr : vérifiez-la."),
    "inactive_account": N_("Le compte de cette personne n'est plus actif."),
    "before_start": N_("La fin précède le début : corrigez l'une des deux dates."),
    "none_chosen": N_("Cochez au moins un document dans la liste, puis recommencez."),
    "without_words": N_("Écrivez au moins une lettre ou un chiffre."),
    "term_too_long": N_("Un terme a 80 caractères au plus."),
    "meaning_too_long": N_("Un sens a 200 caractères au plus."),
    "without_meaning": N_("Écrivez au moins un sens, qui dise autre chose que le terme."),
    "too_common": N_(
        "Aucune recherche ne demande ces mots trop courants (le, la, de…) : écrivez un terme ou"
        " un sens plus précis."
    ),
    "not_utf8": N_(
        "Ce texte n'est pas en UTF-8. Enregistrez le fichier avec l'encodage UTF-8, ou"
        " convertissez-le : iconv -f CP1252 -t UTF-8 FICHIER."
    ),
    "too_many_meanings": N_("Un terme a 10 sens au plus."),
    "not_a_term": N_("Écrivez « terme = sens », par exemple CLS = contrat local de santé."),
    "glossary_full": N_("Le glossaire a déjà 2 000 termes : c'est le plus."),
    "has_left": N_("Cette structure a quitté le réseau : ses rattachements ne changent plus."),
    "is_dossier": N_(
        "« %(value)s » est déjà le dossier d'une réunion : choisissez le dossier au-dessus."
    ),
    "not_a_link": N_("Écrivez une adresse qui commence par https://, ou laissez vide."),
    "no_such_time": N_(
        "Ce jour-là, %(value)s n'existe pas : on passe à l'heure d'été. Choisissez une autre heure."
    ),
    "no_item_chosen": N_("Cochez au moins un point reporté, puis recommencez."),
    "not_left_over": N_(
        "Un des points cochés n'est plus à reprendre : voici ceux qui restent. Rien n'a été repris."
    ),
    "too_many_items": N_("Un ordre du jour a %(value)s points au plus."),
    "too_many_papers": N_("Un point a %(value)s pièces au plus."),
    "not_a_document": N_(
        "Collez l'adresse de la page d'un document d'ici, comme /documents/12 ou"
        " /documents/12?version=2."
    ),
    "no_such_paper": N_(
        "Aucun document de cette adresse, ou de cette version, ne vous est ouvert : vérifiez-la."
    ),
    "not_a_time": N_("Écrivez une heure comme 14:30, ou laissez vide."),
    "too_many_invited": N_(
        "Une réunion invite %(value)s structures, groupes et personnes au plus."
    ),
    "nobody_instead": N_("Écrivez le nom de la personne qui vient pour vous."),
    "not_awaited": N_(
        "Aucune réponse n'est attendue : la réunion n'est pas convoquée, ou elle est déjà tenue."
    ),
    "meeting_past": N_("Cette date est passée : on ne convoque plus. Corrigez d'abord la date."),
    "meeting_to_come": N_("Cette réunion est à venir : elle n'a pas encore été tenue."),
    "meeting_cancelled": N_("Cette réunion est annulée : maintenez-la d'abord."),
    "not_held": N_("Seul le compte rendu d'une réunion tenue s'approuve : notez-la d'abord tenue."),
    "meeting_held": N_("Cette réunion a été tenue : elle ne s'annule plus."),
    "needed_to_repeat": N_("Pour répéter une réunion, donnez un nom à la série."),
    "not_times": N_("Écrivez un nombre de 2 à 60."),
    "no_times": N_("Écrivez le nombre de réunions, de 2 à 60."),
    "no_such_time_on": N_(
        "Cette heure n'existe pas un des jours (%(value)s) : on y passe à l'heure d'été."
        " Choisissez une autre heure : aucune réunion n'a été créée."
    ),
    "series_above": N_(
        "Une autre série se choisit avec un accès de coordination au dossier au-dessus."
    ),
    "meeting_full": N_(
        "Tous les textes de cette réunion ont ensemble %(value)s caractères au plus. Il est resté"
        " dans le formulaire : déposez plutôt ce qui est long comme document du dossier."
    ),
    "too_many_lines": N_(
        "Tous les textes de cette réunion ont ensemble %(value)s lignes au plus. Il est resté"
        " dans le formulaire : déposez plutôt ce qui est long comme document du dossier."
    ),
    "too_many_of_meeting": N_("Cette réunion en a déjà %(value)s, c'est le plus."),
    "not_her_password": N_("Ce n'est pas votre mot de passe."),
    "own_keys": N_("Vos propres clés se retirent sur votre page « Mes clés »."),
    "no_factor": N_("Ajoutez d'abord une clé d'accès ou une application d'authentification."),
    "last_key": N_(
        "C'est votre dernière clé et votre compte doit en avoir une : ajoutez-en d'abord une autre."
    ),
    "only_way_in": N_(
        "Votre compte n'a pas de mot de passe et c'est votre dernière clé d'accès : choisissez"
        " d'abord un mot de passe sur la page « Mon compte », puis retirez-la."
    ),
    "too_many_keys": N_("Vous avez déjà %(value)s clés d'accès : retirez-en d'abord une."),
    "malformed_key_name": N_("Écrivez un nom de 80 caractères au plus, sans caractère invisible."),
}

# Faults whose value is a number of things, to be written with its thousands apart.
COUNTED: Final = frozenset(
    {"too_long_text", "too_long_note", "meeting_full", "too_many_lines", "too_many_of_meeting"}
)
