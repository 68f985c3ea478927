"""Where everything of an export stands: folders and documents under names any system takes.

Dossiers/…                          current versions, in the folders they stand in
Dossiers/…/Versions précédentes/    the older ones, a folder for each document
Corbeille/…                         what is in the trash, in the same way
Chemins longs/…                     folders whose path would be too long elsewhere
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from atelier.database.exports import DocumentRow, FolderRow
from atelier.model.portable import apart, portable

STANDING, REMOVED, LONG = "Dossiers", "Corbeille", "Chemins longs"
OLDER = "Versions précédentes"
# Of 255: a number and an ending may still come.
_NAME_BYTES = 200
# Of 4,096, with the place of the export before and names behind.
_PATH_BYTES = 2_000


@dataclass(frozen=True, slots=True)
class Placed:
    """A folder and where it stands: `path` without its root, which may differ below it.

    With `is_long` it begins with the folder of long paths, which is its root in any case.
    """

    folder: FolderRow
    path: PurePosixPath
    is_removed: bool
    is_long: bool = False

    def root(self, document: DocumentRow | None = None) -> PurePosixPath:
        """The path from the export's own folder on, as one of its documents has it."""
        is_removed = self.is_removed or (document is not None and document.is_removed)
        if self.is_long:
            return self.path
        return PurePosixPath(REMOVED if is_removed else STANDING) / self.path


@dataclass(frozen=True, slots=True)
class File:
    """A version of a document and its path from the export's own folder on."""

    document: DocumentRow
    number: int
    path: PurePosixPath


def placed(folders: list[FolderRow]) -> Iterator[Placed]:
    """Every folder after the one it stands in, each with a path of its own."""
    below: dict[int | None, list[FolderRow]] = {}
    for folder in folders:
        below.setdefault(folder.parent_id, []).append(folder)
    top = _named(below.get(None, []))
    waiting = deque(Placed(folder, PurePosixPath(name), folder.is_removed) for folder, name in top)
    while waiting:
        above = waiting.popleft()
        yield above
        waiting.extend(_below(above, *one) for one in _named(below.get(above.folder.id, [])))


def _below(above: Placed, folder: FolderRow, name: str) -> Placed:
    path, is_long = above.path / name, above.is_long
    if len(str(path).encode()) > _PATH_BYTES:
        path, is_long = PurePosixPath(LONG) / str(folder.id), True
    # A closed folder does not go to the trash with the one it stands in.
    is_removed = folder.is_removed or (above.is_removed and not folder.is_closed)
    return Placed(folder, path, is_removed, is_long)


def files(place: Placed, beside: Iterable[FolderRow], documents: list[DocumentRow]) -> list[File]:
    """Every version of a folder's documents; `beside` are the folders that stand in it too."""
    folders = [(name, True) for _, name in _named(beside)]
    wanted = [*folders, (OLDER, True), *((_fitted(one.name), False) for one in documents)]
    older, *given = apart(wanted)[len(folders) :]
    return [
        File(document, number, _path(place.root(document) / name, older, number, document.version))
        for document, name in zip(documents, given, strict=True)
        for number in (version["number"] for version in document.told["versions"])
    ]


def _path(current: PurePosixPath, older: str, number: int, newest: int) -> PurePosixPath:
    if number == newest:
        return current
    return current.parent / older / current.name / f"version {number}{current.suffix}"


def _named(folders: Iterable[FolderRow]) -> list[tuple[FolderRow, str]]:
    """Folders that stand in one place, those of the trash last, each with its name there."""
    ordered = sorted(folders, key=lambda folder: (folder.is_removed, folder.id))
    names = apart([(_fitted(folder.name), True) for folder in ordered])
    return list(zip(ordered, names, strict=True))


def _fitted(name: str) -> str:
    """The portable name, its stem cut when it is too long for a file."""
    kept = portable(name)
    stem, dot, ending = kept.rpartition(".")
    if not stem or len(ending) > 8:
        stem, dot, ending = kept, "", ""
    while len((stem + dot + ending).encode()) > _NAME_BYTES:
        stem = stem[:-1].rstrip(" .")
    return stem + dot + ending
