"""How soon a guesser comes to a password: what it is made of, as the one who knows us would try.

A guesser takes words, names, towns, walks along the keyboard, dates and repetitions before he
takes letters one by one. A password is cut into such pieces where that makes it the cheapest,
and each piece costs the logarithm of how many he must try for it. What stands in no list
costs what its letters cost after one another in our words: chance letters much, a rare French
word less.
"""

from __future__ import annotations

import functools
import itertools
import math
import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from atelier.model import names

# Four of our words have 45, a word with a year some 20. Tries are few for each account: these
# bits are for whoever holds a stolen hash, and buys each try with argon2id.
ENOUGH_BITS = 40.0
# CNIL 2022-100: where tries are restricted, a rule lets through nothing below fifty bits,
# reckoned by length and kinds of characters alone; so digits only must be sixteen.
ENOUGH_BY_LENGTH_BITS = 50.0

_OF_HERS_BITS = 3.0
_PART_OF_HERS_BITS = 1.0  # more, for the beginning or the end of one
_REPEATED_BITS = 2.0
_WALK_BITS = 6.0
_YEAR_BITS = 7.0
_DAY_BITS = 15.0
_DIGIT_BITS = math.log2(10)
_CAPITAL_BITS = 1.0
_DISGUISED_BITS = 2.0  # a digit or a sign for a letter
_PARTED_BITS = 4.0  # the spaces or signs that were put between the letters of a saying
_SIGN_BITS = 5.0
_SAME_SIGN_BITS = 1.0
_STRANGE_BITS = 8.0  # a letter of another alphabet
_WALK_CHARACTERS = 4
_LONGEST_REPEATED = 16
_KINDS = ((r"[0-9]", 10), (r"[a-z]", 26), (r"[A-Z]", 26), (r"[ -/:-@[-`{-~]", 37), (r"[^ -~]", 37))
_DISGUISES = str.maketrans("013457@$€!|", "oieastaseil")
_YEAR = re.compile(r"19[3-9]\d|20[0-4]\d")
_SHORT_DAY = re.compile(r"(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])\d\d")
_DAY = re.compile(r"(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])(?:19|20)\d\d")


@dataclass(frozen=True, slots=True)
class Lists:
    """What a guesser has.

    Words with their bits, and their beginnings, which are no word and infinitely dear; every
    part of so many keys of the walks; what letters cost at first and after one another.
    """

    pieces: Mapping[str, float]
    steps: frozenset[str]
    letters: Mapping[str, float]


def is_guessable(password: str, known: Iterable[str] = ()) -> bool:
    """Whether a guesser who knows these words about a person soon comes to the password."""
    return _by_length(password) < ENOUGH_BY_LENGTH_BITS or bits(password, known) < ENOUGH_BITS


def bits(password: str, known: Iterable[str] = ()) -> float:
    """The logarithm of how many a guesser tries before this one, about.

    `known` are texts about the person: her name, address, organisations.
    """
    lists = _lists()
    hers = _hers(known)
    plain = names.sort_key(password)
    joined = "".join(character for character in plain if character.isalnum())
    capitals = _capitals(password)
    found = _cheapest(plain, lists, hers)
    if joined != plain:
        found = min(found, _cheapest(joined, lists, hers) + _PARTED_BITS)
    return found + capitals


def _by_length(password: str) -> float:
    kinds = sum(number for pattern, number in _KINDS if re.search(pattern, password))
    return len(password) * math.log2(max(kinds, 2))


def _capitals(password: str) -> float:
    """The first letter of words, or all letters, are what everybody does."""
    inside = sum(
        1
        for before, character in itertools.pairwise(password)
        if character.isupper() and before.isalpha()
    )
    some = any(character.isupper() for character in password)
    is_loud = not any(character.islower() for character in password)
    return _CAPITAL_BITS * (inside if some and not is_loud else 0) + _CAPITAL_BITS * some


def _cheapest(text: str, lists: Lists, hers: Mapping[str, float]) -> float:
    """The bits of the pieces into which it falls most cheaply."""
    shown = text.translate(_DISGUISES)
    costs = [0.0] + [math.inf] * len(text)
    for start in range(len(text)):
        pieces = itertools.chain(
            [(start + 1, _character(text, start, lists))],
            _listed(text, start, lists.pieces),
            _listed(text, start, hers),
            _repeated(text, start),
            _walks(text, start, lists),
            _dates(text, start),
            ((end, cost + _DISGUISED_BITS) for end, cost in _listed(shown, start, lists.pieces))
            if shown != text
            else (),
        )
        for end, cost in pieces:
            costs[end] = min(costs[end], costs[start] + cost)
    return costs[-1]


def _listed(text: str, start: int, pieces: Mapping[str, float]) -> Iterator[tuple[int, float]]:
    """Where the listed words that begin here end, and their bits."""
    for end in range(start + 1, len(text) + 1):
        cost = pieces.get(text[start:end])
        if cost is None:  # nothing listed begins so
            return
        if cost < math.inf:
            yield end, cost


def _repeated(text: str, start: int) -> Iterator[tuple[int, float]]:
    """Where what stands before ends again."""
    for length in range(1, min(start, len(text) - start, _LONGEST_REPEATED) + 1):
        if text.startswith(text[start - length : start], start):
            yield start + length, _REPEATED_BITS


def _walks(text: str, start: int, lists: Lists) -> Iterator[tuple[int, float]]:
    """Where a walk along a row that begins here may end."""
    end = start + _WALK_CHARACTERS
    while text[end - _WALK_CHARACTERS : end] in lists.steps:
        yield end, _WALK_BITS + math.log2(end - start)
        end += 1


def _dates(text: str, start: int) -> Iterator[tuple[int, float]]:
    """Where a year or a day that begins here ends."""
    for pattern, cost in ((_YEAR, _YEAR_BITS), (_SHORT_DAY, _DAY_BITS), (_DAY, _DAY_BITS)):
        found = pattern.match(text, start)
        if found:
            yield found.end(), cost


def _character(text: str, at: int, lists: Lists) -> float:
    """What a character costs that is part of nothing."""
    character, before = text[at], text[at - 1] if at else ""
    if character.isascii() and character.isalpha():
        return lists.letters.get(before + character, lists.letters[character])
    if character.isdecimal():
        return _DIGIT_BITS
    if character.isalpha():
        return _STRANGE_BITS
    return _SAME_SIGN_BITS if character in text[:at] else _SIGN_BITS


def _hers(known: Iterable[str]) -> dict[str, float]:
    """The words about her, their beginnings and their ends."""
    found: dict[str, float] = {}
    for text in known:
        for word in re.findall(r"[a-z0-9]{2,}", names.sort_key(text)):
            found[word] = _OF_HERS_BITS
            for length in range(3, len(word)):
                for part in (word[:length], word[-length:]):
                    found.setdefault(part, _OF_HERS_BITS + _PART_OF_HERS_BITS)
    return _with_beginnings(found)


@functools.cache
def _lists() -> Lists:
    """The lists of `common_words.toml`, made ready once for the process."""
    source = Path(__file__).with_name("common_words.toml").read_text("utf-8")
    groups = {
        name: [_squeezed(word) for word in text.split()]
        for name, text in tomllib.loads(source).items()
    }
    walks = groups.pop("walks")
    words = {word for group in groups.values() for word in group if len(word) > 1}
    steps = {
        row[at : at + _WALK_CHARACTERS]
        for walk in walks
        for row in (walk, walk[::-1])
        for at in range(len(row) - _WALK_CHARACTERS + 1)
    }
    each = math.log2(len(words))
    return Lists(_with_beginnings(dict.fromkeys(words, each)), frozenset(steps), _letters(words))


def _with_beginnings(words: Mapping[str, float]) -> dict[str, float]:
    beginnings = (word[:end] for word in words for end in range(1, len(word)))
    return dict.fromkeys(beginnings, math.inf) | dict(words)


def _squeezed(word: str) -> str:
    return "".join(character for character in names.sort_key(word) if character.isalnum())


def _letters(words: Iterable[str]) -> dict[str, float]:
    """The bits of each letter at the beginning, and of each after another."""
    alphabet = "abcdefghijklmnopqrstuvwxyz"
    pairs = Counter(a + b for word in words for a, b in itertools.pairwise(word))
    costs = dict.fromkeys(alphabet, math.log2(len(alphabet)))
    for before in alphabet:
        total = sum(pairs[before + after] for after in alphabet) + len(alphabet)
        for after in alphabet:
            costs[before + after] = math.log2(total / (pairs[before + after] + 1))
    return costs
