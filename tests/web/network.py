"""A small network behind the real application: two organisations, three people, two folders."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from starlette.applications import Starlette
from starlette.testclient import TestClient

from atelier.app import open_workspace
from atelier.files import Disk
from atelier.model.folders import Role, Subject, SubjectKind
from atelier.model.ids import DocumentId, FolderId
from atelier.settings import Settings, load
from atelier.web.routes import web_app
from atelier.workspace import admin, deposits, folders, people, sharing
from atelier.workspace.place import Workspace

T = TypeVar("T")
Clients = Callable[[str], TestClient]

URL = "http://localhost:8000"
PASSWORD = "une phrase assez longue"
PDF = b"%PDF-1.7 premier contenu"


@dataclass(frozen=True)
class Network:
    """Ada is steward; Bo (Mairie) contributes to `shared`; Cy (Hôpital) is given nothing."""

    settings: Settings
    tokens: dict[str, str]
    shared: FolderId
    secret: FolderId
    document: DocumentId
    hidden: DocumentId


@contextmanager
def network(data: Path) -> Iterator[Network]:
    """A founded network in a data folder."""
    settings = load(data, {"ATELIER_SESSIONS_SECOND_FACTOR": "nobody"}, data)
    yield asyncio.run(_founded(settings))


@contextmanager
def served(made: Network, disk: Disk | None = None) -> Iterator[Callable[[str], TestClient]]:
    """Clients of the running application, one for each name ("" for a stranger)."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[dict[str, object]]:
        async with open_workspace(made.settings, disk=disk) as ws:
            yield {"ws": ws}

    with TestClient(web_app(made.settings, lifespan), base_url=URL) as running:

        def client(name: str) -> TestClient:
            running.cookies.clear()
            running.headers.clear()
            running.headers["origin"] = URL
            running.follow_redirects = False
            if name:
                running.headers["cookie"] = f"session={made.tokens[name]}"
            return running

        yield client


def send(client: TestClient, path: str, **fields: str) -> Any:
    """The answer to a form filled in on a page of ours."""
    token = token_in(client.get("/").text)
    return client.post(path, data={"form_token": token, **fields})


def own_words(page: str) -> str:
    """The page without its head, which says the same on every page."""
    return re.sub('<header class="top">.*?</header>', "", page, flags=re.DOTALL)


def token_in(page: str) -> str:
    """The form token that a page carries."""
    found = re.search(r'name="form_token" value="([0-9a-f]{64})"', page)
    assert found, page
    return found[1]


def within(made: Network, act: Callable[[Workspace], Awaitable[T]]) -> T:
    """What a use-case gives on this network, beside the server."""

    async def run() -> T:
        async with open_workspace(made.settings) as ws:
            return await act(ws)

    return asyncio.run(run())


async def _founded(settings: Settings) -> Network:
    async with open_workspace(settings, create=True) as ws:
        link = await admin.found(ws, "Réseau d'essai", "ada@reseau.example")
        tokens = {"ada": (await people.use_link(ws, link, PASSWORD)).token}
        ada = (await people.session(ws, tokens["ada"])).actor
        town = await people.add_organisation(ws, ada, "Mairie")
        await people.add_organisation(ws, ada, "Hôpital")
        for name, organisation in (("bo", "Mairie"), ("cy", "Hôpital")):
            email = f"{name}@reseau.example"
            person = await people.add_person(
                ws, ada, email, name=name.title(), organisation=organisation
            )
            tokens[name] = (
                await people.use_link(ws, await people.issue_link(ws, ada, person.id), PASSWORD)
            ).token
        shared = await folders.make(ws, ada, None, "Réunions")
        secret = await folders.make(ws, ada, None, "Secret")
        subject = Subject(SubjectKind.ORGANISATION, town.id)
        await sharing.grant(ws, ada, shared, subject, Role.CONTRIBUTOR)
        made = []
        for folder in (shared, secret):
            incoming = await deposits.begin(ws, ada, folder, "compte rendu.pdf")
            await incoming.write(PDF)
            made.append((await deposits.finish(ws, ada, incoming)).document_id)
        return Network(settings, tokens, shared, secret, *made)
