"""Folders made beside the place they are for, so that they appear whole or not at all."""

from __future__ import annotations

import asyncio
import os
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from atelier.errors import CopyRefused, Fault, WriteFailed
from atelier.files import Disk

_LOCK = ".making"


def check_empty(target: Path) -> None:
    """Pass when a folder can appear there: nothing is, or an empty folder. `CopyRefused`."""
    if target.is_symlink() or (target.exists() and not target.is_dir()):
        raise CopyRefused(str(target), "taken")
    if target.is_dir():
        if any(target.iterdir()):
            raise CopyRefused(str(target), "not_empty")
        # The name of a mounted disk cannot be given to a folder made beside it.
        if os.path.ismount(target):
            raise CopyRefused(str(target), "own_disk")


@asynccontextmanager
async def made(disk: Disk, target: Path) -> AsyncIterator[Path]:
    """A folder beside, empty whatever a killed act left there; it goes when the block fails.

    The block ends it with `appear`.
    """
    check_empty(target)
    folder = target.with_name(f".{target.name}.unfinished")
    _make_own(disk, folder)
    lock = disk.lock(folder / _LOCK)
    if lock is None:
        raise CopyRefused(str(target), "running")
    with lock:
        try:
            await asyncio.to_thread(_empty, disk, folder)
            yield folder
        except BaseException:
            await asyncio.to_thread(_forget, disk, folder)
            raise


def appear(disk: Disk, folder: Path, target: Path) -> None:
    """Give a folder that was made its name, for good; on a failure it has its own again."""
    disk.remove(folder / _LOCK)
    disk.sync_folder(folder)
    check_empty(target)
    disk.rename(folder, target)
    try:
        disk.sync_folder(target.parent)
    except Fault:
        disk.rename(target, folder)
        raise


def _make_own(disk: Disk, folder: Path) -> None:
    """Make the folder, or take the own one that is there.

    Where others may write, anybody knows its name: what a link of theirs leads to would be
    emptied, and in a folder of theirs they could change what is being made.
    """
    if not os.path.lexists(folder):
        disk.make_folder(folder)
    try:
        facts = folder.lstat()
    except OSError as error:
        raise WriteFailed(f"look at {folder}: {error.strerror}") from error
    if not stat.S_ISDIR(facts.st_mode) or facts.st_uid != os.geteuid():
        raise CopyRefused(str(folder), "taken")


def _empty(disk: Disk, folder: Path) -> None:
    try:
        left = [folder / name for name in disk.names(folder) if name != _LOCK]
    except OSError as error:
        raise WriteFailed(f"list {folder}: {error.strerror}") from error
    for path in left:
        (disk.remove_tree if path.is_dir() and not path.is_symlink() else disk.remove)(path)


def _forget(disk: Disk, folder: Path) -> None:
    try:
        disk.remove_tree(folder)
    except Fault:
        # The first failure is told; what stays has no name that anybody looks for.
        return
