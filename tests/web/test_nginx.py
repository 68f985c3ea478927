"""Downloads that a real nginx sends, set up as the README says, once the right is checked."""

from __future__ import annotations

import getpass
import http.client
import re
import socket
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from starlette.applications import Starlette

from atelier.app import open_workspace
from atelier.settings import load
from atelier.web.pace import ServerLimits
from atelier.web.routes import web_app
from tests.house import ROOT
from tests.programs import NGINX
from tests.web.network import PDF, Network, network
from tests.web.running import PATIENCE_SECONDS, running

pytestmark = pytest.mark.nginx

CONFIG = """
daemon off;
pid {folder}/pid;
user {user};
events {{}}
http {{
    access_log {folder}/access.log;
    client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
    uwsgi_temp_path {folder}; scgi_temp_path {folder};
    server {{
        listen 127.0.0.1:{port};
        location / {{
            proxy_pass http://127.0.0.1:{behind};
            proxy_http_version 1.1;
            proxy_set_header Host $http_host;
            proxy_set_header X-Forwarded-For $remote_addr;
        }}
        {location}
    }}
}}
"""


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Front:
    """The network behind nginx; `behind` is the port of Atelier itself."""

    made: Network
    port: int
    behind: int

    def get(self, path: str, who: str = "bo", method: str = "GET", **headers: str) -> Answer:
        """The answer through nginx."""
        return self._asked(self.port, path, who, method, headers)

    def get_directly(self, path: str, who: str = "bo") -> Answer:
        """The answer of Atelier itself."""
        return self._asked(self.behind, path, who, "GET", {})

    def _asked(
        self, port: int, path: str, who: str, method: str, headers: dict[str, str]
    ) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        cookie = {"Cookie": f"session={self.made.tokens[who]}"} if who else {}
        connection.request(method, path, headers={"Host": "localhost:8000", **cookie, **named})
        given = connection.getresponse()
        told = {name.lower(): value for name, value in given.getheaders()}
        answer = Answer(given.status, told, given.read())
        connection.close()
        return answer


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    """nginx before the application, which trusts it."""
    data = tmp_path_factory.mktemp("network")
    environ = {
        "ATELIER_SERVER_ACCEL_REDIRECT": "/_blobs/",
        "ATELIER_SERVER_TRUSTED_PROXIES": "127.0.0.1",
    }
    with network(data) as founded:
        made = replace(founded, settings=load(data, environ, data))

        @asynccontextmanager
        async def lifespan(app: Starlette) -> AsyncIterator[dict[str, object]]:
            async with open_workspace(made.settings) as ws:
                yield {"ws": ws}

        folder = tmp_path_factory.mktemp("nginx")
        with (
            running(web_app(made.settings, lifespan), ServerLimits()) as behind,
            nginx(folder, behind, _location(data)) as port,
        ):
            yield Front(made, port, behind)


def _location(data: Path) -> str:
    """The block of the README, for this data folder."""
    readme = (ROOT / "README.md").read_text("utf-8")
    found = re.search(r"^ +location /_blobs/ \{.*?^ +\}", readme, re.MULTILINE | re.DOTALL)
    assert found and "/var/lib/atelier/" in found[0]
    return found[0].replace("/var/lib/atelier/", f"{data}/")


@contextmanager
def nginx(folder: Path, behind: int, location: str) -> Iterator[int]:
    """A server of our own, with its files in this folder; its port."""
    program = NGINX.path()
    assert program
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    config = folder / "nginx.conf"
    user = getpass.getuser()
    config.write_text(
        CONFIG.format(folder=folder, user=user, port=port, behind=behind, location=location)
    )
    command = [program, "-p", str(folder), "-e", str(folder / "error.log"), "-c", str(config)]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        _await(process, port, folder)
        yield port
    finally:
        process.terminate()
        process.wait(PATIENCE_SECONDS)


def _await(process: subprocess.Popen[bytes], port: int, folder: Path) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while process.poll() is None and time.monotonic() < end:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
    raise AssertionError((folder / "error.log").read_text())


def content_of(front: Front) -> str:
    return f"/documents/{front.made.document}/versions/1/content"


def test_nginx_sends_the_bytes_with_all_that_guards_them(front: Front) -> None:
    through, direct = front.get(content_of(front)), front.get_directly(content_of(front))
    assert (through.status, through.body) == (200, PDF)
    # Atelier itself gave no byte: it only said where they are.
    assert direct.body == b"" and direct.headers["x-accel-redirect"].startswith("/_blobs/")
    assert "x-accel-redirect" not in through.headers and "last-modified" not in through.headers
    for name in (
        "content-type",
        "content-disposition",
        "content-security-policy",
        "x-content-type-options",
        "referrer-policy",
        "cross-origin-resource-policy",
        "cache-control",
        "etag",
    ):
        assert through.headers.get(name) == direct.headers[name], name
    assert through.headers["content-length"] == str(len(PDF))
    head = front.get(content_of(front), method="HEAD")
    assert (head.status, head.headers["content-length"]) == (200, str(len(PDF)))


def test_one_who_may_not_read_gets_nothing_of_it(front: Front) -> None:
    never = front.get("/documents/999999/versions/1/content", "cy")
    answer = front.get(content_of(front), "cy")
    assert (answer.status, answer.body) == (404, never.body)
    assert front.get(content_of(front), "").status == 303
    place = front.get_directly(content_of(front)).headers["x-accel-redirect"]
    for who in ("bo", "cy", ""):
        assert front.get(place, who).status == 404


def test_ranges_and_conditions_go_through(front: Front) -> None:
    here = content_of(front)
    etag = front.get(here).headers["etag"]
    part = front.get(here, Range="bytes=5-7")
    assert (part.status, part.body) == (206, PDF[5:8])
    assert part.headers["content-range"] == f"bytes 5-7/{len(PDF)}" and part.headers["etag"] == etag
    assert part.headers["content-security-policy"].startswith("sandbox")
    assert front.get(here, Range="bytes=5-7", If_Range=etag).body == PDF[5:8]
    assert front.get(here, Range="bytes=5-7", If_Range='"x"').body == PDF
    assert front.get(here, Range="bytes=5-7", If_Match=etag).body == PDF[5:8]
    assert front.get(here, If_None_Match=etag).status == 304
    assert front.get(here, If_Match='"x"').status == 412
    assert front.get(here, Range="bytes=500-").status == 416
    # A date says nothing here: it would tell when somebody else brought the same bytes.
    later = "Fri, 01 Jan 2100 00:00:00 GMT"
    assert front.get(here, If_Modified_Since=later).status == 200


def test_an_archive_is_still_sent_by_atelier(front: Front) -> None:
    answer = front.get(f"/folders/{front.made.shared}/archive")
    assert answer.status == 200 and answer.body.startswith(b"PK\x03\x04")
    assert answer.headers["content-length"] == str(len(answer.body))
