-- Meetings. Each owns a folder, its dossier, and has the rights of that folder.

-- Meetings of one kind in one folder; `key` is the folded name.
CREATE TABLE series (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    folder_id INTEGER NOT NULL REFERENCES folders (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    key TEXT NOT NULL
);
CREATE INDEX series_by_key ON series (folder_id, key);

-- `state_number` counts changes; `sequence` those that calendars are to be told of (RFC 5545).
-- Where only the day is known (`has_time` 0), `starts_at` is the midnight that begins it.
-- `odt_version` and `pdf_version` are those that were deposited last of the minutes.
CREATE TABLE meetings (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    dossier_id INTEGER NOT NULL UNIQUE REFERENCES folders (id) ON DELETE CASCADE,
    series_id INTEGER REFERENCES series (id) ON DELETE SET NULL,
    organisation_id INTEGER REFERENCES organisations (id),
    title TEXT NOT NULL,
    starts_at INTEGER NOT NULL,
    has_time INTEGER NOT NULL DEFAULT 1,
    lasts_minutes INTEGER,
    place TEXT NOT NULL DEFAULT '',
    link TEXT NOT NULL DEFAULT '',
    state TEXT NOT NULL DEFAULT 'preparation',
    is_cancelled INTEGER NOT NULL DEFAULT 0,
    state_number INTEGER NOT NULL DEFAULT 1,
    uid TEXT NOT NULL UNIQUE,
    sequence INTEGER NOT NULL DEFAULT 0,
    odt_id INTEGER REFERENCES documents (id) ON DELETE SET NULL,
    odt_version INTEGER,
    pdf_id INTEGER REFERENCES documents (id) ON DELETE SET NULL,
    pdf_version INTEGER,
    edition INTEGER NOT NULL DEFAULT 0,
    approved_by INTEGER REFERENCES people (id),
    approved_at INTEGER,
    created_by INTEGER NOT NULL REFERENCES people (id),
    created_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL
);
CREATE INDEX meetings_by_time ON meetings (starts_at, id);
CREATE INDEX meetings_of_series ON meetings (series_id, starts_at);
-- A purge of documents looks for them.
CREATE INDEX meetings_by_odt ON meetings (odt_id) WHERE odt_id IS NOT NULL;
CREATE INDEX meetings_by_pdf ON meetings (pdf_id) WHERE pdf_id IS NOT NULL;

-- Documents of a past dossier that tell a part of the meeting.
CREATE TABLE meeting_documents (
    document_id INTEGER PRIMARY KEY REFERENCES documents (id) ON DELETE CASCADE,
    meeting_id INTEGER NOT NULL REFERENCES meetings (id) ON DELETE CASCADE,
    part TEXT NOT NULL
);
CREATE INDEX meeting_documents_of ON meeting_documents (meeting_id);

CREATE TABLE meeting_invited (
    meeting_id INTEGER NOT NULL REFERENCES meetings (id) ON DELETE CASCADE,
    subject_kind TEXT NOT NULL,
    subject_id INTEGER NOT NULL,
    PRIMARY KEY (meeting_id, subject_kind, subject_id)
);

CREATE TABLE meeting_replies (
    meeting_id INTEGER NOT NULL REFERENCES meetings (id) ON DELETE CASCADE,
    person_id INTEGER NOT NULL REFERENCES people (id),
    organisation_id INTEGER REFERENCES organisations (id),
    answer TEXT NOT NULL,
    instead TEXT NOT NULL DEFAULT '',
    answered_at INTEGER NOT NULL,
    PRIMARY KEY (meeting_id, person_id)
);

-- Who opened the dossier, shown to those who coordinate it.
CREATE TABLE meeting_openings (
    meeting_id INTEGER NOT NULL REFERENCES meetings (id) ON DELETE CASCADE,
    person_id INTEGER NOT NULL REFERENCES people (id),
    first_at INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    PRIMARY KEY (meeting_id, person_id)
);

CREATE TABLE meeting_attendance (
    meeting_id INTEGER NOT NULL REFERENCES meetings (id) ON DELETE CASCADE,
    place INTEGER NOT NULL,
    person_id INTEGER REFERENCES people (id),
    name TEXT NOT NULL,
    organisation TEXT NOT NULL DEFAULT '',
    presence TEXT NOT NULL,
    instead TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (meeting_id, place)
);

-- A line of the agenda; `text` is Markdown, its `state` counts the changes of the text.
CREATE TABLE agenda_items (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    meeting_id INTEGER NOT NULL REFERENCES meetings (id) ON DELETE CASCADE,
    place INTEGER NOT NULL,
    title TEXT NOT NULL,
    allotted_minutes INTEGER,
    presenter TEXT NOT NULL DEFAULT '',
    note TEXT NOT NULL DEFAULT '',
    text TEXT NOT NULL DEFAULT '',
    state INTEGER NOT NULL DEFAULT 1,
    is_left_over INTEGER NOT NULL DEFAULT 0,
    carried_from INTEGER REFERENCES agenda_items (id) ON DELETE SET NULL
);
CREATE INDEX agenda_items_of ON agenda_items (meeting_id, place);
CREATE INDEX agenda_items_carried ON agenda_items (carried_from) WHERE carried_from IS NOT NULL;

-- A paper is pinned to a version: its name and bytes are told even when the document is gone.
CREATE TABLE item_papers (
    item_id INTEGER NOT NULL REFERENCES agenda_items (id) ON DELETE CASCADE,
    place INTEGER NOT NULL,
    document_id INTEGER NOT NULL,
    version INTEGER NOT NULL,
    name TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    PRIMARY KEY (item_id, document_id)
);
CREATE INDEX item_papers_of ON item_papers (document_id);

-- `key` is the folded text (`names.sort_key`), in which the register looks for words.
CREATE TABLE decisions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    item_id INTEGER NOT NULL REFERENCES agenda_items (id) ON DELETE CASCADE,
    text TEXT NOT NULL,
    key TEXT NOT NULL DEFAULT '',
    way TEXT NOT NULL,
    votes_yes INTEGER,
    votes_no INTEGER,
    votes_abstained INTEGER,
    decided_on TEXT NOT NULL
);
CREATE INDEX decisions_of ON decisions (item_id, id);
CREATE INDEX decisions_by_day ON decisions (decided_on, id);

CREATE TABLE todos (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    item_id INTEGER NOT NULL REFERENCES agenda_items (id) ON DELETE CASCADE,
    text TEXT NOT NULL,
    who TEXT NOT NULL DEFAULT '',
    person_id INTEGER REFERENCES people (id),
    organisation_id INTEGER REFERENCES organisations (id),
    due_on TEXT,
    done_on TEXT
);
CREATE INDEX todos_of ON todos (item_id, id);
CREATE INDEX todos_open ON todos (person_id, due_on) WHERE done_on IS NULL;
CREATE INDEX todos_open_of ON todos (organisation_id, due_on) WHERE done_on IS NULL;
CREATE INDEX todos_due ON todos (due_on) WHERE done_on IS NULL;
CREATE INDEX todos_done ON todos (done_on) WHERE done_on IS NOT NULL;

-- The address of a calendar feed: whoever has it reads when and where, nothing else.
CREATE TABLE calendar_feeds (
    token_hash TEXT PRIMARY KEY,
    person_id INTEGER NOT NULL REFERENCES people (id),
    created_at INTEGER NOT NULL
);
CREATE INDEX calendar_feeds_of ON calendar_feeds (person_id);
