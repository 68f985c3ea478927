"""One drop folder on the disk: what stands in it, and where it goes. Blocks; no records.

Its path is walked name by name from a folder held open, and no link is followed at any
step: whoever swaps a folder for a link meanwhile leads nobody out of it. Nothing is ever
deleted or copied over; what was taken is moved to `done/`, what was refused to `refused/`,
under a name that is free there, with the reason in a text beside it.
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from atelier.errors import WriteFailed
from atelier.files import Disk, OpenFolder, ReadFile
from atelier.model import names
from atelier.model.inbox import DONE, INBOX, REFUSED, Reason

MAX_NAME_BYTES: Final = 255  # of what the disk holds, which normal forms do not change
_MOST_TWINS: Final = 1_000
# What programs write for themselves, or while they are still writing something else.
_PASSED_BY: Final = frozenset(
    {"thumbs.db", "desktop.ini", "@eadir", "#recycle", "$recycle.bin", "system volume information"}
)
_BEGINNINGS: Final = (".", "~$")
_ENDINGS: Final = (".part", ".partial", ".filepart", ".crdownload", ".download", ".tmp")


@dataclass(frozen=True, slots=True)
class Mark:
    """What the disk says of a file, which changes when the file does."""

    inode: tuple[int, int]
    size_bytes: int
    changed_at: int

    @staticmethod
    def of(facts: os.stat_result) -> Mark:
        """The mark of what `stat` told; of a folder it is only which one it is."""
        which = (facts.st_dev, facts.st_ino)
        if stat.S_ISDIR(facts.st_mode):
            return Mark(which, 0, 0)
        return Mark(which, facts.st_size, facts.st_mtime_ns)


@dataclass(frozen=True, slots=True)
class Found:
    """Something that stands in a drop folder; `reason` is why it is no file to take."""

    under: tuple[str, ...]
    name: str
    mark: Mark
    reason: Reason | None = None

    @property
    def parts(self) -> tuple[str, ...]:
        """Its names, from the drop folder on."""
        return (*self.under, self.name)

    @property
    def path(self) -> str:
        """Its path from the drop folder on, as it can be written."""
        return "/".join(self.parts).encode("utf-8", "backslashreplace").decode()


class Moved(Exception):
    """It is no longer what was found there; it is looked at again."""


def is_passed_by(name: str) -> bool:
    """Whether the name is hidden, temporary, or a system's own."""
    low = name.lower()
    return low.startswith(_BEGINNINGS) or low.endswith(_ENDINGS) or low in _PASSED_BY


def twin(name: str, number: int, ending: str = "") -> str:
    """`scan.pdf` → `scan (2).pdf`, cut where the disk would not hold it; `ending` comes last."""
    stem, dot, kind = name.rpartition(".")
    if not stem or len(kind) > 8:
        stem, dot, kind = name, "", ""
    mark = f"{dot}{kind}{ending}" if number == 1 else f" ({number}){dot}{kind}{ending}"
    while len(os.fsencode(stem + mark)) > MAX_NAME_BYTES:
        stem = stem[:-1]
    return stem + mark


class OnDisk:
    """A drop folder, its files and its two places for what was taken or refused.

    Raises our errors where the disk refuses a change, `OSError` where it cannot be read.
    """

    def __init__(self, disk: Disk, data: Path, name: str) -> None:
        self._disk = disk
        self._data = data
        self._name = name

    def make(self) -> None:
        """Make it, with its two places, where they are missing; links there are refused."""
        self._disk.make_folder(self._data / INBOX)
        with self._opened(self._data) as data, contextlib.closing(data.enter(INBOX)) as inbox:
            inbox.make_folder(self._name)
            with contextlib.closing(inbox.enter(self._name)) as root:
                for place in (DONE, REFUSED):
                    root.make_folder(place)
                    root.enter(place).close()

    def found(self) -> Iterator[Found]:
        """What stands in it to be taken or told of, in no order."""
        with self._root() as root:
            yield from _walked(root, ())

    def open(self, one: Found) -> ReadFile:
        """The bytes of a file as it was found; `Moved` when it is another one by now."""
        with self._folder(one.under) as folder:
            file = folder.open(one.name)
        try:
            check(file, one)
        except BaseException:
            file.close()
            raise
        return file

    def put_done(self, one: Found) -> None:
        """Into `done/`, in its sub-folders. `Moved` when it changed since, and then stays."""
        self._put(one, DONE)

    def put_refused(self, one: Found) -> str:
        """Into `refused/`, in its sub-folders: the name it has there. `Moved` as `put_done`."""
        return self._put(one, REFUSED)

    def tell(self, under: tuple[str, ...], name: str, text: str) -> None:
        """Say in a sub-folder of `refused/` why something of that name is there, or is not taken.

        In a text beside it, under a name that is free.
        """
        with self._place(REFUSED, under) as target:
            for number in range(1, _MOST_TWINS):
                if target.make_file(twin(name, number, ".txt"), text.encode()):
                    return
            raise WriteFailed(f"no free name in {target.path}")

    def _put(self, one: Found, place: str) -> str:
        with self._folder(one.under) as source, self._place(place, one.under) as target:
            if Mark.of(source.look(one.name)) != one.mark:
                raise Moved
            called = _moved(source, one.name, target)
            if Mark.of(target.look(called)) != one.mark:
                # Another took its place in this instant, and nobody deposited that one.
                _moved(target, called, source, first=one.name)
                raise Moved
            return called

    def _opened(self, path: Path) -> contextlib.closing[OpenFolder]:
        return contextlib.closing(self._disk.open_folder(path))

    @contextlib.contextmanager
    def _root(self) -> Iterator[OpenFolder]:
        with (
            self._opened(self._data) as data,
            contextlib.closing(data.enter(INBOX)) as inbox,
            contextlib.closing(inbox.enter(self._name)) as root,
        ):
            yield root

    @contextlib.contextmanager
    def _folder(self, under: tuple[str, ...]) -> Iterator[OpenFolder]:
        with contextlib.ExitStack() as closing:
            folder = closing.enter_context(self._root())
            for name in under:
                folder = closing.enter_context(contextlib.closing(folder.enter(name)))
            yield folder

    @contextlib.contextmanager
    def _place(self, place: str, under: tuple[str, ...]) -> Iterator[OpenFolder]:
        """The sub-folder of `done/` or `refused/`, made; beside what is no folder there."""
        with contextlib.ExitStack() as closing:
            folder = closing.enter_context(self._folder((place,)))
            for name in under:
                folder = closing.enter_context(contextlib.closing(_entered(folder, name)))
            yield folder


def check(file: ReadFile, one: Found) -> None:
    """Pass while the open file is what was found, has one name and no writer; else `Moved`."""
    facts = file.facts()
    if Mark.of(facts) != one.mark or facts.st_nlink != 1 or file.is_being_written():
        raise Moved


def _walked(folder: OpenFolder, under: tuple[str, ...]) -> Iterator[Found]:
    for name in folder.names():
        if is_passed_by(name) or (not under and name in (DONE, REFUSED)):
            continue
        try:
            facts = folder.look(name)
        except OSError:
            continue  # it went while we looked, or this folder does not let its names be seen
        if stat.S_ISDIR(facts.st_mode) and len(under) < names.MAX_DEPTH:
            yield from _below(folder, Found(under, name, Mark.of(facts)))
        else:
            yield Found(under, name, Mark.of(facts), _reason(folder, facts))


def _below(folder: OpenFolder, one: Found) -> Iterator[Found]:
    try:
        below = folder.enter(one.name)
    except PermissionError:
        yield replace(one, reason=Reason.UNREADABLE)
    except (FileNotFoundError, NotADirectoryError):
        return  # it went, or became a link, since we looked
    else:
        with contextlib.closing(below):
            yield from _walked(below, one.parts)


def _reason(folder: OpenFolder, facts: os.stat_result) -> Reason | None:
    if stat.S_ISLNK(facts.st_mode):
        return Reason.LINK
    if stat.S_ISDIR(facts.st_mode):
        return Reason.TOO_DEEP
    if not stat.S_ISREG(facts.st_mode):
        return Reason.SPECIAL
    if facts.st_nlink != 1:
        return Reason.HARD_LINK
    return None if folder.may_change() else Reason.FIXED


def _moved(source: OpenFolder, name: str, target: OpenFolder, *, first: str = "") -> str:
    """Move it to the first name that is free in `target`: that name."""
    for number in range(1, _MOST_TWINS):
        called = twin(first or name, number)
        if source.move(name, target, called):
            return called
    raise WriteFailed(f"no free name in {target.path}")


def _entered(folder: OpenFolder, name: str) -> OpenFolder:
    for number in range(1, _MOST_TWINS):
        called = twin(name, number)
        folder.make_folder(called)
        with contextlib.suppress(NotADirectoryError):
            return folder.enter(called)
    raise WriteFailed(f"no free name in {folder.path}")
