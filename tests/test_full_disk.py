"""A real disk of a few megabytes, filled to its last byte: refused clearly, and nothing lost.

Under `--thorough`, where this process may mount one.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import hashlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from atelier.errors import Fault, NoRoom, NotFound
from atelier.model.deposits import Target
from atelier.model.ids import DocumentId, FolderId
from atelier.workspace import documents, folders, trash, upkeep, uploads
from tests.builders import World, chunks, network
from tests.counts import THOROUGH

DISK_KIBIBYTES: Final = 24 * 1024
# What is left on the disk when an act begins: from plenty to nothing, by less than a page.
LEFT: Final = (*range(512, 64, -16), *range(64, -1, -1))


@contextlib.contextmanager
def small_disk(place: Path) -> Iterator[Path]:
    """A file system of its own, for as long as the block lasts."""
    place.mkdir()
    size = f"size={DISK_KIBIBYTES}k"
    subprocess.run(["mount", "-t", "tmpfs", "-o", size, "atelier-tests", place], check=True)
    try:
        yield place
    finally:
        subprocess.run(["umount", place], check=True)


class Filled:
    """Takes what room there is, and gives it back."""

    def __init__(self, place: Path) -> None:
        self._path = place / "ballast"

    def leave(self, kibibytes: int) -> None:
        """So much is free and no more."""
        self.give_back()
        found = os.statvfs(self._path.parent)
        with self._path.open("wb", buffering=0) as ballast:
            free = found.f_bavail * found.f_frsize - kibibytes * 1024
            try:
                for _ in range(max(0, free) // 1024):
                    ballast.write(b"x" * 1024)
            except OSError as error:
                assert error.errno == errno.ENOSPC

    def give_back(self) -> None:
        """All that it took."""
        self._path.unlink(missing_ok=True)


async def _told(world: World, folder: FolderId) -> dict[DocumentId, list[str]]:
    """The SHA-256 of each version of each document that is shown."""
    ws, steward = world.ws, world.steward
    found = {}
    for row in (await folders.look(ws, steward, folder)).documents:
        look = await documents.look(ws, steward, row.id)
        hashes = []
        for version in look.document.versions:
            content = await documents.content(ws, steward, row.id, version.number)
            with contextlib.closing(content.opened) as opened:
                given = await opened.read(0, opened.size_bytes)
            hashes.append(hashlib.sha256(given).hexdigest())
            assert hashes[-1] == version.sha256
        found[row.id] = hashes
    return found


async def _acts(world: World, folder: FolderId, document: DocumentId, number: int) -> list[Fault]:
    """One after the other, as far as each comes; what each was refused with."""
    ws, steward = world.ws, world.steward
    content = b"%d " % number + os.urandom(40_000)
    other = f"{number}.txt"
    refused = []
    for act in (
        lambda: world.deposit(steward, folder, other, content),
        lambda: world.revise(steward, document, content[:9_000]),
        lambda: documents.rename(ws, steward, document, f"nom {number}.txt"),
        lambda: _in_pieces(world, folder, number, content),
        lambda: trash.remove_document(ws, steward, document),
        lambda: trash.restore_document(ws, steward, folder, document),
    ):
        try:
            await act()
        except Fault as fault:
            refused.append(fault)
        except NotFound:  # the act before, on which this one builds, was refused
            assert refused
    return refused


async def _in_pieces(world: World, folder: FolderId, number: int, content: bytes) -> None:
    async def still() -> object:
        return world.steward

    target = Target(folder, f"en morceaux {number}.txt")
    announced = uploads.Announced(target, len(content))
    upload = await uploads.create(world.ws, world.steward, announced)
    try:
        half = len(content) // 2
        for offset, piece in ((0, content[:half]), (half, content[half:])):
            await uploads.append(
                world.ws, world.steward, upload.key, offset, chunks(piece), still=still
            )
    except Fault:
        with contextlib.suppress(Fault):
            await uploads.terminate(world.ws, world.steward, upload.key)
        raise


async def _filled_up(place: Path) -> None:
    ballast = Filled(place)
    async with network(place / "data") as world:
        folder = await world.folder("Commun")
        done = await world.deposit(world.steward, folder, "a.txt", b"un")
        told: list[Fault] = []
        for number, kibibytes in enumerate(LEFT):
            before = await _told(world, folder)
            ballast.leave(kibibytes)
            told += await _acts(world, folder, done.document_id, number)
            ballast.give_back()
            if (place / "data" / "drafts").stat():
                await world.ws.blobs.expire_drafts(-1)
            after = await _told(world, folder)
            for document, hashes in before.items():
                standing = after.get(document, hashes)  # in the trash: it was not brought back
                assert [one for one in standing if one in hashes] == hashes
            await _bring_back(world, folder, done.document_id)
        assert told and all(isinstance(fault, NoRoom) for fault in told), told
        assert not await _acts(world, folder, done.document_id, len(LEFT))
        assert (await upkeep.verify(world.ws, read_data=True)).is_clean


async def _bring_back(world: World, folder: FolderId, document: DocumentId) -> None:
    """What the full disk left in the trash; and room for the next round."""
    ws, steward = world.ws, world.steward
    for lying in (await trash.look(ws, steward, folder)).rows:
        if lying.id == document:
            await trash.restore_document(ws, steward, folder, document)
    for row in (await folders.look(ws, steward, folder)).documents:
        if row.id != document:
            await trash.remove_document(ws, steward, row.id)
            await trash.purge_document(ws, steward, folder, row.id)
    await upkeep.collect(ws, older_than_seconds=-1)


if THOROUGH:

    @pytest.mark.small_disk
    def test_a_disk_that_is_filled_to_its_last_byte_loses_nothing_and_goes_on_when_there_is_room(
        tmp_path: Path,
    ) -> None:
        with small_disk(tmp_path / "disk") as place:
            asyncio.run(_filled_up(place))
