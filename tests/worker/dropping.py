"""A drop folder to try things in: bound, served by hand, with a clock to turn."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from atelier.files import Disk
from atelier.model.folders import Role
from atelier.model.ids import DocumentId, DropFolderId, FolderId
from atelier.model.inbox import Arrival
from atelier.model.people import Actor
from atelier.web.language import Voice
from atelier.web.pages.drop_words import letters
from atelier.worker.inbox import Inbox
from atelier.workspace import documents, folders, inbox
from tests.builders import World

NAME = "scanner"


class Dropping:
    """A folder, a coordinator who bound `inbox/scanner/` to it, and the worker's part."""

    def __init__(self, world: World, awa: Actor, folder: FolderId, number: DropFolderId) -> None:
        self.world, self.awa, self.folder, self.number = world, awa, folder, number
        self.place = world.data / "inbox" / NAME
        self.served = self.afresh()

    def afresh(self) -> Inbox:
        """The worker as it is after a start: it remembers nothing."""
        letter = letters(Voice("fr", "Europe/Paris"))
        return Inbox(self.world.ws, Disk(self.world.seam), letter, rest=at_once)

    def restart(self) -> None:
        """A kill, and another process."""
        self.served = self.afresh()

    def drop(self, path: str, content: bytes = b"Bonjour.") -> Path:
        """Copy a file there."""
        target = self.place / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        return target

    async def settle(self, *, seconds: float = 6) -> None:
        """Look, let time pass, and look until nothing more is ready."""
        await self.served.look()
        self.world.clock.forward(seconds=seconds)
        while await self.served.look():
            pass

    async def arrivals(self) -> list[Arrival]:
        """What the coordinators are told, oldest first."""
        found = await inbox.look(self.world.ws, self.world.steward, self.folder)
        return list(reversed(found.arrivals))

    async def told(self) -> list[tuple[str, str, str]]:
        """The same as (path, outcome, reason)."""
        return [
            (one.path, str(one.outcome), str(one.reason or "")) for one in await self.arrivals()
        ]

    async def listed(self, folder: FolderId | None = None) -> list[str]:
        """The names of documents and folders (with a slash) in the folder."""
        found = await folders.look(self.world.ws, self.world.steward, folder or self.folder)
        below = [f"{row.name}/" for row in found.folders]
        return sorted([*below, *(row.name for row in found.documents)])

    async def versions(self, name: str) -> int:
        """How many versions the document of this name has."""
        found = await folders.look(self.world.ws, self.world.steward, self.folder)
        number = next(row.id for row in found.documents if row.name == name)
        look = await documents.look(self.world.ws, self.world.steward, DocumentId(number))
        return len(look.document.versions)

    def on_disk(self) -> list[str]:
        """Every file, link or other thing below the drop folder, folders aside."""
        found: list[str] = []
        for root, below, names in os.walk(self.place):
            links = [name for name in below if (Path(root) / name).is_symlink()]
            found += [str((Path(root) / name).relative_to(self.place)) for name in names + links]
        return sorted(found)


async def at_once(seconds: float) -> None:
    """No rest."""


async def dropping(world: World) -> Dropping:
    """Awa coordinates « Numérisations » and binds a scanner to it in her own name."""
    awa = await world.person("Awa", of="Mairie")
    folder = await world.folder("Numérisations")
    await world.grant(folder, awa, Role.COORDINATOR)
    number = await inbox.bind(world.ws, awa, folder, NAME)
    made = Dropping(world, awa, folder, number)
    await made.served.look()
    return made


def just_before(operation: str, path: str, act: Callable[[], object]) -> Callable[..., None]:
    """A seam that does this once, before the first such operation on a path ending so."""
    left = [act]

    def seam(name: str, about: Path) -> None:
        if left and name == operation and str(about).endswith(path):
            left.pop()()

    return seam
