"""Letters in words: subject, text and HTML of each kind, and the message that carries them.

Nothing in a message is fetched when it is opened: no picture, no style from elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import partial
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from atelier.model.letters import TOPICS, KeyChange, Letter, LetterKind, Topic, deliverable
from atelier.model.names import visible
from atelier.web import digest_words
from atelier.web.language import LANGUAGES, N_, Voice, choose
from atelier.web.places import templates_folder

MAX_FACT_CHARACTERS: Final = 500
MAX_HEADINGS: Final = 30
# What every server takes, and no line that one would fold.
_POLICY: Final = SMTP.clone(cte_type="7bit")
_ONCE_UNTIL: Final = N_(
    "Ce lien est pour vous, ne le transférez pas. Il sert une fois, jusqu'au %(day)s."
)
_ONCE_HOURS: Final = N_(
    "Ce lien est pour vous, ne le transférez pas. Il sert une fois, pendant %(hours)s heures."
)
_ONCE_MINUTES: Final = N_(
    "Ce lien est pour vous, ne le transférez pas. Il sert une fois, pendant %(minutes)s minutes."
)


@dataclass(frozen=True, slots=True)
class Wording:
    """A kind of letter: its subject, what it says, its button and what comes after.

    A sentence with a fact that is "" is left out.
    """

    subject: str
    said: tuple[str, ...]
    button: str
    after: tuple[str, ...] = ()


WORDINGS: Final[Mapping[LetterKind, Wording]] = {
    LetterKind.INVITATION: Wording(
        N_("%(inviter)s vous invite dans %(network)s"),
        (
            N_(
                "%(inviter)s vous invite à rejoindre %(network)s, l'espace documentaire partagé "
                "du réseau."
            ),
            N_("Cette invitation vient de %(home)s."),
            N_("Vous y viendrez pour %(organisation)s."),
            N_("Le dossier « %(folder)s » vous y sera ouvert."),
            N_("Son message : « %(message)s »"),
        ),
        N_("Répondre à l'invitation"),
        (
            _ONCE_UNTIL,
            N_("Si vous n'attendiez pas cette invitation, ignorez ce message : rien ne se fera."),
        ),
    ),
    LetterKind.RESET: Wording(
        N_("Choisir un nouveau mot de passe"),
        (
            N_(
                "Quelqu'un, sans doute vous, a demandé à choisir un nouveau mot de passe pour "
                "votre compte dans %(network)s."
            ),
        ),
        N_("Choisir un nouveau mot de passe"),
        (
            _ONCE_MINUTES,
            N_("Si ce n'était pas vous, ignorez ce courriel : votre mot de passe ne change pas."),
        ),
    ),
    LetterKind.EMAIL_OLD: Wording(
        N_("Confirmer le changement de votre adresse"),
        (
            N_("Vous avez demandé que votre adresse dans %(network)s devienne %(wanted)s."),
            N_(
                "Pour que rien ne change sans vous, confirmez-le ici, puis depuis le courriel "
                "envoyé à la nouvelle adresse."
            ),
        ),
        N_("Confirmer le changement"),
        (
            _ONCE_HOURS,
            N_("Si ce n'était pas vous, ne confirmez rien et changez votre mot de passe."),
        ),
    ),
    LetterKind.EMAIL_NEW: Wording(
        N_("Confirmer votre nouvelle adresse"),
        (
            N_("Cette adresse doit devenir celle de votre compte dans %(network)s."),
            N_("Confirmez-la ici, et aussi depuis le courriel envoyé à l'ancienne adresse."),
        ),
        N_("Confirmer cette adresse"),
        (
            _ONCE_HOURS,
            N_("Si ce n'était pas vous, ignorez ce courriel : rien ne change."),
        ),
    ),
    LetterKind.KEYS_CHANGED: Wording(
        N_("La façon d'entrer dans votre compte a changé"),
        (
            N_("Dans votre compte de %(network)s, le %(moment)s : %(change)s."),
            N_("Si c'était vous, il n'y a rien à faire."),
            N_(
                "Si ce n'était pas vous, fermez vos sessions par ce lien, changez votre mot de "
                "passe et prévenez tout de suite un administrateur du réseau."
            ),
        ),
        N_("Voir mes sessions"),
    ),
    LetterKind.TEST: Wording(
        N_("Courriel d'essai de %(network)s"),
        (N_("Ce courriel d'essai vous arrive : les courriels du réseau partent bien."),),
        N_("Voir les courriels du réseau"),
    ),
    LetterKind.ACCESS_GIVEN: Wording(
        N_("Un dossier vous est ouvert : %(folder)s"),
        (N_("Vous avez maintenant accès au dossier « %(folder)s » dans %(network)s."),),
        N_("Ouvrir le dossier"),
    ),
    LetterKind.PLACE_GIVEN: Wording(
        N_("Vous êtes rattachée ou rattaché à %(organisation)s"),
        (
            N_("Votre compte dans %(network)s est maintenant rattaché à %(organisation)s."),
            N_("Si c'est une erreur, quittez cette structure depuis votre fiche de l'annuaire."),
        ),
        N_("Voir la structure"),
    ),
    LetterKind.CONVENED: Wording(
        N_("Réunion : %(title)s, %(day)s"),
        (
            N_("Votre présence est souhaitée à la réunion « %(title)s »."),
            N_("Sa page montre l'ordre du jour avec ses documents, et attend votre réponse."),
        ),
        N_("Voir la réunion et répondre"),
    ),
    LetterKind.MEETING_CHANGED: Wording(
        N_("Changement : %(title)s, %(day)s"),
        (
            N_(
                "La réunion « %(title)s » a changé de jour, d'heure ou de lieu. Voici ce qui est "
                "prévu maintenant."
            ),
            N_("Si vous aviez répondu, vérifiez que votre réponse convient toujours."),
        ),
        N_("Voir la réunion et répondre"),
    ),
    LetterKind.MEETING_CANCELLED: Wording(
        N_("Annulée : %(title)s, %(day)s"),
        (N_("La réunion « %(title)s » n'aura pas lieu."),),
        N_("Voir la réunion"),
    ),
    LetterKind.DIGEST: Wording(
        N_("Ce qui est nouveau dans %(network)s"),
        (N_("Voici ce qui est nouveau dans ce que vous suivez, fait par d'autres que vous."),),
        N_("Ouvrir l'atelier"),
    ),
}

CHANGE_WORDS: Final[Mapping[KeyChange, str]] = {
    KeyChange.PASSWORD: N_("le mot de passe a été changé"),
    KeyChange.PASSWORD_BY_LINK: N_("un nouveau mot de passe a été choisi par un lien"),
    KeyChange.ADDRESS: N_("l'adresse de courriel a été changée"),
    KeyChange.PASSKEY_ADDED: N_("une clé d'accès a été ajoutée"),
    KeyChange.PASSKEY_REMOVED: N_("une clé d'accès a été retirée"),
    KeyChange.APP_ADDED: N_("une application d'authentification a été reliée"),
    KeyChange.APP_REMOVED: N_("l'application d'authentification a été retirée"),
    KeyChange.CODES_RENEWED: N_("de nouveaux codes de secours ont remplacé les précédents"),
    KeyChange.CODE_USED: N_("un code de secours a servi pour entrer"),
    KeyChange.ALL_REMOVED: N_(
        "un administrateur a retiré vos clés d'accès, votre application et vos codes"
    ),
}

# What a letter is about, as one stops it.
TOPIC_WORDS: Final[Mapping[Topic, str]] = {
    Topic.MEETINGS: N_("les convocations aux réunions, leurs changements et leurs annulations"),
    Topic.ACCESS: N_("les dossiers qui vous sont ouverts"),
    Topic.DIGESTS: N_("les nouveautés de ce que vous suivez"),
}

_DETAILS: Final = (
    (N_("Quand"), "when"),
    (N_("Où"), "place"),
    (N_("À distance"), "online"),
    (N_("Convoquée par"), "organisation"),
)


class Composer:
    """Puts letters into words and makes messages of them."""

    def __init__(self, sender: str, default_language: str, time_zone: str) -> None:
        """`sender` is the address that letters come from."""
        self._sender = sender
        self._default = default_language
        self._voices = {language: Voice(language, time_zone) for language in LANGUAGES}
        loader = FileSystemLoader(templates_folder() / "mail")
        made = partial(
            Environment,
            loader=loader,
            undefined=StrictUndefined,
            auto_reload=False,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        # The text of a letter is no HTML: there is nothing to escape in it.
        self._text = made(autoescape=False).get_template("letter.txt")
        self._html = made(autoescape=True).get_template("letter.html")

    def compose(self, letter: Letter) -> bytes:
        """The letter as a message (RFC 5322) in ASCII, text and HTML."""
        voice = self._voices[choose(letter.language, self._default)]
        facts = self._facts(letter, voice)
        words = self._words(letter, facts, voice)
        message = EmailMessage(_POLICY)
        message["From"] = Address(plain(facts["network"]), addr_spec=self._sender)
        message["To"] = Address(plain(letter.name), addr_spec=deliverable(letter.to))
        message["Subject"] = plain(str(words["subject"]))
        message["Date"] = format_datetime(letter.written_at.astimezone(UTC))
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(self._text.render(words))
        message.add_alternative(self._html.render(words), subtype="html")
        if letter.calendar:
            message.add_attachment(
                letter.calendar.decode(),
                subtype="calendar",
                filename="reunion.ics",
                params={"method": "PUBLISH"},
            )
        return self._unfolded(letter) + message.as_bytes()

    def _unfolded(self, letter: Letter) -> bytes:
        """The headers that a line end or an encoded word in their midst would break."""
        lines = [f"Message-ID: <{letter.identity}@{self._sender.rpartition('@')[2]}>"]
        if letter.stop_link:  # RFC 8058
            lines.append(f"List-Unsubscribe: <{letter.stop_link}>")
            lines.append("List-Unsubscribe-Post: List-Unsubscribe=One-Click")
        return "".join(f"{line}\r\n" for line in lines).encode("ascii")

    def _facts(self, letter: Letter, voice: Voice) -> dict[str, str]:
        facts = {name: plain(fact) for name, fact in letter.facts.items()}
        if letter.day is not None:
            facts["day"] = voice.day(letter.day)
            facts["when"] = voice.weekday(letter.day)
            if letter.has_time:
                facts["when"] = _hours(letter.day, letter.until, voice)
        if letter.change is not None and letter.at is not None:
            facts["change"] = voice.text(CHANGE_WORDS[letter.change])
            facts["moment"] = voice.moment(letter.at)
        return facts

    def _words(self, letter: Letter, facts: Mapping[str, str], voice: Voice) -> dict[str, object]:
        wording = WORDINGS[letter.kind]
        told = {name: fact for name, fact in facts.items() if fact}
        say = partial(_said, facts=told, voice=voice)
        is_dated = letter.day is not None and letter.kind is not LetterKind.INVITATION
        details = _DETAILS if is_dated else ()
        topic = TOPICS.get(letter.kind)
        return {
            "language": voice.language,
            "subject": _subject(letter, wording, facts, voice),
            "hello": _hello(plain(letter.name), voice),
            "said": say(wording.said),
            "details": [(voice.text(label), told[key]) for label, key in details if key in told],
            **_agenda(letter, voice),
            "sections": digest_words.sections(letter, voice, plain),
            "others": digest_words.others(letter.digest, voice),
            "button": voice.text(wording.button),
            "link": letter.link,
            "after": say(wording.after),
            "sign_off": voice.text(
                N_("Ce courriel est envoyé par %(network)s. Il ne sert à rien d'y répondre."),
                **facts,
            ),
            "more": voice.text(N_("Choisir ce que vous suivez")) if letter.digest else "",
            "more_link": f"{facts['site']}/account/follows" if letter.digest else "",
            "stop": "" if topic is None else voice.text(N_("Ne plus recevoir ces courriels")),
            "stop_link": letter.stop_link,
        }


def composer(sender: str, default_language: str, time_zone: str) -> Callable[[Letter], bytes]:
    """What puts letters into words for the post."""
    return Composer(sender, default_language, time_zone).compose


def plain(text: str) -> str:
    """On one line, without what shows as something else, and not too long.

    What a header would decode as an encoded word (RFC 2047) is broken: it could hold a line end.
    """
    line = " ".join(visible(text).replace("=?", "= ?").split())
    printed = "".join(character for character in line if character.isprintable())
    return printed[:MAX_FACT_CHARACTERS]


def _subject(letter: Letter, wording: Wording, facts: Mapping[str, str], voice: Voice) -> str:
    if letter.digest is not None:
        return digest_words.subject(letter.digest, facts["network"], voice, plain)
    return voice.text(wording.subject, **facts)


def _hours(starts: datetime, ends: datetime | None, voice: Voice) -> str:
    """The day of a meeting with its hours."""
    day, time = voice.weekday(starts), voice.clock(starts)
    if ends is None:
        return voice.text(N_("%(day)s à %(time)s"), day=day, time=time)
    if voice.local(ends).date() == voice.local(starts).date():
        return voice.text(
            N_("%(day)s de %(time)s à %(end)s"), day=day, time=time, end=voice.clock(ends)
        )
    return voice.text(
        N_("%(day)s à %(time)s, jusqu'au %(last)s à %(end)s"),
        day=day,
        time=time,
        last=voice.weekday(ends),
        end=voice.clock(ends),
    )


def _agenda(letter: Letter, voice: Voice) -> dict[str, object]:
    """The headings of a meeting's agenda; those beyond `MAX_HEADINGS` are counted."""
    others = len(letter.agenda) - MAX_HEADINGS
    return {
        "agenda_title": voice.text(N_("Ordre du jour")) if letter.agenda else "",
        "agenda": [plain(title) for title in letter.agenda[:MAX_HEADINGS]],
        "agenda_others": (
            voice.plural("et %(n)s autre point", "et %(n)s autres points", others)
            if others > 0
            else ""
        ),
    }


def _hello(name: str, voice: Voice) -> str:
    return voice.text(N_("Bonjour %(name)s,"), name=name) if name else voice.text(N_("Bonjour,"))


def _said(messages: tuple[str, ...], *, facts: Mapping[str, str], voice: Voice) -> list[str]:
    found = []
    for message in messages:
        try:
            found.append(voice.text(message, **facts))
        except KeyError:  # a fact that there is not
            continue
    return found
