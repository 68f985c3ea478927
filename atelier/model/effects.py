"""What an act does to who sees what: persons, their access before and after, and how much."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from atelier.model.folders import Role
from atelier.model.ids import PersonId

# From no access to the most; `access.ROLES` carry their actions in this order.
LADDER: Final[tuple[Role | None, ...]] = (None, *Role)


@dataclass(frozen=True, slots=True, order=True)
class Step:
    """An access that turns into another, as places on `LADDER`; 0 is none."""

    old: int
    new: int

    @property
    def before(self) -> Role | None:
        """What she may now."""
        return LADDER[self.old]

    @property
    def after(self) -> Role | None:
        """What she may once it is done."""
        return LADDER[self.new]

    @property
    def is_loss(self) -> bool:
        """Whether she may do less afterwards."""
        return self.new < self.old


@dataclass(frozen=True, slots=True)
class Change:
    """A step, with the number of documents and folders for which somebody takes it.

    A document that moves alone counts without its folder.
    """

    step: Step
    documents: int
    folders: int


@dataclass(frozen=True, slots=True)
class Affected:
    """A person who gains or loses: her organisations that day, and her changes, losses first."""

    id: PersonId
    name: str
    organisations: tuple[str, ...]
    changes: tuple[Change, ...]

    @property
    def is_guest(self) -> bool:
        """Whether she belongs to no organisation."""
        return not self.organisations

    @property
    def loses(self) -> bool:
        """Whether one of her changes is a loss."""
        return any(change.step.is_loss for change in self.changes)

    @property
    def gains(self) -> bool:
        """Whether one of her changes is a gain."""
        return any(not change.step.is_loss for change in self.changes)


@dataclass(frozen=True, slots=True)
class Total:
    """All who take one step: how many people, over which documents and folders together."""

    change: Change
    people: int


@dataclass(frozen=True, slots=True)
class Effect:
    """Who gains and who loses by an act, seen on one day; losses first, then by name.

    `fingerprint` stands for the persons, their steps and the folders concerned. Numbers of
    documents are not in it: a deposit meanwhile does not make it another effect.
    """

    day: date
    people: tuple[Affected, ...]
    totals: tuple[Total, ...]
    fingerprint: str

    @property
    def losing(self) -> int:
        """How many people lose something."""
        return sum(one.loses for one in self.people)

    @property
    def gaining(self) -> int:
        """How many people gain something."""
        return sum(one.gains for one in self.people)


@dataclass(frozen=True, slots=True)
class Announcement:
    """What an act would do: one effect for each day that sees one, the nearest first.

    `mark` stands for it, for who asked, and for what was asked.
    """

    effects: tuple[Effect, ...]
    mark: str
