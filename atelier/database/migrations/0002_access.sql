-- Organisations as they live, requests, a second look, the two trails, and the trash.

ALTER TABLE organisations ADD COLUMN siret TEXT NOT NULL DEFAULT '';
ALTER TABLE organisations ADD COLUMN finess TEXT NOT NULL DEFAULT '';
ALTER TABLE organisations ADD COLUMN address TEXT NOT NULL DEFAULT '';
ALTER TABLE organisations ADD COLUMN contact TEXT NOT NULL DEFAULT '';
ALTER TABLE organisations ADD COLUMN merged_into INTEGER REFERENCES organisations (id);
CREATE UNIQUE INDEX organisations_by_siret ON organisations (siret) WHERE siret <> '';
CREATE UNIQUE INDEX organisations_by_finess ON organisations (finess) WHERE finess <> '';

-- Where a name stands in the directory, as `names.sort_key` writes it; here for those who are
-- in it already, by the letters of French names.
ALTER TABLE people ADD COLUMN sort_key TEXT NOT NULL DEFAULT '';
UPDATE people SET sort_key = lower(name);
UPDATE people SET sort_key = replace(replace(replace(replace(replace(replace(replace(
    sort_key, 'É', 'e'), 'È', 'e'), 'Ê', 'e'), 'Ë', 'e'), 'é', 'e'), 'è', 'e'), 'ê', 'e');
UPDATE people SET sort_key = replace(replace(replace(replace(replace(replace(replace(
    sort_key, 'ë', 'e'), 'À', 'a'), 'Â', 'a'), 'à', 'a'), 'â', 'a'), 'Ç', 'c'), 'ç', 'c');
UPDATE people SET sort_key = replace(replace(replace(replace(replace(replace(replace(
    sort_key, 'Î', 'i'), 'Ï', 'i'), 'î', 'i'), 'ï', 'i'), 'Ô', 'o'), 'Ö', 'o'), 'ô', 'o');
UPDATE people SET sort_key = replace(replace(replace(replace(replace(replace(replace(
    sort_key, 'ö', 'o'), 'Ù', 'u'), 'Û', 'u'), 'Ü', 'u'), 'ù', 'u'), 'û', 'u'), 'ü', 'u');
CREATE INDEX people_by_name ON people (sort_key, name);

-- A member who seats others in her group, and nothing else.
ALTER TABLE group_members ADD COLUMN is_coordinator INTEGER NOT NULL DEFAULT 0;

-- As whom a coordinator looks at her folders in this session ('organisation' or 'person'), and
-- the folder where she began to.
ALTER TABLE sessions ADD COLUMN seeing_kind TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN seeing_id INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN seeing_from INTEGER NOT NULL DEFAULT 0;

-- Who handed the link out; NULL: the installation itself.
ALTER TABLE sign_in_links ADD COLUMN issued_by INTEGER REFERENCES people (id);

-- Removed: still restorable. A removed folder and all that inherits from it have no reach:
-- nobody enters. Only the head is marked; a closed folder below stays with its own people.
ALTER TABLE folders ADD COLUMN removed_at INTEGER;
ALTER TABLE folders ADD COLUMN removed_by INTEGER REFERENCES people (id);
ALTER TABLE documents ADD COLUMN removed_at INTEGER;
ALTER TABLE documents ADD COLUMN removed_by INTEGER REFERENCES people (id);
CREATE INDEX folders_removed ON folders (parent_id, removed_at) WHERE removed_at IS NOT NULL;
CREATE INDEX documents_removed ON documents (folder_id, removed_at) WHERE removed_at IS NOT NULL;
-- Asked for each document that is purged, by its foreign key.
CREATE INDEX journal_by_document ON journal (document_id) WHERE document_id IS NOT NULL;

-- The newest of all: whoever reads much finds her latest documents here within a few rows.
CREATE INDEX documents_newest ON documents (changed_at, id) WHERE removed_at IS NULL;

-- Kept by its key alone: half the size, so that it stays in memory and a probe costs the same
-- whether it finds a row or none.
CREATE TABLE reach_by_key (
    folder_id INTEGER NOT NULL REFERENCES folders (id),
    ancestor_id INTEGER NOT NULL REFERENCES folders (id),
    PRIMARY KEY (folder_id, ancestor_id)
) WITHOUT ROWID;
INSERT INTO reach_by_key SELECT folder_id, ancestor_id FROM reach;
DROP TABLE reach;
ALTER TABLE reach_by_key RENAME TO reach;
CREATE INDEX reach_by_ancestor ON reach (ancestor_id, folder_id);

-- Access asked for. What it is about need not exist: asking must tell nothing of that.
CREATE TABLE access_requests (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    person_id INTEGER NOT NULL REFERENCES people (id),
    organisation_id INTEGER REFERENCES organisations (id),
    about TEXT NOT NULL CHECK (about IN ('folder', 'document')),
    about_id INTEGER NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('reader', 'contributor')),
    message TEXT NOT NULL DEFAULT '',
    state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'granted', 'refused')),
    answer TEXT NOT NULL DEFAULT '',
    answered_by INTEGER REFERENCES people (id),
    answered_at INTEGER,
    created_at INTEGER NOT NULL
);
CREATE UNIQUE INDEX access_requests_one_waiting
    ON access_requests (person_id, about, about_id) WHERE state = 'waiting';
CREATE INDEX access_requests_waiting ON access_requests (about, about_id) WHERE state = 'waiting';
CREATE INDEX access_requests_by_person ON access_requests (person_id, id);

-- What stewards opened to themselves, told to those who coordinated there at that moment,
-- whatever becomes of their rights or of the folder: the name is the one they knew. With
-- `is_above` it was some folder above this one. `others` counts her further folders that
-- the same act opened.
CREATE TABLE notices (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    person_id INTEGER NOT NULL REFERENCES people (id),
    folder_id INTEGER NOT NULL,
    folder_name TEXT NOT NULL,
    is_above INTEGER NOT NULL,
    others INTEGER NOT NULL,
    steward_id INTEGER NOT NULL REFERENCES people (id),
    verb TEXT NOT NULL,
    facts TEXT NOT NULL DEFAULT '{}',
    at INTEGER NOT NULL
);
CREATE INDEX notices_by_person ON notices (person_id, at);
CREATE INDEX notices_by_time ON notices (at);

-- What is done to organisations, people and groups, for stewards; folders have the journal.
CREATE TABLE network_journal (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    person_id INTEGER NOT NULL REFERENCES people (id),
    organisation_id INTEGER REFERENCES organisations (id),
    verb TEXT NOT NULL,
    facts TEXT NOT NULL DEFAULT '{}',
    at INTEGER NOT NULL
);

-- Who opened what, by numbers only: an erasure breaks no chain. Numbers follow one another
-- without a gap; each hash covers the line and the hash before it.
CREATE TABLE access_log (
    number INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    person INTEGER NOT NULL,
    document INTEGER NOT NULL,
    version INTEGER NOT NULL,
    act TEXT NOT NULL,
    hash TEXT NOT NULL
);
CREATE UNIQUE INDEX access_log_once ON access_log (person, document, version, act, at);
CREATE INDEX access_log_by_document ON access_log (document, number);
-- Where the chain begins (the last line purged) and ends (the last line written).
CREATE TABLE access_log_ends (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    first_number INTEGER NOT NULL,
    first_hash TEXT NOT NULL,
    last_number INTEGER NOT NULL,
    last_hash TEXT NOT NULL
);
INSERT INTO access_log_ends VALUES (1, 0, '', 0, '');
