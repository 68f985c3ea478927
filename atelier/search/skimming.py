"""Whether words may stand in some texts, long before these are analysed."""

from __future__ import annotations

from collections.abc import Sequence

from atelier.search import french
from atelier.search.effort import Effort
from atelier.search.grammar import Form, Term
from atelier.search.sought import Page, Sought


class Skimmed:
    """Texts of one language, in which each thing is looked for once, by its first letters.

    A "no" is what an index says. A "yes" may be none of joined words and beginnings of
    several words, and is said of whatever there was not enough effort to look for, or may be
    written in a way that only the analysis understands.
    """

    def __init__(self, texts: Sequence[str], language: str, effort: Effort) -> None:
        self._pages = [Page(text, effort) for text in texts]
        self._language = language
        self._effort = effort
        self._known: dict[tuple[str, str], bool] = {}

    def has(self, term: Term) -> bool:
        """Whether what the term says may stand in the texts, whatever its field."""
        match term.form:
            case Form.WORD:
                return all(map(self.holds, french.words(term.text)))
            case Form.PHRASE:
                # Some of them may stand there joined: where, only the analysis knows.
                return all(self._stands(word) for _, word in french.phrase(term.text))
            case Form.PREFIX:
                return all(self._stands(start=one.exact) for one in french.spelled(term.text)[-1:])

    def holds(self, word: french.Word) -> bool:
        """Whether the word may stand there: joined, or all its parts."""
        if word.joined and self._stands(word.joined):
            return True
        return bool(word.parts) and all(map(self._stands, word.parts))

    def _stands(self, exact: str = "", start: str = "") -> bool:
        known = self._known.get((exact, start))
        if known is None:
            # The French stem of a searched word is also looked for in texts of other languages.
            languages = {self._language, french.USUAL_LANGUAGE} if exact else {self._language}
            known = any(
                self._has_place(Sought(one, exact=exact, beginning=start)) for one in languages
            )
            self._known[exact, start] = known
        return known

    def _has_place(self, one: Sought) -> bool:
        # What takes more than half of what is left is as well left to the analysis.
        effort = self._effort.part(2)
        found = any(any(one.places(page, 1, effort)) for page in self._pages)
        return found or one.is_cut or any(page.is_doubtful for page in self._pages)
