"""The language of queries, read into a `Query`; whatever is malformed is taken as words.

    budget 2024            both words (in the text or the name)
    "maison de santé"      these words, in this order
    -provisoire            not this word; also -"…", -titre:…, -type:…
    budget OU finances     one or the other; also OR
    vaccin*                words that begin so
    titre: dossier: par: structure: réunion: type: avant: après:
    title: folder: by: organisation: meeting: type: before: after:

A period bounds with its first day: `après:2023 avant:2024` is the year 2023.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime, tzinfo
from enum import StrEnum
from typing import NamedTuple

import msgspec

from atelier.search.media_types import MEDIA_TYPES

MAX_BYTES = 1024
MAX_TERMS = 32
MAX_EXPANSIONS = 40
# In capitals only: in small letters they are words.
EITHER = frozenset({"OU", "OR"})

_SHORTEST_PREFIX = 2
# Engines count time in nanoseconds of 64 bits.
_FIRST_YEAR, _LAST_YEAR = 1800, 2200


class Form(StrEnum):
    """How the text of a term is meant."""

    WORD = "word"
    PHRASE = "phrase"
    PREFIX = "prefix"


class Field(StrEnum):
    """Where a term is looked for; ANYWHERE is the text and the name."""

    ANYWHERE = ""
    TITLE = "title"
    BY = "by"
    ORGANISATION = "organisation"


class Term(msgspec.Struct, frozen=True):
    """One thing asked for, as it was typed; the analysis may find several words in it.

    A word of several words is all of them. `is_added` by the glossary: worth less than what
    was typed.
    """

    text: str
    form: Form = Form.WORD
    field: Field = Field.ANYWHERE
    is_added: bool = False


class Clause(msgspec.Struct, frozen=True):
    """Any one of these terms; a document with one of them is rejected when `is_excluded`."""

    terms: tuple[Term, ...]
    is_excluded: bool = False

    @property
    def is_plain(self) -> bool:
        """Whether it is nothing but a word wanted anywhere."""
        (first, *others) = self.terms
        is_word = first.form is Form.WORD and first.field is Field.ANYWHERE
        return is_word and not others and not self.is_excluded


class Query(msgspec.Struct, frozen=True):
    """What a person asks for: every clause and every bound together.

    `folders` (any of these) and `excluded_folders` are names, for the caller to narrow the
    filter of folders with: an index knows folders by number only. So are `meetings` and
    `excluded_meetings`, of meetings or their series. `media_types` lists the accepted ones,
    any when empty. `after` is included, `before` is not.
    """

    clauses: tuple[Clause, ...] = ()
    folders: tuple[str, ...] = ()
    excluded_folders: tuple[str, ...] = ()
    media_types: frozenset[str] = frozenset()
    excluded_media_types: frozenset[str] = frozenset()
    after: datetime | None = None
    before: datetime | None = None
    meetings: tuple[str, ...] = ()
    excluded_meetings: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing is asked for at all."""
        return self == Query()

    @property
    def has_wishes(self) -> bool:
        """Whether some words are wanted, of which a document may hold more than another."""
        return any(not clause.is_excluded for clause in self.clauses)

    @property
    def has_bounds(self) -> bool:
        """Whether documents may be asked for by something else than words."""
        folders = self.folders or self.excluded_folders
        named = folders or self.meetings or self.excluded_meetings
        typed = self.media_types or self.excluded_media_types
        return bool(named or typed or self.after or self.before)


def parse(text: str, zone: tzinfo = UTC) -> Query:
    """Read what a person typed; never an error. Dates are days of `zone`.

    At most `MAX_BYTES` of UTF-8 and `MAX_TERMS` terms are read, the rest is left out.
    """
    reading = _Reading(zone)
    for piece in _PIECE.finditer(_bounded(text)):
        reading.take(_piece(piece))
    return reading.query()


def pieces(text: str) -> list[str]:
    """What was typed, in the pieces that `parse` reads one after the other; quotes are `"`."""
    return [found.group() for found in _PIECE.finditer(_bounded(text))]


def ill_valued(piece: str) -> tuple[str, str] | None:
    """The field and the value of one of `pieces` that the field cannot take; None for others.

    The field is told as "period", "type" or "", the value without its quotes.
    """
    begun = _FIELD.match(piece)
    found = _PIECE.fullmatch(piece)
    if begun is None or found is None:
        return None
    name, read, reading = _plain(begun[1]), _piece(found), _Reading(UTC)
    value = piece[begun.end() :].strip('"')
    if not reading.knows(name) or (read.field == name and reading.takes(read)):
        return None
    kind = _KINDS.get(name, "")
    return (kind if kind in _VALUED else ""), value


class _Piece(NamedTuple):
    """A run of the query: `-field:"phrase"` or `-field:word*`, the parts that are there."""

    whole: str
    is_excluded: bool
    field: str
    phrase: str | None
    word: str


_PIECE = re.compile(
    r"""(?P<minus>-(?=[^\s-]))?
        (?:(?P<field>[^\W\d_]+):(?=["\w]))?
        (?:"(?P<phrase>[^"]*)"|(?P<word>\S[^\s"]*))""",
    re.VERBOSE,
)

_FIELD = re.compile(r"-?([^\W\d_]+):")


def _piece(found: re.Match[str]) -> _Piece:
    return _Piece(
        whole=found.group(),
        is_excluded=found["minus"] is not None,
        field=_plain(found["field"] or ""),
        phrase=found["phrase"],
        word=found["word"] or "",
    )


def _bounded(text: str) -> str:
    cut = text[:MAX_BYTES].encode("utf-8", "ignore")[:MAX_BYTES].decode("utf-8", "ignore")
    straight = re.sub("[“”«»„]", '"', unicodedata.normalize("NFC", cut))
    # A quote that no other closes is no quote.
    if straight.count('"') % 2:
        straight = " ".join(straight.rsplit('"', 1))
    return re.sub(r"[\x00-\x1f\x7f]", " ", straight)


def _plain(name: str) -> str:
    apart = unicodedata.normalize("NFD", name.lower())
    return "".join(char for char in apart if not unicodedata.combining(char))


def _has_word(text: str) -> bool:
    return any(map(str.isalnum, text))


# Fields of which an OU joins two of a kind: bounds are not among the clauses.
_KINDS = {
    "dossier": "folder", "folder": "folder", "reunion": "meeting", "meeting": "meeting",
    "type": "type", **dict.fromkeys(("avant", "before", "apres", "after"), "period"),
}  # fmt: skip
# Kinds of bounds that not any value will do for.
_VALUED = frozenset({"type", "period"})


class _Reading:
    """What was read so far; one method per rule, each false when the piece breaks it."""

    def __init__(self, zone: tzinfo) -> None:
        self._zone = zone
        self._clauses: list[Clause] = []
        self._count = 0
        # The field before an OU that waits for its other side; "" is that of words.
        self._before_or: str | None = None
        self._typed_or = ""
        self._last_field: str | None = None
        self._folders: dict[bool, list[str]] = {False: [], True: []}
        self._meetings: dict[bool, list[str]] = {False: [], True: []}
        self._types: dict[bool, set[str]] = {False: set(), True: set()}
        self._after: datetime | None = None
        self._before: datetime | None = None
        self._rules: dict[str, Callable[[_Piece, str], bool]] = {
            "": self._take_words,
            **dict.fromkeys(("titre", "title"), self._within(Field.TITLE)),
            **dict.fromkeys(("par", "by"), self._within(Field.BY)),
            **dict.fromkeys(("structure", "organisation"), self._within(Field.ORGANISATION)),
            **dict.fromkeys(("dossier", "folder"), self._naming(self._folders)),
            **dict.fromkeys(("reunion", "meeting"), self._naming(self._meetings)),
            "type": self._take_type,
            **dict.fromkeys(("avant", "before"), self._take_before),
            **dict.fromkeys(("apres", "after"), self._take_after),
        }

    def take(self, piece: _Piece) -> None:
        if piece.whole in EITHER and self._before_or is None and self._last_field is not None:
            self._before_or, self._typed_or = self._last_field, piece.whole
            return
        kind = _KINDS.get(piece.field, "")
        if self._before_or is not None and (piece.is_excluded or kind != self._before_or):
            self._take_or_as_word()
        if not self.takes(piece):
            kind = ""
            self._add(_as_words(piece.whole), is_excluded=False)
        self._before_or = None
        is_joinable = bool(kind) or bool(self._clauses and not self._clauses[-1].is_excluded)
        self._last_field = kind if is_joinable and not piece.is_excluded else None

    def knows(self, field: str) -> bool:
        return bool(field) and field in self._rules

    def takes(self, piece: _Piece) -> bool:
        rule = self._rules.get(piece.field)
        return rule is not None and rule(
            piece, piece.word if piece.phrase is None else piece.phrase
        )

    def query(self) -> Query:
        if self._before_or is not None:
            self._take_or_as_word()
        return Query(
            clauses=tuple(self._clauses),
            folders=tuple(self._folders[False]),
            excluded_folders=tuple(self._folders[True]),
            media_types=frozenset(self._types[False]),
            excluded_media_types=frozenset(self._types[True]),
            after=self._after,
            before=self._before,
            meetings=tuple(self._meetings[False]),
            excluded_meetings=tuple(self._meetings[True]),
        )

    def _take_or_as_word(self) -> None:
        self._before_or = None
        self._add(Term(self._typed_or), is_excluded=False)

    def _add(self, term: Term, *, is_excluded: bool) -> None:
        if not _has_word(term.text) or self._count >= MAX_TERMS:
            return
        self._count += 1
        if self._before_or == "":
            self._clauses[-1] = Clause((*self._clauses[-1].terms, term))
        else:
            self._clauses.append(Clause((term,), is_excluded))

    def _within(self, field: Field) -> Callable[[_Piece, str], bool]:
        return lambda piece, value: self._take_words(piece, value, field)

    def _take_words(self, piece: _Piece, value: str, field: Field = Field.ANYWHERE) -> bool:
        if not _has_word(value):
            return not piece.field
        form = Form.PHRASE if piece.phrase is not None else Form.WORD
        stem = value[:-1]
        if form is Form.WORD and value.endswith("*") and _is_prefix(stem):
            form, value = Form.PREFIX, stem
        self._add(Term(value, form, field), is_excluded=piece.is_excluded)
        return True

    def _naming(self, names: dict[bool, list[str]]) -> Callable[[_Piece, str], bool]:
        return lambda piece, value: self._take_name(value, names[piece.is_excluded])

    def _take_name(self, value: str, names: list[str]) -> bool:
        if not _has_word(value) or self._count >= MAX_TERMS:
            return False
        self._count += 1
        names.append(value)
        return True

    def _take_type(self, piece: _Piece, value: str) -> bool:
        kinds = MEDIA_TYPES.get(_plain(value), frozenset())
        self._types[piece.is_excluded] |= kinds
        return bool(kinds)

    def _take_before(self, piece: _Piece, value: str) -> bool:
        day = _first_day(value, self._zone)
        if day is None or piece.is_excluded:
            return False
        self._before = min(day, self._before or day)
        return True

    def _take_after(self, piece: _Piece, value: str) -> bool:
        day = _first_day(value, self._zone)
        if day is None or piece.is_excluded:
            return False
        self._after = max(day, self._after or day)
        return True


def _is_prefix(text: str) -> bool:
    letters = sum(map(str.isalnum, text))
    return letters >= _SHORTEST_PREFIX and text[-1].isalnum() and "*" not in text


def _as_words(text: str) -> Term:
    return Term(text.replace('"', " ").strip(" -"))


_DATE = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?", re.ASCII)
_FRENCH_DATE = re.compile(r"(?:(?:(\d{1,2})/)?(\d{1,2})/)(\d{4})", re.ASCII)


def _first_day(value: str, zone: tzinfo) -> datetime | None:
    """First moment of `2024`, `2024-06`, `2024-06-15`, `06/2024` or `15/06/2024`."""
    if found := _DATE.fullmatch(value):
        year, month, day = found.groups()
    elif found := _FRENCH_DATE.fullmatch(value):
        day, month, year = found.groups()
    else:
        return None
    if not _FIRST_YEAR <= int(year) <= _LAST_YEAR:
        return None
    try:
        return datetime(int(year), int(month or 1), int(day or 1), tzinfo=zone)
    except ValueError:
        return None
