"""How documents are read here: which programs help, which protections hold, how far it went."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from atelier.model.documents import ReadState


class Outside(StrEnum):
    """A program beside Atelier that reading can use when it is there."""

    TESSERACT = "tesseract"
    LIBREOFFICE = "libreoffice"
    FFMPEG = "ffmpeg"


@dataclass(frozen=True, slots=True)
class OutsideProgram:
    """One of them: whether it was found, whether it is used, the version it tells."""

    name: Outside
    is_found: bool
    is_used: bool
    version: str = ""


@dataclass(frozen=True, slots=True)
class ReadingMeans:
    """What reading has here: the bounds that hold around it, and its programs.

    `is_bounded`: files are read in processes of their own, with limits; without that none
    is read. The others say what such a process was taken away.
    """

    is_bounded: bool
    no_network: bool
    no_files: bool
    no_new_privileges: bool
    programs: tuple[OutsideProgram, ...] = ()


@dataclass(frozen=True, slots=True)
class FailedReading:
    """A reading that the worker gave up: of which version, after how many tries, and why.

    `error` begins with what the code calls it; the rest may name what is in the document.
    """

    document_id: int
    number: int
    attempts: int
    error: str
    since: datetime


@dataclass(frozen=True, slots=True)
class ReadingHealth:
    """How reading fares: its means, how many versions are in each state, what was given up."""

    means: ReadingMeans
    states: dict[ReadState, int]
    failed: tuple[FailedReading, ...]
