"""The whole workspace as plain folders and documents, for who leaves Atelier.

It is of one moment, like a backup, and complete: every version, the trash too, and in JSON
what folders and files cannot say: who may see what, who deposited which version when and
for whom, people, organisations, journals. Only stewards export, and the network's journal
says so; nobody's rights are asked.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec

from atelier import __version__, access
from atelier.database import exports as records
from atelier.database import journal, snapshots
from atelier.database.engine import Transaction
from atelier.database.exports import FolderRow, Told
from atelier.errors import BlobMissing, CopyRefused, NoRoom
from atelier.files import Disk, NewFile
from atelier.model.journal import NetworkVerb
from atelier.model.people import Actor
from atelier.workspace import backups, beside, layout
from atelier.workspace.place import Workspace

FORMAT = 1
README, MANIFEST = "LISEZ-MOI.txt", "manifest.json"
_BATCH = 1_000
_PIECE_BYTES = 1024 * 1024

_EXPLAINED = """\
Cet export contient tout l'espace de travail « {network} », au {at}.

Dossiers/                 les documents, dans leurs dossiers, en version actuelle ;
                          « Versions précédentes » garde les autres, document par document
Corbeille/                ce qui était dans la corbeille, rangé de la même façon
Chemins longs/            les dossiers dont le chemin serait trop long ailleurs

folders.json              les dossiers : qui y a accès, avec quel rôle, jusqu'à quand
documents.json            les documents et chaque version : fichier, auteur, structure, date,
                          commentaire, libellé, empreinte SHA-256
people.json               les personnes et leurs rattachements
organisations.json        les structures
groups.json               les groupes de travail
glossary.json             le glossaire
journal.json              qui a fait quoi dans les dossiers, depuis le début
network-journal.json      ce qui a été fait aux structures, personnes et groupes
manifest.json             l'empreinte SHA-256 de ces fichiers

Un nom que Windows refuserait s'écrit avec des signes qui y ressemblent (« ： » pour « : ») ;
son vrai nom est dans les fichiers JSON. Les mots de passe, et qui a lu quoi, n'y sont pas.
"""


@dataclass(frozen=True, slots=True)
class Exported:
    """An export that was made; `lost` are hashes of versions whose bytes were gone or rotten."""

    path: Path
    documents: int
    versions: int
    lost: tuple[str, ...]


async def export(
    ws: Workspace, actor: Actor, destination: Path, *, disk: Disk | None = None
) -> Exported:
    """Write everything into a folder that is empty or absent; it appears only whole.

    `CopyRefused` when it cannot be made there, `Forbidden` but for stewards, `NoRoom`,
    `WriteFailed`.
    """
    hand = disk or Disk()
    try:
        target = _target(ws, destination)
    except OSError as error:  # a name that no disk takes
        raise CopyRefused(str(destination), "unreadable") from error

    async def unit(tx: Transaction) -> None:
        await access.manage(tx, actor)
        await journal.note_network(tx, actor, NetworkVerb.WORKSPACE_EXPORTED, ws.clock())

    await ws.db.write(unit)
    async with backups.frozen(ws, hand) as copy, beside.made(hand, target) as folder:
        found = await snapshots.contents(copy)
        if hand.free_bytes(folder) < found.blob_bytes:
            raise NoRoom
        with snapshots.opened(copy) as tx:
            exported = await _Writing(ws, hand, tx, folder).all(found.network)
        beside.appear(hand, folder, target)
    return Exported(target, exported.documents, exported.versions, tuple(exported.lost))


def _target(ws: Workspace, destination: Path) -> Path:
    target = destination.absolute()
    if target.resolve().is_relative_to(ws.settings.data.resolve()):
        raise CopyRefused(str(target), "inside")
    if not target.parent.is_dir():
        raise CopyRefused(str(target.parent), "no_folder")
    beside.check_empty(target)
    return target


class _Writing:
    """An export under way into a folder, out of one moment of the records."""

    def __init__(self, ws: Workspace, disk: Disk, tx: Transaction, folder: Path) -> None:
        self.documents = self.versions = 0
        self.lost: list[str] = []
        self._ws = ws
        self._disk = disk
        self._tx = tx
        self._folder = folder
        self._hashes: dict[str, str] = {}

    async def all(self, network: str) -> _Writing:
        """Everything, the manifest last."""
        at = self._ws.clock()
        await self._small(README, _EXPLAINED.format(network=network, at=f"{at:%d/%m/%Y %H:%M} UTC"))
        folders = await records.folders(self._tx)
        await self._list("folders.json", self._folders(folders))
        await self._list("documents.json", self._contents(folders))
        for name, told in (
            ("people.json", records.people),
            ("organisations.json", records.organisations),
            ("groups.json", records.groups),
            ("glossary.json", records.glossary),
        ):
            await self._list(name, _each(await told(self._tx)))
        for name, lines in (
            ("journal.json", records.journal),
            ("network-journal.json", records.network_journal),
        ):
            await self._list(name, self._lines(lines))
        manifest = {
            "format": FORMAT, "atelier": __version__, "network": network, "made_at": at,
            "documents": self.documents, "versions": self.versions, "lost": self.lost,
            "sha256": self._hashes,
        }  # fmt: skip
        text = msgspec.json.format(msgspec.json.encode(manifest), indent=1).decode()
        await self._small(MANIFEST, text + "\n")
        return self

    async def _folders(self, folders: list[FolderRow]) -> AsyncGenerator[Told, None]:
        for place in layout.placed(folders):
            await asyncio.to_thread(self._disk.make_folder, self._folder / place.root())
            yield {**place.folder.told, "path": str(place.root())}

    async def _contents(self, folders: list[FolderRow]) -> AsyncGenerator[Told, None]:
        below: dict[int | None, list[FolderRow]] = {}
        for folder in folders:
            below.setdefault(folder.parent_id, []).append(folder)
        for place in layout.placed(folders):
            documents = await records.documents(self._tx, place.folder.id)
            paths: dict[tuple[int, int], str] = {}
            for file in layout.files(place, below.get(place.folder.id, []), documents):
                paths[file.document.id, file.number] = str(file.path)
            for document in documents:
                yield {
                    **document.told,
                    "folder": place.folder.id,
                    "path": paths[document.id, document.version],
                    "versions": [
                        await self._version(version, paths[document.id, version["number"]])
                        for version in document.told["versions"]
                    ],
                }
                self.documents += 1

    async def _version(self, version: Told, path: str) -> Told:
        self.versions += 1
        is_there = await self._bytes(version["sha256"], self._folder / path)
        if not is_there:
            self.lost.append(version["sha256"])
        return {**version, "path": path if is_there else None}

    async def _bytes(self, sha256: str, target: Path) -> bool:
        """Write a version's bytes, found whole; whether they are."""
        try:
            opened = await self._ws.blobs.open(sha256)
        except BlobMissing:
            return False
        try:
            async with _written(self._disk, target) as out:
                for offset in range(0, opened.size_bytes, _PIECE_BYTES):
                    length = min(_PIECE_BYTES, opened.size_bytes - offset)
                    await out.write(await opened.read(offset, length))
            is_whole = out.hash.hexdigest() == sha256
        except BlobMissing:
            is_whole = False
        finally:
            opened.close()
        if not is_whole:
            await asyncio.to_thread(self._disk.remove, target)
        return is_whole

    async def _lines(
        self, lines: Callable[[Transaction, int, int], Awaitable[list[Told]]]
    ) -> AsyncGenerator[Told, None]:
        last = 0
        while found := await lines(self._tx, last, _BATCH):
            last = found[-1]["id"]
            for line in found:
                yield line

    async def _list(self, name: str, told: AsyncGenerator[Told, None]) -> None:
        """A JSON list, one object on a line, however long."""
        async with _written(self._disk, self._folder / name) as out, aclosing(told) as rows:
            before = b"[\n"
            async for row in rows:
                await out.write(before + json.dumps(row, ensure_ascii=False).encode())
                before = b",\n"
            await out.write(b"\n]\n" if before == b",\n" else b"[]\n")
        self._hashes[name] = out.hash.hexdigest()

    async def _small(self, name: str, text: str) -> None:
        async with _written(self._disk, self._folder / name) as out:
            await out.write(text.encode())
        self._hashes[name] = out.hash.hexdigest()


class _Out:
    """A new file being written, in hops to a thread of some size; `hash` is of all of it."""

    def __init__(self, file: NewFile) -> None:
        self.hash = hashlib.sha256()
        self._file = file
        self._held = bytearray()

    async def write(self, piece: bytes) -> None:
        """Append."""
        self.hash.update(piece)
        self._held += piece
        if len(self._held) >= _PIECE_BYTES:
            await self._flush()

    async def end(self) -> None:
        """Make all of it durable."""
        await self._flush()
        await asyncio.to_thread(self._file.sync)

    async def _flush(self) -> None:
        held, self._held = self._held, bytearray()
        await asyncio.to_thread(self._file.write, held)


@asynccontextmanager
async def _written(disk: Disk, path: Path) -> AsyncIterator[_Out]:
    """A new file, with the folders it stands in; durable when the block has ended well."""
    await asyncio.to_thread(disk.make_folder, path.parent)
    with await asyncio.to_thread(disk.create, path) as file:
        out = _Out(file)
        yield out
        await out.end()


async def _each(told: list[Told]) -> AsyncGenerator[Told, None]:
    for one in told:
        yield one
