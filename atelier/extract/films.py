"""A still of a film, by ffmpeg; what it answers is an image that somebody else looks at."""

from __future__ import annotations

import tempfile
from pathlib import Path

from atelier.extract.launching import Bounds, Launch, launched
from atelier.extract.limits import MIB
from atelier.extract.pictured import FILMS

_BOUNDS = Bounds(30.0, 1_536 * MIB, answer_bytes=32 * MIB)
_WIDEST = 1_600
_OPTIONS = ("-nostdin", "-v", "error", "-threads", "1", "-protocol_whitelist", "file")
_STILL = (
    "-map", "0:v:0", "-frames:v", "1", "-vf", f"thumbnail=25,scale='min({_WIDEST},iw)':-2",
    "-threads", "1", "-f", "image2pipe", "-c:v", "png", "pipe:1",
)  # fmt: skip


async def still(ffmpeg: Path, film: Path, media_type: str) -> bytes:
    """A PNG of what `film`, an absolute path, shows in its beginning; empty when nothing."""
    launch = Launch(
        ffmpeg,
        (*_OPTIONS, "-f", FILMS[media_type], "-i", f"file:{film}", *_STILL),
        _BOUNDS,
        source=film,
    )
    outcome = await launched(launch)
    return outcome.content if outcome.ending == "done" else b""


def kept(content: bytes) -> tempfile._TemporaryFileWrapper[bytes]:
    """The still as a file that goes when it is closed."""
    file = tempfile.NamedTemporaryFile(suffix=".png")  # noqa: SIM115 (the caller closes it)
    file.write(content)
    file.flush()
    return file
