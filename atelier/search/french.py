"""From a text to the terms that are searched: French first, other languages when known.

One analysis for the index, the queries and the marks in snippets; engines receive its
terms and analyse nothing themselves. Two spellings of a word matter: the *exact* one
(lower case, accents folded) and the *stem* (of the folded word: measured better than the
stem of the accented one). Offsets always point into the text as it was given.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

import Stemmer

from atelier.search import conjugation
from atelier.search.stop_words import ELIDED, STOP_WORDS

# Stands for a stop word in `Streams.exact`, so that phrases keep their distances.
GAP = "_"
# In `Streams.written`, stands between the exact spelling and the one that people use.
WRITTEN_AS = "|"

LONGEST_TERM = 64
_SHORTEST_WRITTEN = 3
_BLOCK_CHARS = 1 << 18
# Two generations of this many chunks: 9 of 10 words of a text are remembered, in 5 MB.
_MEMORY_CHUNKS = 10_000

# Of a text whose own is unknown, being short.
USUAL_LANGUAGE = "fr"

# Snowball's languages that may be met in documents, by ISO 639-1.
_STEMMERS = {
    "ar": "arabic",
    "ca": "catalan",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "es": "spanish",
    "eu": "basque",
    "fi": "finnish",
    "fr": "french",
    "ga": "irish",
    "hi": "hindi",
    "hu": "hungarian",
    "hy": "armenian",
    "id": "indonesian",
    "it": "italian",
    "lt": "lithuanian",
    "ne": "nepali",
    "nl": "dutch",
    "no": "norwegian",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sr": "serbian",
    "sv": "swedish",
    "ta": "tamil",
    "tr": "turkish",
    "yi": "yiddish",
}

# Inside a word: combining marks (Latin, Hebrew, Arabic, Indic), soft hyphen, joiners.
_MARKS = (
    "\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670\u0900-\u0903\u093a-\u094f\u0b82\u0bbe-\u0bcd"
    "\u00ad\u200b-\u200d\u2060"
)
# Unicode counts the apostrophe ʼ (U+02BC) among letters; here it links words.
_WORD = rf"(?:[^\W_ʼ]++[{_MARKS}]*+)++"
_LETTER = rf"[^\W\d_ʼ][{_MARKS}]*+"
_ACRONYM = rf"(?:{_LETTER}\.){{2,16}}(?:{_LETTER})?(?![^\W_ʼ])"
_APOSTROPHES = "'’ʼ‘"
# PDFium writes U+FFFE or U+0002 for the hyphen of a word cut at a line end.
_LINE_END = r"[ \t]*+\r?\n[ \t]*+"
_LINK = rf"(?:[{_APOSTROPHES}·]|[-‐‑\ufffe\x02](?:{_LINE_END})?|(?<=\u00ad){_LINE_END})"
# Words hanging together; the bound keeps an endless chain from being one piece.
_CHUNK = re.compile(rf"(?:{_ACRONYM}|{_WORD})(?:{_LINK}(?:{_ACRONYM}|{_WORD})){{0,11}}")
_PART = re.compile(rf"({_ACRONYM}|{_WORD})({_LINK})?")
_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060"))
_TO_WRITTEN = {**_INVISIBLE, **dict.fromkeys(map(ord, _APOSTROPHES), "'")}
_TO_LETTERS = str.maketrans(
    {"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}
)
# Cyrillic keeps its marks: й is a letter of its own and its stemmer needs it.
_ACCENTS = re.compile(r"(?<![\u0400-\u04ff])[\u0300-\u036f]+")
_LINE_CUT = re.compile(rf"[-‐‑\ufffe\x02]?{_LINE_END}")
_DIGIT = re.compile(r"\d")
_NOT_IN_TERMS = re.compile(rf"[^\w{_MARKS}]|_")


class Token(NamedTuple):
    """A word at `[start, end)` of the text, by its exact spelling.

    A compound gives its parts in order, then its joined form (`is_joined`), which stands
    beside the order of words. Stop words are told, not left out.
    """

    start: int
    end: int
    exact: str
    is_stop: bool
    is_joined: bool


class Word(NamedTuple):
    """A searched word: all `parts`, or the `joined` form of a compound ("" when simple)."""

    parts: tuple[str, ...]
    joined: str


class Streams(NamedTuple):
    """What an engine indexes of a text: terms set apart by spaces.

    `exact` keeps the order of words, with `GAP` for each stop word; joined forms follow
    at its end. `stems` has no order worth keeping. `written` is each word once, in lower
    case with its accents (`sante|santé`), without short words and those with digits.
    """

    exact: str
    stems: str
    written: str


def tokens(text: str, start: int = 0) -> Iterator[Token]:
    """Every word of the text from there on, in order, with its place."""
    for found in _CHUNK.finditer(text, start):
        base = found.start()
        for token in _split(found.group()):
            yield token._replace(start=base + token.start, end=base + token.end)


def chunk_at(text: str, start: int) -> str:
    """What hangs together from `start` on, where a word begins; "" where none does."""
    found = _CHUNK.match(text, start)
    return found.group() if found else ""


def tokens_of(chunk: str) -> list[Token]:
    """The words of what `chunk_at` found, with their places in it."""
    return list(_split(chunk))


def spelled(text: str) -> list[Token]:
    """The words in order with stop words and without joined forms: a phrase, a beginning."""
    return [token for token in tokens(text) if not token.is_joined]


def phrase(text: str) -> tuple[tuple[int, str], ...]:
    """The words of a phrase, each with its distance from the first; stop words only count."""
    places = [(at, word.exact) for at, word in enumerate(spelled(text)) if not word.is_stop]
    return tuple((at - places[0][0], exact) for at, exact in places)


def exact_terms(text: str) -> list[str]:
    """The exact spellings of the words, without stop words, joined forms included."""
    return [token.exact for token in tokens(text) if not token.is_stop]


def terms(text: str, language: str) -> list[str]:
    """The stems of the words, without stop words, as the language of the text has them."""
    analysis = _analysis(language)
    return [analysis.stem(exact) for exact in exact_terms(text)]


def stem(exact: str, language: str) -> str:
    """The stem of one exact spelling; itself in an unknown language or with a digit.

    Stems of other languages than French are told apart (`en:meet`): a text in one
    language changes nothing in the answers of another.
    """
    return _analysis(language).stem(exact)


def searched_stems(exact: str, languages: Iterable[str]) -> frozenset[str]:
    """The stems that may stand for a searched word in texts of these languages, and French.

    Those of its other forms too, when it is a verb whose forms have several.
    """
    return own_stems(exact, languages) | _conjugated_stems(exact)


def own_stems(exact: str, languages: Iterable[str]) -> frozenset[str]:
    """Of these `searched_stems`, those of the word as it was typed."""
    return frozenset(stem(exact, language) for language in {*languages, USUAL_LANGUAGE})


@lru_cache(maxsize=1_024)
def _conjugated_stems(exact: str) -> frozenset[str]:
    return frozenset(stem(form, USUAL_LANGUAGE) for form in conjugation.forms(exact))


def words(text: str) -> list[Word]:
    """What a person asks for with these words; stop words ask for nothing."""
    return [word for found in _CHUNK.findall(text) for word in _words_of(_split(found))]


def streams(text: str, language: str) -> Streams:
    """What to index of a text in that language (ISO 639-1, or "" for unknown)."""
    analysis = _analysis(language)
    exact, stems, joined = [], [], []
    written: dict[str, None] = {}
    for block in _blocks(text):
        for learnt in map(analysis.__getitem__, _CHUNK.findall(block)):
            exact.append(learnt[0])
            stems.append(learnt[1])
            written[learnt[3]] = None
            if learnt[2]:
                joined.append(learnt[2])
    words = " ".join(filter(None, written))
    return Streams(" ".join(exact + joined), " ".join(filter(None, stems)), words)


def unlearnt(text: str) -> int:
    """About how many characters `streams` has to analyse: those of words it does not remember.

    The most frequent ones once, the others each time; and what is too long to be remembered.
    """
    found = Counter(_CHUNK.findall(text))
    kept = {chunk for chunk, _ in found.most_common(_MEMORY_CHUNKS) if len(chunk) <= LONGEST_TERM}
    return sum(len(chunk) * (1 if chunk in kept else times) for chunk, times in found.items())


def fold(word: str) -> str:
    """Lower case without accents or ligatures; marks that make a letter stay (Cyrillic)."""
    if word.isascii():
        return word.lower()
    plain = unicodedata.normalize("NFC", word.translate(_INVISIBLE)).lower().translate(_TO_LETTERS)
    # Compatibility forms too: PDFs are full of the one-character "fi".
    apart = unicodedata.normalize("NFKD", plain).lower()
    return _NOT_IN_TERMS.sub("", unicodedata.normalize("NFC", _ACCENTS.sub("", apart)))


# Exact terms, stems, joined forms, written forms; each set apart by spaces.
_Learnt = tuple[str, str, str, str]


class _Analysis(dict[str, _Learnt]):
    """Terms of chunks in one language: exact ones with gaps, stems, joined forms, written ones.

    A text says the same words often: what was analysed is remembered, what was not met
    for two generations is forgotten.
    """

    def __init__(self, language: str) -> None:
        super().__init__()
        algorithm = _STEMMERS.get(language)
        # Its own memory is off: ours is in front, and one stemmer serves several threads.
        self._stemmer = Stemmer.Stemmer(algorithm, 0) if algorithm else None
        self._prefix = "" if language in ("", USUAL_LANGUAGE) else f"{language}:"
        self._lock = threading.Lock()
        self._older: dict[str, _Learnt] = {}

    def stem(self, exact: str) -> str:
        if self._stemmer is None or _DIGIT.search(exact):
            return self._prefix + exact
        with self._lock:
            stem: str = self._stemmer.stemWord(exact)
        return self._prefix + (stem or exact)

    def __missing__(self, chunk: str) -> _Learnt:
        learnt = self._older.get(chunk) or self._analysed(chunk)
        if len(chunk) <= LONGEST_TERM:
            if len(self) >= _MEMORY_CHUNKS:
                self._older = dict(self)
                self.clear()
            self[chunk] = learnt
        return learnt

    def _analysed(self, chunk: str) -> _Learnt:
        found = list(_split(chunk))
        return (
            " ".join(GAP if word.is_stop else word.exact for word in found if not word.is_joined),
            " ".join(self.stem(word.exact) for word in found if not word.is_stop),
            " ".join(word.exact for word in found if word.is_joined),
            " ".join(filter(None, (_written(chunk, word) for word in found))),
        )


_analyses: dict[str, _Analysis] = {}


def _analysis(language: str) -> _Analysis:
    known = language if language in _STEMMERS else ""
    analysis = _analyses.get(known)
    # Two threads may both make one: the later stays, the other is as good for its call.
    if analysis is None:
        analysis = _analyses[known] = _Analysis(known)
    return analysis


def _blocks(text: str) -> Iterator[str]:
    """The text in pieces cut at spaces: the words of 64 MiB at once would fill the memory."""
    start = 0
    while len(text) - start > _BLOCK_CHARS:
        cut = text.rfind(" ", start + 1, start + _BLOCK_CHARS)
        end = cut if cut > start else start + _BLOCK_CHARS
        yield text[start:end]
        start = end
    yield text[start:] if start else text


def _split(chunk: str) -> Iterator[Token]:
    """The tokens of a chunk, at offsets from its start."""
    if chunk.isalnum() and "ʼ" not in chunk:
        if token := _token(chunk, 0, len(chunk)):
            yield token
        return
    compound: list[Token] = []
    for token, link in _spelled(chunk):
        compound.append(token)
        if link in _APOSTROPHES and (not link or token.exact in ELIDED):
            yield from _compound(compound)
            compound = []
    yield from _compound(compound)


def _compound(parts: list[Token]) -> Iterator[Token]:
    """Parts that hang together; *aujourd'hui* is one word, the others are also joined."""
    joined = "".join(part.exact for part in parts)[:LONGEST_TERM]
    if joined == "aujourdhui":
        yield Token(parts[0].start, parts[-1].end, joined, False, False)
        return
    yield from parts
    if len(parts) > 1 and not all(part.is_stop for part in parts):
        yield Token(parts[0].start, parts[-1].end, joined, False, True)


def _spelled(chunk: str) -> Iterator[tuple[Token, str]]:
    """Each part with the link after it; what a line end had cut is one part again."""
    begun, start = "", 0
    for found in _PART.finditer(chunk):
        link = found.group(2) or ""
        word = begun + found.group(1)
        start = start if begun else found.start()
        if "\n" in link and chunk[found.end() : found.end() + 1].islower():
            begun = word
            continue
        begun = ""
        if token := _token(word, start, found.end(1)):
            yield token, link


def _token(word: str, start: int, end: int) -> Token | None:
    if "." in word:
        word = word.replace(".", "")
    exact = fold(word)[:LONGEST_TERM]
    if not exact:
        return None
    spelled = word.lower() if word.isascii() else unicodedata.normalize("NFC", word).lower()
    return Token(start, end, exact, spelled in STOP_WORDS, False)


def _written(chunk: str, word: Token) -> str:
    """The word as people write it, behind its exact spelling; "" for what is not suggested."""
    exact = word.exact
    if word.is_stop or word.is_joined or len(exact) < _SHORTEST_WRITTEN or _DIGIT.search(exact):
        return ""
    written = _LINE_CUT.sub("", chunk[word.start : word.end])
    written = unicodedata.normalize("NFC", written.translate(_TO_WRITTEN)).lower()
    if len(written) > LONGEST_TERM or written == exact:
        return exact
    return exact if "." in written else f"{exact}{WRITTEN_AS}{written}"


def _words_of(found: Iterator[Token]) -> Iterator[Word]:
    """Group the parts of each compound with its joined form, which comes after them."""
    waiting: list[Token] = []
    for token in found:
        if not token.is_joined:
            waiting.append(token)
            continue
        simple = [part for part in waiting if part.start < token.start]
        yield from (Word((part.exact,), "") for part in simple if not part.is_stop)
        parts = tuple(p.exact for p in waiting if p.start >= token.start and not p.is_stop)
        yield Word(parts, token.exact)
        waiting = []
    yield from (Word((part.exact,), "") for part in waiting if not part.is_stop)
