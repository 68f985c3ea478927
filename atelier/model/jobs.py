"""Work that waits for the worker."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class JobKind(StrEnum):
    """What a job does; its code is in `worker/kinds.py`. A job may always run twice."""

    READ_VERSION = "read_version"


@dataclass(frozen=True, slots=True)
class Job:
    """One claimed job; `subject` is the id of what it is about."""

    id: int
    kind: JobKind
    subject: int
    attempts: int
