"""How tests of this room read: through the table in one process, or through the real engine."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path

from atelier.extract.contract import Reading
from atelier.extract.limits import Limits
from atelier.extract.process import open_readers
from atelier.extract.table import read_file
from atelier.model.documents import ReadState
from tests import samples

_HONEST = {f"honnete-{number}.pdf": samples.pdf([f"mot{number}"]) for number in range(3)}


def parsed_here(content: bytes, name: str, folder: Path) -> Reading:
    """The reading of honest bytes by the table of readers, in this process."""
    path = folder / "content"
    path.write_bytes(content)
    with path.open("rb") as file:
        return read_file(file, name, lambda pages: "")


def read_all(
    files: Mapping[str, bytes], folder: Path, limits: Limits | None = None
) -> dict[str, Reading]:
    """The readings of files by name, all at once, by the real extraction server."""
    for number, content in enumerate(files.values()):
        (folder / f"file-{number}").write_bytes(content)

    async def reading() -> list[Reading]:
        readers = open_readers(limits)
        try:
            return await asyncio.gather(
                *(readers.read(folder / f"file-{n}", name) for n, name in enumerate(files))
            )
        finally:
            await readers.close()

    return dict(zip(files, asyncio.run(reading()), strict=True))


def read_among_honest(
    files: Mapping[str, bytes], folder: Path, limits: Limits | None = None
) -> dict[str, Reading]:
    """The readings of hostile files, and of honest ones between them that must be unharmed."""
    readings = read_all({**files, **_HONEST}, folder, limits)
    for number, name in enumerate(_HONEST):
        assert (readings[name].state, readings[name].pages) == (ReadState.OK, (f"mot{number}",))
    return readings


def text_of(reading: Reading) -> str:
    """All pages of a reading, one after another."""
    return "\n".join(reading.pages)
