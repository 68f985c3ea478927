"""Where the file of a hash stands: 256 folders named by the first two digits."""

from __future__ import annotations

import re
from pathlib import Path

from atelier.errors import BlobMissing

PREFIXES = tuple(f"{number:02x}" for number in range(256))

_HASH = re.compile(r"[0-9a-f]{64}", re.ASCII)
_KEY = re.compile(r"[0-9a-f]{32}", re.ASCII)


def is_key(name: str) -> bool:
    """Whether this can be the key of a resumable draft."""
    return _KEY.fullmatch(name) is not None


def is_hash(name: str) -> bool:
    """Whether this is a SHA-256 in lower-case hex."""
    return _HASH.fullmatch(name) is not None


def place(folder: Path, sha256: str) -> Path:
    """`folder/ab/<sha256>`. What is not a hash names nothing: `BlobMissing`."""
    if not is_hash(sha256):
        raise BlobMissing(sha256)
    return folder / sha256[:2] / sha256
