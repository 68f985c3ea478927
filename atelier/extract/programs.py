"""Which programs beside Python this system offers: Tesseract, LibreOffice, ffmpeg.

None is needed: what each would give is missing without it, and said so. Finding looks at
folders only; asking a program for its version starts it.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from atelier.model.reading import Outside, OutsideProgram

_VERSION_SECONDS = 20
_VERSION = re.compile(r"\d+(?:\.\d+)+")
# `soffice` is a script that starts this one; started straight, nothing is left behind when it
# is killed
_OFFICE_NAMES = ("soffice.bin", "soffice", "libreoffice")
_OFFICE_FOLDERS = (
    "/usr/lib/libreoffice/program",
    "/usr/lib64/libreoffice/program",
    "/opt/libreoffice/program",
    "/Applications/LibreOffice.app/Contents/MacOS",
)
_USUAL_FOLDERS = ("/usr/bin", "/usr/local/bin", "/opt/homebrew/bin")
_TRAINED = (
    "/usr/share/tesseract-ocr/5/tessdata",
    "/usr/share/tesseract-ocr/4.00/tessdata",
    "/usr/share/tessdata",
    "/usr/share/tesseract/tessdata",
    "/usr/local/share/tessdata",
    "/opt/homebrew/share/tessdata",
)
FRENCH = "fra"


@dataclass(frozen=True, slots=True)
class Tesseract:
    """Where it is, where its trained languages are, and which of French and English it has."""

    path: Path
    trained: Path
    languages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Programs:
    """What may be used; None for what is not there, or was turned off."""

    tesseract: Tesseract | None = None
    office: Path | None = None
    ffmpeg: Path | None = None
    ffprobe: Path | None = None

    def chosen(self, *, use_ocr: bool, use_office: bool) -> Programs:
        """These, without what the settings turn off."""
        return Programs(
            self.tesseract if use_ocr else None,
            self.office if use_office else None,
            self.ffmpeg,
            self.ffprobe,
        )

    def told(self, used: Programs) -> tuple[OutsideProgram, ...]:
        """Each that could be here, with its version, and whether it is among the `used`.

        Starts what was found to ask it: not for the event loop.
        """
        tesseract = None if self.tesseract is None else self.tesseract.path
        return (
            _told(Outside.TESSERACT, tesseract, "--version", is_used=used.tesseract is not None),
            _told(Outside.LIBREOFFICE, self.office, "--version", is_used=used.office is not None),
            _told(Outside.FFMPEG, self.ffmpeg, "-version", is_used=used.ffmpeg is not None),
        )


def find_programs(path: str | None = None) -> Programs:
    """What this system has; `path` is where commands are looked for, `PATH` by default.

    Tesseract counts only with its trained French: in another language it would guess words.
    """
    ffmpeg, ffprobe = _command("ffmpeg", path), _command("ffprobe", path)
    is_whole = ffmpeg is not None and ffprobe is not None
    return Programs(
        _tesseract(path),
        _office(path),
        ffmpeg if is_whole else None,
        ffprobe if is_whole else None,
    )


def _command(name: str, path: str | None) -> Path | None:
    places = path if path is not None else os.environ.get("PATH", os.defpath)
    usual = () if path is not None else _USUAL_FOLDERS
    found = shutil.which(name, path=os.pathsep.join((places, *usual)))
    return None if found is None else Path(found).resolve()


def _tesseract(path: str | None) -> Tesseract | None:
    command = _command("tesseract", path)
    if command is None:
        return None
    beside = command.parent.parent / "share" / "tessdata"
    for folder in (*map(Path, _TRAINED), beside):
        if (folder / f"{FRENCH}.traineddata").is_file():
            has_english = (folder / "eng.traineddata").is_file()
            return Tesseract(command, folder, (FRENCH, "eng") if has_english else (FRENCH,))
    return None


def _office(path: str | None) -> Path | None:
    folders = _OFFICE_FOLDERS if path is None else ()
    for name in _OFFICE_NAMES:
        for folder in folders:
            if (Path(folder) / name).is_file():
                return Path(folder) / name
    command = next((one for name in _OFFICE_NAMES if (one := _command(name, path))), None)
    if command is None:
        return None
    inner = command.parent / _OFFICE_NAMES[0]
    return inner if inner.is_file() else command


def _told(name: Outside, path: Path | None, option: str, *, is_used: bool) -> OutsideProgram:
    version = "" if path is None else _version(path, option)
    return OutsideProgram(name, is_found=path is not None, is_used=is_used, version=version)


def _version(path: Path, option: str) -> str:
    """As it says itself; empty when it says nothing in time."""
    # beside it, `soffice` answers without starting an office
    asked = path.with_name("soffice") if path.name == _OFFICE_NAMES[0] else path
    try:
        done = subprocess.run(
            [asked, option], capture_output=True, timeout=_VERSION_SECONDS, check=False,
            env={"PATH": os.defpath}, cwd="/", stdin=subprocess.DEVNULL,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return ""
    said = (done.stdout + done.stderr)[:500].decode("utf-8", "replace")
    found = _VERSION.search(said)
    return "" if found is None else found[0]
