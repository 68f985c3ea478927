-- Times are milliseconds of UTC; days are ISO texts in the network's time zone; booleans 0 or 1.

CREATE TABLE network (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    name TEXT NOT NULL,
    time_zone TEXT NOT NULL,
    created_at INTEGER NOT NULL
);

-- Tells this installation from any other, so that an index written elsewhere is not opened.
CREATE TABLE installation (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    key TEXT NOT NULL
);
INSERT INTO installation (id, key) VALUES (1, lower(hex(randomblob(16))));

CREATE TABLE organisations (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL DEFAULT '',
    ends_on TEXT,
    created_at INTEGER NOT NULL
);

CREATE TABLE people (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    email TEXT NOT NULL,
    email_key TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    language TEXT NOT NULL DEFAULT '',
    is_steward INTEGER NOT NULL DEFAULT 0,
    may_open_top INTEGER NOT NULL DEFAULT 0,
    password_hash TEXT NOT NULL DEFAULT '',
    disabled_at INTEGER,
    created_at INTEGER NOT NULL
);

CREATE TABLE memberships (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    person_id INTEGER NOT NULL REFERENCES people (id),
    organisation_id INTEGER NOT NULL REFERENCES organisations (id),
    function TEXT NOT NULL DEFAULT '',
    is_representative INTEGER NOT NULL DEFAULT 0,
    starts_on TEXT,
    ends_on TEXT,
    UNIQUE (person_id, organisation_id)
);
CREATE INDEX memberships_by_organisation ON memberships (organisation_id);

CREATE TABLE groups (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL UNIQUE,
    created_at INTEGER NOT NULL
);

CREATE TABLE group_members (
    group_id INTEGER NOT NULL REFERENCES groups (id),
    membership_id INTEGER NOT NULL REFERENCES memberships (id),
    PRIMARY KEY (group_id, membership_id)
);
CREATE INDEX group_members_by_membership ON group_members (membership_id);

CREATE TABLE folders (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    parent_id INTEGER REFERENCES folders (id),
    name TEXT NOT NULL,
    is_closed INTEGER NOT NULL DEFAULT 0,
    created_by INTEGER NOT NULL REFERENCES people (id),
    created_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL
);
CREATE INDEX folders_by_parent ON folders (parent_id);

-- A folder and each ancestor up to and including the nearest closed one; see access.py.
CREATE TABLE reach (
    folder_id INTEGER NOT NULL REFERENCES folders (id),
    ancestor_id INTEGER NOT NULL REFERENCES folders (id),
    PRIMARY KEY (folder_id, ancestor_id)
);
CREATE INDEX reach_by_ancestor ON reach (ancestor_id, folder_id);

CREATE TABLE grants (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    folder_id INTEGER NOT NULL REFERENCES folders (id),
    subject_kind TEXT NOT NULL CHECK (subject_kind IN ('network', 'organisation', 'group', 'person')),
    subject_id INTEGER NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('reader', 'contributor', 'coordinator')),
    until TEXT,
    granted_by INTEGER NOT NULL REFERENCES people (id),
    granted_at INTEGER NOT NULL,
    UNIQUE (folder_id, subject_kind, subject_id)
);
CREATE INDEX grants_by_subject ON grants (subject_kind, subject_id, folder_id);

-- Names in use in a folder. A closed folder and a top-level one stand in no such table:
-- their names would tell people who may not read them that they exist.
CREATE TABLE names (
    folder_id INTEGER NOT NULL REFERENCES folders (id),
    key TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('folder', 'document')),
    id INTEGER NOT NULL,
    PRIMARY KEY (folder_id, key)
);
CREATE UNIQUE INDEX names_by_thing ON names (kind, id);

CREATE TABLE documents (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    folder_id INTEGER NOT NULL REFERENCES folders (id),
    name TEXT NOT NULL,
    sort_key TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL
);
CREATE INDEX documents_by_name ON documents (folder_id, sort_key);
CREATE INDEX documents_by_change ON documents (folder_id, changed_at);

CREATE TABLE versions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    document_id INTEGER NOT NULL REFERENCES documents (id),
    number INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    size_bytes INTEGER NOT NULL,
    media_type TEXT NOT NULL,
    comment TEXT NOT NULL DEFAULT '',
    author_id INTEGER NOT NULL REFERENCES people (id),
    organisation_id INTEGER REFERENCES organisations (id),
    restored_from INTEGER,
    state TEXT NOT NULL DEFAULT 'waiting',
    reason TEXT NOT NULL DEFAULT '',
    page_kind TEXT NOT NULL DEFAULT 'none',
    page_count INTEGER,
    language TEXT NOT NULL DEFAULT '',
    reader_version INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL,
    UNIQUE (document_id, number)
);
CREATE INDEX versions_by_blob ON versions (sha256);

CREATE TABLE journal (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    folder_id INTEGER NOT NULL REFERENCES folders (id),
    document_id INTEGER REFERENCES documents (id),
    person_id INTEGER NOT NULL REFERENCES people (id),
    organisation_id INTEGER REFERENCES organisations (id),
    verb TEXT NOT NULL,
    facts TEXT NOT NULL DEFAULT '{}',
    at INTEGER NOT NULL
);
CREATE INDEX journal_by_folder ON journal (folder_id, id);

CREATE TABLE jobs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    subject INTEGER NOT NULL,
    state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'running', 'failed')),
    run_after INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    leased_until INTEGER NOT NULL DEFAULT 0,
    last_error TEXT NOT NULL DEFAULT '',
    created_at INTEGER NOT NULL
);
CREATE UNIQUE INDEX jobs_one_waiting ON jobs (kind, subject) WHERE state = 'waiting';
CREATE INDEX jobs_next ON jobs (state, run_after);

-- What the search index is to follow, in the order of commits: this document as it stands.
CREATE TABLE index_entries (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    document_id INTEGER NOT NULL
);

CREATE TABLE sessions (
    token_hash TEXT PRIMARY KEY,
    person_id INTEGER NOT NULL REFERENCES people (id),
    acting_as INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL
);
CREATE INDEX sessions_by_person ON sessions (person_id);

CREATE TABLE sign_in_links (
    token_hash TEXT PRIMARY KEY,
    person_id INTEGER NOT NULL REFERENCES people (id),
    expires_at INTEGER NOT NULL,
    used_at INTEGER
);

CREATE TABLE sign_in_attempts (
    key TEXT NOT NULL,
    at INTEGER NOT NULL
);
CREATE INDEX sign_in_attempts_by_key ON sign_in_attempts (key, at);
