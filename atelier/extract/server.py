"""The extraction server: one small single-threaded process that forks a child for each file.

Started by `process.py` with its socket as standard input, an empty environment and nothing
else. It imports the readers once, confines itself, then only takes orders, forks, waits,
kills what is late, and tells how each child ended. It never looks into a file itself.
"""

from __future__ import annotations

import codecs
import contextlib
import fcntl
import gc
import os
import resource
import signal
import socket
import tempfile
import time
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from select import select
from typing import BinaryIO, NoReturn

from atelier.extract import language
from atelier.extract.confine import confine_child, confine_server
from atelier.extract.tasks import done
from atelier.extract.wire import (
    MAX_MESSAGE_BYTES,
    Order,
    Standing,
    Verdict,
    ordered,
    packed,
)

_FAILED = 70
_PARENT_LOOK_SECONDS = 5.0
_NICE = 10  # behind the server, whose pages people wait for
# what readers decode with; Python loads a codec when it is first asked for, here that once
_CODECS = ("ascii", "cp437", "cp1252", "iso8859-1", "utf-16-le", "utf-16-be", "mac-roman")
# on disk where it can be: on many systems the other scratch folder lives in memory
_SCRATCH_FOLDER = Path("/var/tmp")  # noqa: S108 (the file has no name there)


@dataclass(frozen=True, slots=True)
class _Child:
    """A child at work: its order, and when it must have ended, on the monotonic clock."""

    number: int
    deadline: float


@dataclass(slots=True)
class _Forker:
    """What the extraction server holds while it runs."""

    control: socket.socket
    model: language.Model
    bell: socket.socket
    parent: int
    children: dict[int, _Child] = field(default_factory=dict)
    late: set[int] = field(default_factory=set)

    def run(self) -> None:
        """Serve until the other end closes or its process is gone."""
        while os.getppid() == self.parent:
            ready, _, _ = select([self.control, self.bell], [], [], self._patience())
            if self.bell in ready:
                self.bell.recv(MAX_MESSAGE_BYTES)
            self._bury()
            self._kill_late()
            if self.control in ready and not self._take():
                return

    def end(self) -> None:
        """Kill every child."""
        for pid in self.children:
            _kill_group(pid)

    def _patience(self) -> float:
        soonest = min((child.deadline for child in self.children.values()), default=float("inf"))
        return max(0.0, min(soonest - time.monotonic(), _PARENT_LOOK_SECONDS))

    def _take(self) -> bool:
        message, handles, _, _ = socket.recv_fds(self.control, MAX_MESSAGE_BYTES, 2)
        if not message:
            return False
        order = ordered(message)
        file, pipe = handles
        pid = os.fork()
        if pid == 0:
            _be_child(order, file, pipe, self.model)
        os.close(file)
        os.close(pipe)
        self.children[pid] = _Child(order.number, time.monotonic() + order.limits.wall_seconds)
        return True

    def _bury(self) -> None:
        while self.children:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            child = self.children.pop(pid)
            _kill_group(pid)  # what it may have started
            ending = _ending(status, is_late=pid in self.late)
            self.late.discard(pid)
            self.control.send(packed(Verdict(child.number, ending)))

    def _kill_late(self) -> None:
        now = time.monotonic()
        for pid, child in self.children.items():
            if child.deadline <= now and pid not in self.late:
                self.late.add(pid)
                os.kill(pid, signal.SIGKILL)  # it may not lead its group yet
                _kill_group(pid)


def main() -> None:
    """Serve the socket on standard input until it closes."""
    control = socket.socket(fileno=os.dup(0))
    os.set_inheritable(control.fileno(), False)
    with contextlib.suppress(OSError):
        os.nice(_NICE)
    for name in _CODECS:
        codecs.lookup(name)
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    with _scratch() as scratch:
        standing = _prepared(scratch)
        model = language.opened(scratch)
    bell, ringer = socket.socketpair()
    ringer.setblocking(False)
    signal.set_wakeup_fd(ringer.fileno(), warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    gc.collect()
    gc.freeze()  # children then share the pages of everything imported
    control.send(packed(standing))
    forker = _Forker(control, model, bell, os.getppid())
    try:
        forker.run()
    except (BrokenPipeError, ConnectionResetError):
        pass  # the server went away first
    finally:
        forker.end()


def _scratch() -> BinaryIO:
    folder = _SCRATCH_FOLDER if os.access(_SCRATCH_FOLDER, os.W_OK) else None
    return tempfile.TemporaryFile(dir=folder)


def _prepared(scratch: BinaryIO) -> Standing:
    """Lay the language model out in a child, so that its memory goes with it; then confine."""
    pid = os.fork()
    if pid == 0:
        code = _FAILED
        try:
            language.lay_out(scratch)
            code = 0
        finally:
            os._exit(code)
    if os.waitpid(pid, 0)[1] != 0:
        raise SystemExit(_FAILED)
    return confine_server()


def _be_child(order: Order, file: int, pipe: int, model: language.Model) -> NoReturn:
    """Do the task, write the answer into the pipe, end. Whatever is raised is a crash."""
    code = _FAILED
    try:
        _forget_server(file, pipe)
        confine_child(order.limits)
        with open(3, "rb") as source, open(4, "wb") as answer:
            answer.write(done(order.task, source, partial(language.language_of, model)))
        code = 0
    finally:
        os._exit(code)


def _forget_server(file: int, pipe: int) -> None:
    """Keep the file as 3, the pipe as 4, and nothing else of what the server holds."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    highest = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    aside = [fcntl.fcntl(one, fcntl.F_DUPFD, 5) for one in (file, pipe)]
    os.dup2(0, 2)
    os.dup2(aside[0], 3)
    os.dup2(aside[1], 4)
    os.closerange(5, min(highest, 65_536))


def _ending(status: int, *, is_late: bool) -> str:
    if is_late or (os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGXCPU):
        return "timeout"
    return "done" if status == 0 else "crashed"


def _kill_group(pid: int) -> None:
    """Kill what a child started, and the child itself when it leads its group already."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
