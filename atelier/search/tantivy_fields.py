"""What a tantivy index holds of an entry: its fields, and documents made of entries.

Terms come analysed: the text fields are only cut at spaces. `MARK` is one document apart
that says which installation wrote the index, in which format, and the number of the last
entry applied; being a document it is in the same commit as the entries.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import tantivy

from atelier.search import french
from atelier.search.contract import Entry
from atelier.search.media_types import kind_of

# Raise it when the fields or the analysis change: older indexes are then rebuilt.
FORMAT = 2

DOCUMENT, FOLDER, CHANGED_AT = "document", "folder", "changed_at"
AUTHOR_ID, ORGANISATION_ID, KIND, YEAR = "author_id", "organisation_id", "kind", "year"
MEDIA_TYPE, LANGUAGE = "media_type", "language"
EXACT, STEMS, NAME, NAME_STEMS = "exact", "stems", "name", "name_stems"
OLDER_EXACT, OLDER_STEMS, WRITTEN = "older_exact", "older_stems", "written"
AUTHOR, ORGANISATION = "author", "organisation"
MARK, MARK_FORMAT, MARK_APPLIED, MARK_INSTALLATION = "mark", "format", "applied", "installation"

_TERMS = "terms"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def schema() -> tantivy.Schema:
    """The fields. Stems need no positions: phrases are asked of the exact words."""
    build = tantivy.SchemaBuilder()
    for name in (DOCUMENT, FOLDER, AUTHOR_ID, ORGANISATION_ID, YEAR):
        build.add_unsigned_field(name, indexed=True, fast=True)
    # Of tantivy's own dates the seconds only are compared.
    build.add_integer_field(CHANGED_AT, fast=True)
    build.add_text_field(KIND, fast=True, tokenizer_name="raw", index_option="basic")
    for name in (MEDIA_TYPE, LANGUAGE, MARK):
        build.add_text_field(name, tokenizer_name="raw", index_option="basic")
    for name in (EXACT, OLDER_EXACT, NAME, AUTHOR, ORGANISATION):
        build.add_text_field(name, tokenizer_name=_TERMS, index_option="position")
    for name in (STEMS, OLDER_STEMS, NAME_STEMS):
        build.add_text_field(name, tokenizer_name=_TERMS, index_option="freq")
    build.add_text_field(WRITTEN, tokenizer_name=_TERMS, index_option="basic")
    for name in (MARK_FORMAT, MARK_APPLIED):
        build.add_unsigned_field(name, stored=True)
    build.add_text_field(MARK_INSTALLATION, stored=True, tokenizer_name="raw", index_option="basic")
    return build.build()


def register(index: tantivy.Index) -> None:
    """Make known how the text fields are cut; needed at each opening, before writing."""
    at_spaces = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace())
    # Leaves the place of a stop word empty, so that phrases keep their distances.
    gaps = tantivy.Filter.custom_stopword([french.GAP])
    index.register_tokenizer(_TERMS, at_spaces.filter(gaps).build())


def document_of(entry: Entry, fields: tantivy.Schema) -> tantivy.Document:
    """The entry as the index holds it; the schema gives numbers their exact type."""
    text = french.streams(entry.text, entry.language)
    older = french.streams(entry.older, entry.language)
    name = french.streams(entry.name, entry.language)
    return tantivy.Document.from_dict(
        {
            DOCUMENT: entry.document,
            FOLDER: entry.folder,
            CHANGED_AT: microseconds(entry.changed_at),
            YEAR: entry.year,
            KIND: kind_of(entry.media_type).value,
            MEDIA_TYPE: entry.media_type,
            LANGUAGE: entry.language,
            EXACT: text.exact,
            STEMS: text.stems,
            OLDER_EXACT: older.exact,
            OLDER_STEMS: older.stems,
            NAME: name.exact,
            NAME_STEMS: name.stems,
            WRITTEN: f"{text.written} {name.written}",
            AUTHOR: french.streams(entry.author, "").exact,
            AUTHOR_ID: entry.author_id,
            ORGANISATION: french.streams(entry.organisation, "").exact,
            ORGANISATION_ID: entry.organisation_id,
        },
        fields,
    )


def microseconds(moment: datetime) -> int:
    """An aware time as the index compares it."""
    return (moment - _EPOCH) // timedelta(microseconds=1)


def mark_of(installation: str, number: int, fields: tantivy.Schema) -> tantivy.Document:
    """The document apart, at that number."""
    return tantivy.Document.from_dict(
        {
            MARK: MARK,
            MARK_FORMAT: FORMAT,
            MARK_APPLIED: number,
            MARK_INSTALLATION: installation,
        },
        fields,
    )
