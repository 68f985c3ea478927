"""What is made out of blobs and kept: texts read, so that a snippet needs no second reading,
and pictures of pages, so that a look needs no second drawing.

`<storage>/derived/ab/<key>.<reader version>` holds one reading, compressed, and
`<storage>/derived/ab/<key>.<what it shows>` one picture. All of it may be deleted: what is
missing or damaged is made again from the blob. Stores bytes; what they mean is the business
of whoever puts them.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
import zlib
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

from atelier.blobs.places import PREFIXES, is_hash, place
from atelier.errors import Busy, TooMany
from atelier.files import Disk

# Ten thousand pages as looks go; anybody who may read makes them, and no quota counts them.
SPARE_BYTES = 1 << 30
_AT_ONCE = 2  # drawings; the rest of the processors goes on reading
_MAX_WAITING = 40  # who comes then is asked to come again
_MAX_WAITING_EACH = 4  # of one person: nobody fills the line alone
_RETRY_SECONDS = 5
_SPARE = "s"
_ENTRY_BYTES = 4096  # a name, and the block that the last bytes begin
_LOOKED_THROUGH = 16  # times, while as much is put as may be kept


class DerivedTexts:
    """The readings of one reader version and of older ones, by the key of what was read."""

    def __init__(self, folder: Path, disk: Disk, *, reader_version: int) -> None:
        self._shelf = _Shelf(folder, disk)
        self._reader_version = reader_version

    async def put(self, sha256: str, reading: bytes) -> None:
        """Keep a reading, over an earlier one, all at once. `NoRoom`, `WriteFailed`.

        Not made durable: a power cut costs one more reading, an fsync would cost each. What
        older readers read goes.
        """
        await asyncio.to_thread(self._put, sha256, reading)

    async def get(self, sha256: str) -> bytes | None:
        """What this reader version read, else the newest older one; None: read it again."""
        return await asyncio.to_thread(self.load, sha256)

    def _put(self, sha256: str, reading: bytes) -> None:
        self._shelf.put(sha256, str(self._reader_version), reading)
        for older in range(1, self._reader_version):
            self._shelf.discard(sha256, str(older))

    def load(self, sha256: str, most_bytes: int | None = None) -> bytes | None:
        """The same as `get`, in the caller's own thread.

        None too for what takes more than `most_bytes` packed, of which nothing is read.
        """
        # Asked for one by one: they are few, a folder has hundreds of names.
        for version in range(self._reader_version, 0, -1):
            if (kept := self._shelf.get(sha256, str(version), most_bytes)) is not None:
                return kept
        return None

    async def remove(self, sha256: str) -> None:
        """Forget what any reader version read, and what was drawn; there may be nothing."""
        await asyncio.to_thread(self._shelf.remove, sha256, lambda what: True)

    async def keys(self) -> frozenset[str]:
        """Everything under which a reading is kept, of whatever reader version."""
        return await asyncio.to_thread(self._shelf.keys, str.isdecimal)


class DerivedPictures:
    """The pictures beside the readings, by the key of what was drawn and by what they show.

    `what` begins with a letter and holds only letters and digits: readings are numbers. What
    begins with `s` is spare: of that, `spare_bytes` are kept, the last that were put.
    """

    def __init__(self, folder: Path, disk: Disk, *, spare_bytes: int = SPARE_BYTES) -> None:
        # Packed it is no smaller, only with a checksum: half a picture is none.
        self._shelf = _Shelf(folder, disk, level=0)
        self._spares = _Spares(self._shelf, spare_bytes)
        self._drawing: dict[tuple[str, str], asyncio.Lock] = {}
        self._places = asyncio.Semaphore(_AT_ONCE)
        self._waiting: Counter[int | None] = Counter()

    async def put(self, key: str, what: str, picture: bytes) -> None:
        """Keep a picture, as `DerivedTexts.put` keeps a reading; older spare ones may go."""
        await asyncio.to_thread(self._put, key, what, picture)

    def _put(self, key: str, what: str, picture: bytes) -> None:
        self._shelf.put(key, what, picture)
        if _is_spare(what):
            self._spares.added(len(picture))

    async def get(self, key: str, what: str) -> bytes | None:
        """The picture, or None when it must be drawn."""
        return await asyncio.to_thread(self._shelf.get, key, what)

    async def remove(self, key: str) -> None:
        """Forget all pictures of this key, and no reading."""
        await asyncio.to_thread(self._shelf.remove, key, _is_picture)

    async def keys(self) -> frozenset[str]:
        """Everything of which there is a picture."""
        return await asyncio.to_thread(self._shelf.keys, _is_picture)

    @contextlib.asynccontextmanager
    async def alone(self, key: str, what: str, person: int | None = None) -> AsyncIterator[None]:
        """Wait until nobody in this process draws this picture, and a place is free to draw.

        Look again then whether it is kept. `TooMany` when so many wait for this person
        already (nobody's is the worker's own), `Busy` when too many wait at all.
        """
        if person is not None and self._waiting[person] >= _MAX_WAITING_EACH:
            raise TooMany(_RETRY_SECONDS)
        if self._waiting.total() >= _MAX_WAITING:
            raise Busy(_RETRY_SECONDS)
        lock = self._drawing.setdefault((key, what), asyncio.Lock())
        self._waiting[person] += 1
        try:
            async with lock, self._places:
                yield
        finally:
            self._waiting[person] -= 1
            if not self._waiting.total():
                self._drawing.clear()
                self._waiting.clear()


class _Spares:
    """Holds what is spare on a shelf under a cap; called by any thread.

    Other processes put beside it: what is there is counted anew now and then, and each of
    them may go beyond the cap by a sixteenth.
    """

    def __init__(self, shelf: _Shelf, most_bytes: int) -> None:
        self._shelf = shelf
        self._most_bytes = most_bytes
        self._step_bytes = most_bytes // _LOOKED_THROUGH
        self._unseen_bytes = self._step_bytes  # what is there at the start
        self._lock = threading.Lock()

    def added(self, size_bytes: int) -> None:
        """So much was put; the oldest goes when it is time to look and there is too much."""
        with self._lock:
            self._unseen_bytes += size_bytes + _ENTRY_BYTES
            if self._unseen_bytes > self._step_bytes:
                self._make_room()
                self._unseen_bytes = 0

    def _make_room(self) -> None:
        found = sorted(self._shelf.ages(_is_spare))
        left = sum(size for _, size, _ in found)
        for _, size, path in found:
            # room for all that is put until somebody looks again
            if left <= self._most_bytes - self._step_bytes:
                return
            self._shelf.drop(path)
            left -= size


class _Shelf:
    """Files of one folder, by a key and by what they are; `level` as zlib has it."""

    def __init__(self, folder: Path, disk: Disk, *, level: int = -1) -> None:
        self._folder = folder
        self._disk = disk
        self._level = level

    def put(self, key: str, what: str, content: bytes) -> None:
        path = self._path(key, what)
        self._disk.make_folder(path.parent)
        self._disk.write_small(path, zlib.compress(content, self._level), is_durable=False)

    def get(self, key: str, what: str, most_bytes: int | None = None) -> bytes | None:
        try:
            file = self._disk.open(self._path(key, what))
        except OSError:
            return None
        try:
            if most_bytes is not None and file.size_bytes > most_bytes:
                return None
            return _inflated(file.read(0, file.size_bytes))
        except (OSError, zlib.error):
            return None
        finally:
            file.close()

    def discard(self, key: str, what: str) -> None:
        self._disk.discard(self._path(key, what))

    def drop(self, path: Path) -> None:
        self._disk.discard(path)

    def ages(self, is_wanted: Callable[[str], bool]) -> Iterator[tuple[int, int, Path]]:
        """When each was put, what it takes, and where it stands, half-written ones too."""
        for prefix in PREFIXES:
            folder = self._folder / prefix
            for path in (folder / name for name in self._names(folder)):
                if is_wanted(_told(path.name)[1]):
                    with contextlib.suppress(OSError):  # another process has removed it
                        facts = self._disk.look(path)
                        yield facts.st_mtime_ns, facts.st_size + _ENTRY_BYTES, path

    def remove(self, key: str, is_wanted: Callable[[str], bool]) -> None:
        folder = place(self._folder, key).parent
        for name in self._names(folder):
            of, what = _told(name)
            if of == key and is_wanted(what):
                self._disk.remove(folder / name)

    def keys(self, is_wanted: Callable[[str], bool]) -> frozenset[str]:
        folders = (self._folder / prefix for prefix in PREFIXES)
        names = (_told(name) for folder in folders for name in self._names(folder))
        return frozenset(key for key, what in names if is_hash(key) and is_wanted(what))

    def _path(self, key: str, what: str) -> Path:
        return place(self._folder, key).with_name(f"{key}.{what}")

    def _names(self, folder: Path) -> list[str]:
        try:
            return self._disk.names(folder)
        except OSError:
            return []


def _told(name: str) -> tuple[str, str]:
    """The key and what it is; with a dot first, what a killed process left half-written."""
    key, _, rest = name.removeprefix(".").partition(".")
    return key, rest.partition(".")[0]


def _is_picture(what: str) -> bool:
    return what[:1].isalpha()


def _is_spare(what: str) -> bool:
    return what.startswith(_SPARE)


def _inflated(compressed: bytes) -> bytes | None:
    stream = zlib.decompressobj()
    content = stream.decompress(compressed)
    is_whole = stream.eof and not stream.unused_data
    return content if is_whole else None
