"""What a writer of papers promises: a sheet becomes a file, beside the server's own process."""

from __future__ import annotations

from typing import Protocol

from atelier.model.prose import Sheet
from atelier.model.record import PaperKind

__all__ = ["PaperKind", "Papers"]


class Papers(Protocol):
    """Writes papers in a process of its own, which the server never becomes."""

    async def write(self, sheet: Sheet, kind: PaperKind) -> bytes:
        """The file. The same sheet gives the same bytes.

        Raises `WriteFailed` when it cannot be written, `Busy` when that takes too long or too
        many papers wait.
        """
        ...
