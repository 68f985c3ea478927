"""Turns an office file into paper: LibreOffice writes it as PDF, in a profile of its own.

One file at a time, without macros, updates of links, network or other files; what comes out
is hostile still, and is read in the bounded process like any PDF. The last ones are kept for
as long as this process runs, since a reader looks at one page after another.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import shutil
import socket
import tempfile
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from atelier.extract.launching import Bounds, Launch, Outcome, launched
from atelier.extract.limits import MIB
from atelier.extract.media_type import (
    DOC,
    DOCM,
    DOCX,
    ODP,
    ODS,
    ODT,
    OTT,
    PPSX,
    PPT,
    PPTM,
    PPTX,
    XLS,
    XLSB,
    XLSM,
    XLSX,
)

_RTF = "text/rtf"
# texts, whose pages only paper has; what else an office opens has slides or sheets
TEXTS: Mapping[str, str] = MappingProxyType(
    {DOC: ".doc", DOCM: ".docm", DOCX: ".docx", ODT: ".odt", OTT: ".ott", _RTF: ".rtf"}
)
OFFICE: Mapping[str, str] = MappingProxyType({
    **TEXTS, ODP: ".odp", ODS: ".ods", PPSX: ".ppsx", PPT: ".ppt", PPTM: ".pptm", PPTX: ".pptx",
    XLS: ".xls", XLSB: ".xlsb", XLSM: ".xlsm", XLSX: ".xlsx",
})  # fmt: skip

_BOUNDS = Bounds(120.0, 1_536 * MIB, is_watched=True, answer_bytes=MIB, file_bytes=512 * MIB)
_MOST_BYTES = 256 * MIB  # of a file that is copied for it
_KEPT = 16
_SOCKETS = Path("/tmp")  # noqa: S108 (LibreOffice takes no other)
_AGAIN = 81  # what it ends with once it has made its profile
_OPTIONS = (
    "--headless", "--norestore", "--nolockcheck", "--nodefault", "--nologo",
)  # fmt: skip
_CONVERTING = ("--convert-to", "pdf", "--outdir", "out")
_PRISTINE = "pristine"
_REFUSED = (
    ("org.openoffice.Office.Common/Security/Scripting", "MacroSecurityLevel", "3"),
    ("org.openoffice.Office.Common/Security/Scripting", "DisableMacrosExecution", "true"),
    ("org.openoffice.Office.Common/Security/Scripting", "DisableActiveContent", "true"),
    ("org.openoffice.Office.Common/Security/Scripting", "BlockUntrustedRefererLinks", "true"),
    ("org.openoffice.Office.Writer/Content/Update", "Link", "2"),
    ("org.openoffice.Office.Calc/Content/Update", "Link", "2"),
)


class Office:
    """LibreOffice at `program`, with the papers it wrote last."""

    def __init__(self, program: Path) -> None:
        self._program = program
        self._alone = asyncio.Lock()
        self._papers: OrderedDict[Path, Path | None] = OrderedDict()
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._count = 0

    async def paper(self, path: Path, media_type: str) -> Path | None:
        """The file at `path` as PDF; None when it cannot be turned into one.

        Contents at a path never change: they are named by their hash.
        """
        async with self._alone:
            if path not in self._papers:
                self._papers[path] = await self._written(path, OFFICE[media_type])
                if len(self._papers) > _KEPT:
                    _, oldest = self._papers.popitem(last=False)
                    if oldest is not None:
                        await asyncio.to_thread(oldest.unlink)
            self._papers.move_to_end(path)
            return self._papers[path]

    def close(self) -> None:
        """Forget all papers."""
        self._papers.clear()
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    async def _written(self, path: Path, ending: str) -> Path | None:
        place = await self._place()
        self._count += 1
        kept, scratch = place / f"{self._count}.pdf", place / f"{self._count}"
        try:
            if not await asyncio.to_thread(_laid_out, path, scratch, ending):
                return None
            if not await self._ran(scratch, (*_CONVERTING, f"document{ending}")):
                return None
            return await asyncio.to_thread(_taken, scratch / "out" / "document.pdf", kept)
        finally:
            await asyncio.to_thread(shutil.rmtree, scratch, ignore_errors=True)

    async def _place(self) -> Path:
        """Where papers are kept; beside them a profile that no file has touched.

        Making one takes as long as a short text: each run gets a copy of it.
        """
        if self._folder is None:
            self._folder = await asyncio.to_thread(tempfile.TemporaryDirectory)
            place = Path(self._folder.name)
            await asyncio.to_thread(_make_profile, place / _PRISTINE)
            await self._ran(place / _PRISTINE, ("--terminate_after_init",))
        return Path(self._folder.name)

    async def _ran(self, scratch: Path, words: tuple[str, ...]) -> bool:
        profile = f"-env:UserInstallation={(scratch / 'profile').as_uri()}"
        launch = Launch(
            self._program, (profile, *_OPTIONS, *words), _BOUNDS,
            {"HOME": str(scratch), "TMPDIR": str(scratch), "LANG": "C.UTF-8"},
            installed=self._program.parents[1], scratch=scratch, sockets=_SOCKETS,
        )  # fmt: skip
        outcome = await _alone(launch)
        if outcome.status == _AGAIN:
            outcome = await _alone(launch)
        return outcome.ending == "done"


def _laid_out(path: Path, scratch: Path, ending: str) -> bool:
    """A folder for one run: a fresh profile, the file under a name that says nothing."""
    if path.stat().st_size > _MOST_BYTES:
        return False
    shutil.copytree(scratch.parent / _PRISTINE / "profile", scratch / "profile")
    shutil.copyfile(path, scratch / f"document{ending}", follow_symlinks=False)
    return True


def _make_profile(scratch: Path) -> None:
    settings = scratch / "profile" / "user"
    settings.mkdir(parents=True)
    (settings / "registrymodifications.xcu").write_text(_profile(), "utf-8")


async def _alone(launch: Launch) -> Outcome:
    before = _sockets()
    try:
        return await launched(launch)
    finally:
        _forget_sockets(before)


def _sockets() -> set[Path]:
    return {path for path in _SOCKETS.glob("OSL_PIPE_*") if path.is_socket()}


def _forget_sockets(before: set[Path]) -> None:
    """Remove the one it made to be alone with its profile: it may make it, not remove it.

    Another office of the same person, started meanwhile, answers at its own.
    """
    for path in _sockets() - before:
        with socket.socket(socket.AF_UNIX) as line, contextlib.suppress(OSError):
            if line.connect_ex(str(path)) == errno.ECONNREFUSED:
                path.unlink()


def _profile() -> str:
    items = "".join(
        f'<item oor:path="/{path}"><prop oor:name="{name}" oor:op="fuse">'
        f"<value>{value}</value></prop></item>"
        for path, name, value in _REFUSED
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><oor:items xmlns:oor="http://openoffice.org/2001/'
        f'registry">{items}</oor:items>'
    )


def _taken(written: Path, kept: Path) -> Path | None:
    """The PDF out of a folder in which a program did as it liked: only a plain file of its own."""
    if written.parent.is_symlink() or written.is_symlink() or not written.is_file():
        return None
    return written.rename(kept)
