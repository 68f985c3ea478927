"""What a blob store promises, and what it asks of its callers.

A store keeps immutable bytes under their SHA-256. `seal` returns only when the bytes
and the directory entry that names them would survive a power cut. A store never tells
one caller what another has stored: sealing equal bytes answers exactly like new ones.
`tests/contracts/blobs.py` is this page as tests; a store that passes it is accepted.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from atelier.model.documents import Blob


@dataclass(frozen=True, slots=True)
class Kept:
    """How many bytes of a resumable draft are there; `is_whole` once it was sealed."""

    size_bytes: int
    is_whole: bool = False


class Draft(Protocol):
    """Bytes on their way in, from one writer. End it with `seal` or `drop`, once.

    After a refused or cancelled `write` it can only be dropped: `seal` then refuses too,
    so that a part is never stored as a whole. After its end, `write` and `seal` raise
    `WriteFailed`.
    """

    @property
    def size_bytes(self) -> int:
        """Bytes taken so far."""
        ...

    async def write(self, chunk: bytes) -> None:
        """Append. Raises `TooLarge` at the byte that passes the limit, `NoRoom`, `WriteFailed`.

        A fault of the disk may be told by a later `write`, or by `seal`.
        """
        ...

    async def seal(self) -> Blob:
        """Make durable under its hash; heals a rotted equal one. `NoRoom`, `WriteFailed`.

        Ends the draft in any case: when it raises, the bytes are dropped. When it is
        cancelled it still finishes by itself, and what it stored belongs to nobody.
        """
        ...

    async def drop(self) -> None:
        """Forget the bytes; never raises, does nothing after `seal` or a second time."""
        ...


class Resumable(Protocol):
    """Bytes of one key on their way in, by one writer at a time. End it with `close`.

    Whatever is refused or cancelled, what was taken is a beginning of what was given.
    """

    @property
    def offset_bytes(self) -> int:
        """Bytes taken so far, with those of earlier times; not all of them durable yet."""
        ...

    async def write(self, chunk: bytes) -> None:
        """Append. `TooLarge` for a chunk that passes the limit (none of it is taken), `NoRoom`.

        `OffsetMismatch` when all had come before and other bytes come now: then nothing is
        kept. A fault of the disk may be told by a later `write`, or by `sync`.
        """
        ...

    async def sync(self) -> int:
        """Make durable what was taken, and go on; how many bytes that is.

        After `NoRoom` those before it. On a fault of the disk what was not durable before is
        lost, perhaps all: `WriteFailed`.
        """
        ...

    async def seal(self) -> Blob:
        """Make all of it durable under its hash as well; the key keeps it until `forget`.

        Every byte is hashed, also those of earlier times. When it fails, ask `kept`.
        """
        ...

    async def close(self) -> None:
        """Let the next writer in; never raises. What is not durable yet may stay or go."""
        ...


class Opened(Protocol):
    """Bytes being read, also while the blob is removed; `close` when done."""

    @property
    def size_bytes(self) -> int:
        """Size of the whole blob."""
        ...

    async def read(self, offset: int, length: int) -> bytes:
        """Exactly `length` bytes, fewer only at the end. One at a time.

        Raises `BlobMissing` when the store cannot give the bytes back.
        """
        ...

    def close(self) -> None:
        """Give the bytes back, also after a cancelled `read`. May be called again."""
        ...


class BlobStore(Protocol):
    """A place for blobs, chosen by address (`file:storage/blobs`)."""

    async def init(self) -> None:
        """Make the place ready, once per installation; may be repeated. `Fault` when it cannot."""
        ...

    async def check(self) -> None:
        """Raise `FolderUnready` unless `init` was done here; writes nothing. Call it at start."""
        ...

    async def draft(self, limit_bytes: int) -> Draft:
        """Begin to take bytes in. `NoRoom` when less than the free-space floor is left."""
        ...

    async def resume(self, key: str, offset_bytes: int, limit_bytes: int) -> Resumable:
        """Take further bytes of a key (32 hex digits) in, after its first `offset_bytes`.

        What was kept beyond them goes with the first new byte. `UploadInUse` when there is
        a writer already; `OffsetMismatch` when that much is not kept, with what is; `NoRoom`.
        """
        ...

    async def kept(self, key: str) -> Kept:
        """How much of a key is kept."""
        ...

    async def forget(self, key: str) -> None:
        """Drop what a key keeps, never the blob it became. A power cut may undo it."""
        ...

    async def open(self, sha256: str) -> Opened:
        """Open for reading. `BlobMissing`; `Busy` when too much is open already."""
        ...

    async def path(self, sha256: str) -> Path:
        """A local read-only file with these bytes, for the readers of documents; `BlobMissing`."""
        ...

    def hashes(self) -> AsyncIterator[Blob]:
        """Every stored blob by its name and size, in order of hash, for `verify`.

        What is stored or removed meanwhile may be left out or given.
        """
        ...

    async def is_whole(self, sha256: str) -> bool:
        """Read all the bytes and compare with their name; False when they are missing too."""
        ...

    async def remove(self, sha256: str) -> None:
        """Forget a blob; nothing happens when it is not there. A power cut may undo it."""
        ...

    async def collect(self, sha256: str, older_than_seconds: int) -> bool:
        """Forget a blob that was last sealed longer ago than that; whether it did.

        At whatever instant equal bytes are sealed again, they stay: a caller who saw that
        nobody refers to the blob, and then asks this, takes it from no one.
        """
        ...

    async def expire_drafts(
        self, older_than_seconds: int, *, keep: frozenset[str] = frozenset()
    ) -> int:
        """Remove drafts that were not written to for that long; how many.

        But what the keys in `keep` keep, however old.
        """
        ...

    async def close(self) -> None:
        """Stop, once what is under way has ended; may be called twice."""
        ...
