"""The only module that writes files: make, write, fsync, rename, lock, and the fault seam.

`Disk` is handed to whoever writes; there is no global one. Its operations block: callers
run them in threads, or in the loop where that was measured cheaper. Writing raises our
errors (`NoRoom`, `WriteFailed`); reading raises `OSError` as it is, because only the
caller knows whose bytes they were. The last name of a path is never followed as a link.
"""

from __future__ import annotations

import errno
import fcntl
import os
import secrets
import shutil
import signal
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from atelier.errors import Fault, NoRoom, WriteFailed

FaultSeam = Callable[[str, Path], None]

_NEW = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_AGAIN = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
# A named pipe put in the place of a file would otherwise hold the opening for ever.
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_LOCK = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
# What file systems answer that give each file one name (Linux link(2)).
_ONE_NAME = {errno.EPERM, errno.EOPNOTSUPP, errno.EMLINK}
_FULL = {errno.ENOSPC, errno.EDQUOT}
_LOCK_ROUNDS = 50
_LOCK_PAUSE_SECONDS = 0.001


def healthy(operation: str, path: Path) -> None:
    """The seam of a disk on which nothing is made to fail."""


@dataclass(frozen=True, slots=True)
class Disk:
    """The operations on files that Atelier needs, each passing through one seam.

    `fault` is called with the operation and its path before each of them; a test makes
    it raise any `OSError`, which then takes the way of a real one.
    """

    fault: FaultSeam = healthy

    def make_folder(self, path: Path) -> None:
        """Make it and its missing parents, for the owner only; one that is there is fine.

        Survives a power cut once `sync_folder` was called on its parent.
        """
        with self._doing("make_folder", path):
            if not path.parent.is_dir():
                self.make_folder(path.parent)
            path.mkdir(mode=0o700, exist_ok=True)

    def create(self, path: Path) -> NewFile:
        """A new, empty file that only its owner may read; refused when the name is taken."""
        with self._doing("create", path):
            return NewFile(self, path, os.open(path, _NEW, 0o600))

    def reopen(self, path: Path) -> NewFile | None:
        """A file that was begun before, held alone until it is closed; None when another has it.

        An empty one when it is not there. A link, a pipe or a folder is refused. One that is
        read-only comes too, to be read again: nothing can be appended to it.
        """
        with self._doing("reopen", path):
            for _ in range(_LOCK_ROUNDS):
                descriptor = _opened_again(path)
                file = NewFile(self, path, descriptor)
                try:
                    is_held = _flock(descriptor, fcntl.LOCK_EX)
                    is_there = is_held and file.is_at(path)
                except OSError:
                    file.close()
                    raise
                if is_there:
                    return file
                file.close()
                if not is_held:
                    return None
            raise OSError(errno.EAGAIN, "removed each time it was opened", str(path))

    def write_small(self, path: Path, content: bytes, *, is_durable: bool = True) -> None:
        """Put `content` there all at once: readers see the old bytes or the new ones.

        With `is_durable`, returns only when it would survive a power cut; without it, a
        power cut may leave damaged bytes (for what can be rebuilt).
        """
        draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
        try:
            with self.create(draft) as file:
                file.write(content)
                if is_durable:
                    file.sync()
            self.rename(draft, path)
        except Fault:
            self.discard(draft)
            raise
        if is_durable:
            self.sync_folder(path.parent)

    def rename(self, source: Path, target: Path) -> None:
        """Give `source` the name `target`, over a file or link of that name."""
        with self._doing("rename", target):
            source.rename(target)

    def link(self, source: Path, target: Path) -> bool:
        """Give the file `source` a second name, not one in use; False where a file has only one."""
        try:
            self.fault("link", target)
            os.link(source, target, follow_symlinks=False)
        except OSError as error:
            if error.errno in _ONE_NAME:
                return False
            raise _ours(error, "link", target) from error
        return True

    @contextmanager
    def hold_folder(self, path: Path, *, alone: bool) -> Iterator[None]:
        """Hold a folder as long as the block lasts: beside others who do, or alone.

        Waits for whoever holds it otherwise, in any thread or process. It stops nobody who
        does not ask.
        """
        with self._doing("hold_folder", path):
            descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
            except OSError:
                os.close(descriptor)
                raise
        try:
            yield
        finally:
            os.close(descriptor)

    def sync_folder(self, path: Path) -> None:
        """Return when the names in that folder would survive a power cut."""
        with self._doing("sync_folder", path):
            descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)

    def remove(self, path: Path) -> None:
        """Remove a file or link; nothing happens when it is not there."""
        with self._doing("remove", path):
            path.unlink(missing_ok=True)

    def remove_tree(self, path: Path) -> None:
        """Remove a folder with all in it; nothing happens when it is not there.

        Links in it go without their targets; a link in its own place is refused. A
        failure may leave a part: call it again.
        """
        with self._doing("remove_tree", path):
            if path.is_symlink() or path.exists():
                shutil.rmtree(path)

    def discard(self, path: Path) -> None:
        """Remove what is of no use any more; never raises, something may stay."""
        try:
            self.remove(path)
        except Fault:
            # The caller already reports the first failure; whoever expires drafts
            # meets what stays.
            return

    def free_bytes(self, path: Path) -> int:
        """How many bytes may still be written to the disk that holds `path`."""
        with self._doing("free_bytes", path):
            left = os.statvfs(path)
            return left.f_bavail * left.f_frsize

    def open(self, path: Path) -> ReadFile:
        """Open a regular file for reading. Links, pipes and folders: `FileNotFoundError`.

        Raises `OSError`.
        """
        self.fault("open", path)
        try:
            descriptor = os.open(path, _READ)
        except OSError as error:
            if error.errno == errno.ELOOP:
                raise FileNotFoundError(errno.ENOENT, "is a link", str(path)) from error
            raise
        return ReadFile(self, path, descriptor, _regular(descriptor, path).st_size)

    def open_folder(self, path: Path) -> OpenFolder:
        """Hold a folder open; not through a link in its last name. Raises `OSError`."""
        self.fault("open_folder", path)
        return OpenFolder(self, path, os.open(path, _FOLDER))

    def look(self, path: Path) -> os.stat_result:
        """What the disk says of a name, without following a link. Raises `OSError`."""
        self.fault("look", path)
        return path.lstat()

    def names(self, path: Path) -> list[str]:
        """What stands in a folder, in no order. Raises `OSError`."""
        self.fault("names", path)
        return [entry.name for entry in path.iterdir()]

    def lock(self, path: Path) -> Lock | None:
        """Hold the file at `path` alone, making it if need be; None when another holds it.

        The lock ends with `release` or with the process, however it dies. It is closed in
        programs that the process starts, but a child made by bare `fork` would share it.
        """
        with self._doing("lock", path):
            descriptor = os.open(path, _LOCK, 0o600)
            try:
                is_taken = self._take(descriptor, path)
            except OSError:
                os.close(descriptor)
                raise
        if is_taken:
            return Lock(descriptor)
        os.close(descriptor)
        return None

    def share(self, path: Path) -> Lock | None:
        """Hold the file at `path` beside others who share it; None while one holds it alone.

        As long as it lasts, `lock` gives it to nobody.
        """
        with self._doing("share", path):
            descriptor = os.open(path, _LOCK, 0o600)
            try:
                is_shared = _flock(descriptor, fcntl.LOCK_SH)
            except OSError:
                os.close(descriptor)
                raise
        if is_shared:
            return Lock(descriptor)
        os.close(descriptor)
        return None

    def is_locked(self, path: Path) -> bool:
        """Whether somebody holds the lock at `path` now; takes and keeps nothing."""
        with self._doing("probe", path):
            try:
                descriptor = os.open(path, _READ)
            except FileNotFoundError:
                return False
            try:
                return not _flock(descriptor, fcntl.LOCK_SH)
            finally:
                os.close(descriptor)

    def _take(self, descriptor: int, path: Path) -> bool:
        for _ in range(_LOCK_ROUNDS):
            if _flock(descriptor, fcntl.LOCK_EX):
                return True
            # A probe shares the lock for an instant: that is not a holder. Only where
            # sharing is refused too does somebody hold it.
            if not _flock(descriptor, fcntl.LOCK_SH):
                return False
            fcntl.flock(descriptor, fcntl.LOCK_UN)
            time.sleep(_LOCK_PAUSE_SECONDS)
            self.fault("lock", path)
        return False

    @contextmanager
    def _doing(self, operation: str, path: Path) -> Iterator[None]:
        try:
            self.fault(operation, path)
            yield
        except OSError as error:
            raise _ours(error, operation, path) from error


class NewFile:
    """A file being written by one writer, seen by nobody until it is renamed.

    After one failure it is spoiled: every later `write` or `sync` raises `WriteFailed`
    without touching the disk, because a second fsync would wrongly answer that all is well.
    """

    def __init__(self, disk: Disk, path: Path, descriptor: int) -> None:
        self.path = path
        self._disk = disk
        self._descriptor = descriptor
        self._is_spoiled = False
        self._is_open = True

    def write(self, content: bytes | bytearray) -> None:
        """Append all of `content`."""
        with self._trying("write"), memoryview(content) as left:
            written = 0
            while written < len(left):
                written += os.write(self._descriptor, left[written:])

    def sync(self) -> None:
        """Return when the bytes written so far would survive a power cut."""
        with self._trying("sync"):
            os.fsync(self._descriptor)

    @property
    def is_spoiled(self) -> bool:
        """Whether something failed on it: nothing of it is tried again."""
        return self._is_spoiled

    @property
    def size_bytes(self) -> int:
        """How long it is now."""
        return os.fstat(self._descriptor).st_size

    @property
    def is_read_only(self) -> bool:
        """Whether it was made read-only once, or has a second name: nothing is written to it."""
        facts = os.fstat(self._descriptor)
        return not facts.st_mode & stat.S_IWUSR or facts.st_nlink > 1

    def is_at(self, path: Path) -> bool:
        """Whether that name still is this file's. Raises `OSError`, not for a missing name."""
        try:
            return os.path.samestat(os.fstat(self._descriptor), path.lstat())
        except FileNotFoundError:
            return False

    def cut(self, length: int) -> None:
        """Keep the first `length` bytes alone, and append from there."""
        with self._trying("cut"):
            if self.is_read_only:
                raise OSError(errno.EPERM, "is read-only", str(self.path))
            if self.size_bytes < length:
                raise OSError(errno.EINVAL, "is shorter", str(self.path))
            if self.size_bytes > length:
                os.ftruncate(self._descriptor, length)
            os.lseek(self._descriptor, length, os.SEEK_SET)

    def read(self, offset: int, length: int) -> bytes:
        """What was written there, fewer bytes only at the end."""
        with self._trying("read_back"):
            return os.pread(self._descriptor, length, offset)

    def make_read_only(self) -> None:
        """Leave only the right to read, to the owner only; the file's date is now."""
        with self._trying("make_read_only"):
            os.fchmod(self._descriptor, 0o400)
            # Its age is counted from here, however long its bytes were on their way.
            os.utime(self._descriptor)

    def close(self) -> None:
        """Give the descriptor back; the name stays. May be called again."""
        if self._is_open:
            self._is_open = False
            os.close(self._descriptor)

    def __enter__(self) -> NewFile:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @contextmanager
    def _trying(self, operation: str) -> Iterator[None]:
        if self._is_spoiled or not self._is_open:
            raise WriteFailed(f"{operation} {self.path}: spoiled or closed")
        self._is_spoiled = True
        with self._disk._doing(operation, self.path):
            yield
        self._is_spoiled = False


class ReadFile:
    """A regular file being read; its bytes stay readable when its name is removed."""

    def __init__(self, disk: Disk, path: Path, descriptor: int, size_bytes: int) -> None:
        self.path = path
        self.size_bytes = size_bytes
        self._disk = disk
        self._descriptor = descriptor
        self._is_open = True

    def read(self, offset: int, length: int) -> bytes:
        """Exactly `length` bytes from `offset`, fewer only at the end. Raises `OSError`."""
        self._disk.fault("read", self.path)
        wanted = max(0, min(length, self.size_bytes - offset))
        pieces = []
        while wanted and (piece := os.pread(self._descriptor, wanted, offset)):
            pieces.append(piece)
            offset += len(piece)
            wanted -= len(piece)
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def facts(self) -> os.stat_result:
        """What the disk says of it now, under whatever name. Raises `OSError`."""
        self._disk.fault("look", self.path)
        return os.fstat(self._descriptor)

    def is_being_written(self) -> bool:
        """Whether somebody has it open for writing; False where the system cannot say.

        It can on Linux, of a file of this very account (fcntl(2), "Leases").
        """
        try:
            # Who opens it in this instant to write would have SIGIO end this process.
            fcntl.fcntl(self._descriptor, fcntl.F_SETSIG, signal.SIGURG)
            fcntl.fcntl(self._descriptor, fcntl.F_SETLEASE, fcntl.F_RDLCK)
            fcntl.fcntl(self._descriptor, fcntl.F_SETLEASE, fcntl.F_UNLCK)
        except AttributeError:
            return False
        except OSError as error:
            return error.errno == errno.EAGAIN
        return False

    def is_at_hand(self, offset: int, length: int) -> bool:
        """Whether the system has these bytes in memory, so that `read` would not wait.

        Judged by their first and their last one; False where the system cannot say.
        """
        # Not on every system, and not on every file system.
        if not hasattr(os, "RWF_NOWAIT"):
            return False
        last = min(offset + length, self.size_bytes) - 1
        try:
            for place in (offset, max(offset, last)):
                os.preadv(self._descriptor, [bytearray(1)], place, os.RWF_NOWAIT)
        except OSError:
            return False
        return True

    def close(self) -> None:
        """Give the descriptor back. May be called again, never while `read` runs."""
        if self._is_open:
            self._is_open = False
            os.close(self._descriptor)


class OpenFolder:
    """A folder held open: what is done in it happens there, wherever its path leads by then.

    Names are single ones, never followed as links. What only looks raises `OSError`.
    """

    def __init__(self, disk: Disk, path: Path, descriptor: int) -> None:
        self.path = path
        self._disk = disk
        self._descriptor = descriptor

    def names(self) -> Iterator[str]:
        """What stands in it, in no order, as it is read from the disk."""
        self._disk.fault("names", self.path)
        with os.scandir(self._descriptor) as found:
            for entry in found:
                yield entry.name

    def look(self, name: str) -> os.stat_result:
        """What the disk says of a name."""
        self._disk.fault("look", self.path / name)
        return os.stat(name, dir_fd=self._descriptor, follow_symlinks=False)

    def may_change(self) -> bool:
        """Whether this account may give and take names in it."""
        return os.access(".", os.W_OK | os.X_OK, dir_fd=self._descriptor)

    def enter(self, name: str) -> OpenFolder:
        """Hold a folder in it open; a link or anything else is refused."""
        self._disk.fault("open_folder", self.path / name)
        descriptor = os.open(name, _FOLDER, dir_fd=self._descriptor)
        return OpenFolder(self._disk, self.path / name, descriptor)

    def open(self, name: str) -> ReadFile:
        """Open a regular file in it for reading, as `Disk.open` does."""
        path = self.path / name
        self._disk.fault("open", path)
        descriptor = os.open(name, _READ, dir_fd=self._descriptor)
        return ReadFile(self._disk, path, descriptor, _regular(descriptor, path).st_size)

    def make_folder(self, name: str) -> bool:
        """Make a folder in it, for the owner only; False when the name is taken."""
        with self._disk._doing("make_folder", self.path / name):
            try:
                os.mkdir(name, 0o700, dir_fd=self._descriptor)
            except FileExistsError:
                return False
            return True

    def make_file(self, name: str, content: bytes) -> bool:
        """Make a small file in it, whole; False when the name is taken."""
        path = self.path / name
        with self._disk._doing("create", path):
            try:
                descriptor = os.open(name, _NEW, 0o600, dir_fd=self._descriptor)
            except FileExistsError:
                return False
        try:
            with NewFile(self._disk, path, descriptor) as file:
                file.write(content)
        except Fault:
            self._forget(name, is_folder=False)
            raise
        return True

    def move(self, name: str, into: OpenFolder, called: str) -> bool:
        """Give a file or folder of it this name in `into`; False when that name is taken.

        Never over anything: an empty thing of ours holds the name until the rename.
        """
        is_folder = stat.S_ISDIR(self.look(name).st_mode)
        if not (into.make_folder(called) if is_folder else into.make_file(called, b"")):
            return False
        try:
            with self._disk._doing("rename", into.path / called):
                os.rename(name, called, src_dir_fd=self._descriptor, dst_dir_fd=into._descriptor)
        except Fault:
            into._forget(called, is_folder=is_folder)
            raise
        return True

    def close(self) -> None:
        """Give the descriptor back."""
        os.close(self._descriptor)

    def _forget(self, name: str, *, is_folder: bool) -> None:
        """Remove what this very object has just made there, and is of no use any more."""
        # What cannot be removed stays, empty or short: the caller tells the first failure.
        with suppress(OSError):
            self._disk.fault("remove", self.path / name)
            (os.rmdir if is_folder else os.unlink)(name, dir_fd=self._descriptor)


class Lock:
    """A lock that this process holds, until `release` or its death."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._is_held = True

    def release(self) -> None:
        """Let others have it. May be called again."""
        if self._is_held:
            self._is_held = False
            # The file stays: removing it would let two others lock two files of one name.
            os.close(self._descriptor)

    def __enter__(self) -> Lock:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()


def _opened_again(path: Path) -> int:
    try:
        descriptor = os.open(path, _AGAIN, 0o600)
    except PermissionError:
        descriptor = os.open(path, _READ)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, "not a regular file", str(path))
    return descriptor


def _regular(descriptor: int, path: Path) -> os.stat_result:
    """What the disk says of an open file; closed and refused when it is no regular one."""
    facts = os.fstat(descriptor)
    if not stat.S_ISREG(facts.st_mode):
        os.close(descriptor)
        raise FileNotFoundError(errno.ENOENT, "not a regular file", str(path))
    return facts


def _flock(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _ours(error: OSError, operation: str, path: Path) -> Fault:
    if error.errno in _FULL:
        return NoRoom()
    name = errno.errorcode.get(error.errno or 0, "unknown")
    return WriteFailed(f"{operation} {path}: {name}")
