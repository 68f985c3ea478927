"""Starts an outside program for one file, watches it, ends it and all that it started.

The program runs in a session of its own, with an empty environment but what it is given,
without network or files where the system allows; see `launcher.py`. What it answers is
bytes of a hostile file's making: whoever asked checks them.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import msgspec

from atelier.extract.limits import MIB

_PACKAGE_PARENT = Path(__file__).resolve().parents[2]
_START = (
    "import sys; sys.path.insert(0, sys.argv[1]); from atelier.extract.launcher import main; main()"
)
_LOOK_SECONDS = 0.2
_STEP_BYTES = 64 * 1024
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096


class Plan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to become, and within which bounds.

    `installed` is the folder of a program that is not where the system keeps its own;
    `source` a file it may read, `scratch` the one folder it may write to, `sockets` one where
    it may make sockets, "" for none. `memory_bytes` bounds the address space, 0 for a program
    that reserves more than it uses: then somebody watches it.
    """

    command: tuple[str, ...]
    environment: dict[str, str]
    installed: str
    source: str
    scratch: str
    sockets: str
    cpu_seconds: int
    memory_bytes: int
    file_bytes: int


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one run may use; `is_watched` looks at memory instead of bounding addresses."""

    wall_seconds: float
    memory_bytes: int = 1_536 * MIB
    is_watched: bool = False
    answer_bytes: int = 64 * MIB
    file_bytes: int = 0


@dataclass(frozen=True, slots=True)
class Launch:
    """A program with its words; the folder it is installed in, the one it may write to."""

    program: Path
    words: tuple[str, ...]
    bounds: Bounds
    environment: dict[str, str] = field(default_factory=dict)
    installed: Path | None = None
    source: Path | None = None
    scratch: Path | None = None
    sockets: Path | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """How it ended (done, failed, timeout, memory, too_large), its status, what it answered."""

    ending: str
    status: int = 0
    content: bytes = b""


async def launched(launch: Launch, source: BinaryIO | None = None) -> Outcome:
    """Run the program with `source` as its input until it ends, or passes a bound."""
    incoming, outgoing = os.pipe()
    said = await _listening(incoming)
    try:
        process = await _started(launch, source, outgoing)
        try:
            ending, content = await _answered(process, said.reader, launch.bounds)
        finally:
            await _ended(process)
    finally:
        said.transport.close()
    status = process.returncode or 0
    return Outcome(ending if ending != "done" or status == 0 else "failed", status, content)


@dataclass(frozen=True, slots=True)
class _Said:
    reader: asyncio.StreamReader
    transport: asyncio.ReadTransport


async def _listening(pipe: int) -> _Said:
    """What comes through a pipe of our own: asyncio's would stay with one that left its session."""
    reader = asyncio.StreamReader()
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(pipe, "rb", 0)
    )
    return _Said(reader, transport)


async def _started(
    launch: Launch, source: BinaryIO | None, outgoing: int
) -> asyncio.subprocess.Process:
    try:
        return await asyncio.create_subprocess_exec(
            sys.executable, "-I", "-X", "utf8", "-c", _START, str(_PACKAGE_PARENT),
            _planned(launch),
            stdin=asyncio.subprocess.DEVNULL if source is None else source.fileno(),
            stdout=outgoing, stderr=asyncio.subprocess.DEVNULL,
            env={}, cwd="/", start_new_session=True,
        )  # fmt: skip
    finally:
        os.close(outgoing)


async def _answered(
    process: asyncio.subprocess.Process, said: asyncio.StreamReader, bounds: Bounds
) -> tuple[str, bytes]:
    watching = asyncio.create_task(_outgrown(process.pid, bounds))
    answering = asyncio.create_task(_taken(process, said, bounds.answer_bytes))
    try:
        done, _ = await asyncio.wait(
            {watching, answering}, timeout=bounds.wall_seconds,
            return_when=asyncio.FIRST_COMPLETED,
        )  # fmt: skip
        if answering in done:
            return answering.result()
        return ("memory" if watching in done else "timeout"), b""
    finally:
        for task in (watching, answering):
            task.cancel()
        await asyncio.gather(watching, answering, return_exceptions=True)


async def _taken(
    process: asyncio.subprocess.Process, said: asyncio.StreamReader, at_most: int
) -> tuple[str, bytes]:
    """All that it says until it ends."""
    content = bytearray()
    while piece := await said.read(_STEP_BYTES):
        content += piece
        if len(content) > at_most:
            return "too_large", b""
    await process.wait()
    return "done", bytes(content)


async def _outgrown(session: int, bounds: Bounds) -> None:
    """Return when the processes of the session hold more memory than they may."""
    if not bounds.is_watched:
        await asyncio.Event().wait()
    while _held_bytes(session) <= bounds.memory_bytes:  # noqa: ASYNC110 (no event tells it)
        await asyncio.sleep(_LOOK_SECONDS)


def _held_bytes(session: int) -> int:
    """Resident memory of a session; 0 where the system does not tell it."""
    held = 0
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            # the name in parentheses may hold spaces: what follows the last one is regular
            facts = status.read_text().rpartition(")")[2].split()
        except OSError:  # it has just ended
            continue
        if int(facts[3]) == session:
            held += int(facts[21]) * _PAGE_BYTES
    return held


async def _ended(process: asyncio.subprocess.Process) -> None:
    """Nothing of its session is left, whatever it started."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    await process.wait()


def _planned(launch: Launch) -> str:
    bounds = launch.bounds
    plan = Plan(
        (str(launch.program), *launch.words), launch.environment,
        str(launch.installed or launch.program.parent), str(launch.source or ""),
        str(launch.scratch or ""), str(launch.sockets or ""),
        cpu_seconds=int(bounds.wall_seconds) + 1,
        memory_bytes=0 if bounds.is_watched else bounds.memory_bytes,
        file_bytes=bounds.file_bytes,
    )  # fmt: skip
    return msgspec.json.encode(plan).decode()
