"""Bytes held to the digest that was announced for them, while they pass."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, Final

from starlette.requests import Request

from atelier.errors import DigestMismatch, Malformed

# Algorithm → length of its digest in bytes.
ALGORITHMS: Final = {"sha1": 20, "sha256": 32}


@dataclass(frozen=True, slots=True)
class Digest:
    """What bytes must hash to, by one of `ALGORITHMS`; `Malformed` for anything else."""

    algorithm: str
    value: bytes

    def __post_init__(self) -> None:
        if ALGORITHMS.get(self.algorithm) != len(self.value):
            raise Malformed("digest")


# One member of an RFC 9530 field: an algorithm and its bytes in base64, between colons.
_MEMBER: Final = re.compile(r"\s*([a-z0-9-]{1,32})\s*=\s*:([A-Za-z0-9+/=]{1,200}):\s*")


def announced(request: Request) -> Digest | None:
    """The SHA-256 that a body is announced with, None without one; other algorithms are passed by.

    `Content-Digest`, or `Repr-Digest` of a body that is the whole (RFC 9530 §2, §3).
    """
    found: set[bytes] = set()
    for name in ("content-digest", "repr-digest"):
        for member in filter(None, ",".join(request.headers.getlist(name)).split(",")):
            matched = _MEMBER.fullmatch(member)
            if matched is None:
                raise Malformed(name)
            if matched[1] == "sha-256":
                found.add(_decoded(matched[2], name))
    if len(found) > 1:
        raise Malformed("content-digest")
    return Digest("sha256", found.pop()) if found else None


def _decoded(text: str, name: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        raise Malformed(name) from None


async def verified(chunks: AsyncIterator[bytes], digest: Digest) -> AsyncIterator[bytes]:
    """The same chunks; after the last of them `DigestMismatch` when they were others."""
    found: Any = hashlib.new(digest.algorithm, usedforsecurity=False)
    async for chunk in chunks:
        found.update(chunk)
        yield chunk
    if not hmac.compare_digest(found.digest(), digest.value):
        raise DigestMismatch(digest.algorithm)
