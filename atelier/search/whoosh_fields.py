"""What a whoosh index holds of an entry: fields, columns, and how postings are written.

Terms come analysed: the text fields are only cut at spaces. Postings are plain arrays of
numbers, in place of Whoosh's compressed pickles: they are read many times faster, by any
number of threads, and hold nothing that could run.
"""

from __future__ import annotations

import struct
from array import array
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from whoosh.codec.whoosh3 import W3Codec, W3PostingsWriter, W3Segment, W3TermsReader
from whoosh.columns import NumericColumn, RefBytesColumn
from whoosh.fields import COLUMN, FieldType, Schema
from whoosh.filedb.compound import CompoundStorage
from whoosh.formats import Format

from atelier.search import french
from atelier.search.contract import Entry

# Raise it when the fields, the analysis or the postings change: older indexes are rebuilt.
FORMAT = 1

DOCUMENT, FOLDER, CHANGED_AT, YEAR = "document", "folder", "changed_at", "year"
AUTHOR_ID, ORGANISATION_ID = "author_id", "organisation_id"
MEDIA_TYPE, LANGUAGE = "media_type", "language"
EXACT, STEMS, NAME, NAME_STEMS = "exact", "stems", "name", "name_stems"
OLDER_EXACT, OLDER_STEMS = "older_exact", "older_stems"
AUTHOR, ORGANISATION, WRITTEN = "author", "organisation", "written"

NUMBERS = (DOCUMENT, FOLDER, CHANGED_AT, YEAR, AUTHOR_ID, ORGANISATION_ID)
NAMES = (MEDIA_TYPE, LANGUAGE)
# Of these the places of words are kept, for phrases.
PLACED = frozenset({EXACT, OLDER_EXACT, NAME, AUTHOR, ORGANISATION})
_COUNTED = frozenset({STEMS, OLDER_STEMS, NAME_STEMS})

# How Whoosh begins what it says of a term: marks, weight, documents.
_FREQUENCY = struct.Struct("!BfI")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Terms(FieldType):  # type: ignore[misc]
    """A field of terms set apart by spaces, where `french.GAP` only takes a place."""

    def __init__(self, *, is_placed: bool, is_counted: bool) -> None:
        super().__init__(Format(), None, scorable=is_counted)
        self._is_placed = is_placed

    def index(self, value: str, **_: object) -> Iterator[tuple[bytes, int, float, bytes]]:
        """Each term once: its bytes, how often it stands there, its weight, its places."""
        places: defaultdict[str, list[int]] = defaultdict(list)
        for place, term in enumerate(value.split()):
            places[term].append(place)
        places.pop(french.GAP, None)
        for term, found in places.items():
            kept = array("I", found).tobytes() if self._is_placed else b""
            yield term.encode("utf-8"), len(found), float(len(found)), kept


def schema() -> Schema:
    """The fields and columns."""
    terms = {name: Terms(is_placed=True, is_counted=True) for name in PLACED}
    terms |= {name: Terms(is_placed=False, is_counted=True) for name in _COUNTED}
    terms[WRITTEN] = Terms(is_placed=False, is_counted=False)
    numbers = {name: COLUMN(NumericColumn("q")) for name in NUMBERS}
    names = {name: COLUMN(RefBytesColumn()) for name in NAMES}
    return Schema(**terms, **numbers, **names)


def document_of(entry: Entry) -> dict[str, str | int | bytes]:
    """The entry as the index holds it."""
    text = french.streams(entry.text, entry.language)
    name = french.streams(entry.name, entry.language)
    older = french.streams(entry.older, entry.language)
    return {
        DOCUMENT: entry.document,
        FOLDER: entry.folder,
        CHANGED_AT: microseconds(entry.changed_at),
        YEAR: entry.year,
        AUTHOR_ID: entry.author_id,
        ORGANISATION_ID: entry.organisation_id,
        MEDIA_TYPE: entry.media_type.encode("utf-8"),
        LANGUAGE: entry.language.encode("utf-8"),
        EXACT: text.exact,
        STEMS: text.stems,
        NAME: name.exact,
        NAME_STEMS: name.stems,
        OLDER_EXACT: older.exact,
        OLDER_STEMS: older.stems,
        WRITTEN: " ".join({*text.written.split(), *name.written.split()}),
        AUTHOR: french.streams(entry.author, "").exact,
        ORGANISATION: french.streams(entry.organisation, "").exact,
    }


def microseconds(moment: datetime) -> int:
    """An aware time as the index compares it."""
    return (moment - _EPOCH) // timedelta(microseconds=1)


class PlainCodec(W3Codec):  # type: ignore[misc]
    """Whoosh's own codec, with postings as plain arrays.

    Of a term: the numbers of its documents, how often it stands in each, then the places
    of the first document, of the second, and so on; 32 bits each, as this machine has them.
    """

    # They would only serve to skip blocks, at one look-up per posting written.
    length_stats = False

    def terms_reader(self, storage: CompoundStorage, segment: W3Segment) -> PlainTerms:
        """What finds the terms of a segment."""
        name = segment.make_filename(self.TERMS_EXT)
        terms, length = storage.open_file(name), storage.file_length(name)
        return PlainTerms(self, terms, length, segment.open_file(storage, self.POSTS_EXT))

    def postings_writer(self, dbfile: object, byteids: bool = False) -> W3PostingsWriter:
        """What writes the postings of one field."""
        return _PlainPostings(dbfile, blocklimit=1 << 31, byteids=byteids)


class PlainTerms(W3TermsReader):  # type: ignore[misc]
    """The terms of a segment; may be asked by several threads at once."""

    def frequencies(self, field: str) -> Iterator[tuple[str, int]]:
        """Every term of the field, in order, and in how many documents it stands."""
        if field not in self._fieldmap:
            return
        start: bytes = self._keycoder(field, b"")
        for key, info in self._tindex.items_from(start):
            if key[: len(start)] != start:
                return
            # Three times faster than to make a `W3TermInfo` of it.
            yield key[len(start) :].decode("utf-8"), _FREQUENCY.unpack_from(info)[2]


class _PlainPostings(W3PostingsWriter):  # type: ignore[misc]
    """One block per term, whatever its size."""

    def _write_block(self, last: bool = False) -> None:
        self._terminfo.add_block(self)
        counts = array("I", map(int, self._weights))
        self._postfile.write(self._ids.tobytes() + counts.tobytes() + b"".join(self._values))
        self._blockcount += 1
        self._new_block()

    def min_length(self) -> int:
        """Not kept; Whoosh compares it all the same."""
        return 0
