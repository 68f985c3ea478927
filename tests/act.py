"""What an act is that writes: what it does on the stage, and what it may leave when refused."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from atelier.model.people import Actor
from tests.stage import Stage

Verb = Callable[..., Any]


async def _nothing(stage: Stage) -> None:
    """No more than the stage is needed."""


@dataclass(frozen=True)
class Act:
    """One act: what it does on the stage, and through which use-cases.

    `before` is what must be there, done on a whole disk. One that is `gradual` does its
    work in several transactions: those done stay, the next time does the rest. `stays`
    names tables in which a refused one may leave a line all the same, `lingers` those in
    which one that could not be cleared away stays until it expires, on a disk that fails
    for good; `spared` names steps
    that it does hundreds of times, one as the other, and that only read.
    """

    name: str
    verbs: tuple[Verb, ...]
    do: Callable[[Stage], Awaitable[object]]
    before: Callable[[Stage], Awaitable[None]] = _nothing
    gradual: bool = False
    stays: frozenset[str] = frozenset()
    lingers: frozenset[str] = frozenset()
    spared: frozenset[str] = frozenset()

    def __str__(self) -> str:
        return self.name


def awa(stage: Stage) -> Actor:
    """The contributor."""
    return stage.people["awa"]


def bo(stage: Stage) -> Actor:
    """The reader."""
    return stage.people["bo"]
