"""tuspy, a tus client that others wrote, deposits on a running server, over lines that break."""

from __future__ import annotations

import contextlib
import io
import os
import socket
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

import pytest
import requests
from starlette.applications import Starlette
from tusclient.client import TusClient
from tusclient.exceptions import TusCommunicationError, TusUploadFailed
from tusclient.storage.filestorage import FileStorage
from tusclient.uploader.uploader import Uploader

from atelier.app import open_workspace
from atelier.web.pace import ServerLimits
from atelier.web.routes import web_app
from tests.web.network import URL, Network, network, token_in
from tests.web.running import PATIENCE_SECONDS, running

BODY = os.urandom(6 * 1024**2 + 5)


@dataclass
class Line:
    """The way to the server: it breaks once, after so many bytes, when it is told to."""

    port: int
    server_port: int
    breaks_after: int | None = None

    def carry(self, there: socket.socket) -> None:
        """One connection, until either side ends it or it breaks."""
        with there, socket.create_connection(("127.0.0.1", self.server_port)) as back:
            answers = threading.Thread(target=_pour, args=(back, there), daemon=True)
            answers.start()
            self._pour_until_broken(there, back)
            for end in (there, back):
                with contextlib.suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
            answers.join(PATIENCE_SECONDS)

    def _pour_until_broken(self, there: socket.socket, back: socket.socket) -> None:
        carried = 0
        while piece := _received(there):
            carried += len(piece)
            if self.breaks_after is not None and carried > self.breaks_after:
                self.breaks_after = None
                return
            back.sendall(piece)


def _pour(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while piece := _received(source):
            target.sendall(piece)
        target.shutdown(socket.SHUT_WR)


def _received(source: socket.socket) -> bytes:
    try:
        return source.recv(65_536)
    except OSError:
        return b""


@contextmanager
def line_to(server_port: int) -> Iterator[Line]:
    """A line to that server."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        line = Line(listener.getsockname()[1], server_port)

        def accept() -> None:
            with contextlib.suppress(OSError):
                while True:
                    threading.Thread(
                        target=line.carry, args=(listener.accept()[0],), daemon=True
                    ).start()

        threading.Thread(target=accept, daemon=True).start()
        yield line
        listener.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Network]:
    with network(tmp_path / "network") as one:
        yield one


@pytest.fixture
def line(made: Network) -> Iterator[Line]:
    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[dict[str, object]]:
        async with open_workspace(made.settings) as ws:
            yield {"ws": ws}

    with (
        running(web_app(made.settings, lifespan), ServerLimits()) as port,
        line_to(port) as one,
    ):
        yield one


class File(io.BytesIO):
    """A file that stays open: tuspy closes what it is given once, and never what it opens."""

    def close(self) -> None:
        """Nothing yet."""


@dataclass
class Person:
    """Bo, with the session of a browser, at the other end of the line."""

    made: Network
    line: Line
    folder: Path  # where the addresses of her deposits are kept

    def headers(self) -> dict[str, str]:
        """What each request of hers carries."""
        headers = {
            "cookie": f"session={self.made.tokens['bo']}",
            "origin": URL,
            "host": URL.removeprefix("http://"),
        }
        page = requests.get(f"http://127.0.0.1:{self.line.port}/", headers=headers, timeout=20)
        return headers | {"x-form-token": token_in(page.text)}

    def uploader(self, **more: object) -> Uploader:
        """A new client for the file."""
        client = TusClient(f"http://127.0.0.1:{self.line.port}/deposits/", self.headers())
        told = {"filename": "procès-verbal.bin", "folder": str(self.made.shared)}
        given: dict[str, object] = {"metadata": told, "file_stream": File(BODY)} | more
        return client.uploader(**given)

    def head(self, url: str) -> requests.Response:
        """What the server says of a deposit."""
        headers = self.headers() | {"tus-resumable": "1.0.0"}
        return requests.head(url, headers=headers, timeout=20)

    def stored(self, uploader: Uploader) -> bytes:
        """The bytes that a finished deposit became."""
        told = self.head(uploader.url).headers
        assert unquote(told["atelier-name"]) == "procès-verbal.bin"
        page = f"http://127.0.0.1:{self.line.port}/documents/{told['atelier-document']}"
        html = requests.get(page, headers=self.headers(), timeout=20).text
        number = html.partition("/versions/")[2].partition("/")[0]
        address = f"{page}/versions/{number}/content"
        return requests.get(address, headers=self.headers(), timeout=20).content


@pytest.fixture
def bo(made: Network, line: Line, tmp_path: Path) -> Person:
    return Person(made, line, tmp_path)


def test_a_file_arrives_whole_in_one_request(bo: Person) -> None:
    uploader = bo.uploader()
    uploader.upload()
    assert uploader.offset == len(BODY)
    assert bo.stored(uploader) == BODY


@pytest.mark.parametrize("with_checksum", [False, True])
def test_a_file_arrives_in_pieces(bo: Person, with_checksum: bool) -> None:
    uploader = bo.uploader(chunk_size=1_000_000, upload_checksum=with_checksum)
    uploader.upload()
    assert bo.stored(uploader) == BODY


def test_after_a_broken_line_a_new_client_goes_on_from_the_address_it_kept(bo: Person) -> None:
    addresses = bo.folder / "addresses.json"
    kept = FileStorage(str(addresses))
    first = bo.uploader(store_url=True, url_storage=kept)
    first.set_url(first.create_url())
    bo.line.breaks_after = len(BODY) * 6 // 10
    with pytest.raises(TusUploadFailed):
        first.upload()
    kept.close()
    arrived = _arrived(bo, first.url)
    assert 0 < arrived < len(BODY)
    kept = FileStorage(str(addresses))
    second = bo.uploader(store_url=True, url_storage=kept, chunk_size=1_500_000)
    assert (second.url, second.offset) == (first.url, arrived)
    second.upload()
    kept.close()
    assert bo.stored(second) == BODY


def test_a_cancelled_deposit_is_gone(bo: Person) -> None:
    uploader = bo.uploader(chunk_size=1_000_000)
    uploader.upload(stop_at=2_000_000)
    assert bo.head(uploader.url).headers["upload-offset"] == "2000000"
    headers = bo.headers() | {"tus-resumable": "1.0.0"}
    assert requests.delete(uploader.url, headers=headers, timeout=20).status_code == 204
    with pytest.raises(TusUploadFailed):
        uploader.upload()
    with pytest.raises(TusCommunicationError):
        bo.uploader(url=uploader.url)


def _arrived(bo: Person, url: str) -> int:
    """How far a deposit came once the server has seen the line break."""
    end = time.monotonic() + PATIENCE_SECONDS
    while (offset := int(bo.head(url).headers["upload-offset"])) == 0:
        assert time.monotonic() < end
    return offset
