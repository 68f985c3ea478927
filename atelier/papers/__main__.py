"""Writes one paper: an order comes in, the file goes out. Started by `process.py`, for each.

What it writes is our own sheet, so that bounds of memory, time and files are enough; words of
people in it may still make a page that takes long.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Mapping
from typing import Final

import msgspec

from atelier.model.prose import Sheet
from atelier.papers.contract import PaperKind
from atelier.papers.odt import odt
from atelier.papers.order import Order
from atelier.papers.pdf import pdf

if sys.platform != "win32":
    import resource

_MEMORY_BYTES: Final = 512 * 1024 * 1024
_CPU_SECONDS: Final = 60
_NICE: Final = 10  # behind the server, whose pages people wait for

_WRITERS: Final[Mapping[PaperKind, Callable[[Sheet], bytes]]] = {
    PaperKind.ODT: odt,
    PaperKind.PDF: pdf,
}


def main() -> None:
    """Write the paper that standard input orders to standard output."""
    _bound()
    order = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=Order)
    sys.stdout.buffer.write(_WRITERS[order.kind](order.sheet))
    sys.stdout.buffer.flush()


def _bound() -> None:
    """Take away what writing needs not, where the system lets us."""
    if sys.platform == "win32":
        return
    os.nice(_NICE)
    for kind, value in (
        (resource.RLIMIT_AS, _MEMORY_BYTES),
        (resource.RLIMIT_CPU, _CPU_SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        # macOS knows the name of some and refuses them.
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(kind, (value, value))


if __name__ == "__main__":
    main()
