"""Digests in words: the subject of the letter, and a sentence with an address for each line.

Names and addresses only, never what a document says.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from atelier.model.follows import Digest, DigestLine, Followable, Pace, Told
from atelier.model.letters import Letter
from atelier.web.language import N_, Voice

Plain = Callable[[str], str]


class SaidLine(NamedTuple):
    """A sentence, and the address of what it tells."""

    text: str
    link: str


class Section(NamedTuple):
    """What is told of one thing that she follows."""

    title: str
    lines: tuple[SaidLine, ...]


PACE_WORDS: Final[Mapping[Pace, str]] = {
    Pace.AT_ONCE: N_("Dans les minutes qui suivent"),
    Pace.DAILY: N_("Chaque matin"),
    Pace.WEEKLY: N_("Chaque lundi"),
    Pace.BEFORE_MEETING: N_("Avant une réunion"),
}
KIND_WORDS: Final[Mapping[Followable, str]] = {
    Followable.FOLDER: N_("Dossier"),
    Followable.DOCUMENT: N_("Document"),
    Followable.SEARCH: N_("Recherche"),
    Followable.SERIES: N_("Série de réunions"),
}
_TITLES: Final[Mapping[Followable, str]] = {
    Followable.FOLDER: N_("Dossier « %(name)s »"),
    Followable.DOCUMENT: N_("Document « %(name)s »"),
    Followable.SEARCH: N_("Recherche « %(name)s »"),
    Followable.SERIES: N_("Série de réunions « %(name)s »"),
}
# One thing, and several: these say how many, and name the first.
_SAID: Final[Mapping[Told, tuple[str, str]]] = {
    Told.DOCUMENT_DEPOSITED: (
        N_("%(who)s a déposé « %(name)s » dans « %(folder)s »"),
        N_("%(who)s a déposé %(n)s documents dans « %(folder)s » : %(names)s"),
    ),
    Told.DOCUMENT_REVISED: (
        N_("%(who)s a déposé une nouvelle version de « %(name)s »"),
        N_("%(who)s a déposé une nouvelle version de %(n)s documents : %(names)s"),
    ),
    Told.DOCUMENT_RESTORED: (
        N_("%(who)s a sorti « %(name)s » de la corbeille"),
        N_("%(who)s a sorti %(n)s documents de la corbeille : %(names)s"),
    ),
    Told.DOCUMENT_MOVED: (
        N_("%(who)s a déplacé « %(name)s », qui est maintenant dans « %(folder)s »"),
        N_("%(who)s a déplacé %(n)s documents, maintenant dans « %(folder)s » : %(names)s"),
    ),
    Told.DOCUMENT_RENAMED: (
        N_("%(who)s a renommé un document, qui s'appelle maintenant « %(name)s »"),
        N_("%(who)s a renommé %(n)s documents : %(names)s"),
    ),
    Told.DOCUMENT_LABELLED: (
        N_("%(who)s a changé la mention d'une version de « %(name)s »"),
        N_("%(who)s a changé la mention de versions de %(n)s documents : %(names)s"),
    ),
    Told.DOCUMENT_FOUND: (
        N_("La recherche trouve « %(name)s »"),
        N_("La recherche trouve %(n)s documents : %(names)s"),
    ),
    Told.FOLDER_MADE: (
        N_("%(who)s a créé le dossier « %(name)s »"),
        N_("%(who)s a créé %(n)s dossiers : %(names)s"),
    ),
    Told.FOLDER_RENAMED: (
        N_("%(who)s a renommé un dossier, qui s'appelle maintenant « %(name)s »"),
        N_("%(who)s a renommé %(n)s dossiers : %(names)s"),
    ),
    Told.FOLDER_MOVED: (
        N_("%(who)s a déplacé le dossier « %(name)s »"),
        N_("%(who)s a déplacé %(n)s dossiers : %(names)s"),
    ),
    Told.MEETING_MADE: (
        N_("%(who)s prépare la réunion « %(name)s » du %(day)s"),
        N_("%(who)s prépare %(n)s réunions : %(names)s"),
    ),
    Told.MEETING_CHANGED: (
        N_("%(who)s a changé la réunion « %(name)s », maintenant prévue le %(day)s"),
        N_("%(who)s a changé %(n)s réunions : %(names)s"),
    ),
    Told.MEETING_CONVENED: (
        N_("%(who)s a convoqué la réunion « %(name)s » du %(day)s"),
        N_("%(who)s a convoqué %(n)s réunions : %(names)s"),
    ),
    Told.MEETING_CANCELLED: (
        N_("%(who)s a annulé la réunion « %(name)s » du %(day)s"),
        N_("%(who)s a annulé %(n)s réunions : %(names)s"),
    ),
    Told.MEETING_REVIVED: (
        N_("%(who)s maintient la réunion « %(name)s » du %(day)s"),
        N_("%(who)s maintient %(n)s réunions : %(names)s"),
    ),
    Told.MINUTES_DEPOSITED: (
        N_("%(who)s a déposé le compte rendu de « %(name)s » du %(day)s"),
        N_("%(who)s a déposé %(n)s comptes rendus : %(names)s"),
    ),
    Told.MINUTES_APPROVED: (
        N_("%(who)s a approuvé le compte rendu de « %(name)s » du %(day)s"),
        N_("%(who)s a approuvé %(n)s comptes rendus : %(names)s"),
    ),
}


def subject(digest: Digest, network: str, voice: Voice, plain: Plain) -> str:
    """What the letter is called: how much is new, or before which meeting."""
    if digest.meeting and digest.starts_at is not None:
        day = voice.day(digest.starts_at)
        message = N_("Avant la réunion « %(title)s » du %(day)s : ce qui est nouveau")
        return voice.text(message, title=plain(digest.meeting), day=day)
    count = sum(len(part.lines) for part in digest.parts) + digest.others
    return voice.plural(
        "%(n)s nouveauté dans %(network)s",
        "%(n)s nouveautés dans %(network)s",
        count,
        network=network,
    )


def sections(letter: Letter, voice: Voice, plain: Plain) -> list[Section]:
    """Its lines under what she follows; none where the letter is no digest."""
    if letter.digest is None:
        return []
    site = letter.facts["site"]
    return [
        Section(
            voice.text(_TITLES[part.follow.what], name=plain(part.follow.name or "")),
            tuple(
                SaidLine(_sentence(line, voice, plain), f"{site}{address(line)}")
                for line in part.lines
            ),
        )
        for part in letter.digest.parts
    ]


def others(digest: Digest | None, voice: Voice) -> str:
    """How many lines there are beyond those of the letter, "" for none."""
    if digest is None or not digest.others:
        return ""
    return voice.plural("et %(n)s autre", "et %(n)s autres", digest.others)


def address(line: DigestLine) -> str:
    """The page of what a line tells."""
    if line.meeting_id is not None:
        return f"/meetings/{line.meeting_id}"
    if line.document_id is not None:
        return f"/documents/{line.document_id}"
    return "/" if line.folder_id is None else f"/folders/{line.folder_id}"


def _sentence(line: DigestLine, voice: Voice, plain: Plain) -> str:
    who = plain(line.person)
    if line.organisation:
        who = f"{who} ({plain(line.organisation)})"
    names = ", ".join(plain(name) for name in line.names)
    if line.count > len(line.names):
        names += "…"
    return voice.text(
        _SAID[line.told][line.count > 1],
        who=who,
        name=plain(line.names[0]),
        names=names,
        n=voice.number(line.count),
        folder=plain(line.folder),
        day="" if line.starts_at is None else voice.day(line.starts_at),
    )
