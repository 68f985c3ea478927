"""What each kind of job does. A job may always run twice."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from atelier.model.jobs import JobKind
from atelier.workspace import previews, reading, sending
from atelier.workspace.place import Workspace

KINDS: dict[JobKind, Callable[[Workspace, int], Awaitable[None]]] = {
    JobKind.READ_VERSION: reading.read_version,
    JobKind.FINISH_VERSION: reading.finish_version,
    JobKind.DRAW_VERSION: previews.draw_version,
    JobKind.SEND_LETTER: sending.send,
}

# What stands for the subject of a job that was given up, where people look at the subject.
GIVEN_UP: dict[JobKind, Callable[[Workspace, int], Awaitable[None]]] = {
    JobKind.SEND_LETTER: sending.give_up,
}
