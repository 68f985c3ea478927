"""A disk that fails when told to."""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

from atelier.files import Disk


class FaultPlan:
    """Makes the operation number `at` (from 0) fail, and with `for_good` all after it.

    `only` counts the operations of that name alone, `spared` are never counted. Without
    `at`, nothing fails and `operations` tells what was done, in order; `failed` names what
    was made to fail.
    """

    def __init__(
        self,
        at: int | None = None,
        error: int = errno.EIO,
        *,
        only: str | None = None,
        spared: Collection[str] = (),
        for_good: bool = False,
    ) -> None:
        self.operations: list[tuple[str, Path]] = []
        self.failed: list[str] = []
        self.disk = Disk(self)
        self._at = at
        self._error = error
        self._only = only
        self._spared = spared
        self._for_good = for_good
        self._count = 0
        self._lock = threading.Lock()

    def __call__(self, operation: str, path: Path) -> None:
        with self._lock:
            self.operations.append((operation, path))
            if self._at is None or self._only not in (None, operation):
                return
            if operation in self._spared:
                return
            number, self._count = self._count, self._count + 1
            is_due = number >= self._at if self._for_good else number == self._at
            if is_due:
                self.failed.append(operation)
                raise OSError(self._error, os.strerror(self._error), str(path))

    def heal(self) -> None:
        """Nothing fails from now on."""
        self._at = None

    @property
    def is_lasting(self) -> bool:
        """Whether everything fails after the first failure."""
        return self._for_good

    @property
    def names(self) -> list[str]:
        """The operations without their paths."""
        return [operation for operation, _ in self.operations]


def each_failure(
    error: int, *, spared: Collection[str] = (), for_good: bool = False
) -> Iterator[FaultPlan]:
    """A plan for every operation of an act in turn, until one plan finds nothing to fail.

    The caller runs its act once for each plan, and heals it before anything else.
    """
    number = 0
    while True:
        plan = FaultPlan(number, error, spared=spared, for_good=for_good)
        yield plan
        if not plan.failed:
            return
        number += 1


class Gate:
    """A seam that holds one kind of operation until it is opened."""

    def __init__(self, operation: str) -> None:
        self.is_reached = threading.Event()
        self._operation = operation
        self._open = threading.Event()

    def __call__(self, operation: str, path: Path) -> None:
        if operation == self._operation:
            self.is_reached.set()
            assert self._open.wait(30)

    def open(self) -> None:
        """Let it pass, now and later."""
        self._open.set()


def meanwhile(operation: str, act: Callable[[Path], None]) -> Disk:
    """A disk on which `act` happens just before each operation of that name."""

    def seam(name: str, path: Path) -> None:
        if name == operation:
            act(path)

    return Disk(seam)
