"""Deposits that go on after a cut, as stories tell them."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator

from atelier.errors import BodyCut, SignInNeeded
from atelier.model.deposits import Target, Upload
from atelier.model.folders import Role
from atelier.model.ids import DocumentId, FolderId
from atelier.model.people import Actor
from atelier.workspace import documents, uploads
from atelier.workspace.uploads import Announced
from tests.builders import World, chunks

BODY = b"%PDF-1.7 " + os.urandom(100_000)


async def begun(
    world: World, by: Actor, target: Target, size: int = len(BODY), comment: str = ""
) -> Upload:
    """A deposit of which no byte came yet."""
    return await uploads.create(world.ws, by, Announced(target, size, comment))


async def sent(
    world: World, by: Actor, key: str, offset: int, content: bytes, *, all_or_none: bool = False
) -> Upload:
    """Send bytes as one request."""
    return await uploads.append(
        world.ws,
        by,
        key,
        offset,
        chunks(content, 10_000),
        still=lambda: asyncio.sleep(0, by),
        is_all_or_none=all_or_none,
    )


async def cut_after(content: bytes) -> AsyncIterator[bytes]:
    """A body whose sender leaves."""
    async for chunk in chunks(content, 10_000):
        yield chunk
    raise BodyCut(len(content))


async def content_of(world: World, by: Actor, document: DocumentId) -> bytes:
    """The bytes of the current version."""
    seen = await documents.look(world.ws, by, document)
    opened = await world.ws.blobs.open(seen.document.current.sha256)
    try:
        return await opened.read(0, opened.size_bytes)
    finally:
        opened.close()


def drafts(world: World) -> list[str]:
    """What stands among the drafts."""
    return [path.name for path in (world.data / "drafts").iterdir()]


async def common(world: World) -> tuple[Actor, FolderId]:
    """Awa, who contributes to a folder."""
    awa = await world.person("Awa", of="CH")
    folder = await world.folder("Commun")
    await world.grant(folder, awa, Role.CONTRIBUTOR)
    return awa, folder


async def nobody() -> Actor:
    """Whose session has ended."""
    raise SignInNeeded
