-- What helps finding: words of the network that mean the same, searches that people keep.

-- An acronym or a word, and what else it is called; `key` is its folded spelling.
CREATE TABLE glossary (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    term TEXT NOT NULL,
    key TEXT NOT NULL UNIQUE,
    changed_by INTEGER NOT NULL REFERENCES people (id),
    changed_at INTEGER NOT NULL
);
CREATE TABLE glossary_meanings (
    glossary_id INTEGER NOT NULL REFERENCES glossary (id) ON DELETE CASCADE,
    place INTEGER NOT NULL,
    meaning TEXT NOT NULL,
    PRIMARY KEY (glossary_id, place)
);

-- A search that somebody keeps: `asked` is what its address holds.
CREATE TABLE saved_searches (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    person_id INTEGER NOT NULL REFERENCES people (id),
    name TEXT NOT NULL,
    asked TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    UNIQUE (person_id, asked)
);
CREATE INDEX saved_searches_of ON saved_searches (person_id, id);
-- What she was shown or told of it: other documents and newer versions are new to her.
CREATE TABLE saved_seen (
    saved_id INTEGER NOT NULL REFERENCES saved_searches (id) ON DELETE CASCADE,
    document_id INTEGER NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (saved_id, document_id)
);

-- The newest entry of a document says all that an index needs; older ones are let go.
CREATE INDEX index_entries_of ON index_entries (document_id, number);
