"""More sign-ins at once than hashes are computed: some wait, the others are told to come again."""

from __future__ import annotations

import dataclasses
import http.client
import threading
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from urllib.parse import urlencode

from argon2 import PasswordHasher
from starlette.applications import Starlette

from atelier.app import open_workspace
from atelier.web.routes import web_app
from atelier.web.server import ServerLimits
from atelier.workspace.passwords import AT_ONCE, Passwords
from tests.web.network import PASSWORD, URL, Network
from tests.web.running import PATIENCE_SECONDS, running
from tests.web.test_people_pages import said

_CROWD = 6


class Slow(PasswordHasher):
    """Hashes as the library does, but only once it is let go on; knows how many are here."""

    def __init__(self) -> None:
        super().__init__(time_cost=2, memory_cost=19_456, parallelism=1)
        self.here, self.may_go_on = threading.Semaphore(0), threading.Event()

    def verify(self, hash: str | bytes, password: str | bytes) -> bool:  # type: ignore[override]
        """As the library does, later."""
        self.here.release()
        assert self.may_go_on.wait(PATIENCE_SECONDS)
        return super().verify(hash, password)


@dataclasses.dataclass(frozen=True)
class Answer:
    """What a browser is told."""

    status: int
    retry_after: str
    text: str


def asked(port: int, method: str, path: str, cookie: str = "", **typed: str) -> Answer:
    """An answer over a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
    headers = {"host": "localhost:8000", "content-type": "application/x-www-form-urlencoded"}
    headers |= {"cookie": cookie} if cookie else {"origin": URL}
    try:
        connection.request(method, path, urlencode(typed), headers)
        answer = connection.getresponse()
        return Answer(answer.status, answer.headers.get("retry-after", ""), answer.read().decode())
    finally:
        connection.close()


@contextmanager
def crowded(made: Network, hashing: Passwords) -> Iterator[int]:
    """The port of the application whose passwords are hashed by these."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[dict[str, object]]:
        async with open_workspace(made.settings) as ws:
            yield {"ws": dataclasses.replace(ws, passwords=hashing)}

    with running(web_app(made.settings, lifespan), ServerLimits()) as port:
        yield port


def test_who_finds_no_turn_is_told_when_to_come_again_and_nobody_else_waits(made: Network) -> None:
    slow, hashing = Slow(), Passwords(wait_seconds=1.0)
    hashing._hasher = slow
    typed = {"email": "bo@reseau.example", "password": PASSWORD}
    with crowded(made, hashing) as port, ThreadPoolExecutor(AT_ONCE + _CROWD) as browsers:
        first = [browsers.submit(asked, port, "POST", "/signin", **typed) for _ in range(AT_ONCE)]
        for _ in range(AT_ONCE):
            assert slow.here.acquire(timeout=PATIENCE_SECONDS)
        other = {**typed, "email": "cy@reseau.example"}
        late = [browsers.submit(asked, port, "POST", "/signin", **other) for _ in range(_CROWD)]
        page = asked(port, "GET", "/folders/1", f"session={made.tokens['cy']}")
        assert page.status == 404, "who is signed in is answered meanwhile"
        for one in [future.result() for future in late]:
            assert (one.status, one.retry_after) == (503, "1")
            assert "très occupé" in said(one.text) and "Réessayez dans 1 seconde" in said(one.text)
        assert not slow.here.acquire(blocking=False), "no further hash was begun"
        slow.may_go_on.set()
        assert [one.result().status for one in first] == [303] * AT_ONCE
        # What found no turn was no try: ten are left to her.
        wrong = {**other, "password": "x" * 200}
        statuses = [asked(port, "POST", "/signin", **wrong).status for _ in range(11)]
        assert statuses == [422] * 10 + [429]
