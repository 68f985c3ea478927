"""What a query wants of a text, able to find its places there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from atelier.search import french
from atelier.search.grammar import Field, Form, Query, Term

_ROOT_LETTERS = 4
# A phrase is read no further than this after its first word.
_PHRASE_CHARS = 1_500
# Of one text, so that a text of words that only begin alike costs no more than others.
_GUESSES = 20_000
# What may stand between letters of one word: dots of an acronym, hyphens, line ends.
_CUT = r"[-‐‑\u00ad\ufffe\x02](?:[ \t]?\r?\n[ \t]{0,8})?"
_BETWEEN = rf"(?:[·.\u200b-\u200d\u2060\u0300-\u036f'’ʼ‘]|{_CUT}){{0,3}}"
_LIGATURES = {"oe": "œŒ", "ae": "æÆ"}
# One character that folds to several letters hides the first ones.
_HIDING = re.compile("[\ufb00-\ufb06]")
# Their stemmers also take away beginnings: first letters say nothing there.
_CHANGED_FRONT = frozenset({"ar", "id", "hi", "ne", "ta", "yi"})


class Sought:
    """One thing: a word by its spelling or stem, one that begins so, or a phrase.

    `phrase` holds its words with the distance of each from the first. For one text only:
    a bounded number of places is tried in all its pages together.
    """

    def __init__(
        self,
        language: str,
        *,
        exact: str = "",
        beginning: str = "",
        phrase: tuple[tuple[int, str], ...] = (),
    ) -> None:
        self._language = language
        self._exact = exact
        self._stem = french.stem(exact, language)
        self._beginning = beginning
        self._phrase = phrase
        self._guess = _guess(_root(exact) if exact else beginning or phrase[0][1])
        self._guesses_left = _GUESSES

    def places(self, text: str, most: int) -> Iterator[tuple[int, int]]:
        """The first `most` places `(start, end)`, in order."""
        found = ((start, end) for start in self._guesses(text) if (end := self._end(text, start)))
        return islice(found, most)

    def _guesses(self, text: str) -> Iterator[int]:
        starts = (guess.start() for guess in self._guess.finditer(text))
        if self._language in _CHANGED_FRONT or _HIDING.search(text):
            starts = (token.start for token in french.tokens(text) if not token.is_joined)
        for start in starts:
            if self._guesses_left <= 0:
                return
            self._guesses_left -= 1
            yield start

    def _end(self, text: str, start: int) -> int:
        """Where it ends when it stands there, else 0."""
        if self._phrase:
            return self._phrase_end(text, start)
        here = (token for token in french.tokens_at(text, start) if token.start == start)
        return max((token.end for token in here if self._is_wanted(token.exact)), default=0)

    def _is_wanted(self, exact: str) -> bool:
        if self._beginning:
            return exact.startswith(self._beginning)
        return exact == self._exact or french.stem(exact, self._language) == self._stem

    def _phrase_end(self, text: str, start: int) -> int:
        window = text[start : start + _PHRASE_CHARS]
        words = (token for token in french.tokens(window) if not token.is_joined)
        waiting = list(self._phrase)
        for at, token in enumerate(words):
            if at < waiting[0][0]:
                continue
            if token.exact != waiting.pop(0)[1]:
                return 0
            if not waiting:
                return start + token.end
        return 0


def sought(query: Query, language: str) -> list[Sought]:
    """Everything that is wanted in the text, each once; bounds and names are not."""
    found: list[Sought] = []
    for clause in query.clauses:
        for term in clause.terms:
            if not clause.is_excluded and term.field is Field.ANYWHERE:
                found += _of_term(term, language)
    return found


def _of_term(term: Term, language: str) -> Iterator[Sought]:
    match term.form:
        case Form.WORD:
            for word in french.words(term.text):
                for part in word.parts:
                    yield Sought(language, exact=part)
                if word.joined:
                    yield Sought(language, exact=word.joined)
        case Form.PHRASE:
            if places := french.phrase(term.text):
                yield Sought(language, phrase=places)
        case Form.PREFIX:
            for last in french.spelled(term.text)[-1:]:
                yield Sought(language, beginning=last.exact)


def _root(exact: str) -> str:
    """First letters that every word with this stem shares; stemmers change the last ones."""
    return exact[: _ROOT_LETTERS if len(exact) > _ROOT_LETTERS else max(2, len(exact) - 1)]


def _guess(beginning: str) -> re.Pattern[str]:
    """Finds where words begin so, whatever their accents and case."""
    return re.compile(rf"(?<![^\W_]){_written(beginning[:_ROOT_LETTERS])}")


def _written(root: str) -> str:
    letters: list[str] = []
    at = 0
    while at < len(root):
        pair = root[at : at + 2]
        if pair in _LIGATURES:
            spelled = f"{_letter(pair[0])}{_BETWEEN}{_letter(pair[1])}"
            letters.append(f"(?:{spelled}|[{_LIGATURES[pair]}])")
            at += 2
        else:
            letters.append(_letter(root[at]))
            at += 1
    return _BETWEEN.join(letters)


def _letter(folded: str) -> str:
    return f"[{re.escape(folded)}{_SPELLINGS.get(folded, '')}{re.escape(folded.upper())}]"


def _spellings() -> dict[str, str]:
    """For each folded first letter, the characters that fold to it (Latin and Greek)."""
    spelled: dict[str, str] = {}
    for char in map(chr, (*range(0xAA, 0x250), *range(0x370, 0x400), *range(0x1E00, 0x1F00))):
        if folded := french.fold(char):
            spelled[folded[0]] = spelled.get(folded[0], "") + char
    return spelled


_SPELLINGS = _spellings()
