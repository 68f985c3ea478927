"""How a batch gets into a whoosh index: what it makes of one commit is the next one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import msgspec
from whoosh.codec.whoosh3 import W3Segment
from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC
from whoosh.reading import SegmentReader
from whoosh.writing import SegmentWriter

from atelier.search import whoosh_fields, whoosh_files
from atelier.search.contract import Entry
from atelier.search.pacing import paced
from atelier.search.whoosh_files import Segment
from atelier.search.whoosh_view import Leaf, View

# So many segments of one size become one: each document is written again every eightfold,
# until they are big. Writing 1,000 documents again keeps a processor busy for 6 s, and
# readers of one more segment lose a tenth of a millisecond.
_ALIKE = 8
_BIG = 200
# Beyond this much, postings wait for their turn in files.
_SORTED_IN_MEGABYTES = 48


def written(
    folder: Path,
    view: View,
    entries: Sequence[Entry],
    removed: frozenset[int],
    *,
    is_gentle: bool,
) -> tuple[Segment, ...]:
    """The segments that make the index once these documents are replaced and those forgotten.

    Nothing that answers now is changed or removed. Raises `OSError`. `is_gentle` as in `apply`.
    """
    latest = {entry.document: entry for entry in entries}
    left = list(_without(view, removed.union(latest)))
    merged = _merged(segment for segment, _ in left)
    kept = tuple(segment for segment, _ in left if segment.id not in merged)
    if not latest and not merged:
        return kept
    writer = _Writer(folder)
    try:
        for segment, leaf in left:
            if segment.id in merged:
                writer.add_leaf(segment, leaf)
        for entry in paced(latest.values(), is_gentle=is_gentle):
            writer.add_document(**whoosh_fields.document_of(entry))
        made = writer.finish()
    finally:
        writer.give_up()
    return (*kept, whoosh_files.as_written(folder, made)) if made.doc_count_all() else kept


def _without(view: View, gone: frozenset[int]) -> Iterator[tuple[Segment, Leaf]]:
    """Each segment that still holds a document, without those that are gone."""
    for segment, leaf in zip(view.contents.segments, view.leaves, strict=True):
        places = {leaf.by_document[number] for number in gone if number in leaf.by_document}
        deleted = segment.deleted.union(places)
        if len(deleted) < segment.documents:
            yield msgspec.structs.replace(segment, deleted=deleted), leaf


def _merged(segments: Iterable[Segment]) -> set[str]:
    """The segments to write again as one: many of one size, and those mostly deleted."""
    by_size: dict[int, list[Segment]] = {}
    merged = set()
    for segment in segments:
        living = segment.documents - len(segment.deleted)
        if living * 2 < segment.documents:
            merged.add(segment.id)
        if living < _BIG:
            by_size.setdefault((living.bit_length() + 2) // 3, []).append(segment)
    for alike in by_size.values():
        if len(alike) >= _ALIKE:
            merged.update(segment.id for segment in alike)
    return merged


class _Place:
    """What Whoosh's writer asks of an index: where it is, and that it holds nothing yet."""

    indexname = whoosh_files.INDEX_NAME

    def __init__(self, folder: Path) -> None:
        self.storage = FileStorage(str(folder))

    def _read_toc(self) -> TOC:
        return TOC(whoosh_fields.schema(), [], 0)


class _Writer(SegmentWriter):  # type: ignore[misc]
    """Writes one segment; what the index is made of is not its affair."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            _Place(folder),
            _lk=False,
            limitmb=_SORTED_IN_MEGABYTES,
            codec=whoosh_fields.PlainCodec(),
        )

    def add_leaf(self, segment: Segment, leaf: Leaf) -> None:
        """Write again what a segment holds and was not deleted."""
        made = whoosh_files.as_whoosh_has(segment)
        reader = SegmentReader(self.storage, self.schema, made)
        first = self.docnum
        moved = self.write_per_doc(set(self.schema.names()), reader)
        reader.close()
        places = moved or {place: first + place for place in range(segment.documents)}
        for field, term, postings in leaf.everything():
            size = 4 if field in whoosh_fields.PLACED else 0
            content = memoryview(postings.places.tobytes())
            at = 0
            for document, count in zip(postings.documents, postings.counts, strict=True):
                end = at + count * size
                if document in places:
                    kept = bytes(content[at:end])
                    self.pool.add((field, term, places[document], float(count), kept))
                at = end
        self._added = True

    def finish(self) -> W3Segment:
        """Write the segment, and give back all files."""
        made: W3Segment = self._finalize_segment()
        self._finish()
        return made

    def give_up(self) -> None:
        """Leave off in the middle; nothing when it was finished."""
        if not self.is_closed:
            self.cancel()
