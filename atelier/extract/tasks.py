"""What a child may be asked to do with the file it is handed."""

from __future__ import annotations

from collections.abc import Callable
from typing import BinaryIO

import msgspec

from atelier.extract import comparing, drawing, scanning
from atelier.extract.table import read_file
from atelier.extract.wire import Compare, Draw, Read, Scan, Task, Tell

Pages = tuple[str, ...]


def done(task: Task, source: BinaryIO, language_of: Callable[[tuple[str, ...]], str]) -> bytes:
    """The answer to a task, packed; whatever is raised ends the child as a crash."""
    match task:
        case Read():
            return msgspec.msgpack.encode(read_file(source, task.name, language_of))
        case Draw():
            return msgspec.msgpack.encode(drawing.draw(source, task.name, task.page, task.width))
        case Compare():
            source.seek(0)  # another child may have read it, and died
            older, newer = msgspec.msgpack.decode(source.read(), type=tuple[Pages, Pages])
            return msgspec.msgpack.encode(comparing.compared(older, newer))
        case Scan():
            return msgspec.msgpack.encode(scanning.scan(source, task.name, task.page))
        case Tell():
            source.seek(0)
            pages = msgspec.msgpack.decode(source.read(), type=Pages)
            return msgspec.msgpack.encode(language_of(pages))
