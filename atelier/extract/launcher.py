"""Becomes an outside program: a process that bounds itself, then hands itself over.

Started by `launching.py` with its plan as last argument. The program inherits all bounds,
and nothing of the server but its input and its output.
"""

from __future__ import annotations

import contextlib
import os
import resource
import sys
from pathlib import Path

import msgspec

from atelier.extract.confine import confine_program
from atelier.extract.launching import Plan

_FAILED = 70
_NICE = 10  # behind everybody who is waiting for a page


def main() -> None:
    """Confine this process as the plan says, and become its program; 70 when it cannot."""
    plan = msgspec.json.decode(sys.argv[-1], type=Plan)
    with contextlib.suppress(OSError):
        os.nice(_NICE)
    places = (Path(one) if one else None for one in (plan.source, plan.scratch, plan.sockets))
    confine_program(Path(plan.installed), *places)
    for kind, value in (
        (resource.RLIMIT_CPU, plan.cpu_seconds),
        (resource.RLIMIT_FSIZE, plan.file_bytes),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_AS, plan.memory_bytes or resource.RLIM_INFINITY),
    ):
        resource.setrlimit(kind, (value, value))
    os.chdir(plan.scratch or "/")
    try:
        os.execve(plan.command[0], plan.command, plan.environment)  # noqa: S606 (what it is for)
    except OSError:
        raise SystemExit(_FAILED) from None
