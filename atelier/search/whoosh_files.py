"""The files of a whoosh index: which ones make it now, and whether they may be read.

Whoosh's files hold pickles, which run what they say when they are read. So nothing of them
is opened before `contents.json`, which is ours: it says which installation wrote the index,
in which format, in which very folder (a copied or restored one is another), and size and
checksum of every segment. It also holds the number applied and is replaced at once, so it
is the commit; Whoosh's own table of contents is never written.
"""

from __future__ import annotations

import mmap
import os
import re
import zlib
from collections.abc import Iterable
from pathlib import Path

import msgspec
from whoosh.codec.whoosh3 import W3Segment

from atelier.errors import IndexUnready
from atelier.files import Disk
from atelier.search import whoosh_fields
from atelier.search.whoosh_fields import PlainCodec

INDEX_NAME = "MAIN"
CONTENTS = "contents.json"
LOCK = "writer.lock"

_DRAFT = re.compile(rf"\.{re.escape(CONTENTS)}\.[0-9a-f]+")
_OWN_FILES = re.compile(
    rf"{INDEX_NAME}_[0-9a-z]+\..+|{re.escape(CONTENTS)}|{LOCK}|{_DRAFT.pattern}"
)
_SEGMENT = re.compile(rf"{INDEX_NAME}_([0-9a-z]+)\..+")
# What Whoosh sorts postings in, and what it forgets when it is killed.
_SCRATCH = f"{INDEX_NAME}.tmp"

# (nanoseconds, size, inode) of the contents file, which every commit replaces.
Stamp = tuple[int, int, int]


class Segment(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One written file of documents; only the set of those deleted changes afterwards.

    `lengths` are the terms of each field, of all its documents.
    """

    id: str
    documents: int
    deleted: frozenset[int]
    lengths: dict[str, int]
    size: int
    checksum: int

    @property
    def file_name(self) -> str:
        """Its name in the index's folder."""
        return f"{INDEX_NAME}_{self.id}.seg"


class Contents(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One commit: what makes the index, and the last entry of the database in it."""

    format: int
    installation: str
    device: int
    inode: int
    applied: int
    segments: tuple[Segment, ...] = ()


def empty(folder: Path, installation: str) -> Contents:
    """The contents of an index that begins, in this folder."""
    place = folder.stat()
    return Contents(whoosh_fields.FORMAT, installation, place.st_dev, place.st_ino, 0)


def stamp_of(folder: Path) -> Stamp:
    """What changes with every commit; `OSError` where there is none."""
    found = (folder / CONTENTS).stat()
    return found.st_mtime_ns, found.st_size, found.st_ino


def read(folder: Path, installation: str) -> Contents:
    """What the index is made of now; `IndexUnready` unless it was written here by us."""
    try:
        contents = msgspec.json.decode((folder / CONTENTS).read_bytes(), type=Contents)
        begun = empty(folder, installation)
    except (OSError, msgspec.DecodeError) as fault:
        raise IndexUnready() from fault
    if msgspec.structs.replace(contents, applied=0, segments=()) != begun:
        raise IndexUnready()
    return contents


def write(disk: Disk, folder: Path, contents: Contents) -> None:
    """Have the index be made of this from now on."""
    # What a power cut damages is noticed, and built again.
    disk.write_small(folder / CONTENTS, msgspec.json.encode(contents), is_durable=False)


def verified(folder: Path, segment: Segment) -> mmap.mmap:
    """The bytes of a segment, which are those that were written.

    Raises `IndexUnready` when they are not, `FileNotFoundError` when a commit removed it.
    """
    content = _mapped(folder / segment.file_name)
    if (len(content), zlib.crc32(content)) != (segment.size, segment.checksum):
        raise IndexUnready()
    return content


def as_written(folder: Path, made: W3Segment) -> Segment:
    """What to remember of a segment that was just written."""
    content = _mapped(folder / f"{INDEX_NAME}_{made.segid}.seg")
    return Segment(
        id=made.segid,
        documents=made.doc_count_all(),
        deleted=frozenset(),
        lengths=dict(made._fieldlengths),
        size=len(content),
        checksum=zlib.crc32(content),
    )


def _mapped(path: Path) -> mmap.mmap:
    with path.open("rb") as file:
        if not os.fstat(file.fileno()).st_size:
            raise IndexUnready()
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def as_whoosh_has(segment: Segment) -> W3Segment:
    """The segment as Whoosh writes, reads and merges it."""
    made = W3Segment(
        PlainCodec(), INDEX_NAME, segment.documents, segment.id, deleted=set(segment.deleted)
    )
    made.compound = True
    made._fieldlengths = segment.lengths
    return made


def sweep(disk: Disk, folder: Path, kept: Iterable[Segment]) -> None:
    """Remove the segments that are none of these, and what a killed writer left behind."""
    ids = {segment.id for segment in kept}
    for file in folder.iterdir():
        found = _SEGMENT.fullmatch(file.name)
        if (found and found.group(1) not in ids) or _DRAFT.fullmatch(file.name):
            disk.discard(file)


def clear(disk: Disk, folder: Path) -> None:
    """Remove every file of the index, and no other."""
    for file in folder.iterdir():
        if _OWN_FILES.fullmatch(file.name):
            disk.discard(file)
    scratch = folder / _SCRATCH
    if scratch.is_dir():
        for file in scratch.iterdir():
            disk.discard(file)
