"""A film shows a still of itself where ffmpeg is; what only calls itself a film calls nobody."""

from __future__ import annotations

import asyncio
import socket
import subprocess
from pathlib import Path

import pytest

from atelier.extract import open_readers_for
from atelier.extract.complete import CompleteReaders
from atelier.extract.contract import Picture
from atelier.extract.process import open_readers
from atelier.extract.programs import Programs
from atelier.settings import Reading as Settings
from tests.programs import FFMPEG


def _drawn(path: Path, name: str, page: int = 1, *, has_program: bool = True) -> Picture:
    async def act() -> Picture:
        if has_program:
            readers = open_readers_for(Settings())
        else:
            readers = CompleteReaders(open_readers(children=1), Programs(), Programs(), 1)
        try:
            return await readers.draw(path, name, page, 320)
        finally:
            await readers.close()

    return asyncio.run(act())


def _film(folder: Path, name: str = "film.mp4") -> Path:
    program = FFMPEG.path()
    assert program is not None
    path = folder / name
    source = ["-f", "lavfi", "-i", "testsrc=duration=1:size=640x360:rate=10"]
    subprocess.run([program, "-v", "error", *source, "-pix_fmt", "yuv420p", str(path)], check=True)
    return path


@pytest.mark.ffmpeg
def test_a_film_shows_a_still_with_ffmpeg_and_none_without(tmp_path: Path) -> None:
    film = _film(tmp_path)
    shown = _drawn(film, "film.mp4")
    assert (shown.content[8:12], shown.width, shown.height) == (b"WEBP", 320, 180)
    assert _drawn(film, "film.mp4", 2) == Picture(reason="no_page")
    assert _drawn(film, "film.mp4", has_program=False) == Picture(reason="no_picture")
    assert _drawn(_film(tmp_path, "film.webm"), "film.webm").width == 320


@pytest.mark.ffmpeg
def test_a_playlist_called_a_film_reaches_neither_network_nor_files(tmp_path: Path) -> None:
    secret = _film(tmp_path, "secret.mp4")
    with socket.create_server(("127.0.0.1", 0)) as canary:
        canary.setblocking(False)
        address = f"http://127.0.0.1:{canary.getsockname()[1]}"
        for line in (f"{address}/a.ts", secret.as_uri(), str(secret)):
            for head in (b"\0\0\0\x18ftypisom", b""):
                path = tmp_path / "liste"
                path.write_bytes(head + f"#EXTM3U\n#EXTINF:1,\n{line}\n".encode())
                assert _drawn(path, "liste.mp4") == Picture(reason="no_picture")
        with pytest.raises(BlockingIOError):
            canary.accept()
