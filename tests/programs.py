"""Programs outside Python that some tests need: what they are called, and how they come.

Standard library only. One row per program; `tests/conftest.py` leaves out, aloud, the
tests whose marker names a missing one, and `python3 -m tests` brings it where it may.
"""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass


@dataclass(frozen=True)
class Program:
    """A program: the marker of the tests that need it, its names, its Debian package."""

    marker: str
    names: tuple[str, ...]
    package: str
    what: str
    on_mac: str = ""

    def path(self) -> str | None:
        """Where it is on this machine; None when it is not."""
        return next(filter(None, map(shutil.which, self.names)), None)

    @property
    def command(self) -> str:
        """The one command that brings it."""
        if sys.platform == "darwin":
            return f"brew install {self.on_mac or self.package}"
        return f"sudo apt-get install -y {self.package}"


CHROMIUM = Program(
    marker="browser",
    names=(
        "chromium",
        "chromium-browser",
        "google-chrome",
        "google-chrome-stable",
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    ),
    package="chromium",
    what="the browser journeys, the keyboard, axe and no-script gates of the pages",
)
NGINX = Program(
    marker="nginx",
    # Debian keeps it where only root's commands are looked for.
    names=("nginx", "/usr/sbin/nginx"),
    package="nginx",
    what="the peer of `bench deposits` and `bench downloads`, and downloads sent by a front server",
)


@dataclass(frozen=True)
class French(Program):
    """Tesseract, where it can read French."""

    def path(self) -> str | None:
        """The program, once it says that it knows French."""
        path = super().path()
        return path if path is not None and "fra" in _languages(path) else None


@functools.cache
def _languages(path: str) -> list[str]:
    said = subprocess.run([path, "--list-langs"], capture_output=True, text=True, check=False)
    return said.stdout.split()


TESSERACT = French(
    marker="tesseract",
    names=("tesseract",),
    package="tesseract-ocr tesseract-ocr-fra",
    what="the text of scans",
    on_mac="tesseract tesseract-lang",
)
FFMPEG = Program(
    marker="ffmpeg", names=("ffmpeg",), package="ffmpeg", what="stills and durations of films"
)
LIBREOFFICE = Program(
    marker="libreoffice",
    names=("soffice", "/Applications/LibreOffice.app/Contents/MacOS/soffice"),
    package="libreoffice-writer-nogui libreoffice-calc-nogui libreoffice-impress-nogui",
    what="office files in pages, and those of Word 6",
    on_mac="--cask libreoffice",
)


@dataclass(frozen=True)
class Mounting(Program):
    """The right to mount a small disk, where this process has it."""

    def path(self) -> str | None:
        """The program, once a disk could be mounted with it."""
        return super().path() if _may_mount() else None

    @property
    def command(self) -> str:
        """Nothing can be installed for it."""
        return "python3 -m tests --thorough, as root"


@functools.cache
def _may_mount() -> bool:
    with tempfile.TemporaryDirectory() as place:
        disk = ["mount", "-t", "tmpfs", "-o", "size=1m", "atelier-tests", place]
        try:
            subprocess.run(disk, check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError):
            return False
        subprocess.run(["umount", place], check=True)
    return True


SMALL_DISK = Mounting(
    marker="small_disk",
    names=("mount",),
    package="mount",
    what="deposits on a small disk that is filled to its last byte",
)
PROGRAMS = (CHROMIUM, NGINX, TESSERACT, FFMPEG, LIBREOFFICE, SMALL_DISK)


def bring_missing() -> None:
    """Install what is missing by the system's package manager, where that is allowed.

    Only as root with apt-get: nobody is asked for a password by a test run. A failure is
    not told here; the tests left out tell it.
    """
    missing = [program for program in PROGRAMS if program.path() is None]
    packages = [package for program in missing for package in program.package.split()]
    if packages and shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0:
        print(f"Bringing {', '.join(packages)} with apt-get…", file=sys.stderr, flush=True)
        if not _apt_get("install", "--no-install-recommends", *packages):
            # A fresh container has no package lists yet.
            _apt_get("update")
            _apt_get("install", "--no-install-recommends", *packages)


def _apt_get(*arguments: str) -> bool:
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    command = ["apt-get", "-y", "-qq", *arguments]
    done = subprocess.run(command, env=quiet, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return done.returncode == 0
