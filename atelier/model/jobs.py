"""Work that waits for the worker."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum


class JobKind(StrEnum):
    """What a job does; its code is in `worker/kinds.py`. A job may always run twice."""

    READ_VERSION = "read_version"
    FINISH_VERSION = "finish_version"
    DRAW_VERSION = "draw_version"
    SEND_LETTER = "send_letter"


# Whose subject is a version: they end with it.
OF_A_VERSION = (JobKind.READ_VERSION, JobKind.FINISH_VERSION, JobKind.DRAW_VERSION)


class Rank(IntEnum):
    """Whose turn it is first: what people wait for, what takes long, what nobody waits for.

    POST has a lane of its own: it waits for another machine, which may be slow or down.
    """

    PEOPLE = 0
    LONG = 1
    BACKGROUND = 2
    POST = 3


@dataclass(frozen=True, slots=True)
class Job:
    """One claimed job; `subject` is the id of what it is about."""

    id: int
    kind: JobKind
    subject: int
    attempts: int
