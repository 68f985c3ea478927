-- Drop folders, warnings of patient data, reading again behind what people bring.

-- Jobs of rank 0 come first; reading again what an older reader read waits behind them.
ALTER TABLE jobs ADD COLUMN rank INTEGER NOT NULL DEFAULT 0;
DROP INDEX jobs_next;
CREATE INDEX jobs_next ON jobs (state, rank, run_after);
CREATE INDEX versions_by_reader ON versions (reader_version);
-- What could not be read is listed by folder.
CREATE INDEX versions_unread ON versions (document_id) WHERE state NOT IN ('waiting', 'ok');

-- Patient data that reading found in a version: how many, on which page first, never what.
-- NULL: the format has no pages. Settled when somebody said that it is wanted there.
CREATE TABLE findings (
    version_id INTEGER NOT NULL REFERENCES versions (id) ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind IN ('nir')),
    count INTEGER NOT NULL,
    page INTEGER,
    found_at INTEGER NOT NULL,
    settled_by INTEGER REFERENCES people (id),
    settled_at INTEGER,
    PRIMARY KEY (version_id, kind)
);
CREATE INDEX findings_open ON findings (version_id) WHERE settled_at IS NULL;
-- The highest number of a version that was ended for its findings: none is given twice.
ALTER TABLE documents ADD COLUMN ended_version INTEGER NOT NULL DEFAULT 0;

-- A folder under `inbox/` whose files are deposited in a folder, in the name of a person.
CREATE TABLE drop_folders (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL UNIQUE,
    folder_id INTEGER NOT NULL REFERENCES folders (id) ON DELETE CASCADE,
    person_id INTEGER NOT NULL REFERENCES people (id),
    organisation_id INTEGER REFERENCES organisations (id),
    bound_by INTEGER NOT NULL REFERENCES people (id),
    is_paused INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL
);
CREATE INDEX drop_folders_by_folder ON drop_folders (folder_id);

-- What came through a drop folder, and what became of it; `path` is relative to it.
CREATE TABLE drop_arrivals (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    drop_folder_id INTEGER NOT NULL REFERENCES drop_folders (id) ON DELETE CASCADE,
    path TEXT NOT NULL,
    size_bytes INTEGER NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('added', 'revised', 'unchanged', 'refused', 'left')),
    reason TEXT NOT NULL DEFAULT '',
    document_id INTEGER,
    version INTEGER,
    at INTEGER NOT NULL
);
CREATE INDEX drop_arrivals_newest ON drop_arrivals (drop_folder_id, id);
