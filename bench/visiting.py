"""A visitor of the benchmarks' own: signs in and clicks as a browser without script would."""

from __future__ import annotations

import http.client
import json
import re
import subprocess
import sys
import time
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode, urlsplit

_TOKEN = re.compile(r'name="form_token" value="([^"]+)"')


@dataclass(frozen=True)
class Reply:
    """One answer: status, headers in lower case, body, and the seconds it took."""

    status: int
    headers: dict[str, str]
    body: bytes
    seconds: float

    @property
    def text(self) -> str:
        """The body as UTF-8."""
        return self.body.decode()


@dataclass
class Visitor:
    """One person with one connection kept open and one session."""

    port: int
    cookie: str = ""
    form_token: str = ""
    _connection: http.client.HTTPConnection | None = field(default=None, repr=False)

    def come_in(self, link: str, password: str) -> None:
        """Use a one-time link: choose the password, keep the session."""
        path = urlsplit(link).path
        self.get(path)
        self.post(path, password=password)
        self.get("/")

    def get(self, path: str) -> Reply:
        """One page; remembers its form token."""
        reply = self._ask("GET", path, b"", {})
        found = _TOKEN.search(reply.body.decode(errors="replace"))
        if found:
            self.form_token = found[1]
        return reply

    def post(self, path: str, **fields: str) -> Reply:
        """One form."""
        body = urlencode({"form_token": self.form_token, **fields}).encode()
        return self._ask("POST", path, body, {"Content-Type": "application/x-www-form-urlencoded"})

    def deposit(self, folder: int, name: str, content: bytes) -> Reply:
        """One document by its raw bytes, as the page's script sends it."""
        path = f"/folders/{folder}/deposits/{quote(name, safe='')}"
        headers = {"Content-Type": "application/octet-stream", "X-Form-Token": self.form_token}
        return self._ask("PUT", path, content, headers)

    def close(self) -> None:
        """Close the connection; the next request opens another."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _ask(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Reply:
        if self._connection is None:
            self._connection = http.client.HTTPConnection("localhost", self.port, timeout=120)
        origin = f"http://localhost:{self.port}"
        sent = {"Origin": origin, "Sec-Fetch-Site": "same-origin", **headers}
        if self.cookie:
            sent["Cookie"] = self.cookie
        started = time.perf_counter()
        self._connection.request(method, path, body or None, sent)
        answer = self._connection.getresponse()
        content = answer.read()
        seconds = time.perf_counter() - started
        got = {name.lower(): value for name, value in answer.getheaders()}
        for given in answer.headers.get_all("Set-Cookie", []):
            if "session=" in given:
                self.cookie = given.partition(";")[0]
        return Reply(answer.status, got, content, seconds)


def commanded(*arguments: str) -> dict[str, object]:
    """What a command of Atelier answers with `--json`."""
    done = subprocess.run(
        [sys.executable, "-m", "atelier", *arguments, "--json"],
        check=True,
        capture_output=True,
    )
    found: dict[str, object] = json.loads(done.stdout)
    return found


def p95(values: list[float]) -> float:
    """The value that 95 of 100 do not pass."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(0.95 * (len(ordered) - 1)))]
