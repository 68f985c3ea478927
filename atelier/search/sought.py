"""What a query wants of a text, able to find its places there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import chain, starmap
from operator import methodcaller

from atelier.search import conjugation, french
from atelier.search.effort import TOKEN, Effort
from atelier.search.grammar import Field, Form, Query, Term

_ROOT_LETTERS = 4
# What may stand between letters of one word: marks, the dot of an acronym, then a link.
_LINE_END = r"[ \t]*+\r?\n[ \t]*+"
_LINK = rf"[·'’ʼ‘]|[-‐‑\ufffe\x02](?:{_LINE_END})?|(?<=\u00ad){_LINE_END}"
_BETWEEN = rf"[\u0300-\u036f\u00ad\u200b-\u200d\u2060]*+\.?(?:{_LINK})?"
_LIGATURES = {"oe": "œŒ", "ae": "æÆ", "ss": "ßẞ", "th": "þÞ"}
# One character that folds to several letters hides the first ones.
_HIDING = re.compile(r"[\ufb00-\ufb06]")
_HIDDEN = rf"(?<![^\W_ʼ])(?:[^\W_]{_BETWEEN}){{0,{_ROOT_LETTERS - 1}}}[\ufb00-\ufb06]"
# Characters of words that are folded otherwise than `_SPELLED` tells; and a pair of letters
# that may be two in another way than `_LIGATURES` has them.
_UNTOLD_LOW = (
    r"¼-¾ßẞĲĳŉǄ-ǌǱ-ǳ\u037a\u0587\u0675-\u0678\u0958-\u095f\u09dc-\u09df\u0a33-\u0a5e\u0b5c\u0b5d"
    r"\u0e33\u0eb3\u0edc\u0edd\u0f43-\u0f69\u10fc\u1e9a\u2150-\u217f\u2189\u2469-\u249b\u2d6f"
    r"\u3038-\u303a\u309f\u30ff\u3131-\u3195\u3220-\u32bf\uf900-\ufaff\ufb13-\ufefc\uff9e\uff9f"
)
_UNTOLD_HIGH = (
    r"\U00010780-\U000107ba\U0001d400-\U0001d7ff\U0001ee00-\U0001eebb\U0001f100-\U0001f10a"
    r"\U0001fbf0-\U0001fbf9\U0002f800-\U0002fa1d"
)
# One range for all the high ones first: several together take twice as long to search.
_UNTOLD = re.compile(
    rf"[{_UNTOLD_LOW}\U00010780-\U0002fa1d]"
    rf"(?<=[{_UNTOLD_LOW}{_UNTOLD_HIGH}])(?:(?<![ßẞ])|(?<=[sSſßẞ][ßẞ]))"
)
# How many characters of a text are looked through for those at the price of one for a word.
_SEEN = 2
# How many times as much it costs to look for those too, and where all letters are the first.
_HIDDEN_TIMES = 4
_CROWD_TIMES = 5
_SAMPLED = 101
_START = methodcaller("start")
# Their stemmers also take away beginnings: first letters say nothing there.
_CHANGED_FRONT = frozenset({"ar", "id", "hi", "ne", "ta", "yi"})


class Page:
    """A text in which many things are looked for, with what is learnt about it once."""

    def __init__(self, text: str, effort: Effort) -> None:
        self.text = text
        self._effort = effort
        # Not `cached_property`, whose lock costs more than all else of a short text.
        self._is_hiding: bool | None = None
        self._is_doubtful: bool | None = None
        self._sample: Mapping[str, int] | None = None

    @property
    def is_hiding(self) -> bool:
        """Whether one character may stand for the first letters of a word, as far as is seen."""
        if self._is_hiding is None:
            self._is_hiding = self._shows(_HIDING)
        return self._is_hiding

    @property
    def is_doubtful(self) -> bool:
        """Whether words may be written so that nothing here finds them, or nobody knows."""
        if self._is_doubtful is None:
            self._is_doubtful = self._shows(_UNTOLD)
        return self._is_doubtful

    @property
    def sample(self) -> Mapping[str, int]:
        """How often each character stands in a sample of it."""
        if self._sample is None:
            some = self.text[::_SAMPLED]
            self._sample = {char: some.count(char) for char in set(some)}
        return self._sample

    def _shows(self, rare: re.Pattern[str]) -> bool:
        """True also when there is not enough effort to see."""
        if self.text.isascii():
            return False
        is_paid = self._effort.take(len(self.text) // _SEEN)
        return not is_paid or rare.search(self.text) is not None


class Sought:
    """One thing: a word by its spelling or stem, one that begins so, or a phrase.

    `phrase` holds its words with the distance of each from the first. `is_cut` once some
    effort was not enough to look everywhere: it may stand where nobody looked.
    """

    def __init__(
        self,
        language: str,
        *,
        exact: str = "",
        beginning: str = "",
        phrase: tuple[tuple[int, str], ...] = (),
    ) -> None:
        self.is_cut = False
        self._language = language
        self._exact = exact
        self._beginning = beginning
        self._phrase = phrase
        start = (beginning or phrase[0][1])[:_ROOT_LETTERS] if not exact else ""
        self._roots = (start,) if start else _roots(exact, language)

    def places(self, page: Page, most: int, effort: Effort) -> Iterator[tuple[int, int]]:
        """The first `most` places `(start, end)`, in order, as far as the effort goes."""
        text, left = page.text, most
        for start in self._tried(page, effort):
            if end := self._end(text, start, effort):
                yield start, end
                left -= 1
                if not left:
                    return

    def _tried(self, page: Page, effort: Effort) -> Iterator[int]:
        text, is_hiding = page.text, page.is_hiding
        times = len(self._roots) + _HIDDEN_TIMES * is_hiding + self._crowd(page)
        reach = min(len(text), effort.left // times)
        at = 0
        for start in self._starts(text, reach, is_hiding=is_hiding):
            if not effort.take(times * (start - at) + TOKEN):
                self.is_cut = True
                return
            at = start
            yield start
        self.is_cut = self.is_cut or reach < len(text)
        effort.spend(times * (reach - at))

    def _starts(self, text: str, reach: int, *, is_hiding: bool) -> Iterator[int]:
        if self._language in _CHANGED_FRONT:
            return (token.start for token in french.tokens(text[:reach]) if not token.is_joined)
        guess = _guess(self._roots, with_hidden=is_hiding)
        return map(_START, guess.finditer(text, 0, reach))

    def _crowd(self, page: Page) -> int:
        """How much more it costs where first letters stand everywhere, seen in a sample."""
        firsts, seen = _firsts(self._roots), 0
        for char, count in page.sample.items():
            if char in firsts:
                seen += count
        return _CROWD_TIMES * seen // max(1, len(range(0, len(page.text), _SAMPLED)))

    def _end(self, text: str, start: int, effort: Effort) -> int:
        """Where it ends when it stands there, else 0."""
        if self._phrase:
            return self._phrase_end(text, start, effort)
        chunk = french.chunk_at(text, start)
        # A word may be as long as its text.
        measure = _measured if len(chunk) <= french.LONGEST_TERM else _measured.__wrapped__
        cost, length = measure(chunk, self._language, self._exact, self._beginning)
        effort.spend(cost)
        return start + length if length else 0

    def _phrase_end(self, text: str, start: int, effort: Effort) -> int:
        words = (token for token in french.tokens(text, start) if not token.is_joined)
        waiting, done, read = self._phrase, 0, start
        for at, token in enumerate(words):
            # What lies between two words may be as long as the text.
            effort.spend(TOKEN + max(0, token.end - read))
            read = token.end
            if at < waiting[done][0]:
                continue
            if token.exact != waiting[done][1]:
                return 0
            done += 1
            if done == len(waiting):
                return token.end
            if not effort.left:
                self.is_cut = True
                return 0
        effort.spend(len(text) - read)
        return 0


def sought(query: Query, language: str) -> list[Sought]:
    """Everything that is wanted in the text, each once; bounds and names are not."""
    return [
        one
        for clause in query.clauses
        for term in clause.terms
        if not clause.is_excluded and term.field is Field.ANYWHERE
        for one in _of_term(term, language)
    ]


def _of_term(term: Term, language: str) -> Iterator[Sought]:
    match term.form:
        case Form.WORD:
            for word in french.words(term.text):
                for part in filter(None, (*word.parts, word.joined)):
                    yield Sought(language, exact=part)
        case Form.PHRASE:
            if places := french.phrase(term.text):
                yield Sought(language, phrase=places)
        case Form.PREFIX:
            for last in french.spelled(term.text)[-1:]:
                yield Sought(language, beginning=last.exact)


# The same few words are met again and again, in all the texts of one page of hits.
@lru_cache(maxsize=1 << 13)
def _measured(chunk: str, language: str, exact: str, beginning: str) -> tuple[int, int]:
    """What looking at it costs, and how far the longest wanted word at its beginning goes."""
    hanging = french.tokens_of(chunk)
    cost = TOKEN * len(hanging) + sum(2 * (one.end - one.start) for one in hanging)
    here = (one for one in hanging if one.start == 0)
    wanted = (one.end for one in here if _is_wanted(one.exact, language, exact, beginning))
    return cost, max(wanted, default=0)


def _is_wanted(found: str, language: str, exact: str, beginning: str) -> bool:
    if beginning:
        return found.startswith(beginning)
    return found == exact or french.stem(found, language) in _stems(exact, language)


@lru_cache(maxsize=1_024)
def _firsts(roots: tuple[str, ...]) -> frozenset[str]:
    """The characters that the wanted words may begin with."""
    return frozenset(char for root in roots for char in _SPELLED[root[0]])


@lru_cache(maxsize=1_024)
def _stems(exact: str, language: str) -> frozenset[str]:
    """The stems of what is marked for a searched word, its other forms among them."""
    if language == french.USUAL_LANGUAGE:
        return french.searched_stems(exact, (language,))
    return frozenset({french.stem(exact, language)})


@lru_cache(maxsize=1_024)
def _roots(exact: str, language: str) -> tuple[str, ...]:
    """The first letters of every word that is wanted for this one; as few as will do."""
    others = conjugation.forms(exact) if language == french.USUAL_LANGUAGE else ()
    roots = {_root(exact), *map(_root, others)}
    if len(roots) > 1:
        roots = {root[: _ROOT_LETTERS - 1] for root in roots}
    return tuple(
        sorted(one for one in roots if not any(one != two and one.startswith(two) for two in roots))
    )


def _root(exact: str) -> str:
    """First letters that every word with this stem shares; stemmers change the last ones."""
    return exact[: _ROOT_LETTERS if len(exact) > _ROOT_LETTERS else max(2, len(exact) - 1)]


@lru_cache(maxsize=1_024)
def _guess(roots: tuple[str, ...], *, with_hidden: bool) -> re.Pattern[str]:
    """Finds where words begin so, whatever their accents and case.

    `with_hidden` also finds the words whose first letters one character hides.
    """
    guesses = [_begun(root) for root in roots]
    return re.compile("|".join([*guesses, _HIDDEN] if with_hidden else guesses))


def _begun(root: str) -> str:
    first, *others = _written(root)
    if root[:2] in _LIGATURES:  # one letter or two
        return _BETWEEN.join([rf"(?<![^\W_ʼ]){first}", *others])
    # Looked behind from after the first letter: that letter alone is searched much faster.
    return _BETWEEN.join([rf"{first}(?<![^\W_ʼ][\s\S])", *others])


def _written(root: str) -> list[str]:
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
    return letters


def _letter(folded: str) -> str:
    return f"[{re.escape(_SPELLED[folded])}]"


# Where letters are that are folded to another one.
_FOLDED = (
    (0xAA, 0x400), (0x1D00, 0x2000), (0x2070, 0x20A0), (0x2100, 0x2150), (0x2460, 0x2500),
    (0x2C60, 0x2C80), (0xA640, 0xA800), (0xAB30, 0xAB70), (0xFF00, 0xFFF0),
)  # fmt: skip


class _Spellings(dict[str, str]):
    """For each folded first letter, the characters that fold to it (Latin and Greek).

    Others are their own, or their capital's; but for those that `_UNTOLD` has.
    """

    def __init__(self) -> None:
        super().__init__()
        for char in map(chr, chain.from_iterable(starmap(range, _FOLDED))):
            if folded := french.fold(char):
                self[folded[0]] = self.get(folded[0], "") + char
        for folded, others in self.items():
            self[folded] = "".join(dict.fromkeys(f"{folded}{folded.upper()}{others}"))

    def __missing__(self, folded: str) -> str:
        return "".join(dict.fromkeys(f"{folded}{folded.upper()}"))


_SPELLED = _Spellings()
