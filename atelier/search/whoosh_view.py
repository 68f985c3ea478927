"""One commit of a whoosh index, as queries see it; may be read by several threads at once."""

from __future__ import annotations

import sys
from array import array
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import accumulate
from math import log
from pathlib import Path
from typing import NamedTuple

from whoosh.codec.whoosh3 import W3TermInfo
from whoosh.filedb.compound import CompoundStorage
from whoosh.filedb.filestore import FileStorage
from whoosh.util.numeric import byte_to_length

from atelier.search import whoosh_fields, whoosh_files
from atelier.search.contract import AllBut, FolderFilter, Only, Within
from atelier.search.whoosh_fields import PlainTerms
from atelier.search.whoosh_files import Contents, Segment
from atelier.search.whoosh_near import Nearness

# Sets of readable documents that are kept, of the latest filters.
_KEPT_FILTERS = 16
_K, _B = 1.2, 0.75
_LAST_LETTER = "\U0010ffff"


class Postings(NamedTuple):
    """Where a term stands in a segment: documents, how often in each, places one after another."""

    documents: array[int]
    counts: array[int]
    places: array[int]

    def places_in(self, wanted: set[int]) -> dict[int, array[int]]:
        """The places in each of these documents that holds it, in order."""
        ends = accumulate(self.counts)
        found = zip(self.documents, self.counts, ends, strict=True)
        return {
            document: self.places[end - count : end]
            for document, count, end in found
            if document in wanted
        }


_NOWHERE = Postings(array("I"), array("I"), array("I"))


class Leaf:
    """One segment, opened once it was verified; what it says never changes."""

    def __init__(self, folder: Path, segment: Segment) -> None:
        self.documents = segment.documents
        self._content = whoosh_files.verified(folder, segment)
        made = whoosh_files.as_whoosh_has(segment)
        self._files: CompoundStorage = made.open_compound_file(FileStorage(str(folder)))
        self._terms: PlainTerms = made.codec().terms_reader(self._files, made)
        self._postings_at = self._files.range(made.make_filename(".pst"))[0]
        self._column_name = made.codec().column_filename
        self._made = made
        self._numbers: dict[str, array[int]] = {}
        self._names: dict[str, list[str]] = {}
        self._lengths: dict[str, bytes] = {}
        self._words: dict[str, tuple[list[str], array[int]]] = {}
        self._words_by_length: dict[str, dict[int, list[str]]] = {}

    def frequency(self, field: str, term: str) -> int:
        """In how many documents the term stands, deleted ones too."""
        key = (field, term.encode("utf-8"))
        return self._terms.doc_frequency(*key) if key in self._terms else 0

    def postings(self, field: str, term: str) -> Postings:
        """Where the term stands."""
        key = (field, term.encode("utf-8"))
        if key not in self._terms:
            return _NOWHERE
        return self._postings(field, self._terms.term_info(*key))

    def everything(self) -> Iterator[tuple[str, bytes, Postings]]:
        """Every term of every field, in order."""
        for (field, term), info in self._terms.items():
            yield field, term, self._postings(field, info)

    def numbers(self, column: str) -> array[int]:
        """The number of each document in that column."""
        if column not in self._numbers:
            self._numbers[column] = self._column(column, "q", self.documents)
        return self._numbers[column]

    def names(self, column: str) -> list[str]:
        """The name of each document in that column."""
        if column not in self._names:
            path = self._column_name(self._made, column)
            length = self._files.file_length(path)
            kind = whoosh_fields.schema()[column].column_type
            reader = kind.reader(self._files.open_file(path), 0, length, self.documents)
            self._names[column] = [name.decode("utf-8") for name in reader]
        return self._names[column]

    def lengths(self, field: str) -> bytes:
        """How many terms the field of each document has, as `byte_to_length` understands it."""
        if field not in self._lengths:
            column = self._column(f"_{field}_len", "B", self.documents)
            self._lengths[field] = column.tobytes()
        return self._lengths[field]

    def words(self, field: str) -> tuple[list[str], array[int]]:
        """Every term of the field, in order, and in how many documents each one stands."""
        if field not in self._words:
            terms, frequencies = [], array("I")
            for term, frequency in self._terms.frequencies(field):
                terms.append(term)
                frequencies.append(frequency)
            self._words[field] = terms, frequencies
        return self._words[field]

    def words_by_length(self, field: str) -> dict[int, list[str]]:
        """The terms of the field, those of so many letters together."""
        if field not in self._words_by_length:
            by_length: dict[int, list[str]] = {}
            for word in self.words(field)[0]:
                by_length.setdefault(len(word), []).append(word)
            self._words_by_length[field] = by_length
        return self._words_by_length[field]

    @cached_property
    def by_document(self) -> dict[int, int]:
        """Where each document of the database stands in this segment."""
        return {document: at for at, document in enumerate(self.numbers(whoosh_fields.DOCUMENT))}

    def _postings(self, field: str, info: W3TermInfo) -> Postings:
        start = self._postings_at + info.extent()[0]
        size = 4 * info.doc_frequency()
        documents, counts, places = array("I"), array("I"), array("I")
        documents.frombytes(self._content[start : start + size])
        counts.frombytes(self._content[start + size : start + 2 * size])
        if field in whoosh_fields.PLACED:
            start += 2 * size
            places.frombytes(self._content[start : start + 4 * sum(counts)])
        return Postings(documents, counts, places)

    def _column(self, column: str, code: str, count: int) -> array[int]:
        """Whoosh's numbers, which end where only zeros follow."""
        values: array[int] = array(code)
        path = self._column_name(self._made, column)
        if self._files.file_exists(path):
            offset, length = self._files.range(path)
            values.frombytes(self._content[offset : offset + length])
            if sys.byteorder == "little":
                values.byteswap()
        values.extend([0] * (count - len(values)))
        return values


# Of each segment, the documents that may be answered, by their place in it.
Readable = tuple[frozenset[int], ...]


class View:
    """The segments of one commit. `leaves` are in the order of its contents."""

    def __init__(self, contents: Contents, leaves: Sequence[Leaf]) -> None:
        self.contents = contents
        self.leaves = tuple(leaves)
        self._readable: dict[FolderFilter, Readable] = {}
        self._norms: dict[str, list[float]] = {}

    @cached_property
    def languages(self) -> tuple[str, ...]:
        """Those of the documents."""
        found = (leaf.names(whoosh_fields.LANGUAGE) for leaf in self.leaves)
        return tuple(sorted(set().union(*found)))

    @cached_property
    def documents(self) -> int:
        """How many stand in the segments, deleted ones too: what weights are made of."""
        return sum(leaf.documents for leaf in self.leaves)

    def readable(self, within: Within) -> Readable:
        """The documents that may be looked at."""
        found = self._readable.get(within.folders)
        if found is None:
            if len(self._readable) >= _KEPT_FILTERS:
                # Another thread may have been faster: at worst one more is forgotten.
                self._readable.pop(next(iter(self._readable)), None)
            found = self._readable[within.folders] = self._in_folders(within.folders)
        if not within.hidden:
            return found
        return tuple(
            documents.difference(
                leaf.by_document[number] for number in within.hidden if number in leaf.by_document
            )
            for leaf, documents in zip(self.leaves, found, strict=True)
        )

    def rarity(self, field: str, term: str) -> float:
        """The weight of finding this term, as BM25 has it; the same in every segment."""
        held = sum(leaf.frequency(field, term) for leaf in self.leaves)
        return log(1 + (self.documents - held + 0.5) / (held + 0.5)) * (_K + 1)

    def norms(self, field: str) -> list[float]:
        """For each length of a field that `Leaf.lengths` may say, what BM25 adds to a count."""
        if field not in self._norms:
            total = sum(each.lengths.get(field, 0) for each in self.contents.segments)
            usual = total / max(self.documents, 1) or 1
            self._norms[field] = [
                _K * (1 - _B + _B * byte_to_length(byte) / usual) for byte in range(256)
            ]
        return self._norms[field]

    def commonest(self, field: str, start: str, readable: Readable, limit: int) -> list[str]:
        """Terms that begin so, those in most readable documents first, then in order."""
        held: dict[str, int] = {}
        for leaf in self.leaves:
            for term, frequency in _beginning(*leaf.words(field), start):
                held[term] = held.get(term, 0) + frequency
        best: list[tuple[int, str]] = []
        # No term stands in more readable documents than in documents.
        for term, most in sorted(held.items(), key=lambda pair: (-pair[1], pair[0])):
            if len(best) >= limit and most < -best[limit - 1][0]:
                break
            if count := self._count(field, term, readable):
                best.append((-count, term))
                best.sort()
        return [term for _, term in best[:limit]]

    def near(self, fields: Sequence[str], exact: str, edits: int) -> dict[str, int]:
        """The terms of these fields that so many edits, or fewer, make of this spelling."""
        nearness = Nearness(exact, edits)
        found: dict[str, int] = {}
        for leaf in self.leaves:
            for field in fields:
                by_length = leaf.words_by_length(field)
                for length in nearness.lengths:
                    found |= nearness.among(by_length.get(length, ()))
        return found

    def _count(self, field: str, term: str, readable: Readable) -> int:
        leaves = zip(self.leaves, readable, strict=True)
        return sum(
            len(documents.intersection(leaf.postings(field, term).documents))
            for leaf, documents in leaves
        )

    def _in_folders(self, folders: FolderFilter) -> Readable:
        segments = zip(self.leaves, self.contents.segments, strict=True)
        return tuple(_in_folders(leaf, folders) - each.deleted for leaf, each in segments)


def _in_folders(leaf: Leaf, folders: FolderFilter) -> frozenset[int]:
    at = enumerate(leaf.numbers(whoosh_fields.FOLDER))
    match folders:
        case Only(numbers):
            return frozenset(place for place, folder in at if folder in numbers)
        case AllBut(numbers) if numbers:
            return frozenset(place for place, folder in at if folder not in numbers)
    return frozenset(range(leaf.documents))


def _beginning(terms: list[str], frequencies: array[int], start: str) -> Iterator[tuple[str, int]]:
    first, end = bisect_left(terms, start), bisect_left(terms, start + _LAST_LETTER)
    return zip(terms[first:end], frequencies[first:end], strict=True)
