"""The form of a backup: a tar of regular files, written and read as a stream.

Any `tar` reads it. What is read may come from anybody: nothing of it names a place here,
whoever takes the members decides by their names which of them are expected.
"""

from __future__ import annotations

import tarfile
from collections.abc import Callable
from datetime import datetime
from typing import Protocol

BLOCK = tarfile.BLOCKSIZE
# Two blocks of zeros end a tar; what comes behind them is not looked at.
END = bytes(2 * BLOCK)
_ENCODING = "utf-8"


class Broken(Exception):
    """It is no tar of regular files, or it ends too early."""


class Taking(Protocol):
    """Somebody who takes one member's bytes."""

    def write(self, piece: bytes) -> None:
        """The next bytes."""
        ...

    def end(self) -> None:
        """All bytes were given."""
        ...


def header(name: str, size_bytes: int, at: datetime) -> bytes:
    """What stands before the bytes of a file that only its owner may read."""
    member = tarfile.TarInfo(name)
    member.size, member.mode, member.mtime = size_bytes, 0o600, int(at.timestamp())
    return member.tobuf(tarfile.GNU_FORMAT, _ENCODING)


def padding(size_bytes: int) -> bytes:
    """What follows the bytes of a file, to the next full block."""
    return bytes(-size_bytes % BLOCK)


class Unpacking:
    """Takes the bytes of a tar as they come; `begun` is asked who takes each member.

    `write` raises `Broken` for what is no regular file with a plain header, and what those
    who take raise.
    """

    def __init__(self, begun: Callable[[str, int], Taking]) -> None:
        self._begun = begun
        self._held = bytearray()
        self._taking: Taking | None = None
        self._left = self._padding = 0
        self._is_over = False

    def write(self, piece: bytes) -> int:
        """Take the next bytes; how many, always all."""
        self._held += piece
        while self._step():
            pass
        return len(piece)

    def close(self) -> None:
        """Raise `Broken` unless the tar came to its end."""
        if not self._is_over:
            raise Broken

    def _step(self) -> bool:
        if self._is_over:
            self._held.clear()
            return False
        if self._taking is not None and self._left:
            return self._give(self._taking)
        if len(self._held) < self._padding + (0 if self._taking else BLOCK):
            return False
        if self._taking is not None:
            taking, self._taking = self._taking, None
            del self._held[: self._padding]
            self._padding = 0
            taking.end()
            return True
        return self._open()

    def _give(self, taking: Taking) -> bool:
        piece = bytes(self._held[: self._left])
        del self._held[: len(piece)]
        self._left -= len(piece)
        if piece:
            taking.write(piece)
        return bool(piece)

    def _open(self) -> bool:
        block = bytes(self._held[:BLOCK])
        del self._held[:BLOCK]
        if not any(block):
            self._is_over = True
            return True
        try:
            member = tarfile.TarInfo.frombuf(block, _ENCODING, "strict")
        except (tarfile.HeaderError, UnicodeDecodeError) as error:
            raise Broken from error
        if member.type != tarfile.REGTYPE or member.size < 0:
            raise Broken
        self._taking = self._begun(member.name, member.size)
        self._left, self._padding = member.size, -member.size % BLOCK
        return True
