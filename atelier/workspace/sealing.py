"""Keys for backups: encrypted to a public one, opened with the secret one (age, X25519).

The form is that of age (age-encryption.org/v1): the `age` program opens it too. The key
that opens need never be on the server.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Protocol

import pyrage

from atelier.errors import CopyRefused

MAGIC = b"age-encryption.org/v1\n"
_PIECE_BYTES = 1024 * 1024


class Source(Protocol):
    """Bytes to be read, in order."""

    def read(self, length: int = -1, /) -> bytes:
        """At most so many bytes; none at the end."""
        ...


class Sink(Protocol):
    """Bytes written, in order."""

    def write(self, piece: bytes, /) -> int:
        """Take them all; how many."""
        ...


def new_key() -> tuple[str, str]:
    """A new key: its public half, which encrypts, and its secret half, which opens."""
    identity = pyrage.x25519.Identity.generate()
    return str(identity.to_public()), str(identity)


def recipients(keys: Iterable[str]) -> list[pyrage.x25519.Recipient]:
    """Public keys as they are written (`age1…`); `CopyRefused` for one that is none."""
    return [_recipient(key) for key in keys]


def identities(text: str, place: str) -> list[pyrage.x25519.Identity]:
    """The secret keys of a key file, one on a line; `CopyRefused` when there is none."""
    lines = [line.strip() for line in text.splitlines()]
    try:
        keys = [pyrage.x25519.Identity.from_str(line) for line in lines if _is_key(line)]
    except pyrage.IdentityError as error:
        raise CopyRefused(place, "no_key") from error
    if not keys:
        raise CopyRefused(place, "no_key")
    return keys


def copy(source: Source, sink: Sink) -> None:
    """Pass the bytes on as they are."""
    while piece := source.read(_PIECE_BYTES):
        sink.write(piece)


def encrypt(source: Source, sink: Sink, to: Sequence[pyrage.x25519.Recipient]) -> None:
    """Pass the bytes on encrypted, memory flat. Raises what source and sink raise."""
    reading, writing = _Noted(source), _Noted(sink)
    try:
        pyrage.encrypt_io(reading, writing, to)
    except (pyrage.EncryptError, OSError) as error:
        raise (reading.failure or writing.failure or error) from error
    # What fails in its very last write is not told otherwise.
    if writing.failure is not None:
        raise writing.failure


def decrypt(source: Source, sink: Sink, keys: Sequence[pyrage.x25519.Identity], place: str) -> None:
    """Pass the bytes on opened, each only once it was found unchanged; memory flat.

    `CopyRefused` for another's key, and when the source was changed or cut anywhere.
    Raises what source and sink raise.
    """
    reading, writing = _Noted(source), _Noted(sink)
    try:
        pyrage.decrypt_io(reading, writing, keys)
    except (pyrage.DecryptError, OSError) as error:
        failure = reading.failure or writing.failure
        if failure is not None:
            raise failure from error
        fault = "other_key" if "matching" in str(error) else "altered"
        raise CopyRefused(place, fault) from error


class _Noted:
    """Passes calls on and keeps what they raise: pyrage tells it as an error of its own."""

    def __init__(self, given: Any) -> None:
        self.failure: BaseException | None = None
        self._given = given

    def read(self, length: int = -1) -> bytes:
        return bytes(self._noting(self._given.read, length))

    def write(self, piece: bytes) -> int:
        return int(self._noting(self._given.write, piece))

    def _noting(self, act: Callable[..., Any], *given: object) -> Any:
        try:
            return act(*given)
        except BaseException as error:
            # The first: what was begun is ended by writing once more, which fails in its turn.
            self.failure = self.failure or error
            raise


def _recipient(key: str) -> pyrage.x25519.Recipient:
    try:
        return pyrage.x25519.Recipient.from_str(key)
    except pyrage.RecipientError as error:
        # Not all of it: it may be the secret half.
        shown = f"{key[:8]}…" if len(key) > 8 else key
        raise CopyRefused(shown, "no_recipient") from error


def _is_key(line: str) -> bool:
    return bool(line) and not line.startswith("#")
