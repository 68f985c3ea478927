"""Static files: read once, named by their contents, compressed once.

One digest for the whole folder, so that a module's `import './toast.js'` and a style
sheet's relative addresses stay inside the same, immutable release.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

MEDIA_TYPES: Final[Mapping[str, str]] = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/x-icon",
}


@dataclass(frozen=True, slots=True)
class StaticFile:
    """The bytes to serve; `gzipped` is None where compression gains nothing."""

    content: bytes
    gzipped: bytes | None
    media_type: str


class Assets:
    """The files of one folder, at addresses that change when any of them changes."""

    def __init__(self, folder: Path) -> None:
        """Reads every file of a known kind below `folder`."""
        self._files = {
            path.relative_to(folder).as_posix(): _loaded(path)
            for path in sorted(folder.rglob("*"))
            if path.suffix in MEDIA_TYPES
        }
        self.digest = _digest(self._files)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all files, such as `css/atelier.css`."""
        return tuple(self._files)

    def url(self, name: str) -> str:
        """The address of a file; KeyError when there is none of that name."""
        if name not in self._files:
            raise KeyError(name)
        return f"/static/{self.digest}/{name}"

    def find(self, path: str) -> StaticFile | None:
        """The file at `<digest>/<name>` (what follows `/static/`), of this release only."""
        digest, _, name = path.partition("/")
        return self._files.get(name) if digest == self.digest else None


def _loaded(path: Path) -> StaticFile:
    content = path.read_bytes()
    # mtime=0: the same file gives the same bytes on every machine.
    gzipped = gzip.compress(content, 9, mtime=0)
    smaller = gzipped if len(gzipped) < len(content) else None
    return StaticFile(content, smaller, MEDIA_TYPES[path.suffix])


def _digest(files: Mapping[str, StaticFile]) -> str:
    digest = hashlib.sha256()
    for name, file in files.items():
        digest.update(f"{name}\0{len(file.content)}\0".encode())
        digest.update(file.content)
    return digest.hexdigest()[:16]
