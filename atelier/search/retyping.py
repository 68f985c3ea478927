"""A query as a person typed it, part by part: to say what was searched, and to write another."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import UTC, tzinfo
from enum import StrEnum
from typing import NamedTuple

from atelier.model.search import Misread, MisreadKind, Understood
from atelier.search import french
from atelier.search.grammar import EITHER, Field, Form, ill_valued, parse, pieces


class Part(StrEnum):
    """What a piece of a query is."""

    WORD = "word"
    PREFIX = "prefix"
    PHRASE = "phrase"
    TITLE = "title"
    BY = "by"
    ORGANISATION = "organisation"
    FOLDER = "folder"
    MEETING = "meeting"
    TYPE = "type"
    PERIOD = "period"
    EXCLUDED = "excluded"
    OR = "or"


BOUNDS = frozenset({Part.BY, Part.ORGANISATION, Part.MEETING, Part.TYPE, Part.PERIOD})

_SOUGHT = frozenset({Part.WORD, Part.PREFIX, Part.PHRASE})
_FIELDS = {
    Field.TITLE: Part.TITLE,
    Field.BY: Part.BY,
    Field.ORGANISATION: Part.ORGANISATION,
}
_FORMS = {Form.WORD: Part.WORD, Form.PHRASE: Part.PHRASE, Form.PREFIX: Part.PREFIX}


class Typed(NamedTuple):
    """A piece as it was typed, what it is, and its value without field, quotes and minus."""

    whole: str
    part: Part
    value: str


def typed(text: str) -> list[Typed]:
    """The pieces of a query that say something, in order."""
    return [Typed(piece, part, _value(piece)) for piece in pieces(text) if (part := _part(piece))]


def understood(text: str, zone: tzinfo = UTC) -> Understood:
    """What is searched for these words; the same that `parse` reads."""
    found = typed(text)
    query = parse(text, zone)

    def of(*parts: Part) -> tuple[str, ...]:
        return tuple(one.value for one in found if one.part in parts)

    return Understood(
        words=tuple(one.value for one in found if one.part in (Part.WORD, Part.PREFIX)),
        phrases=of(Part.PHRASE),
        excluded=tuple(one.whole.removeprefix("-") for one in found if one.part is Part.EXCLUDED),
        titles=of(Part.TITLE),
        folders=of(Part.FOLDER),
        people=of(Part.BY),
        organisations=of(Part.ORGANISATION),
        kinds=of(Part.TYPE),
        after=query.after,
        before=query.before,
        meetings=of(Part.MEETING),
    )


def misread(text: str) -> tuple[Misread, ...]:
    """The pieces that were taken as words because their field cannot take their value."""
    return tuple(
        Misread(_why(piece, *found), piece, _telling(piece))
        for piece in dict.fromkeys(pieces(text))
        if (found := ill_valued(piece)) is not None
    )


def with_any_word(text: str) -> str:
    """The same, where one word, beginning or phrase is enough; "" when there are not two."""
    found = typed(text)
    telling = [one.whole for one in found if one.part in _SOUGHT and _tells(one)]
    if len(telling) < 2:
        return ""
    rest = [one.whole for one in found if one.part not in _SOUGHT | {Part.OR}]
    return " ".join([" OU ".join(telling), *rest])


def without(text: str, parts: Collection[Part]) -> str:
    """The same without pieces of these kinds; "" when there is none, or nothing else."""
    found = typed(text)
    kept = [one for one in found if one.part not in parts]
    return " ".join(_joined(kept)) if len(kept) < len(found) else ""


def with_word(text: str, exact: str, word: str) -> str:
    """The same with another word wherever a plain word has this exact spelling."""
    return " ".join(
        _spelled_so(one.whole, exact, word) if one.part is Part.WORD else one.whole
        for one in typed(text)
    )


def plain_words(text: str) -> list[str]:
    """The exact spellings of the plain words, each once."""
    found = (
        word.joined or word.parts[0]
        for one in typed(text)
        if one.part is Part.WORD
        for word in french.words(one.value)
        if len(word.parts) == 1 or word.joined
    )
    return list(dict.fromkeys(found))


def _part(piece: str) -> Part | None:
    """What a piece is by itself, as `parse` reads it; None when it asks for nothing."""
    if piece in EITHER:
        return Part.OR
    query = parse(piece)
    if query.excluded_folders or query.excluded_meetings or query.excluded_media_types:
        return Part.EXCLUDED
    bounds = {
        Part.FOLDER: query.folders,
        Part.MEETING: query.meetings,
        Part.TYPE: query.media_types,
        Part.PERIOD: query.after or query.before,
    }
    if bound := next((part for part, said in bounds.items() if said), None):
        return bound
    for clause in query.clauses:
        (term, *_) = clause.terms
        return Part.EXCLUDED if clause.is_excluded else _FIELDS.get(term.field, _FORMS[term.form])
    return None


def _value(piece: str) -> str:
    query = parse(piece)
    for clause in query.clauses:
        (term, *_) = clause.terms
        return term.text + "*" * (term.form is Form.PREFIX)
    return piece.partition(":")[2].strip('"') or piece


def _why(piece: str, field: str, value: str) -> MisreadKind:
    if not value or not field:
        return MisreadKind.VALUE
    if field == "type":
        return MisreadKind.TYPE
    is_date = ill_valued(piece.removeprefix("-")) is None
    return MisreadKind.EXCLUDED_DATE if is_date else MisreadKind.DATE


def _telling(text: str) -> tuple[str, ...]:
    """The words that are searched, as they are written."""
    return tuple(text[one.start : one.end] for one in french.spelled(text) if not one.is_stop)


def _tells(one: Typed) -> bool:
    """Whether it asks for more than stop words."""
    return one.part is not Part.WORD or bool(french.words(one.value))


def _joined(kept: list[Typed]) -> Iterator[str]:
    """These pieces; an OU only where something stands on both its sides."""
    for at, one in enumerate(kept):
        sides = (*kept[:at][-1:], *kept[at + 1 :][:1])
        if one.part is not Part.OR or [side.part is Part.OR for side in sides] == [False, False]:
            yield one.whole


def _spelled_so(whole: str, exact: str, word: str) -> str:
    written = whole
    for token in reversed(list(french.tokens(whole))):
        if token.exact == exact and not token.is_stop:
            written = written[: token.start] + word + written[token.end :]
    return written
