"""Languages: which one a reader wants, and how each says messages, days and sizes.

French is the language of the source: its messages need no catalogue. English is read
once from `atelier/locale/en.po`.
"""

from __future__ import annotations

import gettext
import io
import re
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import cache, lru_cache
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import get_decimal_symbol, get_group_symbol
from markupsafe import Markup, escape

DEFAULT_LANGUAGE: Final = "fr"
# The second language is that of readers in Europe: days before months, 24 hours.
LOCALES: Final[Mapping[str, str]] = {"fr": "fr", "en": "en_GB"}
LANGUAGES: Final = tuple(LOCALES)
LANGUAGE_NAMES: Final[Mapping[str, str]] = {"fr": "Français", "en": "English"}

_MAX_ACCEPT_CHARACTERS = 400
_ELIDED = re.compile(r"\b([dD]|[qQ]u)e (%\((\w+)\)s)")
_NARROW, _HARD = "\u202f", "\u00a0"


def choose(*wishes: str | None, accept: str = "") -> str:
    """The first wish that is one of ours, else the best of `Accept-Language`, else French.

    RFC 9110 §12.5.4; regions are ignored (`en-US` is English).
    """
    for wish in (*wishes, *_accepted(accept)):
        if wish in LANGUAGES:
            return wish
    return DEFAULT_LANGUAGE


def _accepted(header: str) -> list[str]:
    ranked: list[tuple[float, str]] = []
    for part in header[:_MAX_ACCEPT_CHARACTERS].split(","):
        tag, _, weight = part.strip().partition(";q=")
        try:
            quality = float(weight or 1)
        except ValueError:
            continue
        if quality > 0:
            ranked.append((-quality, tag.partition("-")[0].lower()))
    return [tag for _, tag in sorted(ranked, key=lambda pair: pair[0])]


class FrenchSource(gettext.NullTranslations):
    """The source messages, with the French rule of plurals (0 and 1 are singular)."""

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """The singular below 2, as French counts."""
        return msgid1 if abs(n) < 2 else msgid2


@cache
def catalogue(language: str) -> gettext.NullTranslations:
    """The messages of a language, read once."""
    if language == DEFAULT_LANGUAGE:
        return FrenchSource()
    return compiled(f"{language}.po", language)


def compiled(name: str, language: str) -> gettext.GNUTranslations:
    """A catalogue of `atelier/locale/`, which is text, as gettext asks it."""
    source = Path(__file__).parent.parent / "locale" / name
    with source.open("rb") as stream:
        messages = read_po(stream, locale=language)
    binary = io.BytesIO()
    write_mo(binary, messages)
    binary.seek(0)
    return gettext.GNUTranslations(binary)


def _typeset(text: str) -> str:
    """French spacing: no line may start with a colon, a question mark or a closing quote."""
    for sign in ("?", "!", ";"):
        text = text.replace(f" {sign}", _NARROW + sign)
    for sign in (":", "»"):
        text = text.replace(f" {sign}", _HARD + sign)
    return text.replace("« ", "«" + _HARD)


class Voice:
    """One language: says messages, days, moments, numbers and sizes in it."""

    def __init__(self, language: str, time_zone: str) -> None:
        """Moments are shown in `time_zone` (an IANA name)."""
        self.language = language
        self._catalogue = catalogue(language)
        self._zone = ZoneInfo(time_zone)
        self._locale = LOCALES[language]
        self._decimal = get_decimal_symbol(self._locale)
        self._group = get_group_symbol(self._locale)
        units = (N_("%(n)s o"), N_("%(n)s ko"), N_("%(n)s Mo"), N_("%(n)s Go"))
        self._units = tuple(self.text(unit).replace(" ", _HARD) for unit in units)
        # Days repeat from row to row; Babel's formatting is dear (some 20 µs each).
        self._day = lru_cache(maxsize=4_096)(self._format_day)
        self._markup: dict[str, Markup] = {}

    def text(self, message: str, /, **facts: object) -> str:
        """The message in this language, its `%(name)s` filled with the facts."""
        said = self._set(self._catalogue.gettext(message))
        return self._elided(said, facts) % facts if facts else said

    def plural(self, one: str, many: str, n: int, /, **facts: object) -> str:
        """`one` or `many` as this language counts; `%(n)s` is the number, grouped."""
        said = self._set(self._catalogue.ngettext(one, many, n))
        return said % {"n": self.number(n), **facts}

    def markup(self, message: str, /, **facts: object) -> Markup:
        """`text` for templates: message and facts are escaped, facts that are markup stay."""
        said = self._markup.get(message)
        if said is None:
            said = escape(self._set(self._catalogue.gettext(message)))
            if len(self._markup) < 2_000:
                self._markup[message] = said
        return Markup(self._elided(said, facts)) % facts if facts else said

    def markup_plural(self, one: str, many: str, n: int, /, **facts: object) -> Markup:
        """`plural` for templates."""
        said = escape(self._set(self._catalogue.ngettext(one, many, n)))
        return said % {"n": self.number(n), **facts}

    def day(self, when: date) -> str:
        """« 12 mars 2026 »; a moment gives its day in the network's time zone."""
        return self._day(self.local(when).date() if isinstance(when, datetime) else when)

    def weekday(self, when: date) -> str:
        """« jeudi 12 mars 2026 »; a moment gives its day in the network's time zone."""
        day = self.local(when).date() if isinstance(when, datetime) else when
        said: str = format_date(day, "full", locale=self._locale)
        is_first = self.language == DEFAULT_LANGUAGE and day.day == 1
        return said.replace(" 1 ", " 1er ", 1) if is_first else said

    def clock(self, when: datetime) -> str:
        """« 14:05 » in the network's time zone."""
        said: str = format_time(self.local(when).time(), "short", locale=self._locale)
        return said

    def moment(self, when: datetime) -> str:
        """« 12 mars 2026 à 14:05 » in the network's time zone."""
        return self.text(N_("%(day)s à %(time)s"), day=self.day(when), time=self.clock(when))

    def local(self, when: datetime) -> datetime:
        """The moment in the network's time zone."""
        return when.astimezone(self._zone)

    def number(self, n: int) -> str:
        """« 12 345 », grouped as the language does."""
        return f"{n:,}".replace(",", self._group)

    def decimal(self, n: float) -> str:
        """« 1,5 »: three decimals at most, ungrouped, as it may be typed."""
        return f"{n:.3f}".rstrip("0").rstrip(".").replace(".", self._decimal)

    def size(self, size_bytes: int) -> str:
        """« 1,4 Mo », counted by 1,024 as file explorers show it."""
        if size_bytes < 1_024:
            return self._units[0] % {"n": size_bytes}
        value, step = size_bytes / 1_024, 1
        while value >= 999.5 and step < 3:
            value, step = value / 1_024, step + 1
        digits = f"{value:,.0f}" if value >= 10 else f"{value:.1f}".removesuffix(".0")
        shown = digits.replace(",", self._group).replace(".", self._decimal)
        return self._units[step] % {"n": shown}

    def duration(self, seconds: int) -> str:
        """« 40 secondes », « 5 minutes »: rounded up, for someone who waits."""
        if seconds < 90:
            return self.plural("%(n)s seconde", "%(n)s secondes", max(seconds, 1))
        minutes = -(-timedelta(seconds=seconds) // timedelta(minutes=1))
        return self.plural("%(n)s minute", "%(n)s minutes", minutes)

    def _elided(self, said: str, facts: Mapping[str, object]) -> str:
        """« de Odile » → « d'Odile », once it is known what stands there."""
        if self.language != DEFAULT_LANGUAGE or "e %(" not in said:
            return said
        return _ELIDED.sub(
            lambda found: f"{found[1]}’{found[2]}" if _is_vowel(facts.get(found[3])) else found[0],
            said,
        )

    def _set(self, said: str) -> str:
        said = said.replace("'", "’")
        return _typeset(said) if self.language == DEFAULT_LANGUAGE else said

    def _format_day(self, day: date) -> str:
        said: str = format_date(day, "long", locale=self._locale)
        if self.language == DEFAULT_LANGUAGE and day.day == 1:
            return said.replace("1", "1er", 1)
        return said


def _is_vowel(fact: object) -> bool:
    """Whether what is said begins with one; its marks, as `<bdi>`, are passed over."""
    text = fact.striptags() if isinstance(fact, Markup) else str(fact or "")
    return unicodedata.normalize("NFD", text[:1]).lower()[:1] in set("aeiouœæ")


def N_(message: str) -> str:
    """Marks a message for the catalogue where it stands; it is said later, by a `Voice`."""
    return message
