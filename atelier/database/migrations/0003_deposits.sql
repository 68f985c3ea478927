-- Deposits that go on after a cut, bytes set aside, locks, quotas, labels of versions.

ALTER TABLE versions ADD COLUMN label TEXT NOT NULL DEFAULT '';

-- What may be used at most, in bytes; NULL: no quota of its own.
ALTER TABLE folders ADD COLUMN quota_bytes INTEGER;
ALTER TABLE organisations ADD COLUMN quota_bytes INTEGER;

-- What versions take: those of documents that stand in a folder itself, in the trash too
-- ('folder'); those that were deposited for an organisation, or for one that merged into it
-- ('organisation'). Kept in the transaction of the act, so that a quota is asked without
-- adding up versions.
CREATE TABLE used_space (
    kind TEXT NOT NULL CHECK (kind IN ('folder', 'organisation')),
    id INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    PRIMARY KEY (kind, id)
) WITHOUT ROWID;
INSERT INTO used_space (kind, id, bytes)
    SELECT 'folder', d.folder_id, SUM(v.size_bytes)
    FROM versions v JOIN documents d ON d.id = v.document_id GROUP BY d.folder_id;
INSERT INTO used_space (kind, id, bytes)
    WITH RECURSIVE homes(id, home) AS (
        SELECT id, id FROM organisations WHERE merged_into IS NULL
        UNION ALL
        SELECT o.id, h.home FROM homes h JOIN organisations o ON o.merged_into = h.id
    )
    SELECT 'organisation', h.home, SUM(v.size_bytes)
    FROM versions v JOIN homes h ON h.id = v.organisation_id GROUP BY h.home;

-- Resumable deposits under way. `key` names its address and its draft; `offset_bytes` is what
-- was made durable: after a crash the draft is cut back to it. Once confirmed, the row keeps
-- what it became until it expires, for a sender who did not get the answer.
CREATE TABLE uploads (
    key TEXT PRIMARY KEY,
    person_id INTEGER NOT NULL REFERENCES people (id),
    organisation_id INTEGER REFERENCES organisations (id),
    folder_id INTEGER,
    path TEXT NOT NULL DEFAULT '',
    name TEXT NOT NULL,
    taken TEXT NOT NULL,
    document_id INTEGER,
    expected INTEGER,
    comment TEXT NOT NULL DEFAULT '',
    size_bytes INTEGER NOT NULL,
    offset_bytes INTEGER NOT NULL DEFAULT 0,
    became_document INTEGER,
    became_name TEXT NOT NULL DEFAULT '',
    became_version INTEGER,
    is_new_document INTEGER NOT NULL DEFAULT 0,
    is_new_version INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
);
CREATE INDEX uploads_by_person ON uploads (person_id, expires_at);
CREATE INDEX uploads_by_expiry ON uploads (expires_at);
-- Quotas ask for those under way, among all that are remembered.
CREATE INDEX uploads_under_way ON uploads (expires_at) WHERE became_document IS NULL;

-- The bytes of who came second, hers to deposit again: another version came first, or the
-- document was locked meanwhile.
CREATE TABLE set_aside (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    person_id INTEGER NOT NULL REFERENCES people (id),
    organisation_id INTEGER REFERENCES organisations (id),
    document_id INTEGER NOT NULL REFERENCES documents (id),
    expected INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    size_bytes INTEGER NOT NULL,
    media_type TEXT NOT NULL,
    comment TEXT NOT NULL DEFAULT '',
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
);
CREATE INDEX set_aside_by_person ON set_aside (person_id, id);
CREATE INDEX set_aside_by_document ON set_aside (document_id);
CREATE INDEX set_aside_by_blob ON set_aside (sha256);
CREATE INDEX set_aside_by_expiry ON set_aside (expires_at);

-- "I am editing": one holder at a time. WebDAV takes the same locks, folders' too, and shows
-- `token` to their holder alone.
CREATE TABLE locks (
    kind TEXT NOT NULL CHECK (kind IN ('document', 'folder')),
    id INTEGER NOT NULL,
    token TEXT NOT NULL UNIQUE,
    person_id INTEGER NOT NULL REFERENCES people (id),
    organisation_id INTEGER REFERENCES organisations (id),
    note TEXT NOT NULL DEFAULT '',
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (kind, id)
) WITHOUT ROWID;
CREATE INDEX locks_by_person ON locks (person_id);
CREATE INDEX locks_by_expiry ON locks (expires_at);
