"""Two states of the records compared: whose access changes, from what to what, and how much.

Pure. Folders that the same grants reach, before and after, are one *block*; people who are
the same organisations and groups, before and after, are one *circle*. What the whole
network may is reckoned once a block, a circle by where it differs from that, a person by
what her own grants add to her circle: people and folders are never taken in pairs.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import zip_longest
from typing import Final

from atelier.database.effects import Names, Rows, Snapshot, Standing
from atelier.model.effects import LADDER, Affected, Change, Effect, Step, Total
from atelier.model.ids import PersonId
from atelier.model.names import sort_key

Being = tuple[str, int]  # one thing that somebody is: kind and id of a subject
Chain = tuple[int, ...]  # the folders that carry grants in the reach of a folder
Ranks = Mapping[Being, int]  # what each subject has, as a place on the ladder
Move = tuple[int, int]  # a step: places on the ladder before and after
# Numbers of documents and of folders, and a fingerprint of these folders, side by side in
# one number: so they are added and taken away together.
Amounts = dict[Move, int]

_LANE: Final = 64
_FULL: Final = (1 << _LANE) - 1
_NETWORK: Final[Being] = ("network", 0)
_RANKS: Final[Mapping[str | None, int]] = {role: rank for rank, role in enumerate(LADDER)}


def compare(before: Snapshot, after: Snapshot, names: Names) -> tuple[Effect, ...]:
    """The effect on each day of the snapshots, in order; a day that sees none is left out."""
    blocks = list(_blocks(before, after))
    effects = [
        _Day(before.days[day], after.days[day]).effect(day, blocks, names)
        for day in sorted(before.days)
    ]
    return tuple(effect for effect in effects if effect.people)


@dataclass(frozen=True, slots=True)
class _Block:
    """Folders, or documents that move alone, with the grants that reach them."""

    before: Chain
    after: Chain
    amount: int


@dataclass(eq=False, slots=True)
class _Circle:
    """People who are the same, but for themselves."""

    before: frozenset[Being]
    after: frozenset[Being]
    people: list[int]

    @property
    def is_crowd(self) -> bool:
        """Whether what the network may is theirs on both sides of the act."""
        return self.before == self.after and _NETWORK in self.before

    def move(self, old: Ranks, new: Ranks) -> Move:
        """What becomes of their access where these grants reach."""
        return _best(self.before, old), _best(self.after, new)


class _Day:
    """The people of one day, and what the blocks do to them."""

    def __init__(self, before: Standing, after: Standing) -> None:
        self._standings = before, after
        self._granted = _granted(before.holding), _granted(after.holding)
        self._regranted = _differing(*self._granted)
        known = {being for side in self._granted for ranks in side.values() for being in ranks}
        self._themselves = tuple(
            {person for person, kind, _ in side.everyone if kind == "person"}
            for side in (before, after)
        )
        self._circles = _circles(before.everyone, after.everyone, known)
        self._circle_of = {one: circle for circle in self._circles for one in circle.people}
        self._turned = _by_being(one for one in self._circles if one.before != one.after)
        self._kept = _by_being(one for one in self._circles if one.before == one.after)
        self._crowd_size = sum(len(one.people) for one in self._circles if one.is_crowd)
        self._has_turned = bool(self._turned) or self._themselves[0] != self._themselves[1]
        self._of_crowd: Amounts = defaultdict(int)
        self._of_circle: dict[_Circle, Amounts] = defaultdict(lambda: defaultdict(int))
        self._of_person: dict[int, Amounts] = defaultdict(lambda: defaultdict(int))
        self._together: Amounts = defaultdict(int)

    def effect(self, day: date, blocks: Iterable[_Block], names: Names) -> Effect:
        """Who gains and who loses by all the blocks."""
        for block in blocks:
            is_as_it_was = block.before == block.after and self._regranted.isdisjoint(block.before)
            if self._has_turned or not is_as_it_was:
                self._weigh(block)
        amounts = dict(self._people())
        return Effect(
            day,
            tuple(self._affected(amounts, names)),
            tuple(self._totals(amounts)),
            _fingerprint(amounts),
        )

    def _weigh(self, block: _Block) -> None:
        old = _ranks(block.before, self._granted[0])
        new = _ranks(block.after, self._granted[1])
        takers: dict[Move, int] = defaultdict(int)
        everybodys = old.get(_NETWORK, 0), new.get(_NETWORK, 0)
        if everybodys[0] != everybodys[1]:
            self._of_crowd[everybodys] += block.amount
            takers[everybodys] += self._crowd_size
        for circle in self._touched(old, new):
            usual = everybodys if circle.is_crowd else (0, 0)
            taken = usual, circle.move(old, new)
            _shift(self._of_circle[circle], taken, block.amount, takers, len(circle.people))
        for person, taken in self._persons(old, new):
            _shift(self._of_person[person], taken, block.amount, takers, 1)
        for move, number in takers.items():
            if number:
                self._together[move] += block.amount

    def _touched(self, old: Ranks, new: Ranks) -> set[_Circle]:
        """The circles that do not simply do as the crowd does."""
        beings = old.keys() | new.keys()
        telling = {being for being in beings if old.get(being) != new.get(being)}
        if _NETWORK in telling:  # whoever has more besides does not take the crowd's step
            telling = beings - {_NETWORK}
        return {circle for being in beings for circle in self._turned.get(being, ())} | {
            circle for being in telling for circle in self._kept.get(being, ())
        }

    def _persons(self, old: Ranks, new: Ranks) -> Iterator[tuple[int, tuple[Move, Move]]]:
        """Those with grants of their own here: the step of their circle, and theirs."""
        for being in old.keys() | new.keys():
            kind, person = being
            if kind != "person":
                continue
            circle = self._circle_of.get(person)
            usual = circle.move(old, new) if circle else (0, 0)
            was, is_ = (person in side for side in self._themselves)
            own = was * old.get(being, 0), is_ * new.get(being, 0)
            yield person, (usual, (max(usual[0], own[0]), max(usual[1], own[1])))

    def _people(self) -> Iterator[tuple[int, Amounts]]:
        """Everybody who takes a step, with how much; who does not is left out."""
        for circle in self._circles:
            crowds = self._of_crowd if circle.is_crowd else {}
            usual = _sum(crowds, self._of_circle.get(circle, {}))
            for person in circle.people:
                own = self._of_person.get(person)
                amounts = _sum(usual, own) if own else usual
                if amounts:
                    yield person, amounts
        for person, own in self._of_person.items():
            if person not in self._circle_of and (amounts := _sum(own)):
                yield person, amounts

    def _affected(self, amounts: Mapping[int, Amounts], names: Names) -> list[Affected]:
        organisations: dict[int, list[str]] = {}
        for side in self._standings:  # a place that the act takes away is still told
            of = defaultdict(list)
            for person, kind, number in side.everyone:
                if kind == "organisation" and person in amounts and person not in organisations:
                    of[person].append(names.organisations[number])
            organisations |= of
        people = [
            Affected(
                PersonId(person),
                names.people[person],
                tuple(sorted(organisations.get(person, ()), key=sort_key)),
                _changes(amount),
            )
            for person, amount in amounts.items()
        ]
        return sorted(people, key=lambda one: (not one.loses, sort_key(one.name), one.id))

    def _totals(self, amounts: Mapping[int, Amounts]) -> Iterator[Total]:
        people = Counter(move for one in amounts.values() for move in one)
        for change in _changes(_sum(self._together)):
            yield Total(change, people[change.step.old, change.step.new])


def _blocks(before: Snapshot, after: Snapshot) -> Iterator[_Block]:
    old, new = _chains(before.reach), _chains(after.reach)
    had, has = _numbers(before), _numbers(after)
    amounts: dict[tuple[Chain, Chain], int] = defaultdict(int)
    for folder in old.keys() | new.keys():
        stays = min(had[folder], has[folder])
        amounts[old.get(folder, ()), new.get(folder, ())] += _amount(stays, 1, f"folder {folder}")
    # An act moves one document; were there several, each would be taken to have gone somewhere.
    moved = Counter(zip_longest((had - has).elements(), (has - had).elements()))
    for (origin, arrival), number in moved.items():
        ways = old.get(origin or 0, ()), new.get(arrival or 0, ())
        amounts[ways] += _amount(number, 0, f"{number} from {origin} to {arrival}")
    return (_Block(*ways, amount) for ways, amount in amounts.items())


def _chains(reach: Rows) -> dict[int, Chain]:
    above: dict[int, list[int]] = defaultdict(list)
    for folder, ancestor in reach:
        above[folder].append(ancestor)
    return {folder: tuple(sorted(ancestors)) for folder, ancestors in above.items()}


def _numbers(snapshot: Snapshot) -> Counter[int]:
    """How many documents stand in each folder."""
    numbers: Counter[int] = Counter(dict(snapshot.documents))
    numbers.subtract(dict(snapshot.removed))
    return numbers


def _amount(documents: int, folders: int, what: str) -> int:
    print_ = int.from_bytes(hashlib.blake2b(what.encode(), digest_size=16).digest())
    return print_ << 2 * _LANE | folders << _LANE | documents


def _granted(holding: Rows) -> dict[int, dict[Being, int]]:
    granted: dict[int, dict[Being, int]] = defaultdict(dict)
    for folder, kind, number, role in holding:
        granted[folder][kind, number] = _RANKS[role]
    return granted


def _differing(old: Mapping[int, Ranks], new: Mapping[int, Ranks]) -> set[int]:
    return {folder for folder in old.keys() | new.keys() if old.get(folder) != new.get(folder)}


def _ranks(chain: Chain, granted: Mapping[int, Ranks]) -> Ranks:
    """The best that each subject has by all the grants of a chain."""
    best: dict[Being, int] = {}
    for folder in chain:
        for being, rank in granted.get(folder, {}).items():
            if rank > best.get(being, 0):
                best[being] = rank
    return best


def _circles(before: Rows, after: Rows, known: set[Being]) -> list[_Circle]:
    """People by what they are, of what carries grants at all; those who are nothing left out."""
    was, is_ = _beings(before, known), _beings(after, known)
    people: dict[tuple[frozenset[Being], frozenset[Being]], list[int]] = defaultdict(list)
    for person in was.keys() | is_.keys():
        people[was.get(person, frozenset()), is_.get(person, frozenset())].append(person)
    return [_Circle(*sides, members) for sides, members in people.items()]


def _beings(everyone: Rows, known: set[Being]) -> dict[int, frozenset[Being]]:
    beings: dict[int, list[Being]] = defaultdict(list)
    for person, kind, number in everyone:
        if kind != "person" and (kind, number) in known:
            beings[person].append((kind, number))
    return {person: frozenset(of) for person, of in beings.items()}


def _by_being(circles: Iterable[_Circle]) -> dict[Being, list[_Circle]]:
    found: dict[Being, list[_Circle]] = defaultdict(list)
    for circle in circles:
        for being in circle.before | circle.after:
            found[being].append(circle)
    return found


def _best(beings: frozenset[Being], ranks: Ranks) -> int:
    return max((ranks.get(being, 0) for being in beings), default=0)


def _shift(
    amounts: Amounts, taken: tuple[Move, Move], amount: int, takers: dict[Move, int], people: int
) -> None:
    """So many people take the second of two steps and not the first, over this amount."""
    usual, own = taken
    if usual == own:
        return
    for (old, new), sign in ((usual, -1), (own, 1)):
        if old != new:
            amounts[old, new] += sign * amount
            takers[old, new] += sign * people


def _sum(*several: Mapping[Move, int]) -> Amounts:
    """Added up; what comes to nothing is left out."""
    added: Amounts = defaultdict(int)
    for amounts in several:
        for move, amount in amounts.items():
            added[move] += amount
    return {move: amount for move, amount in added.items() if amount}


def _changes(amounts: Amounts) -> tuple[Change, ...]:
    """Losses first, the greatest first; then gains, the greatest first."""
    changes = [
        Change(Step(*move), amount & _FULL, amount >> _LANE & _FULL)
        for move, amount in amounts.items()
    ]
    return tuple(sorted(changes, key=_weight))


def _weight(change: Change) -> tuple[bool, int, int]:
    step = change.step
    return not step.is_loss, step.new if step.is_loss else -step.new, -step.old


def _fingerprint(amounts: Mapping[int, Amounts]) -> str:
    """Of people, their steps and the folders; numbers of documents, the lowest lane, left out."""
    digest = hashlib.sha256()
    for person in sorted(amounts):
        for move in sorted(amounts[person]):
            digest.update(f"{person} {move} {amounts[person][move] >> _LANE}\n".encode())
    return digest.hexdigest()
