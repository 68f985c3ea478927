"""Words of the network that mean the same: an acronym, and what else it is called."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime

from atelier.errors import Invalid
from atelier.model.ids import GlossaryTermId, PersonId

MAX_TERM_CHARACTERS = 80
MAX_MEANING_CHARACTERS = 200
MAX_MEANINGS = 10
MAX_TERMS = 2_000


@dataclass(frozen=True, slots=True)
class GlossaryTerm:
    """A term with its meanings, in the order in which they were written.

    `changed_by` wrote it last, under the name `changed_by_name`.
    """

    id: GlossaryTermId
    term: str
    meanings: tuple[str, ...]
    changed_by: PersonId
    changed_by_name: str
    changed_at: datetime

    @property
    def state(self) -> str:
        """What it says now, in 32 characters: of two writers who saw the same, one wins."""
        said = "\0".join((self.term, *self.meanings)).encode()
        return hashlib.sha256(said).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Wording:
    """A term and its meanings as they are to be written."""

    term: str
    meanings: tuple[str, ...]


def worded(term: str, meanings: str) -> Wording:
    """What was typed: a term, and meanings set apart by lines or semicolons.

    `Invalid` names what cannot be, `term` or `meanings`. That a meaning says something else
    than the term is for those to check who know when two words are the same.
    """
    said = tuple(filter(None, (_clean(meaning) for meaning in re.split(r"[\n;]", meanings))))
    clean = _clean(term)
    _check("term", clean, MAX_TERM_CHARACTERS, "term_too_long")
    for meaning in said:
        _check("meanings", meaning, MAX_MEANING_CHARACTERS, "meaning_too_long")
    if not said:
        raise Invalid("meanings", "without_meaning")
    return Wording(clean, said)


def worded_line(line: str) -> Wording:
    """« CLS = contrat local de santé ; contrat santé »; the errors of `worded`."""
    term, equals, meanings = line.partition("=")
    if not equals:
        raise Invalid("term", "not_a_term", line[:80])
    return worded(term, meanings)


def _clean(text: str) -> str:
    """On one line, without invisible characters."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


def _check(field: str, text: str, most: int, too_long: str) -> None:
    if not any(map(str.isalnum, text)):
        raise Invalid(field, "without_words", text[:40])
    if len(text) > most:
        raise Invalid(field, too_long, text[:40])
