"""What the name of an old file or folder says of a meeting: its day, its kind of paper, its series.

A guess to be confirmed by somebody; nothing here looks at what a file holds.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from atelier.model import names
from atelier.model.meetings import Part
from atelier.model.past_dates import dated


@dataclass(frozen=True, slots=True)
class Guess:
    """What a name says. `month` is (year, month) where the day is not said.

    `series` is in people's words, "" when nothing remains; `says_meeting` when a word is of
    meetings (« CR », « réunion », « COPIL »…), so that the date is likely that of one.
    `impossible` is a day that it names and that never was, as it is written there.
    """

    day: date | None
    month: tuple[int, int] | None
    part: Part | None
    series: str
    says_meeting: bool
    impossible: str = ""

    @property
    def is_dated(self) -> bool:
        """Whether it says when, by the day or by the month, be it a day that never was."""
        return self.day is not None or self.month is not None or bool(self.impossible)

    @property
    def is_sure(self) -> bool:
        """Whether it may be taken as it is: a day, and words of a meeting."""
        return self.day is not None and self.says_meeting


def guess(name: str, *, is_folder: bool = False) -> Guess:
    """What the name of a file, or of a folder, says. Never raises."""
    text = _plain(name if is_folder else _ENDING.sub("", name))[:MOST_CHARACTERS]
    folded = _folded(text)
    when = dated(folded)
    kinds = list(_kinds(folded))
    cuts = [(match.start(), match.end()) for match, _ in kinds]
    cuts += [] if when is None else [when.span]
    series = _series(text, folded, cuts)
    return Guess(
        day=None if when is None else when.day,
        month=None if when is None else when.month,
        part=_part(kinds),
        series=series,
        says_meeting=bool(kinds) or _MEETING.search(folded) is not None,
        impossible=text[slice(*when.span)].strip() if when and when.is_impossible else "",
    )


def same_series(name: str) -> str:
    """The form under which guessed series are compared: case, accents, dashes do not count."""
    return " ".join(re.findall(r"\w+", names.sort_key(name)))


_ALONE, _END = r"(?<![0-9a-z])", r"(?![0-9a-z])"

MOST_CHARACTERS = 300  # of a name; a longer one is not a name that can be given

_ENDING: Final = re.compile(r"(?:\.(?:[A-Za-z][A-Za-z0-9]{0,4}|7z))(?:\.(?:zip|gz|p7m))?$")
_DASHES: Final = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"))

# Papers of a meeting that are none of its parts stand here too: their words are no series.
_KINDS: Final[tuple[tuple[re.Pattern[str], Part | None], ...]] = tuple(
    (re.compile(f"{_ALONE}(?:{pattern}){_END}"), part)
    for pattern, part in (
        (r"ordres?[ -]?du[ -]?jour|o\.d\.j\.?|odj", Part.AGENDA),
        (
            r"comptes?[ -]?rendus?|proces[ -]verb(?:al|aux)|c\.r\.?|p\.v\.?|cr|crs|pv|pvs",
            Part.MINUTES,
        ),
        (
            r"releves?[ -]d(?:e |es |e-)?(?:decisions?|conclusions?)"
            r"|releves? (?:de |des )?decisions?|rdd",
            Part.DECISIONS,
        ),
        (
            r"annexes?(?: ?n?[°o]? ?[0-9]{1,2})?|diaporamas?|diapos?|slides"
            r"|supports?(?: de (?:presentation|reunion))?|presentations?|convocations?|invitations?"
            r"|(?:listes?|feuilles?) (?:de presences?|d'emargement|des presents)|emargement",
            None,
        ),
    )
)
_MEETING: Final = re.compile(
    rf"{_ALONE}(?:reunions?|seances?|comites?|commissions?|conseils?|assemblees?|plenieres?"
    rf"|bureau|copil|cotech|codir|codev|cotec|ag|ago|gt|groupes?){_END}"
)
_SHORT: Final = {
    "copil": "Comité de pilotage",
    "cotech": "Comité technique",
    "cotec": "Comité technique",
    "codir": "Comité de direction",
    "ag": "Assemblée générale",
    "ago": "Assemblée générale ordinaire",
    "gt": "Groupe de travail",
}
# « ça » and « CA » fold to the same letters.
_SHORT_IN_CAPITALS: Final = {"CA": "Conseil d'administration", "CT": "Comité technique"}

_LINKS: Final = frozenset(
    re.findall(
        r"\S+",
        "du de la le les des d' l' et au aux a en sur pour par dans avec un une",
    )
)
_DAY_WORDS: Final = frozenset(
    re.findall(
        r"\S+",
        "lundi mardi mercredi jeudi vendredi samedi dimanche",
    )
)
_EDITIONS: Final = frozenset(
    re.findall(
        r"\S+",
        "vf vdef vd def definitif definitive final finale version versions projet provisoire signe"
        " signee valide validee approuve approuvee copie scan relu relue corrige corrigee brouillon"
        " envoye envoyee diffuse diffusee",
    )
)
_EDITION: Final = re.compile(
    r"v ?[0-9]+(?:\.[0-9]+)*|\([0-9]*\)|n°?|[0-9]{1,2}h[0-9]{0,2}|[0-9]{1,2}"
)
_TOKEN: Final = re.compile(r"(?:[dl]')|[^\s]+")
_EDGE = " -.,;:_/&+~#([{<"
_EDGES: Final = _EDGE + ")]}>"


def _plain(name: str) -> str:
    """One line of words; what stands for a space in file names is one."""
    text = unicodedata.normalize("NFC", name).translate(_DASHES).replace("’", "'")
    return re.sub(r"\s", " ", text.replace("_", " ").replace("+", " "))


def _folded(text: str) -> str:
    """The same without case and accents, each character at its place."""
    return "".join(map(_letter, text))


def _letter(character: str) -> str:
    base = unicodedata.normalize("NFD", character)[0].lower()
    return base if len(base) == 1 else character


def _kinds(folded: str) -> Iterator[tuple[re.Match[str], Part | None]]:
    for pattern, part in _KINDS:
        for match in pattern.finditer(folded):
            yield match, part


def _part(kinds: list[tuple[re.Match[str], Part | None]]) -> Part | None:
    """The first that is named; what is annexed to minutes are no minutes."""
    ordered = sorted(kinds, key=lambda one: one[0].start())
    if ordered and ordered[0][0].group().startswith("annexe"):
        return None
    return next((part for _, part in ordered if part is not None), None)


def _series(text: str, folded: str, cuts: list[tuple[int, int]]) -> str:
    """What remains, in people's words."""
    pieces, at = [], 0
    for start, end in sorted(cuts):
        pieces.append((text[at:start], folded[at:start]))
        at = max(at, end)
    pieces.append((text[at:], folded[at:]))
    words = [word for piece in pieces for word in _kept(*piece)]
    return _worded(words)


def _kept(text: str, folded: str) -> list[tuple[str, str]]:
    """The words of a piece, with their folded forms, without links and editions at its ends."""
    words = []
    for match in _TOKEN.finditer(folded):
        word = text[match.start() : match.end()]
        bare = word.strip(_EDGES)
        if bare:
            words.append((bare, _folded(bare)))
    if all(_is_edition(short) or short in _LINKS for _, short in words):
        return []
    while words and (words[-1][1] in _LINKS | _DAY_WORDS or _is_edition(words[-1][1])):
        words.pop()
    while words and (words[0][1] in _LINKS | _DAY_WORDS or _is_count(words[0][1])):
        words.pop(0)
    return words


def _is_count(short: str) -> bool:
    return re.fullmatch(r"n°?|n?°?[0-9]{1,3}", short) is not None


def _is_edition(short: str) -> bool:
    return short in _EDITIONS or _EDITION.fullmatch(short) is not None


def _worded(words: list[tuple[str, str]]) -> str:
    """The words as a title; « réunion du bureau » is « Bureau », « plénière » its long form."""
    while words and words[0][1] in {"reunion", "reunions", "seance"} | _LINKS:
        words = words[1:]
    said: list[str] = []
    for word, short in words:
        known = _SHORT_IN_CAPITALS.get(word) or _SHORT.get(short)
        if known is None and short in {"pleniere", "plenieres"} and not said:
            known = "Réunion plénière"
        said.append(known or word)
    title = re.sub(r"(\b[dl]') ", r"\1", " ".join(said))
    return title[:1].upper() + title[1:]
