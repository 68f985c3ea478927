"""Making the demonstration network ready: filled once, in a folder of its own.

A process of its own fills it, because the writers of documents weigh more than the
server. It is filled beside its place and takes it by one rename, so that a start that is
interrupted leaves nothing half-filled behind that the next one could take for whole.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from atelier.errors import FolderUnready
from atelier.files import Disk

MARK = "demonstration"  # a file of this name says that the folder may be taken for one


def prepare(data: Path, index: str | None = None) -> None:
    """Have the demonstration network stand in `data`; nothing happens when it does.

    `index` is the address of its search index, such as `whoosh:index`; else the default.
    `FolderUnready` when something else stands there: the demonstration never writes into
    real work. Ends the program when filling fails, which has said why.
    """
    if (data / MARK).exists():
        return
    if data.exists():
        raise FolderUnready(str(data), "not_demonstration")
    filling = data.with_name(f".{data.name}.filling")
    disk = Disk()
    disk.remove_tree(filling)
    wanted = [] if index is None else [index]
    command = [sys.executable, "-m", "atelier.demo", str(filling), *wanted]
    filled = subprocess.run(command, check=False)
    if filled.returncode:
        raise SystemExit(filled.returncode)
    disk.write_small(filling / MARK, b"")
    disk.rename(filling, data)
